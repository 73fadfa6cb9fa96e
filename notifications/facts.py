"""What each letter states: values taken from the audit entry and the rows, once, when the notice is queued. No wording of letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.documents import Document
from models.dossiers import Dossier, Nominee
from models.localtime import local_day
from models.plan import Plan
from models.results import IndexEntry, IndexPublication, Rating, Recognition
from models.vocabulary import DossierState, LetterName, ResultNeed
from notifications.calendar_entry import calendar_fact
from notifications.recipients import home_affairs
from notifications.wording import day_words, due_words, left_words, long_day, moment_words, working_lines

NOT_RANKED = "Đơn vị không có tên trong bảng xếp hạng"
NO_DOSSIER = "chưa có, đơn vị không đăng ký"
UNCHANGED = "không thay đổi"


def common_facts(campaign: Campaign, entry: AuditEntry, *, clause: str, link: str) -> dict[str, Any]:
    """What every letter states, the addressee aside."""
    plan = campaign.plan
    return {
        "campaign": _campaign_name(plan),
        "year": plan.year,
        "plan": f"Kế hoạch số {plan.number} {long_day(plan.issued_on)} của {plan.issuer}",
        "sender": home_affairs(campaign).official_name,
        "receiving_office": receiving_office(campaign),
        "clause": clause,
        "link": link,
        "journal": f"{entry.seq}-{entry.hash[:16]}",
        "day": day_words(local_day(entry.at)),
    }


def _campaign_name(plan: Plan) -> str:
    """The campaign's name: the plan's title without the word "Kế hoạch" before it."""
    name = plan.title.removeprefix("Kế hoạch ")
    return name[:1].upper() + name[1:]


def receiving_office(campaign: Campaign) -> str:
    """The official name of the office that takes the dossiers in (III.4.c)."""
    from models.units import Unit

    name = db.session.scalar(
        select(CampaignUnit.official_name)
        .join(CampaignUnit.unit)
        .where(CampaignUnit.campaign_id == campaign.id, Unit.code == campaign.plan.receiving_office_unit)
    )
    return name or home_affairs(campaign).official_name


def deadline_facts(deadline: Deadline, today: date) -> dict[str, Any]:
    """A due date in words, with its working, and as its calendar entry needs it."""
    return {"calendar": calendar_fact(deadline, _version_of(deadline)), **due_facts(deadline.due_on, deadline.working, today)}


def due_facts(due_on: date, working: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The same words of a due date that was read as columns."""
    left = left_words(due_on, today)
    return {"due": due_words(due_on), "due_date": day_words(due_on), "left": left, "overdue": left, "working": working_lines(working)}


def _version_of(deadline: Deadline) -> int:
    """A number that rises whenever the date, or whether it is to be met, changes: each step or extension is a new version of a dossier."""
    return db.session.get_one(Dossier, deadline.dossier_id).version if deadline.dossier_id else deadline.version


def checklist(plan: Plan) -> list[str]:
    """The papers of the set (III.4.c)."""
    return [paper.label for paper in plan.documents]


def dossier_facts(dossier: Dossier, entry: AuditEntry) -> dict[str, Any]:
    """Everything that a letter about a dossier may state; each letter takes what it declares."""
    detail: Mapping[str, Any] = json.loads(entry.detail or "{}")
    rec: Mapping[str, Any] = json.loads(entry.rec)
    facts: dict[str, Any] = {
        "dossier": dossier.code,
        "collective": dossier.campaign_unit.long_name,
        "reason": detail.get("reason", ""),
        "number": detail.get("number") or detail.get("minutes_number", ""),
        "at": moment_words(entry.at),
        "individuals": dossier.campaign_unit.individual_quota,
        "checklist": checklist(dossier.campaign.plan),
    }
    stated = detail.get("date") or detail.get("minutes_date")
    asked = detail.get("asked_due")
    facts["asked_due"] = day_words(date.fromisoformat(asked)) if asked else ""
    facts["date"] = day_words(date.fromisoformat(stated)) if stated else ""
    states = {rec["from"], rec["to"]} - {None, ""}
    if dossier.due_on is not None or DossierState.SELECTED in states:
        latest = db.session.scalars(select(Deadline).where(Deadline.dossier_id == dossier.id).order_by(Deadline.id.desc())).first()
        if latest is not None:
            facts |= deadline_facts(latest, local_day(entry.at))
            facts["calendar"] = _calendar_after(dossier, latest, states)
    if rec["from"] and rec["to"]:
        facts |= {"from_state": DossierState(rec["from"]).label, "to_state": DossierState(rec["to"]).label}
    return facts


def request_facts(dossier: Dossier) -> dict[str, Any]:
    """Who asks for a later due date, and where home affairs answers."""
    return {"asking": dossier.submits.official_name, "link": f"/dossiers/{dossier.id}/extension"}


def _calendar_after(dossier: Dossier, latest: Deadline, states: set[str]) -> dict[str, Any] | None:
    """The calendar entry after a step: the date to meet, its cancelling when it need not be met any more, none where it is not touched."""
    if states and not states & {DossierState.SELECTED, DossierState.WITHDRAWN}:
        return None
    cancelled = dossier.state not in {DossierState.SELECTED, DossierState.SUBMITTED}
    return calendar_fact(latest, dossier.version, cancelled=cancelled)


def submission_facts(dossier: Dossier) -> dict[str, Any]:
    """The receipt: in time or late, and the papers received."""
    return {
        "timeliness": "trễ hạn" if dossier.submitted_late else "đúng hạn",
        "checklist": [_paper_line(dossier.campaign.plan, document) for document in dossier.documents],
    }


def _paper_line(plan: Plan, document: Document) -> str:
    label = next((paper.label for paper in plan.documents if paper.kind is document.kind), document.kind.label)
    nominee = db.session.get(Nominee, document.nominee_id) if document.nominee_id else None
    name = f" của {nominee.full_name}" if nominee else ""
    return f"{label}{name} ({document.latest.file_name})"


def outcome_facts(dossier: Dossier, letter: LetterName) -> dict[str, Any]:
    """What the council or the Chairman decided on each nominee."""
    if letter is LetterName.REVIEWED:
        words = {True: "đề nghị tặng bằng khen", False: "không đề nghị"}
        return {"nominees": [{"name": n.full_name, "outcome": words[bool(n.recommended)]} for n in dossier.nominees]}
    words = {True: "được tặng bằng khen", False: "không được tặng"}
    return {"nominees": [{"name": n.full_name, "outcome": words[bool(n.awarded)]} for n in dossier.nominees]}


def ranking_facts(campaign: Campaign, unit: CampaignUnit) -> dict[str, Any]:
    """The announcement, and the unit's own entry in one sentence, as published."""
    publication = db.session.scalars(
        select(IndexPublication).where(
            IndexPublication.campaign_id == campaign.id,
            IndexPublication.index_year == campaign.plan.award_basis_year,
            IndexPublication.published_at.is_not(None),
        )
    ).first()
    if publication is None or publication.decision_date is None:
        return {"number": "", "date": "", "result": "Chưa công bố kết quả xếp hạng"}
    result = _result_sentence(campaign.plan, publication, unit)
    return {"number": publication.decision_number, "date": day_words(publication.decision_date), "result": result}


def _result_sentence(plan: Plan, publication: IndexPublication, unit: CampaignUnit) -> str:
    """What the ranking says of a unit, in the terms of the criterion by which it qualifies (III.1.a)."""
    needs = plan.criteria[unit.criterion].needs if unit.criterion else ResultNeed.INDEX
    if needs is ResultNeed.RECOGNITION:
        recognition = db.session.scalars(select(Recognition).where(Recognition.campaign_unit_id == unit.id)).first()
        if recognition is None:
            return "Cấp xã không có trong bảng xếp hạng; cấp huyện đánh giá, công nhận"
        return f"Được cấp huyện công nhận tiêu biểu xuất sắc tại văn bản số {recognition.number} ngày {day_words(recognition.date)}"
    if needs is not ResultNeed.INDEX:
        rating = db.session.scalars(select(Rating).where(Rating.campaign_unit_id == unit.id).order_by(Rating.year.desc())).first()
        return f"Xếp loại: {plan.label_of_rating(rating.rating)}, năm {rating.year}" if rating else "Đơn vị chưa có kết quả xếp loại"
    entry = db.session.scalars(
        select(IndexEntry).where(IndexEntry.publication_id == publication.id, IndexEntry.campaign_unit_id == unit.id)
    ).first()
    if entry is None:
        return NOT_RANKED
    return entry_words(plan, entry.score, entry.rank, entry.rank_group)


def entry_words(plan: Plan, score: str, rank: int, group: str) -> str:
    """One line of the ranking as a letter says it."""
    return f"Nhóm {plan.label_of_group(group)}, hạng {rank}, {score} điểm"

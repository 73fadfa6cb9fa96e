"""The figures that the record gives: steps taken and how long they took, returns and their reasons, extensions, refusals, corrections."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from audit.actions import Action
from documents.tables import Column
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.localtime import local_day
from models.text import N_
from models.vocabulary import AuditResult, DossierState, Step
from notifications.wording import day_words
from reports.figures_lists import Figure, Row, Subject, week_of
from reports.figures_units import UnitFacts
from workflow.rules.objection import Objection
from workflow.wording import say_objection

STEPS = {Action.REGISTRATION_SEND: "acts.send", Action.REGISTRATION_ACCEPT: "acts.accept"} | {
    Action.of_step(step): f"acts.{step.value}" for step in Step if step is not Step.CORRECT
}
"""The acts that bring a form or a dossier on, and the figures that count them."""

OTHERS = {
    Action.REGISTRATION_RETURN: "returns.forms",
    Action.DOSSIER_SEND_BACK: "returns.dossiers",
    Action.DOSSIER_EXTEND: "extensions.granted",
    Action.REGISTRATION_ADMIT: "extensions.admitted",
    Action.DOSSIER_CORRECT: "corrected.dossiers",
    Action.RANKING_CORRECT: "corrected.ranking",
}
CORRECTED = {"corrected.dossiers", "corrected.ranking"}
OPENING = (Action.DOSSIER_OPEN, Action.REGISTRATION_SEND)
"""From these on the first step's time runs."""

TIMED = set(STEPS) - {Action.REGISTRATION_SEND}
"""What is done with a form or a dossier once it has come; when a unit sends its form is its own affair until the due date."""

TOLD = tuple({*STEPS, *OTHERS, *OPENING})

PIPELINE = ("acts.send", "acts.accept", "acts.select", "acts.submit", "acts.review", "acts.forward", "acts.award")
"""The year's course, week by week."""

ACTS = Subject(
    "acts",
    N_("Các bước đã thực hiện"),
    (
        Column(N_("Ngày"), 24),
        Column(N_("Đơn vị"), 56),
        Column(N_("Mã hồ sơ"), 32),
        Column(N_("Việc"), 42),
        Column(N_("Nội dung, lý do"), 66),
        Column(N_("Số ngày"), 18, centred=True),
    ),
    (
        Figure("acts.send", N_("Gửi bản đăng ký")),
        Figure("acts.accept", N_("Chấp nhận bản đăng ký")),
        *(Figure(f"acts.{step.value}", step.label) for step in Step if step is not Step.CORRECT),
        Figure("returns.forms", N_("Trả lại bản đăng ký")),
        Figure("returns.dossiers", N_("Trả lại bổ sung hồ sơ")),
        Figure("extensions.granted", N_("Gia hạn nộp hồ sơ")),
        Figure("extensions.admitted", N_("Cho phép đăng ký trễ hạn")),
        Figure("refused.steps", N_("Việc bị từ chối vì chưa đủ điều kiện")),
        Figure("corrected.all", N_("Sửa bước đã ghi, sửa kết quả đã công bố")),
        Figure("corrected.dossiers", N_("Sửa bước của hồ sơ"), "corrected.all"),
        Figure("corrected.ranking", N_("Sửa kết quả xếp hạng đã công bố"), "corrected.all"),
    ),
)


def read_acts(campaigns: Sequence[Campaign]) -> dict[int, list[Any]]:
    """The entries of some campaigns that figures count, by campaign, in order."""
    query = (
        select(
            AuditEntry.seq,
            AuditEntry.campaign_id,
            AuditEntry.dossier_id,
            AuditEntry.action,
            AuditEntry.result,
            AuditEntry.at,
            AuditEntry.rec,
            AuditEntry.detail,
        )
        .where(
            AuditEntry.campaign_id.in_([campaign.id for campaign in campaigns]),
            or_(AuditEntry.action.in_([action.value for action in TOLD]), AuditEntry.result == AuditResult.REFUSED),
        )
        .order_by(AuditEntry.seq)
    )
    found: dict[int, list[Any]] = {campaign.id: [] for campaign in campaigns}
    for row in db.session.execute(query):
        found[row.campaign_id].append(row)
    return found


STATES = {state.value: state.label for state in DossierState}


def acts(entries: Sequence[Any], units: Sequence[UnitFacts]) -> Iterator[Row]:
    """What was done, and what was refused, as the record tells it; an act's days count from the last one on the same form or dossier."""
    by_object = _objects(units)
    last: dict[str, datetime] = {}
    for entry in entries:
        rec, action, done = json.loads(entry.rec), Action(entry.action), entry.result is AuditResult.DONE
        subject = f"dossier:{entry.dossier_id}" if entry.dossier_id else str(rec["obj"])
        figures = {code for code in (STEPS.get(action), OTHERS.get(action)) if code} if done else {"refused.steps"}
        figures |= {"corrected.all"} if figures & CORRECTED else set()
        days = (local_day(entry.at) - local_day(last[subject])).days if done and subject in last and action in TIMED else None
        if done and (action in STEPS or action in OPENING or action is Action.DOSSIER_CORRECT):
            last[subject] = entry.at
        if not figures:
            continue
        unit, day = by_object.get(subject), local_day(entry.at)
        yield Row(
            cells=(
                day,
                unit.name if unit else "",
                (unit.row.code or "") if unit and entry.dossier_id else "",
                action.label,
                _words(rec, json.loads(entry.detail or "{}")),
                days if days is not None else "",
            ),
            figures=frozenset(figures),
            place=f"entry:{entry.seq}",
            kind=unit.kind if unit else "",
            district=unit.district if unit else "",
            week=week_of(day),
            days=days,
        )


def _objects(units: Sequence[UnitFacts]) -> dict[str, UnitFacts]:
    """Whom an entry is about, by its object."""
    found: dict[str, UnitFacts] = {}
    for unit in units:
        found[f"unit:{unit.row.id}"] = unit
        if unit.row.dossier_id is not None:
            found[f"dossier:{unit.row.dossier_id}"] = unit
        if unit.row.form_id is not None and unit.row.form_unit_id == unit.row.id:
            found[f"registration:{unit.row.form_id}"] = unit
    return found


def _words(rec: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    """From where to where, by which document, until when, and why; of a refusal its reasons. An erased detail says nothing."""
    states = [STATES[word] for word in (rec["from"], rec["to"]) if word in STATES]
    parts = [" → ".join(states)] if len(states) == 2 and states[0] != states[1] else []
    if detail.get("number"):
        dated = f" ngày {day_words(date.fromisoformat(detail['date']))}" if detail.get("date") else ""
        parts.append(f"văn bản số {detail['number']}{dated}")
    if until := detail.get("new_due") or detail.get("due_on"):
        parts.append(f"đến hết ngày {day_words(date.fromisoformat(until))}")
    if detail.get("reason"):
        parts.append(str(detail["reason"]))
    parts += [say_objection(Objection(o["code"], o["params"], o["basis"])) for o in detail.get("objections", ())]
    return "; ".join(part.rstrip(".") for part in parts)

"""Hội đồng: the session's papers to print on A4: the agenda, and one sheet for each dossier."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem, CouncilMember, CouncilSession, Seat
from models.db import db
from models.documents import Document
from models.dossiers import Dossier, Nominee
from models.registrations import Registration
from models.vocabulary import DocumentKind
from web.access import actor, needs, now
from web.council import pages
from web.evidence import AnswerView, answer_views
from web.wording import objection_views
from workflow.conditions import criterion_met, head_attests, individuals_eligible, individuals_within_quota
from workflow.council import abstaining
from workflow.policy import Action
from workflow.proposals import answers_of, situations_of
from workflow.rules.objection import Objection
from workflow.situation import Situation

__all__ = ["pages"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One dossier as the members read it: what the criteria say, who is put forward, the papers, and what to look at twice."""

    dossier: Dossier
    answers: list[AnswerView]
    criterion: str
    papers: list[str]
    warnings: list[str]
    apart: list[CouncilMember]


@pages.get("/<int:session_id>/pack")
@needs(Action.COUNCIL_VIEW)
def pack(session_id: int) -> str:
    """The agenda and the sheets, each on a page of its own; the same number of statements whatever the agenda's length."""
    session = db.session.get(
        CouncilSession,
        session_id,
        options=[joinedload(CouncilSession.seats).joinedload(Seat.member).joinedload(CouncilMember.campaign_unit)],
    )
    if session is None:
        raise NotFound
    items = _items(session)
    current = db.session.get_one(Campaign, session.campaign_id)
    situations = situations_of(current, [item.dossier for item in items], actor=actor(), at=now(), places={})
    sheets = [_sheet(situation, item, current) for situation, item in zip(situations, items, strict=True)]
    return render_template("council/pack.html", session=session, sheets=sheets)


def _items(session: CouncilSession) -> list[AgendaItem]:
    """The agenda in its order, with all that a sheet shows."""
    query = (
        select(AgendaItem)
        .join(AgendaItem.dossier)
        .join(Dossier.campaign_unit)
        .options(
            contains_eager(AgendaItem.dossier).options(
                contains_eager(Dossier.campaign_unit).options(
                    joinedload(CampaignUnit.parent), joinedload(CampaignUnit.submits), joinedload(CampaignUnit.compiled_by)
                ),
                joinedload(Dossier.registration).selectinload(Registration.individuals),
                joinedload(Dossier.nominees).selectinload(Nominee.confirmations),
                selectinload(Dossier.documents).options(lazyload(Document.versions)),
            )
        )
        .where(AgendaItem.session_id == session.id)
        .order_by(AgendaItem.id)
    )
    return list(db.session.scalars(query).unique())


def _sheet(situation: Situation, item: AgendaItem, current: Campaign) -> Sheet:
    dossier = situation.dossier
    return Sheet(
        dossier=dossier,
        answers=answer_views(answers_of(situation), current),
        criterion=f"{situation.criterion.label} ({situation.criterion.clause})",
        papers=_papers(dossier, current),
        warnings=_warnings(situation),
        apart=[seat.member for seat in abstaining(item)],
    )


def _papers(dossier: Dossier, current: Campaign) -> list[str]:
    """Each paper that the plan asks for, and whether it is there for everybody; evidence is counted."""
    lines = []
    for paper in current.plan.documents:
        have = [document for document in dossier.documents if document.kind is paper.kind]
        if paper.per != "nominee":
            lines.append(f"{paper.label}: {_('có') if have else _('chưa có')}")
            continue
        reported = {document.nominee_id for document in have}
        missing = [nominee.full_name for nominee in dossier.nominees if nominee.id not in reported]
        said = _("chưa có của %(names)s", names=", ".join(missing)) if missing else _("có đủ %(count)s bản", count=len(reported))
        lines.append(f"{paper.label}: {said}")
    evidence = sum(document.kind is DocumentKind.EVIDENCE for document in dossier.documents)
    return [*lines, _("Tài liệu chứng minh: %(count)s", count=evidence)]


def _warnings(situation: Situation) -> list[str]:
    """What the members should look at twice: a condition that does not hold now, a late or completed set, fewer people than allowed."""
    dossier = situation.dossier
    found: list[Objection] = [*criterion_met(situation), *individuals_eligible(situation)]
    found += [objection for objection in (head_attests(situation), individuals_within_quota(situation)) if objection]
    said = [view.text for view in objection_views(found, dossier)]
    if dossier.submitted_late:
        said.append(_("Hồ sơ nộp trễ hạn."))
    if dossier.first_submitted_at != dossier.submitted_at:
        said.append(_("Hồ sơ đã được trả lại bổ sung và nộp lại."))
    if dossier.fewer_reason:
        said.append(_("Đề nghị ít hơn số lượng: %(reason)s", reason=dossier.fewer_reason))
    return [*said, *(line for nominee in situation.individuals for line in _unusual(situation, nominee))]


def _unusual(situation: Situation, nominee: Nominee) -> list[str]:
    """II.2.b: what is unusual about a person, and why the appraiser lets it stand."""
    confirmed = {row.warning: row.reason for row in nominee.confirmations}
    return [
        _("%(name)s %(warning)s. Sở Nội vụ đã xác nhận: %(reason)s", name=nominee.full_name, warning=_(warning.label), reason=reason)
        if (reason := confirmed.get(warning))
        else _("%(name)s %(warning)s. Chưa được xác nhận.", name=nominee.full_name, warning=_(warning.label))
        for warning in situation.warnings_of(nominee)
    ]

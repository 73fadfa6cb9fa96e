"""Units that do not answer: how often each was told to register, and the record of their silence on the day after the due date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, exists, func, select

from audit import Act, record_all
from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.outbox import Notice, OutboxMail
from models.people import SYSTEM
from models.registrations import Registration
from models.vocabulary import LetterName, MailState


@dataclass(frozen=True, slots=True)
class Told:
    """The letters that asked a unit for its form: how many were written, how many a mail server took, and when the last was written."""

    written: int = 0
    taken: int = 0
    last_at: datetime | None = None


NEVER = Told()


def times_told(campaign: Campaign, unit_ids: Collection[int] | None = None) -> dict[int, Told]:
    """How often each unit (of some units) was told to register, by the worker or by hand; those never told are missing."""
    taken = exists().where(OutboxMail.notice_id == Notice.id, OutboxMail.state == MailState.ACCEPTED)
    query = (
        select(Notice.campaign_unit_id, func.count(), func.sum(case((taken, 1), else_=0)), func.max(Notice.created_at))
        .where(Notice.campaign_id == campaign.id, Notice.letter == LetterName.REGISTRATION_REMINDER)
        .group_by(Notice.campaign_unit_id)
    )
    if unit_ids is not None:
        query = query.where(Notice.campaign_unit_id.in_(unit_ids))
    return {unit_id: Told(written, int(taken), last_at) for unit_id, written, taken, last_at in db.session.execute(query)}


def record_silence(campaign: Campaign, units: Sequence[CampaignUnit], due_on: date, at: datetime) -> list[AuditEntry]:
    """II.3: one entry for each silent unit, "told n times, did not answer". The caller sees to it that this happens once."""
    told = times_told(campaign)
    ids = [unit.id for unit in units]
    begun = select(Registration.campaign_unit_id, Registration.state).where(Registration.campaign_unit_id.in_(ids))
    states = {row.campaign_unit_id: row.state.value for row in db.session.execute(begun)}
    acts = [
        Act(
            Action.REGISTRATION_SILENT,
            f"unit:{unit.id}",
            clause=campaign.plan.registration_clause,
            detail={
                "unit": unit.long_name,
                "due": due_on.isoformat(),
                "told": told.get(unit.id, NEVER).taken,
                "written": told.get(unit.id, NEVER).written,
                "open_form": states.get(unit.id, ""),
            },
            campaign_id=campaign.id,
        )
        for unit in units
    ]
    return record_all(acts, actor=SYSTEM, at=at)

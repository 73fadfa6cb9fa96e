"""The reminders of dossiers (II.3): of selected ones until they are submitted, then weekly until somebody decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.localtime import VIETNAM, local_day
from models.vocabulary import DossierState, LetterName, Milestone, SkipReason
from notifications.owed import ADDRESSEE, Reminder, Rows, Series, addressee
from notifications.recipients import Addressee, home_affairs
from notifications.timetable import Occasion, Timetable

Submits, Compiler = aliased(CampaignUnit), aliased(CampaignUnit)
SUBMITTER = (Submits.id, Submits.campaign_id, Submits.unit_id, Submits.official_name, Submits.name, Submits.ended_on)
FILED = frozenset(
    {
        DossierState.SUBMITTED,
        DossierState.REVIEWED,
        DossierState.FORWARDED,
        DossierState.AWARDED,
        DossierState.NOT_AWARDED,
        DossierState.NOT_RECOMMENDED,
    }
)
"""States in which the dossier was submitted."""


@dataclass(frozen=True, slots=True)
class Due:
    """Dossiers that share a due date, the campaign's settings, and who besides their units is told once it has passed."""

    campaign: Campaign
    day: date
    is_over: bool
    receiver: Addressee

    def concerned(self, occasion: Occasion) -> Rows:
        """Dossiers with this due date, set before the occasion's day; after the due date only those that still wait to be submitted."""
        latest = select(func.max(Deadline.id)).where(Deadline.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery()
        query = (
            select(*ADDRESSEE, *SUBMITTER, Dossier.id, Dossier.code, Dossier.state, Compiler.name.label("district"))
            .add_columns(Deadline.milestone, Deadline.version, Deadline.working)
            .select_from(Dossier)
            .join(Deadline, and_(Deadline.dossier_id == Dossier.id, Deadline.id == latest))
            .join(CampaignUnit, Dossier.campaign_unit_id == CampaignUnit.id)
            .join(Submits, Dossier.submits_id == Submits.id)
            .outerjoin(Compiler, CampaignUnit.compiled_by_id == Compiler.id)
            .where(Dossier.campaign_id == self.campaign.id, Dossier.due_on == self.day)
            .where(Deadline.set_at < datetime.combine(occasion.day, time(), VIETNAM))
            .order_by(Dossier.sort_key)
        )
        return query.where(Dossier.state == DossierState.SELECTED) if self.is_over or occasion.offset < 0 else query

    def made(self, rows: Sequence[Any], occasion: Occasion) -> list[Reminder]:
        """The reminders on an occasion: to the submitting unit and the collective, after the due date to home affairs as well."""
        return [self._made(row, late=occasion.offset < 0) for row in rows]

    def _made(self, row: Any, *, late: bool) -> Reminder:
        collective, submitter, (dossier_id, code, state, district) = addressee(row), Addressee(*row[6:12]), row[12:16]
        told = [submitter, collective, *([self.receiver] if late else [])]
        name = f"{collective.name}, {district}" if district else collective.name
        return Reminder(
            collective.id,
            name,
            list({unit.id: unit for unit in told}.values()),
            _skipped(state),
            row.milestone,
            row.version,
            f"/dossiers/{dossier_id}",
            row.working,
            dossier_id,
            {"dossier": code, "collective": name},
        )


def _skipped(state: DossierState) -> SkipReason | None:
    if state is DossierState.SELECTED:
        return None
    if state is DossierState.WITHDRAWN:
        return SkipReason.WITHDRAWN
    return SkipReason.SUBMITTED if state in FILED else SkipReason.ENDED


def dossier_series(campaign: Campaign, table: Timetable, at: datetime, until: datetime) -> Iterator[Series]:
    """The reminders of dossiers, a due date at a time: before it, and after it."""
    today = local_day(at)
    horizon = local_day(until) + timedelta(days=max([0, *table.offsets[Milestone.SUBMISSION]]))
    waiting = or_(Dossier.state == DossierState.SELECTED, Dossier.due_on >= today)
    days = select(Dossier.due_on).where(Dossier.campaign_id == campaign.id, Dossier.due_on <= horizon, waiting).distinct()
    found = sorted(day for day in db.session.scalars(days) if day is not None)
    if not found:
        return
    receiver = home_affairs(campaign)
    told = Addressee(receiver.id, receiver.campaign_id, receiver.unit_id, receiver.official_name, receiver.name, receiver.ended_on)
    for day in found:
        due = Due(campaign, day, today > day, told)
        yield _series(LetterName.DOSSIER_REMINDER, due, table.before(Milestone.SUBMISSION, day, until), over=due.is_over)
        yield _series(LetterName.DOSSIER_OVERDUE, due, table.after(day, until, weekly=True), over=False)


def _series(letter: LetterName, due: Due, occasions: Sequence[Occasion], *, over: bool) -> Series:
    unit, milestone, version = cast("Any", (CampaignUnit.id, Deadline.milestone, Deadline.version))
    clause = due.campaign.plan.window_clause
    return Series(letter, due.campaign, due.day, clause, occasions, due.concerned, due.made, unit, milestone, version, over)

"""The reminders of dossiers (II.3): of selected ones until they are submitted, then weekly until somebody decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.localtime import local_day
from models.vocabulary import DossierState, LetterName, Milestone, SkipReason
from notifications.owed import ADDRESSEE, Reminder, Rows, Series, addressee, addressee_of
from notifications.recipients import Addressee
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


def dossier_series(campaign: Campaign, receiver: CampaignUnit, table: Timetable, at: datetime, until: datetime) -> Iterator[Series]:
    """The reminders of dossiers, a due date at a time: before it, and after it."""
    today = local_day(at)
    horizon = local_day(until) + timedelta(days=max([0, *table.offsets[Milestone.SUBMISSION]]))
    waiting = or_(Dossier.state == DossierState.SELECTED, Dossier.due_on >= today)
    days = select(Dossier.due_on).where(Dossier.campaign_id == campaign.id, Dossier.due_on <= horizon, waiting).distinct()
    found = sorted(day for day in db.session.scalars(days) if day is not None)
    if not found:
        return
    told = addressee_of(receiver)
    by_day = cache(lambda: _by_day(campaign, found))
    for day in found:
        before, after = table.before(Milestone.SUBMISSION, day, until), table.after(day, until, weekly=True)
        yield _series(LetterName.DOSSIER_REMINDER, campaign, day, before, by_day, (), waiting=today > day, over=today > day)
        yield _series(LetterName.DOSSIER_OVERDUE, campaign, day, after, by_day, (told,), waiting=True)


def _series(
    letter: LetterName,
    campaign: Campaign,
    day: date,
    occasions: Sequence[Occasion],
    by_day: Callable[[], Mapping[date, Sequence[Any]]],
    others: Sequence[Addressee],
    *,
    waiting: bool,
    over: bool = False,
) -> Series:
    """The reminders of the dossiers with one due date; `waiting`: only of those that are still to be submitted."""
    unit, milestone, version, set_at = cast("Any", (CampaignUnit.id, Deadline.milestone, Deadline.version, Deadline.set_at))
    query = _dossiers(campaign).where(Dossier.due_on == day)
    return Series(
        letter,
        campaign,
        day,
        campaign.plan.window_clause,
        occasions,
        query.where(Dossier.state == DossierState.SELECTED) if waiting else query,
        lambda: [row for row in by_day()[day] if not waiting or row.state is DossierState.SELECTED],
        lambda rows: [_made(row, others) for row in rows],
        unit,
        milestone,
        version,
        over,
        set_at,
    )


def _dossiers(campaign: Campaign) -> Rows:
    """Dossiers with a due date, the version of it that holds, and who is told."""
    latest = select(func.max(Deadline.id)).where(Deadline.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery()
    return (
        select(*ADDRESSEE, *SUBMITTER, Dossier.id, Dossier.code, Compiler.name, Dossier.version)
        .add_columns(Dossier.due_on, Dossier.state, Deadline.milestone, Deadline.version, Deadline.working, Deadline.set_at)
        .select_from(Dossier)
        .join(Deadline, and_(Deadline.dossier_id == Dossier.id, Deadline.id == latest))
        .join(CampaignUnit, Dossier.campaign_unit_id == CampaignUnit.id)
        .join(Submits, Dossier.submits_id == Submits.id)
        .outerjoin(Compiler, CampaignUnit.compiled_by_id == Compiler.id)
        .where(Dossier.campaign_id == campaign.id)
        .order_by(Dossier.sort_key)
    )


def _by_day(campaign: Campaign, days: Sequence[date]) -> dict[date, list[Any]]:
    found: dict[date, list[Any]] = {day: [] for day in days}
    for row in db.session.execute(_dossiers(campaign).where(Dossier.due_on.in_(days))):
        found[row.due_on].append(row)
    return found


def _made(row: Any, others: Sequence[Addressee]) -> Reminder:
    """A reminder to the submitting unit and the collective, and to others."""
    collective, submitter = addressee(row), Addressee(*row[6:12])
    dossier_id, code, district, revision, due_on, state, milestone, version, working, _set_at = row[12:]
    name = f"{collective.name}, {district}" if district else collective.name
    calendar = {"about": f"dossier-{dossier_id}.submission", "due_on": due_on.isoformat(), "version": revision, "cancelled": False}
    return Reminder(
        collective.id,
        name,
        list({unit.id: unit for unit in (submitter, collective, *others)}.values()),
        _skipped(state),
        milestone,
        version,
        f"/dossiers/{dossier_id}",
        working,
        dossier_id,
        {"dossier": code, "collective": name, "calendar": calendar},
    )


def _skipped(state: DossierState) -> SkipReason | None:
    if state is DossierState.SELECTED:
        return None
    if state is DossierState.WITHDRAWN:
        return SkipReason.WITHDRAWN
    return SkipReason.SUBMITTED if state in FILED else SkipReason.ENDED

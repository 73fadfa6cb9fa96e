"""The sweep: what is due and not in the ledger is written into ledger and outbox, once. Deadlines are read here, never counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db, insert_rows, table_of
from models.localtime import local_day
from models.outbox import ReminderEntry
from models.people import SYSTEM
from models.vocabulary import LetterName, ReminderOutcome, SkipReason
from notifications import facts
from notifications.expected import expected_units, silent_units
from notifications.notices import queue_letters
from notifications.owed import Reminder, Series, campaign_series, closing_facts
from notifications.owed_dossiers import dossier_series
from notifications.recipients import home_affairs
from notifications.silence import record_silence
from notifications.timetable import Occasion, Timetable, set_with, timetable

__all__ = ["all_series", "anything_owed", "expected_units", "owed", "planned", "silent_units", "sweep", "unrecorded"]

LATE_AFTER = timedelta(minutes=10)
"""A reminder that is written so long after its hour is marked as late: nothing ran at the time."""

UNPAUSED = frozenset({LetterName.REGISTRATION_CLOSED})
"""What a pause leaves alone: the record of who was silent stands on its day."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is due of a series and unrecorded: the reminders of its latest occasion, and the rows of earlier ones that it stands for."""

    series: Series
    occasion: Occasion
    reminders: list[Reminder]
    superseded: list[tuple[int, Reminder]]


def sweep(at: datetime) -> int:
    """Queue every reminder that is due at `at` and not recorded: one set-based act per open campaign, in the caller's transaction.

    Gives back how many reminders were queued. Run twice, or by two processes, the second finds nothing: the ledger's key is unique.
    """
    hold_chain()
    return sum(_sweep_campaign(campaign, at) for campaign in _open_campaigns())


def anything_owed(at: datetime) -> bool:
    """Whether a sweep would find something; reads only, so that an idle tick takes no write lock."""
    return any(_due(series) for campaign in _open_campaigns() for series in all_series(campaign, timetable(campaign), at, at))


def all_series(campaign: Campaign, table: Timetable, at: datetime, until: datetime) -> Iterator[Series]:
    """Every series of a campaign as it stands at `at`, with its occasions up to another instant."""
    receiver = home_affairs(campaign)
    yield from campaign_series(campaign, receiver, table, at, until)
    yield from dossier_series(campaign, receiver, table, at, until)


def owed(campaign: Campaign, at: datetime) -> list[Owed]:
    """Everything that is due and unrecorded in one campaign at an instant.

    The latest occasion decides: a sweep records the earlier ones with it, so where it is recorded, they are.
    """
    table, found = timetable(campaign), []
    for series in all_series(campaign, table, at, at):
        if not series.occasions:
            continue
        *earlier, latest = series.occasions
        if reminders := unrecorded(series, latest, table):
            missed = [(occasion.offset, item) for occasion in earlier for item in unrecorded(series, occasion, table)]
            found.append(Owed(series, latest, reminders, missed))
    return found


def _due(series: Series) -> bool:
    return bool(series.occasions) and db.session.execute(series.unrecorded(series.occasions[-1]).limit(1)).first() is not None


def unrecorded(series: Series, occasion: Occasion, table: Timetable) -> list[Reminder]:
    """The reminders of an occasion, as they would be written now, of which the ledger has no row."""
    missing = {tuple(row) for row in db.session.execute(series.unrecorded(occasion))}
    if not missing:
        return []
    return [item for item in planned(series, occasion, table) if (item.unit_id, item.milestone, item.version) in missing]


def planned(series: Series, occasion: Occasion, table: Timetable) -> list[Reminder]:
    """The reminders of an occasion as they would be written now, with those left out because of a pause or because it is too late."""
    reminders = series.made(series.concerned(occasion))
    reason = SkipReason.OVER if series.over else None
    if reason is None and series.letter not in UNPAUSED and reminders and table.is_paused(set_with(reminders[0].milestone)):
        reason = SkipReason.PAUSED
    return [replace(item, skip=reason) if reason and item.skip is None else item for item in reminders]


def _open_campaigns() -> list[Campaign]:
    return list(db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None)).order_by(Campaign.id)))


def _sweep_campaign(campaign: Campaign, at: datetime) -> int:
    found = owed(campaign, at)
    if not found:
        return 0
    sent = Counter(one.series.letter.value for one in found for item in one.reminders if item.skip is None)
    detail = {
        "queued": dict(sorted(sent.items())),
        "superseded": sum(len(one.superseded) for one in found),
        "skipped": sum(item.skip is not None for one in found for item in one.reminders),
        "late": sum(item.skip is None for one in found if at - one.occasion.moment > LATE_AFTER for item in one.reminders),
    }
    entry = record(Act(Action.REMINDERS_SWEEP, f"campaign:{campaign.id}", detail=detail, campaign_id=campaign.id), actor=SYSTEM, at=at)
    rows = []
    for one in found:
        ids = _queued(campaign, one, entry, at)
        rows += [_ledger_row(one, item, one.occasion.offset, at, ids.get(item.unit_id)) for item in one.reminders]
        rows += [_ledger_row(one, item, offset, at, None, earlier=True) for offset, item in one.superseded]
    insert_rows(_insert_ignore(), rows)
    for one in found:
        if one.series.letter is LetterName.REGISTRATION_CLOSED:
            record_silence(campaign, silent_units(campaign), one.series.due_on, at)
    return sum(sent.values())


def _queued(campaign: Campaign, one: Owed, entry: AuditEntry, at: datetime) -> dict[int, int]:
    """Queue the letters of the reminders that are written. Gives back the first notice of each, by the ledger's unit."""
    written = [item for item in one.reminders if item.skip is None]
    if not written:
        return {}
    common = facts.common_facts(campaign, entry, clause=one.series.clause, link="") | {"checklist": facts.checklist(campaign.plan)}
    if one.series.calendar is not None:
        common["calendar"] = one.series.calendar
    if one.series.letter is LetterName.REGISTRATION_CLOSED:
        common |= closing_facts(campaign, one.series.due_on)
    due: dict[int, dict[str, Any]] = {}
    addressed, dossier_ids, units = [], [], []
    for item in written:
        if id(item.working) not in due:
            due[id(item.working)] = facts.due_facts(one.series.due_on, item.working, local_day(at))
        stated = {**common, **due[id(item.working)], **item.stated, "link": item.link}
        for unit in item.addressees:
            addressed.append((unit, stated))
            dossier_ids.append(item.dossier_id)
            units.append(item.unit_id)
    ids = queue_letters(one.series.letter, addressed, entry, dossier_ids=dossier_ids)
    first: dict[int, int] = {}
    for unit_id, notice_id in zip(units, ids, strict=True):
        first.setdefault(unit_id, notice_id)
    return first


def _ledger_row(one: Owed, item: Reminder, offset: int, at: datetime, notice_id: int | None, *, earlier: bool = False) -> dict[str, Any]:
    outcome = ReminderOutcome.SKIPPED if item.skip else ReminderOutcome.SUPERSEDED if earlier else ReminderOutcome.QUEUED
    return {
        "campaign_id": one.series.campaign.id,
        "milestone": item.milestone,
        "campaign_unit_id": item.unit_id,
        "letter": one.series.letter,
        "offset_days": offset,
        "deadline_version": item.version,
        "due_on": one.series.due_on,
        "outcome": outcome,
        "reason": item.skip,
        "late": outcome is ReminderOutcome.QUEUED and at - one.occasion.moment > LATE_AFTER,
        "at": at,
        "notice_id": notice_id,
    }


def _insert_ignore() -> Insert:
    table = table_of(ReminderEntry)
    dialect = db.session.connection().dialect.name
    return (postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)).on_conflict_do_nothing()

"""What will go out, to whom and when, and who will be left out and why; and what became of what has been. Nothing is written here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.outbox import Notice, OutboxMail, ReminderEntry
from models.vocabulary import LetterName, MailState, Milestone, ReminderOutcome, SkipReason
from notifications.owed import Reminder, Series
from notifications.reminders import all_series, planned, unrecorded
from notifications.timetable import Occasion, Timetable, timetable

Compiler = aliased(CampaignUnit)
OF_DOSSIERS = (Milestone.SUBMISSION, Milestone.SUPPLEMENT)


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder. `outcome` is None while it is to come: it will be written then, unless `skip` says why not.

    `recipients` are the units written to, by campaign unit and name; `mails` says where their mails stand.
    """

    moment: datetime
    letter: LetterName
    milestone: Milestone
    offset: int
    due_on: date
    unit_id: int
    name: str
    skip: SkipReason | None
    recipients: Mapping[int, str] = field(default_factory=dict)
    dossier_id: int | None = None
    outcome: ReminderOutcome | None = None
    written_at: datetime | None = None
    late: bool = False
    mails: Mapping[MailState, int] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Whether a letter is, or was, written."""
        return self.skip is None and self.outcome in {None, ReminderOutcome.QUEUED}


def forecast(campaign: Campaign, at: datetime, until: datetime, *, waiting: bool = True, table: Timetable | None = None) -> list[Line]:
    """The reminders from `at` to another instant, as they will go out if nothing else happens.

    `waiting`: also what came due before and the next sweep will take.
    """
    table = table or timetable(campaign)
    lines = [line for series in all_series(campaign, table, at, until) for line in _of_series(series, table, at, waiting=waiting)]
    return sorted(lines, key=_order)


def _of_series(series: Series, table: Timetable, at: datetime, *, waiting: bool) -> Iterator[Line]:
    passed = [occasion for occasion in series.occasions if occasion.moment <= at]
    if passed and waiting:
        yield from (_line(series, passed[-1], item) for item in unrecorded(series, passed[-1], table))
    for occasion in series.occasions[len(passed) :]:
        yield from (_line(series, occasion, item) for item in planned(series, occasion, table))


def _line(series: Series, occasion: Occasion, item: Reminder) -> Line:
    return Line(
        occasion.moment,
        series.letter,
        item.milestone,
        occasion.offset,
        series.due_on,
        item.unit_id,
        item.name,
        item.skip,
        recipients={unit.id: unit.name for unit in item.addressees},
        dossier_id=item.dossier_id,
    )


def history(campaign: Campaign, since: date, until: date, *narrowed: Any, table: Timetable | None = None) -> list[Line]:
    """The reminders of the days between two, both included, as the ledger has them: written, left out or passed over, and why.

    `narrowed` are further conditions on the ledger's rows.
    """
    table = table or timetable(campaign)
    query = (
        select(ReminderEntry, CampaignUnit.name, Compiler.name.label("district"), Notice.dossier_id, Notice.audit_seq)
        .join(CampaignUnit, ReminderEntry.campaign_unit_id == CampaignUnit.id)
        .outerjoin(Compiler, CampaignUnit.compiled_by_id == Compiler.id)
        .outerjoin(Notice, ReminderEntry.notice_id == Notice.id)
        .where(ReminderEntry.campaign_id == campaign.id, *narrowed)
        .order_by(CampaignUnit.sort_key)
    )
    found = [row for row in db.session.execute(query) if since <= day_of(row[0]) <= until]
    told, mails = _told(campaign, [row for row in found if row[0].notice_id])
    return sorted((_was(row, table, told, mails) for row in found), key=_order)


def day_of(row: ReminderEntry) -> date:
    """The day on which a reminder of the ledger was owed."""
    return date.fromordinal(row.due_on.toordinal() - row.offset_days)


def _was(row: Any, table: Timetable, told: Mapping[Any, dict[int, str]], mails: Mapping[Any, Counter[MailState]]) -> Line:
    entry: ReminderEntry = row[0]
    key = _key(entry.letter, row.audit_seq, row.dossier_id, entry.campaign_unit_id)
    return Line(
        table.at(day_of(entry)),
        entry.letter,
        entry.milestone,
        entry.offset_days,
        entry.due_on,
        entry.campaign_unit_id,
        f"{row.name}, {row.district}" if row.district and entry.milestone in OF_DOSSIERS else row.name,
        entry.reason,
        recipients=told.get(key, {}),
        dossier_id=row.dossier_id,
        outcome=entry.outcome,
        written_at=entry.at,
        late=entry.late,
        mails=mails.get(key, Counter()),
    )


def _told(campaign: Campaign, rows: Iterable[Any]) -> tuple[dict[Any, dict[int, str]], dict[Any, Counter[MailState]]]:
    """The units that were written to, and where their mails stand, by letter, act and whom it is about."""
    wanted = {(row[0].letter, row.audit_seq) for row in rows}
    if not wanted:
        return {}, {}
    acts = or_(*(and_(Notice.letter == letter, Notice.audit_seq == seq) for letter, seq in sorted(wanted)))
    query = (
        select(Notice.letter, Notice.audit_seq, Notice.dossier_id, CampaignUnit.id, CampaignUnit.name, OutboxMail.state, func.count())
        .join(CampaignUnit, Notice.campaign_unit_id == CampaignUnit.id)
        .outerjoin(OutboxMail, OutboxMail.notice_id == Notice.id)
        .where(Notice.campaign_id == campaign.id, acts)
        .group_by(Notice.id, CampaignUnit.id, OutboxMail.state)
        .order_by(Notice.id)
    )
    told: dict[Any, dict[int, str]] = defaultdict(dict)
    mails: dict[Any, Counter[MailState]] = defaultdict(Counter)
    for letter, seq, dossier_id, unit_id, name, state, count in db.session.execute(query):
        key = _key(letter, seq, dossier_id, unit_id)
        told[key][unit_id] = name
        if state is not None:
            mails[key][state] += count
    return told, mails


def _key(letter: LetterName, seq: int | None, dossier_id: int | None, unit_id: int) -> tuple[Any, ...]:
    """What tells the letters of one sweep apart: the dossier, or else the unit written to."""
    return (letter, seq, dossier_id, None if dossier_id else unit_id)


def _order(line: Line) -> tuple[Any, ...]:
    return (line.moment, list(LetterName).index(line.letter), line.skip is not None)

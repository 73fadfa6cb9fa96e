"""Which reminders there are: of a due date by one letter, on each occasion, to whom, and who is left out and why.

Each is asked for as a set, never unit by unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, literal, select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.localtime import VIETNAM, local_day
from models.outbox import ReminderEntry
from models.registrations import Registration
from models.reports import FrozenReport
from models.vocabulary import LetterName, Milestone, RegistrationState, ReportKind, SkipReason
from notifications.calendar_entry import calendar_fact
from notifications.expected import ANSWERED, expected_units, silent_units
from notifications.recipients import Addressee
from notifications.timetable import Occasion, Timetable
from notifications.wording import day_words

Rows = Select[*tuple[Any, ...]]
"""A query for plain columns."""

ACTED = {RegistrationState.SENT: SkipReason.FORM_SENT, RegistrationState.ACCEPTED: SkipReason.FORM_ACCEPTED}


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder on one occasion: about which unit (the ledger's), to whom, with which facts of its own; or why it is not written."""

    unit_id: int
    name: str
    addressees: Sequence[Addressee]
    skip: SkipReason | None
    milestone: Milestone
    version: int
    link: str
    working: Mapping[str, Any]
    dossier_id: int | None = None
    stated: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """The reminders of one due date by one letter: its occasions so far, who is concerned, and what is made of the rows.

    `query` asks for those concerned and `everybody` gives them all; `unit`, `milestone` and `version` are the columns by which the ledger
    knows a row, `set_at` the one that says since when its due date holds (where it is not the same for all). Of a series that is `over`,
    the due date has passed and it says nothing any more; who was not told in time is put down as such.
    """

    letter: LetterName
    campaign: Campaign
    due_on: date
    clause: str
    occasions: Sequence[Occasion]
    query: Rows
    everybody: Callable[[], Sequence[Any]]
    made: Callable[[Sequence[Any]], list[Reminder]]
    unit: ColumnElement[int]
    milestone: ColumnElement[Milestone]
    version: ColumnElement[int]
    over: bool = False
    set_at: ColumnElement[datetime] | None = None
    calendar: Mapping[str, Any] | None = None

    def unrecorded(self, occasion: Occasion) -> CompoundSelect[int, Milestone, int]:
        """Those concerned on an occasion of whom the ledger has no row for it: one pass over each set, whatever the planner expects.

        Unit, milestone and version of each, as the ledger knows them.
        """
        recorded = select(ReminderEntry.campaign_unit_id, ReminderEntry.milestone, ReminderEntry.deadline_version).where(
            ReminderEntry.campaign_id == self.campaign.id,
            ReminderEntry.letter == self.letter,
            ReminderEntry.offset_days == occasion.offset,
        )
        query = self.query if self.set_at is None else self.query.where(self.set_at < midnight(occasion))
        return query.order_by(None).with_only_columns(self.unit, self.milestone, self.version).except_(recorded)

    def concerned(self, occasion: Occasion) -> Sequence[Any]:
        """Those concerned on an occasion, recorded or not: a due date is reminded of from the day after it was set."""
        if self.set_at is None:
            return self.everybody()
        return [row for row in self.everybody() if row.set_at < midnight(occasion)]


def midnight(occasion: Occasion) -> datetime:
    """The beginning of an occasion's day."""
    return datetime.combine(occasion.day, time(), VIETNAM)


ADDRESSEE = (
    CampaignUnit.id,
    CampaignUnit.campaign_id,
    CampaignUnit.unit_id,
    CampaignUnit.official_name,
    CampaignUnit.name,
    CampaignUnit.ended_on,
)


def addressee(row: Any) -> Addressee:
    """The addressee in a row that begins with its columns."""
    return row if isinstance(row, Addressee) else Addressee(*row[:6])


def addressee_of(unit: CampaignUnit) -> Addressee:
    """The addressee that a unit is."""
    return Addressee(unit.id, unit.campaign_id, unit.unit_id, unit.official_name, unit.name, unit.ended_on)


def campaign_series(campaign: Campaign, receiver: CampaignUnit, table: Timetable, at: datetime, until: datetime) -> Iterator[Series]:
    """The reminders of the campaign's own due dates: registration, and the year-end report."""
    current: dict[Milestone, Deadline] = {}
    rows = select(Deadline).where(Deadline.campaign_id == campaign.id, Deadline.dossier_id.is_(None)).order_by(Deadline.version)
    for deadline in db.session.scalars(rows):
        current[deadline.milestone] = deadline
    if Milestone.REGISTRATION in current:
        yield from _registration(campaign, receiver, current[Milestone.REGISTRATION], table, at, until)
    if Milestone.YEAR_END in current:
        yield _year_end(campaign, receiver, current[Milestone.YEAR_END], table, at, until)


def _registration(
    campaign: Campaign, receiver: CampaignUnit, deadline: Deadline, table: Timetable, at: datetime, until: datetime
) -> Iterator[Series]:
    """Units with nothing sent or accepted; their district gets one roll-up of its missing communes; home affairs the summary after."""
    reminded = _since_set(table.before(Milestone.REGISTRATION, deadline.due_on, until), deadline)
    of_units = expected_units(campaign).with_only_columns(*ADDRESSEE, Registration.state, CampaignUnit.compiled_by_id)
    of_units = of_units.outerjoin(Registration, Registration.campaign_unit_id == CampaignUnit.id)
    compilers = expected_units(campaign).with_only_columns(CampaignUnit.compiled_by_id).order_by(None).distinct()
    of_districts = select(*ADDRESSEE).where(CampaignUnit.id.in_(compilers)).order_by(CampaignUnit.sort_key)
    units = cache(lambda: db.session.execute(of_units).all())

    def to_units(rows: Sequence[Any]) -> list[Reminder]:
        return [_about(deadline, addressee(row), f"/registrations/{row.id}", skip=ACTED.get(row.state)) for row in rows]

    def to_districts(rows: Sequence[Any]) -> list[Reminder]:
        missing: dict[int, list[str]] = defaultdict(list)
        for unit in units() if rows else ():
            if unit.compiled_by_id is not None and unit.state not in ANSWERED:
                missing[unit.compiled_by_id].append(unit.name)
        return _compiled(campaign, deadline, [addressee(row) for row in rows], missing)

    def to_home(rows: Sequence[Any]) -> list[Reminder]:
        return [_about(deadline, addressee(row), f"/registrations?campaign={campaign.id}") for row in rows]

    clause, over = campaign.plan.registration_clause, local_day(at) > deadline.due_on
    closed, to_receiver = table.after(deadline.due_on, until, weekly=False), _to_receiver(receiver)
    districts = cache(lambda: db.session.execute(of_districts).all())
    yield _series(LetterName.REGISTRATION_REMINDER, campaign, deadline, clause, reminded, (of_units, units), to_units, over=over)
    compiled = (of_districts, districts)
    yield _series(LetterName.REGISTRATION_REMINDER_COMPILED, campaign, deadline, clause, reminded, compiled, to_districts, over=over)
    yield _series(LetterName.REGISTRATION_CLOSED, campaign, deadline, clause, closed, to_receiver, to_home)


def _to_receiver(receiver: CampaignUnit) -> tuple[Rows, Callable[[], Sequence[Any]]]:
    """Home affairs alone: as the ledger is asked for it, and as it stands."""
    query = select(*ADDRESSEE).where(CampaignUnit.id == receiver.id)
    return query, lambda: [addressee_of(receiver)]


def _compiled(campaign: Campaign, deadline: Deadline, districts: Sequence[Addressee], missing: Mapping[int, list[str]]) -> list[Reminder]:
    """To each district the list of its units that are silent."""
    return [
        _about(
            deadline,
            district,
            f"/registrations?district={district.id}&campaign={campaign.id}",
            skip=None if missing.get(district.id) else SkipReason.NOBODY_MISSING,
            stated={"units": missing.get(district.id, [])},
        )
        for district in districts
    ]


def closing_facts(campaign: Campaign, due_on: date) -> dict[str, Any]:
    """What home affairs is told on the day after the registration's due date: how many registered, and who did not."""
    silent = [unit.long_name for unit in silent_units(campaign)]
    expected = len(db.session.execute(expected_units(campaign).with_only_columns(CampaignUnit.id)).all())
    counts = {
        "Số bản đăng ký phải có": str(expected),
        "Đã gửi hoặc đã duyệt": str(expected - len(silent)),
        "Chưa đăng ký": str(len(silent)),
        "Hạn đăng ký": day_words(due_on),
    }
    return {"units": silent, "counts": [{"label": label, "value": value} for label, value in counts.items()]}


def _year_end(campaign: Campaign, receiver: CampaignUnit, deadline: Deadline, table: Timetable, at: datetime, until: datetime) -> Series:
    """IV: home affairs owes a report on the campaign at the end of the year."""
    reminded = _since_set(table.before(Milestone.YEAR_END, deadline.due_on, until), deadline)

    def to_home(rows: Sequence[Any]) -> list[Reminder]:
        frozen = select(FrozenReport.id).where(FrozenReport.campaign_id == campaign.id, FrozenReport.kind == ReportKind.YEAR_END)
        skip = SkipReason.REPORT_FROZEN if rows and db.session.scalar(frozen.limit(1)) is not None else None
        return [_about(deadline, addressee(row), f"/reports/year-end?campaign={campaign.id}", skip=skip) for row in rows]

    clause, over = campaign.plan.year_end_clause, local_day(at) > deadline.due_on
    return _series(LetterName.YEAR_END_REMINDER, campaign, deadline, clause, reminded, _to_receiver(receiver), to_home, over=over)


def _about(
    deadline: Deadline, unit: Addressee, link: str, *, skip: SkipReason | None = None, stated: Mapping[str, Any] | None = None
) -> Reminder:
    return Reminder(unit.id, unit.name, (unit,), skip, deadline.milestone, deadline.version, link, deadline.working, stated=stated or {})


def _series(
    letter: LetterName,
    campaign: Campaign,
    deadline: Deadline,
    clause: str,
    occasions: Sequence[Occasion],
    concerned: tuple[Rows, Callable[[], Sequence[Any]]],
    made: Callable[[Sequence[Any]], list[Reminder]],
    *,
    over: bool = False,
) -> Series:
    """The reminders of one of the campaign's own due dates: the same rows on every occasion, the same milestone and version."""
    unit: Any = CampaignUnit.id
    milestone = literal(deadline.milestone, ReminderEntry.milestone.type)
    version = literal(deadline.version)
    calendar = calendar_fact(deadline, deadline.version)
    return Series(letter, campaign, deadline.due_on, clause, occasions, *concerned, made, unit, milestone, version, over, calendar=calendar)


def _since_set(occasions: Sequence[Occasion], deadline: Deadline) -> list[Occasion]:
    """A due date is reminded of from the day after it was set."""
    return [occasion for occasion in occasions if occasion.day > local_day(deadline.set_at)]

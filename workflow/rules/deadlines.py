"""How the regulation counts days (II.3; Civil Code 2015, Art. 147 and 148). Pure: dates and a calendar in, dates and their working out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.localtime import day_begins
from models.vocabulary import DayKind
from workflow.rules.objection import Objection, Place

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from Monday to Friday, with the name it goes by."""

    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The days that differ from Monday to Friday. A year without any row counts Monday to Friday, and says so."""

    days: Mapping[date, SpecialDay]

    def works(self, day: date) -> bool:
        """A working day is Monday to Friday and not off, or a swapped Saturday that is worked."""
        special = self.days.get(day)
        if special is not None:
            return special.kind is DayKind.SWAP_WORK
        return day.weekday() < SATURDAY

    def reason_off(self, day: date) -> str:
        """Why a day is not worked: the name of its holiday, or the weekday as "saturday" or "sunday"."""
        special = self.days.get(day)
        if special is not None:
            return special.name
        return "saturday" if day.weekday() == SATURDAY else "sunday"

    def knows(self, year: int) -> bool:
        """Whether the table has any row of a year."""
        return any(day.year == year for day in self.days)


@dataclass(frozen=True, slots=True)
class Working:
    """How a due date was reached: event, first counted day, last day of the period, days skipped and why, result."""

    trigger: date | None
    days: int
    first_counted: date | None
    last_day: date
    skipped: tuple[tuple[date, str], ...]
    due: date
    unknown_years: tuple[int, ...] = ()

    def as_data(self, event: str, document: str = "") -> dict[str, Any]:
        """The working as JSON values, with the code of the event that set it off and the document that proves it."""
        return {
            "event": event,
            "document": document,
            "trigger": self.trigger.isoformat() if self.trigger else None,
            "days": self.days,
            "first_counted": self.first_counted.isoformat() if self.first_counted else None,
            "last_day": self.last_day.isoformat(),
            "skipped": [[day.isoformat(), why] for day, why in self.skipped],
            "due": self.due.isoformat(),
            "unknown_years": list(self.unknown_years),
        }


def due_after(trigger: date, days: int, calendar: WorkingCalendar) -> Working:
    """The due date of a period of calendar days after an event: the day of the event is not counted (Art. 147.2); when the last day is
    off, the period ends at the end of the next working day (Art. 148.5)."""
    last_day = trigger + timedelta(days=days)
    return _rolled(last_day, calendar, trigger=trigger, days=days, first_counted=trigger + timedelta(days=1))


def due_on(day: date, calendar: WorkingCalendar, *, rolls: bool) -> Working:
    """A due date the plan fixes; it rolls over days off only where the campaign says so."""
    if not rolls:
        return Working(None, 0, None, day, (), day)
    return _rolled(day, calendar)


def _rolled(
    last_day: date, calendar: WorkingCalendar, *, trigger: date | None = None, days: int = 0, first_counted: date | None = None
) -> Working:
    due, skipped = last_day, []
    while not calendar.works(due):
        skipped.append((due, calendar.reason_off(due)))
        due += timedelta(days=1)
    years = sorted({last_day.year, due.year})
    unknown = tuple(year for year in years if not calendar.knows(year))
    return Working(trigger, days, first_counted, last_day, tuple(skipped), due, unknown)


def closes_at(due: date) -> datetime:
    """The first instant that is too late: 00:00 in Vietnam of the day after the due date (Art. 148.6: a day ends at 24:00)."""
    return day_begins(due + timedelta(days=1))


def on_time(received: datetime, due: date) -> bool:
    """Whether something received at an instant is in time: the whole of the due date still counts."""
    return received < closes_at(due)


def window_closed(at: datetime, due: date | None) -> Objection | None:
    """II.3: a dossier is filed within the window; after its last day only an extension opens it again."""
    if due is not None and on_time(at, due):
        return None
    return Objection("window_closed", {"due": due.isoformat() if due else None}, "II.3", Place.EXTENSION)


def window_still_open(at: datetime, due: date | None) -> Objection | None:
    """II.3: a dossier lapses only after its due date has passed."""
    if due is None or on_time(at, due):
        return Objection("window_still_open", {"due": due.isoformat() if due else None}, "II.3")
    return None


def registration_late(at: datetime, due: date, *, admitted: bool) -> Objection | None:
    """II.3: registration runs to the end of the due date; a late one needs a recorded admission."""
    if on_time(at, due) or admitted:
        return None
    return Objection("registration_late", {"due": due.isoformat()}, "II.3", Place.REGISTRATION)


def due_in_past(due: date, today: date) -> Objection | None:
    """Procedure: a due date that an officer sets lies today or later, or nobody could keep it."""
    return None if due >= today else Objection("due_in_past", {"due": due.isoformat()})


def submitted_late(first_submitted: datetime, versions: list[tuple[date, datetime]]) -> bool:
    """Whether a first submission is late, judged on the due date that held when it passed.

    `versions` are (due, set at) in order. A date moved before it passed counts; one moved afterwards is an admission: still late.
    """
    due = versions[0][0]
    for later, set_at in versions[1:]:
        if on_time(set_at, due):
            due = later
    return not on_time(first_submitted, due)

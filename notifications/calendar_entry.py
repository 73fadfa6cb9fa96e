"""The calendar entry (.ics) of a due date or a session, made from the facts that a letter states; which letters carry one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from models.council import CouncilSession
from models.deadlines import Deadline
from models.localtime import VIETNAM
from models.vocabulary import LetterName, Milestone
from notifications.wording import due_words

if TYPE_CHECKING:
    from icalendar import Calendar, Event, Timezone

CARRIERS = frozenset(
    {
        LetterName.CAMPAIGN_OPENED,
        LetterName.CAMPAIGN_OPENED_MEMBER,
        LetterName.CAMPAIGN_OPENED_COMPILED,
        LetterName.YEAR_END_REMINDER,
        LetterName.REGISTRATION_REMINDER,
        LetterName.REGISTRATION_REMINDER_COMPILED,
        LetterName.REGISTRATION_RETURNED,
        LetterName.RANKING_CORRECTED,
        LetterName.SELECTED,
        LetterName.DOSSIER_REMINDER,
        LetterName.SENT_BACK,
        LetterName.EXTENSION_REFUSED,
        LetterName.DOSSIER_ADMITTED,
        LetterName.EXTENDED,
        LetterName.WITHDRAWN,
        LetterName.LAPSED,
        LetterName.CORRECTED,
        LetterName.COUNCIL_AGENDA,
    }
)
"""The letters that bring, move or take back a date to be met, or a session of the council."""

ALARM_BEFORE = timedelta(hours=16)
"""The alarm rings at 08:00 of the day before: 16 hours before the day begins."""

HALF_A_DAY = timedelta(hours=4)
"""Nobody knows when a session ends: half a working day is kept free for it."""

SESSION = "council-session"
PRODUCT = "-//Theo doi thi dua//VI"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A due date as a calendar shows it, or a session of the council, which has a place and may have an hour.

    The same `uid` with a higher `sequence` replaces it, or takes it back when `cancelled`.
    """

    uid: str
    sequence: int
    due_on: date
    summary: str
    description: str
    url: str
    organizer: str
    written_at: datetime
    cancelled: bool = False
    place: str = ""
    starts_at: time | None = None


def calendar_fact(deadline: Deadline, version: int, *, cancelled: bool = False) -> dict[str, Any]:
    """What a letter keeps of a due date for its calendar entry: whose it is, the day, and a number that rises with every change.

    A dossier has one date to meet at a time, so a supplement date (IV) or an extension (II.3) replaces the entry of the first one.
    """
    about = f"dossier-{deadline.dossier_id}.submission" if deadline.dossier_id else f"campaign-{deadline.campaign_id}.{deadline.milestone}"
    return {"about": about, "due_on": deadline.due_on.isoformat(), "version": version, "cancelled": cancelled}


def session_fact(session: CouncilSession, *, cancelled: bool) -> dict[str, Any]:
    """The same of a session of the council: its day, its hour where it has one, and its place."""
    return {
        "about": f"{SESSION}-{session.id}.meeting",
        "due_on": session.held_on.isoformat(),
        "starts_at": session.starts_at.isoformat("minutes") if session.starts_at else "",
        "place": session.place,
        "version": session.version,
        "cancelled": cancelled,
    }


def entry_of(facts: Mapping[str, Any], *, at: datetime, base_url: str, organizer: str) -> CalendarEntry | None:
    """The calendar entry of a letter, from its facts; None when they name no date, as those of older letters."""
    stated = facts.get("calendar")
    if not stated:
        return None
    due_on, url = date.fromisoformat(stated["due_on"]), base_url.rstrip("/") + str(facts["link"])
    what = summary_of(stated["about"], facts)
    place, starts_at = stated.get("place", ""), stated.get("starts_at")
    when = f"{facts['held_on']}, {place}" if place else due_words(due_on)
    lines = [f"{what}: {when}.", str(facts["campaign"]), *facts.get("working", []), url]
    return CalendarEntry(
        uid=f"{stated['about']}@{organizer.rpartition('@')[2]}",
        sequence=stated["version"],
        due_on=due_on,
        summary=what,
        description="\n".join(lines),
        url=url,
        organizer=organizer,
        written_at=at,
        cancelled=stated["cancelled"],
        place=place,
        starts_at=time.fromisoformat(starts_at) if starts_at else None,
    )


def summary_of(about: str, facts: Mapping[str, Any]) -> str:
    """What a date is for, in the line that a calendar shows."""
    if about.startswith(SESSION):
        return f"Phiên họp Hội đồng Thi đua, khen thưởng năm {facts['year']}"
    if about.endswith(Milestone.YEAR_END):
        return f"Hạn báo cáo đánh giá đợt thi đua năm {facts['year']}"
    if facts.get("dossier"):
        return f"Hạn nộp hồ sơ {facts['dossier']} – {facts['collective']}"
    return f"Hạn đăng ký thi đua năm {facts['year']}"


def attachment_of(*entries: CalendarEntry) -> Attachment:
    """Dates as the file that a mail program offers to put into the calendar, or to take out of it."""
    method = "CANCEL" if all(entry.cancelled for entry in entries) else "PUBLISH"
    content = calendar_of(entries, method=method).to_ical()
    return Attachment("phien-hop.ics" if entries[0].place else "han.ics", f"text/calendar; charset=utf-8; method={method}", content)


def calendar_of(entries: Iterable[CalendarEntry], *, method: str = "PUBLISH", name: str = "") -> Calendar:
    """Several due dates as one calendar, with the time zone that they speak of."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    if name:
        calendar.add("X-WR-CALNAME", name)
    calendar.add_component(_vietnam())
    for entry in entries:
        calendar.add_component(event_of(entry))
    return calendar


@cache
def _vietnam() -> Timezone:
    """The time zone of the dates. Vietnam keeps one offset the year round; written once, as working it out anew costs 30 ms a letter."""
    from icalendar import Timezone, TimezoneStandard

    standard = TimezoneStandard()
    standard.add("DTSTART", datetime(1975, 6, 13))  # noqa: DTZ001 (local time, as RFC 5545 wants it here)
    standard.add("TZOFFSETFROM", timedelta(hours=7))
    standard.add("TZOFFSETTO", timedelta(hours=7))
    standard.add("TZNAME", "+07")
    zone = Timezone()
    zone.add("TZID", VIETNAM.key)
    zone.add_component(standard)
    return zone


def event_of(entry: CalendarEntry) -> Event:
    """A due date as an event over its whole day: it ends at 24:00 in Vietnam (Civil Code, Art. 148). A session begins at its hour."""
    from icalendar import Alarm, Event

    day = datetime.combine(entry.due_on, time(), VIETNAM)
    begins = datetime.combine(entry.due_on, entry.starts_at or time(), VIETNAM)
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.written_at)
    event.add("DTSTART", begins)
    event.add("DTEND", begins + HALF_A_DAY if entry.starts_at else day + timedelta(days=1))
    event.add("SUMMARY", entry.summary)
    event.add("DESCRIPTION", entry.description)
    if entry.place:
        event.add("LOCATION", entry.place)
    event.add("URL", entry.url)
    event.add("ORGANIZER", f"mailto:{entry.organizer}")
    event.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("TRANSP", "OPAQUE" if entry.place else "TRANSPARENT")
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", entry.summary)
        alarm.add("TRIGGER", day - ALARM_BEFORE - begins)
        event.add_component(alarm)
    return event

"""The zone that the province lives in. Nothing here reads the clock."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def local(at: datetime) -> datetime:
    """An instant as wall time in Vietnam."""
    return at.astimezone(VIETNAM)


def local_day(at: datetime) -> date:
    """The calendar day in Vietnam at an instant."""
    return at.astimezone(VIETNAM).date()


def day_begins(day: date) -> datetime:
    """00:00 in Vietnam of a day."""
    return datetime.combine(day, time(), VIETNAM)

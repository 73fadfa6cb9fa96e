"""When mail may leave: quiet hours and days off, by the campaign's own frozen calendar. Pure of the outbox; only the calendar is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from flask import current_app
from sqlalchemy import select

from models.calendar import CampaignDay
from models.campaigns import Campaign
from models.db import db
from models.localtime import VIETNAM, local
from models.vocabulary import DayKind, LetterName

REMINDERS = frozenset(
    {
        LetterName.REGISTRATION_REMINDER,
        LetterName.REGISTRATION_REMINDER_COMPILED,
        LetterName.DOSSIER_REMINDER,
        LetterName.DOSSIER_OVERDUE,
    }
)
"""Letters that remind: the last to leave, several to one mailbox in one letter, given up when they no longer say what is so."""

PROMPT = frozenset(
    {letter for letter in LetterName if letter.value.startswith("account_")}
    | {LetterName.SUBMITTED, LetterName.REGISTRATION_RECEIVED, LetterName.REGISTRATION_LATE_ASKED}
)
"""Letters about an account, and receipts: somebody waits for them now, so they leave first and at any hour."""

FURTHEST = 60
"""No run of days off is longer; a calendar that says so is wrong, and mail leaves nevertheless."""


def quiet_until(campaign: Campaign, at: datetime) -> datetime | None:
    """When the quiet time that `at` lies in ends: at the morning hour of a working day. None outside quiet time.

    The demo keeps no quiet time: its catcher wakes nobody, and whoever looks at it in the evening wants to see the letters.
    """
    if not current_app.config["MAIL_QUIET"]:
        return None
    now, plan = local(at), campaign.plan
    days = _special_days(campaign, now.date())
    if not _off(now.date(), days) and not in_quiet_hours(now.time(), plan.quiet_from, plan.quiet_to):
        return None
    day = now.date() if now.time() < plan.quiet_to else now.date() + timedelta(days=1)
    for _ in range(FURTHEST):
        if not _off(day, days):
            return datetime.combine(day, plan.quiet_to, VIETNAM)
        day += timedelta(days=1)
    return None


def in_quiet_hours(now: time, begins: time, ends: time) -> bool:
    """Whether a time of day is quiet; the span may run over midnight."""
    return begins <= now or now < ends if begins > ends else begins <= now < ends


def _off(day: date, days: Mapping[date, DayKind]) -> bool:
    return days[day] is not DayKind.SWAP_WORK if day in days else day.weekday() >= 5


def _special_days(campaign: Campaign, first: date) -> dict[date, DayKind]:
    query = select(CampaignDay.day, CampaignDay.kind).where(
        CampaignDay.campaign_id == campaign.id, CampaignDay.day.between(first, first + timedelta(days=FURTHEST))
    )
    return {row.day: row.kind for row in db.session.execute(query)}

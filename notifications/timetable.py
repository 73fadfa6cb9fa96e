"""When the reminders of a due date come due: the plan's offsets, or those that home affairs set, at the campaign's hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from models.campaigns import Campaign
from models.db import db
from models.localtime import VIETNAM, local_day
from models.plan import Plan
from models.reminding import ReminderSetting
from models.vocabulary import Milestone

SETTABLE = (Milestone.REGISTRATION, Milestone.SUBMISSION, Milestone.YEAR_END)
"""Milestones whose reminders are set; a supplement is reminded of as a submission is."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time at which a due date is reminded of: so many days before it (a negative offset: after it), at this instant."""

    offset: int
    moment: datetime

    @property
    def day(self) -> date:
        """The day in Vietnam."""
        return local_day(self.moment)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The reminders' hour, offsets and pauses of one campaign."""

    hour: time
    every: timedelta
    offsets: Mapping[Milestone, Mapping[int, datetime | None]]
    paused: Mapping[Milestone, datetime]

    def is_paused(self, milestone: Milestone) -> bool:
        """Whether what comes due of a milestone is not written for now."""
        return set_with(milestone) in self.paused

    def before(self, milestone: Milestone, due_on: date, until: datetime) -> list[Occasion]:
        """The occasions before a due date and on its day that have come by an instant, the earliest first."""
        found = []
        for offset, since in self.offsets[set_with(milestone)].items():
            moment = self.at(due_on - timedelta(days=offset))
            if moment <= until and (since is None or moment > since):
                found.append(Occasion(offset, moment))
        return sorted(found, key=lambda occasion: occasion.moment)

    def after(self, due_on: date, until: datetime, *, weekly: bool) -> list[Occasion]:
        """The occasions after a due date that have come by an instant: the day after, then, if `weekly`, at the plan's interval."""
        found, day = [], due_on + timedelta(days=1)
        while (moment := self.at(day)) <= until:
            found.append(Occasion((due_on - day).days, moment))
            day += self.every
            if not weekly:
                break
        return found

    def next_about(self, due_on: date, at: datetime) -> Occasion | None:
        """The next occasion on which a dossier that waits to be submitted by a day is reminded of."""
        last = self.at(due_on)
        coming = self.before(Milestone.SUBMISSION, due_on, last) + self.after(due_on, max(at, last) + 2 * self.every, weekly=True)
        return min((one for one in coming if one.moment > at), key=lambda one: one.moment, default=None)

    def at(self, day: date) -> datetime:
        """The hour of the reminders on a day."""
        return datetime.combine(day, self.hour, VIETNAM)


def set_with(milestone: Milestone) -> Milestone:
    """The milestone under which the reminders of a milestone are set."""
    return Milestone.SUBMISSION if milestone is Milestone.SUPPLEMENT else milestone


def timetable(campaign: Campaign) -> Timetable:
    """The reminders of a campaign as they are set now."""
    rows = {row.milestone: row for row in settings_of(campaign)}
    offsets = {word: offsets_set(rows.get(word), campaign.plan, word) for word in SETTABLE}
    paused = {word: row.paused_at for word, row in rows.items() if row.paused_at is not None}
    return Timetable(campaign.plan.reminder_time, timedelta(days=campaign.plan.overdue_every_days), offsets, paused)


def settings_of(campaign: Campaign) -> list[ReminderSetting]:
    """What home affairs set beside the plan."""
    return list(db.session.scalars(select(ReminderSetting).where(ReminderSetting.campaign_id == campaign.id)))


def planned(plan: Plan, milestone: Milestone) -> tuple[int, ...]:
    """The offsets that the plan's data names for a milestone."""
    named = {
        Milestone.REGISTRATION: plan.registration_offsets,
        Milestone.SUBMISSION: plan.submission_offsets,
        Milestone.YEAR_END: plan.year_end_offsets,
    }
    return named[set_with(milestone)]


def offsets_set(row: ReminderSetting | None, plan: Plan, milestone: Milestone) -> dict[int, datetime | None]:
    """The offsets in force, each with the instant from which it counts: those that were set, else the plan's."""
    if row is None or row.offsets is None:
        return dict.fromkeys(planned(plan, milestone))
    return {int(offset): datetime.fromisoformat(since) if since else None for offset, since in row.offsets.items()}

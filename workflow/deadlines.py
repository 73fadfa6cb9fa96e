"""Due dates as rows: set by the workflow with their working, never moved silently. The counting itself is in rules/deadlines.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models.calendar import CalendarDay, CampaignDay
from models.campaigns import Campaign
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.vocabulary import Milestone
from workflow.rules.deadlines import SpecialDay, Working, WorkingCalendar, due_after, due_on


def campaign_calendar(campaign: Campaign) -> WorkingCalendar:
    """The working calendar as it was frozen when the campaign opened."""
    days = db.session.scalars(select(CampaignDay).where(CampaignDay.campaign_id == campaign.id))
    return WorkingCalendar({day.day: SpecialDay(day.kind, day.name) for day in days})


def current_calendar() -> WorkingCalendar:
    """The working calendar as it stands now, before any campaign freezes it."""
    return WorkingCalendar({day.day: SpecialDay(day.kind, day.name) for day in db.session.scalars(select(CalendarDay))})


def registration_working(campaign: Campaign, calendar: WorkingCalendar) -> Working:
    """II.3: registration runs to a date that the plan fixes; rolling over a day off is the campaign's setting."""
    return due_on(campaign.plan.registration_due_on, calendar, rolls=campaign.plan.registration_rolls)


def submission_working(campaign: Campaign, trigger: date, calendar: WorkingCalendar) -> Working:
    """II.3: the window counts from the day that the ranking was announced."""
    return due_after(trigger, campaign.plan.window_days, calendar)


def current(campaign: Campaign, milestone: Milestone) -> Deadline | None:
    """The campaign's own due date for a milestone, in its latest version."""
    return db.session.scalars(
        select(Deadline)
        .where(Deadline.campaign_id == campaign.id, Deadline.dossier_id.is_(None), Deadline.milestone == milestone)
        .order_by(Deadline.version.desc())
    ).first()


def of_dossier(dossier: Dossier) -> list[Deadline]:
    """A dossier's due dates in the order in which they were set; the last one holds."""
    return list(db.session.scalars(select(Deadline).where(Deadline.dossier_id == dossier.id).order_by(Deadline.id)))


def set_for_campaign(campaign: Campaign, milestone: Milestone, due: date, working: dict[str, Any], at: datetime) -> Deadline:
    """Set the campaign's due date for a milestone as a new version."""
    previous = current(campaign, milestone)
    return _add(campaign.id, None, milestone, previous.version + 1 if previous else 1, due, working, at)


def set_for_dossier(dossier: Dossier, milestone: Milestone, due: date, working: dict[str, Any], at: datetime) -> Deadline:
    """Set a dossier's due date as a new version; the dossier's own due date is the latest of all that hold."""
    earlier = [row.version for row in of_dossier(dossier) if row.milestone is milestone]
    dossier.due_on = due
    return _add(dossier.campaign_id, dossier.id, milestone, max(earlier, default=0) + 1, due, working, at)


def _add(
    campaign_id: int, dossier_id: int | None, milestone: Milestone, version: int, due: date, working: dict[str, Any], at: datetime
) -> Deadline:
    deadline = Deadline(
        campaign_id=campaign_id, dossier_id=dossier_id, milestone=milestone, version=version, due_on=due, working=working, set_at=at
    )
    db.session.add(deadline)
    db.session.flush()
    return deadline

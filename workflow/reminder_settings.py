"""When units are reminded, as home affairs sets it for a campaign: other offsets than the plan's, and pauses. Each is an act on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.people import Actor
from models.reminding import ReminderSetting
from models.vocabulary import Milestone
from notifications.timetable import offsets_set
from workflow.acts import refuse_if
from workflow.rules.objection import Objection


def setting_of(campaign: Campaign, milestone: Milestone) -> ReminderSetting | None:
    """What is set for a milestone beside the plan."""
    of_it = (ReminderSetting.campaign_id == campaign.id, ReminderSetting.milestone == milestone)
    return db.session.scalars(select(ReminderSetting).where(*of_it)).first()


def set_offsets(
    campaign: Campaign, milestone: Milestone, offsets: Sequence[int], *, version: int, actor: Actor, at: datetime, key: str | None = None
) -> AuditEntry:
    """Remind on other days before the due date. A day that has passed is not caught up: an offset counts from when it was added.

    `version` is the one that the page showed, 0 where nothing was set. Raises ActRefused when nothing changes.
    """
    row = _held(campaign, milestone, version)
    before = offsets_set(row, campaign.plan, milestone)
    wanted = sorted(set(offsets), reverse=True)
    refuse_if(Objection("offsets_unchanged", {}) if wanted == sorted(before, reverse=True) else None)
    row = row or _added(campaign, milestone)
    kept = {offset: since.isoformat() if since else "" for offset, since in before.items()}
    row.offsets = {str(offset): kept.get(offset, at.isoformat()) for offset in wanted}
    detail = {"before": sorted(before, reverse=True), "after": wanted}
    return _recorded(Action.REMINDERS_SET, campaign, milestone, detail, actor, at, key)


def pause(campaign: Campaign, milestone: Milestone, *, version: int, actor: Actor, at: datetime, key: str | None = None) -> AuditEntry:
    """Remind of nothing for a milestone until it is resumed; what comes due meanwhile is put down as left out."""
    row = _held(campaign, milestone, version)
    refuse_if(Objection("paused_already", {}) if row is not None and row.paused_at is not None else None)
    row = row or _added(campaign, milestone)
    row.paused_at = at
    return _recorded(Action.REMINDERS_PAUSE, campaign, milestone, {}, actor, at, key)


def resume(campaign: Campaign, milestone: Milestone, *, version: int, actor: Actor, at: datetime, key: str | None = None) -> AuditEntry:
    """Remind again; what came due during the pause stays left out."""
    row = _held(campaign, milestone, version)
    refuse_if(Objection("not_paused", {}) if row is None or row.paused_at is None else None)
    if row is not None:
        row.paused_at = None
    return _recorded(Action.REMINDERS_RESUME, campaign, milestone, {}, actor, at, key)


def _held(campaign: Campaign, milestone: Milestone, version: int) -> ReminderSetting | None:
    """The setting as the page showed it, with nobody else writing it meanwhile."""
    hold_chain()
    row = setting_of(campaign, milestone)
    refuse_if(Objection("reminders_changed", {}) if version != (row.version if row else 0) else None)
    return row


def _added(campaign: Campaign, milestone: Milestone) -> ReminderSetting:
    row = ReminderSetting(campaign_id=campaign.id, milestone=milestone)
    db.session.add(row)
    return row


def _recorded(
    action: Action, campaign: Campaign, milestone: Milestone, detail: dict[str, Any], actor: Actor, at: datetime, key: str | None
) -> AuditEntry:
    db.session.flush()
    detail = {"milestone": milestone.value, **detail}
    return record(Act(action, f"campaign:{campaign.id}", detail=detail, campaign_id=campaign.id, request_key=key), actor=actor, at=at)

"""A unit's calendar feed: keys made and revoked, and the due dates that it shows. Whoever knows the key reads it, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from audit import Act, record
from audit.actions import Action
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.people import Actor
from models.reminding import FeedToken
from models.units import Unit
from models.vocabulary import Milestone
from notifications.calendar_entry import CalendarEntry, calendar_fact, entry_of
from notifications.wording import working_lines
from workflow.acts import refuse_if
from workflow.rules.objection import Objection


def hashed(token: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


def keys_of(unit_id: int) -> list[FeedToken]:
    """The keys of a unit that hold, the latest first."""
    query = select(FeedToken).where(FeedToken.unit_id == unit_id, FeedToken.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(FeedToken.id.desc())))


def make(unit: Unit, *, actor: Actor, at: datetime) -> tuple[FeedToken, str]:
    """Make a key. It is given back once and cannot be shown again: only its digest is kept."""
    token = secrets.token_urlsafe(32)
    row = FeedToken(unit=unit, token_hash=hashed(token), made_by_id=actor.user_id, made_at=at)
    db.session.add(row)
    db.session.flush()
    record(Act(Action.FEED_MAKE, f"feed:{row.id}"), actor=actor, at=at)
    return row, token


def revoke(row: FeedToken, *, actor: Actor, at: datetime) -> None:
    """Revoke a key: the feed answers it no more. Raises ActRefused when it was revoked before."""
    refuse_if(Objection("feed_revoked", {}) if row.revoked_at is not None else None)
    row.revoked_at = at
    db.session.flush()
    record(Act(Action.FEED_REVOKE, f"feed:{row.id}", detail={"made_at": row.made_at.isoformat()}), actor=actor, at=at)


def find(token: str) -> FeedToken | None:
    """The key that a calendar program shows, if it holds. Its digest is looked up, so that the time taken tells nothing of any key."""
    digest = hashed(token)
    row = db.session.scalars(select(FeedToken).where(FeedToken.token_hash == digest)).first()
    return row if row is not None and hmac.compare_digest(row.token_hash, digest) and row.revoked_at is None else None


def dates_of(unit_id: int, *, base_url: str, organizer: str) -> list[CalendarEntry]:
    """The due dates of a unit in every open campaign: its registration, its dossiers and those it submits, home affairs' report."""
    found: list[CalendarEntry] = []
    members = select(CampaignUnit).join(CampaignUnit.campaign).where(CampaignUnit.unit_id == unit_id, Campaign.opened_at.is_not(None))
    for member in db.session.scalars(members.order_by(CampaignUnit.campaign_id)):
        campaign = member.campaign
        rests: dict[Milestone, Deadline] = {}
        own = select(Deadline).where(Deadline.campaign_id == campaign.id, Deadline.dossier_id.is_(None)).order_by(Deadline.version)
        for deadline in db.session.scalars(own):
            rests[deadline.milestone] = deadline
        wanted = [Milestone.REGISTRATION] if member.eligible else []
        wanted += [Milestone.YEAR_END] if member.unit.code == campaign.plan.home_affairs_unit else []
        stated: dict[str, Any] = {"campaign": campaign.plan.title, "year": campaign.year, "link": f"/?campaign={campaign.id}"}
        for milestone in wanted:
            if milestone in rests:
                found += _entry(rests[milestone], rests[milestone].version, stated, base_url, organizer)
        for dossier, deadline in _dossiers(campaign, member):
            about = {"dossier": dossier.code, "collective": dossier.campaign_unit.long_name, "link": f"/dossiers/{dossier.id}"}
            found += _entry(deadline, dossier.version, stated | about, base_url, organizer)
    return found


def _dossiers(campaign: Campaign, member: CampaignUnit) -> list[tuple[Dossier, Deadline]]:
    latest = select(func.max(Deadline.id)).where(Deadline.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery()
    query = (
        select(Dossier, Deadline)
        .join(Deadline, Deadline.id == latest)
        .where(Dossier.campaign_id == campaign.id, Dossier.due_on.is_not(None))
        .where(or_(Dossier.campaign_unit_id == member.id, Dossier.submits_id == member.id))
        .order_by(Dossier.sort_key)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _entry(deadline: Deadline, version: int, stated: dict[str, Any], base_url: str, organizer: str) -> list[CalendarEntry]:
    facts = stated | {"calendar": calendar_fact(deadline, version), "working": working_lines(deadline.working)}
    entry = entry_of(facts, at=deadline.set_at, base_url=base_url, organizer=organizer)
    return [entry] if entry is not None else []

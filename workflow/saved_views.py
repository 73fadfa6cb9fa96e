"""Lists that a person comes back to: the filters of "Hồ sơ" under a name of their own. Nobody else sees them, no dossier changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.campaigns import Campaign
from models.db import db
from models.people import Actor, SavedView
from workflow.acts import refuse_if
from workflow.rules.objection import Objection

MOST = 20
"""How many a person keeps in one campaign: more than that is a list nobody reads."""


def views_of(actor: Actor, campaign: Campaign) -> Sequence[SavedView]:
    """The lists that a person has saved in a campaign, the oldest first."""
    query = select(SavedView).where(SavedView.user_id == actor.user_id, SavedView.campaign_id == campaign.id)
    return db.session.scalars(query.order_by(SavedView.id)).all()


def save_view(campaign: Campaign, name: str, query: str, *, actor: Actor, at: datetime) -> None:
    """Keep a list under a name; a name that is there gets the new filters. Raises ActRefused when there are too many."""
    hold_chain()  # so that the same form sent twice finds what the first has saved
    own = views_of(actor, campaign)
    found = next((view for view in own if view.name == name), None)
    if found is not None and found.query == query:
        return
    refuse_if(Objection("too_many_views", {"most": MOST}) if found is None and len(own) >= MOST else None)
    if found is None:
        found = SavedView(user_id=actor.user_id or 0, campaign_id=campaign.id, name=name)
        db.session.add(found)
    found.query = query
    db.session.flush()
    _record(Action.VIEW_SAVE, found, actor, at)


def drop_view(view: SavedView, *, actor: Actor, at: datetime) -> None:
    """Forget a list."""
    _record(Action.VIEW_DROP, view, actor, at)
    db.session.delete(view)


def _record(action: Action, view: SavedView, actor: Actor, at: datetime) -> None:
    detail = {"view": view.name, "filters": view.query}
    record(Act(action, f"view:{view.id}", detail=detail, campaign_id=view.campaign_id), actor=actor, at=at)

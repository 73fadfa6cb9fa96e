"""Around the selection (III.4.a): a quota's owner says why it chooses fewer than it may. Selecting and passing over are steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.campaigns import CampaignUnit
from models.db import db
from models.decisions import UnusedPlaces
from models.people import Actor
from models.vocabulary import Role
from workflow.acts import refuse_if
from workflow.proposals import places_of
from workflow.rules.objection import Objection


def explain_unused(owner: CampaignUnit, reason: str, *, actor: Actor, at: datetime) -> UnusedPlaces:
    """III.4.a: quotas are maxima; using fewer places, or none, takes a short reason, recorded once by whoever chooses.

    Raises ActRefused for a unit without places, when they are all used, when there is a reason already, or when the owner's own
    officers choose and home affairs writes in their stead.
    """
    hold_chain()
    places = places_of(owner.campaign, owner).get(owner.id)
    chooses_itself = db.session.scalar(select(CampaignUnit.id).where(CampaignUnit.compiled_by_id == owner.id).limit(1)) is not None
    refuse_if(
        Objection("no_places", {"owner": owner.name}, "III.4.a") if places is None else None,
        Objection("places_all_used", {"owner": owner.name, "quota": places.quota}, "III.4.a") if places and not places.left else None,
        Objection("unused_explained", {"owner": owner.name}, "III.4.a") if places and places.reason else None,
        Objection("places_of_another", {"owner": owner.name}, "III.4.a") if chooses_itself and actor.role is Role.HOME_AFFAIRS else None,
    )
    row = UnusedPlaces(campaign_unit=owner, reason=reason, recorded_by_id=actor.user_id, recorded_at=at)
    db.session.add(row)
    db.session.flush()
    detail = {"unit": owner.name, "used": places.used if places else 0, "quota": owner.selection_quota, "reason": reason}
    act = Act(Action.QUOTA_EXPLAIN, f"campaign_unit:{owner.id}", clause="III.4.a", detail=detail, campaign_id=owner.campaign_id)
    record(act, actor=actor, at=at)
    return row

"""One dossier as an officer meets it on its page: what is on record of it gathered with one statement. No rule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from models.campaigns import CampaignUnit
from models.dossiers import Dossier
from models.people import Actor
from workflow.evidence import KnownOfOne
from workflow.situation import Situation, places_taken_beside


def met(dossier: Dossier, actor: Actor, at: datetime) -> Situation:
    """The situation of one dossier with results, ruling, places taken and kinship of the officer's unit read together."""
    child = aliased(CampaignUnit)
    below = exists().where(child.parent_id == dossier.campaign_unit_id, child.unit_id == actor.unit_id)
    known = KnownOfOne(dossier.campaign_unit, places_taken_beside(dossier), below)
    situation = Situation(dossier, actor, at, known=known)
    situation.ruling = known.ruling
    situation.places_taken_by_others, situation.of_a_child = known.along
    return situation

"""Giấy khen that bodies granted themselves (III.2): recorded, corrected and struck out with a reason; never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit import Act, record
from audit.actions import Action
from models.campaigns import CampaignUnit
from models.commendations import Commendation
from models.db import db
from models.localtime import local_day
from models.people import Actor
from workflow.acts import refuse_if
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection


@dataclass(frozen=True, slots=True)
class Grant:
    """What a body's decision grants: its number and date, collectives and individuals, one a line."""

    number: str
    date: date
    collectives: tuple[str, ...]
    individuals: tuple[str, ...]


def grant(unit: CampaignUnit, given: Grant, *, actor: Actor, at: datetime, key: str | None = None) -> Commendation:
    """III.2: record a decision of the body. Raises ActRefused for nobody named and for a date that has not come."""
    refuse_if(*_against(given, at))
    commendation = Commendation(campaign_id=unit.campaign_id, campaign_unit_id=unit.id, recorded_by_id=actor.user_id, recorded_at=at)
    _write(commendation, given)
    db.session.add(commendation)
    db.session.flush()
    _record(Action.COMMENDATION_RECORD, commendation, {"unit": unit.long_name, **_said(commendation)}, actor, at, key)
    return commendation


def correct(commendation: Commendation, given: Grant, reason: str, *, actor: Actor, at: datetime) -> None:
    """III.2: mend what was recorded, with a reason. Raises ActRefused as `grant` does, and for one that was struck out."""
    refuse_if(_struck(commendation), *_against(given, at))
    before = _said(commendation)
    _write(commendation, given)
    db.session.flush()
    detail = {"reason": reason, "before": before, "after": _said(commendation)}
    _record(Action.COMMENDATION_CORRECT, commendation, detail, actor, at)


def strike(commendation: Commendation, reason: str, *, actor: Actor, at: datetime) -> None:
    """III.2: strike out what was recorded by mistake, with a reason; the row stays. Raises ActRefused for one struck out already."""
    refuse_if(_struck(commendation))
    commendation.struck_at, commendation.struck_reason = at, reason
    db.session.flush()
    _record(Action.COMMENDATION_STRIKE, commendation, {"reason": reason, **_said(commendation)}, actor, at)


def _against(given: Grant, at: datetime) -> list[Objection | None]:
    return [
        None if given.collectives or given.individuals else Objection("nobody_commended", {}, "III.2"),
        date_in_future("decision_date") if given.date > local_day(at) else None,
    ]


def _struck(commendation: Commendation) -> Objection | None:
    return Objection("struck_already", {"number": commendation.number}, "III.2") if commendation.struck_at else None


def _write(commendation: Commendation, given: Grant) -> None:
    commendation.number, commendation.date = given.number, given.date
    commendation.collectives, commendation.individuals = list(given.collectives), list(given.individuals)


def _said(commendation: Commendation) -> dict[str, Any]:
    return {
        "number": commendation.number,
        "date": commendation.date.isoformat(),
        "collectives": list(commendation.collectives),
        "individuals": list(commendation.individuals),
    }


def _record(
    action: Action, commendation: Commendation, detail: Mapping[str, Any], actor: Actor, at: datetime, key: str | None = None
) -> None:
    act = Act(
        action,
        f"commendation:{commendation.id}",
        clause="III.2",
        detail=detail,
        campaign_id=commendation.campaign_id,
        version=commendation.version,
        request_key=key,
    )
    record(act, actor=actor, at=at)

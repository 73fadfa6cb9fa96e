"""A recorded act beside the steps: one audit entry with its letters. Shared by registrations, results, extensions and sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from audit import Act, record
from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.commendations import Commendation
from models.council import CouncilSession
from models.dossiers import Dossier
from models.outbox import OutboxMail
from models.people import Actor
from models.registrations import Registration
from models.vocabulary import AuditResult, DossierState
from workflow.rules.objection import Objection

Subject = Campaign | CampaignUnit | Registration | Dossier | CouncilSession | Commendation | OutboxMail | str
"""What an act is done to; a text is the record's name ("noun:id") of what belongs to no campaign."""


class ActRefused(Exception):
    """An act beside the steps is not possible; `objections` holds every reason. Maps to 409."""

    def __init__(self, objections: list[Objection]) -> None:
        """Keep all the reasons."""
        super().__init__(", ".join(objection.code for objection in objections))
        self.objections = objections


def refuse_if(*objections: Objection | None) -> None:
    """Raise ActRefused with all the reasons that are there."""
    found = [objection for objection in objections if objection is not None]
    if found:
        raise ActRefused(found)


def reasons_detail(objections: Sequence[Objection]) -> dict[str, Any]:
    """The reasons of a refusal as the record keeps them."""
    return {"objections": [{"code": o.code, "params": o.params, "basis": o.basis} for o in objections]}


def record_refused(action: Action, subject: Subject, objections: Sequence[Objection], *, actor: Actor, at: datetime) -> AuditEntry:
    """Put a refused act on record with every reason. The edge calls it in a short transaction of its own."""
    obj, campaign_id, unit = _named(subject)
    act = Act(
        action,
        obj,
        clause=objections[0].basis if objections else "",
        detail=({"unit": unit.long_name} if unit else {}) | reasons_detail(objections),
        result=AuditResult.REFUSED,
        campaign_id=campaign_id,
        dossier_id=subject.id if isinstance(subject, Dossier) else None,
        version=subject.version if isinstance(subject, Dossier | Registration) else None,
    )
    return record(act, actor=actor, at=at)


def _named(subject: Subject) -> tuple[str, int | None, CampaignUnit | None]:
    """What the record calls a subject, its campaign, and the unit that it is about."""
    match subject:
        case str():
            return subject, None, None
        case Campaign():
            return f"campaign:{subject.id}", subject.id, None
        case CampaignUnit():
            return f"unit:{subject.id}", subject.campaign_id, subject
        case CouncilSession():
            return f"council_session:{subject.id}", subject.campaign_id, None
        case OutboxMail():
            return f"mail:{subject.id}", subject.notice.campaign_id, subject.notice.campaign_unit
        case _:
            return f"{type(subject).__name__.lower()}:{subject.id}", subject.campaign_id, subject.campaign_unit


def not_filing(dossier: Dossier) -> Objection | None:
    """III.4.c: papers, people and their answers change only while the dossier is being prepared."""
    if dossier.state is DossierState.SELECTED:
        return None
    return Objection("not_filing", {"state": dossier.state.value}, "III.4.c")


def record_on_dossier(
    action: Action, dossier: Dossier, detail: Mapping[str, Any], *, clause: str, actor: Actor, at: datetime, key: str | None = None
) -> AuditEntry:
    """Record an act on a dossier that does not change its state. `key` is the page's own: the same form sent twice is one act."""
    act = Act(
        action,
        f"dossier:{dossier.id}",
        clause=clause,
        detail=detail,
        campaign_id=dossier.campaign_id,
        dossier_id=dossier.id,
        version=dossier.version,
        request_key=key,
    )
    return record(act, actor=actor, at=at)


def record_on_registration(
    action: Action,
    registration: Registration,
    before: str,
    detail: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> AuditEntry:
    """Record an act on a registration form. `key` is the page's own: the same form sent twice is one act."""
    act = Act(
        action,
        f"registration:{registration.id}",
        before=before or None,
        after=registration.state.value,
        clause="IV",
        detail={"unit": registration.campaign_unit.long_name, **detail},
        campaign_id=registration.campaign_id,
        version=registration.version,
        request_key=key,
    )
    return record(act, actor=actor, at=at)

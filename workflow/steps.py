"""The one road: opening a dossier and taking its steps. State, audit entry and letters are written together, by the caller's commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier, Nominee
from models.people import Actor
from models.registrations import Registration
from models.vocabulary import AuditResult, DossierState, NomineeKind, Step
from notifications.notices import queue_notices
from workflow.acts import reasons_detail
from workflow.consequences import Taken, apply_consequences
from workflow.machine import Asked, StepRefused, StepRequest, not_in_state, send, transitions
from workflow.procedure import DossierProcedure
from workflow.rules.objection import Objection
from workflow.situation import Situation


@dataclass(frozen=True, slots=True)
class StepOption:
    """One step as it stands for one officer: where it leads, whether they may take it, what it asks, everything against it."""

    step: Step
    target: DossierState | None
    permitted: bool
    asked: tuple[Asked, ...]
    clause: str
    objections: tuple[Objection, ...]

    @property
    def possible(self) -> bool:
        """Whether the officer can take the step now."""
        return self.permitted and not self.objections


def open_dossier(registration: Registration, unit: CampaignUnit, *, actor: Actor, at: datetime) -> Dossier:
    """II.2, IV: an accepted form opens one dossier for a collective on it, with the collective as its first nominee."""
    dossier = Dossier(
        code=f"{registration.campaign.year}-{unit.unit.code}",
        campaign=registration.campaign,
        campaign_unit=unit,
        submits_id=unit.submits_id or unit.id,
        registration=registration,
        state=DossierState.REGISTERED,
        state_since=at,
        sort_key=unit.long_sort_key,
        nominees=[Nominee(kind=NomineeKind.COLLECTIVE, full_name=unit.official_name)],
    )
    db.session.add(dossier)
    db.session.flush()
    act = Act(
        Action.DOSSIER_OPEN,
        f"dossier:{dossier.id}",
        after=dossier.state.value,
        clause="IV",
        detail={"code": dossier.code, "unit": unit.long_name},
        campaign_id=dossier.campaign_id,
        dossier_id=dossier.id,
        version=dossier.version,
    )
    record(act, actor=actor, at=at)
    return dossier


def take_step(dossier: Dossier, step: Step, request: StepRequest, *, actor: Actor, at: datetime) -> AuditEntry:
    """Move a dossier by one step and write what follows from it, its audit entry and its letters.

    A request whose key was already used gives back the entry that it made then. Raises StepStale when the dossier has changed since the
    form was shown, StepForbidden when the officer may not, StepRefused with every reason when the step is not possible.
    """
    if request.key and (done := done_before(request.key, dossier.id)):
        return done
    hold_chain()  # first, so that every writer takes the locks in the same order
    situation = Situation(dossier, actor, at, step, request)
    before = dossier.state
    send(DossierProcedure(dossier), step, situation, request)
    requirements = transitions(DossierProcedure)[before, step].requirements
    replaced = apply_consequences(step, Taken(situation, request, before))
    act = Act(
        Action.of_step(step),
        f"dossier:{dossier.id}",
        before=before.value,
        after=dossier.state.value,
        clause=requirements.clause,
        detail=_detail(situation, request, replaced),
        campaign_id=dossier.campaign_id,
        dossier_id=dossier.id,
        version=dossier.version,
        request_key=request.key,
    )
    entry = record(act, actor=actor, at=at)
    queue_notices(entry)
    return entry


def steps_from(dossier: Dossier, *, actor: Actor, at: datetime, met: Situation | None = None) -> list[StepOption]:
    """Every step of the procedure with everything that stands against it for this officer now: the page's buttons come from here.

    `met` is the same dossier as it was met already: what it has gathered is not asked for again.
    """
    table = transitions(DossierProcedure)
    options = []
    for step in Step:
        row = table.get((dossier.state, step))
        if row is None:
            options.append(StepOption(step, None, False, (), "", (not_in_state(step, dossier.state),)))
            continue
        situation = Situation(dossier, actor, at, step) if met is None else met.for_step(step)
        requirements = row.requirements
        permitted = requirements.permission.allows(actor.role, situation.relations)
        options.append(
            StepOption(step, row.target, permitted, requirements.asked, requirements.clause, tuple(requirements.objections(situation)))
        )
    return options


def record_refusal(dossier: Dossier, refusal: StepRefused, *, actor: Actor, at: datetime) -> AuditEntry:
    """Put a refused attempt on record with every reason. The edge calls it in a short transaction of its own."""
    act = Act(
        Action.of_step(refusal.step),
        f"dossier:{dossier.id}",
        before=dossier.state.value,
        clause=refusal.objections[0].basis if refusal.objections else "",
        detail=reasons_detail(refusal.objections),
        result=AuditResult.REFUSED,
        campaign_id=dossier.campaign_id,
        dossier_id=dossier.id,
        version=dossier.version,
    )
    return record(act, actor=actor, at=at)


def done_before(key: str, dossier_id: int) -> AuditEntry | None:
    """What a form with this key has done to a dossier already."""
    return db.session.scalars(select(AuditEntry).where(AuditEntry.request_key == key, AuditEntry.dossier_id == dossier_id)).first()


def _detail(situation: Situation, request: StepRequest, replaced: dict[str, Any]) -> dict[str, Any]:
    """What the record keeps of a step: the officer's answers, who signed off, and the values it replaced."""
    detail: dict[str, Any] = {name: value for name in ("reason", "number", "fewer_reason") if (value := getattr(request, name))}
    detail |= {name: value.isoformat() for name in ("date", "due_on") if (value := getattr(request, name))}
    if request.awarded is not None:
        detail["awarded"] = sorted(request.awarded)
    if situation.sign_off is not None:
        detail["second_officer"] = situation.sign_off.user.full_name
        detail["second_officer_same_unit"] = situation.sign_off.same_unit
    if situation.step in {Step.REVIEW, Step.DECLINE} and situation.agenda_item:
        session = situation.agenda_item.session
        detail |= {
            "minutes_number": session.minutes_number,
            "minutes_date": session.minutes_date.isoformat() if session.minutes_date else "",
        }
        detail["votes"] = [
            {
                "nominee": v.nominee_id,
                "for": v.votes_for,
                "against": v.votes_against,
                "absent": v.votes_absent,
                "recommended": v.recommended,
            }
            for v in situation.votes
        ]
    if situation.step is Step.SUBMIT:
        detail["papers"] = [
            {"document": d.id, "kind": d.kind.value, "version": d.latest.number, "sha256": d.latest.sha256}
            for d in situation.dossier.documents
        ]
    if replaced:
        detail["replaced"] = replaced
    return detail

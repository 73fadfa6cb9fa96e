"""Recorded consents around a dossier: extensions of its due date (II.3) and the second officer's sign-off on a step."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from audit.actions import Action
from models.db import db
from models.decisions import Extension, SignOff
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor, User
from models.vocabulary import DossierState, Milestone, Step
from notifications.notices import queue_notices
from notifications.outbox import cancel_reminders
from workflow import deadlines
from workflow.acts import record_on_dossier, refuse_if
from workflow.machine import transitions
from workflow.procedure import DossierProcedure
from workflow.rules.deadlines import due_in_past
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection


def extend(dossier: Dossier, *, number: str, decided_on: date, due_on: date, reason: str, actor: Actor, at: datetime) -> Extension:
    """II.3: move a selected dossier's due date to a later day, by a numbered decision. The old date and its letters stay on record."""
    today = local_day(at)
    refuse_if(
        None if dossier.state is DossierState.SELECTED else Objection("nothing_to_extend", {"state": dossier.state.value}, "II.3"),
        due_in_past(due_on, today),
        Objection("extension_not_later", {"due": dossier.due_on.isoformat()}, "II.3")
        if dossier.due_on and due_on <= dossier.due_on
        else None,
        date_in_future("date") if decided_on > today else None,
    )
    extension = Extension(
        dossier_id=dossier.id,
        number=number,
        date=decided_on,
        due_on=due_on,
        reason=reason,
        recorded_by_id=actor.user_id,
        recorded_at=at,
    )
    db.session.add(extension)
    former = dossier.due_on.isoformat() if dossier.due_on else None
    working = {"event": "extended", "document": f"văn bản số {number} ngày {decided_on:%d/%m/%Y}", "due": due_on.isoformat()}
    deadlines.set_for_dossier(dossier, Milestone.SUBMISSION, due_on, working, at)
    cancel_reminders(dossier.id)
    detail = {"number": number, "date": decided_on.isoformat(), "due_on": due_on.isoformat(), "former_due": former, "reason": reason}
    entry = record_on_dossier(Action.DOSSIER_EXTEND, dossier, detail, clause="II.3", actor=actor, at=at)
    queue_notices(entry)
    return extension


def sign_off(dossier: Dossier, step: Step, reason: str, *, actor: Actor, at: datetime) -> SignOff:
    """Procedure: a second officer consents to one step of a dossier as it stands; any change of the dossier voids the consent.

    Raises ActRefused when the step does not leave the dossier's state or the officer has consented already.
    """
    possible = (dossier.state, step) in transitions(DossierProcedure)
    refuse_if(
        None if possible else Objection("not_in_state", {"step": step.value, "state": dossier.state.value}),
        Objection("signed_off_already", {"step": step.value}) if _given(dossier, step, actor) else None,
    )
    user = db.session.get_one(User, actor.user_id)
    consent = SignOff(
        dossier_id=dossier.id,
        dossier_version=dossier.version,
        step=step,
        user=user,
        reason=reason,
        same_unit=actor.unit_id in {dossier.campaign_unit.unit_id, dossier.submits.unit_id},
        at=at,
    )
    db.session.add(consent)
    db.session.flush()
    detail = {"step": step.value, "reason": reason, "same_unit": consent.same_unit}
    record_on_dossier(Action.DOSSIER_SIGN_OFF, dossier, detail, clause="procedure", actor=actor, at=at)
    return consent


def _given(dossier: Dossier, step: Step, actor: Actor) -> bool:
    found = db.session.scalar(
        select(SignOff.id).where(
            SignOff.dossier_id == dossier.id,
            SignOff.dossier_version == dossier.version,
            SignOff.step == step,
            SignOff.user_id == actor.user_id,
        )
    )
    return found is not None

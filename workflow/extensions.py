"""Recorded decisions around a dossier: extensions asked for, given, refused (II.3); originals received; the second officer's consent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from audit.actions import Action
from models.db import db
from models.decisions import Extension, ExtensionRequest, OriginalReceipt, SignOff
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor, User
from models.vocabulary import DossierState, Milestone, Step
from notifications.notices import queue_notices
from notifications.outbox import cancel_reminders
from workflow import deadlines
from workflow.acts import record_on_dossier, refuse_if
from workflow.machine import transitions
from workflow.policy import RECEIVED
from workflow.procedure import DossierProcedure
from workflow.rules.deadlines import due_in_past, on_time
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection


def extend(
    dossier: Dossier,
    *,
    number: str,
    decided_on: date,
    due_on: date,
    reason: str,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> Extension:
    """II.3: move a selected dossier's due date to a later day, by a numbered decision. The old date and its letters stay on record.

    Decided after the date had passed it admits a late dossier, which stays marked late. A request that waits is granted by it.
    """
    today = local_day(at)
    refuse_if(
        *_against_date(dossier, due_on, today),
        date_in_future("date") if decided_on > today else None,
    )
    admission = dossier.due_on is not None and not on_time(at, dossier.due_on)
    extension = Extension(
        dossier_id=dossier.id,
        number=number,
        date=decided_on,
        due_on=due_on,
        reason=reason,
        admission=admission,
        recorded_by_id=actor.user_id,
        recorded_at=at,
    )
    db.session.add(extension)
    former = dossier.due_on.isoformat() if dossier.due_on else None
    working = {"event": "extended", "document": f"văn bản số {number} ngày {decided_on:%d/%m/%Y}", "due": due_on.isoformat()}
    deadlines.set_for_dossier(dossier, Milestone.SUBMISSION, due_on, working, at)
    cancel_reminders(dossier.id)
    detail = {"number": number, "date": decided_on.isoformat(), "new_due": due_on.isoformat(), "former_due": former, "reason": reason}
    asked = open_request(dossier)
    if asked is not None:
        _answer(asked, granted=True, number=number, decided_on=decided_on, reason=reason, actor=actor, at=at)
        detail["asked_due"] = asked.due_on.isoformat()
    action = Action.DOSSIER_ADMIT if admission else Action.DOSSIER_EXTEND
    entry = record_on_dossier(action, dossier, detail, clause="II.3", actor=actor, at=at, key=key)
    queue_notices(entry)
    return extension


def ask_extension(dossier: Dossier, *, due_on: date, reason: str, actor: Actor, at: datetime, key: str | None = None) -> ExtensionRequest:
    """II.3: the unit asks home affairs for a later due date, or, when it has passed, to be admitted late; one request waits at a time."""
    waiting = open_request(dossier)
    refuse_if(
        *_against_date(dossier, due_on, local_day(at)),
        Objection("extension_asked_already", {"asked": waiting.due_on.isoformat()}, "II.3") if waiting else None,
    )
    asked = ExtensionRequest(dossier_id=dossier.id, due_on=due_on, reason=reason, asked_by_id=actor.user_id, asked_at=at)
    db.session.add(asked)
    db.session.flush()
    detail = {"asked_due": due_on.isoformat(), "reason": reason}
    queue_notices(record_on_dossier(Action.EXTENSION_ASK, dossier, detail, clause="II.3", actor=actor, at=at, key=key))
    return asked


def refuse_extension(
    dossier: Dossier, *, number: str, decided_on: date, reason: str, actor: Actor, at: datetime, key: str | None = None
) -> None:
    """II.3: home affairs turns a request down by a numbered document, with its reason; the due date stays as it is."""
    asked = open_request(dossier)
    refuse_if(
        None if asked else Objection("extension_not_asked", {}, "II.3"),
        date_in_future("date") if decided_on > local_day(at) else None,
    )
    if asked is None:
        raise LookupError("refused above")
    _answer(asked, granted=False, number=number, decided_on=decided_on, reason=reason, actor=actor, at=at)
    detail = {"number": number, "date": decided_on.isoformat(), "reason": reason, "asked_due": asked.due_on.isoformat()}
    queue_notices(record_on_dossier(Action.EXTENSION_REFUSE, dossier, detail, clause="II.3", actor=actor, at=at, key=key))


def open_request(dossier: Dossier) -> ExtensionRequest | None:
    """The request of a dossier that waits for an answer."""
    query = select(ExtensionRequest).where(ExtensionRequest.dossier_id == dossier.id, ExtensionRequest.granted.is_(None))
    return db.session.scalars(query).first()


def note_original(
    dossier: Dossier, *, received_on: date, received_by: str, note: str, actor: Actor, at: datetime, key: str | None = None
) -> OriginalReceipt:
    """III.4.c: the original set on paper has come in; noted beside the submission, whose time it does not touch."""
    refuse_if(
        None if dossier.state in RECEIVED else Objection("receipt_too_early", {"state": dossier.state.value}, "III.4.c"),
        Objection("receipt_in_future", {}, "III.4.c") if received_on > local_day(at) else None,
    )
    receipt = OriginalReceipt(
        dossier_id=dossier.id, received_on=received_on, received_by=received_by, note=note, recorded_by_id=actor.user_id, recorded_at=at
    )
    db.session.add(receipt)
    db.session.flush()
    detail = {"received_on": received_on.isoformat(), "received_by": received_by, "note": note}
    record_on_dossier(Action.DOSSIER_ORIGINAL, dossier, detail, clause="III.4.c", actor=actor, at=at, key=key)
    return receipt


def sign_off(dossier: Dossier, step: Step, reason: str, *, actor: Actor, at: datetime, key: str | None = None) -> SignOff:
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
    record_on_dossier(Action.DOSSIER_SIGN_OFF, dossier, detail, clause="procedure", actor=actor, at=at, key=key)
    return consent


def _against_date(dossier: Dossier, due_on: date, today: date) -> list[Objection | None]:
    """II.3: a due date moves while the dossier is being prepared, to a day that has not passed and is later than the present one."""
    return [
        None if dossier.state is DossierState.SELECTED else Objection("nothing_to_extend", {"state": dossier.state.value}, "II.3"),
        due_in_past(due_on, today),
        Objection("extension_not_later", {"due": dossier.due_on.isoformat()}, "II.3")
        if dossier.due_on and due_on <= dossier.due_on
        else None,
    ]


def _answer(asked: ExtensionRequest, *, granted: bool, number: str, decided_on: date, reason: str, actor: Actor, at: datetime) -> None:
    asked.granted, asked.number, asked.date, asked.answer = granted, number, decided_on, reason
    asked.decided_by_id, asked.decided_at = actor.user_id, at
    db.session.flush()


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

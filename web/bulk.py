"""One step for many dossiers: rehearsed before it is confirmed, then one transaction for each, with every reason for what is not done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request as sent
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models.db import db, rehearsal, transaction
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.text import clean
from models.vocabulary import DossierState, Step
from notifications.letters import Letter
from notifications.outbox import letter_of
from web.access import actor, now
from web.addresses import row_number
from web.forms import Form, step_form
from web.wording import ObjectionView, objection_views
from workflow.machine import StepRefused, StepRequest, transitions
from workflow.procedure import DossierProcedure
from workflow.rules.objection import Objection
from workflow.steps import done_before, record_refusal, take_step

TRIES = 2
"""Two officers of one district who each take another place collide on the quota's owner; the second try finds out whether one is left."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one dossier: its step was taken, or the reasons why not."""

    dossier_id: int
    code: str
    unit: str
    state: DossierState
    reasons: list[ObjectionView]


@dataclass(slots=True)
class Rehearsed:
    """What a bulk step would do: letters (mails) by dossier, the refused ones with their reasons, and one letter as a sample."""

    letters: dict[int, int] = field(default_factory=dict)
    refused: dict[int, list[Objection]] = field(default_factory=dict)
    sample: tuple[str, Letter] | None = None

    @property
    def mails(self) -> int:
        """How many mails would leave in all."""
        return sum(self.letters.values())


def form_for(step: Step, state: DossierState = DossierState.RANKED) -> Form:
    """What the step from a state asks for, once for all rows."""
    return step_form(transitions(DossierProcedure)[state, step].requirements.asked, [])


def rehearse(ids: Sequence[int], step: Step, answers: Callable[[Dossier], Mapping[str, Any]] | None = None) -> Rehearsed:
    """Take the step for each dossier in turn, as it would be taken, and roll all of it back; `answers` stand for what is not typed yet."""
    found = Rehearsed()
    with rehearsal() as database:
        for number in ids:
            dossier = database.get_one(Dossier, number)
            try:
                given = answers(dossier) if answers else {"reason": _("[lý do bạn ghi]")}
                entry = take_step(dossier, step, StepRequest(dossier.version, **given), actor=actor(), at=now())
            except StepRefused as refusal:
                found.refused[number] = refusal.objections
                continue
            mails = select(func.count(OutboxMail.id)).join(OutboxMail.notice).where(Notice.audit_seq == entry.seq)
            found.letters[number] = database.scalar(mails) or 0
            notice = None if found.sample else database.scalars(select(Notice).where(Notice.audit_seq == entry.seq)).first()
            if notice is not None:
                found.sample = (notice.campaign_unit.official_name, letter_of(notice))
    return found


def take_each(ids: Sequence[int], step: Step, form: Form, key: str) -> list[Outcome]:
    """Take the step for each dossier in a transaction of its own. One that is refused does not hold the others back."""
    reason = form["reason"].data if "reason" in form else ""
    return [take_one(number, step, key, reason=reason) for number in ids]


def take_one(dossier_id: int, step: Step, key: str, /, **answers: Any) -> Outcome:
    """Take one dossier's step in a transaction of its own, against the version that the page showed, and say what became of it."""
    version = row_number(sent.form.get(f"version-{dossier_id}")) or 0
    request = StepRequest(version, key=f"{dossier_id}.{clean(key)}"[:64] if clean(key) else None, **answers)
    objections = _take(dossier_id, step, request)
    dossier = db.session.get_one(Dossier, dossier_id)
    reasons = objection_views(objections, dossier, step)
    return Outcome(dossier_id, dossier.code, dossier.campaign_unit.long_name, dossier.state, reasons)


def left_out(ids: Sequence[int], step: Step) -> list[Outcome]:
    """The rows that the confirm page had left out, with what stands against them now; nothing is tried."""
    found = rehearse(ids, step)
    outcomes = []
    for number in ids:
        dossier = db.session.get_one(Dossier, number)
        reasons = objection_views(found.refused.get(number) or [Objection("possible_again", {})], dossier, step)
        outcomes.append(Outcome(number, dossier.code, dossier.campaign_unit.long_name, dossier.state, reasons))
    return outcomes


def _take(number: int, step: Step, request: StepRequest) -> list[Objection]:
    """Take one step; gives back what stood against it, which is then on record."""
    for _try in range(TRIES):
        try:
            with transaction() as database:
                take_step(database.get_one(Dossier, number), step, request, actor=actor(), at=now())
        except StepRefused as refusal:
            if request.key and done_before(request.key, number):
                return []
            with transaction() as database:
                record_refusal(database.get_one(Dossier, number), refusal, actor=actor(), at=now())
            return refusal.objections
        except (StaleDataError, IntegrityError):
            continue
        else:
            return []
    return [] if request.key and done_before(request.key, number) else [Objection("stale", {})]

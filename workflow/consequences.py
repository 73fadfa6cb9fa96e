"""What each step writes beside the state: dates, numbers, results, places. Called by take_step and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.db import db
from models.dossiers import Dossier
from models.vocabulary import DossierState, Milestone, Step
from workflow import deadlines
from workflow.machine import StepRequest
from workflow.rules.deadlines import submitted_late
from workflow.situation import Situation


def apply_consequences(step: Step, situation: Situation, request: StepRequest, before: DossierState) -> dict[str, Any]:
    """Write what follows from a step that has just been taken. Gives back the values it replaced, for the record."""
    dossier = situation.dossier
    dossier.state_since = situation.at
    if situation.sign_off is not None:
        situation.sign_off.used_at = situation.at
    replaced = _CONSEQUENCES[step](situation, request, before) or {}
    db.session.flush()
    return replaced


def _nothing(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """The state says it all."""


def _select(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """III.4.a: a place is taken, and the 15-day window of II.3 runs for this dossier."""
    _touch_places(situation)
    window = deadlines.current(situation.dossier.campaign, Milestone.SUBMISSION)
    if window is None:
        raise LookupError("a published ranking sets the submission window")
    deadlines.set_for_dossier(situation.dossier, Milestone.SUBMISSION, window.due_on, window.working, situation.at)


def _end(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """A dossier ends with its reason; a withdrawn or passed-over one gives its place back."""
    situation.dossier.end_reason = request.reason
    _touch_places(situation)


def _submit(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """II.3: late or not is judged on the first submission."""
    dossier = situation.dossier
    dossier.submitted_at = situation.at
    dossier.return_reason = ""
    if request.fewer_reason:
        dossier.fewer_reason = request.fewer_reason
    if dossier.first_submitted_at is None:
        dossier.first_submitted_at = situation.at
        dates = [(row.due_on, row.set_at) for row in deadlines.of_dossier(dossier) if row.milestone is Milestone.SUBMISSION]
        dossier.submitted_late = submitted_late(situation.at, dates)


def _send_back(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """IV: the unit gets a supplement date; the due date becomes the later of the two."""
    dossier = situation.dossier
    dossier.return_reason = request.reason
    asked = request.due_on or situation.at.date()
    due = max(asked, dossier.due_on or asked)
    working = {"event": "sent_back", "due": due.isoformat(), "document": "", "asked": asked.isoformat()}
    deadlines.set_for_dossier(dossier, Milestone.SUPPLEMENT, due, working, situation.at)


def _review(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """Procedure: the council's result for each nominee stands in the dossier."""
    recommended = {vote.nominee_id: vote.recommended for vote in situation.votes}
    for nominee in situation.dossier.nominees:
        nominee.recommended = recommended[nominee.id]


def _decline(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """Procedure: none is recommended; the dossier ends with the council's reason."""
    _review(situation, request, before)
    situation.dossier.end_reason = request.reason


def _forward(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """IV: the letter to the Chairman."""
    situation.dossier.forward_number, situation.dossier.forward_date = request.number, request.date


def _decide(situation: Situation, request: StepRequest, before: DossierState) -> None:
    """III.3: the Chairman's decision, for each nominee."""
    dossier = situation.dossier
    dossier.decision_number, dossier.decision_date = request.number, request.date
    for nominee in dossier.nominees:
        nominee.awarded = nominee.id in (request.awarded or frozenset())


def _correct(situation: Situation, request: StepRequest, before: DossierState) -> dict[str, Any]:
    """Procedure: what the corrected step had written no longer holds; the record keeps it."""
    dossier = situation.dossier
    undone: dict[str, Any] = {}
    if before is DossierState.SELECTED:
        undone = _clear(dossier, due_on=None, return_reason="")
    elif before is DossierState.FORWARDED:
        undone = _clear(dossier, forward_number="", forward_date=None)
    elif before in {DossierState.REVIEWED, DossierState.NOT_RECOMMENDED}:
        undone = _clear(dossier, end_reason="")
        for nominee in dossier.nominees:
            nominee.recommended = None
    elif before in {DossierState.LAPSED, DossierState.NOT_SELECTED}:
        undone = _clear(dossier, end_reason="")
    _touch_places(situation)
    return undone


def _clear(dossier: Dossier, **values: Any) -> dict[str, Any]:
    """Set columns back and give their former values in a form that the record can keep."""
    former = {}
    for name, value in values.items():
        old = getattr(dossier, name)
        former[name] = old.isoformat() if hasattr(old, "isoformat") else old
        setattr(dossier, name, value)
    return former


def _touch_places(situation: Situation) -> None:
    """Bump the version of the quota's owner, so that two officers who fill its last place at once cannot both succeed."""
    if situation.quota_owner is not None:
        situation.quota_owner.places_changed_at = situation.at


_CONSEQUENCES: dict[Step, Callable[[Situation, StepRequest, DossierState], dict[str, Any] | None]] = {
    Step.RANK: _nothing,
    Step.SELECT: _select,
    Step.PASS_OVER: _end,
    Step.SUBMIT: _submit,
    Step.SEND_BACK: _send_back,
    Step.REVIEW: _review,
    Step.DECLINE: _decline,
    Step.FORWARD: _forward,
    Step.AWARD: _decide,
    Step.REFUSE: _decide,
    Step.WITHDRAW: _end,
    Step.LAPSE: _end,
    Step.CORRECT: _correct,
}

"""What each step writes beside the state: dates, numbers, results, places. Called by take_step and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.db import db
from models.dossiers import Dossier
from models.vocabulary import DossierState, Milestone, Step
from workflow import deadlines
from workflow.machine import StepRequest
from workflow.rules.deadlines import submitted_late
from workflow.situation import Situation


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that has just been taken: in which situation, with which answers, from which state."""

    situation: Situation
    request: StepRequest
    before: DossierState

    @property
    def dossier(self) -> Dossier:
        """The dossier, already in its new state."""
        return self.situation.dossier


def apply_consequences(step: Step, taken: Taken) -> dict[str, Any]:
    """Write what follows from a step that has just been taken. Gives back the values it replaced, for the record."""
    situation = taken.situation
    with db.session.no_autoflush:  # one UPDATE, one version for one step
        situation.dossier.state_since = situation.at
        if situation.sign_off is not None:
            situation.sign_off.used_at = situation.at
        replaced = _CONSEQUENCES[step](taken) or {}
    db.session.flush()
    return replaced


def _nothing(taken: Taken) -> None:
    """The state says it all."""


def _select(taken: Taken) -> None:
    """III.4.a: a place is taken, and the 15-day window of II.3 runs for this dossier."""
    _touch_places(taken)
    window = deadlines.current(taken.dossier.campaign, Milestone.SUBMISSION)
    if window is None:
        raise LookupError("a published ranking sets the submission window")
    deadlines.set_for_dossier(taken.dossier, Milestone.SUBMISSION, window.due_on, window.working, taken.situation.at)


def _end(taken: Taken) -> None:
    """A dossier ends with its reason; a withdrawn or passed-over one gives its place back."""
    taken.dossier.end_reason = taken.request.reason
    _touch_places(taken)


def _submit(taken: Taken) -> None:
    """II.3: late or not is judged on the first submission."""
    dossier = taken.dossier
    dossier.submitted_at = taken.situation.at
    dossier.return_reason = ""
    if taken.request.fewer_reason:
        dossier.fewer_reason = taken.request.fewer_reason
    if dossier.first_submitted_at is None:
        dossier.first_submitted_at = taken.situation.at
        dates = [(row.due_on, row.set_at) for row in deadlines.of_dossier(dossier) if row.milestone is Milestone.SUBMISSION]
        dossier.submitted_late = submitted_late(taken.situation.at, dates)


def _send_back(taken: Taken) -> None:
    """IV: the unit gets a supplement date; the due date becomes the later of the two."""
    dossier = taken.dossier
    dossier.return_reason = taken.request.reason
    asked = taken.request.due_on or taken.situation.at.date()
    due = max(asked, dossier.due_on or asked)
    working = {"event": "sent_back", "due": due.isoformat(), "document": "", "asked": asked.isoformat()}
    deadlines.set_for_dossier(dossier, Milestone.SUPPLEMENT, due, working, taken.situation.at)


def _review(taken: Taken) -> None:
    """Procedure: the council's result for each nominee stands in the dossier."""
    recommended = {vote.nominee_id: vote.recommended for vote in taken.situation.votes}
    for nominee in taken.dossier.nominees:
        nominee.recommended = recommended[nominee.id]


def _decline(taken: Taken) -> None:
    """Procedure: none is recommended; the dossier ends with the council's reason."""
    _review(taken)
    taken.dossier.end_reason = taken.request.reason


def _forward(taken: Taken) -> None:
    """IV: the letter to the Chairman."""
    taken.dossier.forward_number, taken.dossier.forward_date = taken.request.number, taken.request.date


def _decide(taken: Taken) -> None:
    """III.3: the Chairman's decision, for each nominee."""
    dossier = taken.dossier
    dossier.decision_number, dossier.decision_date = taken.request.number, taken.request.date
    for nominee in dossier.nominees:
        nominee.awarded = nominee.id in (taken.request.awarded or frozenset())


def _correct(taken: Taken) -> dict[str, Any]:
    """Procedure: what the corrected step had written no longer holds; the record keeps it."""
    dossier = taken.dossier
    undone: dict[str, Any] = {}
    if taken.before is DossierState.SELECTED:
        undone = _clear(dossier, due_on=None, return_reason="")
    elif taken.before is DossierState.FORWARDED:
        undone = _clear(dossier, forward_number="", forward_date=None)
    elif taken.before in {DossierState.REVIEWED, DossierState.NOT_RECOMMENDED}:
        undone = _clear(dossier, end_reason="")
        for nominee in dossier.nominees:
            nominee.recommended = None
    elif taken.before in {DossierState.LAPSED, DossierState.NOT_SELECTED}:
        undone = _clear(dossier, end_reason="")
    _touch_places(taken)
    return undone


def _clear(dossier: Dossier, **values: Any) -> dict[str, Any]:
    """Set columns back and give their former values in a form that the record can keep."""
    former = {}
    for name, value in values.items():
        old = getattr(dossier, name)
        former[name] = old.isoformat() if hasattr(old, "isoformat") else old
        setattr(dossier, name, value)
    return former


def _touch_places(taken: Taken) -> None:
    """Bump the version of the quota's owner, so that two officers who fill its last place at once cannot both succeed."""
    if taken.situation.quota_owner is not None:
        taken.situation.quota_owner.places_changed_at = taken.situation.at


_CONSEQUENCES: dict[Step, Callable[[Taken], dict[str, Any] | None]] = {
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

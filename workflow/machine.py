"""The base of the procedure: strict state machine, `requires()`, `by()`, `asks()`, and the refusals they raise. No rule of the plan."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from statemachine import StateChart
from statemachine.exceptions import TransitionNotAllowed

from models.vocabulary import DossierState, Relation, Role, Step
from workflow.rules.eligibility import answer_missing
from workflow.rules.objection import Objection

if TYPE_CHECKING:
    from workflow.situation import Situation

M = TypeVar("M")
Condition = Callable[["Situation"], "Objection | list[Objection] | None"]


class Procedure(StateChart[M]):
    """A state machine that refuses what is not declared and lets every exception through."""

    allow_event_without_transition = False
    enable_self_transition_entries = False
    atomic_configuration_update = True
    catch_errors_as_events = False


@dataclass(frozen=True, slots=True)
class StepRequest:
    """What an officer sends with a step: the version that the form showed, a key that makes a repeated form harmless, and the answers."""

    version: int
    key: str | None = None
    reason: str = ""
    number: str = ""
    date: datetime.date | None = None
    due_on: datetime.date | None = None
    fewer_reason: str = ""
    awarded: frozenset[int] | None = None


class StepRefused(Exception):
    """A step is not possible now; `objections` holds every reason. Maps to 409."""

    def __init__(self, step: Step, objections: Sequence[Objection]) -> None:
        """Keep all the reasons."""
        super().__init__(f"{step.value}: {', '.join(objection.code for objection in objections)}")
        self.step = step
        self.objections = list(objections)


class StepForbidden(StepRefused):
    """The officer's role and relation to the unit do not allow the step. Maps to 403."""


class StepStale(StepRefused):
    """The dossier has changed since the form was shown. Maps to 409 with what changed."""


@dataclass(frozen=True, slots=True)
class Permission:
    """The (role, relation to the unit) pairs that may take a step."""

    pairs: tuple[tuple[Role, Relation], ...]

    def allows(self, role: Role, relations: frozenset[Relation]) -> bool:
        """Whether a role that stands in these relations is among the pairs."""
        return any(role is allowed and relation in relations for allowed, relation in self.pairs)


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of StepRequest that the confirm page asks for."""

    field: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything that is declared beside one step: who, what is asked, under which conditions, by which clause."""

    clause: str
    permission: Permission
    asked: tuple[Asked, ...]
    conditions: tuple[Condition, ...]

    def objections(self, situation: Situation, request: StepRequest | None = None) -> list[Objection]:
        """Every reason against the step, permission aside. Without a request the answers it would ask for are not counted as missing."""
        found: list[Objection] = []
        if request is not None:
            found += [answer_missing(a.field) for a in self.asked if a.required and not getattr(request, a.field)]
        for condition in self.conditions:
            answer = condition(situation)
            found += answer if isinstance(answer, list) else [answer] if answer else []
        return found


class Validator(Protocol):
    """A function that the machine calls before it moves; `requirements` can be read back from it."""

    requirements: Requirements

    def __call__(self, event_data: Any, situation: Situation, request: StepRequest) -> None:
        """Raise StepForbidden or StepRefused, or let the step pass."""


def by(*pairs: tuple[Role, Relation]) -> Permission:
    """Who may take a step: pairs of a role and its unit's relation to the dossier's."""
    return Permission(pairs)


def asks(*names: str, optional: Sequence[str] = ()) -> tuple[Asked, ...]:
    """What the officer must (or may) enter with the step; the confirm page is built from it. Raises ValueError for an unknown field."""
    known = {field.name for field in fields(StepRequest)}
    if unknown := {*names, *optional} - known:
        raise ValueError(f"StepRequest has no field {sorted(unknown)}")
    return tuple(Asked(name) for name in names) + tuple(Asked(name, required=False) for name in optional)


def requires(clause: str, permission: Permission, asked: tuple[Asked, ...] = (), *conditions: Condition) -> Validator:
    """The validator of a step: who comes first, then all conditions together, so that the officer sees every reason at once."""
    requirements = Requirements(clause, permission, asked, conditions)

    def validate(event_data: Any, situation: Situation, request: StepRequest) -> None:
        step = Step(str(event_data.event))
        if not permission.allows(situation.actor.role, situation.relations):
            raise StepForbidden(step, [Objection("not_permitted", {"step": step.value}, clause)])
        refuse_stale(step, situation, request)
        found = requirements.objections(situation, request)
        if found:
            raise StepRefused(step, found)

    validator = cast("Validator", validate)
    validator.requirements = requirements
    return validator


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the procedure as declared: from a state by a step to a state, with its requirements."""

    source: DossierState
    step: Step
    target: DossierState
    requirements: Requirements


@cache
def transitions(procedure: type[Procedure[Any]]) -> dict[tuple[DossierState, Step], Transition]:
    """The declaration as a table, read from the class itself."""
    rows = {}
    for state in procedure.states:
        for transition in state.transitions:
            if transition.target is None:
                continue
            (requirements,) = (spec.func.requirements for spec in transition.validators)
            for event in transition.events:
                step = Step(str(event))
                source, target = DossierState(state.value), DossierState(transition.target.value)
                rows[source, step] = Transition(source, step, target, requirements)
    return rows


def send(machine: Procedure[Any], step: Step, situation: Situation, request: StepRequest) -> None:
    """Send a step to the machine. Raises StepRefused when the state has no such step, or what the step's requirements raise."""
    try:
        machine.send(step.value, situation=situation, request=request)
    except TransitionNotAllowed:
        refuse_stale(step, situation, request)
        raise StepRefused(step, [not_in_state(step, situation.dossier.state)]) from None


def refuse_stale(step: Step, situation: Situation, request: StepRequest) -> None:
    """Raise StepStale when the dossier has changed since the form was shown."""
    if request.version != situation.dossier.version:
        raise StepStale(step, [Objection("stale", {"version": situation.dossier.version})])


def not_in_state(step: Step, state: DossierState) -> Objection:
    """Procedure: a step leaves only the states that the plan's order gives it."""
    return Objection("not_in_state", {"step": step.value, "state": state.value})

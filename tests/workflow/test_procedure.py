"""The procedure as a table: every state × every step, against domain.md section 2 written out by hand, and the vocabularies beside it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Enum, inspect

from models.db import db
from models.people import Actor
from models.vocabulary import SPINE, DossierState, Relation, Role, Step
from workflow.machine import Procedure, StepForbidden, StepRefused, StepRequest, send, transitions
from workflow.policy import step_grants
from workflow.procedure import DossierProcedure
from workflow.situation import Situation

S, T = DossierState, Step

# Domain section 2: from, step, to, clause of the plan ("procedure" where the plan is silent).
TABLE: dict[tuple[DossierState, Step], tuple[DossierState, str]] = {
    (S.REGISTERED, T.RANK): (S.RANKED, "III.4.a"),
    (S.REGISTERED, T.PASS_OVER): (S.NOT_SELECTED, "III.4.a"),
    (S.REGISTERED, T.WITHDRAW): (S.WITHDRAWN, "I.2"),
    (S.RANKED, T.SELECT): (S.SELECTED, "III.4.a"),
    (S.RANKED, T.PASS_OVER): (S.NOT_SELECTED, "III.4.a"),
    (S.RANKED, T.WITHDRAW): (S.WITHDRAWN, "I.2"),
    (S.RANKED, T.CORRECT): (S.REGISTERED, "procedure"),
    (S.SELECTED, T.SUBMIT): (S.SUBMITTED, "III.4.c"),
    (S.SELECTED, T.WITHDRAW): (S.WITHDRAWN, "I.2"),
    (S.SELECTED, T.LAPSE): (S.LAPSED, "II.3"),
    (S.SELECTED, T.CORRECT): (S.RANKED, "procedure"),
    (S.SUBMITTED, T.SEND_BACK): (S.SELECTED, "IV"),
    (S.SUBMITTED, T.REVIEW): (S.REVIEWED, "procedure"),
    (S.SUBMITTED, T.DECLINE): (S.NOT_RECOMMENDED, "procedure"),
    (S.SUBMITTED, T.WITHDRAW): (S.WITHDRAWN, "I.2"),
    (S.REVIEWED, T.FORWARD): (S.FORWARDED, "IV"),
    (S.REVIEWED, T.CORRECT): (S.SUBMITTED, "procedure"),
    (S.FORWARDED, T.AWARD): (S.AWARDED, "III.3"),
    (S.FORWARDED, T.REFUSE): (S.NOT_AWARDED, "III.3"),
    (S.FORWARDED, T.CORRECT): (S.REVIEWED, "procedure"),
    (S.NOT_SELECTED, T.CORRECT): (S.RANKED, "procedure"),
    (S.NOT_RECOMMENDED, T.CORRECT): (S.SUBMITTED, "procedure"),
    (S.LAPSED, T.CORRECT): (S.SELECTED, "procedure"),
}

CHOOSERS = {(Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE), (Role.OFFICER, Relation.COMPILES)}
HOME_AFFAIRS = {(Role.HOME_AFFAIRS, Relation.ANY)}
COUNCIL = {(Role.COUNCIL_SECRETARY, Relation.ANY)}

# Who, what is asked (optional answers in brackets), and the conditions by name.
REQUIRED: dict[Step, tuple[set[tuple[Role, Relation]], str, set[str]]] = {
    T.RANK: (CHOOSERS, "", {"result_recorded"}),
    T.SELECT: (
        CHOOSERS,
        "",
        {"ranking_announced", "year_ruled", "head_attests", "criterion_met", "quota_left", "no_conflict"},
    ),
    T.PASS_OVER: (CHOOSERS, "reason", {"no_conflict"}),
    T.SUBMIT: (
        {(Role.OFFICER, Relation.SUBMITS)},
        "[fewer_reason]",
        {"documents_complete", "year_ruled", "criterion_met", "criteria_answered"}
        | {"individuals_within_quota", "individuals_eligible", "unused_places_explained", "within_window"},
    ),
    T.SEND_BACK: (HOME_AFFAIRS, "reason due_on", {"due_date_ahead"}),
    T.REVIEW: (COUNCIL, "", {"session_held", "every_vote_recorded", "recommends_somebody", "warnings_confirmed", "no_conflict"}),
    T.DECLINE: (COUNCIL, "reason", {"session_held", "every_vote_recorded", "recommends_nobody", "no_conflict"}),
    T.FORWARD: (HOME_AFFAIRS, "number date", {"dated_by_now", "year_ruled", "criterion_met", "quota_holds"}),
    T.AWARD: (HOME_AFFAIRS, "number date awarded", {"dated_by_now", "awarded_are_nominees", "awards_somebody"}),
    T.REFUSE: (HOME_AFFAIRS, "number date", {"dated_by_now"}),
    T.WITHDRAW: ({(Role.OFFICER, Relation.OWN), (Role.OFFICER, Relation.SUBMITS)}, "reason", set()),
    T.LAPSE: (HOME_AFFAIRS, "reason", {"due_date_past", "no_conflict"}),
    T.CORRECT: (HOME_AFFAIRS, "reason", {"second_officer_consents"}),
}

CELLS = [pytest.param(state, step, id=f"{state.value}-{step.value}") for state in S for step in T]


class Paper:
    """A dossier with nothing but a state and a version: all that the machine itself looks at."""

    def __init__(self, state: DossierState) -> None:
        self.state, self.version = state, 1


def nobody_at(dossier: Paper) -> Situation:
    """A dossier met by somebody who may do nothing: whatever the table allows ends at the permission."""
    nobody = Actor(user_id=None, name="Nobody", role=Role.SYSTEM, unit_id=None)
    return cast("Situation", SimpleNamespace(dossier=dossier, actor=nobody, relations=frozenset()))


@pytest.mark.parametrize(("state", "step"), CELLS)
def test_a_cell_holds_the_transition_of_the_plan_or_a_refusal(state: DossierState, step: Step) -> None:
    dossier = Paper(state)
    machine: Procedure[Any] = DossierProcedure(dossier)  # type: ignore[arg-type]

    with pytest.raises(StepRefused) as refused:
        send(machine, step, nobody_at(dossier), StepRequest(version=1))

    declared = (state, step) in TABLE
    assert isinstance(refused.value, StepForbidden) is declared
    assert [o.code for o in refused.value.objections] == ["not_permitted" if declared else "not_in_state"]
    assert dossier.state is state


@pytest.mark.parametrize(("state", "step"), CELLS)
def test_a_cell_leads_where_the_plan_says_under_the_clause_it_names(state: DossierState, step: Step) -> None:
    row = transitions(DossierProcedure).get((state, step))

    assert (None if row is None else (row.target, row.requirements.clause)) == TABLE.get((state, step))


@pytest.mark.parametrize("state", list(S))
def test_a_machine_stands_in_every_state_that_a_dossier_can_have(state: DossierState) -> None:
    dossier = Paper(state)

    machine: Procedure[Any] = DossierProcedure(dossier)  # type: ignore[arg-type]

    assert [s.value for s in machine.configuration] == [state]
    assert dossier.state is state


@pytest.mark.parametrize("step", list(T))
def test_a_step_is_asked_of_the_same_people_under_the_same_conditions_from_every_state(step: Step) -> None:
    pairs, asked, conditions = REQUIRED[step]

    rows = [row.requirements for row in transitions(DossierProcedure).values() if row.step is step]

    assert rows
    for row in rows:
        assert set(row.permission.pairs) == pairs
        assert " ".join(a.field if a.required else f"[{a.field}]" for a in row.asked) == asked
        assert {condition.__name__ for condition in row.conditions} == conditions


def test_the_policy_takes_its_step_rows_from_the_procedure() -> None:
    expected = {(step, state, role, relation) for state, step in TABLE for role, relation in REQUIRED[step][0]}

    assert set(step_grants()) == expected
    assert len(step_grants()) == len(expected)


def test_every_transition_has_one_validator_whose_requirements_can_be_read_back() -> None:
    found = [t for state in DossierProcedure.states for t in state.transitions]

    assert len(found) == len(TABLE)
    for transition in found:
        (spec,) = transition.validators
        assert spec.func.requirements.permission.pairs


def test_the_machine_is_strict() -> None:
    assert DossierProcedure.allow_event_without_transition is False
    assert DossierProcedure.enable_self_transition_entries is False
    assert DossierProcedure.atomic_configuration_update is True
    assert DossierProcedure.catch_errors_as_events is False


def test_an_exception_in_a_step_comes_through_and_leaves_the_state() -> None:
    dossier = Paper(S.REGISTERED)
    machine: Procedure[Any] = DossierProcedure(dossier)  # type: ignore[arg-type]

    with pytest.raises(AttributeError):
        machine.send("rank", situation=SimpleNamespace(), request=StepRequest(version=1))

    assert dossier.state is S.REGISTERED


def test_the_final_states_are_those_that_no_correction_leaves() -> None:
    final = {DossierState(state.value) for state in DossierProcedure.states if state.final}

    assert final == {S.AWARDED, S.NOT_AWARDED, S.WITHDRAWN}
    assert final == set(S) - {state for state, _ in TABLE}


def test_the_spine_is_the_six_states_of_the_plan() -> None:
    assert [state.value for state in SPINE] == ["registered", "ranked", "selected", "submitted", "reviewed", "forwarded"]
    assert [state.value for state in DossierProcedure.states if state.initial] == [S.REGISTERED]


def test_the_machine_names_its_states_with_the_words_of_the_vocabulary() -> None:
    declared = {DossierState(state.value): state.name for state in DossierProcedure.states}

    assert declared == {state: state.label for state in S}
    assert {DossierState(state.value): state.id for state in DossierProcedure.states} == {state: state.value for state in S}


def test_the_machine_knows_the_steps_of_the_vocabulary_and_no_other() -> None:
    events = {str(event) for event in DossierProcedure.events}

    assert events == {step.value for step in T}
    assert " ".join(T) == "rank select pass_over submit send_back review decline forward award refuse withdraw lapse correct"


# Closed vocabularies, said again in the database


def vocabulary_columns() -> dict[tuple[str, str], Enum]:
    """Every column of the models that holds a word of a closed vocabulary."""
    return {(t.name, c.name): c.type for t in db.metadata.tables.values() for c in t.columns if isinstance(c.type, Enum)}


def test_every_word_of_a_vocabulary_has_a_label_of_its_own(sqlite_app: Flask) -> None:
    vocabularies = {column.enum_class for column in vocabulary_columns().values()}

    assert len(vocabulary_columns()) >= 17
    for vocabulary in vocabularies:
        labels = [word.label for word in vocabulary]
        assert all(labels), vocabulary
        assert len(set(labels)) == len(labels), vocabulary


def test_the_database_checks_every_vocabulary_column_against_the_words_of_its_enum(app: Flask) -> None:
    inspector = inspect(db.engine)
    checks = {t: {c["name"]: c["sqltext"] for c in inspector.get_check_constraints(t)} for t in db.metadata.tables}

    for (table, column), kind in vocabulary_columns().items():
        text = checks[table][f"ck_{table}_{kind.name}"]
        assert set(re.findall(r"'([^']*)'", text)) == {word.value for word in kind.enum_class}, f"{table}.{column}"
        assert column in text


def test_a_dossiers_state_is_never_empty_and_one_of_the_machines(app: Flask) -> None:
    (state,) = [c for c in inspect(db.engine).get_columns("dossiers") if c["name"] == "state"]
    (check,) = [c for c in inspect(db.engine).get_check_constraints("dossiers") if c["name"] == "ck_dossiers_state"]

    assert state["nullable"] is False
    assert set(re.findall(r"'([^']*)'", check["sqltext"])) == {s.value for s in DossierProcedure.states}

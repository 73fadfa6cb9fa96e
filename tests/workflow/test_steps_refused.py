"""Steps that are not possible: every condition violated once, everybody who may not, stale and repeated forms. Nothing is changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models.audit import AuditEntry
from models.db import db, transaction
from models.deadlines import Deadline
from models.dossiers import Dossier, Nominee
from models.outbox import Notice, OutboxMail
from models.people import SYSTEM, Actor
from models.results import IndexEntry
from models.vocabulary import AuditResult, DossierState, NomineeKind, Role, Step
from tests.actors import (
    COMMUNE,
    DEPARTMENT,
    DISTRICT,
    USUAL,
    bring,
    campaign_2021,
    consent,
    home,
    last_entry,
    rate,
    recognise,
    secretary,
    usual_actor,
    usual_answers,
    usual_step,
)
from tests.builders import actor_of, at, dossier_of, file_papers, publish, register, rule, step, unit_of
from workflow import council, ranking
from workflow.machine import StepForbidden, StepRefused, StepRequest, StepStale, transitions
from workflow.nominees import Individual, name_individuals
from workflow.procedure import DossierProcedure
from workflow.ranking import PublishedEntry
from workflow.steps import record_refusal, steps_from, take_step

S, T = DossierState, Step


def dossier(code: str) -> Dossier:
    return dossier_of(campaign_2021(), code)


# Situations: each gives a dossier that a step is then refused for


def department_without_entry() -> Dossier:
    return dossier("STNMT")


def commune_not_recognised() -> Dossier:
    return dossier("30913")


def department_of_the_good_group() -> Dossier:
    return dossier("SXD")


def office_rated_too_low() -> Dossier:
    return rate("VPUB-TTPVHCC", "completed", better=False)


def office_of_a_good_district() -> Dossier:
    return rate("PNV-908")


def head_did_not_attest() -> Dossier:
    # No road leads here: a form without the attestation is not sent. The condition stands behind it.
    found = dossier(DEPARTMENT)
    with transaction():
        found.registration.follows_law = False
    return found


def quota_used_up() -> Dossier:
    usual_step(dossier("30985"), T.SELECT)
    return dossier("30988")


def own_unit() -> Dossier:
    return dossier("SNV")


def selected_without_papers() -> Dossier:
    return bring(COMMUNE, S.SELECTED)


def selected_with_papers(code: str = COMMUNE) -> Dossier:
    found = bring(code, S.SELECTED)
    file_papers(found, at("2022-01-20 09:00"))
    return found


def person(name: str, rating: str = "good", *, reform: bool = True) -> Individual:
    return Individual(name, "Chuyên viên", "Sở Tư pháp", rating, reform_excellent=reform, direct=True)


def with_people_who_do_not_qualify() -> Dossier:
    found, officer = bring(DEPARTMENT, S.SELECTED), actor_of(DEPARTMENT)
    people = [person("Nguyễn Văn An", "completed"), person("Trần Thị Bình", reform=False)]
    with transaction():
        name_individuals(found, people, actor=officer, at=at("2022-01-18 09:00"))
    file_papers(found, at("2022-01-20 09:00"))
    return found


def with_too_many_people() -> Dossier:
    # The page refuses a second person of a commune; the condition stands behind it.
    found = bring(COMMUNE, S.SELECTED)
    with transaction():
        found.nominees += [
            Nominee(kind=NomineeKind.INDIVIDUAL, full_name=n, workplace="Giồng Riềng", rating="good", reform_excellent=True)
            for n in ("Lê Thị Một", "Lê Văn Hai")
        ]
    file_papers(found, at("2022-01-20 09:00"))
    return found


def submitted() -> Dossier:
    return bring(COMMUNE, S.SUBMITTED)


def called_but_not_held() -> Dossier:
    found = submitted()
    call([found])
    return found


def call(dossiers: list[Dossier]) -> council.CouncilSession:
    officer, when = secretary(), at("2022-02-15 09:00")
    with transaction():
        return council.call(
            campaign_2021(), held_on=when.date(), place="Phòng họp 1", members_total=9, quorum=6, dossiers=dossiers, actor=officer, at=when
        )


def held(votes: dict[int, council.Ballot], present: int = 9, minutes: str = "12/BB-HĐ") -> Dossier:
    """A submitted dossier before a session whose votes go by the nominee's place."""
    found, officer, when = submitted(), secretary(), at("2022-02-15 11:00")
    session = call([found])
    ballots = {found.nominees[place].id: ballot for place, ballot in votes.items()}
    with transaction():
        council.hold(
            session, members_present=present, minutes_number=minutes, minutes_date=when.date(), ballots=ballots, actor=officer, at=when
        )
    return found


def held_without_quorum() -> Dossier:
    return held({0: council.Ballot(5, 0, 4)}, present=5)


def held_without_minutes() -> Dossier:
    return held({0: council.Ballot(8, 1, 0)}, minutes="")


def held_without_votes() -> Dossier:
    return held({})


def held_and_carried() -> Dossier:
    return held({0: council.Ballot(8, 1, 0)})


def held_and_not_carried() -> Dossier:
    return held({0: council.Ballot(1, 8, 0)})


def reviewed_and_fallen_out_of_the_group() -> Dossier:
    # A published entry is not edited by any page; the criterion is asked again all the same.
    found = bring(DEPARTMENT, S.REVIEWED)
    with transaction() as session:
        entry = session.scalars(select(IndexEntry).where(IndexEntry.campaign_unit_id == found.campaign_unit_id)).one()
        entry.rank_group = "good"
    return found


def reviewed_with_the_quota_lowered() -> Dossier:
    found = bring(COMMUNE, S.REVIEWED)
    with transaction():
        unit_of(campaign_2021(), DISTRICT).selection_quota = 0
        found.campaign_unit.individual_quota = 0
    return found


def forwarded() -> Dossier:
    return bring(COMMUNE, S.FORWARDED)


def own_unit_selected() -> Dossier:
    found = dossier("SNV")
    consent(found, T.SELECT)
    return usual_step(found, T.SELECT)


def ranked() -> Dossier:
    return dossier(COMMUNE)


@dataclass(frozen=True)
class Case:
    """A step refused: from which situation, with which answers in the place of the usual ones, for which reasons, in order."""

    name: str
    step: Step
    situation: Callable[[], Dossier]
    codes: list[str]
    answers: dict[str, Any] | None = None
    when: str = ""
    by: Callable[[], Actor] | None = None

    def __str__(self) -> str:
        return f"{self.step.value}: {self.name}"


NO_ANSWERS: dict[str, Any] = {}
NO_SESSION = ["no_session", "votes_missing"]

CASES = [
    Case("no index entry", T.RANK, department_without_entry, ["result_missing"]),
    Case("not recognised", T.RANK, commune_not_recognised, ["result_missing"]),
    Case("good group", T.SELECT, department_of_the_good_group, ["index_not_excellent"]),
    Case("rated too low, no progress", T.SELECT, office_rated_too_low, ["rating_too_low", "no_progress"]),
    Case("district in the good group", T.SELECT, office_of_a_good_district, ["district_not_excellent"]),
    Case("not attested", T.SELECT, head_did_not_attest, ["not_attested"]),
    Case("quota used", T.SELECT, quota_used_up, ["quota_used"]),
    Case("own unit", T.SELECT, own_unit, ["conflict_of_interest"]),
    Case("own unit", T.PASS_OVER, own_unit, ["conflict_of_interest"]),
    Case("no reason", T.PASS_OVER, ranked, ["answer_missing"], NO_ANSWERS),
    Case("no papers, no reason", T.SUBMIT, selected_without_papers, ["document_missing"] * 3 + ["fewer_unexplained"], NO_ANSWERS),
    Case("fewer people without a reason", T.SUBMIT, selected_with_papers, ["fewer_unexplained"], NO_ANSWERS),
    Case("too many people", T.SUBMIT, with_too_many_people, ["too_many_individuals"]),
    Case("people who do not qualify", T.SUBMIT, with_people_who_do_not_qualify, ["individual_ineligible"] * 2),
    Case("after the window", T.SUBMIT, selected_with_papers, ["window_closed"], when="2022-02-08 00:00"),
    Case("no reason, no date", T.SEND_BACK, submitted, ["answer_missing"] * 2, NO_ANSWERS),
    Case("date in the past", T.SEND_BACK, submitted, ["due_in_past"], {"reason": "Thiếu.", "due_on": date(2022, 1, 26)}),
    Case("no session", T.REVIEW, submitted, [*NO_SESSION, "nobody_recommended"]),
    Case("called, not held", T.REVIEW, called_but_not_held, ["no_quorum", "no_minutes", "votes_missing", "nobody_recommended"]),
    Case("no quorum", T.REVIEW, held_without_quorum, ["no_quorum"]),
    Case("no minutes", T.REVIEW, held_without_minutes, ["no_minutes"]),
    Case("no votes", T.REVIEW, held_without_votes, ["votes_missing", "nobody_recommended"]),
    Case("nobody recommended", T.REVIEW, held_and_not_carried, ["nobody_recommended"]),
    Case("no session, no reason", T.DECLINE, submitted, ["answer_missing", *NO_SESSION], NO_ANSWERS),
    Case("somebody recommended", T.DECLINE, held_and_carried, ["somebody_recommended"]),
    Case("no number, no date", T.FORWARD, lambda: bring(COMMUNE, S.REVIEWED), ["answer_missing"] * 2, NO_ANSWERS),
    Case("criterion no longer met", T.FORWARD, reviewed_and_fallen_out_of_the_group, ["index_not_excellent"]),
    Case("quota no longer holds", T.FORWARD, reviewed_with_the_quota_lowered, ["quota_used"]),
    Case("nothing entered", T.AWARD, forwarded, ["answer_missing"] * 3 + ["nobody_awarded"], NO_ANSWERS),
    Case(
        "somebody else awarded",
        T.AWARD,
        forwarded,
        ["awarded_unknown"],
        {"number": "500/QĐ-UBND", "date": date(2022, 2, 28), "awarded": frozenset({999})},
    ),
    Case("no number, no date", T.REFUSE, forwarded, ["answer_missing"] * 2, NO_ANSWERS),
    Case("no reason", T.WITHDRAW, ranked, ["answer_missing"], NO_ANSWERS),
    Case("window still open", T.LAPSE, selected_without_papers, ["window_still_open"], when="2022-02-07 23:59:59"),
    Case("no reason", T.LAPSE, selected_without_papers, ["answer_missing"], NO_ANSWERS),
    Case("own unit", T.LAPSE, own_unit_selected, ["conflict_of_interest"]),
    Case("no second officer", T.CORRECT, ranked, ["second_officer_missing"]),
    Case("no second officer, no reason", T.CORRECT, ranked, ["answer_missing", "second_officer_missing"], NO_ANSWERS),
]


def written() -> dict[str, int]:
    """How many rows of each kind there are."""
    tables = (AuditEntry, Notice, OutboxMail, Deadline)
    return {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_is_refused_with_every_reason_and_changes_nothing(ranked_sqlite_app: Flask, case: Case) -> None:
    refuse(case)


@pytest.mark.postgres
@pytest.mark.parametrize("case", {case.step: case for case in CASES}.values(), ids=str)
def test_a_step_is_refused_on_postgresql_alike(ranked_postgres_app: Flask, case: Case) -> None:
    refuse(case)


def refuse(case: Case) -> None:
    """Attempt the step as its edge does, and look at all that could have changed."""
    found = case.situation()
    actor = case.by() if case.by else usual_actor(found, case.step)
    answers = usual_answers(found, case.step) if case.answers is None else case.answers
    when = at(case.when or USUAL[case.step].when)
    before = (found.state, found.version, written())

    with pytest.raises(StepRefused) as refused:
        step(found, case.step, actor, when, **answers)
    with transaction():
        record_refusal(found, refused.value, actor=actor, at=when)

    assert [objection.code for objection in refused.value.objections] == case.codes
    assert not isinstance(refused.value, StepForbidden | StepStale)
    db.session.expire_all()
    state, version, rows = before
    assert (found.state, found.version) == (state, version)
    assert written() == rows | {"audit_entries": rows["audit_entries"] + 1}
    assert_refusal_recorded(found, case.step, actor, case.codes)


def assert_refusal_recorded(found: Dossier, verb: Step, actor: Actor, codes: list[str]) -> None:
    """The last entry of the record is the refused attempt, with its reasons."""
    entry = last_entry()
    rec, detail = json.loads(entry.rec), json.loads(entry.detail or "")
    assert (entry.action, entry.result, entry.dossier_id, entry.actor_id) == (
        f"dossier.{verb.value}",
        AuditResult.REFUSED,
        found.id,
        actor.user_id,
    )
    assert (rec["from"], rec["to"], rec["ver"], rec["result"]) == (found.state.value, None, found.version, "refused")
    assert [objection["code"] for objection in detail["objections"]] == codes


def test_every_condition_and_answer_of_the_procedure_is_violated_above_or_below() -> None:
    # answer_missing stands for asks(); the last three need a campaign without a ranking and stand in the tests that follow.
    codes = Counter(code for case in CASES for code in case.codes)
    before_the_ranking = {"ranking_not_announced", "year_not_ruled", "commune_not_recognised", "ranking_not_published"}

    assert set(codes) | before_the_ranking >= {
        *("result_missing", "ranking_not_announced", "year_not_ruled", "not_attested", "index_not_excellent", "commune_not_recognised"),
        *("rating_too_low", "no_progress", "district_not_excellent", "quota_used", "conflict_of_interest", "document_missing"),
        *("too_many_individuals", "individual_ineligible", "fewer_unexplained", "window_closed", "due_in_past", "no_session"),
        *("no_quorum", "no_minutes", "votes_missing", "nobody_recommended", "somebody_recommended", "nobody_awarded"),
        *("awarded_unknown", "window_still_open", "second_officer_missing", "answer_missing", "ranking_not_published"),
    }


# Before the ranking is announced and the year is ruled


def refused_codes(found: Dossier, verb: Step) -> list[str]:
    with pytest.raises(StepRefused) as refused:
        usual_step(found, verb)
    return [objection.code for objection in refused.value.objections]


def test_a_recognised_commune_waits_for_the_announcement_and_the_ruling(opened_app: Flask) -> None:
    register(campaign_2021(), COMMUNE)
    recognise(COMMUNE)

    codes = refused_codes(dossier(COMMUNE), T.SELECT)

    assert dossier(COMMUNE).state is S.RANKED
    assert codes == ["ranking_not_announced", "year_not_ruled"]


def test_an_entry_that_is_not_published_ranks_nobody(opened_sqlite_app: Flask) -> None:
    campaign, officer = campaign_2021(), home()
    register(campaign, DEPARTMENT)
    with transaction():
        entries = [PublishedEntry(unit_of(campaign, DEPARTMENT), "91,25", 1, "excellent")]
        ranking.record_index(campaign, 2021, entries, actor=officer, at=at("2022-01-14 09:00"))

    assert refused_codes(dossier(DEPARTMENT), T.RANK) == ["ranking_not_published"]


def test_a_recognition_of_another_year_than_the_ruled_one_does_not_count(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), COMMUNE)
    recognise(COMMUNE, at("2022-01-10 09:00"))
    publish(campaign_2021(), {DEPARTMENT: "excellent"})
    rule(campaign_2021())

    assert refused_codes(dossier(COMMUNE), T.SELECT) == ["commune_not_recognised"]


# Who may not: role and relation come before every condition

OFFICERS: dict[str, Callable[[], Actor]] = {
    "commune": lambda: actor_of(COMMUNE),
    "its district": lambda: actor_of(DISTRICT),
    "another commune": lambda: actor_of("30907"),
    "another district": lambda: actor_of("908"),
    "a department": lambda: actor_of("STC"),
    "home affairs": home,
    "secretary": secretary,
    "auditor": lambda: actor_of("KG", Role.AUDITOR),
    "administrator": lambda: actor_of("SNV", Role.ADMINISTRATOR),
    "system": lambda: SYSTEM,
}
TO_A_COMMUNE: dict[Step, set[str]] = {
    T.RANK: {"its district"},
    T.SELECT: {"its district"},
    T.PASS_OVER: {"its district"},
    T.SUBMIT: {"its district"},
    T.SEND_BACK: {"home affairs"},
    T.REVIEW: {"secretary"},
    T.DECLINE: {"secretary"},
    T.FORWARD: {"home affairs"},
    T.AWARD: {"home affairs"},
    T.REFUSE: {"home affairs"},
    T.WITHDRAW: {"commune", "its district"},
    T.LAPSE: {"home affairs"},
    T.CORRECT: {"home affairs"},
}
TO_A_DEPARTMENT = TO_A_COMMUNE | {
    T.RANK: {"home affairs"},
    T.SELECT: {"home affairs"},
    T.PASS_OVER: {"home affairs"},
    T.SUBMIT: {"a department"},
    T.WITHDRAW: {"a department"},
}
LEAVABLE = [state for state in S if any(source is state for source, _ in transitions(DossierProcedure))]


def attempt(found: Dossier, verb: Step, actor: Actor) -> type[StepRefused] | None:
    """What an attempt without any answer ends in; whatever it did is rolled back."""
    try:
        with transaction():
            take_step(found, verb, StepRequest(version=found.version), actor=actor, at=at("2022-03-01 09:00"))
            raise InterruptedError
    except StepRefused as refused:
        return type(refused)
    except InterruptedError:
        return None


@pytest.mark.parametrize(
    ("code", "state", "allowed"),
    [pytest.param(COMMUNE, state, TO_A_COMMUNE, id=f"commune {state.value}") for state in LEAVABLE]
    + [pytest.param("STC", state, TO_A_DEPARTMENT, id=f"department {state.value}") for state in (S.REGISTERED, S.RANKED, S.SELECTED)],
)
def test_only_the_right_officer_takes_a_step_of_a_state(
    ranked_sqlite_app: Flask, code: str, state: DossierState, allowed: dict[Step, set[str]]
) -> None:
    found = bring(code, state)
    officers = {name: officer() for name, officer in OFFICERS.items()}
    steps = [verb for source, verb in transitions(DossierProcedure) if source is state]

    let_through = {verb: {n for n, a in officers.items() if attempt(found, verb, a) is not StepForbidden} for verb in steps}

    assert let_through == {verb: allowed[verb] for verb in steps}


def test_a_forbidden_step_says_so_alone_and_is_recorded(ranked_app: Flask) -> None:
    found, stranger = bring(COMMUNE, S.SELECTED), actor_of("908")

    with pytest.raises(StepForbidden) as refused:
        step(found, T.SUBMIT, stranger, at("2022-01-25 09:00"))
    with transaction():
        record_refusal(found, refused.value, actor=stranger, at=at("2022-01-25 09:00"))

    assert [objection.code for objection in refused.value.objections] == ["not_permitted"]
    assert_refusal_recorded(found, T.SUBMIT, stranger, ["not_permitted"])


# The page's buttons and the road's refusals never disagree


@pytest.mark.parametrize("state", list(S), ids=str)
def test_the_page_offers_exactly_what_the_road_lets_through(ranked_sqlite_app: Flask, state: DossierState) -> None:
    found = bring(COMMUNE, state)
    when = at("2022-03-01 09:00")

    for actor in (actor_of(DISTRICT), home(), secretary()):
        options = {option.step: option for option in steps_from(found, actor=actor, at=when)}
        assert set(options) == set(T)
        for verb, option in options.items():
            declared = (state, verb) in transitions(DossierProcedure)
            assert option.permitted is (declared and attempt(found, verb, actor) is not StepForbidden)
            assert declared is ([o.code for o in option.objections] != ["not_in_state"])
            assert option.permitted or not option.possible


def test_a_possible_step_of_the_page_succeeds_with_its_answers(ranked_sqlite_app: Flask) -> None:
    found = selected_with_papers()
    options = {option.step: option for option in steps_from(found, actor=actor_of(DISTRICT), at=at("2022-01-25 09:00"))}

    possible = {verb for verb, option in options.items() if option.possible}

    assert possible == {T.SUBMIT, T.WITHDRAW}
    assert usual_step_without_papers(found).state is S.SUBMITTED


def usual_step_without_papers(found: Dossier) -> Dossier:
    return step(found, T.SUBMIT, actor_of(DISTRICT), at("2022-01-25 09:00"), **usual_answers(found, T.SUBMIT))


# Stale and repeated forms


def test_a_form_of_an_older_version_is_refused(ranked_app: Flask) -> None:
    found = bring(COMMUNE, S.SELECTED)
    rows = written()

    with pytest.raises(StepStale) as refused, transaction():
        take_step(found, T.WITHDRAW, StepRequest(found.version - 1, reason="Rút."), actor=actor_of_district(), at=at("2022-01-25 09:00"))

    assert [objection.code for objection in refused.value.objections] == ["stale"]
    assert refused.value.objections[0].params == {"version": found.version}
    assert (found.state, written()) == (S.SELECTED, rows)


def actor_of_district() -> Actor:
    """The district's officer, known from an earlier step: looking up writes nothing."""
    return usual_actor(dossier(COMMUNE), T.SUBMIT)


def test_the_same_form_twice_has_one_effect_and_the_same_entry(ranked_app: Flask) -> None:
    found, actor = dossier(COMMUNE), actor_of(DISTRICT)
    request = StepRequest(found.version, key="0b7a41f6-form")
    with transaction():
        first = take_step(found, T.SELECT, request, actor=actor, at=at("2022-01-17 09:00"))
    rows, version = written(), found.version

    with transaction():
        second = take_step(found, T.SELECT, request, actor=actor, at=at("2022-01-17 09:00:05"))

    assert (second.seq, second.hash) == (first.seq, first.hash)
    assert (found.state, found.version, written()) == (S.SELECTED, version, rows)


def test_a_refused_form_can_be_sent_again_with_its_key(ranked_sqlite_app: Flask) -> None:
    found, actor = bring(COMMUNE, S.SELECTED), actor_of(DISTRICT)
    with pytest.raises(StepRefused), transaction():
        take_step(found, T.WITHDRAW, StepRequest(found.version, key="form-1"), actor=actor, at=at("2022-01-25 09:00"))

    with transaction():
        take_step(found, T.WITHDRAW, StepRequest(found.version, key="form-1", reason="Rút."), actor=actor, at=at("2022-01-25 09:01"))

    assert found.state is S.WITHDRAWN
    assert last_entry().request_key == "form-1"


def test_the_key_of_another_dossiers_form_is_no_answer(ranked_sqlite_app: Flask) -> None:
    first, second, actor = dossier("30904"), dossier("30907"), actor_of(DISTRICT)
    with transaction():
        take_step(first, T.SELECT, StepRequest(first.version, key="form-1"), actor=actor, at=at("2022-01-17 09:00"))

    answered = None
    with suppress(StepRefused, IntegrityError), transaction():
        answered = take_step(second, T.SELECT, StepRequest(second.version, key="form-1"), actor=actor, at=at("2022-01-17 09:01")).dossier_id

    assert answered in {None, second.id}


def test_an_exception_after_a_step_takes_everything_back(ranked_app: Flask) -> None:
    found, actor = dossier(COMMUNE), actor_of(DISTRICT)
    before = (found.state, found.version, written())

    with suppress(ZeroDivisionError), transaction():
        take_step(found, T.SELECT, StepRequest(found.version), actor=actor, at=at("2022-01-17 09:00"))
        raise ZeroDivisionError

    db.session.expire_all()
    assert (found.state, found.version, written()) == before
    assert found.due_on is None

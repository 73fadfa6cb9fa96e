"""III.1, II.2.b, IV: the answers to the plan's criteria for each nominee, what the appraiser finds, warnings that are confirmed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from models.campaigns import Campaign
from models.db import db, transaction
from models.dossiers import Dossier
from models.plan import Plan
from models.vocabulary import AnswerCheck, DocumentKind, DossierState, NomineeFact, NomineeKind, NomineeWarning, Step
from tests.actors import COMMUNE, DEPARTMENT, USUAL, bring, campaign_2021, home, last_entry, usual_actor, usual_step
from tests.builders import at, step
from workflow.acts import ActRefused
from workflow.criteria_answers import Confirmed, CriterionAnswer, Finding, Statement, appraise, cells_of, doubts_of, state_answers
from workflow.machine import StepRefused
from workflow.nominees import Individual, name_individuals
from workflow.papers import Paper, file_paper
from workflow.rules.eligibility import nominee_warnings
from workflow.situation import Situation
from workflow.steps import steps_from

S, W = DossierState, NomineeWarning
WHEN, LATER = at("2022-01-18 09:00"), at("2022-01-26 09:00")


def name(dossier: Dossier, *people: Individual) -> None:
    actor = usual_actor(dossier, Step.SUBMIT)
    with transaction():
        name_individuals(dossier, people, actor=actor, at=WHEN)


def individual(full_name: str = "Nguyễn Văn An", **given: Any) -> Individual:
    """A registered civil servant who does reform work, unless something else is given."""
    usual = {"position": "Chuyên viên", "workplace": "Sở Tư pháp", "rating": "good", "reform_excellent": True, "direct": True}
    return Individual(full_name, **(usual | given))


def state(dossier: Dossier, said: dict[str, Statement], *, number: int = 0, when: Any = WHEN) -> None:
    actor = usual_actor(dossier, Step.SUBMIT)
    with transaction():
        state_answers(dossier.nominees[number], said, actor=actor, at=when)


def judge(dossier: Dossier, *findings: Finding, confirmed: tuple[Confirmed, ...] = ()) -> None:
    actor = home()
    with transaction():
        appraise(dossier, findings, confirmed, actor=actor, at=LATER)


def cells(dossier: Dossier, number: int = 0) -> dict[str, CriterionAnswer]:
    situation = Situation(dossier, home(), LATER)
    return {cell.criterion.code: cell for cell in cells_of(situation, dossier.nominees[number])}


def add_question(campaign: Campaign) -> None:
    """The plan asks one more thing, which nothing on record answers."""
    question = {"code": "no_violation", "of": "collective", "clause": "III.1.a", "label": "Không có vụ việc bị xử lý kỷ luật"}
    with transaction():
        data = dict(campaign.plan_data)
        campaign.plan_data = data | {"nominee_criteria": [*data["nominee_criteria"], question]}
        campaign.plan_digest = "with one more question"


def test_the_record_answers_what_it_knows(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    name(dossier, individual(), individual("Trần Thị Bình", rating="completed", reform_excellent=False))

    assert {code: cell.stated for code, cell in cells(dossier).items()} == {
        "registered": True,
        "follows_law": True,
        "united": True,
        "achievement": True,
    }
    assert {code: cell.stated for code, cell in cells(dossier, 1).items()} == {"rating": True, "reform": True, "body": True}
    assert {code: cell.stated for code, cell in cells(dossier, 2).items()} == {"rating": False, "reform": False, "body": True}


def test_an_answer_keeps_its_words_and_its_evidence(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    actor = usual_actor(dossier, Step.SUBMIT)
    with transaction():
        paper = Paper("Bảng điểm.pdf", "application/pdf", 10, "a" * 64)
        version = file_paper(dossier, DocumentKind.EVIDENCE, None, paper, actor=actor, at=WHEN)
    before = dossier.version

    state(dossier, {"united": Statement(None, "Không có đơn thư.", frozenset({version.document_id}))})

    given = cells(dossier)["united"].given
    assert given is not None
    assert (given.text, [d.latest.file_name for d in given.evidence]) == ("Không có đơn thư.", ["Bảng điểm.pdf"])
    assert dossier.version == before + 1
    detail = json.loads(last_entry().detail or "")
    assert (last_entry().action, detail["answers"][0]["papers"]) == ("dossier.answers", ["Bảng điểm.pdf"])


def test_what_is_left_blank_leaves_no_row(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    state(dossier, {"united": Statement(None, "", frozenset())})

    assert dossier.nominees[0].answers == []


@pytest.mark.parametrize("of_another", [True, False])
def test_evidence_is_a_document_of_evidence_of_this_dossier(ranked_sqlite_app: Flask, of_another: bool) -> None:
    dossier, other = bring(DEPARTMENT, S.SELECTED), bring("STC", S.SELECTED)
    owner, kind = (other, DocumentKind.EVIDENCE) if of_another else (dossier, DocumentKind.MINUTES)
    actor = usual_actor(owner, Step.SUBMIT)
    with transaction():
        version = file_paper(owner, kind, None, Paper("a.pdf", "application/pdf", 10, "a" * 64), actor=actor, at=WHEN)

    with pytest.raises(ActRefused, match="evidence_unknown"):
        state(dossier, {"united": Statement(None, "", frozenset({version.document_id}))})

    assert dossier.nominees[0].answers == []


@pytest.mark.parametrize("state_then", [S.SUBMITTED, S.REVIEWED])
def test_answers_are_fixed_once_the_dossier_is_submitted(ranked_sqlite_app: Flask, state_then: DossierState) -> None:
    dossier = bring(DEPARTMENT, state_then)

    with pytest.raises(ActRefused, match="not_filing"):
        state(dossier, {"united": Statement(None, "Thêm.", frozenset())})


def test_a_question_that_nothing_on_record_answers_must_be_answered_with_yes_before_submitting(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    add_question(campaign_2021())

    for stated in (None, False):
        state(dossier, {"no_violation": Statement(stated, "Đang xác minh.", frozenset())})
        with pytest.raises(StepRefused, match="answer_not_given"):
            usual_step(dossier, Step.SUBMIT)
    state(dossier, {"no_violation": Statement(True, "", frozenset())})
    usual_step(dossier, Step.SUBMIT)

    assert dossier.state is S.SUBMITTED


def test_a_plan_without_such_questions_asks_none(ranked_sqlite_app: Flask) -> None:
    data = {name: value for name, value in campaign_2021().plan_data.items() if name != "nominee_criteria"}

    assert Plan.read(data).nominee_criteria == ()


def test_a_finding_feeds_the_return_and_is_stale_once_the_unit_has_changed_its_answer(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SUBMITTED)
    collective = dossier.nominees[0].id
    judge(
        dossier,
        Finding(collective, "united", AnswerCheck.UNCLEAR, "Chưa nêu kết quả xử lý đơn thư."),
        Finding(collective, "registered", AnswerCheck.MET, ""),
    )
    found = [(cell.criterion.code, cell.checked) for cell in doubts_of(Situation(dossier, home(), LATER))]

    step(dossier, Step.SEND_BACK, home(), at("2022-01-27 09:00"), **USUAL[Step.SEND_BACK].answers)
    state(dossier, {"united": Statement(None, "Đã xử lý xong.", frozenset())}, when=at("2022-01-28 09:00"))

    assert found == [("united", AnswerCheck.UNCLEAR)]
    assert {code: cell.stale for code, cell in cells(dossier).items()} == {
        "registered": False,
        "follows_law": False,
        "united": True,
        "achievement": False,
    }


@pytest.mark.parametrize("state_then", [S.SELECTED, S.REVIEWED, S.WITHDRAWN])
def test_only_a_dossier_that_waits_for_the_council_is_appraised(ranked_sqlite_app: Flask, state_then: DossierState) -> None:
    dossier = bring(DEPARTMENT, state_then)

    with pytest.raises(ActRefused, match="not_appraising"):
        judge(dossier, Finding(dossier.nominees[0].id, "united", AnswerCheck.MET, ""))


def test_a_finding_is_about_a_nominee_of_this_dossier(ranked_sqlite_app: Flask) -> None:
    dossier, other = bring(DEPARTMENT, S.SUBMITTED), bring("STC", S.SUBMITTED)

    with pytest.raises(ActRefused, match="nominee_unknown"):
        judge(dossier, Finding(other.nominees[0].id, "united", AnswerCheck.MET, ""))


WARNINGS = [
    ({}, []),
    ({"full_name": "Lê Thị Lạ"}, [W.NOT_REGISTERED]),
    ({"workplace": "Sở Tài chính"}, [W.NOT_REGISTERED]),
    ({"civil_servant": False}, [W.NOT_CIVIL_SERVANT]),
    ({"direct": False}, [W.NOT_ASSIGNED]),
    ({"direct": False, "assignment": "Quyết định số 12/QĐ-STP"}, []),
]


@pytest.mark.parametrize(("given", "expected"), WARNINGS)
def test_a_person_who_is_unusual_is_warned_of(ranked_sqlite_app: Flask, given: dict[str, Any], expected: list[NomineeWarning]) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    name(dossier, individual(**given))

    assert Situation(dossier, home(), LATER).warnings_of(dossier.nominees[1]) == expected


def test_the_council_waits_until_every_warning_is_confirmed(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    name(dossier, individual("Lê Thị Lạ", civil_servant=False))
    usual_step(dossier, Step.SUBMIT)
    person = next(nominee.id for nominee in dossier.nominees if nominee.kind is NomineeKind.INDIVIDUAL)

    judge(dossier, confirmed=(Confirmed(person, W.NOT_REGISTERED, "Mới về nhận công tác từ tháng 6."),))
    with pytest.raises(StepRefused) as refused:
        usual_step(dossier, Step.REVIEW)
    judge(dossier, confirmed=(Confirmed(person, W.NOT_CIVIL_SERVANT, "Viên chức biệt phái."),))
    actor = usual_actor(dossier, Step.REVIEW)
    step(dossier, Step.REVIEW, actor, at(USUAL[Step.REVIEW].when))

    (objection,) = refused.value.objections
    assert (objection.code, objection.params["warnings"]) == ("warnings_unconfirmed", ["not_civil_servant"])
    assert dossier.state is S.REVIEWED


def test_a_commune_whose_recognition_falls_away_is_not_submitted(ranked_sqlite_app: Flask) -> None:
    from models.results import Recognition

    dossier = bring(COMMUNE, S.SELECTED)
    with transaction() as session:
        row = session.query(Recognition).filter_by(campaign_unit_id=dossier.campaign_unit_id).one()
        row.year = 2019

    with pytest.raises(StepRefused, match="commune_not_recognised"):
        usual_step(dossier, Step.SUBMIT)

    assert db.session.get_one(Dossier, dossier.id).state is S.SELECTED


def test_before_the_year_is_ruled_nobody_is_told_that_the_criterion_is_not_met(ranked_sqlite_app: Flask) -> None:
    from models.decisions import Ruling

    dossier, officer = bring("SXD", S.RANKED), home()
    before = next(option for option in steps_from(dossier, actor=officer, at=LATER) if option.step is Step.SELECT)
    ruled = {cell.criterion.fact: cell.recorded for cell in cells(dossier).values()}
    with transaction() as session:
        session.query(Ruling).delete()
    after = next(option for option in steps_from(dossier, actor=officer, at=LATER) if option.step is Step.SELECT)

    open_ones = {cell.criterion.fact: cell.recorded for cell in cells(dossier).values()}
    assert "index_not_excellent" in [objection.code for objection in before.objections]
    assert [objection.code for objection in after.objections] == ["year_not_ruled"]
    assert (ruled[NomineeFact.CRITERION], open_ones[NomineeFact.CRITERION]) == (False, None)


def test_the_rule_names_every_warning_at_once() -> None:
    assert nominee_warnings(registered=False, civil_servant=False, assigned=False) == list(NomineeWarning)
    assert nominee_warnings(registered=True, civil_servant=True, assigned=True) == []

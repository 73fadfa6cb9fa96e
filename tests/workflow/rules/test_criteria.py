"""III.1: what a collective or a person must show, each rule met and not met."""

from __future__ import annotations

import pytest

from models.vocabulary import ResultNeed
from workflow.rules.criteria import (
    Attestation,
    Results,
    criterion_answer,
    criterion_failures,
    individual_ineligible,
    lacks_result,
    not_attested,
    ranking_not_announced,
    year_not_ruled,
)
from workflow.rules.objection import Place

INDEX, RECOGNITION = ResultNeed.INDEX, ResultNeed.RECOGNITION
PROVINCE, DISTRICT = ResultNeed.RATING_PROGRESS, ResultNeed.RATING_PARENT_INDEX


@pytest.mark.parametrize(
    ("follows_law", "is_united", "attested"), [(True, True, True), (True, False, False), (False, True, False), (False, False, False)]
)
def test_the_head_attests_both_law_and_unity(follows_law: bool, is_united: bool, attested: bool) -> None:
    objection = not_attested(Attestation(follows_law, is_united))

    assert (objection is None) is attested
    assert objection is None or (objection.code, objection.basis, objection.place) == ("not_attested", "III.1.a", Place.REGISTRATION)


RANKABLE = [
    (INDEX, Results(index_group="average", index_published=True)),
    (RECOGNITION, Results(recognised=True)),
    (PROVINCE, Results(rated=True)),
    (DISTRICT, Results(rated=True, parent_index_group="average", parent_index_published=True)),
]


@pytest.mark.parametrize(("need", "results"), RANKABLE, ids=[str(need) for need, _ in RANKABLE])
def test_a_recorded_result_ranks_a_dossier_whatever_it_says(need: ResultNeed, results: Results) -> None:
    assert lacks_result(need, results, clause="III.1.a", year=2021) is None


@pytest.mark.parametrize(
    ("need", "results", "code", "basis", "place"),
    [
        (INDEX, Results(), "result_missing", "III.1.a-1", Place.RANKING),
        (INDEX, Results(index_group="excellent"), "ranking_not_published", "III.4.a", Place.RANKING),
        (RECOGNITION, Results(), "result_missing", "III.1.a-1", Place.RESULT),
        (PROVINCE, Results(), "result_missing", "III.1.a-1", Place.RESULT),
        (DISTRICT, Results(), "result_missing", "III.1.a-1", Place.RESULT),
        (DISTRICT, Results(rated=True, parent_index_group="excellent"), "ranking_not_published", "III.4.a", Place.RANKING),
        (DISTRICT, Results(parent_index_published=True), "result_missing", "III.1.a-1", Place.RESULT),
    ],
)
def test_without_its_result_a_dossier_is_not_ranked(need: ResultNeed, results: Results, code: str, basis: str, place: Place) -> None:
    objection = lacks_result(need, results, clause="III.1.a-1", year=2021)

    assert objection is not None
    assert (objection.code, objection.basis, objection.place) == (code, basis, place)
    assert objection.params == {"need": need.value, "year": 2021}


MEETING = [
    (INDEX, Results(index_group="excellent", index_published=True)),
    (RECOGNITION, Results(recognised=True)),
    (PROVINCE, Results(rated=True, rating_sufficient=True, better_than_before=True)),
    (DISTRICT, Results(rated=True, rating_sufficient=True, parent_index_group="excellent", parent_index_published=True)),
]


@pytest.mark.parametrize(("need", "results"), MEETING, ids=[str(need) for need, _ in MEETING])
def test_each_kind_of_collective_meets_its_own_criterion(need: ResultNeed, results: Results) -> None:
    assert criterion_failures(need, results, clause="III.1.a", year=2021) == []


@pytest.mark.parametrize(
    ("need", "results", "codes"),
    [
        (INDEX, Results(), ["result_missing"]),
        (INDEX, Results(index_group="excellent"), ["ranking_not_published"]),
        (INDEX, Results(index_group="good", index_published=True), ["index_not_excellent"]),
        (INDEX, Results(recognised=True, rated=True, rating_sufficient=True, better_than_before=True), ["result_missing"]),
        (RECOGNITION, Results(index_group="excellent", index_published=True), ["commune_not_recognised"]),
        (PROVINCE, Results(), ["rating_too_low", "no_progress"]),
        (PROVINCE, Results(rated=True, rating_sufficient=True), ["no_progress"]),
        (PROVINCE, Results(rated=True, better_than_before=True), ["rating_too_low"]),
        (DISTRICT, Results(), ["rating_too_low", "ranking_not_published"]),
        (DISTRICT, Results(rated=True, rating_sufficient=True), ["ranking_not_published"]),
        (
            DISTRICT,
            Results(rated=True, rating_sufficient=True, parent_index_group="good", parent_index_published=True),
            ["district_not_excellent"],
        ),
        (DISTRICT, Results(rated=True, rating_sufficient=True, parent_index_group="excellent"), ["ranking_not_published"]),
        (DISTRICT, Results(parent_index_group="excellent", parent_index_published=True), ["rating_too_low"]),
    ],
)
def test_everything_that_keeps_a_collective_from_its_criterion_is_named(need: ResultNeed, results: Results, codes: list[str]) -> None:
    failures = criterion_failures(need, results, clause="III.1.a-3", year=2020)

    assert [objection.code for objection in failures] == codes
    of_announcing = "ranking_not_published"
    assert [o.basis for o in failures] == ["III.4.a" if code == of_announcing else "III.1.a-3" for code in codes]
    assert all(objection.params["year"] == 2020 for objection in failures)


@pytest.mark.parametrize(
    ("need", "results", "answer"),
    [
        (INDEX, Results(), None),
        (INDEX, Results(index_group="excellent"), None),
        (INDEX, Results(index_group="good", index_published=True), False),
        (INDEX, Results(index_group="excellent", index_published=True), True),
        (RECOGNITION, Results(), None),
        (PROVINCE, Results(rated=True, rating_sufficient=True), False),
        (DISTRICT, Results(rated=True, rating_sufficient=True), None),
    ],
)
def test_a_criterion_is_open_until_its_result_is_on_record(need: ResultNeed, results: Results, answer: bool | None) -> None:
    assert criterion_answer(need, results, year=2021) is answer


@pytest.mark.parametrize("need", list(ResultNeed))
def test_every_need_has_a_criterion(need: ResultNeed) -> None:
    assert criterion_failures(need, Results(), clause="III.1.a", year=2021)


@pytest.mark.parametrize(
    ("rating_sufficient", "reform_excellent", "eligible"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_person_needs_both_the_rating_and_the_reform_work(rating_sufficient: bool, reform_excellent: bool, eligible: bool) -> None:
    objection = individual_ineligible("Trần Thị B", rating_sufficient=rating_sufficient, reform_excellent=reform_excellent)

    assert (objection is None) is eligible
    assert objection is None or (objection.params, objection.basis) == ({"name": "Trần Thị B"}, "III.1.b")


def test_selection_waits_for_the_year_ruling() -> None:
    objection = year_not_ruled(False)

    assert year_not_ruled(True) is None
    assert objection is not None
    assert (objection.code, objection.basis, objection.place) == ("year_not_ruled", "III.3", Place.RULING)


def test_selection_waits_for_the_announcement() -> None:
    objection = ranking_not_announced(False, 2021)

    assert ranking_not_announced(True, 2021) is None
    assert objection is not None
    assert (objection.code, objection.basis, objection.params) == ("ranking_not_announced", "III.4.a", {"year": 2021})

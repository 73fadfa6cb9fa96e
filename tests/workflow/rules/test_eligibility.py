"""II.2, III.4.c and procedure: whether papers, session and entries are there, each rule both ways."""

from __future__ import annotations

import pytest

from workflow.rules.eligibility import (
    answer_missing,
    awarded_unknown,
    date_in_future,
    document_missing,
    nobody_awarded,
    nobody_recommended,
    session_not_held,
    somebody_recommended,
    unit_not_eligible,
    votes_missing,
)
from workflow.rules.objection import PROCEDURE, Place


def test_only_the_bodies_that_the_plan_names_take_part() -> None:
    objection = unit_not_eligible(False, "Cục Thuế tỉnh Kiên Giang")

    assert unit_not_eligible(True, "Sở Tư pháp") is None
    assert objection is not None
    assert (objection.basis, objection.params) == ("II.2.a", {"unit": "Cục Thuế tỉnh Kiên Giang"})


def test_a_missing_paper_names_those_who_have_none() -> None:
    objection = document_missing("achievement_report", "Báo cáo thành tích", ["Sở Tư pháp", "Trần Thị B"])

    assert document_missing("minutes", "Biên bản", []) is None
    assert objection is not None
    assert (objection.basis, objection.place) == ("III.4.c", Place.DOCUMENTS)
    assert objection.params == {"kind": "achievement_report", "label": "Báo cáo thành tích", "for": ["Sở Tư pháp", "Trần Thị B"]}


@pytest.mark.parametrize(
    ("held", "present", "quorum", "has_minutes", "codes"),
    [
        (True, 6, 6, True, []),
        (True, 9, 6, True, []),
        (True, 5, 6, True, ["no_quorum"]),
        (True, 6, 6, False, ["no_minutes"]),
        (True, 5, 6, False, ["no_quorum", "no_minutes"]),
        (False, 9, 6, True, ["no_session"]),
    ],
)
def test_the_council_decides_in_a_session_with_quorum_and_minutes(
    held: bool, present: int, quorum: int, has_minutes: bool, codes: list[str]
) -> None:
    found = session_not_held(held=held, present=present, quorum=quorum, has_minutes=has_minutes)

    assert [objection.code for objection in found] == codes
    assert all((objection.basis, objection.place) == (PROCEDURE, Place.COUNCIL) for objection in found)


def test_a_session_has_a_result_for_every_nominee() -> None:
    objection = votes_missing(["Trần Thị B"])

    assert votes_missing([]) is None
    assert objection is not None
    assert (objection.code, objection.params) == ("votes_missing", {"for": ["Trần Thị B"]})


@pytest.mark.parametrize(("recommended", "reviewed", "declined"), [(0, False, True), (1, True, False), (3, True, False)])
def test_a_recommended_nominee_makes_a_review_and_none_makes_a_decline(recommended: int, reviewed: bool, declined: bool) -> None:
    assert (nobody_recommended(recommended) is None) is reviewed
    assert (somebody_recommended(recommended) is None) is declined


def test_an_award_awards_somebody_of_the_dossier() -> None:
    nobody, unknown = nobody_awarded(0), awarded_unknown(2)

    assert nobody_awarded(1) is None
    assert awarded_unknown(0) is None
    assert nobody is not None
    assert unknown is not None
    assert {nobody.basis, unknown.basis} == {"III.3"}


def test_a_missing_answer_and_a_future_date_name_their_field() -> None:
    assert (answer_missing("reason").code, answer_missing("reason").params) == ("answer_missing", {"field": "reason"})
    assert (date_in_future("date").code, date_in_future("date").params) == ("date_in_future", {"field": "date"})

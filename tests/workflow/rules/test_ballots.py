"""Votes of the council: who may vote, when a count cannot be right, when it carries; whose body makes a member abstain."""

from __future__ import annotations

import pytest

from workflow.rules.ballots import Ballot, Voters, chair_twice, member_twice, miscounted, quorum_impossible
from workflow.rules.separation import same_house


@pytest.mark.parametrize(
    ("ballot", "voters", "code"),
    [
        (Ballot(8, 1, 0), Voters(9, 9), None),
        (Ballot(7, 0, 1), Voters(8, 7, abstaining=1), None),
        (Ballot(8, 0, 1), Voters(8, 7, abstaining=1), "too_many_votes"),
        (Ballot(7, 1, 0), Voters(9, 9), "votes_not_summed"),
        (Ballot(7, 0, 3), Voters(9, 9), "votes_not_summed"),
        (Ballot(0, 0, 9), Voters(9, 9), None),
    ],
)
def test_for_against_and_absent_are_all_who_may_vote(ballot: Ballot, voters: Voters, code: str | None) -> None:
    objection = miscounted(ballot, voters, "Sở Tư pháp")

    assert (objection.code if objection else None) == code


@pytest.mark.parametrize(("votes_for", "present", "carried"), [(5, 9, True), (4, 8, False), (4, 7, True), (0, 0, False)])
def test_more_than_half_of_the_voters_present_carry(votes_for: int, present: int, carried: bool) -> None:
    assert Ballot(votes_for, present - votes_for, 0).carried(present) is carried


@pytest.mark.parametrize(("quorum", "members", "possible"), [(6, 9, True), (9, 9, True), (0, 9, False), (10, 9, False), (1, 0, False)])
def test_a_quorum_lies_between_one_and_all(quorum: int, members: int, possible: bool) -> None:
    assert (quorum_impossible(quorum, members) is None) is possible


def test_a_council_has_one_chair_and_each_person_once() -> None:
    assert chair_twice(None) is None
    assert member_twice(False, "A") is None
    assert [objection.code for objection in (chair_twice("A"), member_twice(True, "A")) if objection] == ["chair_twice", "member_twice"]


@pytest.mark.parametrize(
    ("parent", "body", "body_parent", "abstains"),
    [
        (None, 5, None, True),
        (2, 2, 1, True),
        (2, 9, 5, True),
        (2, 3, 2, False),
        (None, 1, None, False),
    ],
    ids=["itself", "its parent", "its child", "a sister", "the province above all"],
)
def test_a_member_of_the_body_its_parent_or_child_abstains(parent: int | None, body: int, body_parent: int | None, abstains: bool) -> None:
    assert same_house(5, parent, body, body_parent) is abstains

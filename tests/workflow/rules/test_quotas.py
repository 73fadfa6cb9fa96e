"""III.4: how many may be put forward, at the quota, below it and beyond it."""

from __future__ import annotations

import pytest

from workflow.rules.objection import Place
from workflow.rules.quotas import exceeds_quota, fewer_unexplained, too_many_individuals


@pytest.mark.parametrize(("selected", "quota", "fits"), [(1, 1, True), (2, 1, False), (2, 2, True), (3, 2, False), (1, 0, False)])
def test_a_district_selects_no_more_communes_than_its_quota(selected: int, quota: int, fits: bool) -> None:
    assert (exceeds_quota(selected, quota, "Huyện Giồng Riềng") is None) is fits


def test_a_used_quota_says_how_many_places_are_taken_already() -> None:
    objection = exceeds_quota(3, 2, "Huyện Giồng Riềng")

    assert objection is not None
    assert (objection.code, objection.basis) == ("quota_used", "III.4.a")
    assert objection.params == {"selected": 2, "quota": 2, "owner": "Huyện Giồng Riềng"}


@pytest.mark.parametrize(("individuals", "quota", "fits"), [(0, 2, True), (2, 2, True), (3, 2, False), (1, 1, True), (2, 1, False)])
def test_a_collective_puts_forward_no_more_people_than_its_quota(individuals: int, quota: int, fits: bool) -> None:
    objection = too_many_individuals(individuals, quota)

    assert (objection is None) is fits
    assert objection is None or (objection.code, objection.basis, objection.place) == ("too_many_individuals", "III.4.b", Place.NOMINEES)


@pytest.mark.parametrize(
    ("individuals", "quota", "reason", "explained"),
    [
        (2, 2, "", True),
        (1, 2, "Chỉ có một người trực tiếp làm.", True),
        (1, 2, "", False),
        (0, 1, "   ", False),
        (0, 2, "Không có người đủ tiêu chuẩn.", True),
        (3, 2, "", True),
    ],
)
def test_fewer_people_than_the_quota_come_with_a_reason(individuals: int, quota: int, reason: str, explained: bool) -> None:
    objection = fewer_unexplained(individuals, quota, reason)

    assert (objection is None) is explained
    assert objection is None or (objection.code, objection.basis) == ("fewer_unexplained", "III.4.b")

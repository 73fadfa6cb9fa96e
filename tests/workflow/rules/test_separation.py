"""Section 5 of the design: who may not decide alone, each rule both ways."""

from __future__ import annotations

import pytest

from workflow.rules.objection import PROCEDURE, Place
from workflow.rules.separation import conflict_of_interest, needs_second_officer


@pytest.mark.parametrize(
    ("own", "signed_off", "allowed"), [(False, False, True), (False, True, True), (True, True, True), (True, False, False)]
)
def test_nobody_decides_alone_on_their_own_unit(own: bool, signed_off: bool, allowed: bool) -> None:
    objection = conflict_of_interest(own=own, signed_off=signed_off, unit="Sở Nội vụ")

    assert (objection is None) is allowed
    assert objection is None or (objection.code, objection.basis, objection.place) == ("conflict_of_interest", PROCEDURE, Place.SIGN_OFF)


def test_a_correction_takes_a_second_officer() -> None:
    objection = needs_second_officer(False)

    assert needs_second_officer(True) is None
    assert objection is not None
    assert (objection.code, objection.basis, objection.place) == ("second_officer_missing", PROCEDURE, Place.SIGN_OFF)

"""Who may not decide alone (domain section 5): Sở Nội vụ is both judge and candidate. Pure."""

from __future__ import annotations

from workflow.rules.objection import Objection, Place


def conflict_of_interest(*, own: bool, signed_off: bool, unit: str) -> Objection | None:
    """Procedure: nobody decides on a dossier of their own unit, its parent or child without a second officer's sign-off."""
    if not own or signed_off:
        return None
    return Objection("conflict_of_interest", {"unit": unit}, place=Place.SIGN_OFF)


def same_house(unit: int, parent: int | None, body: int, body_parent: int | None) -> bool:
    """Domain section 5: whether a member's body is the dossier's unit, its parent or its child.

    `parent` is None where the province itself stands above: it stands above every body alike.
    """
    return body in (unit, parent) or body_parent == unit


def needs_second_officer(signed_off: bool) -> Objection | None:
    """Procedure: a correction takes the recorded consent of a second officer."""
    return None if signed_off else Objection("second_officer_missing", {}, place=Place.SIGN_OFF)

"""Who may not decide alone (domain section 5): Sở Nội vụ is both judge and candidate. Pure."""

from __future__ import annotations

from collections.abc import Collection

from workflow.rules.objection import Objection, Place


def conflict_of_interest(*, own: bool, signed_off: bool, unit: str) -> Objection | None:
    """Procedure: nobody decides on a dossier of their own unit, its parent or child without a second officer's sign-off."""
    if not own or signed_off:
        return None
    return Objection("conflict_of_interest", {"unit": unit}, place=Place.SIGN_OFF)


def related_bodies(own: int, parent: int | None, children: Collection[int]) -> frozenset[int]:
    """Domain section 5: a body, its parent and its children are one when it comes to deciding on its dossier."""
    return frozenset({own, *children} | ({parent} if parent is not None else set()))


def needs_second_officer(signed_off: bool) -> Objection | None:
    """Procedure: a correction takes the recorded consent of a second officer."""
    return None if signed_off else Objection("second_officer_missing", {}, place=Place.SIGN_OFF)

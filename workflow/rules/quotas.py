"""How many may be put forward (III.4). Quotas are maxima. Pure."""

from __future__ import annotations

from workflow.rules.objection import Objection, Place


def exceeds_quota(selected: int, quota: int, owner: str) -> Objection | None:
    """III.4.a: a district puts forward no more communes than its quota. `selected` counts the one at hand."""
    if selected <= quota:
        return None
    return Objection("quota_used", {"selected": selected - 1, "quota": quota, "owner": owner}, "III.4.a")


def too_many_individuals(individuals: int, quota: int) -> Objection | None:
    """III.4.b: a selected collective puts forward 2 individuals, a commune 1."""
    if individuals <= quota:
        return None
    return Objection("too_many_individuals", {"individuals": individuals, "quota": quota}, "III.4.b", Place.NOMINEES)


def fewer_unexplained(individuals: int, quota: int, reason: str) -> Objection | None:
    """III.4.b: using fewer places than the quota, or none, needs a short reason."""
    if individuals >= quota or reason.strip():
        return None
    return Objection("fewer_unexplained", {"individuals": individuals, "quota": quota}, "III.4.b", Place.NOMINEES)

"""What a collective or a person must show (III.1). Pure: values in, an Objection or None out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.vocabulary import ResultNeed
from workflow.rules.objection import Objection, Place

EXCELLENT = "excellent"
"""Code of the index group that III.1.a-1 asks for (nhóm xuất sắc)."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the head of the body attests on the registration form (III.1.a)."""

    follows_law: bool
    is_united: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What is recorded about a collective for the year that counts: groups as published, recognition, rating."""

    index_group: str | None = None
    index_published: bool = False
    parent_index_group: str | None = None
    parent_index_published: bool = False
    recognised: bool = False
    rated: bool = False
    rating_sufficient: bool = False
    better_than_before: bool = False


def not_attested(attestation: Attestation) -> Objection | None:
    """III.1.a: the head attests that the collective follows policy and law and is united."""
    if attestation.follows_law and attestation.is_united:
        return None
    return Objection("not_attested", {}, "III.1.a", Place.REGISTRATION)


def lacks_result(need: ResultNeed, results: Results, *, clause: str, year: int) -> Objection | None:
    """III.1.a, III.4.a: a dossier is ranked on the recorded result that its criterion needs; an index entry must also be published."""
    params = {"need": need.value, "year": year}
    if need is ResultNeed.INDEX and results.index_group is None:
        return Objection("result_missing", params, clause, Place.RANKING)
    if need is ResultNeed.INDEX and not results.index_published:
        return Objection("ranking_not_published", params, "III.4.a", Place.RANKING)
    if need is ResultNeed.RECOGNITION and not results.recognised:
        return Objection("result_missing", params, clause, Place.RESULT)
    if need in {ResultNeed.RATING_PROGRESS, ResultNeed.RATING_PARENT_INDEX} and not results.rated:
        return Objection("result_missing", params, clause, Place.RESULT)
    if need is ResultNeed.RATING_PARENT_INDEX and not results.parent_index_published:
        return Objection("ranking_not_published", params, "III.4.a", Place.RANKING)
    return None


def index_not_excellent(results: Results, *, clause: str, year: int) -> Objection | None:
    """III.1.a-1: published in the excellent group of the CCHC index. The group is taken as published, never recomputed."""
    if results.index_group is None or not results.index_published:
        return lacks_result(ResultNeed.INDEX, results, clause=clause, year=year)
    if results.index_group == EXCELLENT:
        return None
    return Objection("index_not_excellent", {"year": year, "group": results.index_group or ""}, clause, Place.RANKING)


def commune_not_recognised(results: Results, *, clause: str, year: int) -> Objection | None:
    """III.1.a-2: a commune recognised by its district as the most outstanding."""
    return None if results.recognised else Objection("commune_not_recognised", {"year": year}, clause, Place.RESULT)


def rating_too_low(results: Results, *, clause: str, year: int) -> Objection | None:
    """III.1.a-3: rated at least "hoàn thành tốt nhiệm vụ" by its superior."""
    return None if results.rated and results.rating_sufficient else Objection("rating_too_low", {"year": year}, clause, Place.RESULT)


def no_progress(results: Results, *, clause: str, year: int) -> Objection | None:
    """III.1.a-3 and III.3: the reform work of a provincial specialised unit is assessed as better than the year before."""
    return None if results.better_than_before else Objection("no_progress", {"year": year}, clause, Place.RESULT)


def district_not_excellent(results: Results, *, clause: str, year: int) -> Objection | None:
    """III.1.a-3: the district of a Phòng Nội vụ is in the excellent group."""
    if results.parent_index_group is None or not results.parent_index_published:
        return Objection("ranking_not_published", {"need": ResultNeed.INDEX.value, "year": year}, "III.4.a", Place.RANKING)
    if results.parent_index_group == EXCELLENT:
        return None
    return Objection("district_not_excellent", {"year": year, "group": results.parent_index_group or ""}, clause, Place.RANKING)


_MET_BY: dict[ResultNeed, tuple[Callable[..., Objection | None], ...]] = {
    ResultNeed.INDEX: (index_not_excellent,),
    ResultNeed.RECOGNITION: (commune_not_recognised,),
    ResultNeed.RATING_PROGRESS: (rating_too_low, no_progress),
    ResultNeed.RATING_PARENT_INDEX: (rating_too_low, district_not_excellent),
}


def criterion_failures(need: ResultNeed, results: Results, *, clause: str, year: int) -> list[Objection]:
    """Everything that keeps a collective from its criterion (III.1.a), for the year that the ruling names."""
    found = [rule(results, clause=clause, year=year) for rule in _MET_BY[need]]
    return [objection for objection in found if objection]


def criterion_answer(need: ResultNeed, results: Results, *, year: int) -> bool | None:
    """Whether a collective meets its criterion (III.1.a); None while what the criterion rests on is not on record for the year."""
    if lacks_result(need, results, clause="", year=year) is not None:
        return None
    return not criterion_failures(need, results, clause="", year=year)


def individual_ineligible(name: str, *, rating_sufficient: bool, reform_excellent: bool) -> Objection | None:
    """III.1.b: yearly rating at least "hoàn thành tốt nhiệm vụ" and attested excellent reform work."""
    if rating_sufficient and reform_excellent:
        return None
    return Objection("individual_ineligible", {"name": name}, "III.1.b", Place.NOMINEES)


def year_not_ruled(ruled: bool) -> Objection | None:
    """III.1.a names one index year, III.3 and III.4.a another: selection waits for home affairs' recorded ruling."""
    return None if ruled else Objection("year_not_ruled", {}, "III.3", Place.RULING)


def ranking_not_announced(announced: bool, year: int) -> Objection | None:
    """III.4.a: bodies are selected after the province has announced the ranking."""
    return None if announced else Objection("ranking_not_announced", {"year": year}, "III.4.a", Place.RANKING)

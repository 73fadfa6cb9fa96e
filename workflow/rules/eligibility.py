"""Whether the papers, the session and the entries that a step rests on are there (II.2, III.4.c, procedure). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.vocabulary import NomineeWarning
from workflow.rules.objection import Objection, Place


def unit_not_eligible(eligible: bool, name: str) -> Objection | None:
    """II.2.a: only the bodies that the plan names take part."""
    return None if eligible else Objection("unit_not_eligible", {"unit": name}, "II.2.a")


def unit_ended(ended_on: date | None, name: str) -> Objection | None:
    """The law has ended the unit: it fills in no form and changes no more."""
    return Objection("unit_ended", {"unit": name, "day": f"{ended_on:%d/%m/%Y}"}) if ended_on else None


def document_missing(kind: str, label: str, missing_for: Sequence[str]) -> Objection | None:
    """III.4.c: the set holds tờ trình, biên bản and a report of each nominee; `missing_for` names who has none."""
    if not missing_for:
        return None
    return Objection("document_missing", {"kind": kind, "label": label, "for": list(missing_for)}, "III.4.c", Place.DOCUMENTS)


def person_key(full_name: str, workplace: str) -> tuple[str, str]:
    """By what a person is known: the plan asks for no number, so name and workplace, capitals aside."""
    return full_name.casefold(), workplace.casefold()


def nominee_warnings(*, registered: bool, civil_servant: bool, assigned: bool) -> list[NomineeWarning]:
    """II.2.b: individuals are registered cán bộ, công chức who were given reform work. Who is not may stand, with a confirmed warning."""
    answers = {
        NomineeWarning.NOT_REGISTERED: registered,
        NomineeWarning.NOT_CIVIL_SERVANT: civil_servant,
        NomineeWarning.NOT_ASSIGNED: assigned,
    }
    return [warning for warning, fine in answers.items() if not fine]


def warnings_unconfirmed(name: str, warnings: Sequence[NomineeWarning]) -> Objection | None:
    """II.2.b: the appraiser has confirmed every warning about a person before the council decides on them."""
    if not warnings:
        return None
    return Objection("warnings_unconfirmed", {"name": name, "warnings": [w.value for w in warnings]}, "II.2.b", Place.APPRAISAL)


def answer_not_given(label: str, clause: str, missing_for: Sequence[str]) -> Objection | None:
    """III.1: what the record does not answer by itself, the unit answers for each nominee; `missing_for` names who lacks a yes."""
    if not missing_for:
        return None
    return Objection("answer_not_given", {"label": label, "for": list(missing_for)}, clause, Place.NOMINEES)


def session_not_held(*, held: bool, present: int, quorum: int, has_minutes: bool) -> list[Objection]:
    """Procedure: the council decides in a session with quorum and numbered minutes."""
    if not held:
        return [Objection("no_session", {}, place=Place.COUNCIL)]
    found = []
    if present < quorum:
        found.append(Objection("no_quorum", {"present": present, "quorum": quorum}, place=Place.COUNCIL))
    if not has_minutes:
        found.append(Objection("no_minutes", {}, place=Place.COUNCIL))
    return found


def votes_missing(missing_for: Sequence[str]) -> Objection | None:
    """Procedure: the session has a result for every nominee."""
    return Objection("votes_missing", {"for": list(missing_for)}, place=Place.COUNCIL) if missing_for else None


def nobody_recommended(recommended: int) -> Objection | None:
    """Procedure: a dossier is reviewed when the council recommends at least one nominee; otherwise it is declined."""
    return None if recommended else Objection("nobody_recommended", {}, place=Place.COUNCIL)


def somebody_recommended(recommended: int) -> Objection | None:
    """Procedure: a dossier with a recommended nominee is not declined."""
    return Objection("somebody_recommended", {"recommended": recommended}, place=Place.COUNCIL) if recommended else None


def nobody_awarded(awarded: int) -> Objection | None:
    """III.3: a dossier is awarded when at least one nominee is; otherwise the refusal is recorded."""
    return None if awarded else Objection("nobody_awarded", {}, "III.3")


def awarded_unknown(unknown: int) -> Objection | None:
    """III.3: certificates go to nominees whom the council recommended, of this dossier."""
    return Objection("awarded_unknown", {"unknown": unknown}, "III.3") if unknown else None


def answer_missing(field: str) -> Objection:
    """Procedure: a step is recorded with everything that its form asks for."""
    return Objection("answer_missing", {"field": field})


def received_out_of_range(received_on: date | None, opened_on: date, today: date) -> Objection | None:
    """II.3: a paper form came in between the opening of the campaign and today."""
    if received_on is None or opened_on <= received_on <= today:
        return None
    params = {"day": f"{received_on:%d/%m/%Y}", "opened": f"{opened_on:%d/%m/%Y}"}
    return Objection("received_out_of_range", params, "II.3", Place.REGISTRATION)


def date_in_future(field: str) -> Objection:
    """Procedure: a document that a step rests on is dated today or earlier."""
    return Objection("date_in_future", {"field": field})

"""What a rule answers when something stands against a step. Wording, quotation and link are made at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Place(StrEnum):
    """The page that mends an objection."""

    DOSSIER = "dossier"
    REGISTRATION = "registration"
    RANKING = "ranking"
    RULING = "ruling"
    RESULT = "result"
    NOMINEES = "nominees"
    APPRAISAL = "appraisal"
    DOCUMENTS = "documents"
    EXTENSION = "extension"
    COUNCIL = "council"
    SIGN_OFF = "sign_off"


PROCEDURE = "procedure"
"""Basis of a rule that the plan does not state: "quy trình"."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why a step is not possible: its code, the values to say it with, its basis and where it is mended.

    `basis` is a clause of the plan ("III.4.a"), the code of another legal basis in the campaign's data, or PROCEDURE.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    basis: str = PROCEDURE
    place: Place | None = None

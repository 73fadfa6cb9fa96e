"""How a campaign words the papers that are drafted in it: what each rests on, and the texts that are the campaign's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.plan_reader import Reader
from models.vocabulary import PaperKind


@dataclass(frozen=True, slots=True)
class PaperPart:
    """A part of a report's form: its heading, and the lines under it for the author to fill in."""

    heading: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A kind of paper in one campaign. `bases` are codes of the plan's legal bases, whose validity is the template's own."""

    kind: PaperKind
    bases: tuple[str, ...] = ()
    council: str = ""
    parts: tuple[PaperPart, ...] = ()
    recipients: tuple[str, ...] = ()


def read_papers(source: Reader, legal_bases: Sequence[str]) -> dict[PaperKind, PaperRule]:
    """The table [[papers]]; a plan from before there was one has none."""
    rows = source.rows("papers") if "papers" in source.data else []
    rules = [_rule(row, legal_bases) for row in rows]
    source.twice("papers", [rule.kind.value for rule in rules])
    return {rule.kind: rule for rule in rules}


def _rule(row: Reader, legal_bases: Sequence[str]) -> PaperRule:
    return PaperRule(
        PaperKind(row.choice("code", [kind.value for kind in PaperKind]) or PaperKind.PROPOSAL_LETTER),
        row.lines("bases", among=legal_bases),
        row.text("council", ""),
        tuple(PaperPart(part.text("heading"), _optional(part, "lines")) for part in (row.rows("parts") if "parts" in row.data else [])),
        _optional(row, "recipients"),
    )


def _optional(row: Reader, key: str) -> tuple[str, ...]:
    return row.lines(key) if key in row.data else ()

"""What a figure of the year-end review is: a name for some rows of a list. The figure is how many there are, so the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import median

from documents.tables import Column
from models.text import clean
from reports.rollup_tables import Value

DAY = "day"
"""Under which name a stored cell keeps a day."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by its name. `part_of` names the one that it is a part of."""

    code: str
    label: str
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a list is about: its columns, and the figures that count its rows."""

    code: str
    title: str
    columns: tuple[Column, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: what it says, which figures count it, where its own page is ("dossier:12"), and by what it can be narrowed.

    `days` is how long the step that the row tells of had taken.
    """

    cells: tuple[Value, ...]
    figures: frozenset[str]
    place: str = ""
    kind: str = ""
    district: str = ""
    week: str = ""
    nominee: str = ""
    days: int | None = None

    def as_data(self) -> list[object]:
        """The row as a frozen report keeps it."""
        cells = [
            {DAY: cell.isoformat()} if isinstance(cell, date) else clean(cell) if isinstance(cell, str) else cell for cell in self.cells
        ]
        return [cells, sorted(self.figures), self.place, self.kind, self.district, self.week, self.nominee, self.days]

    @classmethod
    def from_data(cls, data: list[object]) -> Row:
        """The row as it was kept."""
        cells, figures, *rest = data
        read = (date.fromisoformat(cell[DAY]) if isinstance(cell, dict) else cell for cell in cells)  # type: ignore[attr-defined]
        return cls(tuple(read), frozenset(figures), *rest)  # type: ignore[call-overload, arg-type]


@dataclass(frozen=True, slots=True)
class Scope:
    """To what a figure is narrowed: a kind of unit, a district, a week, collectives or individuals; empty narrows nothing."""

    kind: str = ""
    district: str = ""
    week: str = ""
    nominee: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """The scope as an address says it."""
        found = {"kind": self.kind, "district": self.district, "week": self.week, "nominee": self.nominee}
        return {name: value for name, value in found.items() if value}

    def holds(self, row: Row) -> bool:
        """Whether a row is within it."""
        wanted = (self.kind, row.kind), (self.district, row.district), (self.week, row.week), (self.nominee, row.nominee)
        return all(not value or value == own for value, own in wanted)


EVERYTHING = Scope()


class Figures:
    """The figures of one campaign: the rows of its lists, by subject."""

    rows: Mapping[str, tuple[Row, ...]]

    @cached_property
    def _counted(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for rows in self.rows.values():
            for row in rows:
                for code in row.figures:
                    found.setdefault(code, []).append(row)
        return found

    def list_of(self, code: str, scope: Scope = EVERYTHING) -> list[Row]:
        """The rows that a figure counts."""
        rows = self._counted.get(code, [])
        return rows[:] if scope == EVERYTHING else [row for row in rows if scope.holds(row)]

    def count(self, code: str, scope: Scope = EVERYTHING) -> int:
        """The figure itself."""
        return len(self.list_of(code, scope))

    def days(self, code: str) -> str:
        """The median number of days that the acts of a figure took, as it is written: "7", "12,5"; empty when none is known."""
        known = [row.days for row in self.list_of(code) if row.days is not None]
        return f"{median(known):.1f}".replace(".", ",").removesuffix(",0") if known else ""

    def weeks(self, codes: Iterable[str]) -> list[str]:
        """The weeks in which some figures have anything, by their Mondays."""
        return sorted({row.week for code in codes for row in self.list_of(code)})


def week_of(day: date) -> str:
    """The week of a day, by its Monday."""
    return (day - timedelta(days=day.weekday())).isoformat()


def dotted(number: int) -> str:
    """A number as Vietnamese papers print it: "2.138"."""
    return f"{number:,}".replace(",", ".")


def share(part: int, whole: int) -> str:
    """A part in per cent: "97,5%"; empty when there is no whole."""
    return f"{100 * part / whole:.1f}".replace(".", ",").removesuffix(",0") + "%" if whole else ""

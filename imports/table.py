"""The table in a sheet: its heading row, found by names without marks, case or spacing; its rows, with only the columns asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from imports.faults import Fault
from imports.guard import LIMITS, Limits
from imports.sheets import BLANK, Cell, CellKind, FileUnreadable, cell_of, reading, reading_once
from models.text import clean, folded

HEAD_ROWS = 15
"""The headings stand in one of the first rows that are not blank."""
LOOKED_ON = 2_000
"""Rows of further sheets that are looked at for more headings."""
EXAMPLE = "vi du"
"""How the example row of our own templates begins; it is left out."""


class Heading(Protocol):
    """A column to look for."""

    @property
    def key(self) -> str:
        """By which its cells are kept."""

    @property
    def heading(self) -> str:
        """How it is called."""

    @property
    def names(self) -> frozenset[str]:
        """Everything it may be called, ready for comparing."""

    @property
    def needed(self) -> bool:
        """Whether a table without it is none."""


@dataclass(slots=True)
class Table:
    """The rows under the headings of one sheet: line number and cells by key; and which further sheets have such headings too."""

    heading_line: int
    columns: dict[str, int]
    sheet: str = ""
    rows: list[tuple[int, dict[str, Cell]]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def present(self) -> Collection[str]:
        """Keys of the columns that the sheet has."""
        return self.columns.keys()

    def take(self, line: int, cells: Sequence[Cell]) -> None:
        """Keep one row, unless it is blank, our template's example, or numbers the columns."""
        shown = [cell for cell in cells if cell.kind is not CellKind.BLANK]
        if not shown or folded(shown[0].text).startswith(EXAMPLE) or (not self.rows and _numbers_columns(shown)):
            return
        picked = {key: cells[at] if at < len(cells) else BLANK for key, at in self.columns.items()}
        if any(cell.kind is not CellKind.BLANK for key, cell in picked.items() if key != "number"):
            self.rows.append((line, picked))


def heading_key(text: str) -> str:
    """A heading for comparing: without marks, case, spaces, punctuation and what stands in brackets."""
    return re.sub(r"[^a-z0-9]", "", folded(re.sub(r"\([^)]*\)", " ", text)))


def read_table(
    path: Path, wanted: Sequence[Heading], limits: Limits = LIMITS, progress: Callable[[], object] | None = None, rows: Path | None = None
) -> Table:
    """The table of the first sheet that has the needed headings and a row below them. `rows`: where what was read is kept.

    Raises FileUnreadable with what is missing, or why nothing can be read. What goes wrong on later sheets is no matter.
    """
    finder = _Finder(wanted)
    try:
        with reading_once(path, rows) if rows else reading(path, limits) as lines:
            for line in lines:
                if isinstance(line, list):
                    finder.row(int(line[0]), line[1])
                    if progress and finder.filling:
                        progress()
                elif "sheet" in line:
                    finder.next_sheet(line["sheet"])
                else:
                    finder.beyond(Fault(0, "", line.pop("fault"), line))
                if finder.looked_on > LOOKED_ON:
                    break
    except FileUnreadable:
        if finder.table is None or finder.filling:
            raise
    table = finder.table
    if table is None:
        raise FileUnreadable(finder.missing())
    if not table.rows:
        raise FileUnreadable(Fault(0, "", "no_data", {"line": table.heading_line}))
    return table


class _Finder:
    """Goes through the rows of the sheets until it has the headings, keeps what stands below them, and looks for them on further sheets."""

    def __init__(self, wanted: Sequence[Heading]) -> None:
        self.wanted = wanted
        self.table: Table | None = None
        self.current: Table | None = None
        self.sheet = ""
        self.best: tuple[int, int, list[Heading]] = (0, 0, [])
        self.fault: Fault | None = None
        self.seen = 0
        self.looked_on = 0
        self.any_row = False
        self.above: tuple[int, list[str]] = (0, [])

    @property
    def filling(self) -> bool:
        """Whether the rows that come now belong to the table."""
        return self.table is not None and self.current is self.table

    def next_sheet(self, name: str) -> None:
        """Begin another sheet."""
        self.sheet, self.current = name, None
        self.seen, self.above = 0, (0, [])

    def row(self, line: int, values: Sequence[Any]) -> None:
        """Take the next row of the sheet."""
        self.any_row = True
        if self.table is not None and self.current is not self.table:
            self.looked_on += 1
        if self.current is not None:
            self._take(line, values)
            return
        if self.seen > HEAD_ROWS:
            return
        self.seen += 1
        keys = [heading_key(cell_of(value).text) for value in values]
        above_line, above = self.above
        self.above = (line, keys)
        if self.seen <= HEAD_ROWS and self._try(line, [{key} for key in keys]):
            return
        if line == above_line + 1 and any(column.names & set(above) for column in self.wanted):
            both = [{row[at] for row in (above, keys) if at < len(row)} for at in range(max(len(keys), len(above)))]
            self._try(line, both)

    def beyond(self, fault: Fault) -> None:
        """The sheet goes beyond the limits."""
        if self.filling:
            raise FileUnreadable(fault)
        self.fault = self.fault or fault

    def _take(self, line: int, values: Sequence[Any]) -> None:
        """Keep a row of the table; one of another sheet's only tells that the sheet has some."""
        if self.current is None or self.table is None or self.sheet in self.table.others:
            return
        self.current.take(line, [cell_of(value) for value in values])
        if self.current is not self.table and self.current.rows:
            self.table.others.append(self.sheet)

    def missing(self) -> Fault:
        """Why no table was found."""
        found, line, lacking = self.best
        if self.fault is not None and not found:
            return self.fault
        if not self.any_row:
            return Fault(0, "", "no_rows")
        if found < 2:
            return Fault(0, "", "no_headings", {"columns": ", ".join(column.heading for column in self.wanted if column.needed)})
        return Fault(0, "", "columns_missing", {"line": line, "columns": ", ".join(column.heading for column in lacking)})

    def _try(self, line: int, keys: Sequence[set[str]]) -> bool:
        """See whether a row (or two rows read together, as merged headings stand) has all the needed headings."""
        places = {column.key: [at for at, names in enumerate(keys) if names & column.names] for column in self.wanted}
        lacking = [column for column in self.wanted if column.needed and not places[column.key]]
        found = sum(column.needed for column in self.wanted) - len(lacking)
        if found > self.best[0]:
            self.best = (found, line, lacking)
        if lacking:
            return False
        another = self.table is not None and bool(self.table.rows)
        for column in self.wanted:
            at = places[column.key]
            if len(at) > 1 and not another:
                params = {"line": line, "column": column.heading, "first": letter(at[0]), "second": letter(at[1])}
                raise FileUnreadable(Fault(0, "", "heading_twice", params))
        self.current = Table(line, {key: at[0] for key, at in places.items() if at}, self.sheet)
        self.table = self.table if another else self.current
        return True


def letter(at: int) -> str:
    """The letter of a column, as a sheet names it."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3) or 1 2 3, as official forms do under their headings."""
    texts = [clean(cell.text).strip("()") for cell in cells]
    return len(texts) > 2 and texts == [str(number) for number in range(1, len(texts) + 1)]

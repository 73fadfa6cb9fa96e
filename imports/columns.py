"""Columns of the spreadsheets: how each is called, and how its cells are read into values. A cell that cannot be read raises Wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imports.faults import Wrong
from imports.sheets import Cell, CellKind
from imports.table import heading_key
from models.text import folded

Reader = Callable[[Cell], Any]
SHORT = 200
NUMBER = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?\s*(%?)")
DATE = re.compile(r"(?:ngay\s*)?([0-9]{1,2})\s*(?:[/.-]|thang)\s*([0-9]{1,2})\s*(?:[/.-]|nam)\s*([0-9]{4})")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
YES = {"co", "x", "yes", "true", "dung", "1", "roi", "co tien bo", "co cam ket"}
NO = {"khong", "no", "false", "sai", "0", "chua", "khong tien bo", "khong co tien bo"}
YEARS = range(2000, 2201)
EARLIEST = 1900


@dataclass(frozen=True)
class Column:
    """One column: its key, its heading, other names it goes by, and how its cells are read.

    `needed`: a table without this heading is not ours. `required`: an empty cell is a fault. `choices` become a drop-down.
    """

    key: str
    heading: str
    read: Reader
    also: Sequence[str] = ()
    needed: bool = True
    required: bool = True
    width: int = 16
    example: str = ""
    hint: str = ""
    choices: Sequence[str] = ()
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Make the names ready for comparing."""
        object.__setattr__(self, "names", frozenset(heading_key(name) for name in (self.heading, *self.also)))

    def value(self, cell: Cell) -> Any:
        """The value of a cell, None for an empty one that may be empty. Raises Wrong."""
        if cell.kind is CellKind.ERROR:
            raise Wrong("sheet_error", value=cell.text)
        if cell.kind is CellKind.FORMULA:
            raise Wrong("not_calculated")
        if cell.kind is CellKind.BLANK:
            if self.required:
                raise Wrong("blank")
            return None
        return self.read(cell)


def number_column() -> Column:
    """STT: looked for so that pre-numbered empty rows count as empty; its cells mean nothing."""
    return Column("number", "STT", lambda cell: cell.text, also=("TT", "Số TT", "Số thứ tự"), needed=False, required=False, width=8)


def text(limit: int = SHORT) -> Reader:
    """Text of at most so many characters."""

    def read(cell: Cell) -> str:
        if cell.kind is CellKind.DAY:
            raise Wrong("date_not_text", value=cell.shown)
        if len(cell.text) > limit:
            raise Wrong("too_long", length=len(cell.text), limit=limit)
        return cell.text

    return read


def score(cell: Cell) -> str:
    """A score from 0 to 100, with comma or point; given back with a comma and as many decimals as were written."""
    sign, whole, decimals = _number(cell)
    shown = f"{int(whole)},{decimals}" if decimals else str(int(whole))
    if sign == "-" or float(shown.replace(",", ".")) > 100:
        raise Wrong("score_range", value=cell.shown)
    if len(shown) > 12:
        raise Wrong("score_digits", value=cell.shown)
    return shown


def rank(cell: Cell) -> int:
    """A rank: a whole number from 1."""
    sign, whole, decimals = _number(cell)
    if decimals.strip("0"):
        raise Wrong("not_whole", value=cell.shown)
    found = int(whole[:7]) if sign != "-" else 0
    if not 0 < found < 1_000_000:
        raise Wrong("not_a_rank", value=cell.shown)
    return found


def year(cell: Cell) -> int:
    """A year in four digits."""
    if not re.fullmatch(r"[0-9]{4}", cell.text) or int(cell.text) not in YEARS:
        raise Wrong("not_a_year", value=cell.shown)
    return int(cell.text)


def day(*, latest: date | None = None, earliest_year: int = YEARS[0]) -> Reader:
    """A date: a real one, dd/mm/yyyy, "ngày 31 tháng 3 năm 2021" or ISO; not after `latest`."""

    def read(cell: Cell) -> date:
        folded_text = folded(cell.text)
        parts = DATE.fullmatch(folded_text)
        iso = ISO_DATE.fullmatch(folded_text)
        if cell.kind is CellKind.NUMBER or not (parts or iso):
            raise Wrong("not_a_date", value=cell.shown)
        numbers = [int(part) for part in (parts.groups()[::-1] if parts else iso.groups() if iso else ())]
        try:
            found = date(*numbers)
        except ValueError:
            raise Wrong("no_such_day", value=cell.shown) from None
        if not earliest_year <= found.year <= YEARS[-1]:
            raise Wrong("not_a_date", value=cell.shown)
        if latest is not None and found > latest:
            raise Wrong("date_ahead", value=cell.shown)
        return found

    return read


def choice(words: Mapping[str, str], noun: str = "") -> Reader:
    """One of some words (code → label), by label, code or the label's initials ("HTTNV"); `noun` may stand before it ("nhóm xuất sắc")."""
    known: dict[str, str] = {}
    for code, label in words.items():
        keys = [heading_key(label), heading_key(code), heading_key(f"{noun} {label}")]
        initials = "".join(word[0] for word in folded(label).split())
        known |= {key: code for key in [*keys, initials] if len(key) > 1 and key not in known}

    def read(cell: Cell) -> str:
        found = known.get(heading_key(cell.text))
        if found is None:
            raise Wrong("not_a_choice", value=_short(cell.shown), choices=", ".join(words.values()))
        return found

    return read


def yes_or_no(cell: Cell) -> bool:
    """Có or không."""
    said = folded(cell.text)
    if said not in YES | NO:
        raise Wrong("not_yes_or_no", value=_short(cell.shown))
    return said in YES


def code(cell: Cell) -> str:
    """A unit's code: ASCII letters, digits and hyphens."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", cell.text):
        raise Wrong("not_a_code", value=_short(cell.shown))
    return cell.text


def _number(cell: Cell) -> tuple[str, str, str]:
    """Sign, whole part and decimals as written."""
    match = NUMBER.fullmatch(cell.text)
    if match is None or cell.kind is CellKind.DAY or cell.kind is CellKind.FLAG:
        raise Wrong("not_a_number", value=_short(cell.shown))
    return match[1], match[2], match[3] or ""


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"

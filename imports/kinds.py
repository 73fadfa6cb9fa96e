"""What the kinds of spreadsheet share: the setting they are read in, their rows, and the steps from a table to saved rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from audit.actions import Action as Recorded
from imports.columns import Column, text
from imports.faults import Fault, RowRefused, Wrong
from imports.sheets import Cell
from imports.units_by_name import UnitNames
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.localtime import local_day
from models.people import Actor
from models.text import N_
from workflow.acts import ActRefused
from workflow.machine import StepRefused
from workflow.policy import Action, may

T = TypeVar("T")


def untracked(items: Sequence[T], _label: str) -> Iterator[T]:
    """Go through items without telling anybody how far one is."""
    return iter(items)


@dataclass
class Setting:
    """What a table is read against: the campaign, the moment, who acts for a unit, the index year, the name of the file.

    `track` goes through items and shows how far it is; built anew inside the transaction that saves, so that it rests on rows read there.
    """

    campaign: Campaign | None
    at: datetime
    actor_for: Callable[[CampaignUnit | None], Actor]
    year: int = 0
    file_name: str = ""
    track: Callable[[Sequence[Any], str], Iterable[Any]] = untracked

    @property
    def opened(self) -> Campaign:
        """The campaign, for the kinds that need one."""
        if self.campaign is None:
            raise LookupError("this kind of sheet belongs to a campaign")
        return self.campaign

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return local_day(self.at)

    @cached_property
    def names(self) -> UnitNames:
        """The campaign's units by name."""
        return UnitNames.of(self.opened)


@dataclass(slots=True)
class Row:
    """One row: its cells as they came, the values read from them, what is wrong, and the unit that it names."""

    line: int
    cells: Mapping[str, Cell]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unit: CampaignUnit | None = None

    def wrong(self, column: str, code: str, **params: object) -> None:
        """Note a fault in one of the row's cells."""
        self.faults.append(Fault(self.line, column, code, params))


@dataclass(frozen=True, slots=True)
class Item:
    """What is saved together: the lines of the file that it comes from, and its value."""

    lines: tuple[int, ...]
    value: Any


class Kind(ABC):
    """One kind of spreadsheet: its words, who may import it, its columns, and what becomes of its rows."""

    code: str
    label: str
    hint: str
    permission: Action
    recorded: Recorded
    superseded_by: Recorded | None = None
    """An act after which the same file may be imported again: it replaces what the file brought."""
    unit_fault = ""
    """The fault of a unit that this kind does not take."""
    needs_campaign = True
    has_year = False

    @abstractmethod
    def columns(self, setting: Setting) -> list[Column]:
        """The columns, in the order of the template."""

    @abstractmethod
    def judge(self, rows: Sequence[Row], setting: Setting) -> tuple[list[Item], list[Fault]]:
        """Compare rows with each other and with the units: faults go to their rows. Gives what can be saved, and what is worth a look."""

    @abstractmethod
    def save(self, items: Sequence[Item], setting: Setting) -> list[Fault]:
        """Save items in the caller's transaction. Gives back why some were refused. Raises ActRefused when the whole is."""

    def offered(self, setting: Setting) -> list[CampaignUnit]:
        """The units that a template offers in its drop-down."""
        if not self.unit_fault or setting.campaign is None:
            return []
        living = [unit for unit in setting.names.units.values() if unit.ended_on is None and self.accepts(unit, setting)]
        theirs = [unit for unit in living if may(setting.actor_for(unit), self.permission, unit)]
        return sorted(theirs, key=lambda unit: (unit.compiled_by_id or 0, unit.sort_key))

    def accepts(self, unit: CampaignUnit, setting: Setting) -> bool:
        """Whether this kind takes a unit."""
        return True

    def find_unit(self, row: Row, setting: Setting, heading: str) -> CampaignUnit | None:
        """The unit that a row names; whatever is wrong with the name goes to the row."""
        name = row.values.get("unit")
        if not name or "district_fault" in row.values:
            return None
        try:
            unit = setting.names.find(name, row.values.get("district") or "")
        except Wrong as wrong:
            row.wrong(DISTRICT if wrong.code == "district_unknown" else heading, wrong.code, **wrong.params)
            return None
        if not self.accepts(unit, setting):
            row.wrong(heading, self.unit_fault, unit=unit.long_name)
            return None
        if not may(setting.actor_for(unit), self.permission, unit):
            row.wrong(heading, "unit_not_yours", unit=unit.long_name)
            return None
        row.unit = unit
        return unit


class RowByRow(Kind):
    """A kind whose rows stand for themselves: one may be refused and the others saved."""

    @abstractmethod
    def save_item(self, item: Item, setting: Setting) -> None:
        """Save one item. Raises ActRefused, StepRefused or RowRefused."""

    def save(self, items: Sequence[Item], setting: Setting) -> list[Fault]:
        """Save items one by one; a refused one leaves nothing behind."""
        refused = []
        for item in setting.track(items, N_("Lưu")):
            try:
                with db.session.begin_nested():
                    self.save_item(item, setting)
            except (ActRefused, StepRefused) as refusal:
                refused.append(Fault(item.lines[0], "", "row_refused", {}, tuple(refusal.objections)))
            except RowRefused as refusal:
                refused.append(Fault(item.lines[0], "", refusal.code, refusal.params))
        return refused


DISTRICT = "Huyện, thành phố"


def district_column() -> Column:
    """The district in which a commune lies; names repeat."""
    also = ("Huyện", "Thuộc huyện", "Cấp huyện", "Huyện/thành phố", "Huyện/TP", "Huyện, TP", "Thuộc huyện, thành phố", "Địa bàn")
    return Column("district", DISTRICT, text(), also, needed=False, required=False, width=22)


def read_rows(columns: Sequence[Column], table_rows: Sequence[tuple[int, Mapping[str, Cell]]], setting: Setting) -> list[Row]:
    """The rows of a table with the values of their cells; what cannot be read is noted in the row."""
    rows = []
    for line, cells in setting.track(table_rows, N_("Kiểm tra")):
        row = Row(line, cells)
        for column in columns:
            cell = cells.get(column.key)
            if cell is None:
                continue
            try:
                row.values[column.key] = column.value(cell)
            except Wrong as wrong:
                row.wrong(column.heading, wrong.code, **wrong.params)
                if column.key == "district":
                    row.values["district_fault"] = True
        rows.append(row)
    return rows

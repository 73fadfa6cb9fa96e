"""The list of units as a spreadsheet with Vietnamese headings; saved by the same road as data/units.csv."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from audit.actions import Action as Recorded
from imports import columns as read
from imports import data_files
from imports.columns import EARLIEST, Column, number_column
from imports.data_files import UNIT_COLUMNS, FileRefused
from imports.faults import Fault
from imports.kinds import Item, Kind, Row, Setting
from models.campaigns import Campaign
from models.db import db
from models.text import N_
from models.units import Unit
from workflow.policy import Action

CODE, NAME, OFFICIAL, KIND, PARENT = "Mã", "Tên", "Tên chính thức", "Loại", "Mã đơn vị cấp trên"
START, END, ALIASES, SOURCE = "Hiệu lực từ", "Hiệu lực đến", "Tên gọi khác", "Nguồn"


class UnitSheet(Kind):
    """Danh mục đơn vị."""

    code = "units"
    label = N_("Danh mục đơn vị")
    hint = N_("Đơn vị mới được thêm, đơn vị đã có (cùng mã) được cập nhật. Đợt thi đua đã mở giữ danh mục của ngày mở.")
    permission = Action.UNITS_LOAD
    recorded = Recorded.IMPORT_UNITS
    superseded_by = Recorded.UNITS_LOAD
    needs_campaign = False

    def columns(self, setting: Setting) -> list[Column]:
        """The columns of data/units.csv in the officers' words. The kinds are those of every plan that was loaded, opened or not."""
        plans = [campaign.plan for campaign in db.session.scalars(select(Campaign).order_by(Campaign.year))]
        kinds = {kind.code: kind.label for plan in plans for kind in plan.kinds.values()}
        day = read.day(earliest_year=EARLIEST)
        return [
            number_column(),
            Column("code", CODE, read.code, ("Mã đơn vị",), width=14, example="STP"),
            Column("name", NAME, read.text(200), ("Tên đơn vị",), width=36, example="Sở Tư pháp"),
            Column("official_name", OFFICIAL, read.text(300), ("Tên đầy đủ",), width=48, example="Sở Tư pháp tỉnh Kiên Giang"),
            Column(
                "kind",
                KIND,
                read.choice(kinds) if kinds else read.code,
                ("Loại đơn vị",),
                width=26,
                example=next(iter(kinds.values()), "provincial_agency"),
                choices=tuple(kinds.values()),
            ),
            Column("parent", PARENT, read.code, ("Mã cấp trên", "Cấp trên"), needed=False, required=False, example="KG"),
            Column("valid_from", START, day, ("Từ ngày",), needed=False, required=False, hint="Dạng 31/03/2021"),
            Column("valid_to", END, day, ("Đến ngày",), needed=False, required=False, hint="Dạng 31/03/2021"),
            Column("aliases", ALIASES, read.text(2000), ("Tên khác", "Bí danh"), needed=False, required=False, width=36, example="Sở TP"),
            Column("source", SOURCE, read.text(400), ("Căn cứ",), needed=False, required=False, width=36),
        ]

    def judge(self, rows: Sequence[Row], setting: Setting) -> tuple[list[Item], list[Fault]]:
        """A code stands once; a parent is in the list or in the file; the end comes after the beginning."""
        known = set(db.session.scalars(select(Unit.code)))
        lines: dict[str, Row] = {}
        for row in rows:
            code, start, end = (row.values.get(key) for key in ("code", "valid_from", "valid_to"))
            if code and lines.setdefault(code, row) is not row:
                row.wrong(CODE, "code_twice", value=code, line=lines[code].line)
            if start and end and end <= start:
                row.wrong(END, "ends_before_start", value=row.cells["valid_to"].shown)
        for row in rows:
            parent = row.values.get("parent")
            if parent and parent == row.values.get("code"):
                row.wrong(PARENT, "parent_self")
            elif parent and parent not in known and parent not in lines:
                row.wrong(PARENT, "parent_unknown", value=parent)
        waiting = True
        while waiting:
            waiting = False
            for row in rows:
                above = lines.get(row.values.get("parent") or "")
                if not row.faults and above is not None and above.faults and above.values["code"] not in known:
                    row.wrong(PARENT, "parent_faulty", line=above.line)
                    waiting = True
        return [Item((row.line,), row.values) for row in rows if not row.faults], []

    def save(self, items: Sequence[Item], setting: Setting) -> list[Fault]:
        """Write the rows as the product's own file and load that: one road in."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{Path(setting.file_name).stem or 'units'}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(UNIT_COLUMNS)
                writer.writerows([_field(item, column) for column in UNIT_COLUMNS] for item in setting.track(items, N_("Lưu")))
            try:
                data_files.load_units(path, actor=setting.actor_for(None), at=setting.at)
            except FileRefused as refused:
                return [Fault(0, "", "not_loaded", {"reason": str(fault)}) for fault in refused.faults]
        return []


def _field(item: Item, column: str) -> str:
    value = item.value.get(column)
    if value is None:
        return ""
    if column == "aliases":
        return "|".join(part.strip() for part in str(value).replace(";", "|").split("|") if part.strip())
    return value if isinstance(value, str) else str(value.isoformat())

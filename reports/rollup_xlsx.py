"""RP1 and RP2 as workbooks: the same lists, to sort, filter and print on A4. Texts are written as texts: none is ever a formula.

xlsxwriter is loaded by the functions, not with the module.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from documents.decree30 import FONT
from documents.naming import full_name, lower_first, subject_of
from documents.sheets import BOTTOM, LEFT, RIGHT, TOP
from models.campaigns import CampaignUnit
from models.localtime import local, local_day
from models.text import clean
from notifications.wording import long_day
from reports.figures import Counts
from reports.registrations import DistrictRollup, ProvinceRollup
from reports.rollup_tables import (
    Table,
    Value,
    districts_table,
    kinds_table,
    missing_table,
    people_table,
    text_of,
    units_table,
)

SIZE = 12
UNIT = 2.05
"""Millimetres to one of Excel's units of column width."""

LINE, TITLE_LINE, HIGHEST = 16.5, 21, 409
CHARACTER, TITLE_CHARACTER = 2.15, 3.5
"""Points of height (Excel allows no more than 409) and average millimetres of width: not every program fits rows to their texts."""

INCH = 25.4
A4 = 9
LONGEST = 255
"""Some versions of Excel show a longer text as "####" in a cell whose format is text."""

FIRST = 4
"""Rows above a table: body, title, day, an empty one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the workbook."""

    name: str
    title: str
    table: Table


def district_xlsx(rollup: DistrictRollup, at: datetime) -> bytes:
    """RP1 as a workbook: figures, registered communes, missing ones, individuals."""
    where = f"cấp xã trên địa bàn {lower_first(rollup.unit.name)}"
    subject = subject_of(rollup.unit.campaign.plan)
    sheets = [
        Sheet("Tổng hợp", f"Kết quả đăng ký {subject} của {where}", kinds_table(rollup.kinds, rollup.counts)),
        Sheet("Đã đăng ký", f"Kết quả đăng ký {subject} của {where}", units_table(rollup.registered, with_parent=False)),
        Sheet("Chưa đăng ký", f"Đơn vị {where} chưa đăng ký {subject}", missing_table(rollup.missing, with_parent=False)),
        Sheet("Cá nhân", f"Cá nhân đăng ký {subject} của {where}", people_table(rollup.registered)),
    ]
    return workbook(rollup.unit, sheets, at)


def province_xlsx(rollup: ProvinceRollup, at: datetime) -> bytes:
    """RP2 as a workbook: figures by kind and by district, on time, late, missing, individuals."""
    subject = subject_of(rollup.campaign.plan)
    communes = Counts.of([line for line in rollup.lines if line.unit.compiled_by_id])
    sheets = [Sheet("Theo loại đơn vị", f"Kết quả đăng ký {subject} theo loại đơn vị", kinds_table(rollup.kinds, rollup.counts))]
    if rollup.districts:
        title = f"Kết quả đăng ký {subject} của cấp xã theo huyện, thành phố"
        sheets.append(Sheet("Cấp xã theo huyện", title, districts_table(rollup.districts, communes)))
    sheets += [
        Sheet("Đúng hạn", f"Đơn vị đăng ký {subject} đúng hạn", units_table(rollup.on_time, with_parent=True)),
        Sheet("Trễ hạn", f"Đơn vị đăng ký {subject} trễ hạn", units_table(rollup.late, with_parent=True)),
        Sheet("Chưa đăng ký", f"Đơn vị chưa đăng ký {subject}", missing_table(rollup.missing, with_parent=True)),
        Sheet("Cá nhân", f"Cá nhân đăng ký {subject}", people_table(rollup.registered)),
    ]
    return workbook(rollup.home_affairs, sheets, at)


def workbook(unit: CampaignUnit, sheets: Sequence[Sheet], at: datetime) -> bytes:
    """Sheets of one body as they stand at an instant, each to print on A4; texts are never formulas."""
    import xlsxwriter

    file = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, safe) as book:
        book.set_properties({"title": sheets[0].title, "author": full_name(unit), "created": local(at).replace(tzinfo=None)})
        formats = _formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats, unit, at)
    return file.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": SIZE, "text_wrap": True, "valign": "vcenter"}
    cell = base | {"border": 1}
    return {
        "body": book.add_format(base | {"bold": True, "text_wrap": False}),
        "title": book.add_format(base | {"bold": True, "align": "center", "font_size": SIZE + 2}),
        "day": book.add_format(base | {"italic": True, "align": "center"}),
        "heading": book.add_format(cell | {"bold": True, "align": "center"}),
        "text": book.add_format(cell | {"num_format": "@"}),
        "long": book.add_format(cell),
        "centred": book.add_format(cell | {"num_format": "@", "align": "center"}),
        "number": book.add_format(cell | {"align": "center"}),
        "date": book.add_format(cell | {"num_format": "dd/mm/yyyy", "align": "center"}),
        "total": book.add_format(cell | {"bold": True, "align": "center"}),
    }


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any], unit: CampaignUnit, at: datetime) -> None:
    columns, rows, last = sheet.table.columns, sheet.table.rows, len(sheet.table.columns) - 1
    page.write_string(0, 0, unit.official_name.upper(), formats["body"])
    for row, (text, style) in enumerate([(sheet.title.upper(), "title"), (f"Tính đến {long_day(local_day(at))}", "day")], start=1):
        page.merge_range(row, 0, row, last, "", formats[style])
        page.write_string(row, 0, clean(text), formats[style])
    page.set_row(1, TITLE_LINE * _lines_of(sheet.title, sum(column.width for column in columns), TITLE_CHARACTER))
    for number, column in enumerate(columns):
        page.set_column(number, number, column.width / UNIT)
        page.write_string(FIRST, number, column.heading, formats["heading"])
    page.set_row(FIRST, LINE * max(_lines_of(column.heading, column.width) for column in columns))
    for row, values in enumerate(rows, start=FIRST + 1):
        texts = [(text_of(value) or "", column.width) for value, column in zip(values, columns, strict=True)]
        page.set_row(row, min(HIGHEST, LINE * max(_lines_of(text, width) for text, width in texts)))
        for number, value in enumerate(values):
            _write(page, row, number, value, formats, formats["centred" if columns[number].centred else "text"])
    for number, value in enumerate(sheet.table.total):
        _write(page, FIRST + 1 + len(rows), number, value, formats | {"number": formats["total"]}, formats["total"])
    _set_print(page, sheet, rows=len(rows) + bool(sheet.table.total))


def _set_print(page: Any, sheet: Sheet, *, rows: int) -> None:
    """A4 across, as wide as the page, its heading on every page, page numbers at the foot."""
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=LEFT / INCH, right=RIGHT / INCH, top=TOP / INCH, bottom=BOTTOM / INCH)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST)
    page.set_footer(f'&C&"{FONT}"&{SIZE}&P/&N')
    page.freeze_panes(FIRST + 1, 2)
    page.center_horizontally()
    if sheet.table.rows:
        page.autofilter(FIRST, 0, FIRST + len(sheet.table.rows), len(sheet.table.columns) - 1)
    page.print_area(0, 0, FIRST + rows, len(sheet.table.columns) - 1)


def _write(page: Any, row: int, column: int, value: Value, formats: dict[str, Any], style: Any) -> None:
    if isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001 (a day has no zone)
    elif isinstance(value, int):
        page.write_number(row, column, value, formats["number"])
    else:
        text = "\n".join(clean(line) for line in (value or "").split("\n"))
        page.write_string(row, column, text, style if len(text) <= LONGEST else formats["long"])


def _lines_of(text: str, width: float, character: float = CHARACTER) -> int:
    return sum(max(1, ceil(len(line) * character / width)) for line in text.split("\n"))

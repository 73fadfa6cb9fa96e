"""The empty spreadsheet of each kind to download: headings, drop-downs, an example row that the import leaves out, text cells.

Vietnamese in every language of the pages: the import looks for these very headings and words.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from imports.columns import Column
from imports.kinds import Kind, Setting

ROWS = 1_000
"""Rows that get drop-downs and text cells."""
TITLE_ROW, NOTE_ROW, HEAD_ROW = 0, 1, 3
INLINE_LIST = 255
"""Longest drop-down that a sheet keeps inside its rule; longer ones stand on the list sheet."""
EXAMPLE_MARK = "Ví dụ"
LISTS = "Danh mục"
NOTE = "Không đổi tên cột. Dòng “Ví dụ” được bỏ qua khi nhập; để lại hay xoá đều được."
NOT_STRICT = "Tên không có trong danh sách; vẫn nhập được nếu đúng tên đơn vị."


def blank_sheet(kind: Kind, setting: Setting) -> bytes:
    """A workbook to fill in, with the campaign's own words and the units that the officer may import for."""
    import xlsxwriter

    output = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(output, options) as workbook:
        sheet = workbook.add_worksheet("Nhập liệu")
        lists = workbook.add_worksheet(LISTS)
        styles = _styles(workbook)
        columns = kind.columns(setting)
        sheet.write_string(TITLE_ROW, 0, _title(kind, setting), styles["title"])
        sheet.write_string(NOTE_ROW, 0, NOTE, styles["note"])
        sheet.set_row(HEAD_ROW, 32)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, styles["text"])
            sheet.write_string(HEAD_ROW, at, column.heading, styles["head"])
            example = EXAMPLE_MARK if column.key == "number" else column.example
            sheet.write_string(HEAD_ROW + 1, at, example, styles["example"])
        _rules(sheet, lists, columns, [unit.long_name for unit in kind.offered(setting)], styles)
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
    return output.getvalue()


def _title(kind: Kind, setting: Setting) -> str:
    if kind.has_year:
        return f"{kind.label} năm {setting.year}"
    if kind.needs_campaign:
        return f"{kind.label} – đợt thi đua năm {setting.opened.year}"
    return kind.label


def _styles(workbook: Any) -> dict[str, Any]:
    font = {"font_name": "Times New Roman", "font_size": 12}
    cell = font | {"num_format": "@", "valign": "top"}
    return {
        "title": workbook.add_format(font | {"bold": True, "font_size": 14}),
        "note": workbook.add_format(font | {"italic": True}),
        "head": workbook.add_format(cell | {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E6E6E6", "valign": "vcenter"}),
        "text": workbook.add_format(cell),
        "example": workbook.add_format(cell | {"italic": True, "font_color": "#5A5A5A", "bg_color": "#F5F5F5", "border": 1}),
    }


def _rules(sheet: Any, lists: Any, columns: Sequence[Column], units: Sequence[str], styles: dict[str, Any]) -> None:
    """Drop-downs of words are strict; the one of units only helps: other spellings are taken too."""
    first, last = HEAD_ROW + 2, HEAD_ROW + 1 + ROWS
    used = 0
    for at, column in enumerate(columns):
        names = units if column.key == "unit" and units else column.choices
        rule: dict[str, Any] = {"validate": "any"}
        if names:
            rule = {"validate": "list", "source": list(names), "error_title": column.heading[:32]}
            rule["error_message"] = "Hãy chọn một mục trong danh sách."
            if len(",".join(names)) > INLINE_LIST or any("," in name for name in names):
                lists.write_string(0, used, column.heading, styles["head"])
                lists.set_column(used, used, 48)
                for row, name in enumerate(names, start=1):
                    lists.write_string(row, used, name, styles["text"])
                letter = chr(ord("A") + used)
                rule["source"] = f"='{lists.get_name()}'!${letter}$2:${letter}${len(names) + 1}"
                used += 1
            if column.key == "unit":
                rule |= {"error_type": "warning", "error_message": NOT_STRICT}
        if column.hint:
            rule |= {"input_title": column.heading[:32], "input_message": column.hint[:255]}
        if names or column.hint:
            sheet.data_validation(first, at, last, at, rule)
    if not used:
        lists.hide()

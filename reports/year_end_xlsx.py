"""The annexes of a report as a workbook: all figures, and a sheet for every list that has a row. Texts are texts: none is ever a formula.

Rows are written one after the other and kept on disk, so that memory does not grow with them. xlsxwriter is loaded by the function.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from documents.decree30 import FONT
from documents.naming import subject_of
from documents.sheets import BOTTOM, LEFT, RIGHT, TOP
from models.campaigns import Campaign
from models.localtime import local
from models.text import clean
from models.vocabulary import ReportKind
from notifications.wording import moment_words
from reports.rollup_tables import Value
from reports.rollup_xlsx import A4, INCH, LONGEST, SIZE, UNIT
from reports.year_end import FIGURES, SECTIONS, STEPS, YearEnd
from reports.year_end_docx import list_columns
from reports.year_end_tables import GRIDS

NAME = 31
"""Excel's longest name of a sheet."""

FIRST = 4
"""Rows above a table: what it is, of which report, as of when, an empty one."""

FIGURES_SHEET, TEXTS_SHEET = "Số liệu", "Nhận xét, kiến nghị"


def report_xlsx(report: YearEnd, campaign: Campaign) -> bytes:
    """All figures on the first sheet, each with a link to the sheet of its list; tables by kind, district and week; texts; the lists."""
    import xlsxwriter

    file = io.BytesIO()
    safe = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    head = _head(report, campaign)
    with xlsxwriter.Workbook(file, safe) as book:
        book.set_properties({"title": head[0], "created": local(report.at).replace(tzinfo=None)})
        formats = _formats(book)
        listed = {code: _name(number, report.labels[code]) for number, code in enumerate(_listed(report), start=1)}
        _write_figures(book.add_worksheet(FIGURES_SHEET), report, listed, head, formats)
        for number, make in enumerate(GRIDS, start=1):
            grid = make(report)
            lines = [*grid.lines, *([grid.total] if grid.total else [])]
            rows = ([line.label, *(_number(cell.text) for cell in line.cells)] for line in lines)
            columns = [("", 60.0), *((heading, 32.0) for heading in grid.headings)]
            _write_table(book.add_worksheet(_name(number, grid.title, "B")), [grid.title, *head[1:]], columns, rows, formats)
        texts = [["Nhận xét, đánh giá", report.assessment], ["Kiến nghị, đề xuất", report.proposals]]
        parts = ((title, line) for title, text in texts for line in (text or "Chưa có.").split("\n"))
        _write_table(book.add_worksheet(TEXTS_SHEET), [TEXTS_SHEET, *head[1:]], [("Mục", 50.0), ("Nội dung", 200.0)], parts, formats)
        for code, name in listed.items():
            columns = [(column.heading, column.width) for column in list_columns(report, code)]
            lists = ((number, *row.cells) for number, row in enumerate(report.list_of(code), start=1))
            _write_table(book.add_worksheet(name), [_titled(report, code), *head[1:]], columns, lists, formats)
    return file.getvalue()


def _listed(report: YearEnd) -> list[str]:
    """The figures whose lists have a row, in the order of the report; each once."""
    codes = [code for section in SECTIONS for code in section.figures] + list(STEPS)
    return [code for code in dict.fromkeys([*codes, *FIGURES]) if code in report.labels and report.count(code)]


def _head(report: YearEnd, campaign: Campaign) -> list[str]:
    kind = "Báo cáo tổng kết" if report.kind is ReportKind.CLOSING else "Báo cáo cuối năm"
    frozen = f"Số liệu chốt lần {report.number}, {report.officer}, lúc" if report.number else "Số liệu tại thời điểm"
    return [
        f"{kind}: {subject_of(campaign.plan)}",
        f"{kind} năm {report.year}. {frozen} {moment_words(report.at)}",
        f"Mã nhật ký: {report.journal_code}",
    ]


def _write_figures(page: Any, report: YearEnd, listed: dict[str, str], head: Sequence[str], formats: dict[str, Any]) -> None:
    widths = [120.0, 32.0, 32.0, 60.0]
    headings = ["Số liệu", "Số lượng", f"Năm {report.previous_year}" if report.previous_year else "", "Danh sách"]
    _begin(page, head, list(zip(headings, widths, strict=True)), formats)
    row = FIRST
    for code in dict.fromkeys([*(code for section in SECTIONS for code in section.figures), *STEPS, *FIGURES]):
        if code not in report.labels:
            continue
        row += 1
        _write(page, row, 0, _titled(report, code), formats)
        _write(page, row, 1, report.count(code), formats)
        _write(page, row, 2, report.previous.get(code, "") if report.previous_year else "", formats)
        if code in listed:
            page.write_url(row, 3, f"internal:'{listed[code]}'!A1", formats["link"], string=listed[code])
        else:
            _write(page, row, 3, "", formats)


def _write_table(
    page: Any, head: Sequence[str], columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[Value]], formats: dict[str, Any]
) -> None:
    _begin(page, head, columns, formats)
    for row, values in enumerate(rows, start=FIRST + 1):
        for number, value in enumerate(values):
            _write(page, row, number, value, formats)


def _begin(page: Any, head: Sequence[str], columns: Sequence[tuple[str, float]], formats: dict[str, Any]) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=LEFT / INCH, right=RIGHT / INCH, top=TOP / INCH, bottom=BOTTOM / INCH)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST)
    page.set_footer(f'&C&"{FONT}"&{SIZE}&P/&N')
    page.freeze_panes(FIRST + 1, 1)
    for number, (_heading, width) in enumerate(columns):
        page.set_column(number, number, width / UNIT)
    for row, text in enumerate(head):
        page.write_string(row, 0, clean(text), formats["title" if row == 0 else "head"])
    for number, (heading, _width) in enumerate(columns):
        page.write_string(FIRST, number, heading, formats["heading"])


def _write(page: Any, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    if isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001 (a day has no zone)
    elif isinstance(value, int):
        page.write_number(row, column, value, formats["number"])
    else:
        text = clean(value or "")
        page.write_string(row, column, text, formats["text" if len(text) <= LONGEST else "long"])


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": SIZE}
    cell = base | {"border": 1, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": SIZE + 2}),
        "head": book.add_format(base | {"italic": True}),
        "heading": book.add_format(cell | {"bold": True, "align": "center"}),
        "text": book.add_format(cell | {"num_format": "@"}),
        "long": book.add_format(cell),
        "number": book.add_format(cell | {"align": "center"}),
        "date": book.add_format(cell | {"num_format": "dd/mm/yyyy", "align": "center"}),
        "link": book.add_format(cell | {"underline": 1, "font_color": "#1d4f8c"}),
    }


def _name(number: int, label: str, letter: str = "") -> str:
    """A sheet's name: numbered, so that no two are alike, without the characters that Excel refuses."""
    kept = "".join(" " if character in "[]:*?/\\'" else character for character in label)
    return f"{letter}{number:02d} {clean(kept)}"[:NAME].rstrip()


def _titled(report: YearEnd, code: str) -> str:
    """A figure with what it is about: the same words stand for forms and for dossiers."""
    return f"{FIGURES[code][0].title}: {report.labels[code]}"


def _number(text: str) -> Value:
    return int(text) if text.isascii() and text.isdecimal() else text

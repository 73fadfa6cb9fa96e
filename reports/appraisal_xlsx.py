"""RP3 as a workbook: a sheet for collectives, one for individuals, a row for each nominee. Texts are written as texts: none is a formula.

xlsxwriter is loaded by the function, not with the module.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from documents.decree30 import FONT
from documents.naming import subject_of
from documents.sheets import BOTTOM, LEFT, RIGHT, TOP
from models.localtime import local, local_day
from models.text import clean
from models.vocabulary import NomineeKind
from notifications.wording import long_day
from reports.appraisal import Appraisal, AppraisalRow, AppraisalTable
from workflow.criteria_answers import CriterionAnswer

SIZE, A4, INCH = 12, 9, 25.4
FIRST = 3
"""Rows above a table: title, day, an empty one."""

LONGEST = 255
"""Some versions of Excel show a longer text as "####" in a cell whose format is text."""

NAMES = {NomineeKind.COLLECTIVE: "Tập thể", NomineeKind.INDIVIDUAL: "Cá nhân"}


def appraisal_xlsx(appraisal: Appraisal, at: datetime) -> bytes:
    """The table as it is filtered, to sort, print on A4 and keep."""
    import xlsxwriter

    file = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    title = f"Bảng thẩm định tiêu chuẩn {subject_of(appraisal.campaign.plan)}"
    with xlsxwriter.Workbook(file, safe) as book:
        book.set_properties({"title": title, "created": local(at).replace(tzinfo=None)})
        base = {"font_name": FONT, "font_size": SIZE, "text_wrap": True, "valign": "top"}
        formats = {
            "title": book.add_format(base | {"bold": True, "text_wrap": False}),
            "heading": book.add_format(base | {"bold": True, "border": 1, "align": "center"}),
            "text": book.add_format(base | {"border": 1, "num_format": "@"}),
            "long": book.add_format(base | {"border": 1}),
        }
        for table in appraisal.tables:
            _write(book.add_worksheet(NAMES[table.kind]), table, title, formats, at)
    return file.getvalue()


def _write(page: Any, table: AppraisalTable, title: str, formats: dict[str, Any], at: datetime) -> None:
    page.write_string(0, 0, clean(f"{title}: {NAMES[table.kind].lower()}"), formats["title"])
    page.write_string(1, 0, f"Tính đến {long_day(local_day(at))}", formats["title"])
    individual = table.kind is NomineeKind.INDIVIDUAL
    headings = ["Hồ sơ", "Trạng thái", "Đơn vị", "Họ và tên" if individual else "Tập thể"]
    widths = [13, 16, 24, 24]
    if individual:
        headings += ["Chức vụ, đơn vị công tác", "Trực tiếp thực hiện"]
        widths += [26, 10]
    headings += [f"{asked.label} ({asked.clause})" for asked in table.criteria] + ["Cảnh báo"]
    widths += [34] * len(table.criteria) + [30]
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(FIRST, column, clean(heading), formats["heading"])
    for number, row in enumerate(table.rows, start=FIRST + 1):
        for column, text in enumerate(_cells(row, individual=individual)):
            lines = "\n".join(clean(line) for line in text.split("\n"))
            page.write_string(number, column, lines, formats["text" if len(lines) <= LONGEST else "long"])
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=LEFT / INCH, right=RIGHT / INCH, top=TOP / INCH, bottom=BOTTOM / INCH)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST)
    page.set_footer(f'&C&"{FONT}"&{SIZE}&P/&N')
    page.freeze_panes(FIRST + 1, 1)
    if table.rows:
        page.autofilter(FIRST, 0, FIRST + len(table.rows), len(headings) - 1)


def _cells(row: AppraisalRow, *, individual: bool) -> list[str]:
    dossier, nominee = row.dossier, row.nominee
    texts = [dossier.code, dossier.state.label, dossier.campaign_unit.long_name, nominee.full_name]
    if individual:
        place = ", ".join(part for part in (nominee.position, nominee.workplace) if part)
        texts += [place, "có" if nominee.direct else ""]
    warnings = [f"{warning.label}: {reason or 'chưa xác nhận'}" for warning, reason in row.warnings]
    return [*texts, *(answer_text(cell) for cell in row.cells), "\n".join(warnings)]


def answer_text(cell: CriterionAnswer) -> str:
    """One cell in words: the answer, the unit's words and evidence, the finding with its reason."""
    answer = {True: "Đạt", False: "Chưa đạt", None: "Chưa có kết quả" if cell.criterion.fact else "Chưa trả lời"}[cell.stated]
    found, given = [answer], cell.given
    if given and given.text:
        found.append(given.text)
    if given and given.evidence:
        found.append("Tài liệu: " + "; ".join(document.latest.file_name for document in given.evidence))
    if given and given.checked:
        stale = " (đơn vị đã sửa sau đó)" if cell.stale else ""
        found.append(f"Thẩm định: {given.checked.label}{stale}" + (f" – {given.check_reason}" if given.check_reason else ""))
    return "\n".join(found)

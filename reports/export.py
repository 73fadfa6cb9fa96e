"""A list taken away as a file: .csv, .xlsx. Rows stream through; every text cell stays a text, whatever it begins with.

xlsxwriter is loaded by the function, not with the module.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

Value = str | int
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""
LONGEST = 32_000
"""Characters of a cell; Excel takes 32,767."""
WIDEST = 60


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """A .csv file piece by piece, UTF-8 with its mark, so that Excel reads Vietnamese; what would be a formula gets an apostrophe."""
    yield b"\xef\xbb\xbf"
    yield _line(headings)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[Value]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([_inert(value) for value in row])
    return out.getvalue().encode()


def _inert(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_xlsx(file: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a workbook of one sheet, row by row in flat memory, its heading frozen and filterable."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, min(WIDEST, max(12, len(heading) + 4)))
            sheet.write_string(0, column, heading, bold)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(last, column, value)
                else:
                    sheet.write_string(last, column, value[:LONGEST], wrapped)
        sheet.autofilter(0, 0, last, len(headings) - 1)

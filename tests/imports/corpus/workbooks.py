"""Spreadsheets made by code: rows to .xlsx or .csv, and the hostile shapes that no office program writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter
from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]
RANKING = ("STT", "Đơn vị", "Điểm", "Hạng", "Nhóm")
REGISTRATION = (
    "STT",
    "Đơn vị",
    "Huyện, thành phố",
    "Tập thể kèm theo",
    "Họ và tên cá nhân",
    "Chức vụ",
    "Đơn vị công tác",
    "Người lập biểu",
    "Thủ trưởng",
    "Cam kết chấp hành chủ trương, pháp luật",
    "Cam kết nội bộ đoàn kết",
)
RECOGNITION = ("STT", "Đơn vị cấp xã", "Huyện, thành phố", "Số văn bản", "Ngày")
RATING = ("STT", "Đơn vị", "Năm", "Xếp loại", "Tiến bộ hơn năm trước", "Số văn bản", "Ngày")
UNITS = ("STT", "Mã", "Tên", "Tên chính thức", "Loại", "Mã đơn vị cấp trên", "Hiệu lực từ", "Hiệu lực đến", "Tên gọi khác", "Nguồn")


def xlsx(*sheets: Rows, hidden: int = 0) -> bytes:
    """A workbook with these rows on its sheets: numbers, dates, texts, "=…" as a formula. The first sheets may be hidden."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Bảng {number}")
        sheet.sheet_state = "hidden" if number <= hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def merged(rows: Rows, *ranges: str) -> bytes:
    """A workbook of one sheet with merged cells."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for cells in ranges:
        book.active.merge_cells(cells)
    return saved(book)


def cells(values: Mapping[str, Any], rows: Rows = (), formats: Mapping[str, str] | None = None) -> bytes:
    """A workbook of rows in which single cells are then set, some with a number format."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for place, value in values.items():
        book.active[place] = value
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    return saved(book)


def calculated(rows: Rows, formulas: Mapping[str, tuple[str, Any]]) -> bytes:
    """A workbook with formulas that carry a calculated value (a cell's name: formula, value)."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for place, (formula, value) in formulas.items():
            sheet.write_formula(place, formula, None, value)
    return output.getvalue()


def csv(rows: Rows, separator: str = ";", *, encoding: str = "utf-8-sig", first: str = "") -> bytes:
    """A text file as Vietnamese Excel writes it."""
    lines = [separator.join(f'"{value}"' if separator in str(value) or "\n" in str(value) else str(value) for value in row) for row in rows]
    return (first + "\r\n".join(lines) + "\r\n").encode(encoding)


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None], **options: Any) -> bytes:
    """A workbook whose members were changed after it was written."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", **({"compression": zipfile.ZIP_DEFLATED} | options)) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return output.getvalue()


def with_member(content: bytes, name: str, data: bytes, **options: Any) -> bytes:
    """A workbook with one more member, or another one in its place."""
    return repacked(content, lambda members: members.update({name: data}), **options)

"""The tables of RP1 and RP2, the same on paper and in the workbook: columns with their widths, and rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.naming import full_name, lower_first
from documents.tables import Column
from models.text import clean
from models.vocabulary import RegistrationState
from notifications.wording import day_words
from reports.figures import Counts, Line
from reports.registrations import DistrictCounts, KindCounts

Value = str | int | date | None
"""A cell; None continues the cell above."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows and, where numbers are added up, the last row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] = ()


NUMBER = Column("STT", 12, centred=True)
REGISTERED = (
    NUMBER,
    Column("Đơn vị", 32),
    Column("Tập thể đăng ký", 36),
    Column("Cá nhân đăng ký (họ và tên)", 34),
    Column("Chức vụ", 33),
    Column("Đơn vị công tác", 33),
    Column("Ngày gửi", 23, centred=True),
    Column("Thời hạn", 20, centred=True),
    Column("Ghi chú", 28),
)
UNITS = (
    NUMBER,
    Column("Đơn vị", 38),
    Column("Tập thể đăng ký", 45),
    Column("Số cá nhân", 16, centred=True),
    Column("Cá nhân đăng ký (chức vụ, đơn vị công tác)", 75),
    Column("Ngày gửi", 23, centred=True),
    Column("Thời hạn", 20, centred=True),
    Column("Ghi chú", 28),
)
MISSING = (NUMBER, Column("Đơn vị", 89), Column("Tình trạng", 120), Column("Số lần đã nhắc", 30, centred=True))
PEOPLE = (NUMBER, Column("Họ và tên", 55), Column("Chức vụ", 55), Column("Đơn vị công tác", 65), Column("Đơn vị đăng ký", 65))
FORMS = (
    Column("Phải đăng ký", 13, centred=True),
    Column("Đã đăng ký", 13, centred=True),
    Column("Tỷ lệ", 16, centred=True),
    Column("Đúng hạn", 13, centred=True),
    Column("Trễ hạn", 11, centred=True),
    Column("Chưa đăng ký", 13, centred=True),
)
PERSONS = Column("Cá nhân", 13, centred=True)
KINDS = (NUMBER, Column("Loại đơn vị", 47), *FORMS, Column("Tập thể", 13, centred=True), PERSONS)
DISTRICTS = (NUMBER, Column("Huyện, thành phố", 41), Column("Bản của cấp huyện", 19, centred=True), *FORMS, PERSONS)


def registered_table(lines: Sequence[Line], *, with_parent: bool) -> Table:
    """Registered units for paper: a row for each individual; what belongs to the unit stands once, over all its rows."""
    rows: list[tuple[Value, ...]] = []
    for number, line in enumerate(lines, start=1):
        people: list[tuple[Value, ...]] = [(person.full_name, person.position, person.workplace) for person in line.individuals]
        people = people or [("Không đăng ký", "", "")]
        name = _name(line, with_parent=with_parent)
        rows.append((number, name, _collectives(line), *people[0], *_sending(line)))
        rows += [(None, None, None, *person, None, None, None) for person in people[1:]]
    counts = Counts.of(lines)
    total = (*_total(counts), f"{counts.individuals} cá nhân", "", "", "", "", "")
    return Table(REGISTERED, tuple(rows), total)


def units_table(lines: Sequence[Line], *, with_parent: bool) -> Table:
    """Registered units for a workbook: a row for each, its individuals on lines of one cell, so that it can be sorted and filtered."""
    rows: list[tuple[Value, ...]] = []
    for number, line in enumerate(lines, start=1):
        people = "\n".join(
            f"{clean(person.full_name)} ({clean(person.position)}, {clean(person.workplace)})" for person in line.individuals
        )
        name = _name(line, with_parent=with_parent)
        rows.append((number, name, _collectives(line), len(line.individuals), people, *_sending(line)))
    counts = Counts.of(lines)
    return Table(UNITS, tuple(rows), (*_total(counts), counts.individuals, "", "", "", ""))


def missing_table(lines: Sequence[Line], *, with_parent: bool) -> Table:
    """Units whose forms are not in, with what is known of them and how often they were written to."""
    rows = (
        (number, _name(line, with_parent=with_parent), missing_words(line), line.reminders) for number, line in enumerate(lines, start=1)
    )
    return Table(MISSING, tuple(rows))


def people_table(lines: Sequence[Line]) -> Table:
    """Every individual on a row of their own, to sort and filter."""
    people = [(person, line) for line in lines for person in line.individuals]
    rows = (
        (number, person.full_name, person.position, person.workplace, full_name(line.unit))
        for number, (person, line) in enumerate(people, start=1)
    )
    return Table(PEOPLE, tuple(rows))


def kinds_table(kinds: Sequence[KindCounts], total: Counts) -> Table:
    """Forms by kind of unit."""
    rows = (
        (number, row.kind.label, *_forms(row.counts), row.counts.collectives, row.counts.individuals)
        for number, row in enumerate(kinds, start=1)
    )
    return Table(KINDS, tuple(rows), ("", "Tổng cộng", *_forms(total), total.collectives, total.individuals))


def districts_table(districts: Sequence[DistrictCounts], total: Counts) -> Table:
    """The forms of the communes by district, beside the district's own."""
    rows = (
        (number, row.unit.name, _own(row.own), *_forms(row.counts), row.counts.individuals) for number, row in enumerate(districts, start=1)
    )
    registered = sum(row.own is not None and row.own.registered for row in districts)
    return Table(DISTRICTS, tuple(rows), ("", "Tổng cộng", f"{registered}/{len(districts)}", *_forms(total), total.individuals))


def missing_words(line: Line) -> str:
    """Why a form is not in."""
    if line.state is RegistrationState.RETURNED and line.sent_on:
        reason = f" (lý do: {lower_first(line.return_reason.rstrip('. '))})" if line.return_reason else ""
        return f"Gửi ngày {day_words(line.sent_on)}, bị trả lại, chưa gửi lại{reason}"
    return "Chưa gửi bản đăng ký"


def text_of(value: Value) -> str | None:
    """A value as paper prints it."""
    return day_words(value) if isinstance(value, date) else str(value) if isinstance(value, int) else value


def _total(counts: Counts) -> tuple[Value, Value, Value]:
    return ("", "Tổng cộng", f"{counts.collectives} tập thể")


def _forms(counts: Counts) -> tuple[Value, ...]:
    return (counts.expected, counts.registered, counts.share, counts.on_time, counts.late, counts.missing)


def _own(line: Line | None) -> str:
    if line is None:
        return ""
    if not line.registered:
        return "Chưa đăng ký"
    return "Trễ hạn" if line.late else "Đúng hạn"


def _name(line: Line, *, with_parent: bool) -> str:
    parent = line.unit.compiled_by
    return f"{line.unit.name}, {lower_first(parent.name)}" if with_parent and parent else line.unit.name


def _collectives(line: Line) -> str:
    return "; ".join(member.official_name for member in line.collectives)


def _sending(line: Line) -> tuple[Value, Value, Value]:
    """When a form was sent, whether in time, and what came of it."""
    remark = line.state.label
    if line.from_paper:
        remark += "; bản giấy"
    if line.late and line.admission:
        remark += f"; được phép theo văn bản số {line.admission}"
    return line.sent_on or "", "Trễ hạn" if line.late else "Đúng hạn", remark

"""Reading and loading the product's own data files: a campaign's plan (.toml), units, unit changes and calendar (.csv)."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from audit import Act, record
from audit.actions import Action
from imports.unit_timeline import ABOLISH, RENAME, ChangeRow, apply_change, contradictions, in_order
from models.calendar import CalendarDay
from models.campaigns import Campaign
from models.db import db
from models.people import Actor
from models.plan_reader import Fault, PlanFaulty
from models.text import clean
from models.units import Unit, UnitVersion
from models.vocabulary import DayKind
from workflow import campaigns

BEGINNING = date(1900, 1, 1)
"""Validity of a unit whose founding the data does not give."""

LIMITS = {"code": 40, "name": 200, "official_name": 300, "kind": 40}
"""Longest texts that the tables take, in characters."""

CHANGE_LIMITS = {"name": 200, "official_name": 300, "kind": 40, "basis": 300}
UNIT_COLUMNS = ("code", "name", "official_name", "kind", "parent", "valid_from", "valid_to", "aliases", "source")
CHANGE_COLUMNS = ("code", "effective", "change", "name", "official_name", "kind", "merged_into", "basis")
DAY_COLUMNS = ("date", "kind", "name", "basis", "status")


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong in a file: line (0 when it concerns the whole file), field, and the reason in Vietnamese."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        """One line for the command's output."""
        where = f"Dòng {self.line}" if self.line else "Tệp"
        return f"{where}, {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


class FileRefused(Exception):
    """A data file is refused whole; `faults` holds everything that is wrong."""

    def __init__(self, faults: Sequence[FileFault]) -> None:
        """Keep all the faults."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = list(faults)


def load_campaign(path: Path, *, actor: Actor, at: datetime) -> tuple[Campaign, bool]:
    """Load a campaign's plan from TOML. Raises FileRefused with line, field and reason; the same file again changes nothing."""
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise FileRefused([FileFault(int(line[1]) if line else 0, "", f"không đọc được TOML: {error}")]) from None
    try:
        return campaigns.load(data, actor=actor, at=at)
    except PlanFaulty as faulty:
        raise FileRefused([FileFault(_line_of(text, fault), fault.field, fault.reason) for fault in faulty.faults]) from None


def load_units(path: Path, *, actor: Actor, at: datetime) -> int:
    """Load units from CSV: new ones are added, changed ones updated. Gives back how many differed. Raises FileRefused."""
    faults: list[FileFault] = []
    rows = list(csv_rows(path, UNIT_COLUMNS, faults))
    codes = _unique(rows, "code", faults)
    known = {unit.code: unit for unit in db.session.scalars(select(Unit).options(selectinload(Unit.versions)))}
    parsed = []
    for line, row in rows:
        needed = ("code", "name", "official_name", "kind")
        faults += [FileFault(line, name, "để trống; cần điền") for name in needed if not row[name]]
        if row["parent"] and row["parent"] not in codes and row["parent"] not in known:
            faults.append(FileFault(line, "parent", f"không có đơn vị nào mang mã {row['parent']!r}"))
        if row["parent"] and row["parent"] == row["code"]:
            faults.append(FileFault(line, "parent", "đơn vị không thể là cấp trên của chính nó"))
        faults += [FileFault(line, name, f"dài quá {limit} ký tự") for name, limit in LIMITS.items() if len(row[name]) > limit]
        start = _date(row, "valid_from", line, faults) or BEGINNING
        end = _date(row, "valid_to", line, faults)
        if end is not None and end <= start:
            faults.append(FileFault(line, "valid_to", "phải sau valid_from"))
        parsed.append((row, start, end))
    refuse(faults)
    units = {row["code"]: known.get(row["code"]) or Unit(code=row["code"], aliases=[], source="", versions=[]) for row, _, _ in parsed}
    for unit in units.values():
        db.session.add(unit)
    db.session.flush()
    changed = 0
    for row, start, end in parsed:
        unit = units[row["code"]]
        parent = units.get(row["parent"]) or known.get(row["parent"])
        changed += _set_unit(unit, row, parent, start, end)
    db.session.flush()
    if changed:
        _record(Action.UNITS_LOAD, path, changed, actor, at)
    return changed


def load_unit_changes(path: Path, *, actor: Actor, at: datetime) -> int:
    """Load renames, changes of kind and mergers from CSV as versions of units; a corrected row for the same unit and day updates.

    Gives back how many were new or different. Raises FileRefused, also for a change that is dated after the unit's end.
    """
    faults: list[FileFault] = []
    rows = list(csv_rows(path, CHANGE_COLUMNS, faults))
    known = {unit.code: unit for unit in db.session.scalars(select(Unit).options(selectinload(Unit.versions)))}
    parsed = []
    for line, row in rows:
        effective = _date(row, "effective", line, faults)
        if effective is None and not row["effective"]:
            faults.append(FileFault(line, "effective", "để trống; cần một ngày dạng 2021-03-01"))
        if row["code"] not in known:
            faults.append(FileFault(line, "code", f"không có đơn vị nào mang mã {row['code']!r}"))
        elif effective is not None and effective <= known[row["code"]].versions[0].valid_from:
            faults.append(FileFault(line, "effective", "phải sau ngày đơn vị bắt đầu có trong danh mục"))
        if row["change"] not in {RENAME, ABOLISH}:
            faults.append(FileFault(line, "change", f"{row['change']!r} không hợp lệ; cần rename hoặc abolish"))
        if row["merged_into"] and row["merged_into"] not in known:
            faults.append(FileFault(line, "merged_into", f"không có đơn vị nào mang mã {row['merged_into']!r}"))
        faults += [FileFault(line, name, f"dài quá {limit} ký tự") for name, limit in CHANGE_LIMITS.items() if len(row[name]) > limit]
        parsed.append(ChangeRow(line, row["code"], effective or BEGINNING, row["change"], row))
    refuse(faults)
    refuse([FileFault(*refusal) for refusal in contradictions(parsed, known)])
    changed = sum(apply_change(known[row.code], row, known) for row in in_order(parsed))
    db.session.flush()
    for unit in {row.code: known[row.code] for row in parsed}.values():
        db.session.expire(unit, ["versions"])  # a change that was left out may now stand between others
    if changed:
        _record(Action.UNITS_LOAD, path, changed, actor, at)
    return changed


def load_calendar(path: Path, *, actor: Actor, at: datetime) -> int:
    """Load the working calendar from CSV. Gives back how many days were new or different. Raises FileRefused."""
    days = read_calendar(path)
    known = {day.day: day for day in db.session.scalars(select(CalendarDay))}
    changed = 0
    for row in days:
        old = known.get(row["day"])
        if old is not None and all(getattr(old, name) == value for name, value in row.items()):
            continue
        changed += 1
        if old is None:
            db.session.add(CalendarDay(**row))
        else:
            for name, value in row.items():
                setattr(old, name, value)
    db.session.flush()
    if changed:
        _record(Action.CALENDAR_LOAD, path, changed, actor, at)
    return changed


def read_calendar(path: Path) -> list[dict[str, Any]]:
    """The days of a calendar file, without loading them. Raises FileRefused."""
    faults: list[FileFault] = []
    rows = list(csv_rows(path, DAY_COLUMNS, faults))
    _unique(rows, "date", faults)
    days = []
    for line, row in rows:
        day = _date(row, "date", line, faults)
        if day is None and not row["date"]:
            faults.append(FileFault(line, "date", "để trống; cần một ngày dạng 2021-04-30"))
        if row["kind"] not in set(DayKind):
            faults.append(FileFault(line, "kind", f"{row['kind']!r} không hợp lệ; cần một trong: {', '.join(DayKind)}"))
        if not row["name"]:
            faults.append(FileFault(line, "name", "để trống; cần tên ngày nghỉ hoặc ngày làm bù"))
        if day is not None and row["kind"] in set(DayKind):
            days.append({"day": day, "kind": DayKind(row["kind"]), "name": row["name"], "basis": row["basis"], "status": row["status"]})
    refuse(faults)
    return days


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused([FileFault(0, "", f"không phải UTF-8 (byte thứ {error.start}); hãy lưu lại tệp với bảng mã UTF-8")]) from None
    except OSError as error:
        raise FileRefused([FileFault(0, "", f"không mở được: {error.strerror}")]) from None


def csv_rows(path: Path, columns: Sequence[str], faults: list[FileFault]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their lines, cells cleaned; broken rows go into `faults`. Raises FileRefused when a column is missing."""
    reader = csv.DictReader(_text(path).splitlines())
    missing = [column for column in columns if column not in (reader.fieldnames or [])]
    if missing:
        raise FileRefused([FileFault(1, column, "thiếu cột này") for column in missing])
    for row in reader:
        if None in row or None in row.values():
            faults.append(FileFault(reader.line_num, "", f"số ô khác số cột ({len(columns)})"))
            continue
        yield reader.line_num, {column: clean(row[column]) for column in columns}


def _unique(rows: Sequence[tuple[int, dict[str, str]]], column: str, faults: list[FileFault]) -> set[str]:
    seen: dict[str, int] = {}
    for line, row in rows:
        if row[column] in seen:
            faults.append(FileFault(line, column, f"{row[column]!r} đã có ở dòng {seen[row[column]]}"))
        seen.setdefault(row[column], line)
    return set(seen)


def _date(row: dict[str, str], column: str, line: int, faults: list[FileFault]) -> date | None:
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        faults.append(FileFault(line, column, f"{row[column]!r} không phải ngày dạng 2021-03-31"))
        return None


def refuse(faults: list[FileFault]) -> None:
    """Refuse the file whole when anything is wrong in it. Raises FileRefused."""
    if faults:
        raise FileRefused(sorted(faults, key=lambda fault: fault.line))


def _set_unit(unit: Unit, row: dict[str, str], parent: Unit | None, start: date, end: date | None) -> bool:
    """Write a unit's first version as the file gives it; later versions come from changes and stay. Gives back whether it differed."""
    aliases = [alias for alias in row["aliases"].split("|") if alias]
    first = unit.versions[0] if unit.versions else None
    if first is None:
        first = UnitVersion(valid_from=start, valid_to=end, name="", official_name="", kind="", parent_id=None, basis=row["source"])
        unit.versions.append(first)
    wanted: dict[str, Any] = {
        "name": row["name"],
        "official_name": row["official_name"],
        "kind": row["kind"],
        "parent_id": parent.id if parent else None,
    }
    if len(unit.versions) == 1:
        wanted |= {"valid_from": start} if end is None else {"valid_from": start, "valid_to": end}
    own = {"aliases": aliases, "source": row["source"]}
    differs = any(getattr(first, k) != v for k, v in wanted.items()) or any(getattr(unit, k) != v for k, v in own.items())
    _assign(first, wanted)
    _assign(unit, own)
    return differs


def _assign(target: object, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(target, name) != value:
            setattr(target, name, value)


def _record(action: Action, path: Path, changed: int, actor: Actor, at: datetime) -> None:
    record(Act(action, f"file:{path.name}", detail={"file": path.name, "changed": changed}), actor=actor, at=at)


def _line_of(text: str, fault: Fault) -> int:
    """The line on which a faulty field of a TOML file stands; its table's line when the field is missing."""
    table, _, key = fault.field.rpartition(".")
    match = re.fullmatch(r"(\w+)\[(\d+)\]", table)
    name, number = (match[1], int(match[2])) if match else (table, 1)
    header = re.compile(rf"^\[\[?{re.escape(name)}\]\]?\s*(#.*)?$")
    start, seen = 0 if table else 1, 0
    for line_number, line in enumerate(text.splitlines(), start=1):
        if table and not start:
            seen += bool(header.match(line.strip()))
            start = line_number if seen == number else 0
        elif line_number > start and line.startswith("["):
            break
        elif re.match(rf"^\s*{re.escape(key)}\s*=", line):
            return line_number
    return start

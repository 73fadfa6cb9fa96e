"""The product's own data files: loaded twice they change nothing, faulty they are refused whole with line, field and reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from imports import data_files
from imports.data_files import FileRefused
from models.audit import AuditEntry
from models.calendar import CalendarDay
from models.campaigns import Campaign
from models.db import db, transaction
from models.units import Unit, UnitAddress, UnitVersion
from tests.builders import DATA, ISSUED, LOADER

UNITS, CHANGES, CALENDAR = DATA / "units.csv", DATA / "unit_changes.csv", DATA / "calendar.csv"
PLAN = DATA / "campaigns" / "2021.toml"

LOADERS: dict[str, Callable[..., object]] = {
    "units": data_files.load_units,
    "changes": data_files.load_unit_changes,
    "calendar": data_files.load_calendar,
    "plan": data_files.load_campaign,
}


def load(kind: str, path: Path) -> object:
    with transaction():
        return LOADERS[kind](path, actor=LOADER, at=ISSUED)


def count(table: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def everything() -> list[int]:
    """How many rows of each kind there are, the record among them."""
    return [count(table) for table in (Unit, UnitVersion, CalendarDay, Campaign, AuditEntry)]


def test_the_shipped_files_hold_the_bodies_and_days_of_the_province(blank_sqlite_app: Flask) -> None:
    loaded = [load("units", UNITS), load("calendar", CALENDAR), load("changes", CHANGES)]

    assert loaded == [205, 106, 5]
    assert [count(Unit), count(CalendarDay), count(UnitVersion)] == [205, 106, 209]


def test_loading_everything_twice_changes_nothing(blank_app: Flask) -> None:
    for kind, path in (("units", UNITS), ("changes", CHANGES), ("calendar", CALENDAR), ("plan", PLAN)):
        load(kind, path)
    before = everything()

    again = [load("units", UNITS), load("changes", CHANGES), load("calendar", CALENDAR)]
    _, changed = load("plan", PLAN)  # type: ignore[misc]

    assert (again, changed) == ([0, 0, 0], False)
    assert everything() == before


def test_a_load_that_changes_something_is_on_record_with_its_count(blank_sqlite_app: Flask) -> None:
    load("calendar", CALENDAR)

    entry = db.session.scalars(select(AuditEntry)).one()

    assert (entry.action, entry.source.value) == ("calendar.load", "command")
    assert entry.detail == '{"changed":106,"file":"calendar.csv"}'


def test_a_rename_is_a_new_version_and_a_merger_an_end(blank_sqlite_app: Flask) -> None:
    load("units", UNITS)
    load("changes", CHANGES)

    by_code = {unit.code: unit for unit in db.session.scalars(select(Unit))}
    assert [(v.kind, v.name) for v in by_code["911"].versions] == [("district", "Huyện Phú Quốc"), ("city", "Thành phố Phú Quốc")]
    assert by_code["31099"].merged_into_id == by_code["31081"].id
    assert str(by_code["31099"].versions[-1].valid_to) == "2021-03-01"


def test_an_abolition_without_a_successor_is_loaded_once(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    changes = tmp_path / "changes.csv"
    changes.write_text("code,effective,change,name,official_name,kind,merged_into,basis\nBDT,2025-03-01,abolish,,,,,NQ\n", encoding="utf-8")
    load("units", UNITS)
    load("changes", changes)

    again = [load("units", UNITS), load("changes", changes)]

    assert again == [0, 0]


def test_a_changed_row_changes_its_unit_alone(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    load("units", UNITS)
    edited = tmp_path / "units.csv"
    edited.write_text(UNITS.read_text(encoding="utf-8").replace(",Sở Du lịch,", ",Sở Du lịch và Thể thao,", 1), encoding="utf-8")

    assert load("units", edited) == 1
    assert db.session.scalars(select(UnitVersion.name).join(UnitVersion.unit).where(Unit.code == "SDL")).one() == "Sở Du lịch và Thể thao"


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read_alike(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    saved = tmp_path / "calendar.csv"
    saved.write_bytes(b"\xef\xbb\xbf" + CALENDAR.read_bytes().replace(b"\n", b"\r\n"))
    load("calendar", CALENDAR)

    assert load("calendar", saved) == 0


# Faulty files


@dataclass(frozen=True)
class Faulty:
    """A file made faulty: what is replaced by what, and each fault as line, field and a piece of its reason; line 0 is the whole file."""

    name: str
    kind: str
    old: str
    new: str
    faults: list[tuple[int | str, str, str]]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"

    def write(self, folder: Path) -> Path:
        source = {"units": UNITS, "changes": CHANGES, "calendar": CALENDAR, "plan": PLAN}[self.kind]
        text = source.read_text(encoding="utf-8")
        assert self.old in text
        path = folder / source.name
        path.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")
        return path

    def expected(self, path: Path) -> list[tuple[int, str, str]]:
        """The faults, a line given as the text that stands on it found in the file."""
        lines = path.read_text(encoding="utf-8").splitlines()
        found = {
            text: number
            for number, line in enumerate(lines, start=1)
            for text, _, _ in self.faults
            if isinstance(text, str) and text in line
        }
        return [(found[where] if isinstance(where, str) else where, field, reason) for where, field, reason in self.faults]


NOT_A_DATE, EMPTY, NUMBER = "không phải ngày", "để trống", "số nguyên từ"
SNV, DUE = "provincial_agency,KG,,,Sở NV", "due_on = 2021-03-31"

CSV_FAULTS = [
    Faulty("bad date", "calendar", "2021-04-21,holiday", "21/04/2021,holiday", [("21/04/2021", "date", NOT_A_DATE)]),
    Faulty("day that does not exist", "calendar", "2021-04-30,", "2021-04-31,", [("2021-04-31", "date", NOT_A_DATE)]),
    Faulty("no date", "calendar", "2021-04-21,holiday", ",holiday", [(10, "date", EMPTY)]),
    Faulty("wrong kind of day", "calendar", "2021-04-21,holiday", "2021-04-21,nghỉ lễ", [("2021-04-21", "kind", "holiday, in_lieu")]),
    Faulty("day without a name", "calendar", ",Ngày Giỗ Tổ Hùng Vương,", ",,", [("2021-04-21", "name", EMPTY)]),
    Faulty("day given twice", "calendar", "2021-05-01,", "2021-04-30,", [(12, "date", "đã có ở dòng 11")]),
    Faulty("column missing", "calendar", "date,kind,name,basis,status", "date,kind,name,basis", [(1, "status", "thiếu cột")]),
    Faulty("columns misnamed", "calendar", "date,kind,", "ngày,loại,", [(1, "date", "thiếu cột"), (1, "kind", "thiếu cột")]),
    Faulty("a cell too many", "calendar", "2021-04-21,holiday", "2021-04-21,holiday,x", [("2021-04-21", "", "số ô khác số cột")]),
    Faulty("cells cut off", "calendar", ",Ngày Giỗ Tổ Hùng Vương,4875/TB-LĐTBXH,official", "", [("2021-04-21", "", "số ô khác số cột")]),
    Faulty(
        "several faults at once",
        "calendar",
        "2021-01-01,holiday,Tết Dương lịch,",
        "1/1/2021,lễ,,",
        [(2, "date", NOT_A_DATE), (2, "kind", "không hợp lệ"), (2, "name", EMPTY)],
    ),
    Faulty("unknown parent", "units", "specialised_province,VPUB,", "specialised_province,VPTU,", [("VPTU", "parent", "'VPTU'")]),
    Faulty("own parent", "units", SNV, "provincial_agency,SNV,,,Sở NV", [("Sở NV", "parent", "")]),
    Faulty("duplicate code", "units", "\nSTP,", "\nSNV,", [("Sở Tư pháp", "code", "'SNV' đã có ở dòng 5")]),
    Faulty("no code", "units", "\nSTP,", "\n,", [("Sở Tư pháp", "code", EMPTY)]),
    Faulty("no name", "units", "\nSTP,Sở Tư pháp,", "\nSTP,,", [("\nSTP,".strip(), "name", EMPTY)]),
    Faulty("no official name", "units", ",Sở Tư pháp tỉnh Kiên Giang,", ",,", [("STP,", "official_name", EMPTY)]),
    Faulty("no kind", "units", "Giang,provincial_agency,KG,,,Sở TP", "Giang,,KG,,,Sở TP", [("STP,", "kind", EMPTY)]),
    Faulty(
        "bad validity",
        "units",
        SNV,
        "provincial_agency,KG,2021-13-01,,Sở NV",
        [("Sở NV", "valid_from", NOT_A_DATE)],
    ),
    Faulty(
        "ends before it begins",
        "units",
        SNV,
        "provincial_agency,KG,2021-03-01,2021-02-01,Sở NV",
        [("Sở NV", "valid_to", "phải sau valid_from")],
    ),
    Faulty("name too long", "units", "STP,Sở Tư pháp,", f"STP,{'Sở Tư pháp ' * 30},", [("STP,", "name", "")]),
    Faulty("unknown unit", "changes", "911,2021", "999,2021", [(2, "code", "'999'")]),
    Faulty("no date of effect", "changes", "911,2021-03-01", "911,", [(2, "effective", EMPTY)]),
    Faulty("bad date of effect", "changes", "911,2021-03-01", "911,01/03/2021", [(2, "effective", NOT_A_DATE)]),
    Faulty("unknown change", "changes", "911,2021-03-01,rename", "911,2021-03-01,đổi tên", [(2, "change", "rename hoặc abolish")]),
    Faulty("merged into nobody", "changes", ",31081,", ",99999,", [("99999", "merged_into", "'99999'")]),
    Faulty("before the unit existed", "changes", "911,2021-03-01", "911,1899-03-01", [(2, "effective", "")]),
]

PLAN_FAULTS = [
    Faulty("broken TOML", "plan", 'number = "37/KH-UBND"', "number = 37/KH-UBND", [("number = 37", "", "không đọc được TOML")]),
    Faulty("key given twice", "plan", 'place = "Kiên Giang"', 'number = "38/KH"', [('number = "38', "", "không đọc được TOML")]),
    Faulty("number for a text", "plan", 'number = "37/KH-UBND"', "number = 37", [("number = 37", "number", "chuỗi không rỗng")]),
    Faulty("empty text", "plan", 'place = "Kiên Giang"', 'place = "  "', [('place = "  "', "place", "chuỗi không rỗng")]),
    Faulty("text for a number", "plan", "year = 2021\n", 'year = "2021"\n', [('year = "2021"', "year", NUMBER)]),
    Faulty("year out of range", "plan", "year = 2021\n", "year = 1821\n", [("year = 1821", "year", NUMBER)]),
    Faulty(
        "truth for a number",
        "plan",
        "window_days = 15",
        "window_days = true",
        [("window_days", "submission.window_days", NUMBER)],
    ),
    Faulty("no window", "plan", "window_days = 15", "window_days = 0", [("window_days", "submission.window_days", NUMBER)]),
    Faulty("date that does not exist", "plan", DUE, 'due_on = "2021-02-31"', [('due_on = "2021', "registration.due_on", "một ngày")]),
    Faulty("time for a date", "plan", DUE, "due_on = 2021-03-31T00:00:00", [("due_on = 2021-03-31T", "registration.due_on", "một ngày")]),
    Faulty(
        "text for a truth",
        "plan",
        "roll_to_working_day = true",
        'roll_to_working_day = "yes"',
        [("roll_to", "registration.roll_to_working_day", "true hoặc false")],
    ),
    Faulty("bad hour", "plan", 'time = "08:00"', 'time = "8 giờ"', [('time = "8', "reminders.time", "08:00")]),
    Faulty("hour with a zone", "plan", 'time = "08:00"', 'time = "08:00+07:00"', [('time = "08', "reminders.time", "08:00")]),
    Faulty(
        "negative offset", "plan", "submission = [10, ", "submission = [-10, ", [("submission = [", "reminders.submission", "danh sách")]
    ),
    Faulty(
        "unknown criterion",
        "plan",
        'criterion = "specialised_province"',
        'criterion = "specialized"',
        [('"specialized"', "kinds[2].criterion", "recognised_commune")],
    ),
    Faulty("unknown need", "plan", 'needs = "recognition"', 'needs = "vote"', [('needs = "vote"', "criteria[2].needs", "recognition")]),
    Faulty(
        "unknown rating",
        "plan",
        'minimum_rating = "good"',
        'minimum_rating = "tốt"',
        [("minimum_rating", "minimum_rating", "excellent, good")],
    ),
    Faulty("unknown paper", "plan", 'code = "minutes"', 'code = "bien_ban"', [('"bien_ban"', "documents[2].code", "minutes")]),
    Faulty("negative quota", "plan", "quota = 2\n", "quota = -2\n", [("quota = -2", "quota_exceptions[1].quota", NUMBER)]),
]


@pytest.mark.parametrize("case", [case for case in CSV_FAULTS + PLAN_FAULTS if case.kind != "changes"], ids=str)
def test_a_faulty_file_is_refused_whole_with_line_field_and_reason(blank_sqlite_app: Flask, case: Faulty, tmp_path: Path) -> None:
    refuse(case, tmp_path)


@pytest.mark.parametrize("case", [case for case in CSV_FAULTS if case.kind == "changes"], ids=str)
def test_faulty_changes_of_loaded_units_are_refused_whole(opened_sqlite_app: Flask, case: Faulty, tmp_path: Path) -> None:
    refuse(case, tmp_path)


def refuse(case: Faulty, folder: Path) -> None:
    """Load a faulty file, look at every fault it is refused for, and at all that could have changed."""
    path, before = case.write(folder), everything()

    with pytest.raises(FileRefused) as refused:
        load(case.kind, path)

    found, expected = refused.value.faults, case.expected(path)
    assert [(fault.line, fault.field) for fault in found] == [(line, field) for line, field, _ in expected]
    assert all(reason in fault.reason for fault, (_, _, reason) in zip(found, expected, strict=True))
    assert everything() == before


def plan_without(pattern: str, folder: Path) -> Path:
    """The plan with the lines that match a pattern taken out."""
    path = folder / "plan.toml"
    path.write_text(re.sub(pattern, "", PLAN.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("pattern", "field"),
    [
        (r'^title = "Kế hoạch thi đua.*$', "title"),
        (r"^year = 2021$", "year"),
        (r"^\[registration\][^\[]*", "registration"),
        (r"^\[reminders\][^\[]*(\[[^\[]*){3}", "reminders"),
    ],
    ids=["title", "year", "registration", "reminders"],
)
def test_what_is_missing_from_a_plan_is_named_and_not_looked_for_elsewhere(
    blank_sqlite_app: Flask, pattern: str, field: str, tmp_path: Path
) -> None:
    path = plan_without(pattern, tmp_path)

    with pytest.raises(FileRefused) as refused:
        load("plan", path)

    (fault,) = refused.value.faults
    assert (fault.field, "thiếu" in fault.reason) == (field, True)
    # Another table may have a key of the same name: its line is no help.
    assert fault.line in {0, 1}


def test_a_file_that_is_not_utf_8_is_refused_with_advice(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "calendar.csv"
    path.write_bytes("date,kind,name,basis,status\n2021-01-01,holiday,Tết,x,y\n".encode("utf-16"))

    for kind in LOADERS:
        with pytest.raises(FileRefused, match="bảng mã UTF-8"):
            load(kind, path)


@pytest.mark.parametrize("kind", ["units", "changes", "calendar"])
def test_an_empty_file_is_refused(blank_sqlite_app: Flask, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")

    with pytest.raises(FileRefused, match="thiếu cột"):
        load(kind, path)


def test_a_file_that_is_not_there_is_refused(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="không mở được"):
        load("units", tmp_path / "nowhere.csv")


def test_a_fault_reads_as_one_line_with_line_and_field(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    path = CSV_FAULTS[0].write(tmp_path)

    with pytest.raises(FileRefused) as refused:
        load("calendar", path)

    assert str(refused.value) == "Dòng 10, date: '21/04/2021' không phải ngày dạng 2021-03-31"


def test_the_units_mailboxes_are_loaded_from_a_file_and_a_faulty_one_is_refused_whole(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    load("units", UNITS)
    good, bad = tmp_path / "hop-thu.csv", tmp_path / "sai.csv"
    good.write_text("code,email\nSTP,vanthu@stp.example\nSTP,cchc@stp.example\n903,vanthu@hondat.example\n", encoding="utf-8")
    bad.write_text("code,email\n903,moi@hondat.example\nXXX,a@x.example\nSTP,văn thư@x\n", encoding="utf-8")

    run = blank_sqlite_app.test_cli_runner().invoke
    first, again, faulty = (run(args=["units", "addresses", str(path)]) for path in (good, good, bad))

    db.session.rollback()
    assert [answer.exit_code for answer in (first, again, faulty)] == [0, 0, 1]
    assert ("2" in first.stdout, "Không có gì" in again.stdout) == (True, True)
    assert "Dòng 3, code" in faulty.stderr
    assert "Dòng 4, email" in faulty.stderr
    assert sorted(db.session.scalars(select(UnitAddress.email))) == ["cchc@stp.example", "vanthu@hondat.example", "vanthu@stp.example"]

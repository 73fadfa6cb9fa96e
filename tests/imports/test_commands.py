"""The commands around the data files, as they are typed: what they print, where, and the code they exit with."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from models.audit import AuditEntry
from models.calendar import CalendarDay
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.units import Unit
from models.vocabulary import AuditResult, DossierState, Step
from tests.builders import DATA
from workflow.machine import transitions
from workflow.procedure import DossierProcedure

UNITS, CHANGES, CALENDAR = str(DATA / "units.csv"), str(DATA / "unit_changes.csv"), str(DATA / "calendar.csv")
PLAN = DATA / "campaigns" / "2021.toml"


def flask(app: Flask, *words: str) -> Result:
    """Run a command as `flask …` would."""
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(words))


def count(table: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_files_are_loaded_and_the_campaign_opened_by_hand(blank_app: Flask) -> None:
    said = [
        flask(blank_app, "units", "load", UNITS).output,
        flask(blank_app, "calendar", "load", CALENDAR).output,
        flask(blank_app, "campaign", "load", str(PLAN)).output,
        flask(blank_app, "campaign", "open", "2021").output,
    ]

    assert said == [
        "Đã nạp: 205 đơn vị mới hoặc thay đổi.\n",
        "Đã nạp: 106 ngày mới hoặc thay đổi.\n",
        "Kế hoạch 37/KH-UBND, năm 2021: đã nạp.\n",
        "Đã mở đợt thi đua năm 2021.\n",
    ]
    assert [count(Unit), count(CalendarDay), count(CampaignUnit)] == [205, 106, 205]
    assert db.session.scalars(select(Campaign)).one().opened_at is not None


def test_a_file_loaded_again_says_that_nothing_changes(blank_sqlite_app: Flask) -> None:
    for words in (("calendar", "load", CALENDAR), ("campaign", "load", str(PLAN))):
        flask(blank_sqlite_app, *words)
    entries = count(AuditEntry)

    said = [flask(blank_sqlite_app, *words).output for words in (("calendar", "load", CALENDAR), ("campaign", "load", str(PLAN)))]

    assert said == ["Không có gì thay đổi.\n", "Kế hoạch 37/KH-UBND, năm 2021: không có gì thay đổi.\n"]
    assert count(AuditEntry) == entries


def test_changes_are_loaded_beside_the_units(blank_sqlite_app: Flask) -> None:
    result = flask(blank_sqlite_app, "units", "load", UNITS, "--changes", CHANGES)

    assert (result.exit_code, result.output) == (0, "Đã nạp: 210 đơn vị mới hoặc thay đổi.\n")
    assert flask(blank_sqlite_app, "units", "load", UNITS, "--changes", CHANGES).output == "Không có gì thay đổi.\n"


def test_a_faulty_file_is_told_line_by_line_and_changes_nothing(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    faulty = tmp_path / "calendar.csv"
    faulty.write_text("date,kind,name,basis,status\n2021-01-01,holiday,Tết,TB,official\n1/5/2021,lễ,,TB,official\n", encoding="utf-8")

    result = flask(blank_sqlite_app, "calendar", "load", str(faulty))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Dòng 3, date: '1/5/2021' không phải ngày dạng 2021-03-31",
        "Dòng 3, kind: 'lễ' không hợp lệ; cần một trong: holiday, in_lieu, swap_off, swap_work",
        "Dòng 3, name: để trống; cần tên ngày nghỉ hoặc ngày làm bù",
        "Không nạp: 3 lỗi, chưa thay đổi gì.",
    ]
    assert count(CalendarDay) == 0
    assert [(entry.action, entry.result) for entry in db.session.scalars(select(AuditEntry))] == [("calendar.load", AuditResult.REFUSED)]


def test_faulty_changes_take_the_units_back_with_them(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    changes = tmp_path / "changes.csv"
    changes.write_text(Path(CHANGES).read_text(encoding="utf-8").replace("911,2021", "999,2021", 1), encoding="utf-8")

    result = flask(blank_sqlite_app, "units", "load", UNITS, "--changes", str(changes))

    assert result.exit_code == 1
    assert count(Unit) == 0
    assert [(entry.action, entry.result) for entry in db.session.scalars(select(AuditEntry))] == [("units.load", AuditResult.REFUSED)]


def test_an_open_plan_is_not_replaced(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    edited = tmp_path / "2021.toml"
    edited.write_text(PLAN.read_text(encoding="utf-8").replace("window_days = 15", "window_days = 20"), encoding="utf-8")

    result = flask(opened_sqlite_app, "campaign", "load", str(edited))

    assert (result.exit_code, result.stderr) == (1, "Đợt thi đua năm 2021 đã mở; kế hoạch đã mở không thay thế được.\n")
    assert db.session.scalars(select(Campaign)).one().plan.window_days == 15
    assert flask(opened_sqlite_app, "campaign", "load", str(PLAN)).exit_code == 0


def test_a_campaign_is_opened_once(opened_sqlite_app: Flask) -> None:
    result = flask(opened_sqlite_app, "campaign", "open", "2021")

    assert (result.exit_code, "đã mở" in result.stderr) == (1, True)


def test_a_campaign_that_was_not_loaded_cannot_be_opened(blank_sqlite_app: Flask) -> None:
    result = flask(blank_sqlite_app, "campaign", "open", "2021")

    assert (result.exit_code, result.stderr) == (1, "Error: Chưa nạp kế hoạch năm 2021.\n")


def test_a_campaign_whose_units_are_missing_names_each(blank_sqlite_app: Flask) -> None:
    flask(blank_sqlite_app, "campaign", "load", str(PLAN))

    result = flask(blank_sqlite_app, "campaign", "open", "2021")

    named = [line.split()[6] for line in result.stderr.splitlines()]
    assert (result.exit_code, named) == (1, ["903", "906", "KG", "SNV", "SNV-CCHC"])


# flask deadline


def test_a_deadline_is_printed_first_and_then_its_working(blank_sqlite_app: Flask) -> None:
    result = flask(blank_sqlite_app, "deadline", "2022-08-17")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "2022-09-05",
        "Sự kiện: Thứ Tư 17/08/2022",
        "Không tính ngày xảy ra sự kiện; ngày đầu tiên được tính: Thứ Năm 18/08/2022 (Bộ luật Dân sự 2015, Điều 147)",
        "Ngày thứ 15: Thứ Năm 01/09/2022",
        "Thứ Năm 01/09/2022 không phải ngày làm việc: Quốc khánh",
        "Thứ Sáu 02/09/2022 không phải ngày làm việc: Quốc khánh",
        "Thứ Bảy 03/09/2022 không phải ngày làm việc: nghỉ thứ Bảy",
        "Chủ nhật 04/09/2022 không phải ngày làm việc: nghỉ Chủ nhật",
        "Hạn chuyển sang hết ngày làm việc tiếp theo (Bộ luật Dân sự 2015, Điều 148)",
        "Hạn cuối: 24 giờ 00 ngày 05/09/2022",
    ]


@pytest.mark.parametrize(("days", "due"), [("1", "2022-08-18"), ("16", "2022-09-05"), ("20", "2022-09-06"), ("10", "2022-08-29")])
def test_a_deadline_of_other_days(blank_sqlite_app: Flask, days: str, due: str) -> None:
    result = flask(blank_sqlite_app, "deadline", "2022-08-17", "--days", days)

    assert result.stdout.splitlines()[0] == due


def test_a_deadline_by_a_calendar_of_ones_own(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.csv"
    calendar.write_text("date,kind,name,basis,status\n2022-09-01,swap_off,Nghỉ bão,CĐ 1,official\n", encoding="utf-8")

    result = flask(blank_sqlite_app, "deadline", "2022-08-17", "--calendar", str(calendar))

    assert result.stdout.splitlines()[0] == "2022-09-02"
    assert "Thứ Năm 01/09/2022 không phải ngày làm việc: Nghỉ bão" in result.stdout


def test_a_loaded_calendar_comes_before_the_shipped_one(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.csv"
    calendar.write_text("date,kind,name,basis,status\n2022-09-05,swap_off,Nghỉ bão,CĐ 1,official\n", encoding="utf-8")
    flask(blank_sqlite_app, "calendar", "load", str(calendar))

    assert flask(blank_sqlite_app, "deadline", "2022-08-17").stdout.splitlines()[0] == "2022-09-01"


def test_a_year_without_rows_is_warned_of_in_the_working_and_on_stderr(blank_sqlite_app: Flask) -> None:
    result = flask(blank_sqlite_app, "deadline", "2030-05-07")

    assert result.stdout.splitlines()[0] == "2030-05-22"
    assert "Cảnh báo: lịch chưa có ngày nghỉ của năm 2030; chỉ tính thứ Hai đến thứ Sáu là ngày làm việc" in result.stdout
    assert result.stderr == "Lịch chưa có năm 2030.\n"


@pytest.mark.parametrize("words", [["17/08/2022"], ["2022-02-30"], [], ["2022-08-17", "--days", "0"], ["2022-08-17", "--days", "x"]])
def test_a_deadline_of_no_day_is_a_wrong_use_of_the_command(blank_sqlite_app: Flask, words: list[str]) -> None:
    result = flask(blank_sqlite_app, "deadline", *words)

    assert (result.exit_code, result.stdout) == (2, "")


def test_a_deadline_beyond_the_calendar_of_the_world_is_told_and_no_crash(blank_sqlite_app: Flask) -> None:
    result = flask(blank_sqlite_app, "deadline", "9999-12-31")

    assert result.exit_code in {1, 2}
    assert isinstance(result.exception, SystemExit)


# flask procedure


def test_the_procedure_is_printed_as_a_table_of_states_steps_roles_and_clauses(blank_sqlite_app: Flask) -> None:
    lines = flask(blank_sqlite_app, "procedure", "table").output.splitlines()

    assert lines[0] == "| Từ | Bước | Đến | Ai | Điều khoản |"
    assert len(lines) == 2 + len(transitions(DossierProcedure))
    assert (
        f"| ranked (Đã xếp hạng) | select ({Step.SELECT.label}) | selected (Được chọn) | home_affairs/any_but_commune"
        " (Sở Nội vụ: đơn vị do Sở Nội vụ chọn); officer/compiles (Cán bộ đơn vị: cấp xã do đơn vị mình tổng hợp) | III.4.a |"
    ) in lines
    assert all(any(f"{step.value} ({step.label})" in line for line in lines) for step in Step)


def test_the_procedure_is_drawn_from_the_class(blank_sqlite_app: Flask) -> None:
    drawing = flask(blank_sqlite_app, "procedure", "diagram").output

    assert drawing.startswith("stateDiagram-v2")
    assert all(state.value in drawing for state in DossierState)
    assert "selected --> submitted : Submit" in drawing

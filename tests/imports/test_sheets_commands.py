"""`flask import …` as it is typed: a line for each faulty cell, the exit code, dry runs, and for whom the command line acts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

import cli.imports
from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.db import Base, db
from models.registrations import Registration
from models.results import IndexEntry, Recognition
from models.units import Unit
from models.vocabulary import DossierState, Source
from tests.actors import campaign_2021
from tests.builders import at, dossier_of, register
from tests.imports.corpus import workbooks as wb
from tests.imports.corpus.faulty import form, forms, ranking

RIGHT = (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")
WRONG = (2, "Sở Tài chính", "9O,5", 2, "giỏi")
WRONG_LINES = [
    "Dòng 3, cột Điểm: '9O,5' không phải là số",
    "Dòng 3, cột Nhóm: 'giỏi' không có trong danh sách; ghi một trong: xuất sắc, tốt, khá, trung bình",
]

Command = Callable[..., Result]


@pytest.fixture
def flask_import(tmp_path: Path) -> Command:
    """Run `flask import KIND FILE …` with a file of this content."""

    def run(app: Flask, kind: str, content: bytes, *words: str, when: str = "2022-01-13 09:00") -> Result:
        path = tmp_path / "tep.xlsx"
        path.write_bytes(content)
        db.session.rollback()
        with time_machine.travel(at(when), tick=False):
            return app.test_cli_runner().invoke(args=["import", kind, str(path), *words])

    return run


def count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def printed(result: Result) -> tuple[int, list[str]]:
    return result.exit_code, result.stdout.splitlines()


CAMPAIGN = ("--campaign", "2021")


def test_a_right_file_is_imported(opened_app: Flask, flask_import: Command) -> None:
    result = flask_import(opened_app, "ranking", ranking(RIGHT), *CAMPAIGN)

    assert printed(result) == (0, ["Đã nhập 1 dòng."])
    assert count(IndexEntry) == 1
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (entry.action, entry.source, entry.actor_id) == (Recorded.IMPORT_RANKING, Source.COMMAND, None)


def test_each_faulty_cell_has_its_line_and_nothing_is_saved(opened_sqlite_app: Flask, flask_import: Command) -> None:
    result = flask_import(opened_sqlite_app, "ranking", ranking(RIGHT, WRONG), *CAMPAIGN)

    assert printed(result) == (1, WRONG_LINES)
    assert "Không nhập: 2 lỗi, chưa thay đổi gì." in result.stderr
    assert count(IndexEntry) == 0


def test_the_valid_rows_alone_are_saved_and_the_exit_code_tells_of_the_others(opened_sqlite_app: Flask, flask_import: Command) -> None:
    result = flask_import(opened_sqlite_app, "ranking", ranking(RIGHT, WRONG), *CAMPAIGN, "--only-valid")

    assert printed(result) == (1, [*WRONG_LINES, "Đã nhập 1 dòng."])
    assert count(IndexEntry) == 1


def test_a_dry_run_saves_nothing(opened_sqlite_app: Flask, flask_import: Command) -> None:
    entries = count(AuditEntry)

    right = flask_import(opened_sqlite_app, "ranking", ranking(RIGHT), *CAMPAIGN, "--dry-run")
    wrong = flask_import(opened_sqlite_app, "ranking", ranking(RIGHT, WRONG), *CAMPAIGN, "--dry-run")

    assert printed(right) == (0, ["Kiểm tra xong: 1 dòng đều đúng, chưa lưu gì."])
    assert printed(wrong) == (1, WRONG_LINES)
    assert "1 trên 2 dòng đúng." in wrong.stderr
    assert (count(IndexEntry), count(AuditEntry)) == (0, entries)
    assert not (Path(opened_sqlite_app.config["INSTANCE"]) / "imports").exists()


def test_a_dry_run_works_on_a_published_campaign(ranked_app: Flask, flask_import: Command) -> None:
    wrong = flask_import(ranked_app, "ranking", ranking(RIGHT, WRONG), *CAMPAIGN, "--dry-run", when="2022-01-20 09:00")
    right = flask_import(ranked_app, "ranking", ranking(RIGHT), *CAMPAIGN, "--dry-run", when="2022-01-20 09:00")
    real = flask_import(ranked_app, "ranking", ranking(RIGHT), *CAMPAIGN, when="2022-01-20 09:00")

    assert printed(wrong) == (1, WRONG_LINES)
    assert printed(right) == (0, ["Kiểm tra xong: 1 dòng đều đúng, chưa lưu gì."])
    assert "Lưu ý: Tệp: Kết quả xếp hạng năm 2021 đã công bố." in right.stderr
    assert printed(real) == (1, ["Tệp: Kết quả xếp hạng năm 2021 đã công bố."])


def test_the_index_year_may_be_another(opened_sqlite_app: Flask, flask_import: Command) -> None:
    flask_import(opened_sqlite_app, "ranking", ranking(RIGHT), *CAMPAIGN, "--index-year", "2020")

    db.session.rollback()
    assert [entry.publication.index_year for entry in db.session.scalars(select(IndexEntry))] == [2020]


def test_the_same_file_twice_is_told(opened_sqlite_app: Flask, flask_import: Command) -> None:
    content = ranking(RIGHT)
    flask_import(opened_sqlite_app, "ranking", content, *CAMPAIGN)

    again = flask_import(opened_sqlite_app, "ranking", content, *CAMPAIGN, when="2022-01-13 10:00")

    assert again.exit_code == 0
    assert again.stdout.startswith("Tệp này đã nhập lúc ")
    assert again.stdout.endswith("; không có gì thay đổi.\n")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"%PDF-1.4", "Tệp: không phải bảng tính; hãy dùng tệp Excel (.xlsx) hoặc CSV"),
        (b"", "Tệp: tệp rỗng; hãy chọn lại tệp"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(content: bytes, line: str, opened_sqlite_app: Flask, flask_import: Command) -> None:
    assert printed(flask_import(opened_sqlite_app, "ranking", content, *CAMPAIGN)) == (1, [line])


def test_a_campaign_that_is_not_there_or_not_open_is_told(blank_sqlite_app: Flask, flask_import: Command) -> None:
    result = flask_import(blank_sqlite_app, "ranking", ranking(RIGHT), *CAMPAIGN)

    assert result.exit_code == 1
    assert "Chưa nạp kế hoạch năm 2021." in result.stderr
    assert flask_import(blank_sqlite_app, "ranking", ranking(RIGHT)).exit_code == 2


def test_the_command_line_enters_for_the_office_that_may(opened_app: Flask, flask_import: Command) -> None:
    papers = forms(form(), form(unit="Xã Kiên Bình", name="Lê An"))()
    assert printed(flask_import(opened_app, "registrations", papers, *CAMPAIGN, when="2021-03-10 09:00")) == (0, ["Đã nhập 2 dòng."])
    assert count(Registration) == 2

    register(campaign_2021(), "30802")
    rows: list[tuple[Any, ...]] = [wb.RECOGNITION, (1, "Xã Hòa Điền", None, "45/QĐ-UBND", "12/01/2022")]
    assert printed(flask_import(opened_app, "recognitions", wb.xlsx(rows), *CAMPAIGN)) == (0, ["Đã nhập 1 dòng."])
    assert count(Recognition) == 1
    assert dossier_of(campaign_2021(), "30802").state is DossierState.RANKED


def test_units_need_no_campaign(blank_sqlite_app: Flask, flask_import: Command) -> None:
    rows = [wb.UNITS, (1, "KG", "Tỉnh Kiên Giang", "Ủy ban nhân dân tỉnh Kiên Giang", "province")]

    assert printed(flask_import(blank_sqlite_app, "units", wb.xlsx(rows))) == (0, ["Đã nhập 1 dòng."])
    assert count(Unit) == 1


def test_what_is_worth_a_look_refuses_nothing(opened_sqlite_app: Flask, flask_import: Command) -> None:
    rows = ranking(RIGHT, (2, "Sở Tư pháp", "90", 5, "tốt"))

    result = flask_import(opened_sqlite_app, "ranking", rows, *CAMPAIGN, "--dry-run")

    assert result.exit_code == 0
    assert "Lưu ý: Dòng 3, cột Hạng: không có hạng 2 (nhảy từ hạng 1 sang hạng 5)" in result.stderr


def test_every_kind_has_its_command() -> None:
    assert set(cli.imports.sheets.commands) == {"ranking", "registrations", "recognitions", "ratings", "units"}

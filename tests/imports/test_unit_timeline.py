"""Changes of units from files, laid over what is loaded: corrected rows, rows out of order, and contradictions, refused with their line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from imports import data_files
from imports.data_files import FileRefused
from models.db import db, transaction
from models.units import Unit
from tests.actors import campaign_2021, last_entry
from tests.builders import DATA, LOADER, at
from workflow import unit_changes

HEADINGS = "code,effective,change,name,official_name,kind,merged_into,basis"
OFFICE = "BDT"
ENDS = f"{OFFICE},2021-05-01,abolish,,,,SNV,NQ số 5"


def load(folder: Path, *rows: str, when: str = "2021-06-01 09:00") -> int:
    """Load a file of changes with these rows, the first on line 2."""
    path = folder / "changes.csv"
    path.write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    with transaction():
        return data_files.load_unit_changes(path, actor=LOADER, at=at(when))


def refused(folder: Path, *rows: str) -> list[tuple[int, str, str]]:
    """The faults that a file is refused for; nothing of it is kept."""
    before = versions()
    with pytest.raises(FileRefused) as error:
        load(folder, *rows)
    db.session.rollback()
    assert versions() == before
    return [(fault.line, fault.field, fault.reason) for fault in error.value.faults]


def unit(code: str = OFFICE) -> Unit:
    return db.session.scalars(select(Unit).where(Unit.code == code)).one()


def versions(code: str = OFFICE) -> list[tuple[str, str, str | None]]:
    """A unit's versions: name, from, until."""
    return [(v.name, str(v.valid_from), str(v.valid_to) if v.valid_to else None) for v in unit(code).versions]


def rename(day: str, name: str, basis: str = "QĐ số 1") -> str:
    return f"{OFFICE},{day},rename,{name},UBND {name},provincial_agency,,{basis}"


def test_an_abolition_keeps_its_document(opened_app: Flask, tmp_path: Path) -> None:
    load(tmp_path, ENDS)

    assert (unit().versions[-1].end_basis, unit().merged_into_id) == ("NQ số 5", unit("SNV").id)


def test_the_campaigns_change_rests_on_the_document_that_was_loaded(opened_app: Flask, tmp_path: Path) -> None:
    load(tmp_path, f"{OFFICE},2021-05-01,abolish,,,,,NQ số 5")
    campaign = campaign_2021()

    with transaction():
        found = unit_changes.pending(campaign, date(2021, 6, 1))
        unit_changes.apply(campaign, found, actor=LOADER, at=at("2021-06-01 09:00"))

    assert [(change.unit.unit.code, change.basis) for change in found] == [(OFFICE, "NQ số 5")]
    assert '"basis":"NQ số 5"' in (last_entry().detail or "")


def test_a_corrected_row_for_the_same_day_updates_what_was_loaded(opened_app: Flask, tmp_path: Path) -> None:
    load(tmp_path, rename("2021-04-01", "Ban Dân tọc"), ENDS)

    counts = [
        load(tmp_path, rename("2021-04-01", "Ban Dân tộc và Tôn giáo", "QĐ số 2"), f"{OFFICE},2021-05-01,abolish,,,,STP,NQ số 6"),
        load(tmp_path, rename("2021-04-01", "Ban Dân tộc và Tôn giáo", "QĐ số 2"), f"{OFFICE},2021-05-01,abolish,,,,STP,NQ số 6"),
    ]

    assert counts == [2, 0]
    assert versions()[1:] == [("Ban Dân tộc và Tôn giáo", "2021-04-01", "2021-05-01")]
    assert (unit().versions[-1].basis, unit().versions[-1].end_basis) == ("QĐ số 2", "NQ số 6")
    assert unit().merged_into_id == unit("STP").id


def test_rows_in_any_order_and_days_between_make_one_line_of_versions(opened_app: Flask, tmp_path: Path) -> None:
    load(tmp_path, ENDS, rename("2021-04-01", "B"))
    load(tmp_path, rename("2021-03-01", "A"))

    names = versions()
    assert [name for name, _start, _end in names[1:]] == ["A", "B"]
    assert [(start, end) for _name, start, end in names[1:]] == [("2021-03-01", "2021-04-01"), ("2021-04-01", "2021-05-01")]
    assert names[0][2] == "2021-03-01"
    assert [v.end_basis for v in unit().versions] == ["", "", "NQ số 5"]


def test_a_name_after_the_end_does_not_revive_a_unit(opened_app: Flask, tmp_path: Path) -> None:
    load(tmp_path, ENDS)

    assert refused(tmp_path, rename("2021-05-02", "A")) == [
        (2, "effective", "đơn vị đã chấm dứt từ ngày 01/05/2021; không đổi tên sau ngày đó được")
    ]
    assert [line for line, _field, _reason in refused(tmp_path, rename("2021-03-01", "A"), rename("2021-06-01", "B"))] == [3]


def test_nor_does_one_in_the_same_file(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    assert [(line, field) for line, field, _reason in refused(tmp_path, rename("2021-05-02", "A"), ENDS)] == [(2, "effective")]


@pytest.mark.parametrize(
    ("loaded", "row", "field", "reason"),
    [
        (ENDS, f"{OFFICE},2021-05-09,abolish,,,,SNV,NQ", "effective", "không chấm dứt lần nữa được"),
        (ENDS, f"{OFFICE},2021-04-09,abolish,,,,SNV,NQ", "effective", "đã ghi đơn vị chấm dứt từ ngày 01/05/2021"),
        (ENDS, rename("2021-05-01", "A"), "change", "không ghi thành đổi tên được"),
        (rename("2021-04-01", "A"), f"{OFFICE},2021-04-01,abolish,,,,SNV,NQ", "change", "không ghi thành chấm dứt được"),
        (rename("2021-04-01", "A"), f"{OFFICE},2021-03-09,abolish,,,,SNV,NQ", "effective", "còn ghi đổi tên từ ngày 01/04/2021"),
        (rename("2021-04-01", "A"), f"{OFFICE},2021-05-01,abolish,,,,{OFFICE},NQ", "merged_into", "không nhập vào chính nó"),
        (rename("2021-04-01", "A"), rename("2021-05-01", "A" * 201), "name", "dài quá 200 ký tự"),
    ],
)
def test_what_contradicts_the_loaded_is_refused(
    opened_sqlite_app: Flask, tmp_path: Path, loaded: str, row: str, field: str, reason: str
) -> None:
    load(tmp_path, loaded)

    (fault,) = refused(tmp_path, row)

    assert fault[:2] == (2, field)
    assert reason in fault[2]


def test_one_day_has_one_row(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, rename("2021-04-01", "A"), rename("2021-04-01", "B"))

    assert fault == (3, "effective", "đơn vị này đã có thay đổi cùng ngày ở dòng 2")


def test_the_shipped_file_is_still_loaded_once(opened_sqlite_app: Flask) -> None:
    counts = []
    for _ in range(2):
        with transaction():
            counts.append(data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at("2021-03-01 09:00")))

    assert counts == [5, 0]

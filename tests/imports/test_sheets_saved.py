"""What an import saves: all rows, the valid ones or none, in one transaction, by the workflow's own road; the same file once."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from audit.actions import Action as Recorded
from imports import uploads
from imports.faults import say_fault
from imports.importing import KINDS, ImportedBefore, Outcome, SheetRefused, import_table, record_refusal
from imports.kinds import Setting
from imports.table import read_table
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import Base, db, transaction
from models.people import Actor
from models.registrations import Registration
from models.results import IndexEntry, Rating, Recognition
from models.text import sort_key
from models.units import Unit
from models.vocabulary import AuditResult, DossierState, RegistrationState, Role
from tests.actors import campaign_2021
from tests.builders import LOADER, actor_of, at, dossier_of, load_data, register, unit_of
from tests.imports.corpus import workbooks as wb
from tests.imports.corpus.faulty import form, forms, more, ranking

RIGHT = (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")
SECOND = (2, "Sở Tư pháp", "90", 2, "tốt")
WRONG = (3, "Sở Tài chính", "9O,5", 3, "tốt")


def run(
    kind_code: str,
    content: bytes,
    folder: Path,
    actor: Actor,
    *,
    when: str = "2022-01-13 09:00",
    only_valid: bool = False,
    year: int = 2021,
) -> Outcome:
    """Import a file as an edge does: kept, read, then saved in one transaction."""
    kind = KINDS[kind_code]

    def setting() -> Setting:
        return Setting(campaign_2021(), at(when), lambda unit: actor, year, "tep.xlsx")

    db.session.rollback()
    upload = uploads.keep(folder, content, "tep.xlsx")
    table = read_table(upload.path, kind.columns(setting()))
    try:
        with transaction():
            return import_table(kind, table, upload, setting(), only_valid=only_valid)
    except SheetRefused as refusal:
        with transaction():
            record_refusal(kind, upload, setting(), refusal)
        raise


def home() -> Actor:
    return actor_of("SNV", Role.HOME_AFFAIRS)


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def last_entry() -> tuple[AuditEntry, dict[str, Any]]:
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    return entry, json.loads(entry.detail or "{}")


def said(refusal: pytest.ExceptionInfo[SheetRefused]) -> list[str]:
    return [say_fault(fault) for fault in [*refusal.value.checked.faults, *refusal.value.refused]]


# The ranking


def test_a_right_file_is_saved_whole_and_put_on_record(opened_app: Flask, tmp_path: Path) -> None:
    outcome = run("ranking", ranking(RIGHT, SECOND), tmp_path, home())

    saved = db.session.scalars(select(IndexEntry).order_by(IndexEntry.rank)).all()
    assert [(e.campaign_unit.name, e.score, e.rank, e.rank_group) for e in saved] == [
        ("Sở Nội vụ", "91,25", 1, "excellent"),
        ("Sở Tư pháp", "90", 2, "good"),
    ]
    entry, detail = last_entry()
    assert (entry.action, entry.result, entry.campaign_id) == (Recorded.IMPORT_RANKING, AuditResult.DONE, campaign_2021().id)
    assert (detail["file"], detail["rows"], detail["left_out"], detail["year"]) == ("tep.xlsx", 2, [], 2021)
    assert (tmp_path / detail["sha256"][:2] / detail["sha256"]).is_file()
    assert (outcome.saved, outcome.left_out) == (2, [])


def test_one_wrong_cell_saves_nothing(opened_app: Flask, tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as refusal:
        run("ranking", ranking(RIGHT, SECOND, WRONG), tmp_path, home())

    assert said(refusal) == ["Dòng 4, cột Điểm: '9O,5' không phải là số"]
    assert count(IndexEntry) == 0
    entry, detail = last_entry()
    assert (entry.action, entry.result, detail["faults"]) == (Recorded.IMPORT_RANKING, AuditResult.REFUSED, 1)


def test_only_the_valid_rows_are_saved_when_asked_for(opened_app: Flask, tmp_path: Path) -> None:
    outcome = run("ranking", ranking(RIGHT, SECOND, WRONG), tmp_path, home(), only_valid=True)

    assert (outcome.saved, [say_fault(fault) for fault in outcome.left_out]) == (2, ["Dòng 4, cột Điểm: '9O,5' không phải là số"])
    assert count(IndexEntry) == 2
    assert last_entry()[1]["left_out"] == [4]


def test_a_file_without_a_valid_row_is_refused_even_then(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    with pytest.raises(SheetRefused):
        run("ranking", ranking(WRONG), tmp_path, home(), only_valid=True)


def test_the_same_file_twice_is_known(opened_app: Flask, tmp_path: Path) -> None:
    content = ranking(RIGHT)
    run("ranking", content, tmp_path, home())
    entries = count(AuditEntry)

    with pytest.raises(ImportedBefore):
        run("ranking", content, tmp_path, home())

    assert count(AuditEntry) == entries
    run("ranking", content, tmp_path, home(), year=2020)
    assert count(IndexEntry) == 2


def test_a_file_of_one_year_is_known_though_another_year_came_in_since(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    content = ranking(RIGHT)
    run("ranking", content, tmp_path, home(), year=2020)
    run("ranking", ranking(SECOND), tmp_path, home(), year=2021)

    with pytest.raises(ImportedBefore):
        run("ranking", content, tmp_path, home(), year=2020)


def test_a_refused_file_is_not_known(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    content = ranking(WRONG)

    for _time in range(2):
        with pytest.raises(SheetRefused):
            run("ranking", content, tmp_path, home())


def test_an_earlier_file_may_come_again_after_another_replaced_it(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    first, second = ranking(RIGHT), ranking(SECOND)

    for content in (first, second, first):
        run("ranking", content, tmp_path, home())

    assert [entry.campaign_unit.name for entry in db.session.scalars(select(IndexEntry))] == ["Sở Nội vụ"]


def test_a_published_ranking_is_not_replaced_and_cells_come_first(ranked_app: Flask, tmp_path: Path) -> None:
    before = count(IndexEntry)

    with pytest.raises(SheetRefused) as cells:
        run("ranking", ranking(WRONG), tmp_path, home(), when="2022-01-20 09:00")
    with pytest.raises(SheetRefused) as state:
        run("ranking", ranking(RIGHT), tmp_path, home(), when="2022-01-20 09:00")

    assert said(cells) == ["Dòng 2, cột Điểm: '9O,5' không phải là số"]
    assert said(state) == ["Tệp: Kết quả xếp hạng năm 2021 đã công bố."]
    assert count(IndexEntry) == before


@pytest.mark.slow
def test_ten_thousand_units_are_ranked(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    campaign = campaign_2021()
    with transaction() as session:
        model = unit_of(campaign, "STP")
        for number in range(10_000):
            name = f"Sở Số {number}"
            unit = Unit(code=f"N{number}", aliases=[], source="")
            session.add(
                CampaignUnit(
                    campaign_id=campaign.id,
                    unit=unit,
                    name=name,
                    official_name=name,
                    kind=model.kind,
                    eligible=True,
                    criterion=model.criterion,
                    search=name,
                    sort_key=sort_key(name),
                )
            )
    rows = [(n + 1, f"sở số {n}", "91,25", n + 1, "tốt") for n in range(10_000)]

    assert run("ranking", ranking(*rows), tmp_path, home()).saved == 10_000
    assert count(IndexEntry) == 10_000


# Registration forms on paper


def test_forms_are_entered_and_sent_for_their_units(opened_app: Flask, tmp_path: Path) -> None:
    rows = forms(
        form(unit="Huyện Hòn Đất", collectives="Phòng Nội vụ"), more(name="Trần Thị Bình"), form(unit="Xã Bình An", district="Châu Thành")
    )

    outcome = run("registrations", rows(), tmp_path, home(), when="2021-03-10 09:00")

    assert outcome.saved == 3
    found = {r.campaign_unit.long_name: r for r in db.session.scalars(select(Registration))}
    assert set(found) == {"Huyện Hòn Đất", "Xã Bình An, Huyện Châu Thành"}
    district = found["Huyện Hòn Đất"]
    assert (district.state, district.preparer, district.head, district.late) == (
        RegistrationState.SENT,
        "Lê Thị Lập",
        "Trần Văn Trưởng",
        False,
    )
    assert [member.campaign_unit.name for member in district.collectives] == ["Huyện Hòn Đất", "Phòng Nội vụ huyện Hòn Đất"]
    assert [person.full_name for person in district.individuals] == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert {e.actor_id for e in db.session.scalars(select(AuditEntry).where(AuditEntry.action == Recorded.REGISTRATION_SEND))} == {
        home().user_id
    }


def test_one_refused_unit_refuses_the_file_and_leaves_nothing_half_saved(opened_app: Flask, tmp_path: Path) -> None:
    register(campaign_2021(), "STC")
    entries, registrations = count(AuditEntry), count(Registration)
    rows = forms(form(), form(unit="Sở Tài chính", name="Lê An"), form(unit="Sở Y tế", law="không", name="Lê Ba"))()

    with pytest.raises(SheetRefused) as refusal:
        run("registrations", rows, tmp_path, home(), when="2021-03-20 09:00")

    assert said(refusal) == [
        "Dòng 3: Bản đăng ký đang ở trạng thái “Đã duyệt” nên không thực hiện được.",
        "Dòng 4: Thủ trưởng chưa cam kết tập thể gương mẫu chấp hành chủ trương, pháp luật và nội bộ đoàn kết.",
    ]
    assert (count(Registration), count(AuditEntry)) == (registrations, entries + 1)


def test_the_others_are_saved_when_asked_for_and_a_refused_one_leaves_no_draft(opened_app: Flask, tmp_path: Path) -> None:
    rows = forms(form(), form(unit="Sở Y tế", law="không", name="Lê Ba"))()

    outcome = run("registrations", rows, tmp_path, home(), when="2021-03-20 09:00", only_valid=True)

    assert (outcome.saved, len(outcome.left_out)) == (1, 1)
    assert [r.campaign_unit.name for r in db.session.scalars(select(Registration))] == ["Sở Tư pháp"]


def test_a_district_enters_for_its_own_communes_only(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    rows = forms(form(unit="Xã Kiên Bình"), form(unit="Xã Bình An, Châu Thành", name="Lê An"))()

    with pytest.raises(SheetRefused) as refusal:
        run("registrations", rows, tmp_path, actor_of("902"), when="2021-03-20 09:00")

    assert said(refusal) == ["Dòng 3, cột Đơn vị: bạn không được nhập cho Xã Bình An, Huyện Châu Thành"]


def test_a_late_file_is_late(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as refusal:
        run("registrations", forms(form())(), tmp_path, home(), when="2021-04-02 09:00")

    assert said(refusal) == ["Dòng 2: Đã hết hạn đăng ký (24 giờ 00 ngày 31/03/2021). Cần có văn bản cho phép đăng ký trễ hạn."]


def received(*days: str) -> bytes:
    """The form of one unit, a person on each row, with the day on which the paper came in."""
    rows = [form(), *(more(name=f"Trần Thị {number}") for number in range(1, len(days)))]
    return wb.xlsx([(*wb.REGISTRATION, "Ngày nhận"), *((*row, day) for row, day in zip(rows, days, strict=True))])


def test_a_paper_that_came_in_before_the_due_date_is_in_time_when_entered_after_it(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    run("registrations", received("31/03/2021", ""), tmp_path, home(), when="2021-04-02 09:00")

    saved = db.session.scalars(select(Registration)).one()
    assert (saved.received_on, saved.late) == (date(2021, 3, 31), False)


def test_the_day_on_which_a_paper_came_in_is_not_ahead_and_one_for_a_form(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as ahead:
        run("registrations", received("30/04/2021"), tmp_path, home(), when="2021-04-02 09:00")
    with pytest.raises(SheetRefused) as two:
        run("registrations", received("30/03/2021", "29/03/2021"), tmp_path, home(), when="2021-04-02 09:00")

    assert said(ahead) == ["Dòng 2, cột Ngày nhận bản giấy: ngày '30/04/2021' ở tương lai"]
    assert said(two) == ["Dòng 3, cột Ngày nhận bản giấy: '29/03/2021' khác với dòng 2 của cùng đơn vị"]


# Recognitions and ratings


def test_a_recognition_ranks_the_commune(opened_app: Flask, tmp_path: Path) -> None:
    register(campaign_2021(), "30790")
    rows = [wb.RECOGNITION, (1, "kien binh", "Kiên Lương", "45/QĐ-UBND", "12/01/2022")]

    run("recognitions", wb.xlsx(rows), tmp_path, actor_of("902"), when="2022-01-14 09:00")

    kept = db.session.scalars(select(Recognition)).one()
    assert (kept.number, kept.date.isoformat()) == ("45/QĐ-UBND", "2022-01-12")
    assert dossier_of(campaign_2021(), "30790").state is DossierState.RANKED


def test_a_commune_without_a_dossier_is_said_so(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    rows = [wb.RECOGNITION, (1, "Xã Kiên Bình", None, "45/QĐ-UBND", "12/01/2022")]

    with pytest.raises(SheetRefused) as refusal:
        run("recognitions", wb.xlsx(rows), tmp_path, actor_of("902"), when="2022-01-14 09:00")

    assert said(refusal) == ["Dòng 2: Xã Kiên Bình, Huyện Kiên Lương chưa có hồ sơ trong đợt thi đua này; bản đăng ký chưa được duyệt"]


def test_a_rating_is_kept_for_the_year_that_counts(opened_app: Flask, tmp_path: Path) -> None:
    register(campaign_2021(), "SNV", by=home())
    unit, year = "Phòng CCHC", dossier_year("SNV-CCHC")
    rows = [wb.RATING, (1, unit, year, "HTTNV", "có", "7/QĐ", "12/01/2022")]
    other = [wb.RATING, (1, unit, 2021 if year == 2020 else 2020, "HTTNV", "có", "7/QĐ", "12/01/2022")]

    with pytest.raises(SheetRefused) as refusal:
        run("ratings", wb.xlsx(other), tmp_path, home(), when="2022-01-14 09:00")
    run("ratings", wb.xlsx(rows), tmp_path, home(), when="2022-01-14 09:00")

    assert said(refusal) == [
        f"Dòng 2: năm được xét của Phòng Cải cách hành chính và Tổ chức phi chính phủ là {year}, tệp ghi năm {other[1][2]}"
    ]
    kept = db.session.scalars(select(Rating)).one()
    assert (kept.rating, kept.better_than_before, kept.year, kept.number) == ("good", True, year, "7/QĐ")


def dossier_year(code: str) -> int:
    """The year by which a collective is judged while there is no ruling."""
    campaign = campaign_2021()
    return campaign.plan.criteria[unit_of(campaign, code).criterion or ""].year


# Units


def test_units_are_added_and_updated_by_the_road_of_the_data_file(opened_app: Flask, tmp_path: Path) -> None:
    rows = [
        wb.UNITS,
        (1, "X1", "Xã Mới", "Ủy ban nhân dân xã Mới", "Xã", "905", "01/03/2021", None, "UBND xã Mới; Xã Mới A", "Nghị quyết 1"),
        (2, "STP", "Sở Tư pháp", "Sở Tư pháp tỉnh Kiên Giang", "provincial_agency", "KG", None, None, "Sở TP|Tư pháp"),
    ]
    before = count(Unit)

    outcome = run("units", wb.xlsx(rows), tmp_path, actor_of("SNV", Role.ADMINISTRATOR))

    new = db.session.scalars(select(Unit).where(Unit.code == "X1")).one()
    assert (outcome.saved, count(Unit)) == (2, before + 1)
    assert (new.aliases, new.source) == (["UBND xã Mới", "Xã Mới A"], "Nghị quyết 1")
    assert (new.versions[0].kind, new.versions[0].valid_from.isoformat(), new.versions[0].valid_to) == ("commune", "2021-03-01", None)
    assert db.session.scalars(select(Unit).where(Unit.code == "STP")).one().aliases == ["Sở TP", "Tư pháp"]
    actions = [e.action for e in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(2))]
    assert actions == [Recorded.IMPORT_UNITS, Recorded.UNITS_LOAD]


def test_the_words_for_kinds_are_those_of_every_plan_that_was_loaded(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    setting = Setting(None, at("2022-01-13 09:00"), lambda unit: LOADER)
    choices = {column.key: column.choices for column in KINDS["units"].columns(setting)}
    assert choices["kind"] == ()

    load_data()

    choices = {column.key: column.choices for column in KINDS["units"].columns(setting)}
    assert {"Xã", "Huyện", "Tỉnh"} <= set(choices["kind"])


@pytest.mark.slow
def test_ten_thousand_units_are_loaded_without_a_query_for_each(blank_sqlite_app: Flask, tmp_path: Path) -> None:
    rows = [("STT", "Mã", "Tên", "Tên chính thức", "Loại"), *((n, f"X{n}", f"Xã {n}", f"UBND xã {n}", "commune") for n in range(10_000))]
    path, asked = tmp_path / "tep.xlsx", []
    path.write_bytes(wb.xlsx(rows))
    setting = Setting(None, at("2022-01-13 09:00"), lambda unit: LOADER)
    kind = KINDS["units"]
    table = read_table(path, kind.columns(setting))
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    with transaction():
        outcome = import_table(kind, table, uploads.keep(tmp_path, path.read_bytes(), "tep.xlsx"), setting, only_valid=False)

    assert (outcome.saved, count(Unit)) == (10_000, 10_000)
    assert len([sql for sql in asked if sql.startswith("SELECT")]) < 100


def test_a_text_that_looks_like_a_formula_stays_a_text(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    name = '=HYPERLINK("http://x")'
    rows = [wb.REGISTRATION, form(name="An")]
    content = wb.cells({"E2": name}, rows)

    with pytest.raises(SheetRefused) as refusal:
        run("registrations", content, tmp_path, home(), when="2021-03-10 09:00")
    text = wb.csv([wb.REGISTRATION, tuple("" if v is None else v for v in form(name=name.replace('"', "'")))])
    run("registrations", text, tmp_path, home(), when="2021-03-10 09:00")

    assert said(refusal)[0].startswith("Dòng 2, cột Họ và tên cá nhân: công thức chưa được tính")
    assert db.session.scalars(select(Registration)).one().individuals[0].full_name == "=HYPERLINK('http://x')"


def test_spreadsheets_that_nobody_imported_are_thrown_away_after_a_month(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    imported, waiting = ranking(RIGHT), uploads.keep(tmp_path, ranking(SECOND), "cho.xlsx")
    run("ranking", imported, tmp_path, home())
    forgotten = uploads.keep(tmp_path, ranking(WRONG), "quen.xlsx")
    uploads.rows_of(forgotten).write_text("{}")
    long_ago = at("2022-01-01 09:00").timestamp()
    for path in tmp_path.glob("??/*"):
        os.utime(path, (long_ago, long_ago))
    os.utime(waiting.path, (at("2022-02-01 09:00").timestamp(),) * 2)

    removed = uploads.tidy(tmp_path, at("2022-02-13 09:00"))

    assert removed == 1
    assert {path.stem for path in tmp_path.glob("??/*")} == {uploads.sha256_of(imported), waiting.sha256}

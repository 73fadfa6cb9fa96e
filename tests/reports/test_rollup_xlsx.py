"""RP1 and RP2 as workbooks: texts stay texts, days are days, and every sheet prints on A4."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
from flask import Flask
from openpyxl import Workbook

from models.db import transaction
from models.registrations import RegisteredIndividual
from reports.registrations import rollup_of_district, rollup_of_province
from reports.rollup_xlsx import district_xlsx, province_xlsx
from tests.actors import campaign_2021
from tests.reports.season import CLOSED, DISTRICT, ODD, WAITING, unit
from workflow import registrations


def rp1() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(district_xlsx(rollup_of_district(unit(DISTRICT)), CLOSED)))


def rp2() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(province_xlsx(rollup_of_province(campaign_2021()), CLOSED)))


def test_rp1_has_figures_registered_missing_and_individuals(season_sqlite_app: Flask) -> None:
    book = rp1()

    assert book.sheetnames == ["Tổng hợp", "Đã đăng ký", "Chưa đăng ký", "Cá nhân"]
    assert book["Tổng hợp"]["A1"].value == "ỦY BAN NHÂN DÂN HUYỆN GIỒNG RIỀNG"
    assert book["Tổng hợp"]["A3"].value == "Tính đến ngày 05 tháng 4 năm 2021"
    assert [cell.value for cell in list(book["Tổng hợp"].rows)[-1]] == ["", "Tổng cộng", 19, 4, "21,1%", 3, 1, 15, 4, 4]
    first = [cell.value for cell in book["Đã đăng ký"][6]]
    assert first[:4] == [1, "Thị trấn Giồng Riềng", "Ủy ban nhân dân thị trấn Giồng Riềng", 2]
    assert first[4] == "Nguyễn Văn An (Chuyên viên, Thị trấn Giồng Riềng)\nTrần Thị Bình (Phó Trưởng phòng, Thị trấn Giồng Riềng)"
    assert first[5:] == [datetime(2021, 3, 10), "Đúng hạn", "Đã duyệt"]  # noqa: DTZ001 (openpyxl gives a day without a zone)
    assert book["Chưa đăng ký"].max_row == 5 + 15
    assert book["Cá nhân"].max_row == 5 + 4


def test_rp2_has_kinds_districts_and_the_three_lists(season_sqlite_app: Flask) -> None:
    book = rp2()

    assert book.sheetnames == ["Theo loại đơn vị", "Cấp xã theo huyện", "Đúng hạn", "Trễ hạn", "Chưa đăng ký", "Cá nhân"]
    assert book["Chưa đăng ký"].max_row == 5 + 176
    assert [cell.value for cell in book["Trễ hạn"][6]][1] == "Xã Thạnh Lộc, huyện Giồng Riềng"


def test_a_name_that_looks_like_a_formula_stays_a_text(season_sqlite_app: Flask) -> None:
    with transaction():
        person = registrations.registration_of(unit(WAITING)).individuals[0]
        person.position, person.workplace = "{=cmd|'/c calc'!A1}", "http://example.org/"

    book = rp1()

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    people = [[cell.value for cell in row[1:4]] for row in book["Cá nhân"].iter_rows(min_row=6)]
    assert [ODD.full_name, "{=cmd|'/c calc'!A1}", "http://example.org/"] in people
    assert book["Cá nhân"]["B6"].number_format == "@"


def test_every_sheet_prints_on_a4_with_its_heading_repeated(season_sqlite_app: Flask) -> None:
    for sheet in [*rp1(), *rp2()]:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$5:$5"
        assert sheet.freeze_panes == "C6"
        assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"Times New Roman"}


def test_rows_are_as_high_as_their_texts_and_no_higher_than_excel_allows(season_sqlite_app: Flask) -> None:
    with transaction():
        form = registrations.registration_of(unit(WAITING))
        form.individuals = [RegisteredIndividual(full_name="Lê Văn Tám", position="Chuyên viên", workplace="x" * 300) for _ in range(30)]

    heights = rp1()["Đã đăng ký"].row_dimensions

    assert heights[7].height < heights[6].height
    assert 400 < max(row.height for row in heights.values() if row.height) <= 409


def test_an_empty_district_still_gives_a_workbook(opened_sqlite_app: Flask) -> None:
    book = rp1()

    assert book["Chưa đăng ký"].max_row == 5 + 19
    assert book["Cá nhân"].max_row == 5

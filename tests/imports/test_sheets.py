"""Reading good spreadsheets in all the shapes offices give them, the templates, the names of units, and the limits of the child process."""

from __future__ import annotations

import datetime
import io
import os
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from imports import sheets, uploads
from imports.blank_sheets import HEAD_ROW, blank_sheet
from imports.faults import Wrong, say_fault
from imports.guard import Limits
from imports.importing import KINDS, Checked, check
from imports.kinds import Setting
from imports.sheets import FileUnreadable
from imports.table import letter, read_table
from imports.units_by_name import UnitNames
from models.vocabulary import Role
from tests.actors import campaign_2021
from tests.builders import actor_of, at
from tests.imports.corpus import workbooks as wb
from tests.imports.corpus.faulty import form, forms, more, one
from tests.stages import application, database_at

RIGHT = (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")


@pytest.fixture(scope="module")
def reading_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The opened campaign, for tests that only read."""
    folder = tmp_path_factory.mktemp("reading")
    with database_at("opened", "sqlite", request, folder) as url, application(url, folder / "instance") as app:
        yield app


def setting_of(code: str = "SNV", role: Role = Role.HOME_AFFAIRS) -> Setting:
    """What a file is read against, for one officer."""
    person = actor_of(code, role)
    return Setting(campaign_2021(), at("2022-01-20 09:00"), lambda unit: person, 2021, "tep.xlsx")


def checked(content: bytes, folder: Path, kind_code: str = "ranking", setting: Setting | None = None) -> Checked:
    """A file after its cells were checked."""
    kind, setting = KINDS[kind_code], setting or setting_of()
    path = folder / "tep"
    path.write_bytes(content)
    return check(kind, read_table(path, kind.columns(setting)), setting)


def entries(content: bytes, folder: Path) -> list[tuple[str, str, int, str]]:
    """The entries that a ranking file gives; nothing in it is wrong."""
    found = checked(content, folder)
    assert [say_fault(fault) for fault in found.faults] == []
    return [(item.value.unit.name, item.value.score, item.value.rank, item.value.group) for item in found.items]


RIGHT_ENTRY = [("Sở Nội vụ", "91,25", 1, "excellent")]


# Shapes of a good file


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: wb.xlsx([wb.RANKING, RIGHT]), id="plain"),
        pytest.param(lambda: wb.xlsx([("UBND TỈNH",), (), ("KẾT QUẢ NĂM 2021",), (), wb.RANKING, RIGHT]), id="below a title"),
        pytest.param(lambda: wb.xlsx([*[("x",)] * 14, wb.RANKING, RIGHT]), id="headings in row 15"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, RIGHT, (2,), (None, " "), (3, "\u00a0")]), id="trailing blanks, numbered ones too"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, ("(1)", "(2)", "(3)", "(4)", "(5)"), RIGHT]), id="numbered columns"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, (1, 2, 3, 4, 5), RIGHT]), id="plainly numbered columns"),
        pytest.param(lambda: wb.xlsx([("Ghi chú",)], [wb.RANKING, RIGHT]), id="second sheet"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, (1, "Sai")], [wb.RANKING, RIGHT], hidden=1), id="first sheet hidden"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, RIGHT], [wb.RANKING, (1, "Sai")]), id="only the first of two"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, (1,)], [wb.RANKING, RIGHT]), id="the first of two is empty"),
        pytest.param(lambda: wb.xlsx([wb.RANKING, RIGHT], [("x",) * 200]), id="a later sheet beyond the limits"),
        pytest.param(
            lambda: wb.xlsx([("Nhóm", "hạng", "ĐIỂM", " đơn  vị:"), ("Xuất Sắc", 1, 91.25, "so noi vu")]), id="other order, no STT"
        ),
        pytest.param(
            lambda: wb.xlsx([[unicodedata.normalize("NFD", str(v)) for v in row] for row in (wb.RANKING, RIGHT)]), id="decomposed"
        ),
        pytest.param(
            lambda: wb.xlsx([wb.RANKING, ("1", "Sở\u00a0Nội\u00a0vụ ", "91.25", "1", "Nhóm xuất sắc")]), id="text, hard spaces, point"
        ),
        pytest.param(lambda: wb.xlsx([wb.RANKING, (1, "Sở Nội vụ tỉnh Kiên Giang", "91,25%", 1.0, "EXCELLENT")]), id="per cent, codes"),
        pytest.param(
            lambda: wb.merged(
                [("Kết quả",), ("STT", "Đơn vị", "Kết quả xếp hạng"), (None, None, "Điểm", "Hạng", "Nhóm"), RIGHT],
                "A1:E1",
                "A2:A3",
                "B2:B3",
                "C2:E2",
            ),
            id="merged headings",
        ),
        pytest.param(
            lambda: wb.calculated([wb.RANKING, (1, "Sở Nội vụ", "", 1, "xuất sắc")], {"C2": ("=90+1.25", 91.25)}), id="calculated"
        ),
        pytest.param(
            lambda: wb.cells({"C2": 91.2500000001}, [wb.RANKING, (1, "Sở Nội vụ", "", 1, "xuất sắc")], {"C2": "0.00"}),
            id="as the sheet shows it",
        ),
        pytest.param(
            lambda: wb.cells({"C2": 0.9125}, [wb.RANKING, (1, "Sở Nội vụ", "", 1, "xuất sắc")], {"C2": "0.00%"}), id="a share shown in %"
        ),
        pytest.param(lambda: wb.csv([wb.RANKING, RIGHT]), id="semicolons with mark"),
        pytest.param(lambda: wb.csv([wb.RANKING, RIGHT], ","), id="commas, score in quotes"),
        pytest.param(lambda: wb.csv([wb.RANKING, RIGHT], "\t", encoding="utf-16"), id="tabs in UTF-16"),
        pytest.param(lambda: wb.csv([wb.RANKING, RIGHT], "|", encoding="utf-8", first="sep=|\r\n"), id="its own separator"),
        pytest.param(lambda: wb.csv([("Ngày 5, tháng 3, năm 2021, tại Rạch Giá",), wb.RANKING, RIGHT]), id="commas in a title"),
    ],
)
def test_a_ranking_is_read_in_every_shape(make: Any, reading_app: Flask, tmp_path: Path) -> None:
    assert entries(make(), tmp_path) == RIGHT_ENTRY


def test_lines_are_counted_as_the_sheet_counts_them(reading_app: Flask, tmp_path: Path) -> None:
    rows = [("Tiêu đề",), (), wb.RANKING, RIGHT, (), (), (2, "Sở Tư pháp", "9O,5", 2, "tốt")]

    for content in (wb.xlsx(rows), wb.csv(rows)):
        assert [say_fault(fault) for fault in checked(content, tmp_path).faults] == ["Dòng 7, cột Điểm: '9O,5' không phải là số"]


def test_a_cell_of_two_lines_counts_as_one_row_of_a_text_file(reading_app: Flask, tmp_path: Path) -> None:
    rows = [(*wb.RANKING, "Ghi chú"), (*RIGHT, "hai\ndòng"), (2, "Sở Tư pháp", "9O,5", 2, "tốt", "")]

    assert [fault.line for fault in checked(wb.csv(rows), tmp_path).faults] == [3]


def test_departments_and_districts_have_a_list_of_ranks_each_and_equal_scores_share_a_rank(reading_app: Flask, tmp_path: Path) -> None:
    rows = [
        wb.RANKING,
        RIGHT,
        (2, "Huyện Hòn Đất", "90", 1, "tốt"),
        (3, "TP. Rạch Giá", "89", 2, "tốt"),
        (4, "Sở Tư pháp", "91.25", 1, "xuất sắc"),
        (5, "Sở Tài chính", "80", 3, "khá"),
    ]

    found = checked(wb.xlsx(rows), tmp_path)

    assert (found.faults, found.notes, len(found.items)) == ([], [], 5)


def test_a_rank_that_nobody_holds_is_worth_a_look_and_no_fault(reading_app: Flask, tmp_path: Path) -> None:
    found = checked(wb.xlsx([wb.RANKING, RIGHT, (2, "Sở Tư pháp", "90", 4, "tốt")]), tmp_path)

    assert found.faults == []
    assert [say_fault(note) for note in found.notes] == ["Dòng 3, cột Hạng: không có hạng 2 (nhảy từ hạng 1 sang hạng 4)"]


def test_a_second_table_is_not_passed_over_in_silence(reading_app: Flask, tmp_path: Path) -> None:
    found = checked(wb.xlsx([wb.RANKING, RIGHT], [("Ghi chú",)], [wb.RANKING], [("Huyện",), wb.RANKING, (1, "Huyện Hòn Đất")]), tmp_path)

    assert (len(found.items), found.faults) == (1, [])
    assert [say_fault(note) for note in found.notes] == [
        "Tệp: trang tính “Bảng 4” cũng có bảng này; chỉ đọc trang “Bảng 1”. Nếu cần cả hai, hãy chép các dòng vào một trang"
    ]


@pytest.mark.parametrize(
    "written",
    ["12/01/2022", "12-1-2022", "12.01.2022", "2022-01-12", "ngày 12 tháng 01 năm 2022", datetime.date(2022, 1, 12), " 12/01/2022\u00a0"],
)
def test_a_date_is_read_as_offices_write_it(written: Any, reading_app: Flask, tmp_path: Path) -> None:
    found = checked(
        wb.xlsx([wb.RECOGNITION, (1, "Xã Kiên Bình", None, "45/QĐ", written)]), tmp_path, "recognitions", setting_of("902", Role.OFFICER)
    )

    assert [item.value[1]["date"] for item in found.items] == [datetime.date(2022, 1, 12)]


def test_a_form_of_several_people_is_one_form_and_waits_as_a_whole(reading_app: Flask, tmp_path: Path) -> None:
    rows = [
        form(unit="Huyện Hòn Đất", collectives="Phòng Nội vụ"),
        more(name="Trần Thị Bình"),
        form(unit="Sở Tài chính"),
        more(name="Lê Văn Cường", position=None),
        form(unit="Xã Bình An", district="H. Châu Thành", workplace="UBND xã"),
    ]

    found = checked(forms(*rows)(), tmp_path, "registrations")

    assert [say_fault(fault) for fault in found.faults] == ["Dòng 5, cột Chức vụ: để trống; ghi đủ họ và tên, chức vụ, đơn vị công tác"]
    assert found.good_lines == {2, 3, 6}
    content = found.items[0].value[1]
    assert [unit.name for unit in content.collectives] == ["Huyện Hòn Đất", "Phòng Nội vụ huyện Hòn Đất"]
    assert [person.full_name for person in content.individuals] == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert found.items[1].value[0].long_name == "Xã Bình An, Huyện Châu Thành"


def test_the_same_person_on_two_forms_is_worth_a_look(reading_app: Flask, tmp_path: Path) -> None:
    found = checked(forms(form(workplace="Văn phòng"), form(unit="Sở Tài chính", workplace="văn phòng"))(), tmp_path, "registrations")

    assert len(found.items) == 2
    assert [say_fault(note) for note in found.notes] == [
        "Dòng 3, cột Họ và tên cá nhân: 'Nguyễn Văn An' cũng có ở dòng 2 với cùng đơn vị công tác"
    ]


def test_a_unit_out_of_ones_reach_is_refused(reading_app: Flask, tmp_path: Path) -> None:
    rows = [wb.RECOGNITION, (1, "Xã Bình An, Châu Thành", None, "45/QĐ", "12/01/2022")]

    found = checked(wb.xlsx(rows), tmp_path, "recognitions", setting_of("902", Role.OFFICER))

    assert [say_fault(fault) for fault in found.faults] == [
        "Dòng 2, cột Đơn vị cấp xã: bạn không được nhập cho Xã Bình An, Huyện Châu Thành"
    ]


# Names


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("HUYỆN HÒN ĐẤT", "Huyện Hòn Đất"),
        ("huyen hon dat", "Huyện Hòn Đất"),
        ("H. Hòn Đất", "Huyện Hòn Đất"),
        ("UBND huyện Hòn Đất", "Huyện Hòn Đất"),
        ("Uỷ ban nhân dân huyện Hòn Đất, tỉnh Kiên Giang", "Huyện Hòn Đất"),
        ("Rạch Giá", "Thành phố Rạch Giá"),
        ("TP.Rạch Giá", "Thành phố Rạch Giá"),
        ("T.P Rạch Giá", "Thành phố Rạch Giá"),
        ("Thành phố Rạch Giá, Kiên Giang", "Thành phố Rạch Giá"),
        ("Rạch Giá (tỉnh Kiên Giang)", "Thành phố Rạch Giá"),
        ("UBND TP. Rạch Giá", "Thành phố Rạch Giá"),
        ("Huyện Rạch Giá", "Thành phố Rạch Giá"),
        ("Thành phố Phú Quốc", "Huyện Phú Quốc"),
        ("Sở KH & ĐT", "Sở Kế hoạch và Đầu tư"),
        ("Sở Kế hoạch & Đầu tư", "Sở Kế hoạch và Đầu tư"),
        ("STP", "Sở Tư pháp"),
        (" sở  tư pháp ", "Sở Tư pháp"),
        ("Thị trấn Vĩnh Thuận", "Thị trấn Vĩnh Thuận, Huyện Vĩnh Thuận"),
        ("TT. Vĩnh Thuận", "Thị trấn Vĩnh Thuận, Huyện Vĩnh Thuận"),
        ("T.T. Vĩnh Thuận", "Thị trấn Vĩnh Thuận, Huyện Vĩnh Thuận"),
        ("Bình An, Kiên Lương", "Xã Bình An, Huyện Kiên Lương"),
        ("xã Bình An (huyện Châu Thành)", "Xã Bình An, Huyện Châu Thành"),
        ("UBND xã Bình An - Châu Thành", "Xã Bình An, Huyện Châu Thành"),
        ("Xã Bình An thuộc huyện Kiên Lương", "Xã Bình An, Huyện Kiên Lương"),
        ("Xã Tân Thạnh", "Xã Tân Thạnh, Huyện An Minh"),
        ("Xã Hoà Điền", "Xã Hòa Điền, Huyện Kiên Lương"),
        ("P. Nội vụ huyện Hòn Đất", "Phòng Nội vụ huyện Hòn Đất"),
    ],
)
def test_a_unit_is_known_by_the_names_that_offices_write(written: str, unit: str, reading_app: Flask) -> None:
    names = UnitNames.of(campaign_2021())

    assert names.find(written).long_name == unit
    assert names.find(unicodedata.normalize("NFD", written)).long_name == unit


def test_every_unit_is_known_by_its_long_name_and_no_name_stands_for_two(reading_app: Flask) -> None:
    names = UnitNames.of(campaign_2021())
    units = list(names.units.values())

    assert [unit.long_name for unit in units if names.find(unit.long_name) is not unit] == []
    repeated = {unit.name for unit in units if sum(other.name == unit.name for other in units) > 1}
    assert repeated == {"Xã Bình An", "Xã Thạnh Lộc", "Xã Vĩnh Phú"}
    for name in repeated:
        with pytest.raises(Wrong) as wrong:
            names.find(name)
        assert wrong.value.code == "unit_ambiguous"


def test_the_beginning_of_several_names_is_asked_about(reading_app: Flask) -> None:
    with pytest.raises(Wrong) as wrong:
        UnitNames.of(campaign_2021()).find("Phòng Nội vụ")

    assert wrong.value.code == "unit_ambiguous"
    assert str(wrong.value.params["candidates"]).count("Phòng Nội vụ") == 5
    assert str(wrong.value.params["candidates"]).endswith("; …")


@pytest.mark.parametrize("written", ["Bình An", "Vĩnh Thuận", "vinh thuan", "Hòn Đất", "xa thanh loc", "Kiên Lương"])
def test_a_name_of_several_is_asked_about_and_a_district_beside_it_decides(written: str, reading_app: Flask) -> None:
    with pytest.raises(Wrong) as wrong:
        UnitNames.of(campaign_2021()).find(written)

    assert wrong.value.code == "unit_ambiguous"


def test_the_district_beside_a_name_decides(reading_app: Flask) -> None:
    names = UnitNames.of(campaign_2021())

    assert names.find("Bình An", "Kiên Lương").long_name == "Xã Bình An, Huyện Kiên Lương"
    assert names.find("Phòng Nội vụ", "Hòn Đất").long_name == "Phòng Nội vụ huyện Hòn Đất"


# Templates


@pytest.mark.parametrize("kind_code", list(KINDS))
def test_a_template_as_downloaded_holds_nothing_to_import(kind_code: str, reading_app: Flask, tmp_path: Path) -> None:
    kind, setting = KINDS[kind_code], setting_of()
    path = tmp_path / "mau.xlsx"
    path.write_bytes(blank_sheet(kind, setting))

    with pytest.raises(FileUnreadable) as unreadable:
        read_table(path, kind.columns(setting))

    assert say_fault(unreadable.value.fault) == "Tệp: không có dòng nào dưới dòng tiêu đề (dòng 4)"


def test_a_template_filled_in_is_read(reading_app: Flask, tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(blank_sheet(KINDS["ranking"], setting_of())))
    for column, value in enumerate(RIGHT, start=1):
        book.worksheets[0].cell(HEAD_ROW + 3, column).value = value

    assert entries(wb.saved(book), tmp_path) == RIGHT_ENTRY


def test_a_template_offers_what_the_officer_may_import_for(reading_app: Flask) -> None:
    setting = setting_of("902", Role.OFFICER)
    book = load_workbook(io.BytesIO(blank_sheet(KINDS["recognitions"], setting)))
    rules = {str(rule.sqref): rule for rule in book["Nhập liệu"].data_validations.dataValidation}

    listed = [row[0].value for row in book["Danh mục"].iter_rows(min_row=2)]

    assert len(listed) == 8
    assert all(str(name).endswith("Huyện Kiên Lương") for name in listed)
    assert rules["B6:B1005"].formula1 == "'Danh mục'!$A$2:$A$9"
    assert book["Nhập liệu"]["C7"].number_format == "@" or book["Nhập liệu"].column_dimensions["C"].width > 10


# Limits


def lines_of(content: bytes, folder: Path, **limits: Any) -> str:
    """What is said about a file read under other limits; empty when it is read."""
    path = folder / "tep.xlsx"
    path.write_bytes(content)
    try:
        with sheets.reading(path, Limits(**limits)) as lines:
            for _line in lines:
                pass
    except FileUnreadable as unreadable:
        return say_fault(unreadable.fault)
    return ""


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def with_rows(rows: str) -> bytes:
    """A workbook whose sheet holds these rows, written by hand."""
    return wb.with_member(one()(), "xl/worksheets/sheet1.xml", SHEET.format(rows).encode())


@pytest.mark.slow
def test_a_file_that_eats_memory_dies_alone(tmp_path: Path) -> None:
    long_text = with_rows('<row><c t="inlineStr"><is><t>' + "x" * 60_000_000 + "</t></is></c></row>")

    said = lines_of(long_text, tmp_path, memory_bytes=128 * 1024 * 1024, ratio=5_000)

    assert said == "Tệp: tệp quá lớn để đọc (vượt giới hạn bộ nhớ); hãy tách tệp"


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    slow = "Tệp: đọc tệp quá lâu nên đã dừng; hãy tách tệp hoặc chép bảng sang tệp mới"
    many_cells = with_rows(("<row>" + "<c><v>1</v></c>" * 90 + "</row>") * 19_000)

    assert lines_of(one()(), tmp_path, wall_seconds=0.01) == slow
    assert lines_of(many_cells, tmp_path, cpu_seconds=1, ratio=5_000) == slow


def test_a_reader_that_dies_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets.sys, "executable", "/bin/false")

    assert lines_of(one()(), tmp_path) == "Tệp: không đọc được tệp; hãy mở bằng Excel rồi lưu lại dạng .xlsx"


def test_a_text_that_stands_in_every_cell_is_stopped(tmp_path: Path) -> None:
    content = wb.xlsx([["x" * 1000] * 90] * 200)

    assert lines_of(content, tmp_path, output_bytes=1_000_000) == "Tệp: tệp có quá nhiều chữ nên không đọc hết; hãy tách tệp"


def test_the_reader_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    real = subprocess.Popen

    def watch(*arguments: Any, **options: Any) -> Any:
        seen.update(options["env"])
        return real(*arguments, **options)

    monkeypatch.setenv("SECRET_KEY", "geheim")
    monkeypatch.setattr(sheets.subprocess, "Popen", watch)

    assert lines_of(one()(), tmp_path) == ""
    assert "SECRET_KEY" not in seen
    assert set(seen) <= {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "OPENPYXL_LXML", "LC_ALL"}


@pytest.mark.slow
def test_ten_thousand_rows_are_read_and_checked(reading_app: Flask, tmp_path: Path) -> None:
    rows = [wb.RANKING, *[(n, f"Xã Số {n}", f"{n % 100},5", n, "tốt") for n in range(1, 10_001)]]

    found = checked(wb.xlsx(rows), tmp_path)

    assert (len(found.rows), len(found.faults), found.items) == (10_000, 10_000, [])


# Keeping


def test_an_upload_lies_under_its_digest_and_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = uploads.keep(tmp_path, b"noi dung", "a.csv")
    assert kept.path.name == kept.sha256 == uploads.sha256_of(b"noi dung")
    assert uploads.find(tmp_path, kept.sha256, "a.csv") == kept
    assert uploads.find(tmp_path, "../" + kept.sha256[3:], "a.csv") is None

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        uploads.keep(tmp_path, b"khac", "b.csv")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.path]


def test_columns_are_lettered_as_sheets_do() -> None:
    assert [letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]

"""The wrong-file corpus: spreadsheets as they go wrong in offices and in bad hands, each with the messages that it gives, word for word."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

from tests.imports.corpus import workbooks as wb

GROUPS = "ghi một trong: xuất sắc, tốt, khá, trung bình"
RESAVE = "hãy mở bằng Excel rồi lưu lại dạng .xlsx"


@dataclass(frozen=True)
class Case:
    """One faulty file: what is wrong with it, its kind, how it is made, and what is said about it."""

    name: str
    kind: str
    make: Callable[[], bytes]
    messages: tuple[str, ...]


def ranking(*rows: tuple[Any, ...]) -> bytes:
    """A ranking under its plain headings, from line 2."""
    return wb.xlsx([wb.RANKING, *rows])


def one(**changes: Any) -> Callable[[], bytes]:
    """A ranking of one row that is right but for the changes."""
    row = {"stt": 1, "unit": "Sở Nội vụ", "score": "91,25", "rank": 1, "group": "xuất sắc"} | changes
    return lambda: ranking(tuple(row.values()))


def form(**changes: Any) -> tuple[Any, ...]:
    """A registration's row that is right but for the changes."""
    row = {
        "stt": 1,
        "unit": "Sở Tư pháp",
        "district": None,
        "collectives": None,
        "name": "Nguyễn Văn An",
        "position": "Chuyên viên",
        "workplace": "Văn phòng Sở",
        "preparer": "Lê Thị Lập",
        "head": "Trần Văn Trưởng",
        "law": "có",
        "united": "có",
    }
    return tuple((row | changes).values())


def more(**changes: Any) -> tuple[Any, ...]:
    """A further row of the same unit: only a person."""
    nothing = dict.fromkeys(("stt", "unit", "preparer", "head", "law", "united"))
    return form(**(nothing | changes))


def forms(*rows: tuple[Any, ...]) -> Callable[[], bytes]:
    """A sheet of registrations."""
    return lambda: wb.xlsx([wb.REGISTRATION, *rows])


def recognition(**changes: Any) -> Callable[[], bytes]:
    """A sheet of one recognition that is right but for the changes."""
    row = {"stt": 1, "unit": "Xã Kiên Bình", "district": None, "number": "45/QĐ-UBND", "date": "12/01/2022"} | changes
    return lambda: wb.xlsx([wb.RECOGNITION, tuple(row.values())])


def rating(**changes: Any) -> Callable[[], bytes]:
    """A sheet of one rating that is right but for the changes."""
    row = {
        "stt": 1,
        "unit": "Phòng Nội vụ huyện Hòn Đất",
        "year": 2021,
        "rating": "Hoàn thành tốt nhiệm vụ",
        "better": "có",
        "number": "7/QĐ",
        "date": "12/01/2022",
    } | changes
    return lambda: wb.xlsx([wb.RATING, tuple(row.values())])


def units(*rows: tuple[Any, ...]) -> Callable[[], bytes]:
    """A sheet of units."""
    return lambda: wb.xlsx([wb.UNITS, *rows])


def far_cell() -> bytes:
    """A ranking with one filled cell in the last corner of the sheet."""
    return wb.cells({"XFD1048576": "x"}, [wb.RANKING, (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")])


def bomb(size: int, **options: Any) -> Callable[[], bytes]:
    """A workbook whose sheet unpacks to a size of the same byte."""
    return lambda: wb.with_member(one()(), "xl/worksheets/sheet1.xml", b"0" * size, **options)


def with_error_cell() -> bytes:
    """A calculated cell that shows an error."""
    return wb.calculated([wb.RANKING, (1, "Sở Nội vụ", "", 1, "xuất sắc")], {"C2": ("=1/0", "#DIV/0!")})


def two_sheets_with_neither() -> bytes:
    """Two sheets, none with the headings."""
    return wb.xlsx([("Ghi chú",), ("không có bảng",)], [("Đơn vị", "Họ tên"), ("Sở Nội vụ", "An")])


def locked() -> bytes:
    """How a workbook with a password begins."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000


def open_document() -> bytes:
    """What LibreOffice writes when it is not asked for .xlsx."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>")
    return output.getvalue()


def many_members() -> bytes:
    """A workbook with more than a thousand parts."""
    return wb.repacked(one()(), lambda members: members.update({f"xl/media/{n}.bin": b"" for n in range(1100)}))


def wide() -> bytes:
    """A ranking with something far to the right."""
    return wb.cells({"DA2": "ghi chú"}, [wb.RANKING, (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")])


def long_sheet() -> bytes:
    """More rows than are taken."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(wb.RANKING)
    for number in range(20_001):
        sheet.append((number, "Sở Nội vụ"))
    return wb.saved(book)


def entity_bomb() -> bytes:
    """A sheet whose text grows a billion times when its entities are followed."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]><x>&l9;</x>'
    return wb.with_member(one()(), "xl/worksheets/sheet1.xml", text.encode())


def no_such_far_column() -> bytes:
    """A cell whose place lies beyond any sheet."""

    def change(members: dict[str, bytes]) -> None:
        members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(b'r="E2"', b'r="ZZZZZZ2"')

    return wb.repacked(one()(), change)


CASES = (
    # cells of a ranking
    Case("letter O in a score", "ranking", one(score="9O,5"), ("Dòng 2, cột Điểm: '9O,5' không phải là số",)),
    Case("two commas", "ranking", one(score="91,2,5"), ("Dòng 2, cột Điểm: '91,2,5' không phải là số",)),
    Case("thousands point and comma", "ranking", one(score="1.091,25"), ("Dòng 2, cột Điểm: '1.091,25' không phải là số",)),
    Case("words for a score", "ranking", one(score="chưa chấm"), ("Dòng 2, cột Điểm: 'chưa chấm' không phải là số",)),
    Case("full-width digits", "ranking", one(score="９１"), ("Dòng 2, cột Điểm: '９１' không phải là số",)),
    Case("a date for a score", "ranking", one(score=datetime.date(2021, 5, 12)), ("Dòng 2, cột Điểm: '12/05/2021' không phải là số",)),
    Case("score above 100", "ranking", one(score="101"), ("Dòng 2, cột Điểm: '101' không nằm trong khoảng từ 0 đến 100",)),
    Case("negative score", "ranking", one(score=-5), ("Dòng 2, cột Điểm: '-5' không nằm trong khoảng từ 0 đến 100",)),
    Case(
        "a computed score with all its digits",
        "ranking",
        one(score=91.3333333333333),
        ("Dòng 2, cột Điểm: '91,3333333333333' có quá nhiều chữ số; hãy ghi điểm như đã công bố",),
    ),
    Case("no score", "ranking", one(score=None), ("Dòng 2, cột Điểm: để trống; cần điền",)),
    Case("only spaces that do not break", "ranking", one(score="\u00a0\u00a0"), ("Dòng 2, cột Điểm: để trống; cần điền",)),
    Case("half a rank", "ranking", one(rank="1,5"), ("Dòng 2, cột Hạng: '1,5' không phải là số nguyên",)),
    Case("rank 0", "ranking", one(rank=0), ("Dòng 2, cột Hạng: '0' không phải là thứ hạng; thứ hạng bắt đầu từ 1",)),
    Case("rank in words", "ranking", one(rank="nhất"), ("Dòng 2, cột Hạng: 'nhất' không phải là số",)),
    Case("no rank", "ranking", one(rank=None), ("Dòng 2, cột Hạng: để trống; cần điền",)),
    Case("unknown group", "ranking", one(group="giỏi"), (f"Dòng 2, cột Nhóm: 'giỏi' không có trong danh sách; {GROUPS}",)),
    Case("no group", "ranking", one(group=None), ("Dòng 2, cột Nhóm: để trống; cần điền",)),
    Case("no unit", "ranking", one(unit=None), ("Dòng 2, cột Đơn vị: để trống; cần điền",)),
    Case(
        "every cell wrong",
        "ranking",
        one(unit="Sở Nội Vụụ", score="x", rank="y", group="z"),
        (
            "Dòng 2, cột Điểm: 'x' không phải là số",
            "Dòng 2, cột Hạng: 'y' không phải là số",
            f"Dòng 2, cột Nhóm: 'z' không có trong danh sách; {GROUPS}",
            "Dòng 2, cột Đơn vị: không có đơn vị nào tên 'Sở Nội Vụụ'; tên gần nhất: Sở Nội vụ",
        ),
    ),
    Case(
        "a formula never calculated",
        "ranking",
        one(score="=90+1"),
        ("Dòng 2, cột Điểm: công thức chưa được tính; hãy mở tệp bằng Excel rồi lưu lại, hoặc gõ thẳng giá trị",),
    ),
    Case("an error cell", "ranking", with_error_cell, ("Dòng 2, cột Điểm: ô báo lỗi #DIV/0!; hãy sửa công thức trong tệp",)),
    # units by name
    Case(
        "a name that three units have",
        "ranking",
        one(unit="Vĩnh Thuận"),
        (
            "Dòng 2, cột Đơn vị: 'Vĩnh Thuận' có thể là: Huyện Vĩnh Thuận; Thị trấn Vĩnh Thuận, Huyện Vĩnh Thuận; "
            "Xã Vĩnh Thuận, Huyện Vĩnh Thuận; hãy ghi rõ",
        ),
    ),
    Case(
        "a commune's name that stands twice",
        "recognitions",
        recognition(unit="Bình An"),
        ("Dòng 2, cột Đơn vị cấp xã: 'Bình An' có thể là: Xã Bình An, Huyện Kiên Lương; Xã Bình An, Huyện Châu Thành; hãy ghi rõ",),
    ),
    Case(
        "a name that two communes share without marks",
        "recognitions",
        recognition(unit="xa tan thanh"),
        ("Dòng 2, cột Đơn vị cấp xã: 'xa tan thanh' có thể là: Xã Tân Thành, Huyện Tân Hiệp; Xã Tân Thạnh, Huyện An Minh; hãy ghi rõ",),
    ),
    Case(
        "a misspelt unit",
        "ranking",
        one(unit="Sở Tư phap tinh"),
        ("Dòng 2, cột Đơn vị: không có đơn vị nào tên 'Sở Tư phap tinh'; tên gần nhất: Sở Tư pháp",),
    ),
    Case("no such unit", "ranking", one(unit="Xyzq"), ("Dòng 2, cột Đơn vị: không có đơn vị nào tên 'Xyzq'",)),
    Case(
        "a formula for a name",
        "ranking",
        lambda: wb.csv([wb.RANKING, (1, "=HYPERLINK(1)", "91,25", 1, "xuất sắc")]),
        ("Dòng 2, cột Đơn vị: không có đơn vị nào tên '=HYPERLINK(1)'",),
    ),
    Case(
        "a unit that is not ranked",
        "ranking",
        one(unit="Xã Kiên Bình"),
        ("Dòng 2, cột Đơn vị: Xã Kiên Bình, Huyện Kiên Lương không thuộc diện xếp hạng Chỉ số CCHC",),
    ),
    Case(
        "a unit twice",
        "ranking",
        lambda: ranking((1, "Sở Nội vụ", "91", 1, "tốt"), (2, "so noi vu", "90", 2, "tốt")),
        ("Dòng 3, cột Đơn vị: Sở Nội vụ đã có ở dòng 2",),
    ),
    Case(
        "a rank twice with other scores",
        "ranking",
        lambda: ranking((1, "Sở Nội vụ", "91", 1, "tốt"), (2, "Sở Tư pháp", "90", 1, "tốt")),
        ("Dòng 3, cột Hạng: hạng 1 đã có ở dòng 2 với điểm khác",),
    ),
    Case(
        "a commune of another district",
        "recognitions",
        recognition(unit="Xã Kiên Bình", district="Châu Thành"),
        ("Dòng 2, cột Đơn vị cấp xã: 'Xã Kiên Bình' không thuộc Huyện Châu Thành; đơn vị tên này: Xã Kiên Bình, Huyện Kiên Lương",),
    ),
    Case(
        "no such district",
        "recognitions",
        recognition(district="Huyện Bình An"),
        ("Dòng 2, cột Huyện, thành phố: không có huyện, thành phố nào tên 'Huyện Bình An'",),
    ),
    # dates, texts, yes and no
    Case("a day that is not", "recognitions", recognition(date="31/02/2021"), ("Dòng 2, cột Ngày: ngày '31/02/2021' không có thật",)),
    Case(
        "month and day the other way",
        "recognitions",
        recognition(date="12/25/2021"),
        ("Dòng 2, cột Ngày: ngày '12/25/2021' không có thật",),
    ),
    Case(
        "two digits for a year",
        "recognitions",
        recognition(date="12/01/22"),
        ("Dòng 2, cột Ngày: '12/01/22' không phải là ngày; ghi dạng 31/03/2021",),
    ),
    Case(
        "a date as a bare number",
        "recognitions",
        recognition(date=44573),
        ("Dòng 2, cột Ngày: '44573' không phải là ngày; ghi dạng 31/03/2021",),
    ),
    Case(
        "a day to come", "recognitions", recognition(date=datetime.date(2022, 12, 31)), ("Dòng 2, cột Ngày: ngày '31/12/2022' ở tương lai",)
    ),
    Case("no number", "recognitions", recognition(number=None), ("Dòng 2, cột Số văn bản: để trống; cần điền",)),
    Case(
        "a number that the sheet took for a date",
        "recognitions",
        recognition(number=datetime.date(2022, 5, 12)),
        ("Dòng 2, cột Số văn bản: '12/05/2022' là ngày, cần chữ; hãy định dạng ô là Text rồi gõ lại",),
    ),
    Case(
        "a number that is a story",
        "recognitions",
        recognition(number="9" * 61),
        ("Dòng 2, cột Số văn bản: dài 61 ký tự; không quá 60 ký tự",),
    ),
    Case(
        "a department recognised",
        "recognitions",
        recognition(unit="Sở Nội vụ"),
        ("Dòng 2, cột Đơn vị cấp xã: Sở Nội vụ không phải đơn vị cấp xã được xét công nhận",),
    ),
    Case(
        "maybe better", "ratings", rating(better="hơi hơi"), ("Dòng 2, cột Tiến bộ hơn năm trước: 'hơi hơi' không phải là có hoặc không",)
    ),
    Case(
        "an unknown rating",
        "ratings",
        rating(rating="Giỏi"),
        (
            "Dòng 2, cột Xếp loại: 'Giỏi' không có trong danh sách; ghi một trong: Hoàn thành xuất sắc nhiệm vụ, Hoàn thành tốt nhiệm vụ, "
            "Hoàn thành nhiệm vụ, Không hoàn thành nhiệm vụ",
        ),
    ),
    Case(
        "another campaign's year",
        "ratings",
        rating(year=2019),
        ("Dòng 2, cột Năm: năm '2019' không được xét trong đợt thi đua này; ghi một trong: 2020, 2021",),
    ),
    Case("no year at all", "ratings", rating(year="nay"), ("Dòng 2, cột Năm: 'nay' không phải là năm; ghi bốn chữ số, ví dụ 2021",)),
    Case(
        "a commune rated",
        "ratings",
        rating(unit="Xã Kiên Bình"),
        ("Dòng 2, cột Đơn vị: Xã Kiên Bình, Huyện Kiên Lương không phải cơ quan chuyên trách được xét xếp loại",),
    ),
    # registration forms
    Case(
        "half a person",
        "registrations",
        forms(form(position=None)),
        ("Dòng 2, cột Chức vụ: để trống; ghi đủ họ và tên, chức vụ, đơn vị công tác",),
    ),
    Case("nobody signs", "registrations", forms(form(head=None)), ("Dòng 2, cột Thủ trưởng: để trống; cần điền",)),
    Case("a person of no unit", "registrations", forms(more()), ("Dòng 2, cột Đơn vị: để trống; cần điền",)),
    Case(
        "a unit again further down",
        "registrations",
        forms(form(), form(unit="Sở Tài chính"), form(name="Trần Bình")),
        ("Dòng 4, cột Đơn vị: Sở Tư pháp đã có ở dòng 2",),
    ),
    Case(
        "two heads of one unit",
        "registrations",
        forms(form(), more(name="Trần Bình", head="Người khác")),
        ("Dòng 3, cột Thủ trưởng: 'Người khác' khác với dòng 2 của cùng đơn vị",),
    ),
    Case(
        "the same person twice",
        "registrations",
        forms(form(), more(name="NGUYỄN VĂN AN")),
        ("Dòng 3, cột Họ và tên cá nhân: 'NGUYỄN VĂN AN' đã có ở dòng 2",),
    ),
    Case(
        "a collective of somebody else",
        "registrations",
        forms(form(unit="Huyện Hòn Đất", collectives="Phòng Tài chính")),
        (
            "Dòng 2, cột Tập thể kèm theo: 'Phòng Tài chính' không phải tập thể trên bản đăng ký của Huyện Hòn Đất; "
            "ghi một trong: Phòng Nội vụ huyện Hòn Đất",
        ),
    ),
    Case(
        "a collective where there is none",
        "registrations",
        forms(form(collectives="Phòng Tài chính")),
        ("Dòng 2, cột Tập thể kèm theo: Sở Tư pháp không có tập thể kèm theo, nhưng ô ghi 'Phòng Tài chính'",),
    ),
    Case(
        "a specialised unit's own form",
        "registrations",
        forms(form(unit="Phòng Nội vụ huyện Hòn Đất")),
        ("Dòng 2, cột Đơn vị: Phòng Nội vụ huyện Hòn Đất không lập bản đăng ký riêng",),
    ),
    Case(
        "a name without end",
        "registrations",
        forms(form(name="A" * 201)),
        ("Dòng 2, cột Họ và tên cá nhân: dài 201 ký tự; không quá 200 ký tự",),
    ),
    # units
    Case(
        "a code twice",
        "units",
        units((1, "X1", "Xã Một", "UBND xã Một", "Xã", "905"), (2, "X1", "Xã Hai", "UBND xã Hai", "Xã", "905")),
        ("Dòng 3, cột Mã: mã 'X1' đã có ở dòng 2",),
    ),
    Case(
        "no such parent",
        "units",
        units((1, "X1", "Xã Một", "UBND xã Một", "Xã", "KHONG")),
        ("Dòng 2, cột Mã đơn vị cấp trên: không có đơn vị nào mang mã 'KHONG'",),
    ),
    Case(
        "its own parent",
        "units",
        units((1, "X1", "Xã Một", "UBND xã Một", "Xã", "X1")),
        ("Dòng 2, cột Mã đơn vị cấp trên: đơn vị không thể là cấp trên của chính nó",),
    ),
    Case(
        "a child of a faulty row",
        "units",
        units((1, "H1", "Huyện Một", None, "Huyện", "KG"), (2, "X1", "Xã Một", "UBND xã Một", "Xã", "H1")),
        ("Dòng 2, cột Tên chính thức: để trống; cần điền", "Dòng 3, cột Mã đơn vị cấp trên: đơn vị cấp trên (dòng 2) còn lỗi"),
    ),
    Case(
        "ended before it began",
        "units",
        units((1, "X1", "Xã Một", "UBND xã Một", "Xã", "905", "01/03/2021", "28/02/2021")),
        ("Dòng 2, cột Hiệu lực đến: ngày '28/02/2021' không sau ngày bắt đầu",),
    ),
    Case(
        "a code with marks",
        "units",
        units((1, "Xã 1", "Xã Một", "UBND xã Một", "Xã", "905")),
        ("Dòng 2, cột Mã: 'Xã 1' không phải là mã; mã gồm chữ không dấu, chữ số và dấu gạch",),
    ),
    # headings and sheets
    Case(
        "no headings",
        "ranking",
        lambda: wb.xlsx([("Báo cáo",), ("An", 1)]),
        ("Tệp: không thấy dòng tiêu đề trong 15 dòng đầu; cần các cột: Đơn vị, Điểm, Hạng, Nhóm",),
    ),
    Case(
        "headings too far down",
        "ranking",
        lambda: wb.xlsx([*[("ghi chú",)] * 15, wb.RANKING, (1, "Sở Nội vụ", 91, 1, "tốt")]),
        ("Tệp: không thấy dòng tiêu đề trong 15 dòng đầu; cần các cột: Đơn vị, Điểm, Hạng, Nhóm",),
    ),
    Case(
        "a heading missing",
        "ranking",
        lambda: wb.xlsx([("STT", "Đơn vị", "Điểm", "Nhóm"), (1, "Sở Nội vụ", 91, "tốt")]),
        ("Tệp: dòng tiêu đề (dòng 1) thiếu cột: Hạng",),
    ),
    Case(
        "a heading twice",
        "ranking",
        lambda: wb.xlsx([(*wb.RANKING, "ĐIỂM")]),
        ("Tệp: dòng tiêu đề (dòng 1) có hai cột Điểm: cột C và cột F",),
    ),
    Case(
        "headings and nothing below",
        "ranking",
        lambda: wb.xlsx([wb.RANKING, (1,), (2,)]),
        ("Tệp: không có dòng nào dưới dòng tiêu đề (dòng 1)",),
    ),
    Case("nothing at all", "ranking", lambda: wb.xlsx([]), ("Tệp: tệp không có dòng nào",)),
    Case(
        "two sheets and neither fits",
        "ranking",
        two_sheets_with_neither,
        ("Tệp: không thấy dòng tiêu đề trong 15 dòng đầu; cần các cột: Đơn vị, Điểm, Hạng, Nhóm",),
    ),
    Case(
        "another kind's file",
        "ranking",
        recognition(),
        ("Tệp: không thấy dòng tiêu đề trong 15 dòng đầu; cần các cột: Đơn vị, Điểm, Hạng, Nhóm",),
    ),
    # files that are no spreadsheets, or hostile ones
    Case("an empty file", "ranking", lambda: b"", ("Tệp: tệp rỗng; hãy chọn lại tệp",)),
    Case("a PDF", "ranking", lambda: b"%PDF-1.4\n%%EOF", ("Tệp: không phải bảng tính; hãy dùng tệp Excel (.xlsx) hoặc CSV",)),
    Case(
        "a picture",
        "ranking",
        lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 50,
        ("Tệp: không phải bảng tính; hãy dùng tệp Excel (.xlsx) hoặc CSV",),
    ),
    Case(
        "a sheet of another office program",
        "ranking",
        open_document,
        ("Tệp: tệp .ods; hãy mở bằng LibreOffice hoặc Excel rồi lưu lại dạng .xlsx",),
    ),
    Case(
        "a web page called .xls",
        "ranking",
        lambda: b"<html><body><table><tr><td>STT</td></tr></table></body></html>",
        ("Tệp: tệp là trang web đặt đuôi bảng tính; hãy mở bằng Excel rồi lưu lại dạng .xlsx",),
    ),
    Case(
        "a Word file called .xlsx",
        "ranking",
        lambda: wb.repacked(one()(), lambda members: [members.pop(name) for name in list(members) if name.startswith("xl/")] and None),
        ("Tệp: không phải bảng tính; hãy dùng tệp Excel (.xlsx) hoặc CSV",),
    ),
    Case(
        "a password",
        "ranking",
        locked,
        ("Tệp: tệp .xls đời cũ hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu lại dạng .xlsx",),
    ),
    Case("half a file", "ranking", lambda: one()()[:1500], (f"Tệp: tệp hỏng, không đọc được; {RESAVE}",)),
    Case(
        "broken XML",
        "ranking",
        lambda: wb.with_member(one()(), "xl/workbook.xml", b"<workbook"),
        (f"Tệp: tệp hỏng, không đọc được; {RESAVE}",),
    ),
    Case(
        "macros",
        "ranking",
        lambda: wb.with_member(one()(), "xl/vbaProject.bin", b"x"),
        ("Tệp: tệp có macro; hãy lưu lại dạng .xlsx không có macro",),
    ),
    Case(
        "a way out of the folder",
        "ranking",
        lambda: wb.with_member(one()(), "xl/../../etc/passwd", b"x"),
        (f"Tệp: tệp hỏng, không đọc được; {RESAVE}",),
    ),
    Case(
        "a zip bomb",
        "ranking",
        bomb(101 * 1024 * 1024),
        ("Tệp: tệp khi giải nén lớn hơn 100 MB nên không mở; hãy chép bảng sang tệp mới",),
    ),
    Case("a smaller zip bomb", "ranking", bomb(50 * 1024 * 1024), ("Tệp: tệp nén bất thường nên không mở; hãy chép bảng sang tệp mới",)),
    Case("a thousand parts", "ranking", many_members, ("Tệp: tệp chứa quá 1000 phần bên trong nên không mở; hãy chép bảng sang tệp mới",)),
    Case("entities that grow", "ranking", entity_bomb, (f"Tệp: tệp hỏng, không đọc được; {RESAVE}",)),
    Case("a cell in the last corner", "ranking", far_cell, ("Tệp: dòng 1048576 có ô nằm ngoài 100 cột đầu; hãy xoá ô thừa",)),
    Case("a cell beyond any sheet", "ranking", no_such_far_column, (f"Tệp: tệp hỏng, không đọc được; {RESAVE}",)),
    Case("a cell far to the right", "ranking", wide, ("Tệp: dòng 2 có ô nằm ngoài 100 cột đầu; hãy xoá ô thừa",)),
    Case("too many rows", "ranking", long_sheet, ("Tệp: bảng có quá 20000 dòng; hãy tách tệp",)),
    Case(
        "another code page",
        "ranking",
        lambda: wb.csv([wb.RANKING, (1, "Sở", 1, 1, "tốt")], encoding="utf-8") + "S\xf4".encode("latin-1"),
        ("Tệp: dòng 3 không phải bảng mã UTF-8; hãy lưu lại dạng CSV UTF-8 hoặc .xlsx",),
    ),
    Case(
        "a semicolon file with a wrong cell",
        "ranking",
        lambda: wb.csv([wb.RANKING, (1, "Sở Nội vụ", "9I,25", 1, "xuất sắc")]),
        ("Dòng 2, cột Điểm: '9I,25' không phải là số",),
    ),
)

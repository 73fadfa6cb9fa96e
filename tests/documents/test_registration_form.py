"""The annex's form: every field as printed there, filled in; nothing that a clerk would have to type again."""

from __future__ import annotations

from flask import Flask

from documents.registration_form import registration_form
from models.db import transaction
from models.registrations import Registration
from tests.actors import campaign_2021
from tests.builders import actor_of, at, unit_of
from tests.documents.reading import Paper, lines_of, opened
from workflow import registrations
from workflow.registrations import FormContent, Person

AN = Person("Nguyễn Văn An", "Chuyên viên", "Phòng Nội vụ")
BINH = Person("Trần Thị Bình", "Phó Trưởng phòng", "Phòng Nội vụ")
THEME = "“Tăng cường kỷ luật, kỷ cương hành chính, nâng cao đạo đức, văn hóa công vụ hướng tới sự hài lòng của tổ chức và cá nhân”"


def saved(code: str, *people: Person, preparer: str = "Lê Văn Lập", head: str = "Phạm Thị Trưởng", empty: bool = False) -> Registration:
    unit, officer = unit_of(campaign_2021(), code), actor_of(code)
    collectives = [] if empty else registrations.collectives_for(unit)
    with transaction():
        return registrations.save(
            unit_of(campaign_2021(), code),
            FormContent(collectives, people, True, True, preparer, head),
            actor=officer,
            at=at("2021-03-10 09:00"),
        )


def form_of(code: str, *people: Person) -> Paper:
    return opened(registration_form(saved(code, *people)))


def test_the_form_stands_field_for_field_as_the_annex_prints_it(opened_sqlite_app: Flask) -> None:
    assert lines_of(form_of("906", AN, BINH)) == [
        "ỦY BAN NHÂN DÂN",
        "HUYỆN GIỒNG RIỀNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Giồng Riềng, ngày ..... tháng ..... năm 2021",
        "BẢN ĐĂNG KÝ THI ĐUA CHUYÊN ĐỀ",
        THEME,
        "trên địa bàn tỉnh Kiên Giang năm 2021",
        "(Kèm theo Kế hoạch số 37/KH-UBND ngày 04 tháng 02 năm 2021",
        "của Ủy ban nhân dân tỉnh Kiên Giang)",
        "1. Tập thể:",
        "- Ủy ban nhân dân huyện Giồng Riềng;",
        "- Phòng Nội vụ huyện Giồng Riềng.",
        "Đăng ký thi đua: Hoàn thành xuất sắc nhiệm vụ cải cách hành chính năm 2021.",
        "2. Cá nhân:",
        "- Nguyễn Văn An, (Chuyên viên, Phòng Nội vụ);",
        "- Trần Thị Bình, (Phó Trưởng phòng, Phòng Nội vụ).",
        "Nội dung đăng ký: Hoàn thành xuất sắc nhiệm vụ cải cách hành chính năm 2021.",
        "NGƯỜI LẬP BIỂU",
        "Lê Văn Lập",
        "THỦ TRƯỞNG CƠ QUAN",
        "(Ký, ghi rõ họ và tên, đóng dấu)",
        "Phạm Thị Trưởng",
    ]


def test_the_forms_own_theme_is_printed_not_the_plans(opened_sqlite_app: Flask) -> None:
    plan = campaign_2021().plan

    lines = lines_of(form_of("STP", AN))

    assert plan.theme != plan.form_theme
    assert f"“{plan.form_theme}”" in lines
    assert not any(plan.theme in text for text in lines)


def test_a_commune_is_named_with_its_district(opened_sqlite_app: Flask) -> None:
    assert "1. Tập thể: Ủy ban nhân dân thị trấn Giồng Riềng, huyện Giồng Riềng." in lines_of(form_of("30904", AN))


def test_nobody_registered_is_said_and_promises_nothing_for_nobody(opened_sqlite_app: Flask) -> None:
    lines = lines_of(form_of("STP"))

    assert "2. Cá nhân: không đăng ký." in lines
    assert not any(text.startswith("Nội dung đăng ký") for text in lines)


def test_a_form_that_is_not_filled_in_leaves_room_and_invents_nothing(opened_sqlite_app: Flask) -> None:
    lines = lines_of(opened(registration_form(saved("STP", preparer="", head="", empty=True))))

    assert "1. Tập thể: ......." in lines
    assert lines[-3:] == ["NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG CƠ QUAN", "(Ký, ghi rõ họ và tên, đóng dấu)"]


def test_odd_names_are_printed_as_they_were_given(opened_sqlite_app: Flask) -> None:
    form = saved("STP", AN, BINH)
    with transaction():
        first, second = form.individuals
        first.full_name, first.position, first.workplace = "<b>Lê & Vũ</b>", "=1+1\x0b", "x" * 200
        second.full_name, form.head = "Hoa\u0300 Thi\u0323 Tu", "Ông <Tư> & Bà Tám"

    lines = lines_of(opened(registration_form(form)))

    assert f"- <b>Lê & Vũ</b>, (=1+1, {'x' * 200});" in lines
    assert "- Hoà Thị Tu, (Phó Trưởng phòng, Phòng Nội vụ)." in lines
    assert lines[-1] == "Ông <Tư> & Bà Tám"


def test_names_side_by_side_stand_level(opened_sqlite_app: Flask) -> None:
    left, right = form_of("STP", AN).tables[-1].rows[0].cells

    assert len(left.paragraphs) == len(right.paragraphs)

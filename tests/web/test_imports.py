"""Nhập tệp on the pages: template, upload, preview with the wrong cells marked, all rows or the valid ones, the same file once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from audit.actions import Action as Recorded
from imports import sheets
from models.audit import AuditEntry
from models.db import Base, db
from models.registrations import Registration
from models.results import IndexEntry, Recognition
from models.units import Unit
from models.vocabulary import AuditResult, Role
from tests.builders import load_data, open_2021, publish, register
from tests.imports.corpus import workbooks as wb
from tests.imports.corpus.faulty import form, forms, ranking
from tests.web.conftest import Browser

RIGHT = (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")
SECOND = (2, "Sở Tư pháp", "90", 2, "tốt")
WRONG = (3, "Sở Tài chính", "9O,5", 3, "tốt")

SignIn = Callable[..., Browser]
AtTime = Callable[[str], Any]


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """SQLite is enough for the pages; what is saved is tested on both databases in tests/imports."""
    return sqlite_app


@pytest.fixture
def opened(app: Flask) -> Flask:
    """The campaign opened."""
    open_2021()
    return app


def count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def send(browser: Browser, kind: str, content: bytes, name: str = "Xếp hạng 2021.xlsx", **more: str) -> Any:
    """Upload a file."""
    return browser.post(f"/imports/{kind}", {"file": (io.BytesIO(content), name), **more})


def words(page: str) -> str:
    """What a page says."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def large(*rows: tuple[Any, ...]) -> bytes:
    """A text file of 2,500 rows and more than the bytes from which its reading is shown."""
    filler = [(number, f"Sở không có thật {number} {'x' * 80}", "90", number, "tốt") for number in range(1, 2_501)]
    return wb.csv([wb.RANKING, *rows, *filler])


def test_a_large_file_shows_how_far_it_is_read_and_is_read_once(
    opened: Flask, sign_in: SignIn, at_time: AtTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        answer = send(home, "ranking", large(RIGHT), year="2021")
        growing = home.get(answer.location)
        (preview,) = set(re.findall(r'url=([^"]+)"', unescape(growing)))
        monkeypatch.setattr(sheets, "reading", None)  # a second reading would fail

        page = words(home.get(preview))

    assert "/progress?" in answer.location
    assert "Đã đọc 1.000 dòng Đã đọc 2.000 dòng Đã đọc xong." in words(growing).replace("1000", "1.000").replace("2000", "2.000")
    assert growing.rstrip().endswith("</html>")
    assert "2501 dòng, 1 dòng đúng, 2500 dòng có lỗi" in page


def test_a_large_file_that_cannot_be_read_says_so_and_why(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        answer = send(home, "ranking", large() + b"\xff\xfe\xfd", year="2021", name="hong.csv")
        growing = home.get(answer.location)
        (preview,) = set(re.findall(r'url=([^"]+)"', unescape(growing)))

        page = home.fetch(preview)

    assert "Không đọc được hết tệp; trang sau nói rõ lý do." in growing
    assert page.status_code == 422
    assert "UTF-8" in words(page.text)


def test_a_right_file_is_previewed_and_then_saved(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        answer = send(home, "ranking", ranking(RIGHT, SECOND), year="2021")
        assert answer.status_code == 302, words(answer.text)
        page = words(home.get(answer.location))
        assert "Tệp “Xếp hạng 2021.xlsx”: 2 dòng, 2 dòng đúng, 0 dòng có lỗi." in page
        assert count(IndexEntry) == 0

        done = home.post(answer.location, {"save": "all"})

        assert done.status_code == 302
        assert count(IndexEntry) == 2
        page = words(home.get(done.location))
        assert "Đã nhập 2 dòng từ tệp “Xếp hạng 2021.xlsx”." in page
        assert "Tệp này đã nhập" in page
        assert "Nhập 2 dòng" not in page.replace("Đã nhập 2 dòng", "")


def test_wrong_cells_are_marked_and_worded_and_only_the_valid_rows_can_be_saved(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        there = send(home, "ranking", ranking(RIGHT, SECOND, WRONG)).location
        page = home.get(there)
        assert re.search(r'app-cell--error"[^>]*>9O,5<span class="app-cell__error">&#39;9O,5&#39; không phải là số</span>', page)
        assert '<a href="#line-4">Dòng 4, cột Điểm: &#39;9O,5&#39; không phải là số</a>' in page
        assert "Chỉ nhập 2 dòng đúng" in page
        assert "Sở Nội vụ" not in re.search(r"<tbody.*</tbody>", page, re.DOTALL)[0]  # type: ignore[index]
        assert "Sở Nội vụ" in home.get(f"{there}&show=all")

        refused = home.post(there, {"save": "all"})
        assert (refused.status_code, count(IndexEntry)) == (422, 0)

        assert home.post(there, {"save": "only_valid"}).status_code == 302
        assert count(IndexEntry) == 2
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
        assert (entry.action, entry.result) == (Recorded.IMPORT_RANKING, AuditResult.DONE)


def test_the_preview_shows_which_unit_a_name_was_taken_for(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        page = home.get(send(home, "ranking", ranking(RIGHT, (2, "so tu phap", "90", 2, "tốt"))).location)

    assert "so tu phap → Sở Tư pháp" in words(page)
    assert "→ Sở Nội vụ" not in page


def test_what_was_left_out_is_still_told_afterwards(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        there = send(home, "ranking", ranking(RIGHT, WRONG)).location
        home.post(there, {"save": "only_valid"})

        assert "Khi đó đã bỏ qua 1 dòng." in words(home.get(there))


def test_a_file_that_can_no_longer_be_read_is_asked_for_again(
    opened: Flask, sign_in: SignIn, at_time: AtTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        there = send(home, "ranking", ranking(RIGHT)).location
        hidden = home.get(there)
        for kept in (opened.config["INSTANCE"] / "imports").glob("??/*.rows"):
            kept.unlink()
        monkeypatch.setattr("imports.sheets.sys.executable", "/bin/false")
        seen, saved = home.fetch(there), home.post(there, {"save": "all"}, page="/imports/ranking")

    assert "Nhập 1 dòng" in hidden
    assert [answer.status_code for answer in (seen, saved)] == [422, 422]
    assert "Tệp: không đọc được tệp" in seen.text
    assert 'action="/imports/ranking"' in seen.text
    assert count(IndexEntry) == 0


def test_the_pages_lead_to_the_sheets_that_the_person_may_import(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    def links(browser: Browser, url: str) -> set[str]:
        return set(re.findall(r'href="/imports/([a-z]+)"', browser.get(url)))

    with at_time("2022-01-13 09:00"):
        home, district, office = sign_in("SNV", Role.HOME_AFFAIRS), sign_in("906"), sign_in("STP")
        admin = sign_in("STTTT", Role.ADMINISTRATOR)
        found = {
            "home": links(home, "/ranking") | links(home, "/registrations"),
            "district": links(district, "/ranking") | links(district, "/registrations"),
            "office": links(office, "/ranking") | links(office, "/registrations") | links(office, "/"),
            "admin": links(admin, "/"),
        }

    assert found == {
        "home": {"ranking", "ratings", "registrations"},
        "district": {"recognitions", "registrations"},
        "office": set(),
        "admin": {"units"},
    }


def test_a_new_service_has_its_units_from_a_file_before_any_campaign(app: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    load_data()
    rows = [wb.UNITS, (1, "X1", "Xã Mới", "Ủy ban nhân dân xã Mới", "Xã", "905")]
    with at_time("2021-02-04 09:00"):
        admin = sign_in("STTTT", Role.ADMINISTRATOR)
        assert 'href="/imports/units"' in admin.get("/")
        there = send(admin, "units", wb.xlsx(rows), "Đơn vị.xlsx").location
        admin.post(there, {"save": "all"})
        page = words(admin.get(there))

    assert "Tệp này đã nhập" in page
    with app.app_context():
        assert db.session.scalars(select(Unit).where(Unit.code == "X1")).one().versions[0].kind == "commune"


def test_the_same_file_twice_says_so_and_does_nothing(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        content = ranking(RIGHT)
        there = send(home, "ranking", content).location
        home.post(there, {"save": "all"})
        entries = count(AuditEntry)

        again = home.post(there, {"save": "all"})

        assert again.status_code == 302
        assert count(AuditEntry) == entries
        page = words(home.get(send(home, "ranking", content, "tên khác.xlsx").location))
        assert "Tệp này đã nhập lúc" in page


def test_what_stands_against_a_right_file_is_said_with_its_clause(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    from tests.actors import campaign_2021

    publish(campaign_2021(), {"STP": "excellent"})
    with at_time("2022-01-20 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        answer = home.post(send(home, "ranking", ranking(RIGHT)).location, {"save": "all"})

    assert answer.status_code == 409
    assert "Kết quả xếp hạng năm 2021 đã công bố." in answer.text
    assert "mục III.4.a Kế hoạch" in answer.text
    assert count(IndexEntry) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.4", "Tệp: không phải bảng tính; hãy dùng tệp Excel (.xlsx) hoặc CSV"),
        (wb.xlsx([("Đơn vị", "Điểm")]), "Tệp: dòng tiêu đề (dòng 1) thiếu cột: Hạng, Nhóm"),
        (b"", "Tệp: tệp rỗng; hãy chọn lại tệp"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_refused_where_it_was_chosen(
    content: bytes, said: str, opened: Flask, sign_in: SignIn, at_time: AtTime
) -> None:
    with at_time("2022-01-13 09:00"):
        answer = send(sign_in("SNV", Role.HOME_AFFAIRS), "ranking", content)

    assert answer.status_code == 422
    assert f'<a href="#file">{said}</a>' in unescape(answer.text)


def test_no_file_at_all_is_asked_for(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        answer = sign_in("SNV", Role.HOME_AFFAIRS).post("/imports/ranking", {})

    assert answer.status_code == 422
    assert "Hãy điền mục này." in answer.text


def test_an_address_made_up_leads_nowhere(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        for address in ("/imports/nothing", "/imports/ranking/" + "0" * 64, "/imports/ranking/..%2f..", "/imports/ranking/x"):
            home.get(address, status=404)


def test_each_kind_is_for_those_who_may_record_it(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        browsers = {
            "home": sign_in("SNV", Role.HOME_AFFAIRS),
            "district": sign_in("906"),
            "admin": sign_in("STTTT", Role.ADMINISTRATOR),
            "auditor": sign_in("TTR", Role.AUDITOR),
        }
        kinds = ("ranking", "registrations", "recognitions", "ratings", "units")
        answers = {who: [browser.fetch(f"/imports/{kind}").status_code for kind in kinds] for who, browser in browsers.items()}
        listed = {who: browser.fetch("/imports").status_code for who, browser in browsers.items()}

    assert answers == {
        "home": [200, 200, 403, 200, 403],
        "district": [403, 200, 200, 403, 403],
        "admin": [403, 403, 403, 403, 200],
        "auditor": [403] * 5,
    }
    assert listed == {"home": 200, "district": 200, "admin": 200, "auditor": 403}


def test_the_template_comes_as_a_file_with_its_drop_downs(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    with at_time("2022-01-13 09:00"):
        answer = sign_in("SNV", Role.HOME_AFFAIRS).fetch("/imports/ranking/template.xlsx")

    assert "attachment; filename=mau-ranking.xlsx" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data))["Nhập liệu"]
    assert [cell.value for cell in sheet[4]] == ["STT", "Đơn vị", "Điểm", "Hạng", "Nhóm"]
    assert sheet["A5"].value == "Ví dụ"
    assert '"xuất sắc,tốt,khá,trung bình"' in {rule.formula1 for rule in sheet.data_validations.dataValidation}


def test_paper_forms_are_entered_and_the_half_filled_unit_waits(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    rows = forms(form(), form(unit="Sở Tài chính", name="Lê An", position=None))()
    with at_time("2021-03-10 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        there = send(home, "registrations", rows).location
        assert "Chỉ nhập 1 dòng đúng" in home.get(there)
        home.post(there, {"save": "only_valid"})

    assert [form.campaign_unit.name for form in db.session.scalars(select(Registration))] == ["Sở Tư pháp"]


def test_a_district_recognises_from_a_file_and_a_refused_row_is_marked(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    from tests.actors import campaign_2021

    register(campaign_2021(), "30790")
    rows = [wb.RECOGNITION, (1, "Xã Kiên Bình", None, "45/QĐ", "12/01/2022"), (2, "Xã Hòa Điền", None, "45/QĐ", "12/01/2022")]
    with at_time("2022-01-14 09:00"):
        district = sign_in("902")
        there = send(district, "recognitions", wb.xlsx(rows)).location
        refused = district.post(there, {"save": "all"})
        assert (refused.status_code, count(Recognition)) == (409, 0)
        assert "chưa có hồ sơ trong đợt thi đua này" in refused.text
        assert "Chỉ nhập 1 dòng đúng" in refused.text

        done = district.post(there, {"save": "only_valid"})
        assert done.status_code == 302
        assert "Không nhập 1 dòng: Dòng 3: Xã Hòa Điền, Huyện Kiên Lương chưa có hồ sơ" in words(district.get(done.location))

    assert count(Recognition) == 1


def test_a_text_from_a_file_is_only_text_on_the_page(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    content = wb.csv([wb.RANKING, (1, "<script>alert(1)</script>", "91", 1, "tốt")])
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        page = home.get(send(home, "ranking", content, "<b>.csv").location)

    assert "<script>alert" not in page
    assert "<b>.csv" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_long_file_is_shown_in_pages(opened: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    rows = [(n, f"Sở Số {n}", "91", n, "tốt") for n in range(1, 251)]
    with at_time("2022-01-13 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        there = send(home, "ranking", ranking(*rows)).location
        first, last = home.get(there), home.get(f"{there}&page=3")

    assert first.count('id="line-') == 100
    assert "Dòng 201–250 trong 250" in last
    assert "… và 230 lỗi khác" in words(first)

"""A spreadsheet in a real browser: the wrong cells are found, marked and worded, on a desk and on a phone; axe checks each page."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from models.db import db, transaction
from models.people import User
from models.results import IndexEntry
from models.vocabulary import Role
from tests.browser.conftest import Site, look
from tests.browser.test_story import PASSWORD, sign_in, this_year
from tests.builders import actor_of
from tests.imports.corpus import workbooks as wb
from tests.imports.corpus.faulty import form, more
from web.accounts import hash_password

ROWS = [
    wb.RANKING,
    (1, "Sở Nội vụ", "91,25", 1, "xuất sắc"),
    (2, "so tu phap", "90.5", 2, "tốt"),
    (3, "Sở Tài chính", "9O,5", 3, "giỏi"),
    (4, "Vĩnh Thuận", "88", 1, "tốt"),
    (5, "Sở Kế hoạch và Đầu từ", "", 4, "tốt"),
]


def send(page: Page, path: Path) -> None:
    """Choose a file and send it."""
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390] if "SCREENSHOTS" in os.environ else [390])
def test_wrong_cells_are_seen_and_the_right_rows_saved(width: int, site: Site, open_page: Callable[..., Page], tmp_path: Path) -> None:
    this_year(datetime.now(UTC))
    person = actor_of("SNV", Role.HOME_AFFAIRS)
    with transaction() as session:
        session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)
    right, wrong = tmp_path / "Xếp hạng.xlsx", tmp_path / "Xếp hạng sai.xlsx"
    right.write_bytes(wb.xlsx(ROWS[:3]))
    wrong.write_bytes(wb.xlsx(ROWS))
    page = open_page(width)
    sign_in(page, site, "SNV", Role.HOME_AFFAIRS)

    page.goto(f"{site.url}/ranking")
    look(page, f"import-{width}-0-ranking")
    page.get_by_role("link", name="Kết quả xếp hạng Chỉ số CCHC", exact=True).click()
    look(page, f"import-{width}-1-start")
    page.get_by_text("Các cột của tệp").first.click()
    look(page, f"import-{width}-2-columns")
    page.locator("#file").set_input_files({"name": "a.xlsx", "mimeType": "text/plain", "buffer": b"%PDF-1.4"})
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    page.get_by_role("link", name="Tệp: không phải bảng tính").wait_for()
    look(page, f"import-{width}-3-refused")
    send(page, wrong)
    page.get_by_role("link", name="Dòng 4, cột Điểm: '9O,5' không phải là số").click()
    look(page, f"import-{width}-4-preview")
    page.get_by_role("link", name="Xem tất cả các dòng").click()
    look(page, f"import-{width}-5-all")
    page.get_by_role("button", name="Chỉ nhập 2 dòng đúng").click()
    page.get_by_text("Đã nhập 2 dòng").wait_for()
    look(page, f"import-{width}-6-saved")
    page.get_by_role("link", name="Tải tệp khác").first.click()
    send(page, right)
    page.get_by_role("button", name="Nhập 2 dòng").wait_for()
    look(page, f"import-{width}-7-right")
    page.goto(f"{site.url}/imports")
    look(page, f"import-{width}-8-index")
    page.get_by_role("link", name="Bản đăng ký thi đua").click()
    forms = tmp_path / "Bản đăng ký.xlsx"
    forms.write_bytes(wb.xlsx([wb.REGISTRATION, form(unit="Sở Tư pháp", head=None), more(position=None), form(unit="Bình An")]))
    send(page, forms)
    page.get_by_role("link", name="Dòng 2, cột Thủ trưởng: để trống; cần điền").wait_for()
    look(page, f"import-{width}-9-forms")

    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(IndexEntry)) == 2

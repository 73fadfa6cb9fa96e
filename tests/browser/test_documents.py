"""Papers in a real browser: files sent with their progress and without scripts; what was typed outlives a lost session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import delete

from models.db import db, transaction
from models.people import SignIn, User
from models.vocabulary import Role
from tests import actors, stages
from tests.actors import DEPARTMENT
from tests.browser.conftest import Site, look
from tests.browser.test_story import PASSWORD, sign_in
from tests.builders import actor_of, dossier_of
from tests.documents.hostile import files as f
from tests.documents.test_crash import selected
from web.accounts import hash_password

__all__ = ["selected"]

KEPT = "Object.keys(localStorage)"


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path) -> Path:
    """A department that prepares its papers."""
    return stages.sqlite_at("filing", sqlite_template)


@pytest.fixture
def papers(site: Site) -> str:
    """The address of the department's papers; its officer has a password."""
    person = actor_of(DEPARTMENT)
    with transaction() as session:
        session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)
    return f"{site.url}/dossiers/{dossier_of(actors.campaign_2021(), DEPARTMENT).id}/documents"


def choose(page: Page, field: str, *files: tuple[str, bytes]) -> None:
    """Choose files for a field of the form."""
    page.locator(f"[name={field}]").set_input_files([{"name": n, "mimeType": "application/pdf", "buffer": content} for n, content in files])


@pytest.mark.browser
@pytest.mark.slow
def test_files_are_sent_one_by_one_and_each_is_answered_where_it_was_chosen(
    site: Site, papers: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(390)
    sign_in(page, site, DEPARTMENT, Role.OFFICER)
    page.goto(papers)
    look(page, "documents-0-empty")

    choose(page, "minutes", ("Biên bản.pdf", f.PDF))
    choose(page, "evidence", ("Ảnh lễ.png", f.picture("PNG")), ("Trò chơi.exe", b"MZ" + b"\x00" * 100))
    page.get_by_role("button", name="Tải lên").click()
    page.get_by_text("Trò chơi.exe: Không nhận loại tệp này").wait_for()
    look(page, "documents-1-one-refused")
    answered = [page.locator(f".govuk-form-group:has([name={name}])").inner_text() for name in ("minutes", "evidence")]
    choose(page, "proposal_letter", ("Tờ trình.pdf", f.PDF + b"% to trinh"))
    page.get_by_role("button", name="Tải lên").click()
    page.locator(".govuk-notification-banner").get_by_text("Đã nhận tệp “Tờ trình.pdf”.").wait_for()
    look(page, "documents-2-taken")

    assert "Đã nhận tệp “Biên bản.pdf”." in answered[0]
    assert "Đã nhận tệp “Ảnh lễ.png”." in answered[1]
    assert page.locator("h2 .govuk-tag").all_inner_texts() == ["Đã nộp", "Đã nộp", "Chưa có"]


@pytest.mark.browser
@pytest.mark.slow
def test_files_are_sent_without_scripts_too(site: Site, papers: str, open_page: Callable[..., Page]) -> None:
    page = open_page(scripts=False)
    sign_in(page, site, DEPARTMENT, Role.OFFICER)
    page.goto(papers)

    choose(page, "minutes", ("Biên bản.pdf", f.PDF))
    choose(page, "evidence", ("Ảnh lễ.png", f.picture("PNG")))
    page.get_by_role("button", name="Tải lên").click()

    page.locator(".govuk-notification-banner").get_by_text("Đã nhận tệp “Ảnh lễ.png”.").wait_for()
    assert page.locator("h2 .govuk-tag").all_inner_texts() == ["Chưa có", "Đã nộp", "Chưa có"]


@pytest.mark.browser
@pytest.mark.slow
def test_what_was_typed_outlives_a_lost_session_until_it_is_accepted_or_dropped(
    site: Site, papers: str, open_page: Callable[..., Page]
) -> None:
    page, form = open_page(), papers.replace("/documents", "/steps/withdraw")
    sign_in(page, site, DEPARTMENT, Role.OFFICER)
    page.goto(form)
    page.get_by_label("Lý do").fill("Gõ dở")
    page.goto(form)
    page.get_by_role("button", name="Bỏ nội dung này").click()
    dropped = page.evaluate(KEPT)
    page.get_by_label("Lý do").fill("Đơn vị sáp nhập,\nkhông còn tham gia.")
    with transaction() as session:
        session.execute(delete(SignIn))

    page.get_by_role("button", name="Rút hồ sơ").click()
    page.get_by_text("nội dung vừa gửi chưa được lưu").wait_for()
    look(page, "draft-0-session-lost")
    login = db.session.get_one(User, actor_of(DEPARTMENT).user_id).login
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_text("Máy này còn giữ nội dung bạn gõ dở").wait_for()
    look(page, "draft-1-offered")
    offered_at = page.url
    page.get_by_role("button", name="Khôi phục nội dung đã gõ").click()
    restored = page.get_by_label("Lý do").input_value()
    page.get_by_role("button", name="Rút hồ sơ").click()
    page.get_by_text("Đã ghi: Rút hồ sơ.").wait_for()

    accepted = page.evaluate(KEPT)
    page.goto(papers.replace("/documents", ""))
    page.evaluate("localStorage.setItem('draft:1:/x:reason', '{}')")
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_role("heading", name="Đăng nhập").wait_for()

    assert (offered_at, restored) == (form, "Đơn vị sáp nhập,\nkhông còn tham gia.")
    assert (dropped, accepted, page.evaluate(KEPT)) == ([], [], [])

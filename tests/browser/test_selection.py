"""Selection, correction and comparison in a real browser, on a desk and on a phone, by keyboard and mouse; axe checks each page."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models.campaigns import Campaign
from models.db import db, transaction
from models.people import User
from models.vocabulary import DossierState, Role
from tests.browser.conftest import Site, look
from tests.browser.test_story import PASSWORD, fill_date, sign_in, this_year
from tests.builders import actor_of, dossier_of, register, unit_of
from web.accounts import hash_password
from workflow import ranking

COMMUNES = ("30904", "30907", "30910")


def prepare(now: datetime) -> None:
    """Registrations accepted, both indexes entered, the award's one published and ruled; communes recognised."""
    campaign, home = this_year(now - timedelta(minutes=5)), actor_of("SNV", Role.HOME_AFFAIRS)
    for code in ("STP", "STC", "SXD", "906", *COMMUNES):
        register(campaign, code, when=now - timedelta(minutes=4))
    year = campaign.plan.award_basis_year
    for index_year, groups in (
        (year, ("excellent", "excellent", "good")),
        (campaign.plan.criteria_index_year, ("good", "excellent", "excellent")),
    ):
        entries = [
            ranking.PublishedEntry(unit_of(campaign, code), f"9{rank},5", rank, group)
            for rank, (code, group) in enumerate(zip(("STP", "STC", "SXD"), groups, strict=True), start=1)
        ]
        announcement = ranking.Announcement("100/QĐ-UBND", now.date() - timedelta(days=1))
        with transaction():
            ranking.record_index(campaign, index_year, entries, actor=home, at=now)
            ranking.publish(campaign, index_year, announcement, actor=home, at=now)
    years = dict.fromkeys(campaign.plan.criteria, year)
    with transaction():
        ranking.rule_year(campaign, number="5/SNV", decided_on=now.date(), text="Xét năm này.", years=years, actor=home, at=now)
    for code in COMMUNES:
        with transaction():
            ranking.recognise(dossier_of(campaign, code), number="45/QĐ", decided_on=now.date(), actor=actor_of("906"), at=now)
    with transaction() as session:
        for person in (home, actor_of("906")):
            session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)


def this_campaign() -> Campaign:
    """The campaign that is open."""
    return db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))).one()


def tick(page: Page, name: str) -> None:
    """Tick a row as a keyboard does."""
    box = page.get_by_role("checkbox", name=f"Đánh dấu {name}")
    box.focus()
    page.keyboard.press("Space")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390] if "SCREENSHOTS" in os.environ else [390])
def test_selection_quota_correction_and_comparison(width: int, site: Site, open_page: Callable[..., Page]) -> None:
    now = datetime.now(UTC)
    prepare(now)
    page = open_page(width)
    sign_in(page, site, "SNV", Role.HOME_AFFAIRS)

    page.goto(f"{site.url}/ranking/comparison")
    look(page, f"selection-{width}-0-comparison")
    page.goto(f"{site.url}/ranking")
    look(page, f"selection-{width}-1-ranking")
    page.get_by_role("link", name="Chọn tập thể", exact=True).click()
    look(page, f"selection-{width}-2-list")
    tick(page, "Sở Tư pháp")
    tick(page, "Sở Tài chính")
    tick(page, "Sở Xây dựng")
    page.get_by_role("button", name="Chọn tập thể đã đánh dấu", exact=True).click()
    page.get_by_role("heading", name="Không thực hiện được: 1 hồ sơ").wait_for()
    look(page, f"selection-{width}-3-confirm")
    page.get_by_role("button", name="Chọn tập thể: 2 hồ sơ", exact=True).click()
    page.get_by_text("Đã làm: 2 hồ sơ. Chưa làm: 1 hồ sơ.").wait_for()
    look(page, f"selection-{width}-4-result")
    page.goto(f"{site.url}/selection")
    tick(page, "Sở Xây dựng")
    page.get_by_role("button", name="Không chọn tập thể đã đánh dấu").click()
    page.get_by_role("button", name="Không chọn tập thể: 1 hồ sơ").click()
    look(page, f"selection-{width}-5-reason-missing")
    page.get_by_label("Lý do").fill("Không thuộc nhóm xuất sắc.")
    page.get_by_role("button", name="Không chọn tập thể: 1 hồ sơ").click()
    page.get_by_text("Đã làm: 1 hồ sơ.").wait_for()

    page.goto(f"{site.url}/ranking")
    page.get_by_role("link", name="Sửa kết quả đã công bố").click()
    page.get_by_label("Nhóm của Sở Tư pháp").select_option("good")
    page.get_by_label("Số văn bản sửa").fill("20/SNV")
    fill_date(page, "date", now)
    page.get_by_label("Lý do sửa").fill("Ghi nhầm.")
    fill_date(page, "trigger_date", now)
    page.get_by_label("Lý do tính hạn từ ngày khác").fill("Đăng cổng trễ.")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("Không còn đủ tiêu chuẩn").wait_for()
    look(page, f"selection-{width}-6-correction")
    page.get_by_role("button", name="Sửa và gửi thư").click()
    page.get_by_text("Đã sửa kết quả đã công bố").wait_for()
    look(page, f"selection-{width}-7-corrected")
    page.goto(f"{site.url}/selection")
    page.get_by_role("heading", name="Cần quyết định lại").wait_for()
    look(page, f"selection-{width}-8-undecided")

    district = open_page(width)
    sign_in(district, site, "906", Role.OFFICER)
    district.goto(f"{site.url}/selection")
    look(district, f"selection-{width}-9-district")
    for code in COMMUNES:
        tick(district, unit_of(this_campaign(), code).long_name)
    district.get_by_role("button", name="Chọn tập thể đã đánh dấu", exact=True).click()
    district.get_by_role("button", name="Chọn tập thể: 2 hồ sơ", exact=True).click()
    district.get_by_text("đã chọn 2/2").wait_for()
    look(district, f"selection-{width}-10-quota")
    district.goto(f"{site.url}/selection/places/{unit_of(this_campaign(), '906').id}")
    look(district, f"selection-{width}-11-places")

    db.session.rollback()
    states = [dossier_of(this_campaign(), code).state for code in ("STP", "STC", "SXD")]
    assert states == [DossierState.SELECTED, DossierState.SELECTED, DossierState.NOT_SELECTED]

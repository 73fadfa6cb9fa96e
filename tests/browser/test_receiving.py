"""The receiving pages in a real browser, on a desk and on a phone: list, bulk acts, reminders, roll-up, late request; axe checks each."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from models.campaigns import Campaign
from models.db import db, transaction
from models.deadlines import Deadline
from models.localtime import local_day
from models.outbox import Notice
from models.people import User
from models.registrations import LateRequest, RollupReport
from models.vocabulary import LetterName, Milestone, Role
from tests.browser.conftest import Site, look
from tests.browser.test_story import PASSWORD, sign_in, this_year
from tests.builders import actor_of, unit_of
from web.accounts import hash_password
from workflow import registrations
from workflow.registrations import FormContent, Person

SENT = ("30904", "30907", "30910", "SCT", "STNMT")
PEOPLE = (("SNV", Role.HOME_AFFAIRS), ("906", Role.OFFICER), ("30922", Role.OFFICER))


def season(now: datetime) -> Campaign:
    """Five forms that wait, and three people who can sign in."""
    campaign = this_year(now)
    for code in SENT:
        officer = actor_of(code)
        with transaction():
            unit = unit_of(campaign, code)
            content = FormContent([unit], [Person("Lý Văn Bốn", "Chuyên viên", unit.name)], True, True, "Lê Văn Lập", "Phạm Thị Trưởng")
            registrations.send(registrations.save(unit, content, actor=officer, at=now), actor=officer, at=now)
    people = [actor_of(code, role) for code, role in PEOPLE]
    with transaction() as session:
        for person in people:
            session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)
    return campaign


def count(table: type[object]) -> int:
    """How many rows a table has now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390] if "SCREENSHOTS" in os.environ else [390])
def test_the_receiving_pages_on_a_desk_and_on_a_phone(width: int, site: Site, open_page: Callable[..., Page]) -> None:
    now = datetime.now(UTC)
    campaign = season(now)
    home, district, clerk = open_page(width), open_page(width), open_page(width)

    sign_in(home, site, "SNV", Role.HOME_AFFAIRS)
    home.goto(f"{site.url}/registrations")
    look(home, f"receiving-{width}-0-list")
    home.get_by_role("link", name="Hiện tất cả trên một trang").wait_for()
    home.goto(f"{site.url}/registrations?q=giong+rieng&kind=commune")
    look(home, f"receiving-{width}-2-filtered")
    home.goto(f"{site.url}/registrations?state=sent")
    for name in ("Sở Công Thương", "Sở Tài nguyên và Môi trường"):
        home.get_by_label(f"Chọn {name}").check()
    home.get_by_role("button", name="Trả lại các bản đã chọn").click()
    home.get_by_role("button", name="Trả lại 2 bản đăng ký").click()
    home.get_by_role("link", name="Hãy điền mục này.").wait_for()
    look(home, f"receiving-{width}-3-return")
    home.goto(f"{site.url}/registrations?state=sent")
    home.get_by_role("link", name="Duyệt cả 2 bản chờ duyệt").click()
    look(home, f"receiving-{width}-4-accept")
    home.get_by_role("button", name="Duyệt 2 bản đăng ký").click()
    home.get_by_text("Đã duyệt 2 bản đăng ký").wait_for()
    home.goto(f"{site.url}/registrations?q=giong+rieng")
    home.get_by_role("link", name="Nhắc 17 đơn vị chưa gửi").click()
    look(home, f"receiving-{width}-6-remind")
    home.get_by_role("button", name="Gửi thư nhắc").click()
    home.get_by_text("Đã xếp thư nhắc cho 17 đơn vị.").wait_for()
    home.goto(f"{site.url}/registrations/remind?unit={unit_of(campaign, '30922').id}&unit={unit_of(campaign, 'STP').id}")
    look(home, f"receiving-{width}-7-again")
    home.get_by_role("button", name="Gửi thư nhắc").click()
    home.get_by_text("đã được nhắc hôm nay").wait_for()

    sign_in(district, site, "906", Role.OFFICER)
    district.goto(f"{site.url}/registrations")
    look(district, f"receiving-{width}-9-district")
    district.get_by_role("link", name="Tổng hợp của cấp xã và gửi Sở Nội vụ").click()
    look(district, f"receiving-{width}-10-rollup")
    district.get_by_role("button", name="Gửi Sở Nội vụ").or_(district.get_by_role("link", name="Gửi Sở Nội vụ")).click()
    district.get_by_role("button", name="Gửi Sở Nội vụ").click()
    district.get_by_text("Đã gửi tổng hợp đăng ký cho Sở Nội vụ").wait_for()
    district.goto(f"{site.url}/registrations?state=sent")
    district.get_by_role("link", name="Duyệt cả 3 bản chờ duyệt").click()
    district.get_by_role("button", name="Duyệt 3 bản đăng ký").click()
    district.get_by_text("Đã duyệt 3 bản đăng ký").wait_for()
    district.goto(f"{site.url}/registrations/{unit_of(campaign, '906').id}/rollup")
    district.get_by_text("Chờ duyệt → Đã duyệt").first.wait_for()
    look(district, f"receiving-{width}-13-changed")

    with transaction() as session:
        registration = session.scalars(select(Deadline).where(Deadline.milestone == Milestone.REGISTRATION)).one()
        registration.due_on = local_day(now) - timedelta(days=2)
    sign_in(clerk, site, "30922", Role.OFFICER)
    clerk.goto(f"{site.url}/registrations/{unit_of(campaign, '30922').id}/late-request")
    clerk.get_by_role("button", name="Gửi đề nghị").click()
    look(clerk, f"receiving-{width}-14-late")
    clerk.get_by_label("Lý do xin đăng ký trễ hạn").fill("Xã mất điện ba ngày do giông lốc.")
    clerk.get_by_role("button", name="Gửi đề nghị").click()
    clerk.get_by_text("Đã gửi đề nghị đăng ký trễ hạn.").wait_for()
    home.goto(f"{site.url}/registrations?q=30922")
    home.get_by_role("link", name="Trả lời đề nghị đăng ký trễ").wait_for()
    home.goto(f"{site.url}/registrations")
    look(home, f"receiving-{width}-16-over")

    assert (count(RollupReport), count(LateRequest)) == (1, 1)
    query = select(func.count()).select_from(Notice).where(Notice.letter == LetterName.REGISTRATION_REMINDER)
    assert db.session.scalar(query) == 18

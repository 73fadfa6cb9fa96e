"""The council in a real browser: votes typed by keyboard alone, kept, corrected and recorded; axe looks at each page on the way."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models.campaigns import Campaign
from models.db import db, transaction
from models.dossiers import Dossier
from models.localtime import local, local_day
from models.people import User
from models.vocabulary import CouncilDuty, DossierState, Role, Step
from tests.browser.conftest import Site, look
from tests.browser.test_story import PASSWORD, fill_date, sign_in, this_year
from tests.builders import actor_of, dossier_of, file_papers, register, step, unit_of
from web.accounts import hash_password
from workflow import council, ranking
from workflow.council_members import MemberContent, members_of, save_member
from workflow.nominees import Individual, name_individuals

CODES = ("STP", "STC", "906")
MEMBERS = (("KG", CouncilDuty.CHAIR), ("STC", CouncilDuty.MEMBER), ("SNV", CouncilDuty.MEMBER), ("SNV", CouncilDuty.SECRETARY))


SEEN_ONLY = "council council/members/new council/1/edit"
"""Pages that are looked at only when pictures are taken."""


def prepare(now: datetime) -> int:
    """Three bodies have submitted, a council of three and a secretary is called for today; gives the session's number."""
    campaign, home = this_year(now - timedelta(minutes=9)), actor_of("SNV", Role.HOME_AFFAIRS)
    secretary = actor_of("VPUB", Role.COUNCIL_SECRETARY)
    for code in CODES:
        register(campaign, code, when=now - timedelta(minutes=8))
    year = campaign.plan.award_basis_year
    entries = [ranking.PublishedEntry(unit_of(campaign, code), f"9{n},5", n, "excellent") for n, code in enumerate(CODES, start=1)]
    with transaction():
        ranking.record_index(campaign, year, entries, actor=home, at=now - timedelta(minutes=7))
        ranking.publish(campaign, year, ranking.Announcement("100/QĐ-UBND", local_day(now)), actor=home, at=now - timedelta(minutes=7))
    years = dict.fromkeys(campaign.plan.criteria, year)
    with transaction():
        ranking.rule_year(campaign, number="5/SNV", decided_on=local_day(now), text="Xét năm này.", years=years, actor=home, at=now)
    for code in CODES:
        dossier = step(dossier_of(campaign, code), Step.SELECT, home, now - timedelta(minutes=6))
        officer = actor_of(code)
        with transaction():
            people = [
                Individual(name, "Chuyên viên", dossier.campaign_unit.name, "good", True, not assigned, assignment=assigned)
                for name, assigned in (("Nguyễn Văn An", ""), ("Trần Thị Bình", "Thông báo số 3/TB"))
            ]
            name_individuals(dossier, people, actor=officer, at=now - timedelta(minutes=5))
        file_papers(dossier, now - timedelta(minutes=4))
        step(dossier, Step.SUBMIT, officer, now - timedelta(minutes=3))
    for number, (code, duty) in enumerate(MEMBERS):
        content = MemberContent(f"Thành Viên {number}", "Phó Giám đốc", unit_of(campaign, code), "", duty, f"tv{number}@kiengiang.example")
        with transaction():
            save_member(campaign, None, content, actor=secretary, at=now)
    with transaction() as session:
        dossiers = [dossier_of(campaign, code) for code in CODES]
        called = council.call(
            campaign,
            held_on=local_day(now),
            place="Phòng họp 1",
            quorum=2,
            dossiers=dossiers,
            members=members_of(campaign),
            actor=secretary,
            at=now,
        )
        for person in (home, secretary):
            session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)
    return called.id


def keys(page: Page, *pressed: str) -> None:
    """Press keys, one after another, where the focus is; a text is typed."""
    for key in pressed:
        if key in {"Tab", "Space", "Enter"}:
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390] if "SCREENSHOTS" in os.environ else [390])
def test_the_clerk_types_the_votes_by_keyboard_alone(width: int, site: Site, open_page: Callable[..., Page]) -> None:
    now = datetime.now(UTC)
    session_id = prepare(now)
    campaign = db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))).one()
    dossiers = [dossier_of(campaign, code) for code in CODES]
    page = open_page(width)
    sign_in(page, site, "VPUB", Role.COUNCIL_SECRETARY)
    for name in (
        "council/members",
        "council/members/1/leave",
        "council/new",
        f"council/{session_id}/call-off",
        f"council/{session_id}/pack",
        *(SEEN_ONLY.split() if "SCREENSHOTS" in os.environ else ()),
    ):
        page.goto(f"{site.url}/{name}")
        look(page, f"council-{width}-{name}")

    page.goto(f"{site.url}/council/{session_id}")
    look(page, f"council-{width}-votes")
    page.locator(f"#for_{dossiers[0].nominees[0].id}").focus()
    for _nominee in dossiers[0].nominees:
        keys(page, "3", "Tab", "Tab", "Tab")
    keys(page, "Tab")  # past the reason for postponing
    for _nominee in dossiers[1].nominees:
        keys(page, "3", "Tab", "Tab", "Tab")
    page.get_by_role("button", name="Lưu tạm").focus()
    keys(page, "Enter")
    page.get_by_text("Đã lưu tạm lúc").wait_for()
    look(page, f"council-{width}-draft")
    page.locator(f"#postponed_{dossiers[2].id}").focus()
    keys(page, "Chờ xác minh")
    page.locator("#minutes_number").focus()
    keys(page, "12/BB-HĐ")
    fill_date(page, "minutes_date", local(now))
    page.get_by_role("button", name="Lưu kết quả").focus()
    keys(page, "Enter")
    page.get_by_text("Có chỗ cần sửa").wait_for()  # Sở Tài chính's own member does not vote: three votes are one too many
    look(page, f"council-{width}-wrong")
    for nominee in dossiers[1].nominees:
        page.locator(f"#for_{nominee.id}").press("Control+a")
        keys(page, "2")
    page.get_by_role("button", name="Lưu kết quả").focus()
    keys(page, "Enter")
    page.get_by_text("Đã ghi kết quả phiên họp").wait_for()
    look(page, f"council-{width}-recorded")

    page.get_by_role("link", name="Ghi bước xét cho cả phiên họp").click()
    look(page, f"council-{width}-decide")
    page.get_by_role("button", name="Ghi bước xét cho hồ sơ đã đánh dấu").click()
    page.get_by_text("Đã làm: 2 hồ sơ. Chưa làm: 0 hồ sơ.").wait_for()
    look(page, f"council-{width}-decided")

    home = open_page(width)
    sign_in(home, site, "SNV", Role.HOME_AFFAIRS)
    home.goto(f"{site.url}/forwarding")
    look(home, f"council-{width}-forwarding")
    home.get_by_role("button", name="Trình hồ sơ đã đánh dấu").click()
    look(home, f"council-{width}-forward-confirm")
    home.get_by_label("Số văn bản").fill("61/TTr-SNV")
    fill_date(home, "date", local(now))
    home.get_by_role("button", name="Trình 2 hồ sơ").click()
    home.get_by_role("link", name="Ghi quyết định").click()
    look(home, f"council-{width}-awards")
    home.get_by_label("Số quyết định").fill("748/QĐ-UBND")
    fill_date(home, "date", local(now))
    home.locator(f"#awarded-{dossiers[1].nominees[2].id}").uncheck()
    home.get_by_role("button", name="Ghi quyết định").click()
    home.get_by_text("Đã làm: 2 hồ sơ. Chưa làm: 0 hồ sơ.").wait_for()
    home.goto(f"{site.url}/forwarding")
    look(home, f"council-{width}-forwarded")
    home.goto(f"{site.url}/commendations")
    look(home, f"council-{width}-commendations")

    db.session.rollback()
    states = {code: db.session.get_one(Dossier, dossier.id).state for code, dossier in zip(CODES, dossiers, strict=True)}
    assert states == {"STP": DossierState.AWARDED, "STC": DossierState.AWARDED, "906": DossierState.SUBMITTED}

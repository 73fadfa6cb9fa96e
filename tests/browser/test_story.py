"""A department, a district with its office and a commune in a real browser, from form to decision; axe checks pages, SMTP takes letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Page
from sqlalchemy import select

from audit import verify
from demo.paper import pdf
from imports import data_files
from jobs.bodies import deliver
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db, transaction
from models.localtime import local, local_day
from models.people import User
from models.units import Unit, UnitAddress
from models.vocabulary import DossierState, Role, Step
from tests.browser.conftest import Site, look
from tests.builders import DATA, LOADER, actor_of, dossier_of, register, step, unit_of
from web.accounts import hash_password
from workflow import campaigns, ranking

PASSWORD = "mat-khau-trinh-duyet"
PEOPLE = (("STP", Role.OFFICER), ("906", Role.OFFICER), ("SNV", Role.HOME_AFFAIRS), ("VPUB", Role.COUNCIL_SECRETARY), ("TTR", Role.AUDITOR))
CODES = ("STP", "906", "PNV-906", "30904")
"""Sở Tư pháp, huyện Giồng Riềng, its Phòng Nội vụ, thị trấn Giồng Riềng."""


class Sink:
    """Keeps what a mail server receives."""

    def __init__(self) -> None:
        """Nothing received yet."""
        self.received: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Take every message."""
        self.received.append(envelope.content or b"")
        return "250 OK"


def this_year(now: datetime) -> Campaign:
    """The plan of 2021 carried to this year, its registration open for twenty more days: the whole road can be walked today."""
    with transaction():
        data_files.load_units(DATA / "units.csv", actor=LOADER, at=now)
        data_files.load_calendar(DATA / "calendar.csv", actor=LOADER, at=now)
        model, _ = data_files.load_campaign(DATA / "campaigns" / "2021.toml", actor=LOADER, at=now)
        data = campaigns.next_year_data(model, now.year, number="1/KH-UBND", issued_on=local_day(now))
        data["registration"]["due_on"] = (local_day(now) + timedelta(days=20)).isoformat()
        campaign, _ = campaigns.load(data, actor=LOADER, at=now)
        for unit in db.session.scalars(select(Unit).where(Unit.code.in_(["STP", "SNV", "906"]))):
            unit.addresses = [UnitAddress(email=f"vanthu.{unit.code.casefold()}@kiengiang.example")]
    with transaction():
        return campaigns.open_campaign(campaign, actor=LOADER, at=now)


def sign_in(page: Page, site: Site, code: str, role: Role) -> None:
    """Sign in on the page, as a person does."""
    login = db.session.get_one(User, actor_of(code, role).user_id).login
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("heading", name="Việc của tôi", level=1).wait_for()


def fill_date(page: Page, name: str, day: datetime) -> None:
    """Fill in the three boxes of a date."""
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"#{name}-{part}").fill(str(value))


def open_dossier(page: Page, site: Site, code: str) -> None:
    """Open the dossier of a collective, and see that it is this one."""
    db.session.rollback()  # what the server wrote since
    campaign = db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))).one()
    dossier = dossier_of(campaign, code)
    page.goto(f"{site.url}/dossiers/{dossier.id}")
    page.get_by_role("heading", level=1).get_by_text(dossier.code).wait_for()


def take(page: Page, verb: str, shot: str) -> None:
    """Press the main button of the next-step panel, look at the confirm page, and confirm."""
    page.get_by_role("link", name=verb, exact=True).first.click()
    look(page, f"confirm-{shot}")
    page.get_by_role("button", name=verb, exact=True).click()
    page.get_by_text(f"Đã ghi: {verb}.").wait_for()


@pytest.mark.browser
@pytest.mark.slow
def test_a_department_a_district_with_its_office_and_a_commune_walk_the_whole_road(
    site: Site, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    campaign = this_year(now - timedelta(minutes=9))
    people = [actor_of(code, role) for code, role in PEOPLE]
    with transaction() as session:
        for person in people:
            session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)
    for code in ("906", "30904"):
        register(campaign, code, when=now - timedelta(minutes=8))
    paper = tmp_path / "Tờ trình số 1.pdf"
    paper.write_bytes(pdf("Tờ trình", ["Nội dung hư cấu."]))
    clerk, district, home, secretary = (open_page() for _ in range(4))

    sign_in(clerk, site, "STP", Role.OFFICER)
    _registers(clerk)
    sign_in(home, site, "SNV", Role.HOME_AFFAIRS)
    _accepts_and_publishes(home, site, local(now))
    _recognised_and_selected(now)
    open_dossier(home, site, "STP")
    take(home, "Chọn tập thể", "select")

    open_dossier(clerk, site, "STP")
    look(clerk, "dossier-selected")
    _names(clerk, "Nguyễn Thị Hồng Đào")
    look(clerk, "dossier-named")
    _files(clerk, paper)
    _submits(clerk, site, "STP", fewer="Chỉ một cá nhân đủ tiêu chuẩn.")
    look(clerk, "dossier-submitted")
    sign_in(district, site, "906", Role.OFFICER)
    for number, (code, name) in enumerate((("906", "Nguyễn Văn An"), ("PNV-906", "Trần Thị Bình"), ("30904", "Nguyễn Văn An"))):
        open_dossier(district, site, code)
        _names(district, name, direct=code != "30904")
        _files(district, paper, shared=number > 0)
        _submits(district, site, code, fewer="" if code == "30904" else "Chỉ một cá nhân đủ tiêu chuẩn.")
    _appraises(home, site)

    sign_in(secretary, site, "VPUB", Role.COUNCIL_SECRETARY)
    look(secretary, "inbox-secretary")
    _council_votes(secretary, site, local(now))
    _chairman_decides(home, site, local(now))

    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=site.mail_port)
    server.start()
    try:
        delivered = deliver(datetime.now(UTC), limit=500)
    finally:
        server.stop()
    assert delivered.accepted == len(sink.received) > 5

    db.session.rollback()
    dossiers = [dossier_of(campaign, code) for code in CODES]
    assert [dossier.state for dossier in dossiers] == [DossierState.AWARDED] * len(CODES)
    assert verify().intact
    acts = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.dossier_id == dossiers[0].id)))
    assert {f"dossier.{step}" for step in ("open", "rank", "select", "submit", "review", "forward", "award")} <= acts

    auditor, phone = open_page(), open_page(360)
    sign_in(auditor, site, "TTR", Role.AUDITOR)
    for name in (
        "journal",
        "journal/1",
        "letters",
        "calendar",
        "dossiers",
        "council",
        "search?q=giong+rieng",
        "reports/year-end",
        "nothing-here",
    ):
        auditor.goto(f"{site.url}/{name}")
        look(auditor, f"auditor-{name}")
    auditor.goto(f"{site.url}/letters")
    auditor.locator("table a").first.click()
    look(auditor, "letter")
    sign_in(phone, site, "STP", Role.OFFICER)
    for name in ("", "dossiers", "calendar", f"dossiers/{dossiers[0].id}", "language/en?next=/dossiers"):
        phone.goto(f"{site.url}/{name}")
        look(phone, f"phone-{name or 'inbox'}")


def _registers(clerk: Page) -> None:
    """The department fills in its form, is told what is missing, mends it and sends it."""
    look(clerk, "inbox-clerk")
    clerk.get_by_role("link", name="Lập và gửi bản đăng ký").click()
    look(clerk, "registration-form")
    clerk.get_by_role("link", name="Kiểm tra và gửi").click()
    clerk.get_by_role("button", name="Gửi bản đăng ký").click()
    clerk.get_by_text("Chưa thực hiện được vì:").wait_for()
    look(clerk, "registration-refused")
    clerk.get_by_role("link", name="tập thể", exact=True).click()
    clerk.get_by_role("button", name="Lưu và tiếp tục").click()
    look(clerk, "registration-people")
    clerk.locator("#people-0-full_name").fill("Nguyễn Thị Hồng Đào")
    clerk.locator("#people-0-position").fill("Phó Chánh Văn phòng")
    clerk.locator("#people-0-workplace").fill("Sở Tư pháp")
    clerk.get_by_role("button", name="Lưu và tiếp tục").click()
    clerk.get_by_label("Tập thể gương mẫu").check()
    clerk.get_by_label("Nội bộ đoàn kết").check()
    clerk.get_by_label("Người lập biểu").fill("Lê Văn Lập")
    clerk.get_by_label("Thủ trưởng cơ quan").fill("Trần Văn Trưởng")
    look(clerk, "registration-signing")
    clerk.get_by_role("button", name="Lưu và tiếp tục").click()
    clerk.get_by_role("button", name="Gửi bản đăng ký").click()
    clerk.get_by_text("Đã gửi bản đăng ký").wait_for()
    clerk.get_by_role("link", name="Xem bản in A4").click()
    look(clerk, "registration-print")


def _accepts_and_publishes(home: Page, site: Site, today: datetime) -> None:
    """Home affairs accepts the form, publishes the ranking of the department and the district, and rules which year counts."""
    home.get_by_role("link", name="Duyệt bản đăng ký của Sở Tư pháp").click()
    look(home, "registration-decide")
    home.get_by_role("button", name="Chấp nhận bản đăng ký").click()
    home.get_by_text("mở 1 hồ sơ").wait_for()
    home.goto(f"{site.url}/ranking")
    home.get_by_role("link", name="Nhập kết quả").click()
    campaign = db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))).one()
    for rank, code in enumerate(("STP", "906"), start=1):
        unit_id = unit_of(campaign, code).id
        home.locator(f"#score-{unit_id}").fill("91,25")
        home.locator(f"#rank-{unit_id}").fill(str(rank))
        home.locator(f"#group-{unit_id}").select_option("excellent")
    home.get_by_role("button", name="Lưu, chưa công bố").click()
    home.get_by_label("Số quyết định công bố").fill("100/QĐ-UBND")
    fill_date(home, "date", today)
    home.get_by_role("button", name="Xem trước kết quả").click()
    look(home, "ranking-publish")
    home.get_by_role("button", name="Công bố và gửi thư").click()
    open_dossier(home, site, "STP")
    look(home, "dossier-shut")
    home.get_by_role("link", name="Ghi ý kiến về năm xét").click()
    home.get_by_label("Số văn bản").fill("5/SNV-CCHC")
    fill_date(home, "date", today)
    home.get_by_label("Nội dung ý kiến").fill("Xét theo Chỉ số của năm khen thưởng.")
    look(home, "ruling-form")
    home.get_by_role("button", name="Ghi ý kiến").click()
    home.get_by_text("Đã ghi ý kiến").wait_for()


def _recognised_and_selected(now: datetime) -> None:
    """What other stories show in pages: the commune is recognised, the office rated, and both selected with their district."""
    db.session.rollback()
    campaign = db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))).one()
    home, district, today = actor_of("SNV", Role.HOME_AFFAIRS), actor_of("906"), local_day(now)
    with transaction():
        ranking.recognise(dossier_of(campaign, "30904"), number="45/QĐ-UBND", decided_on=today, actor=district, at=now)
    with transaction():
        office = dossier_of(campaign, "PNV-906")
        ranking.rate(office, rating="good", better_than_before=True, number="7/QĐ-SNV", decided_on=today, actor=home, at=now)
    for code, chooser in (("906", home), ("PNV-906", home), ("30904", district)):
        step(dossier_of(campaign, code), Step.SELECT, chooser, now)


def _names(page: Page, name: str, *, direct: bool = True) -> None:
    """Put one registered person forward; somebody without the work of reform is a warning that home affairs has to confirm."""
    page.get_by_role("link", name="Cập nhật người được đề nghị").first.click()
    page.get_by_label(name).first.check()
    page.locator("#people-0-rating").select_option("good")
    page.locator("#people-0-reform_excellent").check()
    page.locator("#people-0-direct").set_checked(direct)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã cập nhật người được đề nghị").wait_for()


def _files(page: Page, paper: Path, *, shared: bool = False) -> None:
    """Upload every paper that is asked for; tờ trình and biên bản of an earlier dossier of the same submitter serve again."""
    page.get_by_role("link", name="Tờ trình đề nghị khen thưởng", exact=True).click()
    if shared:
        for _paper in range(2):
            page.get_by_role("button", name="Dùng cho hồ sơ này").first.click()
            page.locator(".govuk-notification-banner").first.wait_for()
    for field in page.locator("input[type=file][name^=achievement_report]" if shared else "input[type=file]:not([name=evidence])").all():
        field.set_input_files(paper)
    page.get_by_role("button", name="Tải lên").click()
    page.locator(".govuk-notification-banner").get_by_text("Đã nhận tệp").first.wait_for()


def _submits(page: Page, site: Site, code: str, *, fewer: str) -> None:
    """Submit the dossier, saying why fewer people are put forward where that is so."""
    open_dossier(page, site, code)
    page.get_by_role("link", name="Nộp hồ sơ", exact=True).click()
    if fewer:
        page.get_by_label("Lý do đề nghị ít hơn số lượng").fill(fewer)
    page.get_by_role("button", name="Nộp hồ sơ", exact=True).click()
    page.get_by_text("Đã nộp hồ sơ lúc").first.wait_for()


def _appraises(home: Page, site: Site) -> None:
    """Home affairs looks at the commune's answers and confirms the warning about its person."""
    open_dossier(home, site, "30904")
    home.get_by_role("link", name="Thẩm định tiêu chuẩn").first.click()
    home.get_by_label("Lý do vẫn chấp nhận").first.fill("Có công văn phân công kèm theo.")
    look(home, "appraisal")
    home.get_by_role("button", name="Lưu kết quả thẩm định").click()
    home.get_by_text("Đã lưu kết quả thẩm định").wait_for()


def _council_votes(secretary: Page, site: Site, today: datetime) -> None:
    """A council of nine sits on the four dossiers, its votes are recorded, and the four are reviewed in one act."""
    secretary.goto(f"{site.url}/council/new")
    fill_date(secretary, "held_on", today)
    secretary.get_by_label("Địa điểm").fill("Phòng họp số 1")
    secretary.get_by_label("Tổng số thành viên").fill("9")
    secretary.get_by_label("Số thành viên tối thiểu").fill("6")
    secretary.get_by_role("button", name="Lập phiên họp").click()
    secretary.get_by_label("Số thành viên dự họp").fill("9")
    secretary.get_by_label("Số biên bản").fill("12/BB-HĐ")
    fill_date(secretary, "minutes_date", today)
    for name, count in (("for_", "8"), ("against_", "1"), ("absent_", "0")):
        for box in secretary.locator(f"input[name^={name}]").all():
            box.fill(count)
    look(secretary, "council-votes")
    secretary.get_by_role("button", name="Lưu kết quả").click()
    secretary.get_by_text("Đã ghi kết quả phiên họp").wait_for()
    secretary.get_by_role("link", name="Ghi bước xét cho cả phiên họp").click()
    secretary.get_by_role("button", name="Ghi bước xét cho hồ sơ đã đánh dấu").click()
    secretary.get_by_text("Đã làm: 4 hồ sơ. Chưa làm: 0 hồ sơ.").wait_for()


def _chairman_decides(home: Page, site: Site, today: datetime) -> None:
    """The department's dossier goes to the Chairman by its own page, the district's three by the list; each is decided."""
    open_dossier(home, site, "STP")
    home.get_by_role("link", name="Trình Chủ tịch UBND tỉnh", exact=True).first.click()
    home.get_by_label("Số văn bản").fill("30/TTr-SNV")
    fill_date(home, "date", today)
    look(home, "confirm-forward")
    home.get_by_role("button", name="Trình Chủ tịch UBND tỉnh", exact=True).click()
    home.get_by_text("Đã ghi: Trình Chủ tịch UBND tỉnh.").wait_for()
    home.get_by_role("link", name="Ghi quyết định tặng bằng khen", exact=True).click()
    home.get_by_label("Số văn bản").fill("500/QĐ-UBND")
    fill_date(home, "date", today)
    for box in home.locator("input[name=awarded]").all():
        box.check()
    home.get_by_role("button", name="Ghi quyết định tặng bằng khen").click()
    home.get_by_text("Đã ghi: Ghi quyết định tặng bằng khen.").wait_for()
    look(home, "dossier-awarded")

    home.goto(f"{site.url}/forwarding")
    home.get_by_role("button", name="Trình hồ sơ đã đánh dấu").click()
    home.get_by_label("Số văn bản").fill("31/TTr-SNV")
    fill_date(home, "date", today)
    home.get_by_role("button", name="Trình 3 hồ sơ").click()
    home.get_by_role("link", name="Ghi quyết định").first.click()
    home.get_by_label("Số quyết định").fill("501/QĐ-UBND")
    fill_date(home, "date", today)
    home.get_by_role("button", name="Ghi quyết định").click()
    home.get_by_text("Đã làm: 3 hồ sơ. Chưa làm: 0 hồ sơ.").wait_for()

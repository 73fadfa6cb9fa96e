"""One department in a real browser, from its registration form to the Chairman's decision; axe checks each page, SMTP takes each letter."""

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
from models.localtime import local_day
from models.people import User
from models.units import Unit, UnitAddress
from models.vocabulary import DossierState, Role
from tests.browser.conftest import Site, look
from tests.builders import DATA, LOADER, actor_of, dossier_of, unit_of
from web.accounts import hash_password
from workflow import campaigns

PASSWORD = "mat-khau-trinh-duyet"
PEOPLE = (("STP", Role.OFFICER), ("SNV", Role.HOME_AFFAIRS), ("VPUB", Role.COUNCIL_SECRETARY), ("TTR", Role.AUDITOR))


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
        for unit in db.session.scalars(select(Unit).where(Unit.code.in_(["STP", "SNV"]))):
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
    """Find a dossier through the list and open it."""
    page.goto(f"{site.url}/dossiers")
    page.get_by_label("Tên hoặc mã đơn vị").fill("so tu phap")
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("link", name="Sở Tư pháp").click()
    page.get_by_role("heading", level=1).get_by_text(code).wait_for()


def take(page: Page, verb: str, shot: str) -> None:
    """Press the main button of the next-step panel, look at the confirm page, and confirm."""
    page.get_by_role("link", name=verb, exact=True).first.click()
    look(page, f"confirm-{shot}")
    page.get_by_role("button", name=verb, exact=True).click()
    page.get_by_text(f"Đã ghi: {verb}.").wait_for()
    look(page, f"dossier-{shot}")


@pytest.mark.browser
@pytest.mark.slow
def test_a_department_walks_the_whole_road_in_a_browser(site: Site, open_page: Callable[..., Page], tmp_path: Path) -> None:
    now = datetime.now(UTC)
    today = now.astimezone()
    campaign = this_year(now)
    people = [actor_of(code, role) for code, role in PEOPLE]
    with transaction() as session:
        for person in people:
            session.get_one(User, person.user_id).password_hash = hash_password(PASSWORD)
    code = f"{now.year}-STP"
    paper = tmp_path / "Tờ trình số 1.pdf"
    paper.write_bytes(pdf("Tờ trình", ["Nội dung hư cấu."]))
    clerk, home, secretary = open_page(), open_page(), open_page()

    clerk.goto(site.url)
    look(clerk, "sign-in")
    sign_in(clerk, site, "STP", Role.OFFICER)
    look(clerk, "inbox-clerk")
    clerk.get_by_role("link", name="Lập và gửi bản đăng ký").click()
    look(clerk, "registration-form")
    clerk.get_by_role("link", name="Kiểm tra và gửi").click()
    look(clerk, "registration-check")
    clerk.get_by_role("button", name="Gửi bản đăng ký").click()
    clerk.get_by_text("Chưa thực hiện được vì:").wait_for()
    look(clerk, "registration-refused")
    clerk.get_by_role("link", name="tập thể", exact=True).click()
    look(clerk, "registration-collectives")
    clerk.get_by_role("button", name="Lưu và tiếp tục").click()
    look(clerk, "registration-people")
    clerk.locator("#people-0-full_name").fill("Nguyễn Thị Hồng Đào")
    clerk.locator("#people-0-position").fill("Phó Chánh Văn phòng")
    clerk.locator("#people-0-workplace").fill("Sở Tư pháp")
    clerk.get_by_role("button", name="Lưu và tiếp tục").click()
    look(clerk, "registration-signing")
    clerk.get_by_label("Tập thể gương mẫu").check()
    clerk.get_by_label("Nội bộ đoàn kết").check()
    clerk.get_by_label("Người lập biểu").fill("Lê Văn Lập")
    clerk.get_by_label("Thủ trưởng cơ quan").fill("Trần Văn Trưởng")
    clerk.get_by_role("button", name="Lưu và tiếp tục").click()
    clerk.get_by_role("button", name="Gửi bản đăng ký").click()
    clerk.get_by_text("Đã gửi bản đăng ký").wait_for()
    look(clerk, "registration-sent")
    clerk.get_by_role("link", name="Xem bản in A4").click()
    look(clerk, "registration-print")

    sign_in(home, site, "SNV", Role.HOME_AFFAIRS)
    home.get_by_role("link", name="Duyệt bản đăng ký của Sở Tư pháp").click()
    look(home, "registration-decide")
    home.get_by_role("button", name="Chấp nhận bản đăng ký").click()
    home.get_by_text("mở 1 hồ sơ").wait_for()
    home.goto(f"{site.url}/ranking")
    home.get_by_role("link", name="Nhập kết quả").click()
    unit_id = unit_of(campaign, "STP").id
    home.locator(f"#score-{unit_id}").fill("91,25")
    home.locator(f"#rank-{unit_id}").fill("1")
    home.locator(f"#group-{unit_id}").select_option("excellent")
    look(home, "ranking-entries")
    home.get_by_role("button", name="Lưu, chưa công bố").click()
    home.get_by_label("Số quyết định công bố").fill("100/QĐ-UBND")
    fill_date(home, "date", today)
    home.get_by_role("button", name="Xem trước kết quả").click()
    look(home, "ranking-publish")
    home.get_by_role("button", name="Công bố và gửi thư").click()
    look(home, "ranking")
    open_dossier(home, site, code)
    look(home, "dossier-shut")
    home.get_by_role("link", name="Ghi ý kiến về năm xét").click()
    home.get_by_label("Số văn bản").fill("5/SNV-CCHC")
    fill_date(home, "date", today)
    home.get_by_label("Nội dung ý kiến").fill("Xét theo Chỉ số của năm khen thưởng.")
    look(home, "ruling-form")
    home.get_by_role("button", name="Ghi ý kiến").click()
    open_dossier(home, site, code)
    take(home, "Chọn tập thể", "select")

    open_dossier(clerk, site, code)
    look(clerk, "dossier-selected")
    clerk.get_by_role("link", name="Cập nhật người được đề nghị").first.click()
    clerk.locator("#people-0-full_name").fill("Nguyễn Thị Hồng Đào")
    clerk.locator("#people-0-workplace").fill("Sở Tư pháp")
    clerk.locator("#people-0-rating").select_option("good")
    clerk.locator("#people-0-reform_excellent").check()
    clerk.locator("#people-0-direct").check()
    look(clerk, "nominees")
    clerk.get_by_role("button", name="Lưu").click()
    clerk.get_by_text("Đã cập nhật người được đề nghị").wait_for()
    clerk.get_by_role("link", name="Tờ trình đề nghị khen thưởng").click()
    for field in clerk.locator("input[type=file]").all()[:-1]:
        field.set_input_files(paper)
    clerk.get_by_role("button", name="Tải lên").click()
    clerk.locator(".govuk-notification-banner").get_by_text("Đã nhận tệp").first.wait_for()
    look(clerk, "documents")
    clerk.get_by_role("link", name=code).first.click()
    clerk.get_by_role("link", name="Nộp hồ sơ", exact=True).click()
    clerk.get_by_label("Lý do đề nghị ít hơn số lượng").fill("Chỉ một cá nhân đủ tiêu chuẩn.")
    clerk.get_by_role("button", name="Nộp hồ sơ", exact=True).click()
    clerk.get_by_text("Đã ghi: Nộp hồ sơ.").wait_for()
    look(clerk, "dossier-submitted")

    sign_in(secretary, site, "VPUB", Role.COUNCIL_SECRETARY)
    look(secretary, "inbox-secretary")
    secretary.goto(f"{site.url}/council/new")
    fill_date(secretary, "held_on", today)
    secretary.get_by_label("Địa điểm").fill("Phòng họp số 1")
    secretary.get_by_label("Tổng số thành viên").fill("9")
    secretary.get_by_label("Số thành viên tối thiểu").fill("6")
    look(secretary, "council-new")
    secretary.get_by_role("button", name="Lập phiên họp").click()
    secretary.get_by_label("Số thành viên dự họp").fill("9")
    secretary.get_by_label("Số biên bản").fill("12/BB-HĐ")
    fill_date(secretary, "minutes_date", today)
    for box in secretary.locator("input[name^=for_]").all():
        box.fill("8")
    for box in secretary.locator("input[name^=against_]").all():
        box.fill("1")
    for box in secretary.locator("input[name^=absent_]").all():
        box.fill("0")
    look(secretary, "council-votes")
    secretary.get_by_role("button", name="Lưu kết quả").click()
    secretary.get_by_text("Đã ghi kết quả phiên họp").wait_for()
    look(secretary, "council-result")
    _review(secretary)

    open_dossier(home, site, code)
    home.get_by_role("link", name="Trình Chủ tịch UBND tỉnh", exact=True).click()
    home.get_by_label("Số văn bản").fill("30/TTr-SNV")
    fill_date(home, "date", today)
    look(home, "confirm-forward")
    home.get_by_role("button", name="Trình Chủ tịch UBND tỉnh", exact=True).click()
    home.get_by_text("Đã ghi: Trình Chủ tịch UBND tỉnh.").wait_for()
    look(home, "dossier-forwarded")
    home.get_by_role("link", name="Ghi quyết định tặng bằng khen", exact=True).click()
    home.get_by_label("Số văn bản").fill("500/QĐ-UBND")
    fill_date(home, "date", today)
    for box in home.locator("input[name=awarded]").all():
        box.check()
    home.get_by_role("button", name="Ghi quyết định tặng bằng khen").click()
    home.get_by_text("Đã ghi: Ghi quyết định tặng bằng khen.").wait_for()
    look(home, "dossier-awarded")

    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=site.mail_port)
    server.start()
    try:
        delivered = deliver(datetime.now(UTC), limit=500)
    finally:
        server.stop()
    assert delivered.accepted == len(sink.received) > 5

    db.session.rollback()
    assert dossier_of(campaign, "STP").state is DossierState.AWARDED
    assert verify().intact
    acts = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.dossier_id == dossier_of(campaign, "STP").id)))
    assert {f"dossier.{step}" for step in ("open", "rank", "select", "submit", "review", "forward", "award")} <= acts

    auditor = open_page()
    sign_in(auditor, site, "TTR", Role.AUDITOR)
    for name in ("journal", "journal/1", "letters", "calendar", "registrations", "dossiers", "council", "ranking/ruling"):
        auditor.goto(f"{site.url}/{name}")
        look(auditor, f"auditor-{name}")
    auditor.goto(f"{site.url}/letters")
    auditor.locator("table a").first.click()
    look(auditor, "letter")
    auditor.goto(f"{site.url}/nothing-here")
    look(auditor, "not-found")
    auditor.goto(f"{site.url}/council/new")
    look(auditor, "forbidden")

    phone = open_page(360, scripts=True)
    sign_in(phone, site, "STP", Role.OFFICER)
    for name in ("", "dossiers", "calendar"):
        phone.goto(f"{site.url}/{name}")
        look(phone, f"phone-{name or 'inbox'}")
    open_dossier(phone, site, code)
    look(phone, "phone-dossier")
    phone.goto(f"{site.url}/language/en?next=/dossiers")
    look(phone, "phone-english")


def _review(page: Page) -> None:
    """Take the council's step from the session's page."""
    page.get_by_role("link", name="Hội đồng xét, đề nghị").first.click()
    look(page, "confirm-review")
    page.get_by_role("button", name="Hội đồng xét, đề nghị").click()
    page.get_by_text("Đã ghi: Hội đồng xét, đề nghị.").wait_for()

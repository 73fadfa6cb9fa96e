"""Letters as the pages show them, sent again or cancelled."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete, select

from models.campaigns import CampaignUnit
from models.db import transaction
from models.outbox import Notice, OutboxMail
from models.vocabulary import (
    AuditResult,
    LetterName,
    MailState,
)
from notifications import gate, outbox, reminders
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, OFFICE, Site, Visitor, day, either_site, site

__all__ = ["either_site", "site"]


def words(page: str) -> str:
    """A page as one line of words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def mails_of(visitor: Visitor, query: str = "") -> set[int]:
    """The mails that a list shows, over all its pages."""
    found: list[int] = []
    url: str | None = f"/letters?{query}"
    while url:
        page = visitor.get(url)
        found += map(int, re.findall(r'href="/letters/(\d+)"', page))
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = unescape(following[1]) if following else None
    assert len(found) == len(set(found))
    return set(found)


def mails_where(site: Site, *conditions: Any) -> set[int]:
    """The mails for which some conditions hold."""
    with site.rows() as session:
        query = select(OutboxMail.id).join(OutboxMail.notice).join(Notice.campaign_unit).where(*conditions)
        return set(session.scalars(query))


def mail(site: Site, number: int) -> OutboxMail:
    """One mail as it stands."""
    with site.rows() as session:
        return session.get_one(OutboxMail, number)


# Letters


def test_the_list_shows_each_mail_once_over_its_pages(either_site: Site) -> None:
    assert mails_of(either_site.visitor("home")) == mails_where(either_site)


def test_letters_are_filtered_by_what_became_of_them(site: Site) -> None:
    home = site.visitor("home")

    for state in MailState:
        assert mails_of(home, f"state={state.value}") == mails_where(site, OutboxMail.state == state)
    assert len(mails_of(home, "state=failed")) >= 6


def test_letters_are_found_by_the_name_or_code_of_their_unit(site: Site) -> None:
    home = site.visitor("home")
    own = mails_where(site, Notice.campaign_unit_id == site.unit(COMMUNE))

    assert mails_of(home, "q=30904") == own
    assert mails_of(home, "q=thi+tran+giong+rieng") == own
    assert mails_of(home, "q=30904&state=failed") == own & mails_where(site, OutboxMail.state == MailState.FAILED)
    assert "Không có thư nào khớp." in home.get("/letters?q=khong+co")


def test_everybody_finds_the_letters_of_their_units_and_no_others(site: Site) -> None:
    district = site.unit("906")
    communes = (Notice.campaign_unit_id == district) | (CampaignUnit.compiled_by_id == district)

    assert mails_of(site.visitor("commune")) == mails_where(site, Notice.campaign_unit_id == site.unit(COMMUNE))
    assert mails_of(site.visitor("district")) == mails_where(site, communes)
    assert mails_of(site.visitor("office")) == mails_where(site, Notice.campaign_unit_id == site.unit(OFFICE))
    for who in ("auditor", "admin"):
        assert mails_of(site.visitor(who)) == mails_where(site)


def test_a_letter_shows_its_words_its_fate_and_where_it_stands_in_the_record(site: Site) -> None:
    number = site.mail(COMMUNE, LetterName.SELECTED)

    page = words(site.visitor("commune").get(f"/letters/{number}"))

    with site.rows() as session:
        row = session.get_one(OutboxMail, number)
        letter, journal = outbox.letter_of(row.notice), row.notice.facts["journal"]
        recipient, message_id = row.recipient, row.message_id
    assert letter.subject in page
    assert " ".join(letter.text.split()) in page
    for text in (recipient, message_id, journal, "Lỗi hẳn", "550 5.1.1 Mailbox does not exist", "Ủy ban nhân dân thị trấn Giồng Riềng"):
        assert text in page
    assert "đã đến nơi" not in page


def test_a_letter_is_shown_as_it_was_sent_once_it_was(site: Site) -> None:
    number = site.mail(COMMUNE, LetterName.SELECTED)
    with site.rows(), transaction() as session:
        row = session.get_one(OutboxMail, number)
        row.subject, row.text = "Tiêu đề <lúc gửi>", "Nội dung <b>lúc gửi</b>."

    page = site.visitor("home").get(f"/letters/{number}")

    assert "Tiêu đề &lt;lúc gửi&gt;" in page
    assert "Nội dung &lt;b&gt;lúc gửi&lt;/b&gt;." in page


def test_a_letter_that_cannot_be_written_is_shown_by_its_name_and_can_be_cancelled(site: Site) -> None:
    number = min(mails_where(site, OutboxMail.state == MailState.QUEUED))
    with site.rows() as session, transaction():
        row = session.get_one(OutboxMail, number)
        row.notice.facts = {"journal": row.notice.facts["journal"]}

    home = site.visitor("home")
    page = home.get(f"/letters/{number}")
    home.post(f"/letters/{number}/cancel")

    assert "Thư thiếu dữ liệu nên không soạn được: báo người quản trị." in page
    assert mail(site, number).state is MailState.CANCELLED


def test_a_failed_letter_is_sent_again_as_the_same_message_and_put_on_record(either_site: Site) -> None:
    number = either_site.mail(COMMUNE, LetterName.SELECTED)
    before = mail(either_site, number)

    answer = either_site.visitor("home").post(f"/letters/{number}/retry")
    after, entry = mail(either_site, number), either_site.last_entry()

    assert (answer.status_code, answer.location) == (302, f"/letters/{number}")
    assert (before.state, after.state) == (MailState.FAILED, MailState.QUEUED)
    assert (after.attempts, after.last_error, after.next_attempt_at) == (0, "", NOW)
    assert after.message_id == before.message_id
    assert (entry.action, entry.result, json.loads(entry.rec)["obj"]) == ("mail.retry", AuditResult.DONE, f"mail:{number}")
    assert before.recipient in (entry.detail or "")


def test_an_unsent_letter_is_cancelled_and_can_be_sent_after_all(site: Site) -> None:
    number, admin = site.mail("STC", LetterName.SUBMITTED), site.visitor("admin")

    cancelled = admin.post(f"/letters/{number}/cancel")
    between = mail(site, number).state
    page = admin.get(f"/letters/{number}")
    again = admin.post(f"/letters/{number}/retry")

    assert (cancelled.status_code, again.status_code) == (302, 302)
    assert (between, mail(site, number).state) == (MailState.CANCELLED, MailState.QUEUED)
    assert "Đã huỷ thư." in page
    assert "/retry" in page
    assert "/cancel" not in page
    assert site.last_entry().action == "mail.retry"


@pytest.mark.parametrize(
    ("state", "retry", "cancel"),
    [
        (MailState.QUEUED, 409, 302),
        (MailState.SENDING, 409, 409),
        (MailState.ACCEPTED, 409, 409),
        (MailState.RETRY, 302, 302),
        (MailState.FAILED, 302, 302),
        (MailState.CANCELLED, 302, 409),
    ],
)
def test_what_can_be_done_with_a_letter_depends_on_where_it_is(site: Site, state: MailState, retry: int, cancel: int) -> None:
    number, home = site.mail(COMMUNE, LetterName.SELECTED), site.visitor("home")
    found = {}

    for verb in ("retry", "cancel"):
        with site.rows(), transaction() as session:
            row = session.get_one(OutboxMail, number)
            row.state, row.lease_token = state, "x" if state is MailState.SENDING else None
        offered = f"/letters/{number}/{verb}" in home.get(f"/letters/{number}")
        count = site.entries()
        answer = home.post(f"/letters/{number}/{verb}")
        found[verb] = (answer.status_code, offered, site.entries() - count, mail(site, number).state is state)

    assert found == {verb: (status, status == 302, 1, status == 409) for verb, status in (("retry", retry), ("cancel", cancel))}


def test_a_letter_that_left_meanwhile_says_why_it_cannot_be_cancelled(site: Site) -> None:
    number = site.mail("STP", LetterName.EXTENDED)

    page = site.visitor("home").refused(f"/letters/{number}/cancel", status=409)

    assert "Máy chủ đã nhận" in words(page)


def test_who_may_only_read_letters_is_offered_nothing_and_changes_nothing(site: Site) -> None:
    number = site.mail(COMMUNE, LetterName.SELECTED)

    for who in ("commune", "district", "auditor"):
        page = site.visitor(who).get(f"/letters/{number}")
        assert "/retry" not in page
        assert "/cancel" not in page
        for verb in ("retry", "cancel"):
            site.visitor(who).refused(f"/letters/{number}/{verb}", status=403)
            assert site.last_entry().action == "access.deny"


def test_a_failed_letter_stands_in_the_inboxes_of_its_unit_and_of_home_affairs(site: Site) -> None:
    number = site.mail(COMMUNE, LetterName.SELECTED)
    shown = {}

    for who in ("commune", "district", "home", "admin", "auditor", "stranger", "department", "secretary"):
        page = site.visitor(who).get("/")
        shown[who] = f'href="/letters/{number}"' in page and "Hộp thư này không có ở máy chủ nhận" in page

    assert {who for who, found in shown.items() if found} == {"commune", "district", "home", "admin", "auditor"}


def test_a_letter_that_is_sent_again_leaves_the_inbox(site: Site) -> None:
    number, home = site.mail(COMMUNE, LetterName.SELECTED), site.visitor("home")

    home.post(f"/letters/{number}/retry")

    assert f'href="/letters/{number}"' not in home.get("/")


def test_a_units_officer_corrects_its_mailbox_and_the_letter_waits_to_be_sent_there(site: Site) -> None:
    number, commune = site.mail(COMMUNE, LetterName.SELECTED), site.visitor("commune")
    before = mail(site, number).recipient

    wrong = commune.refused(f"/letters/{number}/address", {"email": "văn thư@x"}, status=422)
    answer = commune.post(f"/letters/{number}/address", {"email": "vanthu.moi@giongrieng.example"})
    after, entry = mail(site, number), site.last_entry()

    assert "văn thư@x" in wrong
    assert "Địa chỉ thư điện tử không đúng." in wrong
    assert (answer.status_code, after.recipient, after.state) == (302, "vanthu.moi@giongrieng.example", MailState.QUEUED)
    assert (entry.action, before in (entry.detail or "")) == ("mail.address", True)


def test_a_letter_to_a_unit_without_a_mailbox_is_read_on_the_page_and_sent_once_one_is_written_down(either_site: Site) -> None:
    number = either_site.notice(COMMUNE, LetterName.SELECTED)
    with either_site.rows() as session, transaction():
        found = session.get_one(Notice, number)
        session.execute(delete(OutboxMail).where(OutboxMail.notice_id == number))
        found.campaign_unit.unit.addresses = []
    commune = either_site.visitor("commune")

    listed = commune.get("/letters?state=nowhere")
    page = commune.get(f"/letters/notices/{number}")
    wrong = commune.refused(f"/letters/notices/{number}", {"email": "văn thư"}, status=422)
    answer = commune.post(f"/letters/notices/{number}", {"email": "vanthu.moi@giongrieng.example"})
    (sent,) = mails_where(either_site, OutboxMail.notice_id == number)

    assert f'href="/letters/notices/{number}"' in listed
    assert "được chọn" in page
    assert ("Địa chỉ thư điện tử không đúng." in wrong, "văn thư" in wrong) == (True, True)
    assert answer.location == f"/letters/{sent}"
    assert (mail(either_site, sent).recipient, mail(either_site, sent).state) == ("vanthu.moi@giongrieng.example", MailState.QUEUED)
    assert either_site.last_entry().action == "mail.address"


def test_stopping_all_mail_stands_on_every_page_and_in_the_record_until_it_is_resumed(site: Site) -> None:
    home = site.visitor("home")

    empty = home.refused("/letters/stop", {"reason": " "}, status=422)
    home.post("/letters/stop", {"reason": "Đổi máy chủ thư."})
    stopped, entry, health = site.visitor("commune").get("/dossiers"), site.last_entry(), home.fetch("/healthz")
    home.post("/letters/resume")
    resumed = site.visitor("commune").get("/dossiers")

    assert "Hãy điền mục này." in empty
    assert "Lê Thị Nội Vụ đã dừng gửi mọi thư: Đổi máy chủ thư." in words(stopped)
    assert (entry.action, (health.json or {})["mail"], health.status_code) == ("mail.stop", "stopped", 200)
    assert "đã dừng gửi mọi thư" not in resumed
    assert site.last_entry().action == "mail.resume"


def test_mail_held_after_a_restore_waits_for_the_administrator(site: Site) -> None:
    with site.rows(), transaction():
        row = gate.hold_gate()
        row.held_at, row.held_count = NOW, 3

    pages, health = {who: site.visitor(who).get("/letters") for who in ("home", "admin")}, site.visitor().fetch("/healthz")
    site.visitor("admin").post("/letters/release", {"how": "skip-sent"})

    assert all("3 thư đã gửi mà cơ sở dữ liệu không biết" in page for page in pages.values())
    assert {who for who, page in pages.items() if 'action="/letters/release"' in page} == {"admin"}
    assert (health.status_code, (health.json or {})["mail"]) == (503, "held")
    assert site.last_entry().action == "mail.release"
    assert site.visitor().fetch("/healthz").status_code == 200


def test_a_trial_is_said_on_every_page(site: Site) -> None:
    (site.app.config["INSTANCE"] / "live").unlink()

    page = words(site.visitor("commune").get("/"))

    assert f"Đang chạy thử: mọi thư được chuyển về {site.app.config['MAIL_TRIAL']}" in page


def test_the_letter_of_selection_offers_its_date_for_the_calendar(site: Site) -> None:
    number, commune = site.mail(COMMUNE, LetterName.SELECTED), site.visitor("commune")

    page, file = commune.get(f"/letters/{number}"), commune.fetch(f"/letters/{number}/han.ics")

    assert f'href="/letters/{number}/han.ics"' in page
    assert (file.mimetype, b"BEGIN:VEVENT" in file.data) == ("text/calendar", True)
    assert commune.fetch(f"/letters/{site.mail(COMMUNE, LetterName.RANKING_PUBLISHED)}/han.ics").status_code == 404


def test_a_caught_message_is_there_only_once_it_is_caught(site: Site) -> None:
    number = site.mail(COMMUNE, LetterName.SELECTED)

    assert "/caught" not in site.visitor("home").get(f"/letters/{number}")
    site.visitor("home").get(f"/letters/{number}/caught", 404)


def test_a_dossier_lists_its_letters_with_what_became_of_them(site: Site) -> None:
    page = site.visitor("home").get(f"/dossiers/{site.dossier(DEPARTMENT)}")

    with site.rows() as session:
        query = select(OutboxMail.id).join(OutboxMail.notice).where(Notice.dossier_id == site.dossier(DEPARTMENT))
        numbers = set(session.scalars(query))
    assert {int(number) for number in re.findall(r'href="/letters/(\d+)"', page)} == numbers
    assert "Gia hạn nộp hồ sơ" in words(page)


def test_a_step_shows_the_letters_that_it_will_send_and_sends_just_those(site: Site) -> None:
    url, home = f"/dossiers/{site.dossier('STC')}/steps/send_back", site.visitor("home")
    before = mails_where(site)

    page = home.get(url)
    home.post(url, {"version": str(site.version("STC")), "reason": "Thiếu số phiếu.", **day("due_on", 25, 2, 2022)})
    sent = mails_where(site) - before

    recipients = {mail(site, number).recipient for number in sent}
    assert f"Thư sẽ gửi: {len(sent)} người nhận" in page
    assert recipients == {"vanthu.stc@kiengiang.example"}
    assert all(recipient in page for recipient in recipients)


def test_reminders_stand_on_the_calendar_page(site: Site) -> None:
    with site.rows(), transaction():
        queued = reminders.sweep(NOW)

    page = words(site.visitor("home").get("/calendar"))

    assert queued > 0
    assert "24 giờ 00 ngày 31/03/2021" in page
    assert re.search(r"Nộp hồ sơ khen thưởng.*Đã gửi: [1-9]", page)


def test_the_fate_of_a_letter_is_in_the_readers_language(site: Site) -> None:
    home = site.visitor("home")
    home.fetch("/language/en")

    assert "Lỗi hẳn" not in words(home.get("/letters?state=failed"))

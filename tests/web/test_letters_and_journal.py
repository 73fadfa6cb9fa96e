"""Letters as the pages show them, sent again or cancelled; the record as the auditor reads it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from audit import verify
from audit.canonical import leaf_hash
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import transaction
from models.localtime import local_day
from models.outbox import Notice, OutboxMail
from models.people import User
from models.vocabulary import (
    AuditResult,
    Capacity,
    DocumentKind,
    LetterName,
    MailState,
    Milestone,
    NomineeKind,
    Role,
    Source,
    Step,
)
from notifications import outbox, reminders
from tests.builders import at
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, OFFICE, PEOPLE, Site, Visitor, clock, day, either_site, person, site

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

    assert found == {
        verb: (status, status == 302, int(status == 302), status == 409) for verb, status in (("retry", retry), ("cancel", cancel))
    }


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
        shown[who] = f'href="/letters/{number}"' in page and "550 5.1.1 Mailbox does not exist" in page

    assert {who for who, found in shown.items() if found} == {"commune", "district", "home", "admin", "auditor"}


def test_a_letter_that_is_sent_again_leaves_the_inbox(site: Site) -> None:
    number, home = site.mail(COMMUNE, LetterName.SELECTED), site.visitor("home")

    home.post(f"/letters/{number}/retry")

    assert f'href="/letters/{number}"' not in home.get("/")


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


# The record


def entries_of(visitor: Visitor, query: str = "") -> list[int]:
    """The entries that the record shows, over all its pages, in their order."""
    found: list[int] = []
    url: str | None = f"/journal?{query}"
    while url:
        page = visitor.get(url)
        found += map(int, re.findall(r'href="/journal/(\d+)"', page))
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = unescape(following[1]) if following else None
    return found


def entries_where(site: Site, *conditions: Any) -> list[int]:
    """The entries for which some conditions hold, the latest first."""
    with site.rows() as session:
        return list(session.scalars(select(AuditEntry.seq).where(*conditions).order_by(AuditEntry.seq.desc())))


def test_the_record_shows_every_entry_once_the_latest_first(either_site: Site) -> None:
    assert entries_of(either_site.visitor("auditor")) == entries_where(either_site)


def test_entries_are_found_by_what_was_done(site: Site) -> None:
    auditor = site.visitor("auditor")

    for action in ("dossier.select", "registration.send", "ranking.publish", "mail.cancel"):
        assert entries_of(auditor, f"action={action}") == entries_where(site, AuditEntry.action == action)
    assert len(entries_of(auditor, "action=registration.send")) > 10


def test_entries_are_found_by_day_in_vietnam(either_site: Site) -> None:
    auditor = either_site.visitor("auditor")
    with either_site.rows() as session:
        days = {entry.seq: local_day(entry.at) for entry in session.scalars(select(AuditEntry))}
    first, last = at("2022-01-14 00:00").date(), at("2022-01-17 00:00").date()

    between = {seq for seq, found in days.items() if first <= found <= last}
    assert set(entries_of(auditor, "from=14/01/2022&to=17/01/2022")) == between
    assert set(entries_of(auditor, "from=2022-01-14&to=2022-01-17")) == between
    assert set(entries_of(auditor, "to=13/01/2022")) == {seq for seq, found in days.items() if found < first}
    assert set(entries_of(auditor, "from=31/02/2022")) == set(days)


def test_a_day_ends_at_midnight_in_vietnam(site: Site) -> None:
    auditor, seqs = site.visitor("auditor"), {}

    for moment in ("2022-02-20 00:00:00", "2022-02-20 23:59:59", "2022-02-21 00:00:00"):
        with clock(moment):
            site.visitor().post("/sign-in", {"login": "khong.ai@thidua.example", "password": "sai"})
            seqs[moment] = site.last_entry().seq

    found = entries_of(auditor, "from=20/02/2022&to=20/02/2022")
    assert found == [seqs["2022-02-20 23:59:59"], seqs["2022-02-20 00:00:00"]]


def test_entries_are_found_by_the_officer_with_and_without_marks(site: Site) -> None:
    auditor = site.visitor("auditor")
    with site.rows():
        home = person("home").user_id

    own = entries_where(site, AuditEntry.actor_id == home)
    assert own
    for typed in ("Lê Thị Nội Vụ", "le thi noi vu", "lê thị nội vụ.snv@thidua.example"):
        assert [seq for seq in entries_of(auditor, f"officer={typed}") if seq in own] == own
    assert entries_of(auditor, "officer=Lê Thị Nội Vụ.SNV") == own
    assert entries_of(auditor, "officer=khong co ai") == []


def test_entries_are_found_by_the_unit_or_the_code_of_a_dossier(site: Site) -> None:
    auditor = site.visitor("auditor")
    own = entries_where(site, AuditEntry.dossier_id == site.dossier("906"))

    assert entries_of(auditor, "dossier=2021-906") == own
    assert set(own) < set(entries_of(auditor, "dossier=giong+rieng"))
    assert entries_of(auditor, "dossier=2021-906&action=dossier.review") == [
        seq for seq in own if seq in entries_where(site, AuditEntry.action == "dossier.review")
    ]


def test_entries_are_found_by_result_and_source(site: Site) -> None:
    site.visitor("department").fetch("/journal")
    with site.rows(), transaction():
        reminders.sweep(NOW)
    auditor = site.visitor("auditor")

    for result in AuditResult:
        assert entries_of(auditor, f"result={result.value}") == entries_where(site, AuditEntry.result == result)
    for source in Source:
        assert entries_of(auditor, f"source={source.value}") == entries_where(site, AuditEntry.source == source)
        assert entries_where(site, AuditEntry.source == source)


def test_a_refused_attempt_stands_in_the_record_with_its_reasons(site: Site) -> None:
    url = f"/dossiers/{site.dossier(OFFICE)}/steps/submit"
    site.visitor("district").post(url, {"version": str(site.version(OFFICE))})
    seq = site.last_entry().seq

    auditor = site.visitor("auditor")
    listed, entry = words(auditor.get("/journal?result=refused")), words(auditor.get(f"/journal/{seq}"))

    for page in (listed, entry):
        assert "Nộp hồ sơ" in page
        assert "bị từ chối" in page
        assert "Đã hết hạn nộp hồ sơ (24 giờ 00 ngày 07/02/2022)" in page
        assert "Đề nghị 0 trên 2 cá nhân; cần ghi lý do ngắn." in page
        assert "Trần Văn Huyện" in page


def test_a_refused_attempt_stands_in_the_history_of_its_dossier(site: Site) -> None:
    site.visitor("district").post(f"/dossiers/{site.dossier(OFFICE)}/steps/submit", {"version": str(site.version(OFFICE))})

    office = site.visitor("office")

    assert "Đã hết hạn nộp hồ sơ" in words(office.get(f"/dossiers/{site.dossier(OFFICE)}?only=refused").partition('id="history"')[2])
    assert "Đã hết hạn nộp hồ sơ" not in words(office.get(f"/dossiers/{site.dossier(OFFICE)}?only=steps").partition('id="history"')[2])


def test_an_entry_shows_its_values_and_what_its_hash_covers(site: Site) -> None:
    with site.rows() as session:
        query = select(AuditEntry).where(AuditEntry.action == "dossier.extend")
        entry = session.scalars(query).one()

    page = site.visitor("auditor").get(f"/journal/{entry.seq}")

    shown = words(page)
    for text in (
        "Gia hạn nộp hồ sơ",
        "Lê Thị Nội Vụ",
        "Sở Nội vụ",
        "2021-STP",
        "12/SNV",
        "Bão lụt kéo dài.",
        "09:00:00 ngày 01/02/2022",
        "web",
    ):
        assert text in shown
    assert entry.hash in shown
    assert f"{entry.seq}-{entry.hash[:16]}" in shown
    covered = unescape(re.findall(r'<pre class="app-letter">(.*?)</pre>', page, re.DOTALL)[-1])
    assert (covered, leaf_hash(covered)) == (entry.rec, entry.hash)


def test_an_entry_whose_detail_was_erased_is_still_shown(site: Site) -> None:
    with site.rows() as session:
        seq = session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "dossier.extend")).one()
    with site.rows(), transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE audit_entries SET detail = NULL, salt = NULL WHERE seq = {seq}")

    page = words(site.visitor("auditor").get(f"/journal/{seq}"))

    assert "Gia hạn nộp hồ sơ" in page
    assert "Bão lụt kéo dài." not in page
    with site.rows():
        assert verify().intact


def test_every_entry_can_be_opened_and_listed(site: Site) -> None:
    home = site.visitor("home")
    home.fetch("/council/new")
    home.post(f"/letters/{site.mail(COMMUNE, LetterName.SELECTED)}/retry")
    site.visitor("commune").fetch(f"/dossiers/{site.dossier(COMMUNE)}/documents/{site.paper()}/1")
    with site.rows() as session:
        latest_of_each = {entry.action: entry.seq for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))}

    auditor = site.visitor("auditor")

    assert {auditor.fetch(f"/journal/{seq}").status_code for seq in latest_of_each.values()} == {200}
    assert len(latest_of_each) > 20


def test_an_entry_is_told_in_the_readers_words_and_not_in_ours(site: Site) -> None:
    """No identifier stands where a word should be: neither as the name of a value nor as the value."""
    with site.rows() as session:
        latest_of_each = {entry.action: entry.seq for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))}
    auditor, found = site.visitor("auditor"), {}
    codes = {word.value for vocabulary in (DocumentKind, Step, Role, Milestone, LetterName, NomineeKind) for word in vocabulary}

    for action, seq in latest_of_each.items():
        pairs = rows_of(auditor.get(f"/journal/{seq}"))
        names = [name for name, _value in pairs] + [part for _name, value in pairs for part in re.findall(r"(?:^|[;·] ?)(\w+):", value)]
        values = [part for _name, value in pairs for part in re.split(r"; | · |: ", value)]
        found[action] = sorted({n for n in names if re.fullmatch(r"[a-z][a-z_0-9]*", n)} | ({*values} & codes))
        assert pairs

    assert {action: words for action, words in found.items() if words} == {}


def test_days_in_an_entry_are_written_as_officers_write_them(site: Site) -> None:
    with site.rows() as session:
        seq = session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "dossier.extend")).one()

    values = dict(rows_of(site.visitor("auditor").get(f"/journal/{seq}")))

    assert [value for value in values.values() if re.search(r"\b\d{4}-\d{2}-\d{2}\b", value)] == []
    assert "21/02/2022" in values.values()


def rows_of(page: str) -> list[tuple[str, str]]:
    """Names and values of a page's summary lists."""
    pattern = r'<dt class="govuk-summary-list__key">(.*?)</dt>\s*<dd class="govuk-summary-list__value">(.*?)</dd>'
    return [(words(name), words(value)) for name, value in re.findall(pattern, page, re.DOTALL)]


def test_only_the_auditor_and_home_affairs_read_the_record(site: Site) -> None:
    statuses = {
        who: {site.visitor(who).fetch(url).status_code for url in ("/journal", "/journal/1")}
        for who in ("commune", "district", "department", "secretary", "admin", "home", "auditor")
    }

    assert {who for who, found in statuses.items() if found == {200}} == {"home", "auditor"}
    assert {who for who, found in statuses.items() if found == {403}} == {"commune", "district", "department", "secretary", "admin"}


def test_the_timeline_leads_to_the_record_only_who_may_read_it(site: Site) -> None:
    url = f"/dossiers/{site.dossier(COMMUNE)}"

    assert 'href="/journal/' in site.visitor("auditor").get(url)
    assert 'href="/journal/' not in site.visitor("district").get(url)


def test_the_record_names_the_capacity_in_which_somebody_acted(site: Site) -> None:
    with site.rows(), transaction() as session:
        user = session.scalars(select(User).where(User.full_name == PEOPLE["home"][2])).one()
        user.appointments[0].capacity, user.appointments[0].on_behalf_of = Capacity.TL, "Giám đốc"
    decision = {"number": "16/SNV", "reason": "Gia hạn.", **day("date", 1, 2, 2022), **day("due_on", 28, 2, 2022)}

    site.visitor("home").post(f"/dossiers/{site.dossier(COMMUNE)}/extension", decision)

    assert "TL. Giám đốc" in words(site.visitor("auditor").get(f"/journal/{site.last_entry().seq}"))
    assert json.loads(site.last_entry().rec)["capacity"] == "TL. Giám đốc"


def test_a_long_record_is_read_page_by_page_with_its_filters(site: Site) -> None:
    page = site.visitor("auditor").get("/journal?source=web&from=01/03/2021")

    following = re.search(r'href="([^"]*)" rel="next"', page)

    assert following
    assert {"source=web", "from=01/03/2021"} <= set(re.split(r"[?&]", unescape(following[1]).replace("%2F", "/")))
    assert len(re.findall(r'href="/journal/\d+"', page)) == 50


def test_times_are_told_as_in_vietnam(site: Site) -> None:
    with clock("2022-02-16 23:30:00"):
        site.visitor().post("/sign-in", {"login": "khong.ai@thidua.example", "password": "sai"})
    entry = site.last_entry()

    page = words(site.visitor("auditor").get(f"/journal/{entry.seq}"))

    assert entry.at == datetime(2022, 2, 16, 16, 30, tzinfo=UTC)
    assert "23:30:00 ngày 16/02/2022" in page
    assert entry.at - NOW == timedelta(hours=14, minutes=30)


def test_the_fate_of_a_letter_is_in_the_readers_language(site: Site) -> None:
    home = site.visitor("home")
    home.fetch("/language/en")

    assert "Lỗi hẳn" not in words(home.get("/letters?state=failed"))

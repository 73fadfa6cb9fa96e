"""Lịch và nhắc việc as officers use it: forecast, month, settings, own wording, the feed; and dossiers reminded of by hand."""

from __future__ import annotations

import json
import re
from html import unescape

from icalendar import Calendar
from sqlalchemy import func, select

from audit.actions import Action
from models.db import transaction
from models.outbox import Notice, OutboxMail
from models.reminding import FeedToken, LetterWording, ReminderSetting
from models.vocabulary import LetterName
from notifications import reminders
from tests.builders import at
from tests.web.fixtures import COMMUNE, DEPARTMENT, OFFICE, Site, clock, either_site, hidden, site

__all__ = ["either_site", "site"]


def words(page: str) -> str:
    """A page as one line of words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def count(site: Site, model: type) -> int:
    with site.rows() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_forecast_names_the_days_letters_and_units_to_come(site: Site) -> None:
    page = words(site.visitor("home").get("/calendar/forecast?from=2022-02-16&days=10"))

    assert "08:00:00 ngày 18/02/2022 Nhắc nộp hồ sơ trước hạn 3 ngày 1 đơn vị : Sở Tư pháp" in page
    assert "08:00:00 ngày 22/02/2022 Hồ sơ quá hạn sau hạn 1 ngày" in page


def test_of_a_past_day_the_page_says_who_was_told_and_who_was_left_out_and_why(site: Site) -> None:
    with site.rows(), transaction():
        reminders.sweep(at("2022-02-16 08:30"))

    home = site.visitor("home")
    summary = words(home.get("/calendar/forecast?from=2022-02-16&days=1"))
    single = words(home.get("/calendar/reminders?day=2022-02-16"))

    assert "gửi muộn" in summary
    assert "Sở Tư pháp Sở Tư pháp Chờ gửi: 1 – gửi muộn" in single


def test_a_unit_sees_its_own_reminders_and_no_others(site: Site) -> None:
    own, stranger = (words(site.visitor(who).get("/calendar/forecast?from=2022-02-16&days=10")) for who in ("department", "stranger"))

    assert "Sở Tư pháp" in own
    assert "Sở Tư pháp" not in stranger
    assert "Không có thư nhắc nào" in stranger


def test_the_month_is_a_table_of_weeks_with_what_is_due_and_off(site: Site) -> None:
    page = site.visitor("home").get("/calendar/month?month=2021-03")
    february = words(site.visitor("home").get("/calendar/month?month=2022-02"))

    assert len(re.findall(r"<time datetime=\"2021-03-\d\d\">", page)) == 31
    assert "31 Hạn Đăng ký thi đua" in words(page)
    assert "Tết" in february
    assert "21 Hạn Nộp hồ sơ khen thưởng: 1 hồ sơ" in february


def test_a_day_is_asked_for_as_officers_write_it_and_what_is_none_is_named_and_stays(site: Site) -> None:
    home = site.visitor("home")

    page = words(home.get("/calendar/forecast?from=16/02/2022&days=10"))
    wrong = home.get("/calendar/forecast?from=31/02/2022&days=abc")
    listed = home.get("/calendar/reminders?day=31/02/2022")

    assert "Từ 16/02/2022 đến 25/02/2022" in page
    assert "“31/02/2022” không phải một ngày. Hãy ghi ngày/tháng/năm, ví dụ 31/03/2021." in words(wrong)
    assert "“abc” không phải số nguyên." in words(wrong)
    assert ('value="31/02/2022"' in wrong, 'value="abc"' in wrong, "<table" in wrong) == (True, True, False)
    assert ('value="31/02/2022"' in listed, "không phải một ngày" in listed) == (True, True)
    assert "Hãy ghi một số từ 1 đến 366." in home.get("/calendar/forecast?days=9999")
    assert "Lịch tháng" in home.get("/calendar/month?month=2021-13")


def test_who_is_written_to_of_an_overdue_dossier_is_named_with_home_affairs(site: Site) -> None:
    page = words(site.visitor("home").get("/calendar/forecast?from=22/02/2022&days=1"))

    assert "2 đơn vị : Sở Tư pháp; Sở Nội vụ" in page


def test_other_offsets_are_previewed_and_then_saved_and_on_record(either_site: Site) -> None:
    home = either_site.visitor("home")
    form = hidden(home.get("/reminders/submission"))
    with either_site.unchanged():
        preview = words(home.post("/reminders/submission", form | {"offsets": "10, 5, 2", "do": "preview"}).text)

    saved = home.post("/reminders/submission", form | {"offsets": "10, 5, 2", "do": "save"})

    assert "Thêm: Nhắc nộp hồ sơ, trước hạn 2 ngày, 08:00:00 ngày 19/02/2022: 1 đơn vị" in preview
    assert "Bỏ: Nhắc nộp hồ sơ, trước hạn 3 ngày" in preview
    assert saved.status_code == 302
    assert json.loads(either_site.last_entry().detail or "") == {"milestone": "submission", "before": [10, 5, 3, 1, 0], "after": [10, 5, 2]}
    assert "trước hạn: 10, 5, 2 ngày" in words(home.get("/calendar"))


def test_wrong_offsets_are_named_and_what_was_typed_stays(site: Site) -> None:
    home = site.visitor("home")
    form = hidden(home.get("/reminders/submission"))

    page = home.refused("/reminders/submission", form | {"offsets": "10, năm, 400", "do": "save"}, status=422)

    assert "“năm” không phải số ngày từ 0 đến 366." in words(page)
    assert 'value="10, năm, 400"' in page


def test_a_pause_shows_and_sends_nothing_until_it_is_resumed(site: Site) -> None:
    home = site.visitor("home")
    home.post("/reminders/submission/pause", hidden(home.get("/reminders/submission")))
    paused = words(home.get("/calendar/forecast?from=2022-02-16&days=10"))
    again = home.refused("/reminders/submission/pause", {"version": "1"}, status=409)

    home.post("/reminders/submission/resume", hidden(home.get("/reminders/submission")))

    assert "đang tạm dừng nhắc" in paused
    assert "Việc nhắc này đang tạm dừng." in words(again)
    assert "Sở Tư pháp" in words(home.get("/calendar/forecast?from=2022-02-16&days=10"))
    assert count(site, ReminderSetting) == 1


def test_a_letter_is_worded_previewed_saved_and_given_back_to_the_template(either_site: Site) -> None:
    home = either_site.visitor("home")
    form = hidden(home.get("/wordings/dossier_reminder"))
    own = {"subject": "Nhắc {mã hồ sơ}", "body": "Lời của Sở: {căn cứ}, hạn {hạn}.\n\n    {tập thể}"}
    with either_site.unchanged():
        preview = home.post("/wordings/dossier_reminder", form | own | {"do": "preview"}).text

    home.post("/wordings/dossier_reminder", form | own | {"do": "save"})
    sample = words(home.get("/wordings/dossier_reminder/sample"))
    listed = words(home.get("/wordings"))
    home.post("/wordings/dossier_reminder/reset", hidden(home.get("/wordings/dossier_reminder")))

    assert "Lời của Sở: mục II.3 Kế hoạch số 37/KH-UBND" in words(preview)
    assert "Nhắc 2021-MAU" in sample
    assert "Nhắc nộp hồ sơ đã sửa, lần 1" in listed
    assert "Lời của Sở" not in home.get("/wordings/dossier_reminder/sample")
    assert (either_site.last_entry().action, count(either_site, LetterWording)) == (Action.LETTER_UNWORD, 2)


def test_an_unknown_field_is_named_with_those_that_there_are(site: Site) -> None:
    home = site.visitor("home")
    form = hidden(home.get("/wordings/dossier_reminder"))

    page = home.refused(
        "/wordings/dossier_reminder", form | {"subject": "Nhắc", "body": "{căn cứ} {hạn} {số nhà}", "do": "save"}, status=422
    )

    assert "Thư này không có trường {số nhà}. Các trường dùng được: {đơn vị}" in words(page)
    assert "{căn cứ} {hạn} {số nhà}</textarea>" in page


# The feed


def feed_address(site: Site, who: str) -> str:
    """A key made by somebody, as the page shows it once."""
    visitor = site.visitor(who)
    visitor.post("/feeds")
    found = re.search(r"http://thidua\.example(/feeds/[\w-]+\.ics)", unescape(visitor.get("/feeds")))
    assert found is not None
    return found[1]


def test_a_feed_shows_a_units_due_dates_without_signing_in_until_it_is_revoked(either_site: Site) -> None:
    address, nobody = feed_address(either_site, "department"), either_site.visitor()
    shown = nobody.fetch(address)
    same = nobody.fetch(address, headers={"If-None-Match": shown.headers["ETag"]})
    with either_site.rows() as session:
        number = session.scalars(select(FeedToken.id)).one()
    either_site.visitor("department").post(f"/feeds/{number}/revoke")

    events = {str(event["SUMMARY"]): event for event in Calendar.from_ical(shown.data).walk("VEVENT")}
    assert shown.content_type.startswith("text/calendar")
    assert set(events) == {"Hạn đăng ký thi đua năm 2021", "Hạn nộp hồ sơ 2021-STP – Sở Tư pháp"}
    assert events["Hạn nộp hồ sơ 2021-STP – Sở Tư pháp"]["DTSTART"].dt.date().isoformat() == "2022-02-21"
    assert (same.status_code, same.data) == (304, b"")
    assert nobody.fetch(address).status_code == 404


def test_a_key_is_kept_as_its_digest_and_shown_once(site: Site) -> None:
    address = feed_address(site, "district")

    token = address.removeprefix("/feeds/").removesuffix(".ics")
    with site.rows() as session:
        kept = session.scalars(select(FeedToken.token_hash)).one()
    assert token not in kept
    assert token not in site.visitor("district").get("/feeds")
    assert site.last_entry().action == Action.FEED_MAKE
    assert token not in (site.last_entry().detail or "")


def test_nobody_revokes_the_key_of_another_unit(site: Site) -> None:
    feed_address(site, "department")
    with site.rows() as session:
        number = session.scalars(select(FeedToken.id)).one()

    site.visitor("district").refused(f"/feeds/{number}/revoke", status=404)


# Nhắc ngay


def test_ticked_dossiers_are_reminded_of_after_the_whole_letter_was_seen(either_site: Site) -> None:
    home = either_site.visitor("home")
    ids = [either_site.dossier(code) for code in (DEPARTMENT, COMMUNE)]
    listed = home.get("/dossiers?state=selected")
    page = home.get(f"/dossiers/remind?dossier={ids[0]}&dossier={ids[1]}")
    before = count(either_site, Notice)

    sent = home.post("/dossiers/remind", {"dossier": [str(number) for number in ids], "key": "k1"})
    again = home.post("/dossiers/remind", {"dossier": [str(number) for number in ids], "key": "k1"})

    assert f'name="dossier" value="{ids[0]}"' in listed
    assert "Nhắc nộp 2 hồ sơ" in words(page)
    assert "vanthu.stp@kiengiang.example" in page
    assert "Kính gửi:" in page
    assert (sent.status_code, again.status_code) == (302, 302)
    assert count(either_site, Notice) - before == 3
    assert either_site.last_entry().action == Action.DOSSIER_REMIND
    with either_site.rows() as session:
        letters = session.scalars(select(Notice.letter).order_by(Notice.id.desc()).limit(3)).all()
        assert set(letters) == {LetterName.DOSSIER_REMINDER, LetterName.DOSSIER_OVERDUE}
        assert session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.notice_id.is_not(None)))


def test_a_dossier_is_reminded_of_once_a_day_unless_that_is_confirmed(site: Site) -> None:
    home, number = site.visitor("home"), str(site.dossier(DEPARTMENT))
    home.post("/dossiers/remind", {"dossier": number, "key": "k1"})

    refused = home.refused("/dossiers/remind", {"dossier": number, "key": "k2"}, status=409)
    confirmed = home.post("/dossiers/remind", {"dossier": number, "key": "k3", "again": "y"})

    assert "Hồ sơ 2021-STP đã được nhắc hôm nay" in words(refused)
    assert confirmed.status_code == 302


def test_a_dossier_that_does_not_wait_is_not_reminded_of(site: Site) -> None:
    page = site.visitor("home").refused("/dossiers/remind", {"dossier": str(site.dossier("STC")), "key": "k"}, status=422)

    assert "Chưa chọn hồ sơ nào đang chờ nộp" in words(page)


def test_officers_of_units_have_no_boxes_to_tick(site: Site) -> None:
    assert 'name="dossier"' not in site.visitor("department").get("/dossiers")
    assert site.dossier(OFFICE)


def test_the_last_round_and_its_errors_stand_on_the_page(site: Site) -> None:
    with clock("2022-02-16 09:01"):
        page = words(site.visitor("home").get("/calendar"))

    assert "Lần quét gần nhất: 09:00:00 ngày 16/02/2022, 0 lỗi." in page

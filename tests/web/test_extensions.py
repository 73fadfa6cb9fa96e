"""Gia hạn on the pages: asked, answered, ordered for the whole campaign; late dossiers; lapse; the way through the list; the sheet."""

from __future__ import annotations

import re
from html import unescape

from models.dossiers import Dossier
from models.vocabulary import LetterName
from tests import actors
from tests.builders import dossier_of, file_papers
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, OFFICE, Site, day, hidden, site

__all__ = ["site"]

DECISION = {"number": "12/SNV", **day("date", 15, 2, 2022), "reason": "Bão lụt kéo dài."}
ORDER = DECISION | day("due_on", 25, 2, 2022)
ASKED = {**day("due_on", 28, 2, 2022), "reason": "Hội đồng chưa họp."}


def dossier(code: str) -> Dossier:
    return dossier_of(actors.campaign_2021(), code)


def due(site: Site, code: str) -> str:
    """A dossier's due date."""
    with site.rows():
        return f"{dossier(code).due_on:%d/%m/%Y}"


def ask(site: Site) -> None:
    """The department asks for a later date."""
    department, url = site.visitor("department"), f"/dossiers/{site.dossier(DEPARTMENT)}/extension/request"
    assert department.post(url, hidden(department.get(url)) | ASKED).status_code == 302


def test_a_request_is_shown_to_both_sides_and_can_be_answered(site: Site) -> None:
    ask(site)
    number = site.dossier(DEPARTMENT)

    unit, home = site.visitor("department").get(f"/dossiers/{number}"), site.visitor("home").get(f"/dossiers/{number}")

    assert "Đang chờ Sở Nội vụ trả lời" in unit
    assert f"/dossiers/{number}/extension/request" not in unit
    assert "Trả lời đề nghị gia hạn" in home


def test_a_request_is_answered_one_way_or_the_other(site: Site) -> None:
    ask(site)

    page = site.visitor("home").refused(f"/dossiers/{site.dossier(DEPARTMENT)}/extension", DECISION, status=422)

    assert "Hãy chọn chấp thuận hoặc không chấp thuận." in page
    assert "Hãy ghi ngày, tháng, năm." in page


def test_a_refusal_needs_no_date_and_leaves_the_due_date(site: Site) -> None:
    ask(site)
    home, number, before = site.visitor("home"), site.dossier(DEPARTMENT), due(site, DEPARTMENT)
    url = f"/dossiers/{number}/extension"

    answer = home.post(url, hidden(home.get(url)) | DECISION | {"answer": "refused"} | day("due_on", "", "", ""))

    page = site.visitor("department").get(f"/dossiers/{number}")
    assert (answer.status_code, due(site, DEPARTMENT)) == (302, before)
    assert "Không chấp thuận" in page
    assert site.mail(DEPARTMENT, LetterName.EXTENSION_REFUSED)


def test_a_decision_made_meanwhile_comes_back_with_what_was_typed(site: Site) -> None:
    home, second, url = site.visitor("home"), site.visitor("second"), f"/dossiers/{site.dossier(DEPARTMENT)}/extension"
    opened = hidden(second.get(url))
    home.post(url, hidden(home.get(url)) | ORDER)

    page = second.refused(url, opened | ORDER | {"number": "13/SNV"}, status=409)

    assert "Gia hạn nộp hồ sơ – Lê Thị Nội Vụ" in page
    assert 'value="13/SNV"' in page


def test_who_is_late_is_told_whom_to_ask_and_home_affairs_what_it_admits(site: Site) -> None:
    number = site.dossier(COMMUNE)

    district, home = site.visitor("district").get(f"/dossiers/{number}"), site.visitor("home").get(f"/dossiers/{number}/extension")

    assert f'href="/dossiers/{number}/extension/request">' in district
    assert f'href="/dossiers/{number}/extension">' not in district
    assert "vẫn được ghi là nộp trễ trong mọi báo cáo" in home


def test_an_order_for_all_is_previewed_with_old_and_new_dates_and_changes_nothing(site: Site) -> None:
    home = site.visitor("home")

    with site.unchanged():
        page = home.post("/extensions", ORDER).text

    text = " ".join(page.split())
    assert "Gia hạn 3 hồ sơ" in text
    assert "Thư sẽ gửi: 5 người nhận" in text
    for old in ("07/02/2022", "21/02/2022", "25/02/2022"):
        assert old in text


def test_an_order_moves_each_dossier_once_however_often_it_is_sent(site: Site) -> None:
    home = site.visitor("home")
    page = home.post("/extensions", ORDER).text
    ids = [str(site.dossier(code)) for code in (OFFICE, DEPARTMENT, COMMUNE)]
    sent = hidden(page) | {"dossier": ids}

    first, count = home.post("/extensions", sent), site.entries()
    again = home.post("/extensions", sent)

    assert (first.status_code, again.status_code, site.entries()) == (200, 200, count)
    assert "Đã gia hạn: 3 hồ sơ. Chưa gia hạn: 0 hồ sơ." in first.text
    assert "21/02/2022" in again.text
    assert {due(site, code) for code in (OFFICE, DEPARTMENT, COMMUNE)} == {"25/02/2022"}


def test_an_order_leaves_out_what_is_due_later_or_has_changed_and_says_why(site: Site) -> None:
    home = site.visitor("home")
    early = DECISION | day("due_on", 18, 2, 2022)
    page = home.post("/extensions", early).text
    versions = {f"version-{site.dossier(code)}": str(site.version(code)) for code in (OFFICE, COMMUNE)}
    stale = versions | {f"version-{site.dossier(OFFICE)}": "1"}
    ids = [str(site.dossier(code)) for code in (OFFICE, DEPARTMENT, COMMUNE)]

    result = home.post("/extensions", hidden(page) | stale | {"dossier": ids}).text

    assert "Ngày gia hạn phải sau hạn hiện nay (21/02/2022)." in page
    assert "Đã gia hạn: 1 hồ sơ. Chưa gia hạn: 2 hồ sơ." in result
    assert "Hồ sơ đã thay đổi sau khi bạn mở trang này." in result
    assert [due(site, code) for code in (OFFICE, COMMUNE)] == ["07/02/2022", "18/02/2022"]


def test_an_order_wants_all_its_parts(site: Site) -> None:
    page = site.visitor("home").refused("/extensions", DECISION, status=422)

    assert "Hãy ghi ngày, tháng, năm." in page
    assert 'value="12/SNV"' in page


def test_the_page_of_a_lapse_shows_the_letters_that_were_sent(site: Site) -> None:
    page = site.visitor("home").get(f"/dossiers/{site.dossier(COMMUNE)}/steps/lapse")

    assert "Thư đã gửi về hồ sơ này" in page
    assert "vanthu.906@kiengiang.example: Lỗi hẳn" in page


def test_the_receipt_names_the_time_to_the_second(site: Site) -> None:
    department, number = site.visitor("department"), site.dossier(DEPARTMENT)
    with site.rows():
        file_papers(dossier(DEPARTMENT), NOW)
    url = f"/dossiers/{number}/steps/submit"

    answer = department.post(url, hidden(department.get(url)) | {"fewer_reason": "Chỉ đề nghị tập thể."})

    assert answer.status_code == 302
    assert "Đã nộp hồ sơ lúc 09:00:00 ngày 16/02/2022" in department.get(f"/dossiers/{number}")


def test_the_page_of_a_dossier_leads_to_its_neighbours_in_the_list_one_came_from(site: Site) -> None:
    home = site.visitor("home")
    found = re.findall(r'href="/dossiers/(\d+)\?([^"]+)"', home.get("/dossiers?state=selected&sort=due"))
    (first, query), (second, _query), (third, _same) = found

    middle, end = home.get(f"/dossiers/{second}?{unescape(query)}"), home.get(f"/dossiers/{third}?{unescape(query)}")

    assert re.findall(r'rel="(prev|next)" href="/dossiers/(\d+)\?', middle) == [("prev", first), ("next", third)]
    assert re.findall(r'rel="(prev|next)" href="/dossiers/(\d+)\?', end) == [("prev", second)]
    assert 'rel="next"' not in home.get(f"/dossiers/{second}")


def test_neighbours_are_only_those_that_the_person_may_see(site: Site) -> None:
    department, number = site.visitor("department"), site.dossier(DEPARTMENT)

    page = department.get(f"/dossiers/{number}?sort=name")

    assert 'rel="next"' not in page
    assert 'rel="prev"' not in page


def test_the_sheet_holds_what_the_council_needs(site: Site) -> None:
    page = site.visitor("secretary").get(f"/dossiers/{site.dossier('STC')}/sheet")

    for text in ("PHIẾU HỒ SƠ 2021-STC", "Nộp lần đầu", "đúng hạn", "Nội bộ đoàn kết", "Báo cáo thành tích: đã có"):
        assert text in page


def test_the_original_set_is_shown_to_the_unit(site: Site) -> None:
    home, number = site.visitor("home"), site.dossier("STC")
    url = f"/dossiers/{number}/original"

    home.post(url, hidden(home.get(url)) | day("received_on", 15, 2, 2022) | {"received_by": "Văn thư Sở"})

    assert "Nhận ngày 15/02/2022, người nhận: Văn thư Sở" in site.visitor("auditor").get(f"/dossiers/{number}")

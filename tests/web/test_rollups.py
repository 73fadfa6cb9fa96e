"""Roll-ups: a district reads, downloads and sends its own; the province's download; a late registration asked for and admitted."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from sqlalchemy import func, select

from models.outbox import Notice
from models.registrations import LateRequest, RollupReport
from models.vocabulary import LetterName, RegistrationState
from tests import stages
from tests.web.fixtures import Site, day, hidden
from tests.web.receiving_season import ALSO_WAITING, APRIL, DRAFT, ELSEWHERE, WAITING, in_march
from tests.web.test_lists import REHEARSED, STATEMENTS, counted
from tests.web.test_receiving import letters, state_of, words

DISTRICT, OTHER = "906", "908"


@pytest.fixture(params=stages.BOTH)
def march(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The last week of March, on both databases."""
    with in_march(request.param, request, tmp_path) as found:
        yield found


@pytest.fixture(params=stages.BOTH)
def april(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """After the due date, on both databases."""
    with in_march(request.param, request, tmp_path, APRIL) as found:
        yield found


def rollup_of(site: Site, code: str = DISTRICT) -> str:
    """The address of a district's roll-up."""
    return f"/registrations/{site.unit(code)}/rollup"


def count(site: Site, table: type[object]) -> int:
    """How many rows a table has."""
    with site.rows() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def facts(site: Site, letter: LetterName) -> dict[str, object]:
    """What the latest letter of a name states."""
    with site.rows() as session:
        found = session.scalars(select(Notice).where(Notice.letter == letter).order_by(Notice.id.desc())).first()
        return {**found.facts, "to": found.campaign_unit.unit.code}


@pytest.mark.parametrize(("who", "own", "others"), [("district", DISTRICT, ELSEWHERE), ("other_district", OTHER, WAITING)])
def test_a_district_reads_its_own_communes_and_no_others(march: Site, who: str, own: str, others: str) -> None:
    visitor = march.visitor(who)

    page = visitor.get(rollup_of(march, own))

    assert f'href="/registrations/{march.unit(others)}"' not in page
    assert "Chưa gửi lần nào." in words(page)
    for code in {DISTRICT, OTHER} - {own}:
        for tail in ("", ".docx", ".xlsx", "/send"):
            assert visitor.fetch(rollup_of(march, code) + tail).status_code == 404
        visitor.refused(rollup_of(march, code) + "/send", {"key": "k"}, status=404)


def test_the_roll_up_shows_states_reminders_and_figures(march: Site) -> None:
    page = words(march.visitor("district").get(rollup_of(march)))

    assert "Phải đăng ký 19 Đã đăng ký 3 Trong đó trễ hạn 0 Đã duyệt 1 Chờ duyệt 2 Chưa đăng ký 16" in page
    assert "Trả lại" in page
    assert "3 lần" in page


def test_downloads_are_what_they_say_and_on_record(march: Site) -> None:
    district, home = march.visitor("district"), march.visitor("home")
    entries = march.entries()

    paper = district.fetch(rollup_of(march) + ".docx")
    sheet = district.fetch(rollup_of(march) + ".xlsx")
    province = [home.fetch(f"/registrations/rollup.{kind}") for kind in ("docx", "xlsx")]

    assert "huyện Giồng Riềng" in " ".join(p.text for p in docx.Document(io.BytesIO(paper.data)).paragraphs)
    assert openpyxl.load_workbook(io.BytesIO(sheet.data)).sheetnames[0] == "Tổng hợp"
    assert docx.Document(io.BytesIO(province[0].data)).tables
    assert openpyxl.load_workbook(io.BytesIO(province[1].data)).sheetnames
    assert all("attachment" in answer.headers["Content-Disposition"] for answer in (paper, sheet, *province))
    assert march.entries() == entries + 4
    entry = march.last_entry()
    assert (entry.action, json.loads(entry.detail or "{}")) == ("registration.export", {"file": "tong-hop-dang-ky-2021.xlsx"})


@pytest.mark.parametrize("tail", ["rollup.pdf", "rollup.", f"{10**12}/rollup", "0/rollup.docx"])
def test_what_is_not_there_is_not_found(march: Site, tail: str) -> None:
    assert march.visitor("home").fetch(f"/registrations/{tail}").status_code == 404
    assert march.visitor("home").fetch(rollup_of(march, "STC")).status_code == 404


def test_the_roll_up_is_sent_in_one_act_with_figures_and_letter(march: Site) -> None:
    district, url = march.visitor("district"), rollup_of(march) + "/send"
    page = district.get(url)

    answer = district.post(url, hidden(page))

    assert "Ủy ban nhân dân huyện Giồng Riềng: tổng hợp đăng ký thi đua của cấp xã năm 2021" in words(page)
    assert answer.status_code == 302
    detail = json.loads(march.last_entry().detail or "{}")
    assert march.last_entry().action == "registration.report"
    assert {name: detail["figures"][name] for name in ("expected", "registered", "accepted", "missing")} == {
        "expected": 19,
        "registered": 3,
        "accepted": 1,
        "missing": 16,
    }
    told = facts(march, LetterName.REGISTRATION_REPORTED)
    assert (told["to"], told["district"], told["changes"]) == ("SNV", "Ủy ban nhân dân huyện Giồng Riềng", [])
    assert "đã gửi 25/03/2021" in words(march.visitor("home").get("/registrations?q=giong+rieng"))
    assert state_of(march, WAITING) is RegistrationState.SENT, "it only reports"


def test_sent_twice_it_is_one_act_and_unchanged_it_is_refused(march: Site) -> None:
    district, url = march.visitor("district"), rollup_of(march) + "/send"
    given = hidden(district.get(url))

    first, second = district.post(url, given), district.post(url, given)
    page = words(district.get(url, 409))
    refused = district.refused(url, {"key": "another"}, status=409)

    assert (first.status_code, second.status_code) == (302, 302)
    assert (count(march, RollupReport), letters(march, LetterName.REGISTRATION_REPORTED)) == (1, 1)
    assert "Các bản đăng ký không thay đổi từ lần gửi tổng hợp gần nhất (09:00:00 ngày 25/03/2021)." in page
    assert "không thay đổi" in words(refused)


def test_when_forms_have_changed_it_is_sent_again_with_what_changed(march: Site) -> None:
    district, url = march.visitor("district"), rollup_of(march) + "/send"
    district.post(url, hidden(district.get(url)))
    district.post(f"/registrations/{march.unit(WAITING)}/accept")
    district.post(f"/registrations/{march.unit(ALSO_WAITING)}/return", {"reason": "Thiếu."})

    page = words(district.get(rollup_of(march)))
    answer = district.post(url, hidden(district.get(url)))

    changes = facts(march, LetterName.REGISTRATION_REPORTED)["changes"]
    assert answer.status_code == 302
    assert isinstance(changes, list)
    assert sorted(change.split(": ")[1] for change in changes) == ["Chờ duyệt → Trả lại", "Chờ duyệt → Đã duyệt"]
    assert all(change in page for change in changes)
    assert count(march, RollupReport) == 2


@pytest.mark.parametrize("who", ["home", "auditor", "commune", "secretary"])
def test_nobody_but_the_district_sends_it(march: Site, who: str) -> None:
    status = {"commune": 404}.get(who, 403)

    march.visitor(who).refused(rollup_of(march) + "/send", {"key": "k"}, status=status)


def test_the_pages_are_light(march: Site) -> None:
    district, url = march.visitor("district"), rollup_of(march)

    with counted(march) as read:
        district.get(url)
    with counted(march) as rehearsed:
        district.get(url + "/send")

    assert len(read) <= STATEMENTS
    assert len(rehearsed) <= REHEARSED


# Late


def late_of(site: Site, code: str = DRAFT) -> str:
    """Where a unit asks to register late."""
    return f"/registrations/{site.unit(code)}/late-request"


def test_a_unit_that_missed_the_date_asks_and_home_affairs_is_told(april: Site) -> None:
    clerk, url = april.visitor("draft_clerk"), late_of(april)

    answer = clerk.post(url, hidden(clerk.get(url)) | {"reason": "Mất điện ba ngày."})

    assert answer.status_code == 302
    told = facts(april, LetterName.REGISTRATION_LATE_ASKED)
    assert (told["to"], told["reason"], told["told"]) == ("SNV", "Mất điện ba ngày.", 3)
    assert told["link"] == f"/registrations/{april.unit(DRAFT)}/admission"
    assert april.last_entry().action == "registration.ask_late"
    assert "Trả lời đề nghị đăng ký trễ" in words(april.visitor("home").get("/registrations?q=30917"))
    assert "đã xin đăng ký trễ hạn" in words(april.visitor("district").get("/registrations?q=30917"))
    assert "Mất điện ba ngày." in words(clerk.get(url, 409))


def test_asked_twice_it_is_one_request(april: Site) -> None:
    clerk, url = april.visitor("draft_clerk"), late_of(april)
    given = hidden(clerk.get(url)) | {"reason": "Mất điện."}

    first, second = clerk.post(url, given), clerk.post(url, given)
    other = clerk.refused(url, {"reason": "Mất điện nữa.", "key": "another"}, status=409)

    assert (first.status_code, second.status_code) == (302, 302)
    assert "đang chờ Sở Nội vụ trả lời" in words(other)
    assert (count(april, LateRequest), letters(april, LetterName.REGISTRATION_LATE_ASKED)) == (1, 1)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_request_needs_a_reason_of_reasonable_length(april: Site, reason: str) -> None:
    april.visitor("draft_clerk").refused(late_of(april), {"reason": reason, "key": "k"}, status=422)


def test_before_the_due_date_and_once_sent_there_is_nothing_to_ask(march: Site) -> None:
    page = march.visitor("draft_clerk").refused(late_of(march), {"reason": "Sẽ trễ.", "key": "k"}, status=409)
    sent = march.visitor("sent_clerk").refused(late_of(march, ALSO_WAITING), {"reason": "Sẽ trễ.", "key": "k"}, status=409)

    assert "Chưa hết hạn đăng ký" in words(page)
    assert "đang ở trạng thái “Chờ duyệt”" in words(sent)


def test_the_admission_answers_and_the_form_stays_marked_late(april: Site) -> None:
    clerk, home, number = april.visitor("draft_clerk"), april.visitor("home"), april.unit(DRAFT)
    clerk.post(late_of(april), {"reason": "Mất điện.", "key": "k"})

    home.post(f"/registrations/{number}/admission", {"number": "9/SNV", "reason": "Đồng ý.", **day("date", 2, 4, 2021)})
    told = facts(april, LetterName.REGISTRATION_ADMITTED)
    clerk.post(f"/registrations/{number}/send")
    page = home.get("/registrations?state=late")

    assert (told["number"], told["date"], told["reason"]) == ("9/SNV", "02/04/2021", "Đồng ý.")
    assert letters(april, LetterName.REGISTRATION_ADMITTED) == 2, "the commune, and its district"
    assert state_of(april, DRAFT) is RegistrationState.SENT
    assert "Trễ hạn" in words(page)
    assert f'href="/registrations/{number}"' in page
    assert "Trễ hạn văn bản 9/SNV ngày 02/04/2021" in words(april.visitor("district").get(rollup_of(april)))

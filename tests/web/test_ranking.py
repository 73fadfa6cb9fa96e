"""The ranking pages: both years, what publishing will do, units without an entry, corrections with old and new, the comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.vocabulary import DossierState, LetterName
from tests import actors, stages
from tests.builders import dossier_of
from tests.web.fixtures import Site, Visitor, clock, day, hidden, open_site, site
from tests.web.test_selection import words

__all__ = ["site"]


def build_registered() -> None:
    """Forms of March 2021 accepted, nothing published, everybody signed in."""
    from tests.web.test_selection import build_people

    campaign = actors.campaign_2021()
    for code in ("STP", "STC", "SXD", "906"):
        actors.register(campaign, code)
    build_people()


stages.STAGES["registered"] = ("opened", build_registered)


@pytest.fixture(params=stages.BOTH)
def registered(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Registered dossiers before the announcement, on both databases."""
    with open_site("registered", request.param, request, tmp_path) as found, clock("2021-01-26 09:00"):
        yield found


@pytest.fixture(params=stages.BOTH)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The ranking published, nothing selected."""
    with open_site("chosen_from", request.param, request, tmp_path) as found, clock("2022-01-18 09:00"):
        yield found


def boxes(page: str) -> dict[str, str]:
    """Everything that stands in a page's boxes and lists."""
    found = dict(re.findall(r'<input class="govuk-input[^"]*"[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page))
    for name, body in re.findall(r'<select class="govuk-select[^"]*"[^>]*? name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def enter(site: Site, home: Visitor, year: int, groups: dict[str, str]) -> None:
    """Type a year's index."""
    typed = {}
    for rank, (code, group) in enumerate(groups.items(), start=1):
        unit = site.unit(code)
        typed |= {f"score-{unit}": f"{95 - rank},25", f"rank-{unit}": str(rank), f"group-{unit}": group}
    assert home.post(f"/ranking/entries?year={year}", typed).status_code == 302


DECISION = {"number": "100/QĐ-UBND", **day("date", 26, 1, 2021)}


def test_publishing_says_first_what_it_will_do_and_changes_nothing(registered: Site) -> None:
    home = registered.visitor("home")
    enter(registered, home, 2021, {"STP": "excellent", "STC": "excellent", "SXD": "good"})

    with registered.unchanged():
        page = words(home.post("/ranking/publish", DECISION).text)

    assert "2 tập thể nhóm xuất sắc; 3 hồ sơ đã đăng ký được ghi nhận xếp hạng" in page
    assert "hạn nộp hồ sơ 24 giờ 00 ngày 17/02/2021; 7 ngày nghỉ bị bỏ qua." in page
    assert "1 đơn vị đã đăng ký không có tên trong kết quả Huyện Giồng Riềng" in page
    assert re.search(r"Thư sẽ gửi: \d\d người nhận", page)

    assert home.post("/ranking/publish", DECISION | {"confirm": "1"}).status_code == 302

    assert [registered.state(code).value for code in ("STP", "STC", "SXD", "906")] == ["ranked", "ranked", "ranked", "registered"]
    assert "1 đơn vị đã đăng ký không có tên trong kết quả" in words(home.get("/ranking"))


def test_a_faulty_announcement_is_told_in_the_preview_already(registered: Site) -> None:
    home = registered.visitor("home")
    enter(registered, home, 2021, {"STP": "excellent"})

    page = home.refused("/ranking/publish", DECISION | day("trigger_date", 27, 1, 2021), status=409)

    assert "Ngày bắt đầu tính hạn khác ngày quyết định; cần ghi lý do." in page


def test_both_years_are_entered_and_published_on_pages(registered: Site) -> None:
    home, officer = registered.visitor("home"), registered.visitor("department")
    enter(registered, home, 2020, {"STP": "good", "SXD": "excellent"})
    enter(registered, home, 2021, {"STP": "excellent", "SXD": "good"})
    assert "Hạng" not in words(officer.get("/ranking?year=2020")).partition("Chưa công bố.")[2].partition("Kết quả theo")[2]

    page = words(home.post("/ranking/publish?year=2020", DECISION).text)
    assert "1 tập thể nhóm xuất sắc. Việc khen thưởng dựa trên năm 2021, nên không hồ sơ nào chuyển bước" in page
    assert "hạn nộp hồ sơ" not in page
    assert home.post("/ranking/publish?year=2020", DECISION | {"confirm": "1"}).headers["Location"].endswith("year=2020")

    assert registered.state("SXD") is DossierState.REGISTERED
    assert "Số 100/QĐ-UBND" in words(officer.get("/ranking?year=2020"))
    assert "Chưa công bố." in officer.get("/ranking")
    assert "Chưa công bố." in officer.get("/ranking?year=1999")
    assert "Chưa công bố." in officer.get("/ranking?year=abc")


def test_the_comparison_says_who_qualifies_under_which_year(registered: Site) -> None:
    home, officer = registered.visitor("home"), registered.visitor("department")
    enter(registered, home, 2020, {"STP": "good", "SXD": "excellent", "906": "excellent"})
    page = words(officer.get("/ranking/comparison"))
    assert "Chưa có kết quả năm 2021, 2020; chưa so sánh được đủ các năm." in page
    assert "94,25" not in page
    assert "(chưa công bố)" in words(home.get("/ranking/comparison"))
    home.post("/ranking/publish?year=2020", DECISION | {"confirm": "1"})
    enter(registered, home, 2021, {"STP": "excellent", "SXD": "good", "906": "excellent"})
    home.post("/ranking/publish", DECISION | {"confirm": "1"})

    page = words(officer.get("/ranking/comparison"))

    assert "Mọi năm 1 Chỉ năm 2021 1 Chỉ năm 2020 1 Không năm nào 2" in page  # 906; STP; SXD; STC and the unrated office
    assert "Sở Tư pháp đã đăng ký 1; 94,25; xuất sắc 1; 94,25; tốt Chỉ năm 2021" in page
    assert "Sở Xây dựng đã đăng ký 2; 93,25; tốt 2; 93,25; xuất sắc Chỉ năm 2020" in page
    assert "Huyện Giồng Riềng đã đăng ký 3; 92,25; xuất sắc 3; 92,25; xuất sắc Mọi năm" in page
    assert "theo Huyện Giồng Riềng và xếp loại" in page
    assert "/ranking/comparison" in officer.get("/ranking/ruling")


# Corrections


def filled(home: Visitor, page: str, **changes: str) -> dict[str, str]:
    """The correction's form as it opens, with its document and some changes."""
    document = {"number": "20/SNV", **day("date", 18, 1, 2022), "reason": "Ghi nhầm khi nhập."}
    return boxes(page) | hidden(page) | document | changes


def preview_of(home: Visitor, form: dict[str, str], url: str = "/ranking/correction") -> tuple[str, dict[str, str]]:
    """The preview's page, and the form with its button pressed."""
    answer = home.post(url, form)
    assert answer.status_code == 200, words(answer.text)[:2000]
    button = re.search(r'name="confirm" value="([^"]+)"', answer.text)
    assert button
    return words(answer.text), form | {"confirm": button[1]}


def test_a_correction_shows_old_and_new_and_what_follows_before_it_is_done(fresh: Site) -> None:
    home = fresh.visitor("home")
    with fresh.rows():
        actors.bring("STC", DossierState.SELECTED)
    form = filled(home, home.get("/ranking/correction"), **{f"group-{fresh.unit('STC')}": "good"})
    form |= day("trigger_date", 31, 1, 2022) | {"trigger_reason": "Đăng cổng trễ."}

    with fresh.unchanged():
        page, confirmed = preview_of(home, form)

    assert "Sở Tài chính nhóm xuất sắc, hạng 4, 91,5 điểm nhóm tốt, hạng 4, 91,5 điểm" in page
    assert "Ngày bắt đầu tính hạn 14/01/2022 31/01/2022" in page
    assert "Hạn nộp hồ sơ: 24 giờ 00 ngày 07/02/2022 → 24 giờ 00 ngày 15/02/2022." in page
    assert "2021-STC Sở Tài chính 07/02/2022 15/02/2022" in page
    assert "2021-STC Sở Tài chính Được chọn Không còn đủ tiêu chuẩn" in page
    assert "Thư sẽ gửi: 1 người nhận : Sở Tài chính" in page

    assert home.post("/ranking/correction", confirmed).status_code == 302

    page = words(home.get("/ranking"))
    assert "Đã sửa Theo văn bản 20/SNV ngày 18/01/2022: Ghi nhầm khi nhập." in page
    assert "Bắt đầu tính hạn từ 31/01/2022" in page
    assert fresh.state("STC") is DossierState.SELECTED
    selection = words(home.get("/selection"))
    assert "Cần quyết định lại 1" in selection
    dossier = words(home.get(f"/dossiers/{fresh.dossier('STC')}"))
    assert "24 giờ 00 ngày 15/02/2022" in dossier
    assert "Tính lại hạn nộp hồ sơ" in dossier
    with fresh.rows() as session:
        assert [n.letter for n in session.scalars(actors.select(actors.Notice).order_by(actors.Notice.id.desc()).limit(1))] == [
            LetterName.RANKING_CORRECTED
        ]
    entry = home.get(f"/journal/{fresh.last_entry().seq - 1}")
    assert "Sửa kết quả xếp hạng đã công bố" in entry


def test_a_form_changed_after_its_preview_is_shown_again_before_anything_is_done(fresh: Site) -> None:
    home = fresh.visitor("home")
    form = filled(home, home.get("/ranking/correction"), **{f"group-{fresh.unit('SXD')}": "excellent"})
    _page, confirmed = preview_of(home, form)

    with fresh.unchanged():
        answer = home.post("/ranking/correction", confirmed | {f"group-{fresh.unit('SXD')}": "fair"})

    assert answer.status_code == 200
    assert "nhóm khá" in answer.text


def test_the_same_correction_twice_has_one_effect_and_one_answer(fresh: Site) -> None:
    home = fresh.visitor("home")
    form = filled(home, home.get("/ranking/correction"), **{f"group-{fresh.unit('SXD')}": "excellent"})
    _page, confirmed = preview_of(home, form)

    first = home.post("/ranking/correction", confirmed)
    entries = fresh.entries()
    second = home.post("/ranking/correction", confirmed)

    assert (first.status_code, first.location) == (second.status_code, second.location) == (302, first.location)
    assert fresh.entries() == entries


def test_two_who_correct_at_once_notice_each_other(fresh: Site) -> None:
    home, second = fresh.visitor("home"), fresh.visitor("second")
    form = filled(home, home.get("/ranking/correction"), **{f"group-{fresh.unit('SXD')}": "excellent"})
    _page, confirmed = preview_of(home, form)
    other = filled(second, second.get("/ranking/correction"), **{f"group-{fresh.unit('STC')}": "good"})
    second.post("/ranking/correction", preview_of(second, other)[1])

    page = home.refused("/ranking/correction", confirmed, status=409)

    assert "Người khác vừa sửa kết quả năm 2021 sau khi bạn mở trang này." in page
    assert "selected>xuất sắc" in page
    with fresh.rows():
        assert dossier_of(actors.campaign_2021(), "STC").campaign_unit.name == "Sở Tài chính"


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({}, 409, "Chưa sửa giá trị nào"),
        ({"number": ""}, 422, "Hãy điền mục này."),
        ({"reason": " "}, 422, "Hãy điền mục này."),
        ({"date-day": "31", "date-month": "2"}, 422, "Ngày không có thật."),
        ({"date-day": "19"}, 409, "là ngày trong tương lai"),
        ({"decision_number": ""}, 422, "Hãy điền mục này."),
        ({"decision_date-year": ""}, 422, "Ngày không có thật."),
        ({"trigger_date-day": "17", "trigger_date-month": "1", "trigger_date-year": "2022"}, 409, "cần ghi lý do"),
        ({"score-SXD": "9O,5"}, 422, "không phải điểm số"),
        ({"score-SXD": "101"}, 422, "không phải điểm số"),
        ({"score-SXD": "."}, 422, "không phải điểm số"),
        ({"rank-SXD": "0"}, 422, "không phải thứ hạng"),
        ({"rank-SXD": "1e3"}, 422, "không phải thứ hạng"),
        ({"group-SXD": "best"}, 422, "Hãy chọn nhóm."),
        ({"seen": "x"}, 409, "Người khác vừa sửa kết quả"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    request: pytest.FixtureRequest, tmp_path: Path, changes: dict[str, str], status: int, told: str
) -> None:
    with open_site("chosen_from", "sqlite", request, tmp_path) as site, clock("2022-01-18 09:00"):
        home = site.visitor("home")
        named = {name.replace("SXD", str(site.unit("SXD"))): value for name, value in changes.items()}
        form = filled(home, home.get("/ranking/correction")) | named

        page = home.refused("/ranking/correction", form, status=status)

    assert told in page


def test_what_is_not_published_is_not_corrected(fresh: Site) -> None:
    home = fresh.visitor("home")

    with fresh.unchanged():
        answer = home.post("/ranking/correction?year=2020", {"number": "1"})

    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/ranking")

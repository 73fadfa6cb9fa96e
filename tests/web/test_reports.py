"""Báo cáo: every figure on the page opens a list of just so many rows, live and frozen; texts, freezing, comparison, charts, downloads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from models.reports import FrozenReport, ReportText
from models.vocabulary import Step
from tests.actors import campaign_2021, usual_step
from tests.builders import dossier_of
from tests.reports import year
from tests.web.fixtures import COMMUNE, Site, Visitor, hidden, open_site
from tests.web.test_lists import STATEMENTS, cost

REPORT = "/reports/year-end"
LINK = re.compile(r'href="(/reports/[a-z-]+/lists/[^"]+)">(\d+)</a>')


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def year_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A whole year with something under every figure; the campaign after it is looked at first."""
    with open_site("year", "sqlite", request, tmp_path) as found:
        yield found


def address(site: Site, path: str = REPORT, **more: object) -> str:
    """A page about the campaign of 2021."""
    with site.rows():
        more = {"campaign": campaign_2021().id, **more}
    return f"{path}?{'&'.join(f'{name}={value}' for name, value in more.items())}"


def figures(page: str) -> list[tuple[str, int]]:
    """The figures of a page with the addresses of their lists."""
    return [(unescape(url), int(count)) for url, count in LINK.findall(page)]


def rows_of(page: str) -> int:
    """How many rows a list says that it has."""
    found = re.search(r"(\d+) dòng", words(page))
    return int(found[1]) if found else -1


def freeze(visitor: Visitor, site: Site, key: str = "k", path: str = REPORT) -> str:
    """Freeze the report; gives where the page went."""
    answer = visitor.post(address(site, f"{path}/freeze"), {"key": key})
    assert answer.status_code == 302, words(answer.text)
    return str(answer.location)


def test_every_figure_opens_a_list_of_just_so_many_rows_live_and_frozen(year_site: Site) -> None:
    home = year_site.visitor("home")
    live = home.get(address(year_site))
    frozen = home.get(freeze(home, year_site))

    assert [count for _url, count in figures(live)] == [count for _url, count in figures(frozen)]
    assert len(figures(live)) > 250
    for page in (live, frozen):
        whole = [pair for pair in figures(page) if "kind=" not in pair[0] and "district=" not in pair[0] and "week=" not in pair[0]]
        narrowed = [pair for pair in figures(page) if pair not in whole and pair[1]]
        wrong = [(url, count) for url, count in {*whole[::4], *narrowed[::16]} if rows_of(home.get(url)) != count]
        assert wrong == []
    assert all("frozen=1" in url for url, _count in figures(frozen))


def test_a_list_shows_the_rows_that_were_counted_each_with_its_page(year_site: Site) -> None:
    auditor = year_site.visitor("auditor")

    page = auditor.get(address(year_site, f"{REPORT}/lists/forms.late", kind="commune"))

    assert rows_of(page) == page.count('<th scope="row"') == 1
    assert f'href="/registrations/{year_site.unit(year.LATE)}"' in page
    assert "Chỉ gồm: Xã" in words(page)
    links = {
        url
        for code in ("refused.steps", "mails.failed", "sessions.held", "dossiers.awarded")
        for url in rows_links(auditor, year_site, code)
    }
    assert {auditor.fetch(url).status_code for url in links} == {200}


def rows_links(visitor: Visitor, site: Site, code: str) -> list[str]:
    """Where the first rows of a list lead."""
    page = visitor.get(address(site, f"{REPORT}/lists/{code}"))
    return re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="([^"]+)"', page)[:2]


def test_a_long_list_comes_in_pages_and_loses_nothing(year_site: Site) -> None:
    home, url, seen = year_site.visitor("home"), address(year_site, f"{REPORT}/lists/mails.all"), 0
    total = rows_of(home.get(url))

    while url:
        page = home.get(url)
        seen += page.count('<th scope="row"')
        following = re.search(r'href="([^"]+)"[^>]*rel="next"', page)
        url = unescape(following[1]) if following else ""

    assert seen == total > 200


@pytest.mark.parametrize(
    "path", ["/lists/nothing", "/charts/nothing.svg", "/compare/7", "/lists/forms.late?frozen=7", "?frozen=x", "/file.pdf"]
)
def test_what_does_not_exist_is_not_found(year_site: Site, path: str) -> None:
    year_site.visitor("home").get(f"{REPORT}{path}", status=404)


@pytest.mark.parametrize("query", ["kind=x&district=999&week=2021-13-99&nominee=y", "page=99", "week=%00"])
def test_odd_addresses_narrow_and_break_nothing(year_site: Site, query: str) -> None:
    assert year_site.visitor("home").fetch(f"{address(year_site, f'{REPORT}/lists/acts.select')}&{query}").status_code == 200


def test_the_year_before_stands_beside_with_lists_of_its_own(year_site: Site) -> None:
    home = year_site.visitor("home")
    with year_site.rows():
        this_year = year.campaign_2022().id

    page = home.get(f"{REPORT}?campaign={this_year}")

    assert "Năm 2021" in words(page.split("<h1")[1])
    before = [(url, count) for url, count in figures(page) if f"campaign={this_year}" not in url]
    assert len(before) > 50
    assert [(url, count) for url, count in before[:6] if rows_of(home.get(url)) != count] == []


def test_the_report_takes_at_most_twelve_statements_with_two_campaigns(year_site: Site) -> None:
    home = year_site.visitor("home")
    with year_site.rows():
        this_year = year.campaign_2022().id
    home.get(f"{REPORT}?campaign={this_year}")
    freeze(home, year_site)

    freezing = f"{REPORT}/freeze?campaign={this_year}"
    for url in (f"{REPORT}?campaign={this_year}", address(year_site, frozen=1), address(year_site, f"{REPORT}/compare/1"), freezing):
        assert cost(year_site, "home", url) <= STATEMENTS, url


# Charts


def test_charts_are_images_with_their_numbers_in_words_and_the_policy_stays_strict(year_site: Site) -> None:
    home = year_site.visitor("home")
    page = home.fetch(address(year_site))
    pictures = re.findall(r'<img class="app-chart" src="([^"]+)" alt="([^"]+)"', page.text)

    assert len(pictures) == 6
    assert all(re.search(r"\d", alt) for _url, alt in pictures)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for url, _alt in pictures:
        answer = home.fetch(unescape(url))
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        again = home.fetch(unescape(url), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")
        assert answer.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"


def test_a_chart_is_sent_again_when_its_figures_change(year_site: Site) -> None:
    home, url = year_site.visitor("home"), address(year_site, f"{REPORT}/charts/states.svg")
    tag = home.fetch(url).headers["ETag"]

    with year_site.rows():
        usual_step(dossier_of(campaign_2021(), "30910"), Step.WITHDRAW)

    assert home.fetch(url, headers={"If-None-Match": tag}).status_code == 200


# Freezing and comparing


def test_a_frozen_report_stays_and_is_compared_with_the_live_one(year_site: Site) -> None:
    home = year_site.visitor("home")
    frozen = freeze(home, year_site)
    before = figures(home.get(frozen))

    with year_site.rows():
        usual_step(dossier_of(campaign_2021(), "30910"), Step.WITHDRAW)
    page = home.get(frozen)
    compared = words(home.get(address(year_site, f"{REPORT}/compare/1")))

    assert figures(page) == before
    assert "Số liệu đã chốt lần 1 lúc 09:00:00 ngày 16/02/2022, người chốt: Lê Thị Nội Vụ" in words(page)
    assert "Khớp bản ghi số" in words(page)
    assert "Đã rút 0 1 +1" in compared
    assert "Đã xếp hạng 6 5 -1" in compared


def test_freezing_again_without_a_change_is_refused_with_the_reason(year_site: Site) -> None:
    home = year_site.visitor("home")
    freeze(home, year_site)

    page = home.refused(address(year_site, f"{REPORT}/freeze"), {"key": "other"}, status=409)

    assert "Số liệu và nhận xét không thay đổi từ lần chốt số 1" in words(page)
    assert freeze(home, year_site) == freeze(home, year_site), "the same form sent twice has frozen once"


def test_before_a_decision_there_is_no_closing_report_neither_page_nor_file_nor_frozen(year_site: Site) -> None:
    home = year_site.visitor("home")
    with year_site.rows():
        later = year.campaign_2022().id

    for path in ("", "/file.docx", "/freeze"):
        page = home.get(f"/reports/closing{path}?campaign={later}", status=409)
        assert "Chưa ghi quyết định khen thưởng nào của năm 2022" in words(page)
    home.refused(f"/reports/closing/freeze?campaign={later}", {"key": "k"}, status=409)


def test_the_closing_report_names_who_was_awarded(year_site: Site) -> None:
    home = year_site.visitor("home")

    closing, year_end = (words(home.get(address(year_site, f"/reports/{name}"))) for name in ("closing", "year-end"))

    assert "Tập thể, cá nhân được tặng bằng khen" in closing
    assert "Bằng khen, Quyết định số 500/QĐ-UBND ngày 28/02/2022" in closing
    assert "Tập thể, cá nhân được tặng bằng khen" not in year_end


# Texts


def test_what_the_officer_writes_is_saved_shown_and_kept_in_versions(year_site: Site) -> None:
    home, url = year_site.visitor("home"), address(year_site, f"{REPORT}/text")
    form = hidden(home.get(url))

    assert home.post(url, form | {"assessment": "Kết quả <b>tốt</b>.\nCó tiến bộ.", "proposals": ""}).status_code == 302
    again = hidden(home.get(url))
    home.post(url, again | {"assessment": "Kết quả khá.", "proposals": "Đề nghị khen thưởng."})
    page = home.get(address(year_site))

    with year_site.rows() as session:
        assert [text.version for text in session.query(ReportText).order_by(ReportText.id)] == [1, 2]
    assert "Kết quả khá." in page
    assert "Bản 2, Lê Thị Nội Vụ lưu lúc" in words(page)


def test_what_was_typed_stays_when_a_colleague_was_quicker_or_the_text_is_too_long(year_site: Site) -> None:
    home, second, url = year_site.visitor("home"), year_site.visitor("second"), address(year_site, f"{REPORT}/text")
    mine = hidden(home.get(url))
    second.post(url, hidden(second.get(url)) | {"assessment": "Của đồng nghiệp.", "proposals": ""})

    stale = home.refused(url, mine | {"assessment": "Của tôi.", "proposals": ""}, status=409)
    long = home.refused(url, hidden(home.get(url)) | {"assessment": "x" * 20_001, "proposals": "Giữ lại."}, status=422)

    assert "Người khác vừa lưu nhận xét" in words(stale)
    assert "Của tôi." in stale
    assert "Của đồng nghiệp." in stale
    assert "Giữ lại." in long
    assert home.post(url, hidden(stale) | {"assessment": "Của tôi.", "proposals": ""}).status_code == 302


# Downloads


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_download_is_recorded_and_changes_nothing_else(year_site: Site, kind: str) -> None:
    auditor, before, count = year_site.visitor("auditor"), year_site.everything(), year_site.entries()

    answer = auditor.fetch(address(year_site, f"{REPORT}/file.{kind}"))

    assert answer.status_code == 200
    assert f"bao-cao-cuoi-nam-2021.{kind}" in answer.headers["Content-Disposition"]
    assert (year_site.last_entry().action, year_site.entries()) == ("report.export", count + 1)
    assert year_site.everything() == before


def test_only_home_affairs_freezes_and_writes_and_others_see_no_way_to_it(year_site: Site) -> None:
    page = year_site.visitor("auditor").get(address(year_site))

    assert "/freeze" not in page
    assert f"{REPORT}/text" not in page
    assert ">Báo cáo<" in page
    assert ">Báo cáo<" not in year_site.visitor("district").get(f"/dossiers/{year_site.dossier(COMMUNE)}")
    with year_site.rows() as session:
        assert session.query(FrozenReport).count() == 0

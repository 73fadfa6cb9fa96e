"""The list of dossiers as a file, and the filters that a person keeps under a name."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

from sqlalchemy import func, select

from models.people import SavedView
from tests.web.fixtures import COMMUNE, DEPARTMENT, OFFICE, Site, Visitor, either_site, hidden, site
from workflow.saved_views import MOST

__all__ = ["either_site", "site"]

SELECTED = "state=selected&sort=due"


def codes(page: str) -> list[str]:
    """The codes of the dossiers on a page of the list."""
    return re.findall(r'data-label="Mã hồ sơ">2021-([\w-]+)<', page)


def table(visitor: Visitor, url: str) -> list[list[str]]:
    """The rows of a .csv, the heading first."""
    answer = visitor.fetch(url)
    assert (answer.status_code, answer.mimetype, answer.data[:3]) == (200, "text/csv", b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def kept(page: str) -> dict[str, str]:
    """The saved lists that stand above the filter, by name."""
    line = re.search(r"Bộ lọc đã lưu: (.*?)</p>", page, re.DOTALL)
    found = re.findall(r'href="([^"]*)"[^>]*>([^<]*)<', line[1]) if line else []
    return {unescape(name): unescape(url) for url, name in found}


# The file


def test_the_file_has_the_rows_of_the_filter_in_its_order_and_is_on_record(either_site: Site) -> None:
    home = either_site.visitor("home")
    shown = codes(home.get(f"/dossiers?{SELECTED}"))

    heading, *rows = table(home, f"/dossiers/export.csv?{SELECTED}")
    entry = either_site.last_entry()

    assert heading[:2] == ["Mã hồ sơ", "Đơn vị"]
    assert [row[0] for row in rows] == [f"2021-{code}" for code in shown]
    assert {row[6] for row in rows} == {"Được chọn"}
    assert (entry.action, json.loads(entry.detail or "")["filters"]) == ("dossier.export", {"state": "Được chọn"})


def test_the_workbook_has_the_same_rows(site: Site) -> None:
    import openpyxl

    home = site.visitor("home")
    answer = home.fetch(f"/dossiers/export.xlsx?{SELECTED}")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True).worksheets[0]
    rows = [[str(value or "") for value in row] for row in sheet.iter_rows(values_only=True)]

    assert rows == table(home, f"/dossiers/export.csv?{SELECTED}")
    assert "ho-so-2021-" in answer.headers["Content-Disposition"]


def test_a_file_holds_nothing_that_its_reader_may_not_see(site: Site) -> None:
    rows = table(site.visitor("commune"), "/dossiers/export.csv")

    assert [row[0] for row in rows[1:]] == [f"2021-{COMMUNE}"]


# The filters of one's own


def test_a_filter_is_kept_under_a_name_and_leads_back_to_the_same_list(either_site: Site) -> None:
    home, url = either_site.visitor("home"), f"/dossiers/views?{SELECTED}"

    answer = home.post(url, hidden(home.get(url)) | {"name": "Đang lập hồ sơ"})
    page = home.get(answer.location)
    home.post(url, {"name": "Đang lập hồ sơ"})
    home.post("/dossiers/views?state=ranked", {"name": "Đang lập hồ sơ"})
    changed = kept(home.get("/dossiers"))

    assert kept(page) == {"Đang lập hồ sơ": f"/dossiers?{SELECTED}"}
    assert codes(home.get(kept(page)["Đang lập hồ sơ"])) == codes(home.get(f"/dossiers?{SELECTED}"))
    assert changed == {"Đang lập hồ sơ": "/dossiers?state=ranked&sort=name"}
    assert kept(either_site.visitor("second").get("/dossiers")) == {}


def test_a_filter_without_a_name_and_a_name_without_a_filter_are_not_kept(site: Site) -> None:
    home = site.visitor("home")

    with site.unchanged():
        nameless = home.refused(f"/dossiers/views?{SELECTED}", {"name": " "}, status=422)
        empty = home.refused("/dossiers/views?state=", {"name": "Tất cả"}, status=422)

    assert "Hãy điền mục này." in nameless
    assert "lọc danh sách hồ sơ trước" in empty


def test_a_person_keeps_only_so_many_and_drops_only_their_own(site: Site) -> None:
    home, second = site.visitor("home"), site.visitor("second")
    for number in range(MOST):
        home.post(f"/dossiers/views?q={number + 1}", {"name": f"Bộ lọc {number}"})
    page = home.refused("/dossiers/views?q=x", {"name": "Một cái nữa"}, status=409)
    with site.rows() as session:
        one = session.scalars(select(SavedView.id)).first()

    strange = second.post(f"/dossiers/views/{one}/drop")
    twice = [home.post(f"/dossiers/views/{one}/drop").status_code for _ in range(2)]

    assert f"Đã có {MOST} bộ lọc đã lưu." in page
    assert (strange.status_code, twice) == (404, [302, 302])
    with site.rows() as session:
        assert session.scalar(select(func.count(SavedView.id))) == MOST - 1
    assert site.last_entry().action == "view.drop"


# The way back to the list


def test_a_dossier_of_the_whole_list_leads_on_to_the_next(site: Site) -> None:
    home = site.visitor("home")
    first = re.findall(r'href="(/dossiers/\d+\?[^"]*)"', home.get("/dossiers"))[0]

    page = unescape(home.get(unescape(first)))

    assert 'rel="next"' in page
    assert 'href="/dossiers?sort=name"' in page


def test_a_dossier_found_by_its_papers_leads_on_and_back_to_the_same_list(site: Site) -> None:
    home, query = site.visitor("home"), "papers=missing&sort=name"
    listed = home.get(f"/dossiers?{query}")
    first = re.findall(r'href="(/dossiers/\d+\?[^"]*)"', listed)[0]

    page = unescape(home.get(unescape(first)))

    assert 'rel="next"' in page
    assert f'href="/dossiers?{query}"' in page
    assert f"?only=steps&{query}#history" in page or f"?{query}&only=steps#history" in page


def test_a_dossier_says_when_it_is_reminded_of_next(site: Site) -> None:
    waiting = site.visitor("home").get(f"/dossiers/{site.dossier(OFFICE)}")
    filed = site.visitor("home").get(f"/dossiers/{site.dossier('STC')}")

    assert "Thư sắp gửi, nếu hồ sơ chưa nộp: nhắc nộp hồ sơ lúc 08:00:00 ngày 22/02/2022." in waiting
    assert "Thư sắp gửi" not in filed


# What waits for home affairs


def test_home_affairs_finds_what_it_has_to_appraise_and_to_answer(site: Site) -> None:
    home, district = site.visitor("home"), site.visitor("department")
    asked = district.post(
        f"/dossiers/{site.dossier(DEPARTMENT)}/extension/request",
        {"reason": "Đang lấy xác nhận.", "due_on-day": "28", "due_on-month": "2", "due_on-year": "2022"},
    )

    page = home.get("/")

    assert asked.status_code == 302
    assert "Thẩm định hồ sơ 2021-STC" in page
    assert "Trả lời đề nghị gia hạn của" in page
    assert "Thẩm định hồ sơ" not in site.visitor("auditor").get("/")

"""The lists: filters, Vietnamese order, paging by key, what each person finds in them, and what a page costs."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import joinedload

from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.vocabulary import DossierState, LetterName
from tests import actors, stages
from tests.builders import register
from tests.web.fixtures import COMMUNE, DRAFT_COMMUNE, NOW, PEOPLE, Site, Visitor, open_site

TODAY = NOW.date()
STATEMENTS, BYTES = 12, 40 * 1024
REHEARSED = 45
"""The page that confirms a step or a round of reminders rehearses it, letters included, and so costs what it costs."""
"""What a page may cost (quality.md, P9): statements, and bytes over the wire with the style sheet."""


def build_crowd() -> None:
    """So many communes register that the list has three pages."""
    campaign = actors.campaign_2021()
    quiet = select(CampaignUnit).where(CampaignUnit.campaign_id == campaign.id, CampaignUnit.compiled_by_id.is_not(None))
    codes = [unit.unit.code for unit in db.session.scalars(quiet.order_by(CampaignUnit.id))]
    taken = {dossier.campaign_unit.unit.code for dossier in db.session.scalars(select(Dossier))}
    begun = {"30916", "30917", "30919"}
    for code in [code for code in codes if code not in taken | begun][:95]:
        register(campaign, code)


stages.STAGES["crowd"] = ("season", build_crowd)


@pytest.fixture
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The season with more than a hundred dossiers."""
    with open_site("crowd", "sqlite", request, tmp_path) as found:
        yield found


@pytest.fixture(params=stages.BOTH)
def either_crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The same on both databases, whose orders differ."""
    with open_site("crowd", request.param, request, tmp_path) as found:
        yield found


def rows_of(page: str) -> list[str]:
    """The codes of the dossiers on a page of the list."""
    return re.findall(r'data-label="Mã hồ sơ">2021-([\w-]+)<', page)


def names_of(page: str) -> list[str]:
    """The names of the units on a page of the list, without their kind."""
    found = re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="/dossiers/\d+[^"]*">([^<]*)</a>', page)
    return [unescape(name) for name in found]


def link(page: str, rel: str) -> str | None:
    """The address of the page before or after."""
    found = re.search(rf'href="([^"]*)" rel="{rel}"', page)
    return unescape(found[1]) if found else None


def walk(visitor: Visitor, url: str | None, rel: str) -> list[list[str]]:
    """The rows of each page from one to the end, by its links."""
    pages = []
    while url:
        page = visitor.get(url)
        pages.append(rows_of(page))
        url = link(page, rel)
    return pages


def all_rows(visitor: Visitor, query: str = "") -> set[str]:
    """Every row that a filter finds, over all pages."""
    pages = walk(visitor, f"/dossiers?{query}", "next")
    found = [code for page in pages for code in page]
    assert len(found) == len(set(found))
    return set(found)


def stored(site: Site, *wanted: Callable[[Dossier], bool]) -> set[str]:
    """The codes of the dossiers that conditions hold for, by looking at all of them."""
    with site.rows() as session:
        found = session.scalars(select(Dossier).options(joinedload(Dossier.campaign_unit).joinedload(CampaignUnit.unit)))
        return {d.campaign_unit.unit.code for d in found if all(condition(d) for condition in wanted)}


# Pages


@pytest.mark.parametrize("sort", ["name", "due", "changed"])
def test_paging_forward_and_back_shows_every_row_once_and_in_one_order(either_crowd: Site, sort: str) -> None:
    auditor = either_crowd.visitor("auditor")

    forward = walk(auditor, f"/dossiers?sort={sort}", "next")
    last = f"/dossiers?sort={sort}"
    while following := link(auditor.get(last), "next"):
        last = following
    back = walk(auditor, last, "prev")

    assert [len(page) for page in forward] == [50, 50, len(stored(either_crowd)) - 100]
    assert {code for page in forward for code in page} == stored(either_crowd)
    assert len({code for page in forward for code in page}) == sum(map(len, forward))
    assert back == forward[::-1]


def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after_it(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")
    first = auditor.get("/dossiers")
    second = auditor.get(link(first, "next") or "")
    third = auditor.get(link(second, "next") or "")

    assert (link(first, "prev"), link(third, "next")) == (None, None)
    assert rows_of(auditor.get(link(second, "prev") or "")) == rows_of(first)
    assert link(auditor.get(link(second, "prev") or ""), "prev") is None


def test_paging_keeps_the_filters_and_sorting_begins_anew(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")
    page = auditor.get("/dossiers?state=registered&sort=due&q=xa")

    following = link(page, "next") or ""
    resorted = re.search(r'href="(/dossiers\?[^"]*sort=changed[^"]*)"', auditor.get(following))

    assert {"state=registered", "sort=due", "q=xa"} <= set(re.split(r"[?&]", following))
    assert resorted
    assert "after=" not in resorted[1]
    assert "state=registered" in resorted[1]


def test_a_row_that_changes_meanwhile_is_neither_lost_nor_shown_twice(crowd: Site) -> None:
    auditor, home = crowd.visitor("auditor"), crowd.visitor("home")
    first = auditor.get("/dossiers")

    moved = home.post(
        f"/dossiers/{crowd.dossier('STC')}/steps/send_back",
        {"version": str(crowd.version("STC")), "reason": "Thiếu.", "due_on-day": "25", "due_on-month": "2", "due_on-year": "2022"},
    )
    rest = walk(auditor, link(first, "next"), "next")

    assert moved.status_code == 302
    assert sorted(rows_of(first) + [code for page in rest for code in page]) == sorted(stored(crowd))


# Order

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"


def by_dictionary(name: str) -> list[int]:
    """Where a name stands in a Vietnamese dictionary by its letters, tones aside."""
    bare = "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if c not in "\u0300\u0301\u0303\u0309\u0323")
    return [LETTERS.find(letter) for letter in unicodedata.normalize("NFC", bare)]


def test_names_stand_in_vietnamese_order(either_crowd: Site) -> None:
    auditor, names, url = either_crowd.visitor("auditor"), [], "/dossiers?sort=name"
    while url:
        page = auditor.get(url)
        names += names_of(page)
        url = link(page, "next") or ""

    assert [by_dictionary(name) for name in names] == sorted(by_dictionary(name) for name in names)
    communes = [name.removeprefix("Xã ") for name in names if name.startswith("Xã ")]
    d, stroke, g = (next(n for n, name in enumerate(communes) if name.startswith(letter)) for letter in "DĐG")
    assert d < stroke < g


def test_due_dates_stand_in_order_and_those_without_one_last(crowd: Site) -> None:
    page = crowd.visitor("auditor").get("/dossiers?sort=due")
    with crowd.rows() as session:
        due = {d.campaign_unit.unit.code: d.due_on or date.max for d in session.scalars(select(Dossier))}

    dates = [due[code] for code in rows_of(page)]

    assert dates == sorted(dates)
    assert dates[0] < date.max


def test_the_latest_change_stands_first(crowd: Site) -> None:
    page = crowd.visitor("auditor").get("/dossiers?sort=changed")
    with crowd.rows() as session:
        since = {d.campaign_unit.unit.code: d.state_since for d in session.scalars(select(Dossier))}

    changes = [since[code] for code in rows_of(page)]

    assert changes == sorted(changes, reverse=True)
    assert 'aria-sort="descending"' in page


# Filters


@pytest.mark.parametrize(
    "typed",
    [
        "Giồng Riềng",
        unicodedata.normalize("NFD", "Giồng Riềng"),
        "giong rieng",
        "GIONG RIENG",
        "  rieng   giong ",
        "giồng rieng",
        "giong\u200brieng",
    ],
)
def test_words_find_a_district_and_its_communes_with_and_without_marks(either_crowd: Site, typed: str) -> None:
    auditor = either_crowd.visitor("auditor")

    page = auditor.fetch("/dossiers", query_string={"q": typed}).text

    with either_crowd.rows() as session:
        district = session.scalars(select(CampaignUnit).where(CampaignUnit.name == "Huyện Giồng Riềng")).one()
        own = {unit.unit.code for unit in session.scalars(select(CampaignUnit)) if district.id in {unit.id, unit.parent_id}}
    assert set(rows_of(page)) == own & stored(either_crowd)
    assert f"{len(rows_of(page))} hồ sơ" in page


def test_the_letter_with_the_stroke_is_found_by_the_one_without(crowd: Site) -> None:
    names = names_of(crowd.visitor("auditor").get("/dossiers?q=dong+thai"))

    assert names == ["Xã Đông Thái"]


def test_the_example_in_the_hint_finds_something(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")
    hint = re.search(r"Gõ không dấu cũng được: ([^<]+)<", auditor.get("/dossiers"))
    assert hint

    assert rows_of(auditor.fetch("/dossiers", query_string={"q": hint[1].strip()}).text) != []


@pytest.mark.parametrize("typed", ["%", "_", "\\", "30904'", "khong co gi", "*"])
def test_signs_stand_for_themselves(crowd: Site, typed: str) -> None:
    page = crowd.visitor("auditor").fetch("/dossiers", query_string={"q": typed}).text

    assert rows_of(page) == []
    assert "0 hồ sơ" in page
    assert "Không có hồ sơ nào khớp." in page


def test_a_code_finds_its_unit(crowd: Site) -> None:
    assert rows_of(crowd.visitor("auditor").get("/dossiers?q=30904")) == ["30904"]


def test_every_state_filters_as_it_says(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")

    for state in DossierState:
        assert all_rows(auditor, f"state={state.value}") == stored(crowd, lambda d, state=state: d.state is state)


def test_every_kind_filters_as_it_says(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")

    for kind in ("commune", "township", "ward", "district", "provincial_agency", "specialised_district"):
        assert all_rows(auditor, f"kind={kind}") == stored(crowd, lambda d, kind=kind: d.campaign_unit.kind == kind)


def test_a_district_filters_its_communes_and_what_it_submits(crowd: Site) -> None:
    number = crowd.unit("906")

    found = all_rows(crowd.visitor("auditor"), f"district={number}")

    assert found == stored(crowd, lambda d: number in {d.campaign_unit.compiled_by_id, d.campaign_unit.submits_id})
    assert {"906", "PNV-906", COMMUNE} <= found
    assert "30985" not in found


def test_due_dates_filter_as_they_say(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")

    def selected(dossier: Dossier) -> bool:
        return dossier.state is DossierState.SELECTED and dossier.due_on is not None

    week = TODAY + timedelta(days=7)
    found = {word: all_rows(auditor, f"due={word}") for word in ("overdue", "soon", "later", "late")}

    assert found == {
        "overdue": stored(crowd, selected, lambda d: d.due_on < TODAY),
        "soon": stored(crowd, selected, lambda d: TODAY <= d.due_on <= week),
        "later": stored(crowd, selected, lambda d: d.due_on > week),
        "late": stored(crowd, lambda d: d.submitted_late),
    }
    assert found["overdue"] == {COMMUNE, "PNV-906"}
    assert found["soon"] == {"STP"}


def test_filters_add_up_and_each_can_be_taken_off(crowd: Site) -> None:
    district, names = crowd.unit("906"), {"q", "state", "kind", "district"}

    page = crowd.visitor("auditor").get(f"/dossiers?q=xa&state=registered&kind=commune&district={district}")
    removals = [unescape(url) for url in re.findall(r'app-filter__tag" href="([^"]+)"', page)]

    assert set(rows_of(page)) == stored(
        crowd,
        lambda d: d.state is DossierState.REGISTERED,
        lambda d: d.campaign_unit.kind == "commune",
        lambda d: d.campaign_unit.compiled_by_id == district,
    )
    assert sorted(sorted(re.findall(r"(\w+)=", url)) for url in removals) == sorted(sorted(names - {name} | {"sort"}) for name in names)


def test_the_count_in_words_is_the_number_of_rows(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")

    for query in ("", "state=registered", "kind=township", "q=hoa"):
        assert f"{len(all_rows(auditor, query))} hồ sơ" in auditor.get(f"/dossiers?{query}")


# What each person finds


def test_everybody_finds_their_own_dossiers_and_no_others(crowd: Site) -> None:
    units = {who: code for who, (code, _role, _name) in PEOPLE.items()}

    for who in ("commune", "district", "other_district", "department", "office", "stranger"):
        code = units[who]
        visible = stored(
            crowd,
            lambda d, code=code: (
                code in {u.unit.code for u in (d.campaign_unit, d.campaign_unit.submits, d.campaign_unit.compiled_by) if u is not None}
            ),
        )
        visitor = crowd.visitor(who)

        assert all_rows(visitor) == visible
        assert f"{len(visible)} hồ sơ" in visitor.get("/dossiers")
    for who in ("home", "secretary", "auditor"):
        assert all_rows(crowd.visitor(who)) == stored(crowd)


def test_the_address_does_not_widen_what_a_person_finds(crowd: Site) -> None:
    district = crowd.visitor("district")

    assert all_rows(district, f"district={crowd.unit('908')}") == set()
    assert all_rows(district, "q=30985") == set()


def test_the_registrations_of_a_district_are_its_own_and_its_communes(crowd: Site) -> None:
    page = crowd.visitor("district").get("/registrations")

    found = {int(number) for number in re.findall(r'href="/registrations/(\d+)"', page)}

    with crowd.rows() as session:
        district = session.get_one(CampaignUnit, crowd.unit("906"))
        units = session.scalars(select(CampaignUnit).where(CampaignUnit.form_unit_id == CampaignUnit.id))
        assert found == {unit.id for unit in units if district.id in {unit.id, unit.compiled_by_id}}


def test_registrations_are_found_by_state_and_words(crowd: Site) -> None:
    home = crowd.visitor("home")

    sent, draft = home.get("/registrations?state=sent"), home.get("/registrations?q=thanh+binh+giong+rieng")

    assert {int(n) for n in re.findall(r'href="/registrations/(\d+)"', sent)} == {crowd.unit("30916"), crowd.unit("SCT")}
    assert {int(n) for n in re.findall(r'href="/registrations/(\d+)"', draft)} == {crowd.unit(DRAFT_COMMUNE)}
    assert "Chờ duyệt (2)" in sent


# What a page costs


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that run in a block; beginnings and ends of transactions aside."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            found.append(statement)

    with site.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def cost(site: Site, who: str, url: str) -> int:
    """How many statements a page takes."""
    visitor = site.visitor(who)
    with counted(site) as statements:
        visitor.get(url)
    return len(statements)


@pytest.mark.parametrize("who", ["home", "auditor", "secretary", "district", "commune", "department"])
@pytest.mark.parametrize("query", ["", "?q=hoa&state=registered&sort=due", "?kind=commune&due=overdue&sort=changed"])
def test_the_list_takes_at_most_twelve_statements(crowd: Site, who: str, query: str) -> None:
    assert cost(crowd, who, f"/dossiers{query}") <= STATEMENTS


LISTS = {
    "/dossiers": ("?q=30904", ""),
    "/registrations": ("?q=30904", ""),
    "/letters": ("?q=STTTT", ""),
    "/journal": ("?dossier=30904&action=dossier.select", ""),
}


@pytest.mark.parametrize("url", LISTS)
def test_a_list_asks_nothing_row_by_row(crowd: Site, url: str) -> None:
    few, many = LISTS[url]

    assert cost(crowd, "home", url + many) - cost(crowd, "home", url + few) <= 2


def pages(site: Site) -> dict[str, tuple[str, str]]:
    """Every page that a person opens, and who opens it."""
    dossier, unit = f"/dossiers/{site.dossier(COMMUNE)}", f"/registrations/{site.unit(DRAFT_COMMUNE)}"
    return {
        "inbox of home affairs": ("home", "/"),
        "inbox of a district": ("district", "/"),
        "inbox of a commune": ("commune", "/"),
        "dossiers": ("home", "/dossiers"),
        "dossier": ("home", dossier),
        "dossier of its district": ("district", dossier),
        "papers": ("district", f"{dossier}/documents"),
        "appraisal of papers": ("home", f"/dossiers/{site.dossier('STC')}/documents/appraisal"),
        "nominees": ("district", f"{dossier}/nominees"),
        "extension": ("home", f"{dossier}/extension"),
        "request for an extension": ("district", f"{dossier}/extension/request"),
        "extension for all": ("home", "/extensions"),
        "original set": ("home", f"{dossier}/original"),
        "sheet": ("home", f"{dossier}/sheet"),
        "dossier in its list": ("home", f"{dossier}?state=selected&sort=due"),
        "appraisal": ("home", f"/dossiers/{site.dossier('STC')}/appraisal"),
        "appraisal table": ("home", "/appraisal"),
        "sign-off": ("home", f"{dossier}/sign-off"),
        "a step": ("commune", f"{dossier}/steps/withdraw"),
        "registrations": ("home", "/registrations"),
        "all registrations": ("home", "/registrations?show=all"),
        "forms to accept": ("home", "/registrations/bulk/accept?all=1"),
        "roll-up": ("district", f"/registrations/{site.unit('906')}/rollup"),
        "late request": ("draft_clerk", f"{unit}/late-request"),
        "registration": ("draft_clerk", unit),
        "ranking": ("home", "/ranking"),
        "entries": ("home", "/ranking/entries"),
        "ruling": ("home", "/ranking/ruling"),
        "comparison": ("home", "/ranking/comparison"),
        "correction": ("home", "/ranking/correction"),
        "selection": ("home", "/selection"),
        "selection of a district": ("district", "/selection"),
        "unused places": ("district", f"/selection/places/{site.unit('906')}"),
        "council": ("secretary", "/council"),
        "inbox of the secretary": ("secretary", "/"),
        "session": ("secretary", f"/council/{site.session()}"),
        "session changed": ("secretary", f"/council/{site.session()}/edit"),
        "session called off": ("secretary", f"/council/{site.session()}/call-off"),
        "session called": ("secretary", "/council/new"),
        "session's papers": ("auditor", f"/council/{site.session()}/pack"),
        "council's members": ("secretary", "/council/members"),
        "to the Chairman": ("home", "/forwarding"),
        "the Chairman's decision": ("home", f"/awards/letters/{site.dossier('30985')}"),
        "commendations": ("home", "/commendations"),
        "calendar": ("home", "/calendar"),
        "forecast": ("home", "/calendar/forecast?from=2022-02-01&days=40"),
        "reminders": ("home", "/calendar/reminders"),
        "month": ("home", "/calendar/month?month=2022-02"),
        "reminders of a milestone": ("home", "/reminders/submission"),
        "wordings": ("home", "/wordings"),
        "wording": ("home", "/wordings/selected"),
        "feeds": ("district", "/feeds"),
        "reminding": ("home", "/dossiers/remind?all=1"),
        "letters": ("home", "/letters"),
        "letter": ("home", f"/letters/{site.mail(COMMUNE, LetterName.SELECTED)}"),
        "journal": ("auditor", "/journal"),
        "journal in words": ("auditor", "/journal?q=gui+ban&from=01/03/2021&unit=giong"),
        "a unit's journal": ("district", "/journal"),
        "search": ("home", "/search?q=giong+rieng"),
        "entry": ("auditor", "/journal/40"),
        "report": ("home", "/reports/year-end"),
        "list of a figure": ("auditor", "/reports/year-end/lists/acts.select"),
        "text of a report": ("home", "/reports/year-end/text"),
        "freezing": ("home", "/reports/year-end/freeze"),
        "sign-in": ("", "/sign-in"),
    }


def test_every_page_takes_at_most_twelve_statements(crowd: Site) -> None:
    costs = {name: cost(crowd, who, url) for name, (who, url) in pages(crowd).items()}

    assert {
        name: statements
        for name, statements in costs.items()
        if statements > (REHEARSED if name in {"a step", "reminding"} else STATEMENTS)
    } == {}


def test_a_first_visit_to_any_page_is_light(crowd: Site) -> None:
    def weight(visitor: Visitor, url: str) -> int:
        answer = visitor.fetch(url, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        return len(answer.data) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)

    shared = sum(weight(crowd.visitor(), url) for url in ("/static/app.css", "/static/app.js", "/static/favicon.svg"))
    weights = {name: shared + weight(crowd.visitor(who), url) for name, (who, url) in pages(crowd).items()}

    assert {name: size for name, size in weights.items() if size > BYTES} == {}


def test_pages_are_compressed_for_who_takes_it_and_the_same_for_who_does_not(crowd: Site) -> None:
    auditor = crowd.visitor("auditor")

    packed = auditor.fetch("/dossiers", headers={"Accept-Encoding": "gzip"})
    plain = auditor.fetch("/dossiers")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert {"Accept-Encoding"} <= set(packed.vary) & set(plain.vary)
    assert gzip.decompress(packed.data) == plain.data


def test_a_page_asks_for_nothing_from_elsewhere(crowd: Site) -> None:
    for who, url in pages(crowd).values():
        page = crowd.visitor(who).get(url)

        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []
        assert re.findall(r"<(?:script(?! src=\"/static/app\.js)|iframe|object|embed|style)\b", page) == []

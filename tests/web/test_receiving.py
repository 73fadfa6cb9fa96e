"""The receiving office's list: who has sent what, what was last written, several forms decided at once, silent units reminded."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.dossiers import Dossier
from models.outbox import Notice
from models.registrations import Registration
from models.vocabulary import LetterName, RegistrationState
from tests import actors, stages
from tests.builders import unit_of
from tests.web.fixtures import Site, Visitor, hidden
from tests.web.receiving_season import ACCEPTED, ALSO_WAITING, APRIL, DRAFT, ELSEWHERE, RETURNED, SILENT, WAITING, in_march
from tests.web.test_lists import BYTES, REHEARSED, STATEMENTS, counted

State = RegistrationState


@pytest.fixture
def march(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The last week of March, on SQLite."""
    with in_march("sqlite", request, tmp_path) as found:
        yield found


@pytest.fixture
def april(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The same after the due date."""
    with in_march("sqlite", request, tmp_path, APRIL) as found:
        yield found


@pytest.fixture(params=stages.BOTH)
def either_march(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The last week of March, on both databases."""
    with in_march(request.param, request, tmp_path) as found:
        yield found


def words(page: str) -> str:
    """A page's words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def listed(page: str) -> list[int]:
    """The units on the list, in their order."""
    return [int(number) for number in re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="/registrations/(\d+)"', page)]


def row_of(site: Site, page: str, code: str) -> str:
    """What the list says of a unit."""
    found = re.search(rf'href="/registrations/{site.unit(code)}">.*?</tr>', page, re.DOTALL)
    assert found, code
    return words("<" + found[0])


def state_of(site: Site, code: str) -> RegistrationState | None:
    """Where a unit's form stands."""
    with site.rows() as session:
        query = select(Registration.state).where(Registration.campaign_unit_id == site.unit(code))
        return session.scalar(query)


def codes(site: Site, numbers: list[int]) -> list[str]:
    """The codes of units."""
    with site.rows() as session:
        found = {unit.id: unit.unit.code for unit in session.scalars(select(CampaignUnit).where(CampaignUnit.id.in_(numbers)))}
    return [found[number] for number in numbers]


def letters(site: Site, letter: LetterName) -> int:
    """How many letters of a name were written."""
    with site.rows() as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.letter == letter)) or 0


# The list


def test_all_expected_units_stand_in_the_plans_order_with_communes_under_their_district(either_march: Site) -> None:
    page = either_march.visitor("home").get("/registrations?show=all")

    with either_march.rows() as session:
        campaign = actors.campaign_2021()
        expected = session.scalars(select(CampaignUnit).where(CampaignUnit.form_unit_id == CampaignUnit.id, CampaignUnit.eligible))
        units = {unit.id: (unit.kind, unit.compiled_by_id) for unit in expected}
        kinds = list(campaign.plan.kinds)
    order = listed(page)
    assert sorted(order) == sorted(units)
    heads = [units[number][0] for number in order if units[number][1] is None]
    assert heads == sorted(heads, key=kinds.index)
    above = None
    for number in order:
        _kind, district = units[number]
        assert district is None or district == above, "a commune stands under its own district"
        above = number if district is None else above
    assert "182 đơn vị" in words(page)


def test_a_districts_communes_are_counted_in_its_line(march: Site) -> None:
    page = words(march.visitor("home").get("/registrations?q=giong+rieng&state=sent"))

    assert "Cấp xã của Huyện Giồng Riềng: 19 đơn vị · chưa gửi 15 · chờ duyệt 2 · trả lại 1 · đã duyệt 1." in page


def test_a_row_tells_state_time_left_reminders_and_the_last_letter_with_its_fate(march: Site) -> None:
    page = march.visitor("home").get("/registrations?show=all")

    assert "còn 6 ngày; đã nhắc 3 lần" in row_of(march, page, "SXD")
    assert "Nhắc đăng ký thi đua, 24/03/2021 Máy chủ đã nhận" in row_of(march, page, "SXD")
    assert "Nhắc đăng ký thi đua, 24/03/2021 Lỗi hẳn" in row_of(march, page, "STP")
    assert "đã nhắc" not in row_of(march, page, "STP")
    assert "gửi 12/03/2021 Đã nhận bản đăng ký, 12/03/2021 Máy chủ đã nhận" in row_of(march, page, "SCT")
    assert "Trả lại còn 6 ngày" in row_of(march, page, RETURNED)
    assert "Nhắc đăng ký thi đua, 24/03/2021" in row_of(march, page, "906"), "the copies of its communes' letters are not its own"


def test_after_the_due_date_the_list_says_how_often_a_silent_unit_was_told(april: Site) -> None:
    page = april.visitor("home").get("/registrations?show=all")

    assert "Đã hết hạn." in words(page)
    assert "đã nhắc 3 lần, không gửi" in row_of(april, page, SILENT)
    assert "đã nhắc 3 lần, không gửi lại" in row_of(april, page, RETURNED)
    assert "đã nhắc 0 lần, không gửi" in row_of(april, page, "STP"), "no mail server took a letter to it"
    assert "không gửi" not in row_of(april, page, WAITING)


def test_filters_narrow_and_each_can_be_taken_off(march: Site) -> None:
    home, district = march.visitor("home"), march.unit("906")

    page = home.get(f"/registrations?q=xa&state=sent&kind=commune&district={district}")
    removals = [unescape(url) for url in re.findall(r'app-filter__tag" href="([^"]+)"', page)]

    assert set(codes(march, listed(page))) <= {WAITING, ALSO_WAITING}
    names = {"q", "state", "kind", "district"}
    assert sorted(sorted(re.findall(r"(\w+)=", url)) for url in removals) == sorted(sorted(names - {name}) for name in names)


def test_every_state_filters_as_it_says_and_is_counted(march: Site) -> None:
    home = march.visitor("home")

    found = {state: set(codes(march, listed(home.get(f"/registrations?show=all&state={state.value}")))) for state in State}

    assert found[State.SENT] == {WAITING, ALSO_WAITING, ELSEWHERE, "SCT"}
    assert (found[State.ACCEPTED], found[State.RETURNED]) == ({"STC", ACCEPTED}, {RETURNED})
    assert {DRAFT, SILENT, "906"} <= found[State.DRAFT]
    counts = words(home.get("/registrations"))
    assert "Chưa gửi (175) · Chờ duyệt (4) · Trả lại (1) · Đã duyệt (2) · Đăng ký trễ hạn (0)" in counts


def test_a_name_that_is_nearly_right_finds_its_unit(march: Site) -> None:
    page = march.visitor("home").get("/registrations?q=giong+rienk")

    assert "đang hiện tên gần giống nhất: Giồng Riềng" in words(page)
    assert march.unit("906") in listed(page)


def test_pages_hold_fifty_and_show_every_unit_once(march: Site) -> None:
    home, url, found = march.visitor("home"), "/registrations", []
    while url:
        page = home.get(url)
        found.append(listed(page))
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = unescape(following[1]) if following else ""

    assert [len(numbers) for numbers in found] == [50, 50, 50, 32]
    assert [number for numbers in found for number in numbers] == listed(home.get("/registrations?show=all"))


@pytest.mark.parametrize("query", ["?page=0", "?page=-3", "?page=99999999999999999999", "?page=x", "?district=x&kind=%00&state=no&show=no"])
def test_an_odd_address_shows_a_list_all_the_same(march: Site, query: str) -> None:
    assert listed(march.visitor("home").get(f"/registrations{query}")) != [] or "kind" in query


@pytest.mark.parametrize(("who", "own"), [("district", "906"), ("other_district", "908")])
def test_a_district_sees_exactly_its_own_communes(either_march: Site, who: str, own: str) -> None:
    visitor = either_march.visitor(who)

    found = listed(visitor.get("/registrations?show=all"))

    with either_march.rows() as session:
        number = unit_of(actors.campaign_2021(), own).id
        units = session.scalars(select(CampaignUnit).where(CampaignUnit.form_unit_id == CampaignUnit.id))
        assert set(found) == {unit.id for unit in units if number in {unit.id, unit.compiled_by_id}}
    assert "/registrations/remind" not in visitor.get("/registrations")


@pytest.mark.parametrize("who", ["home", "auditor", "district", "commune"])
@pytest.mark.parametrize("query", ["", "?show=all", "?q=hoa&state=sent&kind=commune"])
def test_the_list_is_light(march: Site, who: str, query: str) -> None:
    visitor = march.visitor(who)
    with counted(march) as statements:
        answer = visitor.fetch(f"/registrations{query}", headers={"Accept-Encoding": "gzip"})

    style = len(gzip.compress(march.visitor().fetch("/static/app.css").data))
    assert len(statements) <= STATEMENTS
    assert len(answer.data) + style <= BYTES


# Several at once


def confirm(visitor: Visitor, url: str) -> tuple[str, dict[str, object]]:
    """A confirm page and everything that its form would send."""
    page = visitor.get(url)
    given: dict[str, object] = dict(hidden(page))
    for name in ("form", "unit"):
        given[name] = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return page, given


def test_ticked_forms_are_shown_accepted_and_told(either_march: Site) -> None:
    district, units = either_march.visitor("district"), [either_march.unit(code) for code in (WAITING, ALSO_WAITING)]
    page, given = confirm(district, f"/registrations/bulk/accept?unit={units[0]}&unit={units[1]}")

    answer = district.post("/registrations/bulk/accept", given)

    assert "Duyệt 2 bản đăng ký" in words(page)
    assert answer.status_code == 200
    assert "Đã duyệt 2 bản đăng ký" in words(answer.text)
    assert {state_of(either_march, code) for code in (WAITING, ALSO_WAITING)} == {State.ACCEPTED}
    with either_march.rows() as session:
        assert session.scalar(select(func.count()).select_from(Dossier).where(Dossier.campaign_unit_id.in_(units))) == 2
        made = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.accept").order_by(AuditEntry.seq.desc()))
        assert len({entry.request_key for entry in list(made)[:2]}) == 2


def test_the_same_page_sent_twice_is_one_act_with_the_same_answer(either_march: Site) -> None:
    district = either_march.visitor("district")
    _page, given = confirm(district, "/registrations/bulk/accept?all=1")

    first = district.post("/registrations/bulk/accept", given).text
    entries = either_march.entries()
    second = district.post("/registrations/bulk/accept", given).text

    assert words(first) == words(second)
    assert either_march.entries() == entries


def test_forms_are_returned_with_one_reason(march: Site) -> None:
    district = march.visitor("district")
    _page, given = confirm(district, "/registrations/bulk/return?all=1&q=giong+rieng")

    blank = district.post("/registrations/bulk/return", given)
    answer = district.post("/registrations/bulk/return", given | {"reason": "Thiếu chữ ký."})

    assert blank.status_code == 422
    assert "Hãy điền mục này." in blank.text
    assert "Đã trả lại 2 bản đăng ký" in words(answer.text)
    with march.rows() as session:
        forms = session.scalars(select(Registration).where(Registration.return_reason == "Thiếu chữ ký."))
        assert {form.campaign_unit.unit.code for form in forms} == {WAITING, ALSO_WAITING}


def test_what_changed_meanwhile_is_left_and_the_rest_is_done(march: Site) -> None:
    district = march.visitor("district")
    _page, given = confirm(district, "/registrations/bulk/accept?all=1")
    district.post(f"/registrations/{march.unit(WAITING)}/return", {"reason": "Thiếu."})

    page = words(district.post("/registrations/bulk/accept", given).text)

    assert "Đã duyệt 1 bản đăng ký" in page
    assert "Chưa duyệt 1 bản đăng ký" in page
    assert "Bản đăng ký đang ở trạng thái “Trả lại”" in page
    assert "đã thay đổi sau khi bạn mở trang này" in page
    assert (state_of(march, WAITING), state_of(march, ALSO_WAITING)) == (State.RETURNED, State.ACCEPTED)


def test_home_affairs_leaves_the_communes_forms_to_their_districts(march: Site) -> None:
    home, commune = march.visitor("home"), march.unit(WAITING)
    page, given = confirm(home, f"/registrations/bulk/accept?unit={commune}&unit={march.unit('SCT')}&unit={march.unit('SXD')}")

    forced = home.post("/registrations/bulk/accept", given | {"form": [f"{commune}.3", *given["form"]]})

    assert "Duyệt 1 bản đăng ký" in words(page)
    assert "Không thực hiện với 2 đơn vị đã chọn" in words(page)
    assert "Bản đăng ký của cấp xã do huyện, thành phố tổng hợp duyệt." in words(forced.text)
    assert (state_of(march, WAITING), state_of(march, "SCT")) == (State.SENT, State.ACCEPTED)


BAD = [{}, {"form": ""}, {"form": "x.y"}, {"form": "999999999.1"}, {"form": "99999999999999999999.1"}, {"unit": "1"}]


@pytest.mark.parametrize("given", BAD, ids=str)
def test_nothing_ticked_and_unknown_numbers_change_nothing(march: Site, given: dict[str, str]) -> None:
    district, home = march.visitor("district"), march.visitor("home")

    for verb in ("accept", "return"):
        page = district.refused(f"/registrations/bulk/{verb}", {"reason": "Lý do."} | given, status=422)
        assert "đánh dấu ít nhất một đơn vị" in words(page)
    numbers = {"unit": given.get("form", "")} if "form" in given else {}
    assert "đánh dấu ít nhất một đơn vị" in words(home.refused("/registrations/remind", numbers, status=422))
    assert district.fetch("/registrations/bulk/accept").status_code == 422
    assert district.fetch("/registrations/bulk/other").status_code == 404


def test_a_form_without_its_version_counts_as_changed(march: Site) -> None:
    district = march.visitor("district")

    with march.unchanged():
        page = district.post("/registrations/bulk/accept", {"form": f"{march.unit(WAITING)}.", "key": "k"}).text

    assert "đã thay đổi sau khi bạn mở trang này" in words(page)


def test_the_forms_of_another_district_are_not_there(march: Site) -> None:
    district = march.visitor("district")

    district.refused("/registrations/bulk/accept", {"form": f"{march.unit(ELSEWHERE)}.3", "key": "k"}, status=422)


# Reminding


def test_silent_units_are_counted_named_shown_the_letter_and_reminded(either_march: Site) -> None:
    home, before = either_march.visitor("home"), letters(either_march, LetterName.REGISTRATION_REMINDER)
    page, given = confirm(home, "/registrations/remind?all=1&q=giong+rieng")

    answer = home.post("/registrations/remind", given)

    assert "Nhắc 17 đơn vị chưa gửi" in words(page)
    assert "hạn 31/03/2021, còn 6 ngày" in words(page)
    assert "Việc cần làm:" in page
    assert answer.status_code == 302
    assert letters(either_march, LetterName.REGISTRATION_REMINDER) == before + 17
    entry = either_march.last_entry()
    assert entry.action == "registration.remind"
    assert len(json.loads(entry.detail or "{}")["reminded"]) == 17


def test_a_unit_is_reminded_once_a_day_unless_that_is_confirmed(march: Site) -> None:
    home, silent = march.visitor("home"), march.unit(SILENT)
    _page, given = confirm(home, f"/registrations/remind?unit={silent}")
    home.post("/registrations/remind", given)
    sent = letters(march, LetterName.REGISTRATION_REMINDER)
    page, again = confirm(home, f"/registrations/remind?unit={silent}&unit={march.unit(DRAFT)}")

    partly = words(home.post("/registrations/remind", again).text)
    _page, third = confirm(home, f"/registrations/remind?unit={silent}")
    home.refused("/registrations/remind", third, status=409)
    repeated = home.post("/registrations/remind", third | {"again": "y", "key": "another"})

    assert "đã nhắc hôm nay" in words(page)
    assert "Đã xếp thư nhắc cho 1 đơn vị." in partly
    assert "đã được nhắc hôm nay" in partly
    assert repeated.status_code == 302
    assert letters(march, LetterName.REGISTRATION_REMINDER) == sent + 2


def test_the_same_reminder_page_sent_twice_writes_once(either_march: Site) -> None:
    home = either_march.visitor("home")
    _page, given = confirm(home, f"/registrations/remind?unit={either_march.unit(SILENT)}")

    first, second = (home.post("/registrations/remind", given | {"again": "y"}) for _ in range(2))

    assert (first.status_code, first.location) == (second.status_code, second.location)
    with either_march.rows() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "registration.remind")) == 1


def test_who_has_sent_meanwhile_is_not_reminded(march: Site) -> None:
    home = march.visitor("home")
    _page, given = confirm(home, f"/registrations/remind?unit={march.unit(SILENT)}")

    page = words(home.post("/registrations/remind", given | {"unit": [str(march.unit(SILENT)), str(march.unit(WAITING))]}).text)

    assert "Đã xếp thư nhắc cho 1 đơn vị." in page
    assert "đã gửi bản đăng ký, không cần nhắc." in page


def test_the_preview_costs_what_a_rehearsal_costs(march: Site) -> None:
    home = march.visitor("home")

    with counted(march) as statements:
        home.get("/registrations/remind?all=1")

    assert len(statements) <= REHEARSED


def test_after_the_due_date_nobody_is_reminded(april: Site) -> None:
    home, numbers = april.visitor("home"), {"unit": str(april.unit(SILENT)), "key": "k"}

    page = home.get("/registrations/remind?all=1", 409)
    refused = home.refused("/registrations/remind", numbers, status=409)

    assert "không nhắc đăng ký nữa" in words(page)
    assert "không nhắc đăng ký nữa" in words(refused)
    assert "/registrations/remind" not in home.get("/registrations")

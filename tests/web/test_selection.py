"""The selection page: proposals with evidence, bulk with every reason, quotas, the last place, and the places that stay unused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from audit import verify
from models.decisions import UnusedPlaces
from models.outbox import Notice
from models.vocabulary import AuditResult, DossierState, LetterName
from tests import actors, stages
from tests.builders import dossier_of
from tests.web.fixtures import Site, clock, either_site, hidden, open_site, person, site

__all__ = ["either_site", "site"]


def build_people() -> None:
    """The ranking published and recognised, nothing selected yet, everybody signed in."""
    from tests.web import fixtures

    for who in fixtures.PEOPLE:
        person(who)
    fixtures._settle({who: person(who) for who in fixtures.PEOPLE})


stages.STAGES["chosen_from"] = ("ranked", build_people)


@pytest.fixture(params=stages.BOTH)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Ranked and recognised dossiers that nobody has decided on, on both databases."""
    with open_site("chosen_from", request.param, request, tmp_path) as found, clock("2022-01-17 09:00"):
        yield found


def ticked(site: Site, *codes: str) -> str:
    """The ticked rows in the address of the confirm page."""
    return "&".join(f"dossier={site.dossier(code)}" for code in codes)


def bulk(site: Site, who: str, verb: str, *codes: str, **answers: str) -> tuple[int, str]:
    """Tick rows, read the confirm page, confirm; gives status and result page."""
    visitor = site.visitor(who)
    page = visitor.get(f"/selection/confirm?step={verb}&{ticked(site, *codes)}")
    ids = re.findall(r'name="dossier" value="(\d+)"', page)
    answer = visitor.post("/selection/confirm", hidden(page) | {"dossier": ids} | answers)
    return answer.status_code, answer.text


def words(page: str) -> str:
    """A page's words without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_proposed_list_answers_each_criterion_with_its_evidence(fresh: Site) -> None:
    page = words(fresh.visitor("home").get("/selection"))

    assert "Đề xuất chọn 6" in page  # STP, SNV, 906, STC, and the two specialised units
    assert "Thuộc nhóm xuất sắc của Chỉ số CCHC (III.1.a-1): nhóm xuất sắc, hạng 1, 94,5 điểm, Chỉ số năm 2021" in page
    assert "(Quyết định 14/QĐ-UBND ngày 14/01/2022)" in page
    assert "năm 2021, văn bản 7/QĐ-SNV ngày 14/01/2022" in page
    assert "Chưa đủ tiêu chuẩn 2" in page
    assert "Chưa có kết quả 4" in page
    assert "Bạn công tác tại đơn vị liên quan đến Sở Nội vụ; cần một cán bộ khác đồng ý trước." in page
    assert "Thị trấn Giồng Riềng" not in page


def test_a_district_sees_its_own_communes_and_its_quota_only(fresh: Site) -> None:
    page = words(fresh.visitor("district").get("/selection"))

    assert "Huyện Giồng Riềng đã chọn 0/2" in page
    assert "Thị trấn Giồng Riềng" in page
    assert "năm 2021, văn bản 45/QĐ-UBND ngày 14/01/2022" in page
    assert "Huyện An Biên" not in page
    assert "Sở Tư pháp" not in page


def test_who_only_reads_sees_everything_and_ticks_nothing(fresh: Site) -> None:
    page = fresh.visitor("auditor").get("/selection")

    assert "Thị trấn Giồng Riềng" in page
    assert "Sở Tư pháp" in page
    assert 'type="checkbox"' not in page
    assert "/selection/confirm?" not in page
    assert "Chọn tập thể đã đánh dấu" not in page


def test_several_are_selected_in_one_go_each_with_its_letter(fresh: Site) -> None:
    home = fresh.visitor("home")
    page = words(home.get(f"/selection/confirm?step=select&{ticked(fresh, 'STP', 'STC', 'PNV-906')}"))
    assert "Thư sẽ gửi: 4 người nhận" in page  # the Phòng Nội vụ's own, and its district's as submitting unit
    assert "chậm nhất ngày 07/02/2022" in page

    status, result = bulk(fresh, "home", "select", "STP", "STC", "PNV-906")

    assert status == 200
    assert "Đã làm: 3 hồ sơ. Chưa làm: 0 hồ sơ." in result
    assert [fresh.state(code) for code in ("STP", "STC", "PNV-906")] == [DossierState.SELECTED] * 3
    with fresh.rows() as session:
        told = [notice.campaign_unit.unit.code for notice in session.scalars(select(Notice).where(Notice.letter == LetterName.SELECTED))]
        facts = session.scalars(select(Notice).where(Notice.letter == LetterName.SELECTED)).first().facts
        assert verify().intact
    assert sorted(told) == ["906", "PNV-906", "STC", "STP"]
    assert facts["due"] == "24 giờ 00 ngày 07/02/2022"
    assert len(facts["working"]) > 5
    assert len(facts["checklist"]) == 3


def test_what_cannot_be_done_is_listed_with_every_reason_and_the_rest_is_done(fresh: Site) -> None:
    home = fresh.visitor("home")
    page = home.get(f"/selection/confirm?step=select&{ticked(fresh, 'STP', 'SXD', 'SNV', 'VPUB')}")
    assert "Không thực hiện được: 3 hồ sơ" in page
    everybody = {f"version-{fresh.dossier(code)}": str(fresh.version(code)) for code in ("STP", "SXD", "SNV", "VPUB")}

    sent = {"step": "select", "key": "k", "dossier": [str(fresh.dossier(code)) for code in ("STP", "SXD", "SNV", "VPUB")]}
    answer = home.post("/selection/confirm", sent | everybody)

    page = words(answer.text)
    assert answer.status_code == 200
    assert "Đã làm: 1 hồ sơ. Chưa làm: 3 hồ sơ." in page
    assert "Tập thể không thuộc nhóm xuất sắc của Chỉ số CCHC năm 2021 đã công bố." in page
    assert "cần một cán bộ khác đồng ý trước" in page
    assert "Hồ sơ đang ở trạng thái “Đã đăng ký”" in page
    assert fresh.state("STP") is DossierState.SELECTED
    assert [fresh.state(code) for code in ("SXD", "SNV", "VPUB")] == [DossierState.RANKED, DossierState.RANKED, DossierState.REGISTERED]
    assert fresh.entries(AuditResult.REFUSED) == 3


def test_what_the_confirm_page_left_out_stands_in_the_result_with_its_reasons_and_is_not_tried(fresh: Site) -> None:
    home = fresh.visitor("home")
    page = home.get(f"/selection/confirm?step=select&{ticked(fresh, 'STP', 'SXD', 'VPUB')}")
    left = re.findall(r'name="left" value="(\d+)"', page)
    assert sorted(left) == sorted(str(fresh.dossier(code)) for code in ("SXD", "VPUB"))

    answer = home.post("/selection/confirm", hidden(page) | {"left": left})

    result = words(answer.text)
    assert answer.status_code == 200
    assert "Đã làm: 1 hồ sơ. Chưa làm: 2 hồ sơ." in result
    assert "Tập thể không thuộc nhóm xuất sắc" in result
    assert fresh.entries(AuditResult.REFUSED) == 0
    assert (fresh.state("STP"), fresh.state("SXD")) == (DossierState.SELECTED, DossierState.RANKED)


def test_passing_over_wants_a_reason_and_gives_it_to_each(fresh: Site) -> None:
    status, page = bulk(fresh, "home", "pass_over", "SXD", "VPUB", reason="  ")
    assert status == 422
    assert "Hãy điền mục này." in page
    assert fresh.state("SXD") is DossierState.RANKED

    status, page = bulk(fresh, "home", "pass_over", "SXD", "VPUB", reason="Không thuộc nhóm xuất sắc.")

    assert status == 200
    with fresh.rows():
        campaign = actors.campaign_2021()
        ended = [(dossier_of(campaign, code).state, dossier_of(campaign, code).end_reason) for code in ("SXD", "VPUB")]
    assert ended == [(DossierState.NOT_SELECTED, "Không thuộc nhóm xuất sắc.")] * 2


def test_the_quota_ends_a_districts_bulk_and_is_shown_wherever_it_matters(fresh: Site) -> None:
    district = fresh.visitor("district")
    page = words(district.get(f"/selection/confirm?step=select&{ticked(fresh, '30904', '30907', '30910')}"))
    assert "Huyện Giồng Riềng đã chọn 0/2" in page
    assert "Chọn tập thể: 2 hồ sơ" in page
    assert "Huyện Giồng Riềng đã chọn 2 trên 2 đơn vị được chọn." in page

    status, page = bulk(fresh, "district", "select", "30904", "30907", "30910")

    assert status == 200
    assert "đã chọn 2/2" in words(page)
    assert sum(fresh.state(code) is DossierState.SELECTED for code in ("30904", "30907", "30910")) == 2
    left = next(code for code in ("30904", "30907", "30910") if fresh.state(code) is DossierState.RANKED)
    assert "Huyện Giồng Riềng đã chọn 2/2" in words(district.get(f"/dossiers/{fresh.dossier(left)}"))
    assert "Huyện Giồng Riềng đã chọn 2/2" in words(district.get(f"/dossiers/{fresh.dossier(left)}/steps/pass_over"))


def test_the_same_bulk_form_twice_has_one_effect_and_one_answer(fresh: Site) -> None:
    home = fresh.visitor("home")
    form = {
        "step": "select",
        "key": "twice",
        "dossier": str(fresh.dossier("STP")),
        f"version-{fresh.dossier('STP')}": str(fresh.version("STP")),
    }

    first = home.post("/selection/confirm", form)
    entries = fresh.entries()
    second = home.post("/selection/confirm", form)

    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert fresh.entries() == entries


def test_a_row_that_changed_since_is_not_done_and_says_so(fresh: Site) -> None:
    home = fresh.visitor("home")
    page = home.get(f"/selection/confirm?step=select&{ticked(fresh, 'STP', 'STC')}")
    ids = re.findall(r'name="dossier" value="(\d+)"', page)
    bulk(fresh, "second", "pass_over", "STP", reason="Nhầm.")

    answer = home.post("/selection/confirm", hidden(page) | {"dossier": ids})

    assert "Đã làm: 1 hồ sơ. Chưa làm: 1 hồ sơ." in answer.text
    assert "Hồ sơ đã thay đổi sau khi bạn mở trang này" in answer.text
    assert (fresh.state("STP"), fresh.state("STC")) == (DossierState.NOT_SELECTED, DossierState.SELECTED)


def at_once(site: Site, *forms: dict[str, str], who: str) -> list[str]:
    """Send forms at the same moment from browsers of their own; gives the pages."""
    barrier = Barrier(len(forms), timeout=20)

    def send(form: dict[str, str]) -> str:
        visitor = site.visitor(who)
        barrier.wait()
        return visitor.post("/selection/confirm", form).text

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms))


def choosing(site: Site, code: str, key: str) -> dict[str, str]:
    """The confirmed form of one row."""
    number = site.dossier(code)
    return {"step": "select", "key": key, "dossier": str(number), f"version-{number}": str(site.version(code))}


def test_two_officers_who_fill_the_last_place_at_once_have_one_winner_and_the_other_is_told(fresh: Site) -> None:
    pages = at_once(fresh, choosing(fresh, "30985", "a"), choosing(fresh, "30988", "b"), who="other_district")

    assert sorted(fresh.state(code).value for code in ("30985", "30988")) == ["ranked", "selected"]
    assert sum("Đã làm: 1 hồ sơ. Chưa làm: 0 hồ sơ." in page for page in pages) == 1
    assert sum("Huyện An Biên đã chọn 1 trên 1 đơn vị được chọn." in page for page in pages) == 1
    with fresh.rows():
        assert verify().intact


def test_two_officers_who_take_two_places_at_once_both_succeed(fresh: Site) -> None:
    pages = at_once(fresh, choosing(fresh, "30904", "a"), choosing(fresh, "30907", "b"), who="district")

    assert [fresh.state(code) for code in ("30904", "30907")] == [DossierState.SELECTED] * 2
    assert all("Đã làm: 1 hồ sơ. Chưa làm: 0 hồ sơ." in page for page in pages)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("step=select&dossier=999999", 404),
        ("step=select&dossier=abc", 404),
        ("step=select&dossier=-1", 404),
        ("step=select&dossier=99999999999999999999", 404),
        ("step=submit&dossier=1", 404),
        ("step=&dossier=1", 404),
        ("step=select", 302),
    ],
)
def test_odd_addresses_and_forms_get_a_plain_answer(site: Site, address: str, status: int) -> None:
    home = site.visitor("home")

    with site.unchanged():
        assert home.fetch(f"/selection/confirm?{address}").status_code == status
        sent = dict(pair.split("=") for pair in address.split("&"))
        assert home.post("/selection/confirm", sent).status_code == status


def test_a_forged_row_is_not_decided_on(site: Site) -> None:
    form = {"step": "pass_over", "reason": "Lý do", "key": "k", "version-1": "x"}

    site.visitor("stranger").refused("/selection/confirm", form | {"dossier": str(site.dossier("30910"))}, status=404)
    site.visitor("home").refused("/selection/confirm", form | {"dossier": str(site.dossier("30910"))}, status=403)
    site.visitor("other_district").refused("/selection/confirm", form | {"dossier": str(site.dossier("908"))}, status=403)


def test_selection_is_shut_before_the_ruling_and_says_why_once(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with open_site("unruled", "sqlite", request, tmp_path) as site, clock("2022-01-17 09:00"):
        page = site.visitor("home").get("/selection")

    assert page.count("Kế hoạch nêu hai năm khác nhau cho Chỉ số CCHC") == 1
    assert "Đề xuất chọn" in page


def build_unruled() -> None:
    """The ranking of 2021 published, nobody has ruled on the year."""
    campaign = actors.campaign_2021()
    for code in ("STP", "SXD"):
        actors.register(campaign, code)
    actors.publish(campaign, {"STP": "excellent", "SXD": "good"})
    build_people()


stages.STAGES["unruled"] = ("opened", build_unruled)


# Unused places (III.4.a)


def test_a_district_says_once_why_it_selects_fewer(fresh: Site) -> None:
    url, district = f"/selection/places/{fresh.unit('906')}", fresh.visitor("district")
    bulk(fresh, "district", "select", "30904")
    assert "Ghi lý do" in district.get("/selection")
    assert district.post(url, {"reason": " "}).status_code == 422

    assert district.post(url, {"reason": "Chỉ một xã tiêu biểu."}).status_code == 302

    page = words(district.get("/selection"))
    assert "Huyện Giồng Riềng đã chọn 1/2 Chỉ một xã tiêu biểu." in page
    assert "Ghi lý do" not in page
    assert "Chỉ một xã tiêu biểu." in fresh.visitor("home").get("/selection")
    entry = fresh.last_entry()
    assert (entry.action, entry.result) == ("quota.explain", AuditResult.DONE)
    assert "Đã ghi lý do" in district.refused(url, {"reason": "Lần nữa"}, status=409)


def test_the_reason_is_the_districts_own_and_only_for_places_that_are_left(fresh: Site) -> None:
    url = f"/selection/places/{fresh.unit('908')}"

    assert "tự chọn cấp xã của mình" in fresh.visitor("home").refused(url, {"reason": "Không có"}, status=409)
    fresh.visitor("district").refused(url, {"reason": "Không có"}, status=403)
    bulk(fresh, "other_district", "select", "30985")
    assert "đã chọn đủ 1 trên 1" in words(fresh.visitor("other_district").refused(url, {"reason": "Không có"}, status=409))
    fresh.visitor("home").refused(f"/selection/places/{fresh.unit('STP')}", {"reason": "Không có"}, status=404)
    fresh.visitor("home").refused("/selection/places/999999", {"reason": "Không có"}, status=404)
    with fresh.rows() as session:
        assert session.scalars(select(UnusedPlaces)).all() == []

"""To the Chairman and back: the list checked again, the package, the decision for the whole letter, the certificates' data, giấy khen."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from docx import Document
from sqlalchemy import select

from audit.actions import Action
from models.commendations import Commendation
from models.db import db, transaction
from models.results import IndexEntry
from models.vocabulary import DossierState, Step
from tests.actors import usual_step
from tests.web.council_season import boxes, dossier_row, text_of
from tests.web.fixtures import Site, Visitor, day, either_site, hidden, site

__all__ = ["either_site", "site"]

LETTER = {"number": "61/TTr-SNV", **day("date", 16, 2, 2022)}
DECISION = {"number": "748/QĐ-UBND", **day("date", 16, 2, 2022)}


def review(site: Site, *codes: str) -> list[str]:
    """Let the council review some more; gives the numbers of all that are reviewed."""
    with site.rows():
        for code in codes:
            usual_step(dossier_row(code), Step.REVIEW)
    return [str(site.dossier(code)) for code in ("906", *codes)]


def forward(site: Site, ids: list[str]) -> tuple[Visitor, str]:
    """Home affairs forwards the ticked ones; gives its browser and the result page."""
    home = site.visitor("home")
    page = home.get("/forwarding/confirm?" + "&".join(f"dossier={number}" for number in ids))
    answer = home.post("/forwarding/confirm", hidden(page) | LETTER | {"dossier": ids})
    assert answer.status_code == 200, answer.text[:3000]
    return home, answer.text


def test_the_list_shows_what_no_longer_holds_beside_each_dossier(site: Site) -> None:
    review(site, "STC")
    with site.rows():
        unit_id = dossier_row("906").campaign_unit_id
        with transaction() as session:
            session.scalars(select(IndexEntry).where(IndexEntry.campaign_unit_id == unit_id)).one().rank_group = "good"

    page = site.visitor("home").get("/forwarding")

    assert "Tập thể không thuộc nhóm xuất sắc" in page
    assert f'id="dossier-{site.dossier("906")}"' not in page
    assert f'id="dossier-{site.dossier("STC")}" name="dossier" type="checkbox" value="{site.dossier("STC")}" checked' in page


def test_several_go_under_one_letter_and_twice_is_once(site: Site) -> None:
    ids = review(site, "STC")
    home = site.visitor("home")
    form = hidden(home.get(f"/forwarding/confirm?dossier={ids[0]}&dossier={ids[1]}")) | LETTER | {"dossier": ids}

    first, count = home.post("/forwarding/confirm", form), site.entries()
    second = home.post("/forwarding/confirm", form)

    assert "Đã làm: 2 hồ sơ. Chưa làm: 0 hồ sơ." in text_of(first.text)
    assert "Đã làm: 2 hồ sơ. Chưa làm: 0 hồ sơ." in text_of(second.text)
    assert site.entries() == count
    with site.rows():
        assert {dossier_row(code).forward_number for code in ("906", "STC")} == {"61/TTr-SNV"}


@pytest.mark.parametrize(("change", "words"), [({"number": ""}, "Hãy điền mục này"), (day("date", 31, 2, 2022), "Ngày không có thật")])
def test_a_letter_without_number_or_date_forwards_nothing_and_keeps_what_was_typed(site: Site, change: dict[str, str], words: str) -> None:
    number = str(site.dossier("906"))

    page = site.visitor("home").refused("/forwarding/confirm", LETTER | {"dossier": number, "key": "k"} | change, status=422)

    assert words in page


def test_a_letter_dated_ahead_is_refused_for_each_with_the_reason(site: Site) -> None:
    number = str(site.dossier("906"))
    form = LETTER | day("date", 1, 3, 2022) | {"dossier": number, f"version-{number}": str(site.version("906"))}

    page = site.visitor("home").post("/forwarding/confirm", form)

    assert page.status_code == 409
    assert "ngày trong tương lai" in page.text
    assert site.state("906") is DossierState.REVIEWED


def test_the_package_holds_letter_lists_minutes_and_contents_and_its_download_is_recorded(site: Site) -> None:
    review(site, "STC")

    answer = site.visitor("home").fetch("/forwarding/package.zip")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        contents = archive.read(names[0]).decode("utf-8-sig")
        letter = "\n".join(p.text for p in Document(io.BytesIO(archive.read(names[1]))).paragraphs)
        lists = openpyxl.load_workbook(io.BytesIO(archive.read(names[2])))
    assert names[:3] == ["00 Mục lục.txt", "01 Tờ trình (dự thảo).docx", "02 Danh sách đề nghị.xlsx"]
    assert len(names) == 6
    assert names[-1] == "05 Quyết định (dự thảo).docx"
    assert all(name in contents for name in names[1:])
    assert "906" in contents
    assert "Chủ tịch Ủy ban nhân dân tỉnh" in letter
    assert lists.sheetnames == ["Tập thể", "Cá nhân"]
    assert site.last_entry().action == Action.FORWARDING_EXPORT


def test_the_decision_is_recorded_for_the_whole_letter_person_by_person(either_site: Site) -> None:
    site = either_site
    ids = review(site, "STC")
    home, _page = forward(site, ids)
    url = f"/awards/letters/{ids[0]}"
    form = hidden(home.get(url)) | DECISION | {"dossier": ids, f"awarded-{ids[0]}": [str(n) for n in boxes(site, "906")]}

    answer = home.post(url, form)
    again = home.post(url, form)

    assert "Đã làm: 2 hồ sơ. Chưa làm: 0 hồ sơ." in text_of(answer.text)
    assert "Đã làm: 2 hồ sơ. Chưa làm: 0 hồ sơ." in text_of(again.text)
    assert (site.state("906"), site.state("STC")) == (DossierState.AWARDED, DossierState.NOT_AWARDED)
    assert home.fetch(f"/forwarding/package.zip?letter={ids[0]}").status_code == 200
    with site.rows():
        assert {dossier_row(code).decision_number for code in ("906", "STC")} == {"748/QĐ-UBND"}


def test_a_decision_on_some_leaves_the_others_waiting_and_errors_keep_the_ticks(site: Site) -> None:
    ids = review(site, "STC")
    home, _page = forward(site, ids)
    url, nominee = f"/awards/letters/{ids[0]}", boxes(site, "906")[0]
    form = hidden(home.get(url)) | DECISION | {"dossier": ids[0], f"awarded-{ids[0]}": str(nominee)}

    wrong = home.refused(url, form | {"number": ""}, status=422)
    done = home.post(url, form)

    assert f'id="awarded-{nominee}" name="awarded-{ids[0]}" type="checkbox" value="{nominee}" checked' in wrong
    assert f'id="dossier-{ids[1]}" name="dossier" type="checkbox" value="{ids[1]}" checked' not in wrong
    assert done.status_code == 200
    assert (site.state("906"), site.state("STC")) == (DossierState.AWARDED, DossierState.FORWARDED)


def test_the_certificates_data_has_one_row_for_each_awarded_and_no_formula(site: Site) -> None:
    with site.rows(), transaction():
        nominee = dossier_row("30985").nominees[0]
        nominee.position = '=HYPERLINK("http://xấu.example")'

    answer = site.visitor("home").fetch("/awards/certificates.xlsx")

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    cells = dict(zip([cell.value for cell in rows[0]], rows[1], strict=True))
    assert len(rows) == 2
    assert cells["Chức vụ"].data_type == "s"
    assert cells["Số quyết định"].value == "500/QĐ-UBND"
    assert cells["Ngày quyết định bằng chữ"].value == "ngày 28 tháng 02 năm 2022"
    assert str(cells["Nội dung thành tích"].value).startswith("Đã có thành tích xuất sắc trong phong trào thi đua chuyên đề")
    assert site.last_entry().action == Action.AWARD_EXPORT


def test_a_unit_records_corrects_and_strikes_out_its_own_commendations_and_nothing_is_lost(either_site: Site) -> None:
    site = either_site
    clerk, given = (
        site.visitor("district"),
        {"number": "9/QĐ-UBND", **day("date", 10, 1, 2022), "collectives": "Phòng Tư pháp\n\nPhòng Y tế"},
    )
    form = hidden(clerk.get("/commendations/new")) | given

    first, second = clerk.post("/commendations/new", form), clerk.post("/commendations/new", form)
    with site.rows():
        number = db.session.scalars(select(Commendation.id).where(Commendation.number == "9/QĐ-UBND")).one()
    page = hidden(clerk.get(f"/commendations/{number}"))
    unreasoned = clerk.refused(f"/commendations/{number}", page | given, status=422)
    mended = clerk.post(f"/commendations/{number}", page | given | {"individuals": "Lý A, công chức", "reason": "Ghi thiếu."})
    struck = clerk.post(
        f"/commendations/{number}", hidden(clerk.get(f"/commendations/{number}")) | given | {"reason": "Trùng.", "do": "strike"}
    )

    with site.rows():
        row = db.session.get_one(Commendation, number)
        assert (row.collectives, row.individuals, row.struck_reason) == (["Phòng Tư pháp", "Phòng Y tế"], ["Lý A, công chức"], "Trùng.")
    assert {first.status_code, second.status_code, mended.status_code, struck.status_code} == {302}
    assert "Hãy điền mục này" in unreasoned
    assert "Đã gạch bỏ" in site.visitor("home").get("/commendations")
    assert site.last_entry().action == Action.COMMENDATION_STRIKE


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"collectives": ""}, 409, "Chưa ghi tập thể hay cá nhân nào"),
        (day("date", 1, 3, 2022), 409, "ngày trong tương lai"),
        ({"number": ""}, 422, "Hãy điền mục này"),
    ],
)
def test_a_commendation_of_nobody_or_of_a_day_to_come_is_refused_and_kept(
    site: Site, change: dict[str, str], status: int, words: str
) -> None:
    given = {"number": "9/QĐ-UBND", **day("date", 10, 1, 2022), "collectives": "Phòng Tư pháp", "individuals": ""}

    page = site.visitor("district").refused("/commendations/new", given | change, status=status)

    assert words in page


def test_officers_see_and_take_away_only_their_own_units_commendations(site: Site) -> None:
    district, commune, home = site.visitor("district"), site.visitor("commune"), site.visitor("home")

    shown = [visitor.get("/commendations").count("3/QĐ-UBND") > 0 for visitor in (district, commune, home)]
    rows = [openpyxl.load_workbook(io.BytesIO(v.fetch("/commendations/list.xlsx").data)).active.max_row for v in (district, home)]

    assert shown == [False, True, True]
    assert rows[1] == rows[0] + 1

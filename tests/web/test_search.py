"""One box finds a unit, person, dossier, document number or letter, without marks, and only what its reader may see."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import select

from models.db import transaction
from models.dossiers import Nominee
from models.outbox import Notice
from models.registrations import RegisteredIndividual
from models.vocabulary import NomineeKind
from tests import actors
from tests.builders import unit_of
from tests.web.fixtures import COMMUNE, DEPARTMENT, Site, day, either_site, site
from workflow.registrations import registration_of

__all__ = ["either_site", "site"]


def found(site: Site, who: str, wanted: str) -> dict[str, list[tuple[str, str]]]:
    """The answers by their sort: what each is called, and where it leads."""
    page = site.visitor(who).get(f"/search?q={quote(wanted)}")
    answers = {}
    for name, body in re.findall(r'<h2 class="govuk-heading-m">(.*?) \(\d+\+?\)</h2>(.*?)</section>', page, re.DOTALL):
        links = re.findall(r'<a class="govuk-link" href="([^"]+)">(.*?)</a>', body)
        answers[unescape(name)] = [(unescape(title), unescape(url)) for url, title in links]
    return answers


@pytest.mark.parametrize("wanted", ["so tai chinh", "SỞ TÀI chính"])
def test_a_unit_is_found_without_marks_with_its_form_and_dossier(either_site: Site, wanted: str) -> None:
    answers = found(either_site, "home", wanted)

    assert ("Sở Tài chính", f"/registrations/{either_site.unit('STC')}") in answers["Đơn vị"]
    assert any(url == f"/dossiers/{either_site.dossier('STC')}" for _title, url in answers["Hồ sơ"])


def test_a_dossier_is_found_by_its_code(either_site: Site) -> None:
    assert [url for _title, url in found(either_site, "auditor", f"2021-{COMMUNE}")["Hồ sơ"]] == [
        f"/dossiers/{either_site.dossier(COMMUNE)}"
    ]


def test_a_person_is_found_where_they_are_put_forward_and_registered(either_site: Site) -> None:
    dossier, form = either_site.dossier(COMMUNE), f"/registrations/{either_site.unit('30917')}"
    with either_site.rows(), transaction() as session:
        told = {"full_name": "Lý Đức Ân", "position": "Công chức", "workplace": "UBND thị trấn"}
        session.add(Nominee(dossier_id=dossier, kind=NomineeKind.INDIVIDUAL, **told))
        registration = registration_of(unit_of(actors.campaign_2021(), "30917"))
        assert registration is not None
        session.add(RegisteredIndividual(registration_id=registration.id, **told))

    assert found(either_site, "home", "ly duc an")["Người"] == [("Lý Đức Ân", f"/dossiers/{dossier}"), ("Lý Đức Ân", form)]
    assert "Người" not in found(either_site, "department", "ly duc an")


def test_a_numbered_paper_is_found_by_its_number(either_site: Site) -> None:
    home = either_site.visitor("home")
    decision = {"number": "77/QĐ-SNV", "reason": "Bão lụt.", **day("date", 1, 2, 2022), **day("due_on", 28, 2, 2022)}
    home.post(f"/dossiers/{either_site.dossier(COMMUNE)}/extension", decision)

    assert found(either_site, "home", "77/qd-snv")["Số văn bản"] == [("77/QĐ-SNV, 01/02/2022", f"/dossiers/{either_site.dossier(COMMUNE)}")]
    assert "Số văn bản" not in found(either_site, "department", "77/qd-snv")


@pytest.mark.parametrize(
    ("wanted", "title", "place", "sort"),
    [
        ("37/kh-ubnd", "37/KH-UBND, 04/02/2021", "/calendar", "Số văn bản"),
        ("3/qd-ubnd", "3/QĐ-UBND, 10/01/2022", "/commendations", "Số văn bản"),
        ("to trinh so 1", "Tờ trình số 1.pdf", "/dossiers/{commune}/documents", "Tệp trong hồ sơ"),
    ],
)
def test_the_plan_a_giay_khen_and_a_file_are_found(either_site: Site, wanted: str, title: str, place: str, sort: str) -> None:
    answers = found(either_site, "home", wanted)[sort]

    assert (title, place.format(commune=either_site.dossier(COMMUNE))) in answers


def test_an_officer_is_found_with_position_and_unit(either_site: Site) -> None:
    page = either_site.visitor("auditor").get("/search?q=danh+thi+xa")

    assert "Danh Thị Xã" in page
    assert "Thị trấn Giồng Riềng" in page


def test_a_letter_is_found_by_its_name_and_unit_its_address_and_the_code_of_its_footer(either_site: Site) -> None:
    with either_site.rows() as session:
        notice = session.scalars(select(Notice).where(Notice.dossier_id == either_site.dossier(COMMUNE))).first()
        assert notice is not None
        code, mail = notice.facts["journal"], notice.mails[0]
        by_code, address = f"/letters/{mail.id}", mail.recipient

    assert by_code in [url for _title, url in found(either_site, "home", code)["Thư"]]
    assert found(either_site, "home", address)["Thư"]
    assert found(either_site, "home", "duoc chon lap ho so khen thuong giong rieng")["Thư"]


def test_nobody_finds_what_is_not_theirs_to_see(either_site: Site) -> None:
    answers = found(either_site, "department", f"2021-{COMMUNE}")

    assert answers == {}
    assert all(str(either_site.dossier(DEPARTMENT)) in url for _title, url in found(either_site, "department", "2021").get("Hồ sơ", []))


@pytest.mark.parametrize("wanted", ["%", "_", "\\", "'", '"*', "a" * 500, "\x00", "0-0123456789abcdef", "@"])
def test_odd_words_find_nothing_and_break_nothing(either_site: Site, wanted: str) -> None:
    assert either_site.visitor("home").fetch(f"/search?q={quote(wanted)}").status_code == 200

"""The registration form part by part: the draft is kept, checked, sent, taken back; its paper, its signed scan, its namesakes."""

from __future__ import annotations

import io
import json
import re
from html import unescape

import docx
import pytest

from models.db import transaction
from models.vocabulary import AuditResult, RegistrationState
from tests import actors
from tests.builders import actor_of, at, unit_of
from tests.web.fixtures import DRAFT_COMMUNE, PDF, SENT_COMMUNE, Site, day, either_site, hidden, site
from workflow import registrations
from workflow.registrations import FormContent, Person

__all__ = ["either_site", "site"]

ADMISSION = {"number": "9/SNV", "reason": "Bão lụt.", **day("date", 10, 2, 2022)}
AN = {"people-0-full_name": "Lý Văn An", "people-0-position": "Công chức", "people-0-workplace": "UBND xã"}
SIGNED = {"follows_law": "y", "is_united": "y", "preparer": "Lê Thị Lập", "head": "Trần Văn Trưởng"}


def words(page: str) -> str:
    """A page's words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def form_of(site: Site, code: str) -> str:
    """The address of a unit's form."""
    return f"/registrations/{site.unit(code)}"


def state_of(site: Site, code: str) -> RegistrationState | None:
    """Where a unit's form stands."""
    with site.rows():
        registration = registrations.registration_of(unit_of(actors.campaign_2021(), code))
        return registration.state if registration else None


def fill_in(site: Site, who: str, code: str, **changes: dict[str, str]) -> None:
    """Fill in the form page by page, each with the hidden fields that its page shows."""
    visitor, url = site.visitor(who), form_of(site, code)
    parts = {"collectives": {"collectives": str(site.unit(code))}, "people": AN, "signing": SIGNED} | changes
    for part, given in parts.items():
        answer = visitor.post(f"{url}/{part}", hidden(visitor.get(f"{url}/{part}")) | given)
        assert answer.status_code == 302


def test_each_part_is_kept_by_itself_and_leads_to_the_next(either_site: Site) -> None:
    clerk, url = either_site.visitor("draft_clerk"), form_of(either_site, DRAFT_COMMUNE)

    led = [
        clerk.post(f"{url}/{part}", hidden(clerk.get(f"{url}/{part}")) | given).location
        for part, given in (
            ("collectives", {"collectives": str(either_site.unit(DRAFT_COMMUNE))}),
            ("people", AN),
            ("signing", SIGNED),
        )
    ]
    page = words(clerk.get(f"{url}/check"))

    assert led == [f"{url}/people", f"{url}/signing", f"{url}/check"]
    assert "Lý Văn An, Công chức, UBND xã" in page
    assert "Lê Thị Lập" in page
    assert state_of(either_site, DRAFT_COMMUNE) is RegistrationState.DRAFT


def test_saving_for_later_and_for_more_rows_leads_back(site: Site) -> None:
    clerk, url = site.visitor("draft_clerk"), form_of(site, DRAFT_COMMUNE)
    sent = hidden(clerk.get(f"{url}/people")) | AN

    later = clerk.post(f"{url}/people", sent | {"later": "1"})
    more = clerk.post(f"{url}/people", hidden(clerk.get(f"{url}/people")) | AN | {"more": "1"})

    assert (later.location, more.location) == (url, f"{url}/people")
    assert len(re.findall(r'name="people-\d+-full_name"', clerk.get(f"{url}/people"))) == 5


def test_a_part_that_somebody_changed_meanwhile_is_not_overwritten(either_site: Site) -> None:
    first, second, url = (
        either_site.visitor("draft_clerk"),
        either_site.visitor("district"),
        f"{form_of(either_site, DRAFT_COMMUNE)}/people",
    )
    opened = hidden(first.get(url)), hidden(second.get(url))
    first.post(url, opened[0] | AN)

    page = second.refused(url, opened[1] | AN | {"people-0-full_name": "Lê Thị Khác"}, status=409)
    again = second.post(url, hidden(page) | AN | {"people-0-full_name": "Lê Thị Khác"})

    assert "Người khác vừa sửa bản đăng ký này" in page
    assert "Lê Thị Khác" in page
    assert again.status_code == 302


def test_a_district_enters_a_paper_form_for_its_commune_only(either_site: Site) -> None:
    either_site.visitor("home").post(f"{form_of(either_site, DRAFT_COMMUNE)}/admission", ADMISSION)
    fill_in(either_site, "district", DRAFT_COMMUNE)

    page = either_site.visitor("district").get(form_of(either_site, DRAFT_COMMUNE))
    undated = either_site.visitor("district").refused(
        f"{form_of(either_site, DRAFT_COMMUNE)}/send", day("received_on", 31, 2, 2022), status=422
    )
    sent = either_site.visitor("district").post(f"{form_of(either_site, DRAFT_COMMUNE)}/send", day("received_on", 31, 3, 2021))
    detail = either_site.last_entry().detail or ""

    assert "Bạn đang nhập bản đăng ký giấy thay đơn vị" in page
    assert "Ngày không có thật" in undated
    assert 'value="31"' in undated
    assert sent.status_code == 302
    assert state_of(either_site, DRAFT_COMMUNE) is RegistrationState.SENT
    assert '"from_paper":true' in detail
    assert '"received_on":"2021-03-31"' in detail
    assert "ngày 31/03/2021, nhập lúc" in either_site.visitor("district").get(form_of(either_site, DRAFT_COMMUNE))
    either_site.visitor("stranger").get(f"{form_of(either_site, DRAFT_COMMUNE)}/people", 404)


def test_what_is_refused_is_on_record_with_every_reason(either_site: Site) -> None:
    clerk, url = either_site.visitor("draft_clerk"), form_of(either_site, DRAFT_COMMUNE)
    fill_in(either_site, "draft_clerk", DRAFT_COMMUNE, signing={"preparer": "", "head": ""})

    clerk.refused(f"{url}/send", status=409)
    entry = either_site.last_entry()
    codes = [objection["code"] for objection in json.loads(entry.detail or "{}")["objections"]]

    assert (entry.action, entry.result) == ("registration.send", AuditResult.REFUSED)
    assert codes == ["not_attested", "form_not_signed", "registration_late"]
    assert state_of(either_site, DRAFT_COMMUNE) is not RegistrationState.SENT


def test_a_page_sent_again_after_it_took_effect_is_no_refused_attempt(site: Site) -> None:
    district = site.visitor("district")
    bulk = {"form": f"{site.unit(SENT_COMMUNE)}.2", "key": "the-page's-own"}
    district.post("/registrations/bulk/accept", bulk)
    before = site.entries()

    again = district.post("/registrations/bulk/accept", bulk)
    other = district.post("/registrations/bulk/accept", bulk | {"key": "another page"})

    assert "Đã duyệt" in words(again.text)
    assert "Bản đăng ký đang ở trạng thái “Đã duyệt”" in words(other.text)
    assert site.entries() == before + 1
    assert site.last_entry().result is AuditResult.REFUSED


def test_a_form_that_was_sent_is_not_filled_in_but_can_be_taken_back(either_site: Site) -> None:
    clerk, url = either_site.visitor("sent_clerk"), form_of(either_site, SENT_COMMUNE)

    shut = clerk.refused(f"{url}/people", AN, status=409)
    taken = clerk.post(f"{url}/take-back", {"reason": "Sửa chức vụ."})
    entry = either_site.last_entry()

    assert "Bản đăng ký đang ở trạng thái “Chờ duyệt”" in shut
    assert taken.status_code == 302
    assert state_of(either_site, SENT_COMMUNE) is RegistrationState.DRAFT
    assert entry.action == "registration.withdraw"
    assert "Sửa chức vụ." in (entry.detail or "")


def test_a_form_taken_back_after_the_due_date_is_late_when_sent_again(site: Site) -> None:
    clerk, url = site.visitor("sent_clerk"), form_of(site, SENT_COMMUNE)
    clerk.post(f"{url}/take-back", {"reason": "Sửa chức vụ."})

    page = clerk.refused(f"{url}/send", status=409)

    assert "Đã hết hạn đăng ký (24 giờ 00 ngày 31/03/2021)" in page


def test_an_accepted_form_is_not_taken_back(site: Site) -> None:
    site.visitor("district").post(f"{form_of(site, SENT_COMMUNE)}/accept")

    page = site.visitor("sent_clerk").refused(f"{form_of(site, SENT_COMMUNE)}/take-back", {"reason": "Sửa chức vụ."}, status=409)

    assert "Bản đăng ký đang ở trạng thái “Đã duyệt”" in page
    assert "Sửa chức vụ." in page


def test_a_signed_scan_is_kept_in_all_its_versions_and_its_download_is_recorded(either_site: Site) -> None:
    clerk, url = either_site.visitor("draft_clerk"), form_of(either_site, DRAFT_COMMUNE)
    for number in (1, 2):
        assert clerk.post(f"{url}/scan", {"file": (io.BytesIO(PDF), f"Bản ký {number}.pdf")}).status_code == 302

    page = either_site.visitor("district").get(url)
    answer = either_site.visitor("district").fetch(f"{url}/scan/1")
    entry = either_site.last_entry()

    assert "Bản ký 1.pdf" in page
    assert "Bản ký 2.pdf" in page
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert entry.action == "document.download"
    either_site.visitor("district").get(f"{url}/scan/3", 404)


@pytest.mark.parametrize(("content", "name"), [(b"MZ\x90", "Bản ký.pdf"), (b"", "Bản ký.pdf"), (PDF, "Bản ký.exe")])
def test_a_scan_that_is_no_paper_is_refused_in_words(site: Site, content: bytes, name: str) -> None:
    clerk, url = site.visitor("draft_clerk"), f"{form_of(site, DRAFT_COMMUNE)}/scan"

    page = clerk.refused(url, {"file": (io.BytesIO(content), name)}, status=422)

    assert "Tệp rỗng" in page or "Không nhận loại tệp này" in page


def test_the_paper_carries_what_is_on_the_form(site: Site) -> None:
    fill_in(site, "draft_clerk", DRAFT_COMMUNE)
    clerk, url = site.visitor("draft_clerk"), form_of(site, DRAFT_COMMUNE)

    answer = clerk.fetch(f"{url}/form.docx")
    paper = docx.Document(io.BytesIO(answer.data))
    text = "\n".join([p.text for p in paper.paragraphs] + [c.text for t in paper.tables for row in t.rows for c in row.cells])
    printed = words(clerk.get(f"{url}/print"))

    assert "UTF-8''B%E1%BA%A3n%20%C4%91%C4%83ng%20k%C3%BD" in answer.headers["Content-Disposition"]
    for said in ("Lý Văn An, (Công chức, UBND xã)", "Lê Thị Lập", "Trần Văn Trưởng", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"):
        assert said in text
        assert said in printed
    assert site.last_entry().action == "document.download"


def test_people_on_two_forms_are_named_to_both_and_refused_to_nobody(site: Site) -> None:
    with site.rows():
        officer = actor_of("30922")
        with transaction():
            unit = unit_of(actors.campaign_2021(), "30922")
            content = FormContent([unit], [Person("LÝ VĂN  AN", "Chủ tịch", "Ubnd Xã")], True, True, "A", "B")
            registrations.save(unit, content, actor=officer, at=at("2021-03-15 09:00"))
            name = unit.name
    site.visitor("home").post(f"{form_of(site, DRAFT_COMMUNE)}/admission", ADMISSION)
    fill_in(site, "draft_clerk", DRAFT_COMMUNE)
    clerk, url = site.visitor("draft_clerk"), form_of(site, DRAFT_COMMUNE)

    page = words(clerk.get(f"{url}/check"))
    sent = clerk.post(f"{url}/send")
    decided = words(site.visitor("district").get(url))

    for told in (page, decided):
        assert f"Lý Văn An (UBND xã): cũng có trên bản đăng ký của {name}." in told
    assert sent.status_code == 302

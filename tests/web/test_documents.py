"""Tài liệu on its pages: several files in one form, each for itself; the appraiser's word; one ZIP; a scanner; a store that fails."""

from __future__ import annotations

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from documents.bundle import Bundle, Entry
from documents.refusals import MAX_BYTES
from documents.store import Store, path_of
from models.db import transaction
from models.documents import DocumentVersion
from models.vocabulary import AuditResult
from tests import actors
from tests.builders import dossier_of
from tests.documents.hostile import files as f
from tests.documents.test_inspection import WORKS, report
from tests.documents.test_scanning import clamd
from tests.documents.test_store import bucket
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, PDF, Site, Visitor, either_site, hidden, sha_of, site

__all__ = ["bucket", "either_site", "site"]

OTHER_PDF = PDF + b"% khac"


def papers_of(site: Site, code: str = COMMUNE) -> str:
    return f"/dossiers/{site.dossier(code)}/documents"


def versions(site: Site, code: str = COMMUNE) -> list[str]:
    """The files in force of a dossier."""
    with site.rows():
        return sorted(document.latest.file_name for document in dossier_of(actors.campaign_2021(), code).documents)


def sent(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def group_of(page: str, field: str) -> str:
    """What stands around a field of the form."""
    return re.findall(rf'<div class="govuk-form-group[^>]*>(?:(?!<div class="govuk-form-group).)*?name="{field}"', page, re.DOTALL)[-1]


# Several at once


def test_several_files_of_one_form_are_filed_each_as_what_it_is(either_site: Site) -> None:
    district, url = either_site.visitor("district"), papers_of(either_site)
    evidence = [sent(f.picture("PNG"), "Ảnh lễ.png"), sent(f.sheet(), "Bảng điểm.xlsx")]

    answer = district.post(url, {"minutes": sent(PDF, "Biên bản.pdf"), "evidence": evidence})
    page = district.get(url)

    assert answer.status_code == 302
    assert versions(either_site) == ["Biên bản.pdf", "Bảng điểm.xlsx", "Tờ trình số 1.pdf", "Ảnh lễ.png"]
    assert "Đã nhận tệp “Biên bản.pdf”." in page
    assert "Đã nhận tệp “Bảng điểm.xlsx”." in page
    assert re.search(r"Biên bản[^<]* <strong[^>]*>Đã nộp<", page)


def test_a_wrong_file_holds_none_of_the_right_ones_back(site: Site) -> None:
    district, url = site.visitor("district"), papers_of(site)
    given = {"minutes": sent(f.pdf_with_script(), "Biên bản.pdf"), "evidence": [sent(PDF, "Ảnh.pdf"), sent(b"MZ", "Trò chơi.exe")]}

    answer = district.post(url, given)
    page = unescape(answer.text)

    assert answer.status_code == 422
    assert versions(site) == ["Tờ trình số 1.pdf", "Ảnh.pdf"]
    assert "Đã nhận tệp “Ảnh.pdf”." in page
    assert "Biên bản.pdf: Tệp PDF có mã tự chạy" in group_of(page, "minutes")
    assert "Trò chơi.exe: Không nhận loại tệp này" in group_of(page, "evidence")


def test_the_same_file_again_is_said_to_be_there(site: Site) -> None:
    district, url = site.visitor("district"), papers_of(site)
    district.post(url, {"minutes": sent(PDF, "Biên bản.pdf"), "evidence": [sent(OTHER_PDF, "Ảnh.pdf")]})

    with site.unchanged():
        answer = district.post(url, {"minutes": sent(PDF, "Biên bản 2.pdf"), "evidence": [sent(OTHER_PDF, "Ảnh.pdf")]})
    page = district.get(url)

    assert answer.status_code == 302
    assert "Tệp “Biên bản 2.pdf” đã có trong hồ sơ, không nhận lần nữa." in page


def test_a_script_is_told_the_same_for_each_file(site: Site) -> None:
    district, url = site.visitor("district"), papers_of(site)

    right = district.post(url, {"minutes": sent(PDF, "Biên bản.pdf")}, headers={"Accept": "application/json"})
    wrong = district.post(url, {"evidence": [sent(b"MZ", "a.exe")]}, headers={"Accept": "application/json"})

    said = {"field": "minutes", "name": "Biên bản.pdf", "text": "Đã nhận tệp “Biên bản.pdf”.", "taken": True}
    assert (right.status_code, right.json) == (200, {"results": [said]})
    assert wrong.status_code == 422
    assert [(result["field"], result["taken"]) for result in wrong.json["results"]] == [("evidence", False)]


def test_a_dossier_that_is_full_takes_no_more(site: Site) -> None:
    site.app.config["DOSSIER_BYTES"] = len(PDF) + 10
    district = site.visitor("district")

    page = district.refused(papers_of(site), {"minutes": sent(PDF, "Biên bản.pdf")}, status=422)

    assert "Biên bản.pdf: Các tệp của hồ sơ đã chiếm 0 MB trên 0 MB." in unescape(page)


def test_too_much_at_once_is_told_the_limits(site: Site) -> None:
    site.app.config["MAX_CONTENT_LENGTH"] = 1000

    page = site.visitor("district").refused(papers_of(site), {"minutes": sent(PDF, "Biên bản.pdf")}, status=413)

    assert "Mỗi tệp không quá 20 MB, cả lần gửi không quá 60 MB." in page


def test_a_store_that_fails_leaves_no_row_and_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_anything: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("documents.store.os.fsync", full)

    page = site.visitor("district").refused(papers_of(site), {"minutes": sent(OTHER_PDF, "Biên bản.pdf")}, status=422)

    assert "Kho lưu trữ đang đầy hoặc gặp lỗi" in page
    assert [path for path in (site.app.config["INSTANCE"] / "papers").rglob("tmp*") if path.is_file()] == []


# The scanner


def test_what_the_scanner_says_stands_beside_each_version(site: Site) -> None:
    district, url = site.visitor("district"), papers_of(site)
    with clamd() as address:
        site.app.config["CLAMD_ADDRESS"] = address
        district.post(url, {"minutes": sent(PDF, "Biên bản.pdf")})

    page = district.get(url)

    with site.rows() as session:
        found = dict(session.execute(select(DocumentVersion.file_name, DocumentVersion.scan)).all())
    assert (found["Biên bản.pdf"], found["Tờ trình số 1.pdf"]) == ("clean", "unscanned")
    assert "KB, sạch" in page
    assert "KB, chưa quét" in page


def test_an_infected_file_is_refused_by_name_and_on_record(site: Site) -> None:
    district = site.visitor("district")
    with clamd() as address:
        site.app.config["CLAMD_ADDRESS"] = address
        page = district.refused(papers_of(site), {"minutes": sent(PDF + f.EICAR, "Biên bản.pdf")}, status=422)
    entry = site.last_entry()

    assert "Tệp có mã độc (Win.Test.EICAR_HDB-1), không nhận." in unescape(page)
    assert (entry.action, entry.result, entry.dossier_id) == ("document.upload", AuditResult.REFUSED, site.dossier(COMMUNE))
    detail = json.loads(entry.detail or "")
    assert (detail["file"], detail["refused"], detail["find"]) == ("Biên bản.pdf", "infected", "Win.Test.EICAR_HDB-1")
    assert "Win.Test.EICAR_HDB-1" in detail["reason"]


# The appraiser


def numbers(site: Site, code: str) -> list[int]:
    """The versions in force of a dossier."""
    with site.rows():
        return [document.latest.id for document in dossier_of(actors.campaign_2021(), code).documents]


def test_the_appraisers_word_on_each_paper_is_seen_by_the_unit(either_site: Site) -> None:
    home, url = either_site.visitor("home"), papers_of(either_site, "STC")
    first, second, third = numbers(either_site, "STC")
    words = {
        f"verdict-{first}": "to_mend",
        f"comment-{first}": "Thiếu số.\nThiếu ngày.",
        f"verdict-{second}": "passed",
        f"verdict-{third}": "",
    }

    answer = home.post(f"{url}/appraisal", words)
    again = home.post(f"{url}/appraisal", words)
    page = either_site.visitor("stranger").get(url)
    dossier = either_site.visitor("stranger").get(url.removesuffix("/documents"))

    assert (answer.status_code, again.status_code) == (302, 302)
    assert "Không có ý kiến nào thay đổi." in home.get(url)
    assert re.findall(r"<h2[^>]*>[^<]*<strong[^>]*>([^<]*)</strong></h2>", page) == ["Cần sửa", "Đạt", "Đã nộp"]
    assert "Thiếu số.<br>Thiếu ngày." in page
    assert "Thiếu số." in dossier


@pytest.mark.parametrize("comment", ["", "   "])
def test_a_paper_to_mend_without_a_comment_is_asked_for_one(site: Site, comment: str) -> None:
    first, second, _third = numbers(site, "STC")
    words = {f"verdict-{first}": "to_mend", f"comment-{first}": comment, f"verdict-{second}": "passed", f"comment-{second}": "Rõ ràng."}

    page = site.visitor("home").refused(f"{papers_of(site, 'STC')}/appraisal", words, status=422)

    assert f'href="#comment-{first}"' in page
    assert "Rõ ràng." in page


def test_a_word_that_was_not_offered_is_not_taken(site: Site) -> None:
    first = numbers(site, "STC")[0]

    page = site.visitor("home").refused(f"{papers_of(site, 'STC')}/appraisal", {f"verdict-{first}": "x"}, status=422)

    assert "Hãy chọn một mục trong danh sách." in page


def test_reports_that_are_nearly_the_same_are_shown_to_the_unit_and_the_appraiser(site: Site) -> None:
    clerk, url = site.visitor("department"), papers_of(site, DEPARTMENT)
    person = {"full_name": "Nguyễn Văn An", "position": "Chuyên viên", "workplace": "Sở Tư pháp", "rating": "good", "reform_excellent": "y"}
    assert clerk.post(f"/dossiers/{site.dossier(DEPARTMENT)}/nominees", {f"people-0-{k}": v for k, v in person.items()}).status_code == 302
    fields = re.findall(r'name="(achievement_report-\d+)" type="file"', clerk.get(url))
    reports = {field: sent(report(field, *WORKS), f"{field}.docx") for field in fields}

    assert clerk.post(url, reports).status_code == 302

    assert len(fields) == 2
    for page in (url, url.removesuffix("/documents")):
        assert "và Nguyễn Văn An gần như giống nhau" in clerk.get(page)


def test_the_list_is_narrowed_to_dossiers_that_lack_papers_or_must_mend_some(either_site: Site) -> None:
    home, first = either_site.visitor("home"), numbers(either_site, "STC")[0]
    home.post(f"{papers_of(either_site, 'STC')}/appraisal", {f"verdict-{first}": "to_mend", f"comment-{first}": "Thiếu số."})
    district, url = either_site.visitor("district"), papers_of(either_site)
    missing = home.get("/dossiers?papers=missing")
    to_mend = home.get("/dossiers?papers=to_mend")
    fields = re.findall(r'name="((?:minutes|achievement_report)[^"]*)" type="file"', district.get(url))
    assert district.post(url, {field: sent(PDF, "a.pdf") for field in fields}).status_code == 302
    home.post(f"{papers_of(either_site, 'STC')}/appraisal", {f"verdict-{first}": "passed"})

    codes = re.compile(r"2021-[\w-]+")
    assert set(codes.findall(missing)) == {"2021-30904", "2021-STP", "2021-PNV-906"}
    assert set(codes.findall(to_mend)) == {"2021-STC"}
    assert set(codes.findall(home.get("/dossiers?papers=missing"))) == {"2021-STP", "2021-PNV-906"}
    assert set(codes.findall(home.get("/dossiers?papers=to_mend"))) == set()


# Taking away


def bundle(site: Site, who: str, code: str = COMMUNE) -> zipfile.ZipFile:
    answer = site.visitor(who).fetch(f"{papers_of(site, code)}/all")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=2021-{code}.zip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_all_papers_come_as_one_zip_with_a_table_of_contents(either_site: Site) -> None:
    site = either_site
    given: dict[str, Any] = {"minutes": sent(OTHER_PDF, "Biên bản: số 2.pdf"), "evidence": [sent(f.sheet(), "Bảng điểm.xlsx")]}
    site.visitor("district").post(papers_of(site), given)
    site.visitor("district").post(papers_of(site), {"proposal_letter": sent(PDF + b"%2", "Tờ trình số 2.pdf")})

    archive = bundle(site, "commune")
    contents = unescape(archive.read("00 Mục lục.html").decode())
    entry = site.last_entry()

    letter, minutes, evidence = archive.namelist()[1:]
    assert archive.testzip() is None
    assert letter == "01 Tờ trình đề nghị khen thưởng - Tờ trình số 2.pdf"
    assert re.fullmatch(r"02 Biên bản[^:]* - Biên bản- số 2\.pdf", minutes)
    assert evidence == "03 Tài liệu chứng minh - Bảng điểm.xlsx"
    assert (archive.read(letter), archive.read(minutes)) == (PDF + b"%2", OTHER_PDF)
    assert all(info.flag_bits & 0x800 for info in archive.infolist())
    assert [text in contents for text in ("2021-30904", letter, "Biên bản: số 2.pdf", "1 phiên bản trước không kèm theo")] == [True] * 4
    assert len(re.findall(r"<td>[0-9a-f]{64}</td>", contents)) == 3
    assert (entry.action, entry.dossier_id) == ("document.download", site.dossier(COMMUNE))
    assert [paper["file"] for paper in json.loads(entry.detail or "")["papers"]] == [letter, minutes, evidence]


def test_a_dossier_without_papers_gives_a_zip_of_its_contents_alone(site: Site) -> None:
    assert bundle(site, "department", DEPARTMENT).namelist() == ["00 Mục lục.html"]


def test_a_file_that_is_gone_is_named_in_the_contents(site: Site) -> None:
    for path in (site.app.config["INSTANCE"] / "papers").rglob("*"):
        if path.is_file():
            path.unlink()

    archive = bundle(site, "commune")

    assert archive.namelist() == ["00 Mục lục.html"]
    assert "không còn trong kho lưu trữ" in archive.read("00 Mục lục.html").decode()


def test_a_zip_is_written_in_pieces_however_large_its_files(site: Site) -> None:
    store = Store(str(site.app.config["INSTANCE"] / "papers"))
    sha256 = store.keep(bytes(range(256)) * (MAX_BYTES // 256))
    entries = [Entry(f"{n}.pdf", "a", "a.pdf", 1, NOW, MAX_BYTES, sha256, there=True) for n in range(2)]

    sizes = [len(piece) for piece in Bundle(entries, 0, store).stream("Mục lục", NOW)]

    assert max(sizes) < 1024 * 1024
    assert len(sizes) > 100


@pytest.mark.slow
def test_papers_in_s3_compatible_storage_are_filed_and_taken_away_as_from_a_folder(site: Site, bucket: Store) -> None:
    site.app.config |= {"STORE_URL": bucket.place, "STORE_ENDPOINT": bucket.endpoint}
    district, url = site.visitor("district"), papers_of(site)
    assert district.post(url, {"minutes": sent(PDF, "Biên bản số 9.pdf")}).status_code == 302
    with site.rows():
        number = next(d.id for d in dossier_of(actors.campaign_2021(), COMMUNE).documents if d.kind == "minutes")

    answer = district.fetch(f"{url}/{number}/1")

    assert (answer.data, answer.content_length, answer.mimetype) == (PDF, len(PDF), "application/pdf")
    assert "filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20s%E1%BB%91%209.pdf" in answer.headers["Content-Disposition"]
    assert any("Biên bản số 9" in name for name in bundle(site, "district").namelist())
    assert not (site.app.config["INSTANCE"] / "papers" / "minutes").exists()


def test_the_store_is_checked_by_hand_and_names_what_is_gone_or_changed(site: Site) -> None:
    district, place = site.visitor("district"), site.app.config["INSTANCE"] / "papers"
    with site.rows() as session, transaction():
        for made_up in session.scalars(select(DocumentVersion).where(DocumentVersion.sha256 == "0" * 64)):
            made_up.sha256 = sha_of(PDF)
    district.post(papers_of(site), {"minutes": sent(OTHER_PDF, "Biên bản.pdf")})
    right = site.app.test_cli_runner().invoke(args=["store", "check"])
    path_of(place, sha_of(OTHER_PDF)).write_bytes(PDF)
    path_of(place, sha_of(PDF)).unlink()

    wrong = site.app.test_cli_runner().invoke(args=["store", "check"])

    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert ", 0 phiên bản sai." in right.output
    assert f"{sha_of(OTHER_PDF)}\ttệp đã đổi\tBiên bản.pdf" in wrong.output
    assert f"{sha_of(PDF)}\tmất tệp\tTờ trình số 1.pdf" in wrong.output


# Two people at once


def test_the_same_paper_sent_twice_at_once_is_one_version(either_site: Site) -> None:
    visitors, url, barrier = [either_site.visitor("district") for _ in range(4)], papers_of(either_site), Barrier(4, timeout=20)

    def send(visitor: Visitor) -> int:
        barrier.wait()
        return visitor.post(url, {"minutes": sent(OTHER_PDF, "Biên bản.pdf")}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, visitors))

    with either_site.rows() as session:
        filed = session.scalars(select(DocumentVersion.number).where(DocumentVersion.sha256 == sha_of(OTHER_PDF))).all()
    assert answers == [302] * 4
    assert filed == [1]


def test_a_word_on_a_paper_does_not_silently_replace_a_colleagues(site: Site) -> None:
    home, second, url = site.visitor("home"), site.visitor("second"), f"{papers_of(site, 'STC')}/appraisal"
    first = numbers(site, "STC")[0]
    home.post(url, hidden(home.get(url)) | {f"verdict-{first}": "passed"})
    opened = hidden(home.get(url)) | {f"verdict-{first}": "passed", f"comment-{first}": "Đã xem."}
    theirs = hidden(second.get(url)) | {f"verdict-{first}": "to_mend", f"comment-{first}": "Thiếu số."}
    again = [second.post(url, theirs).status_code for _ in range(2)]

    page = home.refused(url, opened, status=409)

    assert again == [302, 302]
    assert "Hồ sơ đã thay đổi sau khi bạn mở trang này" in page
    assert "Đã xem." in page
    assert home.post(url, hidden(page) | opened | {"seen": hidden(page)["seen"], "key": hidden(page)["key"]}).status_code == 302


def test_the_reason_of_a_return_begins_with_what_is_to_be_mended(site: Site) -> None:
    home, first = site.visitor("home"), numbers(site, "STC")[0]
    home.post(f"{papers_of(site, 'STC')}/appraisal", {f"verdict-{first}": "to_mend", f"comment-{first}": "Thiếu số, ngày ký."})

    page = home.get(f"/dossiers/{site.dossier('STC')}/steps/send_back")

    assert re.search(r"<textarea[^>]*>\s*[^<]+: Thiếu số, ngày ký\.</textarea>", page)


def test_what_is_sent_after_the_dossier_was_submitted_comes_back_in_words(site: Site) -> None:
    url = f"/dossiers/{site.dossier('STC')}"
    officer = site.visitor("stranger")

    people = officer.refused(f"{url}/nominees", {"people-0-full_name": "Trần Thị Mới", "people-0-workplace": "Sở"}, status=409)
    papers = officer.refused(f"{url}/documents", {"minutes": sent(PDF, "Biên bản.pdf")}, status=409)

    assert "hồ sơ này ở trạng thái “Đã nộp hồ sơ”" in people
    assert "Trần Thị Mới" in people
    assert "hồ sơ này ở trạng thái “Đã nộp hồ sơ”" in papers


# A lost session


def test_a_form_that_meets_an_ended_session_leads_back_to_its_page_after_signing_in(site: Site) -> None:
    district, url = site.visitor("district"), f"{papers_of(site)}?a=1"
    with district.client.session_transaction() as cookie:
        cookie["token"] = "ended"

    answer = district.post(papers_of(site), {}, headers={"Referer": f"http://localhost{url}"})
    page = district.get(answer.location)

    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={url.replace('=', '%3D')}"
    assert "nội dung vừa gửi chưa được lưu" in page


@pytest.mark.parametrize("referer", ["", "http://evil.example/dossiers", "javascript:alert(1)", "http://localhost//evil.example"])
def test_another_sites_page_is_not_led_back_to(site: Site, referer: str) -> None:
    answer = site.visitor().post(papers_of(site), {}, headers={"Referer": referer})

    assert (answer.status_code, answer.location) == (302, "/sign-in")

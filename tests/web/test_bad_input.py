"""Bad input: the right status, plain Vietnamese, nothing changed, and what was typed still on the page."""

from __future__ import annotations

import base64
import gc
import io
import json
import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, select

from models.db import transaction
from models.decisions import Extension, Ruling
from models.vocabulary import AuditResult, DossierState, NomineeKind, Step
from tests import actors
from tests.builders import dossier_of
from tests.web.fixtures import (
    COMMUNE,
    DEPARTMENT,
    DRAFT_COMMUNE,
    OFFICE,
    PDF,
    SENT_COMMUNE,
    Site,
    Visitor,
    day,
    either_site,
    hidden,
    site,
)

__all__ = ["either_site", "site"]

VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
DATE_MESSAGE = "Ngày không có thật"


def text_of(page: str) -> str:
    """A page's words, without its marks."""
    return unescape(re.sub(r"<[^>]+>", " ", page))


def errors_of(page: str) -> str:
    """What the error summary of a page says."""
    found = re.search(r'<div class="govuk-error-summary".*?</ul>', page, re.DOTALL)
    return text_of(found[0]) if found else ""


def unruled(site: Site) -> None:
    """Take the year ruling back, so that its form stands open."""
    with site.rows(), transaction() as session:
        session.execute(delete(Ruling))


# Addresses that name nothing

NUMBERS = ("0", "-1", "999999", "3000000000", str(10**30), "abc", "1.5", "%00", "²")
PLACES = (
    ("home", "/dossiers/{}"),
    ("home", "/dossiers/{}/documents"),
    ("home", "/dossiers/{}/documents/1/1"),
    ("district", "/dossiers/{}/nominees"),
    ("home", "/dossiers/{}/result"),
    ("home", "/dossiers/{}/extension"),
    ("home", "/dossiers/{}/sign-off"),
    ("home", "/dossiers/{}/steps/select"),
    ("home", "/registrations/{}"),
    ("district", "/registrations/{}/return"),
    ("home", "/registrations/{}/admission"),
    ("secretary", "/council/{}"),
    ("home", "/letters/{}"),
    ("home", "/letters/{}/caught"),
    ("auditor", "/journal/{}"),
)
FORMS = (
    ("home", "/registrations/{}/accept"),
    ("department", "/registrations/{}/people"),
    ("department", "/registrations/{}/send"),
    ("department", "/registrations/{}/scan"),
    ("home", "/letters/{}/retry"),
    ("home", "/letters/{}/cancel"),
    ("secretary", "/council/{}"),
    ("district", "/dossiers/{}/steps/withdraw"),
    ("district", "/dossiers/{}/documents"),
)


def test_an_address_that_names_nothing_says_so(either_site: Site) -> None:
    answers = {}

    with either_site.unchanged():
        for who, address in PLACES:
            visitor = either_site.visitor(who)
            for number in NUMBERS:
                answer = visitor.fetch(address.format(number))
                answers[address.format(number)] = (answer.status_code, "Không tìm thấy trang này" in answer.text)

    assert {url: found for url, found in answers.items() if found != (404, True)} == {}


def test_a_form_sent_to_an_address_that_names_nothing_is_not_taken(either_site: Site) -> None:
    answers = {}

    with either_site.unchanged():
        for who, address in FORMS:
            visitor = either_site.visitor(who)
            for number in NUMBERS:
                answers[address.format(number)] = visitor.post(address.format(number), {"reason": "Lý do"}).status_code

    assert {url: status for url, status in answers.items() if status not in {404, 405}} == {}


def test_parts_of_a_dossier_that_it_has_not_are_not_found(either_site: Site) -> None:
    district, papers = either_site.visitor("district"), f"/dossiers/{either_site.dossier(COMMUNE)}/documents"

    with either_site.unchanged():
        statuses = {
            part: (
                district.fetch(f"{papers}/{part}/1").status_code,
                district.fetch(f"{papers}/{either_site.paper()}/{part}").status_code,
                district.post(f"{papers}/{part}/share").status_code,
            )
            for part in ("0", "999999", "3000000000", str(10**30))
        }

    assert statuses == dict.fromkeys(statuses, (404, 404, 404))


def test_a_step_that_does_not_exist_is_not_found(site: Site) -> None:
    home, url = site.visitor("home"), f"/dossiers/{site.dossier(COMMUNE)}/steps"

    for word in ("unknown", "SELECT", "chọn", "e%CC%81", "%00", "a" * 300, "rank%20", "%E2%80%AE"):
        home.get(f"{url}/{word}", 404)
        home.refused(f"{url}/{word}", {"reason": "Lý do"}, status=404)


def test_a_page_that_does_not_exist_is_not_found(site: Site) -> None:
    for who in ("", "home", "admin"):
        visitor = site.visitor(who)
        for path in ("/khong-co", "/dossiers/", "/hồ-sơ", "/e%CC%81", "/%FF%FE", "/a%00b", "/..%2F..%2Fetc%2Fpasswd", "/static/../app.py"):
            answer = visitor.fetch(path)

            assert answer.status_code == 404
            assert "Không tìm thấy trang này" in answer.text


def test_a_denied_address_in_odd_letters_is_denied_and_put_on_record(site: Site) -> None:
    admin, statuses = site.visitor("admin"), {}

    for word in ("e%CC%81", "%E2%80%AE%00", "%F0%9F%92%A9" * 120, "%ED%A0%80"):
        before = site.entries(AuditResult.REFUSED)
        statuses[word] = (admin.fetch(f"/dossiers/1/steps/{word}").status_code, site.entries(AuditResult.REFUSED) - before)

    assert {word: found for word, found in statuses.items() if found != (403, 1)} == {}


# Dates

WRONG_DATES = (
    ("31", "2", "2021"),
    ("32", "1", "2021"),
    ("29", "2", "2021"),
    ("0", "0", "0"),
    ("-1", "1", "2021"),
    ("mười", "một", "nay"),
    ("1", "", "2021"),
    ("1", "1", "99999"),
    ("1" * 5000, "1", "2021"),
    ("\u0661\u202e", "1", "2021\x00"),
    ("<b>1", "1", "2021"),
)


@dataclass(frozen=True)
class DatedForm:
    """A form that asks for a date: where it stands, who fills it in, what else it wants, and a text that must stay on the page."""

    who: str
    url: Callable[[Site], str]
    field: str
    others: dict[str, str]
    prepare: Callable[[Site], None] = lambda _site: None


DECISION = {"number": "15/SNV-CCHC", "reason": "Lý do đã gõ."}
DATED = {
    "extension": DatedForm("home", lambda s: f"/dossiers/{s.dossier(COMMUNE)}/extension", "date", DECISION | day("due_on", 25, 2, 2022)),
    "new due date": DatedForm("home", lambda s: f"/dossiers/{s.dossier(COMMUNE)}/extension", "due_on", DECISION | day("date", 1, 2, 2022)),
    "supplement": DatedForm("home", lambda s: f"/dossiers/{s.dossier('STC')}/steps/send_back", "due_on", {"reason": "Lý do đã gõ."}),
    "forward": DatedForm("home", lambda s: f"/dossiers/{s.dossier('906')}/steps/forward", "date", {"number": "15/SNV-CCHC"}),
    "recognition": DatedForm("district", lambda s: f"/dossiers/{s.dossier('30913')}/result", "date", {"number": "15/SNV-CCHC"}),
    "rating": DatedForm("home", lambda s: f"/dossiers/{s.dossier('PNV-908')}/result", "date", {"number": "15/SNV-CCHC", "rating": "good"}),
    "admission": DatedForm("home", lambda s: f"/registrations/{s.unit(DRAFT_COMMUNE)}/admission", "date", DECISION),
    "announcement": DatedForm("home", lambda s: "/ranking/publish", "date", {"number": "15/SNV-CCHC"}),
    "ruling": DatedForm("home", lambda s: "/ranking/ruling", "date", {"number": "15/SNV-CCHC", "text": "Lý do đã gõ."}, unruled),
    "session": DatedForm("secretary", lambda s: "/council/new", "held_on", {"place": "Phòng họp A", "members_total": "9", "quorum": "6"}),
    "minutes": DatedForm(
        "secretary", lambda s: f"/council/{s.session()}", "minutes_date", {"minutes_number": "15/SNV-CCHC", "members_present": "9"}
    ),
}


@pytest.mark.parametrize("name", DATED)
def test_a_date_that_is_none_is_named_and_stays_in_its_boxes(site: Site, name: str) -> None:
    form = DATED[name]
    form.prepare(site)
    visitor, url, wrong = site.visitor(form.who), form.url(site), []

    with site.unchanged():
        for typed in WRONG_DATES:
            answer = visitor.post(url, form.others | day(form.field, *typed))
            boxes = [f'name="{form.field}-{part}"' for part in ("day", "month", "year")]
            shown = [re.search(rf'{box}[^>]*value="([^"]*)"', answer.text) for box in boxes]
            kept = tuple(unescape(box[1]) if box else None for box in shown)
            if answer.status_code != 422 or DATE_MESSAGE not in errors_of(answer.text) or kept != tuple(part.strip() for part in typed):
                wrong.append((typed[0][:20], answer.status_code, errors_of(answer.text).strip()[:200], kept))

    assert wrong == []


@pytest.mark.parametrize("name", DATED)
def test_a_date_left_empty_is_asked_for_and_the_rest_stays(site: Site, name: str) -> None:
    form = DATED[name]
    form.prepare(site)

    page = site.visitor(form.who).refused(form.url(site), form.others, status=422)

    assert "Hãy ghi ngày, tháng, năm." in errors_of(page)
    assert [text for text in form.others.values() if escape(text) not in page] == []


def test_the_other_dates_of_an_announcement_may_be_empty_but_not_wrong(site: Site) -> None:
    home, given = site.visitor("home"), {"number": "1/QĐ", **day("date", 14, 1, 2022)}

    for field in ("portal_date", "notice_date", "trigger_date"):
        page = home.refused("/ranking/publish", given | day(field, 31, 2, 2022), status=422)

        assert DATE_MESSAGE in errors_of(page)


@pytest.mark.parametrize("name", ["extension", "forward", "recognition", "rating", "ruling", "admission", "minutes"])
def test_a_document_dated_in_the_future_is_refused_in_words(site: Site, name: str) -> None:
    form = DATED[name]
    form.prepare(site)
    visitor, url = site.visitor(form.who), form.url(site)
    page = visitor.get(url)
    years = dict.fromkeys(re.findall(r'name="(year_\w+)"', page), "2021")
    votes = dict.fromkeys(re.findall(r'name="((?:for|against|absent)_\d+)"', page), "3")

    page = visitor.refused(url, hidden(page) | form.others | years | votes | day(form.field, 17, 2, 2022), status=409)

    assert "là ngày trong tương lai" in text_of(page)


def test_a_due_date_that_has_passed_is_refused_in_words(site: Site) -> None:
    home = site.visitor("home")

    page = home.refused(
        f"/dossiers/{site.dossier('STC')}/steps/send_back",
        {"version": str(site.version("STC")), "reason": "Thiếu số phiếu.", **day("due_on", 15, 2, 2022)},
        status=409,
    )

    assert "Ngày 15/02/2022 đã qua" in text_of(page)
    assert "Thiếu số phiếu." in page


# Texts

LONG_TEXTS = [
    ("home", f"/dossiers/{{{COMMUNE}}}/extension", "reason", 2000, DECISION | day("date", 1, 2, 2022) | day("due_on", 25, 2, 2022)),
    ("home", f"/dossiers/{{{COMMUNE}}}/extension", "number", 60, DECISION | day("date", 1, 2, 2022) | day("due_on", 25, 2, 2022)),
    ("home", "/dossiers/{STC}/steps/send_back", "reason", 2000, day("due_on", 25, 2, 2022)),
    ("department", f"/dossiers/{{{DEPARTMENT}}}/nominees", "people-0-full_name", 200, {"people-0-workplace": "Sở Tư pháp"}),
    ("department", f"/dossiers/{{{DEPARTMENT}}}/nominees", "people-0-workplace", 200, {"people-0-full_name": "Nguyễn Văn An"}),
    ("secretary", "/council/new", "place", 200, day("held_on", 16, 2, 2022) | {"members_total": "9", "quorum": "6", "dossiers": "{STC}"}),
]


@pytest.mark.parametrize(("who", "url", "field", "limit", "others"), LONG_TEXTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_text_may_be_as_long_as_it_says_and_no_longer(
    either_site: Site, who: str, url: str, field: str, limit: int, others: dict[str, str]
) -> None:
    def filled(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: str(either_site.dossier(match[1])), text)

    visitor = either_site.visitor(who)
    given = {name: filled(value) for name, value in others.items()}
    if "/steps/" in url:
        given["version"] = str(either_site.version("STC"))

    page = visitor.refused(filled(url), given | {field: "ậ" * (limit + 1)}, status=422)
    answer = visitor.post(filled(url), given | {field: "ậ" * limit})

    assert f"Không quá {limit} ký tự." in errors_of(page)
    assert "ậ" * (limit + 1) in page
    assert answer.status_code == 302


def test_a_form_as_large_as_a_book_is_refused_as_too_large(site: Site) -> None:
    book = {"reason": "a" * 1_100_000, "file": (io.BytesIO(b"x"), "x.pdf")}

    page = site.visitor("home").refused(f"/dossiers/{site.dossier(COMMUNE)}/extension", book, status=413)

    assert "Nội dung gửi lên quá lớn" in page


ODD = {
    "decomposed": (unicodedata.normalize("NFD", "Lý do: bão lụt ở Hòn Đất"), "Lý do: bão lụt ở Hòn Đất"),
    "zero width": ("Lý\u200b do\ufeff đủ", "Lý do đủ"),
    "right to left": ("Lý do \u202etxet\u202c \u2066x\u2069", "Lý do txet x"),
    "NUL": ("Lý\x00 do\x07 \x1b[31m", "Lý do [31m"),
    "emoji": ("Lý do 👩‍🌾🇻🇳 💩", None),
    "marks piled up": ("Lý do a" + "\u0301" * 300, None),
    "tags": ('Lý do <script>alert("1")</script><b onclick=x>&amp;', 'Lý do <script>alert("1")</script><b onclick=x>&amp;'),
    "templates": ("Lý do {{ 7*7 }} {% raw %} %(step)s %s 100%", "Lý do {{ 7*7 }} {% raw %} %(step)s %s 100%"),
    "formula": ("=HYPERLINK(1) ' -- ; DROP", "=HYPERLINK(1) ' -- ; DROP"),
    "private use": ("Lý do \ue000\U000f0000 đủ", "Lý do đủ"),
    "several lines": ("Lý do một\r\n\r\n  hai \r\n", "Lý do một\n\nhai"),
    "wide blanks": ("\u3000Lý do\u00a0đủ\u2003", "Lý do đủ"),
}


def test_odd_letters_are_cleaned_kept_and_shown_as_text(either_site: Site) -> None:
    home, number, wrong = either_site.visitor("home"), either_site.dossier(COMMUNE), {}

    for later, (name, (typed, expected)) in enumerate(ODD.items()):
        due = day("due_on", 1 + later, 3, 2022)
        answer = home.post(f"/dossiers/{number}/extension", {"number": "15/SNV", "reason": typed, **day("date", 1, 2, 2022), **due})
        kept = _latest_reason(either_site, number)
        if answer.status_code != 302 or expected not in {None, kept} or not _is_clean(kept):
            wrong[name] = (answer.status_code, kept)
    dossier, entry, letters = (home.get(url) for url in (f"/dossiers/{number}", f"/journal/{either_site.last_entry().seq}", "/letters"))

    assert wrong == {}
    for page in (dossier, entry, letters):
        assert not {"<script>", "<b onclick", "49 {%"} & {mark for mark in ("<script>", "<b onclick", "49 {%") if mark in page}
    for _typed, expected in ODD.values():
        assert expected is None or all(line in text_of(dossier.replace("<br>", " ")) for line in expected.split("\n"))


def _latest_reason(site: Site, number: int) -> str:
    with site.rows() as session:
        return session.scalars(select(Extension.reason).where(Extension.dossier_id == number).order_by(Extension.id.desc())).first() or ""


def _is_clean(text: str) -> bool:
    """NFC, without control, invisible, private or unassigned characters."""
    return unicodedata.is_normalized("NFC", text) and not [
        c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ]


def test_a_text_of_nothing_visible_is_empty(site: Site) -> None:
    home, url = site.visitor("home"), f"/dossiers/{site.dossier('STC')}/steps/send_back"
    given = {"version": str(site.version("STC")), **day("due_on", 25, 2, 2022)}

    for typed in ("", "   ", "\u200b\u2060", "\u3000\u00a0", "\x00\x01", "\u202e"):
        page = home.refused(url, given | {"reason": typed}, status=422)

        assert "Hãy điền mục này." in errors_of(page)


def test_bytes_that_are_no_text_do_no_harm(site: Site) -> None:
    home, url = site.visitor("home"), f"/dossiers/{site.dossier('STC')}/steps/send_back"
    bodies = [
        raw + f"&csrf_token={site.token}".encode() for raw in (b"reason=%FF%FE%ED%A0%80", b"reason=\xff\xfe", b"%ff=%ff&&&==", b"\x00")
    ]
    kinds = [("application/x-www-form-urlencoded", body) for body in bodies]
    kinds += [("application/json", b"{}"), ("text/plain", b"x"), ("multipart/form-data; boundary=x", b"--x\r\n")]

    with site.unchanged():
        statuses = [home.client.post(url, data=body, content_type=kind).status_code for kind, body in kinds]

    assert set(statuses) <= {400, 422}


def test_a_version_that_was_tampered_with_is_stale_and_keeps_the_reason(site: Site) -> None:
    home, url = site.visitor("home"), f"/dossiers/{site.dossier('STC')}/steps/send_back"
    answers, wrong = {"key": "k1", "reason": "Lý do đã gõ.", **day("due_on", 25, 2, 2022)}, {}

    with site.unchanged():
        for mark in ("²", "-1", "1e3", "9" * 400, "\x00", "e\u0301", "", "null"):
            answer = home.post(url, answers | {"version": mark})
            if answer.status_code != 409 or "Hồ sơ đã thay đổi" not in answer.text or "Lý do đã gõ." not in answer.text:
                wrong[mark] = answer.status_code

    assert wrong == {}


def test_a_key_that_was_tampered_with_breaks_nothing(either_site: Site) -> None:
    home, url = either_site.visitor("home"), f"/dossiers/{either_site.dossier('STC')}/steps/send_back"
    answers, wrong = {"reason": "Lý do đã gõ.", **day("due_on", 25, 2, 2022)}, {}

    for key in ("e\u0301" * 40, "\x00", "\u202e", "<b>", "x" * 5000, "💩", "\ue000"):
        either_site.restore()
        answer = home.post(url, answers | {"version": str(either_site.version("STC")), "key": key})
        taken = either_site.state("STC") is DossierState.SELECTED
        if answer.status_code not in {302, 400, 422} or taken is not (answer.status_code == 302):
            wrong[key[:10]] = (answer.status_code, taken)

    assert wrong == {}


# Two people at once


def test_the_loser_of_two_sees_who_and_when_and_keeps_their_reason(site: Site) -> None:
    url, answers = f"/dossiers/{site.dossier('STC')}/steps/send_back", day("due_on", 25, 2, 2022)
    winner, loser = site.visitor("home"), site.visitor("second")
    opened = [hidden(visitor.get(url)) for visitor in (winner, loser)]

    first = winner.post(url, opened[0] | answers | {"reason": "Lý do thứ nhất."})
    page = loser.refused(url, opened[1] | answers | {"reason": "Lý do thứ hai."}, status=409)

    assert first.status_code == 302
    assert "Hồ sơ đã thay đổi sau khi bạn mở trang này" in page
    assert "Trả lại bổ sung (Đã nộp hồ sơ → Được chọn) – Lê Thị Nội Vụ, 09:00:00 ngày 16/02/2022" in " ".join(text_of(page).split())
    assert "Lý do thứ hai." in page


def test_a_stale_form_can_be_sent_again_as_it_stands_on_the_page(site: Site) -> None:
    url, home, clerk = f"/dossiers/{site.dossier(COMMUNE)}/steps/withdraw", site.visitor("home"), site.visitor("commune")
    opened = hidden(clerk.get(url))
    decision = {"number": "16/SNV", "reason": "Gia hạn.", **day("date", 1, 2, 2022), **day("due_on", 28, 2, 2022)}
    home.post(f"/dossiers/{site.dossier(COMMUNE)}/extension", decision)

    page = clerk.refused(url, opened | {"reason": "Không tham gia nữa."}, status=409)
    again = clerk.post(url, hidden(page) | {"reason": "Không tham gia nữa."})

    assert "Cho phép nộp hồ sơ trễ hạn – Lê Thị Nội Vụ, 09:00:00 ngày 16/02/2022" in " ".join(text_of(page).split())
    assert re.search(r"<textarea[^>]*>\s*Không tham gia nữa.</textarea>", page)
    assert again.status_code == 302
    assert site.state(COMMUNE) is DossierState.WITHDRAWN


def test_the_votes_of_a_second_secretary_do_not_overwrite_the_first(site: Site) -> None:
    secretary, url = site.visitor("secretary"), f"/council/{site.session()}"
    opened = hidden(secretary.get(url))
    boxes = re.findall(r'name="((?:for|against|absent)_\d+)"', secretary.get(url))
    votes = {box: "9" if box.startswith("for") else "0" for box in boxes}
    minutes = {"members_present": "9", "minutes_number": "14/BB", **day("minutes_date", 15, 2, 2022)}

    first = secretary.post(url, opened | votes | minutes)
    page = secretary.refused(url, opened | votes | minutes | {"key": "another", "minutes_number": "15/BB"}, status=409)

    assert first.status_code == 302
    assert "Người khác vừa ghi kết quả phiên họp này" in page
    assert 'value="15/BB"' in page


def test_a_reason_typed_for_a_form_that_was_decided_meanwhile_stays(site: Site) -> None:
    first, second, url = site.visitor("district"), site.visitor("district"), f"/registrations/{site.unit(SENT_COMMUNE)}"
    second.get(f"{url}/return")

    accepted = first.post(f"{url}/accept")
    page = second.refused(f"{url}/return", {"reason": "Thiếu chức vụ của cá nhân."}, status=409)

    assert accepted.status_code == 302
    assert "Bản đăng ký đang ở trạng thái “Đã duyệt”" in page
    assert "Thiếu chức vụ của cá nhân." in page


def test_a_second_admission_is_refused_and_keeps_what_was_typed(site: Site) -> None:
    home, url = site.visitor("home"), f"/registrations/{site.unit(DRAFT_COMMUNE)}/admission"
    first = home.post(url, DECISION | day("date", 1, 2, 2022))

    page = home.refused(url, {"number": "17/SNV", "reason": "Lý do khác.", **day("date", 1, 2, 2022)}, status=409)

    assert first.status_code == 302
    assert "đã được cho phép đăng ký trễ hạn" in page
    assert "Lý do khác." in page


def test_a_form_accepted_twice_opens_its_dossiers_once(site: Site) -> None:
    district, url = site.visitor("district"), f"/registrations/{site.unit(SENT_COMMUNE)}/accept"

    first = district.post(url)
    page = district.refused(url, status=409)

    assert first.status_code == 302
    assert "Bản đăng ký đang ở trạng thái “Đã duyệt”" in page


# The same form again


def test_a_form_sent_twice_has_one_effect_and_one_answer(either_site: Site) -> None:
    home, url = either_site.visitor("home"), f"/dossiers/{either_site.dossier('STC')}/steps/send_back"
    sent = hidden(home.get(url)) | {"reason": "Thiếu số phiếu.", **day("due_on", 25, 2, 2022)}

    first = home.post(url, sent)
    with either_site.unchanged():
        second = home.post(url, sent)

    assert (first.status_code, first.location) == (second.status_code, second.location) == (302, f"/dossiers/{either_site.dossier('STC')}")


def test_a_key_of_one_dossier_does_not_pass_for_another(site: Site) -> None:
    home, answers = site.visitor("home"), {"reason": "Thiếu số phiếu.", **day("due_on", 25, 2, 2022)}
    first = f"/dossiers/{site.dossier('STC')}/steps/send_back"
    other = f"/dossiers/{site.dossier('30907')}/steps/send_back"
    sent = hidden(home.get(first)) | answers
    home.post(first, sent)

    answer = home.post(other, sent | {"version": str(site.version("30907"))})

    taken = site.state("30907") is DossierState.SELECTED
    assert answer.status_code in ({302} if taken else {400, 409, 422})


# Steps that are not possible


def test_a_step_that_is_not_possible_names_every_reason_and_its_clause(site: Site) -> None:
    url = f"/dossiers/{site.dossier(OFFICE)}/steps/submit"

    page = site.visitor("district").refused(url, {"version": str(site.version(OFFICE)), "fewer_reason": ""}, status=409)
    entry = site.last_entry()

    words = " ".join(text_of(page).split())
    for reason in ("Thiếu", "Đề nghị 0 trên 2 cá nhân; cần ghi lý do ngắn.", "Đã hết hạn nộp hồ sơ (24 giờ 00 ngày 07/02/2022)"):
        assert reason in words
    for clause in ("III.4.c", "III.4.b", "II.3"):
        assert f"mục {clause} Kế hoạch" in words
    assert (entry.action, entry.result) == ("dossier.submit", AuditResult.REFUSED)


def test_a_step_of_another_state_is_refused_in_words(site: Site) -> None:
    home, url = site.visitor("home"), f"/dossiers/{site.dossier(DEPARTMENT)}/steps/forward"

    shown = home.get(url, 409)
    page = home.refused(url, {"version": str(site.version(DEPARTMENT)), "number": "1", **day("date", 1, 2, 2022)}, status=409)

    for text in (shown, page):
        assert "Hồ sơ đang ở trạng thái “Được chọn”, không thực hiện được bước “Trình Chủ tịch UBND tỉnh”." in text


def test_an_award_to_nobody_or_to_somebody_else_is_refused(site: Site) -> None:
    with site.rows():
        dossier = dossier_of(actors.campaign_2021(), "906")
        actors.usual_step(dossier, Step.FORWARD)
        stranger = dossier_of(actors.campaign_2021(), "STC").nominees[0].id
    home, url = site.visitor("home"), f"/dossiers/{site.dossier('906')}/steps/award"
    given = hidden(home.get(url)) | {"number": "500/QĐ-UBND", **day("date", 15, 2, 2022)}

    nobody = home.refused(url, given, status=409)
    others = [home.refused(url, given | {"awarded": str(number)}, status=422) for number in (stranger, 0, 10**30, "²x")]

    assert "Chưa điền “Được tặng bằng khen”" in nobody
    assert 'value="500/QĐ-UBND"' in nobody
    for page in others:
        assert VIETNAMESE.search(errors_of(page).replace("Có chỗ cần sửa", ""))


# Lists

GARBAGE = [
    "x",
    "%00",
    "é",
    "a" * 4000,
    "W10",
    *(
        base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for text in (
            "[]",
            "[1]",
            "{}",
            "null",
            '["a", 1, 2]',
            '["x", "y"]',
            '["2021-02-31", 1]',
            "[true, false]",
            "[1e400, 1]",
            '["2022-01-01T00:00:00", 1]',
            '["0001-01-01T00:00:00+14:00", 1]',
            '["9999-12-31T23:59:59-14:00", 1]',
            '["9999-12-31", 1]',
            json.dumps(["a\x00", 1]),
            '["\\ud800", 1]',
            json.dumps(["a", 10**30]),
            json.dumps(["a", -(2**63) - 1]),
            json.dumps([10**30]),
            json.dumps([10**30, "a"]),
            "[" * 2500,
        )
    ),
]


@pytest.mark.parametrize("url", ["/dossiers?sort=name", "/dossiers?sort=due", "/dossiers?sort=changed", "/letters?q=", "/journal?from="])
def test_a_cursor_that_names_no_place_harms_nobody(either_site: Site, url: str) -> None:
    auditor, cursors = either_site.visitor("auditor"), GARBAGE if "sort" in url else GARBAGE[:6] + GARBAGE[-3:]

    answers = {(word, cursor): auditor.fetch(f"{url}&{word}={cursor}").status_code for cursor in cursors for word in ("after", "before")}

    assert {(word, _read(cursor)): status for (word, cursor), status in answers.items() if status != 200} == {}


def _read(cursor: str) -> str:
    """A cursor as it was before it was encoded, for the message."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[:60].decode()


TEXTS = ("%00", "x%00y", "e%CC%81", "%ED%A0%80", "%FF", "_%25%5C%27", "%22%3E%3Cscript%3E", "a" * 3000)
IDS = ("0", "-1", "3000000000", str(10**30), "²", "%00")
DAYS = ("31/12/9999", "01/01/0001", "9999-12-31", "31/02/2021", "%00")
FILTERS = {
    "/dossiers": {"q": TEXTS, "state": TEXTS, "kind": TEXTS, "due": TEXTS[:3], "sort": TEXTS[:3], "district": IDS, "campaign": IDS},
    "/registrations": {"q": TEXTS, "state": TEXTS[:3]},
    "/letters": {"q": TEXTS, "state": TEXTS[:3]},
    "/journal": {"from": DAYS, "to": DAYS, "officer": TEXTS, "dossier": TEXTS, "action": TEXTS, "result": TEXTS[:3], "source": TEXTS[:3]},
    "/": {"campaign": IDS},
}


@pytest.mark.parametrize("url", FILTERS)
def test_a_filter_that_means_nothing_narrows_or_not_but_never_breaks(either_site: Site, url: str) -> None:
    home, answers = either_site.visitor("home"), {}

    for name, words in FILTERS[url].items():
        for word in words:
            page = home.fetch(f"{url}?{name}={word}")
            answers[f"{name}={word}"] = page.status_code if "<script>" not in page.text else "not escaped"

    assert {word: status for word, status in answers.items() if status != 200} == {}


# Uploads


class Answered(NamedTuple):
    """What remains of an answer whose file is let go."""

    status_code: int
    text: str


def upload(visitor: Visitor, content: bytes, name: str, paper: str = "minutes", code: str = COMMUNE) -> Answered:
    """Send a file as a paper of a dossier; a large one lies in a temporary file, which goes with the answer."""
    url = f"/dossiers/{visitor.site.dossier(code)}/documents"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        answer = visitor.post(url, {paper: (io.BytesIO(content), name)})
        if len(content) > 100_000:
            gc.collect()
    return Answered(answer.status_code, answer.text)


BAD_FILES = {
    "empty": (b"", "Biên bản.pdf", "Tệp rỗng"),
    "too large": (PDF + b"\x00" * (20 * 1024 * 1024), "Biên bản.pdf", "lớn hơn 20 MB"),
    "a program": (b"MZ\x90\x00" + b"\x00" * 100, "Biên bản.pdf", "Không nhận loại tệp này"),
    "a PDF that is cut off": (PDF[:300], "Biên bản.pdf", "Tệp bị hỏng"),
    "a PDF that is called a page": (PDF, "Biên bản.html", "Không nhận loại tệp này"),
    "a PDF that is called a picture": (PDF, "Biên bản.png", "Đuôi của tên tệp không đúng"),
}
"""What the page says; all that the opening finds is in tests/documents/hostile.py."""


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_not_taken_is_refused_in_words_and_on_record(site: Site, name: str) -> None:
    content, file_name, words = BAD_FILES[name]
    district = site.visitor("district")

    with site.unchanged():
        answer = upload(district, content, file_name)
    entry = site.last_entry()

    assert answer.status_code == 422
    assert f"{file_name}: " in errors_of(answer.text)
    assert words in errors_of(answer.text)
    assert 'href="#minutes"' in answer.text
    assert (entry.action, entry.result) == ("document.upload", AuditResult.REFUSED)


def test_a_paper_that_was_not_offered_is_not_taken(site: Site) -> None:
    with site.rows():
        stranger = dossier_of(actors.campaign_2021(), OFFICE).nominees[0].id
    district, wrong = site.visitor("district"), {}
    words = ("unknown", "achievement_report-0", "achievement_report", f"achievement_report-{stranger}", "signed_form", "e\u0301", "\x00")

    with site.unchanged():
        for paper in (*words, "a" * 5000):
            answer = upload(district, PDF, "Biên bản.pdf", paper)
            if answer.status_code != 422 or "Hãy chọn ít nhất một tệp." not in errors_of(answer.text):
                wrong[paper[:30]] = answer.status_code

    assert wrong == {}


@pytest.mark.parametrize("given", [{}, {"minutes": "Biên bản.pdf"}, {"evidence": ["", "a"]}, {"minutes": (io.BytesIO(b""), "")}])
def test_an_upload_without_a_file_is_asked_for_one(site: Site, given: dict[str, Any]) -> None:
    page = site.visitor("district").refused(f"/dossiers/{site.dossier(COMMUNE)}/documents", given, status=422)

    assert "Hãy chọn ít nhất một tệp." in errors_of(page)


LONG_NAME = "Báo cáo thành tích của tập thể " * 12
NAMES = {
    "Biên bản số 2.pdf": "Biên bản số 2.pdf",
    unicodedata.normalize("NFD", "Biên bản số 2.pdf"): "Biên bản số 2.pdf",
    "../../../etc/Biên bản.pdf": "Biên bản.pdf",
    "C:/Users/clerk/Biên bản.pdf": "Biên bản.pdf",
    "C:\\Users\\clerk\\Biên bản.pdf": None,
    f"{LONG_NAME}.pdf": None,
    f"{'a' * 900}.{'b' * 255}pdf": None,
    ".pdf": None,
    "....pdf": None,
    "Biên bản.PDF": "Biên bản.pdf",
    "Biên\u202e bản fdp.\u202c.pdf": None,
    "Biên bản.exe\x00.pdf": None,
    "<img src=x onerror=1>.pdf": None,
    "a%0D%0ASet-Cookie: x=1;.pdf": None,
    "100% %(name)s {{7*7}}.pdf": "100% %(name)s {{7*7}}.pdf",
    "Biên bản 👍🏽.pdf": "Biên bản 👍🏽.pdf",
}
"""Names of files as they are sent, and as they are kept where that is plain."""


def test_a_file_keeps_its_own_name_and_comes_back_as_an_attachment(either_site: Site) -> None:
    district, papers, wrong = either_site.visitor("district"), f"/dossiers/{either_site.dossier(COMMUNE)}/documents", {}

    for count, (typed, expected) in enumerate(NAMES.items()):
        content = PDF + b"%" * count  # the same file again would be no new version
        answer = upload(district, content, typed)
        number, version, kept = _latest(either_site, "minutes")
        file = district.fetch(f"{papers}/{number}/{version}")
        named = kept == (expected or kept) and len(kept) <= 255 and kept.endswith("pdf") and not set("/\\\x00\r\n\u202e") & set(kept)
        attached = (file.headers["Content-Disposition"][:10], file.headers["X-Content-Type-Options"], file.mimetype, file.data)
        if answer.status_code != 302 or not named or attached != ("attachment", "nosniff", "application/pdf", content):
            wrong[typed[:40]] = (answer.status_code, kept[:60], len(kept), attached[:3])
    pages = district.get(papers) + district.get(papers.removesuffix("/documents"))

    assert wrong == {}
    assert "<img src=x" not in pages


def _latest(site: Site, kind: str) -> tuple[int, int, str]:
    """The number, version and name of a paper of the commune."""
    with site.rows():
        documents = dossier_of(actors.campaign_2021(), COMMUNE).documents
        return next(((d.id, d.latest.number, d.latest.file_name) for d in documents if d.kind == kind), (0, 0, ""))


def test_a_download_names_the_file_in_vietnamese(site: Site) -> None:
    answer = site.visitor("commune").fetch(f"/dossiers/{site.dossier(COMMUNE)}/documents/{site.paper()}/1")

    assert "filename*=UTF-8''T%E1%BB%9D%20tr%C3%ACnh%20s%E1%BB%91%201.pdf" in answer.headers["Content-Disposition"]


def test_a_paper_whose_file_is_gone_is_not_found_and_not_recorded(site: Site) -> None:
    for path in (site.app.config["INSTANCE"] / "papers").rglob("*"):
        if path.is_file():
            path.unlink()
    count = site.entries()

    site.visitor("commune").get(f"/dossiers/{site.dossier(COMMUNE)}/documents/{site.paper()}/1", 404)

    assert site.entries() == count


def test_a_paper_of_a_dossier_that_is_filed_is_not_changed(site: Site) -> None:
    with site.unchanged():
        answer = upload(site.visitor("stranger"), PDF, "Biên bản.pdf", code="STC")

    assert answer.status_code in {403, 409}
    assert VIETNAMESE.search(text_of(answer.text))


# The ranking


WRONG_LINES = [
    *((score, "1", "excellent", "không phải điểm số") for score in ("9O,5", "", "101", "-1", "1.234,5", "9" * 5000, "٩٥", "nan", "<b>")),
    *(("95,5", rank, "excellent", "không phải thứ hạng") for rank in ("0", "", "nhất", "1.5", "²", "1000", "9" * 5000)),
    *(("95,5", "1", group, "Hãy chọn nhóm") for group in ("", "best")),
]


def test_a_wrong_line_of_the_ranking_is_named_and_kept(site: Site) -> None:
    home, unit, other, wrong = site.visitor("home"), site.unit("STP"), site.unit("STC"), {}
    good = {f"score-{other}": "77,25", f"rank-{other}": "9", f"group-{other}": "good"}

    with site.unchanged():
        for score, rank, group, words in WRONG_LINES:
            answer = home.post("/ranking/entries", good | {f"score-{unit}": score, f"rank-{unit}": rank, f"group-{unit}": group})
            said = "Sở Tư pháp" in errors_of(answer.text) and words in errors_of(answer.text)
            kept = (_box(answer.text, f"score-{unit}"), _box(answer.text, f"rank-{unit}"), _box(answer.text, f"score-{other}"))
            if (answer.status_code, said, kept) != (422, True, (score, rank, "77,25")):
                wrong[score[:9], rank[:9], group] = (answer.status_code, said)

    assert wrong == {}


def _box(page: str, name: str) -> str | None:
    """What stands in a box."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return unescape(found[1]) if found else None


# The council


def test_a_vote_that_is_no_count_is_named_and_kept(site: Site) -> None:
    secretary, url, wrong = site.visitor("secretary"), f"/council/{site.session()}", {}
    opened = secretary.get(url)
    boxes = re.findall(r'name="((?:for|against|absent)_\d+)"', opened)
    given = (
        hidden(opened) | dict.fromkeys(boxes, "3") | {"members_present": "9", "minutes_number": "14/BB", **day("minutes_date", 15, 2, 2022)}
    )

    with site.unchanged():
        for typed in ("", "-1", "chín", "1.5", "100", str(10**30), "9" * 5000, "²", "<b>"):
            answer = secretary.post(url, given | {boxes[0]: typed})
            said = "Hãy ghi một số" in errors_of(answer.text) or "không phải số nguyên" in errors_of(answer.text)
            if (answer.status_code, said, _box(answer.text, boxes[0]), _box(answer.text, "minutes_number")) != (422, True, typed, "14/BB"):
                wrong[typed[:9]] = (answer.status_code, said, _box(answer.text, boxes[0]))

    assert wrong == {}


@pytest.mark.parametrize(
    ("votes_for", "against", "present", "status", "words"),
    [
        ("9", "1", "9", 422, "Số phiếu vượt số thành viên có mặt được biểu quyết hồ sơ này (9)"),
        ("9", "0", "10", 409, "Số thành viên dự họp (10) vượt tổng số thành viên (9)"),
    ],
)
def test_more_votes_than_members_are_refused_and_kept(
    site: Site, votes_for: str, against: str, present: str, status: int, words: str
) -> None:
    secretary, url = site.visitor("secretary"), f"/council/{site.session()}"
    opened = secretary.get(url)
    boxes = re.findall(r'name="((?:for|against|absent)_\d+)"', opened)
    votes = {box: votes_for if box.startswith("for") else against if box.startswith("against") else "0" for box in boxes}
    minutes = {"members_present": present, "minutes_number": "14/BB", **day("minutes_date", 15, 2, 2022)}

    page = secretary.refused(url, hidden(opened) | votes | minutes, status=status)

    assert words in page
    assert 'value="14/BB"' in page


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"quorum": "10"}, 409, "Số thành viên tối thiểu (10)"),
        ({"quorum": "0"}, 422, "Hãy ghi một số từ 1 đến 99"),
        ({"members_total": "chín"}, 422, "không phải số nguyên"),
        ({"dossiers": ""}, 422, "Có mục không thuộc danh sách"),
        ({"dossiers": "0"}, 422, "Có mục không thuộc danh sách"),
        ({"dossiers": str(10**30)}, 422, "Có mục không thuộc danh sách"),
        ({"dossiers": "abc"}, 422, "Có mục không thuộc danh sách"),
        ({"dossiers": []}, 409, "Phiên họp chưa có hồ sơ nào"),
    ],
)
def test_a_session_that_cannot_be_is_refused_and_kept(site: Site, change: dict[str, Any], status: int, words: str) -> None:
    given = {
        "place": "Phòng họp A",
        "members_total": "9",
        "quorum": "6",
        "dossiers": str(site.dossier("STC")),
        **day("held_on", 16, 2, 2022),
    }

    page = site.visitor("secretary").refused("/council/new", given | change, status=status)

    assert words in page
    assert "Phòng họp A" in page


def test_a_dossier_that_is_not_submitted_cannot_be_put_on_an_agenda(site: Site) -> None:
    given = {"place": "Phòng họp A", "members_total": "9", "quorum": "6", **day("held_on", 16, 2, 2022)}

    page = site.visitor("secretary").refused("/council/new", given | {"dossiers": str(site.dossier(DEPARTMENT))}, status=422)

    assert "Có mục không thuộc danh sách" in errors_of(page)


# The ruling


def test_a_year_that_is_none_is_named_and_kept(site: Site) -> None:
    unruled(site)
    home, wrong = site.visitor("home"), {}
    boxes = re.findall(r'name="(year_\w+)"', home.get("/ranking/ruling"))
    given = {"number": "5/SNV", "text": "Xét theo năm 2021.", **day("date", 14, 1, 2022)}

    with site.unchanged():
        for year in ("", "nay", "1999", "2201", "20 21", "²", "9" * 5000):
            answer = home.post("/ranking/ruling", given | dict.fromkeys(boxes, year))
            said = "Hãy ghi một số" in errors_of(answer.text) or "không phải số nguyên" in errors_of(answer.text)
            if (answer.status_code, said, _box(answer.text, boxes[0])) != (422, True, year) or "Xét theo năm 2021." not in answer.text:
                wrong[year[:9]] = (answer.status_code, said, _box(answer.text, boxes[0]))

    assert wrong == {}


# Registrations and nominees

LOGIN = "danh thị xã.30904@thidua.example"
PERSON = {"full_name": "Lý Văn Năm", "position": "Chuyên viên", "workplace": "Xã Thạnh Bình"}


SIGNED = {"follows_law": "y", "is_united": "y", "preparer": "Lê Lập", "head": "Trần Trưởng"}


def fill_in(site: Site, change: dict[str, Any]) -> str:
    """Fill in the draft page by page as a commune does, with something changed. Gives the form's address."""
    clerk, unit = site.visitor("draft_clerk"), site.unit(DRAFT_COMMUNE)
    given = {"collectives": str(unit)} | SIGNED | {f"people-0-{name}": text for name, text in PERSON.items()} | change
    for group in ("collectives", "people", "signing"):
        page = f"/registrations/{unit}/{group}"
        assert clerk.post(page, hidden(clerk.get(page)) | given).status_code == 302
    return f"/registrations/{unit}"


def test_a_half_filled_person_is_named_and_kept(site: Site) -> None:
    clerk, unit = site.visitor("draft_clerk"), site.unit(DRAFT_COMMUNE)

    for missing in ({"full_name"}, {"position"}, {"workplace"}, {"full_name", "workplace"}, {"full_name", "position"}):
        person = {f"people-0-{name}": "" if name in missing else text for name, text in PERSON.items()}
        page = clerk.refused(f"/registrations/{unit}/people", person | {"people-1-full_name": "Lê Lập"}, status=422)

        assert "Hãy ghi đủ họ và tên, chức vụ, đơn vị công tác" in errors_of(page)
        assert {name: _box(page, f"people-0-{name}") for name in PERSON} == {n: "" if n in missing else t for n, t in PERSON.items()}
        assert _box(page, "people-1-full_name") == "Lê Lập"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"collectives": []}, "chưa có tập thể nào"),
        ({"follows_law": []}, "chưa cam kết"),
        ({"is_united": []}, "chưa cam kết"),
        ({"preparer": ""}, "chưa ghi người lập biểu"),
        ({"head": "\u200b"}, "chưa ghi người lập biểu"),
    ],
)
def test_a_form_that_lacks_something_is_not_sent_and_says_what(site: Site, change: dict[str, Any], words: str) -> None:
    form = fill_in(site, change)
    late = site.visitor("home").post(f"{form}/admission", DECISION | day("date", 1, 2, 2022))

    answer = site.visitor("draft_clerk").post(f"{form}/send")

    assert late.status_code == 302
    assert answer.status_code == 409
    assert words in answer.text
    assert "Lý Văn Năm" in answer.text
    assert (site.last_entry().action, site.last_entry().result) == ("registration.send", AuditResult.REFUSED)


def test_a_late_form_is_kept_as_a_draft_and_says_what_it_needs(site: Site) -> None:
    form = fill_in(site, {})

    answer = site.visitor("draft_clerk").post(f"{form}/send")

    assert answer.status_code == 409
    assert "Đã hết hạn đăng ký (24 giờ 00 ngày 31/03/2021)" in answer.text
    assert "Lý Văn Năm" in answer.text


def test_a_collective_that_is_not_on_the_form_is_not_taken(site: Site) -> None:
    clerk, url = site.visitor("draft_clerk"), f"/registrations/{site.unit(DRAFT_COMMUNE)}/collectives"

    for collective in ("0", "999999", str(10**30), "abc", "x\x00"):
        page = clerk.refused(url, {"collectives": collective}, status=422)

        assert "Có mục không thuộc danh sách" in errors_of(page)


def test_a_half_filled_nominee_is_named_and_kept(site: Site) -> None:
    department, url = site.visitor("department"), f"/dossiers/{site.dossier(DEPARTMENT)}/nominees"

    for missing in ("full_name", "workplace"):
        people = {f"people-0-{name}": "" if name == missing else text for name, text in PERSON.items()}
        page = department.refused(url, people | {"people-0-rating": "good"}, status=422)

        assert VIETNAMESE.search(errors_of(page).replace("Có chỗ cần sửa", ""))
        assert {name: _box(page, f"people-0-{name}") for name in PERSON} == {n: "" if n == missing else t for n, t in PERSON.items()}


def test_a_rating_that_the_plan_has_not_is_not_taken(site: Site) -> None:
    people = {f"people-0-{name}": text for name, text in PERSON.items()} | {"people-0-rating": "genius"}

    page = site.visitor("department").refused(f"/dossiers/{site.dossier(DEPARTMENT)}/nominees", people, status=422)

    assert "Hãy chọn một mục trong danh sách." in errors_of(page)
    assert "Lý Văn Năm" in page


def test_more_nominees_than_the_quota_are_refused_and_kept(site: Site) -> None:
    people = {f"people-{row}-{name}": f"{text} {row}" for row in range(3) for name, text in PERSON.items()}

    page = site.visitor("department").refused(f"/dossiers/{site.dossier(DEPARTMENT)}/nominees", people, status=409)

    assert "Đề nghị 3 cá nhân, vượt số lượng 2." in page
    assert "Lý Văn Năm 2" in page


def test_the_same_person_twice_is_refused_and_kept(site: Site) -> None:
    people = {f"people-{row}-{name}": text for row in range(2) for name, text in PERSON.items()}

    page = site.visitor("department").refused(f"/dossiers/{site.dossier(DEPARTMENT)}/nominees", people, status=409)

    assert "Lý Văn Năm đã được đề nghị" in page


def test_a_name_with_marks_in_it_is_shown_as_text_everywhere(site: Site) -> None:
    name = 'Lý <script>alert("x")</script> {{7*7}} %s'
    people = {"people-0-full_name": name, "people-0-position": "<i>", "people-0-workplace": "<u>", "people-0-rating": "good"}
    department, number = site.visitor("department"), site.dossier(DEPARTMENT)

    answer = department.post(f"/dossiers/{number}/nominees", people)
    with site.rows():
        kept = [n.full_name for n in dossier_of(actors.campaign_2021(), DEPARTMENT).nominees if n.kind is NomineeKind.INDIVIDUAL]

    assert answer.status_code == 302
    assert kept == [name]
    for url in (
        f"/dossiers/{number}",
        f"/dossiers/{number}/nominees",
        f"/dossiers/{number}/documents",
        f"/dossiers/{number}/steps/withdraw",
    ):
        page = department.get(url)
        assert "<script>" not in page
        assert "<u>" not in page


# Sign-in and the frame


def test_a_name_that_nobody_has_is_answered_in_words(either_site: Site) -> None:
    nobody, wrong = either_site.visitor(), {}
    names = ("", " ", "\u200b", "a" * 201, "e\u0301@x", "ΐ@kiengiang.example", "ǰ", "ß" * 200, "\x00", "<script>@x", "' OR 1=1 --", "💩")

    with either_site.unchanged():
        for login in names:
            answer = nobody.post("/sign-in", {"login": login, "password": "mat-khau-nao-do"})
            safe = not {"<script>@x", "mat-khau-nao-do"} & set(re.findall(r"<script>@x|mat-khau-nao-do", answer.text))
            if answer.status_code != 422 or not VIETNAMESE.search(errors_of(answer.text)) or not safe:
                wrong[login[:9]] = answer.status_code

    assert wrong == {}


def test_an_odd_password_is_a_wrong_one(site: Site) -> None:
    nobody = site.visitor()

    for password in ("\x00", "e\u0301" * 9, "a" * 100_000, "💩" * 100, "\u202e"):
        answer = nobody.post("/sign-in", {"login": LOGIN, "password": password})

        assert answer.status_code == 422
        assert password not in answer.text


def test_a_form_without_its_token_says_what_to_do(site: Site) -> None:
    home = site.visitor("home")

    with site.unchanged():
        url = f"/dossiers/{site.dossier('STC')}/steps/send_back"
        answer = home.client.post(url, data={"reason": "Lý do"}, headers={"Referer": f"http://localhost{url}"})

    assert answer.status_code == 400
    assert f'href="{url}">Mở lại trang vừa gửi' in answer.text
    assert "Trang này đã cũ, chưa lưu gì" in answer.text
    assert "tải lại trang rồi gửi lại" in answer.text


def test_a_cookie_that_was_tampered_with_is_no_cookie(site: Site) -> None:
    for value in ("x", "e30.x.y", "." * 4000, "%00", "eyJ0b2tlbiI6IjEifQ.AAAA.AAAA"):
        client = site.app.test_client()
        client.set_cookie("thidua", value)

        assert client.get("/dossiers").status_code == 302


def test_every_refusal_is_a_page_with_a_title_and_a_way_on(site: Site) -> None:
    home = site.visitor("home")
    site.app.config["MAX_CONTENT_LENGTH"] = 2000
    answers = [
        home.client.post("/sign-out"),
        home.fetch("/council/new"),
        home.fetch("/dossiers/999999"),
        home.client.delete("/dossiers", data={"csrf_token": site.token}),
        home.fetch(f"/dossiers/{site.dossier(DEPARTMENT)}/steps/forward"),
        home.post("/council/new", {"place": "a" * 3000}),
    ]

    assert [answer.status_code for answer in answers] == [400, 403, 404, 405, 409, 413]
    for answer in answers:
        assert '<html lang="vi"' in answer.text
        assert len(re.findall(r"<h1", answer.text)) == 1
        assert VIETNAMESE.search(text_of(re.findall(r"<h1.*?</h1>", answer.text, re.DOTALL)[0]))
        assert re.search(r'<a class="govuk-link" href="/', answer.text)


def test_an_error_of_ours_gives_a_number_to_quote_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken() -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("web.inbox.campaign", broken)

    answer = site.visitor("home").fetch("/")

    assert answer.status_code == 500
    number = re.search(r"mã số: ([0-9a-f]{8})", answer.text)
    assert number
    assert "secret inside" not in answer.text
    assert number[1] in caplog.text

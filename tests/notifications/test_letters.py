"""Every letter, whole: what the approved texts say is what goes out.

After a wanted change of wording, write the approved texts anew and read the difference before committing it:

    UPDATE_APPROVED=1 pytest tests/notifications/test_letters.py
    git diff tests/notifications/approved
"""

from __future__ import annotations

import os
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import meta

from models.vocabulary import LetterName
from notifications.letters import COMMON, FACTS, SUBJECT_LIMIT, TEMPLATES, WIDTH, MissingFact, environment, render_letter

APPROVED = Path(__file__).parent / "approved"
BASE_URL = "https://thidua.example.vn/"

REGISTRATION: dict[str, object] = {
    "clause": "II.3",
    "link": "/registrations/7",
    "due": "24 giờ 00 ngày 31/03/2021",
    "due_date": "31/03/2021",
    "left": "còn 3 ngày",
    "working": [
        "Thời gian đăng ký: đến hết ngày 31/03/2021",
        "Thứ Tư, 31/03/2021 là ngày làm việc, hạn không phải dời",
        "Hạn: 24 giờ 00 ngày 31/03/2021",
    ],
    "day": "29/03/2021",
    "units": ["Ủy ban nhân dân xã Bình Giang", "Ủy ban nhân dân xã Mỹ Thái", "Ủy ban nhân dân thị trấn Sóc Sơn"],
}
COMMUNE: dict[str, object] = {"unit": "Ủy ban nhân dân xã Bình Sơn", "clause": "IV"}

FACTS_OF_ALL: dict[str, object] = {
    "unit": "Ủy ban nhân dân huyện Hòn Đất",
    "campaign": "Thi đua chuyên đề về thực hiện nhiệm vụ cải cách hành chính năm 2021",
    "year": 2021,
    "plan": "Kế hoạch số 37/KH-UBND ngày 04 tháng 02 năm 2021 của Ủy ban nhân dân tỉnh Kiên Giang",
    "sender": "Sở Nội vụ tỉnh Kiên Giang",
    "receiving_office": "Phòng Cải cách hành chính và Tổ chức phi chính phủ",
    "clause": "III.4.a",
    "link": "/dossiers/12",
    "journal": "123-0a1b2c3d4e5f6071",
    "day": "28/01/2022",
    "dossier": "2021-30838",
    "collective": "Xã Bình Sơn, Huyện Hòn Đất",
    "due": "24 giờ 00 ngày 07/02/2022",
    "due_date": "07/02/2022",
    "left": "còn 3 ngày",
    "overdue": "quá hạn 1 ngày",
    "working": [
        "Sự kiện: công bố kết quả xếp hạng, Quyết định số 115/QĐ-UBND ngày 14/01/2022",
        "Ngày đầu tiên được tính: thứ Bảy, 15/01/2022",
        "Ngày thứ 15: thứ Bảy, 29/01/2022, ngày nghỉ hằng tuần",
        "Không tính: Chủ nhật 30/01/2022; nghỉ Tết Nguyên đán từ 31/01/2022 đến 04/02/2022; nghỉ hằng tuần 05/02/2022 và 06/02/2022",
        "Hạn: 24 giờ 00 thứ Hai, ngày 07/02/2022",
    ],
    "checklist": [
        "Tờ trình đề nghị khen thưởng",
        "Biên bản họp Hội đồng Thi đua, khen thưởng cơ quan trình",
        "Báo cáo thành tích của tập thể, cá nhân theo Mẫu số 7 ban hành kèm theo Nghị định số 91/2017/NĐ-CP",
    ],
    "individuals": 1,
    "at": "08:15:03 ngày 28/01/2022",
    "timeliness": "đúng hạn",
    "number": "115/QĐ-UBND",
    "date": "14/01/2022",
    "result": "Được Ủy ban nhân dân huyện Hòn Đất công nhận tiêu biểu xuất sắc nhất",
    "nominees": [
        {"name": "Tập thể Xã Bình Sơn, Huyện Hòn Đất", "outcome": "đề nghị tặng bằng khen"},
        {"name": "Trần Thị B, công chức Văn phòng - Thống kê", "outcome": "không đề nghị"},
    ],
    "reason": "Báo cáo thành tích của cá nhân chưa có xác nhận của thủ trưởng.\nBiên bản họp chưa ghi số phiếu.",
}

# What differs from the facts above: the registration letters have their own dates, the later ones other papers.
OWN: dict[LetterName, dict[str, object]] = {
    LetterName.CAMPAIGN_OPENED: {**REGISTRATION, "link": "/registrations/new"},
    LetterName.CAMPAIGN_OPENED_MEMBER: {
        **REGISTRATION,
        "unit": "Phòng Nội vụ huyện Hòn Đất",
        "registers_with": "Ủy ban nhân dân huyện Hòn Đất",
        "link": "/?campaign=1",
    },
    LetterName.CAMPAIGN_OPENED_COMPILED: {**REGISTRATION, "link": "/registrations?district=903"},
    LetterName.YEAR_END_REMINDER: {
        "unit": "Sở Nội vụ tỉnh Kiên Giang",
        "clause": "IV",
        "link": "/reports/year-end?campaign=1",
        "due": "24 giờ 00 ngày 31/12/2021",
        "due_date": "31/12/2021",
        "left": "còn 14 ngày",
        "working": ["Ngày do kế hoạch ấn định: Thứ Sáu 31/12/2021 (Kế hoạch số 37/KH-UBND)", "Hạn cuối: 24 giờ 00 ngày 31/12/2021"],
    },
    LetterName.REGISTRATION_REMINDER: REGISTRATION,
    LetterName.REGISTRATION_REMINDER_COMPILED: {**REGISTRATION, "link": "/registrations?district=903"},
    LetterName.DIGEST: {
        "clause": "II.3",
        "link": "/",
        "items": [
            {
                "what": "Ủy ban nhân dân huyện Hòn Đất: còn 02 đơn vị cấp xã chưa đăng ký thi đua năm 2021, hạn 31/03/2021, còn 3 ngày",
                "due": "24 giờ 00 ngày 31/03/2021",
                "link": "/registrations?district=903",
                "units": ["Xã Bình Giang", "Thị trấn Sóc Sơn"],
                "working": ["Ngày do kế hoạch ấn định: Thứ Tư 31/03/2021 (Kế hoạch số 37/KH-UBND)", "Hạn cuối: 24 giờ 00 ngày 31/03/2021"],
            },
            {
                "what": "Nhắc nộp hồ sơ 2021-30838: hạn 07/02/2022, còn 3 ngày",
                "due": "24 giờ 00 ngày 07/02/2022",
                "link": "/dossiers/12",
                "collective": "Xã Bình Sơn, Huyện Hòn Đất",
                "working": [],
            },
        ],
    },
    LetterName.REGISTRATION_CLOSED: {
        **REGISTRATION,
        "unit": "Sở Nội vụ tỉnh Kiên Giang",
        "link": "/registrations",
        "counts": [
            {"label": "Bản đăng ký dự kiến", "value": "181"},
            {"label": "Đã duyệt", "value": "170"},
            {"label": "Đang chờ duyệt", "value": "6"},
            {"label": "Đã trả lại, chưa gửi lại", "value": "2"},
            {"label": "Chưa gửi", "value": "3"},
        ],
    },
    LetterName.REGISTRATION_RECEIVED: {**REGISTRATION, **COMMUNE, "at": "16:42:10 ngày 29/03/2021"},
    LetterName.REGISTRATION_RETURNED: {
        **REGISTRATION,
        **COMMUNE,
        "reason": "Cá nhân thứ hai chưa ghi chức vụ và đơn vị công tác.",
    },
    LetterName.REGISTRATION_ACCEPTED: {
        **REGISTRATION,
        "clause": "IV",
        "collectives": ["Ủy ban nhân dân huyện Hòn Đất", "Phòng Nội vụ huyện Hòn Đất"],
    },
    LetterName.REGISTRATION_REPORTED: {
        **REGISTRATION,
        "clause": "IV",
        "unit": "Sở Nội vụ tỉnh Kiên Giang",
        "link": "/registrations?district=903",
        "district": "Ủy ban nhân dân huyện Hòn Đất",
        "counts": [
            {"label": "Phải đăng ký", "value": "14"},
            {"label": "Đã đăng ký", "value": "11"},
            {"label": "Trong đó trễ hạn", "value": "1"},
            {"label": "Đã duyệt", "value": "9"},
            {"label": "Chưa đăng ký", "value": "3"},
        ],
        "changes": ["Xã Bình Sơn: Chưa gửi → Chờ duyệt", "Xã Mỹ Lâm: Chờ duyệt → Đã duyệt"],
    },
    LetterName.REGISTRATION_LATE_ASKED: {
        **REGISTRATION,
        "unit": "Sở Nội vụ tỉnh Kiên Giang",
        "link": "/registrations/7/admission",
        "asking": "Xã Bình Sơn, Huyện Hòn Đất",
        "told": 6,
        "reason": "Xã mất điện và đường truyền từ ngày 29 đến 31/03/2021 do giông lốc.",
    },
    LetterName.REGISTRATION_ADMITTED: {
        **REGISTRATION,
        **COMMUNE,
        "clause": "II.3",
        "number": "21/SNV-CCHC",
        "date": "02/04/2021",
        "reason": "Xã mất điện và đường truyền từ ngày 29 đến 31/03/2021.",
    },
    LetterName.AUDIT_CHECKPOINT: {
        "unit": "Cơ quan lưu mốc kiểm tra nhật ký",
        "clause": "",
        "link": "/journal/4123",
        "size": 4122,
        "note": (
            f"thidua.example.vn/nhat-ky\n4122\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n\n— thidua.example.vn/nhat-ky {'q' * 91}=\n"
        ),
        "key": f"thidua.example.vn/nhat-ky+0a1b2c3d+{'A' * 43}=",
    },
    LetterName.RANKING_PUBLISHED: {
        "dossier": "2021-SNV",
        "collective": "Sở Nội vụ",
        "unit": "Sở Nội vụ tỉnh Kiên Giang",
        "result": "Nhóm xuất sắc, hạng 3, 91,25 điểm",
    },
    LetterName.RANKING_CORRECTED: {
        "number": "20/SNV-CCHC",
        "date": "18/01/2022",
        "announcement": "Quyết định số 115/QĐ-UBND ngày 14/01/2022",
        "former": "Nhóm tốt, hạng 5, 88,5 điểm",
        "result": "Nhóm xuất sắc, hạng 3, 91,25 điểm",
        "former_due": "24 giờ 00 ngày 28/01/2022",
        "reason": "Quyết định công bố ghi sai điểm của hai đơn vị.",
    },
    LetterName.PASSED_OVER: {"reason": "Huyện đã chọn đủ 02 đơn vị cấp xã theo chỉ tiêu."},
    LetterName.SELECTED: {},
    LetterName.DOSSIER_REMINDER: {"clause": "II.3"},
    LetterName.DOSSIER_OVERDUE: {"clause": "II.3"},
    LetterName.SUBMITTED: {"clause": "III.4.c"},
    LetterName.SENT_BACK: {"clause": "IV", "due": "24 giờ 00 ngày 18/02/2022", "due_date": "18/02/2022"},
    LetterName.EXTENSION_ASKED: {
        "clause": "II.3",
        "unit": "Sở Nội vụ tỉnh Kiên Giang",
        "link": "/dossiers/12/extension",
        "asking": "Ủy ban nhân dân huyện Hòn Đất",
        "asked_due": "14/02/2022",
        "reason": "Hội đồng Thi đua, khen thưởng huyện họp sau Tết Nguyên đán.",
    },
    LetterName.EXTENSION_REFUSED: {
        "clause": "II.3",
        "asked_due": "14/02/2022",
        "number": "99/SNV-CCHC",
        "date": "28/01/2022",
        "reason": "Thời hạn của kế hoạch đã tính cả kỳ nghỉ Tết.",
    },
    LetterName.DOSSIER_ADMITTED: {
        "clause": "II.3",
        "due": "24 giờ 00 ngày 14/02/2022",
        "due_date": "14/02/2022",
        "number": "102/SNV-CCHC",
        "date": "09/02/2022",
        "reason": "Huyện bị mất điện diện rộng từ ngày 05 đến 08/02/2022.",
    },
    LetterName.EXTENDED: {
        "clause": "II.3",
        "due": "24 giờ 00 ngày 14/02/2022",
        "due_date": "14/02/2022",
        "number": "98/SNV-CCHC",
        "date": "28/01/2022",
        "reason": "Hội đồng Thi đua, khen thưởng huyện họp sau Tết Nguyên đán.",
    },
    LetterName.COUNCIL_AGENDA: {
        "clause": "",
        "unit": "Các thành viên Hội đồng Thi đua, khen thưởng",
        "link": "/council/3",
        "held_on": "24/02/2022",
        "place": "Phòng họp số 2, Văn phòng Ủy ban nhân dân tỉnh",
        "changed": "Chương trình phiên họp đã thay đổi. Thư này thay cho thư mời đã gửi trước.",
        "dossiers": ["Sở Tư pháp (đề nghị 3)", "Xã Bình Sơn, Huyện Hòn Đất (đề nghị 2)"],
    },
    LetterName.REVIEWED: {"clause": "", "number": "05/BB-HĐ", "date": "22/02/2022"},
    LetterName.DECLINED: {
        "clause": "III.1.a",
        "number": "05/BB-HĐ",
        "date": "22/02/2022",
        "reason": "Thành tích nêu trong báo cáo chưa có tài liệu chứng minh.",
    },
    LetterName.FORWARDED: {"clause": "III.4.c, IV", "number": "12/TTr-SNV", "date": "01/03/2022"},
    LetterName.AWARDED: {
        "clause": "III.3",
        "number": "560/QĐ-UBND",
        "date": "10/03/2022",
        "nominees": [
            {"name": "Tập thể Xã Bình Sơn, Huyện Hòn Đất", "outcome": "được tặng bằng khen"},
            {"name": "Trần Thị B, công chức Văn phòng - Thống kê", "outcome": "được tặng bằng khen"},
        ],
    },
    LetterName.REFUSED: {
        "clause": "III.3",
        "number": "561/QĐ-UBND",
        "date": "10/03/2022",
        "nominees": [{"name": "Tập thể Xã Bình Sơn, Huyện Hòn Đất", "outcome": "không tặng bằng khen"}],
    },
    LetterName.WITHDRAWN: {"clause": "I.2", "reason": "Đơn vị không còn nhu cầu tham gia đợt thi đua."},
    LetterName.LAPSED: {"clause": "II.3", "reason": "Đã nhắc 5 lần, cơ quan trình không nộp và không đề nghị gia hạn."},
    LetterName.CORRECTED: {
        "clause": "",
        "from_state": "Được chọn",
        "to_state": "Đã xếp hạng",
        "reason": "Ghi nhầm hồ sơ của xã Bình Sơn thay cho xã Bình Giang.",
    },
}


def facts_of(name: LetterName, **changes: object) -> dict[str, object]:
    """The sample facts of one letter, exactly those it declares."""
    facts = {**FACTS_OF_ALL, **OWN[name], **changes}
    return {fact: facts[fact] for fact in FACTS[name]}


def compare_or_update(path: Path, actual: str) -> None:
    """Compare byte for byte with the approved file, which is written first when that is asked for."""
    if os.environ.get("UPDATE_APPROVED") == "1":
        path.write_bytes(actual.encode())
    assert actual == path.read_bytes().decode()


class Visible(HTMLParser):
    """Gathers what a reader of the HTML letter sees, and the addresses it holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for key, value in attrs if key in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data.split()


each_letter = pytest.mark.parametrize("name", list(LetterName), ids=str)


@each_letter
def test_letter_is_the_approved_one(name: LetterName) -> None:
    letter = render_letter(name, facts_of(name), base_url=BASE_URL)

    compare_or_update(APPROVED / f"{name.value}.txt", f"Subject: {letter.subject}\n\n{letter.text}")
    compare_or_update(APPROVED / f"{name.value}.html", letter.html)


@pytest.mark.parametrize("folder", [TEMPLATES, APPROVED], ids=["templates", "approved"])
def test_folder_holds_every_letter_twice_and_nothing_else(folder: Path) -> None:
    found = {path.name for path in folder.iterdir() if not path.name.startswith("_")}

    assert found == {f"{name.value}.{kind}" for name in LetterName for kind in ("txt", "html")}


def test_every_letter_declares_its_facts() -> None:
    assert set(FACTS) == set(LetterName)
    assert all(declared >= COMMON for declared in FACTS.values())


@each_letter
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_letter_tells_every_fact_of_its_own(name: LetterName, kind: str) -> None:
    source = (TEMPLATES / f"{name.value}.{kind}").read_text(encoding="utf-8")
    # The HTML letter takes its heading from the subject line of the text.
    source += (TEMPLATES / f"{name.value}.txt").read_text(encoding="utf-8").partition("\n\n")[0]

    used = meta.find_undeclared_variables(environment().parse(source))

    assert used >= FACTS[name] - COMMON
    assert used <= FACTS[name] | {"basis", "parts", "url"} | ({"count"} if "units" in FACTS[name] else set())


@each_letter
def test_missing_fact_is_named(name: LetterName) -> None:
    for fact in FACTS[name]:
        facts = facts_of(name)
        del facts[fact]

        with pytest.raises(MissingFact) as caught:
            render_letter(name, facts, base_url=BASE_URL)

        assert (caught.value.letter, caught.value.fact) == (name, fact)
        assert name.value in str(caught.value)
        assert fact in str(caught.value)


@each_letter
def test_letter_holds_link_once_with_clause_and_journal_code(name: LetterName) -> None:
    facts = facts_of(name, clause="III.4.c")
    inside = [f"https://thidua.example.vn{item['link']}" for item in facts.get("items", [])]  # each reminder in a digest has its page
    letter = render_letter(name, facts, base_url=BASE_URL)
    url = f"https://thidua.example.vn{facts['link']}"
    visible = Visible(letter.html)

    assert letter.text.count("https://") == len(inside) + 1
    assert f"\n    {url}\n" in letter.text
    assert visible.addresses == [*inside, url]
    for words in (" ".join(letter.text.split()), " ".join(visible.words)):
        assert words.count(f"mục III.4.c {facts['plan']}") == 1
        assert words.count(f"Mã nhật ký: {facts['journal']}") == 1


@each_letter
def test_step_outside_the_plan_names_procedure_and_no_clause(name: LetterName) -> None:
    letter = render_letter(name, facts_of(name, clause=""), base_url=BASE_URL)

    words = " ".join(letter.text.split())
    assert f"quy trình thực hiện {FACTS_OF_ALL['plan']}" in words
    assert "mục Kế hoạch" not in words


@each_letter
def test_html_says_every_word_that_matters_of_the_text(name: LetterName) -> None:
    facts = facts_of(name)
    letter = render_letter(name, facts, base_url=BASE_URL)
    words = " ".join(Visible(letter.html).words)

    # No letter may lose a fact in one of its two forms; a link's path is in the address behind its words.
    for fact in FACTS[name] - COMMON - {"individuals"}:
        for line in lines_of(facts[fact]):
            assert line in words, fact
            assert line in " ".join(f"{letter.subject} {letter.text}".split()), fact


def lines_of(value: object) -> list[str]:
    """The single lines of a fact that is a text, a list of texts or a list of named texts."""
    if isinstance(value, list):
        return [line for item in value for line in lines_of(item)]
    if isinstance(value, dict):
        return [line for name, item in value.items() if name != "link" for line in lines_of(item)]
    return str(value).splitlines()


@each_letter
def test_text_is_nfc_and_wrapped(name: LetterName) -> None:
    letter = render_letter(name, facts_of(name), base_url=BASE_URL)

    for part in (letter.subject, letter.text, letter.html):
        assert unicodedata.is_normalized("NFC", part)
    # An address, a key or a signature is one word, and no word is cut.
    assert all(len(line) <= WIDTH for line in letter.text.splitlines() if " " in line.strip())
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("name", [name for name in LetterName if "reason" in FACTS[name]], ids=str)
def test_markup_in_a_reason_is_words_in_both_forms(name: LetterName) -> None:
    reason = "Thiếu <b>Tờ trình</b> & {{ link }}\nXem <script>alert(1)</script>"

    letter = render_letter(name, facts_of(name, reason=reason), base_url=BASE_URL)

    assert "    Thiếu <b>Tờ trình</b> & {{ link }}\n    Xem <script>alert(1)</script>\n" in letter.text
    assert "Thiếu &lt;b&gt;Tờ trình&lt;/b&gt; &amp; {{ link }}<br>" in letter.html
    assert "Xem &lt;script&gt;alert(1)&lt;/script&gt;" in letter.html
    assert "<script" not in letter.html


@each_letter
def test_no_fact_can_break_the_subject(name: LetterName) -> None:
    dirty = {
        fact: f"{value}\r\n\r\nBcc: x@example.vn\x00\u2028\u202e\t." for fact, value in facts_of(name).items() if isinstance(value, str)
    }

    letter = render_letter(name, facts_of(name, **dirty), base_url=BASE_URL)

    assert letter.subject.isprintable()
    assert letter.subject == " ".join(letter.subject.split())
    assert "\x00" not in letter.text + letter.html


def test_subject_is_nfc_and_not_too_long() -> None:
    decomposed = unicodedata.normalize("NFD", "Ủy ban nhân dân xã ") + "Đ" * 300

    letter = render_letter(
        LetterName.REGISTRATION_RECEIVED,
        facts_of(LetterName.REGISTRATION_RECEIVED, unit=decomposed),
        base_url=BASE_URL,
    )

    assert len(letter.subject) == SUBJECT_LIMIT
    assert letter.subject.endswith("Đ…")
    assert "Ủy ban nhân dân xã Đ" in letter.subject


def test_lists_without_entries_say_so() -> None:
    letter = render_letter(
        LetterName.REGISTRATION_CLOSED,
        facts_of(LetterName.REGISTRATION_CLOSED, units=[]),
        base_url=BASE_URL,
    )

    assert "Các đơn vị chưa gửi bản đăng ký:\n\n- Không có\n" in letter.text
    assert letter.subject.endswith(": 00 đơn vị chưa đăng ký")


def test_same_facts_give_the_same_letter() -> None:
    first, second = (
        render_letter(LetterName.SELECTED, facts_of(LetterName.SELECTED), base_url="https://thidua.example.vn" + slash)
        for slash in ("", "/")
    )

    assert first == second

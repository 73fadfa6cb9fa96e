"""Letters in the officers' own words: the fields are filled, what is wrong is named, and nothing that is typed or stated becomes markup."""

from __future__ import annotations

import unicodedata

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from jobs.bodies import sweep_reminders
from models.db import db, transaction
from models.outbox import Notice
from models.vocabulary import LetterName
from notifications.letter_words import Words, blocks, fields_of
from notifications.letters import FACTS, WORDABLE, render_letter, template_words
from notifications.outbox import letter_of
from notifications.samples import sample_facts
from tests.actors import campaign_2021, home
from tests.builders import at
from tests.notifications.test_letters import BASE_URL, Visible, facts_of
from workflow import letter_wording
from workflow.acts import ActRefused

L = LetterName
BODY = "Kính báo {tập thể}: theo {căn cứ}, hạn nộp là {hạn}.\n\nHồ sơ gồm:\n\n- {danh mục giấy tờ}\n- Thư này\n\n    {cơ quan gửi}"


def written(words: Words, letter: LetterName = L.DOSSIER_REMINDER, **changes: object) -> tuple[str, str, str]:
    found = render_letter(letter, facts_of(letter, **changes), base_url=BASE_URL, words=words)
    return found.subject, found.text, found.html


@pytest.mark.parametrize("letter", WORDABLE, ids=str)
def test_the_templates_own_words_are_right_and_say_the_same_letter(letter: LetterName) -> None:
    words = template_words(letter)

    assert letter_wording.faults(letter, words) == []
    plain, own = (render_letter(letter, facts_of(letter), base_url=BASE_URL, words=w) for w in (None, words))
    assert own.subject == plain.subject
    assert " ".join(own.text.split()) == " ".join(plain.text.split())


def test_fields_become_facts_and_a_list_its_items() -> None:
    subject, text, html = written(Words("Nhắc {mã hồ sơ}, {Còn Lại}", BODY))

    assert subject == "Nhắc 2021-30838, còn 3 ngày"
    assert "Kính báo Xã Bình Sơn, Huyện Hòn Đất: theo mục II.3 Kế hoạch số 37/KH-UBND" in " ".join(text.split())
    assert "\n- Tờ trình đề nghị khen thưởng\n- Biên bản họp" in text
    assert "\n- Thư này\n" in text
    assert "\n    Sở Nội vụ tỉnh Kiên Giang\n" in text
    assert "<li>Tờ trình đề nghị khen thưởng</li>" in html


def test_button_working_and_journal_code_stay_whoever_words_the_letter() -> None:
    _subject, text, html = written(Words("Nhắc", "Theo {căn cứ}, hạn {hạn}."))

    assert "Nộp hồ sơ tại:\n\n    https://thidua.example.vn/dossiers/12\n" in text
    assert "Cách tính hạn:" in text
    assert "Mã nhật ký: 123-0a1b2c3d4e5f6071" in text
    assert Visible(html).addresses == ["https://thidua.example.vn/dossiers/12"]


@pytest.mark.parametrize(
    ("subject", "body", "codes"),
    [
        ("Nhắc {mã hồ sơ}", BODY, set()),
        ("Nhắc {mã hò sơ}", BODY, {"word_unknown"}),
        ("Nhắc {{ 7*7 }}", BODY, {"word_unknown", "word_braces"}),
        ("Nhắc", BODY + "{hạn", {"word_braces"}),
        ("Nhắc", "Theo {căn cứ}.", {"word_missing"}),
        ("Nhắc {hạn}", "Hãy nộp.", {"word_missing"}),
        ("Nhắc", "Theo {căn cứ}, {hạn}: {danh mục giấy tờ}.", {"word_alone"}),
        ("Nhắc", "Theo {căn cứ}, {hạn} {}.", {"word_unknown"}),
        ("Nhắc", "Theo {căn cứ}, {hạn}, {kết quả}.", {"word_unknown"}),
    ],
)
def test_what_is_wrong_with_a_wording_is_named(subject: str, body: str, codes: set[str]) -> None:
    assert {found.code for found in letter_wording.faults(L.DOSSIER_REMINDER, Words(subject, body))} == codes


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_wording_breaks_the_letter_or_brings_markup_or_a_header_into_it(subject: str, body: str) -> None:
    found_subject, text, html = written(Words(subject, body), collective="<b>{hạn}</b> & {{ x }}")

    assert found_subject == " ".join(found_subject.split())
    assert not {unicodedata.category(character) for character in found_subject} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert Visible(html).addresses == ["https://thidua.example.vn/dossiers/12"]
    assert text.endswith("\n")


def test_markup_in_words_and_facts_is_shown_as_it_stands_and_not_filled_again() -> None:
    words = Words("<i>Nhắc</i>", "<script>alert(1)</script> {tập thể}, {hạn}, {căn cứ}")

    _subject, text, html = written(words, collective="<b>{mã hồ sơ}</b>")

    assert "<script>alert(1)</script> <b>{mã hồ sơ}</b>" in " ".join(text.split())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;{mã hồ sơ}&lt;/b&gt;" in html


def test_every_letter_has_a_sample_of_every_fact_and_a_name_for_every_field(opened_sqlite_app: Flask) -> None:
    plan = campaign_2021().plan
    for letter in WORDABLE:
        render_letter(letter, sample_facts(letter, plan), base_url=BASE_URL)
        names = fields_of(FACTS[letter])
        assert len(set(names)) == len(names)


def test_blocks_are_paragraphs_lists_and_quotations() -> None:
    found = [(block.kind, block.lines) for block in blocks("Một\nhai\n\n- a\n- b\n  c\n\n    q\n    r\n\n{hạn} nhé")]

    assert found == [("p", ("Một hai",)), ("ul", ("a", "b c")), ("quote", ("q", "r")), ("due", ("{hạn} nhé",))]


def reword(words: Words, version: int = 0) -> None:
    officer = home()
    with transaction():
        letter_wording.reword(campaign_2021(), L.REGISTRATION_REMINDER, words, version=version, actor=officer, at=at("2021-03-20 09:00"))


def last_letter() -> str:
    notice = db.session.scalars(select(Notice).where(Notice.letter == L.REGISTRATION_REMINDER).order_by(Notice.id.desc())).first()
    assert notice is not None
    return letter_of(notice).text


def test_a_wording_holds_for_letters_written_from_then_on_until_it_goes_back(opened_app: Flask) -> None:
    officer = home()
    sweep_reminders(at("2021-03-17 08:00"))
    before = last_letter()
    reword(Words("Nhắc", "Lời riêng của Sở: {căn cứ}, {hạn}."))
    unchanged = last_letter()
    db.session.rollback()
    sweep_reminders(at("2021-03-24 08:00"))
    own = last_letter()
    with transaction():
        letter_wording.unword(campaign_2021(), L.REGISTRATION_REMINDER, version=1, actor=officer, at=at("2021-03-25 09:00"))
    sweep_reminders(at("2021-03-28 08:00"))

    assert unchanged == before
    assert "Lời riêng của Sở:" in own
    assert "Lời riêng" not in last_letter()


def test_two_officers_do_not_overwrite_each_other(opened_sqlite_app: Flask) -> None:
    reword(Words("Nhắc", "Một {căn cứ}, {hạn}."))

    with pytest.raises(ActRefused, match="word_changed"):
        reword(Words("Nhắc", "Hai {căn cứ}, {hạn}."), version=0)

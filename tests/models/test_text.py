"""Vietnamese text for comparing and sorting: folded for search, ordered as dictionaries do, cleaned of what nobody typed."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.text import clean, folded, sort_key

calm = settings(deadline=None, max_examples=80)
texts = st.text(st.sampled_from("aăâbcdđeêioôơuưyAĂÂĐÊÔƠƯxệốựẵÁẢHòn 0-"), max_size=12)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Hòn Đất", "hon dat"),
        ("HÒN ĐẤT", "hon dat"),
        ("Ủy ban nhân dân huyện Giồng Riềng", "uy ban nhan dan huyen giong rieng"),
        ("Xã Tân Thạnh", "xa tan thanh"),
        ("  Đông   Thái\t", "dong thai"),
        ("ƠƯơư", "ouou"),
        ("37/KH-UBND", "37/kh-ubnd"),
        ("", ""),
    ],
)
def test_a_search_without_marks_finds_what_is_written_with_them(text: str, bare: str) -> None:
    assert folded(text) == bare


@calm
@given(texts)
def test_composed_and_decomposed_input_fold_alike(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))
    assert folded(folded(text)) == folded(text)


DICTIONARY = ["An", "Ăn", "Ân", "Ba", "Da", "Đa", "Đông Thái", "Em", "Ê", "Hòa An", "Mỹ", "Oanh", "Ô", "Ơ", "Pa", "Thạnh", "U", "Ư", "Y"]


def test_the_words_of_a_list_are_in_order() -> None:
    keys = [sort_key(word) for word in DICTIONARY]

    assert all(first < second for first, second in pairwise(keys))


def test_letters_stand_as_in_a_vietnamese_dictionary() -> None:
    pairs = [("Da", "Đa"), ("Dung", "Đa"), ("An", "Ăn"), ("Ăn", "Ân"), ("Em", "Ê"), ("Oanh", "Ô"), ("Ô", "Ơ"), ("Ung", "Ư"), ("Pa", "Qua")]

    for first, second in pairs:
        assert sort_key(first) < sort_key(second), (first, second)


def test_tones_decide_only_between_equal_letters() -> None:
    assert sorted(["mac", "mạ", "má", "mã", "mả", "mà", "ma"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mac"]
    assert sort_key("Hòa An") < sort_key("Hóa An") < sort_key("Hoa Anh")


def test_a_shorter_name_stands_before_a_longer_one_that_begins_with_it() -> None:
    assert sorted(["Tây Yên B", "Tây Yên A", "Tây Yên"], key=sort_key) == ["Tây Yên", "Tây Yên A", "Tây Yên B"]


def test_provincial_names_sort_as_officers_expect() -> None:
    names = ["Sở Công Thương", "Sở Du lịch", "Sở Giáo dục và Đào tạo", "Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp", "Sở Y tế"]

    assert sorted(set(names), key=sort_key) == names


@calm
@given(texts)
def test_a_sort_key_is_ascii_and_the_same_for_composed_and_decomposed_input(text: str) -> None:
    key = sort_key(unicodedata.normalize("NFC", text))

    assert key.isascii()
    assert key == sort_key(unicodedata.normalize("NFD", text)) == sort_key(text.upper())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Hòn   Đất \t", "Hòn Đất"),
        ("Ho\u0300n", "Hòn"),
        ("a\u200bb\u202ec", "a b c"),
        ("a\x00b\x07", "a b"),
        ("dòng một\r\ndòng hai", "dòng một dòng hai"),
        ("a\u00a0b\u2028c", "a b c"),
        ("\ufeffđầu", "đầu"),
        ("\ud800x", "x"),
    ],
)
def test_what_was_typed_is_kept_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@calm
@given(st.text(max_size=20))
def test_cleaned_text_is_nfc_on_one_line_and_stays_as_it_is(text: str) -> None:
    once = clean(text)

    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split()) == clean(once)

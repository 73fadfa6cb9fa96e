"""RFC 8785 as restricted by the record: one spelling for one value, and a refusal of everything that could have two."""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import MAX_INTEGER, NotCanonical, canonical, detail_digest, leaf_hash, timestamp
from models.vocabulary import DossierState


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-17, "-17"),
        (MAX_INTEGER, "9007199254740991"),
        (-MAX_INTEGER, "-9007199254740991"),
        ("", '""'),
        ([], "[]"),
        ({}, "{}"),
        ((1, "a"), '[1,"a"]'),
        ([[], {}, None], "[[],{},null]"),
        (DossierState.RANKED, '"ranked"'),
        ({"b": 1, "a": [True, {"d": None, "c": "x"}]}, '{"a":[true,{"c":"x","d":null}],"b":1}'),
        ({"a": 1, "B": 2, "_": 3, "1": 4, "aa": 5, "": 6}, '{"":6,"1":4,"B":2,"_":3,"a":1,"aa":5}'),
    ],
)
def test_a_value_has_one_spelling(value: Any, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize(
    ("string", "text"),
    [
        ('"', '"\\""'),
        ("\\", '"\\\\"'),
        ("/", '"/"'),
        ("\b\t\n\f\r", '"\\b\\t\\n\\f\\r"'),
        ("\x00\x01\x0b\x1f", '"\\u0000\\u0001\\u000b\\u001f"'),
        ("\x7f\x80", '"\x7f\x80"'),
        ("<>&'", '"<>&\'"'),
        ("\u2028\u2029", '"\u2028\u2029"'),
        ("Đồng ý, Hòn Đất", '"Đồng ý, Hòn Đất"'),
        ("€😀", '"€😀"'),
    ],
)
def test_a_string_is_escaped_as_rfc_8785_says_and_no_further(string: str, text: str) -> None:
    assert canonical(string) == text


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        math.nan,
        math.inf,
        Decimal("1.5"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        "Ho\u0300n",
        "\ud83d",
        ["Ho\u0300n"],
        {"tên": 1},
        {1: "a"},
        {None: "a"},
        {"a": {"b": [0.5]}},
        date(2021, 3, 31),
        b"bytes",
        {1, 2},
        ...,
    ],
    ids=repr,
)
def test_a_value_that_could_be_spelt_twice_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(lambda s: unicodedata.normalize("NFC", s))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_09", max_size=4), inner, max_size=3),
    max_leaves=8,
)


def spelt_by_hand(value: Any) -> str:
    """RFC 8785, written a second time from the standard: sections 3.2.2 and 3.2.3."""
    if value is None or isinstance(value, bool | int):
        return {None: "null", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else str(value)
    if isinstance(value, str):
        short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
        return '"' + "".join(short.get(ord(c)) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(spelt_by_hand, value)) + "]"
    return "{" + ",".join(f"{spelt_by_hand(k)}:{spelt_by_hand(value[k])}" for k in sorted(value, key=lambda k: k.encode("utf-16-be"))) + "}"


@settings(deadline=None, max_examples=100)
@given(values)
def test_the_spelling_is_that_of_the_standard_and_reads_back_as_the_same_value(value: Any) -> None:
    text = canonical(value)

    assert text == spelt_by_hand(value)
    assert json.loads(text) == value


def test_an_instant_is_written_in_utc_to_the_microsecond() -> None:
    vietnam = timezone(timedelta(hours=7))

    assert timestamp(datetime(2021, 3, 31, 23, 59, 59, 7, tzinfo=vietnam)) == "2021-03-31T16:59:59.000007Z"
    assert timestamp(datetime(2021, 3, 31, tzinfo=UTC)) == "2021-03-31T00:00:00.000000Z"


def test_the_chain_hash_is_the_rfc_6962_leaf_hash() -> None:
    # RFC 6962's own test vector: the leaf of the empty string.
    assert leaf_hash("") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash("Đất") == hashlib.sha256(b"\x00" + "Đất".encode()).hexdigest()


def test_a_details_digest_begins_with_the_bytes_of_its_salt() -> None:
    salt, detail = "00ff" * 8, '{"reason":"Rút"}'

    assert detail_digest(salt, detail) == hashlib.sha256(bytes.fromhex(salt) + detail.encode()).hexdigest()

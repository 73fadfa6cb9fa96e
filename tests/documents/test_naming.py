"""How bodies and places are written on papers."""

from __future__ import annotations

import pytest
from flask import Flask

from documents.naming import cited, full_name, issuing_body, place_of, signing_lines, subject_of, symbol_of
from models.campaigns import CampaignUnit
from tests.actors import campaign_2021
from tests.builders import unit_of


@pytest.mark.parametrize(
    ("code", "parent", "lines", "place", "symbol", "signed"),
    [
        ("906", "", ("Ủy ban nhân dân", "huyện Giồng Riềng"), "Giồng Riềng", "/BC-UBND", "TM. ỦY BAN NHÂN DÂN"),
        ("899", "", ("Ủy ban nhân dân", "thành phố Rạch Giá"), "Rạch Giá", "/BC-UBND", "TM. ỦY BAN NHÂN DÂN"),
        ("30904", "", ("Ủy ban nhân dân", "thị trấn Giồng Riềng"), "Giồng Riềng", "/BC-UBND", "TM. ỦY BAN NHÂN DÂN"),
        ("SNV", "UBND tỉnh Kiên Giang", ("Sở Nội vụ",), "Kiên Giang", "/BC-SNV", "GIÁM ĐỐC"),
        ("VPUB", "UBND tỉnh Kiên Giang", ("Văn phòng",), "Kiên Giang", "/BC-......", "CHÁNH VĂN PHÒNG"),
        ("PNV-906", "UBND huyện Giồng Riềng", ("Phòng Nội vụ",), "Giồng Riềng", "/BC-......", "TRƯỞNG PHÒNG"),
        ("BQLKKT", "UBND tỉnh Kiên Giang", ("Ban Quản lý Khu kinh tế tỉnh",), "Kiên Giang", "/BC-......", "TRƯỞNG BAN"),
        (
            "SNV-CCHC",
            "Sở Nội vụ",
            ("Phòng Cải cách hành chính và Tổ chức phi chính phủ",),
            "Kiên Giang",
            "/BC-......",
            "TRƯỞNG PHÒNG",
        ),
    ],
)
def test_a_body_is_named_as_its_papers_name_it(
    opened_sqlite_app: Flask, code: str, parent: str, lines: tuple[str, ...], place: str, symbol: str, signed: str
) -> None:
    unit = unit_of(campaign_2021(), code)

    assert (issuing_body(unit).parent, issuing_body(unit).lines) == (parent, lines)
    assert (place_of(unit), symbol_of("BC", unit), signing_lines(unit)[0]) == (place, symbol, signed)


@pytest.mark.parametrize(
    ("official_name", "place"),
    [("Ủy ban nhân dân phường 1", "Phường 1"), ("Ủy ban nhân dân đặc khu Phú Quốc", "Phú Quốc"), ("Ủy ban nhân dân Hòn Thơm", "Hòn Thơm")],
)
def test_a_place_named_by_a_number_keeps_its_level(official_name: str, place: str) -> None:
    assert place_of(CampaignUnit(name="", official_name=official_name)) == place


def test_communes_carry_their_district_because_names_repeat(opened_sqlite_app: Flask) -> None:
    assert full_name(unit_of(campaign_2021(), "30904")) == "Ủy ban nhân dân thị trấn Giồng Riềng, huyện Giồng Riềng"


def test_the_plan_is_cited_with_leading_zeros(opened_sqlite_app: Flask) -> None:
    plan = campaign_2021().plan

    assert cited(plan).startswith("Kế hoạch số 37/KH-UBND ngày 04 tháng 02 năm 2021 của Ủy ban nhân dân tỉnh Kiên Giang thi đua")
    assert subject_of(plan) == "thi đua chuyên đề về thực hiện nhiệm vụ cải cách hành chính năm 2021"

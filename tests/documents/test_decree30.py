"""Decree 30/2020/NĐ-CP, annex I: page, type, head, signature and annexes of every paper."""

from __future__ import annotations

import subprocess
import sys

import pytest
import time_machine
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from config import ROOT
from documents.decree30 import (
    Signature,
    add_addressee,
    add_addressees,
    add_head,
    add_legal_bases,
    add_signatures,
    add_text,
    add_title,
    as_bytes,
    begin_annex,
    new_paper,
)
from documents.naming import IssuingBody
from documents.tables import Column, add_table
from tests.documents.reading import Paper, cells_of, line, lines_of, opened

HOME_AFFAIRS = IssuingBody("UBND tỉnh Kiên Giang", ("Sở Nội vụ",))
COLUMNS = (Column("STT", 12, centred=True), Column("Đơn vị", 80), Column("Cá nhân", 70))


def paper_with_everything() -> Paper:
    paper = new_paper("Báo cáo", "Sở Nội vụ")
    add_head(paper, HOME_AFFAIRS, place="Kiên Giang", year=2021, symbol="/BC-SNV")
    add_title(paper, "Báo cáo", ["Kết quả đăng ký thi đua"])
    add_addressee(paper, "Ủy ban nhân dân tỉnh Kiên Giang")
    add_legal_bases(paper, ["Căn cứ Kế hoạch số 37/KH-UBND", "Căn cứ Quyết định số 2812/QĐ-UBND;"])
    add_text(paper, "Sở Nội vụ báo cáo như sau:")
    add_table(paper, COLUMNS, [["1", "Xã Bàn Thạch", "An"], [None, None, "Bình"], ["2", "Xã Hòa An", ""]], total=["", "Tổng cộng", "2"])
    add_text(paper, "Sở Nội vụ kính báo cáo./.")
    signature = Signature(["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "Nguyễn Văn An")
    add_signatures(paper, signature, recipients=["Như trên", "Lưu: VT"])
    begin_annex(paper, "Phụ lục", "Danh sách", "Kèm theo Báo cáo số ......")
    add_table(paper, COLUMNS, [["1", "Xã Bàn Thạch", "An"]])
    return opened(as_bytes(paper))


@pytest.fixture(scope="module")
def paper() -> Paper:
    return paper_with_everything()


def test_page_and_margins_are_the_decrees(paper: Paper) -> None:
    first, annex = paper.sections

    assert [round(length.mm) for length in (first.page_width, first.page_height)] == [210, 297]
    assert [round(length.mm) for length in (annex.page_width, annex.page_height)] == [297, 210]
    assert [section.orientation for section in paper.sections] == [WD_ORIENTATION.PORTRAIT, WD_ORIENTATION.LANDSCAPE]
    for section in paper.sections:
        assert Mm(20) <= section.top_margin <= Mm(25)
        assert Mm(20) <= section.bottom_margin <= Mm(25)
        assert Mm(30) <= section.left_margin <= Mm(35)
        assert Mm(15) <= section.right_margin <= Mm(20)


def test_pages_are_numbered_at_the_top_in_the_middle_from_the_second_on_and_an_annex_on_its_own(paper: Paper) -> None:
    first, annex = paper.sections

    number = first.header.paragraphs[0]
    assert number.alignment is WD_ALIGN_PARAGRAPH.CENTER
    assert [field.get(qn("w:instr")) for field in number._p.iter(qn("w:fldSimple"))] == ["PAGE"]
    assert first.different_first_page_header_footer
    assert annex.different_first_page_header_footer
    assert not "".join(p.text for p in first.first_page_header.paragraphs)
    assert annex._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_all_type_is_times_new_roman_and_the_body_is_14_points(paper: Paper) -> None:
    normal = paper.styles["Normal"]

    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    assert set(normal.element.rPr.rFonts.attrib.values()) == {"Times New Roman"}
    named = {fonts.get(qn("w:ascii")) for fonts in paper.element.iter(qn("w:rFonts"))}
    assert not named


def test_the_head_has_body_and_nation_side_by_side_and_leaves_number_and_day_blank(paper: Paper) -> None:
    left, right = (column.cells for column in paper.tables[0].columns)

    assert left[0].text.split("\n") == ["UBND TỈNH KIÊN GIANG", "SỞ NỘI VỤ", ""]
    assert right[0].text.split("\n") == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", ""]
    assert [left[1].text, right[1].text] == ["Số: ....../BC-SNV", "Kiên Giang, ngày ..... tháng ..... năm 2021"]
    parent, body = (paragraph.runs[0] for paragraph in left[0].paragraphs[:2])
    assert not parent.bold
    assert body.bold
    assert {run.font.size for run in (parent, body)} == {Pt(13)}
    assert right[1].paragraphs[0].runs[0].italic


def test_rules_stand_under_body_motto_and_title(paper: Paper) -> None:
    rules = [border.getparent().getparent() for border in paper.element.iter(qn("w:pBdr"))]
    lengths = [164 - 68 - 2 * int(rule.find(qn("w:ind")).get(qn("w:left"))) * 25.4 / 1440 for rule in (r.pPr for r in rules[1:2])]

    assert len(rules) == 4
    assert lengths[0] == pytest.approx(60.3, abs=1)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Sở Lao động - Thương binh và Xã hội", ["SỞ LAO ĐỘNG -", "THƯƠNG BINH VÀ XÃ HỘI"]),
        ("Sở Nông nghiệp và Phát triển nông thôn", ["SỞ NÔNG NGHIỆP", "VÀ PHÁT TRIỂN NÔNG THÔN"]),
        ("Sở Kế hoạch và Đầu tư", ["SỞ KẾ HOẠCH VÀ ĐẦU TƯ"]),
        ("Ban Quản lý Khu kinh tế Phú Quốc", ["BAN QUẢN LÝ KHU KINH TẾ PHÚ QUỐC"]),
        ("x" * 200, ["X" * 200]),
    ],
)
def test_a_long_name_is_broken_where_a_clerk_would_break_it(name: str, lines: list[str]) -> None:
    paper = new_paper("", "")
    add_head(paper, IssuingBody("UBND tỉnh Kiên Giang", (name,)), place="Kiên Giang", year=2021)

    assert paper.tables[0].cell(0, 0).text.split("\n")[1:-1] == lines


def test_a_title_of_several_lines_is_written_in_lines_about_equally_long_and_ruled_by_its_last_one() -> None:
    paper = new_paper("", "")
    add_title(paper, "Tờ trình", ["Về việc tặng bằng khen", "a" * 9 + " bcd" * 40])

    short, long = (line(paper, start).paragraph_format for start in ("Về việc", "aaaaaaaaa"))
    rule = next(paper.element.iter(qn("w:pBdr"))).getparent().find(qn("w:ind"))
    length = 164 - 2 * int(rule.get(qn("w:left"))) * 25.4 / 1440
    assert short.left_indent is None
    assert Mm(5) < long.left_indent == long.right_indent < Mm(20)
    assert 40 < length < 70


def test_legal_bases_are_in_italics_with_semicolons_and_a_full_stop_at_the_end(paper: Paper) -> None:
    bases = [line(paper, "Căn cứ Kế hoạch"), line(paper, "Căn cứ Quyết định")]

    assert [basis.text[-1] for basis in bases] == [";", "."]
    assert all(basis.runs[0].italic for basis in bases)


def test_the_body_is_justified_with_its_first_line_indented(paper: Paper) -> None:
    form = line(paper, "Sở Nội vụ báo cáo").paragraph_format

    assert form.alignment is WD_ALIGN_PARAGRAPH.JUSTIFY
    assert Mm(10) <= form.first_line_indent <= Mm(12.7)
    assert form.space_after == Pt(6)


def test_signature_and_recipients_stand_side_by_side_and_keep_the_last_line_with_them(paper: Paper) -> None:
    left, right = paper.tables[2].rows[0].cells

    assert [p.text for p in right.paragraphs] == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn An"]
    assert [p.text for p in left.paragraphs] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    heading, recipient = left.paragraphs[0].runs[0], left.paragraphs[1].runs[0]
    assert (heading.font.size, heading.bold, heading.italic) == (Pt(12), True, True)
    assert recipient.font.size == Pt(11)
    assert right.paragraphs[-1].paragraph_format.space_before >= Pt(60)
    assert line(paper, "Sở Nội vụ kính báo cáo").paragraph_format.keep_with_next


def test_a_table_repeats_its_heading_merges_what_continues_and_ends_with_its_total(paper: Paper) -> None:
    table = paper.tables[1]

    heading = table.rows[0]._tr.trPr
    assert heading.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert cells_of(table)[1:3] == [["1", "Xã Bàn Thạch", "An"], ["1", "Xã Bàn Thạch", "Bình"]]
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
    assert all(run.bold for cell in table.rows[-1].cells for p in cell.paragraphs for run in p.runs)


def test_several_addressees_stand_below_with_a_dash_each_and_one_beside() -> None:
    paper = new_paper("", "")
    add_addressees(paper, ["Sở Nội vụ"])
    add_addressees(paper, ["Chủ tịch", "Sở Nội vụ"])

    assert lines_of(paper) == ["Kính gửi: Sở Nội vụ", "Kính gửi:", "- Chủ tịch;", "- Sở Nội vụ."]


def test_a_recorded_number_is_printed_and_minutes_carry_no_date_at_their_head() -> None:
    paper = new_paper("", "")
    add_head(paper, HOME_AFFAIRS, place="Kiên Giang", year=2021, symbol="/BB-SNV", number="12/BB-HĐ", dated=False)

    assert [cell.text for cell in paper.tables[0].rows[1].cells] == ["Số: 12/BB-HĐ", ""]


def test_a_name_that_fills_the_left_column_keeps_off_the_right_one() -> None:
    paper = new_paper("", "")
    add_head(paper, IssuingBody("x " * 60, ("Sở Nội vụ",)), place="Kiên Giang", year=2021)

    parent, body = paper.tables[0].cell(0, 0).paragraphs[:2]
    assert round(parent.paragraph_format.right_indent.mm) == 3
    assert body.paragraph_format.right_indent is None


def test_where_two_sign_the_recipients_stand_below_them() -> None:
    paper = new_paper("", "")
    add_signatures(paper, Signature(["CHỦ TRÌ"]), beside=Signature(["THƯ KÝ"]), recipients=["Lưu: VT"])

    first, second = paper.tables[0].rows
    assert [cell.paragraphs[0].text for cell in first.cells] == ["THƯ KÝ", "CHỦ TRÌ"]
    assert [p.text for p in second.cells[0].paragraphs] == ["Nơi nhận:", "- Lưu: VT."]


def test_a_heading_among_the_rows_spans_the_table_and_stays_with_the_row_below() -> None:
    paper = new_paper("", "")
    add_table(paper, COLUMNS, ["Các xã (01)", ["1", "Xã Bàn Thạch", "An"]])

    band = paper.tables[0].rows[1]
    assert cells_of(paper.tables[0])[1] == ["Các xã (01)"] * 3
    assert band.cells[0]._tc is band.cells[2]._tc
    assert band.cells[0].paragraphs[0].paragraph_format.keep_with_next


def test_a_paper_is_the_same_bytes_whenever_it_is_written() -> None:
    with time_machine.travel("2021-03-01"):
        first = as_bytes(new_paper("Báo cáo", "Sở Nội vụ"))
    with time_machine.travel("2025-03-01"):
        second = as_bytes(new_paper("Báo cáo", "Sở Nội vụ"))

    assert first == second


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("<b>Nguyễn & Trần</b>", "<b>Nguyễn & Trần</b>"),
        ("Hòa Điền", "Hòa Điền"),
        ("An\x00\x0b\ufffe\u200bBình", "An Bình"),
        ("Tên " + "x" * 200, "Tên " + "x" * 200),
        ("]]> &amp; {{ x }} {% y %}", "]]> &amp; {{ x }} {% y %}"),
    ],
)
def test_odd_text_is_printed_as_it_is_and_never_breaks_the_file(written: str, printed: str) -> None:
    paper = new_paper(written, written)
    add_text(paper, written)
    add_table(paper, COLUMNS, [["1", written, "2"]])

    read = opened(as_bytes(paper))

    assert read.paragraphs[0].text == printed
    assert read.tables[0].cell(1, 1).text == printed


def test_python_docx_is_not_loaded_before_a_paper_is_made() -> None:
    modules = "documents.registration_form, documents.drafts, reports.rollup_docx, reports.rollup_xlsx"
    code = f"import sys, {modules}; print([m for m in ('docx', 'lxml', 'xlsxwriter', 'openpyxl') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_whole_paper_reads_from_top_to_bottom(paper: Paper) -> None:
    lines = lines_of(paper)

    assert (
        lines.index("BÁO CÁO")
        < lines.index("Kính gửi: Ủy ban nhân dân tỉnh Kiên Giang")
        < lines.index("Nơi nhận:")
        < lines.index("Phụ lục")
    )

"""The sheets of a paper by Decree 30/2020, annex I: A4, margins, page numbers, and parts that are numbered on their own.

python-docx is loaded by the functions, not with the module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.blocks import thinned

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.section import Section

A4_SHORT, A4_LONG = 210, 297
TOP, BOTTOM, LEFT, RIGHT, PAGE_NUMBER = 20, 20, 30, 16, 10
WIDTH, LANDSCAPE_WIDTH = A4_SHORT - LEFT - RIGHT, A4_LONG - LEFT - RIGHT
"""Millimetres: the page, its margins and the height of its number, and the room between the margins."""


def set_page(section: Section, *, landscape: bool) -> None:
    """A4 with the decree's margins, upright or on its side."""
    from docx.enum.section import WD_ORIENTATION
    from docx.shared import Mm

    section.orientation = WD_ORIENTATION.LANDSCAPE if landscape else WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = (Mm(A4_LONG), Mm(A4_SHORT)) if landscape else (Mm(A4_SHORT), Mm(A4_LONG))
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(TOP), Mm(BOTTOM), Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(PAGE_NUMBER)


def number_pages(section: Section) -> None:
    """Numbers at the top, in the middle, from the second page on."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.style, paragraph.alignment = "Normal", WD_ALIGN_PARAGRAPH.CENTER
    paragraph._p.append(OxmlElement("w:fldSimple", attrs={qn("w:instr"): "PAGE"}))


def begin_part(paper: Paper, *, landscape: bool = False) -> None:
    """Go on on a new page, with page numbers from 1."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    section = paper.add_section()
    thinned(paper.paragraphs[-1])
    set_page(section, landscape=landscape)
    for numbering in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(numbering)
    section._sectPr.insert_element_before(OxmlElement("w:pgNumType", attrs={qn("w:start"): "1"}), "w:cols", "w:titlePg", "w:docGrid")

"""The pieces of a paper: paragraphs, rules, columns, on python-docx; tables are in tables.py. Which piece stands where is in decree30.py.

python-docx is loaded by the functions, not with the module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.text import clean

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.oxml.xmlchemy import BaseOxmlElement as Element
    from docx.table import _Cell as Cell
    from docx.text.paragraph import Paragraph

BODY, SMALL = 14, 12
"""Sizes in points: the body of a paper; tables and what stands below the text."""


def write(place: Paper | Cell, text: str, *, size: float = BODY, bold: bool = False, italic: bool = False) -> Paragraph:
    """Add a centred paragraph. Text is made NFC, and characters that no file may hold are left out."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = place.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(clean(text))
    run.bold, run.italic, run.font.size = bold or None, italic or None, Pt(size)
    return paragraph


def spaced(paragraph: Paragraph, *, before: float = 0, after: float = 0) -> Paragraph:
    """Room above and below a paragraph, in points."""
    from docx.shared import Pt

    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    return paragraph


def add_gap(paper: Paper, height: float = 1) -> Paragraph:
    """An empty paragraph of a height in points; Word wants one after every table."""
    return thinned(write(paper, ""), height)


def thinned(paragraph: Paragraph, height: float = 1) -> Paragraph:
    """Hold a paragraph without text to a height in points."""
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt

    paragraph.paragraph_format.line_spacing_rule, paragraph.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(height)
    return paragraph


def at_left(paragraph: Paragraph) -> Paragraph:
    """Move a paragraph to the left edge."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    return paragraph


def add_rule(place: Paper | Cell, room: float, length: float) -> Paragraph:
    """A thin unbroken rule of a length, in the middle of the room it has; both in millimetres."""
    from docx.shared import Mm

    paragraph = spaced(thinned(write(place, ""), 6), before=4)
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(max(room - length, 0) / 2)
    borders = _element("w:pBdr")
    borders.append(_element("w:top", val="single", sz="6", space="1", color="000000"))
    _in_order(paragraph._p.get_or_add_pPr(), borders, "w:spacing", "w:ind", "w:jc")
    return paragraph


def add_columns(paper: Paper, widths: Sequence[float], *, rows: int) -> list[list[Cell]]:
    """Invisible columns to set text side by side: for each column its cells, with nothing in them; every cell needs a paragraph."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    table = paper.add_table(rows, len(widths))
    table.style, table.autofit, table.alignment = None, False, WD_TABLE_ALIGNMENT.CENTER
    margins = _element("w:tblCellMar")
    margins.extend(_element(f"w:{side}", w="0", type="dxa") for side in ("left", "right"))
    _in_order(table._tbl.tblPr, margins, "w:tblLook")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row, line in zip(table.rows, table._tbl.tr_lst, strict=True):
        line.get_or_add_trPr().append(_element("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                cell._tc.remove(paragraph._p)
    return [[row.cells[number] for row in table.rows] for number in range(len(widths))]


def _in_order(parent: Element, child: Element, *later: str) -> None:
    """Put a child before the first of the elements that the format wants after it."""
    parent.insert_element_before(child, *later)


def _element(tag: str, **attributes: str) -> Element:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    return OxmlElement(tag, attrs={qn(f"w:{name}"): value for name, value in attributes.items()})

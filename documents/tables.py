"""Ruled tables of a paper, put together as WordprocessingML: python-docx needs seconds for the lists of a whole province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import escape

from documents.blocks import SMALL, add_gap
from models.text import clean

if TYPE_CHECKING:
    from docx.document import Document as Paper

TWIPS = 1440 / 25.4
"""Word's unit of length in a millimetre."""

SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
PADDING = 60
"""Room at both sides of a cell's text, in twips."""
SHORT = 8
"""A table of so many rows stays on one page; of a longer one the first two rows stay together, and the last two."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it, its width in millimetres, and whether its cells are centred."""

    heading: str
    width: float
    centred: bool = False


Row = Sequence[str | None]
"""The texts of a row; None continues the cell above it. A row that is one text heads the rows below it."""


def add_table(paper: Paper, columns: Sequence[Column], rows: Sequence[Row | str], *, total: Sequence[str] = ()) -> None:
    """A ruled table whose heading is repeated on every page; `total` is a last row in bold.

    Rows that share a cell stay on one page, and so does a heading among the rows with the first of them.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    parts = [f"<w:tbl {nsdecls('w')}>", _properties(columns)]
    parts.append(_row(columns, [column.heading for column in columns], together=True, heading=True, bold=True))
    last = len(rows) - (0 if total else 1)
    for number, (row, following) in enumerate(zip(rows, [*rows[1:], ()], strict=True)):
        below = () if isinstance(following, str) else following
        together = number < last and (last < SHORT or number in {0, last - 1})
        parts.append(_band(columns, row) if isinstance(row, str) else _row(columns, row, below, together=together or None in below))
    if total:
        parts.append(_row(columns, total, bold=True))
    parts.append("</w:tbl>")
    paper.element.body.insert_element_before(parse_xml("".join(parts)), "w:sectPr")
    add_gap(paper, 8)


def _properties(columns: Sequence[Column]) -> str:
    width = _twips(sum(column.width for column in columns))
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in SIDES)
    margins = "".join(f'<w:{side} w:w="{PADDING}" w:type="dxa"/>' for side in ("left", "right"))
    grid = "".join(f'<w:gridCol w:w="{_twips(column.width)}"/>' for column in columns)
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )


def _band(columns: Sequence[Column], text: str) -> str:
    """A row of one cell over the whole width."""
    width = f'<w:tcW w:w="{_twips(sum(column.width for column in columns))}" w:type="dxa"/><w:gridSpan w:val="{len(columns)}"/>'
    paragraph = _paragraph(text, bold=True, centred=False, together=True)
    return f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr>{width}<w:vAlign w:val="center"/></w:tcPr>{paragraph}</w:tc></w:tr>'


def _row(
    columns: Sequence[Column],
    texts: Sequence[str | None],
    following: Sequence[str | None] = (),
    *,
    together: bool = False,
    heading: bool = False,
    bold: bool = False,
) -> str:
    cells = []
    for number, (column, text) in enumerate(zip(columns, texts, strict=True)):
        merged = "<w:vMerge/>" if text is None else '<w:vMerge w:val="restart"/>' if following and following[number] is None else ""
        centred = heading or column.centred
        paragraph = _paragraph(text or "", bold=bold, centred=centred, together=together)
        width = f'<w:tcW w:w="{_twips(column.width)}" w:type="dxa"/>'
        cells.append(f'<w:tc><w:tcPr>{width}{merged}<w:vAlign w:val="center"/></w:tcPr>{paragraph}</w:tc>')
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if heading else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _paragraph(text: str, *, bold: bool, centred: bool, together: bool) -> str:
    form = f'{"<w:keepNext/>" if together else ""}<w:spacing w:before="20" w:after="20"/><w:jc w:val="{"center" if centred else "left"}"/>'
    letters = f'{"<w:b/>" if bold else ""}<w:sz w:val="{2 * SMALL}"/>'
    return f"<w:p><w:pPr>{form}</w:pPr><w:r><w:rPr>{letters}</w:rPr><w:t>{escape(clean(text))}</w:t></w:r></w:p>"


def _twips(millimetres: float) -> int:
    return round(millimetres * TWIPS)

"""The layout of an administrative paper by Decree 30/2020/NĐ-CP, annex I. No wording of any one paper; pieces: blocks.py, sheets.py.

Number, day and month stay blank for the records clerk (văn thư). python-docx is loaded by the functions, not with the module.
"""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.blocks import BODY, SMALL, add_columns, add_gap, add_rule, at_left, spaced, write
from documents.naming import IssuingBody
from documents.sheets import LANDSCAPE_WIDTH, WIDTH, begin_part, number_pages, set_page
from models.text import clean

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.table import _Cell as Cell
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
HEAD, MOTTO, SMALLEST = 13, 14, 11
"""Sizes in points: the lines at the top with number and date, the tiêu ngữ, the recipients."""

HEAD_LEFT, HEAD_MARGIN = 68, 3
"""The left column of the head in millimetres, and the room at both sides of a name that fills it."""

INDENT, ADDRESSEES = 12.7, 36
SPACING, GAP, SIGNING_ROOM = 6, 12, 72
"""Indents of a first line and of addressees, in millimetres; points below a paragraph, between parts, and for signature and stamp."""

NATION, MOTTO_WORDS = "Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc"
BLANK_NUMBER, BLANK_DAY = "......", "ngày ..... tháng ..... năm"

MOTTO_EMS, CAPITAL_EMS, LETTER_EMS = 12.2, 0.61, 0.45
"""Widths in bold type: the whole tiêu ngữ; on average a capital and a small letter. The rules are as long as they say."""

RULE_SHARE = 0.42
"""The decree wants the rules under the body's name and under the title a third to a half as long as the line above."""

SLACK = 0.06
"""By so much a line may be wider than its letters on average."""

POINT = 25.4 / 72
BREAKS = re.compile(r"(?<= -) |(?<=,) | (?=VÀ )")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature: the lines above it ("TM. …", "KT. …", the title), a remark below them, and the signer's name or nothing."""

    lines: Sequence[str]
    name: str = ""
    remark: str = ""


def new_paper(title: str, body: str) -> Paper:
    """An empty A4 paper with the decree's margins and type; pages are numbered at the top, in the middle, from the second on."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paper = docx.Document()
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    spacing = normal.paragraph_format
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(0), Pt(0), 1.0
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")
    about = paper.core_properties
    about.title, about.author, about.comments, about.language = clean(title)[:255], clean(body)[:255], "", "vi-VN"
    for stamp in ("dcterms:created", "dcterms:modified"):
        for element in about._element.findall(qn(stamp)):
            about._element.remove(element)
    set_page(paper.sections[0], landscape=False)
    number_pages(paper.sections[0])
    return paper


def as_bytes(paper: Paper) -> bytes:
    """The paper as a .docx file; the same paper is the same bytes, whenever it is written."""
    file, kept = io.BytesIO(), io.BytesIO()
    paper.save(file)
    with zipfile.ZipFile(file) as written, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as dateless:
        for member in written.namelist():
            dateless.writestr(zipfile.ZipInfo(member), written.read(member), zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def add_head(paper: Paper, body: IssuingBody, *, place: str, year: int, symbol: str = "", number: str = "", dated: bool = True) -> None:
    """Body at the left, quốc hiệu and tiêu ngữ at the right, each ruled off; below them the number, if it has one, place and date.

    `number` is one that is on record already; minutes carry no date there, their text says when the meeting was.
    """
    left, right = add_columns(paper, (HEAD_LEFT, WIDTH - HEAD_LEFT), rows=2)
    if body.parent:
        _write_body(left[0], body.parent.upper(), bold=False)
    lines = [part for line in body.lines for part in _broken(clean(line).upper(), HEAD_LEFT, CAPITAL_EMS * HEAD)]
    for line in lines:
        _write_body(left[0], line, bold=True)
    _rule_below(left[0], lines[-1], HEAD_LEFT - 2 * HEAD_MARGIN, CAPITAL_EMS * HEAD, room=HEAD_LEFT)
    write(right[0], NATION.upper(), size=HEAD, bold=True)
    write(right[0], MOTTO_WORDS, size=MOTTO, bold=True)
    add_rule(right[0], WIDTH - HEAD_LEFT, MOTTO_EMS * MOTTO * POINT)
    number = number or (f"{BLANK_NUMBER}{symbol}" if symbol else "")
    write(left[1], f"Số: {number}" if number else "", size=HEAD)
    write(right[1], f"{place}, {BLANK_DAY} {year}" if dated else "", size=HEAD, italic=True)


def add_title(paper: Paper, kind: str, about: Sequence[str], *, ruled: bool = True) -> None:
    """The paper's kind in capitals and what it is about, in the middle; a rule below. Long lines are made about equally long."""
    from docx.shared import Mm

    spaced(write(paper, kind.upper(), bold=True), before=18)
    for line in about:
        lines, form = _evened(line, WIDTH, LETTER_EMS * BODY), write(paper, line, bold=True).paragraph_format
        if len(lines) > 1:
            width = max(map(len, lines)) * LETTER_EMS * BODY * POINT * (1 + SLACK)
            form.left_indent = form.right_indent = Mm(max(WIDTH - width, 0) / 2)
    if ruled:
        _rule_below(paper, about[-1], WIDTH, LETTER_EMS * BODY)
        add_gap(paper, SPACING)


def add_attached_to(paper: Paper, lines: Sequence[str], *, width: float = WIDTH) -> None:
    """The remark in italics that says to which paper this one belongs; a rule below."""
    for line in lines:
        write(paper, line, italic=True)
    _rule_below(paper, lines[-1], width, LETTER_EMS * BODY)
    add_gap(paper, GAP)


def add_addressee(paper: Paper, *lines: str) -> None:
    """Whom the paper is for ("Kính gửi:"), in the middle."""
    spaced(write(paper, "Kính gửi: " + lines[0]), before=12)
    for line in lines[1:]:
        write(paper, line)
    add_gap(paper, GAP)


def add_addressees(paper: Paper, addressees: Sequence[str]) -> None:
    """Whom the paper is for; several stand below "Kính gửi:", a dash before each."""
    from docx.shared import Mm

    if len(addressees) == 1:
        add_addressee(paper, addressees[0])
        return
    at_left(spaced(write(paper, "Kính gửi:"), before=12)).paragraph_format.left_indent = Mm(ADDRESSEES)
    for number, addressee in enumerate(addressees, start=1):
        line = at_left(write(paper, f"- {addressee}{';' if number < len(addressees) else '.'}"))
        line.paragraph_format.left_indent = Mm(ADDRESSEES + SPACING)
    add_gap(paper, GAP)


def add_legal_bases(paper: Paper, bases: Sequence[str]) -> None:
    """What the paper rests on, in italics: a semicolon after every line, a full stop after the last."""
    for number, basis in enumerate(bases, start=1):
        add_text(paper, basis.rstrip(".;") + (";" if number < len(bases) else "."), italic=True)


def add_text(paper: Paper, text: str, *, bold: bool = False, italic: bool = False, together: bool = False) -> Paragraph:
    """A paragraph of the body, justified, its first line indented; `together` keeps it on the page of what follows."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    paragraph = spaced(write(paper, text, bold=bold, italic=italic), after=SPACING)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(INDENT)
    paragraph.paragraph_format.keep_with_next = together or None
    return paragraph


def add_signatures(paper: Paper, signature: Signature, *, recipients: Sequence[str] = (), beside: Signature | None = None) -> None:
    """The signature at the right; at the left "Nơi nhận:" or who else signs. The text above stays with it on the page.

    Where two sign, the recipients stand below them.
    """
    if paper.paragraphs:
        paper.paragraphs[-1].paragraph_format.keep_with_next = True
    left, right = add_columns(paper, (WIDTH / 2, WIDTH / 2), rows=2 if beside and recipients else 1)
    _sign(right[0], signature, remarked=bool(signature.remark))
    if beside:
        _sign(left[0], beside, remarked=bool(signature.remark))
    if recipients or not beside:
        _list_recipients(left[-1], recipients)
    if len(right) > 1:
        write(right[1], "")
        for paragraph in (*left[0].paragraphs, *right[0].paragraphs):
            paragraph.paragraph_format.keep_with_next = True
    add_gap(paper)


def begin_annex(paper: Paper, name: str, title: str, attached: str) -> None:
    """A landscape part with page numbers of its own: "Phụ lục", what it lists, and the paper that it belongs to."""
    begin_part(paper, landscape=True)
    write(paper, name, bold=True)
    write(paper, title.upper(), bold=True)
    add_attached_to(paper, [f"({attached})"], width=LANDSCAPE_WIDTH)


def _list_recipients(cell: Cell, recipients: Sequence[str]) -> None:
    at_left(spaced(write(cell, "Nơi nhận:" if recipients else "", size=SMALL, bold=True, italic=True), before=SPACING))
    for number, recipient in enumerate(recipients, start=1):
        at_left(write(cell, f"- {recipient}{';' if number < len(recipients) else '.'}", size=SMALLEST))


def _sign(cell: Cell, signature: Signature, *, remarked: bool) -> None:
    """`remarked` keeps the line of the remark even where there is none, so that names side by side stand level."""
    for number, line in enumerate(signature.lines):
        spaced(write(cell, line, bold=True), before=0 if number else SPACING)
    if remarked:
        write(cell, f"({signature.remark})" if signature.remark else "", size=HEAD, italic=True)
    spaced(write(cell, signature.name, bold=True), before=SIGNING_ROOM)


def _write_body(cell: Cell, text: str, *, bold: bool) -> None:
    """A line of a body's name; one that Word must break keeps off the right column."""
    from docx.shared import Mm

    form = write(cell, text, size=HEAD, bold=bold).paragraph_format
    if len(text) * CAPITAL_EMS * HEAD * POINT > HEAD_LEFT:
        form.left_indent = form.right_indent = Mm(HEAD_MARGIN)


def _broken(name: str, room: float, character: float) -> list[str]:
    """A name too long for its line in two, after a dash or comma or before "và" where that can be; otherwise Word breaks it."""
    longest = room / (character * POINT)
    if len(name) <= longest:
        return [name]
    breaks = [(name[: found.start()], name[found.end() :]) for found in BREAKS.finditer(name)]
    fitting = [pair for pair in breaks if max(map(len, pair)) <= longest]
    return list(min(fitting, key=lambda pair: abs(len(pair[0]) - len(pair[1])), default=(name,)))


def _evened(text: str, room: float, character: float) -> list[str]:
    """A text in as few lines as the room allows, none much longer than the others: Word breaks it there when it has no more room."""
    text, longest = clean(text), max(int(room / (character * POINT)), 1)
    lines = textwrap.wrap(text, longest, break_on_hyphens=False) or [text]
    if len(lines) == 1:
        return lines
    narrower = (textwrap.wrap(text, width, break_on_hyphens=False) for width in range(len(text) // len(lines), longest))
    return next((found for found in narrower if len(found) == len(lines)), lines)


def _rule_below(place: Paper | Cell, text: str, width: float, character: float, *, room: float = 0) -> None:
    """A rule in the middle of the room below a text that is written in some width, as long as a part of its last line."""
    last = _evened(text, width, character)[-1]
    add_rule(place, room or width, min(len(last) * character * POINT, width) * RULE_SHARE)

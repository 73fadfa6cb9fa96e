"""Reading a paper back: its lines in the order of the page, cells included."""

from __future__ import annotations

import io
from collections.abc import Iterator

import docx
from docx.document import Document as Paper
from docx.table import Table
from docx.text.paragraph import Paragraph


def opened(content: bytes) -> Paper:
    """A .docx file, opened."""
    return docx.Document(io.BytesIO(content))


def paragraphs_of(paper: Paper) -> Iterator[Paragraph]:
    """Every paragraph that holds text, in order, those in tables included."""
    for block in paper.iter_inner_content():
        inner = [p for row in block.rows for cell in row.cells for p in cell.paragraphs] if isinstance(block, Table) else [block]
        yield from (paragraph for paragraph in inner if paragraph.text)


def lines_of(paper: Paper) -> list[str]:
    """The texts of all paragraphs."""
    return [paragraph.text for paragraph in paragraphs_of(paper)]


def line(paper: Paper, start: str) -> Paragraph:
    """The first paragraph that starts with some words."""
    return next(paragraph for paragraph in paragraphs_of(paper) if paragraph.text.startswith(start))


def cells_of(table: Table) -> list[list[str]]:
    """A table's texts; a cell over several rows stands in each of them."""
    return [[cell.text for cell in row.cells] for row in table.rows]

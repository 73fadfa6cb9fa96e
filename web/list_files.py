"""A list that is taken away as a file, .csv or .xlsx: written row by row beside the process's memory, sent, and gone with the answer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from flask import Response, send_file
from sqlalchemy import Select, func, literal, select

from models.db import db
from reports.export import Value, csv_lines, write_xlsx
from workflow.acts import ActRefused
from workflow.rules.objection import Objection

MOST_XLSX = 1_000_000
"""Rows of a workbook's sheet; Excel takes 1,048,576."""
TYPES = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def refuse_too_many(query: Select[Any]) -> None:
    """A workbook holds so many rows and no more. Raises ActRefused when the query has more."""
    some = query.with_only_columns(literal(1)).order_by(None).limit(MOST_XLSX + 1)
    if (db.session.scalar(select(func.count()).select_from(some.subquery())) or 0) > MOST_XLSX:
        raise ActRefused([Objection("too_many_for_xlsx", {"most": MOST_XLSX})])


def table_file(name: str, title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """A table as the file that its name says it is."""
    if name.endswith(".xlsx"):
        return written(name, lambda file: write_xlsx(file, title, headings, rows))
    return written(name, lambda file: file.writelines(csv_lines(headings, rows)))


def written(name: str, write: Callable[[IO[bytes]], None]) -> Response:
    """What a function writes, as an attachment under its name."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (sent, and closed with the answer)
    write(file)
    file.seek(0)
    return send_file(file, mimetype=TYPES[name.rpartition(".")[2]], as_attachment=True, download_name=name)

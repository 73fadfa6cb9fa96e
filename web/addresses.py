"""What an address may say: numbers of rows within their bounds, text without invisible characters."""

from __future__ import annotations

from datetime import date, datetime

import flask
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter
from werkzeug.utils import cached_property

from models.localtime import VIETNAM
from models.text import clean

YEARS = (1900, 2200)
"""Days outside of these are none."""


class RowNumber(IntegerConverter):
    """The number of a row in a path. One that no row can have names nothing: 404, and the database is not asked."""

    regex = r"[0-9]{1,9}"


class Request(flask.Request):
    """A request whose query is text as forms take it: NFC, without control or invisible characters."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query of the address, cleaned."""
        return ImmutableMultiDict((name, clean(value)) for name, value in super().args.items(multi=True))


def row_number(text: str | None) -> int | None:
    """The number of a row in the query of an address or in a hidden field, or None when no row can have it."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def day_in(text: str) -> date | None:
    """A day as officers write it, 31/03/2021, or as addresses keep it, 2021-03-31; anything else is none."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(text.strip(), form).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
        return day if YEARS[0] <= day.year <= YEARS[1] else None
    return None


def init_app(app: Flask) -> None:
    """Read addresses this way. Comes before the blueprints: a route keeps the converter that it was made with."""
    app.request_class = Request
    app.url_map.converters["int"] = RowNumber

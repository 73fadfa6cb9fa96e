"""What an address may say: numbers of rows within their bounds, text without invisible characters."""

from __future__ import annotations

import flask
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter
from werkzeug.utils import cached_property

from models.text import clean


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


def init_app(app: Flask) -> None:
    """Read addresses this way. Comes before the blueprints: a route keeps the converter that it was made with."""
    app.request_class = Request
    app.url_map.converters["int"] = RowNumber

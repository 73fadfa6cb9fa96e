"""Pages by key instead of by number: as quick at the end of a long list as at its beginning."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, tuple_

from models.db import db

PAGE = 50
NOWHERE = {date: date.min, datetime: datetime(1, 1, 1, tzinfo=UTC), int: 0, str: ""}
"""Where a cursor points that names no place: before everything."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page and the addresses of its neighbours, None at an end."""

    rows: Sequence[Any]
    previous_url: str | None
    next_url: str | None


def page(query: Select[Any], keys: Sequence[Any], names: Sequence[str], *, descending: bool = False, size: int = PAGE) -> Page:
    """One page of a query in the order of `keys` (columns that together are unique), by the `after` or `before` of the address.

    `names` are the attributes of a row that hold the keys.
    """
    after, before = _read(request.args.get("after"), len(keys)), _read(request.args.get("before"), len(keys))
    backwards = before is not None
    cursor = before if backwards else after
    falling = descending != backwards
    if cursor is not None:
        values = [_typed(value, key) for value, key in zip(cursor, keys, strict=True)]
        query = query.where(tuple_(*keys) < values if falling else tuple_(*keys) > values)
    ordered = query.order_by(*(key.desc() if falling else key.asc() for key in keys)).limit(size + 1)
    rows = list(db.session.execute(ordered).all())
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_previous, has_next = (more, True) if backwards else (cursor is not None, more)
    return Page(
        rows,
        _url("before", rows[0], names) if rows and has_previous else None,
        _url("after", rows[-1], names) if rows and has_next else None,
    )


def _url(direction: str, row: Any, names: Sequence[str]) -> str:
    arguments: dict[str, Any] = {key: value for key, value in request.args.items(multi=False) if key not in {"after", "before"}}
    values = [getattr(row, name) for name in names]
    text = json.dumps([value.isoformat() if isinstance(value, date | datetime) else value for value in values])
    arguments[direction] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return url_for(request.endpoint or "", **(request.view_args or {}), **arguments)


def _read(text: str | None, length: int) -> list[Any] | None:
    """A cursor from the address; anything that is not one counts as none: the list then begins at its beginning."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    fits = isinstance(values, list) and len(values) == length and all(isinstance(value, str | int) for value in values)
    return values if fits else None


def _typed(value: Any, key: Any) -> Any:
    kind = key.type.python_type
    try:
        return kind.fromisoformat(value) if kind in {date, datetime} else kind(value)
    except (ValueError, TypeError):
        return NOWHERE[kind]

"""Pages by key instead of by number: as quick at the end of a long list as at its beginning."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy import Date, Integer, Select, literal, select, tuple_, union_all

from models.db import UTCDateTime, db

PAGE = 50
LONGEST = 4000
"""Characters of a cursor; the longest sort key fits."""

YEARS = (1900, 9999)
BIGGEST = 2**31


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
    after, before = _read(request.args.get("after"), keys), _read(request.args.get("before"), keys)
    backwards = before is not None
    cursor = before if backwards else after
    falling = descending != backwards
    if cursor is not None:
        query = query.where(tuple_(*keys) < cursor if falling else tuple_(*keys) > cursor)
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


@dataclass(frozen=True, slots=True)
class Beside:
    """The numbers of the rows before and after one row, None at an end."""

    previous: int | None
    next: int | None


def beside(query: Select[Any], keys: Sequence[Any], values: Sequence[Any], *, descending: bool = False) -> Beside:
    """The neighbours of the row whose keys have these values, in the order of a list; the last key is the row's number."""
    number, found = keys[-1], []
    for word, ahead in (("previous", False), ("next", True)):
        rising = ahead != descending
        near = query.where(tuple_(*keys) > list(values) if rising else tuple_(*keys) < list(values))
        near = near.order_by(None).order_by(*(key.asc() if rising else key.desc() for key in keys)).limit(1)
        found.append(select(near.with_only_columns(literal(word).label("word"), number.label("number")).subquery()))
    rows = {row.word: row.number for row in db.session.execute(union_all(*found))}
    return Beside(rows.get("previous"), rows.get("next"))


def _url(direction: str, row: Any, names: Sequence[str]) -> str:
    arguments: dict[str, Any] = {key: value for key, value in request.args.items(multi=False) if key not in {"after", "before"}}
    values = [getattr(row, name) for name in names]
    text = json.dumps([value.isoformat() if isinstance(value, date | datetime) else value for value in values])
    arguments[direction] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return url_for(request.endpoint or "", **(request.view_args or {}), **arguments)


def _read(text: str | None, keys: Sequence[Any]) -> list[Any] | None:
    """A cursor from the address; anything that is not one counts as none: the list then begins at its beginning."""
    if not text or len(text) > LONGEST:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return [_typed(value, key) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _typed(value: Any, key: Any) -> Any:
    """A value of a cursor as its column has it. Raises ValueError or TypeError when the column cannot have it."""
    kind = type(key.type)
    if isinstance(value, str) and not value.isprintable():
        raise ValueError(value)
    if kind in {Date, UTCDateTime}:
        found = date.fromisoformat(value) if kind is Date else _instant(value)
        if not YEARS[0] <= found.year <= YEARS[1]:
            raise ValueError(value)
        return found
    if not isinstance(value, int if isinstance(key.type, Integer) else str) or isinstance(value, bool):
        raise TypeError(value)
    if isinstance(value, int) and abs(value) >= BIGGEST:
        raise ValueError(value)
    return value


def _instant(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(value)
    return instant.astimezone(UTC)

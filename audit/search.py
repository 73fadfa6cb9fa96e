"""Searching the record: in words without marks or case, by what its columns say, by day; and how an entry comes to be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, String, UnaryExpression, except_, func, literal_column, select, text
from sqlalchemy.sql.operators import custom_op

from audit.actions import Action
from models.audit import AuditEntry
from models.audit_search import AUDIT_WORDS, AuditDay
from models.db import db, table_of
from models.localtime import local_day
from models.text import folded

LONGEST = 4000
"""Characters of an entry that are searched; details are shorter but for whole lists of units."""
MOST_WORDS = 12
MARKED = ("action", "result", "source", "actor_id", "unit_id", "campaign_id", "dossier_id")
"""The columns that SQLite's index of words holds, too: words within a dossier are found without reading all other dossiers' words."""
MOST_MARKS = 500
"""So many people, units or dossiers are asked of the index of words; where more are meant, the column tells."""

Alike = tuple[str, Sequence[Any] | Select[Any]]
"""One of the columns MARKED, and the values of which it has one, or the query that gives them."""

_INSERT = {
    "sqlite": text("INSERT INTO audit_words (rowid, words, marks) VALUES (:seq, :words, :marks)"),
    "postgresql": text("INSERT INTO audit_words (seq, words) VALUES (:seq, to_tsvector('simple', :words))"),
}
_UPDATE = {
    "sqlite": text("UPDATE audit_words SET words = :words, marks = :marks WHERE rowid = :seq"),
    "postgresql": text("UPDATE audit_words SET words = to_tsvector('simple', :words) WHERE seq = :seq"),
}
_IN_FULL = {
    "sqlite": text("SELECT EXISTS (SELECT 1 FROM audit_words WHERE audit_words MATCH 'words : ' || :word)"),
    "postgresql": text("SELECT EXISTS (SELECT 1 FROM audit_words WHERE words @@ to_tsquery('simple', :word))"),
}

_COMMON = text(
    "SELECT word FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (word, frequency)"
    " WHERE tablename = 'audit_words' AND attname = 'words' AND word = ANY(:words) AND frequency > 0.1"
)
_PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")
"""A plan that PostgreSQL keeps for whatever is asked does not know a rare word from a common one, nor a day from a year."""


def index(connection: Connection, entries: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
    """Make entries, each with its detail, findable by the words of their act and that detail, in the caller's transaction."""
    rows = [_indexed(entry, detail) for entry, detail in entries]
    if rows:
        connection.execute(_INSERT[connection.dialect.name], rows)


def forget_detail(connection: Connection, entry: Mapping[str, Any]) -> None:
    """Leave an entry findable by its act alone: its detail was erased."""
    connection.execute(_UPDATE[connection.dialect.name], _indexed(entry, {}))


def searched(query: Select[Any], wanted: str, alike: Sequence[Alike] = ()) -> tuple[Select[Any], ColumnElement[Any]]:
    """Narrow a query over the record to entries with all the words and such columns; and the key to page it by.

    The last word may be unfinished when nothing was written with it in full. Without a single word the columns alone narrow.
    """
    words = _words(wanted)[:MOST_WORDS]
    if _dialect() == "postgresql":
        db.session.execute(_PLAN_ANEW)
    if not words:
        return _by_columns(query, alike), _column("seq")
    unfinished = not db.session.scalar(_IN_FULL[_dialect()], {"word": words[-1]})
    if _dialect() == "postgresql":
        return _by_columns(_by_words(query, words, ":*" if unfinished else ""), alike), _column("seq")
    return _by_marks(query, f"words : ({' AND '.join(words)}{'*' if unfinished else ''})", alike)


def _by_words(query: Select[Any], words: list[str], ending: str) -> Select[Any]:
    """Narrow by PostgreSQL's index of words. It walks the whole list of a word: those in every tenth entry are read off the rows."""
    spelt = [*words[:-1], words[-1] + ending]
    common = set(db.session.scalars(_COMMON, {"words": spelt}))
    rare = [word for word in spelt if word not in common] or spelt
    query = query.join(AUDIT_WORDS, AUDIT_WORDS.c.seq == AuditEntry.seq)
    query = query.where(AUDIT_WORDS.c.words.op("@@")(func.to_tsquery("simple", " & ".join(rare))))
    if len(rare) < len(spelt):
        off_the_row = func.coalesce(AUDIT_WORDS.c.words, literal_column("''::tsvector"))
        query = query.where(off_the_row.op("@@")(func.to_tsquery("simple", " & ".join(common))))
    return query


def _by_marks(query: Select[Any], wanted: str, alike: Sequence[Alike]) -> tuple[Select[Any], ColumnElement[Any]]:
    """Narrow by SQLite's index of words and columns together, which gives the latest first without reading the rest.

    What is shown does not rest on it: the columns themselves are asked, too. The plus keeps SQLite from beginning with their indexes.
    """
    for name, values in alike:
        found = db.session.scalars(values.limit(MOST_MARKS + 1)).all() if isinstance(values, Select) else values
        if len(found) <= MOST_MARKS:
            wanted += f" AND marks : ({' OR '.join(_mark(name, value) for value in found) or 'none'})"
        column = _column(name)
        query = query.where(UnaryExpression(column, operator=custom_op("+"), type_=column.type).in_(values))
    number = literal_column("audit_words.rowid", Integer)
    match = literal_column("audit_words.audit_words", String).op("MATCH")(wanted)
    return query.join(AUDIT_WORDS, number == AuditEntry.seq).where(match), number


def _by_columns(query: Select[Any], alike: Sequence[Alike]) -> Select[Any]:
    return query.where(*(_column(name).in_(values) for name, values in alike))


def span(since: date | None, until: date | None) -> tuple[int, int]:
    """The first and the last number of what was written on some days, both ends counted and either left open; (1, 0) for nothing.

    Every entry of these days lies within; where a clock was set back, entries of other days may, too.
    """
    query = select(func.min(AuditDay.first), func.max(AuditDay.last))
    if since:
        query = query.where(AuditDay.day >= since)
    if until:
        query = query.where(AuditDay.day <= until)
    first, last = db.session.execute(query).one()
    return first or 1, last or 0


def unfindable() -> Iterator[int]:
    """Entries that a search would not find: no word of theirs is indexed, or they lie outside their day's span. Reads the whole record."""
    entries = table_of(AuditEntry)
    number = literal_column("rowid" if _dialect() == "sqlite" else "seq", Integer)
    yield from db.session.scalars(except_(select(entries.c.seq), select(number).select_from(AUDIT_WORDS)))
    spans = {kept.day: (kept.first, kept.last) for kept in db.session.scalars(select(AuditDay))}
    for seq, at in db.session.execute(select(entries.c.seq, entries.c.at), execution_options={"yield_per": 1000}):
        first, last = spans.get(local_day(at), (1, 0))
        if not first <= seq <= last:
            yield seq


def _indexed(entry: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, Any]:
    words = " ".join([Action(entry["action"]).label, *_texts(detail)])[:LONGEST]
    marks = (_mark(name, entry[name]) for name in MARKED if entry[name] is not None)
    return {"seq": entry["seq"], "words": " ".join(_words(words)), "marks": " ".join(marks)}


def _dialect() -> str:
    return db.session.connection().dialect.name


def _mark(name: str, value: object) -> str:
    return re.sub("[^0-9a-z]", "", f"{name}{value}")


def _column(name: str) -> ColumnElement[Any]:
    return table_of(AuditEntry).c[name]


def _words(text_: str) -> list[str]:
    return re.findall(r"[0-9a-z]+", folded(text_))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value

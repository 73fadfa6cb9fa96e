"""Searching the record in words, without marks or case: what an entry is found by, and the condition that finds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, func, literal_column, text

from audit.actions import Action
from models.audit import AuditEntry
from models.audit_search import AUDIT_WORDS
from models.db import db
from models.text import folded

LONGEST = 4000
"""Characters of an entry that are searched; details are shorter but for whole lists of units."""
MOST_WORDS = 12

_INSERT = {
    "sqlite": text("INSERT INTO audit_words (rowid, words) VALUES (:seq, :words)"),
    "postgresql": text("INSERT INTO audit_words (seq, words) VALUES (:seq, to_tsvector('simple', :words))"),
}
_DELETE = {
    "sqlite": text("DELETE FROM audit_words WHERE rowid = :seq"),
    "postgresql": text("DELETE FROM audit_words WHERE seq = :seq"),
}


def index(connection: Connection, entries: Iterable[tuple[int, Action, Mapping[str, Any]]]) -> None:
    """Make entries findable by the words of their act and their detail, in the caller's transaction."""
    rows = [{"seq": seq, "words": words_of(action, detail)} for seq, action, detail in entries]
    if rows:
        connection.execute(_INSERT[connection.dialect.name], rows)


def forget(connection: Connection, seq: int) -> None:
    """Make an entry unfindable: its detail was erased."""
    connection.execute(_DELETE[connection.dialect.name], {"seq": seq})


def words_of(action: Action, detail: Mapping[str, Any]) -> str:
    """The words that an entry is found by: the act as officers say it, and every text of its detail."""
    return " ".join(_words(" ".join([action.label, *_texts(detail)])[:LONGEST]))


def searched(query: Select[Any], wanted: str) -> tuple[Select[Any], ColumnElement[Any]]:
    """Narrow a query over the record to entries with all the words (the last may be unfinished); and the key to page it by.

    Without a single word nothing is narrowed.
    """
    words = _words(wanted)[:MOST_WORDS]
    if not words:
        return query, AuditEntry.__table__.c.seq
    if db.session.connection().dialect.name == "postgresql":
        match = AUDIT_WORDS.c.words.op("@@")(func.to_tsquery("simple", " & ".join(words) + ":*"))
        return query.join(AUDIT_WORDS, AUDIT_WORDS.c.seq == AuditEntry.seq).where(match), AuditEntry.__table__.c.seq
    number = literal_column("audit_words.rowid", Integer)
    match = AUDIT_WORDS.c.words.op("MATCH")(" ".join(f'"{word}"' for word in words) + "*")
    return query.join(AUDIT_WORDS, number == AuditEntry.seq).where(match), number


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

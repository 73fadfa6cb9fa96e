"""The index by which the record is searched in words: a full-text table beside it, of each database's own kind. No query is here."""

from __future__ import annotations

from sqlalchemy import DDL, Integer, String, column, event, table

from models.audit import AuditEntry
from models.db import table_of

AUDIT_WORDS = table("audit_words", column("seq", Integer), column("words", String))
"""Folded words of an entry by its number. On SQLite the number is the row's own (`rowid`), and the words are indexed but not stored."""

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE audit_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')",
)
POSTGRESQL_INDEX = (
    "CREATE TABLE audit_words (seq integer CONSTRAINT pk_audit_words PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_audit_words_words ON audit_words USING gin (words)",
)

for _dialect, _statements in (("sqlite", SQLITE_INDEX), ("postgresql", POSTGRESQL_INDEX)):
    for _statement in _statements:
        event.listen(table_of(AuditEntry), "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
event.listen(table_of(AuditEntry), "before_drop", DDL("DROP TABLE audit_words"))  # type: ignore[no-untyped-call]

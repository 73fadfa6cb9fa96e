"""What the record is searched by: each database's own full-text index, and where in the record each day lies. No query is here."""

from __future__ import annotations

import datetime

from sqlalchemy import DDL, CheckConstraint, Integer, String, column, event, table
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import AuditEntry
from models.db import Model, table_of

AUDIT_WORDS = table("audit_words", column("seq", Integer), column("words", String), column("marks", String))
"""Folded words of an entry by its number. On SQLite the number is the row's own (`rowid`), the words are indexed but not stored, and
`marks` says the entry's columns in words of their own, for one index to answer both; PostgreSQL, which joins indexes, has no marks."""


class AuditDay(Model):
    """The span of numbers in which all entries of one Vietnamese day lie. Entries of other days may lie in it too: clocks are set back.

    The database itself keeps it, by a trigger on the record, so that no entry can lie outside.
    """

    __tablename__ = "audit_days"
    __table_args__ = (CheckConstraint("first <= last", name="span"),)

    day: Mapped[datetime.date] = mapped_column(primary_key=True)
    first: Mapped[int]
    last: Mapped[int]


SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE audit_words
    USING fts5(words, marks, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')""",
)
POSTGRESQL_INDEX = (
    "CREATE TABLE audit_words (seq integer CONSTRAINT pk_audit_words PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_audit_words_words ON audit_words USING gin (words)",
)
SQLITE_DAYS = (
    """CREATE TRIGGER audit_entries_day AFTER INSERT ON audit_entries
    BEGIN
        INSERT INTO audit_days (day, first, last) VALUES (date(NEW.at, '+7 hours'), NEW.seq, NEW.seq)
        ON CONFLICT (day) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last);
    END""",
)
POSTGRESQL_DAYS = (
    """CREATE FUNCTION audit_entries_keep_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    BEGIN
        INSERT INTO audit_days AS kept (day, first, last)
        VALUES ((NEW.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, NEW.seq, NEW.seq)
        ON CONFLICT (day) DO UPDATE SET first = least(kept.first, excluded.first), last = greatest(kept.last, excluded.last);
        RETURN NULL;
    END $$""",
    "CREATE TRIGGER audit_entries_day AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_keep_day()",
)

for _dialect, _statements in (("sqlite", SQLITE_INDEX + SQLITE_DAYS), ("postgresql", POSTGRESQL_INDEX + POSTGRESQL_DAYS)):
    for _statement in _statements:
        event.listen(table_of(AuditEntry), "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
event.listen(table_of(AuditEntry), "before_drop", DDL("DROP TABLE audit_words"))  # type: ignore[no-untyped-call]

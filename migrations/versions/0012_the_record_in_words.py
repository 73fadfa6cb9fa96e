"""The record can be searched in words, and paged by day.

Revision ID: 0012
Revises: 0011
"""

import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from audit.actions import Action

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQLITE = ("CREATE VIRTUAL TABLE audit_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')",)
POSTGRESQL = (
    "CREATE TABLE audit_words (seq integer CONSTRAINT pk_audit_words PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_audit_words_words ON audit_words USING gin (words)",
)
INSERT = {
    "sqlite": "INSERT INTO audit_words (rowid, words) VALUES (:seq, :words)",
    "postgresql": "INSERT INTO audit_words (seq, words) VALUES (:seq, to_tsvector('simple', :words))",
}
BATCH = 5000
LABELS = {action.value: action.label for action in Action}


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _words(action: str, detail: str | None) -> str:
    text = " ".join([LABELS.get(action, ""), *_texts(json.loads(detail or "{}"))])[:4000]
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c)).replace("đ", "d")
    return " ".join(re.findall(r"[0-9a-z]+", bare))


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for statement in SQLITE if dialect == "sqlite" else POSTGRESQL:
        op.execute(statement)
    entries = sa.text("SELECT seq, action, detail FROM audit_entries WHERE seq > :last ORDER BY seq LIMIT :batch")
    last = 0
    while rows := connection.execute(entries, {"last": last, "batch": BATCH}).all():
        connection.execute(sa.text(INSERT[dialect]), [{"seq": row.seq, "words": _words(row.action, row.detail)} for row in rows])
        last = rows[-1].seq
    op.drop_index("ix_audit_entries_at", "audit_entries")
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "seq"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_at", "audit_entries")
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.execute("DROP TABLE audit_words")

"""The record knows in which span of numbers each day lies, and its words are searched together with its columns (SQLite).

Revision ID: 0015
Revises: 0014
"""

import re
import runpy
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FORMER = runpy.run_path(str(Path(__file__).with_name("0012_the_record_in_words.py")))
WORDS = """CREATE VIRTUAL TABLE audit_words
    USING fts5(words, marks, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')"""
MARKED = ("action", "result", "source", "actor_id", "unit_id", "campaign_id", "dossier_id")
DAYS = {
    "sqlite": "SELECT date(at, '+7 hours') AS day, min(seq), max(seq) FROM audit_entries GROUP BY 1",
    "postgresql": "SELECT (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, min(seq), max(seq) FROM audit_entries GROUP BY 1",
}
TRIGGER = {
    "sqlite": (
        """CREATE TRIGGER audit_entries_day AFTER INSERT ON audit_entries
    BEGIN
        INSERT INTO audit_days (day, first, last) VALUES (date(NEW.at, '+7 hours'), NEW.seq, NEW.seq)
        ON CONFLICT (day) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last);
    END""",
    ),
    "postgresql": (
        """CREATE FUNCTION audit_entries_keep_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    BEGIN
        INSERT INTO audit_days AS kept (day, first, last)
        VALUES ((NEW.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, NEW.seq, NEW.seq)
        ON CONFLICT (day) DO UPDATE SET first = least(kept.first, excluded.first), last = greatest(kept.last, excluded.last);
        RETURN NULL;
    END $$""",
        "CREATE TRIGGER audit_entries_day AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_keep_day()",
    ),
}
BATCH = 5000


def _fill(connection: sa.Connection, *, marked: bool) -> None:
    """Make SQLite's index of words anew; it keeps none of the words that it was made of."""
    entries = sa.text("SELECT * FROM audit_entries WHERE seq > :last ORDER BY seq LIMIT :batch")
    insert = "INSERT INTO audit_words (rowid, words, marks) VALUES (:seq, :words, :marks)" if marked else FORMER["INSERT"]["sqlite"]
    last = 0
    while rows := connection.execute(entries, {"last": last, "batch": BATCH}).all():
        found = [{"seq": row.seq, "words": FORMER["_words"](row.action, row.detail), "marks": _marks(row)} for row in rows]
        connection.execute(sa.text(insert), found)
        last = rows[-1].seq


def _marks(row: sa.Row) -> str:
    values = {name: getattr(row, name) for name in MARKED}
    return " ".join(re.sub("[^0-9a-z]", "", f"{name}{value}") for name, value in values.items() if value is not None)


def upgrade() -> None:
    op.create_table(
        "audit_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_audit_days_span")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_days")),
    )
    connection = op.get_bind()
    dialect = connection.dialect.name
    op.execute(f"INSERT INTO audit_days (day, first, last) {DAYS[dialect]}")
    for statement in TRIGGER[dialect]:
        op.execute(statement)
    op.drop_index("ix_audit_entries_at", "audit_entries")
    if dialect == "sqlite":
        op.execute("DROP TABLE audit_words")
        op.execute(WORDS)
        _fill(connection, marked=True)


def downgrade() -> None:
    connection = op.get_bind()
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "seq"])
    if connection.dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entries_day")
        op.execute("DROP TABLE audit_words")
        op.execute(FORMER["SQLITE"][0])
        _fill(connection, marked=False)
    else:
        op.execute("DROP TRIGGER audit_entries_day ON audit_entries")
        op.execute("DROP FUNCTION audit_entries_keep_day()")
    op.drop_table("audit_days")

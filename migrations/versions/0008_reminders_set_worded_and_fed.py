"""Reminders that are set, skipped for a reason and late; officers' wording of letters; keys of calendar feeds; the year-end report's date.

Revision ID: 0008
Revises: 0007
"""

import datetime
import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SETTABLE = "milestone IN ('registration', 'submission', 'supplement', 'year_end')"
REASONS = (
    "form_sent",
    "form_accepted",
    "nobody_missing",
    "submitted",
    "withdrawn",
    "ended",
    "report_frozen",
    "over",
    "paused",
)
WORDS = (
    ("deadlines", "milestone", ("year_end",)),
    ("reminder_entries", "milestone", ("year_end",)),
    ("reminder_entries", "outcome", ("skipped",)),
)
"""Table, column, the words that it may hold besides those that it holds already."""

VIETNAM = datetime.timedelta(hours=7)


def _words(table: str, column: str) -> list[str]:
    """The words that a column may hold now."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    found = next(check["sqltext"] for check in checks if check["name"] == f"ck_{table}_{column}")
    return re.findall(r"'(\w+)'", found)


def _allow(table: str, column: str, words: list[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")


def upgrade() -> None:
    for table, column, words in WORDS:
        _allow(table, column, [*_words(table, column), *words])
    letters = ", ".join(f"'{word}'" for word in _words("notices", "letter"))
    op.create_table(
        "reminder_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False),
        sa.Column("offsets", sa.JSON(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(SETTABLE, name=op.f("ck_reminder_settings_milestone")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_reminder_settings_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_settings")),
        sa.UniqueConstraint("campaign_id", "milestone", name=op.f("uq_reminder_settings_campaign_id_milestone")),
    )
    op.create_table(
        "letter_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"letter IN ({letters})", name=op.f("ck_letter_wordings_letter")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_letter_wordings_campaign_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_letter_wordings_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wordings")),
        sa.UniqueConstraint("campaign_id", "letter", "version", name=op.f("uq_letter_wordings_campaign_id_letter_version")),
    )
    op.create_table(
        "feed_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_feed_tokens_made_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_feed_tokens_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_tokens_token_hash")),
    )
    with op.batch_alter_table("feed_tokens") as batch:
        batch.create_index(batch.f("ix_feed_tokens_unit_id"), ["unit_id"], unique=False)
    with op.batch_alter_table("notices") as batch:
        batch.add_column(sa.Column("wording_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_notices_wording_id"), "letter_wordings", ["wording_id"], ["id"])
    reasons = ", ".join(f"'{word}'" for word in REASONS)
    with op.batch_alter_table("reminder_entries") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.create_check_constraint(op.f("ck_reminder_entries_reason"), f"reason IN ({reasons})")
        batch.create_check_constraint(op.f("ck_reminder_entries_skipped_for_a_reason"), "(outcome = 'skipped') = (reason IS NOT NULL)")
    with op.batch_alter_table("reminder_entries") as batch:
        batch.alter_column("late", server_default=None)
    _tell_the_day()
    _set_year_ends()


def _tell_the_day() -> None:
    """Letters state the day they were written, and four of them the working of their due date: those that lie in the outbox as well."""
    bind = op.get_bind()
    notices = sa.table("notices", sa.column("id"), sa.column("facts", sa.JSON()), sa.column("created_at", sa.DateTime()))
    for row in bind.execute(sa.select(notices.c.id, notices.c.facts, notices.c.created_at)).all():
        made = row.created_at.astimezone(datetime.UTC) if row.created_at.tzinfo else row.created_at
        told = {"day": f"{made + VIETNAM:%d/%m/%Y}", "working": []} | row.facts
        bind.execute(notices.update().where(notices.c.id == row.id).values(facts=told))


def _set_year_ends() -> None:
    """IV: the open campaigns' report is due with their year. It is reminded of from now on, not for days that have passed."""
    bind, now = op.get_bind(), datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    campaigns = bind.execute(sa.text("SELECT id, year, number FROM campaigns WHERE opened_at IS NOT NULL")).all()
    statement = sa.text(
        "INSERT INTO deadlines (campaign_id, milestone, version, due_on, working, set_at)"
        " VALUES (:campaign, 'year_end', 1, :due, :working, :now)"
    )
    for campaign in campaigns:
        due = f"{campaign.year}-12-31"
        working = {"event": "year_end", "last_day": due, "due": due, "document": f"Kế hoạch số {campaign.number}"}
        given = {"campaign": campaign.id, "due": due, "working": json.dumps(working, ensure_ascii=False), "now": str(now)}
        bind.execute(statement, given)


def downgrade() -> None:
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM deadlines WHERE milestone = 'year_end'"))
    bind.execute(sa.text("DELETE FROM reminder_entries WHERE milestone = 'year_end'"))
    with op.batch_alter_table("reminder_entries") as batch:
        batch.drop_constraint(op.f("ck_reminder_entries_skipped_for_a_reason"), type_="check")
        batch.drop_constraint(op.f("ck_reminder_entries_reason"), type_="check")
        batch.drop_column("late")
        batch.drop_column("reason")
    bind.execute(sa.text("UPDATE reminder_entries SET outcome = 'superseded' WHERE outcome = 'skipped'"))
    with op.batch_alter_table("notices") as batch:
        batch.drop_constraint(op.f("fk_notices_wording_id"), type_="foreignkey")
        batch.drop_column("wording_id")
    with op.batch_alter_table("feed_tokens") as batch:
        batch.drop_index(batch.f("ix_feed_tokens_unit_id"))
    op.drop_table("feed_tokens")
    op.drop_table("letter_wordings")
    op.drop_table("reminder_settings")
    for table, column, words in WORDS:
        _allow(table, column, [word for word in _words(table, column) if word not in words])

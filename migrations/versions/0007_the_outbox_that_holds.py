"""The outbox: one gate for all mail, reasons, reminders in one letter, mailboxes that were refused.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REASONS = (
    "by_hand",
    "acted",
    "due_changed",
    "expired",
    "superseded",
    "digested",
    "sent_before",
    "no_mailbox",
    "refused",
    "bad_address",
    "unwritable",
    "given_up",
)


def upgrade() -> None:
    op.create_table(
        "mail_gates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(length=200), nullable=False),
        sa.Column("stop_reason", sa.String(length=300), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("rate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rate_left", sa.Integer(), nullable=False),
        sa.Column("journal_size", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_count", sa.Integer(), nullable=False),
        sa.Column("skip_from", sa.BigInteger(), nullable=True),
        sa.Column("skip_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_gates")),
    )
    with op.batch_alter_table("unit_addresses") as batch:
        batch.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("bounce_reason", sa.String(length=300), server_default=sa.text("('')"), nullable=False))
    listed = ", ".join(f"'{word}'" for word in REASONS)
    with op.batch_alter_table("outbox_mails") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_outbox_mails_reason"), f"reason IN ({listed})")
        batch.create_foreign_key(op.f("fk_outbox_mails_digest_id"), "outbox_mails", ["digest_id"], ["id"])
        batch.create_index(op.f("ix_outbox_mails_digest_id"), ["digest_id"], unique=False)


def downgrade() -> None:
    op.execute("UPDATE outbox_mails SET digest_id = NULL")
    with op.batch_alter_table("outbox_mails") as batch:
        batch.drop_index(op.f("ix_outbox_mails_digest_id"))
        batch.drop_constraint(op.f("fk_outbox_mails_digest_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_outbox_mails_reason"), type_="check")
        batch.drop_column("digest_id")
        batch.drop_column("reason")
    with op.batch_alter_table("unit_addresses") as batch:
        batch.drop_column("bounce_reason")
        batch.drop_column("bounced_at")
    op.drop_table("mail_gates")

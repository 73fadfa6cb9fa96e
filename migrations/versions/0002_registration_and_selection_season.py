"""Registration, ranking and selection: late requests, roll-ups sent, corrections; signed forms and further letters.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PAPERS = (
    "proposal_letter",
    "minutes",
    "achievement_report",
    "evidence",
    "signed_form",
)
LETTERS = (
    "campaign_opened",
    "registration_reminder",
    "registration_reminder_compiled",
    "registration_closed",
    "registration_received",
    "registration_returned",
    "registration_accepted",
    "registration_reported",
    "registration_late_asked",
    "registration_admitted",
    "ranking_published",
    "ranking_corrected",
    "selected",
    "passed_over",
    "dossier_reminder",
    "dossier_overdue",
    "submitted",
    "sent_back",
    "extended",
    "reviewed",
    "declined",
    "forwarded",
    "awarded",
    "refused",
    "withdrawn",
    "lapsed",
    "corrected",
)
NEW = {"registration_admitted", "registration_late_asked", "registration_reported", "signed_form", "ranking_corrected"}
"""The words of both that did not exist before."""

WORDS = (("documents", "kind", PAPERS), ("notices", "letter", LETTERS), ("reminder_entries", "letter", LETTERS))
"""Table, column, the words that it may hold from now on."""


def _allow(table: str, column: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")


def upgrade() -> None:
    op.create_table(
        "late_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_late_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_late_requests_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_requests")),
        sa.UniqueConstraint("campaign_unit_id", name=op.f("uq_late_requests_campaign_unit_id")),
    )
    op.create_table(
        "rollup_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_rollup_reports_campaign_unit_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_rollup_reports_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_reports")),
    )
    with op.batch_alter_table("rollup_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollup_reports_campaign_unit_id"), ["campaign_unit_id"], unique=False)

    op.create_table(
        "unused_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_unused_places_campaign_unit_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_unused_places_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unused_places")),
        sa.UniqueConstraint("campaign_unit_id", name=op.f("uq_unused_places_campaign_unit_id")),
    )
    with op.batch_alter_table("unit_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("end_basis", sa.String(length=300), server_default=sa.text("('')"), nullable=False))
    for table, column, words in WORDS:
        _allow(table, column, words)


def downgrade() -> None:
    for table, column, words in WORDS:
        _allow(table, column, tuple(word for word in words if word not in NEW))
    with op.batch_alter_table("unit_versions", schema=None) as batch_op:
        batch_op.drop_column("end_basis")

    op.drop_table("unused_places")
    with op.batch_alter_table("rollup_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rollup_reports_campaign_unit_id"))

    op.drop_table("rollup_reports")
    op.drop_table("late_requests")

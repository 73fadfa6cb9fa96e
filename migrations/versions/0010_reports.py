"""Reports on a whole campaign: what officers write in them, and frozen ones that nobody can change.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("year_end", "closing")

SQLITE_TRIGGERS = (
    """CREATE TRIGGER frozen_reports_no_update BEFORE UPDATE ON frozen_reports
    BEGIN SELECT RAISE(ABORT, 'frozen reports are never changed'); END""",
    """CREATE TRIGGER frozen_reports_no_delete BEFORE DELETE ON frozen_reports
    BEGIN SELECT RAISE(ABORT, 'frozen reports are never deleted'); END""",
    """CREATE TRIGGER frozen_reports_no_replace BEFORE INSERT ON frozen_reports
    WHEN EXISTS (SELECT 1 FROM frozen_reports WHERE id = NEW.id
        OR (campaign_id = NEW.campaign_id AND kind = NEW.kind AND number = NEW.number))
    BEGIN SELECT RAISE(ABORT, 'frozen reports are never replaced'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION frozen_reports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'frozen reports are never changed or deleted';
    END $$""",
    """CREATE TRIGGER frozen_reports_no_change BEFORE UPDATE OR DELETE ON frozen_reports
    FOR EACH ROW EXECUTE FUNCTION frozen_reports_refuse()""",
    """CREATE TRIGGER frozen_reports_no_truncate BEFORE TRUNCATE ON frozen_reports
    FOR EACH STATEMENT EXECUTE FUNCTION frozen_reports_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "report_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("proposals", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_report_texts_version")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_report_texts_campaign_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_report_texts_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_texts")),
        sa.UniqueConstraint("campaign_id", "kind", "version", name=op.f("uq_report_texts_campaign_id_kind_version")),
    )
    op.create_table(
        "frozen_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("log_count", sa.Integer(), nullable=False),
        sa.Column("log_hash", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0 AND log_count >= 0", name=op.f("ck_frozen_reports_numbers")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_frozen_reports_campaign_id")),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["users.id"], name=op.f("fk_frozen_reports_frozen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_reports")),
        sa.UniqueConstraint("campaign_id", "kind", "number", name=op.f("uq_frozen_reports_campaign_id_kind_number")),
    )
    statements = SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("frozen_reports")
    op.drop_table("report_texts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION frozen_reports_refuse()")

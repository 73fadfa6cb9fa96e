"""Papers: what the scanner said, what a report's text is like, and the appraiser's word on each version.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan", sa.String(length=40), server_default="unscanned", nullable=False))
        batch_op.add_column(sa.Column("sketch", sa.String(length=512), server_default=sa.text("('')"), nullable=False))
        batch_op.create_check_constraint(op.f("ck_document_versions_scan"), "scan IN ('unscanned', 'clean')")

    op.create_table(
        "document_verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("verdict <> 'to_mend' OR comment <> ''", name=op.f("ck_document_verdicts_mending_is_explained")),
        sa.CheckConstraint("verdict IN ('passed', 'to_mend')", name=op.f("ck_document_verdicts_verdict")),
        sa.ForeignKeyConstraint(["given_by_id"], ["users.id"], name=op.f("fk_document_verdicts_given_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["document_versions.id"], name=op.f("fk_document_verdicts_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_verdicts")),
    )
    with op.batch_alter_table("document_verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_verdicts_version_id"), ["version_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("document_verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_verdicts_version_id"))

    op.drop_table("document_verdicts")
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_document_versions_scan"), type_="check")
        batch_op.drop_column("sketch")
        batch_op.drop_column("scan")

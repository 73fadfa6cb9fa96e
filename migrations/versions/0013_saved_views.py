"""A person keeps the lists of dossiers that they come back to; a paper taken unscanned may turn out to be infected.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _may_be(*words: str) -> None:
    with op.batch_alter_table("document_versions") as batch:
        batch.drop_constraint(op.f("ck_document_versions_scan"), type_="check")
        batch.create_check_constraint(op.f("ck_document_versions_scan"), f"scan IN ({', '.join(repr(word) for word in words)})")


def upgrade() -> None:
    _may_be("unscanned", "clean", "infected")
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_saved_views_campaign_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "campaign_id", "name", name=op.f("uq_saved_views_user_id_campaign_id_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_views")
    op.execute("UPDATE document_versions SET scan = 'unscanned' WHERE scan = 'infected'")
    _may_be("unscanned", "clean")

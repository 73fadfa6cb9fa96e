"""The council by name: members, seats, drafts of a result, postponed dossiers, abstentions; giấy khen that bodies granted themselves.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTED = ("votes_for", "votes_against", "votes_absent")


def _count(names: tuple[str, ...]) -> None:
    with op.batch_alter_table("votes") as batch:
        batch.drop_constraint(op.f("ck_votes_counts"), type_="check")
        batch.create_check_constraint(op.f("ck_votes_counts"), " AND ".join(f"{name} >= 0" for name in names))


def upgrade() -> None:
    op.create_table(
        "council_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=300), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("campaign_unit_id IS NOT NULL OR body <> ''", name=op.f("ck_council_members_body")),
        sa.CheckConstraint("duty IN ('chair', 'deputy', 'member', 'secretary')", name=op.f("ck_council_members_duty")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_council_members_campaign_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_council_members_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_members")),
    )
    op.create_index(op.f("ix_council_members_campaign_id"), "council_members", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_council_members_campaign_unit_id"), "council_members", ["campaign_unit_id"], unique=False)
    op.create_table(
        "council_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["council_members.id"], name=op.f("fk_council_seats_member_id")),
        sa.ForeignKeyConstraint(["session_id"], ["council_sessions.id"], name=op.f("fk_council_seats_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_seats")),
        sa.UniqueConstraint("session_id", "member_id", name=op.f("uq_council_seats_session_id_member_id")),
    )
    op.create_index(op.f("ix_council_seats_member_id"), "council_seats", ["member_id"], unique=False)
    op.create_table(
        "commendations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("collectives", sa.JSON(), nullable=False),
        sa.Column("individuals", sa.JSON(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number <> ''", name=op.f("ck_commendations_number")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_commendations_campaign_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_commendations_campaign_unit_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_commendations_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendations")),
    )
    op.create_index(op.f("ix_commendations_campaign_id"), "commendations", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_commendations_campaign_unit_id"), "commendations", ["campaign_unit_id"], unique=False)
    with op.batch_alter_table("council_sessions") as batch:
        batch.add_column(sa.Column("draft", sa.JSON(), nullable=True))
    with op.batch_alter_table("agenda_items") as batch:
        batch.add_column(sa.Column("postponed", sa.Text(), server_default=sa.text("('')"), nullable=False))
    with op.batch_alter_table("votes") as batch:
        batch.add_column(sa.Column("votes_abstaining", sa.Integer(), server_default=sa.text("0"), nullable=False))
    _count((*COUNTED, "votes_abstaining"))


def downgrade() -> None:
    _count(COUNTED)
    with op.batch_alter_table("votes") as batch:
        batch.drop_column("votes_abstaining")
    with op.batch_alter_table("agenda_items") as batch:
        batch.drop_column("postponed")
    with op.batch_alter_table("council_sessions") as batch:
        batch.drop_column("draft")
    op.drop_table("commendations")
    op.drop_table("council_seats")
    op.drop_table("council_members")

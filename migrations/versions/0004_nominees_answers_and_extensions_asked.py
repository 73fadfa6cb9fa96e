"""Nominees' answers and confirmed warnings; extensions asked for; originals received; late dossiers admitted.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nominee_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nominee_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=60), nullable=False),
        sa.Column("stated", sa.Boolean(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stated_by_id", sa.Integer(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "checked",
            sa.Enum("met", "not_met", "unclear", name="checked", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("check_reason", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("checked IS NULL OR checked_at IS NOT NULL", name=op.f("ck_nominee_answers_check_has_time")),
        sa.CheckConstraint("checked IS NULL OR checked = 'met' OR check_reason <> ''", name=op.f("ck_nominee_answers_doubt_has_reason")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["users.id"], name=op.f("fk_nominee_answers_checked_by_id")),
        sa.ForeignKeyConstraint(["nominee_id"], ["nominees.id"], name=op.f("fk_nominee_answers_nominee_id")),
        sa.ForeignKeyConstraint(["stated_by_id"], ["users.id"], name=op.f("fk_nominee_answers_stated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominee_answers")),
        sa.UniqueConstraint("nominee_id", "criterion", name=op.f("uq_nominee_answers_nominee_id_criterion")),
    )
    op.create_table(
        "answer_evidence",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["nominee_answers.id"], name=op.f("fk_answer_evidence_answer_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_answer_evidence_document_id")),
        sa.PrimaryKeyConstraint("answer_id", "document_id", name=op.f("pk_answer_evidence")),
    )
    op.create_index(op.f("ix_answer_evidence_document_id"), "answer_evidence", ["document_id"], unique=False)
    op.create_table(
        "warning_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nominee_id", sa.Integer(), nullable=False),
        sa.Column(
            "warning",
            sa.Enum(
                "not_registered",
                "not_civil_servant",
                "not_assigned",
                name="warning",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_warning_confirmations_reason")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_warning_confirmations_confirmed_by_id")),
        sa.ForeignKeyConstraint(["nominee_id"], ["nominees.id"], name=op.f("fk_warning_confirmations_nominee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_confirmations")),
        sa.UniqueConstraint("nominee_id", "warning", name=op.f("uq_warning_confirmations_nominee_id_warning")),
    )
    op.create_table(
        "extension_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "granted IS NULL OR (number <> '' AND date IS NOT NULL AND answer <> '')", name=op.f("ck_extension_requests_decided")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_extension_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_extension_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_extension_requests_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_requests")),
    )
    op.create_index(op.f("ix_extension_requests_dossier_id"), "extension_requests", ["dossier_id"], unique=False)
    op.create_index(
        "uq_extension_requests_one_open",
        "extension_requests",
        ["dossier_id"],
        unique=True,
        sqlite_where=sa.text("granted IS NULL"),
        postgresql_where=sa.text("granted IS NULL"),
    )
    op.create_table(
        "original_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_original_receipts_dossier_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_original_receipts_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original_receipts")),
    )
    op.create_index(op.f("ix_original_receipts_dossier_id"), "original_receipts", ["dossier_id"], unique=False)
    # not in a batch: SQLite cannot copy the generated column of this table
    op.add_column("dossiers", sa.Column("people_changed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("nominees", schema=None) as batch_op:
        batch_op.add_column(sa.Column("civil_servant", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("assignment", sa.String(length=300), server_default=sa.text("('')"), nullable=False))
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("admission", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_column("admission")
    with op.batch_alter_table("nominees", schema=None) as batch_op:
        batch_op.drop_column("assignment")
        batch_op.drop_column("civil_servant")
    op.drop_column("dossiers", "people_changed_at")
    for table in ("original_receipts", "extension_requests", "warning_confirmations", "answer_evidence", "nominee_answers"):
        op.drop_table(table)

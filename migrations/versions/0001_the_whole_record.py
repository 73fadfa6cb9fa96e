"""the whole record

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
    WHEN NOT (NEW.detail IS NULL AND NEW.salt IS NULL
        AND NEW.seq IS OLD.seq AND NEW.hash IS OLD.hash AND NEW.rec IS OLD.rec AND NEW.at IS OLD.at AND NEW.action IS OLD.action
        AND NEW.result IS OLD.result AND NEW.source IS OLD.source AND NEW.actor_id IS OLD.actor_id AND NEW.unit_id IS OLD.unit_id
        AND NEW.campaign_id IS OLD.campaign_id AND NEW.dossier_id IS OLD.dossier_id AND NEW.request_key IS OLD.request_key)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
    """CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq OR hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND NEW.salt IS NULL THEN
            OLD.detail := NULL; OLD.salt := NULL;
            IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'audit entries are never changed or deleted';
    END $$""",
    "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()",
    "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("holiday", "in_lieu", "swap_off", "swap_work", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("plan_data", sa.JSON(), nullable=False),
        sa.Column("plan_digest", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_campaigns_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("year", name=op.f("uq_campaigns_year")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_failures_login"), ["login"], unique=False)

    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["merged_into_id"], ["units.id"], name=op.f("fk_units_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "officer",
                "home_affairs",
                "council_secretary",
                "auditor",
                "administrator",
                "system",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "capacity", sa.Enum("KT.", "TL.", "TUQ.", name="capacity", native_enum=False, create_constraint=True, length=40), nullable=True
        ),
        sa.Column("on_behalf_of", sa.String(length=200), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_appointments_span")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_appointments_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_appointments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointments_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointments_user_id"), ["user_id"], unique=False)

    op.create_table(
        "campaign_days",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("holiday", "in_lieu", "swap_off", "swap_work", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_days_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_campaign_days")),
    )
    op.create_table(
        "campaign_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("official_name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("criterion", sa.String(length=60), nullable=True),
        sa.Column("individual_quota", sa.Integer(), nullable=False),
        sa.Column("selection_quota", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("form_unit_id", sa.Integer(), nullable=True),
        sa.Column("compiled_by_id", sa.Integer(), nullable=True),
        sa.Column("quota_owner_id", sa.Integer(), nullable=True),
        sa.Column("submits_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("places_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search", sa.String(length=600), nullable=False),
        sa.Column("sort_key", sa.String(length=600).with_variant(sa.String(length=600, collation="C"), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("selection_quota >= 0 AND individual_quota >= 0", name=op.f("ck_campaign_units_quotas")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_units_campaign_id")),
        sa.ForeignKeyConstraint(["compiled_by_id"], ["campaign_units.id"], name=op.f("fk_campaign_units_compiled_by_id")),
        sa.ForeignKeyConstraint(["form_unit_id"], ["campaign_units.id"], name=op.f("fk_campaign_units_form_unit_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["campaign_units.id"], name=op.f("fk_campaign_units_parent_id")),
        sa.ForeignKeyConstraint(["quota_owner_id"], ["campaign_units.id"], name=op.f("fk_campaign_units_quota_owner_id")),
        sa.ForeignKeyConstraint(["submits_id"], ["campaign_units.id"], name=op.f("fk_campaign_units_submits_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_campaign_units_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_units")),
        sa.UniqueConstraint("campaign_id", "unit_id", name=op.f("uq_campaign_units_campaign_id_unit_id")),
    )
    with op.batch_alter_table("campaign_units", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_units_campaign_id_sort_key", ["campaign_id", "sort_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_units_compiled_by_id"), ["compiled_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_units_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_units_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "council_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("members_total", sa.Integer(), nullable=False),
        sa.Column("members_present", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("minutes_number", sa.String(length=60), nullable=False),
        sa.Column("minutes_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("members_total > 0 AND members_present BETWEEN 0 AND members_total", name=op.f("ck_council_sessions_present")),
        sa.CheckConstraint("quorum > 0 AND quorum <= members_total", name=op.f("ck_council_sessions_quorum")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_council_sessions_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_sessions")),
    )
    with op.batch_alter_table("council_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_council_sessions_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "index_publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("index_year", sa.Integer(), nullable=False),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("portal_date", sa.Date(), nullable=True),
        sa.Column("notice_date", sa.Date(), nullable=True),
        sa.Column("trigger_date", sa.Date(), nullable=True),
        sa.Column("trigger_reason", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_at IS NULL OR (decision_number <> '' AND trigger_date IS NOT NULL)", name=op.f("ck_index_publications_announced")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_index_publications_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_publications")),
        sa.UniqueConstraint("campaign_id", "index_year", name=op.f("uq_index_publications_campaign_id_index_year")),
    )
    op.create_table(
        "rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("years", sa.JSON(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_rulings_campaign_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_rulings_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_rulings_campaign_id")),
    )
    op.create_table(
        "unit_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_addresses_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_addresses")),
        sa.UniqueConstraint("unit_id", "email", name=op.f("uq_unit_addresses_unit_id_email")),
    )
    op.create_table(
        "unit_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("official_name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_versions_span")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_unit_versions_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_versions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_versions")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_unit_versions_unit_id_valid_from")),
    )
    with op.batch_alter_table("unit_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_versions_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "admissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_admissions_campaign_unit_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_admissions_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admissions")),
        sa.UniqueConstraint("campaign_unit_id", name=op.f("uq_admissions_campaign_unit_id")),
    )
    op.create_table(
        "index_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("rank_group", sa.String(length=40), nullable=False),
        sa.CheckConstraint("rank > 0", name=op.f("ck_index_entries_rank")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_index_entries_campaign_unit_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["index_publications.id"], name=op.f("fk_index_entries_publication_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_entries")),
        sa.UniqueConstraint("publication_id", "campaign_unit_id", name=op.f("uq_index_entries_publication_id_campaign_unit_id")),
    )
    with op.batch_alter_table("index_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_index_entries_campaign_unit_id"), ["campaign_unit_id"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rating", sa.String(length=40), nullable=False),
        sa.Column("better_than_before", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_ratings_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("campaign_unit_id", "year", name=op.f("uq_ratings_campaign_unit_id_year")),
    )
    op.create_table(
        "recognitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_recognitions_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognitions")),
        sa.UniqueConstraint("campaign_unit_id", "year", name=op.f("uq_recognitions_campaign_unit_id_year")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "sent", "returned", "accepted", name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("follows_law", sa.Boolean(), nullable=False),
        sa.Column("is_united", sa.Boolean(), nullable=False),
        sa.Column("preparer", sa.String(length=200), nullable=False),
        sa.Column("head", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR sent_at IS NOT NULL", name=op.f("ck_registrations_sent_has_time")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_registrations_campaign_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_registrations_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("campaign_id", "campaign_unit_id", name=op.f("uq_registrations_campaign_id_campaign_unit_id")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registrations_campaign_unit_id"), ["campaign_unit_id"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_sign_ins_appointment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_user_id"), ["user_id"], unique=False)

    op.create_table(
        "dossiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("submits_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "registered",
                "ranked",
                "selected",
                "submitted",
                "reviewed",
                "forwarded",
                "awarded",
                "not_awarded",
                "not_selected",
                "not_recommended",
                "withdrawn",
                "lapsed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sort_key", sa.String(length=600).with_variant(sa.String(length=600, collation="C"), "postgresql"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_key", sa.Date(), sa.Computed("coalesce(due_on, '9999-12-31')", persisted=True), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_late", sa.Boolean(), nullable=False),
        sa.Column("fewer_reason", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("forward_number", sa.String(length=60), nullable=False),
        sa.Column("forward_date", sa.Date(), nullable=True),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("submitted_at IS NULL OR first_submitted_at IS NOT NULL", name=op.f("ck_dossiers_first_submission")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_dossiers_campaign_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_dossiers_campaign_unit_id")),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_dossiers_registration_id")),
        sa.ForeignKeyConstraint(["submits_id"], ["campaign_units.id"], name=op.f("fk_dossiers_submits_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("campaign_id", "campaign_unit_id", name=op.f("uq_dossiers_campaign_id_campaign_unit_id")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index("ix_dossiers_by_change", ["campaign_id", "state_since", "id"], unique=False)
        batch_op.create_index("ix_dossiers_by_due", ["campaign_id", "due_key", "id"], unique=False)
        batch_op.create_index("ix_dossiers_by_name", ["campaign_id", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_dossiers_by_state", ["campaign_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_campaign_unit_id"), ["campaign_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_submits_id"), ["submits_id"], unique=False)

    op.create_table(
        "registered_collectives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_registered_collectives_campaign_unit_id")),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_registered_collectives_registration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_collectives")),
        sa.UniqueConstraint("registration_id", "campaign_unit_id", name=op.f("uq_registered_collectives_registration_id_campaign_unit_id")),
    )
    with op.batch_alter_table("registered_collectives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registered_collectives_campaign_unit_id"), ["campaign_unit_id"], unique=False)

    op.create_table(
        "registered_individuals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("workplace", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_registered_individuals_registration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_individuals")),
    )
    with op.batch_alter_table("registered_individuals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registered_individuals_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_agenda_items_dossier_id")),
        sa.ForeignKeyConstraint(["session_id"], ["council_sessions.id"], name=op.f("fk_agenda_items_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
        sa.UniqueConstraint("session_id", "dossier_id", name=op.f("uq_agenda_items_session_id_dossier_id")),
    )
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_items_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("rec", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column(
            "result", sa.Enum("done", "refused", name="result", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column(
            "source",
            sa.Enum("web", "system", "command", name="source", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_entries_seq")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_entries_actor_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_audit_entries_campaign_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_audit_entries_dossier_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_audit_entries_unit_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entries_hash")),
        sa.UniqueConstraint("request_key", name=op.f("uq_audit_entries_request_key")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_action", ["action", "seq"], unique=False)
        batch_op.create_index("ix_audit_entries_actor", ["actor_id", "seq"], unique=False)
        batch_op.create_index("ix_audit_entries_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_entries_campaign", ["campaign_id", "seq"], unique=False)
        batch_op.create_index("ix_audit_entries_dossier", ["dossier_id", "seq"], unique=False)
        batch_op.create_index("ix_audit_entries_result", ["result", "seq"], unique=False)
        batch_op.create_index("ix_audit_entries_unit", ["unit_id", "seq"], unique=False)

    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column(
            "milestone",
            sa.Enum("registration", "submission", "supplement", name="milestone", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("working", sa.JSON(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_deadlines_campaign_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_deadlines_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadlines_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(
            "uq_deadlines_campaign",
            ["campaign_id", "milestone", "version"],
            unique=True,
            sqlite_where=sa.text("dossier_id IS NULL"),
            postgresql_where=sa.text("dossier_id IS NULL"),
        )
        batch_op.create_index(
            "uq_deadlines_dossier",
            ["dossier_id", "milestone", "version"],
            unique=True,
            sqlite_where=sa.text("dossier_id IS NOT NULL"),
            postgresql_where=sa.text("dossier_id IS NOT NULL"),
        )

    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_extensions_dossier_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_extensions_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extensions_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "nominees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("collective", "individual", name="kind", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("full_name", sa.String(length=300), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("workplace", sa.String(length=300), nullable=False),
        sa.Column("rating", sa.String(length=40), nullable=False),
        sa.Column("reform_excellent", sa.Boolean(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=True),
        sa.Column("awarded", sa.Boolean(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind = 'collective' OR (full_name <> '' AND workplace <> '')", name=op.f("ck_nominees_individual_is_named")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_nominees_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominees")),
    )
    with op.batch_alter_table("nominees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nominees_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(
            "uq_nominees_one_collective",
            ["dossier_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'collective'"),
            postgresql_where=sa.text("kind = 'collective'"),
        )

    op.create_table(
        "sign_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("dossier_version", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "rank",
                "select",
                "pass_over",
                "submit",
                "send_back",
                "review",
                "decline",
                "forward",
                "award",
                "refuse",
                "withdraw",
                "lapse",
                "correct",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("same_unit", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_sign_offs_dossier_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_offs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_offs")),
        sa.UniqueConstraint(
            "dossier_id", "dossier_version", "step", "user_id", name=op.f("uq_sign_offs_dossier_id_dossier_version_step_user_id")
        ),
    )
    with op.batch_alter_table("sign_offs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_offs_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "proposal_letter",
                "minutes",
                "achievement_report",
                "evidence",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nominee_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind <> 'achievement_report' OR nominee_id IS NOT NULL", name=op.f("ck_documents_report_has_nominee")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_documents_campaign_unit_id")),
        sa.ForeignKeyConstraint(["nominee_id"], ["nominees.id"], name=op.f("fk_documents_nominee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_campaign_unit_id"), ["campaign_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_nominee_id"), ["nominee_id"], unique=False)
        batch_op.create_index(
            "uq_documents_one_report",
            ["nominee_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'achievement_report'"),
            postgresql_where=sa.text("kind = 'achievement_report'"),
        )

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "letter",
            sa.Enum(
                "campaign_opened",
                "registration_reminder",
                "registration_reminder_compiled",
                "registration_closed",
                "registration_received",
                "registration_returned",
                "registration_accepted",
                "ranking_published",
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
                name="letter",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_seq"], ["audit_entries.seq"], name=op.f("fk_notices_audit_seq")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_notices_campaign_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_notices_campaign_unit_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_notices_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_audit_seq"), ["audit_seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_campaign_unit_id"), ["campaign_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("nominee_id", sa.Integer(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("votes_absent", sa.Integer(), nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND votes_absent >= 0", name=op.f("ck_votes_counts")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_items.id"], name=op.f("fk_votes_item_id")),
        sa.ForeignKeyConstraint(["nominee_id"], ["nominees.id"], name=op.f("fk_votes_nominee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("item_id", "nominee_id", name=op.f("uq_votes_item_id_nominee_id")),
    )
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_votes_nominee_id"), ["nominee_id"], unique=False)

    op.create_table(
        "document_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_versions_size")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_versions_document_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["users.id"], name=op.f("fk_document_versions_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_document_versions_document_id_number")),
    )
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_versions_sha256"), ["sha256"], unique=False)

    op.create_table(
        "dossier_documents",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_dossier_documents_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_documents_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "document_id", name=op.f("pk_dossier_documents")),
    )
    with op.batch_alter_table("dossier_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_documents_document_id"), ["document_id"], unique=False)

    op.create_table(
        "outbox_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "accepted",
                "retry",
                "failed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'sending') = (lease_token IS NOT NULL)", name=op.f("ck_outbox_mails_lease")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_outbox_mails_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mails_message_id")),
        sa.UniqueConstraint("notice_id", "recipient", name=op.f("uq_outbox_mails_notice_id_recipient")),
    )
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mails_due", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "reminder_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column(
            "milestone",
            sa.Enum("registration", "submission", "supplement", name="milestone", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("campaign_unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "letter",
            sa.Enum(
                "campaign_opened",
                "registration_reminder",
                "registration_reminder_compiled",
                "registration_closed",
                "registration_received",
                "registration_returned",
                "registration_accepted",
                "ranking_published",
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
                name="letter",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("deadline_version", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "outcome", sa.Enum("queued", "superseded", name="outcome", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_reminder_entries_campaign_id")),
        sa.ForeignKeyConstraint(["campaign_unit_id"], ["campaign_units.id"], name=op.f("fk_reminder_entries_campaign_unit_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_reminder_entries_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_entries")),
        sa.UniqueConstraint(
            "campaign_id",
            "milestone",
            "campaign_unit_id",
            "letter",
            "offset_days",
            "deadline_version",
            name="uq_reminder_entries_owed_once",
        ),
    )
    with op.batch_alter_table("reminder_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_entries_campaign_unit_id"), ["campaign_unit_id"], unique=False)

    for statement in SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS:
        op.execute(sa.text(statement.replace(":=", r"\:=")))


def downgrade() -> None:
    with op.batch_alter_table("reminder_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_entries_campaign_unit_id"))

    op.drop_table("reminder_entries")
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mails_due")

    op.drop_table("outbox_mails")
    with op.batch_alter_table("dossier_documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossier_documents_document_id"))

    op.drop_table("dossier_documents")
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_versions_sha256"))

    op.drop_table("document_versions")
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_votes_nominee_id"))

    op.drop_table("votes")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_dossier_id"))
        batch_op.drop_index(batch_op.f("ix_notices_campaign_unit_id"))
        batch_op.drop_index(batch_op.f("ix_notices_campaign_id"))
        batch_op.drop_index(batch_op.f("ix_notices_audit_seq"))

    op.drop_table("notices")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_documents_one_report",
            sqlite_where=sa.text("kind = 'achievement_report'"),
            postgresql_where=sa.text("kind = 'achievement_report'"),
        )
        batch_op.drop_index(batch_op.f("ix_documents_nominee_id"))
        batch_op.drop_index(batch_op.f("ix_documents_campaign_unit_id"))

    op.drop_table("documents")
    with op.batch_alter_table("sign_offs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_offs_dossier_id"))

    op.drop_table("sign_offs")
    with op.batch_alter_table("nominees", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nominees_one_collective", sqlite_where=sa.text("kind = 'collective'"), postgresql_where=sa.text("kind = 'collective'")
        )
        batch_op.drop_index(batch_op.f("ix_nominees_dossier_id"))

    op.drop_table("nominees")
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extensions_dossier_id"))

    op.drop_table("extensions")
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deadlines_dossier", sqlite_where=sa.text("dossier_id IS NOT NULL"), postgresql_where=sa.text("dossier_id IS NOT NULL")
        )
        batch_op.drop_index(
            "uq_deadlines_campaign", sqlite_where=sa.text("dossier_id IS NULL"), postgresql_where=sa.text("dossier_id IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_deadlines_campaign_id"))

    op.drop_table("deadlines")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_unit")
        batch_op.drop_index("ix_audit_entries_result")
        batch_op.drop_index("ix_audit_entries_dossier")
        batch_op.drop_index("ix_audit_entries_campaign")
        batch_op.drop_index("ix_audit_entries_at")
        batch_op.drop_index("ix_audit_entries_actor")
        batch_op.drop_index("ix_audit_entries_action")

    op.drop_table("audit_entries")
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_items_dossier_id"))

    op.drop_table("agenda_items")
    with op.batch_alter_table("registered_individuals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registered_individuals_registration_id"))

    op.drop_table("registered_individuals")
    with op.batch_alter_table("registered_collectives", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registered_collectives_campaign_unit_id"))

    op.drop_table("registered_collectives")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_submits_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_registration_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_campaign_unit_id"))
        batch_op.drop_index("ix_dossiers_by_state")
        batch_op.drop_index("ix_dossiers_by_name")
        batch_op.drop_index("ix_dossiers_by_due")
        batch_op.drop_index("ix_dossiers_by_change")

    op.drop_table("dossiers")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_user_id"))

    op.drop_table("sign_ins")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_campaign_unit_id"))

    op.drop_table("registrations")
    op.drop_table("recognitions")
    op.drop_table("ratings")
    with op.batch_alter_table("index_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_index_entries_campaign_unit_id"))

    op.drop_table("index_entries")
    op.drop_table("admissions")
    with op.batch_alter_table("unit_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_versions_parent_id"))

    op.drop_table("unit_versions")
    op.drop_table("unit_addresses")
    op.drop_table("rulings")
    op.drop_table("index_publications")
    with op.batch_alter_table("council_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_council_sessions_campaign_id"))

    op.drop_table("council_sessions")
    with op.batch_alter_table("campaign_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_units_unit_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_units_parent_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_units_compiled_by_id"))
        batch_op.drop_index("ix_campaign_units_campaign_id_sort_key")

    op.drop_table("campaign_units")
    op.drop_table("campaign_days")
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointments_user_id"))
        batch_op.drop_index(batch_op.f("ix_appointments_unit_id"))

    op.drop_table("appointments")
    op.drop_table("users")
    op.drop_table("units")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_failures_login"))

    op.drop_table("sign_in_failures")
    op.drop_table("heartbeats")
    op.drop_table("campaigns")
    op.drop_table("calendar_days")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_refuse()")

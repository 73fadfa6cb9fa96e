"""The letters of the whole year: extensions, the council, digests, checkpoints, the year-end report.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LETTERS = (
    "campaign_opened",
    "campaign_opened_member",
    "campaign_opened_compiled",
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
    "digest",
    "submitted",
    "sent_back",
    "extension_asked",
    "extended",
    "extension_refused",
    "dossier_admitted",
    "council_agenda",
    "reviewed",
    "declined",
    "forwarded",
    "awarded",
    "refused",
    "withdrawn",
    "lapsed",
    "audit_checkpoint",
    "year_end_reminder",
    "corrected",
)
"""Every letter, in the order of the vocabulary."""
NEW = (
    "campaign_opened_member",
    "campaign_opened_compiled",
    "digest",
    "extension_asked",
    "extension_refused",
    "dossier_admitted",
    "council_agenda",
    "audit_checkpoint",
    "year_end_reminder",
)
"""Those that did not exist before."""
TABLES = ("notices", "reminder_entries")


def _allow(table: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_letter"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_letter"), f"letter IN ({listed})")


def upgrade() -> None:
    for table in TABLES:
        _allow(table, LETTERS)


def downgrade() -> None:
    """Letters that the service of before cannot write go with their mail; what was told is in the record."""
    opened = "letter IN ('campaign_opened_member', 'campaign_opened_compiled')"
    op.execute(f"UPDATE notices SET letter = 'campaign_opened' WHERE {opened}")  # noqa: S608
    gone = ", ".join(f"'{word}'" for word in NEW)
    op.execute(f"DELETE FROM outbox_mails WHERE notice_id IN (SELECT id FROM notices WHERE letter IN ({gone}))")  # noqa: S608
    op.execute(f"DELETE FROM reminder_entries WHERE letter IN ({gone})")  # noqa: S608
    op.execute(f"UPDATE reminder_entries SET notice_id = NULL WHERE notice_id IN (SELECT id FROM notices WHERE letter IN ({gone}))")  # noqa: S608
    op.execute(f"DELETE FROM notices WHERE letter IN ({gone})")  # noqa: S608
    for table in TABLES:
        _allow(table, tuple(word for word in LETTERS if word not in NEW))

"""Letters to units, the mail that carries them, and the ledger of reminders that were owed."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import CampaignUnit
from models.db import Model, choice
from models.dossiers import Dossier
from models.reminding import LetterWording
from models.vocabulary import LetterName, MailReason, MailState, Milestone, ReminderOutcome, SkipReason


class Notice(Model):
    """A letter to a unit: which one, the facts it states, and the officers' wording that was in force when it was written, if any.

    Its words are made from these alone.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[LetterName] = mapped_column(choice(LetterName, "letter"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    audit_seq: Mapped[int] = mapped_column(ForeignKey("audit_entries.seq"), index=True)
    facts: Mapped[dict[str, Any]]
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("letter_wordings.id"))
    created_at: Mapped[datetime.datetime]

    campaign_unit: Mapped[CampaignUnit] = relationship()
    dossier: Mapped[Dossier | None] = relationship()
    wording: Mapped[LetterWording | None] = relationship()
    mails: Mapped[list[OutboxMail]] = relationship(back_populates="notice", order_by="OutboxMail.id")


class OutboxMail(Model):
    """A notice on its way to one address. `lease_*` say which sender holds it; `subject`, `text`, `html` are the letter as sent.

    A reminder that went with others in one letter points to that letter's mail with `digest_id` and shares its fate.
    """

    __tablename__ = "outbox_mails"
    __table_args__ = (
        UniqueConstraint("notice_id", "recipient"),
        CheckConstraint("(state = 'sending') = (lease_token IS NOT NULL)", name="lease"),
        Index("ix_outbox_mails_due", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[MailState] = mapped_column(choice(MailState, "state"))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime.datetime]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime.datetime | None]
    accepted_at: Mapped[datetime.datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[MailReason | None] = mapped_column(choice(MailReason, "reason"))
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mails.id"), index=True)

    notice: Mapped[Notice] = relationship(back_populates="mails")
    digest: Mapped[OutboxMail | None] = relationship(remote_side=[id], back_populates="members")
    members: Mapped[list[OutboxMail]] = relationship(back_populates="digest", order_by="OutboxMail.id")


class MailGate(Model):
    """The one gate that every mail leaves by: stopped by hand, held after a restore, waiting for a server, and how fast it lets through.

    `journal_size` is how much of the sent-journal (a file outside the database) this database knows; the lines from `skip_from` to
    `skip_to` were written by a later state of it that a restore has undone, and what they name is not sent again.
    """

    __tablename__ = "mail_gates"

    id: Mapped[int] = mapped_column(primary_key=True)
    stopped_at: Mapped[datetime.datetime | None]
    stopped_by: Mapped[str] = mapped_column(String(200), default="")
    stop_reason: Mapped[str] = mapped_column(String(300), default="")
    failing_since: Mapped[datetime.datetime | None]
    retry_at: Mapped[datetime.datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
    rate_at: Mapped[datetime.datetime | None]
    rate_left: Mapped[int] = mapped_column(default=0)
    journal_size: Mapped[int] = mapped_column(BigInteger, default=0)
    held_at: Mapped[datetime.datetime | None]
    held_count: Mapped[int] = mapped_column(default=0)
    skip_from: Mapped[int | None] = mapped_column(BigInteger)
    skip_to: Mapped[int | None] = mapped_column(BigInteger)


class ReminderEntry(Model):
    """The ledger: a reminder is owed once per campaign, milestone, unit, letter, offset and due-date version.

    The offset counts days before the due date; a negative one, days after it. Who has acted already is not written to, and `reason`
    says why; `late` marks a reminder that was written well after its hour, because nothing ran at the time.
    """

    __tablename__ = "reminder_entries"
    __table_args__ = (
        UniqueConstraint(
            "campaign_id",
            "milestone",
            "campaign_unit_id",
            "letter",
            "offset_days",
            "deadline_version",
            name="uq_reminder_entries_owed_once",
        ),
        CheckConstraint("(outcome = 'skipped') = (reason IS NOT NULL)", name="skipped_for_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    milestone: Mapped[Milestone] = mapped_column(choice(Milestone, "milestone"))
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    letter: Mapped[LetterName] = mapped_column(choice(LetterName, "letter"))
    offset_days: Mapped[int]
    deadline_version: Mapped[int]
    due_on: Mapped[datetime.date]
    outcome: Mapped[ReminderOutcome] = mapped_column(choice(ReminderOutcome, "outcome"))
    reason: Mapped[SkipReason | None] = mapped_column(choice(SkipReason, "reason"))
    late: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime.datetime]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))


class Heartbeat(Model):
    """When a background process last did its round, and what came of it; read by /healthz and the pages."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime.datetime]
    summary: Mapped[str] = mapped_column(String(300))

"""Dossiers (hồ sơ) and their nominees. Only `workflow.take_step` changes a dossier's state."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, Computed, ForeignKey, Index, String, Table, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import Campaign, CampaignUnit
from models.db import SORTED, Base, Model, choice
from models.documents import Document
from models.registrations import Registration
from models.vocabulary import AnswerCheck, DossierState, NomineeKind, NomineeWarning

if TYPE_CHECKING:
    from models.council import AgendaItem
    from models.deadlines import Deadline
    from models.decisions import Extension, ExtensionRequest, OriginalReceipt, SignOff


class Dossier(Model):
    """One collective in one campaign: the state machine of the procedure, with what its steps recorded."""

    __tablename__ = "dossiers"
    __table_args__ = (
        UniqueConstraint("campaign_id", "campaign_unit_id"),
        CheckConstraint("submitted_at IS NULL OR first_submitted_at IS NOT NULL", name="first_submission"),
        Index("ix_dossiers_by_due", "campaign_id", "due_key", "id"),
        Index("ix_dossiers_by_name", "campaign_id", "sort_key", "id"),
        Index("ix_dossiers_by_state", "campaign_id", "state", "id"),
        Index("ix_dossiers_by_change", "campaign_id", "state_since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    submits_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    state: Mapped[DossierState] = mapped_column(choice(DossierState, "state"))
    state_since: Mapped[datetime]
    sort_key: Mapped[str] = mapped_column(SORTED)
    due_on: Mapped[date | None]
    due_key: Mapped[date] = mapped_column(Computed("coalesce(due_on, '9999-12-31')", persisted=True))
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_late: Mapped[bool] = mapped_column(default=False)
    fewer_reason: Mapped[str] = mapped_column(Text, default="")
    return_reason: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(Text, default="")
    people_changed_at: Mapped[datetime | None]
    forward_number: Mapped[str] = mapped_column(String(60), default="")
    forward_date: Mapped[date | None]
    decision_number: Mapped[str] = mapped_column(String(60), default="")
    decision_date: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship()
    campaign_unit: Mapped[CampaignUnit] = relationship(foreign_keys=[campaign_unit_id])
    submits: Mapped[CampaignUnit] = relationship(foreign_keys=[submits_id])
    registration: Mapped[Registration] = relationship()
    nominees: Mapped[list[Nominee]] = relationship(
        primaryjoin="and_(Dossier.id == Nominee.dossier_id, Nominee.left_at.is_(None))", back_populates="dossier", order_by="Nominee.id"
    )
    sign_offs: Mapped[list[SignOff]] = relationship(order_by="SignOff.id", viewonly=True)
    agenda_items: Mapped[list[AgendaItem]] = relationship(order_by="AgendaItem.id", viewonly=True)
    deadlines: Mapped[list[Deadline]] = relationship(order_by="Deadline.id", viewonly=True)
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id", viewonly=True)
    extension_requests: Mapped[list[ExtensionRequest]] = relationship(order_by="ExtensionRequest.id", viewonly=True)
    original_receipts: Mapped[list[OriginalReceipt]] = relationship(order_by="OriginalReceipt.id", viewonly=True)
    documents: Mapped[list[Document]] = relationship(secondary="dossier_documents", order_by=Document.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads this class attribute)


class Nominee(Model):
    """Who is put forward for the certificate of merit: the collective itself, or one of its people (III.4.b).

    A person who is replaced leaves (`left_at`) and keeps the votes that were cast.
    """

    __tablename__ = "nominees"
    __table_args__ = (
        CheckConstraint("kind = 'collective' OR (full_name <> '' AND workplace <> '')", name="individual_is_named"),
        Index(
            "uq_nominees_one_collective",
            "dossier_id",
            unique=True,
            sqlite_where=text("kind = 'collective'"),
            postgresql_where=text("kind = 'collective'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    kind: Mapped[NomineeKind] = mapped_column(choice(NomineeKind, "kind"))
    full_name: Mapped[str] = mapped_column(String(300))
    position: Mapped[str] = mapped_column(String(200), default="")
    workplace: Mapped[str] = mapped_column(String(300), default="")
    rating: Mapped[str] = mapped_column(String(40), default="")
    reform_excellent: Mapped[bool] = mapped_column(default=False)
    direct: Mapped[bool] = mapped_column(default=False)
    civil_servant: Mapped[bool] = mapped_column(default=True, server_default=true())
    assignment: Mapped[str] = mapped_column(String(300), default="", server_default=text("('')"))
    recommended: Mapped[bool | None]
    awarded: Mapped[bool | None]
    left_at: Mapped[datetime | None]

    dossier: Mapped[Dossier] = relationship(back_populates="nominees")
    answers: Mapped[list[NomineeAnswer]] = relationship(back_populates="nominee", order_by="NomineeAnswer.id")
    confirmations: Mapped[list[WarningConfirmation]] = relationship(back_populates="nominee", order_by="WarningConfirmation.id")


answer_evidence = Table(
    "answer_evidence",
    Base.metadata,
    Column("answer_id", ForeignKey("nominee_answers.id"), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), primary_key=True, index=True),
)


class NomineeAnswer(Model):
    """The answer to one criterion of the plan for one nominee (III.1): what the unit says and shows, what the appraiser found (IV)."""

    __tablename__ = "nominee_answers"
    __table_args__ = (
        UniqueConstraint("nominee_id", "criterion"),
        CheckConstraint("checked IS NULL OR checked_at IS NOT NULL", name="check_has_time"),
        CheckConstraint("checked IS NULL OR checked = 'met' OR check_reason <> ''", name="doubt_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nominee_id: Mapped[int] = mapped_column(ForeignKey("nominees.id"))
    criterion: Mapped[str] = mapped_column(String(60))
    stated: Mapped[bool | None]
    text: Mapped[str] = mapped_column(Text, default="")
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    stated_at: Mapped[datetime | None]
    checked: Mapped[AnswerCheck | None] = mapped_column(choice(AnswerCheck, "checked"))
    check_reason: Mapped[str] = mapped_column(Text, default="")
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime | None]

    nominee: Mapped[Nominee] = relationship(back_populates="answers")
    evidence: Mapped[list[Document]] = relationship(secondary=answer_evidence, order_by=Document.id)


class WarningConfirmation(Model):
    """The appraiser lets a person stand in spite of a warning (II.2.b, domain section 3), and says why."""

    __tablename__ = "warning_confirmations"
    __table_args__ = (UniqueConstraint("nominee_id", "warning"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[int] = mapped_column(primary_key=True)
    nominee_id: Mapped[int] = mapped_column(ForeignKey("nominees.id"))
    warning: Mapped[NomineeWarning] = mapped_column(choice(NomineeWarning, "warning"))
    reason: Mapped[str] = mapped_column(Text)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime]

    nominee: Mapped[Nominee] = relationship(back_populates="confirmations")

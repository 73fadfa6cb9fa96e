"""Dossiers (hồ sơ) and their nominees. Only `workflow.take_step` changes a dossier's state."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import Campaign, CampaignUnit
from models.db import SORTED, Model, choice
from models.documents import Document
from models.registrations import Registration
from models.vocabulary import DossierState, NomineeKind

if TYPE_CHECKING:
    from models.council import AgendaItem
    from models.decisions import SignOff


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
    recommended: Mapped[bool | None]
    awarded: Mapped[bool | None]
    left_at: Mapped[datetime | None]

    dossier: Mapped[Dossier] = relationship(back_populates="nominees")

"""Registration forms (bản đăng ký): who and what a body registers. Their rules are in workflow/registrations.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import Campaign, CampaignUnit
from models.db import Model, choice
from models.localtime import local_day
from models.vocabulary import RegistrationState


class Registration(Model):
    """The form of the plan's annex, one for each registering body and campaign."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("campaign_id", "campaign_unit_id"),
        CheckConstraint("state = 'draft' OR sent_at IS NOT NULL", name="sent_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    state: Mapped[RegistrationState] = mapped_column(choice(RegistrationState, "state"))
    follows_law: Mapped[bool] = mapped_column(default=False)
    is_united: Mapped[bool] = mapped_column(default=False)
    preparer: Mapped[str] = mapped_column(String(200), default="")
    head: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    late: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship()
    campaign_unit: Mapped[CampaignUnit] = relationship()
    collectives: Mapped[list[RegisteredCollective]] = relationship(
        back_populates="registration", cascade="all, delete-orphan", order_by="RegisteredCollective.id"
    )
    individuals: Mapped[list[RegisteredIndividual]] = relationship(
        back_populates="registration", cascade="all, delete-orphan", order_by="RegisteredIndividual.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def counted_on(self) -> date | None:
        """The day by which on time is judged (II.3): when the paper came in, for a form entered from paper; else when the unit sent it."""
        return self.received_on or (local_day(self.sent_at) if self.sent_at else None)


class LateRequest(Model):
    """A unit that missed the due date asks to register all the same; the answer is an admission (models/decisions.py)."""

    __tablename__ = "late_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]

    campaign_unit: Mapped[CampaignUnit] = relationship()


class RollupReport(Model):
    """A roll-up as a district sent it to home affairs (IV): its figures, and each form as it stood, to say later what has changed."""

    __tablename__ = "rollup_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    figures: Mapped[dict[str, Any]]
    forms: Mapped[dict[str, Any]]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[datetime]

    campaign_unit: Mapped[CampaignUnit] = relationship()


class RegisteredCollective(Model):
    """A collective on the form: the body itself or one of its specialised units (II.2.a)."""

    __tablename__ = "registered_collectives"
    __table_args__ = (UniqueConstraint("registration_id", "campaign_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)

    registration: Mapped[Registration] = relationship(back_populates="collectives")
    campaign_unit: Mapped[CampaignUnit] = relationship()


class RegisteredIndividual(Model):
    """A person on the form (II.2.b): full name, position, workplace; nothing else is asked."""

    __tablename__ = "registered_individuals"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    full_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200))
    workplace: Mapped[str] = mapped_column(String(300))

    registration: Mapped[Registration] = relationship(back_populates="individuals")

"""Recorded decisions beside the steps, each with its reason and person.

The ruling, admissions, extensions asked for and given, originals received, sign-offs, unused places.
"""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import CampaignUnit
from models.db import Model, choice
from models.dossiers import Dossier
from models.people import User
from models.vocabulary import Step


class Ruling(Model):
    """Home affairs' ruling on the index year for each criterion: the plan contradicts itself (III.1.a: 2020; III.3, III.4.a: 2021)."""

    __tablename__ = "rulings"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), unique=True)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[datetime.date]
    text: Mapped[str] = mapped_column(Text)
    years: Mapped[dict[str, Any]]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime.datetime]


class Admission(Model):
    """A recorded decision to take a late registration; the registration stays marked late in every report."""

    __tablename__ = "admissions"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), unique=True)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[datetime.date]
    reason: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime.datetime]

    campaign_unit: Mapped[CampaignUnit] = relationship()


class Extension(Model):
    """A decision that moves a dossier's due date. Taken after the date had passed it is an admission: the dossier stays marked late."""

    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[datetime.date]
    due_on: Mapped[datetime.date]
    reason: Mapped[str] = mapped_column(Text)
    admission: Mapped[bool] = mapped_column(default=False, server_default=false())
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime.datetime]

    dossier: Mapped[Dossier] = relationship()


class ExtensionRequest(Model):
    """The submitting unit asks for a later due date (II.3). `granted` is open until home affairs decides, by a numbered document."""

    __tablename__ = "extension_requests"
    __table_args__ = (
        CheckConstraint("granted IS NULL OR (number <> '' AND date IS NOT NULL AND answer <> '')", name="decided"),
        Index(
            "uq_extension_requests_one_open",
            "dossier_id",
            unique=True,
            sqlite_where=sql("granted IS NULL"),
            postgresql_where=sql("granted IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    due_on: Mapped[datetime.date]
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime.datetime]
    granted: Mapped[bool | None]
    number: Mapped[str] = mapped_column(String(60), default="")
    date: Mapped[datetime.date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime.datetime | None]

    dossier: Mapped[Dossier] = relationship()


class OriginalReceipt(Model):
    """The original set on paper, or what supplements it, has come in (III.4.c): noted beside the submission, never in its place."""

    __tablename__ = "original_receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    received_on: Mapped[datetime.date]
    received_by: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime.datetime]

    dossier: Mapped[Dossier] = relationship()


class SignOff(Model):
    """A second officer's consent to one step of a dossier as it stands; given beforehand and used up by the step."""

    __tablename__ = "sign_offs"
    __table_args__ = (UniqueConstraint("dossier_id", "dossier_version", "step", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    dossier_version: Mapped[int]
    step: Mapped[Step] = mapped_column(choice(Step, "step"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    same_unit: Mapped[bool]
    at: Mapped[datetime.datetime]
    used_at: Mapped[datetime.datetime | None]

    user: Mapped[User] = relationship()


class UnusedPlaces(Model):
    """Why the owner of a selection quota chooses fewer collectives than it may, or none (III.4.a); recorded once."""

    __tablename__ = "unused_places"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime.datetime]

    campaign_unit: Mapped[CampaignUnit] = relationship()

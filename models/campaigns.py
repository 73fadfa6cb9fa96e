"""A yearly campaign and its units as they were when it opened. The plan itself is data, read through models/plan.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import SORTED, Model
from models.plan import Plan
from models.text import sort_key
from models.units import Unit

_PLANS: dict[str, Plan] = {}
"""Plans that were read, by the digest of their data. A plan is never changed, only replaced."""


class Campaign(Model):
    """One year's thematic emulation campaign (đợt thi đua), with the plan that governs it."""

    __tablename__ = "campaigns"
    __table_args__ = (CheckConstraint("year BETWEEN 2000 AND 2200", name="year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    plan_data: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    plan_digest: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    units: Mapped[list[CampaignUnit]] = relationship(back_populates="campaign", order_by="CampaignUnit.sort_key")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads this class attribute)

    @property
    def plan(self) -> Plan:
        """The plan of this campaign; its data is read once in a process, and again when it has changed."""
        if self.plan_digest not in _PLANS:
            _PLANS[self.plan_digest] = Plan.read(self.plan_data)
        return _PLANS[self.plan_digest]


class CampaignUnit(Model):
    """A unit as it was when the campaign opened: name, kind, parent, and what the plan gives it to do."""

    __tablename__ = "campaign_units"
    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id"),
        CheckConstraint("selection_quota >= 0 AND individual_quota >= 0", name="quotas"),
        Index("ix_campaign_units_campaign_id_sort_key", "campaign_id", "sort_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    official_name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(40))
    eligible: Mapped[bool]
    criterion: Mapped[str | None] = mapped_column(String(60))
    individual_quota: Mapped[int] = mapped_column(default=0)
    selection_quota: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    form_unit_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_units.id"))
    compiled_by_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    quota_owner_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_units.id"))
    submits_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_units.id"))
    ended_on: Mapped[date | None]
    places_changed_at: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(String(600))
    sort_key: Mapped[str] = mapped_column(SORTED)
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship(back_populates="units")
    unit: Mapped[Unit] = relationship()
    parent: Mapped[CampaignUnit | None] = relationship(foreign_keys=[parent_id], remote_side=[id])
    children: Mapped[list[CampaignUnit]] = relationship(foreign_keys=[parent_id], viewonly=True)
    form_unit: Mapped[CampaignUnit | None] = relationship(foreign_keys=[form_unit_id], remote_side=[id])
    compiled_by: Mapped[CampaignUnit | None] = relationship(foreign_keys=[compiled_by_id], remote_side=[id])
    quota_owner: Mapped[CampaignUnit | None] = relationship(foreign_keys=[quota_owner_id], remote_side=[id])
    submits: Mapped[CampaignUnit | None] = relationship(foreign_keys=[submits_id], remote_side=[id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def long_name(self) -> str:
        """The name with its parent where names repeat: "Xã Bình An, Huyện Kiên Lương"."""
        return f"{self.name}, {self.compiled_by.name}" if self.compiled_by else self.name

    @property
    def long_sort_key(self) -> str:
        """The key by which the long name sorts: by the unit's own name first, then by its parent's."""
        return sort_key(self.name, self.compiled_by.name) if self.compiled_by else sort_key(self.name)

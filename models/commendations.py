"""Giấy khen that the bodies granted themselves (III.2): each body's own affair, recorded for the year-end report."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import CampaignUnit
from models.db import Model


class Commendation(Model):
    """One decision of a body to grant giấy khen: its number and date, the collectives and the individuals it names.

    A wrong one is corrected or struck out with a reason (`struck_reason`); it is never deleted.
    """

    __tablename__ = "commendations"
    __table_args__ = (CheckConstraint("number <> ''", name="number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[datetime.date]
    collectives: Mapped[list[str]]
    individuals: Mapped[list[str]]
    struck_at: Mapped[datetime.datetime | None]
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime.datetime]
    version: Mapped[int] = mapped_column(default=1)

    campaign_unit: Mapped[CampaignUnit] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads this class attribute)

    @property
    def recipients(self) -> int:
        """How many giấy khen the decision grants."""
        return len(self.collectives) + len(self.individuals)

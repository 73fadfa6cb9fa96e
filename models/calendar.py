"""The table of days that differ from Monday to Friday. How a deadline is counted over it is in workflow/rules/deadlines.py."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Model, choice
from models.vocabulary import DayKind


class CalendarDay(Model):
    """A day off or a swapped working day, with the notice that says so. The table is the authority."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(choice(DayKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))


class CampaignDay(Model):
    """A calendar day as it was frozen when the campaign opened."""

    __tablename__ = "campaign_days"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(choice(DayKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(300))

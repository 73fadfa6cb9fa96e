"""What the criteria rest on: published index entries, recognitions of communes, ratings of specialised units (III.1.a)."""

from __future__ import annotations

from datetime import date, datetime
from datetime import date as day

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import Campaign, CampaignUnit
from models.db import Model


class IndexPublication(Model):
    """The province's announcement of one year's CCHC index; a draft until `published_at`."""

    __tablename__ = "index_publications"
    __table_args__ = (
        UniqueConstraint("campaign_id", "index_year"),
        CheckConstraint("published_at IS NULL OR (decision_number <> '' AND trigger_date IS NOT NULL)", name="announced"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    index_year: Mapped[int]
    decision_number: Mapped[str] = mapped_column(String(60), default="")
    decision_date: Mapped[date | None]
    portal_date: Mapped[date | None]
    notice_date: Mapped[date | None]
    trigger_date: Mapped[date | None]
    trigger_reason: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]

    campaign: Mapped[Campaign] = relationship()
    entries: Mapped[list[IndexEntry]] = relationship(back_populates="publication", order_by="IndexEntry.rank", cascade="all, delete-orphan")


class IndexEntry(Model):
    """A unit's score, rank and group exactly as published; never recomputed."""

    __tablename__ = "index_entries"
    __table_args__ = (UniqueConstraint("publication_id", "campaign_unit_id"), CheckConstraint("rank > 0", name="rank"))

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("index_publications.id"))
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    score: Mapped[str] = mapped_column(String(12))
    rank: Mapped[int]
    rank_group: Mapped[str] = mapped_column(String(40))

    publication: Mapped[IndexPublication] = relationship(back_populates="entries")
    campaign_unit: Mapped[CampaignUnit] = relationship(lazy="joined")


class Recognition(Model):
    """A district's recognition of a commune as the most outstanding (III.1.a-2)."""

    __tablename__ = "recognitions"
    __table_args__ = (UniqueConstraint("campaign_unit_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"))
    year: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[day]


class Rating(Model):
    """A specialised unit's yearly rating and the recorded assessment that its reform work is better than the year before (III.1.a-3)."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("campaign_unit_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"))
    year: Mapped[int]
    rating: Mapped[str] = mapped_column(String(40))
    better_than_before: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[day]

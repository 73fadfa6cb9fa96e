"""Council sessions, their agenda and the votes per nominee. What a session may decide is in workflow/."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Model
from models.dossiers import Dossier, Nominee


class CouncilSession(Model):
    """A session (phiên họp) of the emulation council: when, where, how many were present, which minutes."""

    __tablename__ = "council_sessions"
    __table_args__ = (
        CheckConstraint("members_total > 0 AND members_present BETWEEN 0 AND members_total", name="present"),
        CheckConstraint("quorum > 0 AND quorum <= members_total", name="quorum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    held_on: Mapped[datetime.date]
    place: Mapped[str] = mapped_column(String(200))
    members_total: Mapped[int]
    members_present: Mapped[int] = mapped_column(default=0)
    quorum: Mapped[int]
    minutes_number: Mapped[str] = mapped_column(String(60), default="")
    minutes_date: Mapped[datetime.date | None]
    version: Mapped[int] = mapped_column(default=1)

    agenda: Mapped[list[AgendaItem]] = relationship(back_populates="session", order_by="AgendaItem.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads this class attribute)


class AgendaItem(Model):
    """A dossier on a session's agenda."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("session_id", "dossier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("council_sessions.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)

    session: Mapped[CouncilSession] = relationship(back_populates="agenda")
    dossier: Mapped[Dossier] = relationship()
    votes: Mapped[list[Vote]] = relationship(back_populates="item", cascade="all, delete-orphan", order_by="Vote.nominee_id")


class Vote(Model):
    """The votes on one nominee, and whether the council recommends."""

    __tablename__ = "votes"
    __table_args__ = (
        UniqueConstraint("item_id", "nominee_id"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND votes_absent >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_items.id"))
    nominee_id: Mapped[int] = mapped_column(ForeignKey("nominees.id"), index=True)
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    votes_absent: Mapped[int]
    recommended: Mapped[bool]

    item: Mapped[AgendaItem] = relationship(back_populates="votes")
    nominee: Mapped[Nominee] = relationship()

"""The council's members, its sessions, their agenda and the votes per nominee. What a session may decide is in workflow/."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import CampaignUnit
from models.db import Model, choice
from models.dossiers import Dossier, Nominee
from models.vocabulary import CouncilDuty


class CouncilMember(Model):
    """A member of the campaign's council, or its secretary; who leaves is kept (`left_at`), with the sessions attended."""

    __tablename__ = "council_members"
    __table_args__ = (CheckConstraint("campaign_unit_id IS NOT NULL OR body <> ''", name="body"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    full_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200))
    campaign_unit_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    body: Mapped[str] = mapped_column(String(300), default="")
    duty: Mapped[CouncilDuty] = mapped_column(choice(CouncilDuty, "duty"))
    email: Mapped[str] = mapped_column(String(254), default="")
    left_at: Mapped[datetime.datetime | None]

    campaign_unit: Mapped[CampaignUnit | None] = relationship()

    @property
    def workplace(self) -> str:
        """The member's body: a unit of the campaign, or another one by its name."""
        return self.campaign_unit.official_name if self.campaign_unit else self.body

    @property
    def votes(self) -> bool:
        """Whether the member votes; the secretary keeps the minutes."""
        return self.duty is not CouncilDuty.SECRETARY


class CouncilSession(Model):
    """A session (phiên họp) of the emulation council: when, where, how many were present, which minutes.

    `draft` is what the clerk has typed of the result while the session runs, word for word; it decides nothing. `called_off` is why it
    does not take place: its agenda is then empty.
    """

    __tablename__ = "council_sessions"
    __table_args__ = (
        CheckConstraint("members_total > 0 AND members_present BETWEEN 0 AND members_total", name="present"),
        CheckConstraint("quorum > 0 AND quorum <= members_total", name="quorum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    held_on: Mapped[datetime.date]
    starts_at: Mapped[datetime.time | None]
    place: Mapped[str] = mapped_column(String(200))
    members_total: Mapped[int]
    members_present: Mapped[int] = mapped_column(default=0)
    quorum: Mapped[int]
    minutes_number: Mapped[str] = mapped_column(String(60), default="")
    minutes_date: Mapped[datetime.date | None]
    draft: Mapped[dict[str, Any] | None]
    called_off: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    version: Mapped[int] = mapped_column(default=1)

    agenda: Mapped[list[AgendaItem]] = relationship(back_populates="session", order_by="AgendaItem.id", cascade="all, delete-orphan")
    seats: Mapped[list[Seat]] = relationship(back_populates="session", order_by="Seat.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads this class attribute)

    @property
    def recorded(self) -> bool:
        """Whether the session was held and its result stands in minutes."""
        return bool(self.minutes_number)


class Seat(Model):
    """A member's seat in one session, and whether it was taken. Sessions called without a list of members have none."""

    __tablename__ = "council_seats"
    __table_args__ = (UniqueConstraint("session_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("council_sessions.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("council_members.id"), index=True)
    present: Mapped[bool] = mapped_column(default=False)

    session: Mapped[CouncilSession] = relationship(back_populates="seats")
    member: Mapped[CouncilMember] = relationship()


class AgendaItem(Model):
    """A dossier on a session's agenda; `postponed` is why the session did not decide on it."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("session_id", "dossier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("council_sessions.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    postponed: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))

    session: Mapped[CouncilSession] = relationship(back_populates="agenda")
    dossier: Mapped[Dossier] = relationship()
    votes: Mapped[list[Vote]] = relationship(back_populates="item", cascade="all, delete-orphan", order_by="Vote.nominee_id")


class Vote(Model):
    """The votes on one nominee, how many members abstained for their body's sake, and whether the council recommends."""

    __tablename__ = "votes"
    __table_args__ = (
        UniqueConstraint("item_id", "nominee_id"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND votes_absent >= 0 AND votes_abstaining >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_items.id"))
    nominee_id: Mapped[int] = mapped_column(ForeignKey("nominees.id"), index=True)
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    votes_absent: Mapped[int]
    votes_abstaining: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    recommended: Mapped[bool]

    item: Mapped[AgendaItem] = relationship(back_populates="votes")
    nominee: Mapped[Nominee] = relationship()

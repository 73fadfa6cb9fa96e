"""People, their appointments, their sign-ins and the lists they come back to. What an appointment may do is in workflow/policy.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Model, choice
from models.units import Unit
from models.vocabulary import Capacity, Role, Source


class User(Model):
    """A person who signs in. Only name, position, unit and work e-mail are kept."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None]

    appointments: Mapped[list[Appointment]] = relationship(back_populates="user", order_by="Appointment.id")


class Appointment(Model):
    """A role in a unit for a span of time (phân công); by delegation it names whom the person acts for."""

    __tablename__ = "appointments"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="span"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    capacity: Mapped[Capacity | None] = mapped_column(choice(Capacity, "capacity"))
    on_behalf_of: Mapped[str | None] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="appointments")
    unit: Mapped[Unit] = relationship()

    def holds_on(self, day: date) -> bool:
        """Whether the appointment is in force on a day; `valid_to` is the first day it is not."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class SignIn(Model):
    """A server-side session: the browser holds a random token, this row its SHA-256. Deleting the row ends the session."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    appointment: Mapped[Appointment] = relationship()


class SignInFailure(Model):
    """A failed sign-in, counted in the database so that every web process sees the same number."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(254), index=True)
    at: Mapped[datetime]


class SavedView(Model):
    """A person's own name for the list of dossiers of a campaign under some filters; `query` is the list's address without its path."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "campaign_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role, for which unit and in which capacity: what the audit log keeps of a person."""

    user_id: int | None
    name: str
    role: Role
    unit_id: int | None
    unit_name: str = ""
    capacity: str = ""
    source: Source = Source.WEB

    @property
    def role_label(self) -> str:
        """The role in the officers' words."""
        return self.role.label


SYSTEM = Actor(user_id=None, name="Hệ thống", role=Role.SYSTEM, unit_id=None, source=Source.SYSTEM)

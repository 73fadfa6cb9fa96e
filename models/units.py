"""Bodies of the province: who exists, under which name and parent, from when to when. Campaigns keep their own frozen copy."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Model


class Unit(Model):
    """A body (đơn vị). The internal id is the key: official codes are reused and names repeat."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    aliases: Mapped[list[str]]
    source: Mapped[str] = mapped_column(String(400))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))

    versions: Mapped[list[UnitVersion]] = relationship(
        back_populates="unit", foreign_keys="UnitVersion.unit_id", order_by="UnitVersion.valid_from", cascade="all, delete-orphan"
    )
    addresses: Mapped[list[UnitAddress]] = relationship(back_populates="unit", cascade="all, delete-orphan", order_by="UnitAddress.id")

    def version_on(self, day: date) -> UnitVersion | None:
        """The unit as it was on a day, or None when it did not exist then."""
        return next((v for v in self.versions if v.valid_from <= day and (v.valid_to is None or day < v.valid_to)), None)


class UnitVersion(Model):
    """A unit's name, kind and parent over a span of time; `valid_to` is the first day that it no longer held.

    `basis` is the document of its beginning, `end_basis` the one that ended the unit.
    """

    __tablename__ = "unit_versions"
    __table_args__ = (
        UniqueConstraint("unit_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    name: Mapped[str] = mapped_column(String(200))
    official_name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    basis: Mapped[str] = mapped_column(String(300))
    end_basis: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))

    unit: Mapped[Unit] = relationship(back_populates="versions", foreign_keys=[unit_id])


class UnitAddress(Model):
    """A mailbox of a unit; `bounced_at` is set when a mail server has said that it does not exist, until it takes a letter again."""

    __tablename__ = "unit_addresses"
    __table_args__ = (UniqueConstraint("unit_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    email: Mapped[str] = mapped_column(String(254))
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))

    unit: Mapped[Unit] = relationship(back_populates="addresses")

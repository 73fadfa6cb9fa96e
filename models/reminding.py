"""What officers set about reminders and letters: a milestone's offsets and pauses, a letter's wording; and the keys of calendar feeds."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Model, choice
from models.people import User
from models.units import Unit
from models.vocabulary import LetterName, Milestone


class ReminderSetting(Model):
    """What home affairs set for the reminders of one milestone in one campaign, beside the plan.

    `offsets` replaces the plan's: each number of days before the due date with the instant from which it counts ("" from the beginning),
    so that an offset added later is not owed for a day that had passed. While `paused_at` is set, what comes due is not written.
    """

    __tablename__ = "reminder_settings"
    __table_args__ = (UniqueConstraint("campaign_id", "milestone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    milestone: Mapped[Milestone] = mapped_column(choice(Milestone, "milestone"))
    offsets: Mapped[dict[str, Any] | None]
    paused_at: Mapped[datetime.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LetterWording(Model):
    """One version of the officers' own wording of a letter in a campaign; the highest holds. An empty one goes back to the template."""

    __tablename__ = "letter_wordings"
    __table_args__ = (UniqueConstraint("campaign_id", "letter", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    letter: Mapped[LetterName] = mapped_column(choice(LetterName, "letter"))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime.datetime]

    changed_by: Mapped[User | None] = relationship()


class FeedToken(Model):
    """The key of a unit's calendar feed: the calendar program holds a random token, this row its SHA-256."""

    __tablename__ = "feed_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime.datetime]
    revoked_at: Mapped[datetime.datetime | None]

    unit: Mapped[Unit] = relationship()
    made_by: Mapped[User | None] = relationship()

"""Due dates with their working. Written by the workflow, read by letters, reminders and calendars."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Model, choice
from models.vocabulary import Milestone


class Deadline(Model):
    """A due date of the campaign (no dossier) or of one dossier. A changed date is a new version; the highest one holds."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index(
            "uq_deadlines_campaign",
            "campaign_id",
            "milestone",
            "version",
            unique=True,
            sqlite_where=text("dossier_id IS NULL"),
            postgresql_where=text("dossier_id IS NULL"),
        ),
        Index(
            "uq_deadlines_dossier",
            "dossier_id",
            "milestone",
            "version",
            unique=True,
            sqlite_where=text("dossier_id IS NOT NULL"),
            postgresql_where=text("dossier_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    milestone: Mapped[Milestone] = mapped_column(choice(Milestone, "milestone"))
    version: Mapped[int]
    due_on: Mapped[datetime.date]
    working: Mapped[dict[str, Any]]
    set_at: Mapped[datetime.datetime]

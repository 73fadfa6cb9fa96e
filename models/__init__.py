"""Rows and their invariants. Importing this package registers every table; it knows no steps, mail or views."""

from models import (
    audit,
    calendar,
    campaigns,
    commendations,
    council,
    deadlines,
    decisions,
    documents,
    dossiers,
    outbox,
    people,
    registrations,
    results,
    units,
)

__all__ = [
    "audit",
    "calendar",
    "campaigns",
    "commendations",
    "council",
    "deadlines",
    "decisions",
    "documents",
    "dossiers",
    "outbox",
    "people",
    "registrations",
    "results",
    "units",
]

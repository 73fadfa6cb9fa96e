"""Rows and their invariants. Importing this package registers every table; it knows no steps, mail or views."""

from models import (
    audit,
    calendar,
    campaigns,
    council,
    deadlines,
    decisions,
    documents,
    dossiers,
    outbox,
    people,
    registrations,
    reminding,
    results,
    units,
)

__all__ = [
    "audit",
    "calendar",
    "campaigns",
    "council",
    "deadlines",
    "decisions",
    "documents",
    "dossiers",
    "outbox",
    "people",
    "registrations",
    "reminding",
    "results",
    "units",
]

"""Rows and their invariants. Importing this package registers every table; it knows no steps, mail or views."""

from models import (
    audit,
    audit_search,
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
    reports,
    results,
    units,
)

__all__ = [
    "audit",
    "audit_search",
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
    "reports",
    "results",
    "units",
]

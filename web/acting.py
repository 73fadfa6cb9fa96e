"""One act of a person in one transaction; what is refused goes on record with every reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.db import db, transaction
from web.access import actor, now
from workflow.acts import ActRefused, Subject, record_refused


@contextmanager
def acting(action: Recorded, subject: Subject, key: str | None = None) -> Iterator[Session]:
    """Do an act and commit it. When it is refused nothing of it is kept but the attempt, recorded in a short transaction of its own.

    The refusal goes on to the caller, which shows the reasons. A page that was sent before (`key`) and took effect then is no new attempt.
    """
    try:
        with transaction() as session:
            yield session
    except ActRefused as refused:
        if done_with(key) is None:
            with transaction():
                record_refused(action, subject, refused.objections, actor=actor(), at=now())
        raise


def done_with(key: str | None) -> AuditEntry | None:
    """What a page with this key did when it was sent before."""
    return db.session.scalars(select(AuditEntry).where(AuditEntry.request_key == key)).first() if key else None

"""Taking a checkpoint of the record: checked first, then signed, mailed and kept in a file. By the worker every day, and by hand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from audit import checkpoints
from audit.notes import kept_key
from audit.verify import Verification
from models.db import db, transaction
from models.people import SYSTEM, Actor
from notifications.checkpoints import mail_checkpoint

log = logging.getLogger(__name__)


def take(at: datetime, actor: Actor = SYSTEM, others: Iterable[Path] = (), progress: Callable[[int], None] | None = None) -> Verification:
    """Check the record and sign it. One that does not hold is not signed: the finding is put on record instead."""
    instance: Path = current_app.config["INSTANCE"]
    found = checkpoints.check(instance, others, progress=progress)
    db.session.rollback()  # what was read is not written on: the check may have taken a while
    if found.count:
        key = kept_key(instance, origin(current_app.config["BASE_URL"]))
        with transaction():
            if found.intact:
                entry, row = checkpoints.record_checkpoint(found, key, actor=actor, at=at)
                mail_checkpoint(entry, row, current_app.config["AUDIT_MAILBOXES"])
            else:
                checkpoints.record_verification(found, actor=actor, at=at)
        checkpoints.keep_files(instance)
    return found


def daily(at: datetime, _clock: Callable[[], datetime]) -> str:
    """The day's checkpoint, when it is owed. Gives back a summary."""
    if not checkpoints.due(at):
        return "none due"
    found = take(at)
    if not found.intact:
        log.error("the record does not hold: entry %s, %s", found.bad_seq, found.fault)
        return f"entry {found.bad_seq}: {found.fault}"
    return f"{found.count} entries signed"


def origin(base_url: str) -> str:
    """The name of this record in its checkpoints: the service's address without its scheme."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/nhat-ky"

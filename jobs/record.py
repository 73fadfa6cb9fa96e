"""What is done with the record as a whole: checked, signed every day, taken away with a fresh checkpoint. The worker's, and by hand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from audit import Act, checkpoints, record
from audit.actions import Action
from audit.export import proof_of, write_export
from audit.notes import SigningKey, kept_key
from audit.verify import Verification
from models.audit import Checkpoint
from models.campaigns import Campaign
from models.db import db, transaction
from models.dossiers import Dossier
from models.people import SYSTEM, Actor
from notifications.checkpoints import mail_checkpoint

log = logging.getLogger(__name__)
Progress = Callable[[int], None]


class RecordBroken(Exception):
    """The record does not hold, so it is neither signed nor taken away; `found` says where."""

    def __init__(self, found: Verification) -> None:
        """Keep the finding."""
        super().__init__(found.fault)
        self.found = found


def take(at: datetime, actor: Actor = SYSTEM, others: Iterable[Path] = (), progress: Progress | None = None) -> Verification:
    """Check the record and sign it. One that does not hold is not signed: the finding is put on record instead."""
    instance: Path = current_app.config["INSTANCE"]
    found = checkpoints.check(instance, others, progress=progress)
    db.session.rollback()  # what was read is not written on: the check may have taken a while
    if found.count:
        with transaction():
            if found.intact:
                entry, row = checkpoints.record_checkpoint(found, signing_key(), actor=actor, at=at)
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


def export(campaign: Campaign, target: IO[bytes], *, actor: Actor, at: datetime, progress: Progress | None = None) -> int:
    """Write the year-end ZIP, and put on record that it was. Gives back the number of entries. Raises RecordBroken."""
    campaign_id = campaign.id
    _record(Act(Action.AUDIT_EXPORT, f"campaign:{campaign_id}", campaign_id=campaign_id), actor, at)
    checkpoint = _fresh(at, actor)
    return write_export(target, db.session.get_one(Campaign, campaign_id), checkpoint, signing_key().public, at, progress)


def prove(dossier: Dossier, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """The proof of one dossier, up to a checkpoint taken now, and on record itself. Raises RecordBroken."""
    dossier_id = dossier.id
    act = Act(Action.AUDIT_PROVE, f"dossier:{dossier_id}", campaign_id=dossier.campaign_id, dossier_id=dossier_id, version=dossier.version)
    _record(act, actor, at)
    checkpoint = _fresh(at, actor)
    return proof_of(db.session.get_one(Dossier, dossier_id), checkpoint, signing_key().public)


def signing_key() -> SigningKey:
    """The key of this installation, made when there is none yet."""
    return kept_key(current_app.config["INSTANCE"], origin(current_app.config["BASE_URL"]))


def origin(base_url: str) -> str:
    """The name of this record in its checkpoints: the service's address without its scheme."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/nhat-ky"


def _record(act: Act, actor: Actor, at: datetime) -> None:
    with transaction():
        record(act, actor=actor, at=at)


def _fresh(at: datetime, actor: Actor) -> Checkpoint:
    found = take(at, actor)
    if not found.intact:
        raise RecordBroken(found)
    return db.session.scalars(select(Checkpoint).order_by(Checkpoint.seq.desc()).limit(1)).one()

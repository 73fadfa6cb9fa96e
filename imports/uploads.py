"""Uploaded spreadsheets under their SHA-256, kept between preview and confirmation and as the evidence of what was imported."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from audit.actions import Action
from documents import store
from imports.faults import Fault
from imports.guard import MEGABYTE
from imports.sheets import FileUnreadable
from models.audit import AuditEntry
from models.db import db
from models.vocabulary import AuditResult

MAX_BYTES = 20 * MEGABYTE
"""Largest spreadsheet that is taken."""


KEPT_FOR = timedelta(days=30)
"""How long a spreadsheet waits for its import; what was imported is kept for good, as the evidence of it."""
_IMPORTS = tuple(action.value for action in Action if action.value.startswith("import."))


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept spreadsheet: where it lies, its digest, and the name that its sender gave it."""

    path: Path
    sha256: str
    file_name: str


def rows_of(upload: Upload) -> Path:
    """Where the rows of a kept spreadsheet are kept once they were read: a large file is read only once."""
    return upload.path.with_suffix(".rows")


def keep(folder: Path, content: bytes, file_name: str) -> Upload:
    """Keep a file: written under a temporary name, synced, renamed, the folder synced. Raises FileUnreadable when empty or too large."""
    check_size(content)
    upload = Upload(store.path_of(folder, sha256_of(content)), sha256_of(content), file_name)
    if not upload.path.exists():
        store.write(upload.path, content)
    return upload


def check_size(content: bytes) -> None:
    """Raise FileUnreadable for an empty file, or one over 20 MB."""
    if not content:
        raise FileUnreadable(Fault(0, "", "empty"))
    if len(content) > MAX_BYTES:
        raise FileUnreadable(Fault(0, "", "too_large", {"limit": MAX_BYTES // MEGABYTE}))


def find(folder: Path, sha256: str, file_name: str) -> Upload | None:
    """A file that was kept before, or None."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return None
    path = store.path_of(folder, sha256)
    return Upload(path, sha256, file_name) if path.is_file() else None


def sha256_of(content: bytes) -> str:
    """The digest under which a file is kept."""
    return hashlib.sha256(content).hexdigest()


def tidy(folder: Path, at: datetime) -> int:
    """Remove the spreadsheets that were uploaded more than 30 days ago and never imported. Gives back how many."""
    removed = 0
    for path in folder.glob("??/*"):
        waiting_since = datetime.fromtimestamp(path.stat().st_mtime, tz=at.tzinfo)
        if at - waiting_since > KEPT_FOR and not _was_imported(path.stem):
            path.unlink()
            removed += not path.suffix
    return removed


def _was_imported(sha256: str) -> bool:
    imported = select(AuditEntry.seq).where(
        AuditEntry.action.in_(_IMPORTS), AuditEntry.result == AuditResult.DONE, AuditEntry.rec.contains(f'"file:{sha256}')
    )
    return db.session.scalar(imported.limit(1)) is not None

"""Uploaded spreadsheets under their SHA-256, kept between preview and confirmation and as the evidence of what was imported."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from documents import store
from imports.faults import Fault
from imports.guard import MEGABYTE
from imports.sheets import FileUnreadable

MAX_BYTES = 20 * MEGABYTE
"""Largest spreadsheet that is taken."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept spreadsheet: where it lies, its digest, and the name that its sender gave it."""

    path: Path
    sha256: str
    file_name: str


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

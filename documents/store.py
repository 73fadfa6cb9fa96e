"""Uploaded bytes under their SHA-256: written under a temporary name, synced, renamed, the folder synced; then a row refers to them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 20 * 1024 * 1024
"""Largest paper that is taken, in bytes."""

SIGNATURES = {
    "application/pdf": (b"%PDF-", ".pdf"),
    "image/png": (b"\x89PNG\r\n\x1a\n", ".png"),
    "image/jpeg": (b"\xff\xd8\xff", ".jpg"),
    "application/zip": (b"PK\x03\x04", ".zip"),
}
OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PaperRefused(Exception):
    """An upload cannot be taken; `code` says why: empty, too_large, wrong_type."""

    def __init__(self, code: str) -> None:
        """Keep the reason's code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: its SHA-256, its size in bytes and what it is."""

    sha256: str
    size: int
    media_type: str


def media_type_of(content: bytes, file_name: str) -> str:
    """What a file is, decided by its first bytes. Raises PaperRefused unless it is a PDF, a picture or a Word or Excel file."""
    for media_type, (signature, _) in SIGNATURES.items():
        if content.startswith(signature):
            if media_type != "application/zip":
                return media_type
            office = OFFICE.get(Path(file_name).suffix.casefold())
            if office and b"[Content_Types].xml" in content and b"vbaProject.bin" not in content:
                return office
    raise PaperRefused("wrong_type")


def keep(folder: Path, content: bytes, file_name: str) -> StoredFile:
    """Put a file into the store. Raises PaperRefused for an empty file, one over 20 MB, or a type that is not taken."""
    if not content:
        raise PaperRefused("empty")
    if len(content) > MAX_BYTES:
        raise PaperRefused("too_large")
    stored = StoredFile(hashlib.sha256(content).hexdigest(), len(content), media_type_of(content, file_name))
    target = path_of(folder, stored.sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(target)
        parent = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
    return stored


def path_of(folder: Path, sha256: str) -> Path:
    """Where a file of the store lies."""
    return folder / sha256[:2] / sha256

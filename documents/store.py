"""Uploaded bytes under their SHA-256: written under a temporary name, synced, renamed, the folder synced; then a row refers to them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_ENDING = 6
MAX_BYTES = 20 * 1024 * 1024
"""Largest paper that is taken, in bytes."""

SIGNATURES = {
    b"%PDF-": ("application/pdf", (".pdf",)),
    b"\x89PNG\r\n\x1a\n": ("image/png", (".png",)),
    b"\xff\xd8\xff": ("image/jpeg", (".jpg", ".jpeg")),
}
"""By the first bytes: what a file is, and how its name may end."""

ZIP = b"PK\x03\x04"
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
    """What a file is, decided by its first bytes. Raises PaperRefused unless it is a PDF, a picture or a Word or Excel file that is
    named as one: a name without an ending passes, an ending of something else does not."""
    ending = ending_of(file_name)
    for signature, (media_type, endings) in SIGNATURES.items():
        if content.startswith(signature) and ending in {"", *endings}:
            return media_type
    if content.startswith(ZIP) and ending in OFFICE and b"[Content_Types].xml" in content and b"vbaproject.bin" not in content.lower():
        return OFFICE[ending]
    raise PaperRefused("wrong_type")


def ending_of(file_name: str) -> str:
    """The ending of a file's name with its dot, in small letters; what is longer than any ending is none."""
    ending = Path(file_name).suffix.casefold()
    return ending if len(ending) <= LONGEST_ENDING else ""


def named(file_name: str, media_type: str) -> str:
    """A file's own name; one without an ending gets that of what it is."""
    if ending_of(file_name):
        return file_name
    return file_name + next(endings[0] for known, endings in SIGNATURES.values() if known == media_type)


def keep(folder: Path, content: bytes, file_name: str) -> StoredFile:
    """Put a file into the store. Raises PaperRefused for an empty file, one over 20 MB, or a type that is not taken."""
    if not content:
        raise PaperRefused("empty")
    if len(content) > MAX_BYTES:
        raise PaperRefused("too_large")
    stored = StoredFile(hashlib.sha256(content).hexdigest(), len(content), media_type_of(content, file_name))
    target = path_of(folder, stored.sha256)
    if not target.exists():
        write(target, content)
    return stored


def write(target: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all: under a temporary name, synced, renamed, the folder synced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    parent = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def path_of(folder: Path, sha256: str) -> Path:
    """Where a file of the store lies."""
    return folder / sha256[:2] / sha256

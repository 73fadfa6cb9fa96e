"""Uploaded bytes under their SHA-256, in a folder or in S3-compatible storage. The file first, whole and synced; then a row refers to it.

What a file may be is decided before (documents/intake.py). fsspec is loaded by the functions: the folder is written without it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

BLOCK = 1024 * 1024
"""So much is read from distant storage at a time: a download holds no whole file."""


@dataclass(frozen=True, slots=True)
class Store:
    """A place of files: a folder's path, or an address such as `s3://bucket/papers`; `endpoint` for a storage that is not Amazon's.

    Keys for S3 come from the environment under their usual names (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
    """

    place: str
    endpoint: str = ""

    @property
    def folder(self) -> Path | None:
        """The folder, when it is one on this machine."""
        return None if "://" in self.place else Path(self.place)

    def keep(self, content: bytes) -> str:
        """Keep a file and give its SHA-256; one that is there stays as it is. Raises OSError when it cannot be written whole."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.has(sha256):
            if self.folder is not None:
                write(path_of(self.folder, sha256), content)
            else:
                self._send(sha256, content)
        return sha256

    def has(self, sha256: str) -> bool:
        """Whether a file is there."""
        if self.folder is not None:
            return path_of(self.folder, sha256).is_file()
        files, root = self._distant()
        files.invalidate_cache()
        return bool(files.exists(_key(root, sha256)))

    def open(self, sha256: str) -> IO[bytes]:
        """A file to read from its beginning. Raises FileNotFoundError when it is not there."""
        if self.folder is not None:
            return path_of(self.folder, sha256).open("rb")
        files, root = self._distant()
        return cast("IO[bytes]", files.open(_key(root, sha256), "rb", block_size=BLOCK, cache_type="readahead"))

    def digest(self, sha256: str) -> str:
        """The SHA-256 that a file really has, read piece by piece. Raises FileNotFoundError when it is not there."""
        found = hashlib.sha256()
        with self.open(sha256) as file:
            while piece := file.read(BLOCK):
                found.update(piece)
        return found.hexdigest()

    def _send(self, sha256: str, content: bytes) -> None:
        try:
            files, root = self._distant()
            files.pipe_file(_key(root, sha256), content)
        except Exception as trouble:
            raise OSError(f"{self.place} takes no file") from trouble

    def _distant(self) -> tuple[AbstractFileSystem, str]:
        from fsspec.core import url_to_fs

        settings: dict[str, Any] = {"endpoint_url": self.endpoint} if self.endpoint else {}
        files, root = url_to_fs(self.place, **settings)
        return files, str(root)


def _key(root: str, sha256: str) -> str:
    return f"{root.rstrip('/')}/{sha256[:2]}/{sha256}"


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
    """Where a file of a folder lies."""
    return folder / sha256[:2] / sha256

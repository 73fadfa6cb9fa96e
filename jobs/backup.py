"""A backup of the embedded database and the uploads in one file, and the check that it can be relied on. PostgreSQL has pg_dump."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from audit.kiem_tra import Broken, record_of
from models.db import db

DATABASE, LISTING = "thidua.db", "danh-sach.json"
FOLDERS = ("papers", "checkpoints")
"""What of the instance folder is saved with the database; the keys are not: they are kept apart."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: entries of the record, the last hash, files beside the database."""

    entries: int
    last_hash: str
    files: int


class BackupWrong(Exception):
    """A backup cannot be relied on; the message says why, in Vietnamese."""


def create(target: Path) -> BackedUp:
    """Write a backup while the service goes on writing: the database by SQLite's own copy, then every file it can refer to.

    The database is copied first, so that every paper it names is already there. The file appears whole or not at all.
    """
    instance: Path = current_app.config["INSTANCE"]
    draft = target.with_name(f"{target.name}.part")
    listing = dict[str, dict[str, Any]]()
    try:
        with tempfile.TemporaryDirectory(dir=target.resolve().parent) as scratch, draft.open("wb") as file:
            copy = Path(scratch, DATABASE)
            _copy_database(copy)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, path in [(DATABASE, copy), *_files(instance)]:
                    archive.write(path, name)
                    listing[name] = {"size": path.stat().st_size, "sha256": _sha256(path)}
                archive.writestr(LISTING, json.dumps(listing, indent=1, sort_keys=True))
            file.flush()
            os.fsync(file.fileno())
            found = _checked_database(copy, set(listing))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return found


def verify(source: Path) -> BackedUp:
    """Unpack a backup and check it: every file against the listing, the database, the record's chain, every paper that it names."""
    try:
        with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(source) as archive:
            listing = json.loads(archive.read(LISTING))
            if set(archive.namelist()) != {*listing, LISTING}:
                raise BackupWrong("danh sách tệp không khớp nội dung bản sao")
            for name, told in listing.items():
                with archive.open(name) as member:
                    digest = hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]
                if digest != told["sha256"]:
                    raise BackupWrong(f"tệp {name} đã thay đổi")
            return _checked_database(Path(archive.extract(DATABASE, scratch)), set(listing))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BackupWrong(f"không đọc được bản sao ({type(error).__name__}: {error})") from None


def _copy_database(copy: Path) -> None:
    import pysqlite3

    target = pysqlite3.connect(str(copy))
    try:
        with db.engine.connect() as connection:
            connection.connection.driver_connection.backup(target, pages=256)
    finally:
        target.close()


def _files(instance: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((instance / folder).rglob("*")):
            if path.is_file() and not path.name.startswith((".", "tmp")):
                yield path.relative_to(instance).as_posix(), path


def _checked_database(path: Path, names: set[str]) -> BackedUp:
    import pysqlite3

    connection = pysqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
            raise BackupWrong("cơ sở dữ liệu trong bản sao bị hỏng")
        papers = [row[0] for row in connection.execute("SELECT DISTINCT sha256 FROM document_versions")]
        missing = [sha256 for sha256 in papers if f"papers/{sha256[:2]}/{sha256}" not in names]
        if missing:
            raise BackupWrong(f"thiếu {len(missing)} tài liệu, trước hết là {missing[0]}")
        count, previous = 0, "0" * 64
        for seq, digest, rec, detail, salt in connection.execute("SELECT seq, hash, rec, detail, salt FROM audit_entries ORDER BY seq"):
            entry = {"seq": seq, "hash": digest, "rec": rec, "detail": detail, "salt": salt}
            if record_of(entry, count + 1)[0]["prev"] != previous:
                raise BackupWrong(f"bản ghi {seq} của nhật ký không nối tiếp bản ghi trước")
            count, previous = seq, digest
    except (Broken, pysqlite3.DatabaseError) as error:
        raise BackupWrong(str(error)) from None
    finally:
        connection.close()
    return BackedUp(count, previous, len(names) - 1)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

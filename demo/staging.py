"""Where the demo is built and how it gets its place: in a folder of its own, moved under instance/ only when it is whole.

`python -m demo.staging` is what `make run` calls first; it does nothing when the demo is there already.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import Engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError

from app import create_app
from audit import checkpoints
from audit.notes import KEY_FILE
from config import ROOT, Config, Misconfigured
from demo.build import build, built_at
from models.db import db
from models.localtime import local
from notifications import journal

MIGRATIONS = str(ROOT / "migrations")
STALE = timedelta(days=9)
"""Six days of the fifteen have passed when the demo is built."""

KEPT = ("mail", checkpoints.FOLDER, KEY_FILE, journal.NAME)
"""What a build leaves beside the database: letters, what vouches for the record, which letters were sent. Papers go to their store."""


class Content(Enum):
    """What is found where the demo's database belongs."""

    NOTHING = auto()
    DEMO = auto()
    SOMETHING_ELSE = auto()


class Occupied(RuntimeError):
    """The database holds something that is not the demo, or the demo only in part; it is left as it is."""


def ensure(config: Config, now: datetime, progress: Callable[[str], None]) -> datetime:
    """See to it that the demo is there, built up to `now` if it was not. Gives when it was built. Raises Occupied.

    A build that was killed leaves its own folder, which the next one throws away, and papers in the store, which it finds again.
    """
    with _alone(config.instance):
        path = _sqlite_path(config)
        if path is None:
            return _ensure_in_place(config, now, progress)
        content = Content.NOTHING if not path.exists() else _look_into(config)
        if content is Content.SOMETHING_ELSE:
            raise Occupied(
                f"{path} holds data that are not the demo's. Keep them, and choose another folder: THIDUA_INSTANCE=<folder> make run"
            )
        if content is Content.DEMO:
            return _as_it_was_built(config)
        staging = config.instance / "building"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        _build_apart(
            replace(config, instance=staging, caught_mail=staging / "mail", database_url=f"sqlite:///{staging / path.name}"), now, progress
        )
        _move_into_place(staging, config.instance, path)
        return now


def _sqlite_path(config: Config) -> Path | None:
    url = make_url(config.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """Wait until no other process builds in this folder."""
    with (instance / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _application(config: Config) -> Iterator[None]:
    with create_app(config).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _look_into(config: Config) -> Content:
    with _application(config):
        try:
            tables = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
            if not tables:
                return Content.NOTHING
            if not {"audit_entries", "heartbeats", "users"} <= tables:
                return Content.SOMETHING_ELSE
            if built_at() is not None:
                return Content.DEMO
            rows = sum(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in ("audit_entries", "users"))  # noqa: S608
        except DatabaseError:
            return Content.SOMETHING_ELSE
        return Content.SOMETHING_ELSE if rows else Content.NOTHING


def _as_it_was_built(config: Config) -> datetime:
    with _application(config):
        upgrade(directory=MIGRATIONS)
        built = built_at()
        assert built is not None  # noqa: S101 (it is what made this the demo)
        return built


def _ensure_in_place(config: Config, now: datetime, progress: Callable[[str], None]) -> datetime:
    """On PostgreSQL the demo is built where it stays, and only into an empty database."""
    content = _look_into(config)
    if content is Content.SOMETHING_ELSE:
        raise Occupied("DATABASE_URL names a database that is not empty, or in which a build was broken off. Give the demo an empty one")
    if content is Content.DEMO:
        return _as_it_was_built(config)
    with _application(config):
        upgrade(directory=MIGRATIONS)
        build(now, progress)
    return now


def _build_apart(config: Config, now: datetime, progress: Callable[[str], None]) -> None:
    """Build into a file that nobody reads yet: nothing is synced until the end, then everything."""
    with _application(config):
        event.listen(db.engine, "connect", _in_a_hurry)
        upgrade(directory=MIGRATIONS)
        build(now, progress)
        db.session.remove()
        _write_back(db.engine)


def _in_a_hurry(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _write_back(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if busy:
        raise RuntimeError("the demo's database could not be written back whole")


def _move_into_place(staging: Path, instance: Path, path: Path) -> None:
    """Mail and the rest first, the database last: it is what says that the demo is there."""
    for name in KEPT:
        for file in [staging / name, *sorted((staging / name).rglob("*"))]:
            if file.is_file():
                target = instance / file.relative_to(staging)
                target.parent.mkdir(parents=True, exist_ok=True)
                file.replace(target)
    for leftover in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    shutil.move(staging / path.name, beside)
    _sync(beside)
    beside.replace(path)
    _sync(path.parent)
    shutil.rmtree(staging, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def main() -> int:
    """Build the demo if it is not there, telling how far it is. Gives the exit code."""
    started, last = time.monotonic(), ""

    def progress(day: str) -> None:
        nonlocal last
        if sys.stdout.isatty():
            print(f"\r  {day}", end="", flush=True)
        elif day[3:] != last:
            print(f"  {day[3:]}", flush=True)
        last = day[3:]

    try:
        config = Config.from_environment()
        if (path := _sqlite_path(config)) is None or not path.exists():
            print("Building the demo: two campaigns, by the same steps as in the pages. This takes about a minute, once.", flush=True)
        now = datetime.now(UTC)
        built = ensure(config, now, progress)
        if built == now:
            print(f"{chr(13) if sys.stdout.isatty() else ''}Built in {time.monotonic() - started:.0f} seconds.", flush=True)
        elif now - built > STALE:
            print(
                f"The demo was built on {local(built):%d/%m/%Y}; its window may have closed since. For a fresh one: make clean-demo run",
                flush=True,
            )
    except (Occupied, Misconfigured, OSError, ValueError) as error:
        print(f"The demo cannot be built: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

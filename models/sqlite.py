"""How the embedded SQLite database is opened. Nothing here applies to PostgreSQL."""

from __future__ import annotations

from typing import Any

import pysqlite3
from sqlalchemy import Connection, Engine, event

FIXED_WAL_RESET = (3, 51, 3)
"""First SQLite release without the WAL-reset bug (two writers could lose a checkpoint): sqlite.org/wal.html."""


class UnsafeSQLite(RuntimeError):
    """The loaded SQLite library can lose data when several processes write."""


def engine_options() -> dict[str, Any]:
    """Options for an SQLite engine. Raises UnsafeSQLite for a library with the WAL-reset bug: web and worker both write."""
    if pysqlite3.sqlite_version_info < FIXED_WAL_RESET:
        raise UnsafeSQLite(
            f"SQLite {pysqlite3.sqlite_version} has the WAL-reset bug and web and worker would both write; "
            f"install the pinned pysqlite3 (SQLite {'.'.join(map(str, FIXED_WAL_RESET))} or later) or set DATABASE_URL to PostgreSQL"
        )
    return {"module": pysqlite3.dbapi2, "connect_args": {"isolation_level": None, "timeout": 5.0, "check_same_thread": False}}


def prepare(engine: Engine) -> None:
    """WAL, full synchronisation, foreign keys, and BEGIN IMMEDIATE for transactions that write (only those)."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""How migrations run: on the application's own engine, compared with the models."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from models.db import UTCDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as plain ones: a migration does not depend on today's models."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _leave_references_alone(connection: Connection) -> None:
    """SQLite changes a constraint by making the table anew: meanwhile nothing may object that rows refer to the old one.

    Before the transaction, inside it SQLite ignores this; the engine's next connection has references checked again.
    """
    raw = connection.connection.dbapi_connection
    assert raw is not None  # noqa: S101 (a connection that was just opened)
    raw.execute("PRAGMA foreign_keys=OFF")
    connection.detach()


def run() -> None:
    """Run the migrations in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "sqlite":
            _leave_references_alone(connection)
        context.configure(connection=connection, target_metadata=db.metadata, render_item=render_item, **options)
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("a migration left a row that refers to nothing")


if context.is_offline_mode():
    raise SystemExit("migrations run against a database")
run()

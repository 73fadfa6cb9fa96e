"""How migrations run: on the application's own engine, compared with the models."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from models.db import UTCDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as plain ones: a migration does not depend on today's models."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def run() -> None:
    """Run the migrations in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect().execution_options(writes=True) as connection:
        context.configure(connection=connection, target_metadata=db.metadata, render_item=render_item, **options)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database")
run()

"""Databases as they stand after a stage of the year: built once per run by the real road, copied or restored for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app import create_app
from config import Config
from models.db import db
from tests.builders import open_2021

SQLITE = ["sqlite"]
POSTGRESQL = [pytest.param("postgresql", marks=pytest.mark.postgres)]
BOTH = [*SQLITE, *POSTGRESQL]


def config_for(url: str, instance: Path, **changes: str) -> Config:
    """A configuration as the environment would give it, for a database of the tests."""
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "live").touch()
    environ = {
        "THIDUA_INSTANCE": str(instance),
        "DATABASE_URL": url,
        "SECRET_KEY": "tests-" * 8,
        "BASE_URL": "http://thidua.example",
        "MAIL_SENDER": "Sở Nội vụ <thidua@so-noi-vu.example>",
    }
    return Config.from_environment(environ | changes)


STAGES: dict[str, tuple[str, Callable[[], object]]] = {
    "blank": ("", lambda: None),
    "opened": ("", open_2021),
}
"""Each stage builds on an earlier one; "" is the empty migrated database."""

_BUILT: dict[tuple[str, str], str] = {}


@contextmanager
def application(url: str, instance: Path) -> Iterator[Flask]:
    """The application on a database, with its context open."""
    app = create_app(config_for(url, instance))
    app.config["TESTING"] = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def sqlite_at(stage: str, template: Path) -> Path:
    """An SQLite file as it stands after a stage; built once per run, to be copied."""
    if not stage:
        return template
    key = (str(template), stage)
    if key not in _BUILT:
        before, build = STAGES[stage]
        target = template.with_name(f"{stage}.db")
        shutil.copy(sqlite_at(before, template), target)
        with application(f"sqlite:///{target}", template.parent / stage):
            build()
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        _BUILT[key] = str(target)
    return Path(_BUILT[key])


def postgres_at(stage: str, address: str, scratch: Path) -> str:
    """The address of a PostgreSQL database as it stands after a stage; built once per run and restored, which is faster than a copy."""
    if not stage:
        return address.format(name="template_thidua")
    key = (address, stage)
    if key not in _BUILT:
        before, build = STAGES[stage]
        if before:
            restore(postgres_at(before, address, scratch))
        name = f"stage_{stage}"
        postgres_sql(
            address.format(name="postgres"), f"CREATE DATABASE {name} TEMPLATE {f'stage_{before}' if before else 'template_thidua'}"
        )
        _BUILT[key] = address.format(name=name)
        with application(_BUILT[key], scratch / stage):
            build()
        keep_for_restoring(_BUILT[key])
    return _BUILT[key]


def postgres_sql(url: str, *statements: str) -> list[Any]:
    """Run statements on a PostgreSQL database with its triggers and foreign keys at rest; gives the rows of the last one."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        cursor = connection.execute("SELECT 1")
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


_TABLES = """
    SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version' AND is_generated = 'NEVER' GROUP BY table_name
"""
_SEQUENCES = "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
_RESTORING: dict[str, str] = {}


def keep_for_restoring(url: str) -> None:
    """Keep a copy of every row in a schema beside the tables, and the statements that put it back."""
    tables = postgres_sql(url, "DROP SCHEMA IF EXISTS saved CASCADE", "CREATE SCHEMA saved", _TABLES)
    postgres_sql(url, *(f"CREATE TABLE saved.{table} AS SELECT {columns} FROM public.{table}" for table, columns in tables))
    rows = [f"DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM saved.{table};" for table, columns in tables]
    ids = [f"SELECT setval('{name}', {max(last, 1)}, {last > 0});" for name, last in postgres_sql(url, _SEQUENCES)]
    armed = [f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in ("audit_entries", "audit_checkpoints")]
    _RESTORING[url] = f"BEGIN; {' '.join(armed + rows + ids)} COMMIT;"


def restore(url: str) -> None:
    """Put every row back as it was kept, whatever a test has committed."""
    postgres_sql(url, _RESTORING[url])


@contextmanager
def database_at(stage: str, kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A database as it stands after a stage, for one test."""
    if kind == "sqlite":
        shutil.copy(sqlite_at(stage, request.getfixturevalue("sqlite_template")), folder / "stage.db")
        yield f"sqlite:///{folder / 'stage.db'}"
        return
    url = postgres_at(stage, request.getfixturevalue("postgres"), request.getfixturevalue("tmp_path_factory").getbasetemp())
    restore(url)
    yield url


def at_stage(stage: str, kinds: Sequence[Any] = BOTH) -> Any:
    """A fixture: the application on a database as it stands after a stage, on both kinds or on some, with its context open."""

    @pytest.fixture(params=kinds)
    def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
        with database_at(stage, request.param, request, tmp_path) as url, application(url, tmp_path / "instance") as app:
            yield app

    return prepared

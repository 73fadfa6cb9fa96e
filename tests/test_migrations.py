"""Migrations: up, down and up again on both databases, and a database so made is the one that the models describe."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from audit import search
from models.audit import POSTGRESQL_TRIGGERS, SQLITE_TRIGGERS, AuditEntry
from models.audit_search import POSTGRESQL_DAYS, SQLITE_DAYS, AuditDay
from models.db import db
from tests.stages import application, database_at, postgres_sql


@contextmanager
def empty_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A database without a single table."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / f'{uuid.uuid4().hex}.db'}"
        return
    address: str = request.getfixturevalue("postgres")
    name = f"empty_{uuid.uuid4().hex}"
    postgres_sql(address.format(name="postgres"), f"CREATE DATABASE {name}")
    yield address.format(name=name)
    postgres_sql(address.format(name="postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without a single table."""
    with empty_database(request.param, request, tmp_path) as url, application(url, tmp_path / "instance") as app:
        yield app


def tables(engine: Engine) -> set[str]:
    """The tables of rows: not the record's full-text index, which each database keeps in its own way."""
    return {name for name in inspect(engine).get_table_names() if name != "alembic_version" and not name.startswith("audit_words")}


def triggers(engine: Engine) -> set[str]:
    """The names of the triggers on the record."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_entries'::regclass AND NOT tgisinternal",
    }
    with engine.connect() as connection:
        return set(connection.execute(text(query[engine.dialect.name])).scalars())


TRIGGERS = {
    "sqlite": {re.search(r"TRIGGER (\w+)", statement)[1] for statement in SQLITE_TRIGGERS + SQLITE_DAYS},  # type: ignore[index]
    "postgresql": {
        found[1] for statement in POSTGRESQL_TRIGGERS + POSTGRESQL_DAYS if (found := re.search(r"CREATE TRIGGER (\w+)", statement))
    },
}


def test_up_down_and_up_again(empty_app: Flask) -> None:
    upgrade()
    first, indexed = tables(db.engine), inspect(db.engine).has_table("audit_words")

    downgrade(revision="base")
    nothing = tables(db.engine)
    upgrade()

    assert first == tables(db.engine) == set(db.metadata.tables)
    assert nothing == set()
    assert indexed


@pytest.mark.postgres
def test_down_leaves_no_function_behind(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")

    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            left = connection.execute(text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")).all()
        assert left == []
    assert tables(db.engine) == set()


def rows_only(name: str | None, kind: str, _parents: object) -> bool:
    """Whether alembic compares something: not the full-text index, which no model describes."""
    return kind != "table" or not str(name).startswith("audit_words")


def test_the_migrations_make_what_the_models_describe(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": rows_only}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, db.metadata)

    assert differences == []


def shape(engine: Engine) -> dict[str, dict[str, object]]:
    """What alembic does not compare: checks, unique and foreign keys by name, partial indexes with their condition, nullability, order."""
    inspector = inspect(engine)
    found: dict[str, dict[str, object]] = {}
    for table in sorted(tables(engine)):
        found[table] = {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)},
            "checks": {c["name"]: words_sorted(" ".join(str(c["sqltext"]).split())) for c in inspector.get_check_constraints(table)},
            "uniques": {u["name"]: u["column_names"] for u in inspector.get_unique_constraints(table)},
            "foreign keys": {f["name"]: (f["constrained_columns"], f["referred_table"]) for f in inspector.get_foreign_keys(table)},
            "indexes": {
                i["name"]: (i["column_names"], i["unique"], str(i.get("dialect_options", {}).get(f"{engine.dialect.name}_where")))
                for i in inspector.get_indexes(table)
            },
        }
    return found


def words_sorted(condition: str) -> str:
    """A condition with the words that it lists in the alphabet's order: in which order they came to be there does not matter."""
    words = re.findall(r"'\w+'(?:::[\w ]+)?", condition)
    return re.sub(r"'\w+'(?:::[\w ]+)?", "?", condition) + " ".join(sorted(words))


def test_the_migrations_make_the_same_constraints_indexes_and_triggers_as_the_models(
    app: Flask, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    migrated, watched = shape(db.engine), triggers(db.engine)
    kind = db.engine.dialect.name

    with empty_database(kind, request, tmp_path) as url, application(url, tmp_path / "described"):
        db.create_all()
        described, described_watched = shape(db.engine), triggers(db.engine)

    assert migrated == described
    assert watched == described_watched == TRIGGERS[kind]


def test_every_constraint_has_a_name_by_the_convention(app: Flask) -> None:
    for table, parts in shape(db.engine).items():
        for kind, prefix in (("checks", "ck_"), ("uniques", "uq_"), ("foreign keys", "fk_")):
            names = parts[kind]
            assert isinstance(names, dict)
            assert all(name and name.startswith(f"{prefix}{table}") for name in names), (table, kind)


def test_the_triggers_watch_the_record_after_the_migrations(app: Flask) -> None:
    statement = text("INSERT INTO audit_entries (seq, hash, rec, at, action, result, source) VALUES (1, 'h', 'r', :at, 'a', 'done', 'web')")
    with db.engine.connect() as connection, connection.begin():
        connection.execute(statement, {"at": "2021-03-31 00:00:00"})

    for change in ("UPDATE audit_entries SET rec = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(DBAPIError, match="never"), db.engine.connect() as connection, connection.begin():
            connection.execute(text(change))

    assert triggers(db.engine) == TRIGGERS[db.engine.dialect.name]


def test_a_season_survives_the_way_down_and_up(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """SQLite changes a constraint by making the table anew: every row is there afterwards, and what it refers to."""

    def rows() -> dict[str, int]:
        with db.engine.connect() as connection:
            return {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables(db.engine)}

    with database_at("ranked", "sqlite", request, tmp_path) as url, application(url, tmp_path / "instance"):
        before = rows()

        downgrade(revision="0001")
        upgrade()

        assert rows() == before
        assert before["notices"] > 100


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_the_record_of_before_is_found_by_words_by_day_and_by_its_columns(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The index that the migrations make of entries written before is the one that writing them now makes."""

    def found() -> dict[str, object]:
        alike = [("action", ["registration.send"]), ("campaign_id", [1])]
        query, number = search.searched(select(AuditEntry.seq), "gui ban dang ky", alike)
        days = db.session.execute(select(AuditDay.day, AuditDay.first, AuditDay.last).order_by(AuditDay.day))
        answer = {"words": db.session.scalars(query.order_by(number)).all(), "days": [tuple(row) for row in days]}
        db.session.remove()
        return answer | {"lost": list(search.unfindable())}

    with database_at("ranked", kind, request, tmp_path) as url, application(url, tmp_path / "instance"):
        before = found()
        db.session.remove()

        downgrade(revision="0014")
        upgrade()

        assert found() == before
        assert before["words"]
        assert before["days"]
        assert before["lost"] == []

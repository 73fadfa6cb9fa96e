"""Databases for the tests: every test that writes runs on SQLite and on PostgreSQL, each on its own copy of a migrated template."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from flask_sqlalchemy import SQLAlchemy
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from app import create_app
from config import ROOT
from models import sqlite
from models.db import db
from tests import actors  # noqa: F401 (the stage of the ranking is declared there)
from tests.stages import POSTGRESQL, SQLITE, application, at_stage, config_for

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
IN_CI = os.environ.get("CI") == "true"


class Compiled(BytecodeCache):
    """Templates as they were compiled once."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self.known: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is known."""
        bucket.code = self.known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.known[bucket.key] = bucket.code


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
"""Each test makes an application of its own; its pages, routes and statements are compiled once in a process all the same."""
_compile_builder, _builders = Rule._compile_builder, dict[tuple[object, ...], Callable[..., tuple[str, str]]]()


def _built_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (*rule._trace, repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _built_once  # type: ignore[method-assign]
_make_engine, _engines = SQLAlchemy._make_engine, dict[str, Engine]()


def _engine_that_knows(self: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
    engine = _make_engine(self, bind_key, options, app)
    earlier = _engines.get(engine.name)
    if earlier is not None and getattr(earlier.dialect, "server_version_info", None):
        engine.dialect, engine._compiled_cache = earlier.dialect, earlier._compiled_cache
    else:
        _engines[engine.name] = engine
    return engine


SQLAlchemy._make_engine = _engine_that_knows  # type: ignore[method-assign]


_prepare = sqlite.prepare


@wraps(_prepare)
def _prepare_without_waiting_for_the_disk(engine: Engine) -> None:
    _prepare(engine)
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF").close())


sqlite.prepare = _prepare_without_waiting_for_the_disk
"""What outlives a loss of power is asked in tests/reliability, of services that are processes of their own."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast tests first: rules and rows, then stories, the browser, the demo.

    Several processes begin at several places: there the long ones stand at the beginning, so that one process is busy with them while the
    others run the fast ones, and nobody waits for them at the end.
    """
    builds = next((item for item in items if "built" in getattr(item, "fixturenames", ())), None)

    def weight(item: pytest.Item) -> int:
        if item is builds:
            return 3
        return 2 if item.get_closest_marker("browser") else 1 if "stories" in str(item.path) or item.get_closest_marker("slow") else 0

    items.sort(key=weight, reverse=hasattr(config, "workerinput"))


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for rubbish again and again took a fifth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    folder = tmp_path_factory.mktemp("sqlite")
    app = create_app(config_for(f"sqlite:///{folder / 'template.db'}", folder))
    with app.app_context():
        upgrade()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        db.engine.dispose()
    return folder / "template.db"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private PostgreSQL cluster with a migrated template; gives the address of its socket folder."""
    if not POSTGRES:
        if IN_CI:
            pytest.fail("PostgreSQL is not installed; .ci/run installs it")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    binaries, folder = POSTGRES[-1], Path(tempfile.mkdtemp(prefix="thidua-pg-"))
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    try:
        _run([*as_user, str(binaries / "initdb"), "-D", f"{folder}/data", "-U", "tests", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"])
        options = f"-k {folder} -p {port} -c listen_addresses= -c fsync=off -c max_connections=200"
        _run([*as_user, str(binaries / "pg_ctl"), "-D", f"{folder}/data", "-w", "-o", options, "-l", f"{folder}/log", "start"])
        address = f"postgresql+psycopg://tests@/{{name}}?host={folder}&port={port}"
        _sql(address, "CREATE DATABASE template_thidua")
        app = create_app(config_for(address.format(name="template_thidua"), tmp_path_factory.mktemp("pg")))
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()
        yield address
    finally:
        subprocess.run(
            [*as_user, str(binaries / "pg_ctl"), "-D", f"{folder}/data", "-m", "immediate", "stop"], check=False, capture_output=True
        )
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "thidua.db")
        yield f"sqlite:///{tmp_path / 'thidua.db'}"
        return
    address: str = request.getfixturevalue("postgres")
    name = f"test_{uuid.uuid4().hex}"
    _sql(address, f"CREATE DATABASE {name} TEMPLATE template_thidua")
    yield address.format(name=name)
    _sql(address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, with its context open."""
    with application(database_url, tmp_path / "instance") as app:
        yield app


@pytest.fixture
def sqlite_app(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on SQLite only: for what does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / "thidua.db")
    with application(f"sqlite:///{tmp_path / 'thidua.db'}", tmp_path / "instance") as app:
        yield app


blank_app, blank_sqlite_app = at_stage("blank"), at_stage("blank", SQLITE)
opened_app, opened_sqlite_app = at_stage("opened"), at_stage("opened", SQLITE)
ranked_app, ranked_sqlite_app, ranked_postgres_app = at_stage("ranked"), at_stage("ranked", SQLITE), at_stage("ranked", POSTGRESQL)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT.anchor)


def _sql(address: str, statement: str) -> None:
    import psycopg

    url = address.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)

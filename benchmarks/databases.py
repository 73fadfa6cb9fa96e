"""Databases to measure on: SQLite files and a private PostgreSQL with its safe settings. Nothing outside a temporary folder is touched."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from config import ROOT, Config
from models.db import db

SECRET = "benchmark-" * 4
SERVERS = Path("/usr/lib/postgresql")
IN_MEMORY = 0.00002
"""A write that reaches the disk faster than this did not reach one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of database, and a function that makes an empty one and gives its URL."""

    kind: str
    version: str
    create: Callable[[str], str]


def environment_for(url: str, instance: Path) -> dict[str, str]:
    """The settings under which both the service and its floor run."""
    instance.mkdir(parents=True, exist_ok=True)
    return {
        "THIDUA_INSTANCE": str(instance),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "BASE_URL": "http://127.0.0.1:8000",
        "MAIL_SENDER": "Theo doi thi dua <thidua@so-noi-vu.example>",
    }


@contextmanager
def application(url: str, instance: Path) -> Iterator[Flask]:
    """The service on a database brought up to date by its migrations, with its context open."""
    app = create_app(Config.from_environment(environment_for(url, instance)))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def places(wanted: tuple[str, ...]) -> Iterator[tuple[Path, list[Place]]]:
    """A temporary folder and the kinds of database that this machine has of those wanted."""
    folder = Path(tempfile.mkdtemp(prefix="thidua-bench-"))
    folder.chmod(0o755)
    found = []
    try:
        if "sqlite" in wanted:
            import pysqlite3

            found.append(Place("sqlite", f"SQLite {pysqlite3.sqlite_version}", lambda name: f"sqlite:///{folder / name}.db"))
        binaries = sorted(SERVERS.glob("*/bin"), key=lambda path: int(path.parent.name))
        if "postgresql" in wanted and binaries:
            with _postgres(folder, binaries[-1]) as place:
                yield folder, [*found, place]
        else:
            yield folder, found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgres(folder: Path, binaries: Path) -> Iterator[Place]:
    """A cluster with the settings that PostgreSQL is delivered with (fsync and synchronous_commit on), reached by its socket alone."""
    home, port = folder / "postgresql", free_port()
    home.mkdir()
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(home, "postgres", "postgres")
    control = [*as_user, str(binaries / "pg_ctl"), "-D", f"{home}/data"]
    try:
        _run([*as_user, str(binaries / "initdb"), "-D", f"{home}/data", "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"])
        _run([*control, "-w", "-o", f"-k {home} -p {port} -c listen_addresses=", "-l", f"{home}/log", "start"])
        address = f"postgresql+psycopg://bench@/{{name}}?host={home}&port={port}"

        def create(name: str) -> str:
            with psycopg.connect(plain(address.format(name="postgres")), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return address.format(name=name)

        with psycopg.connect(plain(address.format(name="postgres"))) as connection:
            version = ".".join(str(connection.info.server_version // 10_000).split())
        yield Place("postgresql", f"PostgreSQL {version}", create)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd=ROOT.anchor)


def plain(url: str) -> str:
    """A PostgreSQL URL without SQLAlchemy's name of the driver."""
    return url.replace("+psycopg", "")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def seconds_to_disk(folder: Path, times: int = 50) -> float:
    """The median time in which a page of 4 KB reaches the disk under a folder: what a commit cannot be faster than."""
    taken = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(times):
            begun = time.perf_counter()
            file.write(b"\0" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT.anchor)

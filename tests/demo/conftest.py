"""The demo built once for all tests of a run, by whichever test process comes first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from config import Config
from demo.staging import ensure
from models.db import db
from models.localtime import VIETNAM
from tests.stages import config_for

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
"""A Monday: the window that opened on Tuesday the 17th runs to Wednesday, 2 December."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the whole demo in it, to be read only."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo-built"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ensure(demo_config(folder), NOW, lambda _: None)
    return folder


def demo_config(folder: Path) -> Config:
    """The configuration of a demo in a folder."""
    return config_for(f"sqlite:///{folder / 'thidua.db'}", folder, THIDUA_MODE="demo")


@pytest.fixture
def demo(built: Path) -> Iterator[Flask]:
    """The application on the built demo, with its context open."""
    app = create_app(demo_config(built))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()

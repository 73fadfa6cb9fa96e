"""The prepared databases, for the tests of this folder: the campaign opened, and after a few registrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.actors import BOTH, STAGES, application, database_at, opened_sqlite_app, ranked_sqlite_app
from tests.reports import year
from tests.reports.season import run_season

__all__ = ["opened_sqlite_app", "ranked_sqlite_app", "year"]

STAGES["registrations"] = ("opened", run_season)


@pytest.fixture(params=BOTH)
def season_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A few registrations in every state, on both databases."""
    with database_at("registrations", request.param, request, tmp_path) as url, application(url, tmp_path / "instance") as app:
        yield app


@pytest.fixture
def season_sqlite_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A few registrations in every state, on SQLite only."""
    with database_at("registrations", "sqlite", request, tmp_path) as url, application(url, tmp_path / "instance") as app:
        yield app


@pytest.fixture(params=BOTH)
def year_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A whole year with something under every figure, on both databases."""
    with database_at("year", request.param, request, tmp_path) as url, application(url, tmp_path / "instance") as app:
        yield app


@pytest.fixture
def year_sqlite_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A whole year with something under every figure, on SQLite only."""
    with database_at("year", "sqlite", request, tmp_path) as url, application(url, tmp_path / "instance") as app:
        yield app

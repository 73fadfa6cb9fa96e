"""A real server, a real Chromium and a real SMTP server for the story in the browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from app import create_app
from config import ROOT
from models.db import db
from tests.conftest import IN_CI, free_port
from tests.stages import config_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = os.environ.get("SCREENSHOTS")


@dataclass
class Site:
    """A running service: its address, its application (for building and looking), the port of its mail catcher."""

    url: str
    app: Flask
    mail_port: int


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The service under gunicorn on a fresh SQLite database."""
    port = free_port()
    database = tmp_path / "thidua.db"
    shutil.copy(sqlite_template, database)
    environ = {
        "THIDUA_INSTANCE": str(tmp_path / "instance"),
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": "tests-" * 8,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "MAIL_PORT": str(free_port()),
    }
    app = create_app(config_for(environ["DATABASE_URL"], tmp_path / "instance", **environ))
    gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    server = subprocess.Popen(
        [*gunicorn, "--bind", f"127.0.0.1:{port}", "app:create_app()"],
        cwd=ROOT,
        env=os.environ | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in")
        with app.app_context():
            yield Site(f"http://127.0.0.1:{port}", app, int(environ["MAIL_PORT"]))
            db.session.remove()
            db.engine.dispose()
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    if CHROMIUM is None:
        if IN_CI:
            pytest.fail("Chromium is not installed; .ci/run installs it")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page of a browser of its own; wide as on a desk unless told otherwise."""
    contexts = []

    def fresh(width: int = 1280, *, scripts: bool = True) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="vi-VN")
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield fresh
    for context in contexts:
        context.close()


def look(page: Page, name: str) -> None:
    """Axe finds nothing that hinders anybody, and the page fits its window; SCREENSHOTS names a folder for pictures."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(SHOTS) / f"{re.sub(r'[^a-z0-9-]+', '-', name.casefold())}.png"), full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not too_wide, f"{name}: the page is wider than the window"


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)

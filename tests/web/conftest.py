"""Signing in through the real page, and reading what a page says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.db import db, transaction
from models.people import User
from models.vocabulary import Role
from tests.builders import actor_of
from web.accounts import hash_password

PASSWORD = "mat-khau-thu-nghiem"
HASH = hash_password(PASSWORD)


@dataclass
class Browser:
    """A signed-in person's browser: fetches pages, sends forms with their token. Each request has an application context of its own."""

    client: FlaskClient

    def fetch(self, url: str) -> TestResponse:
        """An answer, whatever its status."""
        with self.client.application.app_context():
            return self.client.get(url)

    def get(self, url: str, status: int = 200) -> str:
        """A page's HTML; its status is checked."""
        answer = self.fetch(url)
        assert answer.status_code == status, (url, answer.status_code, answer.text[:2000])
        return answer.text

    def post(self, url: str, data: dict[str, Any] | None = None, *, page: str | None = None) -> TestResponse:
        """Send a form with the token and hidden fields of the page it stands on."""
        hidden = dict(re.findall(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', self.fetch(page or url).text))
        with self.client.application.app_context():
            return self.client.post(url, data=hidden | (data or {}))


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Browser]:
    """Sign a person of a unit in, in a role, through the real page."""

    def enter(code: str, role: Role = Role.OFFICER, name: str = "") -> Browser:
        person = actor_of(code, role, name)
        with transaction() as session:
            user = session.get_one(User, person.user_id)
            user.password_hash, login = HASH, user.login
        client = app.test_client()
        browser = Browser(client)
        answer = browser.post("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302, answer.text[:3000]
        db.session.rollback()
        return browser

    return enter


@pytest.fixture
def at_time() -> Callable[[str], Any]:
    """Let the clock stand at a moment in Vietnam while a block runs."""

    def travel(text: str) -> Any:
        from models.localtime import VIETNAM

        return time_machine.travel(datetime.fromisoformat(text).replace(tzinfo=VIETNAM), tick=False)

    return travel

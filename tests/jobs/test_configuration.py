"""The settings are on record once, and again when they change; no secret ever is."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import select

from jobs.configuration import PLAIN, note
from models.audit import AuditEntry
from models.db import db
from tests.actors import last_entry
from tests.builders import at

WHEN = at("2022-01-20 08:00")


def test_settings_are_put_on_record_once_and_again_when_they_change(blank_app: Flask) -> None:
    first = [note(WHEN), note(WHEN)]
    blank_app.config["MAIL_SERVER"] = "mail.khac.example"

    assert first == [True, False]
    assert note(WHEN)
    detail = json.loads(last_entry().detail or "")
    assert detail["changed"] == ["MAIL_SERVER"]
    assert detail["after"]["MAIL_SERVER"] == "mail.khac.example"
    assert len(db.session.scalars(select(AuditEntry.seq)).all()) == 2


def test_every_setting_that_is_told_is_one_that_the_service_has(blank_sqlite_app: Flask) -> None:
    assert set(PLAIN) <= set(blank_sqlite_app.config)


def test_no_secret_is_among_them(blank_app: Flask) -> None:
    blank_app.config["MAIL_PASSWORD"] = blank_app.config["MAIL_USERNAME"] = "mật-khẩu-thư"
    blank_app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://thidua:mat-khau@may-chu/thidua"

    note(WHEN)

    told = last_entry().detail or ""
    assert "postgresql://may-chu/thidua" in told
    for secret in ("mat-khau", "mật-khẩu", blank_app.config["SECRET_KEY"]):
        assert secret not in told

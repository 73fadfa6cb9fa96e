"""The settings that the service runs with, put on record when they have changed. No secret is among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from audit import Act, record
from audit.actions import Action
from models.audit import AuditEntry
from models.db import db, transaction
from models.people import SYSTEM
from models.text import clean

PLAIN = (
    *("MODE", "BASE_URL", "MAIL_SERVER", "MAIL_PORT", "MAIL_USE_TLS", "MAIL_DEFAULT_SENDER", "MAIL_REPLY_TO"),
    *("MAIL_RATE", "MAIL_QUIET", "MAIL_TRIAL", "AUDIT_MAILBOXES", "MAX_CONTENT_LENGTH", "SESSION_COOKIE_SECURE"),
)
"""Settings that are told as they are; of the others, keys and passwords among them, nothing is."""


def note(at: datetime) -> bool:
    """Put the settings on record unless they are those of the last such entry. Gives whether they were."""
    if not inspect(db.engine).has_table(AuditEntry.__tablename__):
        return False
    found = settings(current_app.config)
    last = db.session.scalar(
        select(AuditEntry.detail).where(AuditEntry.action == Action.CONFIG_CHANGE.value).order_by(AuditEntry.seq.desc()).limit(1)
    )
    if last is not None and json.loads(last).get("after") == found:
        return False
    before = json.loads(last).get("after", {}) if last else {}
    changed = sorted(name for name in found if found[name] != before.get(name))
    with transaction():
        act = Act(Action.CONFIG_CHANGE, "config:worker", detail={"changed": changed, "before": before, "after": found})
        record(act, actor=SYSTEM, at=at)
    return True


def settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that may be told, in the form of the record: of the database its kind, host and name."""
    url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    found: dict[str, Any] = {"DATABASE": f"{url.get_backend_name()}://{url.host or ''}/{url.database or ''}"}
    for name in PLAIN:
        value = config[name]
        found[name] = list(value) if isinstance(value, tuple) else clean(value) if isinstance(value, str) else value
    return found

"""Building the demo: an empty migrated database becomes two campaigns with their letters. How it gets its place is in staging.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from demo import awards_2021, current, records, year_2021
from demo.catcher import catching
from demo.history import History
from models.audit import AuditEntry
from models.db import db, transaction
from models.localtime import local
from models.outbox import Heartbeat

MARK = "demo"
"""The row of `heartbeats` that says that the demo was built to its end, and when."""

EARLIEST = 2024
"""The 2021 campaign ends in March 2022, and the running one is a later year's."""
FRESH = timedelta(hours=1)


class NotEmpty(RuntimeError):
    """The database holds something already: the demo is only ever built from nothing."""


def build(now: datetime, progress: Callable[[str], None] = lambda _: None) -> None:
    """Let the 2021 campaign and the running one happen, up to now, by the acts of the people in them.

    Letters are delivered to a catcher of the build's own, except those of the last hour. Raises NotEmpty when the record has entries.
    """
    if db.session.scalar(select(func.count(AuditEntry.seq))):
        raise NotEmpty
    if local(now).year < EARLIEST:
        raise ValueError(f"the clock says {now:%Y}; the demo needs a later year")
    mail = current_app.extensions["mail"]
    former = mail.server, mail.port
    with catching(current_app.config["INSTANCE"] / "mail") as port:
        mail.server, mail.port = "127.0.0.1", port
        try:
            _play(now, progress)
        finally:
            mail.server, mail.port = former
    with transaction() as session:
        session.merge(Heartbeat(name=MARK, at=now, summary="built"))


def built_at() -> datetime | None:
    """When the demo in this database was built, if it was built to its end."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == MARK))


def _play(now: datetime, progress: Callable[[str], None]) -> None:
    history = History(mail_until=now - FRESH, progress=progress)
    year_2021.lay_down_data()
    scene = year_2021.open_campaign(2021, year_2021.OPENED)
    year_2021.register_all(history, scene)
    awards_2021.play(history, scene)
    records.play(history, scene)
    history.run()
    scene = current.open_last_year(now)
    current.play(history, scene, now)
    history.run()

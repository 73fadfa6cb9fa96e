"""The bodies of the jobs. Each reads the clock once from its caller, opens its own transactions and isolates one failure from the rest."""

from __future__ import annotations

import logging
import smtplib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from imports import uploads
from models.db import db, transaction
from models.outbox import Heartbeat
from notifications import outbox, reminders
from notifications.outbox import Outcome, Outgoing

log = logging.getLogger(__name__)
WORKER = "worker"
BATCH = 10
"""Mails claimed at once: even if each waits for its full time-out, the lease of the last one holds."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery did: mails that the server accepted, put off, and refused for good; `unreachable` when there was no server."""

    accepted: int = 0
    deferred: int = 0
    failed: int = 0
    unreachable: str = ""


def sweep_reminders(at: datetime) -> int:
    """Queue the reminders that are due and unrecorded. A sweep with nothing due takes no write lock."""
    if not reminders.anything_owed(at):
        return 0
    with transaction():
        return reminders.sweep(at)


def deliver(at: datetime, limit: int | None = None, clock: Callable[[], datetime] | None = None) -> Delivery:
    """Send the mail that is due, in batches over one connection. No transaction is open while the server is spoken to."""
    if not outbox.anything_due(at):
        return Delivery()
    db.session.rollback()  # no transaction is open while the server is spoken to
    now = clock or (lambda: at)
    done: Counter[str] = Counter()
    batch: list[Outgoing] = []
    left = limit if limit is not None else current_app.config["MAIL_BATCH"]
    try:
        with outbox.mail_connection() as connection:
            while left > 0:
                with transaction():
                    batch = outbox.claim(now(), min(left, BATCH))
                if not batch:
                    break
                left -= len(batch)
                while batch:
                    outcome = outbox.send_or_reconnect(connection, batch[0])
                    _settle(batch.pop(0), outcome, now())
                    done["accepted" if outcome.accepted else "failed" if outcome.permanent else "deferred"] += 1
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server out of reach: %s", error)
        with transaction():
            for outgoing in batch:
                outbox.release(outgoing, f"{type(error).__name__}: {error}"[:500], now())
        return Delivery(done["accepted"], done["deferred"], done["failed"], f"{type(error).__name__}: {error}")
    return Delivery(done["accepted"], done["deferred"], done["failed"])


def _settle(outgoing: Outgoing, outcome: Outcome, at: datetime) -> None:
    with transaction():
        outbox.settle(outgoing, outcome, at)


def tick(at: datetime, clock: Callable[[], datetime] | None = None) -> str:
    """One round of the worker. A failure of one part is logged and does not keep the other from running. Gives back a summary."""
    parts = []
    for name, body in (("sweep", lambda: f"{sweep_reminders(at)}"), ("deliver", lambda: _delivery_words(deliver(at, clock=clock)))):
        try:
            parts.append(f"{name}: {body()}")
        except Exception:
            log.exception("%s failed", name)
            parts.append(f"{name}: error")
            db.session.rollback()
    summary = "; ".join(parts)
    with transaction() as session:
        session.merge(Heartbeat(name=WORKER, at=at, summary=summary[:300]))
    return summary


def _delivery_words(delivery: Delivery) -> str:
    words = f"{delivery.accepted} accepted, {delivery.deferred} deferred, {delivery.failed} failed"
    return f"{words}, unreachable" if delivery.unreachable else words


def tidy(at: datetime, _clock: Callable[[], datetime] | None = None) -> str:
    """Once a day: spreadsheets that were uploaded and never imported are thrown away."""
    return f"{uploads.tidy(current_app.config['INSTANCE'] / 'imports', at)} spreadsheets removed"

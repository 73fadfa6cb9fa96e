"""The bodies of the jobs. Each reads the clock once from its caller, opens its own transactions and isolates one failure from the rest."""

from __future__ import annotations

import logging
import smtplib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from imports import uploads
from models.db import db, transaction
from models.outbox import Heartbeat
from notifications import claiming, gate, gathering, outbox, reminders, sending
from notifications.claiming import Outgoing
from notifications.gate import Shut
from notifications.sending import Outcome

log = logging.getLogger(__name__)
WORKER = "worker"
BATCH = 10
"""Mails claimed at once: even if each waits for its full time-out, the lease of the last one holds."""

ORDER_HOLDS = timedelta(minutes=1)
"""How long the order of the waiting mail holds within a round; what is about to leave is looked at again at every claim."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery did: mails that the server accepted, put off, and refused for good.

    `unreachable` when there was no server; `shut` when the gate was: nothing was tried then.
    """

    accepted: int = 0
    deferred: int = 0
    failed: int = 0
    unreachable: str = ""
    shut: Shut | None = None


def sweep_reminders(at: datetime) -> int:
    """Queue the reminders that are due and unrecorded. A sweep with nothing due takes no write lock."""
    if not reminders.anything_owed(at):
        return 0
    with transaction():
        return reminders.sweep(at)


def deliver(at: datetime, limit: int | None = None, clock: Callable[[], datetime] | None = None) -> Delivery:
    """Send the mail that is due, in batches over one connection. No transaction is open while the server is spoken to.

    Without a limit as fast as MAIL_RATE allows; with one, that many at once.
    """
    if not outbox.anything_due(at):
        return Delivery()
    round_ = _Round(clock or (lambda: at), limit)
    batch = round_.claim()
    if batch is None:
        return Delivery(shut=round_.shut)
    try:
        if batch:
            with sending.mail_connection() as connection:
                while batch:
                    round_.send_all(connection, batch)
                    batch = (round_.claim() if round_.more else None) or []
                round_.blame()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server out of reach: %s", error)
        return round_.give_back(f"{type(error).__name__}: {error}"[:500])
    return Delivery(round_.done["accepted"], round_.done["deferred"], round_.done["failed"], shut=round_.shut)


class _Round:
    """One delivery under way: what it holds, whether there may be more, and whether the server has answered anything yet."""

    def __init__(self, now: Callable[[], datetime], limit: int | None) -> None:
        self.now, self.left = now, limit
        self.done: Counter[str] = Counter()
        self.held: list[Outgoing] = []
        self.hung: list[tuple[Outgoing, str]] = []
        self.shut: Shut | None = None
        self.more = True
        self.ordered_at: datetime | None = None

    def claim(self) -> list[Outgoing] | None:
        """The next mails, in order and within the rate; None when the gate is shut."""
        with transaction():
            row, at = gate.hold_gate(), self.now()
            self.shut = gate.why_shut(row, at)
            if self.shut is not None:
                return None
            if self.ordered_at is None or at - self.ordered_at >= ORDER_HOLDS:
                gathering.put_in_order(row, at)
                self.ordered_at = at
            wanted = BATCH if self.left is None else min(self.left, BATCH)
            allowed = gate.allowance(row, at, wanted) if self.left is None else wanted
            self.held = claiming.claim(at, allowed) if allowed else []
            self.more = len(self.held) == wanted
            if self.left is None:
                row.rate_left -= len(self.held)
            else:
                self.left -= len(self.held)
        return self.held

    def send_all(self, connection: Any, batch: list[Outgoing]) -> None:
        """Send what is held, one by one. A letter on which the server hangs up is set aside and the line opened again for the others."""
        while batch:
            try:
                outcome = sending.send(connection, batch[0])
            except smtplib.SMTPServerDisconnected as error:
                self.hung.append((batch.pop(0), f"{type(error).__name__}: {error}"[:500]))
                if len(self.hung) > 1 and not self.done:
                    raise  # two letters and no answer to any: it is the server
                connection.host = connection.configure_host()
                continue
            self.settle(batch.pop(0), outcome)

    def settle(self, outgoing: Outgoing, outcome: Outcome) -> None:
        """Write down what the server said; what it took goes into the journal first."""
        if outcome.accepted:
            claiming.write_down(outgoing, self.now())
        with transaction():
            if not self.done:
                gate.server_answers()  # the gate before the mail, as a claim takes them: in the other order two senders lock each other out
            claiming.settle(outgoing, outcome, self.now())
        self.done["accepted" if outcome.accepted else "failed" if outcome.permanent else "deferred"] += 1

    def blame(self) -> None:
        """Letters on which the server hung up: the letter's fault when others were answered, else the server's, and it costs nothing."""
        if self.hung and not self.done:
            raise smtplib.SMTPServerDisconnected(self.hung[0][1])
        for outgoing, error in self.hung:
            self.settle(outgoing, Outcome(accepted=False, error=error))

    def give_back(self, error: str) -> Delivery:
        """The server is away: what is held waits, and no attempt is counted."""
        with transaction():
            gate.server_away(error, self.now())
            for outgoing in [*(mail for mail, _error in self.hung), *self.held]:
                claiming.release(outgoing, error)
        return Delivery(self.done["accepted"], self.done["deferred"], self.done["failed"], error)


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
    return f"{words}, {'unreachable' if delivery.unreachable else delivery.shut}" if delivery.unreachable or delivery.shut else words


def tidy(at: datetime, _clock: Callable[[], datetime] | None = None) -> str:
    """Once a day: spreadsheets that were uploaded and never imported are thrown away."""
    return f"{uploads.tidy(current_app.config['INSTANCE'] / 'imports', at)} spreadsheets removed"

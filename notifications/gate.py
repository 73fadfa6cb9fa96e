"""The gate that all mail leaves by: stopped by hand, held after a restore, waiting for a server that is away, and the rate."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from models.db import db, table_of
from models.outbox import MailGate, OutboxMail
from models.vocabulary import MailReason, MailState
from notifications import journal

log = logging.getLogger(__name__)
PROBE_EVERY = timedelta(minutes=5)
ONLY = 1
NEVER_TRIED = (MailState.QUEUED, 0)


class Shut(StrEnum):
    """Why no mail leaves now."""

    STOPPED = "stopped"
    HELD = "held"
    SERVER_AWAY = "server away"


def gate() -> MailGate | None:
    """The gate as it stands, to be read; None when nothing was ever sent."""
    return db.session.get(MailGate, ONLY)


def hold_gate() -> MailGate:
    """The gate, held until the transaction ends: one sender at a time chooses what leaves."""
    table = table_of(MailGate)
    dialect = db.session.connection().dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    values = {"id": ONLY, "stopped_by": "", "stop_reason": "", "last_error": "", "rate_left": 0, "journal_size": 0, "held_count": 0}
    db.session.execute(insert.values(**values).on_conflict_do_nothing())
    query = select(MailGate).where(MailGate.id == ONLY).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def why_shut(row: MailGate, at: datetime) -> Shut | None:
    """Whether the gate is shut, and why. A database that is older than the sent-journal shuts it."""
    if row.stopped_at is not None:
        return Shut.STOPPED
    if row.held_at is None:
        _compare(row, at)
    if row.held_at is not None:
        return Shut.HELD
    return Shut.SERVER_AWAY if row.retry_at is not None and at < row.retry_at else None


def stop(by: str, reason: str, at: datetime) -> None:
    """Let no mail leave until it is resumed."""
    row = hold_gate()
    row.stopped_at, row.stopped_by, row.stop_reason = at, by[:200], reason[:300]


def resume() -> None:
    """Let mail leave again."""
    row = hold_gate()
    row.stopped_at, row.stopped_by, row.stop_reason = None, "", ""


def release(*, skip_sent: bool) -> int:
    """Open the gate after a restore. Gives back how many mails that wait here were sent before it.

    With `skip_sent`, they count as sent, and so will the letters that are written again when the lost acts are done again: nobody is
    mailed twice. Without, everything that waits is sent.
    """
    row = hold_gate()
    row.held_at, row.held_count = None, 0
    start, row.journal_size = row.journal_size, journal.size()
    if not skip_sent:
        return 0
    row.skip_from, row.skip_to = start if row.skip_from is None else row.skip_from, row.journal_size
    return _taken_as_sent(journal.lines(start, row.journal_size), MailReason.SENT_BEFORE)


def server_away(error: str, at: datetime) -> None:
    """No server: nothing is tried again before five minutes have passed, and no mail has lost an attempt."""
    row = hold_gate()
    row.failing_since, row.retry_at, row.last_error = row.failing_since or at, at + PROBE_EVERY, error[:500]


def server_answers() -> None:
    """The server is there (again)."""
    row = hold_gate()
    if row.failing_since is not None:
        row.failing_since, row.retry_at, row.last_error = None, None, ""


def allowance(row: MailGate, at: datetime, wanted: int) -> int:
    """How many of the wanted mails may leave now: MAIL_RATE a minute over all senders, no limit when it is 0."""
    rate: int = current_app.config["MAIL_RATE"]
    if rate <= 0:
        return wanted
    if row.rate_at is None or at < row.rate_at:
        row.rate_at, row.rate_left = at, rate
    fresh = int((at - row.rate_at).total_seconds() * rate / 60)
    if fresh:
        row.rate_left, row.rate_at = min(rate, row.rate_left + fresh), row.rate_at + timedelta(seconds=fresh * 60 / rate)
    return min(wanted, row.rate_left)


def orphans(row: MailGate) -> dict[str, journal.Line]:
    """By their content, the letters that were sent before a restore and that this database does not know."""
    if row.skip_from is None:
        return {}
    lines = list(journal.lines(row.skip_from, row.skip_to))
    known = _known(lines)
    return {line.key: line for line in lines if line.message_id not in known and line.key != "-"}


def _compare(row: MailGate, at: datetime) -> None:
    """Read what the journal has gained. A mail that was tried and whose sender died is sent; one that was never tried here, or is
    unknown, was sent by a later state of this database: then it was restored, and the gate is held until somebody has decided."""
    size = journal.size()
    if size == row.journal_size:
        return
    if size < row.journal_size:
        log.warning("the sent-journal is shorter than it was: %s", journal.path())
        row.journal_size = size
        return
    lines = list(journal.lines(row.journal_size, size))
    known = _known(lines)
    strange = [line for line in lines if known.get(line.message_id, NEVER_TRIED) == NEVER_TRIED]
    if strange:
        row.held_at, row.held_count = at, len(strange)
        log.error("mail is held: the sent-journal names %s mails that this database has not sent; it is older", len(strange))
        return
    _taken_as_sent(lines, None)
    row.journal_size = size


def _known(lines: Sequence[journal.Line]) -> dict[str, tuple[MailState, int]]:
    query = select(OutboxMail.message_id, OutboxMail.state, OutboxMail.attempts)
    found: dict[str, tuple[MailState, int]] = {}
    for start in range(0, len(lines), 500):
        ids = [line.message_id for line in lines[start : start + 500]]
        found |= {row[0]: (row[1], row[2]) for row in db.session.execute(query.where(OutboxMail.message_id.in_(ids)))}
    return found


def _taken_as_sent(lines: Iterable[journal.Line], reason: MailReason | None) -> int:
    """Mark mails that the journal names as accepted. Gives back how many were not yet."""
    changed = 0
    for line in lines:
        waiting = (OutboxMail.message_id == line.message_id) & (OutboxMail.state != MailState.ACCEPTED)
        for mail in db.session.scalars(select(OutboxMail).where(waiting)):
            accepted(mail, line.at, reason)
            changed += 1
    return changed


def accepted(mail: OutboxMail, at: datetime, reason: MailReason | None) -> None:
    """A mail of which the journal says that a server took it."""
    mail.state, mail.accepted_at, mail.reason, mail.last_error = MailState.ACCEPTED, at, reason, ""
    mail.lease_token = mail.lease_until = None

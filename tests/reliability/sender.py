"""A sender to be killed: it loads the code once, and each line on its input makes it send, or tick, in forks of its own.

    python -m tests.reliability.sender

A line is either a JSON list, for whom to send from then on (database's URL, instance folder, mail server's port, kind: deliver, tick, which
is sweep and deliver, or one of the naive controls), answered by "ready"; or an instant and how many forks, answered by their process ids
and, when they have ended, how.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app import create_app
from jobs.bodies import deliver, tick
from models.db import db, transaction
from models.outbox import OutboxMail
from models.vocabulary import MailState
from notifications import sending
from notifications.claiming import Outgoing
from notifications.letters import WORDABLE, action, template_words
from notifications.outbox import letter_of
from tests.stages import config_for


def naive_mark_first(at: datetime) -> None:
    """A control: mark a mail as sent, commit, send it. A death in between loses it."""
    _naive(at, mark_first=True)


def naive_look_then_send(at: datetime) -> None:
    """A control: look what waits, send it, mark it. Two that look at once both send it."""
    _naive(at, mark_first=False)


def _naive(at: datetime, *, mark_first: bool) -> None:
    waiting = list(db.session.scalars(select(OutboxMail.id).where(OutboxMail.state == MailState.QUEUED)))
    db.session.rollback()
    with sending.mail_connection() as connection:
        for number in waiting:
            row = db.session.get_one(OutboxMail, number)
            outgoing = Outgoing(row.id, "", row.recipient, row.message_id, 1, letter_of(row.notice))
            db.session.rollback()
            for mark in (mark_first, not mark_first):
                if mark:
                    with transaction() as session:
                        session.get_one(OutboxMail, number).state = MailState.ACCEPTED
                        session.get_one(OutboxMail, number).accepted_at = at
                else:
                    sending.send(connection, outgoing)


KINDS: dict[str, Callable[[datetime], object]] = {
    "deliver": lambda at: deliver(at, limit=1000),
    "tick": tick,
    "naive_mark_first": naive_mark_first,
    "naive_look_then_send": naive_look_then_send,
}


def main() -> None:
    """Serve until the input ends."""
    _load_once()
    app, kind = None, ""
    for line in sys.stdin:
        if line.startswith("["):
            url, instance, port, kind = json.loads(line)
            app = create_app(config_for(url, Path(instance), MAIL_PORT=port, MAIL_RATE="0"))
            app.config["MAIL_TIMEOUT"] = 10
            _say("ready")
            continue
        assert app is not None
        instant, count = line.split()
        children = [_forked(app, kind, datetime.fromisoformat(instant)) for _ in range(int(count))]
        _say(" ".join(map(str, children)))
        _say(" ".join(str(os.waitpid(pid, 0)[1]) for pid in children))


def _load_once() -> None:
    """Load what a letter needs before the first fork, so that the forks need not, each anew."""
    import icalendar

    assert icalendar
    for letter in WORDABLE:
        template_words(letter)
        action(letter)


def _forked(app: Flask, kind: str, at: datetime) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with app.app_context():
                KINDS[kind](at)
            code = 0
        finally:
            os._exit(code)
    return pid


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

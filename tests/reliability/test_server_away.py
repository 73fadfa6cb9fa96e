"""R7: the mail server is away for 72 hours; nothing is given up, all of it leaves within the hour after, and nobody is flooded."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from jobs.bodies import deliver, sweep_reminders
from models.db import db
from models.outbox import OutboxMail
from models.vocabulary import MailReason, MailState
from tests.actors import all_mail_left, campaign_2021, few_owe_a_form
from tests.builders import at, register
from tests.reliability.servers import no_server, sink

AWAY, BACK = at("2021-03-22 07:00"), at("2021-03-25 07:00")
"""Two reminders fall due in these days: seven days before the due date, and one that is asked for by hand."""


@pytest.mark.slow
def test_three_days_without_a_server_give_up_nothing_and_flood_nobody(opened_app: Flask) -> None:
    registering = few_owe_a_form(24)
    all_mail_left(AWAY - timedelta(days=30))
    no_server(opened_app)
    opened_app.config["MAIL_RATE"] = 10
    now = AWAY
    while now < BACK:
        sweep_reminders(now)
        deliver(now)
        if now == at("2021-03-24 16:00"):
            register(campaign_2021(), registering, when=now)
        now += timedelta(hours=3)
    waiting = db.session.scalars(select(OutboxMail).where(OutboxMail.state.in_((MailState.QUEUED, MailState.RETRY)))).all()
    tried = {mail.attempts for mail in waiting}

    arrived: dict[str, list[datetime]] = defaultdict(list)
    with sink(opened_app) as post:
        for minute in range(60):
            before = len(post.letters)
            deliver(BACK + timedelta(minutes=minute))
            for recipient in post.recipients[before:]:
                arrived[recipient].append(BACK + timedelta(minutes=minute))

    states = Counter((mail.state, mail.reason) for mail in db.session.scalars(select(OutboxMail)))
    assert tried == {0}
    assert len(waiting) >= 23
    assert {state for state, _reason in states} <= {MailState.ACCEPTED, MailState.CANCELLED}
    assert {reason for state, reason in states if state is MailState.CANCELLED} <= {MailReason.ACTED, MailReason.SUPERSEDED}
    assert len(arrived) >= 23
    assert max(len(times) for times in arrived.values() if times) <= 3
    asked = [letter for letter in post.letters if letter["Message-ID"].strip().startswith(("<registration_reminder.", "<digest."))]
    reminders = Counter(letter["X-Rcpt"] for letter in asked)
    assert max(reminders.values()) <= 2


@dataclass
class NaiveOutbox:
    """A control as it is often written: an attempt at every round, eight at most, each mail by itself."""

    waiting: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def round(self, *, server: bool) -> list[str]:
        """Try everything; gives what went."""
        if server:
            sent, self.waiting = list(self.waiting), {}
            return sent
        self.waiting = {mail: attempts + 1 for mail, attempts in self.waiting.items()}
        self.lost += [mail for mail, attempts in self.waiting.items() if attempts >= 8]
        self.waiting = {mail: attempts for mail, attempts in self.waiting.items() if attempts < 8}
        return []


def test_control_counting_attempts_while_the_server_is_away_loses_everything() -> None:
    naive = NaiveOutbox({f"a{number}@x.example": 0 for number in range(24)})

    for _ in range(72):
        naive.round(server=False)

    assert naive.round(server=True) == []
    assert len(naive.lost) == 24

"""R4 and R6: senders that die at any point of a letter lose nothing; several at once, some of them dying, write each reminder once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.db import db, transaction
from models.outbox import Notice, OutboxMail, ReminderEntry
from models.vocabulary import MailState
from notifications.quiet import REMINDERS
from tests.actors import all_mail_left, few_owe_a_form
from tests.builders import at
from tests.reliability.killing import killed_while_sending, several_at_once

BEGIN = at("2021-03-01 08:30")


def keep_waiting(count: int) -> None:
    """Let some letters wait, and settle the others."""
    with transaction() as session:
        for number, mail in enumerate(session.scalars(select(OutboxMail).order_by(OutboxMail.id))):
            if number < count:
                mail.next_attempt_at = BEGIN
            else:
                mail.state, mail.accepted_at = MailState.ACCEPTED, BEGIN


def url_of(app: Flask) -> str:
    db.session.rollback()
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    return url


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    """The instance folder of the application under test."""
    return tmp_path / "instance"


@pytest.mark.slow
def test_a_sender_that_is_killed_loses_no_letter_and_repeats_as_the_same_message(opened_app: Flask, instance: Path) -> None:
    keep_waiting(14)

    found = killed_while_sending(url_of(opened_app), instance, "deliver", kills=6, begin=BEGIN)

    assert found.kills == 6
    assert found.distinct == 14
    assert found.repeats <= found.kills
    assert set(db.session.scalars(select(OutboxMail.state))) == {MailState.ACCEPTED}


@pytest.mark.slow
def test_control_a_sender_that_marks_first_loses_letters(opened_sqlite_app: Flask, instance: Path) -> None:
    keep_waiting(14)

    found = killed_while_sending(url_of(opened_sqlite_app), instance, "naive_mark_first", kills=6, begin=BEGIN)

    assert found.distinct < 14


@pytest.mark.slow
def test_four_schedulers_with_kills_write_and_send_each_reminder_once(opened_app: Flask, instance: Path) -> None:
    few_owe_a_form(6)
    all_mail_left(BEGIN)

    found = several_at_once(url_of(opened_app), instance, "tick", senders=4, kills=2, begin=BEGIN, rounds=3)

    entries = db.session.scalar(select(func.count(ReminderEntry.id)))
    assert entries == db.session.scalar(select(func.count(Notice.id)).where(Notice.letter.in_(REMINDERS)))
    assert set(db.session.scalars(select(OutboxMail.state))) == {MailState.ACCEPTED}
    assert found.distinct >= 6
    assert found.repeats <= found.kills


@pytest.mark.slow
def test_control_two_senders_that_look_and_then_send_send_twice(opened_sqlite_app: Flask, instance: Path) -> None:
    keep_waiting(10)

    found = several_at_once(url_of(opened_sqlite_app), instance, "naive_look_then_send", senders=2, kills=0, begin=BEGIN, rounds=1)

    assert found.repeats > 0

"""R8: yesterday's backup is restored and the day is done again; nobody is mailed twice, and the sender says why it holds."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from jobs.bodies import deliver, sweep_reminders
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.vocabulary import DossierState, LetterName, MailReason, MailState
from notifications import journal
from notifications.gate import Shut
from tests import actors
from tests.builders import at
from tests.reliability.servers import Sink, sink

DAY = at("2022-01-28 08:00")


def backup(app: Flask, folder: Path) -> Path:
    """A copy of the database as it is."""
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()
    kept = folder / "backup.db"
    shutil.copy(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), kept)
    return kept


def restore(app: Flask, kept: Path) -> None:
    """Put the copy in the place of the database."""
    db.session.remove()
    db.engine.dispose()
    path = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(kept, path)


def the_day() -> None:
    """What is done on the day: a unit is selected, the reminders are swept, and the mail leaves."""
    actors.bring("906", DossierState.SELECTED)
    sweep_reminders(DAY)


def prepare(app: Flask, folder: Path) -> Path:
    """A dossier selected yesterday, one letter of it still waiting; the backup of the evening."""
    actors.bring("STP", DossierState.SELECTED)
    actors.all_mail_left(at("2022-01-14 15:00"), Notice.letter == LetterName.SELECTED)
    return backup(app, folder)


def told(post: Sink) -> Counter[tuple[str, str]]:
    """How often each mailbox got each letter, by its subject."""
    return Counter((letter["X-Rcpt"], letter["Subject"]) for letter in post.letters)


def test_after_a_restore_the_sender_holds_says_why_and_mails_nobody_twice(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    kept = prepare(ranked_sqlite_app, tmp_path)
    run = ranked_sqlite_app.test_cli_runner()

    with sink(ranked_sqlite_app) as post:
        the_day()
        deliver(DAY, limit=100)
        first = told(post)
        restore(ranked_sqlite_app, kept)
        held = deliver(DAY, limit=100)
        health, status = ranked_sqlite_app.test_client().get("/healthz"), run.invoke(args=["outbox", "status"]).output
        while_held = told(post)
        released = run.invoke(args=["outbox", "release", "--skip-sent"])
        the_day()
        deliver(DAY, limit=100)
        deliver(at("2022-01-28 09:00"), limit=100)

    assert held.shut is Shut.HELD
    assert while_held == first
    assert (health.status_code, health.json["mail"]) == (503, "held")  # type: ignore[index]
    assert "flask outbox release --skip-sent" in status
    assert released.exit_code == 0
    assert len(first) >= 4
    assert told(post) == first
    assert set(first.values()) == {1}
    reasons = Counter(mail.reason for mail in db.session.scalars(select(OutboxMail)))
    assert reasons[MailReason.SENT_BEFORE] == sum(first.values())


def test_what_was_not_sent_before_the_restore_is_sent_after_it(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    kept = prepare(ranked_sqlite_app, tmp_path)

    with sink(ranked_sqlite_app) as post:
        the_day()
        deliver(DAY, limit=100)
        before = len(post.letters)
        restore(ranked_sqlite_app, kept)
        deliver(DAY, limit=100)
        ranked_sqlite_app.test_cli_runner().invoke(args=["outbox", "release", "--skip-sent"])
        the_day()
        actors.bring("STC", DossierState.SELECTED)
        deliver(DAY, limit=100)

    fresh = [letter["X-Rcpt"] for letter in post.letters[before:]]
    assert fresh == ["vanthu.stc@kiengiang.example"]


def test_control_without_the_journal_the_day_is_mailed_twice(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    kept = prepare(ranked_sqlite_app, tmp_path)

    with sink(ranked_sqlite_app) as post:
        the_day()
        deliver(DAY, limit=100)
        restore(ranked_sqlite_app, kept)
        journal.path().unlink()
        the_day()
        deliver(DAY, limit=100)

    assert max(told(post).values()) == 2


def test_a_sender_that_died_between_the_servers_yes_and_its_own_note_is_not_taken_for_a_restore(ranked_sqlite_app: Flask) -> None:
    actors.bring("STP", DossierState.SELECTED)
    with transaction() as session:
        *others, row = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
        for mail in others:
            mail.state, mail.accepted_at = MailState.ACCEPTED, at("2022-01-14 15:00")
        row.state, row.attempts, row.lease_token, row.lease_until = MailState.SENDING, 1, "dead", DAY
        number, message_id = row.id, row.message_id
    journal.append([journal.Line(DAY, message_id, "key")])

    with sink(ranked_sqlite_app) as post:
        deliver(at("2022-01-28 09:00"), limit=200)

    assert message_id not in post.message_ids
    assert db.session.get_one(OutboxMail, number).state is MailState.ACCEPTED

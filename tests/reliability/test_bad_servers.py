"""R15: a poison letter, a silent server, a certificate nobody vouches for, a refused address; and a mailbox that answers everything."""

from __future__ import annotations

import smtplib
import ssl
import subprocess
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from jobs.bodies import deliver, tick
from models.db import db, transaction
from models.outbox import OutboxMail
from models.units import UnitAddress
from models.vocabulary import DossierState, LetterName, MailReason, MailState
from notifications import sending
from tests import actors
from tests.builders import at
from tests.reliability.servers import Sink, point_at, serving, silent_server, sink
from tests.web.fixtures import COMMUNE, Site, site

__all__ = ["site"]

NOW = at("2022-01-17 08:00")


def waiting(*recipients: str) -> None:
    """Letters that wait for some mailboxes, in this order, and no others."""
    with transaction() as session:
        rows = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
        for mail in rows:
            mail.state, mail.accepted_at = MailState.ACCEPTED, NOW - timedelta(days=3)
        for mail, recipient in zip(rows, recipients, strict=False):
            mail.state, mail.accepted_at, mail.recipient, mail.next_attempt_at = MailState.QUEUED, None, recipient, NOW


def states() -> dict[str, MailState]:
    """The state of each mail that was not settled before."""
    db.session.rollback()
    fresh = (OutboxMail.accepted_at.is_(None)) | (OutboxMail.accepted_at >= NOW)
    return {mail.recipient: mail.state for mail in db.session.scalars(select(OutboxMail).where(fresh))}


def test_a_letter_that_makes_the_server_hang_up_is_overtaken_by_all_the_others(opened_app: Flask) -> None:
    others = [f"a{number}@x.example" for number in range(12)]
    waiting("drop1@x.example", "drop2@x.example", *others)

    with sink(opened_app) as post:
        rounds = [deliver(NOW + timedelta(minutes=6 * number)) for number in range(2)]

    assert sorted(post.recipients) == sorted(others)
    assert sum(delivery.accepted for delivery in rounds) == 12
    assert {states()[f"drop{number}@x.example"] for number in (1, 2)} == {MailState.RETRY}


def test_control_a_sender_that_stops_at_the_first_error_sends_nothing(opened_sqlite_app: Flask) -> None:
    def one_after_the_other(host: smtplib.SMTP) -> None:
        for recipient in ("drop@x.example", "a@x.example"):
            host.sendmail("from@x.example", [recipient], b"Subject: x\r\n\r\nx\r\n")

    with sink(opened_sqlite_app) as post:
        host = smtplib.SMTP("127.0.0.1", opened_sqlite_app.extensions["mail"].port)
        with pytest.raises(smtplib.SMTPException):
            one_after_the_other(host)
        host.close()

    assert post.letters == []


def test_a_silent_server_is_left_within_the_time_out_and_costs_no_attempt(opened_sqlite_app: Flask) -> None:
    waiting("a@x.example")

    with silent_server(opened_sqlite_app):
        began = time.monotonic()
        delivery = deliver(NOW)
        took = time.monotonic() - began

    assert delivery.unreachable
    assert took < 25
    assert [mail.attempts for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "a@x.example"))] == [0]
    assert Config.from_environment({"SECRET_KEY": "x" * 32}).for_flask()["MAIL_TIMEOUT"] <= 25


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody vouches for."""
    folder: Path = tmp_path_factory.mktemp("tls")
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", *names],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_bad_certificate_is_refused_before_a_word_of_a_letter_is_said(opened_sqlite_app: Flask, self_signed: ssl.SSLContext) -> None:
    waiting("a@x.example")
    post = Sink()

    with serving(post, tls_context=self_signed, require_starttls=True) as port:
        point_at(opened_sqlite_app, port, tls=True)
        delivery = deliver(NOW)

    assert "CERTIFICATE_VERIFY_FAILED" in delivery.unreachable
    assert post.letters == []


def test_control_flask_mail_as_it_comes_hands_the_letter_to_anybody(opened_sqlite_app: Flask, self_signed: ssl.SSLContext) -> None:
    post = Sink()

    with serving(post, tls_context=self_signed, require_starttls=True) as port, smtplib.SMTP("127.0.0.1", port) as host:
        host.starttls()
        host.sendmail("from@x.example", ["a@x.example"], b"Subject: x\r\n\r\nx\r\n")

    assert post.recipients == ["a@x.example"]


def test_a_refused_address_is_a_task_of_its_unit_and_of_home_affairs_within_a_minute(site: Site) -> None:
    from tests.web.fixtures import NOW as SEASON

    number = site.mail(COMMUNE, LetterName.SELECTED)
    with site.app.app_context(), transaction() as session:
        for mail in session.scalars(select(OutboxMail).where(OutboxMail.state != MailState.ACCEPTED)):
            mail.state, mail.accepted_at, mail.last_error = MailState.ACCEPTED, SEASON, ""
        row = session.get_one(OutboxMail, number)
        mailbox = session.scalars(select(UnitAddress).where(UnitAddress.email == row.recipient)).one()
        mailbox.email = row.recipient = "gone@giongrieng.example"
        row.state, row.accepted_at, row.attempts, row.next_attempt_at = MailState.QUEUED, None, 0, SEASON

    with site.app.app_context(), sink(site.app):
        tick(SEASON)

    with site.rows() as session:
        assert session.get_one(OutboxMail, number).reason is MailReason.NO_MAILBOX
        assert session.scalars(select(UnitAddress.bounced_at).where(UnitAddress.email == "gone@giongrieng.example")).one() == SEASON
    for who in ("commune", "home"):
        page = site.visitor(who).get("/")
        assert f'href="/letters/{number}/address"' in page, who
        assert "Hộp thư này không có ở máy chủ nhận" in page, who
    site.visitor("commune").post(f"/letters/{number}/address", {"email": "vanthu@giongrieng.example"})
    with site.rows() as session:
        assert (session.get_one(OutboxMail, number).recipient, session.get_one(OutboxMail, number).state) == (
            "vanthu@giongrieng.example",
            MailState.QUEUED,
        )
    assert f'href="/letters/{number}/address"' not in site.visitor("commune").get("/")


# A mailbox that answers everything


def answers(letter: EmailMessage) -> bool:
    """Whether a vacation responder by RFC 3834 answers a letter."""
    return letter.get("Auto-Submitted", "no") == "no"


def test_a_mailbox_that_answers_everything_starts_no_loop(ranked_sqlite_app: Flask) -> None:
    actors.bring("STP", DossierState.SELECTED)
    waiting("a@x.example", "b@x.example")

    with sink(ranked_sqlite_app) as post:
        settings = ranked_sqlite_app.extensions["mail"]
        for hour in range(6):
            came = list(post.letters)
            deliver(NOW + timedelta(hours=hour))
            with smtplib.SMTP(settings.server, settings.port) as everybody:
                for letter in post.letters[len(came) :]:
                    answer = f"Subject: Re: {letter['Message-ID']}\r\n\r\nTôi đi vắng.\r\n".encode()
                    everybody.sendmail("a@x.example", ["thidua@so-noi-vu.example"], answer)

    ours = [letter for letter in post.letters if letter["X-Rcpt"] != "thidua@so-noi-vu.example"]
    assert (len(ours), len(post.letters)) == (2, 4)
    assert not any(answers(letter) for letter in ours)


def test_control_a_letter_that_does_not_say_that_a_machine_wrote_it_is_answered() -> None:
    plain = EmailMessage()
    plain["Subject"] = "Nhắc"

    assert answers(plain)


def test_the_time_out_is_set_on_the_connection_itself(opened_sqlite_app: Flask) -> None:
    with serving(Sink()) as port:
        point_at(opened_sqlite_app, port)
        with sending.mail_connection() as connection:
            assert connection.host is not None
            assert connection.host.timeout == opened_sqlite_app.config["MAIL_TIMEOUT"]

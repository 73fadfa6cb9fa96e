"""Mail on its way out, against real SMTP servers: delivered, refused, put off, no server, a silent or untrusted one; and its lease."""

from __future__ import annotations

import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from imports import data_files
from jobs.bodies import Delivery, deliver
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.people import SYSTEM
from models.units import Unit
from models.vocabulary import LetterName, MailState
from notifications import claiming, gathering, outbox, sending
from notifications.claiming import BACK_OFF_MINUTES, LEASE, MAX_ATTEMPTS
from notifications.letters import FACTS
from notifications.sending import Outcome
from tests.builders import DATA, LOADER, at

NOW = at("2022-02-07 08:00")
FACT_VALUES: dict[str, Any] = {
    "unit": "Ủy ban nhân dân huyện Hòn Đất",
    "plan": "Kế hoạch số 37/KH-UBND",
    "link": "/dossiers/7",
    "clause": "I.2",
    "dossier": "2021-903",
    "reason": "Đơn vị không còn nhu cầu.",
    "journal": "12-0123456789abcdef",
}


# Mail that waits


def queue(*recipients: str, facts: dict[str, Any] | None = None) -> list[int]:
    """A letter to each address, of a campaign with one unit and nothing else."""
    with transaction() as session:
        unit = session.scalars(select(CampaignUnit)).first()
        if unit is None:
            campaign, _ = data_files.load_campaign(DATA / "campaigns" / "2021.toml", actor=LOADER, at=NOW)
            home = Unit(code="903", aliases=[], source="")
            unit = CampaignUnit(
                campaign=campaign, unit=home, name="Hòn Đất", official_name="UBND", kind="district", eligible=True, search="", sort_key=""
            )
            session.add(unit)
            session.flush()
        entry = record(Act(Action.MAIL_RETRY, "mail:0"), actor=SYSTEM, at=NOW)
        stated = {name: FACT_VALUES.get(name, "x") for name in FACTS[LetterName.WITHDRAWN]} if facts is None else facts
        mails = [
            OutboxMail(
                recipient=address,
                message_id=f"<registration_reminder_compiled.{entry.seq}.{n:024}@so-noi-vu.example>",
                state=MailState.QUEUED,
                next_attempt_at=NOW,
            )
            for n, address in enumerate(recipients)
        ]
        for mail in mails:
            mail.notice = Notice(
                letter=LetterName.WITHDRAWN,
                campaign_id=unit.campaign_id,
                campaign_unit=unit,
                audit_seq=entry.seq,
                facts=stated,
                created_at=NOW,
            )
        session.add_all(mails)
    return [mail.id for mail in mails]


def mail(mail_id: int) -> OutboxMail:
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id)


def states() -> dict[str, str]:
    """Every waiting or settled mail by its recipient."""
    db.session.rollback()
    return {row.recipient: row.state.value for row in db.session.scalars(select(OutboxMail))}


# Servers


class Post:
    """A handler that keeps what it is given, and answers as the recipient's name asks: gone@ 550, busy@ 450, drop@ hangs up."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        answer = {"gone": "550 5.1.1 no such user", "busy": "450 4.2.1 mailbox busy"}.get(address.partition("@")[0])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if envelope.rcpt_tos[0].startswith("drop@"):
            assert server.transport is not None
            server.transport.close()
            return "421 closing"
        if envelope.rcpt_tos[0].startswith("spam@"):
            return "554 5.7.1 content refused"
        self.envelopes.append(envelope)
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [envelope.rcpt_tos[0] for envelope in self.envelopes]

    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(bytes(e.original_content or b""), policy=policy.default) for e in self.envelopes]  # type: ignore[misc]


def point_at(app: Flask, port: int, *, tls: bool = False) -> None:
    """Let the application send to a port of this machine."""
    settings = app.extensions["mail"]
    settings.server, settings.port, settings.use_tls = "127.0.0.1", port, tls
    app.config["MAIL_TIMEOUT"] = 1


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[smtplib.SMTP]]:
    """The connections that a test made; what is left open is closed, so that its warning does not fall on another test."""
    made: list[smtplib.SMTP] = []
    begin = smtplib.SMTP.__init__

    def noted(self: smtplib.SMTP, *arguments: Any, **options: Any) -> None:
        made.append(self)
        begin(self, *arguments, **options)

    monkeypatch.setattr(smtplib.SMTP, "__init__", noted)
    yield made
    for connection in made:
        connection.close()


@pytest.fixture(autouse=True)
def any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """These letters leave at any hour; quiet hours have tests of their own."""
    monkeypatch.setattr(gathering, "quiet_until", lambda *_: None)


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def smtp(app: Flask, **options: Any) -> Iterator[Post]:
    """A real SMTP server on a free port, and the application pointed at it."""
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=closed_port(), **options)
    controller.start()
    try:
        point_at(app, controller.port, tls="tls_context" in options)
        yield post
    finally:
        controller.stop()


@contextmanager
def listener(app: Flask) -> Iterator[socket.socket]:
    """A server that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        point_at(app, server.getsockname()[1])
        yield server


# Delivered


def test_a_letter_arrives_with_its_headers_and_both_its_forms(blank_app: Flask) -> None:
    blank_app.config["MAIL_REPLY_TO"] = "phong-cchc@so-noi-vu.example"
    (sent,) = queue("vanthu.903@kiengiang.example")

    with smtp(blank_app) as post:
        delivery = deliver(NOW)

    (letter,) = post.letters()
    assert delivery == Delivery(accepted=1)
    assert (post.envelopes[0].mail_from, post.envelopes[0].rcpt_tos) == ("thidua@so-noi-vu.example", ["vanthu.903@kiengiang.example"])
    assert letter["Message-ID"] == mail(sent).message_id
    assert letter["To"] == "vanthu.903@kiengiang.example"
    assert letter["From"] == "Sở Nội vụ <thidua@so-noi-vu.example>"
    assert letter["Reply-To"] == "phong-cchc@so-noi-vu.example"
    assert (letter["Auto-Submitted"], letter["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert letter["Subject"] == mail(sent).subject
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == ["text/plain", "text/html"]


def test_the_text_and_the_page_arrive_as_they_were_written(blank_sqlite_app: Flask) -> None:
    (sent,) = queue("vanthu.903@kiengiang.example")

    with smtp(blank_sqlite_app) as post:
        deliver(NOW)

    (letter,) = post.letters()
    parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
    assert parts["text/plain"].replace("\r\n", "\n").strip() == (mail(sent).text or "").strip()
    assert parts["text/html"].replace("\r\n", "\n").strip() == (mail(sent).html or "").strip()
    assert "http://thidua.example/dossiers/7" in parts["text/plain"]
    assert "Hòn Đất" in parts["text/plain"]


def test_a_letter_travels_with_crlf_line_ends_only(blank_sqlite_app: Flask) -> None:
    queue("vanthu.903@kiengiang.example")

    with smtp(blank_sqlite_app) as post:
        deliver(NOW)

    raw = bytes(post.envelopes[0].original_content or b"")
    assert raw.count(b"\n") == raw.count(b"\r\n") > 20
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_every_mail_has_one_recipient_and_its_state_says_that_it_was_taken(blank_app: Flask) -> None:
    queue("a@x.example", "b@x.example", "c@x.example")

    with smtp(blank_app) as post:
        delivery = deliver(NOW)

    assert delivery.accepted == 3
    assert [envelope.rcpt_tos for envelope in post.envelopes] == [["a@x.example"], ["b@x.example"], ["c@x.example"]]
    rows = db.session.scalars(select(OutboxMail)).all()
    assert {(row.state, row.accepted_at, row.attempts, row.lease_token, row.lease_until) for row in rows} == {
        (MailState.ACCEPTED, NOW, 1, None, None)
    }


def test_delivered_twice_a_letter_is_sent_once(blank_app: Flask) -> None:
    queue("a@x.example")

    with smtp(blank_app) as post:
        deliveries = [deliver(NOW), deliver(NOW), deliver(NOW + timedelta(days=1))]

    assert deliveries == [Delivery(accepted=1), Delivery(), Delivery()]
    assert len(post.envelopes) == 1


def test_a_limit_leaves_the_rest_for_the_next_round(blank_sqlite_app: Flask) -> None:
    queue(*(f"a{n}@x.example" for n in range(5)))

    with smtp(blank_sqlite_app) as post:
        first, second = deliver(NOW, limit=3), deliver(NOW, limit=3)

    assert (first.accepted, second.accepted) == (3, 2)
    assert len(set(post.recipients)) == 5


def test_more_than_a_batch_goes_out_in_one_round(blank_sqlite_app: Flask) -> None:
    queue(*(f"a{n}@x.example" for n in range(25)))

    with smtp(blank_sqlite_app) as post:
        delivery = deliver(NOW)

    assert delivery.accepted == len(set(post.recipients)) == 25


def test_a_letter_waits_until_it_is_due(blank_sqlite_app: Flask) -> None:
    queue("a@x.example")

    with smtp(blank_sqlite_app) as post:
        early, due = deliver(NOW - timedelta(seconds=1)), deliver(NOW)

    assert (early.accepted, due.accepted, len(post.envelopes)) == (0, 1, 1)


# Refused and put off


def test_a_refused_recipient_fails_for_good_and_the_others_arrive(blank_app: Flask) -> None:
    gone, fine = queue("gone@x.example", "a@x.example")

    with smtp(blank_app) as post:
        deliveries = [deliver(NOW), deliver(NOW + timedelta(days=3))]

    assert deliveries == [Delivery(accepted=1, failed=1), Delivery()]
    assert (mail(gone).state, mail(gone).last_error, mail(gone).attempts) == (MailState.FAILED, "550 5.1.1 no such user", 1)
    assert (mail(fine).state, post.recipients) == (MailState.ACCEPTED, ["a@x.example"])


def test_refused_content_fails_for_good_too(blank_sqlite_app: Flask) -> None:
    (spam,) = queue("spam@x.example")

    with smtp(blank_sqlite_app):
        deliver(NOW)

    assert (mail(spam).state, mail(spam).last_error) == (MailState.FAILED, "554 5.7.1 content refused")


def test_a_busy_mailbox_is_tried_again_later_each_time_with_more_patience(blank_app: Flask) -> None:
    (busy,) = queue("busy@x.example")
    waits: list[int] = []

    with smtp(blank_app):
        when = NOW
        for _ in range(3):
            assert deliver(when) == Delivery(deferred=1)
            assert deliver(when + timedelta(seconds=30)) == Delivery()
            wait = mail(busy).next_attempt_at - when
            waits.append(int(wait.total_seconds() // 60))
            when = mail(busy).next_attempt_at

    assert waits == list(BACK_OFF_MINUTES[:3])
    assert (mail(busy).state, mail(busy).attempts, mail(busy).last_error) == (MailState.RETRY, 3, "450 4.2.1 mailbox busy")


def test_a_mailbox_that_stays_busy_is_given_up_after_the_last_attempt(blank_sqlite_app: Flask) -> None:
    (busy,) = queue("busy@x.example")

    with smtp(blank_sqlite_app):
        for attempt in range(MAX_ATTEMPTS):
            deliver(NOW + timedelta(days=attempt))

    assert (mail(busy).state, mail(busy).attempts) == (MailState.FAILED, MAX_ATTEMPTS)


def test_a_failed_letter_is_sent_again_by_hand_as_the_same_message(blank_sqlite_app: Flask) -> None:
    (gone,) = queue("gone@x.example")
    with smtp(blank_sqlite_app):
        deliver(NOW)
    before = mail(gone).message_id

    with transaction() as session:
        row = session.get_one(OutboxMail, gone)
        outbox.retry(row, NOW + timedelta(hours=1))
        row.recipient = "a@x.example"
    with smtp(blank_sqlite_app) as post:
        deliver(NOW + timedelta(hours=1))

    assert [letter["Message-ID"] for letter in post.letters()] == [before]


def test_a_cancelled_letter_stays_and_an_accepted_one_is_not_taken_back(blank_sqlite_app: Flask) -> None:
    first, second = queue("a@x.example", "b@x.example")
    with transaction() as session:
        outbox.cancel(session.get_one(OutboxMail, first))

    with smtp(blank_sqlite_app) as post:
        deliver(NOW)

    assert post.recipients == ["b@x.example"]
    for verb in (outbox.cancel, lambda row: outbox.retry(row, NOW)):
        with pytest.raises(ValueError, match="accepted"):
            verb(mail(second))


# A letter that cannot be written or addressed does not hold the others back


def test_a_letter_that_lacks_a_fact_fails_alone(blank_sqlite_app: Flask) -> None:
    (poison,) = queue("a@x.example", facts={"unit": "x"})
    queue("b@x.example", "c@x.example")

    with smtp(blank_sqlite_app) as post:
        with suppress(Exception):
            deliver(NOW)
        with suppress(Exception):
            deliver(NOW + LEASE + timedelta(minutes=10))

    assert sorted(post.recipients) == ["b@x.example", "c@x.example"]
    assert (mail(poison).state, mail(poison).last_error != "") == (MailState.FAILED, True)


@pytest.mark.parametrize("address", ["văn.thư@x.example", "a@văn-thư.example\r\nBcc: b@x.example", "no address at all", ""])
def test_an_address_that_is_none_fails_alone(blank_sqlite_app: Flask, address: str) -> None:
    queue(address, "b@x.example")

    with smtp(blank_sqlite_app) as post:
        for turn in range(3):
            with suppress(Exception):
                deliver(NOW + turn * (LEASE + timedelta(minutes=10)))

    assert "b@x.example" in post.recipients
    assert states()["b@x.example"] == "accepted"
    assert len(post.recipients) <= 2


def test_a_letter_that_makes_the_server_hang_up_does_not_hold_the_others_back(blank_sqlite_app: Flask) -> None:
    queue("drop@x.example", "a@x.example", "b@x.example")

    with smtp(blank_sqlite_app) as post:
        for turn in range(4):
            deliver(NOW + turn * timedelta(hours=1))

    assert sorted(post.recipients) == ["a@x.example", "b@x.example"]


# No server


def test_without_a_server_nothing_is_lost_and_no_attempt_counted(blank_app: Flask) -> None:
    queue("a@x.example", "b@x.example")
    point_at(blank_app, closed_port())

    delivery = deliver(NOW)

    rows = db.session.scalars(select(OutboxMail)).all()
    assert (delivery.accepted, delivery.failed) == (0, 0)
    assert "ConnectionRefusedError" in delivery.unreachable
    assert all((row.attempts, row.lease_token) == (0, None) and row.state in {MailState.QUEUED, MailState.RETRY} for row in rows)


def test_three_days_without_a_server_give_up_nothing(blank_sqlite_app: Flask) -> None:
    queue("a@x.example")
    point_at(blank_sqlite_app, closed_port())
    for hour in range(0, 72, 6):
        assert deliver(NOW + timedelta(hours=hour)).unreachable

    with smtp(blank_sqlite_app) as post:
        deliver(NOW + timedelta(hours=72))

    assert post.recipients == ["a@x.example"]


def test_a_server_that_hangs_up_on_one_letter_takes_the_others(blank_app: Flask) -> None:
    queue("a@x.example", "drop@x.example", "b@x.example")

    with smtp(blank_app) as post:
        delivery = deliver(NOW)

    assert post.recipients == ["a@x.example", "b@x.example"]
    assert (delivery.accepted, delivery.deferred, delivery.unreachable) == (2, 1, "")
    assert states() == {"a@x.example": "accepted", "drop@x.example": "retry", "b@x.example": "accepted"}
    assert all(row.lease_token is None for row in db.session.scalars(select(OutboxMail)))


def test_a_silent_server_ends_in_a_time_out(blank_sqlite_app: Flask) -> None:
    (sent,) = queue("a@x.example")

    with listener(blank_sqlite_app):
        began = time.monotonic()
        delivery = deliver(NOW)
        took = time.monotonic() - began

    assert "timed out" in delivery.unreachable.casefold() or "TimeoutError" in delivery.unreachable
    assert took < 10
    assert (mail(sent).attempts, mail(sent).lease_token) == (0, None)


def test_no_transaction_is_open_while_the_server_is_waited_for(blank_sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    queue("a@x.example")
    seen: list[bool] = []
    connect, send = sending.VerifiedConnection.configure_host, sending.send

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            seen.append(db.session().in_transaction())
            return original(*arguments)

        return call

    monkeypatch.setattr(sending.VerifiedConnection, "configure_host", watched(connect))
    monkeypatch.setattr(sending, "send", watched(send))
    with smtp(blank_sqlite_app):
        deliver(NOW)

    assert seen == [False, False]


# The lease


def claim(when: datetime) -> list[claiming.Outgoing]:
    with transaction():
        return claiming.claim(when, 10)


def test_a_claimed_mail_is_not_claimed_again_before_its_lease_ends(blank_app: Flask) -> None:
    (sent,) = queue("a@x.example")
    (first,) = claim(NOW)

    before = [claim(NOW), claim(NOW + LEASE)]
    (second,) = claim(NOW + LEASE + timedelta(seconds=1))

    assert before == [[], []]
    assert (first.id, second.id, first.lease == second.lease) == (sent, sent, False)
    assert (mail(sent).state, mail(sent).attempts) == (MailState.SENDING, 2)


def test_a_claimed_mail_is_a_complete_letter(blank_sqlite_app: Flask) -> None:
    queue("a@x.example")

    (outgoing,) = claim(NOW)

    assert (outgoing.recipient, outgoing.message_id, outgoing.attempts) == ("a@x.example", mail(outgoing.id).message_id, 1)
    assert "2021-903" in outgoing.letter.subject
    assert outgoing.letter.html.startswith("<!doctype html>") or "<html" in outgoing.letter.html


def test_whoever_has_lost_the_lease_changes_nothing(blank_app: Flask) -> None:
    (sent,) = queue("a@x.example")
    (slow,) = claim(NOW)
    (quick,) = claim(NOW + LEASE + timedelta(seconds=1))

    with transaction():
        claiming.settle(slow, Outcome(accepted=False, permanent=True, error="550"), NOW + LEASE * 2)
        claiming.release(slow, "TimeoutError")
    assert (mail(sent).state, mail(sent).lease_token, mail(sent).attempts) == (MailState.SENDING, quick.lease, 2)
    with transaction():
        claiming.settle(quick, Outcome(accepted=True), NOW + LEASE * 2)

    assert (mail(sent).state, mail(sent).accepted_at) == (MailState.ACCEPTED, NOW + LEASE * 2)


def test_two_senders_at_once_share_the_mail_between_them(blank_app: Flask) -> None:
    queue(*(f"a{n}@x.example" for n in range(6)))
    with transaction():
        mine = claiming.claim(NOW, 3)
        if db.engine.dialect.name == "postgresql":
            with blank_app.app_context(), transaction():
                theirs = claiming.claim(NOW, 10)
                db.session.flush()
    if db.engine.dialect.name == "sqlite":
        theirs = claim(NOW)

    assert (len(mine), len(theirs)) == (3, 3)
    assert not {m.id for m in mine} & {t.id for t in theirs}


# TLS


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


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said(blank_app: Flask, self_signed: ssl.SSLContext) -> None:
    (sent,) = queue("a@x.example")

    with smtp(blank_app, tls_context=self_signed, require_starttls=True) as post:
        delivery = deliver(NOW)

    assert "CERTIFICATE_VERIFY_FAILED" in delivery.unreachable
    assert post.envelopes == []
    assert (mail(sent).attempts, mail(sent).lease_token) == (0, None)


def test_a_certificate_of_a_known_authority_is_taken(
    blank_sqlite_app: Flask, self_signed: ssl.SSLContext, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = next(tmp_path_factory.getbasetemp().glob("tls*/cert.pem"))
    trusting = ssl.create_default_context(cafile=str(authority))
    monkeypatch.setattr(sending.ssl, "create_default_context", lambda: trusting)
    queue("a@x.example")

    with smtp(blank_sqlite_app, tls_context=self_signed, require_starttls=True) as post:
        delivery = deliver(NOW)

    assert (delivery.accepted, delivery.unreachable) == (1, "")
    assert post.recipients == ["a@x.example"]


def test_a_server_that_offers_no_tls_gets_no_letter_and_the_connection_is_closed(
    blank_sqlite_app: Flask, connections: list[smtplib.SMTP]
) -> None:
    queue("a@x.example")

    with smtp(blank_sqlite_app) as post:
        blank_sqlite_app.extensions["mail"].use_tls = True
        delivery = deliver(NOW)

    assert delivery.unreachable
    assert post.envelopes == []
    assert [connection for connection in connections if connection.sock is not None] == []


# By hand


def test_the_command_delivers_and_says_what_became_of_the_mail(blank_sqlite_app: Flask) -> None:
    queue("a@x.example", "gone@x.example", "busy@x.example")

    with smtp(blank_sqlite_app):
        result = blank_sqlite_app.test_cli_runner().invoke(args=["outbox", "deliver"])

    assert (result.exit_code, result.output) == (0, "Máy chủ đã nhận 1, lỗi tạm 1, lỗi hẳn 1.\n")


def test_the_command_exits_with_one_without_a_server(blank_sqlite_app: Flask) -> None:
    queue("a@x.example")
    point_at(blank_sqlite_app, closed_port())

    result = blank_sqlite_app.test_cli_runner().invoke(args=["outbox", "deliver"])

    assert result.exit_code == 1
    assert "Không nối được máy chủ thư: ConnectionRefusedError" in result.stderr


def test_the_command_sends_a_failed_mail_again_and_puts_it_on_record(blank_sqlite_app: Flask) -> None:
    (gone,) = queue("gone@x.example")
    with smtp(blank_sqlite_app):
        deliver(NOW)

    results = [blank_sqlite_app.test_cli_runner().invoke(args=["outbox", "retry", number]) for number in (str(gone), str(gone), "999")]

    assert [result.exit_code for result in results] == [0, 1, 1]
    assert mail(gone).state is MailState.QUEUED
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert last is not None
    assert (last.action, last.source.value) == ("mail.retry", "command")

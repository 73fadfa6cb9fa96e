"""Mail on its way out: claim with a lease, send with no transaction open, settle under the lease. The caller opens the transactions."""

from __future__ import annotations

import re
import secrets
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, cast

from flask import current_app
from flask_mail import BadHeaderError, Connection, Mail, Message
from sqlalchemy import or_, select, update

from models.db import db
from models.outbox import Notice, OutboxMail
from models.vocabulary import LetterName, MailState
from notifications.calendar_entry import Attachment, CalendarEntry, attachment_of, entry_of
from notifications.letter_words import Words
from notifications.letters import Letter, render_letter

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720)
PERMANENT = range(500, 600)
ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")
"""One mailbox in plain ASCII: no space, no line end, nothing that could become a header."""

mail = Mail()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed mail, complete and detached from the database."""

    id: int
    lease: str
    recipient: str
    message_id: str
    attempts: int
    letter: Letter


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the server said: accepted, or an error that is permanent or not."""

    accepted: bool
    permanent: bool = False
    error: str = ""


class VerifiedConnection(Connection):
    """Flask-Mail's connection with a timeout and verified TLS, which it does not have by itself."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect within MAIL_TIMEOUT seconds; a certificate that does not verify is refused."""
        settings, timeout = self.mail, current_app.config["MAIL_TIMEOUT"]
        context = ssl.create_default_context() if settings.use_ssl or settings.use_tls else None
        if settings.use_ssl:
            host: smtplib.SMTP | smtplib.SMTP_SSL = smtplib.SMTP_SSL(settings.server, settings.port, timeout=timeout, context=context)
        else:
            host = smtplib.SMTP(settings.server, settings.port, timeout=timeout)
        try:
            if settings.use_tls:
                host.starttls(context=context)
            if settings.username and settings.password:
                host.login(settings.username, settings.password)
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host


@contextmanager
def mail_connection() -> Iterator[Connection]:
    """One SMTP connection for a batch. Raises OSError or smtplib.SMTPException when the server cannot be reached."""
    connection = VerifiedConnection(current_app.extensions["mail"])
    connection.host = connection.configure_host()
    connection.num_emails = 0
    try:
        yield connection
    finally:
        try:
            connection.host.quit()
        except (smtplib.SMTPException, OSError):
            connection.host.close()


def anything_due(at: datetime) -> bool:
    """Whether a claim would find something; reads only."""
    return db.session.scalar(select(OutboxMail.id).where(_due(at)).limit(1)) is not None


def claim(at: datetime, limit: int) -> list[Outgoing]:
    """Take mails that are due, or whose lease ran out, under a new lease. Attempts count at the claim, so that a crash counts too."""
    lease = secrets.token_hex(8)
    query = select(OutboxMail).where(_due(at)).order_by(OutboxMail.next_attempt_at, OutboxMail.id).limit(limit)
    rows = list(db.session.scalars(query.with_for_update(skip_locked=True)))
    claimed = []
    for row in rows:
        row.attempts += 1
        try:
            letter, files = letter_of(row.notice), files_of(row.notice)
        except Exception as error:  # noqa: BLE001 (one letter that cannot be written must not hold the others back)
            row.state, row.lease_token, row.lease_until = MailState.FAILED, None, None
            row.last_error = f"{type(error).__name__}: {error}"[:500]
            continue
        claimed.append((row, replace(letter, attachments=files)))
        row.state = MailState.SENDING
        row.lease_token = lease
        row.lease_until = at + LEASE
        row.subject, row.text, row.html = letter.subject, letter.text, letter.html
    return [Outgoing(row.id, lease, row.recipient, row.message_id, row.attempts, letter) for row, letter in claimed]


def letter_of(notice: Notice) -> Letter:
    """A notice in words: the officers' own where they had worded the letter when it was written."""
    own = notice.wording
    return render(notice.letter, notice.facts, Words(own.subject, own.body) if own else None)


def calendar_entry_of(notice: Notice) -> CalendarEntry | None:
    """The date that a letter asks to be kept, as a calendar shows it; None when the letter brings none."""
    organizer = parseaddr(current_app.config["MAIL_REPLY_TO"] or current_app.config["MAIL_DEFAULT_SENDER"])[1]
    return entry_of(notice.facts, at=notice.created_at, base_url=current_app.config["BASE_URL"], organizer=organizer)


def files_of(notice: Notice) -> tuple[Attachment, ...]:
    """What goes with a letter: the calendar entry of its date."""
    entry = calendar_entry_of(notice)
    return (attachment_of(entry),) if entry is not None else ()


def render(name: LetterName, stated: Mapping[str, Any], words: Words | None = None) -> Letter:
    """A letter in words, with links to the configured address of the service, never to the one a request came by."""
    return render_letter(name, stated, base_url=current_app.config["BASE_URL"], words=words)


def send(connection: Connection, outgoing: Outgoing) -> Outcome:
    """Hand one mail to the server. Its refusal comes back as an outcome; a broken connection raises, as the rest cannot go either."""
    if not ADDRESS.fullmatch(outgoing.recipient):
        return Outcome(accepted=False, permanent=True, error="not an e-mail address")
    message = Message(
        subject=outgoing.letter.subject,
        recipients=[outgoing.recipient],
        body=outgoing.letter.text,
        html=outgoing.letter.html,
        sender=current_app.config["MAIL_DEFAULT_SENDER"],
        reply_to=current_app.config["MAIL_REPLY_TO"],
        extra_headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    for file in outgoing.letter.attachments:
        message.attach(file.name, file.media_type, file.content)
    message.msgId = outgoing.message_id
    host = cast("smtplib.SMTP", connection.host)
    try:
        sender = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1]
        host.sendmail(sender, [outgoing.recipient], message.as_bytes())
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = refusal.recipients[outgoing.recipient]
        return _refused(code, text)
    except (UnicodeError, ValueError, BadHeaderError) as error:
        return Outcome(accepted=False, permanent=True, error=f"{type(error).__name__}: {error}"[:500])
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code, refusal.smtp_error)
    return Outcome(accepted=True)


def send_or_reconnect(connection: Connection, outgoing: Outgoing) -> Outcome:
    """Send one mail. When the server hangs up on it, it is put off and the line opened again for the others."""
    try:
        return send(connection, outgoing)
    except smtplib.SMTPServerDisconnected as error:
        connection.host = connection.configure_host()
        return Outcome(accepted=False, error=f"{type(error).__name__}: {error}"[:500])


def settle(outgoing: Outgoing, outcome: Outcome, at: datetime) -> None:
    """Write what became of a mail, if its lease is still ours: another sender may have taken over a mail that was held too long."""
    values: dict[str, Any] = {"lease_token": None, "lease_until": None, "last_error": outcome.error}
    if outcome.accepted:
        values |= {"state": MailState.ACCEPTED, "accepted_at": at}
    elif outcome.permanent or outgoing.attempts >= MAX_ATTEMPTS:
        values |= {"state": MailState.FAILED}
    else:
        minutes = BACK_OFF_MINUTES[min(outgoing.attempts, len(BACK_OFF_MINUTES)) - 1]
        jitter = timedelta(seconds=secrets.randbelow(30))
        values |= {"state": MailState.RETRY, "next_attempt_at": at + timedelta(minutes=minutes) + jitter}
    db.session.execute(update(OutboxMail).where(OutboxMail.id == outgoing.id, OutboxMail.lease_token == outgoing.lease).values(**values))


def release(outgoing: Outgoing, error: str, at: datetime) -> None:
    """Give back a mail that could not be tried because the server was out of reach; that costs no attempt."""
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == outgoing.id, OutboxMail.lease_token == outgoing.lease)
        .values(
            state=MailState.RETRY,
            attempts=OutboxMail.attempts - 1,
            next_attempt_at=at + timedelta(minutes=BACK_OFF_MINUTES[1]),
            last_error=error,
            lease_token=None,
            lease_until=None,
        )
    )


def cancel_reminders(dossier_id: int) -> None:
    """Keep the reminders of a dossier that have not left from going out: its due date has changed."""
    reminders = select(Notice.id).where(
        Notice.dossier_id == dossier_id, Notice.letter.in_((LetterName.DOSSIER_REMINDER, LetterName.DOSSIER_OVERDUE))
    )
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.notice_id.in_(reminders), OutboxMail.state.in_((MailState.QUEUED, MailState.RETRY)))
        .values(state=MailState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


def retry(row: OutboxMail, at: datetime) -> None:
    """Send a failed or cancelled mail again, as the same message. Raises ValueError when it is on its way or already accepted."""
    if row.state not in {MailState.FAILED, MailState.CANCELLED, MailState.RETRY}:
        raise ValueError(row.state.value)
    row.state, row.attempts, row.next_attempt_at, row.last_error = MailState.QUEUED, 0, at, ""


def cancel(row: OutboxMail) -> None:
    """Keep an unsent mail from going out. Raises ValueError when it is on its way or already accepted."""
    if row.state not in {MailState.QUEUED, MailState.RETRY, MailState.FAILED}:
        raise ValueError(row.state.value)
    row.state = MailState.CANCELLED


def _due(at: datetime) -> Any:
    waiting = OutboxMail.state.in_((MailState.QUEUED, MailState.RETRY)) & (OutboxMail.next_attempt_at <= at)
    return or_(waiting, (OutboxMail.state == MailState.SENDING) & (OutboxMail.lease_until < at))


def _refused(code: int, text: bytes | str) -> Outcome:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Outcome(accepted=False, permanent=code in PERMANENT, error=f"{code} {words}"[:500])

"""Handing a letter to the mail server. No database here: what the server said comes back as an outcome."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header
from email.policy import compat32
from email.utils import parseaddr
from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_mail import BadHeaderError, Connection, Mail, Message

from notifications import trial

if TYPE_CHECKING:
    from notifications.claiming import Outgoing

PERMANENT = range(500, 600)
CLOSING = 421
"""The server's word that it is closing: it is away, the letter is not at fault."""
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
"""One mailbox of plain characters (RFC 5321, dot-string): nothing that could become a header, a list or a route."""
WIRE = compat32.clone(linesep="\r\n", max_line_length=None)
"""A subject is folded before; a Message-ID never is: a folded one would be another to some that read it."""

mail = Mail()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the server said: accepted, or an error that is permanent or not, and whether it was about the recipient's address."""

    accepted: bool
    permanent: bool = False
    error: str = ""
    about_recipient: bool = False
    malformed: bool = False


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


class Written(Message):
    """Flask-Mail's message, put into bytes by the older of Python's two e-mail policies: the same letter in a quarter of the time."""

    def as_bytes(self) -> bytes:
        """The message as it goes over the wire. Raises MessageError where a header would hold another one."""
        message = self._message()
        message.policy = WIRE
        message.replace_header("Subject", Header(self.subject, "utf-8", header_name="Subject").encode())
        return message.as_bytes()


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


def send(connection: Connection, outgoing: Outgoing) -> Outcome:
    """Hand one mail to the server. Its refusal comes back as an outcome; a broken connection raises, as the rest cannot go either.

    In a trial it goes to the trial's mailbox, with the unit that it was for in its subject.
    """
    if not ADDRESS.fullmatch(outgoing.recipient):
        return Outcome(accepted=False, permanent=True, error="not an e-mail address", malformed=True)
    redirected = trial.redirected_to()
    recipient = redirected or outgoing.recipient
    message = Written(
        subject=trial.marked(outgoing.letter.subject, outgoing.unit) if redirected else outgoing.letter.subject,
        recipients=[recipient],
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
        host.sendmail(sender, [recipient], message.as_bytes())
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = refusal.recipients[recipient]
        return _refused(code, text, about_recipient=redirected is None)
    except (UnicodeError, ValueError, MessageError, BadHeaderError) as error:
        return Outcome(accepted=False, permanent=True, error=f"{type(error).__name__}: {error}"[:500])
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused):
        raise
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code, refusal.smtp_error)
    return Outcome(accepted=True)


def _refused(code: int, text: bytes | str, *, about_recipient: bool = False) -> Outcome:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if code == CLOSING:
        raise smtplib.SMTPServerDisconnected(f"{code} {words}")
    return Outcome(accepted=False, permanent=code in PERMANENT, error=f"{code} {words}"[:500], about_recipient=about_recipient)

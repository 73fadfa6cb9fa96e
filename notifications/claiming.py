"""Taking mail to send: claim under a lease, settle under it, give back what could not be tried. The caller opens the transactions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, case, select, true, update
from sqlalchemy.orm import contains_eager

from models.db import db, table_of
from models.outbox import Notice, OutboxMail
from models.units import UnitAddress
from models.vocabulary import LetterName, MailReason, MailState
from notifications import journal
from notifications.calendar_entry import Attachment, attachment_of
from notifications.failures import address_refused
from notifications.gathering import members_of, still_standing
from notifications.letters import Letter
from notifications.outbox import calendar_entry_of, due, letter_of
from notifications.quiet import PROMPT, REMINDERS
from notifications.sending import Outcome
from notifications.standing import fresh_facts

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720)
JITTER_SECONDS = 30

_MAILS, _ADDRESSES = table_of(OutboxMail), table_of(UnitAddress)

_URGENCY = case((Notice.letter.in_(PROMPT), 0), (Notice.letter.in_((*REMINDERS, LetterName.DIGEST)), 2), else_=1)
_TRIED = case((OutboxMail.state == MailState.QUEUED, 0), else_=1)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed mail, complete and detached from the database; `lines` is what the sent-journal gets when a server has taken it."""

    id: int
    lease: str
    recipient: str
    message_id: str
    attempts: int
    letter: Letter
    unit: str = ""
    keys: tuple[tuple[str, str], ...] = ()


def claim(at: datetime, limit: int) -> list[Outgoing]:
    """Take mails that are due, or whose lease ran out, under a new lease. Attempts count at the claim, so that a crash counts too.

    What was not tried yet goes before what was put off, receipts before letters, letters before reminders.
    """
    lease = secrets.token_hex(8)
    query = (
        select(OutboxMail)
        .join(OutboxMail.notice)
        .join(Notice.campaign_unit)
        .options(contains_eager(OutboxMail.notice).contains_eager(Notice.campaign_unit))
        .where(due(at))
        .order_by(_TRIED, _URGENCY, OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(limit)
    )
    claimed = []
    for row in still_standing(list(db.session.scalars(query.with_for_update(skip_locked=True, of=OutboxMail))), at):
        row.attempts += 1
        try:
            letter = _written(row, at)
        except Exception as error:  # noqa: BLE001 (one letter that cannot be written must not hold the others back)
            for mail in (row, *members_of(row)):
                mail.state, mail.lease_token, mail.lease_until = MailState.FAILED, None, None
                mail.reason, mail.last_error = MailReason.UNWRITABLE, f"{type(error).__name__}: {error}"[:500]
            continue
        row.state, row.lease_token, row.lease_until, row.reason = MailState.SENDING, lease, at + LEASE, None
        row.subject, row.text, row.html = letter.subject, letter.text, letter.html
        for member in members_of(row):
            member.attempts += 1
        unit = row.notice.campaign_unit.official_name
        claimed.append(Outgoing(row.id, lease, row.recipient, row.message_id, row.attempts, letter, unit, _keys(row)))
    return claimed


def _written(row: OutboxMail, at: datetime) -> Letter:
    """The letter in the words of this moment, with the calendar entries of the dates that it speaks of."""
    stated = fresh_facts(row.notice, at) if row.notice.letter in REMINDERS else row.notice.facts
    entries = [entry for mail in [row, *members_of(row)] if (entry := calendar_entry_of(mail.notice)) is not None]
    files: tuple[Attachment, ...] = (attachment_of(*entries),) if entries else ()
    return replace(letter_of(row.notice, stated), attachments=files)


def _keys(row: OutboxMail) -> tuple[tuple[str, str], ...]:
    """The Message-ID and the content of the mail, and of each reminder that goes in it."""
    own = "-" if row.notice.letter is LetterName.DIGEST else journal.key_of(row.notice.letter, row.recipient, row.notice.facts)
    rest = [(mail.message_id, journal.key_of(mail.notice.letter, mail.recipient, mail.notice.facts)) for mail in members_of(row)]
    return ((row.message_id, own), *rest)


def write_down(outgoing: Outgoing, at: datetime) -> None:
    """Put a mail that a server has taken into the sent-journal, before the database is told."""
    journal.append([journal.Line(at, message_id, key) for message_id, key in outgoing.keys])


def settle(outgoing: Outgoing, outcome: Outcome, at: datetime) -> None:
    """Write what became of a mail, if its lease is still ours: another sender may have taken over a mail that was held too long."""
    values: dict[str, Any] = {"lease_token": None, "lease_until": None, "last_error": outcome.error}
    if outcome.accepted:
        values |= {"state": MailState.ACCEPTED, "accepted_at": at}
    elif outcome.permanent:
        values |= {"state": MailState.FAILED, "reason": _reason(outcome)}
    elif outgoing.attempts >= MAX_ATTEMPTS:
        values |= {"state": MailState.FAILED, "reason": MailReason.GIVEN_UP}
    else:
        minutes = BACK_OFF_MINUTES[min(outgoing.attempts, len(BACK_OFF_MINUTES)) - 1]
        jitter = timedelta(seconds=secrets.randbelow(JITTER_SECONDS))
        values |= {"state": MailState.RETRY, "next_attempt_at": at + timedelta(minutes=minutes) + jitter}
    if not _under_lease(outgoing, values):
        return
    if values["state"] in {MailState.ACCEPTED, MailState.FAILED}:
        shared = {"state": values["state"], "accepted_at": values.get("accepted_at"), "last_error": outcome.error}
        shared["reason"] = MailReason.DIGESTED if outcome.accepted else values["reason"]
        _update(update(_MAILS).where(_MAILS.c.digest_id == outgoing.id).values(**shared))
    _mark_address(outgoing.recipient, outcome, at)


def release(outgoing: Outgoing, error: str) -> None:
    """Give back a mail that could not be tried because the server was out of reach; that costs no attempt."""
    values = {"state": MailState.RETRY, "attempts": _MAILS.c.attempts - 1, "last_error": error, "lease_token": None, "lease_until": None}
    if _under_lease(outgoing, values):
        _update(update(_MAILS).where(_MAILS.c.digest_id == outgoing.id).values(attempts=_MAILS.c.attempts - 1))


def _under_lease(outgoing: Outgoing, values: dict[str, Any]) -> bool:
    return _update(update(_MAILS).where(_MAILS.c.id == outgoing.id, _MAILS.c.lease_token == outgoing.lease).values(**values)) == 1


def _update(statement: Update) -> int:
    """Change rows past the session, which holds none of them while mail is sent: it takes half the time. Gives how many."""
    changed: CursorResult[Any] = db.session.connection().execute(statement)
    return changed.rowcount


def _reason(outcome: Outcome) -> MailReason:
    if outcome.malformed:
        return MailReason.BAD_ADDRESS
    return MailReason.NO_MAILBOX if outcome.about_recipient and address_refused(outcome.error) else MailReason.REFUSED


def _mark_address(recipient: str, outcome: Outcome, at: datetime) -> None:
    """A mailbox that a server says does not exist is marked, for its unit and home affairs to mend; one that takes a letter is not."""
    values: dict[str, Any] = {"bounced_at": None, "bounce_reason": ""}
    if outcome.permanent and _reason(outcome) in {MailReason.NO_MAILBOX, MailReason.BAD_ADDRESS}:
        values = {"bounced_at": at, "bounce_reason": outcome.error[:300]}
    elif not outcome.accepted:
        return
    marked = _ADDRESSES.c.bounced_at.is_not(None) if outcome.accepted else true()
    _update(update(_ADDRESSES).where(_ADDRESSES.c.email == recipient, marked).values(**values))

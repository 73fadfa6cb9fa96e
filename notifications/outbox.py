"""The mail that waits: which of it is due, its words, and what people do to it by hand. Sending is in claiming.py and sending.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, or_, select, update

from models.db import db
from models.outbox import Notice, OutboxMail
from models.units import UnitAddress
from models.vocabulary import LetterName, MailReason, MailState
from notifications.calendar_entry import Attachment, CalendarEntry, attachment_of, entry_of
from notifications.letter_words import Words
from notifications.letters import Letter, render_letter
from notifications.notices import message_id
from notifications.sending import ADDRESS

WAITING = (MailState.QUEUED, MailState.RETRY)
UNSENT = (*WAITING, MailState.FAILED)


def due(at: datetime) -> ColumnElement[bool]:
    """What a claim may take: mail whose time has come, or whose sender has died; what goes inside another letter goes with that."""
    waiting = OutboxMail.state.in_(WAITING) & (OutboxMail.next_attempt_at <= at) & OutboxMail.digest_id.is_(None)
    return or_(waiting, (OutboxMail.state == MailState.SENDING) & (OutboxMail.lease_until < at))


def anything_due(at: datetime) -> bool:
    """Whether a claim would find something; reads only."""
    return db.session.scalar(select(OutboxMail.id).where(due(at)).limit(1)) is not None


def letter_of(notice: Notice, stated: Mapping[str, Any] | None = None) -> Letter:
    """A notice in words: the officers' own where they had worded the letter when it was written.

    `stated` are its facts as they are by now, where they have changed since.
    """
    own = notice.wording
    return render(notice.letter, notice.facts if stated is None else stated, Words(own.subject, own.body) if own else None)


def render(name: LetterName, stated: Mapping[str, Any], words: Words | None = None) -> Letter:
    """A letter in words, with links to the configured address of the service, never to the one a request came by."""
    return render_letter(name, stated, base_url=current_app.config["BASE_URL"], words=words)


def calendar_entry_of(notice: Notice) -> CalendarEntry | None:
    """The date that a letter asks to be kept, as a calendar shows it; None when the letter brings none."""
    organizer = parseaddr(current_app.config["MAIL_REPLY_TO"] or current_app.config["MAIL_DEFAULT_SENDER"])[1]
    return entry_of(notice.facts, at=notice.created_at, base_url=current_app.config["BASE_URL"], organizer=organizer)


def files_of(notice: Notice) -> tuple[Attachment, ...]:
    """What goes with a letter: the calendar entry of its date."""
    entry = calendar_entry_of(notice)
    return (attachment_of(entry),) if entry is not None else ()


def cancel_reminders(dossier_id: int) -> None:
    """Keep the reminders of a dossier that have not left from going out: its due date has changed."""
    reminders = select(Notice.id).where(
        Notice.dossier_id == dossier_id, Notice.letter.in_((LetterName.DOSSIER_REMINDER, LetterName.DOSSIER_OVERDUE))
    )
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.notice_id.in_(reminders), OutboxMail.state.in_(WAITING))
        .values(state=MailState.CANCELLED, reason=MailReason.DUE_CHANGED, digest_id=None)
        .execution_options(synchronize_session=False)
    )


def retry(row: OutboxMail, at: datetime) -> None:
    """Send a failed or cancelled mail again, as the same message. Raises ValueError when it is on its way or already accepted."""
    _hold(row)
    if row.state not in {MailState.FAILED, MailState.CANCELLED, MailState.RETRY}:
        raise ValueError(row.state.value)
    row.state, row.attempts, row.next_attempt_at, row.last_error, row.reason, row.digest_id = MailState.QUEUED, 0, at, "", None, None


def cancel(row: OutboxMail) -> None:
    """Keep an unsent mail from going out. Raises ValueError when it is on its way or already accepted."""
    _hold(row)
    if row.state not in UNSENT:
        raise ValueError(row.state.value)
    row.state, row.reason, row.digest_id = MailState.CANCELLED, MailReason.BY_HAND, None


class AddressRefused(ValueError):
    """A mailbox cannot be taken; the message is the code: malformed, same, taken, sent."""


def correct_address(row: OutboxMail, email: str, at: datetime) -> int:
    """Write a unit's mailbox anew: in the unit's list, in this mail and in the others to it that have not left, which are sent again.

    Gives back how many mails go to the new address. Raises AddressRefused for an address that is none, is the old one, is the unit's
    already, or when this mail has left.
    """
    _hold(row)
    former, unit = row.recipient, row.notice.campaign_unit.unit
    if row.state not in {*UNSENT, MailState.CANCELLED}:
        raise AddressRefused("sent")
    if not is_mailbox(email):
        raise AddressRefused("malformed")
    if email == former:
        raise AddressRefused("same")
    if any(known.email == email for known in unit.addresses):
        raise AddressRefused("taken")
    mailbox = next((known for known in unit.addresses if known.email == former), None)
    if mailbox is None:
        unit.addresses.append(UnitAddress(email=email))
    else:
        mailbox.email, mailbox.bounced_at, mailbox.bounce_reason = email, None, ""
    others = db.session.scalars(
        select(OutboxMail)
        .join(OutboxMail.notice)
        .where(OutboxMail.recipient == former, OutboxMail.state.in_(UNSENT), Notice.campaign_unit_id == row.notice.campaign_unit_id)
        .with_for_update(of=OutboxMail)
    )
    moved = {mail.id: mail for mail in [row, *others]}.values()
    for mail in moved:
        mail.recipient = email
        if mail.state not in WAITING:
            retry(mail, at)
    return len(moved)


def give_address(notice: Notice, email: str, at: datetime) -> OutboxMail:
    """Write down a mailbox of a unit whose letter went to none, and queue that letter to it.

    Raises AddressRefused for an address that is none, or when the letter has a mail meanwhile.
    """
    unit = notice.campaign_unit.unit
    if notice.mails:
        raise AddressRefused("sent")
    if not is_mailbox(email):
        raise AddressRefused("malformed")
    if all(known.email != email for known in unit.addresses):
        unit.addresses.append(UnitAddress(email=email))
    number = message_id(notice.letter, notice.audit_seq, notice.campaign_unit_id, notice.dossier_id, email)
    mail = OutboxMail(notice=notice, recipient=email, message_id=number, state=MailState.QUEUED, next_attempt_at=at)
    db.session.add(mail)
    db.session.flush()
    return mail


def is_mailbox(email: str) -> bool:
    """Whether a text is one mailbox in plain ASCII at a full domain."""
    return ADDRESS.fullmatch(email) is not None and len(email) <= 254 and "." in email.rpartition("@")[2]


def _hold(row: OutboxMail) -> None:
    """Look at a mail as it is now, and keep a sender from taking it until the transaction ends."""
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": OutboxMail})

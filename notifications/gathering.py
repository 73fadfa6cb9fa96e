"""What waits, put in order before it leaves: what no longer stands is cancelled, what must wait waits, reminders become one letter."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from models.campaigns import Campaign
from models.db import db
from models.localtime import local_day
from models.outbox import MailGate, Notice, OutboxMail
from models.vocabulary import LetterName, MailReason, MailState
from notifications import gate, journal
from notifications.letters import COMMON
from notifications.outbox import WAITING, due, letter_of
from notifications.quiet import PROMPT, REMINDERS, quiet_until
from notifications.standing import due_of, fresh_facts, reasons_against

AN_HOUR = 2
"""Mails with reminders that one mailbox gets in an hour at most."""
HOUR = timedelta(hours=1)
REMINDING = (*REMINDERS, LetterName.DIGEST)


def put_in_order(row: MailGate, at: datetime) -> None:
    """Bring the waiting mail into the shape in which it may leave at an instant. The caller holds the gate."""
    _skip_what_was_sent(gate.orphans(row))
    waiting = select(Notice.campaign_id).join(OutboxMail.notice).where(due(at)).distinct()
    quiet = {
        campaign.id: until
        for campaign in db.session.scalars(select(Campaign).where(Campaign.id.in_(waiting)))
        if (until := quiet_until(campaign, at)) is not None
    }
    for campaign_id, until in quiet.items():
        letters = select(Notice.id).where(Notice.campaign_id == campaign_id, Notice.letter.not_in((*PROMPT, *REMINDING)))
        db.session.execute(
            update(OutboxMail)
            .where(due(at), OutboxMail.state != MailState.SENDING, OutboxMail.notice_id.in_(letters))
            .values(next_attempt_at=until)
            .execution_options(synchronize_session=False)
        )
    _reminders(at, quiet)
    db.session.flush()


def still_standing(mails: Sequence[OutboxMail], at: datetime) -> list[OutboxMail]:
    """Of mails that are about to leave, those that still may: looked at once more, as the order may be a minute old."""
    digests = [mail for mail in mails if mail.notice.letter is LetterName.DIGEST]
    inside = {mail.id: members_of(mail) for mail in digests}
    reminders = [mail for mail in mails if mail.notice.letter in REMINDERS] + [member for members in inside.values() for member in members]
    against = reasons_against(reminders, at) if reminders else {}
    for digest in digests:
        kept = _drop(inside[digest.id], against)
        if not kept:
            _cancel(digest, MailReason.ACTED)
        elif len(kept) < len(inside[digest.id]):
            digest.notice.facts = _digest_facts(kept, at)
            db.session.flush()
            db.session.expire(digest, ["members"])
    _drop([mail for mail in mails if mail.id in against], against)
    return [mail for mail in mails if mail.state is not MailState.CANCELLED]


def members_of(mail: OutboxMail) -> list[OutboxMail]:
    """The reminders that go in a letter that gathers several."""
    return mail.members if mail.notice.letter is LetterName.DIGEST else []


def _skip_what_was_sent(orphans: Mapping[str, journal.Line]) -> None:
    """Letters written again after a restore that were sent before it: they count as sent, under the Message-ID that they had."""
    if not orphans:
        return
    left = dict(orphans)
    for mail in db.session.scalars(_with_notices().where(OutboxMail.state.in_(WAITING), Notice.letter != LetterName.DIGEST)):
        line = left.pop(journal.key_of(mail.notice.letter, mail.recipient, mail.notice.facts), None)
        if line is not None:
            mail.message_id, mail.digest_id = line.message_id, None
            gate.accepted(mail, line.at, MailReason.SENT_BEFORE)
    db.session.flush()


def _reminders(at: datetime, quiet: Mapping[int, datetime]) -> None:
    """Reminders: those that still stand, the newest of each kind, one letter to a mailbox, two an hour at most."""
    query = _with_notices().where(due(at), OutboxMail.state != MailState.SENDING, Notice.letter.in_(REMINDING))
    mails = list(db.session.scalars(query.order_by(OutboxMail.id)))
    if not mails:
        return
    digests = {mail.id: mail for mail in mails if mail.notice.letter is LetterName.DIGEST}
    if digests:
        mails += db.session.scalars(_with_notices().where(OutboxMail.digest_id.in_(digests)).order_by(OutboxMail.id))
    singles = [mail for mail in mails if mail.id not in digests]
    standing = _newest(_drop(singles, reasons_against(singles, at)))
    by_mailbox: dict[tuple[str, int], list[OutboxMail]] = defaultdict(list)
    for mail in standing:
        by_mailbox[mail.recipient, mail.notice.campaign_id].append(mail)
    open_digest = {(mail.recipient, mail.notice.campaign_id): mail for mail in digests.values()}
    for mailbox in open_digest.keys() - by_mailbox.keys():
        _cancel(open_digest[mailbox], MailReason.ACTED)
    sent = _sent_lately({recipient for recipient, _campaign in by_mailbox}, at)
    for mailbox, together in by_mailbox.items():
        leaving = _one_letter(open_digest.get(mailbox), together, at)
        until = quiet.get(mailbox[1])
        times = [until] if until is not None and not _last_chance(together, until) else []
        if len(sent[mailbox[0]]) >= AN_HOUR:
            times.append(sorted(sent[mailbox[0]])[-AN_HOUR] + HOUR)
        if times:
            leaving.next_attempt_at = max(times)


def _one_letter(digest: OutboxMail | None, together: Sequence[OutboxMail], at: datetime) -> OutboxMail:
    """The mail that these reminders leave in: the only one by itself, several in one letter that names them all."""
    if digest is None and len(together) == 1:
        return together[0]
    if digest is None:
        digest = _new_digest(together, at)
    joined = [mail for mail in together if mail.digest_id != digest.id]
    for mail in joined:
        mail.digest_id = digest.id
    if joined or len(together) != len(digest.notice.facts["items"]) or local_day(digest.notice.created_at) != local_day(at):
        digest.notice.facts = _digest_facts(together, at)
    return digest


def _new_digest(together: Sequence[OutboxMail], at: datetime) -> OutboxMail:
    latest = max((mail.notice for mail in together), key=lambda notice: notice.audit_seq)
    digest = hashlib.sha256("|".join(mail.message_id for mail in together).encode()).hexdigest()[:24]
    notice = Notice(
        letter=LetterName.DIGEST,
        campaign_id=latest.campaign_id,
        campaign_unit_id=together[0].notice.campaign_unit_id,
        audit_seq=latest.audit_seq,
        facts={"items": []},
        created_at=at,
    )
    mail = OutboxMail(
        notice=notice,
        recipient=together[0].recipient,
        message_id=f"<digest.{latest.audit_seq}.{digest}@{current_app.config['MAIL_DOMAIN']}>",
        state=MailState.QUEUED,
        next_attempt_at=min(mail.next_attempt_at for mail in together),
    )
    db.session.add(mail)
    db.session.flush()
    return mail


def _digest_facts(together: Sequence[OutboxMail], at: datetime) -> dict[str, Any]:
    """What the one letter states: each reminder by its own subject, with what it says of its own, the most urgent first.

    A working that several dates share is told once.
    """
    latest = max((mail.notice for mail in together), key=lambda notice: notice.audit_seq)
    ordered = sorted(together, key=lambda mail: (due_of(mail.notice.facts) or local_day(at), mail.id))
    items, told = list[dict[str, Any]](), list[Any]()
    for mail in ordered:
        stated = fresh_facts(mail.notice, at)
        working = [] if stated["working"] in told else stated["working"]
        told.append(working)
        of_its_own = {name: stated[name] for name in ("due", "link", "collective", "units") if name in stated}
        items.append({"what": letter_of(mail.notice, stated).subject, "working": working} | of_its_own)
    common = {name: value for name, value in latest.facts.items() if name in COMMON}
    return common | {"unit": together[0].notice.facts["unit"], "link": "/", "items": items}


def _drop(mails: Iterable[OutboxMail], against: Mapping[int, MailReason]) -> list[OutboxMail]:
    kept = []
    for mail in mails:
        if mail.id in against:
            _cancel(mail, against[mail.id])
        else:
            kept.append(mail)
    return kept


def _newest(mails: Iterable[OutboxMail]) -> list[OutboxMail]:
    """Of several unsent reminders of one kind about one thing to one mailbox, the newest; it says all that the older ones say."""
    newest: dict[tuple[Any, ...], OutboxMail] = {}
    for mail in sorted(mails, key=lambda mail: mail.notice_id):
        key = (mail.recipient, mail.notice.campaign_unit_id, mail.notice.dossier_id, mail.notice.letter)
        if key in newest:
            _cancel(newest[key], MailReason.SUPERSEDED)
        newest[key] = mail
    return list(newest.values())


def _cancel(mail: OutboxMail, reason: MailReason) -> None:
    mail.state, mail.reason, mail.digest_id = MailState.CANCELLED, reason, None


def _last_chance(together: Sequence[OutboxMail], until: datetime) -> bool:
    """Whether the quiet time ends only after the last day of something that is reminded of: then it is not waited for."""
    dues = [due_of(mail.notice.facts) for mail in together if mail.notice.letter is not LetterName.DOSSIER_OVERDUE]
    return any(day is not None and local_day(until) > day for day in dues)


def _sent_lately(recipients: set[str], at: datetime) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    query = (
        select(OutboxMail.recipient, OutboxMail.accepted_at)
        .join(OutboxMail.notice)
        .where(
            OutboxMail.accepted_at > at - HOUR,
            OutboxMail.recipient.in_(recipients),
            OutboxMail.digest_id.is_(None),
            Notice.letter.in_(REMINDING),
        )
    )
    for row in db.session.execute(query):
        found[row.recipient].append(row.accepted_at)
    return found


def _with_notices() -> Any:
    return select(OutboxMail).join(OutboxMail.notice).options(contains_eager(OutboxMail.notice))

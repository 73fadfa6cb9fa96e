"""Which act is followed by which letters to whom, and their queueing in the act's own transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import insert, select

from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import MANY, db, insert_rows, table_of
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.reminding import LetterWording
from models.vocabulary import LetterName, MailState
from notifications import facts
from notifications.calendar_entry import CARRIERS
from notifications.letters import FACTS
from notifications.recipients import Addressee, Audience, addresses_of, reached_at, units_of

A = Audience


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """After an act, this letter goes to these audiences."""

    letter: LetterName
    audiences: tuple[Audience, ...]
    clause: str


NOTICES: Mapping[Action, tuple[NoticeRule, ...]] = {
    Action.DOSSIER_OPEN: (),  # the acceptance of the registration has its own letter
    Action.DOSSIER_RANK: (NoticeRule(LetterName.RANKING_PUBLISHED, (A.UNIT,), "III.4.a"),),
    Action.DOSSIER_SELECT: (NoticeRule(LetterName.SELECTED, (A.UNIT, A.SUBMITTING_UNIT), "III.4.a"),),
    Action.DOSSIER_PASS_OVER: (NoticeRule(LetterName.PASSED_OVER, (A.UNIT,), "III.4.a"),),
    Action.DOSSIER_SUBMIT: (NoticeRule(LetterName.SUBMITTED, (A.SUBMITTING_UNIT, A.UNIT), "III.4.c"),),
    Action.DOSSIER_SEND_BACK: (NoticeRule(LetterName.SENT_BACK, (A.SUBMITTING_UNIT, A.UNIT), "IV"),),
    Action.EXTENSION_ASK: (NoticeRule(LetterName.EXTENSION_ASKED, (A.HOME_AFFAIRS,), "II.3"),),
    Action.EXTENSION_REFUSE: (NoticeRule(LetterName.EXTENSION_REFUSED, (A.SUBMITTING_UNIT, A.UNIT), "II.3"),),
    Action.DOSSIER_ADMIT: (NoticeRule(LetterName.DOSSIER_ADMITTED, (A.SUBMITTING_UNIT, A.UNIT), "II.3"),),
    Action.DOSSIER_EXTEND: (NoticeRule(LetterName.EXTENDED, (A.SUBMITTING_UNIT, A.UNIT), "II.3"),),
    Action.DOSSIER_REVIEW: (NoticeRule(LetterName.REVIEWED, (A.SUBMITTING_UNIT, A.UNIT), ""),),
    Action.DOSSIER_DECLINE: (NoticeRule(LetterName.DECLINED, (A.SUBMITTING_UNIT, A.UNIT), ""),),
    Action.DOSSIER_FORWARD: (NoticeRule(LetterName.FORWARDED, (A.SUBMITTING_UNIT, A.UNIT), "IV"),),
    Action.DOSSIER_AWARD: (NoticeRule(LetterName.AWARDED, (A.SUBMITTING_UNIT, A.UNIT), "III.3"),),
    Action.DOSSIER_REFUSE: (NoticeRule(LetterName.REFUSED, (A.SUBMITTING_UNIT, A.UNIT), "III.3"),),
    Action.DOSSIER_WITHDRAW: (NoticeRule(LetterName.WITHDRAWN, (A.SUBMITTING_UNIT, A.UNIT, A.HOME_AFFAIRS), "I.2"),),
    Action.DOSSIER_LAPSE: (NoticeRule(LetterName.LAPSED, (A.SUBMITTING_UNIT, A.UNIT), "II.3"),),
    Action.DOSSIER_CORRECT: (NoticeRule(LetterName.CORRECTED, (A.SUBMITTING_UNIT, A.UNIT), ""),),
}
"""Letters after the acts on a dossier. Registrations, the campaign and reminders queue theirs with `queue_letters` directly."""

_NOTICE, _MAIL = table_of(Notice), table_of(OutboxMail)
_INSERT_NOTICES = insert(_NOTICE).returning(_NOTICE.c.id, sort_by_parameter_order=True)
_INSERT_MAILS = insert(_MAIL)


def queue_notices(entry: AuditEntry) -> None:
    """Queue the letters that follow an act on a dossier. They leave only if the act is committed."""
    dossier = db.session.get_one(Dossier, entry.dossier_id)
    for rule in NOTICES[Action(entry.action)]:
        units = units_of(rule.audiences, dossier.campaign_unit)
        stated = dossier_letter_facts(rule, dossier, entry)
        if rule.letter is LetterName.RANKING_PUBLISHED and not stated["number"]:
            continue  # recognised or rated before the announcement: there is no decision to speak of yet
        queue_letters(rule.letter, [(unit, stated) for unit in units], entry, dossier_id=dossier.id)


def dossier_letter_facts(rule: NoticeRule, dossier: Dossier, entry: AuditEntry) -> dict[str, Any]:
    """The facts of one letter about a dossier, the addressee aside."""
    letter = rule.letter
    stated = facts.common_facts(dossier.campaign, entry, clause=rule.clause, link=f"/dossiers/{dossier.id}")
    stated |= facts.dossier_facts(dossier, entry)
    if letter is LetterName.SUBMITTED:
        stated |= facts.submission_facts(dossier)
    elif letter in {LetterName.REVIEWED, LetterName.AWARDED, LetterName.REFUSED}:
        stated |= facts.outcome_facts(dossier, letter)
    elif letter is LetterName.EXTENSION_ASKED:
        stated |= facts.request_facts(dossier)
    elif letter is LetterName.RANKING_PUBLISHED:
        stated |= facts.ranking_facts(dossier.campaign, dossier.campaign_unit)
    return stated


def queue_letters(
    letter: LetterName,
    addressed: Sequence[tuple[CampaignUnit | Addressee, Mapping[str, Any]]],
    entry: AuditEntry,
    *,
    dossier_id: int | None = None,
    dossier_ids: Sequence[int | None] = (),
    mailboxes: Sequence[str] | None = None,
) -> list[int]:
    """Queue one letter to several units, each with its facts: a notice for each unit, a mail for each of its mailboxes.

    Gives back the ids of the notices in order. A unit without a mailbox still has its notice, to be read on the pages;
    what is for a unit that has ended goes to its successor's mailboxes. `mailboxes` are given where a letter goes to persons, not to
    the unit that it stands under: the members of the council, those who keep the checkpoints.
    """
    if not addressed:
        return []
    wording_id = wording_in_force(addressed[0][0].campaign_id, letter)
    named = FACTS[letter]
    notices: list[dict[str, Any]] = [
        {
            "letter": letter,
            "campaign_id": unit.campaign_id,
            "campaign_unit_id": unit.id,
            "dossier_id": dossier_ids[number] if dossier_ids else dossier_id,
            "audit_seq": entry.seq,
            "facts": _kept(letter, named, {"unit": unit.official_name, **stated}),
            "wording_id": wording_id,
            "created_at": entry.at,
        }
        for number, (unit, stated) in enumerate(addressed)
    ]
    ids = _inserted(notices, entry.seq)
    reached = reached_at(unit for unit, _ in addressed)
    known = addresses_of(reached.values()) if mailboxes is None else {unit: list(mailboxes) for unit in reached.values()}
    mails = [
        _mail(notice_id, message_id(letter, entry.seq, unit.id, notice["dossier_id"], recipient), recipient, entry)
        for notice_id, notice, (unit, _) in zip(ids, notices, addressed, strict=True)
        for recipient in known[reached[unit.id]]
    ]
    if mails:
        insert_rows(_INSERT_MAILS, mails)
    return ids


def _inserted(notices: list[dict[str, Any]], seq: int) -> list[int]:
    """Write notices and give back their ids in order. A large set is written first and its ids read after: they rise in its order."""
    connection = db.session.connection()
    if len(notices) < MANY:
        return [row.id for row in connection.execute(_INSERT_NOTICES, notices)]
    insert_rows(insert(_NOTICE), notices)
    latest = select(_NOTICE.c.id).where(_NOTICE.c.audit_seq == seq).order_by(_NOTICE.c.id.desc()).limit(len(notices))
    return list(reversed(connection.scalars(latest).all()))


def wording_in_force(campaign_id: int, letter: LetterName) -> int | None:
    """The officers' wording of a letter in a campaign; None while the template speaks."""
    of_letter = (LetterWording.campaign_id == campaign_id, LetterWording.letter == letter)
    latest = db.session.execute(
        select(LetterWording.id, LetterWording.body).where(*of_letter).order_by(LetterWording.version.desc()).limit(1)
    ).first()
    return latest.id if latest and latest.body else None


def _kept(letter: LetterName, named: frozenset[str], stated: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a letter is written from, and the date for its calendar entry where it carries one."""
    wanted = named | {"calendar"} if letter in CARRIERS and stated.get("calendar") else named
    return {name: value for name, value in stated.items() if name in wanted}


def message_id(letter: LetterName, seq: int, unit_id: int, dossier_id: int | None, recipient: str) -> str:
    """A Message-ID made from what the letter is about, the same at every attempt, so that a repeat shows."""
    digest = hashlib.sha256(f"{letter.value}|{seq}|{unit_id}|{dossier_id}|{recipient}".encode()).hexdigest()[:24]
    return f"<{letter.value}.{seq}.{digest}@{current_app.config['MAIL_DOMAIN']}>"


def _mail(notice_id: int, message: str, recipient: str, entry: AuditEntry) -> dict[str, Any]:
    return {
        "notice_id": notice_id,
        "recipient": recipient,
        "message_id": message,
        "state": MailState.QUEUED,
        "attempts": 0,
        "next_attempt_at": entry.at,
        "last_error": "",
    }

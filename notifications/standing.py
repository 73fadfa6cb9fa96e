"""Whether a reminder that waits is still so at the moment of sending: the unit may have acted a minute ago, or the date may have moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.campaigns import Campaign
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Notice, OutboxMail
from models.vocabulary import DossierState, LetterName, MailReason, Milestone
from notifications.reminders import silent_units
from notifications.wording import day_words, left_words

KEPT_AFTER_DUE = timedelta(days=2)
"""A reminder that could not leave until two days after the due date helps nobody any more."""


def reasons_against(mails: Sequence[OutboxMail], at: datetime) -> dict[int, MailReason]:
    """Why waiting reminders must not go out any more, by mail; those that still stand are missing. A fixed number of queries."""
    notices = {mail.notice.id: mail.notice for mail in mails}.values()
    found = _against_dossiers([notice for notice in notices if notice.dossier_id is not None])
    found |= _against_forms([notice for notice in notices if notice.dossier_id is None])
    for notice in notices:
        due = due_of(notice.facts)
        if due is not None and notice.letter is not LetterName.DOSSIER_OVERDUE and local_day(at) > due + KEPT_AFTER_DUE:
            found.setdefault(notice.id, MailReason.EXPIRED)
    return {mail.id: found[mail.notice.id] for mail in mails if mail.notice.id in found}


def _against_dossiers(notices: Sequence[Notice]) -> dict[int, MailReason]:
    """II.3: a dossier is reminded of while it is being prepared, and of the date that holds."""
    ids = {notice.dossier_id for notice in notices}
    rows = db.session.execute(select(Dossier.id, Dossier.state, Dossier.due_on).where(Dossier.id.in_(ids))) if ids else ()
    now = {row.id: row for row in rows}
    found = {}
    for notice in notices:
        row = now[notice.dossier_id or 0]
        if row.state is not DossierState.SELECTED:
            found[notice.id] = MailReason.ACTED
        elif row.due_on is None or _moved(notice.facts, row.due_on):
            found[notice.id] = MailReason.DUE_CHANGED
    return found


def _against_forms(notices: Sequence[Notice]) -> dict[int, MailReason]:
    """II.3: a unit is reminded to register while nothing of it is sent or accepted; a district, while one of its communes is missing."""
    found: dict[int, MailReason] = {}
    for campaign_id in {notice.campaign_id for notice in notices}:
        silent = silent_units(db.session.get_one(Campaign, campaign_id))
        owing = {unit.id for unit in silent}
        lacking = {unit.compiled_by_id for unit in silent}
        due = db.session.scalars(
            select(Deadline.due_on)
            .where(Deadline.campaign_id == campaign_id, Deadline.dossier_id.is_(None), Deadline.milestone == Milestone.REGISTRATION)
            .order_by(Deadline.version.desc())
        ).first()
        for notice in (n for n in notices if n.campaign_id == campaign_id):
            waited_for = lacking if notice.letter is LetterName.REGISTRATION_REMINDER_COMPILED else owing
            if notice.campaign_unit_id not in waited_for:
                found[notice.id] = MailReason.ACTED
            elif due is not None and _moved(notice.facts, due):
                found[notice.id] = MailReason.DUE_CHANGED
    return found


def fresh_facts(notice: Notice, at: datetime) -> dict[str, Any]:
    """A reminder's facts as they are now: how long is left, and which communes are missing still."""
    stated, due = dict(notice.facts), due_of(notice.facts)
    if due is not None:
        stated |= dict.fromkeys({"left", "overdue"} & stated.keys(), left_words(due, local_day(at)))
    if notice.letter is LetterName.REGISTRATION_REMINDER_COMPILED:
        names = {unit.name for unit in silent_units(notice.campaign_unit.campaign) if unit.compiled_by_id == notice.campaign_unit_id}
        stated["units"] = [name for name in stated["units"] if name in names] or stated["units"]
    return stated


def due_of(facts: dict[str, Any]) -> date | None:
    """The due date that a letter speaks of; older letters have it in words only."""
    if facts.get("calendar"):
        return date.fromisoformat(facts["calendar"]["due_on"])
    parts = str(facts.get("due_date", "")).split("/")
    return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 and all(part.isdecimal() for part in parts) else None


def _moved(facts: dict[str, Any], due: date) -> bool:
    return "due_date" in facts and facts["due_date"] != day_words(due)

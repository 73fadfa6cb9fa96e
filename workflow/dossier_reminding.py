"""Units that have not submitted their dossier, reminded by hand (II.3): ticked by home affairs, once a day unless confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from audit import Act, record
from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Notice
from models.people import Actor
from models.vocabulary import DossierState, LetterName
from notifications.facts import checklist, common_facts, deadline_facts
from notifications.notices import queue_letters
from workflow import deadlines
from workflow.acts import refuse_if
from workflow.rules.objection import Objection

REMINDERS = (LetterName.DOSSIER_REMINDER, LetterName.DOSSIER_OVERDUE)


@dataclass(frozen=True, slots=True)
class Reminded:
    """Which dossiers were reminded of, and which were left out for which reason."""

    entry: AuditEntry
    dossiers: list[Dossier]
    left_out: list[tuple[Dossier, Objection]]


def last_reminded(dossiers: Sequence[Dossier]) -> dict[int, datetime]:
    """When each of some dossiers was last reminded of, by the worker or by hand."""
    query = (
        select(Notice.dossier_id, func.max(Notice.created_at))
        .where(Notice.dossier_id.in_([dossier.id for dossier in dossiers]), Notice.letter.in_(REMINDERS))
        .group_by(Notice.dossier_id)
    )
    return {dossier_id: at for dossier_id, at in db.session.execute(query) if dossier_id is not None}


def not_to_remind(dossiers: Sequence[Dossier], *, again: bool, at: datetime) -> list[tuple[Dossier, Objection]]:
    """Those of some dossiers that are not reminded of: not waiting to be submitted, or reminded of today and this is not to be repeated."""
    last, found = last_reminded(dossiers), list[tuple[Dossier, Objection]]()
    for dossier in dossiers:
        if dossier.state is not DossierState.SELECTED or dossier.due_on is None:
            found.append((dossier, Objection("not_to_remind", {"code": dossier.code, "state": dossier.state.value}, "II.3")))
        elif not again and dossier.id in last and local_day(last[dossier.id]) == local_day(at):
            found.append((dossier, Objection("dossier_reminded_today", {"code": dossier.code})))
    return found


def remind_dossiers(
    campaign: Campaign, dossiers: Sequence[Dossier], *, again: bool, actor: Actor, at: datetime, key: str | None = None
) -> Reminded:
    """II.3: write the reminder, after the due date the notice that it has passed, of dossiers that wait to be submitted: one act.

    It goes to the submitting unit and the collective. Raises ActRefused when none of them is to be reminded of.
    """
    left_out = not_to_remind(dossiers, again=again, at=at)
    skipped = {dossier.id for dossier, _ in left_out}
    told = [dossier for dossier in dossiers if dossier.id not in skipped]
    refuse_if(None if told else Objection("nobody_to_remind"), *([] if told else [objection for _, objection in left_out]))
    clause = campaign.plan.window_clause
    detail = {"reminded": [f"{dossier.code} {dossier.campaign_unit.long_name}" for dossier in told], "again": again}
    act = Act(Action.DOSSIER_REMIND, f"campaign:{campaign.id}", clause=clause, detail=detail, campaign_id=campaign.id, request_key=key)
    entry = record(act, actor=actor, at=at)
    common = common_facts(campaign, entry, clause=clause, link="") | {"checklist": checklist(campaign.plan)}
    for dossier in told:
        latest = deadlines.of_dossier(dossier)[-1]
        letter = LetterName.DOSSIER_REMINDER if local_day(at) <= latest.due_on else LetterName.DOSSIER_OVERDUE
        stated = common | deadline_facts(latest, local_day(at))
        stated |= {"dossier": dossier.code, "collective": dossier.campaign_unit.long_name, "link": f"/dossiers/{dossier.id}"}
        units = {unit.id: unit for unit in (dossier.submits, dossier.campaign_unit)}
        queue_letters(letter, [(unit, stated) for unit in units.values()], entry, dossier_id=dossier.id)
    return Reminded(entry, told, left_out)

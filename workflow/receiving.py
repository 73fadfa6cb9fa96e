"""Beside the single forms (II.3, IV): silent units reminded by hand, a late registration asked for, a district's roll-up sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.localtime import local_day
from models.people import Actor
from models.registrations import LateRequest, Registration, RollupReport
from models.vocabulary import LetterName, Milestone, RegistrationState
from notifications.facts import common_facts, deadline_facts
from notifications.notices import queue_letters
from notifications.recipients import home_affairs
from notifications.silence import NEVER, times_told
from notifications.wording import due_words, moment_words
from workflow import deadlines
from workflow.acts import refuse_if
from workflow.registrations import admission_of, due_date, registration_of, settled
from workflow.rules.eligibility import unit_ended, unit_not_eligible
from workflow.rules.objection import Objection, Place

ANSWERED = (RegistrationState.SENT, RegistrationState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Reminded:
    """Who was reminded, and who was left out for which reason."""

    entry: AuditEntry
    units: list[CampaignUnit]
    left_out: list[tuple[CampaignUnit, Objection]]


def reminders_over(campaign: Campaign, today: date) -> Objection | None:
    """II.3: after the due date nobody is asked to register any more."""
    due = due_date(campaign)
    return Objection("registration_over", {"due": due.isoformat()}, campaign.plan.registration_clause) if today > due else None


def not_to_remind(campaign: Campaign, units: Sequence[CampaignUnit], *, again: bool, today: date) -> list[tuple[CampaignUnit, Objection]]:
    """Those of some units that are not reminded: they have answered, or were told today already and this is not to be repeated."""
    ids = [unit.id for unit in units]
    answered = select(Registration.campaign_unit_id).where(Registration.campaign_unit_id.in_(ids), Registration.state.in_(ANSWERED))
    done, told = set(db.session.scalars(answered)), times_told(campaign, ids)
    found: list[tuple[CampaignUnit, Objection]] = []
    for unit in units:
        last_at = told.get(unit.id, NEVER).last_at
        objection = (
            unit_ended(unit.ended_on, unit.name)
            or unit_not_eligible(unit.eligible and unit.form_unit_id == unit.id, unit.name)
            or (Objection("not_silent", {"unit": unit.long_name}) if unit.id in done else None)
        )
        if objection is None and not again and last_at is not None and local_day(last_at) == today:
            objection = Objection("reminded_today", {"unit": unit.long_name})
        if objection is not None:
            found.append((unit, objection))
    return found


def remind(
    campaign: Campaign, units: Sequence[CampaignUnit], *, again: bool, actor: Actor, at: datetime, key: str | None = None
) -> Reminded:
    """II.3: write the registration reminder to units that sent nothing, once a day unless `again`: one act, one entry.

    Raises ActRefused after the due date, and when nobody of them is to be reminded.
    """
    today = local_day(at)
    left_out = not_to_remind(campaign, units, again=again, today=today)
    skipped = {unit.id for unit, _ in left_out}
    told = [unit for unit in units if unit.id not in skipped]
    refuse_if(
        reminders_over(campaign, today),
        None if told else Objection("nobody_to_remind"),
        *([] if told else [objection for _, objection in left_out]),
    )
    detail = {"reminded": [unit.long_name for unit in told], "again": again}
    act = Act(
        Action.REGISTRATION_REMIND,
        f"campaign:{campaign.id}",
        clause=campaign.plan.registration_clause,
        detail=detail,
        campaign_id=campaign.id,
        request_key=key,
    )
    entry = record(act, actor=actor, at=at)
    deadline = deadlines.current(campaign, Milestone.REGISTRATION)
    common = common_facts(campaign, entry, clause=campaign.plan.registration_clause, link="")
    common |= deadline_facts(deadline, today) if deadline else {}
    queue_letters(LetterName.REGISTRATION_REMINDER, [(unit, common | {"link": f"/registrations/{unit.id}"}) for unit in told], entry)
    return Reminded(entry, told, left_out)


def late_request_of(unit: CampaignUnit) -> LateRequest | None:
    """What a unit wrote when it asked to register late."""
    return db.session.scalars(select(LateRequest).where(LateRequest.campaign_unit_id == unit.id)).first()


def not_to_ask(unit: CampaignUnit, today: date) -> list[Objection]:
    """II.3: why a unit has no late registration to ask for: it can still send, has sent, was admitted, or has asked."""
    due, form = due_date(unit.campaign), registration_of(unit)
    found = [
        unit_ended(unit.ended_on, unit.name),
        None if today > due else Objection("registration_still_open", {"due": due.isoformat()}, "II.3", Place.REGISTRATION),
        None if form is None or form.state is RegistrationState.DRAFT else settled(form),
        None if admission_of(unit) is None else Objection("admitted_already", {"unit": unit.name}),
        None if late_request_of(unit) is None else Objection("asked_already", {"unit": unit.name}),
    ]
    return [objection for objection in found if objection is not None]


def ask_late(unit: CampaignUnit, reason: str, *, actor: Actor, at: datetime, key: str | None = None) -> LateRequest:
    """II.3: a unit that missed the due date asks to register all the same; home affairs is told and answers with an admission."""
    campaign, today = unit.campaign, local_day(at)
    refuse_if(*not_to_ask(unit, today))
    asked = LateRequest(campaign_unit=unit, reason=reason, asked_by_id=actor.user_id, asked_at=at)
    db.session.add(asked)
    db.session.flush()
    act = Act(
        Action.REGISTRATION_ASK_LATE,
        f"unit:{unit.id}",
        clause="II.3",
        detail={"unit": unit.long_name, "reason": reason},
        campaign_id=campaign.id,
        request_key=key,
    )
    entry = record(act, actor=actor, at=at)
    facts = common_facts(campaign, entry, clause="II.3", link=f"/registrations/{unit.id}/admission")
    facts |= {
        "asking": unit.long_name,
        "reason": reason,
        "due": due_words(due_date(campaign)),
        "told": times_told(campaign, [unit.id]).get(unit.id, NEVER).taken,
    }
    queue_letters(LetterName.REGISTRATION_LATE_ASKED, [(home_affairs(campaign), facts)], entry)
    return asked


def last_report(unit: CampaignUnit) -> RollupReport | None:
    """The roll-up that a district sent last."""
    query = select(RollupReport).where(RollupReport.campaign_unit_id == unit.id).order_by(RollupReport.id.desc())
    return db.session.scalars(query.limit(1)).first()


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a district reports: its figures, the forms as they stand, and the words for the letter."""

    figures: Mapping[str, int]
    forms: Mapping[str, Any]
    counts: Sequence[Mapping[str, str]]
    missing: Sequence[str]
    changes: Sequence[str]


def report(unit: CampaignUnit, rollup: Rollup, *, actor: Actor, at: datetime, key: str | None = None) -> RollupReport:
    """IV: a district sends the roll-up of its units' forms to home affairs, in one act; again when a form has changed since.

    It only reports: the forms stay as they are. Raises ActRefused when nothing has changed since the last time.
    """
    campaign, before = unit.campaign, last_report(unit)
    same = before is not None and before.forms == dict(rollup.forms)
    refuse_if(
        unit_ended(unit.ended_on, unit.name),
        Objection("report_unchanged", {"at": moment_words(before.sent_at)}, "IV") if before is not None and same else None,
    )
    sent = RollupReport(campaign_unit=unit, figures=dict(rollup.figures), forms=dict(rollup.forms), sent_by_id=actor.user_id, sent_at=at)
    db.session.add(sent)
    db.session.flush()
    act = Act(
        Action.REGISTRATION_REPORT,
        f"unit:{unit.id}",
        clause="IV",
        detail={"unit": unit.long_name, "figures": dict(rollup.figures), "changed": list(rollup.changes)},
        campaign_id=campaign.id,
        request_key=key,
    )
    entry = record(act, actor=actor, at=at)
    facts = common_facts(campaign, entry, clause="IV", link=f"/registrations?district={unit.id}&campaign={campaign.id}")
    facts |= {
        "district": unit.official_name,
        "counts": [dict(row) for row in rollup.counts],
        "units": list(rollup.missing),
        "changes": list(rollup.changes),
    }
    queue_letters(LetterName.REGISTRATION_REPORTED, [(home_affairs(campaign), facts)], entry)
    return sent

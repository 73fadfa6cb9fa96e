"""What waits for whom: the queries behind "Việc của tôi" and behind every list that shows a person only their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, false, func, literal, or_, select, true
from sqlalchemy.orm import contains_eager

from models.campaigns import Campaign, CampaignUnit
from models.council import CouncilSession
from models.db import db
from models.decisions import ExtensionRequest
from models.dossiers import Dossier, Nominee, NomineeAnswer
from models.localtime import local_day
from models.outbox import Notice, OutboxMail
from models.people import Actor
from models.registrations import Registration
from models.vocabulary import DossierState, MailReason, MailState, RegistrationState, Relation, Role, Step
from notifications.reminders import expected_units
from workflow.machine import transitions
from workflow.policy import GRANTS, Action, may
from workflow.procedure import DossierProcedure

MAIN_STEP = {
    DossierState.REGISTERED: Step.RANK,
    DossierState.RANKED: Step.SELECT,
    DossierState.SELECTED: Step.SUBMIT,
    DossierState.SUBMITTED: Step.REVIEW,
    DossierState.REVIEWED: Step.FORWARD,
    DossierState.FORWARDED: Step.AWARD,
}
"""The step that brings a dossier on, by state; the others are ways out or back."""

SOON = timedelta(days=7)
SHOWN = 50
COUNTED = 100
"""Counts stop here: nobody reads on past a hundred, and an exact count of a large table is slow."""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One dossier in the inbox with the step that it waits for."""

    dossier: Dossier
    step: Step


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """One heading of the inbox: its rows (at most 50) and how many there are in all."""

    rows: list[WorkRow]
    count: int


def stands_to(actor: Actor, relation: Relation) -> ColumnElement[bool]:
    """The units of a campaign (joined as CampaignUnit) to which the officer's unit stands in a relation."""
    if relation is Relation.ANY:
        return true()
    if relation is Relation.ANY_BUT_COMMUNE:
        return CampaignUnit.compiled_by_id.is_(None)
    if actor.unit_id is None:
        return false()
    if relation is Relation.OWN:
        return CampaignUnit.unit_id == actor.unit_id
    own = select(CampaignUnit.id).where(CampaignUnit.unit_id == actor.unit_id).correlate(None).scalar_subquery()
    column = CampaignUnit.submits_id if relation is Relation.SUBMITS else CampaignUnit.compiled_by_id
    return column.in_(own)


def granted(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The units of a campaign (joined as CampaignUnit) on which the officer holds an action, states aside."""
    relations = {grant.relation for grant in GRANTS if grant.action is action and grant.role is actor.role}
    return true() if Relation.ANY in relations else or_(false(), *(stands_to(actor, relation) for relation in relations))


def mine(actor: Actor) -> ColumnElement[bool]:
    """Dossiers whose main step is the officer's to take."""
    table = transitions(DossierProcedure)
    found = []
    for state, step in MAIN_STEP.items():
        pairs = table[state, step].requirements.permission.pairs
        relations = [relation for role, relation in pairs if role is actor.role]
        if relations:
            found.append((Dossier.state == state) & or_(*(stands_to(actor, relation) for relation in relations)))
    return or_(false(), *found)


def dossiers(actor: Actor, campaign: Campaign) -> Select[tuple[Dossier]]:
    """The dossiers of a campaign that an officer may see, with their units."""
    return (
        select(Dossier)
        .join(Dossier.campaign_unit)
        .options(contains_eager(Dossier.campaign_unit))
        .where(Dossier.campaign_id == campaign.id, granted(actor, Action.DOSSIER_VIEW))
    )


def overdue(actor: Actor, campaign: Campaign, at: datetime) -> WorkGroup:
    """Selected dossiers whose due date has passed."""
    return _group(dossiers(actor, campaign).where(Dossier.state == DossierState.SELECTED, Dossier.due_on < local_day(at)))


def due_soon(actor: Actor, campaign: Campaign, at: datetime) -> WorkGroup:
    """Selected dossiers that are due today or within seven days."""
    today: date = local_day(at)
    return _group(dossiers(actor, campaign).where(Dossier.state == DossierState.SELECTED, Dossier.due_on.between(today, today + SOON)))


def waiting_for_me(actor: Actor, campaign: Campaign) -> WorkGroup:
    """Dossiers whose next step is the officer's."""
    return _group(dossiers(actor, campaign).where(mine(actor)))


def waiting_for_others(actor: Actor, campaign: Campaign) -> WorkGroup:
    """Dossiers on their way whose next step is somebody else's."""
    return _group(dossiers(actor, campaign).where(Dossier.state.in_(list(MAIN_STEP)), ~mine(actor)))


def registrations_to_decide(actor: Actor, campaign: Campaign) -> list[Registration]:
    """Forms that were sent and wait for the officer's decision."""
    return list(db.session.scalars(_to_decide(actor, campaign).order_by(Registration.sent_at).limit(COUNTED)))


def _to_decide(actor: Actor, campaign: Campaign) -> Select[tuple[Registration]]:
    return (
        select(Registration)
        .join(Registration.campaign_unit)
        .options(contains_eager(Registration.campaign_unit))
        .where(
            Registration.campaign_id == campaign.id,
            Registration.state == RegistrationState.SENT,
            granted(actor, Action.REGISTRATION_DECIDE),
        )
    )


def to_appraise(actor: Actor, campaign: Campaign) -> list[Dossier]:
    """IV: submitted dossiers whose answers home affairs has not gone through, or that a unit has changed since."""
    if not may(actor, Action.APPRAISE):
        return []
    return list(db.session.scalars(_to_appraise(actor, campaign).order_by(Dossier.submitted_at, Dossier.id).limit(SHOWN)))


def _to_appraise(actor: Actor, campaign: Campaign) -> Select[tuple[Dossier]]:
    answers = select(NomineeAnswer.id).join(Nominee).where(Nominee.dossier_id == Dossier.id, Nominee.left_at.is_(None))
    seen = answers.where(NomineeAnswer.checked.is_not(None)).exists()
    changed = answers.where(NomineeAnswer.stated_at > NomineeAnswer.checked_at).exists()
    mine = granted(actor, Action.APPRAISE) if campaign.plan.nominee_criteria else false()
    return dossiers(actor, campaign).where(Dossier.state == DossierState.SUBMITTED, mine, ~seen | changed)


def extensions_to_answer(actor: Actor, campaign: Campaign) -> list[ExtensionRequest]:
    """II.3: requests for a later date that home affairs has not answered."""
    if not may(actor, Action.EXTENSION_GRANT):
        return []
    return list(db.session.scalars(_extensions_to_answer(actor, campaign).order_by(ExtensionRequest.id).limit(SHOWN)))


def _extensions_to_answer(actor: Actor, campaign: Campaign) -> Select[tuple[ExtensionRequest]]:
    return (
        select(ExtensionRequest)
        .join(Dossier, ExtensionRequest.dossier_id == Dossier.id)
        .join(Dossier.campaign_unit)
        .options(contains_eager(ExtensionRequest.dossier).contains_eager(Dossier.campaign_unit))
        .where(
            Dossier.campaign_id == campaign.id,
            Dossier.state == DossierState.SELECTED,
            ExtensionRequest.granted.is_(None),
            granted(actor, Action.EXTENSION_GRANT),
        )
    )


def sessions_to_record(actor: Actor, campaign: Campaign, at: datetime) -> list[CouncilSession]:
    """Sessions of the council whose day has come and whose result is not on record, for who records it."""
    if not may(actor, Action.COUNCIL_MANAGE):
        return []
    query = select(CouncilSession).where(
        CouncilSession.campaign_id == campaign.id, CouncilSession.minutes_number == "", CouncilSession.held_on <= local_day(at)
    )
    return list(db.session.scalars(query.order_by(CouncilSession.held_on).limit(SHOWN)))


def own_form_to_send(actor: Actor, campaign: Campaign) -> CampaignUnit | None:
    """The officer's unit, when it owes a registration form that is not sent."""
    return db.session.scalars(_own_form(actor, campaign)).first() if actor.role is Role.OFFICER else None


def _own_form(actor: Actor, campaign: Campaign) -> Select[tuple[CampaignUnit]]:
    answered = select(Registration.id).where(
        Registration.campaign_unit_id == CampaignUnit.id,
        Registration.state.in_((RegistrationState.SENT, RegistrationState.ACCEPTED)),
    )
    own = CampaignUnit.unit_id == actor.unit_id if actor.role is Role.OFFICER else false()
    return expected_units(campaign).where(own, ~answered.exists())


def failed_mails(actor: Actor, campaign: Campaign) -> list[OutboxMail]:
    """Letters to the officer's units that no server would take."""
    return list(db.session.scalars(_failed_mails(actor, campaign).order_by(OutboxMail.id.desc()).limit(SHOWN)))


def _failed_mails(actor: Actor, campaign: Campaign) -> Select[tuple[OutboxMail]]:
    return (
        select(OutboxMail)
        .join(OutboxMail.notice)
        .join(Notice.campaign_unit)
        .options(contains_eager(OutboxMail.notice).contains_eager(Notice.campaign_unit))
        .where(OutboxMail.state == MailState.FAILED, Notice.campaign_id == campaign.id, granted(actor, Action.LETTER_VIEW))
    )


def _addresses_to_mend(actor: Actor, campaign: Campaign) -> Select[tuple[OutboxMail]]:
    """Letters that no server took because of the mailbox: a task of the unit's officer and of home affairs."""
    mailbox = OutboxMail.reason.in_((MailReason.NO_MAILBOX, MailReason.BAD_ADDRESS))
    return _failed_mails(actor, campaign).where(mailbox, granted(actor, Action.LETTER_ADDRESS))


def amount_of_work(role: Role, criteria: bool) -> ColumnElement[int]:
    """How much waits for an officer of a role, counted up to a hundred: a value of a query with parameters `own_unit` and `own_campaign`.

    `criteria` says whether the campaign's plan asks nominees for answers, which home affairs appraises.
    """
    actor = Actor(None, "", role, cast("int", bindparam("own_unit", type_=Integer)))
    campaign = cast(
        "Campaign", SimpleNamespace(id=bindparam("own_campaign", type_=Integer), plan=SimpleNamespace(nominee_criteria=criteria))
    )
    waiting = (
        dossiers(actor, campaign).where(mine(actor)),
        _to_decide(actor, campaign),
        _to_appraise(actor, campaign),
        _extensions_to_answer(actor, campaign),
        _own_form(actor, campaign),
        _addresses_to_mend(actor, campaign),
    )
    return sum((_counted(query) for query in waiting), start=literal(0))


def amount_words(count: int) -> str | None:
    """How much waits, for the navigation; "99+" beyond that, None for nothing."""
    return None if not count else str(count) if count < COUNTED else f"{COUNTED - 1}+"


def _group(query: Select[tuple[Dossier]]) -> WorkGroup:
    rows = db.session.scalars(query.order_by(Dossier.due_key, Dossier.sort_key).limit(SHOWN))
    found = [WorkRow(dossier, MAIN_STEP[dossier.state]) for dossier in rows]
    return WorkGroup(found, len(found) if len(found) < SHOWN else _count(query))


def _count(query: Select[tuple[Dossier]]) -> int:
    return db.session.scalar(select(_counted(query))) or 0


def _counted(query: Select[Any]) -> ScalarSelect[int]:
    """How many rows a query has, as a value of another query; counted up to a hundred."""
    inner = query.with_only_columns(literal(1)).order_by(None).limit(COUNTED).subquery()
    return select(func.count()).select_from(inner).scalar_subquery()

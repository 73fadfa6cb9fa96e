"""The list that goes to the Chairman: reviewed dossiers checked again for many at once, and the letters that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem, CouncilSession
from models.db import db
from models.dossiers import Dossier
from models.people import Actor
from models.vocabulary import DossierState, Step
from workflow.machine import transitions
from workflow.procedure import DossierProcedure
from workflow.proposals import situations_of
from workflow.rules.objection import Objection

SENT = (DossierState.FORWARDED, DossierState.AWARDED, DossierState.NOT_AWARDED)
"""The states of a dossier that has gone to the Chairman."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A reviewed dossier and everything that stands against forwarding it now (III.4.c, IV)."""

    dossier: Dossier
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One letter to the Chairman: its number and date, its dossiers by state; `first` is the number of one of them, for addresses."""

    number: str
    date: date
    first: int
    states: dict[DossierState, int]

    @property
    def count(self) -> int:
        """How many dossiers went under it."""
        return sum(self.states.values())

    @property
    def undecided(self) -> int:
        """How many wait for the decision."""
        return self.states.get(DossierState.FORWARDED, 0)


def reviewed(campaign: Campaign, ids: Sequence[int] = ()) -> list[Dossier]:
    """The dossiers that the council has reviewed and that wait for the letter; only some of them when ids are given."""
    query = _eager().where(Dossier.campaign_id == campaign.id, Dossier.state == DossierState.REVIEWED)
    if ids:
        query = query.where(Dossier.id.in_(ids))
    return list(db.session.scalars(query))


def under_letter(dossier: Dossier) -> list[Dossier]:
    """All dossiers that went to the Chairman under the same letter as this one."""
    return list(
        db.session.scalars(
            _eager().where(
                Dossier.campaign_id == dossier.campaign_id,
                Dossier.state.in_(SENT),
                Dossier.forward_number == dossier.forward_number,
                Dossier.forward_date == dossier.forward_date,
            )
        )
    )


def awarded(campaign: Campaign) -> list[Dossier]:
    """The awarded dossiers of a campaign, by decision and unit."""
    query = _eager().where(Dossier.campaign_id == campaign.id, Dossier.state == DossierState.AWARDED)
    return sorted(db.session.scalars(query), key=lambda dossier: (dossier.decision_date or date.min, dossier.decision_number))


def checked(campaign: Campaign, dossiers: Sequence[Dossier], *, actor: Actor, at: datetime) -> list[Checked]:
    """III.4.c, IV: each reviewed dossier against criteria and quotas as they stand now, what the officer types aside."""
    requirements = transitions(DossierProcedure)[DossierState.REVIEWED, Step.FORWARD].requirements
    return [
        Checked(situation.dossier, tuple(requirements.objections(situation)))
        for situation in situations_of(campaign, dossiers, actor=actor, at=at, step=Step.FORWARD)
    ]


def sent_letters(campaign: Campaign) -> list[SentLetter]:
    """The letters to the Chairman of a campaign, the latest first."""
    rows = db.session.execute(
        select(Dossier.forward_number, Dossier.forward_date, Dossier.state, func.count(Dossier.id), func.min(Dossier.id))
        .where(Dossier.campaign_id == campaign.id, Dossier.state.in_(SENT))
        .group_by(Dossier.forward_number, Dossier.forward_date, Dossier.state)
    )
    found: dict[tuple[str, date], SentLetter] = {}
    for number, day, state, count, first in rows:
        if day is None:
            continue
        before = found.get((number, day))
        states = (before.states if before else {}) | {state: count}
        found[number, day] = SentLetter(number, day, min(first, before.first) if before else first, states)
    return sorted(found.values(), key=lambda letter: (letter.date, letter.number), reverse=True)


def sessions_of(dossiers: Sequence[Dossier]) -> list[CouncilSession]:
    """The recorded sessions that gave some dossiers their result: the latest that decided on each."""
    query = (
        select(AgendaItem)
        .join(AgendaItem.session)
        .options(joinedload(AgendaItem.session))
        .where(
            AgendaItem.dossier_id.in_([dossier.id for dossier in dossiers]),
            CouncilSession.minutes_number != "",
            AgendaItem.postponed == "",
        )
        .order_by(CouncilSession.held_on, CouncilSession.id)
    )
    latest = {item.dossier_id: item.session for item in db.session.scalars(query)}
    return sorted({session.id: session for session in latest.values()}.values(), key=lambda session: (session.held_on, session.id))


def _eager() -> Select[Dossier]:
    return (
        select(Dossier)
        .join(Dossier.campaign_unit)
        .options(
            contains_eager(Dossier.campaign_unit).options(
                joinedload(CampaignUnit.parent),
                joinedload(CampaignUnit.quota_owner),
                joinedload(CampaignUnit.compiled_by),
                joinedload(CampaignUnit.submits),
            ),
            joinedload(Dossier.registration),
            selectinload(Dossier.nominees),
        )
        .order_by(Dossier.sort_key, Dossier.id)
    )

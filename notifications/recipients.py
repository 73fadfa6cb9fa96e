"""To whom a letter goes: from an audience to units, from units to mailboxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.units import Unit, UnitAddress


@dataclass(frozen=True, slots=True)
class Addressee:
    """What a letter must know of the unit that it goes to, read as plain columns where whole sets of units are written to."""

    id: int
    campaign_id: int
    unit_id: int
    official_name: str
    name: str
    ended_on: date | None


class Audience(StrEnum):
    """Whom a notice concerns, seen from the unit that was acted on."""

    UNIT = "unit"
    SUBMITTING_UNIT = "submitting_unit"
    COMPILER = "compiler"
    HOME_AFFAIRS = "home_affairs"


def units_of(audiences: Iterable[Audience], unit: CampaignUnit) -> list[CampaignUnit]:
    """The units of some audiences, each once, in the order of the audiences."""
    found: dict[int, CampaignUnit] = {}
    for audience in audiences:
        if audience is Audience.UNIT:
            member: CampaignUnit | None = unit
        elif audience is Audience.SUBMITTING_UNIT:
            member = unit.submits
        elif audience is Audience.COMPILER:
            member = unit.compiled_by
        else:
            member = home_affairs(unit.campaign)
        if member is not None:
            found.setdefault(member.id, member)
    return list(found.values())


def home_affairs(campaign: Campaign) -> CampaignUnit:
    """The campaign's home affairs body (Sở Nội vụ)."""
    return db.session.scalars(
        select(CampaignUnit)
        .join(CampaignUnit.unit)
        .where(CampaignUnit.campaign_id == campaign.id, Unit.code == campaign.plan.home_affairs_unit)
    ).one()


def reached_at(units: Iterable[CampaignUnit | Addressee]) -> dict[int, int]:
    """Whose mailboxes a unit's letters go to, by campaign unit: its own, and from its end on those of the unit it was merged into."""
    found, ended = dict[int, int](), list[CampaignUnit | Addressee]()
    for unit in units:
        found[unit.id] = unit.unit_id
        if unit.ended_on is not None:
            ended.append(unit)
    if not ended:
        return found
    merged = (
        select(CampaignUnit.campaign_id, CampaignUnit.unit_id, Unit.merged_into_id)
        .join(CampaignUnit.unit)
        .where(CampaignUnit.ended_on.is_not(None), CampaignUnit.campaign_id.in_({unit.campaign_id for unit in ended}))
    )
    successors = {(row.campaign_id, row.unit_id): row.merged_into_id for row in db.session.execute(merged)}
    for unit in ended:
        passed = set[int]()
        while (following := successors.get((unit.campaign_id, found[unit.id]))) is not None and following not in passed:
            passed.add(found[unit.id])
            found[unit.id] = following
    return found


AT_ONCE = 10_000
"""So many units are asked for in one statement: PostgreSQL takes 65,535 values at most."""


def addresses_of(unit_ids: Iterable[int]) -> dict[int, list[str]]:
    """The mailboxes of units, by unit."""
    wanted, found = sorted(set(unit_ids)), defaultdict[int, list[str]](list)
    for first in range(0, len(wanted), AT_ONCE):
        of_units = UnitAddress.unit_id.in_(wanted[first : first + AT_ONCE])
        for row in db.session.execute(select(UnitAddress.unit_id, UnitAddress.email).where(of_units).order_by(UnitAddress.id)):
            found[row.unit_id].append(row.email)
    return found

"""To whom a letter goes: from an audience to units, from units to mailboxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.units import Unit, UnitAddress


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


def addresses_of(unit_ids: Iterable[int]) -> dict[int, list[str]]:
    """The mailboxes of units, by unit."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(
        select(UnitAddress.unit_id, UnitAddress.email).where(UnitAddress.unit_id.in_(set(unit_ids))).order_by(UnitAddress.id)
    ):
        found[row.unit_id].append(row.email)
    return found

"""The figures of the giấy khen that bodies granted themselves (III.2), as they recorded them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from documents.tables import Column
from models.campaigns import Campaign
from models.commendations import Commendation
from models.db import db
from models.text import N_
from models.vocabulary import NomineeKind
from reports.figures_lists import Figure, Row, Subject
from reports.figures_units import UnitFacts

COMMENDATIONS = Subject(
    "commendations",
    N_("Giấy khen do đơn vị tặng"),
    (Column(N_("Đơn vị tặng"), 62), Column(N_("Người, tập thể được tặng"), 80), Column(N_("Quyết định"), 40), Column(N_("Ngày"), 26)),
    (
        Figure("commendations.all", N_("Giấy khen đã tặng")),
        Figure("commendations.collectives", N_("Cho tập thể"), "commendations.all"),
        Figure("commendations.individuals", N_("Cho cá nhân"), "commendations.all"),
    ),
)


def read_commendations(campaigns: Sequence[Campaign]) -> dict[int, list[Any]]:
    """The decisions of some campaigns that were not struck out, by campaign."""
    query = select(
        Commendation.campaign_id,
        Commendation.campaign_unit_id,
        Commendation.number,
        Commendation.date,
        Commendation.collectives,
        Commendation.individuals,
    ).where(Commendation.campaign_id.in_([campaign.id for campaign in campaigns]), Commendation.struck_at.is_(None))
    found: dict[int, list[Any]] = {campaign.id: [] for campaign in campaigns}
    for row in db.session.execute(query.order_by(Commendation.date, Commendation.id)):
        found[row.campaign_id].append(row)
    return found


def commendations(rows: Sequence[Any], units: Mapping[int, UnitFacts]) -> Iterator[Row]:
    """Each recipient of each decision."""
    for row in rows:
        unit = units[row.campaign_unit_id]
        for kind, names in ((NomineeKind.COLLECTIVE, row.collectives), (NomineeKind.INDIVIDUAL, row.individuals)):
            for name in names:
                figures = frozenset({"commendations.all", f"commendations.{kind.value}s"})
                cells = (unit.name, name, row.number, row.date)
                yield Row(cells, figures, "commendations", unit.kind, unit.district, nominee=kind.value)

"""The table of scores, ranks and groups that is typed or corrected: what stands in it, what was typed, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.results import IndexPublication
from models.text import clean
from models.vocabulary import ResultNeed
from web.addresses import row_number
from workflow.ranking import PublishedEntry


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the entry table with what was typed in it and what is wrong with it."""

    unit: CampaignUnit
    score: str
    rank: str
    group: str
    error: str = ""


def chosen_year(current: Campaign) -> int:
    """The index year in the address when the plan speaks of it, else the award's."""
    wanted = row_number(request.args.get("year"))
    return wanted if wanted in current.plan.index_years else current.plan.award_basis_year


def lines_of(current: Campaign, publication: IndexPublication | None) -> list[Line]:
    """Each body whose criterion rests on the index, with its entry where there is one."""
    saved = {entry.campaign_unit_id: entry for entry in publication.entries} if publication else {}
    found = []
    for unit in _ranked_units(current):
        entry = saved.get(unit.id)
        found.append(Line(unit, entry.score if entry else "", str(entry.rank) if entry else "", entry.rank_group if entry else ""))
    return found


def _ranked_units(current: Campaign) -> list[CampaignUnit]:
    indexed = [code for code, criterion in current.plan.criteria.items() if criterion.needs is ResultNeed.INDEX]
    return list(
        db.session.scalars(
            select(CampaignUnit)
            .where(CampaignUnit.campaign_id == current.id, CampaignUnit.criterion.in_(indexed), CampaignUnit.ended_on.is_(None))
            .order_by(CampaignUnit.kind.desc(), CampaignUnit.sort_key)
        )
    )


def parse_lines(current: Campaign, lines: list[Line]) -> tuple[list[Line], list[PublishedEntry]]:
    """What was typed, line by line; a line left wholly empty is a unit without a published entry."""
    groups = {word.code for word in current.plan.rank_groups}
    typed, parsed = [], []
    for given in lines:
        unit = given.unit
        score, rank, group = (clean(request.form.get(f"{name}-{unit.id}", "")) for name in ("score", "rank", "group"))
        error = ""
        if score or rank or group:
            number = score.replace(",", ".", 1)
            if not number.replace(".", "", 1).isdigit() or not number.isascii() or len(score) > 12 or float(number) > 100:
                error = _("“%(score)s” không phải điểm số từ 0 đến 100, ví dụ 91,25.", score=score)
            elif not (rank.isdecimal() and rank.isascii() and len(rank) <= 3 and int(rank) > 0):
                error = _("“%(rank)s” không phải thứ hạng.", rank=rank)
            elif group not in groups:
                error = _("Hãy chọn nhóm.")
            else:
                parsed.append(PublishedEntry(unit, score, int(rank), group))
        typed.append(Line(unit, score, rank, group, error))
    return typed, parsed

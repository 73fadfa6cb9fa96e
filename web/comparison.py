"""So sánh các năm: which bodies qualify under the index of either year that the plan speaks of, before home affairs rules on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.plan import Criterion
from models.results import IndexEntry
from models.vocabulary import DossierState, ResultNeed
from web.access import actor, needs
from web.frame import campaign
from workflow.evidence import Evidence, Known
from workflow.policy import Action, may
from workflow.ranking import ruling_of
from workflow.rules.criteria import criterion_failures

pages = Blueprint("comparison", __name__, url_prefix="/ranking/comparison")


@dataclass(frozen=True, slots=True)
class Row:
    """One body: whether it registered, the entry that counts for it in each year, and the years under which it qualifies."""

    unit: CampaignUnit
    registered: bool
    entries: tuple[IndexEntry | None, ...]
    qualifies: tuple[int, ...]
    words: str


@pages.get("")
@needs(Action.RANKING_VIEW)
def index() -> str:
    """Every body whose criterion rests on the index, year beside year. Drafts are seen by those who enter them only."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    years, known = current.plan.index_years, Known(current)
    drafts = may(actor(), Action.RANKING_RECORD)
    rows = [_row(unit, registered, known, years, drafts) for unit, registered in _bodies(current)]
    rows.sort(key=lambda row: (row.entries[0].rank if row.entries[0] else 10_000, row.unit.sort_key))
    counts = Counter(row.words for row in rows if row.registered)
    return render_template(
        "ranking/comparison.html",
        years=years,
        rows=rows,
        counts=[(words, counts[words]) for words in dict.fromkeys(_words((*chosen,), years) for chosen in _subsets(years))],
        missing=[year for year in years if not _shown(known, year, rows, years)],
        ruling=ruling_of(current),
    )


def _bodies(current: Campaign) -> list[tuple[CampaignUnit, bool]]:
    resting = {ResultNeed.INDEX, ResultNeed.RATING_PARENT_INDEX}
    codes = [code for code, criterion in current.plan.criteria.items() if criterion.needs in resting]
    filed = select(Dossier.campaign_unit_id).where(Dossier.campaign_id == current.id, Dossier.state != DossierState.WITHDRAWN)
    query = (
        select(CampaignUnit, CampaignUnit.id.in_(filed))
        .options(joinedload(CampaignUnit.parent))
        .where(CampaignUnit.campaign_id == current.id, CampaignUnit.criterion.in_(codes), CampaignUnit.ended_on.is_(None))
    )
    return [(unit, bool(registered)) for unit, registered in db.session.execute(query)]


def _row(unit: CampaignUnit, registered: bool, known: Known, years: Sequence[int], drafts: bool) -> Row:
    plan = unit.campaign.plan
    criterion = plan.criteria[unit.criterion or ""]
    found = [known.of(unit, year) for year in years]
    met = tuple(
        year
        for year, evidence in zip(years, found, strict=True)
        if not criterion_failures(criterion.needs, evidence.results(plan, drafts=drafts), clause=criterion.clause, year=year)
    )
    return Row(unit, registered, tuple(_entry(evidence, criterion, drafts) for evidence in found), met, _words(met, years))


def _entry(evidence: Evidence, criterion: Criterion, drafts: bool) -> IndexEntry | None:
    """The entry that the criterion rests on: the body's own, or its district's."""
    entry = evidence.entry if criterion.needs is ResultNeed.INDEX else evidence.parent_entry
    return entry if entry is not None and (drafts or entry.publication.published_at is not None) else None


def _shown(known: Known, year: int, rows: Sequence[Row], years: Sequence[int]) -> bool:
    return known.loaded(year) and any(row.entries[years.index(year)] for row in rows)


def _subsets(years: Sequence[int]) -> list[tuple[int, ...]]:
    return [tuple(years), *((year,) for year in years), ()]


def _words(met: tuple[int, ...], years: Sequence[int]) -> str:
    if not met:
        return _("Không năm nào")
    if len(met) == len(years):
        return _("Mọi năm")
    return _("Chỉ năm %(years)s", years=", ".join(map(str, met)))

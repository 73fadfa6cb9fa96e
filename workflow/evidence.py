"""What is on record about the collectives of a campaign, year by year: index entry, recognition, rating, each with its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, lazyload

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Ruling
from models.plan import Plan
from models.results import IndexEntry, IndexPublication, Rating, Recognition
from workflow.rules.criteria import Results


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is on record about one collective for one year; the entry of its parent where it may rest on that."""

    entry: IndexEntry | None = None
    parent_entry: IndexEntry | None = None
    recognition: Recognition | None = None
    rating: Rating | None = None

    def results(self, plan: Plan, *, drafts: bool = False) -> Results:
        """The same as the values that the criteria ask for; `drafts` counts an entry that is not published yet."""
        rating = self.rating
        return Results(
            index_group=self.entry.rank_group if self.entry else None,
            index_published=_counts(self.entry, drafts),
            parent_index_group=self.parent_entry.rank_group if self.parent_entry else None,
            parent_index_published=_counts(self.parent_entry, drafts),
            recognised=self.recognition is not None,
            rated=rating is not None,
            rating_sufficient=rating is not None and plan.rating_at_least(rating.rating, plan.minimum_rating),
            better_than_before=rating is not None and rating.better_than_before,
        )


def _counts(entry: IndexEntry | None, drafts: bool) -> bool:
    return entry is not None and (drafts or entry.publication.published_at is not None)


class Known:
    """Everything on record about the collectives of one campaign, read with three statements however many they are."""

    _entries: dict[tuple[int, int], IndexEntry]
    _recognitions: dict[tuple[int, int], Recognition]
    _ratings: dict[tuple[int, int], Rating]

    def __init__(self, campaign: Campaign) -> None:
        """Read it as it stands now."""
        entries = (
            select(IndexEntry)
            .join(IndexEntry.publication)
            .options(contains_eager(IndexEntry.publication), lazyload(IndexEntry.campaign_unit))
            .where(IndexPublication.campaign_id == campaign.id)
        )
        ours = select(CampaignUnit.id).where(CampaignUnit.campaign_id == campaign.id)
        self._entries = {(e.campaign_unit_id, e.publication.index_year): e for e in db.session.scalars(entries)}
        recognitions = select(Recognition).where(Recognition.campaign_unit_id.in_(ours))
        self._recognitions = {(row.campaign_unit_id, row.year): row for row in db.session.scalars(recognitions)}
        self._ratings = {
            (row.campaign_unit_id, row.year): row for row in db.session.scalars(select(Rating).where(Rating.campaign_unit_id.in_(ours)))
        }

    def of(self, unit: CampaignUnit, year: int) -> Evidence:
        """What is on record about one collective for one year."""
        own, parent = (unit.id, year), (unit.parent_id or 0, year)
        return Evidence(self._entries.get(own), self._entries.get(parent), self._recognitions.get(own), self._ratings.get(own))

    def announced(self, year: int) -> IndexPublication | None:
        """The published index of a year."""
        found = (entry.publication for (_unit, entry_year), entry in self._entries.items() if entry_year == year)
        return next((publication for publication in found if publication.published_at is not None), None)

    def loaded(self, year: int) -> bool:
        """Whether any entry of a year's index is there, published or not."""
        return any(entry_year == year for _unit, entry_year in self._entries)


class KnownOfOne(Known):
    """Everything on record about one collective and its parent, the ruling, and some values asked along, read with one statement."""

    def __init__(self, unit: CampaignUnit, *along: ColumnElement[Any]) -> None:
        """Read it as it stands now; `along` are scalar values that hang on nothing here."""
        query = (
            select(IndexEntry, Recognition, Rating, Ruling, *along)
            .select_from(CampaignUnit)
            .outerjoin(IndexEntry, IndexEntry.campaign_unit_id.in_((CampaignUnit.id, CampaignUnit.parent_id)))
            .outerjoin(IndexEntry.publication)
            .outerjoin(Recognition, Recognition.campaign_unit_id == CampaignUnit.id)
            .outerjoin(Rating, Rating.campaign_unit_id == CampaignUnit.id)
            .outerjoin(Ruling, Ruling.campaign_id == CampaignUnit.campaign_id)
            .options(contains_eager(IndexEntry.publication), lazyload(IndexEntry.campaign_unit))
            .where(CampaignUnit.id == unit.id)
        )
        found = db.session.execute(query).all()
        rows: list[tuple[IndexEntry | None, Recognition | None, Rating | None, Ruling | None]] = [
            (row[0], row[1], row[2], row[3]) for row in found
        ]
        self._entries = {(e.campaign_unit_id, e.publication.index_year): e for e, *_others in rows if e is not None}
        self._recognitions = {(r.campaign_unit_id, r.year): r for _entry, r, *_others in rows if r is not None}
        self._ratings = {(r.campaign_unit_id, r.year): r for *_others, r, _ruling in rows if r is not None}
        self.ruling, self.along = rows[0][3], tuple(found[0][4:])

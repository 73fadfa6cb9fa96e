"""Results and the ranking (III.1.a, III.3, III.4.a): index entries, their publication, recognitions, ratings and the year ruling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Ruling
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor
from models.results import IndexEntry, IndexPublication, Rating, Recognition
from models.vocabulary import DossierState, LetterName, Milestone, ResultNeed, Step
from notifications.facts import NO_DOSSIER, common_facts, ranking_facts
from notifications.notices import queue_letters
from notifications.reminders import expected_units
from workflow import deadlines
from workflow.acts import ActRefused, record_on_dossier, refuse_if
from workflow.machine import StepRequest, transitions
from workflow.procedure import DossierProcedure
from workflow.rules.deadlines import Working
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection, Place
from workflow.situation import Situation
from workflow.steps import take_step


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """One line of the published index: score, rank and group as they were printed."""

    unit: CampaignUnit
    score: str
    rank: int
    group: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """How the index was announced. The trigger is the decision's date unless another is set with a reason; the three dates may differ."""

    decision_number: str
    decision_date: date
    portal_date: date | None = None
    notice_date: date | None = None
    trigger_date: date | None = None
    trigger_reason: str = ""

    @property
    def counts_from(self) -> date:
        """The day of the event from which the window is counted."""
        return self.trigger_date or self.decision_date


def publication_of(campaign: Campaign, year: int) -> IndexPublication | None:
    """The index of a year as this campaign holds it, published or not."""
    return db.session.scalars(
        select(IndexPublication).where(IndexPublication.campaign_id == campaign.id, IndexPublication.index_year == year)
    ).first()


def record_index(campaign: Campaign, year: int, entries: Sequence[PublishedEntry], *, actor: Actor, at: datetime) -> IndexPublication:
    """III.1.a-1: keep the index entries of a year as a draft until they are published. Raises ActRefused once they are."""
    publication = publication_of(campaign, year)
    if publication is None:
        publication = IndexPublication(campaign=campaign, index_year=year)
        db.session.add(publication)
    refuse_if(Objection("already_published", {"year": year}, "III.4.a", Place.RANKING) if publication.published_at else None)
    publication.entries = []
    db.session.flush()
    publication.entries = [IndexEntry(campaign_unit=e.unit, score=e.score, rank=e.rank, rank_group=e.group) for e in entries]
    db.session.flush()
    detail = {"year": year, "entries": [[e.unit.name, e.score, e.rank, e.group] for e in entries]}
    record(
        Act(Action.RANKING_RECORD, f"campaign:{campaign.id}", clause="III.1.a-1", detail=detail, campaign_id=campaign.id),
        actor=actor,
        at=at,
    )
    return publication


def without_entry(campaign: Campaign, publication: IndexPublication) -> list[CampaignUnit]:
    """The registered bodies whose criterion rests on the index and that have no entry in it: their dossiers stay as they are."""
    indexed = [code for code, criterion in campaign.plan.criteria.items() if criterion.needs is ResultNeed.INDEX]
    listed = select(IndexEntry.campaign_unit_id).where(IndexEntry.publication_id == publication.id)
    query = select(CampaignUnit).join(Dossier, Dossier.campaign_unit_id == CampaignUnit.id)
    open_ones = (Dossier.campaign_id == campaign.id, Dossier.state != DossierState.WITHDRAWN)
    return list(
        db.session.scalars(
            query.where(*open_ones, CampaignUnit.criterion.in_(indexed), CampaignUnit.id.not_in(listed)).order_by(CampaignUnit.sort_key)
        )
    )


def window_for(campaign: Campaign, announcement: Announcement) -> Working:
    """II.3: the submission window that an announcement would set off, with its working; nothing is written."""
    return deadlines.submission_working(campaign, announcement.counts_from, deadlines.campaign_calendar(campaign))


def publish(campaign: Campaign, year: int, announcement: Announcement, *, actor: Actor, at: datetime) -> IndexPublication:
    """III.4.a: publish a year's index in one act: the window is set, every registered dossier that has its result is ranked, and every
    registered unit is written to. Raises ActRefused without entries, when published before, or for a date in the future."""
    publication = publication_of(campaign, year)
    if publication is None or not publication.entries:
        raise ActRefused([Objection("no_entries", {"year": year}, "III.4.a", Place.RANKING)])
    refuse_if(
        Objection("already_published", {"year": year}, "III.4.a", Place.RANKING) if publication.published_at else None,
        date_in_future("decision_date") if announcement.decision_date > local_day(at) else None,
        Objection("trigger_unexplained", {}, "II.3", Place.RANKING)
        if announcement.counts_from != announcement.decision_date and not announcement.trigger_reason
        else None,
    )
    publication.decision_number, publication.decision_date = announcement.decision_number, announcement.decision_date
    publication.portal_date, publication.notice_date = announcement.portal_date, announcement.notice_date
    publication.trigger_date, publication.trigger_reason = announcement.counts_from, announcement.trigger_reason
    publication.published_at = at
    db.session.flush()
    detail = {
        "year": year,
        "number": announcement.decision_number,
        "date": announcement.decision_date.isoformat(),
        "trigger": announcement.counts_from.isoformat(),
        "reason": announcement.trigger_reason,
    }
    if year == campaign.plan.award_basis_year:
        working = window_for(campaign, announcement)
        data = working.as_data("announced", f"Quyết định số {announcement.decision_number}")
        deadlines.set_for_campaign(campaign, Milestone.SUBMISSION, working.due, data, at)
        detail["due"] = working.due.isoformat()
    entry = record(
        Act(Action.RANKING_PUBLISH, f"campaign:{campaign.id}", clause="III.4.a", detail=detail, campaign_id=campaign.id), actor=actor, at=at
    )
    if year != campaign.plan.award_basis_year:
        return publication
    ranked = rank_all(campaign, actor=actor, at=at)
    registered = set(db.session.scalars(select(Dossier.campaign_unit_id).where(Dossier.campaign_id == campaign.id)))
    unranked = [
        unit
        for unit in db.session.scalars(expected_units(campaign))
        if unit.id not in ranked and (unit.id in registered or unit.compiled_by_id is None)
    ]
    stated = common_facts(campaign, entry, clause="III.4.a", link=f"/ranking?campaign={campaign.id}")
    addressed = [(u, {**stated, **ranking_facts(campaign, u), "dossier": NO_DOSSIER, "collective": u.long_name}) for u in unranked]
    queue_letters(LetterName.RANKING_PUBLISHED, addressed, entry)
    return publication


def rank_all(campaign: Campaign, *, actor: Actor, at: datetime) -> set[int]:
    """Rank every registered dossier that the officer may rank and whose result is there. Gives back the units that got their letter."""
    requirements = transitions(DossierProcedure)[DossierState.REGISTERED, Step.RANK].requirements
    ranked = set()
    for dossier in db.session.scalars(
        select(Dossier).where(Dossier.campaign_id == campaign.id, Dossier.state == DossierState.REGISTERED).order_by(Dossier.sort_key)
    ):
        situation = Situation(dossier, actor, at, Step.RANK)
        if requirements.permission.allows(actor.role, situation.relations) and not requirements.objections(situation):
            take_step(dossier, Step.RANK, StepRequest(version=dossier.version), actor=actor, at=at)
            ranked.add(dossier.campaign_unit_id)
    return ranked


def recognise(dossier: Dossier, *, number: str, decided_on: date, actor: Actor, at: datetime) -> Recognition:
    """III.1.a-2: a district recognises a commune as the most outstanding; a registered dossier is ranked by it."""
    situation = Situation(dossier, actor, at)
    refuse_if(
        None if situation.criterion.needs is ResultNeed.RECOGNITION else Objection("result_not_needed", {}, situation.criterion.clause),
        date_in_future("date") if decided_on > local_day(at) else None,
        Objection("recognised_already", {}, "III.1.a-2") if situation.results.recognised else None,
    )
    recognition = Recognition(campaign_unit_id=dossier.campaign_unit_id, year=situation.criterion_year, number=number, date=decided_on)
    db.session.add(recognition)
    db.session.flush()
    detail = {"number": number, "date": decided_on.isoformat(), "year": recognition.year}
    record_on_dossier(Action.RESULT_RECOGNISE, dossier, detail, clause="III.1.a-2", actor=actor, at=at)
    if dossier.state is DossierState.REGISTERED:
        take_step(dossier, Step.RANK, StepRequest(version=dossier.version), actor=actor, at=at)
    return recognition


def rate(dossier: Dossier, *, rating: str, better_than_before: bool, number: str, decided_on: date, actor: Actor, at: datetime) -> Rating:
    """III.1.a-3: record a specialised unit's rating and whether its reform work is assessed as better than the year before."""
    situation = Situation(dossier, actor, at)
    needs = {ResultNeed.RATING_PROGRESS, ResultNeed.RATING_PARENT_INDEX}
    refuse_if(
        None if situation.criterion.needs in needs else Objection("result_not_needed", {}, situation.criterion.clause),
        date_in_future("date") if decided_on > local_day(at) else None,
        Objection("rated_already", {}, "III.1.a-3") if situation.results.rated else None,
    )
    row = Rating(
        campaign_unit_id=dossier.campaign_unit_id,
        year=situation.criterion_year,
        rating=rating,
        better_than_before=better_than_before,
        number=number,
        date=decided_on,
    )
    db.session.add(row)
    db.session.flush()
    detail = {"rating": rating, "better": better_than_before, "number": number, "date": decided_on.isoformat(), "year": row.year}
    record_on_dossier(Action.RESULT_RATE, dossier, detail, clause="III.1.a-3", actor=actor, at=at)
    rankable = transitions(DossierProcedure)[DossierState.REGISTERED, Step.RANK].requirements
    if dossier.state is DossierState.REGISTERED and not rankable.objections(Situation(dossier, actor, at, Step.RANK)):
        take_step(dossier, Step.RANK, StepRequest(version=dossier.version), actor=actor, at=at)
    return row


def rule_year(
    campaign: Campaign, *, number: str, decided_on: date, text: str, years: Mapping[str, int], actor: Actor, at: datetime
) -> Ruling:
    """III.1.a against III.3: record home affairs' ruling on the year that counts for each criterion; selection opens with it.

    Raises ActRefused when there is one already, when a criterion is left out, or for a date in the future.
    """
    missing = sorted(set(campaign.plan.criteria) - set(years))
    refuse_if(
        Objection("ruled_already", {}, "III.3", Place.RULING) if ruling_of(campaign) else None,
        Objection("year_missing", {"criteria": missing}, "III.3", Place.RULING) if missing else None,
        date_in_future("date") if decided_on > local_day(at) else None,
    )
    ruling = Ruling(
        campaign_id=campaign.id, number=number, date=decided_on, text=text, years=dict(years), recorded_by_id=actor.user_id, recorded_at=at
    )
    db.session.add(ruling)
    db.session.flush()
    detail = {"number": number, "date": decided_on.isoformat(), "text": text, "years": dict(years)}
    record(Act(Action.RULING_RECORD, f"campaign:{campaign.id}", clause="III.3", detail=detail, campaign_id=campaign.id), actor=actor, at=at)
    return ruling


def ruling_of(campaign: Campaign) -> Ruling | None:
    """The campaign's ruling on the index year."""
    return db.session.scalars(select(Ruling).where(Ruling.campaign_id == campaign.id)).first()

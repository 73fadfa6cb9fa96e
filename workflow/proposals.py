"""Whom the criteria propose (III.1.a, III.4.a): each question's answer with its evidence, for many dossiers at once; the places used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Ruling, UnusedPlaces
from models.dossiers import Dossier
from models.people import Actor
from models.results import IndexEntry, Rating, Recognition
from models.text import N_
from models.vocabulary import DossierState, Labelled, ResultNeed, Step
from workflow.evidence import Known
from workflow.machine import transitions
from workflow.procedure import DossierProcedure
from workflow.rules import criteria
from workflow.rules.objection import Objection
from workflow.situation import PLACE_FREE, Situation

EAGER: tuple[ORMOption, ...] = (
    contains_eager(Dossier.campaign_unit).options(
        joinedload(CampaignUnit.parent),
        joinedload(CampaignUnit.quota_owner),
        joinedload(CampaignUnit.compiled_by),
        joinedload(CampaignUnit.submits),
        selectinload(CampaignUnit.children),
    ),
    joinedload(Dossier.registration),
    selectinload(Dossier.sign_offs),
)
"""What a query for proposals (Dossier joined to its unit) loads along, so that nothing is asked row by row."""


class Question(Labelled):
    """What III.1.a asks of a collective; the last four are the ways to meet it, by kind."""

    REGISTERED = "registered", N_("Đã đăng ký thi đua")
    FOLLOWS_LAW = "follows_law", N_("Gương mẫu chấp hành chủ trương, pháp luật")
    IS_UNITED = "is_united", N_("Nội bộ đoàn kết")
    INDEX = "index", N_("Thuộc nhóm xuất sắc của Chỉ số CCHC")
    RECOGNISED = "recognised", N_("Được cấp huyện công nhận tiêu biểu xuất sắc")
    RATED = "rated", N_("Hoàn thành tốt nhiệm vụ trở lên")
    PROGRESS = "progress", N_("Tiến bộ hơn năm trước")
    PARENT_INDEX = "parent_index", N_("Huyện, thành phố thuộc nhóm xuất sắc của Chỉ số CCHC")


ASKED: dict[ResultNeed, tuple[Question, ...]] = {
    ResultNeed.INDEX: (Question.INDEX,),
    ResultNeed.RECOGNITION: (Question.RECOGNISED,),
    ResultNeed.RATING_PROGRESS: (Question.RATED, Question.PROGRESS),
    ResultNeed.RATING_PARENT_INDEX: (Question.RATED, Question.PARENT_INDEX),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of III.1.a: whether it is met, for which year, and the row that proves it.

    `met` is None while that is open: no year is ruled, or what it rests on is not on record, or not published.
    """

    question: Question
    met: bool | None
    clause: str
    year: int | None = None
    evidence: IndexEntry | Recognition | Rating | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One dossier as the criteria see it: the answers, and everything against its selection by this officer now."""

    situation: Situation
    answers: tuple[Answer, ...]
    objections: tuple[Objection, ...]

    @property
    def dossier(self) -> Dossier:
        """The dossier that is judged."""
        return self.situation.dossier

    @property
    def meets(self) -> bool:
        """Whether every question is answered with yes."""
        return all(answer.met for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Places:
    """The selection quota of one owner (III.4.a): how much of it is used, and why no more, where that was recorded."""

    owner: CampaignUnit
    used: int
    reason: str

    @property
    def quota(self) -> int:
        """How many may be selected."""
        return self.owner.selection_quota

    @property
    def left(self) -> int:
        """How many more may be selected."""
        return max(self.quota - self.used, 0)


def places_of(campaign: Campaign, owner: CampaignUnit | None = None) -> dict[int, Places]:
    """The selection quotas of a campaign, or of one owner, by the owner's id, in the order of their names."""
    member = aliased(CampaignUnit)
    used = (
        select(func.count(Dossier.id))
        .join(member, Dossier.campaign_unit_id == member.id)
        .where(member.quota_owner_id == CampaignUnit.id, Dossier.state.not_in(PLACE_FREE))
        .scalar_subquery()
    )
    query = (
        select(CampaignUnit, used, UnusedPlaces.reason)
        .outerjoin(UnusedPlaces, UnusedPlaces.campaign_unit_id == CampaignUnit.id)
        .where(CampaignUnit.campaign_id == campaign.id, CampaignUnit.selection_quota > 0)
        .order_by(CampaignUnit.sort_key)
    )
    if owner is not None:
        query = query.where(CampaignUnit.id == owner.id)
    return {unit.id: Places(unit, count, reason or "") for unit, count, reason in db.session.execute(query)}


def situations_of(
    campaign: Campaign,
    dossiers: Iterable[Dossier],
    *,
    actor: Actor,
    at: datetime,
    step: Step | None = None,
    places: Mapping[int, Places] | None = None,
) -> Iterator[Situation]:
    """The situations of many dossiers of one campaign, with what they have in common read once (or given: the places)."""
    known, places = Known(campaign), places_of(campaign) if places is None else places
    announcement = known.announced(campaign.plan.award_basis_year)
    ruling = db.session.scalars(select(Ruling).where(Ruling.campaign_id == campaign.id)).first()
    for dossier in dossiers:
        situation = Situation(dossier, actor, at, step, known=known)
        situation.ruling, situation.announcement = ruling, announcement
        owned = places.get(dossier.campaign_unit.quota_owner_id or 0)
        if owned is not None:
            situation.places_taken_by_others = owned.used - (dossier.state not in PLACE_FREE)
        yield situation


def proposals_for(
    campaign: Campaign, dossiers: Sequence[Dossier], *, actor: Actor, at: datetime, places: Mapping[int, Places] | None = None
) -> list[Proposal]:
    """Each dossier with its answers and with what stands against its selection; load them with EAGER."""
    requirements = transitions(DossierProcedure)[DossierState.RANKED, Step.SELECT].requirements
    return [
        Proposal(situation, answers_of(situation), tuple(requirements.objections(situation)))
        for situation in situations_of(campaign, dossiers, actor=actor, at=at, step=Step.SELECT, places=places)
    ]


def answers_of(situation: Situation) -> tuple[Answer, ...]:
    """The questions of III.1.a with their answers, for the year that was ruled (or the plan's, while there is no ruling)."""
    form, criterion, year = situation.dossier.registration, situation.criterion, situation.criterion_year
    known = situation.known or Known(situation.dossier.campaign)
    evidence, results = known.of(situation.unit, year), situation.results
    found = {
        Question.INDEX: (criteria.index_not_excellent, evidence.entry),
        Question.RECOGNISED: (criteria.commune_not_recognised, evidence.recognition),
        Question.RATED: (criteria.rating_too_low, evidence.rating),
        Question.PROGRESS: (criteria.no_progress, evidence.rating),
        Question.PARENT_INDEX: (criteria.district_not_excellent, evidence.parent_entry),
    }
    own = []
    for question in ASKED[criterion.needs]:
        rule, row = found[question]
        open_one = situation.ruling is None or row is None or (isinstance(row, IndexEntry) and row.publication.published_at is None)
        met = None if open_one else rule(results, clause=criterion.clause, year=year) is None
        own.append(Answer(question, met, criterion.clause, year, row))
    return (
        Answer(Question.REGISTERED, True, "III.1.a"),
        Answer(Question.FOLLOWS_LAW, form.follows_law, "III.1.a"),
        Answer(Question.IS_UNITED, form.is_united, "III.1.a"),
        *own,
    )

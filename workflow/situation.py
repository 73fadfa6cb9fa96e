"""The facts of one dossier at one instant, each gathered once, when a condition asks for it. The only queries of a step are here."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import aliased

from models.campaigns import CampaignUnit
from models.council import AgendaItem, Vote
from models.db import db
from models.decisions import Ruling, SignOff
from models.dossiers import Dossier, Nominee
from models.localtime import local_day
from models.people import Actor
from models.plan import Criterion, NomineeCriterion, Plan, RequiredDocument
from models.results import IndexEntry, IndexPublication, Rating, Recognition
from models.vocabulary import (
    DocumentKind,
    DossierState,
    NomineeFact,
    NomineeKind,
    NomineeWarning,
    Relation,
    ResultNeed,
    ScanResult,
    Step,
)
from workflow.evidence import Known
from workflow.machine import StepRequest
from workflow.policy import relations_to
from workflow.rules import eligibility
from workflow.rules.criteria import Results, criterion_answer

PLACE_FREE = (DossierState.REGISTERED, DossierState.RANKED, DossierState.NOT_SELECTED, DossierState.WITHDRAWN)
"""States in which a dossier holds no place of its district: lapsed and not recommended keep it (III.4.a, domain section 3)."""


def places_taken_beside(dossier: Dossier) -> ScalarSelect[int]:
    """III.4.a: how many other collectives of the quota's owner hold a place."""
    member, other = aliased(CampaignUnit), aliased(Dossier)
    return (
        select(func.count(other.id))
        .join(member, other.campaign_unit_id == member.id)
        .where(
            member.quota_owner_id == dossier.campaign_unit.quota_owner_id,
            other.id != dossier.id,
            other.state.not_in(PLACE_FREE),
        )
        .scalar_subquery()
    )


@dataclass
class Situation:
    """One dossier as one officer meets it at one instant, for one step (or for all, when the page asks)."""

    dossier: Dossier
    actor: Actor
    at: datetime
    step: Step | None = None
    request: StepRequest | None = None
    known: Known | None = None
    """What is on record of the whole campaign, where many dossiers are looked at together (workflow/proposals.py), or of this one."""

    def for_step(self, step: Step) -> Situation:
        """The same dossier before the same officer, for one step, with everything that was gathered except what depends on the step."""
        found = copy(self)
        found.step = step
        found.__dict__.pop("sign_off", None)
        return found

    @property
    def plan(self) -> Plan:
        """The campaign's plan."""
        return self.dossier.campaign.plan

    @property
    def unit(self) -> CampaignUnit:
        """The collective as it was when the campaign opened."""
        return self.dossier.campaign_unit

    @cached_property
    def relations(self) -> frozenset[Relation]:
        """How the officer's unit stands to the dossier's."""
        return relations_to(self.actor, self.unit)

    @cached_property
    def own_affair(self) -> bool:
        """Whether the officer would decide on their own unit, its parent or child; compiling one's communes is no conflict."""
        if Relation.COMPILES in self.relations:
            return False
        if self.actor.unit_id is None:
            return False
        parent = self.unit.parent.unit_id if self.unit.parent else None
        return self.actor.unit_id in {self.unit.unit_id, parent} or self.of_a_child

    @cached_property
    def of_a_child(self) -> bool:
        """Whether the officer's unit is a child of the dossier's."""
        return any(child.unit_id == self.actor.unit_id for child in self.unit.children)

    @cached_property
    def sign_off(self) -> SignOff | None:
        """The unused consent of a different officer to this step of the dossier as it stands."""
        given = [s for s in self.dossier.sign_offs if s.step is self.step and s.dossier_version == self.dossier.version]
        return next((sign_off for sign_off in given if sign_off.used_at is None and sign_off.user_id != self.actor.user_id), None)

    @property
    def criterion(self) -> Criterion:
        """The criterion by which this kind of collective qualifies."""
        return self.plan.criteria[self.unit.criterion or ""]

    @cached_property
    def ruling(self) -> Ruling | None:
        """Home affairs' ruling on the year that counts."""
        return db.session.scalars(select(Ruling).where(Ruling.campaign_id == self.dossier.campaign_id)).first()

    @cached_property
    def criterion_year(self) -> int:
        """The year by which the criterion is judged: the ruling's, or the plan's while there is none."""
        return int(self.ruling.years[self.criterion.code]) if self.ruling else self.criterion.year

    @cached_property
    def announcement(self) -> IndexPublication | None:
        """The published ranking that the award rests on (III.3, III.4.a)."""
        return db.session.scalars(
            select(IndexPublication).where(
                IndexPublication.campaign_id == self.dossier.campaign_id,
                IndexPublication.index_year == self.plan.award_basis_year,
                IndexPublication.published_at.is_not(None),
            )
        ).first()

    @cached_property
    def results(self) -> Results:
        """What is recorded for the year that counts."""
        return self.results_for(self.criterion_year)

    @cached_property
    def announced_results(self) -> Results:
        """What is recorded for the ranking: index entries of the award's year; recognitions and ratings of any year that counts."""
        index = self.results_for(self.plan.award_basis_year)
        return index if self.criterion.needs is ResultNeed.INDEX else self._with_index_of(index)

    def _with_index_of(self, index: Results) -> Results:
        judged = self.results
        return Results(
            index_group=index.index_group,
            index_published=index.index_published,
            parent_index_group=index.parent_index_group,
            parent_index_published=index.parent_index_published,
            recognised=judged.recognised or index.recognised,
            rated=judged.rated or index.rated,
            rating_sufficient=judged.rating_sufficient,
            better_than_before=judged.better_than_before,
        )

    def results_for(self, year: int) -> Results:
        """What is recorded about the collective for one year, as its criterion needs it."""
        if self.known is not None:
            return self.known.of(self.unit, year).results(self.plan)
        need = self.criterion.needs
        if need is ResultNeed.INDEX:
            own = self._entry(self.unit.id, year)
            return Results(index_group=own[0], index_published=own[1])
        if need is ResultNeed.RECOGNITION:
            found = db.session.scalar(select(Recognition.id).where(Recognition.campaign_unit_id == self.unit.id, Recognition.year == year))
            return Results(recognised=found is not None)
        rating = db.session.scalars(select(Rating).where(Rating.campaign_unit_id == self.unit.id, Rating.year == year)).first()
        parent = self._entry(self.unit.parent_id, year) if need is ResultNeed.RATING_PARENT_INDEX else (None, False)
        return Results(
            parent_index_group=parent[0],
            parent_index_published=parent[1],
            rated=rating is not None,
            rating_sufficient=rating is not None and self.plan.rating_at_least(rating.rating, self.plan.minimum_rating),
            better_than_before=rating is not None and rating.better_than_before,
        )

    def _entry(self, campaign_unit_id: int | None, year: int) -> tuple[str | None, bool]:
        row = db.session.execute(
            select(IndexEntry.rank_group, IndexPublication.published_at)
            .join(IndexEntry.publication)
            .where(IndexEntry.campaign_unit_id == campaign_unit_id, IndexPublication.index_year == year)
        ).first()
        return (row.rank_group, row.published_at is not None) if row else (None, False)

    @property
    def quota_owner(self) -> CampaignUnit | None:
        """The unit whose selection quota this collective uses up (a commune's district)."""
        return self.unit.quota_owner

    @cached_property
    def places_taken_by_others(self) -> int:
        """How many other collectives of the quota's owner hold a place."""
        return db.session.scalar(select(places_taken_beside(self.dossier))) or 0

    @property
    def places(self) -> tuple[str, int, int] | None:
        """The owner of the quota that this collective uses up, its places taken, and its quota."""
        owner = self.quota_owner
        if owner is None:
            return None
        return owner.name, self.places_taken_by_others + (self.dossier.state not in PLACE_FREE), owner.selection_quota

    @property
    def individuals(self) -> list[Nominee]:
        """The people put forward beside the collective."""
        return [nominee for nominee in self.dossier.nominees if nominee.kind is NomineeKind.INDIVIDUAL]

    def warnings_of(self, nominee: Nominee) -> list[NomineeWarning]:
        """What is unusual about a person put forward (II.2.b), confirmed or not."""
        if nominee.kind is NomineeKind.COLLECTIVE:
            return []
        registered = {eligibility.person_key(p.full_name, p.workplace) for p in self.dossier.registration.individuals}
        return eligibility.nominee_warnings(
            registered=eligibility.person_key(nominee.full_name, nominee.workplace) in registered,
            civil_servant=nominee.civil_servant,
            assigned=nominee.direct or bool(nominee.assignment),
        )

    @cached_property
    def unconfirmed_warnings(self) -> list[tuple[Nominee, list[NomineeWarning]]]:
        """Each individual with the warnings that the appraiser has not confirmed."""
        found = []
        for nominee in self.individuals:
            warnings = self.warnings_of(nominee)
            confirmed = {row.warning for row in nominee.confirmations} if warnings else set()
            found.append((nominee, [warning for warning in warnings if warning not in confirmed]))
        return found

    def on_record(self, nominee: Nominee, fact: NomineeFact) -> bool | None:
        """What the record answers about a nominee (III.1.a, III.1.b); None while the year is not ruled or its result not there."""
        form = self.dossier.registration
        if fact is NomineeFact.REGISTERED:
            return True  # an accepted form has opened the dossier
        if fact is NomineeFact.RATING:
            return self.plan.rating_at_least(nominee.rating, self.plan.minimum_rating)
        if fact is NomineeFact.CRITERION:
            return criterion_answer(self.criterion.needs, self.results, year=self.criterion_year) if self.ruling else None
        attested = {
            NomineeFact.FOLLOWS_LAW: form.follows_law,
            NomineeFact.IS_UNITED: form.is_united,
            NomineeFact.REFORM: nominee.reform_excellent,
        }
        return attested[fact]

    @cached_property
    def unanswered(self) -> list[tuple[NomineeCriterion, list[str]]]:
        """Each criterion that only the unit can answer, with the names of those for whom it has not said yes."""
        found = []
        for asked in self.plan.nominee_criteria:
            if asked.fact is None:
                concerned = [nominee for nominee in self.dossier.nominees if nominee.kind is asked.of]
                said = {n.id for n in concerned for answer in n.answers if answer.criterion == asked.code and answer.stated}
                found.append((asked, [nominee.full_name for nominee in concerned if nominee.id not in said]))
        return found

    @cached_property
    def missing_documents(self) -> list[tuple[RequiredDocument, list[str]]]:
        """Each paper that the plan asks for, with the names of those who have none; an infected file is none."""
        documents = [document for document in self.dossier.documents if document.latest.scan is not ScanResult.INFECTED]
        missing = []
        for paper in self.plan.documents:
            if paper.per == "nominee":
                have = {document.nominee_id for document in documents if document.kind is paper.kind}
                missing.append((paper, [n.full_name for n in self.dossier.nominees if n.id not in have]))
            else:
                present = any(document.kind is paper.kind for document in documents)
                missing.append((paper, [] if present else [self.dossier.submits.name]))
        return missing

    @property
    def papers(self) -> list[str]:
        """The labels of the papers that are there, one for each."""
        labels = {paper.kind: paper.label for paper in self.plan.documents}
        return [labels.get(document.kind, DocumentKind(document.kind).label) for document in self.dossier.documents]

    @cached_property
    def agenda_item(self) -> AgendaItem | None:
        """The dossier's place on the agenda of the latest session held since it was last submitted."""
        if self.dossier.submitted_at is None:
            return None
        first, last = local_day(self.dossier.submitted_at), local_day(self.at)
        held = [item for item in self.dossier.agenda_items if first <= item.session.held_on <= last]
        return max(held, key=lambda item: (item.session.held_on, item.session_id), default=None)

    @property
    def votes(self) -> list[Vote]:
        """The votes of the latest session on this dossier."""
        return self.agenda_item.votes if self.agenda_item else []

"""RP3, the appraisal table: every nominee of a campaign against every criterion, with answers, findings and reasons. Read at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.documents import Document
from models.dossiers import Dossier, Nominee, NomineeAnswer
from models.people import Actor
from models.plan import NomineeCriterion
from models.registrations import Registration
from models.vocabulary import DossierState, NomineeKind, NomineeWarning
from workflow.criteria_answers import CriterionAnswer, cells_of
from workflow.proposals import situations_of
from workflow.situation import Situation

PUT_FORWARD = (
    DossierState.SELECTED,
    DossierState.SUBMITTED,
    DossierState.REVIEWED,
    DossierState.FORWARDED,
    DossierState.AWARDED,
    DossierState.NOT_AWARDED,
    DossierState.NOT_RECOMMENDED,
)
"""States of the dossiers that put somebody forward: the others ended before, or have not got so far."""


@dataclass(frozen=True, slots=True)
class AppraisalRow:
    """One nominee: its dossier, its answers in the order of the criteria, its warnings and why they were let stand."""

    dossier: Dossier
    nominee: Nominee
    cells: tuple[CriterionAnswer, ...]
    warnings: tuple[tuple[NomineeWarning, str], ...]


@dataclass(frozen=True, slots=True)
class AppraisalTable:
    """The nominees of one kind, who are all asked the same."""

    kind: NomineeKind
    criteria: tuple[NomineeCriterion, ...]
    rows: tuple[AppraisalRow, ...]


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The whole of RP3."""

    campaign: Campaign
    tables: tuple[AppraisalTable, ...]

    @property
    def count(self) -> int:
        """How many nominees there are in all."""
        return sum(len(table.rows) for table in self.tables)


def appraisal_of(campaign: Campaign, *, state: DossierState | None, kind: str, actor: Actor, at: datetime) -> Appraisal:
    """IV, third dash: the nominees of the dossiers in a state and of a kind of unit, or of all that put somebody forward."""
    query = (
        select(Dossier)
        .join(Dossier.campaign_unit)
        .options(
            contains_eager(Dossier.campaign_unit).options(joinedload(CampaignUnit.parent), joinedload(CampaignUnit.compiled_by)),
            joinedload(Dossier.registration).joinedload(Registration.individuals),
            selectinload(Dossier.nominees).options(
                joinedload(Nominee.confirmations),
                selectinload(Nominee.answers).joinedload(NomineeAnswer.evidence).joinedload(Document.versions),
            ),
        )
        .where(Dossier.campaign_id == campaign.id, Dossier.state.in_(PUT_FORWARD if state is None else (state,)))
        .order_by(Dossier.sort_key, Dossier.id)
    )
    if kind:
        query = query.where(CampaignUnit.kind == kind)
    rows = [
        row
        for situation in situations_of(campaign, db.session.scalars(query).unique().all(), actor=actor, at=at, places={})
        for row in _rows(situation)
    ]
    plan = campaign.plan
    return Appraisal(
        campaign,
        tuple(
            AppraisalTable(of, tuple(plan.asked_of(of)), tuple(row for row in rows if row.nominee.kind is of))
            for of in (NomineeKind.COLLECTIVE, NomineeKind.INDIVIDUAL)
        ),
    )


def _rows(situation: Situation) -> list[AppraisalRow]:
    found = []
    for nominee in situation.dossier.nominees:
        reasons = {row.warning: row.reason for row in nominee.confirmations}
        warnings = tuple((warning, reasons.get(warning, "")) for warning in situation.warnings_of(nominee))
        found.append(AppraisalRow(situation.dossier, nominee, tuple(cells_of(situation, nominee)), warnings))
    return found

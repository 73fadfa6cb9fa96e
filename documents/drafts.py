"""Drafts of papers: which kind is made for what, when that is possible, and what to warn of. What stands in each is in its own module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from audit import Act, record
from audit.actions import Action
from documents import chairman_papers, council_papers, unit_papers
from documents.on_record import everybody, put_forward, recommended, to_be_awarded
from documents.reports_of_achievement import achievement_reports
from documents.selected_notice import selected_notice
from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem, CouncilSession
from models.db import db
from models.dossiers import Dossier, Nominee
from models.localtime import local_day
from models.people import Actor
from models.plan import Plan
from models.text import N_, clean
from models.vocabulary import Capacity, DossierState, NomineeKind, PaperKind
from notifications.wording import day_words
from workflow.acts import record_on_dossier, refuse_if
from workflow.council import called_off
from workflow.rules.objection import Objection, Place

Subject = Dossier | Nominee | CouncilSession | Sequence[Dossier]
"""What a paper is about: one or several dossiers, one nominee (a report), or a session of the council."""

UNIT_PAPERS = {PaperKind.PROPOSAL_LETTER: unit_papers.proposal_letter, PaperKind.MINUTES: unit_papers.minutes}
LISTS = {PaperKind.CHAIRMAN_LETTER: chairman_papers.chairman_letter, PaperKind.AWARD_DECISION: chairman_papers.award_decision}
SESSION_PAPERS = {PaperKind.COUNCIL_AGENDA: council_papers.agenda, PaperKind.COUNCIL_MINUTES: council_papers.minutes}
REPORTS = {PaperKind.ACHIEVEMENT_COLLECTIVE: NomineeKind.COLLECTIVE, PaperKind.ACHIEVEMENT_INDIVIDUAL: NomineeKind.INDIVIDUAL}

NAMED = {PaperKind.CHAIRMAN_LETTER: recommended, PaperKind.AWARD_DECISION: to_be_awarded}
"""Whom the lists name; the other papers of dossiers name everybody."""

WANTED = {
    **dict.fromkeys(UNIT_PAPERS, N_("một hoặc nhiều hồ sơ của một cơ quan trình")),
    **dict.fromkeys(LISTS, N_("danh sách hồ sơ của một đợt thi đua")),
    **dict.fromkeys(SESSION_PAPERS, N_("một phiên họp Hội đồng")),
    **dict.fromkeys(REPORTS, N_("một hồ sơ hoặc một người, tập thể được đề nghị trong hồ sơ")),
    PaperKind.SELECTED_NOTICE: N_("một hồ sơ"),
}

SELECTED = frozenset(DossierState) - {
    DossierState.REGISTERED,
    DossierState.RANKED,
    DossierState.NOT_SELECTED,
    DossierState.WITHDRAWN,
    DossierState.LAPSED,
}
RECOMMENDED = frozenset({DossierState.REVIEWED, DossierState.FORWARDED})
DECIDED = frozenset({DossierState.AWARDED, DossierState.NOT_AWARDED})

OPEN_IN = {
    **dict.fromkeys([*UNIT_PAPERS, *REPORTS, PaperKind.SELECTED_NOTICE], SELECTED),
    PaperKind.CHAIRMAN_LETTER: RECOMMENDED | DECIDED,
    PaperKind.AWARD_DECISION: RECOMMENDED | {DossierState.AWARDED},
}
"""The states of a dossier in which a paper about it can be drafted (III.4, IV)."""

LISTED = (
    joinedload(Dossier.campaign_unit).options(joinedload(CampaignUnit.parent), joinedload(CampaignUnit.compiled_by)),
    selectinload(Dossier.nominees),
    selectinload(Dossier.agenda_items).joinedload(AgendaItem.session),
)
"""What a list reads of its dossiers, at once."""

LONGEST_NAME = 120
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper as a .docx file under its Vietnamese name, and what to know before it is signed (in words: workflow/wording.py)."""

    file_name: str
    content: bytes
    warnings: tuple[Objection, ...] = ()


def draft(kind: PaperKind, subject: Subject, *, at: datetime, capacity: Capacity | None = None) -> Draft:
    """Draft a paper from what is on record at an instant; the same record at the same instant gives the same bytes.

    `capacity` is how the signer signs (KT., TL., TUQ.); None is the head. Achievement reports of a dossier are one for each of its
    collectives or individuals, each on a new page. Raises ActRefused when the kind does not fit the subject, or not yet.
    """
    if isinstance(subject, CouncilSession):
        refuse_if(None if kind in SESSION_PAPERS else _unfit(kind), called_off(subject))
        plan, name = council_papers.plan_of(subject), day_words(subject.held_on)
        content = SESSION_PAPERS[kind](subject, at, capacity)
    elif isinstance(subject, Nominee):
        refuse_if(_too_early(kind, [subject.dossier]) if REPORTS.get(kind) is subject.kind else _unfit(kind))
        plan, name = subject.dossier.campaign.plan, subject.full_name
        content = achievement_reports([subject], at, capacity)
    else:
        dossiers = [subject] if isinstance(subject, Dossier) else list(subject)
        refuse_if(*_against(kind, dossiers))
        plan, name = dossiers[0].campaign.plan, _name(kind, dossiers)
        content = _content(kind, dossiers, at, capacity)
    return Draft(_file_name(kind, name), content, warnings(kind, plan, at))


def kinds_for(dossier: Dossier) -> list[PaperKind]:
    """The papers of one dossier that can be drafted as it stands."""
    return [kind for kind in PaperKind if kind not in LISTS and not [reason for reason in _against(kind, [dossier]) if reason]]


def waiting(kind: PaperKind, campaign: Campaign) -> list[Dossier]:
    """The dossiers that a list is made of: those to be forwarded, or those forwarded that wait for the Chairman's decision."""
    state = DossierState.REVIEWED if kind is PaperKind.CHAIRMAN_LETTER else DossierState.FORWARDED
    return list(db.session.scalars(select(Dossier).where(Dossier.campaign_id == campaign.id, Dossier.state == state).options(*LISTED)))


def record_draft(kind: PaperKind, subject: Subject, drafted: Draft, *, actor: Actor, at: datetime) -> None:
    """Put on record that somebody took a draft away."""
    detail = {"paper": kind.value, "file": drafted.file_name}
    if isinstance(subject, Nominee):
        subject = subject.dossier
    if isinstance(subject, Dossier):
        record_on_dossier(Action.PAPER_DRAFT, subject, detail, clause="III.4.c", actor=actor, at=at)
        return
    if isinstance(subject, CouncilSession):
        act = Act(Action.PAPER_DRAFT, f"council_session:{subject.id}", clause="procedure", detail=detail, campaign_id=subject.campaign_id)
    else:
        number, codes = subject[0].campaign_id, [dossier.code for dossier in subject]
        act = Act(Action.PAPER_DRAFT, f"campaign:{number}", clause="IV", detail={**detail, "dossiers": codes}, campaign_id=number)
    record(act, actor=actor, at=at)


def warnings(kind: PaperKind, plan: Plan, at: datetime) -> tuple[Objection, ...]:
    """What a paper rests on and does not hold on the day (Decree 91/2017 → 98/2023 → 152/2025), or that the plan names nothing."""
    today, found = local_day(at), []
    bases = plan.bases_of(kind)
    for basis in bases:
        if basis.valid_to is not None and today >= basis.valid_to:
            day, by = day_words(basis.valid_to), basis.replaced_by
            if by:
                found.append(Objection("basis_replaced", {"paper": kind.value, "title": basis.title, "day": day, "by": by}, basis.code))
            else:
                found.append(Objection("basis_expired", {"paper": kind.value, "title": basis.title, "day": day}, basis.code))
        if basis.valid_from is not None and today < basis.valid_from:
            found.append(
                Objection("basis_not_yet", {"paper": kind.value, "title": basis.title, "day": day_words(basis.valid_from)}, basis.code)
            )
    return tuple(found) if bases else (Objection("paper_without_basis", {"paper": kind.value, "year": plan.year}),)


def _against(kind: PaperKind, dossiers: Sequence[Dossier]) -> list[Objection | None]:
    single = kind is PaperKind.SELECTED_NOTICE or kind in REPORTS
    if not dossiers:
        return [Objection("paper_for_nobody", {"paper": kind.value})]
    if kind in SESSION_PAPERS or (single and len(dossiers) > 1):
        return [_unfit(kind)]
    owners = {(d.campaign_id, d.submits_id if kind in UNIT_PAPERS else 0): d.submits.name for d in dossiers}
    several = Objection("paper_of_several", {"paper": kind.value, "units": sorted(set(owners.values()))}) if len(owners) > 1 else None
    return [_too_early(kind, dossiers), several, _nobody(kind, dossiers)]


def _unfit(kind: PaperKind) -> Objection:
    return Objection("paper_unfit", {"paper": kind.value, "wanted": WANTED[kind]})


def _too_early(kind: PaperKind, dossiers: Sequence[Dossier]) -> Objection | None:
    wrong = [f"{dossier.code} ({dossier.state.label})" for dossier in dossiers if dossier.state not in OPEN_IN[kind]]
    return Objection("paper_too_early", {"paper": kind.value, "dossiers": wrong}, place=Place.DOSSIER) if wrong else None


def _nobody(kind: PaperKind, dossiers: Sequence[Dossier]) -> Objection | None:
    kinds = [REPORTS[kind]] if kind in REPORTS else list(NomineeKind)
    if any(put_forward(dossiers, one, NAMED.get(kind, everybody)) for one in kinds):
        return None
    return Objection("paper_for_nobody", {"paper": kind.value}, "III.4.b", Place.NOMINEES)


def _content(kind: PaperKind, dossiers: Sequence[Dossier], at: datetime, capacity: Capacity | None) -> bytes:
    if kind in REPORTS:
        return achievement_reports(put_forward(dossiers, REPORTS[kind]), at, capacity)
    if kind is PaperKind.SELECTED_NOTICE:
        return selected_notice(dossiers[0], at, capacity)
    return {**UNIT_PAPERS, **LISTS}[kind](dossiers, at, capacity)


def _name(kind: PaperKind, dossiers: Sequence[Dossier]) -> str:
    if kind in LISTS:
        return str(dossiers[0].campaign.year)
    return dossiers[0].submits.name if kind in UNIT_PAPERS else dossiers[0].campaign_unit.long_name


def _file_name(kind: PaperKind, name: str) -> str:
    """A name that every system takes, the kind first."""
    kept = NOT_IN_NAMES.sub("-", clean(f"{kind.label} - {name}"))
    return kept[:LONGEST_NAME].strip(" .") + ".docx"

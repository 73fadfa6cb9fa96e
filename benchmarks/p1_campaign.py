"""The campaign that P1 works on: as many registered dossiers as it needs, with results, papers, people and votes already there.

Half are agencies of the province (judged by the index, chosen by home affairs), half communes (recognised, chosen and submitted by their
district; each the only one of its own, so that every selection takes a place of a quota). All of it is made before the clock starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem, CouncilSession, Vote
from models.db import db, transaction
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.localtime import VIETNAM
from models.people import Actor
from models.registrations import RegisteredCollective, Registration
from models.results import Recognition
from models.text import folded, sort_key
from models.units import Unit, UnitAddress, UnitVersion
from models.vocabulary import DocumentKind, NomineeKind, RegistrationState, Role, Step
from notifications.facts import ranking_facts
from tests import builders
from workflow.steps import open_dossier

STEPS = (Step.RANK, Step.SELECT, Step.SUBMIT, Step.REVIEW, Step.FORWARD)
AGENCY, COMMUNE, DISTRICT = "STP", "30904", "906"
"""The real bodies that the invented ones are copied from."""

ON_AN_AGENDA = 20


def _in_vietnam(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=VIETNAM)  # type: ignore[arg-type]


WHEN: Mapping[Step, datetime] = {
    Step.RANK: _in_vietnam(2022, 1, 17, 8, 30),
    Step.SELECT: _in_vietnam(2022, 1, 17, 9),
    Step.SUBMIT: _in_vietnam(2022, 1, 25, 9),
    Step.REVIEW: _in_vietnam(2022, 2, 15, 15),
    Step.FORWARD: _in_vietnam(2022, 2, 18, 9),
}
ANSWERS: Mapping[Step, dict[str, Any]] = {Step.FORWARD: {"number": "30/TTr-SNV", "date": date(2022, 2, 18)}}
REGISTERED = _in_vietnam(2021, 3, 10, 10)
SESSION_DAY = date(2022, 2, 15)


@dataclass(frozen=True, slots=True)
class Case:
    """One dossier: who takes its steps, and the ids and name parts by which its rows differ from another's of the same kind."""

    kind: str
    dossier_id: int
    actors: Mapping[Step, Actor]
    words: tuple[str, ...]
    ids: Mapping[str, tuple[Any, ...]]


def build(count: int) -> list[Case]:
    """An open 2021 campaign, its ranking published and ruled on, and `count` dossiers ready for their five steps; kinds alternate."""
    builders.open_2021()
    campaign = db.session.query(Campaign).one()
    with transaction() as session:
        _add_units(campaign, count)
        session.flush()
        agencies = [unit.unit.code for unit in _invented(campaign, "a")]
    builders.publish(campaign, dict.fromkeys((AGENCY, "SNV", DISTRICT, *agencies), "excellent"))
    builders.rule(campaign)
    with transaction():
        for unit in _invented(campaign, "c"):
            db.session.add(Recognition(campaign_unit_id=unit.id, year=2021, number="45/QĐ-UBND", date=date(2022, 1, 14)))
    home = builders.actor_of("SNV", Role.HOME_AFFAIRS)
    secretary = builders.actor_of("SNV", Role.COUNCIL_SECRETARY)
    officer = builders.actor_of(AGENCY)
    with transaction():
        dossiers = [_open(campaign, unit, home) for unit in (*_invented(campaign, "a"), *_invented(campaign, "c"))]
        _hold_sessions(campaign, dossiers)
        db.session.flush()
        cases = [_case(dossier, home, secretary, officer) for dossier in dossiers]
    db.session.remove()
    half = len(cases) // 2
    return [case for pair in zip(cases[:half], cases[half:], strict=True) for case in pair]


def _invented(campaign: Campaign, letter: str) -> list[CampaignUnit]:
    found = (
        db.session.query(CampaignUnit).join(CampaignUnit.unit).where(CampaignUnit.campaign_id == campaign.id, Unit.code.like(f"{letter}0%"))
    )
    return list(found.order_by(Unit.code))


def _add_units(campaign: Campaign, count: int) -> None:
    agency, commune, district = (builders.unit_of(campaign, code) for code in (AGENCY, COMMUNE, DISTRICT))
    for number in range(count // 2):
        _copy(agency, f"a{number:05}")
        owner = _copy(district, f"d{number:05}", selection_quota=1)
        db.session.flush()
        _copy(commune, f"c{number:05}", parent_id=owner.id, compiled_by_id=owner.id, quota_owner_id=owner.id, submits_id=owner.id)


def _copy(model: CampaignUnit, code: str, **changes: Any) -> CampaignUnit:
    """An invented body beside a real one; its code stands in every name and address that it has."""
    name, official = f"{model.name} {code}", f"{model.official_name} {code}"
    unit = Unit(code=code, aliases=[], source="benchmark", addresses=[UnitAddress(email=f"vanthu.{code}@kiengiang.example")])
    unit.versions = [
        UnitVersion(valid_from=date(2020, 1, 1), name=name, official_name=official, kind=model.kind, basis="benchmark", parent_id=None)
    ]
    kept = {column.key: getattr(model, column.key) for column in CampaignUnit.__table__.columns}
    for key in ("id", "unit_id", "version"):
        del kept[key]
    submits_itself = kept.pop("submits_id") == model.id
    kept |= {"name": name, "official_name": official, "search": folded(f"{name} {code}"), "sort_key": sort_key(name), **changes}
    copy = CampaignUnit(unit=unit, **kept)
    db.session.add(copy)
    if submits_itself:
        db.session.flush()
        copy.submits_id = copy.id
    return copy


def _open(campaign: Campaign, unit: CampaignUnit, home: Actor) -> Dossier:
    form = Registration(
        campaign=campaign, campaign_unit=unit, state=RegistrationState.ACCEPTED, follows_law=True, is_united=True, preparer="Lê Văn Lập"
    )
    form.head, form.sent_at, form.decided_at = "Phạm Thị Trưởng", REGISTERED, REGISTERED
    form.collectives = [RegisteredCollective(campaign_unit=unit)]
    db.session.add(form)
    dossier = open_dossier(form, unit, actor=home, at=REGISTERED + timedelta(hours=1))
    for name in ("Nguyễn Văn An", "Trần Thị Bình")[: unit.individual_quota]:
        person = Nominee(kind=NomineeKind.INDIVIDUAL, full_name=name, position="Chuyên viên", workplace=unit.name)
        person.rating, person.reform_excellent, person.direct = "good", True, True
        dossier.nominees.append(person)
    db.session.flush()
    wanted = [(DocumentKind.PROPOSAL_LETTER, None), (DocumentKind.MINUTES, None)]
    wanted += [(DocumentKind.ACHIEVEMENT_REPORT, nominee.id) for nominee in dossier.nominees]
    for kind, nominee_id in wanted:
        version = DocumentVersion(number=1, file_name=f"{kind.value}.pdf", media_type="application/pdf", size=10, sha256="0" * 64)
        version.uploaded_at = WHEN[Step.SELECT]
        document = Document(campaign_unit_id=dossier.submits_id, kind=kind, nominee_id=nominee_id, versions=[version])
        dossier.documents.append(document)
    return dossier


def _hold_sessions(campaign: Campaign, dossiers: list[Dossier]) -> None:
    for start in range(0, len(dossiers), ON_AN_AGENDA):
        held = CouncilSession(campaign_id=campaign.id, held_on=SESSION_DAY, place="Phòng họp 1", members_total=9, members_present=9)
        held.quorum, held.minutes_number, held.minutes_date = 6, "12/BB-HĐ", SESSION_DAY
        for dossier in dossiers[start : start + ON_AN_AGENDA]:
            votes = [Vote(nominee=n, votes_for=8, votes_against=1, votes_absent=0, recommended=True) for n in dossier.nominees]
            held.agenda.append(AgendaItem(dossier=dossier, votes=votes))
        db.session.add(held)


def _case(dossier: Dossier, home: Actor, secretary: Actor, officer: Actor) -> Case:
    unit = dossier.campaign_unit
    district = unit.compiled_by
    submitter = _officer(officer, district or unit)
    chooser = submitter if district else home
    units = [unit, district] if district else [unit]
    numbers = [body.unit.code for body in units]
    return Case(
        kind=unit.kind,
        dossier_id=dossier.id,
        actors={Step.RANK: chooser, Step.SELECT: chooser, Step.SUBMIT: submitter, Step.REVIEW: secretary, Step.FORWARD: home},
        words=tuple(numbers),
        ids={
            "dossier_id": (dossier.id,),
            "dossier": (dossier.id,),
            "obj": (f"dossier:{dossier.id}",),
            "link": (f"/dossiers/{dossier.id}",),
            "result": (ranking_facts(dossier.campaign, unit)["result"],),
            "code": (dossier.code,),
            "registration_id": (dossier.registration_id,),
            "campaign_unit_id": tuple(body.id for body in units),
            "submits_id": tuple(body.id for body in units),
            "unit_id": tuple(body.unit_id for body in units),
            "unit": tuple(body.unit_id for body in units),
            "nominee": tuple(nominee.id for nominee in dossier.nominees),
            "document": tuple(document.id for document in dossier.documents),
        },
    )


def _officer(officer: Actor, unit: CampaignUnit) -> Actor:
    """An officer of an invented body; one account stands for all of them."""
    return Actor(user_id=officer.user_id, name=officer.name, role=Role.OFFICER, unit_id=unit.unit_id, unit_name=unit.official_name)


def pairs(cases: list[Case]) -> Iterator[tuple[Case, Case]]:
    """The cases two by two, both of the same kind: one for the service, one for its floor."""
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        waiting = by_kind.setdefault(case.kind, [])
        waiting.append(case)
        if len(waiting) == 2:
            yield waiting[0], waiting[1]
            waiting.clear()

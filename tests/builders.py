"""Building blocks of the tests: the 2021 campaign opened on its units, actors of every role, dossiers at any state by the real road."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from imports import data_files
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier
from models.localtime import VIETNAM
from models.people import Actor, Appointment, User
from models.units import Unit, UnitAddress
from models.vocabulary import DocumentKind, NomineeKind, Role, Source, Step
from workflow import campaigns, council, criteria_answers, ranking, registrations
from workflow.machine import StepRequest
from workflow.ranking import Announcement, PublishedEntry
from workflow.registrations import FormContent, Person
from workflow.situation import Situation
from workflow.steps import take_step

DATA = Path(__file__).resolve().parent.parent / "data"
LOADER = Actor(user_id=None, name="Dòng lệnh", role=Role.ADMINISTRATOR, unit_id=None, source=Source.COMMAND)
ISSUED = datetime(2021, 2, 4, 9, 0, tzinfo=VIETNAM)


def at(text: str) -> datetime:
    """An instant in Vietnam: "2021-03-31 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def actor_of(code: str, role: Role = Role.OFFICER, name: str = "") -> Actor:
    """A person appointed in the unit of a code, stored with login, unit and role."""
    unit = db.session.scalars(select(Unit).where(Unit.code == code)).one()
    login = f"{name or role.value}.{code}@thidua.example".casefold()
    user = db.session.scalars(select(User).where(User.login == login)).first()
    if user is None:
        with transaction() as session:
            unit = session.scalars(select(Unit).where(Unit.code == code)).one()
            user = User(login=login, full_name=name or f"{role.label} {code}", position="Chuyên viên", password_hash="-")
            user.appointments = [Appointment(unit=unit, role=role, valid_from=date(2020, 1, 1))]
            session.add(user)
    version = unit.versions[-1]
    return Actor(user_id=user.id, name=user.full_name, role=role, unit_id=unit.id, unit_name=version.official_name)


def load_data() -> Campaign:
    """Units of 4 February 2021, calendar and plan, loaded but not opened."""
    with transaction():
        data_files.load_units(DATA / "units.csv", actor=LOADER, at=ISSUED)
        data_files.load_calendar(DATA / "calendar.csv", actor=LOADER, at=ISSUED)
        campaign, _ = data_files.load_campaign(DATA / "campaigns" / "2021.toml", actor=LOADER, at=ISSUED)
        for unit in db.session.scalars(select(Unit)):
            unit.addresses = [UnitAddress(email=f"vanthu.{unit.code.casefold()}@kiengiang.example")]
    return campaign


def open_2021() -> Campaign:
    """The 2021 campaign as it was opened on the day of its plan."""
    campaign = load_data()
    with transaction():
        campaigns.open_campaign(campaign, actor=LOADER, at=ISSUED)
    return campaign


def unit_of(campaign: Campaign, code: str) -> CampaignUnit:
    """A unit of the campaign by its code."""
    return db.session.scalars(
        select(CampaignUnit).join(CampaignUnit.unit).where(CampaignUnit.campaign_id == campaign.id, Unit.code == code)
    ).one()


def dossier_of(campaign: Campaign, code: str) -> Dossier:
    """The dossier of the collective with a code."""
    return db.session.scalars(select(Dossier).where(Dossier.campaign_unit_id == unit_of(campaign, code).id)).one()


def register(campaign: Campaign, code: str, *, when: datetime | None = None, by: Actor | None = None) -> list[Dossier]:
    """A unit registers itself and its specialised units with two people; the form is accepted the same day."""
    when = when or at("2021-03-10 10:00")
    officer = actor_of(code)
    unit = unit_of(campaign, code)
    content = FormContent(
        collectives=registrations.collectives_for(unit),
        individuals=[Person("Nguyễn Văn An", "Chuyên viên", unit.name), Person("Trần Thị Bình", "Phó Trưởng phòng", unit.name)],
        follows_law=True,
        is_united=True,
        preparer="Lê Văn Lập",
        head="Phạm Thị Trưởng",
    )
    if by is None:
        by = actor_of(unit.compiled_by.unit.code) if unit.compiled_by else actor_of("SNV", Role.HOME_AFFAIRS)
    with transaction():
        form = registrations.save(unit_of(campaign, code), content, actor=officer, at=when)
        registrations.send(form, actor=officer, at=when)
    with transaction():
        return registrations.accept(form, actor=by, at=when + timedelta(hours=1))


def publish(campaign: Campaign, groups: dict[str, str], *, decided: date = date(2022, 1, 14), when: datetime | None = None) -> None:
    """The ranking of the award's year: codes with their groups, published on the decision's day at 14:00."""
    officer = actor_of("SNV", Role.HOME_AFFAIRS)
    when = when or datetime(decided.year, decided.month, decided.day, 14, tzinfo=VIETNAM)
    with transaction():
        entries = [
            PublishedEntry(unit_of(campaign, code), f"{95 - rank},5", rank, group)
            for rank, (code, group) in enumerate(groups.items(), start=1)
        ]
        year = campaign.plan.award_basis_year
        ranking.record_index(campaign, year, entries, actor=officer, at=when)
        ranking.publish(campaign, year, Announcement(f"{decided.day}/QĐ-UBND", decided), actor=officer, at=when)


def rule(campaign: Campaign, *, when: datetime | None = None) -> None:
    """Home affairs' ruling: the year of the award counts for every criterion."""
    officer = actor_of("SNV", Role.HOME_AFFAIRS)
    when = when or at("2022-01-14 15:00")
    with transaction():
        ranking.rule_year(
            campaign,
            number="05/SNV-CCHC",
            decided_on=when.date(),
            text="Xét theo Chỉ số CCHC năm 2021.",
            years=dict.fromkeys(campaign.plan.criteria, campaign.plan.award_basis_year),
            actor=officer,
            at=when,
        )


def step(dossier: Dossier, verb: Step, actor: Actor, when: datetime, **answers: object) -> Dossier:
    """Take one step in its own transaction."""
    with transaction():
        take_step(dossier, verb, StepRequest(version=dossier.version, **answers), actor=actor, at=when)  # type: ignore[arg-type]
    return dossier


def file_papers(dossier: Dossier, when: datetime) -> None:
    """The three papers of III.4.c: tờ trình, biên bản, a report of each nominee."""
    with transaction() as session:
        wanted = [(DocumentKind.PROPOSAL_LETTER, None), (DocumentKind.MINUTES, None)]
        wanted += [(DocumentKind.ACHIEVEMENT_REPORT, nominee.id) for nominee in dossier.nominees]
        for kind, nominee_id in wanted:
            version = DocumentVersion(
                number=1, file_name=f"{kind.value}.pdf", media_type="application/pdf", size=10, sha256="0" * 64, uploaded_at=when
            )
            document = Document(campaign_unit_id=dossier.submits_id, kind=kind, nominee_id=nominee_id, versions=[version])
            session.add(document)
            dossier.documents.append(document)


def let_stand(dossier: Dossier, when: datetime) -> None:
    """Home affairs confirms every warning about the people of a submitted dossier (II.2.b)."""
    home = actor_of("SNV", Role.HOME_AFFAIRS)
    warned = Situation(dossier, home, when).unconfirmed_warnings
    confirmed = [criteria_answers.Confirmed(nominee.id, one, "Đã kiểm tra với đơn vị.") for nominee, found in warned for one in found]
    with transaction():
        criteria_answers.appraise(dossier, [], confirmed, actor=home, at=when)


def hold_council(campaign: Campaign, dossiers: list[Dossier], when: datetime, *, votes_for: int = 8) -> None:
    """A session of nine with quorum; `votes_for` of the nine present vote for every nominee."""
    secretary = actor_of("SNV", Role.COUNCIL_SECRETARY)
    with transaction():
        session = council.call(
            campaign, held_on=when.date(), place="Phòng họp 1", members_total=9, quorum=6, dossiers=dossiers, actor=secretary, at=when
        )
        ballots = {n.id: council.Ballot(votes_for, 9 - votes_for, 0) for d in dossiers for n in d.nominees}
        council.hold(
            session, members_present=9, minutes_number="12/BB-HĐ", minutes_date=when.date(), ballots=ballots, actor=secretary, at=when
        )


def individuals_of(dossier: Dossier) -> list[str]:
    """Names of the people put forward."""
    return [nominee.full_name for nominee in dossier.nominees if nominee.kind is NomineeKind.INDIVIDUAL]


NOW = datetime(2022, 1, 20, 2, 0, tzinfo=UTC)

"""Verbs of the people around a dossier, and the stage at which most tests of dossiers begin: the ranking published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from jobs.bodies import sweep_reminders
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.people import Actor
from models.units import Unit
from models.vocabulary import DossierState, LetterName, MailState, Role, Step
from tests.builders import actor_of, at, dossier_of, file_papers, hold_council, publish, register, rule, step
from tests.stages import STAGES
from workflow import ranking
from workflow.extensions import sign_off
from workflow.reconciliation import reconcile

COMMUNE, DISTRICT, DEPARTMENT = "30904", "906", "STP"
"""Thị trấn Giồng Riềng, its huyện Giồng Riềng, and Sở Tư pháp: the collectives that most tests follow."""

GROUPS = {"STP": "excellent", "SNV": "excellent", "906": "excellent", "STC": "excellent", "908": "good", "SXD": "good"}
"""The ranking of the award's year; STNMT and VPUB register and are not in it."""

RECOGNISED = ("30904", "30907", "30910", "30985", "30988")
"""Communes of Giồng Riềng (quota 2) and An Biên (quota 1) whose districts recognised them; 30913 registers and is not."""


def campaign_2021() -> Campaign:
    """The campaign of 2021 as it stands in the database."""
    return db.session.scalars(select(Campaign).where(Campaign.year == 2021)).one()


def home() -> Actor:
    """The officer of home affairs who takes most steps."""
    return actor_of("SNV", Role.HOME_AFFAIRS)


def second_officer() -> Actor:
    """Another officer of home affairs, who signs off."""
    return actor_of("SNV", Role.HOME_AFFAIRS, name="Hoàng Thị Hai")


def secretary() -> Actor:
    """The council's secretary."""
    return actor_of("SNV", Role.COUNCIL_SECRETARY)


def recognise(code: str, when: datetime | None = None) -> Dossier:
    """A commune is recognised by its district."""
    dossier = dossier_of(campaign_2021(), code)
    district = dossier.campaign_unit.compiled_by
    assert district is not None
    officer, when = actor_of(district.unit.code), when or at("2022-01-14 16:00")
    with transaction():
        ranking.recognise(dossier, number="45/QĐ-UBND", decided_on=when.date(), actor=officer, at=when)
    return dossier


def rate(code: str, rating: str = "good", *, better: bool = True, when: datetime | None = None) -> Dossier:
    """Home affairs records a specialised unit's rating."""
    dossier, officer, when = dossier_of(campaign_2021(), code), home(), when or at("2022-01-14 16:30")
    with transaction():
        ranking.rate(dossier, rating=rating, better_than_before=better, number="7/QĐ-SNV", decided_on=when.date(), actor=officer, at=when)
    return dossier


def consent(dossier: Dossier, verb: Step, *, by: Actor | None = None, when: datetime | None = None) -> None:
    """A second officer consents to a step of the dossier as it stands."""
    by = by or second_officer()
    with transaction():
        sign_off(dossier, verb, "Đã xem hồ sơ.", actor=by, at=when or at("2022-01-17 08:00"))


@dataclass(frozen=True)
class Usual:
    """How a step is usually taken: by whom, when, with which answers, after which preparation."""

    by: str
    when: str
    answers: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Dossier], None] = lambda dossier: None


def _papers_once(dossier: Dossier) -> None:
    if not dossier.documents:
        file_papers(dossier, at("2022-01-20 09:00"))


def _session(votes_for: int) -> Callable[[Dossier], None]:
    return lambda dossier: hold_council(dossier.campaign, [dossier], at("2022-02-15 09:00"), votes_for=votes_for)


USUAL: dict[Step, Usual] = {
    Step.RANK: Usual("chooser", "2022-01-17 08:30"),
    Step.SELECT: Usual("chooser", "2022-01-17 09:00"),
    Step.PASS_OVER: Usual("chooser", "2022-01-17 10:00", {"reason": "Đã chọn đủ chỉ tiêu."}),
    Step.SUBMIT: Usual("submitter", "2022-01-25 09:00", {"fewer_reason": "Chỉ đề nghị tập thể."}, _papers_once),
    Step.SEND_BACK: Usual("home", "2022-01-27 09:00", {"reason": "Biên bản chưa ghi số phiếu.", "due_on": date(2022, 2, 10)}),
    Step.REVIEW: Usual("secretary", "2022-02-15 15:00", {}, _session(8)),
    Step.DECLINE: Usual("secretary", "2022-02-15 15:00", {"reason": "Thành tích chưa nổi bật."}, _session(1)),
    Step.FORWARD: Usual("home", "2022-02-18 09:00", {"number": "30/TTr-SNV", "date": date(2022, 2, 18)}),
    Step.AWARD: Usual("home", "2022-03-01 09:00", {"number": "500/QĐ-UBND", "date": date(2022, 2, 28)}),
    Step.REFUSE: Usual("home", "2022-03-01 09:00", {"number": "501/UBND-TH", "date": date(2022, 2, 28)}),
    Step.WITHDRAW: Usual("submitter", "2022-01-26 09:00", {"reason": "Đơn vị không còn nhu cầu tham gia."}),
    Step.LAPSE: Usual("home", "2022-02-08 09:00", {"reason": "Đã nhắc 5 lần, không nộp."}),
    Step.CORRECT: Usual("home", "2022-03-02 09:00", {"reason": "Ghi nhầm hồ sơ."}, lambda d: consent(d, Step.CORRECT)),
}

ROAD: dict[DossierState, tuple[Step, ...]] = {
    DossierState.REGISTERED: (Step.CORRECT,),
    DossierState.RANKED: (),
    DossierState.NOT_SELECTED: (Step.PASS_OVER,),
    DossierState.SELECTED: (Step.SELECT,),
    DossierState.LAPSED: (Step.SELECT, Step.LAPSE),
    DossierState.SUBMITTED: (Step.SELECT, Step.SUBMIT),
    DossierState.WITHDRAWN: (Step.SELECT, Step.WITHDRAW),
    DossierState.REVIEWED: (Step.SELECT, Step.SUBMIT, Step.REVIEW),
    DossierState.NOT_RECOMMENDED: (Step.SELECT, Step.SUBMIT, Step.DECLINE),
    DossierState.FORWARDED: (Step.SELECT, Step.SUBMIT, Step.REVIEW, Step.FORWARD),
    DossierState.AWARDED: (Step.SELECT, Step.SUBMIT, Step.REVIEW, Step.FORWARD, Step.AWARD),
    DossierState.NOT_AWARDED: (Step.SELECT, Step.SUBMIT, Step.REVIEW, Step.FORWARD, Step.REFUSE),
}
"""From ranked, as the published ranking leaves a dossier, to every state by the real road."""


def usual_actor(dossier: Dossier, verb: Step) -> Actor:
    """Who usually takes a step of this dossier."""
    unit = dossier.campaign_unit
    who = USUAL[verb].by
    if who == "secretary":
        return secretary()
    if who == "submitter":
        return actor_of(dossier.submits.unit.code)
    if who == "chooser" and unit.compiled_by is not None:
        return actor_of(unit.compiled_by.unit.code)
    return home()


def usual_answers(dossier: Dossier, verb: Step) -> dict[str, Any]:
    """What is usually entered with a step; everybody is awarded."""
    answers = dict(USUAL[verb].answers)
    if verb is Step.AWARD:
        answers["awarded"] = frozenset(nominee.id for nominee in dossier.nominees)
    return answers


def usual_step(dossier: Dossier, verb: Step) -> Dossier:
    """Take a step as it is usually taken, with what has to be there before."""
    USUAL[verb].prepare(dossier)
    actor, answers = usual_actor(dossier, verb), usual_answers(dossier, verb)
    return step(dossier, verb, actor, at(USUAL[verb].when), **answers)


def bring(code: str, state: DossierState) -> Dossier:
    """Bring a ranked collective's dossier to a state by the real road."""
    dossier = dossier_of(campaign_2021(), code)
    for verb in ROAD[state]:
        usual_step(dossier, verb)
    assert dossier.state is state
    return dossier


def publish_and_recognise() -> None:
    """Registrations of March 2021 and their summary, the ranking of 14 January 2022, the year ruling, recognitions and ratings."""
    campaign = campaign_2021()
    for code in (*GROUPS, "STNMT", "VPUB", *RECOGNISED, "30913"):
        register(campaign, code)
    sweep_reminders(at("2021-04-01 08:00"))
    publish(campaign, GROUPS)
    rule(campaign)
    for code in RECOGNISED:
        recognise(code)
    rate("SNV-CCHC")
    rate("PNV-906")
    for actor in (home, second_officer, secretary):
        actor()


STAGES["ranked"] = ("opened", publish_and_recognise)


# What was written


def all_mail_left(when: datetime, *kept: ColumnElement[bool]) -> None:
    """Let every mail have been taken by its server, but for those that meet all of some conditions; one statement."""
    db.session.rollback()
    with transaction() as session:
        waiting = select(OutboxMail.id).join(OutboxMail.notice).where(*kept)
        left = update(OutboxMail).where(OutboxMail.id.not_in(waiting)) if kept else update(OutboxMail)
        session.execute(left.values(state=MailState.ACCEPTED, accepted_at=when), execution_options={"synchronize_session": False})


def few_owe_a_form(count: int) -> str:
    """Let only the first units owe a registration form. Gives the code of the first."""
    db.session.rollback()
    with transaction() as session:
        told = select(Notice.campaign_unit_id).where(Notice.letter == LetterName.CAMPAIGN_OPENED).order_by(Notice.id)
        units = session.scalars(told).all()
        session.execute(update(CampaignUnit).where(CampaignUnit.id.in_(units[count:])).values(eligible=False))
        code: str = session.get_one(CampaignUnit, units[0]).unit.code
    return code


def assert_all_agrees() -> None:
    """R17: rows, record and letters agree; the papers that the builders put into the tables themselves are left out."""
    differences = [str(difference) for difference in reconcile().differences]

    assert [line for line in differences if not line.startswith("tài liệu 0000")] == []


def last_entry() -> AuditEntry:
    """The newest entry of the record."""
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()


def letters_since(seq: int) -> list[tuple[LetterName, str]]:
    """The notices that stand on entries after one: letter and unit's code, in the order in which they were queued."""
    rows = db.session.execute(
        select(Notice.letter, Unit.code)
        .join(Notice.campaign_unit)
        .join(CampaignUnit.unit)
        .where(Notice.audit_seq > seq)
        .order_by(Notice.id)
    )
    return [(row.letter, row.code) for row in rows]


def clear_outbox() -> None:
    """Cancel whatever waits, so that a test sees only its own mail."""
    with transaction() as session:
        for row in session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.QUEUED)):
            row.state = MailState.CANCELLED

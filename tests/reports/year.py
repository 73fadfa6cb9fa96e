"""A whole year for the reports: the season of the pages, and beside it what every figure counts; and the campaign of the year after."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from sqlalchemy import delete

from models.campaigns import Campaign
from models.db import transaction
from models.units import UnitAddress
from models.vocabulary import DossierState, Step
from tests import actors, stages
from tests.actors import campaign_2021, home, second_officer
from tests.builders import LOADER, actor_of, at, dossier_of, register, step, unit_of
from tests.web import fixtures
from workflow import campaigns, registrations
from workflow.commendations import Grant, grant, strike
from workflow.machine import StepRefused, StepRequest
from workflow.registrations import FormContent, Person
from workflow.selection import explain_unused
from workflow.steps import record_refusal, take_step

ODD = "=HYPERLINK(1) <b>&"
"""A name that no workbook may take for a formula, and no page for markup."""

LATE, EXPLAINED = "30922", "903"

EXPECTED = MappingProxyType(
    {
        "forms.expected": 182,
        "forms.registered": 17,
        "forms.on_time": 16,
        "forms.late": 1,
        "forms.accepted": 14,
        "forms.waiting": 3,
        "forms.returned": 1,
        "forms.silent": 164,
        "collectives.expected": 199,
        "collectives.registered": 21,
        "dossiers.all": 18,
        "dossiers.selected": 4,
        "dossiers.awarded": 1,
        "dossiers.due": 7,
        "dossiers.on_time": 4,
        "dossiers.late": 0,
        "dossiers.silent": 2,
        "dossiers.open": 1,
        "dossiers.recommended": 2,
        "dossiers.sent": 1,
        "dossiers.unseen": 1,
        "places.all": 17,
        "places.used": 3,
        "places.explained": 2,
        "places.unexplained": 12,
        "acts.select": 7,
        "acts.submit": 4,
        "returns.forms": 1,
        "returns.dossiers": 1,
        "extensions.granted": 1,
        "extensions.admitted": 1,
        "refused.steps": 1,
        "corrected.all": 1,
        "corrected.dossiers": 1,
        "sessions.held": 2,
        "sessions.called": 1,
        "nominees.filed": 4,
        "nominees.sent": 1,
        "nominees.awarded": 1,
        "commendations.all": 5,
        "commendations.collectives": 2,
        "commendations.individuals": 3,
        "mails.failed": 11,
        "mails.unaddressed": 2,
    }
)
"""What the year's figures are, where they can be counted by hand."""


def campaign_2022() -> Campaign:
    """The campaign after."""
    found = campaigns.of_year(2022)
    assert found is not None
    return found


def run_year() -> None:
    """A late form, a refused step, a dossier sent back, a corrected step, an explained place, a letter to nobody, and the next campaign."""
    _come_late()
    _refuse()
    actors.usual_step(dossier_of(campaign_2021(), "STC"), Step.SEND_BACK)
    actors.consent(dossier_of(campaign_2021(), "SXD"), Step.CORRECT, by=second_officer(), when=at("2022-02-14 08:00"))
    step(dossier_of(campaign_2021(), "SXD"), Step.CORRECT, home(), at("2022-02-14 09:00"), reason="Ghi nhầm hồ sơ.")
    officer = actor_of(EXPLAINED)
    with transaction():
        explain_unused(unit_of(campaign_2021(), EXPLAINED), "Không có xã nào đủ tiêu chuẩn.", actor=officer, at=at("2022-02-14 10:00"))
    _commend()
    _open_the_next()


def _come_late() -> None:
    """A commune without a mailbox registers late by admission, with a person whose name looks like a formula."""
    officer, receiver, when = actor_of(LATE), home(), at("2021-04-02 10:00")
    with transaction() as session:
        session.execute(delete(UnitAddress).where(UnitAddress.unit_id == unit_of(campaign_2021(), LATE).unit_id))
    with transaction():
        unit = unit_of(campaign_2021(), LATE)
        registrations.admit(unit, number="21/SNV-CCHC", decided_on=date(2021, 4, 1), reason="Mất điện.", actor=receiver, at=when)
    with transaction():
        unit = unit_of(campaign_2021(), LATE)
        content = FormContent([unit], [Person(ODD, "Chuyên viên", unit.name)], True, True, "Lê Văn Lập", "Huỳnh Việt")
        form = registrations.save(unit, content, actor=officer, at=when)
        registrations.send(form, actor=officer, at=when)


def _commend() -> None:
    """A department's own giấy khen: one decision that stands, one that was struck out."""
    officer, when = actor_of("STP"), at("2022-02-14 11:00")
    with transaction():
        unit = unit_of(campaign_2021(), "STP")
        grant(unit, Grant("7/QĐ-STP", date(2022, 2, 10), ("Văn phòng Sở",), ("Lý Thị An", "Lê Văn Bình")), actor=officer, at=when)
        wrong = grant(unit, Grant("8/QĐ-STP", date(2022, 2, 10), (), ("Lê Văn Nhầm",)), actor=officer, at=when)
        strike(wrong, "Ghi nhầm.", actor=officer, at=when)


def _refuse() -> None:
    dossier, officer, when = dossier_of(campaign_2021(), fixtures.COMMUNE), home(), at("2022-02-01 10:00")
    assert dossier.state is DossierState.SELECTED
    try:
        with transaction():
            take_step(dossier, Step.LAPSE, StepRequest(version=dossier.version, reason="Không nộp."), actor=officer, at=when)
    except StepRefused as refused:
        with transaction():
            record_refusal(dossier, refused, actor=officer, at=when)


def _open_the_next() -> None:
    """The campaign of 2022, with one form in."""
    with transaction():
        data = campaigns.next_year_data(campaign_2021(), 2022, number="12/KH-UBND", issued_on=date(2022, 2, 8))
        campaigns.load(data, actor=LOADER, at=at("2022-02-08 09:00"))
    with transaction():
        campaigns.open_campaign(campaign_2022(), actor=LOADER, at=at("2022-02-08 10:00"))
    register(campaign_2022(), "STP", when=at("2022-02-10 10:00"))


stages.STAGES["year"] = ("season", run_year)

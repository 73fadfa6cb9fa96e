"""An Giang, 2025: no district level. Communes report straight to home affairs, which selects them within the province's quota."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from audit import verify
from imports import data_files
from jobs.bodies import sweep_reminders
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.outbox import Notice
from models.units import Unit, UnitAddress
from models.vocabulary import DossierState, LetterName, Milestone, Relation, Role, Step
from notifications.reminders import expected_units
from tests.actors import assert_all_agrees
from tests.builders import DATA, LOADER, actor_of, at, dossier_of, file_papers, hold_council, publish, register, rule, step, unit_of
from workflow import campaigns, deadlines
from workflow.acts import ActRefused
from workflow.machine import StepForbidden, StepRefused
from workflow.policy import relations_to

HERE = DATA.parent / "tests" / "data"
COMMUNES = ("AG-LX", "AG-CD", "AG-RG", "AG-HT", "AG-HD", "AG-GR", "AG-PQ", "AG-TC")
DEPARTMENTS = ("VPUB", "SNV", "STC", "STP", "SYT", "SKHCN")
ISSUED = at("2025-07-15 09:00")


def load_an_giang() -> Campaign:
    """Units, calendar and plan, loaded but not opened."""
    with transaction() as session:
        data_files.load_units(HERE / "an_giang_units.csv", actor=LOADER, at=ISSUED)
        data_files.load_calendar(DATA / "calendar.csv", actor=LOADER, at=ISSUED)
        campaign, _changed = data_files.load_campaign(HERE / "an_giang_2025.toml", actor=LOADER, at=ISSUED)
        for unit in session.scalars(select(Unit)):
            unit.addresses = [UnitAddress(email=f"vanthu.{unit.code.casefold()}@angiang.example")]
    return campaign


def open_an_giang() -> Campaign:
    """The campaign as it was opened on the day of its plan."""
    campaign = load_an_giang()
    with transaction():
        campaigns.open_campaign(campaign, actor=LOADER, at=ISSUED)
    return campaign


def letters_to(code: str) -> list[LetterName]:
    """Every letter to a unit, in order."""
    query = select(Notice.letter).join(Notice.campaign_unit).join(CampaignUnit.unit).where(Unit.code == code)
    return list(db.session.scalars(query.order_by(Notice.id)))


def rank(*codes: str) -> dict[str, Dossier]:
    """Communes register, the ranking is published with all of them excellent, the year is ruled."""
    campaign = open_an_giang()
    for code in codes:
        register(campaign, code, when=at("2025-08-12 10:00"))
    publish(campaign, dict.fromkeys(codes, "excellent"), decided=date(2025, 12, 26))
    rule(campaign, when=at("2025-12-26 15:00"))
    return {code: dossier_of(campaign, code) for code in codes}


def test_every_unit_reports_to_home_affairs_and_the_province_owns_the_places(app: Flask) -> None:
    campaign = open_an_giang()

    units = {unit.unit.code: unit for unit in campaign.units}
    expected = {unit.unit.code for unit in db.session.scalars(expected_units(campaign))}
    assert expected == {*COMMUNES, *DEPARTMENTS}
    assert {unit.compiled_by for unit in units.values()} == {None}
    assert {code for code, unit in units.items() if unit.quota_owner is units["AG"]} == set(COMMUNES)
    assert {units[code].submits for code in COMMUNES} == {units[code] for code in COMMUNES}
    assert (units["AG"].eligible, units["AG"].selection_quota, units["STP"].quota_owner) == (False, 2, None)
    assert {code for code in units if letters_to(code) == [LetterName.CAMPAIGN_OPENED]} == expected
    deadline = deadlines.current(campaign, Milestone.REGISTRATION)
    assert deadline is not None
    assert deadline.due_on == date(2025, 9, 3)


def test_a_commune_goes_from_its_own_form_to_the_certificate_without_a_district(app: Flask) -> None:
    campaign = open_an_giang()
    register(campaign, "AG-PQ", when=at("2025-08-12 10:00"))
    publish(campaign, {"AG-PQ": "excellent", "STP": "good"}, decided=date(2025, 12, 26))
    rule(campaign, when=at("2025-12-26 15:00"))
    dossier, clerk, home = dossier_of(campaign, "AG-PQ"), actor_of("AG-PQ"), actor_of("SNV", Role.HOME_AFFAIRS)
    secretary = actor_of("SNV", Role.COUNCIL_SECRETARY)

    step(dossier, Step.SELECT, home, at("2025-12-29 09:00"))
    due = dossier.due_on
    file_papers(dossier, at("2026-01-05 09:00"))
    with pytest.raises(StepForbidden):
        step(dossier, Step.SUBMIT, home, at("2026-01-10 23:00"), fewer_reason="Chỉ đề nghị tập thể.")
    step(dossier, Step.SUBMIT, clerk, at("2026-01-10 23:59"), fewer_reason="Chỉ đề nghị tập thể.")
    hold_council(campaign, [dossier], at("2026-01-20 09:00"))
    step(dossier, Step.REVIEW, secretary, at("2026-01-20 15:00"))
    step(dossier, Step.FORWARD, home, at("2026-01-22 09:00"), number="12/TTr-SNV", date=date(2026, 1, 22))
    awarded = frozenset(nominee.id for nominee in dossier.nominees)
    step(dossier, Step.AWARD, home, at("2026-02-02 09:00"), number="88/QĐ-UBND", date=date(2026, 1, 30), awarded=awarded)

    assert due == date(2026, 1, 10)
    assert (dossier.code, dossier.state, dossier.submitted_late) == ("2025-AG-PQ", DossierState.AWARDED, False)
    assert (dossier.submits.name, dossier.campaign_unit.long_name) == ("Đặc khu Phú Quốc", "Đặc khu Phú Quốc")
    assert letters_to("AG-PQ") == [
        LetterName.CAMPAIGN_OPENED,
        LetterName.REGISTRATION_RECEIVED,
        LetterName.REGISTRATION_ACCEPTED,
        LetterName.RANKING_PUBLISHED,
        LetterName.SELECTED,
        LetterName.SUBMITTED,
        LetterName.REVIEWED,
        LetterName.FORWARDED,
        LetterName.AWARDED,
    ]
    assert letters_to("AG") == []
    assert verify().intact
    assert_all_agrees()


def test_home_affairs_selects_communes_up_to_the_provinces_quota_and_not_one_more(app: Flask) -> None:
    dossiers = rank("AG-LX", "AG-GR", "AG-TC", "STP")
    home = actor_of("SNV", Role.HOME_AFFAIRS)
    for code in ("AG-LX", "AG-TC"):
        step(dossiers[code], Step.SELECT, home, at("2025-12-29 09:00"))

    with pytest.raises(StepRefused) as caught:
        step(dossiers["AG-GR"], Step.SELECT, home, at("2025-12-29 09:05"))
    step(dossiers["STP"], Step.SELECT, home, at("2025-12-29 09:10"))

    (objection,) = caught.value.objections
    assert (objection.code, objection.basis) == ("quota_used", "III.4.a")
    assert objection.params == {"selected": 2, "quota": 2, "owner": "Tỉnh An Giang"}
    assert [dossiers[code].state for code in ("AG-GR", "STP")] == [DossierState.RANKED, DossierState.SELECTED]


def test_a_place_given_back_goes_to_the_next_commune(app: Flask) -> None:
    dossiers = rank("AG-LX", "AG-GR", "AG-TC")
    home = actor_of("SNV", Role.HOME_AFFAIRS)
    for code in ("AG-LX", "AG-TC"):
        step(dossiers[code], Step.SELECT, home, at("2025-12-29 09:00"))

    step(dossiers["AG-TC"], Step.WITHDRAW, actor_of("AG-TC"), at("2025-12-30 09:00"), reason="Không tham gia nữa.")
    step(dossiers["AG-GR"], Step.SELECT, home, at("2025-12-30 10:00"))

    assert dossiers["AG-GR"].state is DossierState.SELECTED


def test_communes_are_reminded_themselves_and_nobody_gets_a_roll_up(app: Flask) -> None:
    campaign = open_an_giang()
    register(campaign, "AG-HD", when=at("2025-08-12 10:00"))

    sweep_reminders(at("2025-08-20 08:00"))

    reminded = {code for code in (*COMMUNES, *DEPARTMENTS) if LetterName.REGISTRATION_REMINDER in letters_to(code)}
    letters = set(db.session.scalars(select(Notice.letter)))
    assert reminded == {*COMMUNES, *DEPARTMENTS} - {"AG-HD"}
    assert LetterName.REGISTRATION_REMINDER_COMPILED not in letters


def test_no_unit_but_home_affairs_stands_above_a_commune(app: Flask) -> None:
    campaign = open_an_giang()
    commune = unit_of(campaign, "AG-HT")

    assert relations_to(actor_of("SNV", Role.HOME_AFFAIRS), commune) == {Relation.ANY, Relation.ANY_BUT_COMMUNE}
    assert relations_to(actor_of("AG-LX"), commune) == {Relation.ANY, Relation.ANY_BUT_COMMUNE}
    assert relations_to(actor_of("AG-HT"), commune) == {Relation.ANY, Relation.ANY_BUT_COMMUNE, Relation.OWN, Relation.SUBMITS}


def test_a_plan_whose_quota_belongs_to_a_body_that_does_not_exist_is_not_opened(sqlite_app: Flask) -> None:
    campaign = load_an_giang()
    data = tomllib.loads((HERE / "an_giang_2025.toml").read_text(encoding="utf-8"))
    for kind in data["kinds"]:
        if kind.get("quota_owner"):
            kind["quota_owner"] = "91"
    with transaction():
        campaigns.load(data, actor=LOADER, at=ISSUED)

    with pytest.raises(ActRefused) as caught, transaction():
        campaigns.open_campaign(campaign, actor=LOADER, at=ISSUED)

    assert [(objection.code, objection.params) for objection in caught.value.objections] == [("unit_missing", {"code": "91"})]

"""Opening a campaign: units and calendar are frozen as they are that day, with what the plan gives each kind to do."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from imports import data_files
from models.calendar import CalendarDay, CampaignDay
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.deadlines import Deadline
from models.outbox import Notice
from models.plan import Plan
from models.units import Unit
from models.vocabulary import LetterName, Milestone
from tests.actors import campaign_2021, last_entry
from tests.builders import DATA, LOADER, at, load_data, unit_of
from workflow import campaigns
from workflow.acts import ActRefused
from workflow.deadlines import campaign_calendar


def form_units(campaign: Campaign) -> list[CampaignUnit]:
    """The units that owe a form of their own."""
    return [unit for unit in campaign.units if unit.eligible and unit.form_unit_id == unit.id]


def test_the_campaign_opens_with_the_bodies_of_the_day_of_its_plan(opened_app: Flask) -> None:
    campaign = campaign_2021()

    kinds = Counter(unit.kind for unit in campaign.units if unit.eligible)

    assert (sum(kinds.values()), len(form_units(campaign))) == (199, 182)
    assert sum(kinds[kind] for kind in ("commune", "ward", "township")) == 145
    assert (kinds["district"] + kinds["city"], kinds["provincial_agency"]) == (15, 22)


def test_after_the_first_of_march_there_is_one_body_less(sqlite_app: Flask) -> None:
    campaign = load_data()
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at("2021-02-04 09:00"))
        campaigns.open_campaign(campaign, actor=LOADER, at=at("2021-03-01 00:00"))

    assert (sum(unit.eligible for unit in campaign.units), len(form_units(campaign))) == (198, 181)
    assert unit_of(campaign, "911").name == "Thành phố Phú Quốc"


def test_changes_that_are_not_in_force_yet_do_not_touch_the_opening(sqlite_app: Flask) -> None:
    campaign = load_data()
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at("2021-02-04 09:00"))
        campaigns.open_campaign(campaign, actor=LOADER, at=at("2021-02-28 23:59:59"))

    assert sum(unit.eligible for unit in campaign.units) == 199
    assert unit_of(campaign, "911").name == "Huyện Phú Quốc"


def test_giong_rieng_and_hon_dat_select_two_communes_and_the_others_one(opened_sqlite_app: Flask) -> None:
    quotas = {u.unit.code: u.selection_quota for u in campaign_2021().units if u.kind in {"district", "city"}}

    assert {code for code, quota in quotas.items() if quota == 2} == {"906", "903"}
    assert Counter(quotas.values()) == {1: 13, 2: 2}
    assert sum(quotas.values()) == 17


@pytest.mark.parametrize(
    ("code", "criterion", "people", "form", "compiled_by", "submits"),
    [
        ("STP", "index_excellent", 2, "STP", None, "STP"),
        ("SNV-CCHC", "specialised_province", 2, "SNV", None, "SNV"),
        ("906", "index_excellent", 2, "906", None, "906"),
        ("PNV-906", "specialised_district", 2, "906", None, "906"),
        ("30904", "recognised_commune", 1, "30904", "906", "906"),
    ],
)
def test_each_kind_of_body_goes_its_own_road(
    opened_sqlite_app: Flask, code: str, criterion: str, people: int, form: str, compiled_by: str | None, submits: str
) -> None:
    unit = unit_of(campaign_2021(), code)

    assert (unit.criterion, unit.individual_quota) == (criterion, people)
    assert [u.unit.code if u else None for u in (unit.form_unit, unit.compiled_by, unit.submits)] == [form, compiled_by, submits]
    assert (unit.quota_owner.unit.code if unit.quota_owner else None) == compiled_by


@pytest.mark.parametrize("code", ["KG", "CTHUE", "BHXH"])
def test_the_province_and_central_agencies_take_no_part(opened_sqlite_app: Flask, code: str) -> None:
    unit = unit_of(campaign_2021(), code)

    assert (unit.eligible, unit.criterion, unit.form_unit_id, unit.submits_id) == (False, None, None, None)


def test_the_registration_date_is_set_with_its_working(opened_sqlite_app: Flask) -> None:
    deadline, report = db.session.scalars(select(Deadline).order_by(Deadline.id)).all()

    assert (report.milestone, report.due_on) == (Milestone.YEAR_END, date(2021, 12, 31))
    assert (deadline.milestone, deadline.dossier_id, deadline.version) == (Milestone.REGISTRATION, None, 1)
    assert deadline.due_on == date(2021, 3, 31)
    assert deadline.working["document"] == "Kế hoạch số 37/KH-UBND ngày 04 tháng 02 năm 2021"


def test_the_opening_is_on_record_with_its_numbers(opened_sqlite_app: Flask) -> None:
    notices = db.session.scalars(select(Notice).where(Notice.letter == LetterName.CAMPAIGN_OPENED)).all()

    assert json.loads(last_entry().detail or "") == {"due": "2021-03-31", "eligible": 199, "units": 205, "year": 2021}
    assert {notice.campaign_unit_id for notice in notices} >= {unit.id for unit in form_units(campaign_2021())}


def test_what_is_edited_later_does_not_change_an_open_campaign(opened_app: Flask) -> None:
    campaign = campaign_2021()
    days = db.session.scalar(select(func.count(CampaignDay.day)))
    with transaction() as session:
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at("2021-03-01 09:00"))
        unit = session.scalars(select(Unit).where(Unit.code == "STP")).one()
        unit.versions[0].name, unit.aliases = "Sở Pháp luật", ["SPL"]
        session.add(CalendarDay(day=date(2021, 3, 30), kind="holiday", name="Nghỉ bão", basis="CĐ 1", status="official"))
        session.delete(session.get_one(CalendarDay, date(2021, 4, 30)))

    calendar = campaign_calendar(campaign)
    assert (unit_of(campaign, "STP").name, unit_of(campaign, "911").kind) == ("Sở Tư pháp", "district")
    assert calendar.works(date(2021, 3, 30))
    assert not calendar.works(date(2021, 4, 30))
    assert db.session.scalar(select(func.count(CampaignDay.day))) == days


def test_an_open_campaign_is_not_opened_again(opened_sqlite_app: Flask) -> None:
    campaign = campaign_2021()

    with pytest.raises(ActRefused, match="campaign_open"), transaction():
        campaigns.open_campaign(campaign, actor=LOADER, at=at("2021-02-05 09:00"))

    assert len(campaign.units) == 205


def test_next_years_plan_is_last_years_with_every_year_moved(opened_sqlite_app: Flask) -> None:
    campaign = campaign_2021()

    data = campaigns.next_year_data(campaign, 2022, number="12/KH-UBND", issued_on=date(2022, 1, 20))
    plan = Plan.read(data)

    assert (plan.year, plan.number, plan.registration_due_on) == (2022, "12/KH-UBND", date(2022, 3, 31))
    assert (plan.criteria_index_year, plan.award_basis_year) == (2021, 2022)
    assert {criterion.year for criterion in plan.criteria.values()} == {2021}
    assert plan.title.endswith("năm 2022")
    assert campaign.plan.year == 2021

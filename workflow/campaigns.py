"""Campaigns as data: loading a plan, opening it (which freezes units and calendar), and copying last year's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import joinedload

from audit import Act, record
from audit.actions import Action
from audit.canonical import canonical
from models.audit import AuditEntry
from models.calendar import CalendarDay, CampaignDay
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.localtime import local_day
from models.people import Actor
from models.plan import KindRule, Plan
from models.text import folded, sort_key
from models.units import Unit, UnitVersion
from models.vocabulary import LetterName, Milestone
from notifications.facts import common_facts, deadline_facts
from notifications.notices import queue_letters
from notifications.reminders import expected_units
from notifications.wording import long_day
from workflow import deadlines
from workflow.acts import refuse_if
from workflow.rules.objection import Objection


def as_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """A plan's data as JSON values: dates become ISO texts."""
    copy: dict[str, Any] = json.loads(json.dumps(data, default=lambda value: value.isoformat(), ensure_ascii=False))
    return copy


def load(data: Mapping[str, Any], *, actor: Actor, at: datetime) -> tuple[Campaign, bool]:
    """Load a campaign's plan; the same plan again changes nothing. Gives the campaign and whether anything changed.

    Raises PlanFaulty with everything that is wrong, and ActRefused when the campaign is open: an open plan is not replaced.
    """
    plan = Plan.read(data)
    stored = as_json(data)
    digest = hashlib.sha256(canonical(stored).encode()).hexdigest()
    campaign = of_year(plan.year)
    if campaign is not None and campaign.plan_digest == digest:
        return campaign, False
    refuse_if(Objection("campaign_open", {"year": plan.year}) if campaign is not None and campaign.opened_at else None)
    if campaign is None:
        campaign = Campaign(year=plan.year)
        db.session.add(campaign)
    campaign.number, campaign.title = plan.number, plan.title
    campaign.plan_data, campaign.plan_digest = stored, digest
    db.session.flush()
    detail = {"year": plan.year, "number": plan.number}
    record(Act(Action.CAMPAIGN_LOAD, f"campaign:{campaign.id}", detail=detail, campaign_id=campaign.id), actor=actor, at=at)
    return campaign, True


def of_year(year: int) -> Campaign | None:
    """The campaign of a year."""
    return db.session.scalars(select(Campaign).where(Campaign.year == year)).first()


def open_campaign(campaign: Campaign, *, actor: Actor, at: datetime) -> Campaign:
    """IV: open a campaign: units and calendar are frozen as they are today, the registration date is set, and every unit is told.

    Raises ActRefused when it is open already or a unit that the plan names is missing.
    """
    refuse_if(Objection("campaign_open", {"year": campaign.year}) if campaign.opened_at else None)
    units = _freeze_units(campaign, local_day(at))
    db.session.execute(delete(CampaignDay).where(CampaignDay.campaign_id == campaign.id))
    days = [
        {"campaign_id": campaign.id, "day": row.day, "kind": row.kind, "name": row.name, "basis": row.basis}
        for row in db.session.scalars(select(CalendarDay))
    ]
    if days:
        db.session.execute(insert(CampaignDay), days)
    campaign.opened_at = at
    db.session.flush()
    plan = campaign.plan
    working = deadlines.registration_working(campaign, deadlines.campaign_calendar(campaign))
    document = f"Kế hoạch số {plan.number} {long_day(plan.issued_on)}"
    deadline = deadlines.set_for_campaign(campaign, Milestone.REGISTRATION, working.due, working.as_data("registration", document), at)
    report = plan.year_end_due_on.isoformat()
    data = {"event": "year_end", "last_day": report, "due": report, "document": document}
    deadlines.set_for_campaign(campaign, Milestone.YEAR_END, plan.year_end_due_on, data, at)
    detail = {"year": campaign.year, "units": len(units), "eligible": sum(unit.eligible for unit in units), "due": working.due.isoformat()}
    entry = record(
        Act(Action.CAMPAIGN_OPEN, f"campaign:{campaign.id}", clause="IV", detail=detail, campaign_id=campaign.id), actor=actor, at=at
    )
    _announce(campaign, deadline, entry, at)
    return campaign


def _announce(campaign: Campaign, deadline: Deadline, entry: AuditEntry, at: datetime) -> None:
    """II.3: the general notice to prepare, to every unit with a form, to those on another's form, and to each district for its communes."""
    stated = common_facts(campaign, entry, clause="II.3", link=f"/?campaign={campaign.id}") | deadline_facts(deadline, local_day(at))
    units = list(db.session.scalars(expected_units(campaign)))
    forms = [(unit, stated | {"link": f"/registrations/{unit.id}"}) for unit in units]
    queue_letters(LetterName.CAMPAIGN_OPENED, forms, entry)
    members = db.session.scalars(
        select(CampaignUnit)
        .where(CampaignUnit.campaign_id == campaign.id, CampaignUnit.eligible, CampaignUnit.form_unit_id != CampaignUnit.id)
        .options(joinedload(CampaignUnit.form_unit))
        .order_by(CampaignUnit.sort_key)
    )
    with_others = [(unit, stated | {"registers_with": unit.form_unit.official_name}) for unit in members if unit.form_unit]
    queue_letters(LetterName.CAMPAIGN_OPENED_MEMBER, with_others, entry)
    compiled: dict[CampaignUnit, list[str]] = {}
    for unit in units:
        if unit.compiled_by is not None:
            compiled.setdefault(unit.compiled_by, []).append(unit.name)
    districts = [
        (district, stated | {"units": names, "link": f"/registrations?district={district.id}&campaign={campaign.id}"})
        for district, names in compiled.items()
    ]
    queue_letters(LetterName.CAMPAIGN_OPENED_COMPILED, districts, entry)


def next_year_data(campaign: Campaign, year: int, *, number: str, issued_on: date) -> dict[str, Any]:
    """Last year's plan as the draft of another year's: every year in it moves along, the rest stays for home affairs to edit."""
    shift = year - campaign.year
    data: dict[str, Any] = as_json(campaign.plan_data)
    data |= {
        "year": year,
        "number": number,
        "issued_on": issued_on.isoformat(),
        "criteria_index_year": data["criteria_index_year"] + shift,
        "award_basis_year": data["award_basis_year"] + shift,
    }
    due = date.fromisoformat(data["registration"]["due_on"])
    data["registration"]["due_on"] = due.replace(year=due.year + shift).isoformat()
    if "year_end" in data:
        report = date.fromisoformat(data["year_end"]["due_on"])
        data["year_end"]["due_on"] = report.replace(year=report.year + shift).isoformat()
    for criterion in data["criteria"]:
        criterion["year"] += shift
    for name in ("title", "commitment"):
        data[name] = data[name].replace(str(campaign.year), str(year))
    return data


def _freeze_units(campaign: Campaign, day: date) -> list[CampaignUnit]:
    """Copy every unit as it is on a day into the campaign, with what the plan gives its kind to do."""
    plan = campaign.plan
    versions: list[tuple[Unit, UnitVersion]] = [
        (unit, version) for unit in db.session.scalars(select(Unit)) if (version := unit.version_on(day)) is not None
    ]
    refuse_if(*_missing_units(plan, {unit.code for unit, _ in versions}))
    quotas = {exception.unit: exception.quota for exception in plan.quota_exceptions}
    frozen: dict[int, CampaignUnit] = {}
    for unit, version in versions:
        kind = plan.kinds.get(version.kind)
        eligible = kind is not None and kind.eligible
        frozen[unit.id] = CampaignUnit(
            campaign=campaign,
            unit=unit,
            name=version.name,
            official_name=version.official_name,
            kind=version.kind,
            eligible=eligible,
            criterion=kind.criterion if kind and eligible else None,
            individual_quota=kind.individuals if kind else 0,
            selection_quota=quotas.get(unit.code, kind.selection_quota if kind else 0),
            search=folded(f"{version.name} {version.official_name} {unit.code} {' '.join(unit.aliases)}"),
            sort_key=sort_key(version.name),
        )
    db.session.add_all(frozen.values())
    db.session.flush()
    by_code = {unit.code: frozen[unit.id] for unit, _ in versions}
    for unit, version in versions:
        _relate(frozen[unit.id], frozen.get(version.parent_id or 0), plan.kinds.get(version.kind), by_code)
    db.session.flush()
    return list(frozen.values())


def _missing_units(plan: Plan, codes: set[str]) -> list[Objection]:
    named = {plan.issuer_unit, plan.home_affairs_unit, plan.receiving_office_unit} | {e.unit for e in plan.quota_exceptions}
    named |= {kind.quota_owner for kind in plan.kinds.values()} - {"", "parent"}
    return [Objection("unit_missing", {"code": code}) for code in sorted(named - codes)]


def _relate(unit: CampaignUnit, parent: CampaignUnit | None, kind: KindRule | None, by_code: Mapping[str, CampaignUnit]) -> None:
    """Who compiles, selects and submits for a unit, as the plan says for its kind. A quota's owner is the parent or a unit's code."""
    unit.parent_id = parent.id if parent else None
    if kind is None or not kind.eligible:
        return
    unit.form_unit_id = unit.parent_id if kind.registers == "parent" else unit.id
    unit.compiled_by_id = unit.parent_id if kind.compiled_by == "parent" else None
    owner = parent if kind.quota_owner == "parent" else by_code.get(kind.quota_owner)
    unit.quota_owner_id = owner.id if owner else None
    unit.submits_id = unit.parent_id if kind.submits == "parent" else unit.id
    if parent is not None and unit.compiled_by_id is not None:
        unit.search = folded(f"{unit.search} {parent.name}")

"""The figures of RP1 (a district's communes) and RP2 (the whole province): who registered whom, on time or late, and who did not.

A form counts as registered once it is sent and not returned. On time or late is what was decided when the unit first sent it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Admission
from models.plan import KindRule
from models.registrations import RegisteredCollective, Registration
from models.units import Unit
from models.vocabulary import RegistrationState
from notifications.recipients import home_affairs
from notifications.reminders import expected_units
from notifications.silence import NEVER, times_told
from notifications.wording import day_words
from reports.figures import Counts, Line, Lists, Person


@dataclass(frozen=True, slots=True)
class KindCounts:
    """The forms of one kind of unit."""

    kind: KindRule
    counts: Counts


@dataclass(frozen=True)
class DistrictRollup(Lists):
    """RP1: the units that one unit compiles for."""

    unit: CampaignUnit
    home_affairs: CampaignUnit
    receiving_office: CampaignUnit
    own: Line | None
    lines: tuple[Line, ...]
    kinds: tuple[KindCounts, ...]


@dataclass(frozen=True, slots=True)
class InnerCounts:
    """The collectives of a kind that registers on its parent's form: how many there are, how many are on forms that are in."""

    kind: KindRule
    expected: int
    registered: int


@dataclass(frozen=True, slots=True)
class DistrictCounts:
    """A compiling unit: its own form, and the forms of the units it compiles for."""

    unit: CampaignUnit
    own: Line | None
    counts: Counts


@dataclass(frozen=True)
class ProvinceRollup(Lists):
    """RP2: every expected unit of a campaign, by kind and by district."""

    campaign: Campaign
    home_affairs: CampaignUnit
    own: Line | None
    lines: tuple[Line, ...]
    kinds: tuple[KindCounts, ...]
    inner: tuple[InnerCounts, ...]
    districts: tuple[DistrictCounts, ...]

    @property
    def collectives_expected(self) -> int:
        """The collectives that may register, those on their parents' forms included."""
        return len(self.lines) + sum(kind.expected for kind in self.inner)


def rollup_of_district(unit: CampaignUnit) -> DistrictRollup:
    """RP1: the forms of the units that a district compiles for (IV, first dash)."""
    campaign = unit.campaign
    found = _lines(campaign, expected_units(campaign).where(or_(CampaignUnit.compiled_by_id == unit.id, CampaignUnit.id == unit.id)))
    lines = tuple(line for line in found if line.unit.compiled_by_id == unit.id)
    receivers = (campaign.plan.home_affairs_unit, campaign.plan.receiving_office_unit)
    named = select(Unit.code, CampaignUnit).join(CampaignUnit.unit).where(CampaignUnit.campaign_id == campaign.id, Unit.code.in_(receivers))
    known: dict[str, CampaignUnit] = dict(db.session.execute(named).all())
    return DistrictRollup(
        unit=unit,
        home_affairs=known[campaign.plan.home_affairs_unit],
        receiving_office=known[campaign.plan.receiving_office_unit],
        own=next((line for line in found if line.unit.id == unit.id), None),
        lines=lines,
        kinds=_kinds(campaign, lines),
    )


def rollup_of_province(campaign: Campaign) -> ProvinceRollup:
    """RP2: every form that the campaign expects."""
    lines = _lines(campaign, expected_units(campaign))
    own = {line.unit.id: line for line in lines}
    districts: dict[CampaignUnit, list[Line]] = defaultdict(list)
    for line in lines:
        if line.unit.compiled_by is not None:
            districts[line.unit.compiled_by].append(line)
    receiver = home_affairs(campaign)
    return ProvinceRollup(
        campaign=campaign,
        home_affairs=receiver,
        own=own.get(receiver.id),
        lines=lines,
        kinds=_kinds(campaign, lines),
        inner=_inner(campaign, lines),
        districts=tuple(DistrictCounts(unit, own.get(unit.id), Counts.of(found)) for unit, found in districts.items()),
    )


def _lines(campaign: Campaign, expected: Select[CampaignUnit]) -> tuple[Line, ...]:
    """The expected units with their forms, in the order of the plan's kinds and of the alphabet; communes last, under their districts."""
    order = list(campaign.plan.kinds)

    def rank(unit: CampaignUnit | None) -> tuple[int, str]:
        return (order.index(unit.kind) if unit.kind in order else len(order), unit.sort_key) if unit else (-1, "")

    units = sorted(db.session.scalars(expected), key=lambda unit: (rank(unit.compiled_by), rank(unit)))
    ids = [unit.id for unit in units]
    people, members = selectinload(Registration.individuals), selectinload(Registration.collectives)
    found = (
        select(Registration, Admission)
        .outerjoin(Admission, Admission.campaign_unit_id == Registration.campaign_unit_id)
        .where(Registration.campaign_unit_id.in_(ids))
        .options(people, members.joinedload(RegisteredCollective.campaign_unit))
    )
    forms, admissions = dict[int, Registration](), dict[int, Admission | None]()
    for form, admission in db.session.execute(found):
        forms[form.campaign_unit_id], admissions[form.campaign_unit_id] = form, admission
    told = times_told(campaign)
    return tuple(_line(unit, forms.get(unit.id), admissions.get(unit.id), told.get(unit.id, NEVER).taken) for unit in units)


def _line(unit: CampaignUnit, form: Registration | None, admission: Admission | None, reminders: int) -> Line:
    if form is None:
        return Line(unit, RegistrationState.DRAFT, reminders=reminders)
    return Line(
        unit=unit,
        state=form.state,
        sent_on=form.counted_on,
        from_paper=form.received_on is not None,
        late=form.late,
        admission=f"{admission.number} ngày {day_words(admission.date)}" if admission else "",
        return_reason=form.return_reason,
        head=form.head,
        collectives=tuple(member.campaign_unit for member in form.collectives),
        individuals=tuple(Person(person.full_name, person.position, person.workplace) for person in form.individuals),
        reminders=reminders,
    )


def _kinds(campaign: Campaign, lines: tuple[Line, ...]) -> tuple[KindCounts, ...]:
    """The lines counted by kind of unit, in the plan's order."""
    by_kind: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_kind[line.unit.kind].append(line)
    return tuple(KindCounts(kind, Counts.of(by_kind[code])) for code, kind in campaign.plan.kinds.items() if code in by_kind)


def _inner(campaign: Campaign, lines: tuple[Line, ...]) -> tuple[InnerCounts, ...]:
    """The kinds whose units stand on their parents' forms (the specialised units of II.2.a)."""
    expected = select(CampaignUnit.kind, func.count()).where(
        CampaignUnit.campaign_id == campaign.id,
        CampaignUnit.eligible,
        CampaignUnit.ended_on.is_(None),
        CampaignUnit.form_unit_id != CampaignUnit.id,
    )
    numbers = dict(db.session.execute(expected.group_by(CampaignUnit.kind)).all())
    on_forms = Counter(member.kind for line in lines if line.registered for member in line.collectives if member.id != line.unit.id)
    return tuple(InnerCounts(kind, numbers[code], on_forms[code]) for code, kind in campaign.plan.kinds.items() if code in numbers)

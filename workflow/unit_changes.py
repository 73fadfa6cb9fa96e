"""Units over time: a new name or kind, a merger, an end inside an open campaign, each an explicit act and one entry of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from audit import Act, record
from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db, table_of
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor
from models.plan import KindRule
from models.registrations import RegisteredCollective, Registration
from models.text import clean, folded, sort_key
from models.units import Unit, UnitVersion
from models.vocabulary import DossierState, NomineeKind, RegistrationState, UnitChange
from workflow.acts import ActRefused, record_on_dossier, refuse_if
from workflow.procedure import DossierProcedure
from workflow.registrations import EDITABLE, registration_of
from workflow.rules.eligibility import unit_ended
from workflow.rules.objection import Objection

FINAL = frozenset(DossierState(state.value) for state in DossierProcedure.states if state.final)
SEARCHED = 600
"""Length of the column that a unit is found by."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a unit on a day: it carries other names (name, official name, kind), or, without names, it ends."""

    unit: CampaignUnit
    effective: date
    basis: str
    names: tuple[str, str, str] | None = None
    into: CampaignUnit | None = None


def rename(
    campaign: Campaign,
    unit: CampaignUnit,
    *,
    name: str,
    official_name: str,
    kind: str,
    effective: date,
    basis: str,
    actor: Actor,
    at: datetime,
) -> AuditEntry | None:
    """A unit goes on under another name or kind; None when it carries them already.

    Its form and dossiers stay attached and keep code, state and version, so that consents and open pages hold; papers stay as they were
    signed. Dossiers on their way name the collective anew, for the letters and lists to come. It is found by its old and its new name.
    Places and quotas stay as the campaign gave them: a kind that registers or is chosen in another way is refused.
    """
    before = _names(unit)
    after = {"unit": clean(name), "official_name": clean(official_name), "kind": kind}
    if after == before:
        return None
    kinds = campaign.plan.kinds
    refuse_if(
        *_refusals(campaign, unit, effective, basis, at),
        None if after["unit"] and after["official_name"] else Objection("new_name_missing", {"unit": unit.name}),
        None
        if _road(kinds.get(unit.kind)) == _road(kinds.get(kind))
        else Objection("kind_differs", {"unit": unit.name, "kind": kinds[kind].label if kind in kinds else kind}),
    )
    unit.name, unit.official_name, unit.kind = after["unit"], after["official_name"], kind
    unit.sort_key = sort_key(unit.name)
    unit.search = _found_by(unit, unit.name, unit.official_name)
    compiled = list(db.session.scalars(select(CampaignUnit).where(CampaignUnit.compiled_by_id == unit.id)))
    for other in compiled:
        other.search = _found_by(other, unit.name)
    for dossier in _dossiers_of([unit]):
        for nominee in dossier.nominees:
            if nominee.kind is NomineeKind.COLLECTIVE and dossier.state not in FINAL:
                nominee.full_name = unit.official_name
    db.session.flush()
    _file_anew([unit, *compiled])
    detail = {
        "change": UnitChange.RENAME.value,
        "before": before,
        "after": after,
        "effective": effective.isoformat(),
        "basis": clean(basis),
    }
    return _record(unit, detail, actor, at)


def merge(
    campaign: Campaign, unit: CampaignUnit, into: CampaignUnit | None, *, effective: date, basis: str, actor: Actor, at: datetime
) -> AuditEntry | None:
    """A unit is abolished and merged into another (None: without a successor); None when that is recorded already.

    From then on it is neither expected nor reminded, and can fill in no form. The law has ended it, so an undecided form never holds
    the merger up: it stays attached and is named in the record ("open_form"). One that was sent is still for its receiver to decide:
    accepted, it opens the dossier of the unit that sent it; returned, it has ended. The successor keeps its own form, and takes up people
    of the other on it by hand. An accepted dossier goes on under the unit that it was opened for, submitted by its district.

    A unit that compiled or submitted for itself or for others hands that over: its successor compiles and submits from now on, and each
    dossier that so changes hands says it in an entry of its own. Forms that were sent keep the units on them, and communes keep the
    places that the plan gave their former district (III.4.a). Without a successor, a unit that others depend on is not ended.
    """
    merged_into, target = unit.unit.merged_into_id, into.unit_id if into else None
    if unit.ended_on == effective and merged_into == target:
        return None
    others = list(db.session.scalars(select(CampaignUnit).where(CampaignUnit.id != unit.id, _depends_on(unit))))
    living = [other for other in others if other.ended_on is None]
    refuse_if(
        *_refusals(campaign, unit, effective, basis, at),
        unit_ended(into.ended_on, into.name) if into and into is not unit else None,
        Objection("merged_elsewhere", {"unit": unit.name}) if merged_into not in {None, target} else None,
        Objection("merged_into_own", {"unit": unit.name}) if into in [unit, *others] else None,
        Objection("others_depend_on_unit", {"unit": unit.name, "count": len(living)}) if living and not into else None,
    )
    own_form, form, eligible = registration_of(unit), _form_naming(unit), unit.eligible
    unit.ended_on, unit.eligible, unit.unit.merged_into_id = effective, False, target
    passed_on = _hand_over(unit, into, others, keeps_form=own_form is not None and own_form.state not in EDITABLE) if into else []
    db.session.flush()
    _file_anew(others)
    detail = {
        "change": (UnitChange.MERGE if into else UnitChange.END).value,
        "unit": unit.long_name,
        "merged_into": into.long_name if into else "",
        "before": {"eligible": eligible, "ended_on": ""},
        "after": {"eligible": False, "ended_on": effective.isoformat()},
        "effective": effective.isoformat(),
        "basis": clean(basis),
        "open_form": form.state.value if form is not None and form.state is not RegistrationState.ACCEPTED else "",
        "dossiers": [f"{dossier.code}: {dossier.state.value}" for dossier in _dossiers_of([unit])],
        "passed_on": [other.name for other in others if into],
    }
    entry = _record(unit, detail, actor, at)
    for dossier in passed_on:
        handed = {"change": UnitChange.SUBMITS.value, "before": {"unit": unit.name}, "after": {"unit": dossier.submits.name}}
        handed |= {"effective": detail["effective"], "basis": detail["basis"]}
        record_on_dossier(Action.UNIT_CHANGE, dossier, handed, clause="", actor=actor, at=at)
    return entry


def pending(campaign: Campaign, until: date) -> list[Change]:
    """What the loaded versions of the campaign's units say up to a day and the campaign does not yet, in the order of the days.

    A version after the one that the campaign carries is a renaming; of versions that the campaign knows nothing of, those since its
    opening. An end without a document of its own is taken to rest on the one that changed its successor on that day.
    Raises ActRefused when the campaign is not open, or when a unit was merged into one that is not in the campaign.
    """
    if campaign.opened_at is None:
        raise ActRefused([Objection("campaign_not_open", {"year": campaign.year})])
    opened = local_day(campaign.opened_at)
    query = select(CampaignUnit).where(CampaignUnit.campaign_id == campaign.id).order_by(CampaignUnit.sort_key)
    units = list(db.session.scalars(query.options(joinedload(CampaignUnit.unit).selectinload(Unit.versions))))
    by_unit = {unit.unit_id: unit for unit in units}
    changes, missing = list[Change](), list[Objection]()
    for unit in units:
        if unit.ended_on is not None:
            continue
        versions = unit.unit.versions
        for version in _after_carried(unit, [version for version in versions if version.valid_from <= until], opened):
            changes.append(Change(unit, version.valid_from, version.basis, (version.name, version.official_name, version.kind)))
        if (ended_on := versions[-1].valid_to) is not None and ended_on <= until:
            into = by_unit.get(unit.unit.merged_into_id or 0)
            if into is None and unit.unit.merged_into_id is not None:
                missing.append(Objection("successor_not_in_campaign", {"unit": unit.name}))
            basis = versions[-1].end_basis or _basis_of_start(into, ended_on)
            changes.append(Change(unit, ended_on, basis, into=into))
    refuse_if(*missing)
    return sorted(changes, key=lambda change: (change.effective, change.names is None))


def apply(campaign: Campaign, changes: Sequence[Change], *, actor: Actor, at: datetime) -> list[AuditEntry]:
    """Record changes in their order; one that is recorded already is passed over. Gives back the new entries.

    Raises ActRefused with the reasons against any of them; the caller then keeps none.
    """
    entries: list[AuditEntry] = []
    refused: list[Objection] = []
    for change in changes:
        try:
            entry = _apply(campaign, change, actor, at)
        except ActRefused as refusal:
            refused += refusal.objections
        else:
            entries += [entry] if entry else []
    refuse_if(*refused)
    return entries


def _apply(campaign: Campaign, change: Change, actor: Actor, at: datetime) -> AuditEntry | None:
    unit, effective, basis = change.unit, change.effective, change.basis
    if change.names is None:
        return merge(campaign, unit, change.into, effective=effective, basis=basis, actor=actor, at=at)
    name, official, kind = change.names
    return rename(campaign, unit, name=name, official_name=official, kind=kind, effective=effective, basis=basis, actor=actor, at=at)


def _refusals(campaign: Campaign, unit: CampaignUnit, effective: date, basis: str, at: datetime) -> list[Objection | None]:
    return [
        None if campaign.opened_at else Objection("campaign_not_open", {"year": campaign.year}),
        Objection("change_in_future", {"unit": unit.name, "day": f"{effective:%d/%m/%Y}"}) if effective > local_day(at) else None,
        unit_ended(unit.ended_on, unit.name),
        None if basis.strip() else Objection("change_without_basis", {"unit": unit.name}),
    ]


def _road(kind: KindRule | None) -> tuple[str, ...]:
    """How a kind registers, is chosen and submits; all kinds that do not take part are alike."""
    if kind is None or not kind.eligible:
        return ()
    return (kind.registers, kind.compiled_by, kind.quota_owner, kind.submits, kind.criterion)


def _names(unit: CampaignUnit | UnitVersion) -> dict[str, str]:
    return {"unit": unit.name, "official_name": unit.official_name, "kind": unit.kind}


def _after_carried(unit: CampaignUnit, versions: Sequence[UnitVersion], opened: date) -> Sequence[UnitVersion]:
    carried = [number for number, version in enumerate(versions) if _names(version) == _names(unit)]
    return versions[carried[-1] + 1 :] if carried else [version for version in versions if version.valid_from > opened]


def _basis_of_start(unit: CampaignUnit | None, day: date) -> str:
    return next((version.basis for version in unit.unit.versions if version.valid_from == day), "") if unit else ""


def _depends_on(unit: CampaignUnit) -> ColumnElement[bool]:
    columns = (CampaignUnit.parent_id, CampaignUnit.form_unit_id, CampaignUnit.compiled_by_id, CampaignUnit.submits_id)
    return or_(*(column == unit.id for column in columns))


def _hand_over(unit: CampaignUnit, into: CampaignUnit, others: Iterable[CampaignUnit], *, keeps_form: bool) -> list[Dossier]:
    """What a unit did for itself and for others, its successor does. Gives back the dossiers that change hands."""
    for member in [unit, *others]:
        if member.compiled_by_id == unit.id:
            member.compiled_by_id, member.search = into.id, _found_by(member, into.name)
        if member.submits_id == unit.id:
            member.submits_id = into.id
        if member.parent_id == unit.id and member.ended_on is None:
            member.parent_id = into.id
        if member.form_unit_id == unit.id and member is not unit and not keeps_form:
            member.form_unit_id = into.id
        db.session.flush()
        db.session.expire(member, ["compiled_by", "submits", "parent", "form_unit"])
    passed_on = list(db.session.scalars(select(Dossier).where(Dossier.submits_id == unit.id, Dossier.state.not_in(FINAL))))
    for dossier in passed_on:
        dossier.submits = into
    return passed_on


def _form_naming(unit: CampaignUnit) -> Registration | None:
    """The unit's own form, or the one that it is registered on (II.2.a)."""
    named = select(RegisteredCollective.registration_id).where(RegisteredCollective.campaign_unit_id == unit.id)
    return registration_of(unit) or db.session.scalars(select(Registration).where(Registration.id.in_(named))).first()


def _dossiers_of(units: Iterable[CampaignUnit]) -> list[Dossier]:
    query = select(Dossier).where(Dossier.campaign_unit_id.in_([unit.id for unit in units]))
    return list(db.session.scalars(query.order_by(Dossier.id)))


def _found_by(unit: CampaignUnit, *names: str) -> str:
    """The new names before everything that the unit was found by so far; what is known already is not repeated."""
    fresh = [words for words in map(folded, names) if words not in unit.search]
    return " ".join([*fresh, unit.search])[:SEARCHED].rstrip()


def _file_anew(units: Iterable[CampaignUnit]) -> None:
    """Sort dossiers by the names that hold now. The key is derived, no fact of the dossier: its version stays, and open pages with it."""
    table = table_of(Dossier)
    for dossier in _dossiers_of(units):
        key = dossier.campaign_unit.long_sort_key
        db.session.execute(update(table).where(table.c.id == dossier.id).values(sort_key=key))
        set_committed_value(dossier, "sort_key", key)


def _record(unit: CampaignUnit, detail: Mapping[str, Any], actor: Actor, at: datetime) -> AuditEntry:
    act = Act(Action.UNIT_CHANGE, f"unit:{unit.id}", detail=detail, campaign_id=unit.campaign_id, version=unit.version)
    return record(act, actor=actor, at=at)

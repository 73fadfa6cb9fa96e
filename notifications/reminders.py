"""Reminders: what is owed at an instant, written once into the ledger and the outbox. Deadlines are read here, never counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Insert, Select, and_, func, select
from sqlalchemy.dialects import postgresql, sqlite

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.campaigns import Campaign, CampaignUnit
from models.db import db, table_of
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.localtime import local, local_day
from models.outbox import ReminderEntry
from models.people import SYSTEM
from models.registrations import Registration
from models.vocabulary import DossierState, LetterName, Milestone, RegistrationState, ReminderOutcome
from notifications import facts
from notifications.notices import queue_letters
from notifications.recipients import home_affairs
from notifications.silence import record_silence
from notifications.wording import day_words

CLOSED_OFFSET = -1
"""The summary after the registration closed is owed on the day after the due date."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A reminder that is due and not in the ledger yet: about whom (`unit`), and who is written to.

    `superseded`: a later one of the same milestone is owed too, so this one is not sent.
    """

    unit: CampaignUnit
    deadline: Deadline
    letter: LetterName
    offset: int
    superseded: bool = False
    dossier: Dossier | None = None
    missing: tuple[str, ...] = ()
    addressees: tuple[CampaignUnit, ...] = ()

    @property
    def key(self) -> tuple[str, int, str, int, int]:
        """The ledger's key within the campaign."""
        return (self.deadline.milestone.value, self.unit.id, self.letter.value, self.offset, self.deadline.version)


def sweep(at: datetime) -> int:
    """Queue every reminder that is due at `at` and not recorded: one set-based act per open campaign, in the caller's transaction.

    Gives back how many reminders were queued. Run twice, or by two processes, the second finds nothing: the ledger's key is unique.
    """
    hold_chain()
    return sum(_sweep_campaign(campaign, at) for campaign in db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))))


def anything_owed(at: datetime) -> bool:
    """Whether a sweep would find something; reads only, so that an idle tick takes no write lock."""
    return any(owed(campaign, at) for campaign in db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None))))


def owed(campaign: Campaign, at: datetime) -> list[Owed]:
    """Everything that is due and unrecorded in one campaign at an instant, superseded ones included."""
    found = [*_registration_owed(campaign, at), *_dossiers_owed(campaign, at)]
    if not found:
        return []
    recorded = _recorded(campaign, {item.offset for item in found})
    return [item for item in found if item.key not in recorded]


def passed_offsets(offsets: Iterable[int], due: date, at: datetime, campaign: Campaign) -> list[int]:
    """The offsets (days before due) whose hour has come at `at` and that the campaign was already open for."""
    opened = local_day(campaign.opened_at) if campaign.opened_at else date.max
    days = [(offset, due - timedelta(days=offset)) for offset in offsets]
    return [offset for offset, day in days if opened <= day and _hour_has_come(day, at, campaign)]


def _hour_has_come(day: date, at: datetime, campaign: Campaign) -> bool:
    now = local(at)
    return day < now.date() or (day == now.date() and now.time() >= campaign.plan.reminder_time)


def _sweep_campaign(campaign: Campaign, at: datetime) -> int:
    items = owed(campaign, at)
    if not items:
        return 0
    to_send = [item for item in items if not item.superseded]
    counts = Counter(item.letter.value for item in to_send)
    act = Act(
        Action.REMINDERS_SWEEP,
        f"campaign:{campaign.id}",
        detail={"queued": dict(sorted(counts.items())), "superseded": len(items) - len(to_send)},
        campaign_id=campaign.id,
    )
    entry = record(act, actor=SYSTEM, at=at)
    notice_ids: dict[tuple[str, int, str, int, int], int] = {}
    for letter in LetterName:
        group = [(item, unit) for item in to_send if item.letter is letter for unit in item.addressees or (item.unit,)]
        addressed = [(unit, _facts(campaign, item, entry, local_day(at))) for item, unit in group]
        dossier_ids = [item.dossier.id if item.dossier else None for item, _unit in group]
        ids = queue_letters(letter, addressed, entry, dossier_ids=dossier_ids)
        for (item, _unit), notice_id in zip(group, ids, strict=True):
            notice_ids.setdefault(item.key, notice_id)
    db.session.connection().execute(_insert_ignore(), [_ledger_row(campaign, item, at, notice_ids) for item in items])
    for item in to_send:
        if item.letter is LetterName.REGISTRATION_CLOSED:
            record_silence(campaign, silent_units(campaign), item.deadline, at)
    return len(to_send)


def _ledger_row(campaign: Campaign, item: Owed, at: datetime, notice_ids: Mapping[Any, int]) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "milestone": item.deadline.milestone,
        "campaign_unit_id": item.unit.id,
        "letter": item.letter,
        "offset_days": item.offset,
        "deadline_version": item.deadline.version,
        "due_on": item.deadline.due_on,
        "outcome": ReminderOutcome.SUPERSEDED if item.superseded else ReminderOutcome.QUEUED,
        "at": at,
        "notice_id": notice_ids.get(item.key),
    }


def _insert_ignore() -> Insert:
    table = table_of(ReminderEntry)
    dialect = db.session.connection().dialect.name
    return (postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)).on_conflict_do_nothing()


def _recorded(campaign: Campaign, offsets: set[int]) -> set[tuple[str, int, str, int, int]]:
    rows = db.session.execute(
        select(
            ReminderEntry.milestone,
            ReminderEntry.campaign_unit_id,
            ReminderEntry.letter,
            ReminderEntry.offset_days,
            ReminderEntry.deadline_version,
        ).where(ReminderEntry.campaign_id == campaign.id, ReminderEntry.offset_days.in_(offsets))
    )
    return {(row[0].value, row[1], row[2].value, row[3], row[4]) for row in rows}


def _registration_owed(campaign: Campaign, at: datetime) -> list[Owed]:
    """Units with nothing sent or accepted; their district gets one roll-up of its missing communes; home affairs the summary after."""
    deadline = db.session.scalars(
        select(Deadline)
        .where(Deadline.campaign_id == campaign.id, Deadline.dossier_id.is_(None), Deadline.milestone == Milestone.REGISTRATION)
        .order_by(Deadline.version.desc())
    ).first()
    if deadline is None:
        return []
    closed = local_day(at) > deadline.due_on
    if closed:
        if not _hour_has_come(deadline.due_on + timedelta(days=1), at, campaign):
            return []
        receiver = home_affairs(campaign)
        if _is_recorded(campaign, receiver, LetterName.REGISTRATION_CLOSED, deadline):
            return []
        silent = tuple(unit.long_name for unit in silent_units(campaign))
        return [Owed(receiver, deadline, LetterName.REGISTRATION_CLOSED, CLOSED_OFFSET, missing=silent)]
    passed = passed_offsets(campaign.plan.registration_offsets, deadline.due_on, at, campaign)
    if not passed:
        return []
    units = silent_units(campaign)
    missing: dict[CampaignUnit, list[str]] = defaultdict(list)
    for unit in units:
        if unit.compiled_by is not None:
            missing[unit.compiled_by].append(unit.name)
    latest = min(passed)
    return [
        Owed(unit, deadline, LetterName.REGISTRATION_REMINDER, offset, superseded=offset != latest) for unit in units for offset in passed
    ] + [
        Owed(
            district,
            deadline,
            LetterName.REGISTRATION_REMINDER_COMPILED,
            offset,
            superseded=offset != latest,
            missing=tuple(names),
        )
        for district, names in missing.items()
        for offset in passed
    ]


def _is_recorded(campaign: Campaign, unit: CampaignUnit, letter: LetterName, deadline: Deadline) -> bool:
    return (
        db.session.scalar(
            select(ReminderEntry.id).where(
                ReminderEntry.campaign_id == campaign.id,
                ReminderEntry.campaign_unit_id == unit.id,
                ReminderEntry.letter == letter,
                ReminderEntry.deadline_version == deadline.version,
            )
        )
        is not None
    )


def silent_units(campaign: Campaign) -> list[CampaignUnit]:
    """The units that owe a registration form and have nothing sent or accepted."""
    answered = select(Registration.id).where(
        Registration.campaign_unit_id == CampaignUnit.id,
        Registration.state.in_((RegistrationState.SENT, RegistrationState.ACCEPTED)),
    )
    return list(db.session.scalars(expected_units(campaign).where(~answered.exists())))


def expected_units(campaign: Campaign) -> Select[CampaignUnit]:
    """The units that are expected to send a registration form of their own."""
    return (
        select(CampaignUnit)
        .where(
            CampaignUnit.campaign_id == campaign.id,
            CampaignUnit.eligible,
            CampaignUnit.form_unit_id == CampaignUnit.id,
            CampaignUnit.ended_on.is_(None),
        )
        .order_by(CampaignUnit.sort_key)
    )


def _dossiers_owed(campaign: Campaign, at: datetime) -> list[Owed]:
    """Selected dossiers that have not been submitted: before the due date a reminder, after it the notice that it has passed."""
    today = local_day(at)
    horizon = today + timedelta(days=max(campaign.plan.submission_offsets, default=0))
    latest = select(func.max(Deadline.id)).where(Deadline.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery()
    rows = db.session.execute(
        select(Dossier, Deadline)
        .join(Deadline, and_(Deadline.dossier_id == Dossier.id, Deadline.id == latest))
        .where(Dossier.campaign_id == campaign.id, Dossier.state == DossierState.SELECTED, Dossier.due_on <= horizon)
        .order_by(Dossier.sort_key)
    ).all()
    found: list[Owed] = []
    for dossier, deadline in rows:
        found += _dossier_owed(campaign, dossier, deadline, at)
    return found


def _dossier_owed(campaign: Campaign, dossier: Dossier, deadline: Deadline, at: datetime) -> list[Owed]:
    set_on = local_day(deadline.set_at)
    if local_day(at) <= deadline.due_on:
        passed = [
            offset
            for offset in passed_offsets(campaign.plan.submission_offsets, deadline.due_on, at, campaign)
            if deadline.due_on - timedelta(days=offset) > set_on
        ]
        letter, units = LetterName.DOSSIER_REMINDER, [dossier.submits, dossier.campaign_unit]
    else:
        passed, day, step = [], deadline.due_on + timedelta(days=1), timedelta(days=campaign.plan.overdue_every_days)
        while _hour_has_come(day, at, campaign):
            passed.append((deadline.due_on - day).days)
            day += step
        letter, units = LetterName.DOSSIER_OVERDUE, [dossier.submits, dossier.campaign_unit, home_affairs(campaign)]
    latest, addressees = min(passed, default=0), tuple({unit.id: unit for unit in units}.values())
    return [
        Owed(dossier.campaign_unit, deadline, letter, offset, superseded=offset != latest, dossier=dossier, addressees=addressees)
        for offset in passed
    ]


def _facts(campaign: Campaign, item: Owed, entry: Any, today: date) -> dict[str, Any]:
    link = f"/dossiers/{item.dossier.id}" if item.dossier else f"/registrations?campaign={campaign.id}"
    clause = campaign.plan.window_clause if item.dossier else campaign.plan.registration_clause
    stated = facts.common_facts(campaign, entry, clause=clause, link=link) | facts.deadline_facts(item.deadline, today)
    stated["units"] = list(item.missing)
    if item.dossier:
        stated |= {
            "dossier": item.dossier.code,
            "collective": item.dossier.campaign_unit.long_name,
            "checklist": facts.checklist(campaign.plan),
        }
    if item.letter is LetterName.REGISTRATION_CLOSED:
        expected = db.session.scalar(select(func.count()).select_from(expected_units(campaign).subquery())) or 0
        stated["counts"] = [
            {"label": "Số bản đăng ký phải có", "value": str(expected)},
            {"label": "Đã gửi hoặc đã duyệt", "value": str(expected - len(item.missing))},
            {"label": "Chưa đăng ký", "value": str(len(item.missing))},
            {"label": "Hạn đăng ký", "value": day_words(item.deadline.due_on)},
        ]
    return stated

"""The expected units as the receiving office lists them: with their forms, in the plan's order, filtered; what was last written to each.

A campaign expects a few hundred forms, so the whole list is read as plain rows, in one statement, and sorted and counted here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Admission
from models.outbox import Notice, OutboxMail
from models.people import Actor
from models.registrations import LateRequest, Registration, RollupReport
from models.text import folded
from models.vocabulary import LetterName, MailState, RegistrationState
from notifications.reminders import expected_units
from web.addresses import row_number
from web.work import granted
from workflow.policy import Action
from workflow.receiving import ANSWERED

Head = aliased(CampaignUnit)
LATE = "late"
"""Beside the states of a form, the list can be narrowed to the forms that came late."""

TO_ITSELF = (LetterName.CAMPAIGN_OPENED, LetterName.REGISTRATION_REMINDER)
COPIED = (
    LetterName.REGISTRATION_RECEIVED,
    LetterName.REGISTRATION_RETURNED,
    LetterName.REGISTRATION_ACCEPTED,
    LetterName.REGISTRATION_ADMITTED,
)
"""Letters about a form; of the second kind a district has the copies of its communes as well."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit that is expected to register, and its form as it stands."""

    id: int
    name: str
    kind: str
    sort_key: str
    search: str
    head_id: int | None
    head: str
    head_kind: str
    head_key: str
    state: RegistrationState
    sent_at: datetime | None
    late: bool
    form_id: int | None
    version: int
    admission: str
    asked: bool
    decides: bool

    @property
    def silent(self) -> bool:
        """Whether nothing of it is sent or accepted."""
        return self.state not in ANSWERED

    @property
    def long_name(self) -> str:
        """The name, with the district's where there is one."""
        return f"{self.name}, {self.head}" if self.head else self.name


@dataclass(frozen=True, slots=True)
class Group:
    """The units of one district, under their roll-up line: how many of them stand where. Those without a district have none."""

    head_id: int | None
    head: str
    rows: Sequence[Row]
    counts: Mapping[RegistrationState, int]
    reported_at: datetime | None = None

    @property
    def expected(self) -> int:
        """How many forms the district's units owe."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as the address says it; unknown words narrow nothing."""

    q: str = ""
    state: str = ""
    kind: str = ""
    district: int | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Filters:
        """The filters of an address."""
        state = arguments.get("state", "")
        return cls(
            q=arguments.get("q", "")[:200].strip(),
            state=state if state in {*RegistrationState, LATE} else "",
            kind=arguments.get("kind", "")[:40],
            district=row_number(arguments.get("district")),
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """The filters as an address says them."""
        found = {"q": self.q, "state": self.state, "kind": self.kind, "district": self.district}
        return {name: value for name, value in found.items() if value}

    def without(self, name: str) -> dict[str, Any]:
        """The address without one of them."""
        return {key: value for key, value in self.arguments.items() if key != name}

    def hold(self, row: Row) -> bool:
        """Whether a row is on the list."""
        state = not self.state or row.state == self.state or (self.state == LATE and row.late)
        kind = not self.kind or row.kind == self.kind
        district = self.district is None or self.district in {row.id, row.head_id}
        return state and kind and district and all(word in row.search for word in folded(self.q).split())


def rows_for(campaign: Campaign, actor: Actor) -> list[Row]:
    """The expected units that the person may see, as the plan lists the kinds; communes under their district."""
    columns = (
        CampaignUnit.id,
        CampaignUnit.name,
        CampaignUnit.kind,
        CampaignUnit.sort_key,
        CampaignUnit.search,
        CampaignUnit.compiled_by_id.label("head_id"),
        func.coalesce(Head.name, "").label("head"),
        func.coalesce(Head.kind, "").label("head_kind"),
        func.coalesce(Head.sort_key, "").label("head_key"),
        Registration.state,
        Registration.sent_at,
        func.coalesce(Registration.late, False).label("late"),
        Registration.id.label("form_id"),
        func.coalesce(Registration.version, 0).label("version"),
        func.coalesce(Admission.number, "").label("admission"),
        LateRequest.id.is_not(None).label("asked"),
        granted(actor, Action.REGISTRATION_DECIDE).label("decides"),
    )
    query = (
        expected_units(campaign)
        .with_only_columns(*columns, maintain_column_froms=True)
        .outerjoin(Head, Head.id == CampaignUnit.compiled_by_id)
        .outerjoin(Registration, Registration.campaign_unit_id == CampaignUnit.id)
        .outerjoin(Admission, Admission.campaign_unit_id == CampaignUnit.id)
        .outerjoin(LateRequest, LateRequest.campaign_unit_id == CampaignUnit.id)
        .where(granted(actor, Action.REGISTRATION_VIEW))
    )
    order = {code: number for number, code in enumerate(campaign.plan.kinds)}
    found = [Row(*_known(row)) for row in db.session.execute(query)]

    def place(row: Row) -> tuple[Any, ...]:
        rank = order.get(row.kind, len(order))
        if row.head_id is None:
            return (rank, row.sort_key, 0, 0, "")
        return (order.get(row.head_kind, len(order)), row.head_key, 1, rank, row.sort_key)

    return sorted(found, key=place)


def _known(row: Any) -> list[Any]:
    values = dict(row._mapping)
    values["state"] = values["state"] or RegistrationState.DRAFT
    return [bool(value) if name in {"late", "asked", "decides"} else value for name, value in values.items()]


def grouped(rows: Sequence[Row], everybody: Sequence[Row]) -> list[Group]:
    """Rows under their districts' roll-up lines; the lines count all the district's units, on the list or not."""
    counts: dict[int | None, Counter[RegistrationState]] = defaultdict(Counter)
    for row in everybody:
        counts[row.head_id].update([row.state])
    groups: list[Group] = []
    for row in rows:
        if not groups or groups[-1].head_id != row.head_id:
            groups.append(Group(row.head_id, row.head, [], {state: counts[row.head_id][state] for state in RegistrationState}))
        groups[-1] = replace(groups[-1], rows=[*groups[-1].rows, row])
    reported = _reported([group.head_id for group in groups if group.head_id])
    return [replace(group, reported_at=reported.get(group.head_id or 0)) for group in groups]


def _reported(ids: Collection[int]) -> dict[int, datetime]:
    """When districts last sent their roll-up."""
    query = select(RollupReport.campaign_unit_id, func.max(RollupReport.sent_at)).where(RollupReport.campaign_unit_id.in_(ids))
    return dict(db.session.execute(query.group_by(RollupReport.campaign_unit_id)).all()) if ids else {}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class LastNotice:
    """The letter that was last written to a unit, and what became of its mails: each state once, with one of those mails."""

    letter: LetterName
    at: datetime
    mails: Mapping[MailState, int]


def last_notices(campaign: Campaign, ids: Collection[int]) -> dict[int, LastNotice]:
    """The last letter to each of some units that is about the unit itself."""
    compilers = select(CampaignUnit.compiled_by_id).where(CampaignUnit.campaign_id == campaign.id, CampaignUnit.compiled_by_id.is_not(None))
    is_own = or_(Notice.campaign_unit_id.not_in(compilers), Notice.facts["unit"].as_string() == CampaignUnit.official_name)
    about_it = or_(Notice.letter.in_(TO_ITSELF), and_(Notice.letter.in_(COPIED), is_own))
    latest = (
        select(func.max(Notice.id))
        .join(Notice.campaign_unit)
        .where(Notice.campaign_id == campaign.id, Notice.campaign_unit_id.in_(ids), about_it)
        .group_by(Notice.campaign_unit_id)
    )
    query = (
        select(Notice.campaign_unit_id, Notice.letter, Notice.created_at, OutboxMail.state, OutboxMail.id.label("mail_id"))
        .outerjoin(OutboxMail, OutboxMail.notice_id == Notice.id)
        .where(Notice.id.in_(latest))
        .order_by(OutboxMail.id)
    )
    found: dict[int, LastNotice] = {}
    for row in db.session.execute(query):
        notice = found.setdefault(row.campaign_unit_id, LastNotice(row.letter, row.created_at, {}))
        if row.state is not None:
            found[row.campaign_unit_id] = replace(notice, mails={**notice.mails, row.state: row.mail_id})
    return found


def state_words() -> dict[str, str]:
    """What the list can be narrowed to, in words."""
    return {state.value: _(state.label) for state in RegistrationState} | {LATE: _("Đăng ký trễ hạn")}

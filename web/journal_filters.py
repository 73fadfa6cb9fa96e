"""What the log page is narrowed to, as its address says it, and which entries a person may read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, select

from audit import search
from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.localtime import VIETNAM
from models.people import Actor, User
from models.text import folded
from models.vocabulary import AuditResult, Role, Source
from web.addresses import day_in, row_number
from web.work import granted
from workflow.policy import Action

WHOLE = (Role.HOME_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR)
"""Who reads entries of every kind; the others read the history of the dossiers that they may see."""
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the log; a word that none of them knows narrows nothing."""

    q: str
    since: date | None
    until: date | None
    officer: str
    unit: str
    dossier: str
    campaign: int | None
    action: str
    result: str
    source: str

    @classmethod
    def read(cls) -> Filters:
        """The filters in the address of this request."""
        given = {name: request.args.get(name, "")[:LONGEST].strip() for name in NAMES}
        return cls(
            q=given["q"],
            since=day_in(given["from"]),
            until=day_in(given["to"]),
            officer=given["officer"],
            unit=given["unit"],
            dossier=given["dossier"],
            campaign=row_number(given["year"]),
            action=given["action"] if given["action"] in set(Recorded) else "",
            result=given["result"] if given["result"] in set(AuditResult) else "",
            source=given["source"] if given["source"] in set(Source) else "",
        )

    @property
    def as_words(self) -> dict[str, str]:
        """The filters in force, as the record of an export keeps them."""
        return {field.name: str(value) for field in fields(self) if (value := getattr(self, field.name)) not in ("", None)}


def unread_days() -> list[str]:
    """Days in the address that cannot be read, and so narrow nothing."""
    return [text for name in ("from", "to") if (text := request.args.get(name, "")[:LONGEST].strip()) and day_in(text) is None]


NAMES = ("q", "from", "to", "officer", "unit", "dossier", "year", "action", "result", "source")
"""The names of the filters in the address."""


def readable(actor: Actor) -> ColumnElement[bool] | None:
    """The entries that a person may read; None when it is all of them."""
    if actor.role in WHOLE:
        return None
    visible = select(Dossier.id).join(Dossier.campaign_unit).where(granted(actor, Action.DOSSIER_VIEW))
    return AuditEntry.dossier_id.in_(visible)


def narrowed(query: Select[Any], filters: Filters, actor: Actor) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """A query over the record narrowed to what is asked for and may be read, and the keys to page it by, the latest first."""
    allowed = readable(actor)
    if allowed is not None:
        query = query.where(allowed)
    query, number = search.searched(query, filters.q if actor.role is not Role.ADMINISTRATOR else "")
    for condition in _conditions(filters):
        query = query.where(condition)
    by_day = (filters.since or filters.until) and not filters.q
    return query, [AuditEntry.__table__.c.at, number] if by_day else [number]


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    return [*_plain(filters), *_by_name(filters)]


def _plain(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.since:
        found.append(AuditEntry.at >= datetime.combine(filters.since, time(), VIETNAM))
    if filters.until:
        found.append(AuditEntry.at < datetime.combine(filters.until + timedelta(days=1), time(), VIETNAM))
    if filters.action:
        found.append(AuditEntry.action == filters.action)
    if filters.result:
        found.append(AuditEntry.result == AuditResult(filters.result))
    if filters.source:
        found.append(AuditEntry.source == Source(filters.source))
    if filters.campaign:
        found.append(AuditEntry.campaign_id == filters.campaign)
    return found


def _by_name(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.officer:
        rows = db.session.execute(select(User.id, User.full_name, User.login))
        found.append(AuditEntry.actor_id.in_([row.id for row in rows if _fits(filters.officer, row.full_name, row.login)]))
    if words := folded(filters.unit).split():
        named = select(CampaignUnit.unit_id).where(*(CampaignUnit.search.contains(word, autoescape=True) for word in words))
        found.append(AuditEntry.unit_id.in_(named))
    if words := folded(filters.dossier).split():
        dossiers = select(Dossier.id).join(Dossier.campaign_unit)
        for word in words:
            dossiers = dossiers.where(CampaignUnit.search.contains(word, autoescape=True) | Dossier.code.icontains(word, autoescape=True))
        found.append(AuditEntry.dossier_id.in_(dossiers))
    return found


def _fits(wanted: str, *texts: str) -> bool:
    return all(any(word in folded(text) for text in texts) for word in folded(wanted).split())

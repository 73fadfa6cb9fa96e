"""What the log page is narrowed to, as its address says it, and which entries a person may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, select

from audit import search
from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.localtime import day_begins
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


def readable(actor: Actor) -> Select[tuple[int]] | None:
    """The dossiers whose entries a person may read; None when it is every entry."""
    if actor.role in WHOLE:
        return None
    return select(Dossier.id).join(Dossier.campaign_unit).where(granted(actor, Action.DOSSIER_VIEW))


def narrowed(query: Select[Any], filters: Filters, actor: Actor) -> tuple[Select[Any], ColumnElement[Any]]:
    """A query over the record narrowed to what is asked for and may be read, and the key to page it by, the latest first."""
    allowed = readable(actor)
    alike = [*_plain(filters), *_by_name(filters), *([] if allowed is None else [("dossier_id", allowed)])]
    query, number = search.searched(query, filters.q if actor.role is not Role.ADMINISTRATOR else "", alike)
    if filters.since or filters.until:
        query = query.where(number.between(*search.span(filters.since, filters.until)))
    if filters.since:
        query = query.where(AuditEntry.at >= day_begins(filters.since))
    if filters.until:
        query = query.where(AuditEntry.at < day_begins(filters.until + timedelta(days=1)))
    return query, number


def _plain(filters: Filters) -> Iterator[search.Alike]:
    if filters.action:
        yield "action", [filters.action]
    if filters.result:
        yield "result", [AuditResult(filters.result)]
    if filters.source:
        yield "source", [Source(filters.source)]
    if filters.campaign:
        yield "campaign_id", [filters.campaign]


def _by_name(filters: Filters) -> Iterator[search.Alike]:
    if filters.officer:
        rows = db.session.execute(select(User.id, User.full_name, User.login))
        yield "actor_id", [row.id for row in rows if _fits(filters.officer, row.full_name, row.login)]
    if words := folded(filters.unit).split():
        named = (CampaignUnit.search.contains(word, autoescape=True) for word in words)
        yield "unit_id", select(CampaignUnit.unit_id).where(*named).distinct()
    if words := folded(filters.dossier).split():
        dossiers = select(Dossier.id).join(Dossier.campaign_unit)
        for word in words:
            dossiers = dossiers.where(CampaignUnit.search.contains(word, autoescape=True) | Dossier.code.icontains(word, autoescape=True))
        yield "dossier_id", dossiers


def _fits(wanted: str, *texts: str) -> bool:
    return all(any(word in folded(text) for text in texts) for word in folded(wanted).split())

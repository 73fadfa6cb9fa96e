"""Nhật ký: the record, filtered by day, person, unit, dossier, act, result and source; one entry with its values and hash."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.localtime import VIETNAM
from models.people import User
from models.text import folded
from models.units import Unit
from models.vocabulary import AuditResult, Source
from web import keyset
from web.access import needs
from web.wording import entry_view
from workflow.policy import Action

pages = Blueprint("journal", __name__, url_prefix="/journal")

YEARS = (1900, 2200)
"""Days outside of these narrow nothing."""


@pages.get("")
@needs(Action.AUDIT_VIEW)
def index() -> str:
    """The record, the latest first, 50 a page."""
    query = _filtered(select(AuditEntry, AuditEntry.seq))
    found = keyset.page(query, [AuditEntry.seq], ["seq"], descending=True)
    entries = [row[0] for row in found.rows]
    return render_template(
        "journal/index.html",
        page=found,
        views=[entry_view(entry) for entry in entries],
        names=_names(entries),
        actions=list(Recorded),
        results=list(AuditResult),
        sources=list(Source),
        chosen=request.args,
    )


@pages.get("/<int:seq>")
@needs(Action.AUDIT_VIEW)
def show(seq: int) -> str:
    """One entry: values, reasons, request key, hash and what the hash covers."""
    entry = db.session.get(AuditEntry, seq)
    if entry is None:
        raise NotFound
    return render_template("journal/show.html", view=entry_view(entry), entry=entry, names=_names([entry]))


def _filtered(query: Select[Any]) -> Select[Any]:
    arguments = request.args
    for name, day_after in (("from", 0), ("to", 1)):
        day = _day(arguments.get(name, ""))
        if day is not None:
            instant = datetime.combine(day + timedelta(days=day_after), time(), VIETNAM)
            query = query.where(AuditEntry.at < instant if day_after else AuditEntry.at >= instant)
    if arguments.get("action") in set(Recorded):
        query = query.where(AuditEntry.action == arguments["action"])
    if arguments.get("result") in set(AuditResult):
        query = query.where(AuditEntry.result == AuditResult(arguments["result"]))
    if arguments.get("source") in set(Source):
        query = query.where(AuditEntry.source == Source(arguments["source"]))
    if officer := arguments.get("officer", "").strip()[:200]:
        people = [
            row.id for row in db.session.execute(select(User.id, User.full_name, User.login)) if _fits(officer, row.full_name, row.login)
        ]
        query = query.where(AuditEntry.actor_id.in_(people))
    if words := folded(arguments.get("dossier", "")[:200]).split():
        found = select(Dossier.id).join(Dossier.campaign_unit)
        for word in words:
            found = found.where(CampaignUnit.search.contains(word, autoescape=True) | Dossier.code.icontains(word, autoescape=True))
        query = query.where(AuditEntry.dossier_id.in_(found))
    return query


def _fits(wanted: str, *texts: str) -> bool:
    return all(any(word in folded(text) for text in texts) for word in folded(wanted).split())


def _day(text: str) -> date | None:
    """A day from the address, written 31/03/2021 or 2021-03-31; anything else narrows nothing."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(text.strip(), form).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
        return day if YEARS[0] <= day.year <= YEARS[1] else None
    return None


def _names(entries: list[AuditEntry]) -> dict[str, dict[int, str]]:
    """Names of the people, units and dossiers that some entries speak of."""
    people = {entry.actor_id for entry in entries if entry.actor_id}
    units = {entry.unit_id for entry in entries if entry.unit_id}
    dossiers = {entry.dossier_id for entry in entries if entry.dossier_id}
    return {
        "people": {row.id: row.full_name for row in db.session.execute(select(User.id, User.full_name).where(User.id.in_(people)))},
        "units": {
            unit.id: unit.versions[-1].name
            for unit in db.session.scalars(select(Unit).where(Unit.id.in_(units)).options(selectinload(Unit.versions)))
        },
        "dossiers": {row.id: row.code for row in db.session.execute(select(Dossier.id, Dossier.code).where(Dossier.id.in_(dossiers)))},
    }

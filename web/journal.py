"""Nhật ký: the record, filtered and searched; one entry with its values and hash; checking that it is whole. Files: journal_export.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit import checkpoints
from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.db import db, transaction
from models.dossiers import Dossier
from models.people import User
from models.units import Unit
from models.vocabulary import AuditResult, Relation, Role, Source
from reports.figures_lists import dotted
from web import keyset
from web.access import actor, needs, now
from web.frame import campaigns
from web.journal_filters import Filters, narrowed, readable, unread_days
from web.wording import EntryView, entry_view
from workflow.policy import Action, may, relations_to

pages = Blueprint("journal", __name__, url_prefix="/journal")

IN_FULL = (Role.HOME_AFFAIRS, Role.AUDITOR)
"""Who reads the personal details of every entry; the others, those of dossiers of their own unit or that it submits."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the people, units and dossiers that some entries speak of, and the dossiers whose people are the reader's own."""

    people: dict[int, str]
    units: dict[int, str]
    dossiers: dict[int, str]
    own: set[int]


@pages.get("")
@needs(Action.AUDIT_VIEW)
def index() -> str:
    """The record as far as the person may read it, the latest first, 50 a page."""
    filters = Filters.read()
    query, number = narrowed(select(AuditEntry, AuditEntry.seq), filters, actor())
    found = keyset.page(query, [number], ["seq"], descending=True)
    entries = [row[0] for row in found.rows]
    names = names_of(entries)
    return render_template(
        "journal/index.html",
        page=found,
        views=views_of(entries, names),
        names=names,
        actions=list(Recorded),
        results=list(AuditResult),
        sources=list(Source),
        years=campaigns(),
        unread=unread_days(),
        chosen=request.args,
        kept={key: value for key, value in request.args.items() if key not in {"after", "before"}},
        searches=actor().role is not Role.ADMINISTRATOR,
        exports=may(actor(), Action.AUDIT_EXPORT),
        checks=may(actor(), Action.AUDIT_CHECK),
        checked=_last_check(),
    )


@pages.get("/<int:seq>")
@needs(Action.AUDIT_VIEW)
def show(seq: int) -> str:
    """One entry: values before and after, reasons, request key, hash and what the hash covers."""
    query, allowed = select(AuditEntry).where(AuditEntry.seq == seq), readable(actor())
    entry = db.session.scalars(query if allowed is None else query.where(AuditEntry.dossier_id.in_(allowed))).first()
    if entry is None:
        raise NotFound
    names = names_of([entry])
    return render_template("journal/show.html", view=views_of([entry], names)[0], entry=entry, names=names)


@pages.post("/check")
@needs(Action.AUDIT_CHECK)
def check() -> Response:
    """Read the whole record and say whether it is as it was written; the result is an entry of its own."""
    found = checkpoints.check(current_app.config["INSTANCE"])
    db.session.rollback()
    with transaction():
        checkpoints.record_verification(found, actor=actor(), at=now())
    if found.intact:
        flash(
            _("Nguyên vẹn: %(count)s bản ghi, %(checkpoints)s mốc khớp.", count=dotted(found.count), checkpoints=found.checkpoints),
            "success",
        )
    else:
        flash(_("Không nguyên vẹn: bản ghi số %(seq)s không đúng như đã ghi.", seq=found.bad_seq), "error")
    return redirect(url_for("journal.index"))


def _last_check() -> AuditEntry | None:
    query = select(AuditEntry).where(AuditEntry.action == Recorded.AUDIT_VERIFY.value).order_by(AuditEntry.seq.desc()).limit(1)
    return db.session.scalars(query).first() if may(actor(), Action.AUDIT_CHECK) else None


def views_of(entries: Sequence[AuditEntry], names: Names) -> list[EntryView]:
    """Entries in words; personal details of other units' people are left out for whoever does not read in full."""
    whole = actor().role in IN_FULL
    return [entry_view(entry, personal=whole or entry.dossier_id in names.own) for entry in entries]


def names_of(entries: Sequence[AuditEntry]) -> Names:
    """The names that some entries need, in three queries."""
    people = {entry.actor_id for entry in entries if entry.actor_id}
    units = {entry.unit_id for entry in entries if entry.unit_id}
    dossiers = {entry.dossier_id for entry in entries if entry.dossier_id}
    found = db.session.scalars(
        select(Dossier).join(Dossier.campaign_unit).options(contains_eager(Dossier.campaign_unit)).where(Dossier.id.in_(dossiers))
    ).all()
    officer = actor() if actor().role is Role.OFFICER else None
    theirs = {Relation.OWN, Relation.SUBMITS}
    return Names(
        people={row.id: row.full_name for row in db.session.execute(select(User.id, User.full_name).where(User.id.in_(people)))},
        units={
            unit.id: unit.versions[-1].name
            for unit in db.session.scalars(select(Unit).where(Unit.id.in_(units)).options(selectinload(Unit.versions)))
        },
        dossiers={dossier.id: dossier.code for dossier in found},
        own={dossier.id for dossier in found if officer and relations_to(officer, dossier.campaign_unit) & theirs},
    )

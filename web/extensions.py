"""Gia hạn: a unit asks for a later due date; home affairs orders one for the whole campaign, dossier by dossier."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db, rehearsal
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.text import clean
from models.vocabulary import DossierState
from web.access import actor, allow_form, needs, now, see
from web.acting import acting
from web.addresses import row_number
from web.dossier_forms import MOVES, DossierForm, carry_out, open_form
from web.forms import DateBoxes, Form, line, paragraph
from web.frame import campaign
from web.wording import ObjectionView, objection_views
from workflow.acts import ActRefused
from workflow.extensions import ask_extension, extend, open_request
from workflow.policy import Action
from workflow.rules.objection import Objection
from workflow.steps import done_before

pages = Blueprint("extensions", __name__)
Answer = str | Response | tuple[str, int]


class AskForm(DossierForm):
    """Until when, and why."""

    due_on = DateBoxes(_l("Đề nghị gia hạn đến hết ngày"))
    reason = paragraph(_l("Lý do đề nghị gia hạn"), limit=1000)


class OrderForm(Form):
    """One decision for all dossiers that are being prepared."""

    number = line(_l("Số văn bản"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))
    due_on = DateBoxes(_l("Hạn nộp mới"))
    reason = paragraph(_l("Lý do"))
    key = HiddenField()


@dataclass(frozen=True, slots=True)
class Moved:
    """One dossier under the order: its due date before and after, the mails about it, or the reasons why it is not moved."""

    dossier_id: int
    code: str
    unit: str
    version: int
    before: date | None
    mails: int
    reasons: tuple[ObjectionView, ...]


@pages.route("/dossiers/<int:dossier_id>/extension/request", methods=["GET", "POST"])
@needs(Action.EXTENSION_ASK)
def ask(dossier_id: int) -> Answer:
    """The submitting unit, or the collective, asks home affairs for a later due date; a late one asks to be admitted."""
    dossier = see(db.session.get(Dossier, dossier_id))
    allow_form(Action.EXTENSION_ASK, dossier)
    form, sent, status = AskForm(), None, 200
    if not form.is_submitted():
        open_form(form, dossier)
    elif not form.validate():
        status = 422
    else:
        sent = carry_out(
            dossier,
            form,
            MOVES,
            Recorded.EXTENSION_ASK,
            lambda key: ask_extension(dossier, due_on=form.due_on.data, reason=form.reason.data or "", actor=actor(), at=now(), key=key),
        )
        if sent.done:
            flash(_("Đã gửi đề nghị gia hạn. Sở Nội vụ sẽ trả lời bằng thư; khi chưa có trả lời, hạn nộp giữ nguyên."), "success")
            return redirect(url_for("dossiers.show", dossier_id=dossier_id))
        status = 409
    return render_template("extensions/ask.html", dossier=dossier, form=form, sent=sent, asked=open_request(dossier)), status


@pages.route("/extensions", methods=["GET", "POST"])
@needs(Action.EXTENSION_GRANT)
def order() -> Answer:
    """Extend all dossiers that are being prepared: the decision, then who is moved from when to when, then what was done and what not."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    form = OrderForm()
    if not form.is_submitted() or not form.validate():
        count = len(_prepared(current))
        return render_template("extensions/order.html", form=form, count=count), 422 if form.errors else 200
    if request.form.get("confirm") != "1":
        form.key.data = secrets.token_urlsafe(12)
        rows, page = _rehearse(current, form), "extensions/confirm.html"
    else:
        rows, page = [_move(number, form) for number in _ticked(current)], "extensions/result.html"
    moved, left = [row for row in rows if not row.reasons], [row for row in rows if row.reasons]
    return render_template(page, form=form, moved=moved, left=left, mails=sum(row.mails for row in moved)), 200 if moved else 409


def _prepared(current: Campaign) -> Sequence[Dossier]:
    """The dossiers of the campaign that are being prepared, in the order of their names."""
    query = (
        select(Dossier)
        .join(Dossier.campaign_unit)
        .options(contains_eager(Dossier.campaign_unit).joinedload(CampaignUnit.compiled_by))
        .where(Dossier.campaign_id == current.id, Dossier.state == DossierState.SELECTED)
        .order_by(Dossier.sort_key, Dossier.id)
    )
    return db.session.scalars(query).all()


def _ticked(current: Campaign) -> list[int]:
    """The dossiers of this campaign that stood on the confirm page."""
    numbers = [number for text in request.form.getlist("dossier") if (number := row_number(text)) is not None]
    query = select(Dossier.id).where(Dossier.campaign_id == current.id, Dossier.id.in_(numbers))
    return list(db.session.scalars(query.order_by(Dossier.sort_key, Dossier.id)))


def _rehearse(current: Campaign, form: OrderForm) -> list[Moved]:
    """Order it for each dossier in turn, as it would be ordered, and roll all of it back."""
    rows = []
    with rehearsal() as database:
        for dossier in _prepared(current):
            before, version, seq = dossier.due_on, dossier.version, database.scalar(select(func.max(Notice.id))) or 0
            try:
                _extend(dossier, form, None)
            except ActRefused as refused:
                rows.append(_row(dossier, version, before, reasons=objection_views(refused.objections, dossier)))
                continue
            mails = database.scalar(select(func.count(OutboxMail.id)).where(OutboxMail.notice_id > seq)) or 0
            rows.append(_row(dossier, version, before, mails=mails))
    return rows


def _move(number: int, form: OrderForm) -> Moved:
    """Order it for one dossier, in a transaction of its own; sent twice, it is done once."""
    typed = clean(form.key.data or "")
    key = f"{number}.{typed}"[:64] if typed else None
    dossier = db.session.get_one(Dossier, number)
    before, seen = dossier.due_on, row_number(request.form.get(f"version-{number}"))
    try:
        with acting(Recorded.DOSSIER_EXTEND, dossier, key) as database:
            if key and (done := done_before(key, number)):
                return _row(dossier, seen or 0, _former(done), mails=0)
            dossier = database.get_one(Dossier, number)
            if seen is not None and dossier.version != seen:
                raise ActRefused([Objection("stale", {})])
            _extend(dossier, form, key)
    except ActRefused as refused:
        return _row(dossier, dossier.version, before, reasons=objection_views(refused.objections, dossier))
    except (IntegrityError, StaleDataError):
        return _row(dossier, dossier.version, before, reasons=objection_views([Objection("stale", {})], dossier))
    return _row(dossier, dossier.version, before)


def _extend(dossier: Dossier, form: OrderForm, key: str | None) -> None:
    extend(
        dossier,
        number=form.number.data or "",
        decided_on=form.date.data,
        due_on=form.due_on.data,
        reason=form.reason.data or "",
        actor=actor(),
        at=now(),
        key=key,
    )


def _former(done: AuditEntry) -> date | None:
    former = json.loads(done.detail or "{}").get("former_due")
    return date.fromisoformat(former) if former else None


def _row(dossier: Dossier, version: int, before: date | None, *, mails: int = 0, reasons: Sequence[ObjectionView] = ()) -> Moved:
    return Moved(dossier.id, dossier.code, dossier.campaign_unit.long_name, version, before, mails, tuple(reasons))

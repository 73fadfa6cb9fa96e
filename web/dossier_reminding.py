"""Hồ sơ: units that have not submitted, reminded by hand. How many, who, and the whole letter stand there before it is sent."""

from __future__ import annotations

import json
import secrets

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db, rehearsal
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Notice
from models.text import clean
from models.vocabulary import DossierState
from notifications.letters import Letter
from notifications.outbox import letter_of
from notifications.recipients import addresses_of, reached_at
from web.access import actor, needs, now
from web.acting import acting
from web.addresses import row_number
from web.dossiers import pages
from web.forms import Form
from web.frame import campaign
from web.wording import objection_views
from workflow.acts import ActRefused
from workflow.dossier_reminding import last_reminded, remind_dossiers
from workflow.policy import Action
from workflow.rules.objection import Objection

__all__ = ["pages"]

Answer = str | Response | tuple[str, int]


class RemindForm(Form):
    """Whether who was reminded today is reminded again."""

    key = HiddenField()
    again = BooleanField(_l("Nhắc lại cả những hồ sơ đã được nhắc hôm nay"))


@pages.route("/remind", methods=["GET", "POST"])
@needs(Action.DOSSIER_REMIND)
def remind() -> Answer:
    """Remind of the ticked dossiers that wait to be submitted; `?all=1` ticks every one of them."""
    current, form = campaign(), RemindForm()
    if current is None:
        raise NotFound
    chosen = _chosen(current)
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
        return _page(current, chosen, form, 200 if chosen else 422)
    if not chosen or not form.validate():
        return _page(current, chosen, form, 422)
    key = clean(form.key.data or "")[:64] or None
    try:
        with acting(Recorded.DOSSIER_REMIND, current, key):
            outcome = remind_dossiers(current, _chosen(current), again=form.again.data, actor=actor(), at=now(), key=key)
            done, left = len(outcome.dossiers), len(outcome.left_out)
    except (ActRefused, IntegrityError) as refused:
        before = db.session.scalars(select(AuditEntry).where(AuditEntry.request_key == key)).first() if key else None
        if before is not None:
            return _thanks(len(json.loads(before.detail or "{}").get("reminded", [])), 0)
        if not isinstance(refused, ActRefused):
            raise
        return _page(current, _chosen(current), form, 409, refused.objections)
    return _thanks(done, left)


def _thanks(done: int, left: int) -> Response:
    flash(_("Đã xếp thư nhắc của %(count)s hồ sơ.", count=done), "success")
    if left:
        flash(_("%(count)s hồ sơ không được nhắc: đã nhắc hôm nay hoặc không còn chờ nộp.", count=left), "info")
    return redirect(url_for("dossiers.index", state=DossierState.SELECTED.value))


def _chosen(current: Campaign) -> list[Dossier]:
    """The dossiers that were ticked and wait to be submitted."""
    query = (
        select(Dossier)
        .where(Dossier.campaign_id == current.id, Dossier.state == DossierState.SELECTED, Dossier.due_on.is_not(None))
        .options(joinedload(Dossier.campaign_unit), joinedload(Dossier.submits))
        .order_by(Dossier.due_key, Dossier.sort_key)
    )
    if request.values.get("all") != "1":
        query = query.where(Dossier.id.in_([number for text in request.values.getlist("dossier") if (number := row_number(text))]))
    return list(db.session.scalars(query))


def _page(current: Campaign, chosen: list[Dossier], form: RemindForm, status: int, objections: list[Objection] | None = None) -> Answer:
    last = last_reminded(chosen)
    recipients = {d.id: list({unit.id: unit for unit in (d.submits, d.campaign_unit)}.values()) for d in chosen}
    reached = reached_at(unit for units in recipients.values() for unit in units)
    boxes = addresses_of(reached.values())
    page = render_template(
        "dossiers/remind.html",
        current=current,
        form=form,
        dossiers=chosen,
        recipients=recipients,
        addresses={unit_id: boxes.get(at, []) for unit_id, at in reached.items()},
        last=last,
        today_ids=[number for number, at in last.items() if local_day(at) == local_day(now())],
        letter=_letter(current, chosen[0].id) if chosen else None,
        reasons=objection_views(objections or []),
    )
    return page, status


def _letter(current: Campaign, dossier_id: int) -> Letter | None:
    """The letter about the first dossier, from a rehearsal that is rolled back."""
    try:
        with rehearsal() as session:
            dossier = session.get_one(Dossier, dossier_id)
            entry = remind_dossiers(current, [dossier], again=True, actor=actor(), at=now()).entry
            return letter_of(session.scalars(select(Notice).where(Notice.audit_seq == entry.seq).order_by(Notice.id)).first() or Notice())
    except ActRefused:
        return None

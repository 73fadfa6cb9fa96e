"""Đăng ký: several forms accepted or returned at once, and the silent units reminded. What is to happen is shown before it does."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from audit.actions import Action as Recorded
from models.campaigns import Campaign, CampaignUnit
from models.db import db, rehearsal
from models.localtime import local_day
from models.outbox import Notice
from models.registrations import Registration
from models.text import clean
from models.vocabulary import RegistrationState
from notifications.letters import Letter
from notifications.outbox import letter_of
from notifications.recipients import addresses_of, reached_at
from notifications.silence import NEVER, times_told
from web import expected
from web.access import actor, needs, now
from web.acting import acting, done_with
from web.addresses import row_number
from web.expected import Filters, Row
from web.forms import Form, paragraph
from web.frame import campaign
from web.registrations import pages
from web.wording import objection_views
from workflow import receiving, registrations
from workflow.acts import ActRefused
from workflow.policy import Action
from workflow.rules.objection import Objection
from workflow.wording import say_objection

__all__ = ["pages"]

Answer = str | Response | tuple[str, int]
KEY = 32
"""Characters of a page's own key that are kept."""


class AcceptForm(Form):
    """What the confirm page carries."""

    key = HiddenField()


class ReturnForm(AcceptForm):
    """Why the forms are returned; each unit is told the same."""

    reason = paragraph(_l("Lý do trả lại"))


class RemindForm(AcceptForm):
    """Whether who was reminded today is reminded again."""

    again = BooleanField(_l("Nhắc lại cả những đơn vị đã được nhắc hôm nay"))


@dataclass(frozen=True, slots=True)
class Told:
    """A unit and what came of the act for it: no reasons when it is done."""

    row: Row
    reasons: list[str]


@pages.route("/bulk/<any(accept, return):verb>", methods=["GET", "POST"])
@needs(Action.REGISTRATION_DECIDE)
def bulk(verb: str) -> Answer:
    """Accept or return several forms: the page with the rows, then one transaction for each, then what was done and what not, and why."""
    current = _campaign()
    form = AcceptForm() if verb == "accept" else ReturnForm()
    versions = _versions()
    rows = _chosen(current, set(versions) if form.is_submitted() else None)
    able = [row for row in rows if row.decides and row.state is RegistrationState.SENT]
    if form.is_submitted() and rows and not any(row.decides for row in rows):
        raise Forbidden(description=Action.REGISTRATION_DECIDE.value)
    if form.is_submitted() and rows and form.validate():
        return _result(verb, [Told(row, _decided(verb, row, versions[row.id], form)) for row in rows])
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
    page = render_template(
        "registrations/bulk.html",
        verb=verb,
        current=current,
        form=form,
        rows=able,
        versions=versions if form.is_submitted() else {row.id: row.version for row in able},
        others=[Told(row, [_shut(row)]) for row in rows if row not in able],
    )
    return page, 200 if able and not form.is_submitted() else 422


def _decided(verb: str, row: Row, version: int, form: Form) -> list[str]:
    """Accept or return one form in a transaction of its own. Gives back the reasons why not."""
    if not row.decides:
        return [_shut(row)]
    key = f"{clean(form['key'].data or '')[:KEY]}.{row.id}" if form["key"].data else None

    def act() -> None:
        registration = db.session.scalars(select(Registration).where(Registration.campaign_unit_id == row.id)).one()
        if verb == "accept":
            registrations.accept(registration, actor=actor(), at=now(), version=version, key=key)
        else:
            registrations.give_back(registration, form["reason"].data, actor=actor(), at=now(), version=version, key=key)

    if row.form_id is None:
        return [_shut(row)]
    action = Recorded.REGISTRATION_ACCEPT if verb == "accept" else Recorded.REGISTRATION_RETURN
    return [say_objection(objection, _) for objection in _once(action, row, key, act)]


def _once(action: Recorded, row: Row, key: str | None, act: Callable[[], None]) -> list[Objection]:
    """Do an act in its transaction. When the same page was sent before, what it did then counts as done. Gives back the objections."""
    try:
        with acting(action, db.session.get_one(CampaignUnit, row.id), key):
            act()
    except ActRefused as refused:
        objections = refused.objections
    except (IntegrityError, StaleDataError):
        objections = [Objection("registration_changed", {"unit": row.long_name})]
    else:
        return []
    return [] if done_with(key) else objections


def _shut(row: Row) -> str:
    if row.state is RegistrationState.SENT:
        return _("Bản đăng ký của cấp xã do huyện, thành phố tổng hợp duyệt.")
    return say_objection(Objection("registration_settled", {"state": row.state.value}), _)


def _result(verb: str, told: list[Told]) -> str:
    done, left = [one for one in told if not one.reasons], [one for one in told if one.reasons]
    return render_template("registrations/result.html", verb=verb, done=done, left=left)


@pages.route("/remind", methods=["GET", "POST"])
@needs(Action.REGISTRATION_REMIND)
def remind() -> Answer:
    """Remind silent units: how many, who, and the whole letter; then the letters are queued in one act."""
    current, form = _campaign(), RemindForm()
    ids = {number for text in request.form.getlist("unit") if (number := row_number(text))}
    rows = _chosen(current, ids if form.is_submitted() else None)
    if form.is_submitted() and rows and form.validate():
        return _reminded(current, rows, form)
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
    return _remind_page(current, [row for row in rows if row.silent], form, 422 if form.is_submitted() else 200)


def _reminded(current: Campaign, rows: list[Row], form: RemindForm) -> Answer:
    key = clean(form.key.data or "")[:KEY] or None
    try:
        with acting(Recorded.REGISTRATION_REMIND, current, key):
            units = _units(rows)
            outcome = receiving.remind(current, units, again=form.again.data, actor=actor(), at=now(), key=key)
            done, left_out = [unit.id for unit in outcome.units], {unit.id: objection for unit, objection in outcome.left_out}
    except (ActRefused, IntegrityError) as refused:
        before = done_with(key)
        if before is not None:
            return _thanks(len(json.loads(before.detail or "{}").get("reminded", [])))
        if not isinstance(refused, ActRefused):
            raise
        return _remind_page(current, rows, form, 409, refused.objections)
    if not left_out:
        return _thanks(len(done))
    return _result("remind", [Told(row, [say_objection(left_out[row.id], _)] if row.id in left_out else []) for row in rows])


def _thanks(count: int) -> Response:
    flash(_("Đã xếp thư nhắc cho %(count)s đơn vị.", count=count), "success")
    return redirect(url_for("registrations.index"))


def _remind_page(current: Campaign, rows: list[Row], form: RemindForm, status: int, objections: list[Objection] | None = None) -> Answer:
    today = local_day(now())
    over = receiving.reminders_over(current, today)
    told = times_told(current, [row.id for row in rows])
    last = {row.id: told.get(row.id, NEVER).last_at for row in rows}
    units = _units(rows)
    reached = reached_at(units)
    boxes = addresses_of(reached.values())
    if over is not None and not objections:
        status, objections = 409, [over]
    page = render_template(
        "registrations/remind.html",
        current=current,
        form=form,
        rows=rows,
        told=told,
        today_ids=[row.id for row in rows if (at := last[row.id]) is not None and local_day(at) == today],
        addresses={unit.id: boxes.get(reached[unit.id], []) for unit in units},
        letter=_letter(current, rows[0]) if rows and over is None else None,
        over=over is not None,
        reasons=objection_views(objections or []),
    )
    return page, status if rows else max(status, 422)


def _letter(current: Campaign, row: Row) -> Letter | None:
    """The reminder as the first unit gets it, from a rehearsal that is rolled back."""
    try:
        with rehearsal():
            entry = receiving.remind(current, _units([row]), again=True, actor=actor(), at=now()).entry
            return letter_of(db.session.scalars(select(Notice).where(Notice.audit_seq == entry.seq)).one())
    except ActRefused:
        return None


def _units(rows: list[Row]) -> list[CampaignUnit]:
    found = {unit.id: unit for unit in db.session.scalars(select(CampaignUnit).where(CampaignUnit.id.in_([row.id for row in rows])))}
    return [found[row.id] for row in rows]


def _campaign() -> Campaign:
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _versions() -> dict[int, int]:
    """The forms that the confirm page showed, by unit, each in the version that it showed."""
    pairs = [text.partition(".") for text in request.form.getlist("form")]
    return {number: row_number(version) or 0 for unit, _dot, version in pairs if (number := row_number(unit))}


def _chosen(current: Campaign, sent: set[int] | None) -> list[Row]:
    """The rows that were sent, or that the address names: those ticked, or all that its filters leave."""
    rows = expected.rows_for(current, actor())
    if sent is None and request.args.get("all"):
        filters, remind = Filters.read(request.args), request.endpoint == "registrations.remind"
        return [
            row for row in rows if filters.hold(row) and (row.silent if remind else row.decides and row.state is RegistrationState.SENT)
        ]
    ids = sent if sent is not None else {number for text in request.args.getlist("unit") if (number := row_number(text))}
    return [row for row in rows if row.id in ids]

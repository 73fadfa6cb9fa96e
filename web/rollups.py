"""Đăng ký: the roll-ups RP1 and RP2 to read and download, a district's sending of its own, and a late registration asked for."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence

from flask import Response as FileResponse
from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit import Act, record
from audit.actions import Action as Recorded
from models.campaigns import CampaignUnit
from models.db import db, rehearsal, transaction
from models.localtime import local_day
from models.outbox import Notice
from models.registrations import RollupReport
from models.text import clean
from notifications.letters import Letter
from notifications.outbox import letter_of
from notifications.wording import moment_words
from reports.registrations import DistrictRollup, rollup_of_district, rollup_of_province
from reports.rollup_changes import changes_since, labelled, say_change, to_send
from web.access import actor, allow, needs, now
from web.acting import acting, done_with
from web.forms import Form, paragraph
from web.frame import campaign
from web.registrations import find, pages
from web.wording import objection_views
from workflow import receiving
from workflow.acts import ActRefused
from workflow.policy import Action, may
from workflow.rules.objection import Objection

__all__ = ["pages"]

Answer = str | Response | tuple[str, int]
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KEY = 64


class SendForm(Form):
    """What the confirm page carries."""

    key = HiddenField()


class LateForm(Form):
    """Why a unit asks to register late."""

    key = HiddenField()
    reason = paragraph(_l("Lý do xin đăng ký trễ hạn"), limit=1000)


@pages.get("/rollup.<any(docx, xlsx):kind>")
@needs(Action.REGISTRATION_EXPORT)
def province(kind: str) -> FileResponse:
    """RP2, the whole province's registrations as they stand now; the download is recorded."""
    from reports import rollup_docx, rollup_xlsx

    current = campaign()
    if current is None:
        raise NotFound
    write = rollup_docx.province_docx if kind == "docx" else rollup_xlsx.province_xlsx
    content, name = write(rollup_of_province(current), now()), f"tong-hop-dang-ky-{current.year}.{kind}"
    return _download(content, kind, name, f"campaign:{current.id}", current.id)


@pages.get("/<int:unit_id>/rollup")
@needs(Action.REGISTRATION_VIEW)
def rollup(unit_id: int) -> str:
    """RP1 of a district: its units with the state of their forms, what was sent to home affairs and what has changed since."""
    unit = _district(unit_id)
    found, last = rollup_of_district(unit), receiving.last_report(unit)
    return render_template(
        "registrations/rollup.html",
        unit=unit,
        rollup=found,
        figures=[(_(label), value) for label, value in labelled(found.counts)],
        last=last,
        changes=_changes(found, last),
        sends=may(actor(), Action.REGISTRATION_REPORT, unit),
    )


@pages.get("/<int:unit_id>/rollup.<any(docx, xlsx):kind>")
@needs(Action.REGISTRATION_VIEW)
def rollup_file(unit_id: int, kind: str) -> FileResponse:
    """RP1 of a district as a paper to sign, or as a workbook; the download is recorded."""
    from reports import rollup_docx, rollup_xlsx

    unit = _district(unit_id)
    write = rollup_docx.district_docx if kind == "docx" else rollup_xlsx.district_xlsx
    content, name = write(rollup_of_district(unit), now()), f"tong-hop-dang-ky-{unit.unit.code}-{unit.campaign.year}.{kind}"
    return _download(content, kind, name, f"unit:{unit.id}", unit.campaign_id)


@pages.route("/<int:unit_id>/rollup/send", methods=["GET", "POST"])
@needs(Action.REGISTRATION_REPORT)
def send_rollup(unit_id: int) -> Answer:
    """Send the roll-up to home affairs in one act: its figures, what changed since the last time, and the letter, before it is sent."""
    unit, form = _district(unit_id), SendForm()
    allow(Action.REGISTRATION_REPORT, unit)
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
        return _send_page(unit, form)
    key = clean(form.key.data or "")[:KEY] or None
    try:
        with acting(Recorded.REGISTRATION_REPORT, unit, key):
            _report(unit, key)
    except (ActRefused, IntegrityError) as refused:
        if not done_with(key):
            if not isinstance(refused, ActRefused):
                raise
            return _send_page(unit, form, refused.objections)
    flash(_("Đã gửi tổng hợp đăng ký cho Sở Nội vụ lúc %(time)s.", time=moment_words(now())), "success")
    return redirect(url_for("registrations.rollup", unit_id=unit_id))


@pages.route("/<int:unit_id>/late-request", methods=["GET", "POST"])
@needs(Action.REGISTRATION_FILL)
def ask_late(unit_id: int) -> Answer:
    """A unit that missed the due date asks to register all the same; home affairs is told by letter."""
    unit, _form = find(unit_id)
    allow(Action.REGISTRATION_FILL, unit)
    form = LateForm()
    objections: Sequence[Objection] = receiving.not_to_ask(unit, local_day(now()))
    status = 409 if objections else 200
    if form.is_submitted():
        key = clean(form.key.data or "")[:KEY] or None
        status = max(status, 422)
        if form.validate():
            try:
                with acting(Recorded.REGISTRATION_ASK_LATE, unit, key):
                    receiving.ask_late(unit, form.reason.data or "", actor=actor(), at=now(), key=key)
                objections = []
            except (ActRefused, IntegrityError) as refused:
                objections, status = refused.objections if isinstance(refused, ActRefused) else objections, 409
            if not objections or done_with(key):
                flash(_("Đã gửi đề nghị đăng ký trễ hạn. Sở Nội vụ sẽ trả lời bằng thư."), "success")
                return redirect(url_for("registrations.show", unit_id=unit_id))
    else:
        form.key.data = secrets.token_urlsafe(16)
    asked = receiving.late_request_of(unit)
    page = render_template("registrations/late.html", unit=unit, form=form, asked=asked, reasons=objection_views(objections))
    return page, status


def _district(unit_id: int) -> CampaignUnit:
    """A unit that compiles for others and that the person may see. Raises NotFound."""
    compiles = select(CampaignUnit.compiled_by_id).where(CampaignUnit.compiled_by_id.is_not(None))
    unit = db.session.scalars(select(CampaignUnit).where(CampaignUnit.id == unit_id, CampaignUnit.id.in_(compiles))).first()
    if unit is None or not may(actor(), Action.REGISTRATION_VIEW, unit):
        raise NotFound
    return unit


def _report(unit: CampaignUnit, key: str | None) -> RollupReport:
    last = receiving.last_report(unit)
    return receiving.report(unit, to_send(rollup_of_district(unit), last.forms if last else None), actor=actor(), at=now(), key=key)


def _changes(found: DistrictRollup, last: RollupReport | None) -> list[str]:
    return [say_change(change, _) for change in changes_since(last.forms, to_send(found, None).forms)] if last else []


def _send_page(unit: CampaignUnit, form: SendForm, refused: Sequence[Objection] = ()) -> Answer:
    letter, objections = _letter(unit)
    found, last = rollup_of_district(unit), receiving.last_report(unit)
    page = render_template(
        "registrations/rollup_send.html",
        unit=unit,
        form=form,
        figures=[(_(label), value) for label, value in labelled(found.counts)],
        last=last,
        changes=_changes(found, last),
        letter=letter,
        reasons=objection_views(refused or objections),
    )
    return page, 409 if refused or objections else 200


def _letter(unit: CampaignUnit) -> tuple[Letter | None, Sequence[Objection]]:
    """The letter that the sending would write, from a rehearsal that is rolled back; or what stands against it."""
    try:
        with rehearsal():
            _report(unit, None)
            return letter_of(db.session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()), ()
    except ActRefused as refused:
        return None, refused.objections


def _download(content: bytes, kind: str, name: str, obj: str, campaign_id: int) -> FileResponse:
    with transaction():
        record(Act(Recorded.REGISTRATION_EXPORT, obj, clause="IV", detail={"file": name}, campaign_id=campaign_id), actor=actor(), at=now())
    return send_file(io.BytesIO(content), mimetype=TYPES[kind], as_attachment=True, download_name=name)

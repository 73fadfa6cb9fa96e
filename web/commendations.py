"""Giấy khen: what the bodies granted themselves (III.2), recorded by their officers; the list for home affairs and auditors."""

from __future__ import annotations

import io
import secrets

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit import Act, record
from audit.actions import Action as Recorded
from models.campaigns import Campaign, CampaignUnit
from models.commendations import Commendation
from models.db import db, transaction
from models.vocabulary import Role
from web.access import actor, allow, needs, now
from web.acting import acting
from web.council import current_campaign, done_with, page_key
from web.forms import DateBoxes, Form, line, paragraph
from web.frame import campaign
from web.wording import objection_views
from web.work import granted
from workflow import commendations
from workflow.acts import ActRefused
from workflow.commendations import Grant
from workflow.policy import Action, may

pages = Blueprint("commendations", __name__, url_prefix="/commendations")
Answer = str | Response | tuple[str, int]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MANY = 20000


class GrantForm(Form):
    """A decision to grant giấy khen: number, date, and whom it names, one a line."""

    key = HiddenField()
    number = line(_l("Số quyết định"), limit=60)
    date = DateBoxes(_l("Ngày quyết định"))
    collectives = paragraph(_l("Tập thể được tặng"), optional=True, limit=MANY)
    individuals = paragraph(_l("Cá nhân được tặng"), optional=True, limit=MANY)


class CorrectionForm(GrantForm):
    """The same, mended or struck out, with a reason."""

    version = HiddenField()
    reason = paragraph(_l("Lý do sửa hoặc gạch bỏ"), limit=1000)


@pages.get("")
@needs(Action.COMMENDATION_VIEW)
def index() -> str:
    """The unit's own giấy khen, or everybody's for home affairs and auditors."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    rows = _rows(current)
    standing = [row for row in rows if row.struck_at is None]
    return render_template(
        "council/commendations.html",
        rows=rows,
        collectives=sum(len(row.collectives) for row in standing),
        individuals=sum(len(row.individuals) for row in standing),
        own=_own(current),
        records=may(actor(), Action.COMMENDATION_RECORD),
        all=actor().role is not Role.OFFICER,
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Action.COMMENDATION_RECORD)
def add() -> Answer:
    """Record a decision of the officer's own unit."""
    unit = _own(current_campaign())
    if unit is None:
        raise NotFound
    form = GrantForm(data={"key": secrets.token_urlsafe(16)})
    if not form.is_submitted():
        return _page(form, unit, None)
    if not form.validate():
        return _page(form, unit, None, status=422)
    key = page_key(form)
    try:
        with acting(Recorded.COMMENDATION_RECORD, unit, key):
            commendations.grant(unit, _grant(form), actor=actor(), at=now(), key=key)
    except (ActRefused, IntegrityError) as refused:
        if not done_with(key):
            if not isinstance(refused, ActRefused):
                raise
            return _page(form, unit, None, refused, status=409)
    flash(_("Đã ghi giấy khen theo Quyết định số %(number)s.", number=form.number.data), "success")
    return redirect(url_for("commendations.index"))


@pages.route("/<int:commendation_id>", methods=["GET", "POST"])
@needs(Action.COMMENDATION_RECORD)
def correct(commendation_id: int) -> Answer:
    """Mend a recorded decision or strike it out, with a reason; what was recorded before stays in the log."""
    found = db.session.get(Commendation, commendation_id, options=[joinedload(Commendation.campaign_unit)])
    if found is None or not may(actor(), Action.COMMENDATION_VIEW, found.campaign_unit):
        raise NotFound
    allow(Action.COMMENDATION_RECORD, found.campaign_unit)
    form = CorrectionForm(
        data={
            "version": str(found.version),
            "number": found.number,
            "date": found.date,
            "collectives": "\n".join(found.collectives),
            "individuals": "\n".join(found.individuals),
        }
    )
    if not form.is_submitted():
        return _page(form, found.campaign_unit, found)
    if not form.validate():
        return _page(form, found.campaign_unit, found, status=422)
    if form.version.data != str(found.version):
        return _stale(form, commendation_id)
    strikes = request.form.get("do") == "strike"
    try:
        with acting(Recorded.COMMENDATION_STRIKE if strikes else Recorded.COMMENDATION_CORRECT, found):
            if strikes:
                commendations.strike(found, form.reason.data or "", actor=actor(), at=now())
            else:
                commendations.correct(found, _grant(form), form.reason.data or "", actor=actor(), at=now())
    except ActRefused as refused:
        return _page(form, found.campaign_unit, found, refused, status=409)
    except StaleDataError:
        return _stale(form, commendation_id)
    flash(_("Đã lưu thay đổi. Nội dung cũ còn trong nhật ký."), "success")
    return redirect(url_for("commendations.index"))


@pages.get("/list.xlsx")
@needs(Action.COMMENDATION_VIEW)
def export() -> FileResponse:
    """The list as a workbook; the download is recorded."""
    from reports.commendations import commendations_xlsx

    current = current_campaign()
    rows = [row for row in _rows(current) if row.struck_at is None]
    content, name = commendations_xlsx(current, rows, now()), f"giay-khen-{current.year}.xlsx"
    with transaction():
        detail = {"file": name, "rows": len(rows)}
        act = Act(Recorded.COMMENDATION_EXPORT, f"campaign:{current.id}", clause="III.2", detail=detail, campaign_id=current.id)
        record(act, actor=actor(), at=now())
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _rows(current: Campaign) -> list[Commendation]:
    query = (
        select(Commendation)
        .join(Commendation.campaign_unit)
        .options(contains_eager(Commendation.campaign_unit).joinedload(CampaignUnit.compiled_by))
        .where(Commendation.campaign_id == current.id, granted(actor(), Action.COMMENDATION_VIEW))
        .order_by(CampaignUnit.sort_key, Commendation.date, Commendation.id)
    )
    return list(db.session.scalars(query))


def _own(current: Campaign) -> CampaignUnit | None:
    """The officer's unit in the campaign, when it can record what it granted."""
    if not may(actor(), Action.COMMENDATION_RECORD):
        return None
    query = select(CampaignUnit).where(CampaignUnit.campaign_id == current.id, CampaignUnit.unit_id == actor().unit_id)
    return db.session.scalars(query).first()


def _grant(form: GrantForm) -> Grant:
    collectives, individuals = ([text for text in (field.data or "").split("\n") if text] for field in (form.collectives, form.individuals))
    return Grant(form.number.data or "", form.date.data, tuple(collectives), tuple(individuals))


def _stale(form: CorrectionForm, commendation_id: int) -> Answer:
    db.session.rollback()
    found = db.session.get_one(Commendation, commendation_id)
    form.version.data = str(found.version)
    return _page(form, found.campaign_unit, found, warning=_("Người khác vừa sửa nội dung này. Hãy đối chiếu rồi lưu lại."), status=409)


def _page(
    form: GrantForm,
    unit: CampaignUnit,
    found: Commendation | None,
    refused: ActRefused | None = None,
    *,
    warning: str = "",
    status: int = 200,
) -> tuple[str, int]:
    reasons = objection_views(refused.objections) if refused else []
    page = render_template("council/commendation.html", form=form, unit=unit, found=found, reasons=reasons, warning=warning)
    return page, status

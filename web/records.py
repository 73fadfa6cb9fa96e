"""Recorded decisions around a dossier: its result (recognition or rating), an extension, a second officer's consent."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import BooleanField

from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import DossierState, ResultNeed, Step
from web.access import Open, actor, allow, needs, now, see
from web.forms import DateBoxes, Form, Pick, line, options, paragraph
from web.wording import objection_views
from workflow.acts import ActRefused
from workflow.extensions import extend, sign_off
from workflow.machine import transitions
from workflow.policy import Action
from workflow.procedure import DossierProcedure
from workflow.ranking import rate, recognise
from workflow.situation import Situation

pages = Blueprint("records", __name__, url_prefix="/dossiers/<int:dossier_id>")
Answer = str | Response | tuple[str, int]


class RecognitionForm(Form):
    """The district's document that recognises a commune."""

    number = line(_l("Số văn bản công nhận"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))


class RatingForm(Form):
    """The superior's rating of a specialised unit."""

    rating = Pick(_l("Xếp loại"))
    better = BooleanField(_l("Được đánh giá thực hiện nhiệm vụ CCHC tiến bộ hơn năm trước liền kề"))
    number = line(_l("Số văn bản xếp loại"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))


class ExtensionForm(Form):
    """A decision that moves the due date."""

    number = line(_l("Số văn bản gia hạn"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))
    due_on = DateBoxes(_l("Hạn nộp mới"))
    reason = paragraph(_l("Lý do"))


class SignOffForm(Form):
    """Which step the second officer agrees to, and why."""

    step = Pick(_l("Bước được đồng ý"))
    reason = paragraph(_l("Ý kiến"))


@pages.route("/result", methods=["GET", "POST"])
@needs(Open.SIGNED_IN)
def result(dossier_id: int) -> Answer:
    """Record what the collective's criterion rests on: a commune's recognition, a specialised unit's rating."""
    dossier = see(db.session.get(Dossier, dossier_id))
    needed = Situation(dossier, actor(), now()).criterion.needs
    if needed is ResultNeed.INDEX:
        return redirect(url_for("ranking.index", campaign=dossier.campaign_id))
    if needed is ResultNeed.RECOGNITION:
        allow(Action.RECOGNITION_RECORD, dossier.campaign_unit)
        form: Form = RecognitionForm()
        return _record(
            dossier,
            form,
            _("Ghi công nhận tập thể cấp xã tiêu biểu xuất sắc"),
            lambda: recognise(dossier, number=form["number"].data, decided_on=form["date"].data, actor=actor(), at=now()),
        )
    allow(Action.RATING_RECORD, dossier.campaign_unit)
    form = RatingForm()
    form["rating"].choices = options((word.code, word.label) for word in dossier.campaign.plan.ratings)  # type: ignore[attr-defined]
    return _record(
        dossier,
        form,
        _("Ghi xếp loại của cơ quan chuyên trách"),
        lambda: rate(
            dossier,
            rating=form["rating"].data,
            better_than_before=form["better"].data,
            number=form["number"].data,
            decided_on=form["date"].data,
            actor=actor(),
            at=now(),
        ),
    )


@pages.route("/extension", methods=["GET", "POST"])
@needs(Action.EXTENSION_GRANT)
def extension(dossier_id: int) -> Answer:
    """Record an extension of the due date."""
    dossier = see(db.session.get(Dossier, dossier_id))
    allow(Action.EXTENSION_GRANT, dossier.campaign_unit, dossier.state)
    form = ExtensionForm()
    return _record(
        dossier,
        form,
        _("Gia hạn nộp hồ sơ"),
        lambda: extend(
            dossier,
            number=form.number.data,
            decided_on=form.date.data,
            due_on=form.due_on.data,
            reason=form.reason.data,
            actor=actor(),
            at=now(),
        ),
    )


@pages.route("/sign-off", endpoint="sign_off", methods=["GET", "POST"])
@needs(Action.SIGN_OFF_GIVE)
def sign_off_page(dossier_id: int) -> Answer:
    """Record a second officer's consent to one step of the dossier as it stands."""
    dossier = see(db.session.get(Dossier, dossier_id))
    steps = [step for state, step in transitions(DossierProcedure) if state is DossierState(dossier.state)]
    if not steps:
        raise NotFound
    form = SignOffForm(step=request.args.get("step"))
    form.step.choices = options((step.value, _(step.label)) for step in steps)
    return _record(
        dossier,
        form,
        _("Đồng ý với tư cách cán bộ thứ hai"),
        lambda: sign_off(dossier, Step(form.step.data), form.reason.data, actor=actor(), at=now()),
    )


def _record(dossier: Dossier, form: Form, title: str, act: Callable[[], object]) -> Answer:
    """Show a form, or carry its act out in one transaction; a refusal keeps what was typed."""
    reasons = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    act()
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections, dossier), 409
            else:
                flash(_("Đã ghi: %(title)s.", title=title), "success")
                return redirect(url_for("dossiers.show", dossier_id=dossier.id))
    return render_template("dossiers/record.html", dossier=dossier, form=form, title=title, reasons=reasons), status

"""Đăng ký: the form of one unit: read, decided, downloaded. Filling it in: registration_form.py; the list of all units: receiving.py."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit.actions import Action as Recorded
from documents import naming
from documents.registration_form import registration_form
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.registrations import Registration
from models.text import N_
from models.vocabulary import Milestone, RegistrationState
from web.access import actor, allow, needs, now
from web.acting import acting
from web.forms import DateBoxes, Form, filled, line, paragraph
from web.wording import objection_views
from workflow import deadlines, registration_forms, registrations
from workflow.acts import ActRefused, record_on_registration
from workflow.policy import Action, may
from workflow.registrations import EDITABLE
from workflow.rules.deadlines import registration_late

pages = Blueprint("registrations", __name__, url_prefix="/registrations")
Answer = str | Response | tuple[str, int]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ScanForm(Form):
    """The form as it was signed."""

    file = FileField(_l("Bản quét có chữ ký, con dấu (PDF hoặc ảnh; không quá 20 MB)"), [filled])


class ReturnForm(Form):
    """Why a form is returned."""

    reason = paragraph(_l("Lý do trả lại"))


class AdmissionForm(Form):
    """The decision to take a late registration."""

    number = line(_l("Số văn bản cho phép"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))
    reason = paragraph(_l("Lý do"))


GROUPS = {"collectives": N_("Tập thể đăng ký"), "people": N_("Cá nhân đăng ký"), "signing": N_("Cam kết và ký")}
"""The parts of the form in their order, each a page of its own."""


@pages.get("/<int:unit_id>")
@needs(Action.REGISTRATION_VIEW)
def show(unit_id: int) -> str:
    """The form of one unit: its parts to fill in while it is the unit's turn, the whole of it to read and decide otherwise."""
    return show_page(*find(unit_id))


@pages.get("/<int:unit_id>/form.docx")
@needs(Action.REGISTRATION_VIEW)
def paper(unit_id: int) -> FileResponse:
    """The official form as a .docx file, laid out by Decree 30/2020 and filled in; the download is recorded."""
    unit, registration = find(unit_id)
    if registration is None:
        raise NotFound
    name = _("Bản đăng ký %(unit)s.docx", unit=unit.name)
    file = io.BytesIO(registration_form(registration))
    record_reading(registration, {"file": name})
    return send_file(file, mimetype=DOCX, as_attachment=True, download_name=name)


@pages.get("/<int:unit_id>/print")
@needs(Action.REGISTRATION_VIEW)
def printed(unit_id: int) -> str:
    """The official form as a page to print on A4."""
    unit, registration = find(unit_id)
    if registration is None:
        raise NotFound
    return render_template("registrations/print.html", unit=unit, registration=registration, plan=unit.campaign.plan, naming=naming)


@pages.post("/<int:unit_id>/accept")
@needs(Action.REGISTRATION_DECIDE)
def accept(unit_id: int) -> Answer:
    """Accept a form: each collective on it gets its dossier."""
    unit, form = _decidable(unit_id)
    with acting(Recorded.REGISTRATION_ACCEPT, form):
        opened = registrations.accept(form, actor=actor(), at=now())
    flash(_("Đã duyệt bản đăng ký, mở %(count)s hồ sơ.", count=len(opened)), "success")
    return redirect(url_for("registrations.show", unit_id=unit.id))


@pages.route("/<int:unit_id>/return", methods=["GET", "POST"], endpoint="give_back")
@needs(Action.REGISTRATION_DECIDE)
def give_back(unit_id: int) -> Answer:
    """Return a form with the reason."""
    unit, form = _decidable(unit_id)
    answers = ReturnForm()
    return decision(
        unit,
        answers,
        lambda: registrations.give_back(form, answers.reason.data or "", actor=actor(), at=now()),
        action=Recorded.REGISTRATION_RETURN,
        title=_("Trả lại bản đăng ký"),
        done=_("Đã trả lại bản đăng ký của %(unit)s.", unit=unit.name),
    )


@pages.route("/<int:unit_id>/admission", methods=["GET", "POST"])
@needs(Action.REGISTRATION_ADMIT)
def admission(unit_id: int) -> Answer:
    """Record the decision to take a late registration."""
    unit, _existing = find(unit_id)
    allow(Action.REGISTRATION_ADMIT, unit)
    answers = AdmissionForm()

    def admit() -> None:
        number, reason = answers.number.data or "", answers.reason.data or ""
        registrations.admit(unit, number=number, decided_on=answers.date.data, reason=reason, actor=actor(), at=now())

    done = _("Đã ghi văn bản cho phép đăng ký trễ hạn.")
    return decision(unit, answers, admit, action=Recorded.REGISTRATION_ADMIT, title=_("Cho phép đăng ký trễ hạn"), done=done)


def decision(
    unit: CampaignUnit, answers: Form, act: Callable[[], object], *, action: Recorded, title: str, done: str, hint: str = ""
) -> Answer:
    """The page of a decision on a unit's form, or its effect. A refusal is recorded and comes back with what was typed."""
    reasons, status = [], 200
    if answers.is_submitted():
        status = 422
        if answers.validate():
            try:
                with acting(action, unit):
                    act()
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(done, "success")
                return redirect(url_for("registrations.show", unit_id=unit.id))
    return render_template("registrations/decide.html", unit=unit, form=answers, title=title, hint=hint, reasons=reasons), status


def find(unit_id: int) -> tuple[CampaignUnit, Registration | None]:
    """A registering unit that the person may see, with its form. Raises NotFound."""
    unit = db.session.get(CampaignUnit, unit_id)
    if unit is None or unit.form_unit_id != unit.id or not may(actor(), Action.REGISTRATION_VIEW, unit):
        raise NotFound
    return unit, registrations.registration_of(unit)


def _decidable(unit_id: int) -> tuple[CampaignUnit, Registration]:
    unit, form = find(unit_id)
    allow(Action.REGISTRATION_DECIDE, unit)
    if form is None:
        raise NotFound
    return unit, form


def fills(unit: CampaignUnit) -> bool:
    """Whether the person fills in a unit's form, or enters it from paper."""
    return may(actor(), Action.REGISTRATION_FILL, unit) or may(actor(), Action.REGISTRATION_ENTER, unit)


def record_reading(registration: Registration, detail: Mapping[str, Any]) -> None:
    """Put on record that somebody took a file of a form away."""
    with transaction():
        record_on_registration(Recorded.DOCUMENT_DOWNLOAD, registration, registration.state.value, detail, actor=actor(), at=now())


def show_page(unit: CampaignUnit, registration: Registration | None, refused: ActRefused | None = None, scan: Form | None = None) -> str:
    """The page of a unit's form."""
    state = registration.state if registration else RegistrationState.DRAFT
    own, admission = fills(unit), registrations.admission_of(unit)
    decides = may(actor(), Action.REGISTRATION_DECIDE, unit) and state is RegistrationState.SENT
    deadline = deadlines.current(unit.campaign, Milestone.REGISTRATION)
    late = registration_late(now(), deadline.due_on, admitted=admission is not None) if deadline else None
    return render_template(
        "registrations/show.html",
        unit=unit,
        registration=registration,
        content=registration_forms.content_of(registration, unit),
        state=state,
        groups=GROUPS,
        fills=own and state in EDITABLE,
        takes_back=may(actor(), Action.REGISTRATION_FILL, unit) and state in {RegistrationState.SENT, RegistrationState.RETURNED},
        scan=registration_forms.scan_of(unit) if registration else None,
        scan_form=(scan or ScanForm()) if own and registration and state is not RegistrationState.ACCEPTED else None,
        decides=decides,
        admits=may(actor(), Action.REGISTRATION_ADMIT, unit) and state in EDITABLE,
        enters=own and not may(actor(), Action.REGISTRATION_FILL, unit),
        admission=admission,
        deadline=deadline,
        may_ask=may(actor(), Action.REGISTRATION_FILL, unit) and state is RegistrationState.DRAFT and late is not None,
        namesakes=registration_forms.namesakes(registration) if registration and decides else [],
        reasons=objection_views(refused.objections) if refused else [],
    )

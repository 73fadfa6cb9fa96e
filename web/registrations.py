"""Đăng ký: all expected units with their state, and the registration form of one unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import BooleanField, FieldList, FormField, ValidationError
from wtforms import Form as InnerForm

from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.registrations import Registration
from models.vocabulary import Milestone, RegistrationState
from notifications.reminders import expected_units
from notifications.wording import moment_words
from web import imports
from web.access import actor, allow, needs, now
from web.forms import DateBoxes, Form, Ticks, line, options, paragraph
from web.frame import campaign
from web.names import named
from web.wording import objection_views
from web.work import granted
from workflow import deadlines, registrations
from workflow.acts import ActRefused
from workflow.policy import Action, may
from workflow.registrations import EDITABLE, FormContent, Person

pages = Blueprint("registrations", __name__, url_prefix="/registrations")
Answer = str | Response | tuple[str, int]
ROWS = 4
"""Empty rows offered for people beyond those already on the form."""


class PersonForm(InnerForm):
    """An individual on the form; nothing but name, position and workplace is asked."""

    full_name = line(_l("Họ và tên"), blank=True)
    position = line(_l("Chức vụ"), blank=True)
    workplace = line(_l("Đơn vị công tác"), blank=True)

    def validate_full_name(self, field: object) -> None:
        """A row is filled in whole or left empty."""
        filled = [bool(self.full_name.data), bool(self.position.data), bool(self.workplace.data)]
        if any(filled) and not all(filled):
            raise ValidationError(_("Hãy ghi đủ họ và tên, chức vụ, đơn vị công tác, hoặc xoá cả dòng này."))


class RegistrationForm(Form):
    """The plan's annex: collectives, individuals, what the head attests, preparer and head."""

    collectives = Ticks(_l("Tập thể đăng ký"))
    people = FieldList(FormField(PersonForm), label=_l("Cá nhân đăng ký"))
    follows_law = BooleanField(_l("Tập thể gương mẫu chấp hành tốt chủ trương của Đảng, chính sách, pháp luật của Nhà nước"))
    is_united = BooleanField(_l("Nội bộ đoàn kết"))
    preparer = line(_l("Người lập biểu"), blank=True)
    head = line(_l("Thủ trưởng cơ quan"), blank=True)


class ReturnForm(Form):
    """Why a form is returned."""

    reason = paragraph(_l("Lý do trả lại"))


class AdmissionForm(Form):
    """The decision to take a late registration."""

    number = line(_l("Số văn bản cho phép"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))
    reason = paragraph(_l("Lý do"))


@pages.get("")
@needs(Action.REGISTRATION_VIEW)
def index() -> str:
    """All expected units that the person may see, with the state of their forms; filtered by words, state and district."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    state, q = request.args.get("state", ""), request.args.get("q", "")[:200].strip()
    query = expected_units(current).where(granted(actor(), Action.REGISTRATION_VIEW))
    query = query.where(*named(q))
    units = list(db.session.scalars(query))
    forms = {form.campaign_unit_id: form for form in db.session.scalars(select(Registration).where(Registration.campaign_id == current.id))}
    rows = [(unit, forms.get(unit.id)) for unit in units]
    states = {unit.id: form.state if form else RegistrationState.DRAFT for unit, form in rows}
    counts = {word: sum(found is word for found in states.values()) for word in RegistrationState}
    if state in set(RegistrationState):
        rows = [(unit, form) for unit, form in rows if states[unit.id] == state]
    return render_template(
        "registrations/index.html",
        rows=rows,
        states=states,
        counts=counts,
        chosen=state,
        q=q,
        sheets=imports.offered("registrations"),
        deadline=deadlines.current(current, Milestone.REGISTRATION),
        decides=lambda unit: may(actor(), Action.REGISTRATION_DECIDE, unit),
    )


@pages.get("/<int:unit_id>")
@needs(Action.REGISTRATION_VIEW)
def show(unit_id: int) -> str:
    """The form of one unit: to fill in while it is the unit's turn, to read and decide otherwise."""
    unit, form = _find(unit_id)
    return _page(unit, form, _bound(unit, form))


@pages.post("/<int:unit_id>")
@needs(Action.REGISTRATION_FILL)
def save(unit_id: int) -> Answer:
    """Keep the draft, or keep and send it. A refusal to send keeps the draft as typed."""
    unit, existing = _find(unit_id)
    allow(Action.REGISTRATION_FILL, unit)
    form = _bound(unit, existing)
    if not form.validate():
        return _page(unit, existing, form), 422
    try:
        with transaction():
            registration = registrations.save(unit, _content(unit, form), actor=actor(), at=now())
    except ActRefused as refused:
        return _page(unit, existing, form, refused), 409
    if "send" not in request.form:
        flash(_("Đã lưu bản nháp."), "success")
        return redirect(url_for("registrations.show", unit_id=unit_id))
    try:
        with transaction():
            registrations.send(registration, actor=actor(), at=now())
    except ActRefused as refused:
        return _page(unit, registration, form, refused), 409
    flash(_("Đã gửi bản đăng ký lúc %(time)s.", time=moment_words(now())), "success")
    return redirect(url_for("registrations.show", unit_id=unit_id))


@pages.post("/<int:unit_id>/accept")
@needs(Action.REGISTRATION_DECIDE)
def accept(unit_id: int) -> Answer:
    """Accept a form: each collective on it gets its dossier."""
    unit, form = _decidable(unit_id)
    with transaction():
        opened = registrations.accept(form, actor=actor(), at=now())
    flash(_("Đã duyệt bản đăng ký, mở %(count)s hồ sơ.", count=len(opened)), "success")
    return redirect(url_for("registrations.show", unit_id=unit.id))


@pages.route("/<int:unit_id>/return", methods=["GET", "POST"], endpoint="give_back")
@needs(Action.REGISTRATION_DECIDE)
def give_back(unit_id: int) -> Answer:
    """Return a form with the reason."""
    unit, form = _decidable(unit_id)
    answers = ReturnForm()
    return _decision(
        unit,
        answers,
        lambda: registrations.give_back(form, answers.reason.data or "", actor=actor(), at=now()),
        title=_("Trả lại bản đăng ký"),
        done=_("Đã trả lại bản đăng ký của %(unit)s.", unit=unit.name),
    )


@pages.route("/<int:unit_id>/admission", methods=["GET", "POST"])
@needs(Action.REGISTRATION_ADMIT)
def admission(unit_id: int) -> Answer:
    """Record the decision to take a late registration."""
    unit, _existing = _find(unit_id)
    allow(Action.REGISTRATION_ADMIT, unit)
    answers = AdmissionForm()

    def admit() -> None:
        number, reason = answers.number.data or "", answers.reason.data or ""
        registrations.admit(unit, number=number, decided_on=answers.date.data, reason=reason, actor=actor(), at=now())

    done = _("Đã ghi văn bản cho phép đăng ký trễ hạn.")
    return _decision(unit, answers, admit, title=_("Cho phép đăng ký trễ hạn"), done=done)


def _decision(unit: CampaignUnit, answers: Form, act: Callable[[], object], *, title: str, done: str) -> Answer:
    """The page of a decision on a unit's form, or its effect. A refusal comes back with what was typed."""
    reasons, status = [], 200
    if answers.is_submitted():
        status = 422
        if answers.validate():
            try:
                with transaction():
                    act()
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(done, "success")
                return redirect(url_for("registrations.show", unit_id=unit.id))
    return render_template("registrations/decide.html", unit=unit, form=answers, title=title, reasons=reasons), status


def _find(unit_id: int) -> tuple[CampaignUnit, Registration | None]:
    unit = db.session.get(CampaignUnit, unit_id)
    if unit is None or unit.form_unit_id != unit.id or not may(actor(), Action.REGISTRATION_VIEW, unit):
        raise NotFound
    return unit, registrations.registration_of(unit)


def _decidable(unit_id: int) -> tuple[CampaignUnit, Registration]:
    unit, form = _find(unit_id)
    allow(Action.REGISTRATION_DECIDE, unit)
    if form is None:
        raise NotFound
    return unit, form


def _bound(unit: CampaignUnit, registration: Registration | None) -> RegistrationForm:
    given: dict[str, Any] = {"collectives": [unit.id]}
    if registration is not None:
        given = {
            "collectives": [member.campaign_unit_id for member in registration.collectives],
            "people": [{"full_name": p.full_name, "position": p.position, "workplace": p.workplace} for p in registration.individuals],
            "follows_law": registration.follows_law,
            "is_united": registration.is_united,
            "preparer": registration.preparer,
            "head": registration.head,
        }
    form = RegistrationForm(data=given)
    form.collectives.choices = options((member.id, member.name) for member in registrations.collectives_for(unit))
    if not form.is_submitted():
        for _row in range(ROWS):
            form.people.append_entry()
    return form


def _content(unit: CampaignUnit, form: RegistrationForm) -> FormContent:
    chosen = set(form.collectives.data or [])
    return FormContent(
        collectives=[member for member in registrations.collectives_for(unit) if member.id in chosen],
        individuals=[Person(row["full_name"], row["position"], row["workplace"]) for row in form.people.data if row["full_name"]],
        follows_law=bool(form.follows_law.data),
        is_united=bool(form.is_united.data),
        preparer=form.preparer.data or "",
        head=form.head.data or "",
    )


def _page(unit: CampaignUnit, registration: Registration | None, form: RegistrationForm, refused: ActRefused | None = None) -> str:
    state = registration.state if registration else RegistrationState.DRAFT
    deadline = deadlines.current(unit.campaign, Milestone.REGISTRATION)
    decides = may(actor(), Action.REGISTRATION_DECIDE, unit) and state is RegistrationState.SENT
    return render_template(
        "registrations/show.html",
        unit=unit,
        registration=registration,
        state=state,
        form=form,
        fills=may(actor(), Action.REGISTRATION_FILL, unit) and state in EDITABLE,
        decides=decides,
        admits=may(actor(), Action.REGISTRATION_ADMIT, unit) and state in EDITABLE,
        admission=registrations.admission_of(unit),
        deadline=deadline,
        reasons=objection_views(refused.objections) if refused else [],
    )

"""Bản đăng ký: the annex's form, one page for each group of its fields, the check page, sending, taking back, the signed scan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import Forbidden, NotFound
from wtforms import BooleanField, FieldList, FormField, HiddenField, ValidationError
from wtforms import Form as InnerForm

from audit.actions import Action as Recorded
from documents.refusals import PaperRefused
from models.campaigns import CampaignUnit
from models.localtime import local_day
from models.registrations import Registration
from models.vocabulary import RegistrationState
from notifications.wording import moment_words
from web import uploads
from web.access import actor, allow, needs, now
from web.acting import acting
from web.forms import DateBoxes, Form, Ticks, line, options, paragraph
from web.registrations import GROUPS, Answer, ScanForm, decision, fills, find, pages, record_reading, show_page
from web.wording import objection_views
from workflow import registration_forms, registrations
from workflow.acts import ActRefused
from workflow.policy import Action, may
from workflow.registrations import EDITABLE, FormContent, Person
from workflow.rules.objection import Objection

ROWS = 4
"""Empty rows offered for people beyond those already on the form."""


class PersonForm(InnerForm):
    """An individual on the form; nothing but name, position and workplace is asked."""

    full_name = line(_l("Họ và tên"), blank=True)
    position = line(_l("Chức vụ"), blank=True)
    workplace = line(_l("Đơn vị công tác"), blank=True)

    def validate_full_name(self, field: object) -> None:
        """A row is filled in whole or left empty."""
        written = [bool(self.full_name.data), bool(self.position.data), bool(self.workplace.data)]
        if any(written) and not all(written):
            raise ValidationError(_("Hãy ghi đủ họ và tên, chức vụ, đơn vị công tác, hoặc xoá cả dòng này."))


class PartForm(Form):
    """A part of the form, with the version that it was shown in."""

    version = HiddenField()


class CollectivesForm(PartForm):
    """Annex, item 1."""

    collectives = Ticks(_l("Tập thể đăng ký"))


class PeopleForm(PartForm):
    """Annex, item 2."""

    people = FieldList(FormField(PersonForm), label=_l("Cá nhân đăng ký"))


class SigningForm(PartForm):
    """What the head attests (III.1.a), who prepared the form and who signs it."""

    follows_law = BooleanField(_l("Tập thể gương mẫu chấp hành tốt chủ trương của Đảng, chính sách, pháp luật của Nhà nước"))
    is_united = BooleanField(_l("Nội bộ đoàn kết"))
    preparer = line(_l("Người lập biểu"), blank=True)
    head = line(_l("Thủ trưởng cơ quan"), blank=True)


class PaperForm(Form):
    """When a form that is entered from paper came in."""

    received_on = DateBoxes(_l("Ngày nhận bản giấy"))


class ReasonForm(Form):
    """Why a form is taken back."""

    reason = paragraph(_l("Lý do"))


FORMS: dict[str, type[Form]] = {"collectives": CollectivesForm, "people": PeopleForm, "signing": SigningForm}


@pages.route("/<int:unit_id>/<any(collectives, people, signing):group>", methods=["GET", "POST"], endpoint="fill")
@needs(Action.REGISTRATION_VIEW)
def fill(unit_id: int, group: str) -> Answer:
    """One group of the form's fields; saving keeps the draft and leads to the next group."""
    unit, existing = _fillable(unit_id)
    content = registration_forms.content_of(existing, unit)
    form = _bound(group, unit, content)
    if not form.is_submitted():
        form["version"].data = _version(existing)
    reasons, status = [], 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with acting(Recorded.REGISTRATION_SAVE, unit):
                    newest = registrations.registration_of(unit)
                    _refuse_if_changed(newest, form)
                    content = registration_forms.content_of(newest, unit)
                    registrations.save(unit, _changed(content, group, unit, form), actor=actor(), at=now())
            except ActRefused as refused:
                form["version"].data = _version(registrations.registration_of(unit))
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã lưu bản nháp."), "success")
                return redirect(_after(unit, group))
    title, number = _(GROUPS[group]), list(GROUPS).index(group) + 1
    page = render_template(
        "registrations/fill.html", unit=unit, form=form, group=group, title=title, number=number, count=len(GROUPS), reasons=reasons
    )
    return page, status


@pages.get("/<int:unit_id>/check")
@needs(Action.REGISTRATION_VIEW)
def check(unit_id: int) -> Answer:
    """The whole form as it would be sent, what is missing, and who stands on another form too."""
    unit, existing = _fillable(unit_id)
    return _check_page(unit, existing)


@pages.post("/<int:unit_id>/send")
@needs(Action.REGISTRATION_VIEW)
def send(unit_id: int) -> Answer:
    """Send the form as it is kept. A refusal says everything that is missing."""
    unit, existing = _fillable(unit_id)
    paper = _paper_form(unit)
    if paper is not None and not paper.validate():
        return _check_page(unit, existing, paper=paper), 422
    try:
        with acting(Recorded.REGISTRATION_SEND, unit):
            registration = existing or registrations.save(unit, registration_forms.content_of(None, unit), actor=actor(), at=now())
            received_on = paper.received_on.data if paper else None
            registrations.send(registration, actor=actor(), at=now(), received_on=received_on)
    except ActRefused as refused:
        return _check_page(*find(unit_id), refused, paper), 409
    flash(_("Đã gửi bản đăng ký lúc %(time)s.", time=moment_words(now())), "success")
    return redirect(url_for("registrations.show", unit_id=unit_id))


@pages.route("/<int:unit_id>/take-back", methods=["GET", "POST"])
@needs(Action.REGISTRATION_VIEW)
def take_back(unit_id: int) -> Answer:
    """Take a form back before it is decided, to correct it or not to take part."""
    unit, existing = find(unit_id)
    allow(Action.REGISTRATION_FILL, unit)
    if existing is None:
        raise NotFound
    answers = ReasonForm()
    return decision(
        unit,
        answers,
        lambda: registration_forms.take_back(existing, answers.reason.data or "", actor=actor(), at=now()),
        action=Recorded.REGISTRATION_WITHDRAW,
        title=_("Rút bản đăng ký để sửa"),
        done=_("Đã rút bản đăng ký. Hãy sửa rồi gửi lại trước hạn."),
        hint=_("Bản đăng ký trở lại bản nháp. Khi gửi lại, đúng hạn hay trễ hạn tính theo lần gửi sau."),
    )


@pages.post("/<int:unit_id>/scan")
@needs(Action.REGISTRATION_VIEW)
def attach_scan(unit_id: int) -> Answer:
    """Attach the signed form as it was scanned."""
    unit, existing = _own(unit_id)
    if existing is None:
        raise NotFound
    form = ScanForm()
    if not form.validate():
        return show_page(unit, existing, scan=form), 422
    try:
        paper = uploads.receive(form.file.data)
        with acting(Recorded.DOCUMENT_UPLOAD, unit):
            registration_forms.file_scan(existing, paper, actor=actor(), at=now())
    except PaperRefused as refused:
        name, campaign_id = uploads.name_of(form.file.data), existing.campaign_id
        uploads.record_refusal(f"registration:{existing.id}", name, refused, campaign_id=campaign_id)
        form.file.errors = [uploads.say(refused)]
        return show_page(*find(unit_id), scan=form), 422
    except ActRefused as refused:
        return show_page(unit, existing, refused=refused), 409
    flash(_("Đã nhận tệp “%(name)s”.", name=paper.file_name), "success")
    return redirect(url_for("registrations.show", unit_id=unit_id))


@pages.get("/<int:unit_id>/scan/<int:number>")
@needs(Action.REGISTRATION_VIEW)
def scan(unit_id: int, number: int) -> FileResponse:
    """One version of the scan as an attachment; the download is recorded."""
    unit, existing = find(unit_id)
    document = registration_forms.scan_of(unit)
    version = next((v for v in document.versions if v.number == number), None) if document else None
    if existing is None or version is None:
        raise NotFound
    response = uploads.attachment(version)
    record_reading(existing, {"file": version.file_name, "sha256": version.sha256, "version": version.number})
    return response


def _own(unit_id: int) -> tuple[CampaignUnit, Registration | None]:
    """A form that is the person's to fill in: their own unit's, or a paper one that they enter."""
    unit, existing = find(unit_id)
    if not fills(unit):
        raise Forbidden(description=Action.REGISTRATION_FILL.value)
    return unit, existing


def _fillable(unit_id: int) -> tuple[CampaignUnit, Registration | None]:
    unit, existing = _own(unit_id)
    if existing is not None and existing.state not in EDITABLE:
        raise ActRefused([registrations.settled(existing)])
    return unit, existing


def _version(registration: Registration | None) -> str:
    return str(registration.version if registration else 0)


def _refuse_if_changed(newest: Registration | None, form: Form) -> None:
    if form["version"].data != _version(newest):
        raise ActRefused([Objection("form_changed", {})])


def _bound(group: str, unit: CampaignUnit, content: FormContent) -> Form:
    given: dict[str, Any] = {
        "collectives": [member.id for member in content.collectives],
        "people": [{"full_name": p.full_name, "position": p.position, "workplace": p.workplace} for p in content.individuals],
        "follows_law": content.follows_law,
        "is_united": content.is_united,
        "preparer": content.preparer,
        "head": content.head,
    }
    form = FORMS[group](data=given)
    if isinstance(form, CollectivesForm):
        form.collectives.choices = options((member.id, member.name) for member in registrations.collectives_for(unit))
    if isinstance(form, PeopleForm) and not form.is_submitted():
        for _row in range(ROWS):
            form.people.append_entry()
    return form


def _changed(content: FormContent, group: str, unit: CampaignUnit, form: Form) -> FormContent:
    """The form with one group as it was typed."""
    typed = form.data
    if group == "collectives":
        members = [member for member in registrations.collectives_for(unit) if member.id in set(typed["collectives"] or ())]
        return replace(content, collectives=members)
    if group == "people":
        people = [Person(row["full_name"], row["position"], row["workplace"]) for row in typed["people"] if row["full_name"]]
        return replace(content, individuals=people)
    return replace(content, **{name: typed[name] for name in ("follows_law", "is_united", "preparer", "head")})


def _after(unit: CampaignUnit, group: str) -> str:
    """The next group, or the check page; "save and go back" leads to the form's own page, "more" to further rows."""
    if "later" in request.form:
        return url_for("registrations.show", unit_id=unit.id)
    if "more" in request.form:
        return url_for("registrations.fill", unit_id=unit.id, group=group)
    groups = list(GROUPS)
    if group == groups[-1]:
        return url_for("registrations.check", unit_id=unit.id)
    return url_for("registrations.fill", unit_id=unit.id, group=groups[groups.index(group) + 1])


def _paper_form(unit: CampaignUnit) -> PaperForm | None:
    """What is asked of somebody who enters a form from paper."""
    return None if may(actor(), Action.REGISTRATION_FILL, unit) else PaperForm(data={"received_on": local_day(now())})


def _check_page(
    unit: CampaignUnit, existing: Registration | None, refused: ActRefused | None = None, paper: PaperForm | None = None
) -> str:
    return render_template(
        "registrations/check.html",
        unit=unit,
        state=existing.state if existing else RegistrationState.DRAFT,
        content=registration_forms.content_of(existing, unit),
        namesakes=registration_forms.namesakes(existing) if existing else [],
        reasons=objection_views(refused.objections) if refused else [],
        paper=paper or _paper_form(unit),
    )

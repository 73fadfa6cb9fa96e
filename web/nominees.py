"""Người được đề nghị: the people put forward beside the collective, and the answers to the plan's criteria for each (III.1, III.4.b)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import BooleanField, FieldList, FormField, ValidationError
from wtforms import Form as InnerForm
from wtforms.fields.choices import SelectChoice

from audit.actions import Action as Recorded
from models.db import db
from models.dossiers import Dossier, Nominee
from models.registrations import RegisteredIndividual
from models.vocabulary import DocumentKind, NomineeKind
from web.access import actor, allow_form, needs, now, see
from web.dossier_forms import PEOPLE, DossierForm, Sent, carry_out, open_form
from web.forms import Pick, Radios, Ticks, line, options, paragraph
from web.nominee_views import collective_words, nominee_view, situation_of
from workflow.criteria_answers import Statement, state_answers
from workflow.nominees import Individual, name_individuals
from workflow.policy import Action
from workflow.rules.eligibility import person_key

pages = Blueprint("nominees", __name__, url_prefix="/dossiers/<int:dossier_id>/nominees")
Answer = str | Response | tuple[str, int]

OTHER, NOBODY = "other", "nobody"
YES, NO = "yes", "no"


class PersonForm(InnerForm):
    """One person: picked from the registration form, or typed; a row left wholly empty is nobody."""

    who = Radios(_l("Người được đề nghị"))
    full_name = line(_l("Họ và tên"), blank=True)
    position = line(_l("Chức vụ"), blank=True)
    workplace = line(_l("Đơn vị công tác"), blank=True)
    rating = Pick(_l("Xếp loại công tác năm"), optional=True)
    reform_excellent = BooleanField(_l("Thực hiện xuất sắc nhiệm vụ CCHC được giao"))
    direct = BooleanField(_l("Trực tiếp thực hiện nhiệm vụ CCHC"))
    assignment = line(_l("Văn bản giao nhiệm vụ CCHC (số, ngày)"), optional=True, limit=300)
    not_civil_servant = BooleanField(_l("Không phải là cán bộ, công chức"))

    def validate_full_name(self, field: object) -> None:
        """A person who is typed has a name and a workplace, or the row is empty."""
        if self.who.data not in {None, "", OTHER}:
            return
        others = (self.position.data, self.workplace.data, self.rating.data, self.who.data)
        if not self.full_name.data and any(others):
            raise ValidationError(_("Hãy ghi họ và tên, hoặc xoá cả dòng này."))
        if self.full_name.data and not self.workplace.data:
            raise ValidationError(_("Hãy ghi đơn vị công tác của người này."))


class NomineesForm(DossierForm):
    """As many rows as the collective may put people forward."""

    people = FieldList(FormField(PersonForm), label=_l("Cá nhân"))


@pages.get("")
@needs(Action.NOMINEE_EDIT)
def edit(dossier_id: int) -> str:
    """The people put forward so far."""
    dossier = _open(dossier_id)
    form = _form(dossier)
    open_form(form, dossier)
    return _page(dossier, form)


@pages.post("")
@needs(Action.NOMINEE_EDIT)
def save(dossier_id: int) -> Answer:
    """Name the people put forward."""
    dossier = _open(dossier_id)
    form = _form(dossier)
    if not form.validate():
        return _page(dossier, form), 422
    registered = {str(person.id): person for person in dossier.registration.individuals}
    people = [_individual(row, registered.get(row["who"] or "")) for row in form.people.data]
    named = [person for person in people if person is not None]
    act = partial(name_individuals, dossier, named, actor=actor(), at=now())
    sent = carry_out(dossier, form, PEOPLE, Recorded.DOSSIER_NOMINEES, lambda key: act(key=key))
    if not sent.done:
        return _page(dossier, form, sent), 409
    flash(_("Đã cập nhật người được đề nghị."), "success")
    return redirect(url_for("dossiers.show", dossier_id=dossier_id, _anchor="nominees"))


@pages.route("/<int:nominee_id>/answers", methods=["GET", "POST"])
@needs(Action.NOMINEE_EDIT)
def answers(dossier_id: int, nominee_id: int) -> Answer:
    """What the unit says to each criterion for one nominee, with the evidence among the dossier's documents."""
    dossier = _open(dossier_id)
    nominee = next((nominee for nominee in dossier.nominees if nominee.id == nominee_id), None)
    if nominee is None:
        raise NotFound
    form, sent, status = _answers_form(dossier, nominee), None, 200
    if not form.is_submitted():
        open_form(form, dossier)
    elif not form.validate():
        status = 422
    else:
        said = _statements(form, nominee)
        act = partial(state_answers, nominee, said, actor=actor(), at=now())
        sent = carry_out(dossier, form, PEOPLE, Recorded.DOSSIER_ANSWERS, lambda key: act(key=key))
        if sent.done:
            flash(_("Đã lưu phần trả lời tiêu chuẩn của %(name)s.", name=nominee.full_name), "success")
            return redirect(url_for("dossiers.show", dossier_id=dossier_id, _anchor="nominees"))
        status = 409
    situation = situation_of(dossier)
    view = nominee_view(situation, nominee, collective_words(situation))
    return render_template("dossiers/answers.html", dossier=dossier, view=view, form=form, sent=sent), status


def _open(dossier_id: int) -> Dossier:
    dossier = see(db.session.get(Dossier, dossier_id))
    allow_form(Action.NOMINEE_EDIT, dossier)
    return dossier


def _form(dossier: Dossier) -> NomineesForm:
    named = [nominee for nominee in dossier.nominees if nominee.kind is NomineeKind.INDIVIDUAL]
    registered = dossier.registration.individuals
    form = NomineesForm(people=[_row(nominee, registered) for nominee in named])
    while len(form.people) < dossier.campaign_unit.individual_quota:
        form.people.append_entry()
    ratings: Sequence[tuple[str, str]] = [("", _("— chọn —")), *((word.code, word.label) for word in dossier.campaign.plan.ratings)]
    known = [SelectChoice(str(p.id), p.full_name, render_kw={"hint": f"{p.position}, {p.workplace}"}) for p in registered]
    other = SelectChoice(OTHER, _("Người khác, ghi dưới đây"), render_kw={"hint": _("Sở Nội vụ phải xác nhận mới đưa ra Hội đồng.")})
    for entry in form.people:
        entry.form.rating.choices = options(ratings)
        entry.form.who.choices = [*known, other, SelectChoice(NOBODY, _("Không đề nghị ai ở dòng này"))]
    return form


def _row(nominee: Nominee, registered: Sequence[RegisteredIndividual]) -> dict[str, object]:
    names = ("full_name", "position", "workplace", "rating", "reform_excellent", "direct", "assignment")
    row: dict[str, object] = {name: getattr(nominee, name) for name in names}
    own = person_key(nominee.full_name, nominee.workplace)
    same = next((person for person in registered if person_key(person.full_name, person.workplace) == own), None)
    if same is not None:
        row |= {"full_name": "", "position": "", "workplace": ""}
    return row | {"who": str(same.id) if same else OTHER, "not_civil_servant": not nominee.civil_servant}


def _individual(row: dict[str, Any], registered: RegisteredIndividual | None) -> Individual | None:
    """The person of a row, or None where it names nobody."""
    if row["who"] == NOBODY or not (registered or row["full_name"]):
        return None
    return Individual(
        full_name=registered.full_name if registered else row["full_name"],
        position=registered.position if registered else row["position"],
        workplace=registered.workplace if registered else row["workplace"],
        rating=row["rating"] or "",
        reform_excellent=row["reform_excellent"],
        direct=row["direct"],
        civil_servant=not row["not_civil_servant"],
        assignment=row["assignment"],
    )


def _answers_form(dossier: Dossier, nominee: Nominee) -> DossierForm:
    """One group of fields for each criterion; yes or no is asked only where the record has no answer."""
    given = {answer.criterion: answer for answer in nominee.answers}
    papers = [(d.id, d.latest.file_name) for d in dossier.documents if d.kind is DocumentKind.EVIDENCE]
    fields: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for asked in dossier.campaign.plan.asked_of(nominee.kind):
        answer = given.get(asked.code)
        if asked.fact is None:
            fields[f"stated-{asked.code}"] = Radios(_l("Trả lời"), choices=options([(YES, _("Đạt")), (NO, _("Chưa đạt"))]))
            shown[f"stated-{asked.code}"] = None if answer is None or answer.stated is None else YES if answer.stated else NO
        fields[f"text-{asked.code}"] = paragraph(_l("Nội dung"), optional=True)
        shown[f"text-{asked.code}"] = answer.text if answer else ""
        if papers:
            fields[f"evidence-{asked.code}"] = Ticks(_l("Tài liệu chứng minh"), choices=options(papers))
            shown[f"evidence-{asked.code}"] = [document.id for document in answer.evidence] if answer else []
    built: DossierForm = type("AnswersForm", (DossierForm,), fields)(data=shown)
    return built


def _statements(form: DossierForm, nominee: Nominee) -> dict[str, Statement]:
    said = {}
    for asked in nominee.dossier.campaign.plan.asked_of(nominee.kind):
        word = form[f"stated-{asked.code}"].data if asked.fact is None else None
        evidence = form[f"evidence-{asked.code}"].data if f"evidence-{asked.code}" in form else []
        stated = {YES: True, NO: False}.get(word or "")
        said[asked.code] = Statement(stated, form[f"text-{asked.code}"].data or "", frozenset(evidence or []))
    return said


def _page(dossier: Dossier, form: NomineesForm, sent: Sent | None = None) -> str:
    return render_template("dossiers/nominees.html", dossier=dossier, form=form, sent=sent, registered=dossier.registration.individuals)

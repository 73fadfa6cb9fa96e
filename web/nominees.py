"""Người được đề nghị: the people put forward beside the collective, with the answers that III.1.b asks for."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, FieldList, FormField, ValidationError
from wtforms import Form as InnerForm

from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import NomineeKind
from web.access import actor, allow, needs, now, see
from web.forms import Form, Pick, line, options
from web.wording import objection_views
from workflow.acts import ActRefused
from workflow.papers import Individual, name_individuals
from workflow.policy import Action

pages = Blueprint("nominees", __name__, url_prefix="/dossiers/<int:dossier_id>/nominees")
Answer = str | Response | tuple[str, int]


class PersonForm(InnerForm):
    """One person; a row left wholly empty is nobody."""

    full_name = line(_l("Họ và tên"), blank=True)
    position = line(_l("Chức vụ"), blank=True)
    workplace = line(_l("Đơn vị công tác"), blank=True)
    rating = Pick(_l("Xếp loại công tác năm"), optional=True)
    reform_excellent = BooleanField(_l("Thực hiện xuất sắc nhiệm vụ CCHC được giao"))
    direct = BooleanField(_l("Trực tiếp thực hiện nhiệm vụ CCHC"))

    def validate_full_name(self, field: object) -> None:
        """A person has a name and a workplace, or the row is empty."""
        others = (self.position.data, self.workplace.data, self.rating.data)
        if not self.full_name.data and any(others):
            raise ValidationError(_("Hãy ghi họ và tên, hoặc xoá cả dòng này."))
        if self.full_name.data and not self.workplace.data:
            raise ValidationError(_("Hãy ghi đơn vị công tác của người này."))


class NomineesForm(Form):
    """As many rows as the collective may put people forward."""

    people = FieldList(FormField(PersonForm), label=_l("Cá nhân"))


@pages.get("")
@needs(Action.NOMINEE_EDIT)
def edit(dossier_id: int) -> str:
    """The people put forward so far."""
    dossier = _open(dossier_id)
    return _page(dossier, _form(dossier))


@pages.post("")
@needs(Action.NOMINEE_EDIT)
def save(dossier_id: int) -> Answer:
    """Name the people put forward."""
    dossier = _open(dossier_id)
    form = _form(dossier)
    if not form.validate():
        return _page(dossier, form), 422
    people = [
        Individual(
            full_name=row["full_name"],
            position=row["position"],
            workplace=row["workplace"],
            rating=row["rating"] or "",
            reform_excellent=row["reform_excellent"],
            direct=row["direct"],
        )
        for row in form.people.data
        if row["full_name"]
    ]
    try:
        with transaction():
            name_individuals(dossier, people, actor=actor(), at=now())
    except ActRefused as refused:
        return _page(dossier, form, refused), 409
    flash(_("Đã cập nhật người được đề nghị."), "success")
    return redirect(url_for("dossiers.show", dossier_id=dossier_id))


def _open(dossier_id: int) -> Dossier:
    dossier = see(db.session.get(Dossier, dossier_id))
    allow(Action.NOMINEE_EDIT, dossier.campaign_unit, dossier.state)
    return dossier


def _form(dossier: Dossier) -> NomineesForm:
    named = [nominee for nominee in dossier.nominees if nominee.kind is NomineeKind.INDIVIDUAL]
    form = NomineesForm(people=[_row(nominee) for nominee in named])
    while len(form.people) < dossier.campaign_unit.individual_quota:
        form.people.append_entry()
    ratings: Sequence[tuple[str, str]] = [("", _("— chọn —")), *((word.code, word.label) for word in dossier.campaign.plan.ratings)]
    for entry in form.people:
        entry.form.rating.choices = options(ratings)
    return form


def _row(nominee: object) -> dict[str, object]:
    return {name: getattr(nominee, name) for name in ("full_name", "position", "workplace", "rating", "reform_excellent", "direct")}


def _page(dossier: Dossier, form: NomineesForm, refused: ActRefused | None = None) -> str:
    registered = dossier.registration.individuals
    reasons = objection_views(refused.objections, dossier) if refused else []
    return render_template("dossiers/nominees.html", dossier=dossier, form=form, reasons=reasons, registered=registered)

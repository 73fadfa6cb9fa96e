"""Recorded decisions around a dossier: its result, an extension given or refused, the original set received, a second officer's consent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import BooleanField

from audit.actions import Action as Recorded
from models.db import db
from models.decisions import ExtensionRequest
from models.dossiers import Dossier
from models.localtime import local_day
from models.vocabulary import ResultNeed, Step
from web.access import Open, actor, allow, allow_form, needs, now, see
from web.dossier_forms import MOVES, STEPS, SUBSTANCE, DossierForm, carry_out, open_form
from web.forms import DateBoxes, Pick, Radios, line, options, paragraph
from workflow.conditions import no_conflict, second_officer_consents
from workflow.extensions import extend, note_original, open_request, refuse_extension, sign_off
from workflow.machine import transitions
from workflow.policy import Action
from workflow.procedure import DossierProcedure
from workflow.ranking import rate, recognise
from workflow.rules.deadlines import on_time
from workflow.situation import Situation

pages = Blueprint("records", __name__, url_prefix="/dossiers/<int:dossier_id>")
Answer = str | Response | tuple[str, int]

GRANTED, REFUSED = "granted", "refused"
RESULTS = STEPS | {Recorded.RESULT_RECOGNISE, Recorded.RESULT_RATE}
"""Acts that a result comes too late for, or doubles."""


class RecognitionForm(DossierForm):
    """The district's document that recognises a commune."""

    number = line(_l("Số văn bản công nhận"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))


class RatingForm(DossierForm):
    """The superior's rating of a specialised unit."""

    rating = Pick(_l("Xếp loại"))
    better = BooleanField(_l("Được đánh giá thực hiện nhiệm vụ CCHC tiến bộ hơn năm trước liền kề"))
    number = line(_l("Số văn bản xếp loại"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))


class ExtensionForm(DossierForm):
    """A decision that moves the due date, or turns the unit's request down."""

    answer = Radios(_l("Trả lời đề nghị gia hạn"))
    number = line(_l("Số văn bản"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))
    due_on = DateBoxes(_l("Hạn nộp mới"))
    reason = paragraph(_l("Lý do"))

    def validate(self, extra_validators: Any = None) -> bool:
        """A request is answered; a new date is given unless it is turned down."""
        self.due_on.is_optional = self.refuses
        fine = bool(super().validate(extra_validators))
        if "answer" in self and not self.answer.data:
            self.answer.errors = [_("Hãy chọn chấp thuận hoặc không chấp thuận.")]
            fine = False
        return fine

    @property
    def refuses(self) -> bool:
        """Whether the request is turned down."""
        return "answer" in self and self.answer.data == REFUSED


class OriginalForm(DossierForm):
    """When the original set came in and who took it."""

    received_on = DateBoxes(_l("Ngày nhận bản chính"))
    received_by = line(_l("Người nhận"))
    note = paragraph(_l("Ghi chú"), optional=True, limit=1000)


class SignOffForm(DossierForm):
    """Which step the second officer agrees to, and why."""

    step = Pick(_l("Bước được đồng ý"))
    reason = paragraph(_l("Ý kiến"))


WITNESSED = {no_conflict, second_officer_consents}
"""Conditions that a second officer's consent meets."""


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
        recognition = RecognitionForm()
        return _record(
            dossier,
            recognition,
            _("Ghi công nhận tập thể cấp xã tiêu biểu xuất sắc"),
            RESULTS,
            Recorded.RESULT_RECOGNISE,
            lambda _key: recognise(
                dossier, number=recognition.number.data or "", decided_on=recognition.date.data, actor=actor(), at=now()
            ),
        )
    allow(Action.RATING_RECORD, dossier.campaign_unit)
    form = RatingForm()
    form.rating.choices = options((word.code, word.label) for word in dossier.campaign.plan.ratings)
    return _record(
        dossier,
        form,
        _("Ghi xếp loại của cơ quan chuyên trách"),
        RESULTS,
        Recorded.RESULT_RATE,
        lambda _key: rate(
            dossier,
            rating=form.rating.data,
            better_than_before=form.better.data,
            number=form.number.data or "",
            decided_on=form.date.data,
            actor=actor(),
            at=now(),
        ),
    )


@pages.route("/extension", methods=["GET", "POST"])
@needs(Action.EXTENSION_GRANT)
def extension(dossier_id: int) -> Answer:
    """Move the due date by a numbered decision, or answer the unit's request; after the date it admits a late dossier."""
    dossier = see(db.session.get(Dossier, dossier_id))
    allow_form(Action.EXTENSION_GRANT, dossier)
    asked = open_request(dossier)
    form = ExtensionForm(answer=None, due_on=asked.due_on if asked else None)
    if asked is None:
        del form.answer
    else:
        form.answer.choices = options([(GRANTED, _("Chấp thuận")), (REFUSED, _("Không chấp thuận, hạn nộp giữ nguyên"))])
    late = dossier.due_on is not None and not on_time(now(), dossier.due_on)
    return _record(
        dossier,
        form,
        _("Cho phép nộp hồ sơ trễ hạn") if late else _("Gia hạn nộp hồ sơ"),
        MOVES,
        Recorded.EXTENSION_REFUSE if form.refuses else Recorded.DOSSIER_ADMIT if late else Recorded.DOSSIER_EXTEND,
        lambda key: _extend(dossier, form, key),
        asked=asked,
        late=late,
    )


def _extend(dossier: Dossier, form: ExtensionForm, key: str | None) -> None:
    number, decided_on, reason = form.number.data or "", form.date.data, form.reason.data or ""
    if form.refuses:
        refuse_extension(dossier, number=number, decided_on=decided_on, reason=reason, actor=actor(), at=now(), key=key)
        return
    extend(dossier, number=number, decided_on=decided_on, due_on=form.due_on.data, reason=reason, actor=actor(), at=now(), key=key)


@pages.route("/original", methods=["GET", "POST"])
@needs(Action.ORIGINAL_NOTE)
def original(dossier_id: int) -> Answer:
    """Note that the original set, or what supplements it, has come in on paper."""
    dossier = see(db.session.get(Dossier, dossier_id))
    allow_form(Action.ORIGINAL_NOTE, dossier)
    form = OriginalForm(received_on=local_day(now()), received_by=actor().name)
    return _record(
        dossier,
        form,
        _("Ghi nhận bản chính hồ sơ"),
        frozenset({Recorded.DOSSIER_ORIGINAL}),
        Recorded.DOSSIER_ORIGINAL,
        lambda key: note_original(
            dossier,
            received_on=form.received_on.data,
            received_by=form.received_by.data or "",
            note=form.note.data or "",
            actor=actor(),
            at=now(),
            key=key,
        ),
    )


@pages.route("/sign-off", endpoint="sign_off", methods=["GET", "POST"])
@needs(Action.SIGN_OFF_GIVE)
def sign_off_page(dossier_id: int) -> Answer:
    """Record a second officer's consent to one step of the dossier as it stands."""
    dossier = see(db.session.get(Dossier, dossier_id))
    rows = transitions(DossierProcedure).values()
    steps = [row.step for row in rows if row.source is dossier.state and WITNESSED & set(row.requirements.conditions)]
    if not steps:
        raise NotFound
    form = SignOffForm(step=request.args.get("step"))
    form.step.choices = options((step.value, _(step.label)) for step in steps)
    return _record(
        dossier,
        form,
        _("Đồng ý với tư cách cán bộ thứ hai"),
        SUBSTANCE,
        Recorded.DOSSIER_SIGN_OFF,
        lambda key: sign_off(dossier, Step(form.step.data), form.reason.data or "", actor=actor(), at=now(), key=key),
    )


def _record(
    dossier: Dossier,
    form: DossierForm,
    title: str,
    watched: frozenset[Recorded],
    action: Recorded,
    act: Callable[[str | None], object],
    *,
    asked: ExtensionRequest | None = None,
    late: bool = False,
) -> Answer:
    """Show a form, or carry its act out in one transaction; a refusal, or a change by somebody else, keeps what was typed."""
    sent, status = None, 200
    if not form.is_submitted():
        open_form(form, dossier)
    elif not form.validate():
        status = 422
    else:
        sent = carry_out(dossier, form, watched, action, act)
        if sent.done:
            flash(_("Đã ghi: %(title)s.", title=title), "success")
            return redirect(url_for("dossiers.show", dossier_id=dossier.id))
        status = 409
    return render_template("dossiers/record.html", dossier=dossier, form=form, title=title, sent=sent, asked=asked, late=late), status

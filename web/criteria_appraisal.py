"""Thẩm định: home affairs checks the answers of one dossier; RP3 shows all nominees of the campaign, as page and workbook."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.campaigns import Campaign
from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import AnswerCheck, DossierState
from reports.appraisal import PUT_FORWARD, Appraisal, appraisal_of
from web.access import actor, allow_form, needs, now, see
from web.dossier_forms import SUBSTANCE, DossierForm, carry_out, open_form
from web.forms import Radios, options, paragraph
from web.frame import campaign
from web.nominee_views import NomineeView, nominee_views, situation_of
from workflow.criteria_answers import Confirmed, Finding, appraise
from workflow.policy import Action

pages = Blueprint("appraisal", __name__)
Answer = str | Response | tuple[str, int]
DOUBTS = {AnswerCheck.NOT_MET.value, AnswerCheck.UNCLEAR.value}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.route("/dossiers/<int:dossier_id>/appraisal", methods=["GET", "POST"])
@needs(Action.APPRAISE)
def dossier(dossier_id: int) -> Answer:
    """Every answer of one submitted dossier with what is found on it; warnings are confirmed here."""
    found = see(db.session.get(Dossier, dossier_id))
    allow_form(Action.APPRAISE, found)
    views = nominee_views(situation_of(found))
    form, sent, status = _form(views), None, 200
    if not form.is_submitted():
        open_form(form, found)
    elif not form.validate():
        status = 422
    else:
        findings, confirmed = _findings(form, views), _confirmed(form, views)
        sent = carry_out(
            found,
            form,
            SUBSTANCE,
            Recorded.DOSSIER_APPRAISE,
            lambda key: appraise(found, findings, confirmed, actor=actor(), at=now(), key=key),
        )
        if sent.done:
            flash(_("Đã lưu kết quả thẩm định."), "success")
            return redirect(url_for("dossiers.show", dossier_id=dossier_id, _anchor="nominees"))
        views, seen, status = nominee_views(situation_of(found)), form.seen.data, 409
        form = _form(views)  # there may be other people by now; what was typed for those who stay is kept
        form.seen.data = seen
    return render_template("dossiers/criteria_appraisal.html", dossier=found, form=form, views=views, sent=sent), status


@pages.get("/appraisal")
@needs(Action.APPRAISAL_VIEW)
def index() -> str:
    """RP3: nominees against criteria, with answers and reasons, filtered by state and kind; each row leads to its dossier."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    state, kind, chosen = _filters(current)
    return render_template(
        "appraisal/index.html",
        appraisal=_appraisal(current),
        kinds=[(word.code, word.label) for word in current.plan.kinds.values() if word.eligible],
        states=PUT_FORWARD,
        state=state,
        kind=kind,
        chosen=chosen,
    )


@pages.get("/appraisal.xlsx")
@needs(Action.APPRAISAL_VIEW)
def sheet() -> FileResponse:
    """RP3 as a workbook, as it is filtered; the download is recorded."""
    from reports.appraisal_xlsx import appraisal_xlsx

    current = campaign()
    if current is None:
        raise NotFound
    content, name = appraisal_xlsx(_appraisal(current), now()), f"bang-tham-dinh-{current.year}.xlsx"
    with transaction():
        _state, _kind, chosen = _filters(current)
        act = Act(Recorded.APPRAISAL_EXPORT, f"campaign:{current.id}", clause="IV", detail={"file": name} | chosen, campaign_id=current.id)
        record(act, actor=actor(), at=now())
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _filters(current: Campaign) -> tuple[DossierState | None, str, dict[str, str]]:
    """State and kind in the address, and as the address says them; unknown words narrow nothing."""
    word, kind = request.args.get("state", ""), request.args.get("kind", "")
    state = next((state for state in PUT_FORWARD if state.value == word), None)
    kind = kind if kind in current.plan.kinds else ""
    return state, kind, {name: value for name, value in {"state": state.value if state else "", "kind": kind}.items() if value}


def _appraisal(current: Campaign) -> Appraisal:
    state, kind, _chosen = _filters(current)
    return appraisal_of(current, state=state, kind=kind, actor=actor(), at=now())


class AppraisalForm(DossierForm):
    """A finding and its reason for each answer, a reason for each warning; what is left open is appraised another day."""

    def validate(self, extra_validators: Any = None) -> bool:
        """A doubt comes with its reason."""
        fine = bool(super().validate(extra_validators))
        for field in self:
            if field.name.startswith("check-") and field.data in DOUBTS:
                why = self[field.name.replace("check-", "why-", 1)]
                if not why.data:
                    why.errors = [_("Hãy ghi lý do của “Không đạt” hoặc “Cần làm rõ”.")]
                    fine = False
        return fine


def _form(views: list[NomineeView]) -> AppraisalForm:
    fields: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    choices = options((word.value, _(word.label)) for word in AnswerCheck)
    for view in views:
        for cell in view.cells:
            name, given = f"{view.nominee.id}-{cell.answer.criterion.code}", cell.answer.given
            fields[f"check-{name}"] = Radios(_l("Kết quả thẩm định"), choices=choices)
            fields[f"why-{name}"] = paragraph(_l("Lý do"), optional=True)
            shown[f"check-{name}"] = given.checked.value if given and given.checked else None
            shown[f"why-{name}"] = given.check_reason if given else ""
        for item in view.warnings:
            fields[f"warning-{view.nominee.id}-{item.warning.value}"] = paragraph(_l("Lý do vẫn chấp nhận"), optional=True)
            shown[f"warning-{view.nominee.id}-{item.warning.value}"] = item.reason
    built: AppraisalForm = type("AppraisalFormOfDossier", (AppraisalForm,), fields)(data=shown)
    return built


def _findings(form: AppraisalForm, views: list[NomineeView]) -> list[Finding]:
    found = []
    for view in views:
        for cell in view.cells:
            code = cell.answer.criterion.code
            word = form[f"check-{view.nominee.id}-{code}"].data
            if word:
                found.append(Finding(view.nominee.id, code, AnswerCheck(word), form[f"why-{view.nominee.id}-{code}"].data or ""))
    return found


def _confirmed(form: AppraisalForm, views: list[NomineeView]) -> list[Confirmed]:
    found = []
    for view in views:
        for item in view.warnings:
            reason = form[f"warning-{view.nominee.id}-{item.warning.value}"].data
            if reason:
                found.append(Confirmed(view.nominee.id, item.warning, reason))
    return found

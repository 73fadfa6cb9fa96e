"""Quyết định của Chủ tịch: the whole list of one letter with who is awarded, recorded at once; the data for printing the certificates."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import DossierState, PaperKind, Step
from web import bulk
from web.access import actor, needs, now
from web.addresses import row_number
from web.bulk import Outcome
from web.council import current_campaign
from web.forms import DateBoxes, Form, line
from web.papers import before_signing
from workflow import forwarding
from workflow.policy import Action, may

pages = Blueprint("awards", __name__, url_prefix="/awards")
Answer = str | Response | tuple[str, int]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DecisionForm(Form):
    """The Chairman's decision: its number and date, once for the whole list."""

    number = line(_l("Số quyết định"), limit=60)
    date = DateBoxes(_l("Ngày quyết định"))


@pages.get("/letters/<int:dossier_id>")
@needs(Action.FORWARDING_VIEW)
def show(dossier_id: int) -> str:
    """The dossiers of one letter: who is awarded by which decision, and a form for those that wait for theirs."""
    dossiers = _under(dossier_id)
    return _page(dossiers, DecisionForm(), secrets.token_urlsafe(12))


@pages.post("/letters/<int:dossier_id>")
@needs(Action.FORWARDING_DECIDE)
def take(dossier_id: int) -> Answer:
    """III.3: award or refuse each ticked dossier in a transaction of its own: awarded when at least one nominee is."""
    dossiers, form, key = _under(dossier_id), DecisionForm(), request.form.get("key", "")
    ids = {number for text in request.form.getlist("dossier") if (number := row_number(text))}
    chosen = [dossier.id for dossier in dossiers if dossier.id in ids]
    if not chosen:
        flash(_("Chưa đánh dấu hồ sơ nào. Hãy đánh dấu ít nhất một hồ sơ."), "info")
        return redirect(url_for("awards.show", dossier_id=dossier_id))
    if not form.validate():
        return _page(dossiers, form, key), 422
    outcomes = [_decided(number, form, key) for number in chosen]
    done, left = [one for one in outcomes if not one.reasons], [one for one in outcomes if one.reasons]
    page = render_template(
        "steps/result.html",
        title=_("Ghi quyết định: kết quả"),
        done=done,
        left=left,
        back=url_for("awards.show", dossier_id=dossier_id),
        back_text=_("Danh sách của tờ trình"),
        links=[(_("Tải dữ liệu in bằng khen (.xlsx)"), url_for("awards.certificates"))],
    )
    return page, 200 if done else 409


@pages.get("/certificates.xlsx")
@needs(Action.FORWARDING_VIEW)
def certificates() -> FileResponse:
    """One row for each awarded nominee, as the certificates are printed; the download is recorded."""
    from reports.certificates import certificates_xlsx

    current = current_campaign()
    content, count = certificates_xlsx(current, forwarding.awarded(current))
    name = f"in-bang-khen-{current.year}.xlsx"
    with transaction():
        detail = {"file": name, "rows": count}
        act = Act(Recorded.AWARD_EXPORT, f"campaign:{current.id}", clause="III.3", detail=detail, campaign_id=current.id)
        record(act, actor=actor(), at=now())
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _decided(number: int, form: DecisionForm, key: str) -> Outcome:
    """Award with the ticked nominees, or refuse where none is ticked."""
    ticked = {found for text in request.form.getlist(f"awarded-{number}") if (found := row_number(text))}
    answers = {"number": form.number.data, "date": form.date.data}
    if ticked:
        return bulk.take_one(number, Step.AWARD, key, awarded=frozenset(ticked), **answers)
    return bulk.take_one(number, Step.REFUSE, key, **answers)


def _under(dossier_id: int) -> list[Dossier]:
    dossier = db.session.get(Dossier, dossier_id)
    if dossier is None or dossier.state not in forwarding.SENT:
        raise NotFound
    return forwarding.under_letter(dossier)


def _page(dossiers: Sequence[Dossier], form: DecisionForm, key: str) -> str:
    waiting = [dossier for dossier in dossiers if dossier.state is DossierState.FORWARDED]
    sent = request.method == "POST"
    people = {n.id for dossier in waiting for n in dossier.nominees if n.recommended}
    ticked = {number for d in waiting for text in request.form.getlist(f"awarded-{d.id}") if (number := row_number(text))}
    chosen = {number for text in request.form.getlist("dossier") if (number := row_number(text))}
    return render_template(
        "council/awards.html",
        first=dossiers[0],
        waiting=waiting,
        decided=[dossier for dossier in dossiers if dossier.state is not DossierState.FORWARDED],
        form=form,
        key=key,
        versions={dossier.id: request.form.get(f"version-{dossier.id}") or dossier.version for dossier in waiting},
        awarded=ticked if sent else people,
        included=chosen if sent else {dossier.id for dossier in waiting},
        decides=may(actor(), Action.FORWARDING_DECIDE),
        warned=before_signing([PaperKind.AWARD_DECISION], dossiers[0].campaign),
    )

"""Trình Chủ tịch: reviewed dossiers checked again, forwarded under one letter, and the package of papers as one download."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.db import db, transaction
from models.dossiers import Dossier
from models.localtime import local_day
from models.vocabulary import DossierState, PaperKind, Step
from web import bulk
from web.access import actor, needs, now
from web.addresses import row_number
from web.council import current_campaign
from web.forms import Form
from web.frame import campaign
from web.papers import before_signing
from web.wording import objection_views
from workflow import forwarding
from workflow.policy import Action, may

pages = Blueprint("forwarding", __name__, url_prefix="/forwarding")
Answer = str | Response | tuple[str, int]


@pages.get("")
@needs(Action.FORWARDING_VIEW)
def index() -> str:
    """The reviewed dossiers with what stands against each, and the letters that have gone to the Chairman."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    rows = forwarding.checked(current, forwarding.reviewed(current), actor=actor(), at=now())
    return render_template(
        "council/forwarding.html",
        rows=[(row.dossier, objection_views(row.objections, row.dossier, Step.FORWARD)) for row in rows],
        letters=forwarding.sent_letters(current),
        ticked=request.args.get("tick") != "none",
        decides=may(actor(), Action.FORWARDING_DECIDE),
        warned=before_signing([PaperKind.CHAIRMAN_LETTER, PaperKind.AWARD_DECISION], current),
    )


@pages.get("/confirm")
@needs(Action.FORWARDING_DECIDE)
def confirm() -> Answer:
    """The ticked dossiers once more, the letter's number and date, and how many letters will go out."""
    ids = _ids(request.args.getlist("dossier"))
    if not ids:
        flash(_("Chưa đánh dấu hồ sơ nào. Hãy đánh dấu ít nhất một hồ sơ."), "info")
        return redirect(url_for("forwarding.index"))
    return _confirm_page(ids, bulk.form_for(Step.FORWARD, DossierState.REVIEWED), secrets.token_urlsafe(12))


@pages.post("/confirm")
@needs(Action.FORWARDING_DECIDE)
def take() -> Answer:
    """One transaction for each dossier; then what was done, and what was not with every reason. Sent twice, it is done once."""
    ids, key = _ids(request.form.getlist("dossier")), request.form.get("key", "")
    form = bulk.form_for(Step.FORWARD, DossierState.REVIEWED)
    if not ids:
        return redirect(url_for("forwarding.index"))
    if not form.validate():
        return _confirm_page(ids, form, key, status=422)
    outcomes = [bulk.take_one(number, Step.FORWARD, key, number=form["number"].data, date=form["date"].data) for number in _known(ids)]
    done, left = [one for one in outcomes if not one.reasons], [one for one in outcomes if one.reasons]
    links = [(_("Ghi quyết định"), url_for("awards.show", dossier_id=done[0].dossier_id))] if done else []
    page = render_template(
        "steps/result.html",
        title=_("Trình Chủ tịch UBND tỉnh: kết quả"),
        done=done,
        left=left,
        back=url_for("forwarding.index"),
        back_text=_("Danh sách trình"),
        links=links,
    )
    return page, 200 if done else 409


@pages.get("/package.zip")
@needs(Action.FORWARDING_VIEW)
def package() -> FileResponse:
    """The drafts of letter and decision, the lists, the council's minutes and a table of contents in one file; it is recorded.

    For the ticked reviewed dossiers or all of them; after the letter (`letter`: one of its dossiers) for those that went under it.
    """
    from reports.package import package_of

    current = current_campaign()
    under = row_number(request.args.get("letter"))
    if under is not None:
        dossiers = forwarding.under_letter(_sent(under))
    else:
        dossiers = forwarding.reviewed(current, _ids(request.args.getlist("dossier")))
    if not dossiers:
        raise NotFound
    content = package_of(dossiers, at=now())
    with transaction():
        detail = {"file": f"trinh-chu-tich-{current.year}.zip", "dossiers": [dossier.code for dossier in dossiers]}
        act = Act(Recorded.FORWARDING_EXPORT, f"campaign:{current.id}", clause="IV", detail=detail, campaign_id=current.id)
        record(act, actor=actor(), at=now())
    return send_file(io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=detail["file"])


def _sent(number: int) -> Dossier:
    dossier = db.session.get(Dossier, number)
    if dossier is None or dossier.state not in forwarding.SENT:
        raise NotFound
    return dossier


def _ids(texts: Sequence[str]) -> list[int]:
    return list(dict.fromkeys(number for text in texts if (number := row_number(text))))


def _known(ids: Sequence[int]) -> list[int]:
    """The numbers, when a dossier stands behind each. Raises NotFound otherwise."""
    if any(db.session.get(Dossier, number) is None for number in ids):
        raise NotFound
    return list(ids)


def _confirm_page(ids: Sequence[int], form: Form, key: str, *, status: int = 200) -> tuple[str, int]:
    today = local_day(now())
    rehearsed = bulk.rehearse(_known(ids), Step.FORWARD, lambda _dossier: {"number": _("[số văn bản]"), "date": today})
    dossiers = [db.session.get_one(Dossier, number) for number in ids]
    page = render_template(
        "council/forward_confirm.html",
        form=form,
        key=key,
        versions={dossier.id: request.form.get(f"version-{dossier.id}") or dossier.version for dossier in dossiers},
        possible=[dossier for dossier in dossiers if dossier.id in rehearsed.letters],
        refused=[
            (dossier, objection_views(rehearsed.refused[dossier.id], dossier, Step.FORWARD))
            for dossier in dossiers
            if dossier.id in rehearsed.refused
        ],
        rehearsed=rehearsed,
    )
    return page, status

"""Báo cáo: writing assessment and proposals, freezing the figures, comparing a frozen report with the live one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit.actions import Action as Recorded
from jobs.record import take
from models.campaigns import Campaign
from models.text import clean
from reports import year_end, year_end_acts
from reports.figures_lists import EVERYTHING
from reports.year_end import FIGURES, YearEnd
from reports.year_end_acts import TEXTS
from web.access import actor, needs, now
from web.acting import acting
from web.addresses import row_number
from web.forms import Form, paragraph
from web.reports import KINDS, current_campaign, list_url, pages
from web.wording import objection_views
from workflow.acts import ActRefused
from workflow.policy import Action
from workflow.rules.objection import Objection

__all__ = ["pages"]

Answer = str | Response | tuple[str, int]
KEY, LONGEST = 64, 20_000


class TextForm(Form):
    """What the officer says of the campaign."""

    key = HiddenField()
    seen = HiddenField()
    assessment = paragraph(_l("Nhận xét, đánh giá"), optional=True, limit=LONGEST)
    proposals = paragraph(_l("Kiến nghị, đề xuất"), optional=True, limit=LONGEST)


class FreezeForm(Form):
    """What the confirm page carries."""

    key = HiddenField()


@pages.route("/text", methods=["GET", "POST"])
@needs(Action.REPORT_MAKE)
def text(name: str) -> Answer:
    """Write assessment and proposals; each saving is a version of its own."""
    current, kind, form = current_campaign(), KINDS[name], TextForm()
    objections: Sequence[Objection] = ()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            texts = {field: str(form[field].data or "") for field in TEXTS}
            try:
                with acting(Recorded.REPORT_WRITE, current, _key(form)):
                    year_end_acts.write_text(
                        current, kind, texts, seen=row_number(form.seen.data) or 0, actor=actor(), at=now(), key=_key(form)
                    )
            except ActRefused as refused:
                objections, status = refused.objections, 409
            else:
                flash(_("Đã lưu nhận xét và kiến nghị của báo cáo."), "success")
                return redirect(url_for("reports.index", name=name, campaign=current.id, _anchor="texts"))
    last = year_end_acts.text_of(current, kind)
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
        for field in TEXTS:
            form[field].data = getattr(last, field) if last else ""
    if not form.is_submitted() or status == 409:
        form.seen.data = str(last.version if last else 0)
        form.seen.raw_data = None
    page = render_template("reports/text.html", name=name, current=current, form=form, last=last, reasons=objection_views(objections))
    return page, status


@pages.route("/freeze", methods=["GET", "POST"])
@needs(Action.REPORT_MAKE)
def freeze(name: str) -> Answer:
    """Freeze the figures ("Chốt số liệu"): what will be kept, then the act; several may follow each other."""
    current, kind, form = current_campaign(), KINDS[name], FreezeForm()
    objections: Sequence[Objection] = ()
    if form.is_submitted():
        try:
            with acting(Recorded.REPORT_FREEZE, current, _key(form)):
                number = year_end_acts.freeze(current, kind, actor=actor(), at=now(), key=_key(form)).number
        except ActRefused as refused:
            objections = refused.objections
        else:
            take(now(), actor())
            flash(_("Đã chốt số liệu lần %(number)s.", number=number), "success")
            return redirect(url_for("reports.index", name=name, campaign=current.id, frozen=number))
    report = year_end_acts.live(current, kind, now())
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
        refused = year_end_acts.not_to_close(report)
        objections = [refused] if refused else []
    page = render_template(
        "reports/freeze.html",
        name=name,
        current=current,
        report=report,
        rows=sum(len(rows) for rows in report.rows.values()),
        form=form,
        reasons=objection_views(objections),
    )
    return page, 409 if objections else 200


@pages.get("/compare/<int:number>")
@needs(Action.REPORT_VIEW)
def compare(name: str, number: int) -> str:
    """A frozen report beside the figures as they stand now: old, new, difference."""
    current, kind = current_campaign(), KINDS[name]
    frozen = year_end_acts.find_frozen(current, kind, number)
    if frozen is None:
        raise NotFound
    old, text_now = year_end_acts.opened(frozen), year_end_acts.text_of(current, kind)
    new = year_end.with_text(year_end.read_beside(kind, current, None, now()), text_now)
    rows = [
        (
            f"{_(FIGURES[code][0].title)}: {_(old.labels[code])}",
            _side(old, code, current),
            _side(new, code, current),
            new.count(code) - old.count(code),
        )
        for code in FIGURES
        if code in old.labels
    ]
    return render_template(
        "reports/compare.html",
        name=name,
        current=current,
        old=old,
        new=new,
        changed=[row for row in rows if row[-1]],
        same=[row for row in rows if not row[-1]],
        rewritten=[field for field in TEXTS if getattr(old, field) != getattr(new, field)],
    )


def _side(report: YearEnd, code: str, current: Campaign) -> tuple[int, str]:
    return report.count(code), list_url(report, code, EVERYTHING, current)


def _key(form: Form) -> str | None:
    return clean(form["key"].data or "")[:KEY] or None

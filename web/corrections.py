"""Sửa kết quả đã công bố: the published index once more as a form, then old beside new and what follows, then the act itself."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import rehearsal
from models.outbox import Notice, OutboxMail
from models.results import IndexPublication
from models.text import N_, clean
from notifications.wording import day_words
from web.access import actor, needs, now
from web.acting import acting
from web.forms import DateBoxes, Form, line, paragraph
from web.frame import campaign
from web.ranking_lines import chosen_year, lines_of, parse_lines
from web.wording import objection_views
from workflow import ranking
from workflow.acts import ActRefused
from workflow.corrections import Correction, announcement_of, correct, digest_of
from workflow.policy import Action
from workflow.ranking import Announcement, PublishedEntry

pages = Blueprint("corrections", __name__, url_prefix="/ranking/correction")
Answer = str | Response | tuple[str, int]

ANNOUNCED = {
    "decision_number": N_("Số quyết định công bố"),
    "decision_date": N_("Ngày quyết định"),
    "portal_date": N_("Ngày đăng trên cổng thông tin điện tử"),
    "notice_date": N_("Ngày thông báo cho đơn vị"),
    "trigger_date": N_("Ngày bắt đầu tính hạn"),
    "trigger_reason": N_("Lý do tính hạn từ ngày khác"),
}
"""The announcement's values in words."""


class CorrectionForm(Form):
    """The correcting document, then the announcement as it is to read; the entries stand in a table of their own."""

    number = line(_l("Số văn bản sửa"), limit=60)
    date = DateBoxes(_l("Ngày văn bản sửa"))
    reason = paragraph(_l("Lý do sửa"))
    decision_number = line(_l("Số quyết định công bố"), limit=60)
    decision_date = DateBoxes(_l("Ngày quyết định"))
    portal_date = DateBoxes(_l("Ngày đăng trên cổng thông tin điện tử"), optional=True)
    notice_date = DateBoxes(_l("Ngày thông báo cho đơn vị"), optional=True)
    trigger_date = DateBoxes(_l("Ngày bắt đầu tính hạn, nếu khác ngày quyết định"), optional=True)
    trigger_reason = paragraph(_l("Lý do tính hạn từ ngày khác"), optional=True)
    seen = HiddenField()
    key = HiddenField()


@pages.route("", methods=["GET", "POST"])
@needs(Action.RANKING_CORRECT)
def edit() -> Answer:
    """Correct a published index: what was shown is what is done, or it is shown again."""
    current = campaign()
    if current is None:
        raise NotFound
    year = chosen_year(current)
    publication = ranking.publication_of(current, year)
    if publication is None or publication.published_at is None:
        flash(_("Kết quả năm %(year)s chưa công bố; hãy sửa ở trang nhập kết quả.", year=year), "info")
        return redirect(url_for("ranking.index", campaign=current.id, year=year))
    form, lines, reasons, status = _form(publication), lines_of(current, publication), [], 200
    effect: dict[str, Any] | None = None
    if form.is_submitted():
        status = 422
        lines, parsed = parse_lines(current, lines)
        if form.validate() and not any(row.error for row in lines):
            correction = _correction(form, parsed, publication)
            try:
                if "confirm" in request.form and request.form["confirm"] == _shown(correction):
                    with acting(Recorded.RANKING_CORRECT, current, correction.key):
                        correct(current, year, correction, actor=actor(), at=now())
                    flash(_("Đã sửa kết quả đã công bố và gửi thư cho các đơn vị liên quan."), "success")
                    return redirect(url_for("ranking.index", campaign=current.id, year=year))
                effect, status = _effect(current, year, correction), 200
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
                form.seen.data = digest_of(publication)
    page = render_template(
        "ranking/correction.html",
        form=form,
        lines=lines,
        year=year,
        groups=current.plan.rank_groups,
        effect=effect,
        reasons=reasons,
    )
    return page, status


def _form(publication: IndexPublication) -> CorrectionForm:
    as_published = announcement_of(publication)
    values = {name: getattr(as_published, name) for name in ANNOUNCED}
    return CorrectionForm(data=values | {"seen": digest_of(publication), "key": secrets.token_urlsafe(12)})


def _correction(form: CorrectionForm, parsed: list[PublishedEntry], publication: IndexPublication) -> Correction:
    """What the form says; bodies that have ended since are not on it and keep their entries."""
    listed = {entry.unit.id for entry in parsed}
    kept = [
        PublishedEntry(entry.campaign_unit, entry.score, entry.rank, entry.rank_group)
        for entry in publication.entries
        if entry.campaign_unit.ended_on is not None and entry.campaign_unit_id not in listed
    ]
    announcement = Announcement(
        form.decision_number.data or "",
        form.decision_date.data,
        form.portal_date.data,
        form.notice_date.data,
        form.trigger_date.data,
        form.trigger_reason.data or "",
    )
    return Correction(
        number=form.number.data or "",
        decided_on=form.date.data,
        reason=form.reason.data or "",
        announcement=announcement,
        entries=[*parsed, *kept],
        seen=form.seen.data or "",
        key=f"correction.{clean(form.key.data or '')}"[:64],
    )


def _shown(correction: Correction) -> str:
    """What a preview showed, in short: a form that was changed after it is shown again before anything is done."""
    entries = sorted((entry.unit.id, entry.score, entry.rank, entry.group) for entry in correction.entries)
    said = (correction.number, correction.decided_on, correction.reason, correction.announcement, entries, correction.seen)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


def _effect(current: Campaign, year: int, correction: Correction) -> dict[str, Any]:
    """Old beside new and everything that follows, from a rehearsal that is rolled back. Raises ActRefused with the reasons against it."""
    last = select(func.coalesce(func.max(AuditEntry.seq), 0))
    with rehearsal() as database:
        before = database.scalar(last) or 0
        effect = correct(current, year, correction, actor=actor(), at=now())
        mails = database.scalar(select(func.count(OutboxMail.id)).join(OutboxMail.notice).where(Notice.audit_seq > before))
    if effect is None:
        raise ActRefused([])
    notice = correction.announcement.notice_date or correction.announcement.decision_date
    working = effect.working
    return {
        "shown": _shown(correction),
        "entries": [(c.unit, _entry(current, c.before), _entry(current, c.after)) for c in effect.entries],
        "announced": [(_(ANNOUNCED[name]), _value(old), _value(new)) for name, old, new in effect.announced],
        "working": working.as_data("announced", f"Quyết định số {correction.announcement.decision_number}") if working else None,
        "former_due": effect.former_due,
        "due": working.due if working else None,
        "dues": effect.dues,
        "past": working is not None and bool(effect.dues) and working.due < now().date(),
        "short_notice": working is not None and (working.due - notice).days < current.plan.minimum_notice_days,
        "undecided": effect.undecided,
        "ranked": effect.ranked,
        "told": effect.told,
        "mails": mails,
    }


def _entry(current: Campaign, entry: tuple[str, int, str] | None) -> str:
    if entry is None:
        return _("không có tên")
    score, rank, group = entry
    return _("nhóm %(group)s, hạng %(rank)s, %(score)s điểm", group=current.plan.label_of_group(group), rank=rank, score=score)


def _value(text: str) -> str:
    try:
        return day_words(date.fromisoformat(text))
    except ValueError:
        return text or "–"

"""Kết quả xếp hạng: the published index, its entry and publication, and home affairs' ruling on the year that counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import rehearsal
from models.outbox import Notice, OutboxMail
from models.plan import Criterion
from models.vocabulary import Step
from web import imports
from web.access import actor, needs, now
from web.acting import acting
from web.forms import DateBoxes, Form, WholeNumber, line, paragraph
from web.frame import campaign
from web.ranking_lines import chosen_year, lines_of, parse_lines
from web.wording import entry_view, objection_views
from workflow import ranking
from workflow.acts import ActRefused
from workflow.corrections import corrections_of
from workflow.policy import Action, may
from workflow.ranking import Announcement
from workflow.rules.criteria import EXCELLENT

pages = Blueprint("ranking", __name__, url_prefix="/ranking")
Answer = str | Response | tuple[str, int]


class PublishForm(Form):
    """The decision that announces the ranking; the other dates only where they differ."""

    number = line(_l("Số quyết định công bố"), limit=60)
    date = DateBoxes(_l("Ngày quyết định"))
    portal_date = DateBoxes(_l("Ngày đăng trên cổng thông tin điện tử"), optional=True)
    notice_date = DateBoxes(_l("Ngày thông báo cho đơn vị"), optional=True)
    trigger_date = DateBoxes(_l("Ngày bắt đầu tính hạn, nếu khác ngày quyết định"), optional=True)
    trigger_reason = paragraph(_l("Lý do tính hạn từ ngày khác"), optional=True)


class RulingForm(Form):
    """The ruling: its document, and for each criterion the year that counts (fields are added from the plan)."""

    number = line(_l("Số văn bản"), limit=60)
    date = DateBoxes(_l("Ngày văn bản"))
    text = paragraph(_l("Nội dung ý kiến"))


@pages.get("")
@needs(Action.RANKING_VIEW)
def index() -> str:
    """The index of a year (the award's, unless the address names another) as published, or as entered so far."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    year = chosen_year(current)
    publication = ranking.publication_of(current, year)
    published = publication is not None and publication.published_at is not None
    return render_template(
        "ranking/index.html",
        year=year,
        publication=publication,
        sheets=imports.offered(*(() if published else ("ranking",)), "recognitions", "ratings"),
        ruling=ranking.ruling_of(current),
        manages=may(actor(), Action.RANKING_RECORD),
        rules=may(actor(), Action.RULING_RECORD),
        corrects=published and may(actor(), Action.RANKING_CORRECT),
        selects=may(actor(), Action.SELECTION_VIEW),
        missing=[(unit.id, unit.long_name) for unit in ranking.without_entry(current, publication)] if publication and published else [],
        corrections=[entry_view(entry) for entry in corrections_of(current, year)] if published else [],
        reads_journal=may(actor(), Action.AUDIT_VIEW),
    )


@pages.route("/entries", methods=["GET", "POST"])
@needs(Action.RANKING_RECORD)
def entries() -> Answer:
    """Score, rank and group of each ranked body, typed as they were printed."""
    current = _current()
    year = chosen_year(current)
    lines = lines_of(current, ranking.publication_of(current, year))
    reasons, status = [], 200
    if request.method == "POST":
        lines, parsed = parse_lines(current, lines)
        status = 422
        if not any(row.error for row in lines):
            try:
                with acting(Recorded.RANKING_RECORD, current):
                    ranking.record_index(current, year, parsed, actor=actor(), at=now())
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã lưu kết quả của %(count)s đơn vị, chưa công bố.", count=len(parsed)), "success")
                return redirect(url_for("ranking.publish", campaign=current.id, year=year))
    return render_template("ranking/entries.html", lines=lines, year=year, groups=current.plan.rank_groups, reasons=reasons), status


@pages.route("/publish", methods=["GET", "POST"])
@needs(Action.RANKING_RECORD)
def publish() -> Answer:
    """Announce the ranking: first what it will do, then, on confirmation, in one act."""
    current = _current()
    year = chosen_year(current)
    form = PublishForm()
    effect: dict[str, Any] | None = None
    reasons, status = [], 200
    if form.is_submitted():
        status = 422
        if form.validate():
            announcement = Announcement(
                form.number.data or "",
                form.date.data,
                form.portal_date.data,
                form.notice_date.data,
                form.trigger_date.data,
                form.trigger_reason.data or "",
            )
            try:
                if "confirm" in request.form:
                    with acting(Recorded.RANKING_PUBLISH, current):
                        ranking.publish(current, year, announcement, actor=actor(), at=now())
                    flash(_("Đã công bố kết quả xếp hạng và gửi thông báo cho các đơn vị."), "success")
                    return redirect(url_for("ranking.index", campaign=current.id, year=year))
                effect, status = _effect(current, year, announcement), 200
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
    publication = ranking.publication_of(current, year)
    return render_template("ranking/publish.html", form=form, year=year, publication=publication, effect=effect, reasons=reasons), status


@pages.route("/ruling", methods=["GET", "POST"])
@needs(Action.RANKING_VIEW)
def ruling() -> Answer:
    """The ruling on the year that counts: read by all, recorded once by home affairs."""
    current = _current()
    if request.method == "POST" and not may(actor(), Action.RULING_RECORD):
        raise Forbidden(description=Action.RULING_RECORD.value)
    recorded = ranking.ruling_of(current)
    form = _ruling_form(current)
    reasons, status = [], 200
    if form.is_submitted():
        status = 422
        if form.validate():
            years = {code: int(form[f"year_{code}"].data) for code in current.plan.criteria}
            try:
                with acting(Recorded.RULING_RECORD, current):
                    ranking.rule_year(
                        current,
                        number=form["number"].data,
                        decided_on=form["date"].data,
                        text=form["text"].data,
                        years=years,
                        actor=actor(),
                        at=now(),
                    )
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã ghi ý kiến về năm xét Chỉ số. Việc chọn tập thể đã mở."), "success")
                return redirect(url_for("ranking.ruling", campaign=current.id))
    may_rule = may(actor(), Action.RULING_RECORD)
    return render_template("ranking/ruling.html", form=form, ruling=recorded, reasons=reasons, may_rule=may_rule), status


def _current() -> Campaign:
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _ruling_form(current: Campaign) -> Form:
    def year_field(criterion: Criterion) -> WholeNumber:
        label = _("Năm được xét cho tiêu chuẩn mục %(clause)s: %(label)s", clause=criterion.clause, label=criterion.label)
        return WholeNumber(label, least=2000, most=2200, default=current.plan.award_basis_year)

    fields = {f"year_{code}": year_field(criterion) for code, criterion in current.plan.criteria.items()}
    form: Form = type("CampaignRulingForm", (RulingForm,), fields)()
    return form


def _effect(current: Campaign, year: int, announcement: Announcement) -> dict[str, Any]:
    """What publishing would do, from a rehearsal that is rolled back: who is excellent, which due date, what moves, who is written to.

    Raises ActRefused with the reasons against it.
    """
    last = select(func.coalesce(func.max(AuditEntry.seq), 0)).scalar_subquery()
    with rehearsal() as database:
        before = database.scalar(select(last)) or 0
        publication = ranking.publish(current, year, announcement, actor=actor(), at=now())
        new = (AuditEntry.seq > before) & (AuditEntry.action == Recorded.of_step(Step.RANK).value)
        mails = select(func.count(OutboxMail.id)).join(OutboxMail.notice).where(Notice.audit_seq > before)
        effect: dict[str, Any] = {
            "excellent": sum(entry.rank_group == EXCELLENT for entry in publication.entries),
            "moved": database.scalar(select(func.count(AuditEntry.seq)).where(new)),
            "mails": database.scalar(mails),
            "missing": [(unit.id, unit.long_name) for unit in ranking.without_entry(current, publication)],
        }
    if year != current.plan.award_basis_year:
        return effect
    working = ranking.window_for(current, announcement)
    told: date = announcement.notice_date or announcement.decision_date
    return effect | {
        "due": working.due,
        "working": working.as_data("announced", f"Quyết định số {announcement.decision_number}"),
        "skipped": len(working.skipped),
        "days_left": (working.due - told).days,
        "short_notice": (working.due - told).days < current.plan.minimum_notice_days,
    }

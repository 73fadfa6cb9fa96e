"""Kết quả xếp hạng: the published index, its entry and publication, and home affairs' ruling on the year that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.plan import Criterion
from models.text import clean
from models.vocabulary import DossierState, ResultNeed
from web import imports
from web.access import actor, needs, now
from web.forms import DateBoxes, Form, WholeNumber, line, paragraph
from web.frame import campaign
from web.wording import objection_views
from workflow import ranking
from workflow.acts import ActRefused
from workflow.policy import Action, may
from workflow.ranking import Announcement, PublishedEntry
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the entry table with what was typed in it and what is wrong with it."""

    unit: CampaignUnit
    score: str
    rank: str
    group: str
    error: str = ""


@pages.get("")
@needs(Action.RANKING_VIEW)
def index() -> str:
    """The index of the award's year as published, or as entered so far."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    year = current.plan.award_basis_year
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
    )


@pages.route("/entries", methods=["GET", "POST"])
@needs(Action.RANKING_RECORD)
def entries() -> Answer:
    """Score, rank and group of each ranked body, typed as they were printed."""
    current = _current()
    year = current.plan.award_basis_year
    lines = _lines(current, year)
    reasons, status = [], 200
    if request.method == "POST":
        lines, parsed = _parse(current, lines)
        status = 422
        if not any(row.error for row in lines):
            try:
                with transaction():
                    ranking.record_index(current, year, parsed, actor=actor(), at=now())
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã lưu kết quả của %(count)s đơn vị, chưa công bố.", count=len(parsed)), "success")
                return redirect(url_for("ranking.publish", campaign=current.id))
    return render_template("ranking/entries.html", lines=lines, year=year, groups=current.plan.rank_groups, reasons=reasons), status


@pages.route("/publish", methods=["GET", "POST"])
@needs(Action.RANKING_RECORD)
def publish() -> Answer:
    """Announce the ranking: first what it will do, then, on confirmation, in one act."""
    current = _current()
    year = current.plan.award_basis_year
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
            status = 200
            effect = _effect(current, year, announcement)
            if "confirm" in request.form:
                try:
                    with transaction():
                        ranking.publish(current, year, announcement, actor=actor(), at=now())
                except ActRefused as refused:
                    reasons, status = objection_views(refused.objections), 409
                else:
                    flash(_("Đã công bố kết quả xếp hạng và gửi thông báo cho các đơn vị."), "success")
                    return redirect(url_for("ranking.index", campaign=current.id))
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
                with transaction():
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


def _ranked_units(current: Campaign) -> list[CampaignUnit]:
    indexed = [code for code, criterion in current.plan.criteria.items() if criterion.needs is ResultNeed.INDEX]
    return list(
        db.session.scalars(
            select(CampaignUnit)
            .where(CampaignUnit.campaign_id == current.id, CampaignUnit.criterion.in_(indexed), CampaignUnit.ended_on.is_(None))
            .order_by(CampaignUnit.kind.desc(), CampaignUnit.sort_key)
        )
    )


def _lines(current: Campaign, year: int) -> list[Line]:
    publication = ranking.publication_of(current, year)
    saved = {entry.campaign_unit_id: entry for entry in publication.entries} if publication else {}
    found = []
    for unit in _ranked_units(current):
        entry = saved.get(unit.id)
        found.append(Line(unit, entry.score if entry else "", str(entry.rank) if entry else "", entry.rank_group if entry else ""))
    return found


def _parse(current: Campaign, lines: list[Line]) -> tuple[list[Line], list[PublishedEntry]]:
    """What was typed, line by line; a line left wholly empty is a unit without a published entry."""
    groups = {word.code for word in current.plan.rank_groups}
    typed, parsed = [], []
    for given in lines:
        unit = given.unit
        score, rank, group = (clean(request.form.get(f"{name}-{unit.id}", "")) for name in ("score", "rank", "group"))
        error = ""
        if score or rank or group:
            number = score.replace(",", ".", 1)
            if not number.replace(".", "", 1).isdigit() or not number.isascii() or len(score) > 12 or float(number) > 100:
                error = _("“%(score)s” không phải điểm số từ 0 đến 100, ví dụ 91,25.", score=score)
            elif not (rank.isdecimal() and rank.isascii() and len(rank) <= 3 and int(rank) > 0):
                error = _("“%(rank)s” không phải thứ hạng.", rank=rank)
            elif group not in groups:
                error = _("Hãy chọn nhóm.")
            else:
                parsed.append(PublishedEntry(unit, score, int(rank), group))
        typed.append(Line(unit, score, rank, group, error))
    return typed, parsed


def _effect(current: Campaign, year: int, announcement: Announcement) -> dict[str, Any]:
    """What publishing would do: how many are excellent, which due date, how many days are skipped, how many dossiers move."""
    working = ranking.window_for(current, announcement)
    publication = ranking.publication_of(current, year)
    listed = publication.entries if publication else []
    moved = db.session.scalar(
        select(func.count(Dossier.id)).where(
            Dossier.campaign_id == current.id,
            Dossier.state == DossierState.REGISTERED,
            Dossier.campaign_unit_id.in_([entry.campaign_unit_id for entry in listed]),
        )
    )
    told: date = announcement.notice_date or announcement.decision_date
    return {
        "excellent": sum(entry.rank_group == EXCELLENT for entry in listed),
        "due": working.due,
        "working": working.as_data("announced", f"Quyết định số {announcement.decision_number}"),
        "skipped": len(working.skipped),
        "moved": moved or 0,
        "days_left": (working.due - told).days,
        "short_notice": (working.due - told).days < current.plan.minimum_notice_days,
    }

"""Báo cáo: the year-end report and the closing report, live or frozen; every figure with the list that gives it; charts and downloads."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from models.campaigns import Campaign
from models.db import transaction
from models.reports import FrozenReport
from models.vocabulary import NomineeKind, ReportKind
from reports import year_end, year_end_acts
from reports.figures_lists import EVERYTHING, Scope
from reports.year_end import COLLECTIVE, FIGURES, INDIVIDUAL, SECTIONS, Section, YearEnd
from reports.year_end_charts import CHARTS, Chart, draw, size_of, spoken
from reports.year_end_tables import GRIDS, week_words
from web.access import actor, needs, now
from web.addresses import row_number
from web.frame import campaign, campaigns
from web.wording import objection_views
from workflow.policy import Action, may

pages = Blueprint("reports", __name__, url_prefix="/reports/<any('year-end', closing):name>")

Answer = str | tuple[str, int]
KINDS = {"year-end": ReportKind.YEAR_END, "closing": ReportKind.CLOSING}
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN = 200
"""Rows of a list on one page."""

PLACES = {
    "dossier": ("dossiers.show", "dossier_id"),
    "registration": ("registrations.show", "unit_id"),
    "entry": ("journal.show", "seq"),
    "session": ("council.show", "session_id"),
    "mail": ("letters.show", "mail_id"),
}
"""The pages of what rows are about."""


@pages.url_defaults
def _year_end_first(_endpoint: str, values: dict[str, Any]) -> None:
    """Who asks for the reports without saying which gets the year-end report."""
    values.setdefault("name", "year-end")


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure as the page shows it: how deep it stands under what it is a part of, its lists, and last time's."""

    label: str
    depth: int
    numbers: Sequence[tuple[int, str]]
    previous: tuple[int, str] | None


@pages.get("")
@needs(Action.REPORT_VIEW)
def index(name: str) -> Answer:
    """The report: its figures as tables and charts, what the officer wrote, and when it was frozen."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    report, frozen = _report(current, KINDS[name])
    text = None if frozen else year_end_acts.text_of(current, report.kind)
    report = year_end.with_text(report, text)
    refused = year_end_acts.not_to_close(report)
    page = render_template(
        "reports/index.html",
        name=name,
        current=current,
        report=report,
        frozen=frozen,
        sealed=year_end_acts.sealed_by(frozen) if frozen else None,
        text=text,
        history=year_end_acts.frozen_of(current, report.kind),
        reasons=objection_views([refused] if refused else []),
        sections=[(section, _figures(report, section, current)) for section in SECTIONS],
        grids={grid.code: grid for grid in (make(report) for make in GRIDS)},
        charts={chart: _picture(chart, made(report, _), report) for chart, (_subjects, made) in CHARTS.items()},
        list_url=lambda code, scope=EVERYTHING: list_url(report, code, scope, current),
        awarded=report.list_of("nominees.awarded") if report.kind is ReportKind.CLOSING else [],
        makes=may(actor(), Action.REPORT_MAKE),
    )
    return page, 409 if refused else 200


@pages.get("/lists/<figure>")
@needs(Action.REPORT_VIEW)
def listing(name: str, figure: str) -> str:
    """The list that gives a figure: the very rows that were counted, each with its page."""
    current = current_campaign()
    if figure not in FIGURES:
        raise NotFound
    subject, _figure = FIGURES[figure]
    report, _frozen = _report(current, KINDS[name], [subject.code])
    scope = Scope(**{part: request.args.get(part, "")[:40] for part in ("kind", "district", "week", "nominee")})
    rows = report.list_of(figure, scope)
    start = SHOWN * min(row_number(request.args.get("page")) or 0, len(rows) // SHOWN)
    return render_template(
        "reports/list.html",
        name=name,
        current=current,
        report=report,
        about=_(subject.title),
        label=_(report.labels.get(figure, figure)),
        narrowed=_scope_words(report, scope),
        whole_url=list_url(report, figure, EVERYTHING, current),
        headings=[_(heading) for heading in report.headings.get(subject.code, ())],
        rows=[(row.cells, _place_url(row.place)) for row in rows[start : start + SHOWN]],
        count=len(rows),
        previous_url=list_url(report, figure, scope, current, start // SHOWN - 1) if start else None,
        next_url=list_url(report, figure, scope, current, start // SHOWN + 1) if start + SHOWN < len(rows) else None,
    )


@pages.get("/charts/<chart>.svg")
@needs(Action.REPORT_VIEW)
def picture(name: str, chart: str) -> Response:
    """A chart as an image of its own; asked for again, it is sent again only when a figure in it has changed."""
    if chart not in CHARTS:
        raise NotFound
    subjects, made = CHARTS[chart]
    report, _frozen = _report(current_campaign(), KINDS[name], subjects)
    answer = Response(draw(made(report, _)), mimetype="image/svg+xml")
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:20])
    return answer.make_conditional(request)


@pages.get("/file.<any(docx, xlsx):kind>")
@needs(Action.REPORT_VIEW)
def file(name: str, kind: str) -> Any:
    """The report as a paper to sign, or all its lists as a workbook; the download is recorded."""
    from reports import year_end_docx, year_end_xlsx

    current = current_campaign()
    report, frozen = _report(current, KINDS[name])
    report = report if frozen else year_end.with_text(report, year_end_acts.text_of(current, report.kind))
    refused = year_end_acts.not_to_close(report)
    if refused:
        return render_template("reports/refused.html", name=name, reasons=objection_views([refused]), current=current), 409
    write = year_end_docx.report_docx if kind == "docx" else year_end_xlsx.report_xlsx
    content, file_name = write(report, current), year_end.file_name(report, kind)
    with transaction():
        year_end_acts.record_export(report, current, file_name, actor=actor(), at=now())
    return send_file(io.BytesIO(content), mimetype=TYPES[kind], as_attachment=True, download_name=file_name)


def current_campaign() -> Campaign:
    """The campaign that the person looks at. Raises NotFound when none is open."""
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _report(current: Campaign, kind: ReportKind, subjects: Sequence[str] = ()) -> tuple[YearEnd, FrozenReport | None]:
    """The report that the address names: the frozen one, or the figures as they stand now (only some lists, where they will do)."""
    if request.args.get("frozen"):
        frozen = year_end_acts.find_frozen(current, kind, row_number(request.args["frozen"]) or 0)
        if frozen is None:
            raise NotFound
        return year_end_acts.opened(frozen), frozen
    if subjects:
        return year_end.read(kind, [current], now(), subjects)[0], None
    return year_end.read_beside(kind, current, _previous(current), now()), None


def _previous(current: Campaign) -> Campaign | None:
    return next((other for other in campaigns() if other.year < current.year), None)


def _figures(report: YearEnd, section: Section, current: Campaign) -> list[FigureView]:
    """A section's figures with their links; last time's link to their own list while the report is live."""
    scopes = (COLLECTIVE, INDIVIDUAL, EVERYTHING) if section.by_nominee else (EVERYTHING,)
    previous, shown = _previous(current), report.figures_of(section)
    views = []
    for code in shown:
        before = None
        if report.previous_year is not None and code in report.previous:
            live = previous is not None and report.number is None and previous.year == report.previous_year
            before = report.previous[code], list_url(report, code, EVERYTHING, previous) if live and previous else ""
        numbers = [(report.count(code, scope), list_url(report, code, scope, current)) for scope in scopes]
        views.append(FigureView(_(report.labels[code]), year_end.depth_of(code, shown), numbers, before))
    return views


def list_url(report: YearEnd, code: str, scope: Scope, current: Campaign, page: int = 0) -> str:
    """Where the list stands that gives a figure of a campaign's report, live or frozen."""
    return url_for(
        "reports.listing", name=_name(report), figure=code, campaign=current.id, frozen=report.number, page=page or None, **scope.arguments
    )


def _picture(chart: str, made: Chart, report: YearEnd) -> dict[str, Any]:
    width, height = size_of(made)
    url = url_for("reports.picture", name=_name(report), chart=chart, campaign=current_campaign().id, frozen=report.number)
    return {"url": url, "alt": spoken(made), "width": width, "height": height, "empty": not made.bars}


def _name(report: YearEnd) -> str:
    return next(name for name, kind in KINDS.items() if kind is report.kind)


def _place_url(place: str) -> str:
    noun, _colon, number = place.partition(":")
    if noun not in PLACES:
        return ""
    endpoint, argument = PLACES[noun]
    return url_for(endpoint, **{argument: int(number)})


def _scope_words(report: YearEnd, scope: Scope) -> list[str]:
    """To what a list is narrowed, in words."""
    words = [dict(report.kinds).get(scope.kind, scope.kind), dict(report.districts).get(scope.district, scope.district)]
    if scope.week:
        try:
            words.append(_("tuần %(week)s", week=week_words(scope.week)))
        except ValueError:
            words.append(scope.week)
    if scope.nominee:
        words.append(_(NomineeKind(scope.nominee).label) if scope.nominee in set(NomineeKind) else scope.nominee)
    return [word for word in words if word]

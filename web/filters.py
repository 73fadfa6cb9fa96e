"""Jinja filters: dates, labels of the vocabularies, due dates in words."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask, g
from flask_babel import gettext as _
from markupsafe import Markup, escape

from models.localtime import local_day
from models.vocabulary import DossierState, Labelled, ScanResult, Verdict
from notifications.wording import day_words, due_words, left_words, moment_words, working_lines
from reports.figures_lists import dotted
from workflow.document_appraisal import Slot

SOON_DAYS = 7


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters |= {
        "day": lambda value: day_words(value) if value else "",
        "moment": lambda value: moment_words(value, _) if value else "",
        "iso_day": lambda value: local_day(value).isoformat(),
        "hour": lambda value: f"{value:%H:%M}" if value else "",
        "local_date": lambda value: day_words(local_day(value)),
        "label": label,
        "due": lambda value: due_words(value, _) if value else "",
        "working": lambda value: working_lines(value, _),
        "lines": lines,
        "dotted": dotted,
    }
    app.jinja_env.globals |= {"due_status": due_status, "paper_status": paper_status}


def label(word: Labelled) -> str:
    """A word of a closed vocabulary in the reader's language."""
    return _(word.label)


def lines(text: str) -> Markup:
    """Text of several lines, escaped, its line ends kept."""
    return Markup("<br>").join(escape(part) for part in text.split("\n"))


def paper_status(slot: Slot) -> tuple[str, str]:
    """How a paper that the plan asks for stands, and the colour of its tag: chưa có, đã nộp, cần sửa, đạt; có mã độc."""
    if slot.document is None:
        return _("Chưa có"), "grey"
    if slot.document.latest.scan is ScanResult.INFECTED:
        return _("Có mã độc"), "red"
    if slot.verdict is None:
        return _("Đã nộp"), "blue"
    return _(slot.verdict.verdict.label), "green" if slot.verdict.verdict is Verdict.PASSED else "orange"


def due_status(state: DossierState, due_on: date | None, submitted_at: datetime | None, late: bool) -> tuple[str, str]:
    """How a dossier stands to its due date: words, and the tone of their tag."""
    if submitted_at is not None and state is not DossierState.SELECTED:
        return (_("Đã nộp trễ"), "late") if late else (_("Đã nộp đúng hạn"), "done")
    if due_on is None or state is not DossierState.SELECTED:
        return "", "none"
    today = local_day(g.at)
    days = (due_on - today).days
    if days < 0:
        return _("Quá hạn %(days)s ngày", days=-days), "overdue"
    if days == 0:
        return _("Đến hạn hôm nay"), "today"
    if days <= SOON_DAYS:
        return _("Sắp đến hạn (%(left)s)", left=left_words(due_on, today, _)), "soon"
    return _("Chưa đến hạn (%(left)s)", left=left_words(due_on, today, _)), "none"

"""Lịch và nhắc việc: each milestone with its date and working, what was and will be reminded, month by month, and who is left out."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select, union_all
from werkzeug.datastructures import MultiDict

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Heartbeat, ReminderEntry
from models.vocabulary import DossierState, LetterName, Milestone, ReminderOutcome, SkipReason
from notifications.timetable import SETTABLE, Timetable, set_with, timetable
from notifications.wording import day_words
from web.access import actor, needs, now
from web.forms import DayLine, Form, WholeNumber
from web.frame import campaign
from web.reminder_lines import COMING, LEFT_OUT, PAUSED, WRITTEN, Group, became, grouped, kind_of, lines_between, offset_words
from web.work import dossiers, granted
from workflow import deadlines
from workflow.policy import Action, may

pages = Blueprint("calendar", __name__, url_prefix="/calendar")

AHEAD = 30
"""Days that the forecast looks ahead unless it is asked otherwise."""

LETTERS = {
    Milestone.REGISTRATION: (LetterName.REGISTRATION_REMINDER, LetterName.REGISTRATION_REMINDER_COMPILED, LetterName.REGISTRATION_CLOSED),
    Milestone.SUBMISSION: (LetterName.DOSSIER_REMINDER, LetterName.DOSSIER_OVERDUE),
    Milestone.YEAR_END: (LetterName.YEAR_END_REMINDER,),
}
KINDS = (WRITTEN, COMING, LEFT_OUT, PAUSED)


class PeriodForm(Form):
    """From which day on, and how many days, the forecast is asked for."""

    first = DayLine(_l("Từ ngày"), name="from", id="from")
    days = WholeNumber(_l("Số ngày"), least=1, most=366)


class DayForm(Form):
    """The day whose reminders are listed; none: all."""

    day = DayLine(_l("Ngày"))


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A milestone as the page shows it: its date, the days on which it is reminded of, its letters and the counts."""

    milestone: Milestone
    deadline: Deadline | None
    offsets: list[int]
    paused_at: datetime | None
    letters: tuple[LetterName, ...]
    counts: Counter[str]


@pages.get("")
@needs(Action.CALENDAR_VIEW)
def index() -> str:
    """The campaign's due dates, the dossiers' own, how many reminders were and will be sent, and the worker's last round."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    table, counts = timetable(current), _counts(current)
    today = local_day(now())
    for line in lines_between(current, actor(), today, today + timedelta(days=AHEAD), now(), past=False, table=table):
        counts[set_with(line.milestone)][kind_of(line)] += 1
    return render_template(
        "calendar/index.html",
        milestones=_milestones(current, table, counts),
        open_dossiers=_open_dossiers(current),
        beat=db.session.get(Heartbeat, "worker"),
        feeds=may(actor(), Action.FEED_MANAGE),
        sets=may(actor(), Action.REMINDERS_SET),
        words=may(actor(), Action.LETTER_WORD),
        ahead=AHEAD,
    )


def _milestones(current: Campaign, table: Timetable, counts: dict[Milestone, Counter[str]]) -> list[MilestoneView]:
    rests: dict[Milestone, Deadline] = {}
    query = select(Deadline).where(Deadline.campaign_id == current.id, Deadline.dossier_id.is_(None)).order_by(Deadline.version)
    for deadline in db.session.scalars(query):
        rests[deadline.milestone] = deadline
    return [
        MilestoneView(word, rests.get(word), sorted(table.offsets[word], reverse=True), table.paused.get(word), LETTERS[word], counts[word])
        for word in SETTABLE
    ]


def _counts(current: Campaign) -> dict[Milestone, Counter[str]]:
    """What the ledger holds, by milestone: written, left out, left out by a pause. Of units that the person may see."""
    query = (
        select(ReminderEntry.milestone, ReminderEntry.outcome, ReminderEntry.reason, func.count())
        .join(CampaignUnit, ReminderEntry.campaign_unit_id == CampaignUnit.id)
        .where(ReminderEntry.campaign_id == current.id, granted(actor(), Action.LETTER_VIEW))
        .group_by(ReminderEntry.milestone, ReminderEntry.outcome, ReminderEntry.reason)
    )
    found: dict[Milestone, Counter[str]] = defaultdict(Counter)
    for milestone, outcome, reason, count in db.session.execute(query):
        kind = WRITTEN if outcome is ReminderOutcome.QUEUED else PAUSED if reason is SkipReason.PAUSED else LEFT_OUT
        found[set_with(milestone)][kind] += count
    return found


def _open_dossiers(current: Campaign) -> list[tuple[Dossier, Deadline]]:
    """The dossiers that wait to be submitted, each with the due date that holds."""
    latest = select(func.max(Deadline.id)).where(Deadline.dossier_id == Dossier.id).correlate(Dossier).scalar_subquery()
    query = dossiers(actor(), current).add_columns(Deadline).join(Deadline, Deadline.id == latest)
    query = query.where(Dossier.state == DossierState.SELECTED).order_by(Dossier.due_key, Dossier.sort_key).limit(200)
    return [(row[0], row[1]) for row in db.session.execute(query)]


@pages.get("/forecast")
@needs(Action.CALENDAR_VIEW)
def forecast() -> str:
    """What goes to whom in the coming days, who is left out and why; of days that have passed, what became of each reminder."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    asked = {"from": day_words(local_day(now())), "days": str(AHEAD)} | request.args.to_dict()
    form = PeriodForm(MultiDict(asked))
    shown = form.validate()
    first = form.first.data or local_day(now())
    last = first + timedelta(days=(form.days.data or 1) - 1)
    groups = grouped(lines_between(current, actor(), first, last, now())) if shown else []
    period = {"first": first, "last": last, "shown": shown}
    return render_template("calendar/forecast.html", form=form, groups=groups, offset_words=offset_words, **period)


@pages.get("/reminders")
@needs(Action.CALENDAR_VIEW)
def reminders() -> str:
    """The single reminders, of a day, by a letter, of a milestone or of one kind: who was or will be written to, and what became of it."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    form = DayForm(request.args)
    shown, day, today = form.validate(), form.day.data, local_day(now())
    first, last = (day, day) if day else (date(current.year, 1, 1), today + timedelta(days=AHEAD))
    wanted = {name: request.args.get(name, "") for name in ("letter", "milestone", "kind")}
    lines = [
        line
        for line in (lines_between(current, actor(), first, last, now()) if shown else ())
        if wanted["letter"] in {"", line.letter.value}
        and wanted["milestone"] in {"", set_with(line.milestone).value}
        and wanted["kind"] in {"", kind_of(line)}
    ]
    return render_template(
        "calendar/reminders.html",
        form=form,
        lines=lines[:SHOWN],
        count=len(lines),
        day=day,
        wanted=wanted,
        milestones=SETTABLE,
        kinds=KINDS,
        became=became,
        offset_words=offset_words,
    )


SHOWN = 400
"""Reminders that one page lists; a day of the whole province fits."""


@pages.get("/month")
@needs(Action.CALENDAR_VIEW)
def month() -> str:
    """One month as a table: due dates, reminders and days off, day by day."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    first = _month() or local_day(now()).replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    by_day: dict[date, list[Group]] = defaultdict(list)
    for group in grouped(lines_between(current, actor(), first, last, now())):
        by_day[local_day(group.moment)].append(group)
    off = deadlines.campaign_calendar(current)
    return render_template(
        "calendar/month.html",
        first=first,
        weeks=calendar.Calendar().monthdatescalendar(first.year, first.month),
        groups=by_day,
        due=_due_in(current, first, last),
        off=off,
        today=local_day(now()),
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=(last + timedelta(days=1)).strftime("%Y-%m"),
        offset_words=offset_words,
    )


def _due_in(current: Campaign, first: date, last: date) -> dict[date, list[tuple[Milestone, int]]]:
    """What is due on each day of a month: the campaign's own dates, and how many dossiers that the person may see."""
    own = select(Deadline.milestone, Deadline.due_on, Deadline.version, literal(0)).where(
        Deadline.campaign_id == current.id, Deadline.dossier_id.is_(None), Deadline.milestone != Milestone.SUBMISSION
    )
    of_dossiers = (
        select(literal(Milestone.SUBMISSION, Deadline.milestone.type), Dossier.due_on, literal(0), func.count())
        .join(CampaignUnit, Dossier.campaign_unit_id == CampaignUnit.id)
        .where(Dossier.campaign_id == current.id, Dossier.due_on.between(first, last), granted(actor(), Action.DOSSIER_VIEW))
        .group_by(Dossier.due_on)
    )
    latest: dict[tuple[Milestone, date | None], tuple[date, int]] = {}
    for milestone, day, _version, count in sorted(db.session.execute(union_all(own, of_dossiers)), key=lambda row: row[2]):
        latest[milestone, day if count else None] = (day, count)
    found: dict[date, list[tuple[Milestone, int]]] = defaultdict(list)
    for (milestone, _day), (day, count) in latest.items():
        if first <= day <= last:
            found[day].append((milestone, count))
    return found


def _month() -> date | None:
    """A month of the address, "2021-03"."""
    try:
        found = datetime.strptime(request.args.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None

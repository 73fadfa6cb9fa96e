"""The reminders of one milestone: other offsets with a preview of what they change, pause and resume."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, StringField, ValidationError

from audit.actions import Action as Recorded
from models.campaigns import Campaign
from models.db import rehearsal
from models.localtime import local_day
from models.text import clean
from models.vocabulary import LetterName, Milestone
from notifications.forecast import forecast
from notifications.timetable import SETTABLE, planned, timetable
from notifications.wording import moment_words
from web.access import actor, needs, now
from web.acting import acting
from web.addresses import row_number
from web.calendar import AHEAD
from web.forms import Form
from web.frame import campaign
from web.reminder_lines import offset_words
from web.wording import objection_views
from workflow import reminder_settings
from workflow.acts import ActRefused
from workflow.policy import Action
from workflow.rules.objection import Objection

pages = Blueprint("reminders", __name__, url_prefix="/reminders")
Answer = str | Response | tuple[str, int]
MOST, FURTHEST = 20, 366


class OffsetsForm(Form):
    """Days before the due date, as a row of numbers."""

    offsets = StringField(_l("Nhắc trước hạn"))
    version, key = HiddenField(), HiddenField()

    def validate_offsets(self, field: Field) -> None:
        """Whole numbers between 0 and a year, at most twenty."""
        numbers(field.data)


def numbers(text: str | None) -> list[int]:
    """The offsets in a row of numbers. Raises ValidationError for what is none."""
    found = []
    for part in (text or "").replace(";", ",").split(","):
        word = part.strip()
        if not word:
            continue
        if not (word.isascii() and word.isdigit()) or len(word) > 3 or int(word) > FURTHEST:
            raise ValidationError(_("“%(text)s” không phải số ngày từ 0 đến %(most)s.", text=word, most=FURTHEST))
        found.append(int(word))
    if len(found) > MOST:
        raise ValidationError(_("Không quá %(most)s mốc nhắc.", most=MOST))
    return sorted(set(found), reverse=True)


@pages.get("/<milestone_code>")
@needs(Action.REMINDERS_SET)
def edit(milestone_code: str) -> Answer:
    """The offsets in force, to be changed; pause and resume."""
    current, milestone = _campaign(), _milestone(milestone_code)
    row = reminder_settings.setting_of(current, milestone)
    form = OffsetsForm(
        offsets=", ".join(map(str, sorted(timetable(current).offsets[milestone], reverse=True))),
        version=str(row.version if row else 0),
        key=secrets.token_urlsafe(16),
    )
    return _page(current, milestone, form)


@pages.post("/<milestone_code>")
@needs(Action.REMINDERS_SET)
def save(milestone_code: str) -> Answer:
    """Show what other offsets would change; saved once that was seen."""
    current, milestone, form = _campaign(), _milestone(milestone_code), OffsetsForm()
    if not form.validate():
        return _page(current, milestone, form), 422
    wanted = numbers(form.offsets.data)
    try:
        if request.form.get("do") != "save":
            return _page(current, milestone, form, effect=_effect(current, milestone, wanted, form))
        with acting(Recorded.REMINDERS_SET, current, _key(form)):
            reminder_settings.set_offsets(current, milestone, wanted, version=_version(form), actor=actor(), at=now(), key=_key(form))
    except ActRefused as refused:
        return _page(current, milestone, form, refused.objections), 409
    except (IntegrityError, StaleDataError):
        return _page(current, milestone, form, [Objection("reminders_changed", {})]), 409
    flash(_("Đã lưu mốc nhắc."), "success")
    return redirect(url_for("calendar.index"))


@pages.post("/<milestone_code>/pause")
@needs(Action.REMINDERS_SET)
def pause(milestone_code: str) -> Answer:
    """Remind of nothing for this milestone for now."""
    return _switch(milestone_code, stop=True)


@pages.post("/<milestone_code>/resume")
@needs(Action.REMINDERS_SET)
def resume(milestone_code: str) -> Answer:
    """Remind again."""
    return _switch(milestone_code, stop=False)


def _switch(code: str, *, stop: bool) -> Answer:
    current, milestone, form = _campaign(), _milestone(code), OffsetsForm()
    act = reminder_settings.pause if stop else reminder_settings.resume
    try:
        with acting(Recorded.REMINDERS_PAUSE if stop else Recorded.REMINDERS_RESUME, current, _key(form)):
            act(current, milestone, version=_version(form), actor=actor(), at=now(), key=_key(form))
    except (ActRefused, IntegrityError, StaleDataError) as refused:
        objections = refused.objections if isinstance(refused, ActRefused) else [Objection("reminders_changed", {})]
        form.offsets.data = ", ".join(map(str, sorted(timetable(current).offsets[milestone], reverse=True)))
        return _page(current, milestone, form, objections), 409
    flash(_("Đã tạm dừng nhắc.") if stop else _("Đã nhắc trở lại."), "success")
    return redirect(url_for("calendar.index"))


def _effect(current: Campaign, milestone: Milestone, wanted: list[int], form: OffsetsForm) -> list[str]:
    """What the coming days would bring otherwise, from a rehearsal that is rolled back: occasions that are added, and that fall away."""
    until = now() + timedelta(days=AHEAD)

    def occasions() -> Counter[tuple[str, LetterName, int]]:
        lines = forecast(current, now(), until, waiting=False)
        return Counter((line.moment.isoformat(), line.letter, line.offset) for line in lines if line.writes)

    before = occasions()
    with rehearsal():
        reminder_settings.set_offsets(current, milestone, wanted, version=_version(form), actor=actor(), at=now())
        after = occasions()
    changes = sorted({key for key in before | after if before[key] != after[key]})
    return [_("%(what)s: %(letter)s, %(offset)s, %(time)s: %(count)s đơn vị", **_words(key, after[key] - before[key])) for key in changes]


def _words(key: tuple[str, LetterName, int], change: int) -> dict[str, object]:
    moment, letter, offset = key
    return {
        "what": _("Thêm") if change > 0 else _("Bỏ"),
        "letter": _(letter.label),
        "offset": offset_words(offset),
        "time": moment_words(datetime.fromisoformat(moment), _),
        "count": abs(change),
    }


def _page(
    current: Campaign, milestone: Milestone, form: OffsetsForm, objections: list[Objection] | None = None, effect: list[str] | None = None
) -> str:
    return render_template(
        "calendar/setting.html",
        milestone=milestone,
        form=form,
        planned=planned(current.plan, milestone),
        paused_at=timetable(current).paused.get(milestone),
        reasons=objection_views(objections or []),
        effect=effect,
        ahead=AHEAD,
        today=local_day(now()),
    )


def _campaign() -> Campaign:
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _milestone(code: str) -> Milestone:
    if code not in {word.value for word in SETTABLE}:
        raise NotFound
    return Milestone(code)


def _version(form: OffsetsForm) -> int:
    return row_number(form.version.data) or 0


def _key(form: OffsetsForm) -> str | None:
    return clean(form.key.data or "")[:64] or None

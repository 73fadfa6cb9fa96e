"""Lịch và nhắc việc: each milestone with its date and working, what was reminded, and when the worker last looked."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import func, select

from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.outbox import Heartbeat, ReminderEntry
from models.vocabulary import DossierState, Milestone
from web.access import actor, needs
from web.frame import campaign
from web.work import dossiers
from workflow import deadlines
from workflow.policy import Action

pages = Blueprint("calendar", __name__, url_prefix="/calendar")


@pages.get("")
@needs(Action.CALENDAR_VIEW)
def index() -> str:
    """The campaign's due dates, the dossiers' own, and the reminders that were sent or passed over."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    milestones = [deadline for word in Milestone if (deadline := deadlines.current(current, word)) is not None]
    open_dossiers = list(
        db.session.scalars(
            dossiers(actor(), current).where(Dossier.state == DossierState.SELECTED).order_by(Dossier.due_key, Dossier.sort_key).limit(200)
        )
    )
    latest = (
        select(func.max(Deadline.id))
        .where(Deadline.dossier_id.in_([dossier.id for dossier in open_dossiers]))
        .group_by(Deadline.dossier_id)
    )
    rows = {row.dossier_id: row for row in db.session.scalars(select(Deadline).where(Deadline.id.in_(latest)))}
    sent = db.session.execute(
        select(ReminderEntry.milestone, ReminderEntry.offset_days, ReminderEntry.outcome, func.count(), func.max(ReminderEntry.at))
        .where(ReminderEntry.campaign_id == current.id)
        .group_by(ReminderEntry.milestone, ReminderEntry.offset_days, ReminderEntry.outcome)
        .order_by(ReminderEntry.milestone, ReminderEntry.offset_days.desc())
    ).all()
    return render_template(
        "calendar/index.html",
        milestones=milestones,
        open_dossiers=open_dossiers,
        dates=rows,
        sent=sent,
        beat=db.session.get(Heartbeat, "worker"),
    )

"""A dossier's way so far and what comes next, as its page shows them: step indicator, next-step panel, timeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.db import db
from models.dossiers import Dossier
from models.localtime import local
from models.people import User
from models.vocabulary import SPINE, AuditResult, DossierState, Relation, Step
from web.access import actor
from web.wording import entry_view, objection_views
from web.work import MAIN_STEP
from workflow.machine import transitions
from workflow.policy import Action, may
from workflow.procedure import DossierProcedure
from workflow.steps import StepOption

BRIEF = (
    *(
        "reason",
        "comment",
        "verdict",
        "number",
        "date",
        "due_on",
        "fewer_reason",
        "file",
        "find",
        "second_officer",
        "minutes_number",
        "step",
    ),
    *("new_due", "asked_due", "received_on", "received_by", "note", "name"),
)
"""What the timeline shows of an entry; the log page shows all of it."""
BACKWARDS = frozenset({Recorded.of_step(Step.SEND_BACK), Recorded.of_step(Step.CORRECT)})


def told(dossier: Dossier) -> tuple[list[AuditEntry], dict[int, str]]:
    """The entries of a dossier, the oldest first, and the names of those who acted, by id."""
    query = select(AuditEntry, User.full_name).outerjoin(User, AuditEntry.actor_id == User.id).where(AuditEntry.dossier_id == dossier.id)
    rows = db.session.execute(query.order_by(AuditEntry.seq)).all()
    return [row[0] for row in rows], {row[0].actor_id: row.full_name for row in rows if row.full_name}


def indicator(dossier: Dossier, entries: list[AuditEntry], people: Mapping[int, str]) -> list[dict[str, str]]:
    """The six steps of the spine, and the Chairman's decision behind them; under each that was reached, when and by whom it last was.

    A return and a correction lead back to a step: it keeps the day and the officer that it had.
    """
    reached: dict[str, AuditEntry] = {}
    stopped_at = DossierState.REGISTERED
    for entry in entries:
        view = entry_view(entry)
        if view.refused or not view.change:
            continue
        target = DossierState(_target(entry))
        stopped_at = target if target in SPINE else stopped_at
        if entry.action not in BACKWARDS or target not in reached:
            reached[target] = entry
    decided = dossier.state in {DossierState.AWARDED, DossierState.NOT_AWARDED}
    ended = dossier.state not in SPINE
    position = SPINE.index(stopped_at if ended else dossier.state)
    steps = []
    for number, state in enumerate((*SPINE, dossier.state) if decided else SPINE):
        entry = reached.get(state.value) if number <= position or state is dossier.state else None
        if state is DossierState.NOT_AWARDED or (number == position and ended and not decided):
            status = "stopped"
        elif number < position or decided:
            status = "done"
        else:
            status = "current" if number == position else "upcoming"
        who = people.get(entry.actor_id or 0, _("Hệ thống")) if entry else ""
        steps.append({"label": _(state.label), "state": status, "date": f"{local(entry.at):%d/%m/%Y}" if entry else "", "who": who})
    return steps


def _target(entry: AuditEntry) -> str:
    return str(json.loads(entry.rec)["to"])


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next-step panel: the main step with what stands against it, the other steps of this person, or whom the dossier waits for."""

    main: StepOption | None
    shut: list[Any]
    others: list[StepOption]
    waits_for: str


def next_step(dossier: Dossier, options: list[StepOption]) -> NextStep:
    """The panel for the person who looks: their main step if it is theirs, their other steps, or who is to act."""
    wanted = MAIN_STEP.get(dossier.state)
    main = next((option for option in options if option.step is wanted and option.permitted), None)
    others = [option for option in options if option.permitted and option is not main]
    shut = objection_views(main.objections, dossier, main.step) if main and main.objections else []
    waits_for = ""
    if main is None and wanted is not None:
        pairs = transitions(DossierProcedure)[dossier.state, wanted].requirements.permission.pairs
        unit = dossier.campaign_unit
        fitting = [(r, rel) for r, rel in pairs if not (rel is Relation.COMPILES and unit.compiled_by is None)]
        if unit.compiled_by is not None and any(rel is Relation.COMPILES for _r, rel in fitting):
            waits_for = unit.compiled_by.name
        elif any(rel is Relation.SUBMITS for _r, rel in fitting):
            waits_for = dossier.submits.name
        else:
            waits_for = _(fitting[0][0].label)
    return NextStep(main, shut, others, waits_for)


def timeline(entries: list[AuditEntry], people: Mapping[int, str]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The history by day, the latest first; `?only=steps` leaves out refusals and other acts."""
    only = request.args.get("only", "")
    days: dict[str, list[dict[str, Any]]] = {}
    for entry in reversed(entries):
        view = entry_view(entry)
        if only == "steps" and (view.refused or not view.change):
            continue
        if only == "refused" and entry.result is not AuditResult.REFUSED:
            continue
        days.setdefault(f"{local(entry.at):%d/%m/%Y}", []).append(
            {
                "time": f"{local(entry.at):%H:%M:%S}",
                "title": view.sentence,
                "who": people.get(entry.actor_id or 0, _("Hệ thống")),
                "capacity": view.capacity if "." in view.capacity else "",
                "body_html": Markup(render_template("dossiers/_entry.html", view=view, brief=BRIEF)),  # noqa: S704 (an escaped template)
                "refused": view.refused,
                "href": url_for("journal.show", seq=entry.seq) if may(actor(), Action.AUDIT_VIEW) else "",
            }
        )
    return list(days.items())

"""Hồ sơ: the list with its filters, and the page of one dossier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem
from models.db import db
from models.decisions import Extension
from models.documents import Document
from models.dossiers import Dossier
from models.localtime import local, local_day
from models.outbox import Notice
from models.people import User
from models.vocabulary import SPINE, AuditResult, DossierState, Relation
from web import keyset
from web.access import actor, needs, now, see
from web.frame import campaign
from web.names import named, nearest
from web.wording import entry_view, objection_views
from web.work import COUNTED, MAIN_STEP, granted
from workflow import deadlines
from workflow.machine import transitions
from workflow.policy import Action, may
from workflow.procedure import DossierProcedure
from workflow.situation import Situation
from workflow.steps import StepOption, steps_from

pages = Blueprint("dossiers", __name__, url_prefix="/dossiers")

District = aliased(CampaignUnit)
SORTS: Mapping[str, tuple[Any, str, bool]] = {
    "name": (Dossier.sort_key, "sort_key", False),
    "due": (Dossier.due_key, "due_key", False),
    "changed": (Dossier.state_since, "state_since", True),
}
BRIEF = ("reason", "number", "date", "due_on", "fewer_reason", "file", "second_officer", "minutes_number", "step")
"""What the timeline shows of an entry; the log page shows all of it."""
DUE = ("overdue", "soon", "later", "late")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as the address says it; unknown words narrow nothing."""

    q: str
    state: str
    kind: str
    district: int | None
    due: str
    sort: str

    @classmethod
    def read(cls) -> Filters:
        """The filters in the address of this request."""
        arguments = request.args
        return cls(
            q=arguments.get("q", "")[:200].strip(),
            state=arguments["state"] if arguments.get("state") in set(DossierState) else "",
            kind=arguments.get("kind", "")[:40],
            district=arguments.get("district", type=int),
            due=arguments["due"] if arguments.get("due") in DUE else "",
            sort=arguments["sort"] if arguments.get("sort") in SORTS else "name",
        )


@pages.get("")
@needs(Action.DOSSIER_VIEW)
def index() -> str:
    """The dossiers of the campaign that the person may see, filtered, sorted, 50 a page."""
    current, filters = campaign(), Filters.read()
    if current is None:
        return render_template("inbox/empty.html")
    query = _query(current).where(*_conditions(filters))
    instead = None
    if filters.q and db.session.execute(query.limit(1)).first() is None:
        instead = nearest(filters.q, current)
        query = _query(current).where(*_conditions(replace(filters, q=instead))) if instead else query
    column, name, descending = SORTS[filters.sort]
    found = keyset.page(query, [column, Dossier.id], [name, "id"], descending=descending)
    counted = query.with_only_columns(literal(1)).order_by(None).limit(COUNTED * 10).subquery()
    count = db.session.scalar(select(func.count()).select_from(counted)) or 0
    return render_template(
        "dossiers/index.html",
        page=found,
        filters=filters,
        instead=instead,
        tags=_tags(filters, current),
        count=f"{count - 1}+" if count == COUNTED * 10 else str(count),
        states=list(DossierState),
        due_words=list(due_words().items()),
        kinds=current.plan.kinds,
        districts=_districts(current),
        sort_url=lambda key: url_for("dossiers.index", **{**request.args.to_dict(), "sort": key, "after": None, "before": None}),
    )


def _query(current: Campaign) -> Select[Any]:
    return (
        select(
            Dossier.id,
            Dossier.code,
            Dossier.state,
            Dossier.due_on,
            Dossier.due_key,
            Dossier.state_since,
            Dossier.sort_key,
            Dossier.submitted_at,
            Dossier.submitted_late,
            CampaignUnit.name,
            CampaignUnit.kind,
            District.name.label("district"),
        )
        .join(CampaignUnit, Dossier.campaign_unit_id == CampaignUnit.id)
        .outerjoin(District, CampaignUnit.compiled_by_id == District.id)
        .where(Dossier.campaign_id == current.id, granted(actor(), Action.DOSSIER_VIEW))
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    today = local_day(now())
    if filters.q:
        found += named(filters.q)
    if filters.state:
        found.append(Dossier.state == DossierState(filters.state))
    if filters.kind:
        found.append(CampaignUnit.kind == filters.kind)
    if filters.district is not None:
        found.append((CampaignUnit.compiled_by_id == filters.district) | (CampaignUnit.submits_id == filters.district))
    open_window = Dossier.state == DossierState.SELECTED
    if filters.due == "overdue":
        found += [open_window, Dossier.due_on < today]
    elif filters.due == "soon":
        found += [open_window, Dossier.due_on.between(today, today + timedelta(days=7))]
    elif filters.due == "later":
        found += [open_window, Dossier.due_on > today + timedelta(days=7)]
    elif filters.due == "late":
        found.append(Dossier.submitted_late)
    return found


def _tags(filters: Filters, current: Campaign) -> list[dict[str, str]]:
    district = db.session.get(CampaignUnit, filters.district) if filters.district else None
    words = {
        "q": _("Tìm: %(q)s", q=filters.q) if filters.q else "",
        "state": _(DossierState(filters.state).label) if filters.state else "",
        "kind": current.plan.kinds[filters.kind].label if filters.kind in current.plan.kinds else filters.kind,
        "district": district.name if district else "",
        "due": due_words().get(filters.due, ""),
    }
    kept = request.args.to_dict()
    return [
        {"label": label, "remove_url": url_for("dossiers.index", **{**kept, name: None, "after": None, "before": None})}
        for name, label in words.items()
        if label
    ]


def due_words() -> dict[str, str]:
    """The due filter in words."""
    return {"overdue": _("Quá hạn"), "soon": _("Đến hạn trong 7 ngày"), "later": _("Chưa đến hạn"), "late": _("Đã nộp trễ")}


def _districts(current: Campaign) -> list[CampaignUnit]:
    compiling = select(CampaignUnit.compiled_by_id).where(CampaignUnit.campaign_id == current.id)
    return list(db.session.scalars(select(CampaignUnit).where(CampaignUnit.id.in_(compiling)).order_by(CampaignUnit.sort_key)))


@pages.get("/<int:dossier_id>")
@needs(Action.DOSSIER_VIEW)
def show(dossier_id: int) -> str:
    """One dossier: where it stands, what is next and what stands against it, its papers, people, letters and history."""
    dossier = see(
        db.session.get(
            Dossier,
            dossier_id,
            options=[
                joinedload(Dossier.campaign_unit),
                joinedload(Dossier.submits),
                selectinload(Dossier.nominees),
                selectinload(Dossier.documents).selectinload(Document.versions),
            ],
        )
    )
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.dossier_id == dossier.id).order_by(AuditEntry.seq)))
    people = _people(entries)
    options = steps_from(dossier, actor=actor(), at=now())
    situation = Situation(dossier, actor(), now())
    dates = deadlines.of_dossier(dossier)
    item = db.session.scalars(select(AgendaItem).where(AgendaItem.dossier_id == dossier.id).order_by(AgendaItem.id.desc())).first()
    return render_template(
        "dossiers/show.html",
        dossier=dossier,
        situation=situation,
        indicator=_indicator(dossier, entries, people),
        next=_next(dossier, options),
        deadline=dates[-1] if dates and dossier.due_on else None,
        dates=dates,
        extensions=list(db.session.scalars(select(Extension).where(Extension.dossier_id == dossier.id))),
        agenda_item=item,
        notices=list(
            db.session.scalars(
                select(Notice)
                .where(Notice.dossier_id == dossier.id)
                .options(selectinload(Notice.mails), joinedload(Notice.campaign_unit))
                .order_by(Notice.id.desc())
            )
        ),
        days=_timeline(entries, people),
        may=lambda action: may(actor(), action, dossier.campaign_unit, dossier.state),
        Action=Action,
    )


def _people(entries: list[AuditEntry]) -> dict[int, str]:
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    return {row.id: row.full_name for row in db.session.execute(select(User.id, User.full_name).where(User.id.in_(ids)))}


def _indicator(dossier: Dossier, entries: list[AuditEntry], people: Mapping[int, str]) -> list[dict[str, str]]:
    """The six steps of the spine; under each that was reached, when and by whom it last was."""
    reached: dict[str, AuditEntry] = {}
    for entry in entries:
        view = entry_view(entry)
        if not view.refused and view.change:
            reached[_target(entry)] = entry
    ended = dossier.state not in SPINE
    last = max((SPINE.index(state) for state in SPINE if state.value in reached), default=0)
    position = last if ended else SPINE.index(dossier.state)
    steps = []
    for number, state in enumerate(SPINE):
        entry = reached.get(state.value) if number <= position else None
        finished = dossier.state in {DossierState.AWARDED, DossierState.NOT_AWARDED}
        status = "done" if number < position or (number == position and finished) else "upcoming"
        if number == position and not finished:
            status = "stopped" if ended else "current"
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


def _next(dossier: Dossier, options: list[StepOption]) -> NextStep:
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


def _timeline(entries: list[AuditEntry], people: Mapping[int, str]) -> list[tuple[str, list[dict[str, Any]]]]:
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

"""Hồ sơ: the list with its filters, and the page of one dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem
from models.db import db
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee, NomineeAnswer
from models.localtime import local_day
from models.outbox import Notice
from models.plan import Plan
from models.registrations import Registration
from models.vocabulary import DossierState
from web import keyset, papers
from web.access import actor, needs, now, see
from web.addresses import row_number
from web.frame import campaign
from web.history import indicator, next_step, timeline, told
from web.names import named, nearest
from web.nominee_views import nominee_views, situation_of
from web.paper_filters import PAPERS, paper_conditions, paper_words
from web.work import COUNTED, granted
from workflow.document_appraisal import reports_alike, slots_of
from workflow.policy import Action, may
from workflow.steps import steps_from

pages = Blueprint("dossiers", __name__, url_prefix="/dossiers")

District = aliased(CampaignUnit)
SORTS: Mapping[str, tuple[Any, str, bool]] = {
    "name": (Dossier.sort_key, "sort_key", False),
    "due": (Dossier.due_key, "due_key", False),
    "changed": (Dossier.state_since, "state_since", True),
}
KEPT = ("q", "state", "kind", "district", "due", "sort", "missing")
"""What an address keeps of the list on the way to one of its dossiers."""

DUE = ("overdue", "soon", "later", "late")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as the address says it; unknown words narrow nothing."""

    q: str
    state: str
    kind: str
    district: int | None
    due: str
    papers: str
    sort: str

    @classmethod
    def read(cls) -> Filters:
        """The filters in the address of this request."""
        arguments = request.args
        return cls(
            q=arguments.get("q", "")[:200].strip(),
            state=arguments["state"] if arguments.get("state") in set(DossierState) else "",
            kind=arguments.get("kind", "")[:40],
            district=row_number(arguments.get("district")),
            due=arguments["due"] if arguments.get("due") in DUE else "",
            papers=arguments["papers"] if arguments.get("papers") in PAPERS else "",
            sort=arguments["sort"] if arguments.get("sort") in SORTS else "name",
        )


@pages.get("")
@needs(Action.DOSSIER_VIEW)
def index() -> str:
    """The dossiers of the campaign that the person may see, filtered, sorted, 50 a page."""
    current, filters = campaign(), Filters.read()
    if current is None:
        return render_template("inbox/empty.html")
    query = _query(current).where(*_conditions(filters, current.plan))
    instead = None
    if filters.q and db.session.execute(query.limit(1)).first() is None:
        instead = nearest(filters.q, current)
        query = _query(current).where(*_conditions(replace(filters, q=instead), current.plan)) if instead else query
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
        paper_words=list(paper_words().items()),
        kinds=current.plan.kinds,
        districts=_districts(current),
        appraises=may(actor(), Action.APPRAISAL_VIEW),
        extends=may(actor(), Action.EXTENSION_GRANT),
        kept="?" + urlencode({"sort": filters.sort} | {name: value for name, value in request.args.items() if name in KEPT and value}),
        reminds=may(actor(), Action.DOSSIER_REMIND) and any(row.state is DossierState.SELECTED for row in found.rows),
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


def _conditions(filters: Filters, plan: Plan) -> list[ColumnElement[bool]]:
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
    return found + paper_conditions(filters.papers, plan)


def _tags(filters: Filters, current: Campaign) -> list[dict[str, str]]:
    district = db.session.get(CampaignUnit, filters.district) if filters.district else None
    words = {
        "q": _("Tìm: %(q)s", q=filters.q) if filters.q else "",
        "state": _(DossierState(filters.state).label) if filters.state else "",
        "kind": current.plan.kinds[filters.kind].label if filters.kind in current.plan.kinds else filters.kind,
        "district": district.name if district else "",
        "due": due_words().get(filters.due, ""),
        "papers": paper_words().get(filters.papers, ""),
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


PAGE: tuple[ORMOption, ...] = (
    joinedload(Dossier.campaign_unit),
    joinedload(Dossier.submits),
    joinedload(Dossier.registration).joinedload(Registration.individuals),
    joinedload(Dossier.nominees).options(
        joinedload(Nominee.confirmations),
        selectinload(Nominee.answers).joinedload(NomineeAnswer.evidence).joinedload(Document.versions),
    ),
    joinedload(Dossier.deadlines),
    joinedload(Dossier.extensions),
    joinedload(Dossier.extension_requests),
    joinedload(Dossier.original_receipts),
    selectinload(Dossier.documents).joinedload(Document.versions).joinedload(DocumentVersion.verdicts),
)
"""What the page and the sheet of one dossier show, loaded along, so that a page stays within its dozen statements."""


@pages.get("/<int:dossier_id>")
@needs(Action.DOSSIER_VIEW)
def show(dossier_id: int) -> str:
    """One dossier: where it stands, what is next and what stands against it, its papers, people, letters and history."""
    dossier = see(
        db.session.get(
            Dossier,
            dossier_id,
            options=[
                *PAGE,
                joinedload(Dossier.sign_offs),
                joinedload(Dossier.agenda_items).joinedload(AgendaItem.session),
            ],
        )
    )
    entries, people = told(dossier)
    situation = situation_of(dossier)
    options = steps_from(dossier, actor=actor(), at=now(), met=situation)
    return render_template(
        "dossiers/show.html",
        dossier=dossier,
        situation=situation,
        slots=slots_of(dossier),
        alike=reports_alike(dossier),
        indicator=indicator(dossier, entries, people),
        next=next_step(dossier, options),
        people=nominee_views(situation),
        deadline=dossier.deadlines[-1] if dossier.deadlines and dossier.due_on else None,
        beside=_beside(dossier),
        kept=request.args.to_dict(),
        agenda_item=next(reversed(dossier.agenda_items), None),
        notices=list(
            db.session.scalars(
                select(Notice)
                .where(Notice.dossier_id == dossier.id)
                .options(joinedload(Notice.mails), joinedload(Notice.campaign_unit))
                .order_by(Notice.id.desc())
            ).unique()
        ),
        offers=papers.offers(dossier),
        warned=papers.warned(dossier),
        days=timeline(entries, people),
        may=lambda action: may(actor(), action, dossier.campaign_unit, dossier.state),
        Action=Action,
    )


def _beside(dossier: Dossier) -> keyset.Beside:
    """The dossiers before and after this one in the list that the person came from."""
    filters = Filters.read()
    if not any(name in request.args for name in KEPT):
        return keyset.Beside(None, None)
    query = _query(dossier.campaign).where(*_conditions(filters, dossier.campaign.plan))
    column, name, descending = SORTS[filters.sort]
    return keyset.beside(query, [column, Dossier.id], [getattr(dossier, name), dossier.id], descending=descending)


@pages.get("/<int:dossier_id>/sheet")
@needs(Action.DOSSIER_VIEW)
def sheet(dossier_id: int) -> str:
    """One dossier on A4: what the appraiser and the council have before them."""
    dossier = see(db.session.get(Dossier, dossier_id, options=list(PAGE)))
    situation = situation_of(dossier)
    return render_template("dossiers/sheet.html", dossier=dossier, situation=situation, people=nominee_views(situation))

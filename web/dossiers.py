"""Hồ sơ: the list with its filters, and the page of one dossier."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import func, literal, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem
from models.db import db
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee, NomineeAnswer
from models.outbox import Notice
from models.registrations import Registration
from models.vocabulary import DossierState, Milestone
from notifications.timetable import Occasion, timetable
from web import keyset, papers
from web.access import actor, needs, now, see
from web.dossier_filters import SORTS, Filters, due_words, filter_words, found_by
from web.frame import campaign
from web.history import indicator, next_step, timeline, told
from web.nominee_views import nominee_views, situation_of
from web.paper_filters import paper_words
from web.work import COUNTED
from workflow.document_appraisal import reports_alike, slots_of
from workflow.policy import Action, may
from workflow.saved_views import views_of
from workflow.steps import steps_from

pages = Blueprint("dossiers", __name__, url_prefix="/dossiers")


@pages.get("")
@needs(Action.DOSSIER_VIEW)
def index() -> str:
    """The dossiers of the campaign that the person may see, filtered, sorted, 50 a page."""
    current, filters = campaign(), Filters.read()
    if current is None:
        return render_template("inbox/empty.html")
    query, instead = found_by(current, filters)
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
        kept=f"?{filters.address}",
        views=views_of(actor(), current),
        reminds=may(actor(), Action.DOSSIER_REMIND) and any(row.state is DossierState.SELECTED for row in found.rows),
        sort_url=lambda key: url_for("dossiers.index", **{**filters.arguments, "sort": key}),
    )


def _tags(filters: Filters, current: Campaign) -> list[dict[str, str]]:
    """The filters in force, each with the address of the list without it."""
    arguments = filters.arguments
    return [
        {"label": label, "remove_url": url_for("dossiers.index", **{other: value for other, value in arguments.items() if other != name})}
        for name, label in filter_words(filters, current).items()
    ]


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
        kept=_from_list(),
        agenda_item=next(reversed(dossier.agenda_items), None),
        notices=list(
            db.session.scalars(
                select(Notice)
                .where(Notice.dossier_id == dossier.id)
                .options(joinedload(Notice.mails), joinedload(Notice.campaign_unit))
                .order_by(Notice.id.desc())
            ).unique()
        ),
        reminder=_next_reminder(dossier),
        offers=papers.offers(dossier),
        warned=papers.warned(dossier),
        days=timeline(entries, people),
        only=request.args.get("only", ""),
        may=lambda action: may(actor(), action, dossier.campaign_unit, dossier.state),
        Action=Action,
    )


def _next_reminder(dossier: Dossier) -> tuple[Occasion, bool] | None:
    """The next reminder of a dossier that waits to be submitted, and whether reminding is paused."""
    if dossier.state is not DossierState.SELECTED or dossier.due_on is None:
        return None
    table = timetable(dossier.campaign)
    occasion = table.next_about(dossier.due_on, now())
    return (occasion, table.is_paused(Milestone.SUBMISSION)) if occasion else None


def _from_list() -> dict[str, str]:
    """What the address keeps of the list that the person came from; nothing where they came from elsewhere."""
    arguments = Filters.read().arguments
    return arguments if any(name in request.args for name in arguments) else {}


def _beside(dossier: Dossier) -> keyset.Beside:
    """The dossiers before and after this one in the list that the person came from."""
    filters = Filters.read()
    if not _from_list():
        return keyset.Beside(None, None)
    query, _instead = found_by(dossier.campaign, filters)
    column, name, descending = SORTS[filters.sort]
    return keyset.beside(query, [column, Dossier.id], [getattr(dossier, name), dossier.id], descending=descending)


@pages.get("/<int:dossier_id>/sheet")
@needs(Action.DOSSIER_VIEW)
def sheet(dossier_id: int) -> str:
    """One dossier on A4: what the appraiser and the council have before them."""
    dossier = see(db.session.get(Dossier, dossier_id, options=list(PAGE)))
    situation = situation_of(dossier)
    return render_template("dossiers/sheet.html", dossier=dossier, situation=situation, people=nominee_views(situation))

"""Dự thảo văn bản: the papers of a dossier, a session or a whole list as drafts to check, number and sign; each download is recorded."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from documents import drafts
from documents.drafts import LISTS, SESSION_PAPERS, UNIT_PAPERS, Subject
from models.campaigns import Campaign
from models.council import CouncilSession
from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import Capacity, DossierState, NomineeKind, PaperKind
from web.access import actor, allow, needs, now, see
from web.addresses import row_number
from web.forms import Form, Pick, Ticks, options
from web.frame import campaign
from web.registrations import DOCX
from web.wording import ObjectionView, objection_views
from workflow.policy import Action, may
from workflow.rules.objection import Objection

pages = Blueprint("papers", __name__)

PREPARING = (DossierState.SELECTED, DossierState.SUBMITTED)


class DraftForm(Form):
    """Which paper, who signs it, and which further dossiers it serves."""

    paper = Pick(_l("Văn bản"))
    capacity = Pick(_l("Người ký"))
    others = Ticks(_l("Lập chung cho các hồ sơ khác của cơ quan trình"), name="with")


@dataclass(frozen=True, slots=True)
class Offer:
    """A draft that the person may take away: its name, its kind, whose report it is, and its address."""

    label: str
    kind: PaperKind
    nominee: int | None
    url: str

    @property
    def key(self) -> str:
        """How the form names it."""
        return f"{self.kind.value}:{self.nominee or ''}"


@pages.get("/dossiers/<int:dossier_id>/papers")
@needs(Action.PAPER_DRAFT)
def index(dossier_id: int) -> str | AnyResponse:
    """Choose a draft of a dossier, who signs it and for which further dossiers of the submitting unit; then take it away."""
    dossier = see(db.session.get(Dossier, dossier_id))
    allow(Action.PAPER_DRAFT, dossier.campaign_unit)
    offered, form = offers(dossier), DraftForm()
    chosen = next((offer for offer in offered if offer.key == request.args.get("paper")), None)
    if chosen is not None:
        shared = request.args.getlist("with") if chosen.kind in UNIT_PAPERS else []
        more = {"nominee": chosen.nominee, "capacity": request.args.get("capacity") or None, "with": shared or None}
        return redirect(url_for("papers.dossier", dossier_id=dossier_id, kind=chosen.kind.value, **more))
    form.paper.choices = options((offer.key, offer.label) for offer in offered)
    form.capacity.choices = options([("", _("Người đứng đầu")), *((c.value, f"{c.value} ({_(c.label)})") for c in Capacity)])
    form.others.choices = options((other.id, f"{other.code} – {other.campaign_unit.long_name}") for other in _others(dossier))
    return render_template("dossiers/papers.html", dossier=dossier, form=form, offers=offered, warned=warned(dossier))


def _others(dossier: Dossier) -> list[Dossier]:
    """The further dossiers that the submitting unit prepares and the person may draft for."""
    others = select(Dossier).where(
        Dossier.campaign_id == dossier.campaign_id,
        Dossier.submits_id == dossier.submits_id,
        Dossier.id != dossier.id,
        Dossier.state.in_(PREPARING),
    )
    found = db.session.scalars(others.options(joinedload(Dossier.campaign_unit)).order_by(Dossier.sort_key))
    return [other for other in found if may(actor(), Action.PAPER_DRAFT, other.campaign_unit)]


@pages.get("/dossiers/<int:dossier_id>/papers/<kind>.docx")
@needs(Action.PAPER_DRAFT)
def dossier(dossier_id: int, kind: str) -> Response:
    """A draft of one dossier; `nominee` names whose report, `with` further dossiers of the same submitting unit."""
    found, paper = see(db.session.get(Dossier, dossier_id)), _kind(kind)
    if paper in LISTS or paper in SESSION_PAPERS:
        raise NotFound
    allow(_permits(paper), found.campaign_unit)
    subject: Subject = found
    if request.args.get("nominee"):
        subject = next((n for n in found.nominees if str(n.id) == request.args["nominee"]), None) or _missing()
    elif paper in UNIT_PAPERS:
        others = [see(db.session.get(Dossier, row_number(other) or 0)) for other in request.args.getlist("with")]
        for other in others:
            allow(_permits(paper), other.campaign_unit)
        subject = [found, *others] if others else found
    return _download(paper, subject)


@pages.get("/council/<int:session_id>/papers/<kind>.docx")
@needs(Action.COUNCIL_VIEW)
def session(session_id: int, kind: str) -> Response:
    """The agenda or the minutes of a session."""
    found, paper = db.session.get(CouncilSession, session_id), _kind(kind)
    if found is None or paper not in SESSION_PAPERS:
        raise NotFound
    return _download(paper, found)


@pages.get("/papers/<kind>.docx", endpoint="campaign")
@needs(Action.PROPOSAL_DRAFT)
def of_campaign(kind: str) -> Response:
    """The letter to the Chairman or the draft of his decision, for all dossiers that wait for it or for those named (`dossier`)."""
    current, paper = campaign(), _kind(kind)
    if current is None or paper not in LISTS:
        raise NotFound
    return _download(paper, _named(current) if request.args.getlist("dossier") else drafts.waiting(paper, current))


def offers(dossier: Dossier) -> list[Offer]:
    """The drafts of a dossier as it stands that the person may make; a report for each individual."""
    found = []
    for kind in drafts.kinds_for(dossier):
        if not may(actor(), _permits(kind), dossier.campaign_unit):
            continue
        url = url_for("papers.dossier", dossier_id=dossier.id, kind=kind.value)
        if kind is PaperKind.ACHIEVEMENT_INDIVIDUAL:
            people = [nominee for nominee in dossier.nominees if nominee.kind is NomineeKind.INDIVIDUAL]
            found += [Offer(f"{_(kind.label)}: {n.full_name}", kind, n.id, f"{url}?nominee={n.id}") for n in people]
        else:
            found.append(Offer(_(kind.label), kind, None, url))
    return found


def warned(dossier: Dossier) -> list[ObjectionView]:
    """What to know before a dossier's drafts are signed."""
    return before_signing([offer.kind for offer in offers(dossier)], dossier.campaign, dossier)


def before_signing(kinds: Iterable[PaperKind], current: Campaign, dossier: Dossier | None = None) -> list[ObjectionView]:
    """What to know before papers of some kinds are signed; what holds for several kinds is said once, naming them all."""
    papers: dict[tuple[str, str], list[str]] = {}
    found: dict[tuple[str, str], Objection] = {}
    for kind in dict.fromkeys(kinds):
        for warning in drafts.warnings(kind, current.plan, now()):
            key = (warning.code, warning.basis)
            found.setdefault(key, warning)
            papers.setdefault(key, []).append(kind.value)
    return objection_views([replace(warning, params={**warning.params, "paper": papers[key]}) for key, warning in found.items()], dossier)


def _kind(word: str) -> PaperKind:
    if word not in set(PaperKind):
        raise NotFound
    return PaperKind(word)


def _permits(kind: PaperKind) -> Action:
    return Action.NOTICE_DRAFT if kind is PaperKind.SELECTED_NOTICE else Action.PAPER_DRAFT


def _missing() -> Dossier:
    raise NotFound


def _named(current: Campaign) -> list[Dossier]:
    numbers = [row_number(word) or 0 for word in request.args.getlist("dossier")]
    query = select(Dossier).where(Dossier.campaign_id == current.id, Dossier.id.in_(numbers)).options(*drafts.LISTED)
    return list(db.session.scalars(query))


def _download(kind: PaperKind, subject: Subject) -> Response:
    word = request.args.get("capacity", "")
    drafted = drafts.draft(kind, subject, at=now(), capacity=Capacity(word) if word in set(Capacity) else None)
    with transaction():
        drafts.record_draft(kind, subject, drafted, actor=actor(), at=now())
    return send_file(io.BytesIO(drafted.content), mimetype=DOCX, as_attachment=True, download_name=drafted.file_name)

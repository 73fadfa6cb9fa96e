"""Hội đồng: sessions, their agenda, and one form for all votes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField

from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem, CouncilSession
from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import DossierState, Step
from web.access import actor, needs, now
from web.forms import DateBoxes, Form, Ticks, WholeNumber, line, options
from web.frame import campaign
from web.wording import objection_views
from workflow import council
from workflow.acts import ActRefused
from workflow.council import Ballot
from workflow.policy import Action, may
from workflow.steps import steps_from

pages = Blueprint("council", __name__, url_prefix="/council")
Answer = str | Response | tuple[str, int]


class SessionForm(Form):
    """When and where, how many members, and which dossiers."""

    held_on = DateBoxes(_l("Ngày họp"))
    place = line(_l("Địa điểm"))
    members_total = WholeNumber(_l("Tổng số thành viên Hội đồng"), least=1, most=99)
    quorum = WholeNumber(_l("Số thành viên tối thiểu phải dự"), least=1, most=99)
    dossiers = Ticks(_l("Hồ sơ đưa ra phiên họp"))


class ResultForm(Form):
    """Who was present, the minutes; the votes of each nominee are added from the agenda."""

    version = HiddenField()
    members_present = WholeNumber(_l("Số thành viên dự họp"), least=1, most=99)
    minutes_number = line(_l("Số biên bản"), limit=60)
    minutes_date = DateBoxes(_l("Ngày biên bản"))


@pages.get("")
@needs(Action.COUNCIL_VIEW)
def index() -> str:
    """The sessions of the campaign, the latest first, and the dossiers that wait for one."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    sessions = db.session.scalars(
        select(CouncilSession)
        .where(CouncilSession.campaign_id == current.id)
        .options(selectinload(CouncilSession.agenda))
        .order_by(CouncilSession.held_on.desc(), CouncilSession.id.desc())
    )
    return render_template(
        "council/index.html", sessions=list(sessions), waiting=_submitted(current), manages=may(actor(), Action.COUNCIL_MANAGE)
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def call() -> Answer:
    """Call a session with an agenda of submitted dossiers."""
    current = _current()
    waiting = _submitted(current)
    form = SessionForm(data={"dossiers": [dossier.id for dossier in waiting]})
    form.dossiers.choices = options((dossier.id, f"{dossier.code} – {dossier.campaign_unit.long_name}") for dossier in waiting)
    reasons, status = [], 200
    if form.is_submitted():
        status = 422
        if form.validate():
            chosen = [dossier for dossier in waiting if dossier.id in (form.dossiers.data or [])]
            try:
                with transaction():
                    session = council.call(
                        current,
                        held_on=form.held_on.data,
                        place=form.place.data or "",
                        members_total=form.members_total.data,
                        quorum=form.quorum.data,
                        dossiers=chosen,
                        actor=actor(),
                        at=now(),
                    )
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã lập phiên họp với %(count)s hồ sơ.", count=len(chosen)), "success")
                return redirect(url_for("council.show", session_id=session.id))
    return render_template("council/new.html", form=form, reasons=reasons, waiting=waiting), status


@pages.get("/<int:session_id>")
@needs(Action.COUNCIL_VIEW)
def show(session_id: int) -> str:
    """A session: its agenda, its votes, and the step that each dossier waits for."""
    session = _find(session_id)
    return _page(session, _form(session))


@pages.post("/<int:session_id>")
@needs(Action.COUNCIL_MANAGE)
def hold(session_id: int) -> Answer:
    """Record a session that was held: present, minutes and all votes."""
    session = _find(session_id)
    form = _form(session)
    if not form.validate():
        return _page(session, form), 422
    if form["version"].data != str(session.version):
        changed = _("Người khác vừa ghi kết quả phiên họp này. Hãy đối chiếu số phiếu dưới đây rồi lưu lại.")
        form["version"].data = str(session.version)
        return _page(session, form, warning=changed), 409
    ballots = {
        nominee.id: Ballot(form[f"for_{nominee.id}"].data, form[f"against_{nominee.id}"].data, form[f"absent_{nominee.id}"].data)
        for item in session.agenda
        for nominee in item.dossier.nominees
    }
    try:
        with transaction():
            council.hold(
                session,
                members_present=form["members_present"].data,
                minutes_number=form["minutes_number"].data,
                minutes_date=form["minutes_date"].data,
                ballots=ballots,
                actor=actor(),
                at=now(),
            )
    except ActRefused as refused:
        return _page(session, form, refused), 409
    flash(_("Đã ghi kết quả phiên họp. Hãy ghi bước xét cho từng hồ sơ."), "success")
    return redirect(url_for("council.show", session_id=session_id))


def _current() -> Campaign:
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _submitted(current: Campaign) -> list[Dossier]:
    query = select(Dossier).where(Dossier.campaign_id == current.id, Dossier.state == DossierState.SUBMITTED).order_by(Dossier.sort_key)
    return list(db.session.scalars(query))


def _find(session_id: int) -> CouncilSession:
    session = db.session.get(
        CouncilSession,
        session_id,
        options=[
            selectinload(CouncilSession.agenda).options(
                selectinload(AgendaItem.votes),
                joinedload(AgendaItem.dossier).options(
                    joinedload(Dossier.campaign_unit).options(joinedload(CampaignUnit.parent), selectinload(CampaignUnit.children)),
                    selectinload(Dossier.nominees),
                    selectinload(Dossier.sign_offs),
                    selectinload(Dossier.agenda_items).joinedload(AgendaItem.session),
                ),
            )
        ],
    )
    if session is None:
        raise NotFound
    return session


def _form(session: CouncilSession) -> Form:
    votes = {vote.nominee_id: vote for item in session.agenda for vote in item.votes}
    fields: dict[str, Any] = {}
    for item in session.agenda:
        for nominee in item.dossier.nominees:
            vote = votes.get(nominee.id)
            for name, label in (("for", _("Tán thành")), ("against", _("Không tán thành")), ("absent", _("Vắng mặt"))):
                value = getattr(vote, f"votes_{name}") if vote else None
                fields[f"{name}_{nominee.id}"] = WholeNumber(f"{label}: {nominee.full_name}", least=0, most=99, default=value)
    data = {
        "version": str(session.version),
        "members_present": session.members_present or None,
        "minutes_number": session.minutes_number,
        "minutes_date": session.minutes_date,
    }
    form: Form = type("VotesForm", (ResultForm,), fields)(data=data)
    return form


def _page(session: CouncilSession, form: Form, refused: ActRefused | None = None, warning: str = "") -> str:
    verbs: dict[int, Step] = {}
    for item in session.agenda:
        for option in steps_from(item.dossier, actor=actor(), at=now()):
            if option.step in {Step.REVIEW, Step.DECLINE} and option.possible:
                verbs[item.dossier_id] = option.step
    return render_template(
        "council/show.html",
        session=session,
        form=form,
        warning=warning,
        reasons=objection_views(refused.objections) if refused else [],
        manages=may(actor(), Action.COUNCIL_MANAGE),
        open=any(item.dossier.state is DossierState.SUBMITTED for item in session.agenda),
        verbs=verbs,
        votes={vote.nominee_id: vote for item in session.agenda for vote in item.votes},
    )

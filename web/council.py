"""Hội đồng: the sessions and their agenda; calling a session and changing it. Votes, decisions and the pack: web/council_*.py."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.council import AgendaItem, CouncilMember, CouncilSession, Seat
from models.db import db
from models.dossiers import Dossier
from models.localtime import local_day
from models.text import clean
from models.vocabulary import DossierState
from web.access import actor, needs, now
from web.acting import acting
from web.forms import DateBoxes, Form, Hour, Ticks, WholeNumber, line, options
from web.frame import campaign
from web.wording import ObjectionView, objection_views
from workflow import council
from workflow.acts import ActRefused
from workflow.council import Calling
from workflow.council_members import members_of
from workflow.policy import Action, may

pages = Blueprint("council", __name__, url_prefix="/council")
Answer = str | Response | tuple[str, int]
KEY = 48
"""Characters of a page's own key that are kept."""


class SessionForm(Form):
    """When and where, how many must come, and which dossiers; how many members there are, where they are not listed by name."""

    version = HiddenField()
    key = HiddenField()
    held_on = DateBoxes(_l("Ngày họp"))
    starts_at = Hour(_l("Giờ họp"))
    place = line(_l("Địa điểm"))
    members_total = WholeNumber(_l("Tổng số thành viên Hội đồng"), least=1, most=99)
    quorum = WholeNumber(_l("Số thành viên tối thiểu phải dự"), least=1, most=99)
    dossiers = Ticks(_l("Hồ sơ đưa ra phiên họp"))


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
        "council/index.html",
        sessions=list(sessions),
        waiting=submitted(current),
        members=members_of(current),
        manages=may(actor(), Action.COUNCIL_MANAGE),
        today=local_day(now()),
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def call() -> Answer:
    """Call a session with an agenda of submitted dossiers; its members are invited by letter."""
    current = current_campaign()
    members, waiting = members_of(current), submitted(current)
    taken = _called(current)
    form = _session_form(members, waiting, {"dossiers": [d.id for d in waiting if d.id not in taken], "key": secrets.token_urlsafe(16)})
    if ticked := request.form.get("tick"):
        return _session_page(form, members, waiting, taken, ticked=ticked)
    if not form.is_submitted():
        return _session_page(form, members, waiting, taken)
    if not form.validate():
        return _session_page(form, members, waiting, taken, status=422)
    key, calling = page_key(form), _calling(form, members, waiting)
    try:
        with acting(Recorded.COUNCIL_CALL, current, key):
            session = council.call(
                current,
                held_on=calling.held_on,
                starts_at=calling.starts_at,
                place=calling.place,
                quorum=calling.quorum,
                dossiers=calling.dossiers,
                members=calling.members,
                members_total=calling.members_total,
                actor=actor(),
                at=now(),
                key=key,
            )
    except (ActRefused, IntegrityError) as refused:
        if before := done_with(key):
            return redirect(url_for("council.show", session_id=_named(before)))
        if not isinstance(refused, ActRefused):
            raise
        return _session_page(form, members, waiting, taken, objection_views(refused.objections), status=409)
    flash(_("Đã lập phiên họp với %(count)s hồ sơ.", count=len(calling.dossiers)), "success")
    return redirect(url_for("council.show", session_id=session.id))


@pages.route("/<int:session_id>/edit", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def change(session_id: int) -> Answer:
    """Change a session that is not held yet: day, place, agenda. Its members are told by letter."""
    session = _called_session(session_id)
    current = db.session.get_one(Campaign, session.campaign_id)
    members, waiting = members_of(current), submitted(current)
    values = {name: getattr(session, name) for name in ("held_on", "starts_at", "place", "members_total", "quorum")}
    values |= {"version": str(session.version), "dossiers": [item.dossier_id for item in session.agenda]}
    taken = {number: day for number, day in _called(current).items() if number not in values["dossiers"]}
    form = _session_form(members, waiting, values)
    if ticked := request.form.get("tick"):
        return _session_page(form, members, waiting, taken, session=session, ticked=ticked)
    if not form.is_submitted() and not session.recorded and not session.called_off:
        return _session_page(form, members, waiting, taken, session=session)
    if form.is_submitted() and not form.validate():
        return _session_page(form, members, waiting, taken, session=session, status=422)
    changed = [_changed()] if form.is_submitted() and form.version.data != str(session.version) else []
    if changed:
        form.version.data = str(session.version)
        return _session_page(form, members, waiting, taken, changed, session=session, status=409)
    try:
        with acting(Recorded.COUNCIL_CHANGE, session):
            council.change(session, current, _calling(form, members, waiting), actor=actor(), at=now())
    except StaleDataError:
        return _session_page(form, members, waiting, taken, [_changed()], session=_called_session(session_id), status=409)
    except ActRefused as refused:
        return _session_page(form, members, waiting, taken, objection_views(refused.objections), session=session, status=409)
    flash(_("Đã sửa phiên họp."), "success")
    return redirect(url_for("council.show", session_id=session_id))


def current_campaign() -> Campaign:
    """The campaign that the person looks at. Raises NotFound while none is open."""
    current = campaign()
    if current is None:
        raise NotFound
    return current


def submitted(current: Campaign) -> list[Dossier]:
    """The dossiers that wait for the council, in the order of their units' names."""
    query = select(Dossier).where(Dossier.campaign_id == current.id, Dossier.state == DossierState.SUBMITTED)
    options = joinedload(Dossier.campaign_unit).joinedload(CampaignUnit.parent), selectinload(Dossier.nominees)
    return list(db.session.scalars(query.options(*options).order_by(Dossier.sort_key, Dossier.id)))


def find_session(session_id: int) -> CouncilSession:
    """A session with all that its pages show, whatever its size in the same number of statements. Raises NotFound."""
    session = db.session.get(
        CouncilSession,
        session_id,
        options=[
            joinedload(CouncilSession.seats).joinedload(Seat.member).joinedload(CouncilMember.campaign_unit),
            selectinload(CouncilSession.agenda).options(
                selectinload(AgendaItem.votes),
                joinedload(AgendaItem.dossier).options(
                    joinedload(Dossier.campaign_unit).options(
                        joinedload(CampaignUnit.parent), joinedload(CampaignUnit.submits), selectinload(CampaignUnit.children)
                    ),
                    selectinload(Dossier.nominees),
                    selectinload(Dossier.sign_offs),
                    selectinload(Dossier.agenda_items).options(joinedload(AgendaItem.session), selectinload(AgendaItem.votes)),
                ),
            ),
        ],
    )
    if session is None:
        raise NotFound
    return session


def _called_session(session_id: int) -> CouncilSession:
    """A session with its agenda alone. Raises NotFound."""
    session = db.session.get(CouncilSession, session_id, options=[selectinload(CouncilSession.agenda)])
    if session is None:
        raise NotFound
    return session


def page_key(form: Form) -> str | None:
    """The page's own key: the same form sent twice has one effect."""
    return clean(form["key"].data or "")[:KEY] or None


def done_with(key: str | None) -> AuditEntry | None:
    """What a form with this key has done already."""
    return db.session.scalars(select(AuditEntry).where(AuditEntry.request_key == key)).first() if key else None


def _named(entry: AuditEntry) -> int:
    return int(json.loads(entry.rec)["obj"].partition(":")[2])


def _called(current: Campaign) -> dict[int, CouncilSession]:
    """The sessions not held yet, by the dossiers on their agenda."""
    query = (
        select(AgendaItem)
        .join(AgendaItem.session)
        .options(joinedload(AgendaItem.session))
        .where(CouncilSession.campaign_id == current.id, CouncilSession.minutes_number == "", CouncilSession.called_off == "")
    )
    return {item.dossier_id: item.session for item in db.session.scalars(query)}


def _session_form(members: Sequence[CouncilMember], waiting: Sequence[Dossier], data: dict[str, object]) -> SessionForm:
    form = SessionForm(data=data)
    if members:
        del form.members_total
    form.dossiers.choices = options((dossier.id, f"{dossier.code} – {dossier.campaign_unit.long_name}") for dossier in waiting)
    return form


def _calling(form: SessionForm, members: Sequence[CouncilMember], waiting: Sequence[Dossier]) -> Calling:
    chosen = set(form.dossiers.data or [])
    total = 0 if members else form.members_total.data
    return Calling(
        held_on=form.held_on.data,
        place=form.place.data or "",
        quorum=form.quorum.data or 0,
        dossiers=[dossier for dossier in waiting if dossier.id in chosen],
        members=members,
        members_total=total,
        starts_at=form.starts_at.data,
    )


def _changed() -> ObjectionView:
    text = _("Người khác vừa sửa phiên họp này. Hãy đối chiếu rồi lưu lại; nội dung bạn gõ vẫn còn dưới đây.")
    return ObjectionView(text, "", "", "", "")


def _session_page(
    form: SessionForm,
    members: Sequence[CouncilMember],
    waiting: Sequence[Dossier],
    taken: dict[int, CouncilSession],
    reasons: Sequence[ObjectionView] = (),
    *,
    session: CouncilSession | None = None,
    ticked: str = "",
    status: int = 200,
) -> tuple[str, int]:
    if ticked:  # all or none are ticked without a script; what was typed stays
        form.dossiers.data = [dossier.id for dossier in waiting] if ticked == "all" else []
    page = render_template("council/new.html", form=form, reasons=reasons, waiting=waiting, members=members, taken=taken, session=session)
    return page, status

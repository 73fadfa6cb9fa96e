"""Hội đồng: a session that does not take place, called off with a reason after the page has shown what follows."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.exc import StaleDataError
from wtforms import HiddenField

from audit.actions import Action as Recorded
from models.campaigns import Campaign
from models.council import CouncilSession
from models.db import db
from notifications.invitations import mailboxes_of
from web.access import actor, needs, now
from web.acting import acting
from web.council import Answer, find_session, pages
from web.forms import Form, paragraph
from web.wording import objection_views
from workflow import council
from workflow.acts import ActRefused
from workflow.policy import Action

__all__ = ["pages"]


class CallOffForm(Form):
    """Why the session does not take place."""

    version = HiddenField()
    reason = paragraph(_l("Lý do huỷ phiên họp"), limit=500)


@pages.route("/<int:session_id>/call-off", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def call_off(session_id: int) -> Answer:
    """The dossiers that wait for another session and the members who are told; then, with a reason, the session is called off."""
    session = find_session(session_id)
    form = CallOffForm(data={"version": str(session.version)})
    if not form.is_submitted():
        return _page(session, form)
    if not form.validate():
        return _page(session, form, status=422)
    if form.version.data != str(session.version):
        return _stale(session, form)
    try:
        with acting(Recorded.COUNCIL_CALL_OFF, session):
            council.call_off(session, db.session.get_one(Campaign, session.campaign_id), form.reason.data or "", actor=actor(), at=now())
    except ActRefused as refused:
        return _page(session, form, refused, status=409)
    except StaleDataError:
        return _stale(find_session(session_id), form)
    flash(_("Đã huỷ phiên họp. Các hồ sơ chờ phiên họp khác."), "success")
    return redirect(url_for("council.index"))


def _stale(session: CouncilSession, form: CallOffForm) -> tuple[str, int]:
    form.version.data = str(session.version)
    return _page(session, form, warning=_("Người khác vừa sửa phiên họp này. Hãy xem lại rồi thực hiện lại."), status=409)


def _page(
    session: CouncilSession, form: CallOffForm, refused: ActRefused | None = None, *, warning: str = "", status: int = 200
) -> tuple[str, int]:
    objections = refused.objections if refused else []
    page = render_template(
        "council/call_off.html",
        session=session,
        form=form,
        mails=len(mailboxes_of(session)),
        reasons=objection_views(objections),
        warning=warning,
    )
    return page, status

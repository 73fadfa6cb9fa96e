"""A unit's calendar feed: made and revoked on the calendar's page, read by calendar programs with the key in its address."""

from __future__ import annotations

import hashlib
from email.utils import parseaddr

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from models.db import db, transaction
from models.reminding import FeedToken
from models.units import Unit
from notifications.calendar_entry import calendar_of
from web.access import Open, actor, needs, now
from workflow import feeds
from workflow.policy import Action

pages = Blueprint("feeds", __name__, url_prefix="/feeds")


@pages.get("")
@needs(Action.FEED_MANAGE)
def index() -> str:
    """The keys of the person's own unit that hold."""
    return render_template("calendar/feeds.html", keys=feeds.keys_of(actor().unit_id or 0))


@pages.post("")
@needs(Action.FEED_MANAGE)
def make() -> AnyResponse:
    """Make a key for the person's own unit; its address is shown once."""
    with transaction() as session:
        _row, token = feeds.make(session.get_one(Unit, actor().unit_id), actor=actor(), at=now())
    address = current_app.config["BASE_URL"].rstrip("/") + url_for("feeds.read", token=token)
    flash(_("Địa chỉ lịch, chỉ hiện một lần, hãy chép ngay: %(address)s", address=address), "success")
    return redirect(url_for("feeds.index"))


@pages.post("/<int:token_id>/revoke")
@needs(Action.FEED_MANAGE)
def revoke(token_id: int) -> AnyResponse:
    """Revoke a key of the person's own unit."""
    with transaction() as session:
        row = session.get(FeedToken, token_id)
        if row is None or row.unit_id != actor().unit_id:
            raise NotFound
        if row.revoked_at is None:
            feeds.revoke(row, actor=actor(), at=now())
    flash(_("Đã thu hồi địa chỉ lịch."), "success")
    return redirect(url_for("feeds.index"))


@pages.get("/<token>.ics")
@needs(Open.PUBLIC)
def read(token: str) -> Response:
    """The unit's due dates for a calendar program; what has not changed is not sent again. A key that does not hold finds nothing."""
    row = feeds.find(token)
    if row is None:
        raise NotFound
    organizer = parseaddr(current_app.config["MAIL_REPLY_TO"] or current_app.config["MAIL_DEFAULT_SENDER"])[1]
    entries = feeds.dates_of(row.unit_id, base_url=current_app.config["BASE_URL"], organizer=organizer)
    unit = db.session.get_one(Unit, row.unit_id)
    content = calendar_of(entries, name=unit.versions[-1].name).to_ical()
    answer = Response(content, mimetype="text/calendar")
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer

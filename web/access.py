"""Who is asking, and whether they may: the actor of a request, the requirement of each route, denials. The rules: workflow/policy.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.campaigns import CampaignUnit
from models.db import transaction
from models.dossiers import Dossier
from models.people import Actor
from models.text import clean
from models.vocabulary import AuditResult, DossierState
from web import accounts
from web.frame import campaigns
from workflow.policy import Action, may

View = TypeVar("View", bound=Callable[..., Any])


class Open(StrEnum):
    """Routes outside the policy: PUBLIC for everybody, SIGNED_IN for every person who has signed in."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


class Hidden(NotFound):
    """What is asked for is there, but not the person's to see; the page says that there is nothing, the record says who asked."""


def needs(requirement: Action | Open) -> Callable[[View], View]:
    """Declare what a route needs. Every route declares it; a test compares them with the role matrix."""

    def mark(view: View) -> View:
        view.requirement = requirement  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Ask before every request who it is and whether the route is theirs."""
    app.before_request(_admit)


def now() -> datetime:
    """The instant of this request; the clock is read once."""
    at: datetime = g.at
    return at


def actor() -> Actor:
    """The person who is asking."""
    person: Actor = g.actor
    return person


def allow(action: Action, unit: CampaignUnit, state: DossierState | None = None) -> None:
    """Let the request go on only if the person may do this to the unit. Raises Forbidden, which is put on record."""
    if not may(actor(), action, unit, state):
        raise Forbidden(response=None, description=action.value)


def allow_form(action: Action, dossier: Dossier) -> None:
    """Let a form be shown where the dossier's state allows it, and be sent in any state: what came in between the act says in words.

    Raises Forbidden.
    """
    allow(action, dossier.campaign_unit, dossier.state if request.method == "GET" else None)


def see(dossier: Dossier | None) -> Dossier:
    """A dossier that the person may see. Raises NotFound when there is none or it is not theirs to see: both look the same.

    The second is put on record as a denial.
    """
    if dossier is None:
        raise NotFound
    if not may(actor(), Action.DOSSIER_VIEW, dossier.campaign_unit, dossier.state):
        raise Hidden
    return dossier


def record_denial(path: str, action: str) -> None:
    """Put a denied request on record."""
    with transaction():
        act = Act(Recorded.ACCESS_DENY, "page:0", detail={"path": clean(path)[:200], "action": action}, result=AuditResult.REFUSED)
        record(act, actor=g.actor, at=g.at)


def safe_next(target: str | None) -> str | None:
    """A path of this service to go on to, or None: never an address of another one."""
    return target if target and re.fullmatch(r"/(?!/)[^\\\x00-\x1f\x7f]*", target) else None


def page_of_form() -> str | None:
    """The page that a form stands on, to lead back to it after signing in: what was typed is offered there again."""
    page = urlsplit(request.referrer or "")
    return safe_next(f"{page.path}?{page.query}".rstrip("?")) if page.netloc == request.host else None


def _admit() -> Response | None:
    g.at = datetime.now(UTC)
    g.actor = None
    if request.endpoint is None or request.endpoint == "static":
        return None
    requirement = getattr(current_app.view_functions[request.endpoint], "requirement", None)
    if requirement is None:
        raise RuntimeError(f"{request.endpoint} declares no requirement")
    token = session.get("token")
    found = accounts.find(token, g.at) if token else None
    if found is not None:
        row, g.actor = found
        if g.at - row.seen_at > accounts.SEEN_STEP:
            _note_seen(row.token_hash)
    if requirement is Open.PUBLIC:
        return None
    if g.actor is not None and request.method == "GET":
        campaigns()  # read once: every page shows them, and most ask for one of them first
    if g.actor is None:
        if token:
            session.pop("token", None)
            lost = _("Phiên làm việc đã hết, nội dung vừa gửi chưa được lưu. Hãy đăng nhập lại để quay về trang đó.")
            flash(lost if request.method == "POST" else _("Phiên làm việc đã hết. Hãy đăng nhập lại."), "info")
        target = request.full_path.rstrip("?") if request.method == "GET" else page_of_form()
        return redirect(url_for("auth.sign_in", next=target))
    if isinstance(requirement, Action) and not may(g.actor, requirement):
        raise Forbidden(description=requirement.value)
    return None


def _note_seen(token_hash: str) -> None:
    from models.people import SignIn

    with transaction() as database:
        row = database.get(SignIn, token_hash)
        if row is not None and g.at - row.seen_at > timedelta(0):
            row.seen_at = g.at

"""What the frame of every page shows: campaign, navigation with its count, the officer, the worker's health."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Select, select

from models.campaigns import Campaign
from models.db import db
from models.people import Actor
from models.text import N_
from models.vocabulary import Role
from web.addresses import row_number
from web.pulse import PULSE, alarms, read
from web.work import amount_of_work, amount_words
from workflow.policy import Action, may

NAVIGATION = (
    (N_("Việc của tôi"), "inbox.index", None),
    (N_("Hồ sơ"), "dossiers.index", Action.DOSSIER_VIEW),
    (N_("Đăng ký"), "registrations.index", Action.REGISTRATION_VIEW),
    (N_("Xếp hạng"), "ranking.index", Action.RANKING_VIEW),
    (N_("Hội đồng"), "council.index", Action.COUNCIL_VIEW),
    (N_("Lịch và nhắc việc"), "calendar.index", Action.CALENDAR_VIEW),
    (N_("Thư"), "letters.index", Action.LETTER_VIEW),
    (N_("Nhật ký"), "journal.index", Action.AUDIT_VIEW),
    (N_("Báo cáo"), "reports.index", Action.REPORT_VIEW),
)
PART_OF = dict.fromkeys(("steps", "nominees", "appraisal", "extensions", "documents", "papers", "records"), "dossiers") | dict.fromkeys(
    ("selection", "comparison", "corrections"), "ranking"
)
PART_OF |= dict.fromkeys(("forwarding", "awards"), "council") | {"commendations": "inbox"}
PART_OF |= dict.fromkeys(("reminders", "wordings", "feeds"), "calendar")
"""Under which part of the navigation pages stand that have no place of their own there."""


def init_app(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.context_processor(_frame)


def campaigns() -> list[Campaign]:
    """The opened campaigns, the latest first."""
    if "campaigns" not in g:
        g.campaigns = list(db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None)).order_by(Campaign.year.desc())))
    found: list[Campaign] = g.campaigns
    return found


def campaign() -> Campaign | None:
    """The campaign that the person looks at: the one in the address, else the one looked at last, else the latest."""
    wanted = row_number(request.args.get("campaign"))
    known = {item.id: item for item in campaigns()}
    if wanted in known:
        session["campaign"] = wanted
    chosen = known.get(session.get("campaign", 0))
    return chosen or next(iter(known.values()), None)


@cache
def asset_version(path: str) -> str:
    """A short digest of a static file, so that a new one is fetched and an old one kept."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def _frame() -> dict[str, Any]:
    """Asked for by the page and by each template that it draws in: worked out once."""
    if "frame" not in g:
        g.frame = _made()
    found: dict[str, Any] = g.frame
    return found


def _made() -> dict[str, Any]:
    person = g.get("actor")
    frame: dict[str, Any] = {
        "locale": str(get_locale() or "vi"),
        "asset_version": asset_version(f"{current_app.static_folder}/app.css"),
        "script_version": asset_version(f"{current_app.static_folder}/app.js"),
        "agency": "",
        "actor": person,
        "demo": current_app.config["MODE"] == "demo",
        "campaigns": [],
        "campaign": None,
        "nav": [],
        "alarms": [],
    }
    if person is None:
        return frame
    current = campaign()
    frame |= {"campaigns": campaigns(), "campaign": current, "agency": current.plan.issuer if current else ""}
    blueprint = (request.endpoint or "").split(".")[0]
    section = PART_OF.get(blueprint, blueprint)
    frame["nav"] = [
        {
            "label": _(label),
            "url": url_for(endpoint),
            "active": section == endpoint.split(".")[0],
            "count": _count(person, current) if endpoint == "inbox.index" and current else None,
        }
        for label, endpoint, action in NAVIGATION
        if action is None or may(person, action)
    ]
    frame["alarms"] = alarms()
    return frame


def _count(person: Actor, current: Campaign) -> str | None:
    """How much waits for the person, for the navigation."""
    query = _opening(person.role, bool(current.plan.nominee_criteria))
    (count,) = read(query, own_unit=person.unit_id, own_campaign=current.id)
    return amount_words(count)


@cache
def _opening(role: Role, criteria: bool) -> Select[Any]:
    """What every page asks first: the pulse, and how much waits. It is a large statement, so it is built once for each role."""
    return PULSE.add_columns(amount_of_work(role, criteria))

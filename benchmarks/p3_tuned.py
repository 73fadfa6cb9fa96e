"""The floor of P3: the first page of the same list, written for nothing but speed.

One Flask route; one statement for the sign-in and one for the page, both built once; one template without macros, translation or
inheritance. It has no filter but the state, no counts and no policy. `pad` fills the page up to the service's size.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask, abort, request, session
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import bindparam, create_engine, select

from config import Config
from models import sqlite
from models.campaigns import CampaignUnit
from models.db import table_of
from models.dossiers import Dossier
from models.localtime import local
from models.people import Appointment, SignIn, User
from models.units import UnitVersion
from models.vocabulary import DossierState

PAGE = 50
IDLE = timedelta(minutes=30)
LABELS = {state: state.label for state in DossierState}

users, versions, units = table_of(User), table_of(UnitVersion), table_of(CampaignUnit)
dossiers, signed, appointments = table_of(Dossier), table_of(SignIn), table_of(Appointment)
districts = units.alias("districts")

SIGNED_IN = (
    select(users.c.full_name, users.c.disabled_at, versions.c.official_name, appointments.c.role, signed.c.seen_at)
    .join_from(signed, users, users.c.id == signed.c.user_id)
    .join(appointments, appointments.c.id == signed.c.appointment_id)
    .join(versions, (versions.c.unit_id == appointments.c.unit_id) & versions.c.valid_to.is_(None))
    .where(signed.c.token_hash == bindparam("token"))
)
ROWS = (
    select(
        dossiers.c.id,
        dossiers.c.code,
        dossiers.c.state,
        dossiers.c.due_on,
        dossiers.c.due_key,
        dossiers.c.state_since,
        units.c.name,
        districts.c.name.label("district"),
    )
    .join_from(dossiers, units, units.c.id == dossiers.c.campaign_unit_id)
    .outerjoin(districts, districts.c.id == units.c.compiled_by_id)
    .where(dossiers.c.campaign_id == bindparam("campaign"), dossiers.c.state == bindparam("state"))
    .order_by(dossiers.c.due_key, dossiers.c.id)
    .limit(PAGE + 1)
)


def create_app() -> Flask:
    """The whole application."""
    config = Config.from_environment()
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(SECRET_KEY=config.secret_key, SESSION_COOKIE_NAME=config.for_flask()["SESSION_COOKIE_NAME"])
    embedded = config.database_url.startswith("sqlite")
    engine = create_engine(config.database_url, **(sqlite.engine_options() if embedded else {}))
    if embedded:
        sqlite.prepare(engine)
    folder = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template("p3_tuned.html")

    @app.get("/dossiers")
    def index() -> str:
        now, state = datetime.now(UTC), DossierState(request.args["state"])
        token = hashlib.sha256(session.get("token", "").encode()).hexdigest()
        with engine.connect() as connection:
            person = connection.execute(SIGNED_IN, {"token": token}).first()
            if person is None or person.disabled_at is not None or now - person.seen_at > IDLE:
                abort(403)
            found = connection.execute(ROWS, {"campaign": 1, "state": state}).all()
        today, shown = local(now).date(), found[:PAGE]
        return template.render(
            person=person,
            state=state,
            labels=LABELS,
            rows=[(row, f"{row.due_on:%d/%m/%Y}", *_left(row.due_on, today), f"{local(row.state_since):%d/%m/%Y}") for row in shown],
            after=_cursor(shown[-1].due_key, shown[-1].id) if len(found) > PAGE else "",
            filling="x" * min(request.args.get("pad", 0, type=int), 100_000),
        )

    return app


def _left(due: date, today: date) -> tuple[str, bool]:
    days = (due - today).days
    if days < 0:
        return f"Quá hạn {-days} ngày", True
    return (f"Sắp đến hạn (còn {days} ngày)" if days <= 7 else f"Chưa đến hạn (còn {days} ngày)"), False


def _cursor(due: date, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([due.isoformat(), number]).encode()).decode().rstrip("=")

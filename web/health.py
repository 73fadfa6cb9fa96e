"""/healthz: whether database and worker are alive, for whoever watches the service."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models.db import db
from models.outbox import Heartbeat
from web.access import Open, needs, now
from web.frame import worker_silent

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@needs(Open.PUBLIC)
def healthz() -> tuple[Response, int]:
    """200 when the database answers and the worker has given a sign of life in the last five minutes; otherwise 503."""
    try:
        beat = db.session.scalars(select(Heartbeat).where(Heartbeat.name == "worker")).first()
    except SQLAlchemyError:
        return jsonify(database="silent", worker="unknown", worker_age_seconds=None), 503
    silent = worker_silent()
    age = int((now() - beat.at).total_seconds()) if beat else None
    return jsonify(database="ok", worker="silent" if silent else "ok", worker_age_seconds=age), 503 if silent else 200

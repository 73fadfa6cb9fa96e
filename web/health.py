"""/healthz: whether database and worker are alive, for whoever watches the service."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from web.access import Open, needs, now
from web.pulse import pulse

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@needs(Open.PUBLIC)
def healthz() -> tuple[Response, int]:
    """200 when the database answers, the worker has given a sign of life in the last five minutes and mail is not held; otherwise 503.

    Mail that was stopped by hand is said, and is no fault; mail held after a restore waits for somebody's decision.
    """
    try:
        state = pulse()
    except SQLAlchemyError:
        return jsonify(database="silent", worker="unknown", worker_age_seconds=None, mail="unknown"), 503
    age = int((now() - state.beat).total_seconds()) if state.beat else None
    worker = "silent" if state.silent else "ok"
    well = not state.silent and state.mail != "held"
    return jsonify(database="ok", worker=worker, worker_age_seconds=age, mail=state.mail), 200 if well else 503

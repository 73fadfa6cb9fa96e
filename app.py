"""The contents page of the service: configuration, extensions, blueprints, commands. No logic."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

import cli
import models  # noqa: F401 (registers every table)
import web
from config import Config
from models import sqlite
from models.db import db
from notifications.sending import mail


def create_app(config: Config | None = None) -> Flask:
    """Build the application. The scheduler is never started here: `flask worker run` is its own process."""
    config = config or Config.from_environment()
    app = Flask(__name__, instance_path=str(config.instance))
    app.config.from_mapping(config.for_flask())

    embedded = config.database_url.startswith("sqlite")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = sqlite.engine_options() if embedded else {"pool_pre_ping": True}
    db.init_app(app)
    if embedded:
        with app.app_context():
            sqlite.prepare(db.engine)
    Migrate(app, db, directory="migrations", render_as_batch=embedded)
    mail.init_app(app)

    web.init_app(app)
    cli.init_app(app)
    return app

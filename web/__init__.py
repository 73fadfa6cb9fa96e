"""HTTP: parse, one call, render. A blueprint per noun; rules and queries of a step live in workflow/."""

from __future__ import annotations

from flask import Flask, request, session
from flask_babel import Babel
from flask_wtf import CSRFProtect

from web import (
    access,
    addresses,
    auth,
    calendar,
    council,
    documents,
    dossiers,
    errors,
    filters,
    frame,
    headers,
    health,
    imports,
    inbox,
    journal,
    letters,
    nominees,
    ranking,
    records,
    registrations,
    steps,
)

LOCALES = ("vi", "en")


def init_app(app: Flask) -> None:
    """Register extensions, blueprints, error pages and filters."""
    addresses.init_app(app)
    CSRFProtect(app)
    Babel(app, locale_selector=_locale, default_translation_directories=f"{app.root_path}/translations")
    access.init_app(app)
    frame.init_app(app)
    filters.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    for module in (
        auth,
        inbox,
        dossiers,
        steps,
        nominees,
        documents,
        records,
        registrations,
        ranking,
        council,
        calendar,
        letters,
        journal,
        imports,
        health,
    ):
        app.register_blueprint(module.pages)
    app.view_functions["static"].requirement = access.Open.PUBLIC  # type: ignore[attr-defined]


def _locale() -> str:
    chosen = session.get("locale") if request else None
    return chosen if chosen in LOCALES else "vi"

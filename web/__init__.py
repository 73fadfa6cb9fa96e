"""HTTP: parse, one call, render. A blueprint per noun; rules and queries of a step live in workflow/."""

from __future__ import annotations

from babel.support import Translations
from flask import Flask, g, request, session
from flask_babel import Babel, get_domain
from flask_wtf import CSRFProtect

from web import (
    access,
    addresses,
    auth,
    awards,
    calendar,
    commendations,
    comparison,
    corrections,
    council,
    council_call_off,
    council_decide,
    council_members,
    council_pack,
    council_votes,
    criteria_appraisal,
    document_appraisal,
    documents,
    dossier_export,
    dossier_reminding,
    dossiers,
    errors,
    extensions,
    feeds,
    filters,
    forwarding,
    frame,
    headers,
    health,
    import_progress,
    imports,
    inbox,
    journal,
    journal_export,
    letter_acts,
    letter_notices,
    letters,
    mail_gate,
    nominees,
    papers,
    ranking,
    receiving,
    receiving_bulk,
    records,
    registration_form,
    reminder_settings,
    reports,
    reports_frozen,
    rollups,
    saved_views,
    search,
    selection,
    steps,
    wordings,
)

LOCALES = ("vi", "en")


def init_app(app: Flask) -> None:
    """Register extensions, blueprints, error pages and filters."""
    addresses.init_app(app)
    CSRFProtect(app)
    Babel(app, locale_selector=_locale, default_translation_directories=f"{app.root_path}/translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().ugettext(text), lambda one, many, count: _catalogue().ungettext(one, many, count), newstyle=True
    )
    access.init_app(app)
    frame.init_app(app)
    filters.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    modules = (
        auth,
        inbox,
        dossiers,
        dossier_export,
        dossier_reminding,
        saved_views,
        steps,
        nominees,
        criteria_appraisal,
        extensions,
        documents,
        document_appraisal,
        papers,
        records,
        receiving,
        receiving_bulk,
        rollups,
        registration_form,
        ranking,
        corrections,
        comparison,
        selection,
        council,
        council_call_off,
        council_votes,
        council_members,
        council_decide,
        council_pack,
        forwarding,
        awards,
        commendations,
        calendar,
        reminder_settings,
        wordings,
        feeds,
        letters,
        letter_acts,
        letter_notices,
        mail_gate,
        journal,
        journal_export,
        reports,
        reports_frozen,
        imports,
        import_progress,
        search,
        health,
    )
    for pages in dict.fromkeys(module.pages for module in modules):  # the pages of registration are in several modules
        app.register_blueprint(pages)
    app.view_functions["static"].requirement = access.Open.PUBLIC  # type: ignore[attr-defined]


def _catalogue() -> Translations:
    """The texts in the reader's language. A page asks for hundreds: where they lie is found once in a request."""
    try:
        found: Translations = g.catalogue
    except AttributeError:
        found = g.catalogue = get_domain().get_translations()
    return found


def _locale() -> str:
    chosen = session.get("locale") if request else None
    return chosen if chosen in LOCALES else "vi"

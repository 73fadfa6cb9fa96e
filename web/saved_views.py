"""Bộ lọc đã lưu: the lists of "Hồ sơ" that a person keeps under a name, to come back to with one click."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit.actions import Action as Recorded
from models.campaigns import Campaign
from models.db import db, transaction
from models.people import SavedView
from web.access import actor, needs, now
from web.acting import acting
from web.dossier_filters import Filters, filter_words
from web.dossiers import pages
from web.forms import Form, line
from web.frame import campaign
from web.wording import objection_views
from workflow.acts import ActRefused
from workflow.policy import Action
from workflow.saved_views import drop_view, save_view, views_of

__all__ = ["pages"]

LONGEST = 60


class ViewForm(Form):
    """What a person calls a list."""

    name = line(_l("Tên bộ lọc"), limit=LONGEST)


@pages.route("/views", methods=["GET", "POST"])
@needs(Action.DOSSIER_VIEW)
def views() -> str | Response | tuple[str, int]:
    """The saved lists; the filters in the address can be saved under a name."""
    current, form, filters = _campaign(), ViewForm(), Filters.read()
    if not form.is_submitted():
        return _page(current, form, filters)
    if not filters.narrowing:
        return _page(current, form, filters), 422
    if not form.validate():
        return _page(current, form, filters), 422
    try:
        with acting(Recorded.VIEW_SAVE, current):
            save_view(current, form.name.data or "", filters.address, actor=actor(), at=now())
    except ActRefused as refused:
        return _page(current, form, filters, refused), 409
    flash(_("Đã lưu bộ lọc “%(name)s”.", name=form.name.data), "success")
    return redirect(f"{url_for('dossiers.index')}?{filters.address}")


@pages.post("/views/<int:view_id>/drop")
@needs(Action.DOSSIER_VIEW)
def forget_view(view_id: int) -> Response:
    """Forget one of one's own saved lists; one that is gone already is as it should be."""
    view = next((view for view in views_of(actor(), _campaign()) if view.id == view_id), None)
    if view is not None:
        name = view.name
        with transaction():
            drop_view(view, actor=actor(), at=now())
        flash(_("Đã xoá bộ lọc “%(name)s”.", name=name), "success")
    elif db.session.get(SavedView, view_id) is not None:
        raise NotFound  # somebody else's
    return redirect(url_for("dossiers.views"))


def _campaign() -> Campaign:
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _page(current: Campaign, form: ViewForm, filters: Filters, refused: ActRefused | None = None) -> str:
    return render_template(
        "dossiers/views.html",
        form=form,
        filters=filters,
        words=list(filter_words(filters, current).values()),
        views=views_of(actor(), current),
        reasons=objection_views(refused.objections) if refused else [],
    )

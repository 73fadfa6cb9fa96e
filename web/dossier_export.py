"""Hồ sơ as a file: the dossiers that the filters leave, as .csv or .xlsx; who took them away is on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import aliased
from werkzeug.exceptions import NotFound

from audit import Act, record
from audit.actions import Action as Recorded
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.localtime import local
from notifications.wording import day_words, moment_words
from web.access import actor, needs, now
from web.dossier_filters import SORTS, Filters, filter_words, found_by
from web.dossiers import pages
from web.filters import due_status
from web.frame import campaign
from web.list_files import refuse_too_many, table_file
from workflow.policy import Action

__all__ = ["pages"]

BATCH = 1_000


@pages.get("/export.<any(csv, xlsx):suffix>")
@needs(Action.DOSSIER_VIEW)
def export(suffix: str) -> Response:
    """Take away the list as the filters leave it, in its order, all of its pages."""
    current, filters = campaign(), Filters.read()
    if current is None:
        raise NotFound
    query, _instead = found_by(current, filters)
    if suffix == "xlsx":
        refuse_too_many(query)
    name = _("ho-so-%(year)s-%(day)s", year=current.year, day=f"{local(now()):%Y-%m-%d}") + f".{suffix}"
    detail = {"file": name, "filters": filter_words(filters, current)}
    with transaction():
        record(Act(Recorded.DOSSIER_EXPORT, f"campaign:{current.id}", detail=detail, campaign_id=current.id), actor=actor(), at=now())
    return table_file(name, _("Hồ sơ"), _headings(), _rows(query, filters, current))


def _headings() -> list[str]:
    return [
        _("Mã hồ sơ"),
        _("Đơn vị"),
        _("Tên đầy đủ"),
        _("Loại đơn vị"),
        _("Thuộc"),
        _("Cơ quan trình"),
        _("Trạng thái"),
        _("Từ ngày"),
        _("Hạn nộp"),
        _("Tình trạng nộp"),
        _("Trả lại bổ sung"),
        _("Nộp lần đầu"),
        _("Nộp gần nhất"),
    ]


def _rows(query: Select[Any], filters: Filters, current: Campaign) -> Iterator[list[str]]:
    submits = aliased(CampaignUnit)
    column, _name, descending = SORTS[filters.sort]
    ordered = (
        query.join(submits, Dossier.submits_id == submits.id)
        .add_columns(CampaignUnit.official_name, submits.name.label("submits"))
        .order_by(*(key.desc() if descending else key.asc() for key in (column, Dossier.id)))
    )
    kinds = current.plan.kinds
    for row in db.session.execute(ordered, execution_options={"yield_per": BATCH}):
        yield [
            row.code,
            row.name,
            row.official_name,
            kinds[row.kind].label if row.kind in kinds else row.kind,
            row.district or "",
            row.submits,
            _(row.state.label),
            day_words(local(row.state_since).date()),
            day_words(row.due_on) if row.due_on else "",
            due_status(row.state, row.due_on, row.submitted_at, row.submitted_late)[0],
            _("có") if row.returned else "",
            moment_words(row.first_submitted_at, _) if row.first_submitted_at else "",
            moment_words(row.submitted_at, _) if row.submitted_at else "",
        ]

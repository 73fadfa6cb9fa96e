"""What the list of dossiers is narrowed to, as its address says it, and the query behind the list, its file and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.localtime import local_day
from models.vocabulary import DossierState
from web.access import actor, now
from web.addresses import row_number
from web.names import named, nearest
from web.paper_filters import PAPERS, paper_conditions, paper_words
from web.work import granted
from workflow.policy import Action

District = aliased(CampaignUnit)
SORTS: Mapping[str, tuple[Any, str, bool]] = {
    "name": (Dossier.sort_key, "sort_key", False),
    "due": (Dossier.due_key, "due_key", False),
    "changed": (Dossier.state_since, "state_since", True),
}
"""By what the list can be sorted: the column, its name in a row, and whether the greatest comes first."""

DUE = ("overdue", "soon", "later", "late")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as the address says it; unknown words narrow nothing."""

    q: str
    state: str
    kind: str
    district: int | None
    due: str
    papers: str
    sort: str

    @classmethod
    def read(cls) -> Filters:
        """The filters in the address of this request."""
        arguments = request.args
        return cls(
            q=arguments.get("q", "")[:200].strip(),
            state=arguments["state"] if arguments.get("state") in set(DossierState) else "",
            kind=arguments.get("kind", "")[:40],
            district=row_number(arguments.get("district")),
            due=arguments["due"] if arguments.get("due") in DUE else "",
            papers=arguments["papers"] if arguments.get("papers") in PAPERS else "",
            sort=arguments["sort"] if arguments.get("sort") in SORTS else "name",
        )

    @property
    def narrowing(self) -> dict[str, str]:
        """The filters in force, by their names in the address; how the list is sorted narrows nothing."""
        found = {"q": self.q, "state": self.state, "kind": self.kind, "district": self.district, "due": self.due, "papers": self.papers}
        return {name: str(value) for name, value in found.items() if value}

    @property
    def arguments(self) -> dict[str, str]:
        """All that an address must say to show the same list, and that it is a list that one came from."""
        return self.narrowing | {"sort": self.sort}

    @property
    def address(self) -> str:
        """The same as the query of an address."""
        return urlencode(self.arguments)


def dossiers_of(current: Campaign, filters: Filters) -> Select[Any]:
    """The dossiers that the person may see and the filters leave, a row each, in no order."""
    return (
        select(
            Dossier.id,
            Dossier.code,
            Dossier.state,
            Dossier.due_on,
            Dossier.due_key,
            Dossier.state_since,
            Dossier.sort_key,
            Dossier.first_submitted_at,
            Dossier.submitted_at,
            Dossier.submitted_late,
            (Dossier.return_reason != "").label("returned"),
            CampaignUnit.name,
            CampaignUnit.kind,
            District.name.label("district"),
        )
        .join(CampaignUnit, Dossier.campaign_unit_id == CampaignUnit.id)
        .outerjoin(District, CampaignUnit.compiled_by_id == District.id)
        .where(Dossier.campaign_id == current.id, granted(actor(), Action.DOSSIER_VIEW), *_conditions(filters, current))
    )


def found_by(current: Campaign, filters: Filters) -> tuple[Select[Any], str | None]:
    """The list's query; when no name fits what was typed, that of the nearest name, which is given along."""
    query = dossiers_of(current, filters)
    if filters.q and db.session.execute(query.limit(1)).first() is None:
        instead = nearest(filters.q, current)
        if instead:
            return dossiers_of(current, replace(filters, q=instead)), instead
    return query, None


def _conditions(filters: Filters, current: Campaign) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    today = local_day(now())
    if filters.q:
        found += named(filters.q)
    if filters.state:
        found.append(Dossier.state == DossierState(filters.state))
    if filters.kind:
        found.append(CampaignUnit.kind == filters.kind)
    if filters.district is not None:
        found.append((CampaignUnit.compiled_by_id == filters.district) | (CampaignUnit.submits_id == filters.district))
    open_window = Dossier.state == DossierState.SELECTED
    if filters.due == "overdue":
        found += [open_window, Dossier.due_on < today]
    elif filters.due == "soon":
        found += [open_window, Dossier.due_on.between(today, today + timedelta(days=7))]
    elif filters.due == "later":
        found += [open_window, Dossier.due_on > today + timedelta(days=7)]
    elif filters.due == "late":
        found.append(Dossier.submitted_late)
    return found + paper_conditions(filters.papers, current.plan)


def filter_words(filters: Filters, current: Campaign) -> dict[str, str]:
    """The filters in force in words, by their names in the address."""
    district = db.session.get(CampaignUnit, filters.district) if filters.district else None
    words = {
        "q": _("Tìm: %(q)s", q=filters.q) if filters.q else "",
        "state": _(DossierState(filters.state).label) if filters.state else "",
        "kind": current.plan.kinds[filters.kind].label if filters.kind in current.plan.kinds else filters.kind,
        "district": district.name if district else "",
        "due": due_words().get(filters.due, ""),
        "papers": paper_words().get(filters.papers, ""),
    }
    return {name: label for name, label in words.items() if label}


def due_words() -> dict[str, str]:
    """The due filter in words."""
    return {"overdue": _("Quá hạn"), "soon": _("Đến hạn trong 7 ngày"), "later": _("Chưa đến hạn"), "late": _("Đã nộp trễ")}

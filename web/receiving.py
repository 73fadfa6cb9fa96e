"""Đăng ký: all expected units with the state of their forms, for who receives them; one unit's form is in registrations.py."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.campaigns import Campaign
from models.localtime import local_day
from models.vocabulary import Milestone, RegistrationState
from notifications.silence import times_told
from notifications.wording import left_words
from web import expected, imports
from web.access import actor, needs, now
from web.expected import Filters, Row
from web.frame import campaign
from web.names import nearest
from web.registrations import pages
from workflow import deadlines
from workflow.policy import Action, may

__all__ = ["pages"]

PAGE = 50


@pages.get("")
@needs(Action.REGISTRATION_VIEW)
def index() -> str:
    """All expected units that the person may see, with the state of their forms; filtered, 50 a page or all at once."""
    current, filters = campaign(), Filters.read(request.args)
    if current is None:
        return render_template("inbox/empty.html")
    everybody = expected.rows_for(current, actor())
    found, instead = _found(everybody, filters, current)
    number, shown = _page(found)
    ids = [row.id for row in shown]
    deadline = deadlines.current(current, Milestone.REGISTRATION)
    today = local_day(now())
    over = deadline is not None and today > deadline.due_on
    reminds = may(actor(), Action.REGISTRATION_REMIND) and not over
    seen = {row.id for row in everybody}
    wide = may(actor(), Action.REGISTRATION_EXPORT)
    return render_template(
        "registrations/index.html",
        filters=filters,
        tags=_tags(filters, everybody, current),
        instead=instead,
        groups=expected.grouped(shown, everybody),
        counts=_counts(everybody, filters),
        states=expected.state_words(),
        kinds=[(kind.code, kind.label) for kind in current.plan.kinds.values() if any(row.kind == kind.code for row in everybody)],
        districts=_districts(everybody),
        count=len(found),
        notices=expected.last_notices(current, ids),
        told=times_told(current, ids),
        deadline=deadline,
        left=left_words(deadline.due_on, today, _) if deadline else "",
        over=over,
        reminds=reminds,
        ticks=[row.id for row in shown if (row.decides and row.state is RegistrationState.SENT) or (reminds and row.silent)],
        silent=sum(row.silent for row in found),
        waiting=sum(row.decides and row.state is RegistrationState.SENT for row in found),
        rolled_up=lambda head_id: wide or head_id in seen,
        own_rollup=_own_rollup(everybody),
        admits=may(actor(), Action.REGISTRATION_ADMIT),
        exports=wide,
        sheets=imports.offered("registrations"),
        pager=_pager(len(found), number, filters),
    )


def _found(everybody: list[Row], filters: Filters, current: Campaign) -> tuple[list[Row], str | None]:
    """The rows that the filters leave; when no name fits what was typed, those of the nearest name."""
    found = [row for row in everybody if filters.hold(row)]
    if found or not filters.q or any(Filters(q=filters.q).hold(row) for row in everybody):
        return found, None
    instead = nearest(filters.q, current)
    if instead is None:
        return [], None
    near = Filters(instead, filters.state, filters.kind, filters.district)
    return [row for row in everybody if near.hold(row)], instead


def _counts(everybody: list[Row], filters: Filters) -> dict[str, tuple[int, str]]:
    """For each state how many rows it would leave beside the other filters, and the address that does so."""
    beside = Filters(filters.q, "", filters.kind, filters.district)
    rows = [row for row in everybody if beside.hold(row)]
    words = expected.state_words()
    narrowed = {state: Filters(state=state) for state in words}
    return {
        words[state]: (sum(narrow.hold(row) for row in rows), url_for("registrations.index", **{**beside.arguments, "state": state}))
        for state, narrow in narrowed.items()
    }


def _tags(filters: Filters, everybody: list[Row], current: Campaign) -> list[dict[str, str]]:
    kinds = current.plan.kinds
    words = {
        "q": _("Tìm: %(q)s", q=filters.q) if filters.q else "",
        "state": expected.state_words().get(filters.state, ""),
        "kind": kinds[filters.kind].label if filters.kind in kinds else filters.kind,
        "district": _districts(everybody).get(filters.district or 0, str(filters.district or "")),
    }
    return [
        {"label": label, "remove_url": url_for("registrations.index", **filters.without(name))} for name, label in words.items() if label
    ]


def _districts(everybody: list[Row]) -> dict[int, str]:
    """The units that compile for others, in the order of the list."""
    return {row.head_id: row.head for row in everybody if row.head_id is not None}


def _own_rollup(everybody: list[Row]) -> int | None:
    """The district that sees this page for its own communes, by which it finds its roll-up."""
    districts = _districts(everybody)
    own = [unit_id for unit_id in districts if any(row.id == unit_id for row in everybody)]
    return own[0] if len(districts) == 1 and own and may(actor(), Action.REGISTRATION_REPORT) else None


def _page(found: list[Row]) -> tuple[int, list[Row]]:
    """The number of the page (0: all rows) and its rows."""
    if request.args.get("show") == "all":
        return 0, found
    number = min(max(request.args.get("page", 1, type=int), 1), max(1, -(-len(found) // PAGE)))
    return number, found[(number - 1) * PAGE : number * PAGE]


def _pager(count: int, number: int, filters: Filters) -> dict[str, Any]:
    """Where this page stands, and the addresses of those beside it."""

    def at(page: int) -> str:
        return url_for("registrations.index", **{**filters.arguments, "page": page})

    return {
        "first": (number - 1) * PAGE + 1 if number else 1,
        "last": min(number * PAGE, count) if number else count,
        "previous_url": at(number - 1) if number > 1 else None,
        "next_url": at(number + 1) if number and number * PAGE < count else None,
        "all_url": url_for("registrations.index", **{**filters.arguments, "show": "all"}) if number and count > PAGE else None,
        "paged_url": url_for("registrations.index", **filters.arguments) if not number and count > PAGE else None,
    }

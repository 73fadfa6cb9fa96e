"""Forms on one dossier that several officers have open: what changed comes back with what was typed; sent twice is done once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import HiddenField

from audit.actions import Action as Recorded
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.db import db
from models.dossiers import Dossier
from models.people import User
from models.text import clean
from models.vocabulary import AuditResult, Step
from web.acting import acting
from web.addresses import row_number
from web.forms import Form
from web.wording import EntryView, ObjectionView, entry_view, objection_views
from workflow.acts import ActRefused
from workflow.rules.objection import Objection
from workflow.steps import done_before

STEPS = frozenset(Recorded.of_step(step) for step in Step)
MOVES = STEPS | {Recorded.DOSSIER_EXTEND, Recorded.DOSSIER_ADMIT, Recorded.DOSSIER_DUE, Recorded.EXTENSION_ASK, Recorded.EXTENSION_REFUSE}
"""Acts that move a dossier or its due date."""

PEOPLE = STEPS | {Recorded.DOSSIER_NOMINEES, Recorded.DOSSIER_ANSWERS}
"""Acts that change who is put forward and what is answered for them."""

SUBSTANCE = MOVES | PEOPLE | {Recorded.DOSSIER_APPRAISE, Recorded.DOCUMENT_UPLOAD}
"""Acts that change what an officer judges when they look at a dossier."""


class DossierForm(Form):
    """A form that remembers the last entry of the dossier's record when it was shown, and carries a key of its own."""

    seen = HiddenField()
    key = HiddenField()


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did to the dossier after the form was shown."""

    view: EntryView
    who: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a form: done, or the reasons why not, or what others changed since it was shown."""

    done: bool
    reasons: Sequence[ObjectionView] = ()
    changes: Sequence[Change] = ()


def open_form(form: DossierForm, dossier: Dossier) -> None:
    """Let a form remember what is on record of the dossier now."""
    form.seen.data, form.key.data = str(_last(dossier)), secrets.token_urlsafe(16)


def carry_out(
    dossier: Dossier, form: DossierForm, watched: frozenset[Recorded], action: Recorded, act: Callable[[str | None], object]
) -> Sent:
    """Do what a form says in one transaction, unless one of the watched acts came between its showing and its sending.

    `act` takes the key under which it puts itself on record; what is refused is on record as `action`.
    After a refusal the form is ready to be sent again against what is there now.
    """
    number, typed = dossier.id, clean(form.key.data or "")
    key = f"{number}.{typed}"[:64] if typed else None
    changes: list[Change] = []
    reasons: list[ObjectionView] = []
    try:
        with acting(action, dossier, key):
            hold_chain()  # nobody else writes from here on
            if key and done_before(key, number):
                return Sent(done=True)
            changes = _changes(number, row_number(form.seen.data), watched)
            if not changes:
                act(key)
                return Sent(done=True)
    except ActRefused as refused:
        reasons = objection_views(refused.objections, dossier)
    except (IntegrityError, StaleDataError):
        reasons = objection_views([Objection("stale", {})], dossier)
    form.seen.data = str(_last(dossier))
    return Sent(done=False, reasons=reasons, changes=changes)


def _last(dossier: Dossier) -> int:
    return db.session.scalar(select(func.max(AuditEntry.seq)).where(AuditEntry.dossier_id == dossier.id)) or 0


def _changes(number: int, seen: int | None, watched: frozenset[Recorded]) -> list[Change]:
    """What was done to the dossier after an entry; a form that remembers none saw the dossier as it is."""
    if seen is None:
        return []
    query = (
        select(AuditEntry, User.full_name)
        .outerjoin(User, AuditEntry.actor_id == User.id)
        .where(
            AuditEntry.dossier_id == number,
            AuditEntry.seq > seen,
            AuditEntry.result == AuditResult.DONE,
            AuditEntry.action.in_([action.value for action in watched]),
        )
        .order_by(AuditEntry.seq)
    )
    return [Change(entry_view(entry), name or "") for entry, name in db.session.execute(query)]

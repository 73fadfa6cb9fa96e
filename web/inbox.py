"""Việc của tôi: what is overdue, due soon, waiting for me, gone wrong, waiting for others."""

from __future__ import annotations

from flask import Blueprint, render_template

from models.campaigns import Campaign
from models.dossiers import Dossier
from models.vocabulary import DossierState, ResultNeed, Step
from web import imports, work
from web.access import Open, actor, needs, now
from web.frame import campaign
from web.letters import failure
from workflow.policy import Action, may

pages = Blueprint("inbox", __name__)


def _owes_result(dossier: Dossier, current: Campaign) -> bool:
    """III.1.a: whether the recognition or rating that the dossier rests on is still to be recorded; recording it ranks the dossier."""
    needs = current.plan.criteria[dossier.campaign_unit.criterion or ""].needs
    return dossier.state is DossierState.REGISTERED and needs in {ResultNeed.RECOGNITION, ResultNeed.RATING_PROGRESS}


@pages.get("/")
@needs(Open.SIGNED_IN)
def index() -> str:
    """The inbox of the person who is signed in, for the chosen campaign."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html", sheets=imports.offered("units"))
    person, at = actor(), now()
    mine, failed = work.waiting_for_me(person, current), work.failed_mails(person, current)
    return render_template(
        "inbox/index.html",
        overdue=work.overdue(person, current, at),
        soon=work.due_soon(person, current, at),
        mine=mine,
        selects=any(row.step is Step.SELECT for row in mine.rows),
        many={row.step for row in mine.rows},
        appraisals=work.to_appraise(person, current),
        extensions=work.extensions_to_answer(person, current),
        sessions=work.sessions_to_record(person, current, at),
        commends=may(person, Action.COMMENDATION_VIEW),
        others=work.waiting_for_others(person, current),
        forms=work.registrations_to_decide(person, current),
        own_form=work.own_form_to_send(person, current),
        failed=failed,
        mendable={mail.id for mail in failed if may(person, Action.LETTER_ADDRESS, mail.notice.campaign_unit)},
        failure=failure,
        owes_result=lambda dossier: _owes_result(dossier, current),
        sheets=imports.offered("units"),
    )

"""Letters to units without a mailbox: read on the pages, and sent after all once somebody writes a mailbox down."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.db import db, transaction
from models.outbox import Notice
from notifications import outbox
from notifications.outbox import AddressRefused
from web.access import actor, allow, needs, now
from web.letter_acts import REFUSED, AddressForm
from web.letters import pages, words_of
from web.work import granted
from workflow.policy import Action, may

Answer = str | Response | tuple[str, int]


@pages.get("/notices/<int:notice_id>")
@needs(Action.LETTER_VIEW)
def notice(notice_id: int) -> Answer:
    """A letter to a unit, which has no mailbox; one that was mailed is shown with its mail."""
    found = _find(notice_id)
    if found.mails:
        return redirect(url_for("letters.show", mail_id=found.mails[0].id))
    return _page(found, AddressForm())


@pages.post("/notices/<int:notice_id>")
@needs(Action.LETTER_ADDRESS)
def give_address(notice_id: int) -> Answer:
    """Write down the unit's mailbox and send the letter there."""
    found, form = _find(notice_id), AddressForm()
    allow(Action.LETTER_ADDRESS, found.campaign_unit)
    if not form.validate():
        return _page(found, form), 422
    try:
        with transaction():
            mail = outbox.give_address(found, form.email.data or "", now())
            detail = {"former": "", "recipient": mail.recipient, "mails": 1}
            record(Act(Recorded.MAIL_ADDRESS, f"mail:{mail.id}", detail=detail, campaign_id=found.campaign_id), actor=actor(), at=now())
    except AddressRefused as refused:
        form.email.errors = [_(REFUSED[str(refused)])]
        return _page(_find(notice_id), form), 422
    flash(_("Đã ghi địa chỉ của đơn vị; thư sẽ được gửi tới đó."), "success")
    return redirect(url_for("letters.show", mail_id=mail.id))


def _find(notice_id: int) -> Notice:
    """A letter that the person may see, with its unit. Raises NotFound otherwise."""
    query = select(Notice).join(Notice.campaign_unit).options(contains_eager(Notice.campaign_unit))
    found = db.session.scalars(query.where(Notice.id == notice_id, granted(actor(), Action.LETTER_VIEW))).first()
    if found is None:
        raise NotFound
    return found


def _page(found: Notice, form: AddressForm) -> str:
    subject, text = words_of(found)
    corrects = may(actor(), Action.LETTER_ADDRESS, found.campaign_unit)
    return render_template("letters/notice.html", notice=found, subject=subject, text=text, form=form, corrects=corrects)

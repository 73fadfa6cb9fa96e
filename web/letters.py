"""Thư: the letters and where each of their mails stands; sending one again, cancelling one."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from audit import Act, record
from audit.actions import Action as Recorded
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.vocabulary import MailState
from notifications import outbox
from web import keyset
from web.access import actor, needs, now
from web.frame import campaign
from web.names import named
from web.work import granted
from workflow.policy import Action, may

pages = Blueprint("letters", __name__, url_prefix="/letters")
Answer = AnyResponse | tuple[str, int]


@pages.get("")
@needs(Action.LETTER_VIEW)
def index() -> str:
    """The mails to the units that the person may see, the latest first; filtered by state and words."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    state, q = request.args.get("state", ""), request.args.get("q", "")[:200].strip()
    query = (
        select(
            OutboxMail.id, OutboxMail.recipient, OutboxMail.state, OutboxMail.attempts, OutboxMail.next_attempt_at, OutboxMail.accepted_at
        )
        .add_columns(
            OutboxMail.last_error, OutboxMail.subject, Notice.letter, Notice.created_at, CampaignUnit.name, Notice.id.label("notice_id")
        )
        .join(OutboxMail.notice)
        .join(Notice.campaign_unit)
        .where(Notice.campaign_id == current.id, granted(actor(), Action.LETTER_VIEW))
    )
    if state in set(MailState):
        query = query.where(OutboxMail.state == MailState(state))
    query = query.where(*named(q))
    found = keyset.page(query, [OutboxMail.id], ["id"], descending=True)
    return render_template("letters/index.html", page=found, states=list(MailState), chosen=state, q=q)


@pages.get("/<int:mail_id>")
@needs(Action.LETTER_VIEW)
def show(mail_id: int) -> str:
    """One mail: its letter as sent, or as it will be, and what became of it."""
    return _page(_find(mail_id))


def _page(mail: OutboxMail, refused: str = "") -> str:
    letter = outbox.letter_of(mail.notice)
    caught = _caught(mail)
    return render_template(
        "letters/show.html",
        mail=mail,
        subject=mail.subject or letter.subject,
        text=mail.text or letter.text,
        manages=may(actor(), Action.LETTER_MANAGE, mail.notice.campaign_unit),
        caught=caught is not None,
        entry=outbox.calendar_entry_of(mail.notice),
        refused=refused,
        MailState=MailState,
    )


@pages.get("/<int:mail_id>/caught")
@needs(Action.LETTER_VIEW)
def caught(mail_id: int) -> Response:
    """The message as the local mail catcher of the demo received it over SMTP."""
    path = _caught(_find(mail_id))
    if path is None:
        raise NotFound
    return send_file(path, mimetype="text/plain", as_attachment=False, download_name=path.name)


@pages.get("/<int:mail_id>/han.ics")
@needs(Action.LETTER_VIEW)
def calendar_entry(mail_id: int) -> Response:
    """The date that the letter speaks of, as the file that went with it, for the reader's own calendar."""
    files = outbox.files_of(_find(mail_id).notice)
    if not files:
        raise NotFound
    answer = Response(files[0].content, content_type=files[0].media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{files[0].name}"'
    return answer


@pages.post("/<int:mail_id>/retry")
@needs(Action.LETTER_MANAGE)
def retry(mail_id: int) -> Answer:
    """Send a failed or cancelled mail again, as the same message."""
    return _change(mail_id, "retry")


@pages.post("/<int:mail_id>/cancel")
@needs(Action.LETTER_MANAGE)
def cancel(mail_id: int) -> Answer:
    """Keep an unsent mail from going out."""
    return _change(mail_id, "cancel")


def _change(mail_id: int, verb: str) -> Answer:
    mail = _find(mail_id)
    try:
        with transaction():
            if verb == "retry":
                outbox.retry(mail, now())
            else:
                outbox.cancel(mail)
            action = Recorded.MAIL_RETRY if verb == "retry" else Recorded.MAIL_CANCEL
            detail = {"recipient": mail.recipient}
            record(Act(action, f"mail:{mail.id}", detail=detail, campaign_id=mail.notice.campaign_id), actor=actor(), at=now())
    except ValueError:
        return _page(_find(mail_id), refused=verb), 409
    flash(_("Thư sẽ được gửi lại.") if verb == "retry" else _("Đã huỷ thư."), "success")
    return redirect(url_for("letters.show", mail_id=mail_id))


def _find(mail_id: int) -> OutboxMail:
    mail = db.session.scalars(
        select(OutboxMail)
        .join(OutboxMail.notice)
        .join(Notice.campaign_unit)
        .options(contains_eager(OutboxMail.notice).contains_eager(Notice.campaign_unit))
        .where(OutboxMail.id == mail_id, granted(actor(), Action.LETTER_VIEW))
    ).first()
    if mail is None:
        raise NotFound
    return mail


def _caught(mail: OutboxMail) -> Path | None:
    folder = current_app.config["CAUGHT_MAIL"]
    if folder is None:
        return None
    from demo.catcher import caught_path

    path = caught_path(folder, mail.message_id)
    return path if path.is_file() else None

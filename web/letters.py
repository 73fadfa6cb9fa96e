"""Thư: the letters and where each of their mails stands. What is done to them is in letter_acts.py and mail_gate.py."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request, send_file
from flask_babel import gettext as _
from jinja2 import UndefinedError
from sqlalchemy import Integer, func, select
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound

from models.campaigns import CampaignUnit
from models.db import db
from models.outbox import Notice, OutboxMail
from models.vocabulary import MailState
from notifications import outbox
from notifications.failures import failure_words
from notifications.letters import MissingFact
from web import keyset
from web.access import actor, needs
from web.frame import campaign
from web.names import named
from web.pulse import pulse, server_words
from web.work import granted
from workflow.policy import Action, may

LEFT = frozenset({MailState.SENDING, MailState.ACCEPTED})
"""A mail that has left, or is leaving, keeps its address."""

NOWHERE = "nowhere"
"""The filter for letters to units without a mailbox: they are read here and nowhere else."""

MAIL_KEY = func.coalesce(OutboxMail.id, 0, type_=Integer())

pages = Blueprint("letters", __name__, url_prefix="/letters")


@pages.get("")
@needs(Action.LETTER_VIEW)
def index() -> str:
    """The letters to the units that the person may see, a row for each mail, the latest first; filtered by state and words."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    state, q = request.args.get("state", ""), request.args.get("q", "")[:200].strip()
    query = (
        select(
            OutboxMail.id, OutboxMail.recipient, OutboxMail.state, OutboxMail.attempts, OutboxMail.next_attempt_at, OutboxMail.accepted_at
        )
        .add_columns(
            OutboxMail.last_error,
            OutboxMail.reason,
            OutboxMail.subject,
            Notice.letter,
            Notice.created_at,
            CampaignUnit.name,
            Notice.id.label("notice_id"),
            MAIL_KEY.label("mail_key"),
        )
        .select_from(Notice)
        .outerjoin(Notice.mails)
        .join(Notice.campaign_unit)
        .where(Notice.campaign_id == current.id, granted(actor(), Action.LETTER_VIEW))
    )
    if state in set(MailState):
        query = query.where(OutboxMail.state == MailState(state))
    elif state == NOWHERE:
        query = query.where(OutboxMail.id.is_(None))
    query = query.where(*named(q))
    found = keyset.page(query, [Notice.id, MAIL_KEY], ["notice_id", "mail_key"], descending=True)
    return render_template(
        "letters/index.html",
        page=found,
        states=list(MailState),
        nowhere=NOWHERE,
        chosen=state,
        q=q,
        failure=failure,
        gate=pulse(),
        server=server_words(),
        manages=may(actor(), Action.LETTER_MANAGE),
        releases=may(actor(), Action.LETTER_RELEASE),
    )


@pages.get("/<int:mail_id>")
@needs(Action.LETTER_VIEW)
def show(mail_id: int) -> str:
    """One mail: its letter as sent, or as it will be, and what became of it."""
    return page_of(find(mail_id))


def page_of(mail: OutboxMail, refused: str = "") -> str:
    """The page of one mail; `refused` is the verb that could not be carried out."""
    subject, text = _words(mail)
    caught = _caught(mail)
    return render_template(
        "letters/show.html",
        mail=mail,
        subject=subject,
        text=text,
        manages=may(actor(), Action.LETTER_MANAGE, mail.notice.campaign_unit),
        corrects=may(actor(), Action.LETTER_ADDRESS, mail.notice.campaign_unit) and mail.state not in LEFT,
        failure=failure(mail.last_error),
        caught=caught is not None,
        entry=outbox.calendar_entry_of(mail.notice),
        refused=refused,
        MailState=MailState,
    )


def _words(mail: OutboxMail) -> tuple[str, str]:
    """Subject and text as sent, or as they would be now."""
    return words_of(mail.notice) if mail.text is None else (mail.subject or "", mail.text)


def words_of(notice: Notice) -> tuple[str, str]:
    """Subject and text of a letter; of one that lacks a fact, its name and that it cannot be written."""
    try:
        letter = outbox.letter_of(notice)
    except (MissingFact, UndefinedError) as error:
        return _(notice.letter.label), failure(f"{type(error).__name__}: {error}")
    return letter.subject, letter.text


@pages.get("/<int:mail_id>/caught")
@needs(Action.LETTER_VIEW)
def caught(mail_id: int) -> Response:
    """The message as the local mail catcher of the demo received it over SMTP."""
    path = _caught(find(mail_id))
    if path is None:
        raise NotFound
    return send_file(path, mimetype="text/plain", as_attachment=False, download_name=path.name)


@pages.get("/<int:mail_id>/han.ics")
@needs(Action.LETTER_VIEW)
def calendar_entry(mail_id: int) -> Response:
    """The date that the letter speaks of, as the file that went with it, for the reader's own calendar."""
    files = outbox.files_of(find(mail_id).notice)
    if not files:
        raise NotFound
    answer = Response(files[0].content, content_type=files[0].media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{files[0].name}"'
    return answer


def find(mail_id: int) -> OutboxMail:
    """A mail that the person may see, with its notice and unit. Raises NotFound otherwise."""
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


def failure(error: str) -> str:
    """What a mail server's answer means, in the reader's language."""
    return _(failure_words(error)) if error else ""


def _caught(mail: OutboxMail) -> Path | None:
    folder = current_app.config["CAUGHT_MAIL"]
    if folder is None:
        return None
    from demo.catcher import caught_path

    path = caught_path(folder, mail.message_id)
    return path if path.is_file() else None

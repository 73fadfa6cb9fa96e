"""Lời các thư: the officers' own wording of each letter, with its fields, a preview with sample facts, and the way back to the template."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField

from audit.actions import Action as Recorded
from models.campaigns import Campaign
from models.text import clean
from models.vocabulary import LetterName
from notifications.letter_words import Words, fields_of, in_line
from notifications.letters import FACTS, WORDABLE, Letter, action
from notifications.outbox import render
from notifications.samples import sample_facts
from web.access import actor, needs, now
from web.acting import acting
from web.addresses import row_number
from web.forms import Form, at_most, filled, line
from web.frame import campaign
from web.wording import objection_views
from workflow import letter_wording
from workflow.acts import ActRefused
from workflow.policy import Action
from workflow.rules.objection import Objection

pages = Blueprint("wordings", __name__, url_prefix="/wordings")
Answer = str | Response | tuple[str, int]
LONGEST = 6000


def clean_body(text: str | None) -> str:
    """A body as it is kept: every line cleaned, the four spaces of a quotation and the empty lines left."""
    lines = (text or "").replace("\r\n", "\n").split("\n")
    return "\n".join(("    " if part.startswith("    ") else "") + clean(part) for part in lines).strip("\n")


class WordsForm(Form):
    """Subject and body."""

    subject = line(_l("Tiêu đề"), limit=250)
    body = TextAreaField(_l("Lời thư"), [filled, at_most(LONGEST)], filters=[clean_body])
    version, key = HiddenField(), HiddenField()


@pages.get("")
@needs(Action.LETTER_WORD)
def index() -> str:
    """Every letter, and whose wording it has."""
    current = _campaign()
    return render_template("wordings/index.html", letters=WORDABLE, changed=letter_wording.all_latest(current))


@pages.get("/<letter_code>/sample")
@needs(Action.CALENDAR_VIEW)
def sample(letter_code: str) -> str:
    """A letter with sample facts, in the wording that is in force."""
    current, letter = _campaign(), _letter(letter_code)
    row = letter_wording.latest(current, letter)
    words = Words(row.subject, row.body) if row is not None and row.body else None
    return render_template("wordings/sample.html", letter=letter, written=_rendered(current, letter, words))


@pages.get("/<letter_code>")
@needs(Action.LETTER_WORD)
def edit(letter_code: str) -> Answer:
    """The wording in force, to be changed."""
    current, letter = _campaign(), _letter(letter_code)
    row = letter_wording.latest(current, letter)
    words = letter_wording.words_of(row, letter)
    form = WordsForm(subject=words.subject, body=words.body, version=str(row.version if row else 0), key=secrets.token_urlsafe(16))
    return _page(current, letter, form)


@pages.post("/<letter_code>")
@needs(Action.LETTER_WORD)
def save(letter_code: str) -> Answer:
    """Show the letter as it would be, or keep the wording."""
    current, letter, form = _campaign(), _letter(letter_code), WordsForm()
    if not form.validate():
        return _page(current, letter, form), 422
    words = Words(form.subject.data, form.body.data)
    found = letter_wording.faults(letter, words)
    if found:
        return _page(current, letter, form, found), 422
    if request.form.get("do") != "save":
        return _page(current, letter, form, preview=_rendered(current, letter, words))
    try:
        with acting(Recorded.LETTER_WORD, current, _key(form)):
            letter_wording.reword(current, letter, words, version=_version(form), actor=actor(), at=now(), key=_key(form))
    except (ActRefused, IntegrityError) as refused:
        return _page(current, letter, form, _objections(refused)), 409
    flash(_("Đã lưu lời thư “%(letter)s”.", letter=_(letter.label)), "success")
    return redirect(url_for("wordings.index"))


@pages.post("/<letter_code>/reset")
@needs(Action.LETTER_WORD)
def reset(letter_code: str) -> Answer:
    """Go back to the template's wording."""
    current, letter, form = _campaign(), _letter(letter_code), WordsForm()
    try:
        with acting(Recorded.LETTER_UNWORD, current, _key(form)):
            letter_wording.unword(current, letter, version=_version(form), actor=actor(), at=now(), key=_key(form))
    except (ActRefused, IntegrityError) as refused:
        words = letter_wording.words_of(letter_wording.latest(current, letter), letter)
        form.subject.data, form.body.data = words.subject, words.body
        return _page(current, letter, form, _objections(refused)), 409
    flash(_("Thư “%(letter)s” dùng lại lời mẫu.", letter=_(letter.label)), "success")
    return redirect(url_for("wordings.index"))


def _objections(refused: ActRefused | IntegrityError) -> list[Objection]:
    return refused.objections if isinstance(refused, ActRefused) else [Objection("word_changed", {})]


def _page(
    current: Campaign, letter: LetterName, form: WordsForm, objections: list[Objection] | None = None, preview: Letter | None = None
) -> str:
    facts = sample_facts(letter, current.plan) | {"basis": f"mục III.4.a Kế hoạch số {current.plan.number}", "count": "03"}
    row = letter_wording.latest(current, letter)
    return render_template(
        "wordings/edit.html",
        letter=letter,
        form=form,
        preview=preview,
        reasons=objection_views(objections or []),
        fields=[(name, in_line(f"{{{name}}}", facts)) for name in fields_of(FACTS[letter])],
        button_words=action(letter),
        own=row is not None and bool(row.body),
    )


def _rendered(current: Campaign, letter: LetterName, words: Words | None) -> Letter:
    return render(letter, sample_facts(letter, current.plan), words)


def _campaign() -> Campaign:
    current = campaign()
    if current is None:
        raise NotFound
    return current


def _letter(code: str) -> LetterName:
    if code not in {letter.value for letter in WORDABLE}:
        raise NotFound
    return LetterName(code)


def _version(form: WordsForm) -> int:
    return row_number(form.version.data) or 0


def _key(form: WordsForm) -> str | None:
    return clean(form.key.data or "")[:64] or None

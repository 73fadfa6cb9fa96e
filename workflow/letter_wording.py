"""Officers' own wording of a letter, by campaign: checked, kept in versions, given back to the template. The facts stay the letter's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.campaigns import Campaign
from models.db import db
from models.people import Actor
from models.reminding import LetterWording
from models.vocabulary import LetterName
from notifications import letter_words
from notifications.letter_words import Words
from notifications.letters import FACTS, LISTS, template_words
from workflow.acts import refuse_if
from workflow.rules.objection import Objection


def latest(campaign: Campaign, letter: LetterName) -> LetterWording | None:
    """The latest version of a letter's own wording; an empty one means the template."""
    of_it = (LetterWording.campaign_id == campaign.id, LetterWording.letter == letter)
    return db.session.scalars(select(LetterWording).where(*of_it).order_by(LetterWording.version.desc()).limit(1)).first()


def all_latest(campaign: Campaign) -> dict[LetterName, LetterWording]:
    """The latest version of every letter that was ever worded in a campaign."""
    newest = select(func.max(LetterWording.id)).where(LetterWording.campaign_id == campaign.id).group_by(LetterWording.letter)
    return {row.letter: row for row in db.session.scalars(select(LetterWording).where(LetterWording.id.in_(newest)))}


def words_of(row: LetterWording | None, letter: LetterName) -> Words:
    """What a letter says now: the officers' words, or the template's."""
    return Words(row.subject, row.body) if row is not None and row.body else template_words(letter)


def faults(letter: LetterName, words: Words) -> list[Objection]:
    """What stands against a wording: fields that the letter does not have, lone braces, what every letter must state, lists in a line."""
    fields = letter_words.fields_of(FACTS[letter])
    named = letter_words.used(f"{words.subject}\n{words.body}")
    lists = {field for field, fact in fields.items() if fact in LISTS}
    offered = ", ".join(f"{{{field}}}" for field in fields)
    alone = {line.removeprefix("- ").strip()[1:-1] for line in words.body.splitlines() if line.startswith("- {")}
    in_line = [field for field in letter_words.used(words.body) if field in lists and field not in alone]
    return [
        *([Objection("word_braces", {})] if letter_words.stray_braces(words.subject + words.body) else []),
        *(Objection("word_unknown", {"word": field, "words": offered}) for field in named if field not in fields),
        *(Objection("word_alone", {"word": field}) for field in in_line),
        *(
            Objection("word_missing", {"word": field})
            for field in letter_words.required(FACTS[letter])
            if field not in letter_words.used(words.body)
        ),
    ]


def reword(
    campaign: Campaign, letter: LetterName, words: Words, *, version: int, actor: Actor, at: datetime, key: str | None = None
) -> LetterWording:
    """Word a letter otherwise from now on; letters that are written already keep their words.

    `version` is the one that the page showed, 0 where there was none. Raises ActRefused with everything that stands against it.
    """
    row = _held(campaign, letter, version)
    refuse_if(*faults(letter, words), Objection("word_unchanged", {}) if words == words_of(row, letter) else None)
    return _written(Action.LETTER_WORD, campaign, letter, words, version + 1, actor, at, key)


def unword(campaign: Campaign, letter: LetterName, *, version: int, actor: Actor, at: datetime, key: str | None = None) -> LetterWording:
    """Go back to the template's wording. Raises ActRefused when it is in force."""
    row = _held(campaign, letter, version)
    refuse_if(None if row is not None and row.body else Objection("word_own", {}))
    return _written(Action.LETTER_UNWORD, campaign, letter, Words("", ""), version + 1, actor, at, key)


def _held(campaign: Campaign, letter: LetterName, version: int) -> LetterWording | None:
    hold_chain()
    row = latest(campaign, letter)
    refuse_if(Objection("word_changed", {}) if version != (row.version if row else 0) else None)
    return row


def _written(
    action: Action, campaign: Campaign, letter: LetterName, words: Words, version: int, actor: Actor, at: datetime, key: str | None
) -> LetterWording:
    row = LetterWording(
        campaign_id=campaign.id,
        letter=letter,
        version=version,
        subject=words.subject,
        body=words.body,
        changed_by_id=actor.user_id,
        changed_at=at,
    )
    db.session.add(row)
    db.session.flush()
    detail = {"letter": letter.value, "version": version, "subject": words.subject, "body": words.body}
    record(Act(action, f"campaign:{campaign.id}", detail=detail, campaign_id=campaign.id, request_key=key), actor=actor, at=at)
    return row

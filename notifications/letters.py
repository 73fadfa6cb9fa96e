"""The wording of every letter: facts in, subject, plain text and HTML out.

No session, no clock, no recipients: what happened is in the facts, who is told stands in `notices.py`. A letter is
`templates/mail/<name>.txt` (subject, empty line, body) and `<name>.html`; what letters share is in `_layout` and `_macros`.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from models.vocabulary import LetterName
from notifications.calendar_entry import Attachment
from notifications.letter_words import Words, as_text, fields_of, filled, in_line

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "mail"
SUBJECT_LIMIT = 200
WIDTH = 76

COMMON = frozenset({"unit", "campaign", "year", "plan", "sender", "receiving_office", "clause", "link", "journal"})
_DOSSIER = COMMON | {"dossier", "collective"}
_DUE = frozenset({"due", "due_date"})
_PAPER = frozenset({"number", "date"})
LISTS = frozenset({"units", "counts", "changes", "collectives", "checklist", "nominees"})
PAIRS = frozenset({"counts", "nominees"})
"""Facts that are lists; of these two, lists of pairs."""
ITEM: Mapping[str, object] = {"collective": "", "units": [], "working": []}
"""What a reminder inside a digest may say of its own, beside its subject, its due date and its page."""

# What each letter needs to be told; other facts are not passed on to its templates.
FACTS: Mapping[LetterName, frozenset[str]] = {
    LetterName.CAMPAIGN_OPENED: COMMON | _DUE | {"working"},
    LetterName.CAMPAIGN_OPENED_MEMBER: COMMON | _DUE | {"working", "registers_with"},
    LetterName.CAMPAIGN_OPENED_COMPILED: COMMON | _DUE | {"working", "units"},
    LetterName.REGISTRATION_REMINDER: COMMON | _DUE | {"left", "working"},
    LetterName.REGISTRATION_REMINDER_COMPILED: COMMON | _DUE | {"left", "working", "units"},
    LetterName.REGISTRATION_CLOSED: COMMON | {"due", "day", "counts", "units"},
    LetterName.REGISTRATION_RECEIVED: COMMON | {"at", "day"},
    LetterName.REGISTRATION_RETURNED: COMMON | {"reason", "due", "working", "day"},
    LetterName.REGISTRATION_ACCEPTED: COMMON | {"collectives", "day"},
    LetterName.REGISTRATION_REPORTED: COMMON | {"day", "district", "counts", "units", "changes"},
    LetterName.REGISTRATION_LATE_ASKED: COMMON | {"day", "asking", "reason", "due", "told"},
    LetterName.REGISTRATION_ADMITTED: COMMON | _PAPER | {"reason"},
    LetterName.AUDIT_CHECKPOINT: COMMON | {"at", "size", "note", "key"},
    LetterName.RANKING_PUBLISHED: _DOSSIER | _PAPER | {"result"},
    LetterName.RANKING_CORRECTED: _DOSSIER | _PAPER | {"reason", "announcement", "former", "result", "due", "former_due", "working"},
    LetterName.SELECTED: _DOSSIER | _DUE | {"working", "checklist", "individuals"},
    LetterName.PASSED_OVER: _DOSSIER | {"reason", "day"},
    LetterName.DOSSIER_REMINDER: _DOSSIER | _DUE | {"left", "working", "checklist"},
    LetterName.DOSSIER_OVERDUE: _DOSSIER | _DUE | {"overdue", "working"},
    LetterName.DIGEST: COMMON | {"items"},
    LetterName.SUBMITTED: _DOSSIER | {"day", "at", "timeliness", "checklist"},
    LetterName.SENT_BACK: _DOSSIER | _DUE | {"reason", "working"},
    LetterName.EXTENSION_ASKED: _DOSSIER | {"asking", "due", "asked_due", "reason", "working"},
    LetterName.EXTENSION_REFUSED: _DOSSIER | _DUE | _PAPER | {"asked_due", "reason", "working"},
    LetterName.DOSSIER_ADMITTED: _DOSSIER | _DUE | _PAPER | {"reason", "working"},
    LetterName.EXTENDED: _DOSSIER | _DUE | _PAPER | {"reason", "working"},
    LetterName.COUNCIL_AGENDA: COMMON | {"held_on", "place", "dossiers", "changed"},
    LetterName.REVIEWED: _DOSSIER | _PAPER | {"nominees"},
    LetterName.DECLINED: _DOSSIER | _PAPER | {"reason"},
    LetterName.FORWARDED: _DOSSIER | _PAPER,
    LetterName.AWARDED: _DOSSIER | _PAPER | {"nominees"},
    LetterName.REFUSED: _DOSSIER | _PAPER | {"nominees"},
    LetterName.WITHDRAWN: _DOSSIER | {"reason", "day"},
    LetterName.LAPSED: _DOSSIER | {"due", "reason", "day"},
    LetterName.YEAR_END_REMINDER: COMMON | _DUE | {"left", "working"},
    LetterName.CORRECTED: _DOSSIER | {"day", "from_state", "to_state", "reason"},
}


FIXED = frozenset({LetterName.DIGEST, LetterName.COUNCIL_AGENDA, LetterName.AUDIT_CHECKPOINT})
"""Letters that are a list or a signed note as a whole: there is nothing to word in them."""
WORDABLE = tuple(letter for letter in LetterName if letter not in FIXED)
"""Letters that officers may word themselves."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be sent, the same words in plain text and in HTML, and what goes with it."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class MissingFact(KeyError):
    """Raised when a letter is asked for without a fact it needs; no half-filled letter leaves the house."""

    def __init__(self, letter: LetterName, fact: str) -> None:
        """Keep which letter lacks which fact."""
        super().__init__(letter, fact)
        self.letter, self.fact = letter, fact

    def __str__(self) -> str:
        """Name both, for the log."""
        return f"letter {self.letter.value!r} lacks the fact {self.fact!r}"


def render_letter(name: LetterName, facts: Mapping[str, object], *, base_url: str, words: Words | None = None) -> Letter:
    """Write the letter from its facts alone: the same facts always give the same letter.

    `words` is the officers' own wording; whoever words a letter, its button, its due date's working and its closing stay.
    """
    for fact in sorted(FACTS[name] - facts.keys()):
        raise MissingFact(name, fact)
    told: dict[str, object] = {fact: _written(facts[fact]) for fact in FACTS[name]}
    base = base_url.rstrip("/")
    told["url"] = base + str(facts["link"])
    if isinstance(items := told.get("items"), list):
        told["items"] = [ITEM | item | {"url": base + str(item.get("link", "/"))} for item in items]
    # A step the plan does not speak of rests on procedure; it must not be passed off as one of its clauses.
    told["basis"] = f"mục {facts['clause']} {facts['plan']}" if facts["clause"] else f"quy trình thực hiện {facts['plan']}"
    told |= {"count": f"{len(units):02d}"} if isinstance(units := facts.get("units"), list) else {}

    if words is not None:
        parts = filled(words.body, told)
        working = facts.get("working") if "working" in FACTS[name] else None
        body = f"{as_text(parts)}\n\n{_frame_of_text(action(name), str(told['url']), working)}"
        page = environment().get_template("_worded.html")
        return _letter(in_line(words.subject, told), body, page, told | {"words": parts, "action": action(name), "told_working": working})
    subject_line, text = _text_templates(name)
    page = environment().get_template(f"{name.value}.html")
    return _letter(subject_line.render(told), text.render(told, parts=_parts("txt")), page, told)


def _letter(subject: str, body: str, page: Template, told: Mapping[str, object]) -> Letter:
    """Put the frame that all letters share around subject, body and page."""
    subject = _one_line(subject)
    text = environment().get_template("_layout.txt").render(told, body=body)
    html = page.render(told, subject=subject, parts=_parts("html"))
    return Letter(subject, _wrapped(_clean(text)), _clean(html) + "\n")


def _frame_of_text(label: str, url: str, working: object) -> str:
    """What follows the body in plain text: the page that does it, and how the due date was counted."""
    macros: Any = _parts("txt")
    return str(macros.go(label, url)) + (f"\n{macros.working(working)}" if working else "")


def action(name: LetterName) -> str:
    """What the letter's one button says."""
    page = environment().get_template(f"{name.value}.html")
    return "".join(page.blocks["action"](page.new_context({}))).strip()


@cache
def template_words(name: LetterName) -> Words:
    """The template's own wording with its fields in braces: where officers begin."""
    told: dict[str, object] = {fact: f"{{{field}}}" for field, fact in fields_of(FACTS[name]).items()}
    for fact in LISTS & told.keys():
        told[fact] = [{"label": told[fact], "value": "", "name": told[fact], "outcome": ""} if fact in PAIRS else told[fact]]
    macros: Any = _parts("txt")
    parts = {"bullets": macros.bullets, "pairs": macros.pairs, "reason": macros.reason}
    silent = SimpleNamespace(**parts, go=lambda *_: "", working=lambda *_: "")
    subject, body = _text_templates(name)
    text = re.sub(r"(?m)^(- \{[^}]*\}): *$", r"\1", body.render(told, parts=silent))
    return Words(_one_line(subject.render(told)), "\n".join(_joined(text)).strip())


def _written(fact: object) -> object:
    """Whole numbers in letters have two digits at least (Decree 30/2020)."""
    return f"{fact:02d}" if isinstance(fact, int) else fact


@cache
def environment() -> Environment:
    """The letters' own Jinja: an unknown name is an error, and only HTML is escaped."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"], default_for_string=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _text_templates(name: LetterName) -> tuple[Template, Template]:
    """Subject and body, parted before they are filled in, so that no fact can move the border."""
    subject, _, body = (TEMPLATES / f"{name.value}.txt").read_text(encoding="utf-8").partition("\n\n")
    return environment().from_string(subject), environment().from_string(body)


@cache
def _parts(kind: str) -> object:
    """The macros that the letters of one kind share."""
    return environment().get_template(f"_macros.{kind}").module


def _one_line(text: str) -> str:
    """A subject that is safe as a mail header: one NFC line, no control or direction characters, not too long."""
    kinds = ((character, unicodedata.category(character)) for character in text)
    text = "".join(" " if kind in {"Cc", "Zl", "Zp"} else character for character, kind in kinds if kind not in {"Cf", "Cs"})
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return text if len(text) <= SUBJECT_LIMIT else text[: SUBJECT_LIMIT - 1].rstrip() + "…"


def _clean(text: str) -> str:
    """NFC, without the control characters that mail programs choke on; line ends stay."""
    return unicodedata.normalize("NFC", re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text))


def _wrapped(text: str) -> str:
    """Wrap paragraphs; an item ("- ") and an indented line each stand alone, and no word or address is cut."""
    blocks = _joined(text)
    return "\n".join(block if len(block) <= WIDTH else _wrapped_block(block) for block in blocks).rstrip("\n") + "\n"


def _joined(text: str) -> list[str]:
    """The lines of a text with each paragraph in one; at most one empty line between two."""
    blocks: list[str] = []
    for line in text.splitlines():
        goes_on = line.strip() and not line.startswith(("- ", "    "))
        if goes_on and blocks and blocks[-1] and not blocks[-1].startswith("    "):
            blocks[-1] += " " + line.strip()
        elif line.strip() or (blocks and blocks[-1]):
            blocks.append(line.rstrip())
    return blocks


def _wrapped_block(block: str) -> str:
    """Wrap one paragraph, item or indented line, its later lines hanging under the first."""
    hang = "    " if block.startswith("    ") else "  " if block.startswith("- ") else ""
    return textwrap.fill(block, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)

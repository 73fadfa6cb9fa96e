"""The English catalogue is complete, says what the Vietnamese says, and is compiled."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from audit import actions
from config import ROOT
from models import vocabulary
from models.vocabulary import Labelled
from workflow import policy

ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
CLAUSE = re.compile(r"\b[IV]+\.\d+(?:\.[a-z](?:-\d)?)?")


def vocabularies(*modules: ModuleType) -> list[type[Labelled]]:
    """The vocabularies that some modules declare."""
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Labelled)]
    return [thing for thing in dict.fromkeys(found) if thing is not Labelled]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the sources hold now, collected by the very command of scripts/messages.sh."""
    script = (ROOT / "scripts" / "messages.sh").read_text(encoding="utf-8")
    command = re.search(r"^pybabel (extract\b.*?[^\\])$", script, re.DOTALL | re.MULTILINE)
    assert command
    template = tmp_path_factory.mktemp("messages") / "template.pot"
    arguments = [str(template) if word == "$template" else word for word in shlex.split(command[1].replace("\\\n", " "))]
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", *arguments], cwd=ROOT, check=True)
    return read(template)


@pytest.fixture(scope="module")
def english() -> Catalog:
    return read(ENGLISH / "messages.po", "en")


def read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale)


def messages(catalogue: Catalog) -> list[Message]:
    """Every message but the header."""
    return [message for message in catalogue if message.id]


def texts(catalogue: Catalog) -> set[object]:
    return {(message.context, message.id) for message in messages(catalogue)}


def both_sides(message: Message) -> list[tuple[str, str]]:
    """A text and its translation; a text with a plural gives each form, beside the Vietnamese form it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(number, 1)], form) for number, form in enumerate(message.string)]


def test_every_text_of_the_sources_is_in_the_catalogue(sources: Catalog, english: Catalog) -> None:
    assert texts(sources), "nothing was collected"
    assert texts(sources) - texts(english) == set(), "run scripts/messages.sh, then translate"


def test_the_catalogue_holds_no_text_that_has_left_the_sources(sources: Catalog, english: Catalog) -> None:
    assert texts(english) - texts(sources) == set(), "run scripts/messages.sh"


def test_every_text_is_translated(english: Catalog) -> None:
    assert [message.id for message in messages(english) if not all(form for _text, form in both_sides(message))] == []


def test_no_translation_is_a_guess(english: Catalog) -> None:
    assert [message.id for message in messages(english) if message.fuzzy] == []


def test_placeholders_are_the_same_on_both_sides(english: Catalog) -> None:
    different = [
        text
        for message in messages(english)
        for text, form in both_sides(message)
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(form))
    ]
    assert different == []


def test_a_translation_cites_the_same_clauses(english: Catalog) -> None:
    different = [
        text
        for message in messages(english)
        for text, form in both_sides(message)
        if sorted(CLAUSE.findall(text)) != sorted(CLAUSE.findall(form))
    ]
    assert different == []


def test_a_translation_begins_and_ends_with_white_space_where_its_text_does(english: Catalog) -> None:
    different = [
        text
        for message in messages(english)
        for text, form in both_sides(message)
        if text[:1].isspace() != form[:1].isspace() or text[-1:].isspace() != form[-1:].isspace()
    ]
    assert different == []


def test_the_compiled_catalogue_is_made_from_the_written_one(english: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, english)
    assert (ENGLISH / "messages.mo").read_bytes() == compiled.getvalue(), "run scripts/messages.sh"


@pytest.mark.parametrize("words", vocabularies(vocabulary, actions, policy), ids=lambda words: f"{words.__module__}.{words.__name__}")
def test_every_label_of_a_vocabulary_is_in_the_catalogue(words: type[Labelled], english: Catalog) -> None:
    known = {message.id for message in messages(english)}
    assert [word.label for word in words if word.label not in known] == []

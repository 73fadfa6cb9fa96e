"""The sent-journal: a line for each mail that a server took, in a file outside the database, which no restored database forgets."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from models.vocabulary import LetterName

NAME = "sent.journal"
PASSING = frozenset({"journal", "at", "left", "overdue", "calendar", "told", "link"})
"""Facts that differ when the same letter is written again after a restore: they do not make it another letter."""


@dataclass(frozen=True, slots=True)
class Line:
    """A mail that a server took: when, its Message-ID, and by its content which letter it was ("-" for several letters in one)."""

    at: datetime
    message_id: str
    key: str


def path() -> Path:
    """Where the journal lies: in the instance folder."""
    folder: Path = current_app.config["INSTANCE"]
    return folder / NAME


def key_of(letter: LetterName, recipient: str, facts: Mapping[str, Any]) -> str:
    """What makes a letter the same letter to the same mailbox, whatever number the record gave it."""
    lasting = {name: value for name, value in facts.items() if name not in PASSING}
    content = json.dumps([letter.value, recipient, lasting], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def append(written: Sequence[Line]) -> None:
    """Write down that a server took some mail. On return the lines are on the disk, whatever happens to the process or the database."""
    line = "".join(f"{line.at.isoformat()} {line.message_id} {line.key}\n" for line in written).encode()
    descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def size() -> int:
    """How long the journal is; 0 when there is none."""
    try:
        return path().stat().st_size
    except FileNotFoundError:
        return 0


def lines(start: int, end: int | None = None) -> Iterator[Line]:
    """The journal's whole lines from one position to another. A line that a power cut left half-written is passed over."""
    try:
        with path().open("rb") as file:
            file.seek(start)
            content = file.read() if end is None else file.read(max(end - start, 0))
    except FileNotFoundError:
        return
    for text in content.decode("utf-8", "replace").split("\n"):
        parts = text.split(" ")
        if len(parts) == 3 and parts[1].endswith(">"):
            try:
                yield Line(datetime.fromisoformat(parts[0]), parts[1], parts[2])
            except ValueError:
                continue


def put_away(at: datetime) -> None:
    """Begin a new journal: the one of the trial is kept under another name."""
    if path().exists():
        path().rename(path().with_name(f"{NAME}.{at:%Y%m%d%H%M%S}"))

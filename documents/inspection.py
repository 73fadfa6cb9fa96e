"""Deciding what an upload is: starts the confined process that opens it (documents/opening.py) and takes its answer."""

from __future__ import annotations

import json
import os
import subprocess  # nosec B404 (our own interpreter and module, no shell; the file goes to its input)
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from documents.refusals import PaperRefused, ending_of, first_look

ROOT = Path(__file__).resolve().parent.parent
WALL_SECONDS = 40

AT_ONCE = BoundedSemaphore(2)
"""How many files one process has opened at a time; more wait their turn, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file is, and for a report the sketch of its text (empty when it has none)."""

    media_type: str
    sketch: str = ""


def inspect(content: bytes, file_name: str, *, compared: bool = False) -> Opened:
    """Open a file to decide what it is; `compared` asks for the sketch of its text too. A hostile file harms only the child.

    Raises PaperRefused.
    """
    first_look(content, file_name)
    command = [sys.executable, "-m", "documents.opening", f"tep{ending_of(file_name)}", *(["--sketch"] if compared else [])]
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 # nosec B603
                command, cwd=ROOT, env=_environment(), input=content, capture_output=True, timeout=WALL_SECONDS, check=False
            )
        answers = done.stdout
    except subprocess.TimeoutExpired as late:
        answers = late.stdout or b""
    found = _read(answers)
    if "is" not in found:
        raise PaperRefused(found.get("refused", "too_slow"))
    return Opened(found["is"], found.get("sketch", ""))


def _environment() -> dict[str, str]:
    """What the child may know: nothing of the service's settings and secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


def _read(answers: bytes) -> dict[str, str]:
    """The lines of the child in one; a line that was cut off where the child ended says nothing."""
    found: dict[str, str] = {}
    for line in answers.splitlines():
        try:
            found |= json.loads(line)
        except ValueError:
            continue
    return found

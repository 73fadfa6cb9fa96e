"""Reading a spreadsheet: starts the limited child process, takes its rows, and turns whatever happens to it into a fault in words."""

from __future__ import annotations

import json
import os
import signal
import subprocess  # nosec B404 (our own interpreter and module, no shell; the file is only an argument)
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any, cast

from documents import store
from imports.faults import Fault
from imports.guard import LIMITS, Limits
from models.text import clean

ROOT = Path(__file__).resolve().parent.parent

AT_ONCE = BoundedSemaphore(2)
"""How many files one process has read at a time; more wait their turn, so that memory stays bounded."""


class CellKind(StrEnum):
    """What a sheet keeps in a cell."""

    BLANK = "blank"
    TEXT = "text"
    NUMBER = "n"
    DAY = "d"
    FLAG = "b"
    ERROR = "e"
    FORMULA = "f"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what kind it is, its text cleaned (a number with a point, a day as ISO), and as it came, with its line breaks."""

    kind: CellKind
    text: str
    raw: str = ""

    @property
    def shown(self) -> str:
        """The cell as an officer sees it: decimal comma, dd/mm/yyyy."""
        if self.kind is CellKind.NUMBER:
            return self.text.replace(".", ",")
        if self.kind is CellKind.DAY:
            return "/".join(reversed(self.text.split("-")))
        if self.kind is CellKind.FLAG:
            return "TRUE" if self.text == "1" else "FALSE"
        return self.text


BLANK = Cell(CellKind.BLANK, "")


class FileUnreadable(Exception):
    """A file cannot be read as a spreadsheet; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        """Keep the reason."""
        super().__init__(fault.code)
        self.fault = fault


@contextmanager
def reading_once(path: Path, rows: Path) -> Iterator[Iterator[Any]]:
    """The lines about a file as reading() gives them; once all were read they are kept in `rows`, and come from there ever after."""
    if rows.is_file():
        with rows.open("rb") as kept:
            yield map(json.loads, kept)
        return
    seen: list[bytes] = []
    with reading(path) as lines:
        yield _kept_when_whole(lines, seen, rows)


def _kept_when_whole(lines: Iterator[Any], seen: list[bytes], rows: Path) -> Iterator[Any]:
    for line in lines:
        seen.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        yield line
    store.write(rows, b"".join(seen))


@contextmanager
def reading(path: Path, limits: Limits = LIMITS) -> Iterator[Iterator[Any]]:
    """The lines that the child writes about a file, one after the other; leaving the block early ends the child.

    Raises FileUnreadable when the child refuses the file, is stopped by a limit or dies: a hostile file harms only the child.
    """
    command = [sys.executable, "-W", "ignore", "-m", "imports.child", str(path.resolve()), json.dumps(asdict(limits))]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with AT_ONCE, subprocess.Popen(command, cwd=ROOT, env=_environment(), **quiet) as process:  # noqa: S603 # nosec B603
        timer = Timer(limits.wall_seconds, process.kill)
        timer.start()
        try:
            yield _lines(process)
        finally:
            timer.cancel()
            process.kill()


def _environment() -> dict[str, str]:
    """What the child may know: nothing of the service's settings and secrets. openpyxl without lxml: one parser, known to be bounded."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OPENPYXL_LXML": "False", "LC_ALL": "C.UTF-8"}


def _lines(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    for text in cast("IO[bytes]", process.stdout):
        try:
            line = json.loads(text)
        except ValueError:
            continue  # cut off where the child ended; its last line is then missing too
        if isinstance(line, dict) and "refused" in line:
            raise FileUnreadable(Fault(0, "", line.pop("refused"), line))
        if isinstance(line, dict) and "end" in line:
            return
        yield line
    stopped = process.wait() in {-signal.SIGXCPU, -signal.SIGKILL}
    raise FileUnreadable(Fault(0, "", "too_slow" if stopped else "crashed"))


def cell_of(value: str | Sequence[str] | None) -> Cell:
    """A cell from what the child wrote."""
    if value is None:
        return BLANK
    if isinstance(value, str):
        text = clean(value)
        return Cell(CellKind.TEXT, text, value) if text else BLANK
    kind, text = value
    return Cell(CellKind(kind), text, text)

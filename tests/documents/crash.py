"""`python -m tests.documents.crash URL FOLDER ORDER`: files papers, and is killed at one point after the other. Used by test_crash.py.

ORDER right files as the product does; ORDER naive writes the row before the file: the control, which must lose.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from demo.paper import pdf
from documents import intake
from documents.inspection import Opened
from documents.store import Store
from models.db import db, transaction
from models.vocabulary import DocumentKind
from tests import actors
from tests.actors import DEPARTMENT
from tests.builders import actor_of, at, dossier_of
from tests.stages import application
from workflow.papers import Paper, file_paper

WHEN = at("2022-01-18 09:00")
POINTS = 8
"""Before and after: the file synced, renamed, its folder synced, the row committed."""


def killed_at(point: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let calls kill this process before or after they were made: two points for each call, counted over all of them."""
    passed = itertools.count()

    def pass_point() -> None:
        if next(passed) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(call: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any, **kwargs: Any) -> Any:
            pass_point()
            found = call(*args, **kwargs)
            pass_point()
            return found

        return done

    return around


def attempt(store: Store, order: str, number: int) -> None:
    """File one paper."""
    content, name = pdf("Biên bản", [f"Lần {number}, {order}"]), f"Biên bản {number}.pdf"

    def row(paper: Paper) -> None:
        with transaction():
            dossier = dossier_of(actors.campaign_2021(), DEPARTMENT)
            file_paper(dossier, DocumentKind.EVIDENCE, None, paper, actor=actor, at=WHEN)

    actor = actor_of(DEPARTMENT)
    around = killed_at(number)
    os.fsync = around(os.fsync)
    Path.rename = around(Path.rename)  # type: ignore[method-assign]  # where the crash is made
    Session.commit = around(Session.commit)  # type: ignore[method-assign]  # the same
    if order == "right":
        row(intake.receive(store, content, name))
    else:
        row(Paper(name, "application/pdf", len(content), hashlib.sha256(content).hexdigest()))
        store.keep(content)


def main(url: str, folder: str, order: str) -> None:
    """One child for each point at which it is killed; the last one lives to its end."""
    intake.inspect = lambda _content, _name, compared: Opened("application/pdf")  # what a PDF is was settled elsewhere
    with application(url, Path(folder).parent / "instance"):
        actor_of(DEPARTMENT)
        for number in range(POINTS + 1):
            db.session.remove()
            db.engine.dispose()
            child = os.fork()
            if child == 0:
                attempt(Store(folder), order, number)
                os._exit(0)
            _pid, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status) != (number < POINTS) or (os.WIFEXITED(status) and os.WEXITSTATUS(status)):
                raise SystemExit(f"ended {status} at point {number}")


if __name__ == "__main__":
    main(*sys.argv[1:])

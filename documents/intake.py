"""Taking an upload in: opened, looked at by the scanner where there is one, kept. The row that refers to it is the caller's."""

from __future__ import annotations

import logging

from documents.inspection import inspect
from documents.refusals import PaperRefused, named
from documents.scanning import scan
from documents.store import Store
from workflow.papers import Paper

log = logging.getLogger(__name__)


def receive(store: Store, content: bytes, file_name: str, *, scanner: str = "", compared: bool = False) -> Paper:
    """Check a file and keep it; `compared` is for a report, whose text is told apart from the others'. Raises PaperRefused."""
    opened = inspect(content, file_name, compared=compared)
    scanned = scan(scanner, content)
    try:
        sha256 = store.keep(content)
    except OSError:
        log.exception("the store takes no file")
        raise PaperRefused("not_kept") from None
    return Paper(named(file_name, opened.media_type), opened.media_type, len(content), sha256, scanned, opened.sketch)

"""The round that scans stored papers which no scanner has looked at: those taken before there was one, or while it was down."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask import current_app

from documents.rescanning import look_at, mark, unscanned
from documents.store import Store
from models.db import db, transaction
from models.vocabulary import ScanResult

log = logging.getLogger(__name__)
AT_ONCE = 100
"""Files looked at in one round; what is left waits for the next."""
SILENT = 3
"""Files in a row that the scanner says nothing of: it is down, and the round ends."""


def scan_stored(at: datetime, clock: Callable[[], datetime] | None = None) -> str:
    """Scan stored papers and mark what the scanner says. No transaction is open while it looks. Gives back a summary."""
    scanner: str = current_app.config["CLAMD_ADDRESS"]
    if not scanner:
        return "no scanner"
    store = Store(current_app.config["STORE_URL"], current_app.config["STORE_ENDPOINT"])
    waiting = unscanned()
    db.session.rollback()
    found: dict[int, tuple[ScanResult, str]] = {}
    silent = 0
    for number, sha256 in waiting:
        if len(found) == AT_ONCE or silent == SILENT:
            break
        try:
            result, find = look_at(store, scanner, sha256)
        except FileNotFoundError:
            log.warning("the store has no file %s", sha256)
            continue
        silent = silent + 1 if result is ScanResult.UNSCANNED else 0
        if result is not ScanResult.UNSCANNED:
            found[number] = result, find
    with transaction():
        mark(found, at=clock() if clock else at)
    infected = sum(result is ScanResult.INFECTED for result, _find in found.values())
    return f"{len(found)} scanned, {infected} infected, {len(waiting) - len(found)} left"

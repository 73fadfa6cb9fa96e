"""Checking the record: streams every entry once, in flat memory, and names the first that is not as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from audit.canonical import ZERO, canonical, detail_digest, leaf_hash, timestamp
from models.audit import AuditEntry
from models.db import db

_COPIES = (
    ("seq", "seq"),
    ("action", "action"),
    ("result", "result"),
    ("source", "source"),
    ("actor", "actor_id"),
    ("unit", "unit_id"),
    ("campaign", "campaign_id"),
    ("dossier", "dossier_id"),
    ("req", "request_key"),
)
"""What the columns repeat of the record, so that a search cannot find what the record does not say."""
FIELDS = frozenset(
    {"v", "seq", "ts", "actor", "unit", "capacity", "action", "obj", "from", "to", "clause", "detail", "req", "ver", "result"}
    | {"source", "campaign", "dossier", "prev"}
)
"""What a record of format 1 holds, no more and no less."""
_STREAM = select(AuditEntry.__table__).order_by(AuditEntry.seq)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the record found: entries read, the last hash, and where and how the chain first breaks, if it does."""

    count: int
    last_hash: str
    bad_seq: int | None = None
    fault: str = ""

    @property
    def intact(self) -> bool:
        """Whether every entry is as it was written."""
        return self.bad_seq is None


def verify(progress: Callable[[int], None] | None = None) -> Verification:
    """Read the whole chain and stop at the first entry that does not hold. `progress` is told the count every 1,000 entries."""
    count, previous = 0, ZERO
    rows = db.session.execute(_STREAM, execution_options={"yield_per": 1000})
    for row in rows:
        fault = fault_of(row, count + 1, previous)
        if fault:
            rows.close()
            return Verification(count, previous, row.seq, fault)
        count, previous = row.seq, row.hash
        if progress is not None and count % 1000 == 0:
            progress(count)
    return Verification(count, previous)


def fault_of(row: Any, expected: int, previous: str) -> str:
    """What is wrong with one entry, as a word of the verifier: gap, hash, chain, record, copy, detail; empty when it holds."""
    if row.seq != expected:
        return "gap"
    if leaf_hash(row.rec) != row.hash:
        return "hash"
    rec = _read(row.rec)
    if rec is None:
        return "record"
    if rec.get("prev") != previous:
        return "chain"
    if any(rec.get(key) != getattr(row, column) for key, column in _COPIES) or rec.get("ts") != timestamp(row.at):
        return "copy"
    if row.detail is not None and (row.salt is None or detail_digest(row.salt, row.detail) != rec.get("detail")):
        return "detail"
    return ""


def _read(text: str) -> dict[str, Any] | None:
    """A record as it was written, or None when the text is not one: no JSON, no object, or not in its canonical spelling."""
    try:
        rec = json.loads(text)
        return rec if isinstance(rec, dict) and rec.keys() == FIELDS and canonical(rec) == text else None
    except ValueError:
        return None

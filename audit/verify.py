"""Checking the record: streams every entry once, in flat memory, and names the first that is not as it was written or was vouched for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce

from audit.canonical import ZERO, canonical, detail_digest, leaf_hash
from audit.merkle import EMPTY_ROOT, Tree
from models.audit import AuditEntry
from models.db import db

BATCH = 1000
_sha256 = hashlib.sha256

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
    ("ts", "ts"),
)
"""What the columns repeat of the record, so that a search cannot find what the record does not say."""
FIELDS = frozenset(
    {"v", "seq", "ts", "actor", "unit", "capacity", "action", "obj", "from", "to", "clause", "detail", "req", "ver", "result"}
    | {"source", "campaign", "dossier", "prev"}
)
"""What a record of format 1 holds, no more and no less."""

_NUMBERS = frozenset({"actor", "campaign", "dossier", "seq", "unit", "ver"})
_WORD, _NUMBER = r'"[ !#-\[\]-~]*"', "null|0|[1-9][0-9]{0,14}"
_NULL, _QUOTED = "null", '"%s"'
_OWN = ("capacity", "clause", "from", "obj", "to", "ver")
"""What of a record stands in no column."""


def _spelling(name: str) -> str:
    value = "1" if name == "v" else _NUMBER if name in _NUMBERS else f"{_WORD}|null"
    return f'"{name}":({"" if name in _OWN else "?:"}{value})'


_PLAIN = re.compile(rf"\{{{','.join(map(_spelling, sorted(FIELDS)))}\}}").fullmatch
"""A record in its canonical spelling, as far as all its words are printable ASCII without quotes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody outside vouches for: the root over the first `size` entries, or how the hash of entry `size` begins."""

    size: int
    root: str = ""
    leaf: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found: entries read, the last hash, the root; and where and how the record first breaks, if it does.

    `until` is the last entry that may be meant, when claims alone tell: the first bad one lies from `bad_seq` up to it.
    """

    count: int
    last_hash: str
    bad_seq: int | None = None
    fault: str = ""
    until: int | None = None
    source: str = ""
    root: str = EMPTY_ROOT
    checkpoints: int = 0
    letters: int = 0

    @property
    def intact(self) -> bool:
        """Whether every entry is as it was written and as it was vouched for."""
        return self.bad_seq is None


def verify(progress: Callable[[int], None] | None = None, claims: Iterable[Claim] = ()) -> Verification:
    """Read the whole chain and stop at the first entry that does not hold. `progress` is told the count every 1,000 entries."""
    check = _Check(claims)
    rows = db.session.execute(stream(db.session.connection().dialect.name), execution_options={"yield_per": BATCH})
    for part in rows.partitions():
        if not check.read(part):
            rows.close()
            break
        if progress is not None and len(part) == BATCH:
            progress(check.count)
    return check.result()


@cache
def stream(dialect: str) -> Select[Any]:
    """Every entry in order, its columns as the database holds them and its time as the record writes it."""
    entry = AuditEntry
    ts: ColumnElement[str]
    if dialect == "postgresql":
        ts = func.to_char(func.timezone("UTC", entry.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    else:
        ts = func.replace(type_coerce(entry.at, String), " ", "T").concat("Z")
    result, source = type_coerce(entry.result, String).label("result"), type_coerce(entry.source, String).label("source")
    columns = (entry.seq, entry.hash, entry.rec, entry.detail, entry.salt, entry.action, result, source)
    copies = (entry.actor_id, entry.unit_id, entry.campaign_id, entry.dossier_id, entry.request_key, ts.label("ts"))
    return select(*columns, *copies).order_by(entry.seq)


class _Check:
    """The check as far as it has read: a chain that holds, its tree, and the claims that are still to come."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.claims = sorted(claims, key=lambda claim: claim.size, reverse=True)
        self.tree = Tree()
        self.count, self.previous = 0, ZERO
        self.vouched = 0
        self.checkpoints = self.letters = 0
        self.fault: dict[str, Any] = {}

    def read(self, rows: Sequence[Any]) -> bool:
        """Read on. Gives False once something does not hold."""
        first, leaves = self.count, list[bytes]()
        for row in rows:
            leaf = _plain_leaf(row, self.count + 1, self.previous)
            if leaf is None:
                fault = fault_of(row, self.count + 1, self.previous)
                if fault:
                    self.fault = {"bad_seq": min(row.seq, self.count + 1), "fault": fault}
                    return False
                leaf = bytes.fromhex(row.hash)
            leaves.append(leaf)
            self.count += 1
            self.previous = row.hash
        for claim in self._due():
            until = claim.size - first
            self.tree.extend(leaves[self.tree.size - first : until])
            if not self._holds(claim, leaves[until - 1]):
                self.fault = {"bad_seq": self.vouched + 1, "until": claim.size, "source": claim.source}
                self.fault["fault"] = "checkpoint" if claim.root else "letter"
                return False
            self.vouched = claim.size
        self.tree.extend(leaves[self.tree.size - first :])
        return True

    def result(self) -> Verification:
        """What was found; an intact chain that is shorter than somebody vouches for has lost its end."""
        if self.claims and not self.fault:
            claim = self.claims[0]
            self.fault = {"bad_seq": self.count + 1, "until": claim.size, "fault": "missing", "source": claim.source}
        root = self.tree.root().hex()
        return Verification(self.count, self.previous, root=root, checkpoints=self.checkpoints, letters=self.letters, **self.fault)

    def _due(self) -> Iterable[Claim]:
        while self.claims and self.claims[-1].size <= self.count:
            yield self.claims.pop()

    def _holds(self, claim: Claim, leaf: bytes) -> bool:
        if claim.root:
            self.checkpoints += 1
            return self.tree.root().hex() == claim.root
        self.letters += 1
        return leaf.hex().startswith(claim.leaf)


def _plain_leaf(row: Any, expected: int, previous: str) -> bytes | None:
    """The leaf of an entry that is plain, and to the byte what its columns and the entry before it say: nothing is left to be checked.

    Not every right entry is so plain; what gives None here is read and spelt anew by `fault_of`.
    """
    seq, digest, rec, detail, salt, action, result, source, actor, unit, campaign, dossier, request_key, ts = row
    try:
        words, salted, content = _PLAIN(rec), bytes.fromhex(salt), detail.encode()
    except (TypeError, ValueError, AttributeError):
        return None
    if words is None or seq != expected or salted.hex() != salt:
        return None
    capacity, clause, before, obj, after, version = words.groups()
    told = (
        f'{{"action":"{action}","actor":{"null" if actor is None else actor},"campaign":{"null" if campaign is None else campaign},'
        f'"capacity":{capacity},"clause":{clause},"detail":"{_sha256(salted + content).hexdigest()}",'
        f'"dossier":{"null" if dossier is None else dossier},"from":{before},"obj":{obj},"prev":"{previous}",'
        f'"req":{_NULL if request_key is None else _QUOTED % request_key},"result":"{result}","seq":{seq},"source":"{source}",'
        f'"to":{after},"ts":"{ts}","unit":{"null" if unit is None else unit},"v":1,"ver":{version}}}'
    )
    leaf = _sha256(b"\x00" + rec.encode()).digest()
    return leaf if told == rec and leaf.hex() == digest else None


def fault_of(row: Any, expected: int, previous: str) -> str:
    """What is wrong with one entry, as a word of the verifier: gap, hash, chain, record, copy, detail; empty when it holds."""
    if row.seq != expected:
        return "gap"
    if not isinstance(row.rec, str) or leaf_hash(row.rec) != row.hash:
        return "hash"
    rec = _read(row.rec)
    if rec is None:
        return "record"
    if rec.get("prev") != previous:
        return "chain"
    if any(rec.get(key) != getattr(row, column) for key, column in _COPIES):
        return "copy"
    if row.detail is not None and _digest(row.salt, row.detail) != rec.get("detail"):
        return "detail"
    return ""


def _digest(salt: object, detail: object) -> str:
    """The digest of a detail; empty when salt or detail are nothing that was ever written."""
    try:
        return detail_digest(str(salt), str(detail)) if bytes.fromhex(str(salt)).hex() == salt else ""
    except ValueError:
        return ""


def _read(text: str) -> dict[str, Any] | None:
    """A record as it was written, or None when the text is not one: no JSON, no object, or not in its canonical spelling."""
    try:
        rec = json.loads(text)
        return rec if isinstance(rec, dict) and rec.keys() == FIELDS and canonical(rec) == text else None
    except ValueError:
        return None

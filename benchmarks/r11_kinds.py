"""R11: the ways to tamper with a record. Each takes the true entries and gives the tampered ones, and which entry is to be named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from audit.canonical import canonical, detail_digest, leaf_hash

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A tampering: what kind, the record as it then stands, the first entry that is another one, and the one at which the chain breaks."""

    kind: str
    rows: list[Row]
    first: int
    named: int

    def named_by(self, begin: int | None, end: int | None) -> bool:
        """Whether a check named the right entry: the one at which the chain breaks, or a span with the first one that is another."""
        return begin is not None and (begin == self.named if end is None else begin <= self.first <= end)


def spelt(row: Row, **changes: Any) -> Row:
    """An entry with other values, its hash made anew."""
    rec = canonical(json.loads(row["rec"]) | changes)
    return row | {"rec": rec, "hash": leaf_hash(rec)}


WAYS = ("rec", "rehashed", "hash", "column", "detail", "salt", "spelling")
CARRIED = ("rec", "rehashed", "hash", "detail", "spelling")
"""Ways to edit an entry; those that an export carries."""


def edit(found: list[Row], draw: random.Random, ways: Sequence[str] = WAYS) -> Attempt:
    """One entry says something else: in what is hashed, in a column, in its detail; with its hash made anew or not."""
    at = draw.randrange(len(found))
    row, number = found[at], at + 1
    way = draw.choice(ways)
    if way == "rec":
        row = row | {"rec": spelt(row, clause="III.4")["rec"]}
    elif way == "rehashed":
        row, number = spelt(row, to="awarded"), min(number + 1, len(found))
    elif way == "hash":
        row = row | {"hash": draw.randbytes(32).hex()}
    elif way == "column":
        row = row | {draw.choice(["action", "result", "request_key"]): "refused"}
    elif way == "detail":
        row = row | {"detail": '{"queued":0}'}
    elif way == "salt":
        row = row | {"salt": draw.randbytes(16).hex()}
    else:
        rec = json.dumps(json.loads(row["rec"]), indent=0)
        row = row | {"rec": rec, "hash": leaf_hash(rec)}
    return Attempt("edit", [*found[:at], row, *found[at + 1 :]], at + 1, number)


def delete(found: list[Row], draw: random.Random) -> Attempt:
    """One entry is gone, the rest left as it is or renumbered."""
    at = draw.randrange(len(found) - 1)
    rest = found[at + 1 :]
    if draw.random() < 0.5:
        rest = [row | {"seq": row["seq"] - 1} for row in rest]
    return Attempt("delete", [*found[:at], *rest], at + 1, at + 1)


def insert(found: list[Row], draw: random.Random) -> Attempt:
    """One entry too many: a copy of another, or one made up that follows on the one before."""
    at = draw.randrange(1, len(found))
    later = [row | {"seq": row["seq"] + 1} for row in found[at:]]
    made = spelt(found[at], seq=at + 1, prev=found[at - 1]["hash"], obj="sweep:0") | {"seq": at + 1, "request_key": None}
    copied = found[at - 1] | {"seq": at + 1, "hash": draw.randbytes(32).hex()}
    if draw.random() < 0.5:
        return Attempt("insert", [*found[:at], made, *later], at + 1, at + 2)
    return Attempt("insert", [*found[:at], copied, *later], at + 1, at + 1)


def swap(found: list[Row], draw: random.Random) -> Attempt:
    """Two entries change places, their numbers with them or not."""
    first, second = sorted(draw.sample(range(len(found)), 2))
    changed = list(found)
    changed[first] = found[second] | {"seq": first + 1}
    changed[second] = found[first] | {"seq": second + 1}
    return Attempt("swap", changed, first + 1, first + 1)


def truncate(found: list[Row], draw: random.Random) -> Attempt:
    """The end is cut off."""
    left = draw.randrange(1, len(found))
    return Attempt("truncate", found[:left], left + 1, left + 1)


def rewrite(found: list[Row], draw: random.Random) -> Attempt:
    """One entry says something else, and everything after it is chained anew, details and all: the chain holds."""
    at = draw.randrange(len(found) - 1)
    detail, salt = '{"queued":0}', draw.randbytes(16).hex()
    changed, previous = found[:at], found[at - 1]["hash"] if at else "0" * 64
    for number, row in enumerate(found[at:]):
        values = {"prev": previous} | ({"detail": detail_digest(salt, detail)} if not number else {})
        row = spelt(row, **values) | ({} if number else {"detail": detail, "salt": salt})  # noqa: PLW2901
        changed.append(row)
        previous = row["hash"]
    return Attempt("rewrite", changed, at + 1, at + 1)


KINDS: tuple[Callable[[list[Row], random.Random], Attempt], ...] = (edit, delete, insert, swap, truncate, rewrite)

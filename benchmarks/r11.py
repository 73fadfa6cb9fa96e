"""R11: `python -m benchmarks.r11 [--times 200] [--on sqlite|postgresql]`: a record tampered with in every way, by somebody who owns the database.

Every attempt is made inside a transaction that is rolled back. The naive control (the chain alone, no checkpoints) must miss the last two.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import text

from audit import Act, checkpoints, record_all, verify
from audit.actions import Action
from audit.canonical import canonical, detail_digest, leaf_hash
from audit.notes import SigningKey, checkpoint_text, read_notes
from audit.verify import Verification
from benchmarks.databases import application, places
from jobs.record import signing_key, take
from models.db import db, transaction
from models.people import SYSTEM

BEGUN = datetime(2021, 2, 4, 8, tzinfo=UTC)
OFF = {
    "sqlite": [
        "PRAGMA defer_foreign_keys = ON",
        *(f"DROP TRIGGER audit_{table}_no_{verb}" for table in ("entries", "checkpoints") for verb in ("update", "delete", "replace")),
    ],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}
"""What the owner of the database can do: put the triggers and the foreign keys out of force."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A tampering: what kind, the record as it then stands, and which entry the check has to name (or the first of those it may mean)."""

    kind: str
    rows: list[Row]
    named: int


def build(entries: int, every: int, mails: Path) -> None:
    """A record with a checkpoint every so many entries; the checkpoints leave for a folder that the tamperer cannot reach."""
    number = 0
    while number < entries:
        acts = [
            Act(Action.REMINDERS_SWEEP, f"sweep:{number + n}", "selected", "submitted", "IV", {"queued": number + n, "reason": "Đã nhắc"})
            for n in range(1, every)
        ]
        when = BEGUN + timedelta(hours=number)
        with transaction():
            record_all(acts, actor=SYSTEM, at=when)
        number = take(when).count + 1
    mails.mkdir()
    for path in (current_app.config["INSTANCE"] / checkpoints.FOLDER).iterdir():
        mail = f"Content-Type: text/plain; charset=utf-8\n\nMốc kiểm tra:\n\n    {path.read_text(encoding='utf-8').replace(chr(10), chr(10) + '    ')}"
        (mails / f"{path.stem}.eml").write_text(mail, encoding="utf-8")


def rows() -> list[Row]:
    """The record as it lies in the database."""
    return [dict(row) for row in db.session.execute(text("SELECT * FROM audit_entries ORDER BY seq")).mappings()]


def spelt(row: Row, **changes: Any) -> Row:
    """An entry with other values, its hash made anew."""
    rec = canonical(json.loads(row["rec"]) | changes)
    return row | {"rec": rec, "hash": leaf_hash(rec)}


def edit(found: list[Row], draw: random.Random) -> Attempt:
    """One entry says something else: in what is hashed, in a column, in its detail; with its hash made anew or not."""
    at = draw.randrange(len(found))
    row, number = found[at], at + 1
    way = draw.choice(["rec", "rehashed", "hash", "column", "detail", "salt", "spelling"])
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
    return Attempt("edit", [*found[:at], row, *found[at + 1 :]], number)


def delete(found: list[Row], draw: random.Random) -> Attempt:
    """One entry is gone, the rest left as it is or renumbered."""
    at = draw.randrange(len(found) - 1)
    rest = found[at + 1 :]
    if draw.random() < 0.5:
        return Attempt("delete", [*found[:at], *rest], at + 2)
    return Attempt("delete", [*found[:at], *(row | {"seq": row["seq"] - 1} for row in rest)], at + 1)


def insert(found: list[Row], draw: random.Random) -> Attempt:
    """One entry too many: a copy of another, or one made up that follows on the one before."""
    at = draw.randrange(1, len(found))
    later = [row | {"seq": row["seq"] + 1} for row in found[at:]]
    made = spelt(found[at], seq=at + 1, prev=found[at - 1]["hash"], obj="sweep:0") | {"seq": at + 1, "request_key": None}
    copied = found[at - 1] | {"seq": at + 1, "hash": draw.randbytes(32).hex()}
    if draw.random() < 0.5:
        return Attempt("insert", [*found[:at], made, *later], at + 2)
    return Attempt("insert", [*found[:at], copied, *later], at + 1)


def swap(found: list[Row], draw: random.Random) -> Attempt:
    """Two entries change places, their numbers with them or not."""
    first, second = sorted(draw.sample(range(len(found)), 2))
    changed = list(found)
    changed[first] = found[second] | {"seq": first + 1}
    changed[second] = found[first] | {"seq": second + 1}
    return Attempt("swap", changed, first + 1)


def truncate(found: list[Row], draw: random.Random) -> Attempt:
    """The end is cut off."""
    left = draw.randrange(1, len(found) - 1)
    return Attempt("truncate", found[:left], left + 1)


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
    return Attempt("rewrite", changed, at + 1)


KINDS: tuple[Callable[[list[Row], random.Random], Attempt], ...] = (edit, delete, insert, swap, truncate, rewrite)


def put(attempt: Attempt, key: SigningKey | None) -> None:
    """Put the tampered record in the place of the true one; with the key, its checkpoints are signed anew as well."""
    connection = db.session.connection(execution_options={"writes": True})
    for statement in OFF[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(text("DELETE FROM audit_entries"))
    columns = list(attempt.rows[0])
    values = ", ".join(f":{name}" for name in columns)
    connection.execute(text(f"INSERT INTO audit_entries ({', '.join(columns)}) VALUES ({values})"), attempt.rows)
    if key is None:
        return
    sizes = [row.size for row in connection.execute(text("SELECT size FROM audit_checkpoints ORDER BY seq"))]
    connection.execute(text("DELETE FROM audit_checkpoints"))
    for size in sizes:
        if size < len(attempt.rows):
            root = _root(attempt.rows[:size])
            note = key.sign(checkpoint_text(key.name, size, root))
            made = {"seq": size + 1, "size": size, "root": root, "note": note, "key": str(key.public), "at": BEGUN.replace(tzinfo=None)}
            connection.execute(text("INSERT INTO audit_checkpoints VALUES (:seq, :size, :root, :note, :key, :at)"), made)


def _root(found: list[Row]) -> str:
    from audit.merkle import Tree

    tree = Tree()
    tree.extend([bytes.fromhex(row["hash"]) for row in found])
    return tree.root().hex()


def named(found: Verification, attempt: Attempt) -> bool:
    """Whether the check named the right entry: itself, or, when a checkpoint alone can tell, a span that it lies in."""
    if found.until is None:
        return found.bad_seq == attempt.named
    return found.bad_seq is not None and found.bad_seq <= attempt.named <= found.until


def run(times: int, mails: Path, seed: int = 11, say: Callable[[str], None] = print) -> tuple[Counter[str], list[str]]:
    """Tamper so many times in every way. Gives what the naive control missed by kind, and everything that the check got wrong."""
    draw, true, missed, wrong = random.Random(seed), rows(), Counter[str](), list[str]()
    key, empty = signing_key(), mails.parent / "nothing"
    places_of_claims = {"of all": (current_app.config["INSTANCE"], ()), "of the mails alone": (empty, (mails,))}
    db.session.rollback()
    for kind in KINDS:
        for number in range(times):
            attempt = kind(true, draw)
            owns_key = attempt.kind in {"truncate", "rewrite"}
            put(attempt, key if owns_key else None)
            missed[attempt.kind] += verify().intact
            for what, (instance, others) in places_of_claims.items():
                found = checkpoints.check(instance, others, [key.public])
                if found.intact or not named(found, attempt):
                    wrong.append(f"{attempt.kind} {number}, by the claims {what}: entry {attempt.named}, found {found}")
            db.session.rollback()
            found = checkpoints.check(current_app.config["INSTANCE"], (mails,))
            if not found.intact:
                wrong.append(f"false alarm: {found}")
        say(f"{kind.__name__}: {times} attempts, the chain alone missed {missed[kind.__name__]}")
    return missed, wrong


def main() -> int:
    """Run it on one kind of database and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.r11", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    with places((options.on,)) as (folder, found), application(found[0].create("r11"), folder / "instance"):
        build(120, 12, folder / "mails")
        assert any(read_notes(path.read_text(encoding="utf-8")) for path in (folder / "mails").iterdir())
        _missed, wrong = run(options.times, folder / "mails")
    for line in wrong:
        print(line)
    print(f"{len(wrong)} wrong of {options.times * len(KINDS) * 3} checks on {found[0].version}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

"""R11: `python -m benchmarks.r11 [--times 200] [--on postgresql]`: a record tampered with in every way by the owner of its database.

Every attempt is made inside a transaction that is rolled back. The naive control (the chain alone, no checkpoints) must miss the last two.
Then exports and proofs are forged in every way (r11_exports.py).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select, text

from audit import Act, checkpoints, record_all, verify
from audit.actions import Action
from audit.merkle import Tree
from audit.notes import SigningKey, checkpoint_text
from benchmarks import r11_exports
from benchmarks.databases import application, places
from benchmarks.r11_kinds import KINDS, Attempt, Row
from jobs.record import signing_key, take
from models.audit import AuditEntry, Checkpoint
from models.db import db, transaction
from models.people import SYSTEM
from tests import builders

BEGUN = datetime(2021, 2, 4, 8, tzinfo=UTC)
OFF = {
    "sqlite": [
        "PRAGMA defer_foreign_keys = ON",
        *(f"DROP TRIGGER audit_{table}_no_{verb}" for table in ("entries", "checkpoints") for verb in ("update", "delete", "replace")),
    ],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}
"""What the owner of the database can do: put the triggers and the foreign keys out of force."""


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
    for row in db.session.scalars(select(Checkpoint)):
        entry = db.session.get_one(AuditEntry, row.seq)
        note = row.note.replace("\n", "\n    ")
        letter = f"Mốc kiểm tra:\n\n    {note}\n\nMã nhật ký: {entry.seq}-{entry.hash[:16]}\n"
        mail = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{letter}"
        (mails / f"{row.size}.eml").write_text(mail, encoding="utf-8")
    db.session.rollback()


def rows() -> list[Row]:
    """The record as it lies in the database."""
    return [dict(row) for row in db.session.execute(text("SELECT * FROM audit_entries ORDER BY seq")).mappings()]


def put(attempt: Attempt, key: SigningKey | None) -> None:
    """Put the tampered record in the place of the true one; with the key, its checkpoints are signed anew as well."""
    db.session.rollback()
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
    tree = Tree()
    tree.extend([bytes.fromhex(row["hash"]) for row in found])
    return tree.root().hex()


def run(times: int, mails: Path, seed: int = 11, say: Callable[[str], None] = print) -> tuple[Counter[str], list[str]]:
    """Tamper so many times in every way. Gives what the naive control missed by kind, and everything that the check got wrong."""
    draw, true, missed, wrong = random.Random(seed), rows(), Counter[str](), list[str]()
    key, empty = signing_key(), mails.parent / "nothing"
    places_of_claims = {"of all": (current_app.config["INSTANCE"], (mails,)), "of the mails alone": (empty, (mails,))}
    db.session.rollback()
    for kind in KINDS:
        for number in range(times):
            attempt = kind(true, draw)
            owns_key = attempt.kind in {"truncate", "rewrite"}
            put(attempt, key if owns_key else None)
            missed[attempt.kind] += verify().intact
            for what, (instance, others) in places_of_claims.items():
                found = checkpoints.check(instance, others, [key.public])
                if found.intact or not attempt.named_by(found.bad_seq, found.until):
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
        missed, wrong = run(options.times, folder / "mails")
        builders.register(builders.open_2021(), "906")
        taken = r11_exports.take_away(folder / "away")
        wrong += r11_exports.run(options.times, taken)
    for line in wrong:
        print(line)
    blind = [kind for kind in ("truncate", "rewrite") if missed[kind] != options.times]
    print(f"{len(wrong)} wrong on {found[0].version}; the naive control missed every cut and every rewriting: {not blind}")
    return int(bool(wrong or blind))


if __name__ == "__main__":
    sys.exit(main())

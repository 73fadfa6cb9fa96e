"""Tampering by hand, on copies of an installation's SQLite database: what was done with raw SQL, and what each check said.

`.venv/bin/python scripts/tamper.py instance` prints the table of docs/audit.md. The installation itself is only read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from audit.canonical import canonical  # noqa: E402 (after the path is set)

ENTRY, CUT = 500, 2000
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('audit_entries', 'audit_checkpoints')"
Tampering = Callable[[sqlite3.Connection], object]
EDIT = """UPDATE audit_entries SET rec = replace(rec, '"clause":"', '"clause":"X') WHERE seq = 500"""
DETAIL = "UPDATE audit_entries SET detail = replace(detail, 'a', 'b') WHERE seq = 500"
COLUMN = "UPDATE audit_entries SET actor_id = actor_id + 1 WHERE seq = 500"
DELETE = "DELETE FROM audit_entries WHERE seq = 500"


def swap(connection: sqlite3.Connection) -> None:
    """Two entries change places."""
    for before, after in ((ENTRY, 10**9), (ENTRY + 1, ENTRY), (10**9, ENTRY + 1)):
        connection.execute("UPDATE audit_entries SET seq = ? WHERE seq = ?", (after, before))


def truncate(connection: sqlite3.Connection) -> None:
    """The end is cut off, and the table of checkpoints emptied."""
    connection.execute("DELETE FROM audit_entries WHERE seq > ?", (CUT,))
    connection.execute("DELETE FROM audit_checkpoints")


def rewrite(connection: sqlite3.Connection) -> None:
    """One entry says something else, and everything after it is chained anew."""
    previous = ""
    rows = connection.execute("SELECT seq, rec FROM audit_entries WHERE seq >= ? ORDER BY seq", (ENTRY,)).fetchall()
    for seq, text in rows:
        rec = canonical(json.loads(text) | ({"prev": previous} if previous else {"clause": "II.9"}))
        previous = hashlib.sha256(b"\x00" + rec.encode()).hexdigest()
        connection.execute("UPDATE audit_entries SET rec = ?, hash = ? WHERE seq = ?", (rec, previous, seq))


def rewrite_all(connection: sqlite3.Connection) -> None:
    """The same, and the table of checkpoints emptied."""
    rewrite(connection)
    connection.execute("DELETE FROM audit_checkpoints")


def said(instance: Path, *options: str) -> str:
    """What `flask audit verify` says of an installation, and with which exit code."""
    environ = {"THIDUA_MODE": "demo", "THIDUA_INSTANCE": str(instance), "DATABASE_URL": f"sqlite:///{instance / 'thidua.db'}"}
    command = [sys.executable, "-m", "flask", "--app", "app", "audit", "verify", *options]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False)
    return f"`{done.stdout.splitlines()[0].replace(str(instance), '…')}` exit {done.returncode}"


def refused(instance: Path, statement: str) -> str:
    """What the database itself says, its triggers in place."""
    with sqlite3.connect(instance / "thidua.db") as connection:
        try:
            connection.execute(statement)
        except sqlite3.DatabaseError as error:
            return f"the database: `{error}`"
    return "NOTHING: the database took it"


def main(source: Path) -> None:
    """Print the table."""
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:

        def tampered(tampering: Tampering, *, files_too: bool = False) -> Path:
            copy = Path(scratch, f"copy-{len(rows)}")
            shutil.copytree(source, copy)
            if files_too:
                shutil.rmtree(copy / "checkpoints")
            with sqlite3.connect(copy / "thidua.db") as connection:
                for (name,) in connection.execute(TRIGGERS).fetchall():
                    connection.execute(f"DROP TRIGGER {name}")
                tampering(connection)
            return copy

        untouched = Path(scratch, "untouched")
        shutil.copytree(source, untouched)
        kept = Path(scratch, "kept")
        shutil.copytree(source / "checkpoints", kept)
        rows.append(("nothing", said(untouched)))
        rows += [(f"`{statement.split(' SET')[0]} …`, triggers in place", refused(untouched, statement)) for statement in (EDIT, DELETE)]
        for what, statement in (("hashed text", EDIT), ("detail", DETAIL), ("column `actor_id`", COLUMN)):
            rows.append((f"triggers dropped, the {what} of entry {ENTRY} edited", said(tampered(lambda c, s=statement: c.execute(s)))))
        rows.append((f"entry {ENTRY} deleted", said(tampered(lambda c: c.execute(DELETE)))))
        rows.append((f"entries {ENTRY} and {ENTRY + 1} swapped", said(tampered(swap))))
        rows.append((f"entries after {CUT} and the checkpoints' table deleted", said(tampered(truncate))))
        rows.append((f"entry {ENTRY} changed, everything after it chained anew", said(tampered(rewrite))))
        everything = tampered(rewrite_all, files_too=True)
        rows.append(("the same, the checkpoints' table and files gone", said(everything)))
        rows.append(("… checked with `--checkpoints` and the checkpoints kept elsewhere", said(everything, "--checkpoints", str(kept))))
        rows.append(("… checked with the letters that units got", said(everything, "--checkpoints", str(source / "mail"))))
    print("| What was done with raw SQL | What the check said |\n| --- | --- |")
    for row in rows:
        print(f"| {row[0]} | {row[1]} |")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "instance"))

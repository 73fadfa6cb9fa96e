"""The floor of P1: the same rows written by hand, in SQLAlchemy Core, with statements built once and nothing asked that is not written.

What a step writes is learned from the service itself: it takes one dossier of each kind through its steps, the rows before and after are
compared, and the difference, with another dossier's ids and names in it, is what the floor writes for that dossier.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Engine, Insert, Update, bindparam, insert, select, text, update

from audit.chain import APPEND_LOCK
from benchmarks.p1_rows import DEADLINES, DOSSIERS, ENTRIES, MAILS, NOMINEES, NOTICES, UNITS, Moved, Recorded
from models.vocabulary import Step

KEYS = {DOSSIERS.name: "dossier_id", NOMINEES.name: "nominee", UNITS.name: "campaign_unit_id"}
"""Under which name a case keeps the ids of a table's rows."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What one step of one dossier writes, ready but for its place in the chain."""

    updates: list[tuple[Update, list[dict[str, Any]]]]
    deadlines: list[dict[str, Any]]
    rec: dict[str, Any]
    detail: dict[str, Any]
    entry: dict[str, Any]
    notices: list[dict[str, Any]]
    mails: list[list[dict[str, Any]]]


class Floor:
    """Writes the steps of dossiers: one transaction a step, as the service does."""

    def __init__(self, engine: Engine) -> None:
        """Build what does not depend on the dossier."""
        self.writing = engine.execution_options(writes=True)
        self.hold = text(f"SELECT pg_advisory_xact_lock({APPEND_LOCK})") if engine.dialect.name == "postgresql" else None
        self.last = select(ENTRIES.c.seq, ENTRIES.c.hash).order_by(ENTRIES.c.seq.desc()).limit(1)
        self.add_entry, self.add_deadline, self.add_mails = insert(ENTRIES), insert(DEADLINES), insert(MAILS)
        self.add_notices = cast("Insert", insert(NOTICES).returning(NOTICES.c.id, sort_by_parameter_order=True))
        self.updates: dict[tuple[str, tuple[str, ...]], Update] = {}

    def prepare(self, recorded: Recorded, moved: Moved) -> Writing:
        """Make ready what a step will write; done before the clock starts."""
        updates: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
        for table, key, was, new in recorded.changed:
            values = {"at_id": moved.ids[KEYS[table], key], **new}
            if "version" in new:
                values["at_version"] = was["version"]
            updates.setdefault((table, tuple(sorted(new))), []).append(values)
        (entry,) = recorded.added[ENTRIES.name]
        rec = moved.value(json.loads(entry["rec"]), "rec")
        mails = recorded.added[MAILS.name]
        notices = recorded.added[NOTICES.name]
        return Writing(
            updates=[(self._update(*shape), parameters) for shape, parameters in updates.items()],
            deadlines=[moved.row(row) for row in recorded.added[DEADLINES.name]],
            rec=rec,
            detail=moved.value(json.loads(entry["detail"]), "detail"),
            entry=moved.row(entry),
            notices=[moved.row(notice) for notice in notices],
            mails=[[moved.row(mail) for mail in mails if mail["notice_id"] == notice["id"]] for notice in notices],
        )

    def _update(self, name: str, columns: tuple[str, ...]) -> Update:
        """The statement for one set of columns. A row with a version is found only while it still has the one that was read."""
        if (name, columns) not in self.updates:
            table = next(table for table in (DOSSIERS, NOMINEES, UNITS) if table.name == name)
            statement = update(table).where(table.c.id == bindparam("at_id"))
            if "version" in columns:
                statement = statement.where(table.c.version == bindparam("at_version"))
            self.updates[name, columns] = statement.values({column: bindparam(column) for column in columns})
        return self.updates[name, columns]

    def write(self, ready: Writing, request_key: str) -> None:
        """One step: dossier with its version, nominees, unit, deadline, entry, notices and mails, and one commit."""
        with self.writing.begin() as connection:
            for statement, parameters in ready.updates:
                found = connection.execute(statement, parameters).rowcount
                assert found in {-1, len(parameters)}, "the dossier has changed"
            if ready.deadlines:
                connection.execute(self.add_deadline, ready.deadlines)
            seq, digest = self._append(connection, ready, request_key)
            if ready.notices:
                self._queue(connection, ready, seq, digest)

    def _append(self, connection: Connection, ready: Writing, request_key: str) -> tuple[int, str]:
        if self.hold is not None:
            connection.execute(self.hold)
        seq, previous = connection.execute(self.last).one()
        detail, salt = _canonical(ready.detail), secrets.token_hex(16)
        sealed = hashlib.sha256(bytes.fromhex(salt) + detail.encode()).hexdigest()
        rec = _canonical(ready.rec | {"seq": seq + 1, "prev": previous, "detail": sealed, "req": request_key})
        digest = hashlib.sha256(b"\0" + rec.encode()).hexdigest()
        made = {"seq": seq + 1, "hash": digest, "rec": rec, "detail": detail, "salt": salt, "request_key": request_key}
        connection.execute(self.add_entry, ready.entry | made)
        return seq + 1, digest

    def _queue(self, connection: Connection, ready: Writing, seq: int, digest: str) -> None:
        journal = f"{seq}-{digest[:16]}"
        notices = [row | {"audit_seq": seq, "facts": row["facts"] | {"journal": journal}} for row in ready.notices]
        ids = connection.execute(self.add_notices, notices).scalars().all()
        mails = []
        for notice_id, rows in zip(ids, ready.mails, strict=True):
            for row in rows:
                unique = hashlib.sha256(f"{seq}|{notice_id}|{row['recipient']}".encode()).hexdigest()[:24]
                mails.append(row | {"notice_id": notice_id, "message_id": f"<{seq}.{unique}@so-noi-vu.example>"})
        if mails:
            connection.execute(self.add_mails, mails)


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def request_keys(steps: Sequence[Step]) -> list[str]:
    """A key for each step, as the confirm page makes them."""
    return [secrets.token_urlsafe(16) for _ in steps]

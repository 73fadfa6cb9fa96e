"""Appending to the record: one global chain, numbered from 1 without gaps, in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update

from audit import search
from audit.actions import Action
from audit.canonical import FORMAT, ZERO, canonical, detail_digest, leaf_hash, timestamp
from models.audit import AuditEntry
from models.db import db, table_of
from models.people import Actor
from models.vocabulary import AuditResult

APPEND_LOCK = 370_2021
"""PostgreSQL advisory lock that lets one transaction at a time append; SQLite's BEGIN IMMEDIATE does the same."""

_HOLD = text(f"SELECT pg_advisory_xact_lock({APPEND_LOCK})")
_LAST = select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
_INSERT = insert(table_of(AuditEntry))


@dataclass(frozen=True, slots=True)
class Act:
    """What happened, before it has its place in the chain. `obj` is "noun:id"; `detail` holds values before and after, reasons, names."""

    action: Action
    obj: str
    before: str | None = None
    after: str | None = None
    clause: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    result: AuditResult = AuditResult.DONE
    campaign_id: int | None = None
    dossier_id: int | None = None
    version: int | None = None
    request_key: str | None = None


def record(act: Act, *, actor: Actor, at: datetime) -> AuditEntry:
    """Append one act to the record. The entry is committed with the caller's transaction, or not at all."""
    return record_all([act], actor=actor, at=at)[0]


def record_all(acts: Sequence[Act], *, actor: Actor, at: datetime) -> list[AuditEntry]:
    """Append several acts of one actor at one instant, in order. Raises NotCanonical when a detail has no canonical form.

    The entries given back are copies to read, detached from the session: the rows themselves are never changed.
    """
    hold_chain()
    connection = db.session.connection()
    last = connection.execute(_LAST).first()
    seq, previous = (last.seq, last.hash) if last else (0, ZERO)
    rows = []
    for act in acts:
        seq += 1
        row = _row(act, seq, previous, actor, at)
        previous = row["hash"]
        rows.append(row)
    if rows:
        connection.execute(_INSERT, rows)
        search.index(connection, ((row, act.detail) for row, act in zip(rows, acts, strict=True)))
    return [AuditEntry(**row) for row in rows]


def erase_detail(seq: int, reason: str, *, actor: Actor, at: datetime) -> AuditEntry:
    """Erase what stands beside an entry (its detail and salt) on lawful request. The chain holds only their digest, so it stays whole.

    The erasure is an entry of its own. Raises LookupError for an entry that does not exist.
    """
    entries = table_of(AuditEntry)
    statement = update(entries).where(entries.c.seq == seq).values(detail=None, salt=None).returning(entries)
    erased = db.session.execute(statement).first()
    if erased is None:
        raise LookupError(seq)
    search.forget_detail(db.session.connection(), erased._asdict())
    return record(Act(Action.DETAIL_ERASE, f"entry:{seq}", detail={"reason": reason}), actor=actor, at=at)


def hold_chain() -> None:
    """Wait until no other transaction can append, and keep it so to the end of this one. SQLite's BEGIN IMMEDIATE has done it already."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD)


def _row(act: Act, seq: int, previous: str, actor: Actor, at: datetime) -> dict[str, Any]:
    detail = canonical(act.detail)
    salt = secrets.token_hex(16)
    rec = canonical(
        {
            "v": FORMAT,
            "seq": seq,
            "ts": timestamp(at),
            "actor": actor.user_id,
            "unit": actor.unit_id,
            "capacity": actor.capacity or actor.role.value,
            "action": act.action.value,
            "obj": act.obj,
            "from": act.before,
            "to": act.after,
            "clause": act.clause,
            "detail": detail_digest(salt, detail),
            "req": act.request_key,
            "ver": act.version,
            "result": act.result.value,
            "source": actor.source.value,
            "campaign": act.campaign_id,
            "dossier": act.dossier_id,
            "prev": previous,
        }
    )
    return {
        "seq": seq,
        "hash": leaf_hash(rec),
        "rec": rec,
        "detail": detail,
        "salt": salt,
        "at": at,
        "action": act.action.value,
        "result": act.result,
        "source": actor.source,
        "actor_id": actor.user_id,
        "unit_id": actor.unit_id,
        "campaign_id": act.campaign_id,
        "dossier_id": act.dossier_id,
        "request_key": act.request_key,
    }

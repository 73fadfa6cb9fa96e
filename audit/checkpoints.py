"""Checkpoints of the record: when one is due, its entry and its row, its file; and the check of the record against all that are known."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from audit.actions import Action
from audit.chain import Act, record
from audit.notes import (
    KEY_FILE,
    PublicKey,
    SignedCheckpoint,
    SigningKey,
    checkpoint_text,
    read_journal_codes,
    read_key,
    read_notes,
    readable,
)
from audit.verify import Claim, Verification, verify
from models.audit import AuditEntry, Checkpoint
from models.db import db
from models.localtime import local_day
from models.people import SYSTEM, Actor
from models.vocabulary import AuditResult

FOLDER = "checkpoints"
FORMER_KEYS = "checkpoint.former"
"""Public keys from before, one a line: when a lost key had to be replaced, what it signed is still trusted."""


@dataclass(slots=True)
class Known:
    """What is known from outside the chain: claims whose signature holds, and where one does not."""

    claims: dict[tuple[int, str], Claim] = field(default_factory=dict)
    forged: list[tuple[int, str]] = field(default_factory=list)

    def add(self, note: SignedCheckpoint, keys: Iterable[PublicKey], source: str) -> None:
        """Take in a checkpoint of this record."""
        if any(note.signed_by(key) for key in keys):
            self.claims.setdefault((note.size, note.root), Claim(note.size, root=note.root, source=source))
        else:
            self.forged.append((note.size, source))


def due(at: datetime) -> bool:
    """Whether the day's checkpoint is still owed: none was taken today, and the record was not found broken today."""
    taken = db.session.scalar(select(Checkpoint.at).order_by(Checkpoint.seq.desc()).limit(1))
    failed = db.session.scalar(
        select(AuditEntry.at)
        .where(AuditEntry.action == Action.AUDIT_VERIFY.value, AuditEntry.result == AuditResult.REFUSED, AuditEntry.actor_id.is_(None))
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    begun = db.session.scalar(select(AuditEntry.seq).limit(1)) is not None
    return begun and all(earlier is None or local_day(earlier) < local_day(at) for earlier in (taken, failed))


def check(
    instance: Path, others: Iterable[Path] = (), keys: Iterable[PublicKey] = (), progress: Callable[[int], None] | None = None
) -> Verification:
    """Check the whole record and everything that vouches for it: the table, the files of this installation, and `others`.

    `others` are files or folders, saved mails among them; the journal codes of letters in them are claims too. A checkpoint that is
    signed by none of the keys (this installation's and those given) is a fault of its own.
    """
    known = _known(instance, list(others), list(keys))
    found = verify(progress, known.claims.values())
    if found.intact and known.forged:
        size, source = min(known.forged)
        return replace(found, bad_seq=size, fault="signature", source=source)
    return found


def record_verification(found: Verification, *, actor: Actor = SYSTEM, at: datetime) -> AuditEntry:
    """Put the result of a check on record."""
    detail: dict[str, object] = {"count": found.count, "checkpoints": found.checkpoints, "letters": found.letters, "root": found.root}
    if not found.intact:
        detail |= {"fault": found.fault, "bad_seq": found.bad_seq, "until": found.until, "source": found.source}
    result = AuditResult.DONE if found.intact else AuditResult.REFUSED
    return record(Act(Action.AUDIT_VERIFY, f"record:{found.count}", detail=detail, result=result), actor=actor, at=at)


def record_checkpoint(found: Verification, key: SigningKey, *, actor: Actor = SYSTEM, at: datetime) -> tuple[AuditEntry, Checkpoint]:
    """Sign what a check has just found intact; the entry and the row are written together. An empty record has no checkpoint."""
    if not found.intact or not found.count:
        raise ValueError("only a record that holds is signed")
    note = key.sign(checkpoint_text(key.name, found.count, found.root))
    detail = {"count": found.count, "root": found.root, "key": str(key.public)}
    entry = record(Act(Action.AUDIT_CHECKPOINT, f"record:{found.count}", detail=detail), actor=actor, at=at)
    row = Checkpoint(seq=entry.seq, size=found.count, root=found.root, note=note, key=str(key.public), at=at)
    db.session.add(row)
    db.session.flush()
    return entry, row


def keep_files(instance: Path) -> None:
    """Write every checkpoint of the table that has no file yet; one that is there is left as it is."""
    folder = instance / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    for size, note in db.session.execute(select(Checkpoint.size, Checkpoint.note).order_by(Checkpoint.seq)):
        if (name := file_name(size)) not in there:
            draft = folder / f".{secrets.token_hex(8)}"
            with draft.open("w", encoding="utf-8") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(folder / name)


def file_name(size: int) -> str:
    """The name of a checkpoint's file: in order of size."""
    return f"{size:012d}.txt"


def own_keys(instance: Path) -> list[PublicKey]:
    """The key of this installation and those it had before; where its file is missing, the keys that the table names."""
    path, former = instance / KEY_FILE, instance / FORMER_KEYS
    if path.exists():
        earlier = former.read_text(encoding="utf-8").split() if former.exists() else []
        return [read_key(path).public, *map(PublicKey.read, earlier)]
    return [PublicKey.read(text) for text in db.session.scalars(select(Checkpoint.key).distinct())]


def _known(instance: Path, others: list[Path], keys: list[PublicKey]) -> Known:
    trusted = [*own_keys(instance), *keys]
    names = {key.name for key in trusted}
    known = Known()
    for row in db.session.scalars(select(Checkpoint).order_by(Checkpoint.seq)):
        notes = list(read_notes(row.note))
        if len(notes) == 1 and (notes[0].size, notes[0].root) == (row.size, row.root):
            known.add(notes[0], trusted, f"bảng, dòng {row.seq}")
        else:
            known.forged.append((row.size, f"bảng, dòng {row.seq}"))
    own = instance / FOLDER
    for place in [*([own] if own.is_dir() else []), *others]:
        for file, text in readable(place):
            for note in read_notes(text):
                if note.name in names:
                    known.add(note, trusted, file.name)
            for seq, begun in read_journal_codes(text):
                known.claims.setdefault((seq, begun), Claim(seq, leaf=begun, source=file.name))
    return known

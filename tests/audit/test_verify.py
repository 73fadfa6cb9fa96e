"""The verifier against a record that somebody with the keys of the database has changed: it names the first entry that does not hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from audit import Act, Verification, record_all, verify
from audit.actions import Action
from audit.canonical import canonical, leaf_hash
from cli.audit import FAULTS
from models.db import db, transaction
from models.people import SYSTEM
from models.vocabulary import DossierState
from tests.actors import COMMUNE, bring
from tests.builders import at

SIZE = 6
DISARM = {
    "sqlite": ["DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"],
    "postgresql": ["ALTER TABLE audit_entries DISABLE TRIGGER USER"],
}


def write(count: int = SIZE) -> None:
    acts = [Act(Action.REMINDERS_SWEEP, f"sweep:{n}", detail={"queued": n}, request_key=f"key-{n}") for n in range(1, count + 1)]
    with transaction():
        record_all(acts, actor=SYSTEM, at=at("2021-03-31 08:00"))


def tamper(*statements: str, **values: Any) -> Verification:
    """Change the record as its owner could, and check it."""
    db.session.rollback()
    with db.engine.connect() as connection, connection.begin():
        for statement in [*DISARM[db.engine.dialect.name], *statements]:
            connection.execute(text(statement), values if ":" in statement else {})
    return verify()


def column(name: str, seq: int) -> Any:
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT {name} FROM audit_entries WHERE seq = {seq}")).scalar_one()


def edited(number: int, **changes: Any) -> str:
    """The canonical text of an entry with some of its values changed."""
    return canonical(json.loads(column("rec", number)) | changes)


def test_an_untouched_record_is_intact(blank_app: Flask) -> None:
    write()

    found = verify()

    assert (found.intact, found.count, found.bad_seq, found.fault) == (True, SIZE, None, "")
    assert found.last_hash == column("hash", SIZE)


def test_an_empty_record_is_intact(sqlite_app: Flask) -> None:
    assert verify() == Verification(0, "0" * 64)


def test_the_record_of_a_whole_dossier_is_intact(ranked_sqlite_app: Flask) -> None:
    bring(COMMUNE, DossierState.AWARDED)

    assert verify().intact


@dataclass(frozen=True)
class Tampering:
    """A change past the triggers, the entry that the verifier names, and how it names the fault."""

    name: str
    change: Callable[[], Verification]
    bad_seq: int
    fault: str

    def __str__(self) -> str:
        return self.name


def edit_record() -> Verification:
    return tamper("UPDATE audit_entries SET rec = :rec WHERE seq = 3", rec=edited(3, clause="IV"))


def edit_record_and_hash() -> Verification:
    # The entry holds by itself; the next one names the hash it had.
    rec = edited(3, clause="IV")
    return tamper("UPDATE audit_entries SET rec = :rec, hash = :hash WHERE seq = 3", rec=rec, hash=leaf_hash(rec))


def edit_hash() -> Verification:
    return tamper("UPDATE audit_entries SET hash = :hash WHERE seq = 3", hash="ab" * 32)


def delete_row() -> Verification:
    return tamper("DELETE FROM audit_entries WHERE seq = 3")


def delete_first_row() -> Verification:
    return tamper("DELETE FROM audit_entries WHERE seq = 1")


def delete_and_renumber() -> Verification:
    return tamper(
        "DELETE FROM audit_entries WHERE seq = 3", *(f"UPDATE audit_entries SET seq = {n - 1} WHERE seq = {n}" for n in (4, 5, 6))
    )


def swap_rows() -> Verification:
    numbers = [(3, 99), (4, 3), (99, 4)]
    return tamper(*(f"UPDATE audit_entries SET seq = {new} WHERE seq = {old}" for old, new in numbers))


def insert_copy() -> Verification:
    later = [f"UPDATE audit_entries SET seq = {n + 1} WHERE seq = {n}" for n in (6, 5, 4, 3)]
    return tamper(
        *later,
        "INSERT INTO audit_entries (seq, hash, rec, detail, salt, at, action, result, source)"
        " SELECT 3, :hash, rec, detail, salt, at, action, result, source FROM audit_entries WHERE seq = 2",
        hash="cd" * 32,
    )


def append_forgery() -> Verification:
    # Right in itself, but it does not follow the last entry.
    rec = edited(SIZE, seq=SIZE + 1, prev="ef" * 32)
    return tamper(
        "INSERT INTO audit_entries (seq, hash, rec, detail, salt, at, action, result, source)"
        f" SELECT {SIZE + 1}, :hash, :rec, detail, salt, at, action, result, source FROM audit_entries WHERE seq = {SIZE}",
        rec=rec,
        hash=leaf_hash(rec),
    )


def edit_detail() -> Verification:
    return tamper("UPDATE audit_entries SET detail = :detail WHERE seq = 3", detail='{"queued":0}')


def edit_salt() -> Verification:
    return tamper("UPDATE audit_entries SET salt = :salt WHERE seq = 3", salt="00" * 16)


def erase_salt_only() -> Verification:
    return tamper("UPDATE audit_entries SET salt = NULL WHERE seq = 3")


def rewrite(seq: int, rec: str) -> Verification:
    """Another text in the place of an entry, with the hash that belongs to it."""
    digest = hashlib.sha256(b"\x00" + rec.encode()).hexdigest()
    return tamper(f"UPDATE audit_entries SET rec = :rec, hash = :hash WHERE seq = {seq}", rec=rec, hash=digest)


def in_another_spelling() -> Verification:
    return rewrite(3, json.dumps(json.loads(column("rec", 3)), indent=1))


def not_json() -> Verification:
    return rewrite(3, "đã xoá")


def not_an_object() -> Verification:
    return rewrite(3, "[]")


def with_a_float() -> Verification:
    return rewrite(3, json.dumps(json.loads(column("rec", 3)) | {"n": 0.5}, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def without_its_object() -> Verification:
    return rewrite(3, canonical({k: v for k, v in json.loads(column("rec", 3)).items() if k != "obj"}))


TAMPERINGS = [
    Tampering("edited record", edit_record, 3, "hash"),
    Tampering("edited record and hash", edit_record_and_hash, 4, "chain"),
    Tampering("edited hash", edit_hash, 3, "hash"),
    Tampering("deleted entry", delete_row, 3, "gap"),
    Tampering("deleted first entry", delete_first_row, 1, "gap"),
    Tampering("deleted entry, renumbered", delete_and_renumber, 3, "chain"),
    Tampering("swapped entries", swap_rows, 3, "chain"),
    Tampering("inserted entry", insert_copy, 3, "hash"),
    Tampering("appended forgery", append_forgery, 7, "chain"),
    Tampering("edited detail", edit_detail, 3, "detail"),
    Tampering("edited salt", edit_salt, 3, "detail"),
    Tampering("erased salt only", erase_salt_only, 3, "detail"),
    Tampering("another spelling", in_another_spelling, 3, "record"),
    Tampering("not JSON", not_json, 3, "record"),
    Tampering("not an object", not_an_object, 3, "record"),
    Tampering("a float", with_a_float, 3, "record"),
    Tampering("no object named", without_its_object, 3, "copy"),
]


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=str)
def test_a_tampered_record_is_found_and_the_first_bad_entry_named(blank_app: Flask, tampering: Tampering) -> None:
    write()

    found = tampering.change()

    assert not found.intact
    assert (found.bad_seq, found.count) == (tampering.bad_seq, min(tampering.bad_seq - 1, found.count))
    assert found.fault in FAULTS
    # How a text that is no entry at all is called is the verifier's affair.
    assert found.fault == tampering.fault or tampering.change in {not_json, not_an_object, with_a_float, without_its_object}


COPIES = {
    "action": "'mail.retry'",
    "result": "'refused'",
    "source": "'system'",
    "at": "'2020-01-01 00:00:00'",
    "actor_id": "(SELECT max(u.id) FROM users AS u WHERE u.id <> audit_entries.actor_id)",
    "unit_id": "(SELECT max(u.id) FROM units AS u WHERE u.id <> audit_entries.unit_id)",
    "campaign_id": "NULL",
    "dossier_id": "(SELECT max(d.id) FROM dossiers AS d WHERE d.id <> audit_entries.dossier_id)",
    "request_key": "'another'",
}


@pytest.mark.parametrize("name", COPIES)
def test_a_column_that_the_log_is_searched_by_cannot_differ_from_the_record(ranked_sqlite_app: Flask, name: str) -> None:
    bring(COMMUNE, DossierState.SELECTED)
    last = verify().count

    found = tamper(f"UPDATE audit_entries SET {name} = {COPIES[name]} WHERE seq = {last}")

    assert (found.bad_seq, found.fault) == (last, "copy")


def test_an_entry_that_concerns_no_dossier_cannot_be_slipped_into_one(ranked_sqlite_app: Flask) -> None:
    opening = db.session.execute(text("SELECT seq FROM audit_entries WHERE action = 'campaign.open'")).scalar_one()

    found = tamper(f"UPDATE audit_entries SET dossier_id = (SELECT min(id) FROM dossiers) WHERE seq = {opening}")

    assert (found.bad_seq, found.fault) == (opening, "copy")


def test_a_cut_tail_leaves_an_intact_chain_and_only_a_checkpoint_can_tell(blank_app: Flask) -> None:
    write()
    mailed = verify()

    found = tamper(f"DELETE FROM audit_entries WHERE seq > {SIZE - 2}")

    # The chain cannot know what came after it: whoever kept the size and the hash of yesterday does (test_checkpoints.py).
    assert found.intact
    assert (found.count, found.last_hash) != (mailed.count, mailed.last_hash)


def test_an_erased_detail_is_no_fault(blank_app: Flask) -> None:
    write()

    assert tamper("UPDATE audit_entries SET detail = NULL, salt = NULL WHERE seq = 3").intact


# The command


def test_the_command_says_that_an_untouched_record_is_intact(blank_app: Flask) -> None:
    write()

    result = blank_app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 0
    assert result.output == f"Nguyên vẹn: {SIZE} bản ghi, 0 mốc khớp.\nMã băm cuối: {column('hash', SIZE)}\n"


def test_the_command_names_the_first_bad_entry_and_exits_with_one(blank_app: Flask) -> None:
    write()
    edit_record()

    result = blank_app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 1
    assert result.output == "Không toàn vẹn: bản ghi 3: nội dung không khớp mã băm. 2 bản ghi trước đó nguyên vẹn.\n"


def test_the_verifier_reports_its_progress_every_thousand_entries(sqlite_app: Flask) -> None:
    write(2001)
    told: list[int] = []

    verify(told.append)

    assert told == [1000, 2000]

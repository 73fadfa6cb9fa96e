"""The record: its format to the byte, numbers without gaps however many write, and triggers that refuse every change."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from audit import Act, record, record_all, verify
from audit.actions import Action
from audit.canonical import ZERO, NotCanonical
from models.audit import AuditEntry
from models.db import db, transaction
from models.people import SYSTEM, Actor
from models.vocabulary import AuditResult, Role, Source
from tests.builders import at

WHEN = at("2021-03-31 23:59:59.000007")


def write(count: int = 1, when: datetime = WHEN, **detail: Any) -> list[AuditEntry]:
    """Entries of the system, each with a number in its detail."""
    with transaction():
        return record_all(
            [Act(Action.REMINDERS_SWEEP, f"sweep:{n}", detail={"n": n, **detail}) for n in range(count)], actor=SYSTEM, at=when
        )


def raw(statement: str) -> list[Any]:
    """Rows as they lie in the database, past every model."""
    with db.engine.connect() as connection:
        return list(connection.execute(text(statement)).mappings())


# The format: quality.md, "Audit entry"


def test_an_entry_is_written_to_the_byte_as_the_format_says(blank_app: Flask) -> None:
    detail = {"reason": "Thiếu chữ ký của Hội đồng", "n": 2}
    with transaction():
        record(Act(Action.CAMPAIGN_LOAD, "campaign:7", clause="IV", detail={"year": 2021}), actor=SYSTEM, at=WHEN)
        record(
            Act(Action.DOSSIER_SUBMIT, "dossier:9", "selected", "submitted", "III.4.c", detail, version=4, request_key="form-1"),
            actor=Actor(None, "Trần Thị B", Role.OFFICER, None, capacity="KT."),
            at=WHEN,
        )

    first, second = raw("SELECT * FROM audit_entries ORDER BY seq")
    canonical_detail = '{"n":2,"reason":"Thiếu chữ ký của Hội đồng"}'
    digest = hashlib.sha256(bytes.fromhex(second["salt"]) + canonical_detail.encode()).hexdigest()
    assert second["rec"] == (
        f'{{"action":"dossier.submit","actor":null,"campaign":null,"capacity":"KT.","clause":"III.4.c",'
        f'"detail":"{digest}","dossier":null,"from":"selected",'
        f'"obj":"dossier:9","prev":"{first["hash"]}","req":"form-1","result":"done","seq":2,"source":"web","to":"submitted",'
        f'"ts":"2021-03-31T16:59:59.000007Z","unit":null,"v":1,"ver":4}}'
    )
    assert second["hash"] == hashlib.sha256(b"\x00" + second["rec"].encode()).hexdigest()
    assert second["detail"] == canonical_detail


def test_the_chain_begins_at_one_with_a_hash_of_zeros(blank_app: Flask) -> None:
    (entry,) = write()

    rec = json.loads(entry.rec)
    assert (entry.seq, rec["seq"], rec["prev"]) == (1, 1, ZERO)
    assert ZERO == "0" * 64


def test_every_entry_names_the_hash_of_the_one_before(sqlite_app: Flask) -> None:
    entries = write(3) + write(2)

    recs = [json.loads(entry.rec) for entry in entries]
    assert [rec["prev"] for rec in recs] == [ZERO, *(entry.hash for entry in entries[:-1])]
    assert [rec["seq"] for rec in recs] == [1, 2, 3, 4, 5]


def test_a_role_stands_for_the_capacity_where_none_is_given(sqlite_app: Flask) -> None:
    (entry,) = write()

    assert json.loads(entry.rec)["capacity"] == "system"


def test_the_same_detail_has_another_digest_in_every_entry(sqlite_app: Flask) -> None:
    first, second = write(), write()

    assert first[0].detail == second[0].detail
    assert len(first[0].salt or "") == 32
    assert json.loads(first[0].rec)["detail"] != json.loads(second[0].rec)["detail"]


def test_the_columns_are_copies_of_what_the_chain_covers(blank_app: Flask) -> None:
    with transaction():
        act = Act(Action.DOSSIER_RANK, "dossier:9", "registered", result=AuditResult.REFUSED, request_key="form-1")
        record(act, actor=SYSTEM, at=WHEN)

    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.result, entry.source, entry.request_key) == ("dossier.rank", AuditResult.REFUSED, Source.SYSTEM, "form-1")
    assert entry.at == WHEN


@pytest.mark.parametrize("detail", [{"score": 91.25}, {"name": "Ho\u0300n Đất"}, {"tên": "x"}], ids=["float", "NFD", "key"])
def test_a_detail_without_a_canonical_form_is_refused_and_nothing_is_written(sqlite_app: Flask, detail: dict[str, Any]) -> None:
    write()

    with pytest.raises(NotCanonical):
        write(2, **detail)

    assert verify().count == 1


def test_recording_nothing_writes_nothing(sqlite_app: Flask) -> None:
    with transaction():
        assert record_all([], actor=SYSTEM, at=WHEN) == []

    assert verify().count == 0


# Numbers without gaps


def test_parallel_writers_leave_no_gap_and_no_fork(blank_app: Flask) -> None:
    def writer(number: int) -> None:
        with blank_app.app_context():
            for turn in range(8):
                with suppress(ZeroDivisionError), transaction():
                    record_all([Act(Action.MAIL_RETRY, f"mail:{number}"), Act(Action.MAIL_CANCEL, f"mail:{number}")], actor=SYSTEM, at=WHEN)
                    if turn % 4 == 3:
                        raise ZeroDivisionError
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(writer, range(4)))

    kept = 4 * 6 * 2
    assert list(db.session.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq))) == list(range(1, kept + 1))
    assert (verify().intact, verify().count) == (True, kept)


def test_a_rolled_back_act_leaves_no_entry_and_no_gap(blank_app: Flask) -> None:
    write()
    with suppress(ZeroDivisionError), transaction():
        record(Act(Action.MAIL_RETRY, "mail:1"), actor=SYSTEM, at=WHEN)
        raise ZeroDivisionError

    (entry,) = write()

    assert entry.seq == 2
    assert verify().intact


# What the triggers refuse


CHANGES = [
    "UPDATE audit_entries SET rec = rec || ' ' WHERE seq = 2",
    "UPDATE audit_entries SET hash = prev.hash FROM (SELECT 'x' AS hash) AS prev WHERE seq = 2",
    "UPDATE audit_entries SET result = 'refused' WHERE seq = 2",
    "UPDATE audit_entries SET source = 'web' WHERE seq = 2",
    "UPDATE audit_entries SET at = '2020-01-01 00:00:00' WHERE seq = 2",
    "UPDATE audit_entries SET seq = 99 WHERE seq = 2",
    "UPDATE audit_entries SET request_key = 'x' WHERE seq = 2",
    "UPDATE audit_entries SET action = 'mail.retry'",
    "UPDATE audit_entries SET detail = '{}' WHERE seq = 2",
    "UPDATE audit_entries SET salt = '00' WHERE seq = 2",
    "UPDATE audit_entries SET detail = NULL WHERE seq = 2",
    "UPDATE audit_entries SET salt = NULL WHERE seq = 2",
    "UPDATE audit_entries SET detail = NULL, salt = NULL, action = 'mail.retry' WHERE seq = 2",
    "DELETE FROM audit_entries WHERE seq = 2",
    "DELETE FROM audit_entries",
]


def refused(statement: str) -> bool:
    """Whether the database refuses a statement that nobody's model guards."""
    try:
        with db.engine.connect() as connection, connection.begin():
            connection.execute(text(statement))
    except DBAPIError:
        return True
    return False


def test_the_database_refuses_every_change_of_an_entry(blank_app: Flask) -> None:
    write(3)
    before = raw("SELECT * FROM audit_entries ORDER BY seq")

    taken = [statement for statement in CHANGES if not refused(statement)]

    assert taken == []
    assert raw("SELECT * FROM audit_entries ORDER BY seq") == before


@pytest.mark.postgres
def test_postgresql_refuses_to_truncate_the_record(blank_app: Flask) -> None:
    write(3)
    if db.engine.dialect.name == "postgresql":
        assert refused("TRUNCATE audit_entries CASCADE")

    assert verify().count == 3


def test_an_entry_is_not_replaced_by_an_insert_of_its_number(sqlite_app: Flask) -> None:
    write(3)
    columns = "hash, rec, detail, salt, at, action, result, source, actor_id, unit_id, campaign_id, dossier_id, request_key"

    taken = not refused(f"INSERT OR REPLACE INTO audit_entries (seq, {columns}) SELECT 2, {columns} FROM audit_entries WHERE seq = 3")

    assert not taken
    assert verify().count == 3


def test_a_change_through_the_models_is_refused_too(blank_app: Flask) -> None:
    write(3)

    with pytest.raises(DBAPIError), transaction() as session:
        session.get_one(AuditEntry, 2).action = "mail.retry"
    with pytest.raises(DBAPIError), transaction() as session:
        session.delete(session.get_one(AuditEntry, 2))
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(AuditEntry).values(action="mail.retry"))
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.seq > 1))

    assert (verify().intact, verify().count) == (True, 3)


def erase(connection: Connection, seq: int) -> None:
    connection.execute(text(f"UPDATE audit_entries SET detail = NULL, salt = NULL WHERE seq = {seq}"))


def test_a_detail_is_erased_with_its_salt_and_the_chain_holds(blank_app: Flask) -> None:
    write(3)

    with transaction() as session:
        erase(session.connection(), 2)
    with transaction() as session:
        erase(session.connection(), 2)

    entry = db.session.get_one(AuditEntry, 2)
    assert (entry.detail, entry.salt) == (None, None)
    assert (verify().intact, verify().count) == (True, 3)
    assert refused("UPDATE audit_entries SET detail = '{}', salt = '00' WHERE seq = 2")

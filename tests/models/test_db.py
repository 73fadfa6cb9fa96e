"""The one transaction helper, aware timestamps, and how the embedded database is opened."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

import pysqlite3
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from models import sqlite
from models.calendar import CalendarDay
from models.db import UTCDateTime, db, transaction
from models.outbox import Heartbeat
from models.sqlite import FIXED_WAL_RESET, UnsafeSQLite, engine_options
from models.vocabulary import DayKind

WHEN = datetime(2021, 3, 31, 16, 59, 59, 7, tzinfo=UTC)


def day(number: int) -> CalendarDay:
    return CalendarDay(day=date(2021, 1, number), kind=DayKind.HOLIDAY, name="Tết", basis="TB", status="official")


def days(app: Flask) -> int:
    """What another connection sees."""
    with app.app_context():
        count = len(db.session.scalars(select(CalendarDay)).all())
        db.session.remove()
    return count


# An act in one transaction


def test_leaving_the_block_commits(blank_app: Flask) -> None:
    with transaction() as session:
        session.add(day(1))
        inside = days(blank_app)

    assert (inside, days(blank_app)) == (0, 1)


@pytest.mark.parametrize("reason", [ValueError, KeyboardInterrupt, SystemExit])
def test_raising_takes_everything_back_and_comes_through(blank_app: Flask, reason: type[BaseException]) -> None:
    def act() -> None:
        with transaction() as session:
            session.add(day(1))
            session.flush()
            raise reason

    with pytest.raises(reason):
        act()

    assert days(blank_app) == 0
    with transaction() as session:
        session.add(day(2))
    assert days(blank_app) == 1


def test_a_failing_commit_takes_everything_back(blank_app: Flask) -> None:
    with transaction() as session:
        session.add(day(1))

    with pytest.raises(IntegrityError), transaction() as session:
        session.add_all([day(2), day(1)])

    assert days(blank_app) == 1


def test_an_act_inside_an_act_is_refused_and_the_outer_one_taken_back(blank_app: Flask) -> None:
    def nested() -> None:
        with transaction() as session:
            session.add(day(1))
            with transaction():
                pass

    with pytest.raises(RuntimeError, match="does not nest"):
        nested()

    assert days(blank_app) == 0
    with transaction():
        pass


def test_a_decision_rests_on_rows_read_inside_and_not_before(blank_app: Flask) -> None:
    with transaction() as session:
        session.add(Heartbeat(name="worker", at=WHEN, summary="old"))
    beat = db.session.get_one(Heartbeat, "worker")
    assert beat.summary == "old"
    with blank_app.app_context(), transaction() as session:
        session.get_one(Heartbeat, "worker").summary = "new"

    with transaction():
        inside = beat.summary

    assert inside == "new"


def test_what_was_changed_outside_is_forgotten(blank_sqlite_app: Flask) -> None:
    db.session.add(day(1))

    with transaction() as session:
        session.add(day(2))

    assert [row.day.day for row in db.session.scalars(select(CalendarDay))] == [2]


def test_the_block_gives_the_session_of_the_context(blank_sqlite_app: Flask) -> None:
    with transaction() as session:
        assert session is db.session()


# Instants


def test_a_naive_instant_is_refused(blank_app: Flask) -> None:
    naive = datetime(2021, 3, 31, 8, 0)  # noqa: DTZ001 (what must not be stored)

    with pytest.raises(StatementError, match="names no instant"), transaction() as session:
        session.add(Heartbeat(name="worker", at=naive, summary=""))

    assert db.session.get(Heartbeat, "worker") is None


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-11))], ids=str)
def test_an_instant_comes_back_in_utc_to_the_microsecond(blank_app: Flask, zone: timezone) -> None:
    with transaction() as session:
        session.add(Heartbeat(name="worker", at=WHEN.astimezone(zone), summary=""))
    db.session.expire_all()

    kept = db.session.get_one(Heartbeat, "worker").at

    assert (kept, kept.tzinfo, kept.microsecond) == (WHEN, UTC, 7)


def test_instants_are_compared_in_the_database_whatever_their_zone(blank_app: Flask) -> None:
    with transaction() as session:
        session.add(Heartbeat(name="worker", at=WHEN, summary=""))
    same = WHEN.astimezone(timezone(timedelta(hours=7)))

    found = [db.session.scalar(select(Heartbeat.name).where(Heartbeat.at <= same + timedelta(microseconds=n))) for n in (-1, 0)]

    assert found == [None, "worker"]


def test_no_instant_is_none() -> None:
    kind, dialect = UTCDateTime(), SQLiteDialect()

    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


# The embedded database


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that is sent while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_only_an_act_takes_the_write_lock_at_its_beginning(blank_sqlite_app: Flask) -> None:
    with statements() as sent:
        db.session.scalar(select(CalendarDay.day))
        db.session.rollback()
        with transaction():
            db.session.scalar(select(CalendarDay.day))
        db.session.scalar(select(CalendarDay.day))
        db.session.rollback()

    assert [statement for statement in sent if statement.startswith("BEGIN")] == ["BEGIN", "BEGIN IMMEDIATE", "BEGIN"]


def test_a_reader_is_not_kept_waiting_by_a_writer(blank_sqlite_app: Flask) -> None:
    with transaction() as session:
        session.add(day(1))
        session.flush()
        seen = days(blank_sqlite_app)

    assert (seen, days(blank_sqlite_app)) == (0, 1)


def test_a_second_writer_waits_for_the_first_and_then_gives_up(blank_sqlite_app: Flask) -> None:
    with transaction(), blank_sqlite_app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")
            connection.rollback()
            with pytest.raises(DBAPIError, match="locked"):
                connection.execution_options(writes=True).execute(text("SELECT 1"))
        db.engine.dispose()


def test_the_embedded_database_is_opened_for_safety(blank_sqlite_app: Flask) -> None:
    engine = create_engine(db.engine.url, **engine_options())
    inspect.unwrap(sqlite.prepare)(engine)  # the tests themselves do not wait for the disk
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_foreign_key_that_leads_nowhere_is_refused(blank_app: Flask) -> None:
    statement = text("INSERT INTO unit_addresses (unit_id, email) VALUES (999, 'a@x.example')")

    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(statement)

    assert db.session.execute(text("SELECT count(*) FROM unit_addresses")).scalar_one() == 0


def test_a_library_with_the_wal_reset_bug_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite.pysqlite3, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(sqlite.pysqlite3, "sqlite_version", "3.51.2")

    with pytest.raises(UnsafeSQLite, match=r"SQLite 3\.51\.2 has the WAL-reset bug.*DATABASE_URL to PostgreSQL"):
        engine_options()


def test_the_pinned_library_is_new_enough() -> None:
    assert FIXED_WAL_RESET == (3, 51, 3)
    assert pysqlite3.sqlite_version_info >= FIXED_WAL_RESET
    assert engine_options()["module"] is pysqlite3.dbapi2

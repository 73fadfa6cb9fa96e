"""The dossiers that P3 lists: a campaign of N beside the province's real units, made by the database itself, and an officer to sign in.

A quarter is selected and due within a month of today, so that the filtered list is long and its due dates are read in words.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pysqlite3
from sqlalchemy import select

from benchmarks.databases import Place, application, plain
from models.db import db, transaction
from models.dossiers import Dossier
from models.outbox import Heartbeat
from models.people import Appointment, User
from models.registrations import Registration
from models.units import Unit
from models.vocabulary import DossierState, RegistrationState, Role
from tests import builders
from web.accounts import hash_password

LOGIN, PASSWORD = "bench@so-noi-vu.example", "mot hai ba bon nam"
FIRST = 1_000_000
"""Ids of the invented units start here, above the real ones."""

STATES = ("registered", "ranked", "selected", "selected", "submitted", "reviewed", "forwarded", "awarded")

SERIES = {
    "sqlite": "WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < {n})",
    "postgresql": "WITH series AS (SELECT i FROM generate_series(1, {n}::bigint) AS s(i))",
}
POOL = """
    , pool AS (SELECT u.*, row_number() OVER (ORDER BY u.id) - 1 AS place FROM campaign_units u
        WHERE u.eligible
          AND u.id < {first} AND u.kind NOT IN ('city', 'district'))
    , size AS (SELECT count(*) AS units FROM pool)
"""
UNITS = "INSERT INTO units (id, code, aliases, source) {series} SELECT {first} + i, 'BM' || i, '[]', 'benchmark' FROM series"
CAMPAIGN_UNITS = """
    INSERT INTO campaign_units (id, campaign_id, unit_id, name, official_name, kind, eligible, criterion, individual_quota,
        selection_quota, parent_id, form_unit_id, compiled_by_id, quota_owner_id, submits_id, search, sort_key, version)
    {series} {pool}
    SELECT {first} + i, campaign_id, {first} + i, name || ' ' || i, official_name || ' ' || i, kind, eligible, criterion, individual_quota,
        selection_quota, parent_id, form_unit_id, compiled_by_id, quota_owner_id, submits_id, search || ' ' || i, sort_key || ' ' || i, 1
    FROM series, size, pool WHERE pool.place = (i * 7919) % size.units
"""
DOSSIERS = """
    INSERT INTO dossiers (id, code, campaign_id, campaign_unit_id, submits_id, registration_id, state, state_since, sort_key, due_on,
        first_submitted_at, submitted_at, submitted_late, fewer_reason, return_reason, end_reason, forward_number, decision_number, version)
    {series}
    SELECT i, '2021-BM' || i, u.campaign_id, u.id, coalesce(u.submits_id, u.id), {form}, {state}, {changed}, u.sort_key,
        CASE WHEN {step} IN (0, 1) THEN NULL ELSE {due_on} END, {submitted}, {submitted}, {step} > 3 AND i % 11 = 0, '', '', '', '', '', 3
    FROM series JOIN campaign_units u ON u.id = {first} + i
"""
STEP = "((i * 31) % 8)"
STATE = f"CASE {STEP} {' '.join(f'WHEN {number} THEN {state!r}' for number, state in enumerate(STATES))} END"
DIALECT = {
    "sqlite": {
        "changed": "strftime('%Y-%m-%d %H:%M:%S.000000', '{since}', '+' || ((i * 101) % 40000) || ' minutes')",
        "due_on": "date('{due}', '+' || ((i * 17) % 50) || ' days')",
        "submitted": f"CASE WHEN {STEP} > 3 THEN strftime('%Y-%m-%d %H:%M:%S.000000', '{{since}}', '+1 day') END",
    },
    "postgresql": {
        "changed": "CAST('{since}' AS timestamptz) + ((i * 101) % 40000) * interval '1 minute'",
        "due_on": "CAST('{due}' AS date) + CAST((i * 17) % 50 AS integer)",
        "submitted": f"CASE WHEN {STEP} > 3 THEN CAST('{{since}}' AS timestamptz) + interval '1 day' END",
    },
}


INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {tables}",
    "postgresql": """SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN {tables}
        AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
}
"""The indexes that are made after the rows, which is many times quicker."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with its dossiers; `before_late` is the due date and id of the last row before the late page, None when it has none."""

    url: str
    before_late: tuple[str, int] | None


def build(place: Place, folder: Path, count: int, late_page: int) -> Filled:
    """A database with that many dossiers."""
    url = place.create(f"p3_{count}")
    with application(url, folder / "p3"):
        campaign = builders.open_2021()
        home = builders.unit_of(campaign, "SNV")
        with transaction() as session:
            form = Registration(campaign=campaign, campaign_unit=home, state=RegistrationState.ACCEPTED, sent_at=builders.ISSUED)
            session.add(form)
            session.add(Heartbeat(name="worker", at=datetime.now(UTC) + timedelta(days=1), summary="benchmark"))
            session.add(officer(session.query(Unit).filter_by(code="SNV").one()))
            session.flush()
            form_id = form.id
        db.session.remove()
        _fill(place, url, count, form_id)
        rows = select(Dossier.due_key, Dossier.id).where(Dossier.state == DossierState.SELECTED).order_by(Dossier.due_key, Dossier.id)
        row = db.session.execute(rows.offset((late_page - 1) * 50 - 1).limit(1)).first() if count // 4 > late_page * 50 else None
    return Filled(url, (row.due_key.isoformat(), row.id) if row else None)


def officer(unit: Unit) -> User:
    """The officer of home affairs who signs in to the measured pages."""
    user = User(login=LOGIN, full_name="Lê Thị Bích Vân", position="Trưởng phòng", password_hash=hash_password(PASSWORD))
    user.appointments = [Appointment(unit=unit, role=Role.HOME_AFFAIRS, valid_from=date(2020, 1, 1))]
    return user


def _fill(place: Place, url: str, count: int, form_id: int) -> None:
    """Three statements; foreign keys, which hold by construction, are not looked up a million times."""
    now = datetime.now(UTC)
    values = {
        "n": count,
        "first": FIRST,
        "form": form_id,
        "since": f"{now - timedelta(days=30):%Y-%m-%d %H:%M:%S}" + ("+00" if place.kind == "postgresql" else ""),
        "due": (now - timedelta(days=20)).date().isoformat(),
        "state": STATE,
        "step": STEP,
    }
    parts = values | {
        name: part.format(**values) for name, part in {**DIALECT[place.kind], "series": SERIES[place.kind], "pool": POOL}.items()
    }
    statements = [template.format(**parts) for template in (UNITS, CAMPAIGN_UNITS, DOSSIERS)]
    tables = "('units', 'campaign_units', 'dossiers')"
    indexes = INDEXES[place.kind].format(tables=tables)
    if place.kind == "sqlite":
        connection = pysqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        quick, finish = (
            ["PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-500000"],
            ["PRAGMA wal_checkpoint(TRUNCATE)"],
        )
    else:
        connection = psycopg.connect(plain(url), autocommit=True)
        quick, finish = ["SET session_replication_role = replica"], ["VACUUM ANALYZE"]
    with closing(connection):
        made_later = connection.execute(indexes).fetchall()
        dropped = [f"DROP INDEX {name}" for name, _definition in made_later]
        for statement in (*quick, *dropped, *statements, *(definition for _name, definition in made_later), *finish):
            connection.execute(statement)

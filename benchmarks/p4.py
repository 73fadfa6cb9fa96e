"""P4: the reminder sweep over 200, 11,000 and 100,000 units, against the same rows written by set-based SQL; and a sweep with nothing due.

Service and floor take turns in one database: of the six days on which the registration is reminded of, each takes every other one. The
floor is one INSERT … SELECT for notices, one for mails, one for the ledger and the audit entry, in one transaction.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from audit import Act, record
from audit.actions import Action
from benchmarks.databases import Place, application
from benchmarks.report import Figure, Result
from models.campaigns import Campaign
from models.db import db, transaction
from models.people import SYSTEM
from notifications import reminders
from tests import builders

SIZES, QUICK = (200, 11_000, 100_000), (200, 2_000)
DAYS = (("2021-03-01", 30), ("2021-03-17", 14), ("2021-03-24", 7), ("2021-03-28", 3), ("2021-03-30", 1), ("2021-03-31", 0))
BAR, IDLE_MS, GROWTH = 3.0, 50.0, 1.3
FIRST = 1_000_000
"""Ids of the invented units start here, above the real ones."""

SERIES = {
    "sqlite": "WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < {n})",
    "postgresql": "WITH series AS (SELECT i FROM generate_series(1, {n}::bigint) AS s(i))",
}
UNITS = "INSERT INTO units (id, code, aliases, source) {series} SELECT {first} + i, 'BM' || i, '[]', 'benchmark' FROM series"
ADDRESSES = "INSERT INTO unit_addresses (unit_id, email) SELECT id, 'bm' || id || '@kiengiang.example' FROM units WHERE id > {first}"
MEMBERS = """
    INSERT INTO campaign_units (id, campaign_id, unit_id, name, official_name, kind, eligible, criterion, individual_quota,
        selection_quota, form_unit_id, submits_id, search, sort_key, version)
    {series}
    SELECT {first} + i, {campaign}, {first} + i, 'Xã ' || i, 'Ủy ban nhân dân xã ' || i, 'commune', {yes}, NULL, 1, 0, {first} + i,
        {first} + i, 'xa ' || i, 'xa ' || i, 1
    FROM series
"""
UNTOLD = """
    FROM campaign_units u LEFT JOIN registrations r ON r.campaign_unit_id = u.id AND r.state IN ('sent', 'accepted')
    WHERE u.campaign_id = :campaign AND u.eligible AND u.form_unit_id = u.id AND u.ended_on IS NULL AND r.id IS NULL
      AND NOT EXISTS (SELECT 1 FROM reminder_entries e WHERE e.campaign_id = :campaign AND e.milestone = 'registration'
        AND e.campaign_unit_id = u.id AND e.letter = 'registration_reminder' AND e.offset_days = :offset AND e.deadline_version = 1)
"""
NOTICES = (
    """
    INSERT INTO notices (letter, campaign_id, campaign_unit_id, audit_seq, facts, created_at)
    SELECT 'registration_reminder', :campaign, u.id, :seq,
        {facts}, :at
"""
    + UNTOLD
)
MAILS = """
    INSERT INTO outbox_mails (notice_id, recipient, message_id, state, attempts, next_attempt_at, last_error)
    SELECT n.id, a.email, '<registration_reminder.' || n.id || '.' || a.id || '@so-noi-vu.example>', 'queued', 0, :at, ''
    FROM notices n JOIN campaign_units u ON u.id = n.campaign_unit_id JOIN unit_addresses a ON a.unit_id = u.unit_id
    WHERE n.audit_seq = :seq
"""
LEDGER = """
    INSERT INTO reminder_entries (campaign_id, milestone, campaign_unit_id, letter, offset_days, deadline_version, due_on, outcome, late,
        at, notice_id)
    SELECT :campaign, 'registration', n.campaign_unit_id, 'registration_reminder', :offset, 1, '2021-03-31', 'queued', {no}, :at, n.id
    FROM notices n WHERE n.audit_seq = :seq
"""


def run(places: list[Place], folder: Path, *, quick: bool, say: Callable[[str], None]) -> Result:
    """Measure every size on every database."""
    result = Result()
    for place in places:
        medians: dict[int, float] = {}
        for size in QUICK if quick else SIZES:
            say(f"P4 {place.kind}: {size} units")
            measured = _measure(place, folder, size)
            result.details[f"{place.kind} {size}"] = measured
            medians[size] = statistics.median(measured["service"])
            floor = statistics.median(measured["floor"])
            context = f"{medians[size] * 1000:.0f} ms against {floor * 1000:.0f} ms of SQL"
            result.figures.append(Figure(f"P4 sweep, {size:,} units, {place.version}", medians[size] / floor, BAR, context=context))
            if size in {QUICK[-1], SIZES[1]}:
                idle = statistics.median(measured["idle"]) * 1000
                name = f"P4 nothing due, {size:,} units, {place.version} (in {IDLE_MS:.0f} ms)"
                result.figures.append(Figure(name, idle / IDLE_MS, 1.0, context=f"{idle:.1f} ms"))
        least, most = sorted(medians)[-2:]
        growth = (medians[most] / medians[least]) / (most / least)
        result.figures.append(Figure(f"P4 growth from {least:,} to {most:,}, {place.version} (1 is linear)", growth, GROWTH))
    return result


def _measure(place: Place, folder: Path, size: int) -> dict[str, list[float]]:
    """A database of so many silent units; its six sweeps, taken by service and floor in turn, and sweeps with nothing due."""
    found: dict[str, list[float]] = {"service": [], "floor": [], "idle": []}
    with application(place.create(f"p4_{place.kind}_{size}"), folder / f"p4-{place.kind}-{size}"):
        campaign_id = _fill(size, place.kind)
        for number, (day, offset) in enumerate(DAYS):
            at = builders.at(f"{day} 08:00")
            counted = _rows()
            taken = (
                _timed(lambda at=at: _sweep(at))
                if number % 2 == 0
                else _timed(lambda at=at, offset=offset: _floor(campaign_id, offset, at, place.kind))
            )
            found["service" if number % 2 == 0 else "floor"].append(taken)
            written = _rows() - counted
            if written != 3 * size:
                raise RuntimeError(f"{written} rows written for {size} units")
            found["idle"] += [_timed(lambda at=at: _idle(at)) for _ in range(5)] if number % 2 == 0 else []
    return found


def _fill(size: int, kind: str) -> int:
    """The campaign with nobody in it but the invented units and home affairs."""
    campaign_id = builders.open_2021().id
    values = {"n": size, "first": FIRST, "campaign": campaign_id, "yes": "true" if kind == "postgresql" else "1"}
    values["series"] = SERIES[kind].format(**values)
    with transaction() as session:
        session.execute(text("UPDATE campaign_units SET eligible = false WHERE campaign_id = :id"), {"id": campaign_id})
        for statement in (UNITS, ADDRESSES, MEMBERS):
            session.execute(text(statement.format(**values)))
    if kind == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    db.session.remove()
    return campaign_id


def _sweep(at: datetime) -> None:
    if reminders.anything_owed(at):
        with transaction():
            reminders.sweep(at)


def _idle(at: datetime) -> None:
    if reminders.anything_owed(at):
        raise RuntimeError("something is due")
    db.session.rollback()


def _floor(campaign_id: int, offset: int, at: datetime, kind: str) -> None:
    """The same rows by the database itself."""
    facts = "replace(replace(:facts, '@UNIT@', u.official_name), '@LINK@', '/registrations/' || u.id)"
    with transaction() as session:
        entry = record(Act(Action.REMINDERS_SWEEP, f"campaign:{campaign_id}", campaign_id=campaign_id), actor=SYSTEM, at=at)
        given: dict[str, Any] = {"campaign": campaign_id, "offset": offset, "seq": entry.seq, "at": at.replace(tzinfo=None)}
        given |= {"at": at} if kind == "postgresql" else {"at": str(at.replace(tzinfo=None))}
        values = {"facts": f"CAST({facts} AS json)" if kind == "postgresql" else facts, "no": "false" if kind == "postgresql" else "0"}
        session.execute(text(NOTICES.format(**values)), given | {"facts": _facts(campaign_id)})
        session.execute(text(MAILS), given)
        session.execute(text(LEDGER.format(**values)), given)


def _facts(campaign_id: int) -> str:
    """Facts as long as those that the service writes: the last notice's, with its own unit and link left open."""
    row = db.session.execute(text("SELECT facts FROM notices ORDER BY id DESC LIMIT 1")).scalar_one()
    stated = json.loads(row) if isinstance(row, str) else row
    if db.session.get_one(Campaign, campaign_id).year != stated["year"]:
        raise RuntimeError("the last notice is of another campaign")
    return json.dumps(stated | {"unit": "@UNIT@", "link": "@LINK@"}, ensure_ascii=True)


def _rows() -> int:
    """Rows of the three tables together."""
    with db.engine.connect() as connection:
        names = ("notices", "outbox_mails", "reminder_entries")
        return sum(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names)


def _timed(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun

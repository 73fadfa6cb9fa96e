"""P6, pages: the log page and its filters through the service, at 10,000 entries and at 1,000,000 (10,000,000 with P6_WHOLE=1).

The entries are made by the database itself; only what pages read of them is real (verifying is measured in p6.py).
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.databases import Place, application, plain
from benchmarks.p3_rows import LOGIN, PASSWORD, officer
from benchmarks.report import Figure, Result
from models.db import db, transaction
from models.units import Unit
from tests import builders

SMALL, LARGE, WHOLE, QUICK = 10_000, 1_000_000, 10_000_000, 50_000
TIMES = 15
SERIES = {
    "sqlite": "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {n})",
    "postgresql": "WITH s AS (SELECT i FROM generate_series(1, {n}::bigint) AS g(i))",
}
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2021-01-01', '+' || (i * 31536000 / {n}) || ' seconds')",
    "postgresql": "timestamptz '2021-01-01' + (i * 31536000 / {n}) * interval '1 second'",
}
REC = (
    '\'{"action":"dossier.select","actor":1,"campaign":1,"capacity":"home_affairs","clause":"III.4.a","detail":"x","dossier":1,'
    '"from":null,"obj":"dossier:1","prev":"","req":null,"result":"done","seq":\' || i || \',"source":"web","to":null,"ts":"","unit":1,'
    '"v":1,"ver":1}\''
)
ENTRIES = """
    INSERT INTO audit_entries (seq, hash, rec, detail, salt, at, action, result, source, actor_id, unit_id, campaign_id, dossier_id)
    {series}
    SELECT i, 'h' || i, {rec}, '{{"reason":"Lý do số ' || (i % 5000) || '"}}', '00', {at},
        CASE i % 200 WHEN 0 THEN 'dossier.correct' WHEN 1 THEN 'dossier.select' ELSE 'document.upload' END,
        CASE i % 1000 WHEN 7 THEN 'refused' ELSE 'done' END, CASE i % 3 WHEN 0 THEN 'system' ELSE 'web' END,
        (SELECT min(id) FROM users), (SELECT min(id) FROM units) + i % 180, NULL, NULL
    FROM s
"""
WORDS = {
    "sqlite": """INSERT INTO audit_words (rowid, words, marks)
        SELECT seq, 'tai len tai lieu ly do so ' || (seq % 5000), 'action' || replace(action, '.', '') || ' result' || result
            || ' source' || source || ' actorid' || actor_id || ' unitid' || unit_id
        FROM audit_entries""",
    "postgresql": """INSERT INTO audit_words (seq, words)
        SELECT seq, to_tsvector('simple', 'tai len tai lieu ly do so ' || (seq % 5000)) FROM audit_entries""",
}
DAYS = {
    "sqlite": "INSERT INTO audit_days SELECT date(at, '+7 hours'), min(seq), max(seq) FROM audit_entries GROUP BY 1",
    "postgresql": """INSERT INTO audit_days
        SELECT (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, min(seq), max(seq) FROM audit_entries GROUP BY 1""",
}
FILTERS = {
    "no filter": "",
    "an act": "action=dossier.correct",
    "refused": "result=refused",
    "a unit": "unit=hon+dat",
    "a month": "from=01/06/2021&to=30/06/2021",
    "refused in a month": "result=refused&from=01/06/2021&to=30/06/2021",
    "rare words": "q=ly+do+4321",
    "common words": "q=tai+lieu",
    "refused, in common words": "q=tai+lieu&result=refused",
    "a unit's words in a month": "q=tai+lieu&unit=hon+dat&from=01/06/2021&to=30/06/2021",
    "an act in words in a month": "q=ly+do&action=dossier.correct&from=01/06/2021&to=30/06/2021",
}


def run(places: Sequence[Place], folder: Path, *, quick: bool, say: Callable[[str], None]) -> Result:
    """The p95 of every filter, first page and tenth, at the large size against the small one."""
    result = Result()
    sizes = (SMALL, QUICK if quick else WHOLE if os.environ.get("P6_WHOLE") else LARGE)
    for place in places:
        times: dict[int, list[float]] = {}
        for size in sizes:
            say(f"P6 pages: {size:,} entries on {place.version} …")
            measured = _measure(place, folder, size)
            times[size] = [seconds for found in measured.values() for seconds in found]
            result.details[f"{place.kind} {size}"] = {name: round(statistics.median(found) * 1000, 1) for name, found in measured.items()}
        small, large = (_p95(times[size]) for size in sizes)
        context = f"p95 {large * 1000:.0f} ms at {sizes[1]:,}, {small * 1000:.0f} ms at {sizes[0]:,}"
        result.figures.append(Figure(f"P6 log pages, {place.kind}", large / small, 1.5, context=context))
    return result


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


def _measure(place: Place, folder: Path, size: int) -> dict[str, list[float]]:
    name = f"p6_{size}"
    url = place.create(name)
    with application(url, folder / f"{name}-{place.kind}") as app:
        builders.open_2021()
        with transaction() as session:
            session.add(officer(session.scalars(select(Unit).where(Unit.code == "SNV")).one()))
        db.session.remove()
        _fill(place.kind, url, size)
        client = _signed_in(app)
        return {name: _taken(client, query) for name, query in FILTERS.items()}


def _fill(kind: str, url: str, size: int) -> None:
    values = {"n": size, "rec": REC, "series": SERIES[kind].format(n=size), "at": AT[kind].format(n=size)}
    forget = "DELETE FROM audit_entries" if kind == "sqlite" else "TRUNCATE audit_entries CASCADE"
    statements = [ENTRIES.format(**values), WORDS[kind], DAYS[kind], "ANALYZE"]
    if kind == "sqlite":
        with closing(pysqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            for trigger in ("no_update", "no_delete", "no_replace", "day"):
                connection.execute(f"DROP TRIGGER audit_entries_{trigger}")
            for table in ("audit_words", "audit_days"):
                connection.execute(f"DELETE FROM {table}")
            for statement in (forget, *statements):
                connection.execute(statement)
            connection.commit()
        return
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for table in ("audit_entries", "audit_checkpoints"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute("TRUNCATE audit_words, audit_days")
        for statement in (forget, *statements):
            connection.execute(statement)


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    client.post("/sign-in", data={"csrf_token": token[1], "login": LOGIN, "password": PASSWORD})
    return client


def _taken(client: FlaskClient, query: str) -> list[float]:
    """Seconds of the first page and of the one ten pages on, after each was seen once."""
    urls = [f"/journal?{query}"]
    page = client.get(urls[0])
    assert page.status_code == 200, page.text[:2000]
    for _ in range(10):
        following = re.search(r'href="([^"]*)" rel="next"', page.text)
        if following:
            page = client.get(unescape(following[1]))
            urls[1:] = [unescape(following[1])]
    return [_seconds(client.get, url) for _ in range(TIMES) for url in urls]


def _seconds(act: Callable[[str], Any], url: str) -> float:
    begun = time.perf_counter()
    act(url)
    return time.perf_counter() - begun

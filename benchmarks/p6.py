"""P6, verification: the whole record read and checked, against reading the same rows and hashing the same bytes and nothing else."""

from __future__ import annotations

import hashlib
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from audit import verify
from audit.canonical import ZERO
from audit.verify import BATCH, stream
from benchmarks.databases import Place, application
from benchmarks.report import Figure, Result
from models.audit import AuditEntry
from models.db import db, table_of, transaction

BAR = 1.5
ENTRIES = {False: 1_000_000, True: 20_000}
ROUNDS = {False: 3, True: 2}
BEGUN = datetime(2021, 2, 4, tzinfo=UTC)


def run(places: Sequence[Place], folder: Path, *, quick: bool, say: Callable[[str], None]) -> Result:
    """Measure on every database: medians over rounds that the check and its floor take in turns."""
    result = Result()
    for place in places:
        say(f"P6 on {place.version}: writing {ENTRIES[quick]:,} entries")
        with application(place.create("p6"), folder / "p6"):
            _fill(ENTRIES[quick])
            say(f"P6 on {place.version}: verifying them")
            result.details[place.kind] = measured = _measure(ENTRIES[quick], ROUNDS[quick])
        service, floor = measured["verify_s"], measured["floor_s"]
        context = f"{service:.1f} s against {floor:.1f} s; CPU alone {measured['ratio_cpu']:.2f}; {measured['grown_mb']:.1f} MB more memory"
        result.figures.append(Figure(f"P6 verifying {ENTRIES[quick]:,} entries, {place.version}", service / floor, BAR, context=context))
    return result


def _measure(entries: int, rounds: int) -> dict[str, Any]:
    verify()  # once, so that neither side pays for what is compiled or cached on first use
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall: dict[str, list[float]] = {"verify": [], "floor": []}
    cpu: dict[str, list[float]] = {"verify": [], "floor": []}
    sides: list[tuple[str, Callable[[], int]]] = [("verify", _verified), ("floor", _floor)]
    for turn in range(rounds):
        for name, side in sides if turn % 2 else reversed(sides):
            begun, used = time.perf_counter(), time.process_time()
            assert side() == entries
            wall[name].append(time.perf_counter() - begun)
            cpu[name].append(time.process_time() - used)
            db.session.rollback()
    return {
        "entries": entries,
        "verify_s": statistics.median(wall["verify"]),
        "floor_s": statistics.median(wall["floor"]),
        "ratio_cpu": statistics.median(cpu["verify"]) / statistics.median(cpu["floor"]),
        "grown_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "rounds": {"wall": wall, "cpu": cpu},
    }


def _verified() -> int:
    found = verify()
    assert found.intact
    return found.count


def _floor() -> int:
    """Every row through the same statement; its leaf, its detail's digest and the tree's nodes hashed; nothing compared."""
    sha256, count = hashlib.sha256, 0
    rows = db.session.execute(stream(db.session.connection().dialect.name), execution_options={"yield_per": BATCH})
    for part in rows.partitions():
        leaf = b""
        for _seq, _hash, rec, detail, salt, *_copies in part:
            sha256(bytes.fromhex(salt) + detail.encode()).hexdigest()
            node = sha256(b"\x00" + rec.encode()).digest()
            leaf = sha256(b"\x01" + leaf + node).digest()
        count += len(part)
    return count


def _fill(entries: int) -> None:
    statement = insert(table_of(AuditEntry))
    rows = _rows(entries)
    while part := list(islice(rows, 5000)):
        with transaction() as session:
            session.connection().execute(statement, part)


def _rows(entries: int) -> Iterator[dict[str, Any]]:
    """Entries such as a step leaves, written with format strings: making them is not what is measured."""
    previous = ZERO
    for seq in range(1, entries + 1):
        at = BEGUN + timedelta(seconds=seq, microseconds=seq % 1000)
        salt = f"{seq:032x}"
        detail = f'{{"number":"{seq}/QĐ-UBND","papers":[{{"document":{seq},"sha256":"{salt}{salt}","version":1}}],"reason":"Thiếu chữ ký"}}'
        digest = hashlib.sha256(bytes.fromhex(salt) + detail.encode()).hexdigest()
        rec = (
            f'{{"action":"dossier.submit","actor":null,"campaign":null,"capacity":"KT.","clause":"III.4.c","detail":"{digest}","dossier":null,'
            f'"from":"selected","obj":"dossier:{seq % 11000}","prev":"{previous}","req":"form-{seq}","result":"done","seq":{seq},'
            f'"source":"web","to":"submitted","ts":"{at:%Y-%m-%dT%H:%M:%S.%f}Z","unit":null,"v":1,"ver":4}}'
        )
        previous = hashlib.sha256(b"\x00" + rec.encode()).hexdigest()
        row = {"seq": seq, "hash": previous, "rec": rec, "detail": detail, "salt": salt, "at": at, "action": "dossier.submit"}
        yield row | {"result": "done", "source": "web", "request_key": f"form-{seq}"}

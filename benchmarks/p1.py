"""P1: a dossier through its five steps by `take_step`, one commit each, against the same rows written by hand (p1_floor.py)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from audit import verify
from benchmarks import p1_campaign
from benchmarks.databases import Place, application
from benchmarks.p1_campaign import ANSWERS, STEPS, WHEN, Case
from benchmarks.p1_floor import Floor, request_keys
from benchmarks.p1_rows import Moved, Recorded, comparable, rows_of
from benchmarks.report import Figure, Result
from models.db import db, transaction
from models.dossiers import Dossier
from workflow.machine import StepRequest
from workflow.steps import take_step

BAR = 2.0
BLOCKS = 8
WARM_UP = {False: 16, True: 6}
MEASURED = {False: 320, True: 48}
"""Dossiers of each side, in a full and in a quick run."""

Times = list[list[float]]


def run(places: Sequence[Place], folder: Path, *, quick: bool, say: Callable[[str], None]) -> Result:
    """Measure on every database: medians over dossiers that service and floor take in turns."""
    result = Result()
    for place in places:
        say(f"P1 on {place.version}")
        with application(place.create("p1"), folder / "p1"):
            cases = p1_campaign.build(2 * 2 * ((WARM_UP[quick] + MEASURED[quick]) // 2 + 1))
            result.details[place.kind] = measured = _measure(cases, WARM_UP[quick], MEASURED[quick])
        service, floor = measured["service_ms"], measured["floor_ms"]
        low, high = measured["ratio_of_blocks"]
        context = (
            f"{service:.1f} ms against {floor:.1f} ms a dossier; {low:.2f}–{high:.2f} in blocks; CPU alone {measured['ratio_cpu']:.2f}"
        )
        result.figures.append(Figure(f"P1 five steps, {place.version}", service / floor, BAR, context=context))
        result.figures += [
            Figure(
                f"   {step}",
                times["service_ms"] / times["floor_ms"],
                context=f"{times['service_ms']:.2f} ms against {times['floor_ms']:.2f}; statements {times['statements']}",
            )
            for step, times in measured["steps"].items()
        ]
    return result


def _measure(cases: list[Case], warm_up: int, measured: int) -> dict[str, Any]:
    floor = Floor(db.engine)
    pairs = p1_campaign.pairs(cases)
    roads = {}
    for _ in range(2):
        first, _second = next(pairs)
        roads[first.kind] = first, _observe(first)
    waiting = [(served, _Written(floor, by_hand, *roads[by_hand.kind])) for served, by_hand in pairs]
    for served, written in waiting[:warm_up]:
        _serve(served)
        written.write()
    statements = _statements(*waiting[warm_up])
    times: dict[str, Times] = {"service": [], "floor": []}
    cpu = {"service": 0.0, "floor": 0.0}
    timed = waiting[warm_up + 1 : warm_up + 1 + measured]
    for number, (served, written) in enumerate(timed):
        sides = [("service", lambda case=served: _serve(case)), ("floor", written.write)]
        for name, road in sides if number // 2 % 2 else reversed(sides):
            used = time.process_time()
            times[name].append(road())
            cpu[name] += time.process_time() - used
    _prove(timed)
    return _summary(times, cpu, statements)


def _serve(case: Case) -> list[float]:
    """The service's side: each step in a session of its own, as a request has one. Gives the time of each step."""
    taken = []
    for step, key in zip(STEPS, request_keys(STEPS), strict=True):
        begun = time.perf_counter()
        with transaction() as session:
            dossier = session.get_one(Dossier, case.dossier_id)
            request = StepRequest(version=dossier.version, key=key, **ANSWERS.get(step, {}))
            take_step(dossier, step, request, actor=case.actors[step], at=WHEN[step])
        taken.append(time.perf_counter() - begun)
        db.session.remove()
    return taken


class _Written:
    """The floor's side: what each step writes is ready before the clock starts."""

    def __init__(self, floor: Floor, case: Case, source: Case, road: list[Recorded]) -> None:
        self.floor, self.case = floor, case
        moved = Moved.between(source, case)
        self.ready = [floor.prepare(recorded, moved) for recorded in road]

    def write(self) -> list[float]:
        """Write every step. Gives the time of each."""
        taken = []
        for ready, key in zip(self.ready, request_keys(STEPS), strict=True):
            begun = time.perf_counter()
            self.floor.write(ready, key)
            taken.append(time.perf_counter() - begun)
        return taken


def _observe(case: Case) -> list[Recorded]:
    """Take one dossier through its steps and keep what the service wrote in each."""
    road = []
    for step in STEPS:
        with db.engine.connect() as connection:
            before = rows_of(connection, case)
        with transaction() as session:
            dossier = session.get_one(Dossier, case.dossier_id)
            request = StepRequest(version=dossier.version, key=request_keys([step])[0], **ANSWERS.get(step, {}))
            take_step(dossier, step, request, actor=case.actors[step], at=WHEN[step])
        db.session.remove()
        with db.engine.connect() as connection:
            road.append(Recorded.between(before, rows_of(connection, case)))
    return road


def _prove(timed: list[tuple[Case, _Written]]) -> None:
    """The floor is one only if it wrote the same rows, and if the chain that both wrote holds."""
    with db.engine.connect() as connection:
        for served, written in timed[:4]:
            expected = comparable(rows_of(connection, served), Moved.between(served, written.case))
            found = comparable(rows_of(connection, written.case), Moved.between(written.case, written.case))
            for table, rows in expected.items():
                assert rows == found[table], (
                    f"the floor writes other rows into {table} than the service: {_first_difference(rows, found[table])}"
                )
    verification = verify()
    assert verification.intact, f"entry {verification.bad_seq}: {verification.fault}"
    db.session.remove()


def _statements(served: Case, written: _Written) -> list[str]:
    """How many statements each step sends on either side."""
    counts = []
    for road in (lambda: _serve(served), written.write):
        with _counting() as seen:
            road()
        steps, current = [], 0
        for statement in seen:
            current += 1
            if statement == "COMMIT":
                steps.append(current)
                current = 0
        counts.append(steps)
    return [f"{service} against {floor}" for service, floor in zip(*counts, strict=True)]


@contextmanager
def _counting() -> Iterator[list[str]]:
    """What goes to the database meanwhile, begin and commit included."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    def note_commit(_connection: Any) -> None:
        seen.append("COMMIT")

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", note_commit)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)
    event.remove(db.engine, "commit", note_commit)


def _summary(times: dict[str, Times], cpu: dict[str, float], statements: list[str]) -> dict[str, Any]:
    service, floor = ([sum(dossier) * 1000 for dossier in times[side]] for side in ("service", "floor"))
    size = max(len(service) // BLOCKS, 1)
    starts = range(0, len(service) - size + 1, size)
    blocks = [statistics.median(service[s : s + size]) / statistics.median(floor[s : s + size]) for s in starts]
    steps = {}
    for number, step in enumerate(STEPS):
        sides = {f"{side}_ms": round(statistics.median(d[number] for d in times[side]) * 1000, 4) for side in times}
        steps[step.value] = {**sides, "statements": statements[number]}
    return {
        "dossiers": len(service),
        "service_ms": round(statistics.median(service), 3),
        "floor_ms": round(statistics.median(floor), 3),
        "ratio_of_blocks": [round(min(blocks), 3), round(max(blocks), 3)],
        "ratio_cpu": round(cpu["service"] / cpu["floor"], 3),
        "steps": steps,
    }


def _first_difference(expected: Any, found: Any) -> str:
    """The first rows that differ, for the message."""
    pairs = zip(expected, found, strict=False)
    return next((f"{left!r} against {right!r}" for left, right in pairs if left != right), f"{len(expected)} rows against {len(found)}")

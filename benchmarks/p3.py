"""P3: the list page, 50 of N dossiers with filter and sort, through gunicorn at eight clients, against a hand-tuned page (p3_tuned.py)."""

from __future__ import annotations

import base64
import html
import json
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import load, p3_rows
from benchmarks.databases import Place
from benchmarks.load import Answered, Task
from benchmarks.p3_rows import Filled
from benchmarks.report import Figure, Result
from benchmarks.servers import get, serving, sign_in

SERVICE, TUNED = "app:create_app()", "benchmarks.p3_tuned:create_app()"
LIST = "/dossiers?state=selected&sort=due"
RATE, GROWTH, DEPTH, TAIL = 0.6, 1.2, 1.25, 2.0
"""The bars: requests a second against the tuned page, p50 at the largest N against the smallest, a late page against the first, p99/p50."""

SAME_SIZE = 0.1


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: numbers of dossiers, rounds of some seconds each, and the page that counts as late."""

    counts: tuple[int, ...]
    rounds: int
    seconds: float
    late_page: int


FULL = Sizes((1_000, 100_000, 1_000_000), rounds=5, seconds=1.5, late_page=400)
QUICK = Sizes((1_000, 20_000), rounds=2, seconds=0.6, late_page=90)


@dataclass(slots=True)
class Loaded:
    """One page under load, round by round."""

    task: Task
    rounds: list[Answered] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second, in the median round."""
        return statistics.median(answered.rate for answered in self.rounds)

    def percentile(self, part: float) -> float:
        """The time in milliseconds that this part of all requests took at most."""
        ordered = sorted(value for answered in self.rounds for value in answered.milliseconds)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]

    def summary(self) -> dict[str, Any]:
        """The figures that are kept."""
        return {
            "requests_per_second": round(self.rate, 1),
            "p50_ms": round(self.percentile(0.5), 2),
            "p99_ms": round(self.percentile(0.99), 2),
            "requests": sum(len(answered.milliseconds) for answered in self.rounds),
            "rates_of_rounds": [round(answered.rate, 1) for answered in self.rounds],
        }


def run(places: Sequence[Place], folder: Path, *, quick: bool, say: Callable[[str], None]) -> Result:
    """Measure on every database. All servers stand from the beginning and are asked in turns, so that a busy moment meets all of them."""
    sizes, result = QUICK if quick else FULL, Result()
    for place in places:
        databases = {}
        for count in sizes.counts:
            say(f"P3 on {place.version}: {count:,} dossiers")
            databases[count] = p3_rows.build(place, folder, count, sizes.late_page)
        with _pages(databases, folder, sizes.late_page) as pages:
            say(f"P3 on {place.version}: {len(pages)} pages, {sizes.rounds} rounds")
            for number in range(sizes.rounds + 1):
                for page in pages.values():
                    answered = load.ask(replace(page.task, seconds=sizes.seconds))
                    assert not answered.failures, f"{page.task.path}: {answered.failures} answers were no page"
                    if number > 0:  # the first round warms up
                        page.rounds.append(answered)
        result.figures += _figures(place, sizes, pages)
        result.details[place.kind] = {" ".join(map(str, key)): page.summary() for key, page in pages.items()}
    return result


Pages = dict[tuple[str, int], Loaded]


@contextmanager
def _pages(databases: dict[int, Filled], folder: Path, late_page: int) -> Iterator[Pages]:
    """Two servers for each database, and the pages to ask for: first and late one of the service, first one of the floor."""
    found: Pages = {}
    with ExitStack() as stack:
        for count, filled in databases.items():
            service = stack.enter_context(serving(SERVICE, filled.url, folder / "service"))
            tuned = stack.enter_context(serving(TUNED, filled.url, folder / "tuned"))
            cookie = sign_in(service, p3_rows.LOGIN, p3_rows.PASSWORD)
            found["service", count] = Loaded(Task(service, LIST, cookie))
            found["tuned", count] = Loaded(Task(tuned, _same_page(service, tuned, cookie), cookie))
            if filled.before_late:
                found[f"page {late_page}", count] = Loaded(Task(service, _late_page(service, cookie, filled.before_late), cookie))
        yield found


def _same_page(service: int, tuned: int, cookie: str) -> str:
    """The floor's address, filled up to the service's size; it has to list the same dossiers."""
    page = get(service, LIST, cookie)
    padding = len(page.encode()) - len(get(tuned, LIST, cookie).encode())
    path = f"{LIST}&pad={max(padding, 0)}"
    floor = get(tuned, path, cookie)
    assert _codes(page) == _codes(floor), "the floor lists other dossiers"
    assert len(_codes(page)) == 50, "the page lists fewer than 50 dossiers"
    assert abs(len(floor.encode()) / len(page.encode()) - 1) < SAME_SIZE, "the floor's page has another size"
    return path


def _codes(page: str) -> list[str]:
    return re.findall(r"2021-BM\d+", page)


def _late_page(port: int, cookie: str, before: tuple[str, int]) -> str:
    """The address of a page far down: the first page's "next", with the due date and id of a later row in its cursor."""
    page = get(port, LIST, cookie)
    link = re.search(r'href="([^"]*[?&;]after=)([^"&]*)"', page)
    assert link, "the first page has no next one"
    due, number = json.loads(base64.urlsafe_b64decode(link[2] + "=" * (-len(link[2]) % 4)))
    assert (date.fromisoformat(due).isoformat(), f"2021-BM{number}") == (due, _codes(page)[-1]), "the cursor has another form"
    cursor = base64.urlsafe_b64encode(json.dumps(before).encode()).decode().rstrip("=")
    return html.unescape(link[1]) + cursor


def _figures(place: Place, sizes: Sizes, pages: Pages) -> list[Figure]:
    name, figures = f"P3 {place.version}", []
    for count in sizes.counts:
        page, floor = pages["service", count], pages["tuned", count]
        context = (
            f"{page.rate:.0f} against {floor.rate:.0f} requests/s; p50 {page.percentile(0.5):.1f} ms against {floor.percentile(0.5):.1f}"
        )
        figures.append(Figure(f"{name} requests/s, {count:,}", page.rate / floor.rate, RATE, at_least=True, context=context))
    first, last = (pages["service", count].percentile(0.5) for count in (sizes.counts[0], sizes.counts[-1]))
    growth = f"p50 {last:.1f} ms against {first:.1f}"
    figures.append(Figure(f"{name} {sizes.counts[-1]:,} : {sizes.counts[0]:,}", last / first, GROWTH, context=growth))
    for (what, count), late in pages.items():
        if what.startswith("page"):
            first, last = pages["service", count].percentile(0.5), late.percentile(0.5)
            figures.append(Figure(f"{name} {what} : 1, {count:,}", last / first, DEPTH, context=f"p50 {last:.1f} ms against {first:.1f}"))
    for count in sizes.counts:
        half, most = (pages["service", count].percentile(part) for part in (0.5, 0.99))
        figures.append(Figure(f"{name} p99 : p50, {count:,}", most / half, TAIL, context=f"p99 {most:.1f} ms"))
    return figures

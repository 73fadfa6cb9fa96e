"""P3: the list page, 50 of N dossiers with filter and sort, through gunicorn at eight clients, against a hand-tuned page (p3_tuned.py)."""

from __future__ import annotations

import html
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import load, p3_rows
from benchmarks.databases import Place
from benchmarks.load import Answered, Task
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
        urls = {}
        for count in sizes.counts:
            say(f"P3 on {place.version}: {count:,} dossiers")
            urls[count] = p3_rows.build(place, folder, count)
        with _pages(urls, folder, sizes.late_page) as pages:
            say(f"P3 on {place.version}: {len(pages)} pages, {sizes.rounds} rounds")
            for page in pages.values():
                load.ask(Task(page.task.port, page.task.path, page.task.cookie, sizes.seconds))
            for _ in range(sizes.rounds):
                for page in pages.values():
                    page.rounds.append(load.ask(Task(page.task.port, page.task.path, page.task.cookie, sizes.seconds)))
                    assert not page.rounds[-1].failures, f"{page.task.path}: {page.rounds[-1].failures} answers were no page"
        result.figures += _figures(place, sizes, pages)
        result.details[place.kind] = {" ".join(map(str, key)): page.summary() for key, page in pages.items()}
    return result


Pages = dict[tuple[str, int], Loaded]


@contextmanager
def _pages(urls: dict[int, str], folder: Path, late_page: int) -> Iterator[Pages]:
    """Two servers for each database, and the pages to ask for: first and late one of the service, first one of the floor."""
    found: Pages = {}
    with ExitStack() as stack:
        for count, url in urls.items():
            service = stack.enter_context(serving(SERVICE, url, folder / "service"))
            tuned = stack.enter_context(serving(TUNED, url, folder / "tuned"))
            cookie = sign_in(service, p3_rows.LOGIN, p3_rows.PASSWORD)
            found["service", count] = Loaded(Task(service, LIST, cookie, 0))
            found["tuned", count] = Loaded(Task(tuned, _same_page(service, tuned, cookie), cookie, 0))
            if count // 4 > late_page * 50:
                found[f"page {late_page}", count] = Loaded(Task(service, _page(service, cookie, late_page), cookie, 0))
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


def _page(port: int, cookie: str, number: int) -> str:
    """The address of a page far down, found as a reader would find it: by following "next"."""
    path = LIST
    for _ in range(number - 1):
        link = re.search(r'href="([^"]*[?&;]after=[^"]*)"', get(port, path, cookie))
        assert link, f"no further page after {path}"
        path = html.unescape(link[1])
    return path


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

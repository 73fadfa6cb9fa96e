"""Simulated time: acts with their instants, done in order; reminders at their hour and the mail a minute after, as the worker would."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count

from jobs import bodies
from models.localtime import VIETNAM

Act = Callable[[datetime], object]
SWEEP_AT = time(8, 1)
WORKER_TICK = timedelta(minutes=1)
PAUSE, LONGEST_WAIT = timedelta(minutes=5), timedelta(minutes=15)


def when(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant in Vietnam."""
    return datetime.combine(day, time(hour, minute, second), VIETNAM)


def at(text: str) -> datetime:
    """An instant in Vietnam: "2021-03-31 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


class History:
    """What is going to happen. Acts are added with their instants, in any order, and done in the order of time."""

    def __init__(self, *, mail_until: datetime, progress: Callable[[str], None]) -> None:
        """Letters queued after `mail_until` are left for the worker. `progress` is told each day that begins."""
        self.mail_until = mail_until
        self.progress = progress
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def add(self, instant: datetime, act: Act) -> None:
        """Let something happen at an instant. The act is called with it and opens its own transaction."""
        heapq.heappush(self._acts, (instant, next(self._order), act))

    def sweep_on(self, days: Iterable[date]) -> None:
        """Let the worker look for owed reminders at 08:01 of some days."""
        for day in days:
            self.add(datetime.combine(day, SWEEP_AT, VIETNAM), bodies.sweep_reminders)

    def run(self) -> None:
        """Do everything in the order of time. The mail leaves a minute after the last act of a busy spell, or every quarter of an hour."""
        since = done = None
        while self._acts:
            instant, _, act = heapq.heappop(self._acts)
            if done is not None and since is not None and (instant - done > PAUSE or instant - since > LONGEST_WAIT):
                self._deliver(done + WORKER_TICK)
                since = None
            if done is None or done.date() != instant.date():
                self.progress(f"{instant:%d/%m/%Y}")
            act(instant)
            done, since = instant, since or instant
        if done is not None:
            self._deliver(done + WORKER_TICK)

    def _deliver(self, instant: datetime) -> None:
        if instant > self.mail_until:
            return
        delivery = bodies.deliver(instant, limit=100_000, clock=lambda: instant)
        if delivery.unreachable:
            raise ConnectionError(f"the demo's own mail catcher: {delivery.unreachable}")


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

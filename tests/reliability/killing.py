"""R4 and R6: senders that are killed while they send; small in the tests, in full by `python -m benchmarks.reliability`."""

from __future__ import annotations

import atexit
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from config import ROOT
from tests.reliability.servers import Sink, serving

POINTS = ("rcpt", "data", "after")


@dataclass
class Sender:
    """A process that sends when it is told to, in forks that may be killed."""

    process: subprocess.Popen[str]

    def begin(self, at: datetime, count: int = 1) -> list[int]:
        """Let so many send at an instant; gives the processes that do."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{at.isoformat()} {count}\n")
        self.process.stdin.flush()
        return [int(pid) for pid in self.process.stdout.readline().split()]

    def end(self) -> None:
        """Wait until all have sent or died."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline()


@cache
def _loaded() -> subprocess.Popen[str]:
    """The process that has loaded the code, once for all tests; it ends with this one."""
    command = [sys.executable, "-m", "tests.reliability.sender"]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(_ended, process)
    return process


def _ended(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    process.wait(timeout=60)


def sender(url: str, instance: Path, port: int, kind: str) -> Sender:
    """A sender for a database and a mail server, which has loaded the application and waits."""
    process = _loaded()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([url, str(instance), str(port), kind]) + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    return Sender(process)


@dataclass(frozen=True)
class Outcome:
    """What the server has, and what was done to get it there."""

    kills: int
    letters: int
    ids: frozenset[str]

    @property
    def distinct(self) -> int:
        """How many different letters came."""
        return len(self.ids)

    @property
    def repeats(self) -> int:
        """Letters that came more than once, under the same Message-ID."""
        return self.letters - self.distinct


def killed_while_sending(url: str, instance: Path, kind: str, *, kills: int, begin: datetime, rounds: int = 3) -> Outcome:
    """R4: a sender is killed at a random point of a random letter, again and again; then it is left alone until all is sent."""
    dice, post, at = random.Random(4), Sink(), begin
    with serving(post) as port:
        process = sender(url, instance, port, kind)
        for number in range(kills + rounds):
            (pid,) = process.begin(at)
            if number < kills:
                post.arm(pid, dice.choice(POINTS), dice.randrange(3))
            process.end()
            post.arm(0, "", 0)
            at += timedelta(minutes=6)
    return Outcome(post.kills, len(post.letters), frozenset(post.message_ids))


def several_at_once(url: str, instance: Path, kind: str, *, senders: int, kills: int, begin: datetime, rounds: int) -> Outcome:
    """R6: several senders at once, some killed at random moments, round after round; then one is left alone."""
    dice, post, at, killed = random.Random(6), Sink(delay=0.002), begin, 0
    with serving(post) as port:
        process = sender(url, instance, port, kind)
        for _ in range(rounds):
            pids = process.begin(at, senders)
            if killed < kills:
                time.sleep(dice.uniform(0.0, 0.3))
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(pids), signal.SIGKILL)
                    killed += 1
            process.end()
            at += timedelta(minutes=6)
        process.begin(at)
        process.end()
    return Outcome(killed, len(post.letters), frozenset(post.message_ids))

"""A load client, run in a process of its own: a few keep-alive connections to this machine, for a bounded time and number of requests.

What to do comes as JSON on standard input: port, path, cookie, connections, seconds, most. What came of it goes as JSON to standard output.
"""

from __future__ import annotations

import gc
import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass

from config import ROOT

HOST = "127.0.0.1"
TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Task:
    """Which page to ask for, how often at once, and for how long at most."""

    port: int
    path: str
    cookie: str
    seconds: float = 1.0
    connections: int = 8
    most: int = 50_000


@dataclass(frozen=True, slots=True)
class Answered:
    """What a load came to: requests in a second, and the time of each in milliseconds."""

    rate: float
    milliseconds: list[float]
    failures: int


def ask(task: Task) -> Answered:
    """Put a load on a page, from another process than this."""
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=json.dumps(asdict(task)), capture_output=True, text=True, check=True, cwd=ROOT)
    return Answered(**json.loads(done.stdout))


def _run(task: Task) -> Answered:
    times: list[list[float]] = [[] for _ in range(task.connections)]
    failures = [0] * task.connections
    ready = threading.Barrier(task.connections + 1)

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(HOST, task.port, timeout=TIMEOUT)
        connection.connect()
        mine, headers = times[number], {"Cookie": task.cookie}
        ready.wait()
        until = time.perf_counter() + task.seconds
        for _ in range(task.most // task.connections):
            begun = time.perf_counter()
            if begun >= until:
                break
            connection.request("GET", task.path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            mine.append((time.perf_counter() - begun) * 1000)
            failures[number] += answer.status != 200
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(task.connections)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begun
    together = [round(value, 3) for mine in times for value in mine]
    return Answered(len(together) / taken, together, sum(failures))


if __name__ == "__main__":
    gc.disable()
    sys.setswitchinterval(0.0005)
    json.dump(asdict(_run(Task(**json.load(sys.stdin)))), sys.stdout)

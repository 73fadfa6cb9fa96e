"""The programs of the demo as children of one process: started together, stopped together, none left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from config import ROOT

PATIENCE = 3.0
"""Seconds that a child has to end by itself when it is told to."""

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that ended without being told to, and its exit code (negative: the signal that killed it)."""

    name: str
    code: int


class Children:
    """Child processes, each in a session of its own: a Ctrl-C reaches this process alone, which then stops them in order."""

    def __init__(self) -> None:
        """Take note of Ctrl-C, SIGTERM and a closed terminal from now on instead of dying of them."""
        self.stopping = False
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.stopping = True

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a child; it dies with this process even when that is killed."""
        self._running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (this process has no threads)
        )

    def finish(self, name: str) -> int | None:
        """Wait until a child ends by itself; gives its exit code, or None when everything is to stop."""
        while not self.stopping:
            if (code := self._running[name].poll()) is not None:
                del self._running[name]
                return code
            time.sleep(0.05)
        return None

    def watch(self) -> Ended | None:
        """Wait until a child ends or everything is to stop; gives the child that ended."""
        while not self.stopping:
            if (ended := self.ended()) is not None:
                return ended
            time.sleep(0.1)
        return None

    def ended(self) -> Ended | None:
        """A child that has ended, if any has."""
        return next((Ended(name, child.returncode) for name, child in self._running.items() if child.poll() is not None), None)

    def answers(self, host: str, port: int, seconds: float = 20.0) -> bool:
        """Wait until something answers on a port; False when a child ended, everything is to stop, or it took too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopping and self.ended() is None:
            try:
                socket.create_connection((host, port), 1.0).close()
            except OSError:
                time.sleep(0.05)
            else:
                return True
        return False

    def stop(self) -> None:
        """Stop every child, the one started first last; whoever does not end in time is killed with all that it started."""
        first, *others = [*self._running.values()] or [None]
        for group in (others, [first]):
            living = [child for child in group if child is not None and child.poll() is None]
            for child in living:
                child.terminate()
            until = time.monotonic() + (PATIENCE if group is others else 1.0)
            for child in living:
                try:
                    child.wait(max(0.0, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()
        self._running.clear()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

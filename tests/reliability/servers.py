"""Real mail servers for the tests of reliability: one that keeps what it gets, and can refuse, hang up, be slow or kill its client."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from tests.conftest import free_port


@dataclass
class Sink:
    """Takes letters. gone@… is refused, busy@… is put off, drop@… makes it hang up; `delay` makes each letter take its time.

    Armed with a victim, it kills that process at a point of a letter: "rcpt" before it has the letter, "data" when it has the letter and
    has not said so, "after" when it has said so.
    """

    delay: float = 0.0
    letters: list[EmailMessage] = field(default_factory=list)
    victim: int = 0
    point: str = ""
    countdown: int = 0
    kills: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        answer = {"gone": "550 5.1.1 no such user", "busy": "450 4.2.1 mailbox busy"}.get(address.partition("@")[0].partition(".")[0])
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        self._strike("rcpt")
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if envelope.rcpt_tos[0].startswith("drop"):
            assert server.transport is not None
            server.transport.close()
            return "421 closing"
        if self.delay:
            await asyncio.sleep(self.delay)
        letter = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        letter["X-Rcpt"] = envelope.rcpt_tos[0]
        self.letters.append(letter)
        self._strike("data")
        if self.point == "after" and self._strikes():
            asyncio.get_running_loop().call_later(0.001, self._kill)
        return "250 OK"

    def arm(self, victim: int, point: str, countdown: int) -> None:
        """Kill a process at a point of the letter after so many."""
        self.victim, self.point, self.countdown = victim, point, countdown

    def _strike(self, point: str) -> None:
        if point == self.point and self._strikes():
            self._kill()

    def _strikes(self) -> bool:
        self.countdown -= 1
        return bool(self.victim) and self.countdown < 0

    def _kill(self) -> None:
        if self.victim:
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)
                self.kills += 1
        self.victim = 0

    @property
    def recipients(self) -> list[str]:
        """Who got a letter, in order."""
        return [letter["X-Rcpt"] for letter in self.letters]

    @property
    def message_ids(self) -> Counter[str]:
        """How often each message came."""
        return Counter(letter["Message-ID"] for letter in self.letters)


@contextmanager
def serving(handler: Any, **options: Any) -> Iterator[int]:
    """A real SMTP server on a free port of this machine; gives the port."""
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def point_at(app: Flask, port: int, *, tls: bool = False) -> None:
    """Let the application send to a port of this machine."""
    settings = app.extensions["mail"]
    settings.server, settings.port, settings.use_tls = "127.0.0.1", port, tls
    app.config["MAIL_TIMEOUT"] = 2


@contextmanager
def sink(app: Flask, **options: Any) -> Iterator[Sink]:
    """A server that keeps what it gets, and the application pointed at it."""
    kept = Sink(**options)
    with serving(kept) as port:
        point_at(app, port)
        yield kept


@contextmanager
def silent_server(app: Flask) -> Iterator[None]:
    """A server that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        point_at(app, server.getsockname()[1])
        yield


def no_server(app: Flask) -> None:
    """Point the application at a port that nobody listens on."""
    point_at(app, free_port())

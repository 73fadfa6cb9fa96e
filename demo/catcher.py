"""The local mail catcher: an SMTP server that keeps every letter as a file and passes none on. `python -m demo.catcher` runs it."""

from __future__ import annotations

import hashlib
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import Config, Misconfigured

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

NO_SUCH_MAILBOX = "khong-ton-tai"
"""A mailbox whose name begins with this is refused, so that the letters page has refused letters to show."""

HOST = "127.0.0.1"


def caught_path(folder: Path, message_id: str) -> Path:
    """Where the letter with a Message-ID lies in the catcher's folder, whether it has arrived or not."""
    return folder / f"{hashlib.sha256(message_id.strip().encode()).hexdigest()[:24]}.eml"


class Catcher:
    """Takes letters as a mail server does: refuses the mailboxes that do not exist, keeps the others' letters before it says yes."""

    def __init__(self, folder: Path) -> None:
        """Keep letters in `folder`, which is made when it is not there."""
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_RCPT(  # noqa: N802 (the name by which aiosmtpd calls it)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Refuse a mailbox that does not exist with 550."""
        if address.startswith(NO_SUCH_MAILBOX):
            return "550 5.1.1 Mailbox does not exist"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a letter whole under its Message-ID; the same letter again takes the place of the first."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message_id = BytesHeaderParser().parsebytes(content, headersonly=True).get("Message-ID", "")
        path = caught_path(self.folder, message_id or hashlib.sha256(content).hexdigest())
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.rename(path)
        return "250 Message accepted for delivery"


@contextmanager
def catching(folder: Path, port: int = 0) -> Iterator[int]:
    """Catch mail on a port of this machine (any free one for 0) while the block runs; gives the port. Raises OSError when it is taken."""
    from aiosmtpd.controller import Controller

    # named as TCP, or asyncio leaves Nagle's algorithm on and every connection waits 40 ms for an acknowledgement
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))

        class OnSocket(Controller):
            """aiosmtpd's controller on a socket that is bound already, so that nobody can take the port in between."""

            def _create_server(self) -> Any:
                return self.loop.create_server(self._factory_invoker, sock=listener)

        bound: int = listener.getsockname()[1]
        controller = OnSocket(Catcher(folder), hostname=HOST, port=bound, server_hostname="localhost", ident="demo")
        controller.start()
        try:
            yield bound
        finally:
            controller.stop()


def main() -> int:
    """Catch mail until the process is told to stop. Gives the exit code."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        config = Config.from_environment()
        folder = config.instance / "mail"
        with catching(folder, config.mail_port) as port:
            print(f"catching mail on {HOST}:{port}", flush=True)
            stopped.wait()
    except (OSError, Misconfigured) as error:
        print(f"The mail catcher cannot start: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

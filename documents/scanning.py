"""The optional check for viruses: clamd asked over a socket (INSTREAM). What is done with its answer is in documents/intake.py."""

from __future__ import annotations

import logging
import socket
import struct
from contextlib import closing

from documents.refusals import PaperRefused
from models.vocabulary import ScanResult

log = logging.getLogger(__name__)

SECONDS, CHUNK, LONGEST_ANSWER = 20.0, 64 * 1024, 4096


def scan(address: str, content: bytes) -> ScanResult:
    """Ask clamd at "host:port" or at a socket's path about a file. Raises PaperRefused with the name of the find when it is infected.

    No address, no answer, or an answer that says neither leaves the file "chưa quét": a scanner that is down stops no deadline.
    """
    if not address:
        return ScanResult.UNSCANNED
    try:
        answer = _ask(address, content)
    except (OSError, ValueError) as trouble:
        log.warning("clamd at %s does not answer: %s", address, trouble)
        return ScanResult.UNSCANNED
    if answer.endswith(" FOUND"):
        raise PaperRefused("infected", find=answer.removesuffix(" FOUND").partition(": ")[2][:100])
    if answer.endswith(": OK"):
        return ScanResult.CLEAN
    log.warning("clamd at %s says: %s", address, answer[:200])
    return ScanResult.UNSCANNED


def _ask(address: str, content: bytes) -> str:
    """Send a file in chunks, each with its length before it and an empty one last; give clamd's one line."""
    with closing(_connected(address)) as line:
        line.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), CHUNK):
            part = content[at : at + CHUNK]
            line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (more := line.recv(1024)):
            answer += more
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)

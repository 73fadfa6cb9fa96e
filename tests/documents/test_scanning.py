"""The check for viruses against a clamd on a real socket: clean, infected, silent, down."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from documents import scanning
from documents.intake import receive
from documents.refusals import PaperRefused
from documents.scanning import scan
from documents.store import Store
from models.vocabulary import ScanResult
from tests.documents.hostile.files import EICAR, PDF


def read_exactly(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := line.recv(count - len(data))):
        data += more
    return data


def serve(listener: socket.socket, answer: bytes | None) -> None:
    """clamd's side: take one file by INSTREAM, find the test virus in it; another answer, or none, when told so."""
    while True:
        try:
            line, _address = listener.accept()
        except OSError:
            return
        with line:
            assert read_exactly(line, 10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack(">I", read_exactly(line, 4))[0]:
                content += read_exactly(line, size)
            found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
            if answer is not None:
                found = answer
            line.sendall(found)


@contextmanager
def clamd(answer: bytes | None = None, *, path: Path | None = None) -> Iterator[str]:
    """A clamd that listens; gives its address."""
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    thread = threading.Thread(target=serve, args=(listener, answer))
    thread.start()
    try:
        yield str(path) if path else f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_clean_file_is_clean_over_a_port_and_over_a_socket(tmp_path: Path) -> None:
    large = PDF + b"%" * 300_000

    with clamd() as port, clamd(path=tmp_path / "clamd.ctl") as path:
        found = [scan(address, content) for address in (port, path) for content in (PDF, large)]

    assert set(found) == {ScanResult.CLEAN}


def test_an_infected_file_is_refused_with_the_name_of_the_find_and_not_kept(tmp_path: Path) -> None:
    with clamd() as address, pytest.raises(PaperRefused) as refused:
        receive(Store(str(tmp_path)), PDF + EICAR, "a.pdf", scanner=address)

    assert (refused.value.code, refused.value.params) == ("infected", {"find": "Win.Test.EICAR_HDB-1"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"x" * 10_000, b"\xff\xfe\0"])
def test_a_clamd_that_says_neither_leaves_the_file_unscanned(answer: bytes) -> None:
    with clamd(answer) as address:
        assert scan(address, PDF) is ScanResult.UNSCANNED


def test_a_clamd_that_is_not_there_or_says_nothing_stops_no_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.05)
    silent = socket.create_server(("127.0.0.1", 0))
    addresses = ("", "127.0.0.1:1", str(tmp_path / "none.ctl"), f"127.0.0.1:{silent.getsockname()[1]}", "127.0.0.1:x")

    found = {scan(address, PDF) for address in addresses}
    silent.close()

    assert found == {ScanResult.UNSCANNED}

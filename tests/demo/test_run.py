"""`python -m demo` as a person starts it: it answers, stops on Ctrl-C with 0, leaves nothing running, and starts again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import ROOT
from tests.conftest import free_port

pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.Popen[str]]


def environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV", "TMPDIR"}}
    return {**kept, "THIDUA_INSTANCE": str(folder), "PORT": str(port)}


@pytest.fixture
def port() -> int:
    """A port with the mail catcher's, 25 above, free as well."""
    while True:
        found = free_port()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", found + 25))
            except (OSError, OverflowError):
                continue
        return found


@pytest.fixture
def ready(built: Path, tmp_path: Path) -> Path:
    """A folder with a built demo in it, to be written to."""
    # what the tests beside this one open and close comes and goes
    return shutil.copytree(built, tmp_path / "ready", ignore=shutil.ignore_patterns("*-wal", "*-shm", "*lock"))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `python -m demo`; whatever is left of it after the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(folder: Path, port: int, **variables: str) -> subprocess.Popen[str]:
        output = (tmp_path / f"output-{len(started)}").open("w")
        with output:
            process = subprocess.Popen(
                [sys.executable, "-m", "demo"],
                cwd=ROOT,
                env=environment(folder, port) | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def running_on(folder: Path) -> list[Path]:
    """Processes whose environment names a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"THIDUA_INSTANCE={folder}\0".encode() in (process / "environ").read_bytes():
                found.append(process)
        except OSError:
            continue
    return found


def test_it_answers_stops_on_ctrl_c_and_starts_again(start: Start, ready: Path, port: int, tmp_path: Path) -> None:
    for number in range(2):
        began = time.monotonic()
        process = start(ready, port)
        assert wait_for(lambda: healthy(port)), (tmp_path / f"output-{number}").read_text()
        assert time.monotonic() - began < 25

        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert time.monotonic() - asked < 5
        assert running_on(ready) == []
        assert free(port)
        assert free(port + 25)

    said = (tmp_path / "output-0").read_text()
    assert f"http://127.0.0.1:{port}" in said
    assert "so-noi-vu@kiengiang.example" in said
    assert "Traceback" not in said


def test_sigterm_stops_it_with_0(start: Start, ready: Path, port: int) -> None:
    process = start(ready, port)
    assert wait_for(lambda: healthy(port))

    process.terminate()

    assert process.wait(10) == 0
    assert running_on(ready) == []


def test_a_part_that_ends_is_named_and_takes_the_others_with_it(start: Start, ready: Path, port: int, tmp_path: Path) -> None:
    process = start(ready, port)
    assert wait_for(lambda: healthy(port))

    worker = next(p for p in running_on(ready) if b"worker" in (p / "cmdline").read_bytes())
    os.kill(int(worker.name), signal.SIGKILL)

    assert process.wait(10) == 1
    assert "The worker ended" in (tmp_path / "output-0").read_text()
    assert running_on(ready) == []


def test_nothing_is_left_when_it_is_killed_outright(start: Start, ready: Path, port: int) -> None:
    process = start(ready, port)
    assert wait_for(lambda: healthy(port))

    process.kill()
    process.wait()

    assert wait_for(lambda: running_on(ready) == [], 10)


def test_a_build_that_is_stopped_leaves_no_database(start: Start, port: int, tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    process = start(folder, port)
    assert wait_for((folder / "building" / "thidua.db").exists)

    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    assert not (folder / "thidua.db").exists()
    assert running_on(folder) == []


@pytest.mark.parametrize(("offset", "words"), [(0, "Port {} (PORT) is taken"), (25, "Port {} (the mail catcher, PORT + 25) is taken")])
def test_a_taken_port_is_named_with_a_way_out(start: Start, ready: Path, port: int, tmp_path: Path, offset: int, words: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + offset))
        other.listen()
        assert start(ready, port).wait(20) == 1

    said = (tmp_path / "output-0").read_text()
    assert words.format(port + offset) in said
    assert f"make run PORT={port + 1}" in said


def test_data_that_are_not_the_demos_are_left_alone(start: Start, port: int, tmp_path: Path, sqlite_template: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "thidua.db")
    _write_into(folder / "thidua.db")
    before = (folder / "thidua.db").read_bytes()

    assert start(folder, port).wait(20) == 1

    assert "not the demo's" in (tmp_path / "output-0").read_text()
    assert (folder / "thidua.db").read_bytes() == before


def _write_into(path: Path) -> None:
    import pysqlite3

    connection = pysqlite3.dbapi2.connect(str(path))
    connection.execute("INSERT INTO users (login, full_name, position, password_hash) VALUES ('a@b.example', 'A', '', '-')")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_production_settings_are_refused(start: Start, port: int, tmp_path: Path) -> None:
    assert start(tmp_path, port, THIDUA_MODE="production").wait(20) == 1
    assert "production" in (tmp_path / "output-0").read_text()

"""Gunicorn around the service or around its floor, with the same settings, and the officer who signs in to both by the real page."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.databases import environment_for, free_port
from benchmarks.load import HOST
from config import ROOT

WORKERS = {"sqlite": (1, 8), "postgresql": (2, 4)}
"""Processes and threads of each, as README.md sets them for production."""

PATIENCE, SHOWN = 60.0, 3_000
"""Seconds to wait for a server, and how much of its log is shown when something goes wrong."""


@contextmanager
def serving(application: str, url: str, instance: Path) -> Iterator[int]:
    """An application on a database, answering on a port of this machine."""
    port = free_port()
    workers, threads = WORKERS[url.partition(":")[0].partition("+")[0]]
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    command += ["--no-control-socket", "--bind", f"{HOST}:{port}", "--log-level", "warning", "--keep-alive", "10", application]
    log = instance.with_name(f"{instance.name}-{port}.log")
    with log.open("wb") as output:
        environment = os.environ | environment_for(url, instance)
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(server, port)
        yield port
    except AssertionError:
        print(log.read_text(errors="replace")[-SHOWN:], file=sys.stderr)
        raise
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def get(port: int, path: str, cookie: str = "") -> str:
    """One page, which has to be there."""
    status, _headers, body = _send(port, "GET", path, cookie=cookie)
    assert status == 200, f"{path}: {status}"
    return body


def sign_in(port: int, login: str, password: str) -> str:
    """The cookie of an officer who has filled in the sign-in page."""
    _status, headers, body = _send(port, "GET", "/sign-in")
    form = {"csrf_token": _token(body), "login": login, "password": password, "next": ""}
    status, headers, body = _send(port, "POST", "/sign-in", urlencode(form), _cookie(headers))
    assert status == 302, f"the officer cannot sign in: {status} {body[:500]}"
    return _cookie(headers)


def _send(port: int, method: str, path: str, form: str | None = None, cookie: str = "") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    headers = {"Cookie": cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
    try:
        connection.request(method, path, form, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the sign-in page has no form"
    return found[1]


def _cookie(headers: dict[str, str]) -> str:
    return headers["set-cookie"].partition(";")[0]


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, f"gunicorn ended with {server.returncode}"
        try:
            _send(port, "GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")

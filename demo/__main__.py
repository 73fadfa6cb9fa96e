"""What `make run` runs: builds the demo when it is not there, then keeps web, worker and mail catcher running until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

from config import Config, Misconfigured
from demo.children import Children

LAST_PORT = 65535
MAIL_HOST = "127.0.0.1"


def main() -> int:
    """Run the demo. Gives 0 when it was stopped from outside, 1 when it could not start or a part of it ended."""
    if os.environ.get("THIDUA_MODE") == "production":
        return _fail("THIDUA_MODE=production: this is the demo, with published passwords. It does not start on production's settings.")
    os.environ["THIDUA_MODE"] = "demo"
    try:
        config = Config.from_environment()
    except (Misconfigured, OSError) as error:
        return _fail(f"The demo cannot start: {error}")
    host, port = os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
    problem = port_problem(host, port, "PORT", port) or port_problem(MAIL_HOST, config.mail_port, "the mail catcher, PORT + 25", port)
    if problem:
        return _fail(problem)
    children = Children()
    try:
        return _run(children, config, host, port)
    finally:
        children.stop()


def _run(children: Children, config: Config, host: str, port: int) -> int:
    python = sys.executable
    children.start("build", [python, "-m", "demo.staging"])
    if code := children.finish("build"):
        return 1 if code > 0 else _fail(f"The build was killed by signal {-code}. Start again: it begins anew.")
    if children.stopping:
        return _stopped()
    children.start("mail catcher", [python, "-m", "demo.catcher"])
    if children.answers(MAIL_HOST, config.mail_port):
        children.start("worker", [python, "-m", "flask", "--app", "app", "worker", "run"])
        children.start("web", [python, "-m", "gunicorn", *_gunicorn(host, port)])
        if children.answers(_reachable(host), port):
            _say_where_to_look(config)
    ended = children.watch()
    if ended is None:
        return _stopped()
    return _fail(f"The {ended.name} ended with exit code {ended.code}; the others are stopped.")


def _gunicorn(host: str, port: int) -> list[str]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    workers = ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--graceful-timeout", "2", "--no-control-socket"]
    return [*workers, "--log-level", "warning", "--bind", address, "app:create_app()"]


def port_problem(host: str, port: int, what: str, base: int) -> str:
    """Why nothing can listen on a port, in words and with what to do; empty when it is free."""
    other = f"Choose another: make run PORT={base + 1 if base < LAST_PORT - 30 else 8001}"
    if not 0 < port <= LAST_PORT:
        return f"There is no port {port} ({what}). {other}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} ({what}) is taken by another program. {other}"
            return f"Nothing can listen on {host}, port {port} ({what}): {error.strerror}. {other}, or another HOST"
    return ""


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _say_where_to_look(config: Config) -> None:
    from demo.people import ACCOUNTS, DEMO_PASSWORD

    width = max(len(account.login) for account in ACCOUNTS)
    people = "\n".join(f"      {account.login:{width}}  {account.role.value.replace('_', ' ')}, {account.unit}" for account in ACCOUNTS)
    print(
        f"""
  The demo is running. People, scores and outcomes are invented.

    Pages     {config.base_url}
    Accounts  password of all: {DEMO_PASSWORD}
{people}
    Mail      caught on {MAIL_HOST}:{config.mail_port}, kept in {_near(config.instance / "mail")}; nothing leaves this machine
    Data      {_near(config.instance)}; `make clean-demo` throws it away
    Stop      Ctrl-C
""",
        flush=True,
    )


def _near(path: Path) -> str:
    return f"{path.relative_to(Path.cwd())}/" if path.is_relative_to(Path.cwd()) else str(path)


def _stopped() -> int:
    print("\nThe demo is stopped.", flush=True)
    return 0


def _fail(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())

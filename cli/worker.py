"""`flask worker run`: the one background process."""

from __future__ import annotations

import logging
import signal
from datetime import UTC, datetime
from types import FrameType

from flask import current_app
from flask.cli import AppGroup

from jobs.configuration import note
from jobs.schedule import build_scheduler

worker = AppGroup("worker", help="Tiến trình nền: nhắc việc và gửi thư.")


@worker.command("run")
def run() -> None:
    """Chạy tiến trình nền cho đến khi bị dừng."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    note(datetime.now(UTC))
    scheduler = build_scheduler(current_app._get_current_object())  # type: ignore[attr-defined]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        scheduler.start()
    except KeyboardInterrupt:
        scheduler.shutdown(wait=False)

"""What the worker runs, how often; and the scheduler that runs it. What is due is read from the database, never kept here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from jobs.bodies import tick, tidy
from jobs.record import daily
from jobs.scanning import scan_stored
from models.localtime import VIETNAM

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A body and the seconds between its rounds."""

    name: str
    seconds: int
    body: Callable[[datetime, Callable[[], datetime]], str]


JOBS = (
    Job("tick", 60, tick),
    Job("checkpoint", 600, daily),
    Job("scan", 600, scan_stored),
    Job("tidy", 24 * 60 * 60, tidy),
)


def build_scheduler(app: Flask) -> BlockingScheduler:
    """A scheduler in memory, one instance of each job, no round skipped for being late; the first round is at the start."""
    scheduler = BlockingScheduler(timezone=VIETNAM, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    for job in JOBS:
        scheduler.add_job(_in_context, "interval", (app, job), seconds=job.seconds, id=job.name, next_run_time=_now())
    return scheduler


def _now() -> datetime:
    return datetime.now(UTC)


def _in_context(app: Flask, job: Job) -> None:
    with app.app_context():
        log.info("%s: %s", job.name, job.body(_now(), _now))

"""R5: the scheduler is down from 07:00 to 09:30 on 31 March. Every reminder of that morning goes out once, after it is back.

The control is what a scheduler alone would do: a cron job for the same morning, started at 09:30, waits for the next year. R6's part for
the ledger stands here too: four schedulers that start at once write each row once.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread

import pytest
import time_machine
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlalchemy import func, select

from jobs.bodies import sweep_reminders
from jobs.schedule import JOBS, build_scheduler
from models.audit import AuditEntry
from models.db import db, transaction
from models.localtime import VIETNAM
from models.outbox import Notice, ReminderEntry
from models.vocabulary import LetterName, ReminderOutcome, SkipReason
from notifications import reminders
from tests.actors import campaign_2021
from tests.builders import at, register

FORMS, DISTRICTS = 182, 15
DOWN, BACK = at("2021-03-31 07:00"), at("2021-03-31 09:30")


def run_worker_once(app: Flask, when: datetime) -> None:
    """Start the scheduler as the worker does, at a moment, and stop it after its first round."""
    done, waiting = Event(), {job.name for job in JOBS}

    def note(event: object) -> None:
        waiting.discard(event.job_id)  # type: ignore[attr-defined]  # APScheduler's events are untyped
        if not waiting:
            done.set()

    with time_machine.travel(when, tick=True):
        scheduler = build_scheduler(app)  # its first round is at the moment at which it is built
        scheduler.add_listener(note, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        thread = Thread(target=scheduler.start)
        thread.start()
        finished = done.wait(120)
        scheduler.shutdown()
        thread.join(60)
    assert finished
    db.session.rollback()


def last_day() -> Counter[tuple[LetterName, ReminderOutcome, SkipReason | None, bool]]:
    """The ledger of the last day: how many rows of which letter with which outcome, and whether late."""
    query = select(ReminderEntry).where(ReminderEntry.offset_days == 0)
    return Counter((row.letter, row.outcome, row.reason, row.late) for row in db.session.scalars(query))


def letters_of_the_day() -> Counter[int]:
    """How many reminders of that day each unit got."""
    query = select(Notice.campaign_unit_id).where(Notice.letter == LetterName.REGISTRATION_REMINDER, Notice.created_at >= DOWN)
    return Counter(db.session.scalars(query))


def test_every_reminder_of_the_morning_goes_out_once_after_the_start(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), "STP")
    for moment in (at("2021-03-30 08:00"), DOWN - timedelta(minutes=1)):
        db.session.rollback()
        sweep_reminders(moment)
    before = last_day()

    run_worker_once(opened_sqlite_app, BACK)
    run_worker_once(opened_sqlite_app, BACK + timedelta(minutes=5))

    unit, district = LetterName.REGISTRATION_REMINDER, LetterName.REGISTRATION_REMINDER_COMPILED
    assert before == {}
    assert last_day() == {
        (unit, ReminderOutcome.QUEUED, None, True): FORMS - 1,
        (unit, ReminderOutcome.SKIPPED, SkipReason.FORM_ACCEPTED, False): 1,
        (district, ReminderOutcome.QUEUED, None, True): DISTRICTS,
    }
    assert set(letters_of_the_day().values()) == {1}
    assert len(letters_of_the_day()) == FORMS - 1
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "reminders.sweep", AuditEntry.at >= DOWN)) == 1


def test_the_control_a_cron_job_alone_waits_for_the_next_year() -> None:
    ran: list[datetime] = []
    with time_machine.travel(BACK, tick=True):
        scheduler = BackgroundScheduler(timezone=VIETNAM)
        job = scheduler.add_job(lambda: ran.append(datetime.now(VIETNAM)), CronTrigger(month=3, day=31, hour=8, timezone=VIETNAM))
        scheduler.start()
        following = job.next_run_time
        scheduler.shutdown()

    assert following == at("2022-03-31 08:00")
    assert ran == []


@pytest.mark.parametrize("schedulers", [4])
def test_four_schedulers_at_once_write_each_row_once(opened_app: Flask, schedulers: int) -> None:
    meet = Barrier(schedulers, timeout=60)

    def worker(_number: int) -> int:
        with opened_app.app_context():
            try:
                meet.wait()
                with transaction():
                    return reminders.sweep(BACK)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(schedulers) as pool:
        queued = sorted(pool.map(worker, range(schedulers)))
    db.session.rollback()

    assert queued == [0, 0, 0, FORMS + DISTRICTS]
    assert set(letters_of_the_day().values()) == {1}
    assert sum(last_day().values()) == FORMS + DISTRICTS

"""The forecast: what it says goes out is what goes out; of the past it says what became of each reminder. Settings and pauses change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from jobs.bodies import sweep_reminders
from models.db import db, transaction
from models.localtime import local_day
from models.outbox import Notice, ReminderEntry
from models.reminding import ReminderSetting
from models.vocabulary import DossierState, LetterName, Milestone, ReminderOutcome, ReportKind, SkipReason
from notifications.forecast import Line, forecast, history
from reports.year_end_acts import freeze
from tests.actors import COMMUNE, DEPARTMENT, bring, campaign_2021, home
from tests.builders import at, register, unit_of
from workflow import reminder_settings
from workflow.acts import ActRefused

FORMS, DISTRICTS = 182, 15


def sweep(when: datetime) -> int:
    db.session.rollback()
    return sweep_reminders(when)


EIGHT = (timedelta(hours=8),)
ROUNDS = (timedelta(hours=7, minutes=59), *EIGHT, timedelta(hours=20))


def walk(first: datetime, days: int, hours: Sequence[timedelta] = EIGHT) -> list[tuple[date, LetterName, int]]:
    """The worker's rounds at some hours of every day: the letters that went out, with the day and the unit written to."""
    found: list[tuple[date, LetterName, int]] = []
    for number in range(days):
        for hour in hours:
            since = db.session.scalar(select(func.max(Notice.id))) or 0
            sweep(first + timedelta(days=number) + hour)
            rows = db.session.scalars(select(Notice).where(Notice.id > since))
            found += [(local_day(row.created_at), row.letter, row.campaign_unit_id) for row in rows]
    return found


def promised(lines: list[Line]) -> list[tuple[date, LetterName, int]]:
    """What a forecast says goes out: day, letter and each unit written to."""
    return [(local_day(line.moment), line.letter, unit_id) for line in lines if line.writes for unit_id in line.recipients]


def left_out(lines: list[Line]) -> Counter[tuple[int, LetterName, SkipReason | None]]:
    return Counter((line.unit_id, line.letter, line.skip) for line in lines if not line.writes)


def recorded_left_out(after: datetime) -> Counter[tuple[int, LetterName, SkipReason | None]]:
    rows = db.session.scalars(select(ReminderEntry).where(ReminderEntry.outcome == ReminderOutcome.SKIPPED, ReminderEntry.at > after))
    return Counter((row.campaign_unit_id, row.letter, row.reason) for row in rows)


def test_exactly_the_forecast_goes_out_in_march(opened_app: Flask) -> None:
    for code in ("STP", "30904", "30985"):
        register(campaign_2021(), code)
    begins = at("2021-03-11 00:00")
    sweep(begins)
    lines = forecast(campaign_2021(), begins, begins + timedelta(days=30))

    went_out = walk(begins, 30, ROUNDS)

    assert Counter(went_out) == Counter(promised([line for line in lines if line.moment < begins + timedelta(days=30)]))
    assert len(went_out) > 5 * (FORMS - 3)
    assert left_out(lines) == recorded_left_out(begins)


def test_exactly_the_forecast_goes_out_of_dossiers_and_an_overdue_one_is_told_weekly(ranked_sqlite_app: Flask) -> None:
    for code in (DEPARTMENT, COMMUNE):
        bring(code, DossierState.SELECTED)
    bring("STC", DossierState.SUBMITTED)
    begins = at("2022-01-26 00:00")
    sweep(begins)
    lines = forecast(campaign_2021(), begins, begins + timedelta(days=30))

    went_out = walk(begins, 30, ROUNDS)

    assert Counter(went_out) == Counter(promised(lines))
    assert {letter for _day, letter, _unit in went_out} == {LetterName.DOSSIER_REMINDER, LetterName.DOSSIER_OVERDUE}
    assert left_out(lines) == recorded_left_out(begins)
    assert {reason for _unit, _letter, reason in recorded_left_out(begins)} == {SkipReason.SUBMITTED}


def test_the_year_end_report_is_reminded_of_four_times_to_home_affairs(opened_sqlite_app: Flask) -> None:
    sweep(at("2021-11-30 08:00"))

    went_out = walk(at("2021-12-01 00:00"), 31)

    assert [(day.isoformat(), letter) for day, letter, _unit in went_out] == [
        (day, LetterName.YEAR_END_REMINDER) for day in ("2021-12-01", "2021-12-17", "2021-12-24", "2021-12-30")
    ]
    assert {unit for _day, _letter, unit in went_out} == {unit_of(campaign_2021(), "SNV").id}


def test_a_frozen_report_is_reminded_of_no_more_and_the_ledger_says_why(opened_sqlite_app: Flask) -> None:
    officer = home()
    with transaction():
        freeze(campaign_2021(), ReportKind.YEAR_END, actor=officer, at=at("2021-11-30 10:00"))
    sweep(at("2021-11-30 11:00"))
    begins = at("2021-12-01 00:00")

    went_out = walk(begins, 31)

    assert went_out == []
    assert {reason for _unit, _letter, reason in recorded_left_out(begins)} == {SkipReason.REPORT_FROZEN}


def test_history_says_of_each_reminder_what_became_of_it(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), "STP")
    sweep(at("2021-03-24 09:30"))

    lines = {(line.name, line.letter): line for line in history(campaign_2021(), date(2021, 3, 24), date(2021, 3, 24))}

    told, acted = (lines[name, LetterName.REGISTRATION_REMINDER] for name in ("Sở Tài chính", "Sở Tư pháp"))
    assert (told.outcome, told.late, list(told.recipients.values())) == (ReminderOutcome.QUEUED, True, ["Sở Tài chính"])
    assert sum(told.mails.values()) == 1
    assert (acted.outcome, acted.skip, acted.recipients) == (ReminderOutcome.SKIPPED, SkipReason.FORM_ACCEPTED, {})


def test_the_command_prints_every_reminder_of_a_past_month_with_what_became_of_it(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), "STP")
    walk(at("2021-03-01 00:00"), 31)
    db.session.remove()

    with time_machine.travel(at("2021-05-01 09:00"), tick=False):
        arguments = ["reminders", "forecast", "--campaign", "2021", "--from", "2021-03-01", "--days", "31"]
        printed = opened_sqlite_app.test_cli_runner().invoke(args=arguments)

    assert printed.exit_code == 0
    rows = [line.split("\t") for line in printed.stdout.splitlines()]
    assert len(rows) == 6 * (FORMS + DISTRICTS)
    finance = [row for row in rows if row[2] == "Sở Tài chính"]
    assert [row[0] for row in finance] == [f"{day}/03/2021 08:00" for day in ("01", "17", "24", "28", "30", "31")]
    assert {row[4] for row in finance} == {"Chờ gửi 1"}
    assert "không gửi: bản đăng ký đã được duyệt" in {row[4] for row in rows if row[2] == "Sở Tư pháp"}


def test_the_command_prints_what_will_go_out(opened_sqlite_app: Flask) -> None:
    with time_machine.travel(at("2021-03-20 09:00"), tick=False):
        sweep(at("2021-03-20 09:00"))
        db.session.remove()
        printed = opened_sqlite_app.test_cli_runner().invoke(args=["reminders", "forecast", "--campaign", "2021", "--days", "5"])

    rows = [line.split("\t") for line in printed.stdout.splitlines()]
    assert len(rows) == FORMS + DISTRICTS
    assert {(row[0], row[4]) for row in rows} == {("24/03/2021 08:00", "sẽ gửi")}


# Settings


def set_offsets(offsets: list[int], when: str, version: int = 0) -> None:
    officer = home()
    with transaction():
        reminder_settings.set_offsets(campaign_2021(), Milestone.REGISTRATION, offsets, version=version, actor=officer, at=at(when))


def offsets_queued() -> list[int]:
    query = select(ReminderEntry.offset_days).where(
        ReminderEntry.letter == LetterName.REGISTRATION_REMINDER, ReminderEntry.outcome == ReminderOutcome.QUEUED
    )
    return sorted(db.session.scalars(query.distinct()), reverse=True)


def test_offsets_that_are_set_take_the_place_of_the_plans(opened_sqlite_app: Flask) -> None:
    set_offsets([20, 10, 0], "2021-02-10 09:00")

    went_out = walk(at("2021-02-28 00:00"), 32)

    assert offsets_queued() == [20, 10, 0]
    assert sorted({day.isoformat() for day, _letter, _unit in went_out}) == ["2021-03-11", "2021-03-21", "2021-03-31"]


def test_an_offset_added_after_its_day_is_not_caught_up(opened_sqlite_app: Flask) -> None:
    sweep(at("2021-03-17 08:00"))
    set_offsets([30, 14, 13, 7], "2021-03-19 09:00")

    rounds = [sweep(at(when)) for when in ("2021-03-19 09:01", "2021-03-24 08:00")]

    assert rounds == [0, FORMS + DISTRICTS]
    assert 13 not in offsets_queued()


def test_an_offset_that_was_missed_is_caught_up_even_after_others_were_set(opened_sqlite_app: Flask) -> None:
    set_offsets([14, 5], "2021-03-17 09:00")

    assert sweep(at("2021-03-17 09:30")) == FORMS + DISTRICTS
    assert offsets_queued() == [14]


def test_while_paused_nothing_goes_out_and_the_ledger_says_why(opened_sqlite_app: Flask) -> None:
    officer = home()
    with transaction():
        reminder_settings.pause(campaign_2021(), Milestone.REGISTRATION, version=0, actor=officer, at=at("2021-03-20 09:00"))
    paused = [sweep(at(f"2021-03-{day} 08:00")) for day in (24, 28)]
    with transaction():
        reminder_settings.resume(campaign_2021(), Milestone.REGISTRATION, version=1, actor=officer, at=at("2021-03-29 09:00"))
    after = [sweep(at(when)) for when in ("2021-03-29 09:01", "2021-03-30 08:00")]

    assert (paused, after) == ([0, 0], [0, FORMS + DISTRICTS])
    rows = db.session.scalars(select(ReminderEntry))
    reasons = Counter((row.offset_days, row.reason) for row in rows)
    assert reasons[7, SkipReason.PAUSED] == reasons[3, SkipReason.PAUSED] == FORMS + DISTRICTS
    assert reasons[1, None] == FORMS + DISTRICTS


def test_what_another_officer_has_set_meanwhile_is_not_overwritten(opened_sqlite_app: Flask) -> None:
    set_offsets([20, 10], "2021-03-01 09:00")

    with pytest.raises(ActRefused, match="reminders_changed"):
        set_offsets([9], "2021-03-01 09:05", version=0)

    assert db.session.scalars(select(ReminderSetting.version)).all() == [1]

"""How the regulation counts days: the table of the design, the boundary at midnight, and what must hold for any calendar."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.localtime import VIETNAM
from models.vocabulary import DayKind
from workflow.rules.deadlines import (
    SpecialDay,
    WorkingCalendar,
    closes_at,
    due_after,
    due_in_past,
    due_on,
    on_time,
    registration_late,
    submitted_late,
    window_closed,
    window_still_open,
)
from workflow.rules.objection import PROCEDURE, Place

CALENDAR_FILE = Path(__file__).resolve().parents[3] / "data" / "calendar.csv"


def calendar_of_the_file() -> WorkingCalendar:
    with CALENDAR_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return WorkingCalendar({date.fromisoformat(r["date"]): SpecialDay(DayKind(r["kind"]), r["name"]) for r in rows})


SHIPPED = calendar_of_the_file()
EMPTY = WorkingCalendar({})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


# The table of the design, section 4: announced, day 15, due, why.
TABLE = [
    ("2019-05-07", "2019-05-22", "2019-05-22", "plain"),
    ("2021-01-26", "2021-02-10", "2021-02-17", "Tết"),
    ("2021-04-06", "2021-04-21", "2021-04-22", "Giỗ Tổ"),
    ("2021-04-16", "2021-05-01", "2021-05-04", "1 May made up on Monday"),
    ("2022-01-14", "2022-01-29", "2022-02-07", "Saturday before Tết"),
    ("2022-03-26", "2022-04-10", "2022-04-12", "announced on a Saturday; Giỗ Tổ on a Sunday"),
    ("2022-08-17", "2022-09-01", "2022-09-05", "two National Day days"),
    ("2025-12-26", "2026-01-10", "2026-01-10", "swapped working Saturday"),
    ("2026-08-14", "2026-08-29", "2026-09-03", "five-day National Day break"),
]


@pytest.mark.parametrize(("announced", "day_15", "due", "why"), TABLE, ids=[row[3] for row in TABLE])
def test_the_window_of_fifteen_days_ends_as_the_table_says(announced: str, day_15: str, due: str, why: str) -> None:
    working = due_after(date.fromisoformat(announced), 15, SHIPPED)

    assert working.last_day == date.fromisoformat(day_15)
    assert working.due == date.fromisoformat(due)
    assert working.first_counted == date.fromisoformat(announced) + timedelta(days=1)


def test_the_working_names_every_day_it_skips_and_why() -> None:
    working = due_after(date(2022, 1, 14), 15, SHIPPED)

    assert working.skipped == (
        (date(2022, 1, 29), "saturday"),
        (date(2022, 1, 30), "sunday"),
        (date(2022, 1, 31), "Nghỉ Tết Nguyên đán (1/5)"),
        (date(2022, 2, 1), "Nghỉ Tết Nguyên đán (2/5)"),
        (date(2022, 2, 2), "Nghỉ Tết Nguyên đán (3/5)"),
        (date(2022, 2, 3), "Nghỉ Tết Nguyên đán (4/5)"),
        (date(2022, 2, 4), "Nghỉ Tết Nguyên đán (5/5)"),
        (date(2022, 2, 5), "saturday"),
        (date(2022, 2, 6), "sunday"),
    )


def test_the_working_as_data_holds_only_texts_numbers_and_lists() -> None:
    data = due_after(date(2021, 4, 6), 15, SHIPPED).as_data("announced", "Quyết định số 12/QĐ-UBND")

    assert data == {
        "event": "announced",
        "document": "Quyết định số 12/QĐ-UBND",
        "trigger": "2021-04-06",
        "days": 15,
        "first_counted": "2021-04-07",
        "last_day": "2021-04-21",
        "skipped": [["2021-04-21", "Ngày Giỗ Tổ Hùng Vương"]],
        "due": "2021-04-22",
        "unknown_years": [],
    }


def test_a_swapped_saturday_is_worked_and_the_day_it_replaces_is_not() -> None:
    assert SHIPPED.works(date(2026, 1, 10))
    assert not SHIPPED.works(date(2026, 1, 2))
    assert not SHIPPED.works(date(2026, 1, 11))
    assert not EMPTY.works(date(2026, 1, 10))


# Registration: a date the plan fixes


@pytest.mark.parametrize(
    ("fixed", "rolls", "due"),
    [
        ("2021-03-31", True, "2021-03-31"),
        ("2024-03-31", True, "2024-04-01"),
        ("2024-03-31", False, "2024-03-31"),
        ("2021-03-31", False, "2021-03-31"),
    ],
)
def test_a_fixed_date_rolls_over_a_day_off_only_where_the_campaign_says_so(fixed: str, rolls: bool, due: str) -> None:
    working = due_on(date.fromisoformat(fixed), SHIPPED, rolls=rolls)

    assert working.due == date.fromisoformat(due)
    assert working.trigger is None
    assert working.first_counted is None


def test_a_rolled_fixed_date_shows_the_sunday_it_left() -> None:
    assert due_on(date(2024, 3, 31), SHIPPED, rolls=True).skipped == ((date(2024, 3, 31), "sunday"),)
    assert due_on(date(2024, 3, 31), SHIPPED, rolls=False).skipped == ()


# Years without rows


def test_a_year_without_rows_counts_monday_to_friday_and_warns() -> None:
    working = due_after(date(2019, 5, 7), 15, SHIPPED)

    assert working.unknown_years == (2019,)
    assert due_after(date(2021, 1, 26), 15, SHIPPED).unknown_years == ()


def test_a_period_over_new_year_warns_of_each_year_without_rows() -> None:
    known_2030 = WorkingCalendar({date(2030, 1, 1): SpecialDay(DayKind.HOLIDAY, "Tết Dương lịch")})

    assert due_after(date(2029, 12, 14), 15, known_2030).unknown_years == (2029,)
    assert due_after(date(2029, 12, 14), 15, EMPTY).unknown_years == (2029,)
    assert due_after(date(2028, 12, 16), 15, EMPTY).unknown_years == (2028, 2029)


# The boundary: a day ends at 24:00 in Vietnam


@pytest.mark.parametrize(
    ("received", "in_time"),
    [
        ("2022-02-07 00:00:00", True),
        ("2022-02-07 23:59:59", True),
        ("2022-02-07 23:59:59.999999", True),
        ("2022-02-08 00:00:00", False),
        ("2022-02-08 00:00:00.000001", False),
    ],
)
def test_the_last_day_is_open_until_midnight_in_vietnam(received: str, in_time: bool) -> None:
    due = date(2022, 2, 7)

    assert on_time(local(received), due) is in_time
    assert (window_closed(local(received), due) is None) is in_time
    assert (window_still_open(local(received), due) is None) is not in_time
    assert (registration_late(local(received), due, admitted=False) is None) is in_time


def test_midnight_is_that_of_vietnam_and_not_of_greenwich() -> None:
    assert closes_at(date(2022, 2, 7)) == datetime(2022, 2, 7, 17, 0, tzinfo=UTC)
    assert on_time(datetime(2022, 2, 7, 16, 59, 59, 999999, tzinfo=UTC), date(2022, 2, 7))
    assert not on_time(datetime(2022, 2, 7, 17, 0, tzinfo=UTC), date(2022, 2, 7))


def test_a_closed_window_cites_its_clause_and_the_extension_that_mends_it() -> None:
    objection = window_closed(local("2022-02-08 00:00"), date(2022, 2, 7))

    assert objection is not None
    assert (objection.code, objection.basis, objection.place) == ("window_closed", "II.3", Place.EXTENSION)
    assert objection.params == {"due": "2022-02-07"}


def test_without_a_due_date_there_is_no_window_and_nothing_to_lapse() -> None:
    closed, still_open = window_closed(local("2022-02-07 09:00"), None), window_still_open(local("2022-02-07 09:00"), None)

    assert closed is not None
    assert still_open is not None
    assert (closed.code, still_open.code) == ("window_closed", "window_still_open")


def test_a_recorded_admission_takes_a_late_registration() -> None:
    late = local("2021-04-01 00:00")

    assert registration_late(late, date(2021, 3, 31), admitted=True) is None
    refused = registration_late(late, date(2021, 3, 31), admitted=False)
    assert refused is not None
    assert (refused.code, refused.basis) == ("registration_late", "II.3")


@pytest.mark.parametrize(("due", "refused"), [("2022-01-26", True), ("2022-01-27", False), ("2022-01-28", False)])
def test_an_officer_sets_a_due_date_of_today_or_later(due: str, refused: bool) -> None:
    objection = due_in_past(date.fromisoformat(due), date(2022, 1, 27))

    assert (objection is not None) is refused
    assert objection is None or objection.basis == PROCEDURE


# Late or not, judged on the first submission


@pytest.mark.parametrize(
    ("received", "versions", "late"),
    [
        pytest.param("2022-02-07 23:59:59", [("2022-02-07", "2022-01-17")], False, id="on the last day"),
        pytest.param("2022-02-08 00:00:00", [("2022-02-07", "2022-01-17")], True, id="at midnight after it"),
        pytest.param("2022-02-20 09:00:00", [("2022-02-07", "2022-01-17"), ("2022-02-21", "2022-02-07")], False, id="moved in time"),
        pytest.param("2022-02-20 09:00:00", [("2022-02-07", "2022-01-17"), ("2022-02-21", "2022-02-08")], True, id="moved too late"),
        pytest.param(
            "2022-03-01 09:00:00",
            [("2022-02-07", "2022-01-17"), ("2022-02-21", "2022-02-01"), ("2022-03-07", "2022-02-21")],
            False,
            id="moved twice in time",
        ),
        pytest.param(
            "2022-03-01 09:00:00",
            [("2022-02-07", "2022-01-17"), ("2022-02-21", "2022-02-01"), ("2022-03-07", "2022-02-22")],
            True,
            id="moved in time, then too late",
        ),
        pytest.param(
            "2022-02-01 09:00:00",
            [("2022-02-07", "2022-01-17"), ("2022-02-21", "2022-02-08")],
            False,
            id="in time by the first date",
        ),
    ],
)
def test_a_submission_is_late_by_the_date_that_held_when_it_passed(received: str, versions: list[tuple[str, str]], late: bool) -> None:
    held = [(date.fromisoformat(due), local(f"{set_on} 09:00")) for due, set_on in versions]

    assert submitted_late(local(received), held) is late


# What must hold for any calendar

calm = settings(deadline=None, max_examples=60)

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
specials = st.builds(SpecialDay, st.sampled_from(DayKind), st.just("ngày đặc biệt"))


@st.composite
def calendars(draw: st.DrawFn, around: date | None = None) -> WorkingCalendar:
    """Any calendar with up to forty special days near a day."""
    start = around or draw(days)
    offsets = draw(st.dictionaries(st.integers(-10, 60), specials, max_size=40))
    return WorkingCalendar({start + timedelta(days=offset): special for offset, special in offsets.items()})


@st.composite
def windows(draw: st.DrawFn) -> tuple[date, int, WorkingCalendar]:
    """A trigger, a number of days and a calendar with something special near the end of the period."""
    trigger, length = draw(days), draw(st.integers(0, 60))
    return trigger, length, draw(calendars(trigger + timedelta(days=length)))


@calm
@given(windows())
@example((date(2022, 1, 14), 15, SHIPPED))
def test_a_due_date_is_the_first_working_day_on_or_after_the_last_day(window: tuple[date, int, WorkingCalendar]) -> None:
    trigger, length, calendar = window

    working = due_after(trigger, length, calendar)

    assert working.last_day == trigger + timedelta(days=length)
    assert working.due >= working.last_day
    assert calendar.works(working.due)


@calm
@given(windows())
def test_the_skipped_days_are_exactly_the_days_between(window: tuple[date, int, WorkingCalendar]) -> None:
    trigger, length, calendar = window

    working = due_after(trigger, length, calendar)

    between = [working.last_day + timedelta(days=n) for n in range((working.due - working.last_day).days)]
    assert [day for day, _ in working.skipped] == between
    assert not any(calendar.works(day) for day in between)
    assert all(why for _, why in working.skipped)


@calm
@given(windows(), st.integers(0, 40))
def test_a_later_event_never_gives_an_earlier_due_date(window: tuple[date, int, WorkingCalendar], later: int) -> None:
    trigger, length, calendar = window

    first, second = due_after(trigger, length, calendar), due_after(trigger + timedelta(days=later), length, calendar)

    assert first.due <= second.due


@calm
@given(days, st.times())
def test_every_instant_of_a_day_in_vietnam_is_in_time_on_that_day_and_late_the_next(day: date, time: object) -> None:
    instant = datetime.combine(day, time, VIETNAM)  # type: ignore[arg-type]

    assert on_time(instant, day)
    assert not on_time(instant, day - timedelta(days=1))

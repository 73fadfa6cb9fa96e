"""Dates, due dates and their working in the words that letters and pages share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from notifications.wording import day_words, due_words, left_words, long_day, moment_words, working_lines


def test_a_day_is_written_as_officers_write_it() -> None:
    assert day_words(date(2021, 2, 7)) == "07/02/2021"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2021, 2, 4), "ngày 04 tháng 02 năm 2021"),
        (date(2021, 1, 31), "ngày 31 tháng 01 năm 2021"),
        (date(2021, 3, 9), "ngày 09 tháng 3 năm 2021"),
        (date(2021, 12, 10), "ngày 10 tháng 12 năm 2021"),
    ],
)
def test_a_paper_prints_small_days_and_the_first_two_months_with_a_zero(day: date, words: str) -> None:
    assert long_day(day) == words


def test_a_moment_is_told_by_the_clock_of_vietnam() -> None:
    assert moment_words(datetime(2021, 3, 31, 16, 59, 59, tzinfo=UTC)) == "23:59:59 ngày 31/03/2021"
    assert moment_words(datetime(2021, 3, 31, 17, 0, tzinfo=UTC)) == "00:00:00 ngày 01/04/2021"


def test_a_due_date_ends_at_twenty_four_hours_and_never_at_nought() -> None:
    assert due_words(date(2021, 5, 22)) == "24 giờ 00 ngày 22/05/2021"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2022, 1, 28), "còn 10 ngày"),
        (date(2022, 2, 6), "còn 1 ngày"),
        (date(2022, 2, 7), "hôm nay là ngày cuối"),
        (date(2022, 2, 8), "quá hạn 1 ngày"),
        (date(2022, 2, 15), "quá hạn 8 ngày"),
    ],
)
def test_what_is_left_is_told_in_days(today: date, words: str) -> None:
    assert left_words(date(2022, 2, 7), today) == words


def test_the_working_tells_event_counting_skipped_days_and_result() -> None:
    working: dict[str, Any] = {
        "event": "announced",
        "document": "Quyết định số 14/QĐ-UBND",
        "trigger": "2021-04-16",
        "days": 15,
        "first_counted": "2021-04-17",
        "last_day": "2021-05-01",
        "skipped": [["2021-05-01", "Ngày Quốc tế Lao động"], ["2021-05-02", "sunday"], ["2021-05-03", "Ngày Quốc tế Lao động (nghỉ bù)"]],
        "due": "2021-05-04",
        "unknown_years": [],
    }

    assert working_lines(working) == [
        "Sự kiện: công bố kết quả xếp hạng Thứ Sáu 16/04/2021 (Quyết định số 14/QĐ-UBND)",
        "Không tính ngày xảy ra sự kiện; ngày đầu tiên được tính: Thứ Bảy 17/04/2021 (Bộ luật Dân sự 2015, Điều 147)",
        "Ngày thứ 15: Thứ Bảy 01/05/2021",
        "Thứ Bảy 01/05/2021 không phải ngày làm việc: Ngày Quốc tế Lao động",
        "Chủ nhật 02/05/2021 không phải ngày làm việc: nghỉ Chủ nhật",
        "Thứ Hai 03/05/2021 không phải ngày làm việc: Ngày Quốc tế Lao động (nghỉ bù)",
        "Hạn chuyển sang hết ngày làm việc tiếp theo (Bộ luật Dân sự 2015, Điều 148)",
        "Hạn cuối: 24 giờ 00 ngày 04/05/2021",
    ]


@pytest.mark.parametrize(
    ("working", "first"),
    [
        (
            {"event": "registration", "last_day": "2021-03-31", "document": "Kế hoạch số 37/KH-UBND"},
            "Ngày do kế hoạch ấn định: Thứ Tư 31/03/2021 (Kế hoạch số 37/KH-UBND)",
        ),
        ({"event": "extended", "document": "văn bản số 9 ngày 01/02/2022"}, "Gia hạn theo văn bản số 9 ngày 01/02/2022"),
        ({"event": "sent_back", "asked": "2022-02-10"}, "Trả lại bổ sung; ngày bổ sung do cơ quan thẩm định ấn định: Thứ Năm 10/02/2022"),
        ({"event": "day", "trigger": "2022-08-17"}, "Sự kiện: Thứ Tư 17/08/2022"),
    ],
)
def test_each_event_that_sets_a_due_date_is_told_in_its_own_words(working: dict[str, Any], first: str) -> None:
    assert working_lines(working | {"due": "2022-02-10"}) == [first, "Hạn cuối: 24 giờ 00 ngày 10/02/2022"]


def test_a_year_without_a_calendar_is_warned_of() -> None:
    lines = working_lines({"event": "day", "trigger": "2030-05-07", "due": "2030-05-22", "unknown_years": [2030]})

    assert lines[1] == "Cảnh báo: lịch chưa có ngày nghỉ của năm 2030; chỉ tính thứ Hai đến thứ Sáu là ngày làm việc"

"""Dates and due dates in the words that letters and pages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from models.localtime import local
from models.text import N_


def _plain(text: str, **values: object) -> str:
    return text % values


Say = Callable[..., str]
"""Translates a Vietnamese sentence and fills in its values; letters say it as it stands."""

WEEKDAYS = (N_("Thứ Hai"), N_("Thứ Ba"), N_("Thứ Tư"), N_("Thứ Năm"), N_("Thứ Sáu"), N_("Thứ Bảy"), N_("Chủ nhật"))


def day_words(day: date) -> str:
    """A date as officers write it: 17/02/2021."""
    return f"{day:%d/%m/%Y}"


def long_day(day: date) -> str:
    """A date as a paper prints it (Decree 30/2020): days below 10 and months 1 and 2 with a leading zero."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def hour_words(hour: time) -> str:
    """An hour as papers and letters write it: 08 giờ 00."""
    return f"{hour.hour:02d} giờ {hour.minute:02d}"


def moment_words(at: datetime, say: Say = _plain) -> str:
    """An instant in Vietnam to the second: 08:15:03 ngày 16/02/2021."""
    return say("%(time)s ngày %(day)s", time=f"{local(at):%H:%M:%S}", day=f"{local(at):%d/%m/%Y}")


def due_words(due: date, say: Say = _plain) -> str:
    """The last instant that is in time, said as "24 giờ 00" of the due date, never as "0:00" of the day after."""
    return say("24 giờ 00 ngày %(day)s", day=day_words(due))


def left_words(due: date, today: date, say: Say = _plain) -> str:
    """How long is left until a due date, or since."""
    days = (due - today).days
    if days > 0:
        return say("còn %(days)s ngày", days=days)
    if days == 0:
        return say("hôm nay là ngày cuối")
    return say("quá hạn %(days)s ngày", days=-days)


def working_lines(working: Mapping[str, Any], say: Say = _plain) -> list[str]:
    """How a due date was computed, line by line: event, first counted day, last day, days skipped and why, result."""
    lines = [_event_line(working, say)]
    if working.get("first_counted"):
        lines.append(
            say(
                "Không tính ngày xảy ra sự kiện; ngày đầu tiên được tính: %(day)s (Bộ luật Dân sự 2015, Điều 147)",
                day=_weekday(working["first_counted"], say),
            )
        )
        lines.append(say("Ngày thứ %(days)s: %(day)s", days=working["days"], day=_weekday(working["last_day"], say)))
    for day, why in working.get("skipped", []):
        name = {"saturday": say("nghỉ thứ Bảy"), "sunday": say("nghỉ Chủ nhật")}.get(why, why)
        lines.append(say("%(day)s không phải ngày làm việc: %(why)s", day=_weekday(day, say), why=name))
    if working.get("skipped"):
        lines.append(say("Hạn chuyển sang hết ngày làm việc tiếp theo (Bộ luật Dân sự 2015, Điều 148)"))
    lines += [
        say("Cảnh báo: lịch chưa có ngày nghỉ của năm %(year)s; chỉ tính thứ Hai đến thứ Sáu là ngày làm việc", year=year)
        for year in working.get("unknown_years", [])
    ]
    if working.get("corrected"):
        lines.append(say("Tính lại khi sửa kết quả đã công bố theo %(document)s", document=working["corrected"]))
    lines.append(say("Hạn cuối: %(due)s", due=due_words(date.fromisoformat(working["due"]), say)))
    return lines


def _event_line(working: Mapping[str, Any], say: Say) -> str:
    document = working.get("document") or ""
    if working["event"] == "announced":
        return say("Sự kiện: công bố kết quả xếp hạng %(day)s (%(document)s)", day=_weekday(working["trigger"], say), document=document)
    if working["event"] in {"registration", "year_end"}:
        return say("Ngày do kế hoạch ấn định: %(day)s (%(document)s)", day=_weekday(working["last_day"], say), document=document)
    if working["event"] == "extended":
        return say("Gia hạn theo %(document)s", document=document)
    if working["event"] == "sent_back":
        return say("Trả lại bổ sung; ngày bổ sung do cơ quan thẩm định ấn định: %(day)s", day=_weekday(working["asked"], say))
    return say("Sự kiện: %(day)s", day=_weekday(working["trigger"], say))


def _weekday(iso: str, say: Say) -> str:
    day = date.fromisoformat(iso)
    return f"{say(WEEKDAYS[day.weekday()])} {day_words(day)}"

"""A registration season: when each body sends its form, which are returned and sent again, when they are accepted (II.3, IV)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from demo.history import History, days, when
from demo.scene import Scene
from workflow import deadlines
from workflow.rules.deadlines import WorkingCalendar

RETURN_REASONS = (
    "Bản đăng ký chưa có họ tên người lập; đề nghị bổ sung.",
    "Nội dung cam kết chưa ghi đúng mẫu kèm theo Kế hoạch; đề nghị lập lại.",
    "Cá nhân đăng ký ghi chưa rõ chức vụ; đề nghị bổ sung.",
    "Chưa đăng ký Phòng Nội vụ cùng với đơn vị; đề nghị kiểm tra lại.",
    "Tên đơn vị công tác của cá nhân chưa khớp; đề nghị sửa.",
)
"""Why forms are returned; chosen by number."""


@dataclass(frozen=True, slots=True)
class FormPlan:
    """One body's form: sent when; returned when and sent again when, if it is; accepted when, if it is."""

    code: str
    sent_at: datetime
    returned_at: datetime | None = None
    reason: str = ""
    sent_again_at: datetime | None = None
    accepted_at: datetime | None = None


def timetable(codes: Sequence[str], first: date, due: date, calendar: WorkingCalendar, *, seed: str) -> list[FormPlan]:
    """Forms on working days from `first` to the due date, few early and most in the last weeks, each accepted one to three days later."""
    draw = random.Random(seed)
    working = [day for day in days(first, due) if calendar.works(day)]
    shuffled = draw.sample(list(codes), k=len(codes))
    plans = []
    for number, code in enumerate(shuffled):
        share = (number + 1) / len(shuffled)
        day = working[min(int(len(working) * share**0.8), len(working) - 1)]
        sent = _office_hour(day, draw)
        plans.append(FormPlan(code, sent, accepted_at=_sitting(_later(day, draw.randint(1, 3), calendar), draw)))
    return plans


def returned(plan: FormPlan, number: int, calendar: WorkingCalendar, *, sent_again: bool = True) -> FormPlan:
    """The same form, returned on the working day after it was sent, and sent again two working days later unless it is left lying."""
    draw = random.Random(f"{plan.code} returned")
    back = _later(plan.sent_at.date(), 1, calendar)
    again = _later(back, 2, calendar)
    return replace(
        plan,
        returned_at=_office_hour(back, draw),
        reason=RETURN_REASONS[number % len(RETURN_REASONS)],
        sent_again_at=_office_hour(again, draw) if sent_again else None,
        accepted_at=_sitting(_later(again, 1, calendar), draw) if sent_again else None,
    )


def play(history: History, scene: Scene, plans: Sequence[FormPlan]) -> None:
    """Let the forms be filled in, sent, returned and accepted at their times."""
    for plan in plans:
        code = plan.code
        history.add(plan.sent_at - timedelta(minutes=25), partial(scene.save, code))
        history.add(plan.sent_at, partial(scene.send, code))
        if plan.returned_at is not None:
            history.add(plan.returned_at, partial(scene.give_back, code, plan.reason))
        if plan.sent_again_at is not None:
            history.add(plan.sent_again_at - timedelta(minutes=15), partial(scene.save, code))
            history.add(plan.sent_again_at, partial(scene.send, code))
        if plan.accepted_at is not None:
            history.add(plan.accepted_at, partial(scene.accept, code))


def reminders(history: History, scene: Scene) -> None:
    """Let the worker sweep on the days that owe reminders before registration closes, on the day after, and before the year-end report."""
    due = deadlines.registration_working(scene.campaign, deadlines.campaign_calendar(scene.campaign)).due
    opened = scene.campaign.opened_at
    owed = [due - timedelta(days=offset) for offset in scene.campaign.plan.registration_offsets]
    owed += [scene.campaign.plan.year_end_due_on - timedelta(days=offset) for offset in scene.campaign.plan.year_end_offsets]
    history.sweep_on([day for day in [*owed, due + timedelta(days=1)] if opened is None or day > opened.date()])


def _later(day: date, working_days: int, calendar: WorkingCalendar) -> date:
    while working_days:
        day += timedelta(days=1)
        working_days -= calendar.works(day)
    return day


def _office_hour(day: date, draw: random.Random) -> datetime:
    """A moment in office hours: 7:45 to 11:15 or 13:45 to 16:45."""
    minute = draw.choice((draw.randint(465, 675), draw.randint(825, 1005)))
    return when(day, minute // 60, minute % 60, draw.randint(0, 59))


def _sitting(day: date, draw: random.Random) -> datetime:
    """A moment of the quarter of an hour from 16:00 in which the day's forms are decided on."""
    return when(day, 16, draw.randint(0, 14), draw.randint(0, 59))

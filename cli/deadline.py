"""`flask deadline`: a due date and its working, for any day, from the loaded calendar or a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from cli.common import refusals_printed
from imports.data_files import read_calendar
from notifications.wording import working_lines
from workflow.deadlines import current_calendar
from workflow.rules.deadlines import SpecialDay, WorkingCalendar, due_after

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "calendar.csv"


@click.command("deadline")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--days", type=click.IntRange(1, 3660), default=15, show_default=True, help="Số ngày của thời hạn.")
@click.option("--calendar", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Tệp lịch .csv thay cho lịch đã nạp.")
@with_appcontext
def deadline(day: datetime, days: int, calendar: Path | None) -> None:
    """In hạn cuối tính từ ngày xảy ra sự kiện DAY (2022-08-17), rồi cách tính."""
    try:
        working = due_after(day.date(), days, _calendar(calendar))
    except OverflowError:
        raise click.ClickException("Ngày nằm ngoài lịch (sau năm 9999).") from None
    click.echo(working.due.isoformat())
    for line in working_lines(working.as_data("day")):
        click.echo(line)
    for year in working.unknown_years:
        click.echo(f"Lịch chưa có năm {year}.", err=True)


def _calendar(file: Path | None) -> WorkingCalendar:
    """The calendar of the file, or the loaded one, or, before anything is loaded, the one that ships with the product."""
    loaded = None if file else _loaded()
    if loaded is not None and loaded.days:
        return loaded
    with refusals_printed():
        return WorkingCalendar({row["day"]: SpecialDay(row["kind"], row["name"]) for row in read_calendar(file or SHIPPED)})


def _loaded() -> WorkingCalendar | None:
    from sqlalchemy.exc import OperationalError, ProgrammingError

    try:
        return current_calendar()
    except (OperationalError, ProgrammingError):
        return None

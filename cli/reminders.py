"""`flask reminders`: the sweep by hand, and what goes out to whom, when; of the past, what became of each reminder."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import click
from flask.cli import AppGroup

from jobs import bodies
from models.localtime import VIETNAM, local, local_day
from models.vocabulary import MailState, ReminderOutcome
from notifications.forecast import Line, forecast, history
from workflow import campaigns

reminders = AppGroup("reminders", help="Nhắc việc.")

VERBS = {MailState.ACCEPTED: "đã gửi", MailState.FAILED: "không gửi được", MailState.CANCELLED: "đã huỷ"}
"""What became of a reminder that was written, by the state of its mails; the first that one of them is in."""


@reminders.command("sweep")
def sweep() -> None:
    """Xếp vào hộp thư đi mọi thư nhắc đã đến lúc mà chưa gửi."""
    click.echo(f"Đã xếp {bodies.sweep_reminders(datetime.now(UTC))} thư nhắc.")


@reminders.command("forecast")
@click.option("--campaign", "year", type=int, required=True, help="Năm của đợt thi đua.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Từ ngày (2021-03-01); không có: hôm nay.")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="Số ngày.")
def show_forecast(year: int, first: datetime | None, days: int) -> None:
    """In từng thư nhắc: lúc nào, thư gì, về đơn vị nào, gửi đến ai. Ngày đã qua: đã gửi, không gửi và vì sao."""
    campaign = campaigns.of_year(year)
    if campaign is None or campaign.opened_at is None:
        raise click.ClickException(f"Đợt thi đua năm {year} chưa mở.")
    at = datetime.now(UTC)
    begins = first.date() if first else local_day(at)
    ends = begins + timedelta(days=days - 1)
    after = datetime.combine(ends + timedelta(days=1), time(), VIETNAM)
    lines = history(campaign, begins, ends) if begins <= local_day(at) else []
    start = datetime.combine(begins, time(), VIETNAM)
    lines += [line for line in forecast(campaign, at, max(at, after)) if start <= line.moment < after]
    for line in lines:
        click.echo("\t".join(_columns(line)))
    for words, count in Counter(_became(line) for line in lines).items():
        click.echo(f"{words}: {count}", err=True)
    if not lines:
        click.echo("Không có thư nhắc nào trong những ngày này.", err=True)


def _columns(line: Line) -> list[str]:
    """A reminder in one line: when, which letter, about whom, to whom, and what becomes of it."""
    moment = f"{local(line.written_at or line.moment):%d/%m/%Y %H:%M}"
    told = line.recipients.values() if line.writes else ()
    return [moment, line.letter.label, line.name, "; ".join(told) or "–", _became(line)]


def _became(line: Line) -> str:
    if line.skip is not None:
        return f"không gửi: {line.skip.label}" if line.outcome else f"sẽ không gửi: {line.skip.label}"
    if line.outcome is ReminderOutcome.SUPERSEDED:
        return "không gửi: đã có mốc nhắc muộn hơn"
    if line.outcome is None:
        return "sẽ gửi"
    if not line.mails:
        return "chỉ có trên trang, đơn vị chưa có địa chỉ thư"
    verb = next((f"{words}: " for state, words in VERBS.items() if state in line.mails), "")
    states = ", ".join(f"{state.label} {count}" for state, count in line.mails.items())
    return f"{verb}{states}{' (gửi muộn)' if line.late else ''}"

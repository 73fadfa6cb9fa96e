"""`flask campaign|units|calendar`: the product's data files in, the opening of a campaign, changes of its units."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from audit.actions import Action
from cli.common import COMMAND_LINE, acting
from imports import data_files
from imports.mailboxes import load_mailboxes
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.localtime import local_day
from models.vocabulary import RegistrationState
from workflow import campaigns, unit_changes

campaign = AppGroup("campaign", help="Đợt thi đua: nạp kế hoạch, mở đợt.")
units = AppGroup("units", help="Danh mục đơn vị.")
calendar = AppGroup("calendar", help="Lịch làm việc.")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@campaign.command("load")
@click.argument("file", type=FILE)
def load_campaign(file: Path) -> None:
    """Nạp kế hoạch của một đợt thi đua từ tệp .toml."""
    with acting(Action.CAMPAIGN_LOAD, "campaign:0"):
        loaded, changed = data_files.load_campaign(file, actor=COMMAND_LINE, at=datetime.now(UTC))
        click.echo(f"Kế hoạch {loaded.number}, năm {loaded.year}: {'đã nạp' if changed else 'không có gì thay đổi'}.")


@campaign.command("open")
@click.argument("year", type=int)
def open_campaign(year: int) -> None:
    """Mở đợt thi đua: chốt danh mục đơn vị và lịch, gửi thông báo phát động."""
    found = _campaign_of(year)
    with acting(Action.CAMPAIGN_OPEN, f"campaign:{found.id}", found.id):
        campaigns.open_campaign(found, actor=COMMAND_LINE, at=datetime.now(UTC))
        click.echo(f"Đã mở đợt thi đua năm {year}.")


@units.command("load")
@click.argument("file", type=FILE)
@click.option("--changes", type=FILE, help="Tệp đổi tên, đổi loại, sáp nhập.")
def load_units(file: Path, changes: Path | None) -> None:
    """Nạp danh mục đơn vị từ tệp .csv."""
    with acting(Action.UNITS_LOAD, "unit:0"):
        at = datetime.now(UTC)
        count = data_files.load_units(file, actor=COMMAND_LINE, at=at)
        if changes is not None:
            count += data_files.load_unit_changes(changes, actor=COMMAND_LINE, at=at)
        click.echo(_changed(count, "đơn vị"))


@units.command("addresses")
@click.argument("file", type=FILE)
def load_addresses(file: Path) -> None:
    """Nạp địa chỉ thư điện tử của các đơn vị từ tệp .csv (code,email); một đơn vị có thể có nhiều dòng."""
    with acting(Action.MAIL_ADDRESS, "unit:0"):
        click.echo(_changed(load_mailboxes(file, actor=COMMAND_LINE, at=datetime.now(UTC)), "đơn vị"))


@units.command("change")
@click.argument("year", type=int)
@click.argument("file", type=FILE)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Ghi các thay đổi có hiệu lực đến hết ngày này; không có: hôm nay.")
def change_units(year: int, file: Path, day: datetime | None) -> None:
    """Ghi đổi tên, đổi loại, sáp nhập từ tệp .csv vào danh mục và vào đợt thi đua đang mở."""
    at, found = datetime.now(UTC), _campaign_of(year)
    with acting(Action.UNIT_CHANGE, f"campaign:{found.id}", found.id):
        data_files.load_unit_changes(file, actor=COMMAND_LINE, at=at)
        changes = unit_changes.pending(found, day.date() if day else local_day(at))
        entries = unit_changes.apply(found, changes, actor=COMMAND_LINE, at=at)
    for entry in entries:
        click.echo(_change_in_words(entry))
    click.echo(f"Đã ghi: {len(entries)} thay đổi đơn vị trong đợt thi đua năm {year}." if entries else "Không có gì thay đổi.")


@calendar.command("load")
@click.argument("file", type=FILE)
def load_calendar(file: Path) -> None:
    """Nạp lịch nghỉ lễ, nghỉ bù, làm bù từ tệp .csv."""
    with acting(Action.CALENDAR_LOAD, "calendar:0"):
        click.echo(_changed(data_files.load_calendar(file, actor=COMMAND_LINE, at=datetime.now(UTC)), "ngày"))


def _campaign_of(year: int) -> Campaign:
    found = campaigns.of_year(year)
    if found is None:
        raise click.ClickException(f"Chưa nạp kế hoạch năm {year}.")
    return found


def _change_in_words(entry: AuditEntry) -> str:
    """A change in one line, with the form that is still undecided."""
    detail = json.loads(entry.detail or "{}")
    day = f"{date.fromisoformat(detail['effective']):%d/%m/%Y}"
    if detail["change"] == "rename":
        return f"{day}: {detail['before']['unit']} → {detail['after']['unit']}"
    end = f"nhập vào {detail['merged_into']}" if detail["merged_into"] else "chấm dứt"
    form = f"; bản đăng ký: {RegistrationState(detail['open_form']).label}" if detail["open_form"] else ""
    return f"{day}: {detail['unit']} {end}{form}"


def _changed(count: int, noun: str) -> str:
    return f"Đã nạp: {count} {noun} mới hoặc thay đổi." if count else "Không có gì thay đổi."

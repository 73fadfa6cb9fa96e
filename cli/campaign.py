"""`flask campaign|units|calendar`: the product's data files in, and the opening of a campaign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from cli.common import COMMAND_LINE, refusals_printed
from imports import data_files
from models.db import transaction
from workflow import campaigns

campaign = AppGroup("campaign", help="Đợt thi đua: nạp kế hoạch, mở đợt.")
units = AppGroup("units", help="Danh mục đơn vị.")
calendar = AppGroup("calendar", help="Lịch làm việc.")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@campaign.command("load")
@click.argument("file", type=FILE)
def load_campaign(file: Path) -> None:
    """Nạp kế hoạch của một đợt thi đua từ tệp .toml."""
    with refusals_printed(), transaction():
        loaded, changed = data_files.load_campaign(file, actor=COMMAND_LINE, at=datetime.now(UTC))
        click.echo(f"Kế hoạch {loaded.number}, năm {loaded.year}: {'đã nạp' if changed else 'không có gì thay đổi'}.")


@campaign.command("open")
@click.argument("year", type=int)
def open_campaign(year: int) -> None:
    """Mở đợt thi đua: chốt danh mục đơn vị và lịch, gửi thông báo phát động."""
    with refusals_printed(), transaction():
        found = campaigns.of_year(year)
        if found is None:
            raise click.ClickException(f"Chưa nạp kế hoạch năm {year}.")
        campaigns.open_campaign(found, actor=COMMAND_LINE, at=datetime.now(UTC))
        click.echo(f"Đã mở đợt thi đua năm {year}.")


@units.command("load")
@click.argument("file", type=FILE)
@click.option("--changes", type=FILE, help="Tệp đổi tên, đổi loại, sáp nhập.")
def load_units(file: Path, changes: Path | None) -> None:
    """Nạp danh mục đơn vị từ tệp .csv."""
    with refusals_printed(), transaction():
        at = datetime.now(UTC)
        count = data_files.load_units(file, actor=COMMAND_LINE, at=at)
        if changes is not None:
            count += data_files.load_unit_changes(changes, actor=COMMAND_LINE, at=at)
        click.echo(_changed(count, "đơn vị"))


@calendar.command("load")
@click.argument("file", type=FILE)
def load_calendar(file: Path) -> None:
    """Nạp lịch nghỉ lễ, nghỉ bù, làm bù từ tệp .csv."""
    with refusals_printed(), transaction():
        click.echo(_changed(data_files.load_calendar(file, actor=COMMAND_LINE, at=datetime.now(UTC)), "ngày"))


def _changed(count: int, noun: str) -> str:
    return f"Đã nạp: {count} {noun} mới hoặc thay đổi." if count else "Không có gì thay đổi."

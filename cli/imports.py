"""`flask import ranking|registrations|recognitions|ratings|units`: spreadsheets in, as the pages take them; a line for each faulty cell."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from cli.common import COMMAND_LINE
from imports import uploads
from imports.columns import Column
from imports.faults import Fault, by_place, say_fault
from imports.importing import KINDS, ImportedBefore, SheetRefused, check, import_table, record_refusal
from imports.kinds import Kind, Setting, untracked
from imports.sheets import FileUnreadable
from imports.table import Table, read_table
from imports.uploads import Upload
from models.campaigns import Campaign, CampaignUnit
from models.db import rehearsal, transaction
from models.people import Actor
from models.vocabulary import Role
from notifications.wording import moment_words
from workflow import campaigns
from workflow.policy import may

sheets = AppGroup("import", help="Nhập từ tệp Excel hoặc CSV: xếp hạng, bản đăng ký, công nhận, xếp loại, đơn vị.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _command(kind: Kind) -> None:
    @sheets.command(kind.code, help=f"{kind.label}. {kind.hint}")
    @click.argument("file", type=FILE)
    @click.option("--campaign", "campaign_year", type=int, required=kind.needs_campaign, help="Năm của đợt thi đua.")
    @click.option("--index-year", type=click.IntRange(2000, 2200), help="Năm của Chỉ số (chỉ với ranking); không ghi: năm xét khen thưởng.")
    @click.option("--dry-run", is_flag=True, help="Chỉ kiểm tra, không lưu.")
    @click.option("--only-valid", is_flag=True, help="Lưu các dòng đúng, bỏ qua các dòng sai.")
    def run(file: Path, campaign_year: int | None, index_year: int | None, dry_run: bool, only_valid: bool) -> None:
        make_setting = _setting_maker(kind, file, campaign_year, index_year)
        setting = make_setting()
        try:
            upload = _upload(file, keep=not dry_run)
            table = _read(upload, kind.columns(setting))
            if dry_run:
                _rehearse(kind, table, upload, make_setting)
            else:
                _import(kind, table, upload, make_setting, only_valid=only_valid)
        except FileUnreadable as unreadable:
            _refuse([unreadable.fault])


for _kind in KINDS.values():
    _command(_kind)


def _upload(file: Path, *, keep: bool) -> Upload:
    with file.open("rb") as stream:
        content = stream.read(uploads.MAX_BYTES + 1)
    if keep:
        return uploads.keep(Path(current_app.config["INSTANCE"]) / "imports", content, file.name)
    uploads.check_size(content)
    return Upload(file, uploads.sha256_of(content), file.name)


def _read(upload: Upload, columns: Sequence[Column]) -> Table:
    count = itertools.count(1)

    def told() -> None:
        if (rows := next(count)) % 500 == 0 and sys.stderr.isatty():
            click.echo(f"\rĐọc tệp: {rows} dòng", err=True, nl=False)

    table = read_table(upload.path, columns, progress=told)
    click.echo(f"\rĐọc tệp: {len(table.rows)} dòng", err=True)
    return table


def _rehearse(kind: Kind, table: Table, upload: Upload, make_setting: Callable[[], Setting]) -> None:
    """Print every faulty cell. What is published or sent is no fault of the file: it is told, and refuses nothing here."""
    checked = check(kind, table, make_setting())
    _tell(checked.notes)
    if checked.faults:
        click.echo(f"{len(checked.good_lines)} trên {len(table.rows)} dòng đúng.", err=True)
        _refuse(checked.faults)
    try:
        with rehearsal():
            import_table(kind, table, upload, replace(make_setting(), track=untracked), only_valid=False)
    except ImportedBefore as before:
        click.echo(f"Lưu ý: tệp này đã nhập lúc {moment_words(before.entry.at)}.", err=True)
    except SheetRefused as refusal:
        _tell(refusal.refused)
    click.echo(f"Kiểm tra xong: {len(table.rows)} dòng đều đúng, chưa lưu gì.")


def _import(kind: Kind, table: Table, upload: Upload, make_setting: Callable[[], Setting], *, only_valid: bool) -> None:
    try:
        with transaction():
            outcome = import_table(kind, table, upload, make_setting(), only_valid=only_valid)
    except ImportedBefore as before:
        click.echo(f"Tệp này đã nhập lúc {moment_words(before.entry.at)}; không có gì thay đổi.")
        return
    except SheetRefused as refusal:
        with transaction():
            record_refusal(kind, upload, make_setting(), refusal)
        _refuse(by_place([*refusal.checked.faults, *refusal.refused]))
        return
    _tell(outcome.notes)
    _print(outcome.left_out)
    click.echo(f"Đã nhập {outcome.saved} dòng.")
    if outcome.left_out:
        click.echo(f"Không nhập {len(table.rows) - outcome.saved} dòng.", err=True)
        raise SystemExit(1)


def _setting_maker(kind: Kind, file: Path, campaign_year: int | None, index_year: int | None) -> Callable[[], Setting]:
    if index_year and not kind.has_year:
        click.echo("Lưu ý: --index-year chỉ có nghĩa với ranking.", err=True)
    at = datetime.now(UTC)

    def make() -> Setting:
        found = campaigns.of_year(campaign_year) if campaign_year else None
        if campaign_year and found is None:
            raise click.ClickException(f"Chưa nạp kế hoạch năm {campaign_year}.")
        if kind.needs_campaign and found is not None and found.opened_at is None:
            raise click.ClickException(f"Đợt thi đua năm {campaign_year} chưa mở.")
        year = index_year or (found.plan.award_basis_year if found else 0)
        return Setting(found, at, lambda unit: _acting(kind, found, unit), year, file.name, _tracked)

    return make


def _acting(kind: Kind, campaign: Campaign | None, unit: CampaignUnit | None) -> Actor:
    """The command line enters for the office that may: home affairs, or the district of a commune. The record shows the command line."""
    if campaign is None or not kind.needs_campaign:
        return COMMAND_LINE
    office = replace(COMMAND_LINE, role=Role.HOME_AFFAIRS)
    if unit is None or may(office, kind.permission, unit) or unit.compiled_by is None:
        return office
    return replace(COMMAND_LINE, role=Role.OFFICER, unit_id=unit.compiled_by.unit_id)


def _tracked(items: Sequence[Any], label: str) -> Iterator[Any]:
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


def _print(faults: Sequence[Fault]) -> None:
    for fault in faults:
        click.echo(say_fault(fault))


def _tell(notes: Sequence[Fault]) -> None:
    for note in notes:
        click.echo(f"Lưu ý: {say_fault(note)}", err=True)


def _refuse(faults: Sequence[Fault]) -> None:
    _print(faults)
    click.echo(f"Không nhập: {len(faults)} lỗi, chưa thay đổi gì.", err=True)
    raise SystemExit(1)

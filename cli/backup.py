"""`flask backup`: a copy of everything while the service runs, and the check that the copy can be relied on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from audit import Act, record
from audit.actions import Action
from cli.common import COMMAND_LINE
from jobs import backup as saving
from models.db import db, transaction
from models.vocabulary import AuditResult

backup = AppGroup("backup", help="Sao lưu.")


@backup.command("create")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Tệp .zip sẽ ghi.")
def create(out: Path) -> None:
    """Sao lưu cơ sở dữ liệu SQLite, tài liệu và các mốc vào một tệp, trong khi hệ thống vẫn chạy."""
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("Với PostgreSQL, dùng pg_dump --format=custom và sao chép thư mục papers; xem docs/audit.md.")
    try:
        found = saving.create(out)
    except saving.BackupWrong as wrong:
        _record(Action.BACKUP_CREATE, out, AuditResult.REFUSED, fault=str(wrong))
        raise click.ClickException(f"Bản sao không dùng được: {wrong}.") from None
    _record(Action.BACKUP_CREATE, out, AuditResult.DONE, count=found.entries, last_hash=found.last_hash, files=found.files)
    click.echo(f"Đã sao lưu {found.entries} bản ghi nhật ký và {found.files} tệp vào {out}")


@backup.command("verify")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(source: Path) -> None:
    """Kiểm tra bản sao lưu SOURCE: từng tệp, cơ sở dữ liệu, chuỗi nhật ký, tài liệu mà cơ sở dữ liệu nêu; sai thì thoát với mã 1."""
    try:
        found = saving.verify(source)
    except saving.BackupWrong as wrong:
        _record(Action.BACKUP_VERIFY, source, AuditResult.REFUSED, fault=str(wrong))
        raise click.ClickException(f"Bản sao không dùng được: {wrong}.") from None
    _record(Action.BACKUP_VERIFY, source, AuditResult.DONE, count=found.entries, last_hash=found.last_hash, files=found.files)
    click.echo(f"Bản sao dùng được: {found.entries} bản ghi nhật ký, {found.files} tệp, mã băm cuối {found.last_hash}")


def _record(action: Action, file: Path, result: AuditResult, **detail: object) -> None:
    with transaction():
        act = Act(action, f"file:{file.name}", detail={"file": file.name, **detail}, result=result)
        record(act, actor=COMMAND_LINE, at=datetime.now(UTC))

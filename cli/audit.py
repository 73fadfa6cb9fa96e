"""`flask audit`: checking the record."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from audit import verify
from models.audit import AuditEntry
from models.db import db

audit = AppGroup("audit", help="Nhật ký.")

FAULTS = {
    "gap": "số thứ tự không liên tục",
    "hash": "nội dung không khớp mã băm",
    "chain": "không nối tiếp bản ghi trước",
    "record": "không đúng dạng chuẩn",
    "copy": "cột tra cứu khác nội dung đã băm",
    "detail": "chi tiết không khớp mã băm",
}


@audit.command("verify")
def verify_log() -> None:
    """Kiểm tra toàn vẹn nhật ký; báo bản ghi sai đầu tiên và thoát với mã 1."""
    total = db.session.scalar(select(func.count(AuditEntry.seq))) or 0
    with click.progressbar(length=total, label="Kiểm tra", hidden=total < 10_000) as bar:
        found = verify(lambda count: bar.update(count - bar.pos))
    if not found.intact:
        click.echo(f"Không toàn vẹn: bản ghi {found.bad_seq}: {FAULTS[found.fault]}. {found.count} bản ghi trước đó nguyên vẹn.")
        raise SystemExit(1)
    click.echo(f"Nguyên vẹn: {found.count} bản ghi, mã băm cuối {found.last_hash}")

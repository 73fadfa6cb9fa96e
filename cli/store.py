"""`flask store`: whether every paper's file is in the store as it was received."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from documents.store import Store
from models.db import db
from models.documents import DocumentVersion

store = AppGroup("store", help="Kho tài liệu.")


@store.command("check")
def check() -> None:
    """Đối chiếu mọi phiên bản với kho; in phiên bản mất tệp hoặc tệp đã đổi, mỗi dòng một phiên bản, và thoát với mã 1."""
    place = Store(current_app.config["STORE_URL"], current_app.config["STORE_ENDPOINT"])
    count = wrong = 0
    for version in db.session.execute(select(DocumentVersion.sha256, DocumentVersion.file_name).order_by(DocumentVersion.id)):
        count += 1
        try:
            fault = "" if place.digest(version.sha256) == version.sha256 else "tệp đã đổi"
        except FileNotFoundError:
            fault = "mất tệp"
        if fault:
            wrong += 1
            click.echo(f"{version.sha256}\t{fault}\t{version.file_name}")
    click.echo(f"Đã đối chiếu {count} phiên bản, {wrong} phiên bản sai.", err=bool(wrong))
    if wrong:
        raise SystemExit(1)

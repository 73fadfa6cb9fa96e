"""`flask outbox`: by hand what the worker does by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from audit import Act, record
from audit.actions import Action
from cli.common import COMMAND_LINE
from jobs import bodies
from models.db import db, transaction
from models.outbox import OutboxMail
from models.vocabulary import MailState
from notifications import outbox as mail_out

outbox = AppGroup("outbox", help="Hộp thư đi.")


@outbox.command("deliver")
@click.option("--limit", type=click.IntRange(1), help="Số thư tối đa.")
def deliver(limit: int | None) -> None:
    """Gửi các thư đang chờ."""
    found = bodies.deliver(datetime.now(UTC), limit, clock=lambda: datetime.now(UTC))
    click.echo(f"Máy chủ đã nhận {found.accepted}, lỗi tạm {found.deferred}, lỗi hẳn {found.failed}.")
    if found.unreachable:
        click.echo(f"Không nối được máy chủ thư: {found.unreachable}", err=True)
        raise SystemExit(1)


@outbox.command("list")
@click.option("--state", type=click.Choice([state.value for state in MailState]), help="Chỉ các thư ở trạng thái này.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
def list_mails(state: str | None, limit: int) -> None:
    """Liệt kê thư, mới nhất trước: số, trạng thái, địa chỉ, tên thư, lỗi."""
    query = select(OutboxMail).order_by(OutboxMail.id.desc()).limit(limit)
    if state:
        query = query.where(OutboxMail.state == MailState(state))
    for row in db.session.scalars(query):
        click.echo(f"{row.id}\t{row.state.value}\t{row.recipient}\t{row.notice.letter.value}\t{row.last_error}")
    for found, count in db.session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state)).all():
        click.echo(f"{found.label}: {count}", err=True)


@outbox.command("retry")
@click.argument("mail_id", type=int)
def retry(mail_id: int) -> None:
    """Gửi lại một thư lỗi hoặc đã huỷ, giữ nguyên Message-ID."""
    with transaction() as session:
        row = session.get(OutboxMail, mail_id)
        if row is None:
            raise click.ClickException(f"Không có thư số {mail_id}.")
        at = datetime.now(UTC)
        try:
            mail_out.retry(row, at)
        except ValueError:
            raise click.ClickException(f"Thư số {mail_id} đang ở trạng thái “{row.state.label}”, không gửi lại được.") from None
        act = Act(Action.MAIL_RETRY, f"mail:{row.id}", detail={"recipient": row.recipient}, campaign_id=row.notice.campaign_id)
        record(act, actor=COMMAND_LINE, at=at)
    click.echo(f"Thư số {mail_id} sẽ được gửi lại.")

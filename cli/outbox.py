"""`flask outbox`: by hand what the worker does by itself."""

from __future__ import annotations

from collections.abc import Callable
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
from notifications import gate, journal, trial
from notifications import outbox as mail_out
from notifications.failures import failure_words
from notifications.gate import Shut

outbox = AppGroup("outbox", help="Hộp thư đi.")
SHUT = {
    Shut.STOPPED: "Việc gửi thư đang bị dừng: flask outbox status, flask outbox resume.",
    Shut.HELD: "Thư đang được giữ lại vì cơ sở dữ liệu cũ hơn sổ thư đã gửi: flask outbox status, flask outbox release.",
    Shut.SERVER_AWAY: "Máy chủ thư chưa trả lời; năm phút một lần sẽ thử lại.",
}


@outbox.command("deliver")
@click.option("--limit", type=click.IntRange(1), help="Số thư tối đa.")
def deliver(limit: int | None) -> None:
    """Gửi các thư đang chờ."""
    found = bodies.deliver(datetime.now(UTC), limit, clock=lambda: datetime.now(UTC))
    click.echo(f"Máy chủ đã nhận {found.accepted}, lỗi tạm {found.deferred}, lỗi hẳn {found.failed}.")
    if found.shut:
        click.echo(SHUT[found.shut], err=True)
        raise SystemExit(1)
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
        why = [row.reason.label if row.reason else "", failure_words(row.last_error), row.last_error]
        words = " ".join(word for word in why if word)
        click.echo(f"{row.id}\t{row.state.value}\t{row.recipient}\t{row.notice.letter.value}\t{words}")
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


@outbox.command("status")
def status() -> None:
    """Cho biết thư có đang được gửi không, vì sao, và gửi tới đâu."""
    row, mailbox = gate.gate(), trial.redirected_to()
    click.echo(f"Chạy thử: mọi thư chuyển về {mailbox}." if mailbox else "Thư gửi tới đơn vị.")
    if row is not None and row.stopped_at:
        click.echo(f"Đang dừng gửi: {row.stop_reason} ({row.stopped_by}).")
    if row is not None and row.held_at:
        click.echo(
            f"Đang giữ thư: {journal.path()} ghi {row.held_count} thư mà cơ sở dữ liệu này chưa gửi hoặc không biết. "
            "Nếu vừa khôi phục từ bản sao lưu: flask outbox release --skip-sent."
        )
    if row is not None and row.failing_since:
        click.echo(f"Không nối được máy chủ thư từ {row.failing_since.isoformat()}: {row.last_error}")


@outbox.command("stop")
@click.argument("reason")
def stop(reason: str) -> None:
    """Dừng gửi mọi thư, kèm lý do."""
    _act(Action.MAIL_STOP, lambda at: gate.stop(COMMAND_LINE.name, reason, at), reason=reason)
    click.echo("Đã dừng gửi mọi thư.")


@outbox.command("resume")
def resume() -> None:
    """Cho gửi thư trở lại."""
    _act(Action.MAIL_RESUME, lambda _at: gate.resume())
    click.echo("Thư được gửi trở lại.")


@outbox.command("release")
@click.option("--skip-sent/--send-all", default=None, help="Sau khi khôi phục: bỏ qua thư đã gửi (nên chọn), hay gửi tất cả.")
def release(skip_sent: bool | None) -> None:
    """Quyết định về thư bị giữ lại sau khi khôi phục dữ liệu từ bản sao lưu."""
    if skip_sent is None:
        raise click.UsageError("Hãy chọn --skip-sent (không gửi lại thư đã gửi) hoặc --send-all.")
    skipped: list[int] = []
    _act(Action.MAIL_RELEASE, lambda _at: skipped.append(gate.release(skip_sent=skip_sent)), skip_sent=skip_sent)
    click.echo(f"Thư được gửi trở lại; {skipped[0]} thư đã gửi trước đây không gửi lần nữa.")


@outbox.command("go-live")
@click.confirmation_option(prompt="Từ nay thư gửi thẳng tới các đơn vị. Tiếp tục?")
def go_live() -> None:
    """Kết thúc chạy thử: từ nay thư gửi tới đơn vị. Tạo tệp “live” trong thư mục instance."""
    at = datetime.now(UTC)
    if trial.redirected_to() is None:
        raise click.ClickException("Thư đã được gửi tới đơn vị rồi.")

    def begin(_at: datetime) -> None:
        journal.put_away(at)
        gate.hold_gate().journal_size = 0

    _act(Action.MAIL_LIVE, begin)
    trial.go_live(COMMAND_LINE.name, at)
    click.echo(f"Đã tạo {trial.flag()}: thư gửi tới đơn vị.")


@outbox.command("trial")
def to_trial() -> None:
    """Trở lại chạy thử: mọi thư chuyển về một hộp thư."""
    trial.back_to_trial()
    _act(Action.MAIL_TRIAL, lambda _at: None)
    click.echo(f"Mọi thư chuyển về {trial.redirected_to() or 'hộp thư của bản demo'}.")


def _act(action: Action, act: Callable[[datetime], object], **detail: object) -> None:
    at = datetime.now(UTC)
    with transaction():
        act(at)
        record(Act(action, "mail:0", detail=detail), actor=COMMAND_LINE, at=at)

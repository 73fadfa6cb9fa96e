"""What every page says when something is wrong behind it: the worker is silent, mail is stopped or held, or this is a trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import Select, select

from models.db import db
from models.outbox import Heartbeat, MailGate
from notifications import trial
from notifications.failures import failure_words

SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pulse:
    """When the worker last gave a sign of life, and how the gate of the mail stands."""

    beat: datetime | None
    stopped_at: datetime | None
    stopped_by: str
    stop_reason: str
    held_at: datetime | None
    held_count: int
    failing_since: datetime | None
    retry_at: datetime | None
    last_error: str

    @property
    def silent(self) -> bool:
        """Whether the worker has given no sign of life for five minutes."""
        return self.beat is None or g.at - self.beat > SILENT_AFTER

    @property
    def mail(self) -> str:
        """How mail stands, in one word for a machine."""
        if self.stopped_at:
            return "stopped"
        return "held" if self.held_at else "server away" if self.failing_since else "ok"


_GATE = (MailGate.stopped_at, MailGate.stopped_by, MailGate.stop_reason, MailGate.held_at, MailGate.held_count)
_GATE += (MailGate.failing_since, MailGate.retry_at, MailGate.last_error)
PULSE: Select[Any] = select(
    select(Heartbeat.at).where(Heartbeat.name == "worker").scalar_subquery(), *(select(column).scalar_subquery() for column in _GATE)
)
"""What reads the pulse."""


def pulse() -> Pulse:
    """Read once in a request, in one statement."""
    if "pulse" not in g:
        read(PULSE)
    found: Pulse = g.pulse
    return found


def read(query: Select[Any], **values: object) -> Sequence[Any]:
    """Read the pulse by PULSE, or by PULSE with columns added: what else a page must know costs no statement more. Gives these."""
    row = db.session.execute(query, values).one()
    g.pulse = Pulse(row[0], row[1], row[2] or "", row[3] or "", row[4], row[5] or 0, row[6], row[7], row[8] or "")
    return row[9:]


def alarms() -> list[str]:
    """The sentences for the top of every page."""
    state, found = pulse(), []
    if state.silent:
        found.append(_("Tiến trình nền không hoạt động: thư và nhắc việc chưa được gửi. Hãy báo người quản trị."))
    if state.stopped_at:
        found.append(_("%(name)s đã dừng gửi mọi thư: %(reason)s", name=state.stopped_by, reason=state.stop_reason))
    if state.held_at:
        found.append(
            _(
                "Thư đang được giữ lại: cơ sở dữ liệu cũ hơn sổ thư đã gửi (%(count)s thư đã gửi mà cơ sở dữ liệu không biết), "
                "có lẽ vừa được khôi phục từ bản sao lưu. Người quản trị cần quyết định ở mục Thư.",
                count=state.held_count,
            )
        )
    mailbox = trial.redirected_to()
    if mailbox:
        found.append(_("Đang chạy thử: mọi thư được chuyển về %(mailbox)s, không tới đơn vị.", mailbox=mailbox))
    return found


def server_words() -> tuple[str, datetime | None, datetime | None]:
    """What keeps the mail server from being reached, since when, and when it is tried again; ("", None, None) when it answers."""
    state = pulse()
    return (_(failure_words(state.last_error)), state.failing_since, state.retry_at) if state.failing_since else ("", None, None)

"""The figures of the letters: what the mail servers took, what failed, what waits. Addresses stay out of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from documents.tables import Column
from models.campaigns import Campaign
from models.db import db
from models.localtime import local_day
from models.outbox import Notice, OutboxMail
from models.text import N_
from models.vocabulary import LetterName, MailState
from reports.figures_lists import Figure, Row, Subject
from reports.figures_units import UnitFacts

MAILS = Subject(
    "mails",
    N_("Thư thông báo, nhắc việc"),
    (
        Column(N_("Ngày lập"), 26),
        Column(N_("Thư"), 62),
        Column(N_("Đơn vị nhận"), 62),
        Column(N_("Tình trạng"), 34),
        Column(N_("Số lần gửi"), 22, centred=True),
        Column(N_("Lỗi"), 44),
    ),
    (
        Figure("mails.all", N_("Thư đã lập")),
        Figure("mails.accepted", N_("Máy chủ thư đã nhận"), "mails.all"),
        Figure("mails.failed", N_("Gửi lỗi hẳn"), "mails.all"),
        Figure("mails.waiting", N_("Chờ gửi, sẽ gửi lại"), "mails.all"),
        Figure("mails.cancelled", N_("Đã huỷ"), "mails.all"),
        Figure("mails.unaddressed", N_("Đơn vị chưa có địa chỉ thư"), "mails.all"),
    ),
)
COUNTED = {MailState.ACCEPTED: "mails.accepted", MailState.FAILED: "mails.failed", MailState.CANCELLED: "mails.cancelled"}
"""Every other state waits."""


def read_mails(campaigns: Sequence[Campaign]) -> dict[int, list[Any]]:
    """The letters of some campaigns, by campaign: one row for each mail, and one for a notice that has no address to go to."""
    query = (
        select(
            Notice.id.label("notice_id"),
            Notice.campaign_id,
            Notice.campaign_unit_id,
            Notice.letter,
            Notice.created_at,
            OutboxMail.id,
            OutboxMail.state,
            OutboxMail.attempts,
            OutboxMail.last_error,
        )
        .outerjoin(OutboxMail, OutboxMail.notice_id == Notice.id)
        .where(Notice.campaign_id.in_([campaign.id for campaign in campaigns]))
        .order_by(Notice.id, OutboxMail.id)
    )
    found: dict[int, list[Any]] = {campaign.id: [] for campaign in campaigns}
    for row in db.session.execute(query):
        found[row.campaign_id].append(row)
    return found


def reminded(rows: Sequence[Any]) -> Counter[int]:
    """How often each unit was told to register: the reminders that a mail server took."""
    told = {
        (row.notice_id, row.campaign_unit_id)
        for row in rows
        if row.letter is LetterName.REGISTRATION_REMINDER and row.state is MailState.ACCEPTED
    }
    return Counter(unit for _notice, unit in told)


def mails(rows: Sequence[Any], units: Mapping[int, UnitFacts]) -> Iterator[Row]:
    """Each letter to each mailbox, and what is last known of it."""
    for row in rows:
        unit, day = units[row.campaign_unit_id], local_day(row.created_at)
        if row.id is None:
            found, words, attempts, error = "mails.unaddressed", "Chưa có địa chỉ thư", 0, ""
        else:
            found, words, attempts = COUNTED.get(row.state, "mails.waiting"), row.state.label, row.attempts
            error = "" if row.state is MailState.ACCEPTED else row.last_error
        cells = (day, row.letter.label, unit.name, words, attempts, error)
        yield Row(cells, frozenset({"mails.all", found}), f"mail:{row.id}" if row.id else "", unit.kind, unit.district)

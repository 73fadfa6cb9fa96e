"""Nhật ký as a file: what the filters show, as .csv, .xlsx or .jsonl, written row by row; who took it away is an entry of its own."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, send_file
from flask_babel import gettext as _
from sqlalchemy import literal, select
from werkzeug.exceptions import NotFound

from audit import Act, record
from audit.actions import Action as Recorded
from jobs.record import RecordBroken
from jobs.record import export as take_away
from models.audit import AuditEntry
from models.db import db
from models.localtime import local
from models.vocabulary import Source
from web.access import actor, needs, now
from web.acting import acting
from web.frame import campaign
from web.journal import Names, names_of, pages, views_of
from web.journal_filters import Filters, narrowed
from web.list_files import refuse_too_many, table_file, written
from web.wording import EntryView
from workflow.acts import ActRefused
from workflow.policy import Action
from workflow.rules.objection import Objection

__all__ = ["pages"]

BATCH = 1_000


@pages.get("/export.<any(csv, xlsx, jsonl):kind>")
@needs(Action.AUDIT_EXPORT)
def export(kind: str) -> Response:
    """Take away the entries that the filters show, the latest first."""
    filters = Filters.read()
    name = _("nhat-ky-%(day)s", day=f"{local(now()):%Y-%m-%d}") + f".{kind}"
    with acting(Recorded.AUDIT_EXPORT, "record:0"):
        if kind == "xlsx":
            refuse_too_many(narrowed(select(literal(1)).select_from(AuditEntry), filters, actor())[0])
        detail = {"file": name, "filters": filters.as_words}
        record(Act(Recorded.AUDIT_EXPORT, "record:0", detail=detail), actor=actor(), at=now())
    if kind == "jsonl":
        return written(name, lambda file: file.writelines(_json_lines(filters)))
    return table_file(name, _("Nhật ký"), _headings(), _rows(filters))


@pages.get("/archive.zip")
@needs(Action.AUDIT_EXPORT)
def archive() -> Response:
    """The year-end ZIP of the campaign: the whole chain, checkpoints, key, and the checker that needs nobody's trust."""
    current = campaign()
    if current is None:
        raise NotFound
    name, file = _("nhat-ky-%(year)s.zip", year=current.year), tempfile.TemporaryFile()  # noqa: SIM115 (sent, and closed with the answer)
    try:
        take_away(current, file, actor=actor(), at=now())
    except RecordBroken as broken:
        raise ActRefused([Objection("record_broken", {"seq": broken.found.bad_seq})]) from None
    file.seek(0)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)


def _batches(filters: Filters) -> Iterator[Sequence[AuditEntry]]:
    query, number = narrowed(select(AuditEntry), filters, actor())
    stream = db.session.scalars(query.order_by(number.desc()), execution_options={"yield_per": BATCH})
    for part in stream.partitions():
        yield part
        for entry in part:
            db.session.expunge(entry)  # flat memory


def _headings() -> list[str]:
    return [
        _("Số"),
        _("Lúc"),
        _("Ai"),
        _("Đơn vị"),
        _("Tư cách"),
        _("Việc"),
        _("Hồ sơ"),
        _("Thay đổi"),
        _("Kết quả"),
        _("Lý do từ chối"),
        _("Chi tiết"),
        _("Nguồn"),
        _("Mã yêu cầu"),
        _("Mã băm"),
    ]


def _rows(filters: Filters) -> Iterator[list[str | int]]:
    for part in _batches(filters):
        names = names_of(part)
        yield from (_row(view, names) for view in views_of(part, names))


def _row(view: EntryView, names: Names) -> list[str | int]:
    entry = view.entry
    system = _("Hệ thống") if entry.source is Source.SYSTEM else _(entry.source.label)
    return [
        entry.seq,
        f"{local(entry.at):%d/%m/%Y %H:%M:%S}",
        names.people.get(entry.actor_id or 0, system),
        names.units.get(entry.unit_id or 0, ""),
        view.capacity,
        view.sentence,
        names.dossiers.get(entry.dossier_id or 0, ""),
        view.change,
        _(entry.result.label),
        "; ".join(view.reasons),
        "; ".join(f"{name}: {value}" for _key, name, value in view.details),
        _(entry.source.label),
        entry.request_key or "",
        entry.hash,
    ]


def _json_lines(filters: Filters) -> Iterator[bytes]:
    """One object a line: what the hash covers exactly as it was hashed, the hash, the detail with its salt."""
    entries: Iterable[AuditEntry] = itertools.chain.from_iterable(_batches(filters))
    for entry in entries:
        line = {"seq": entry.seq, "hash": entry.hash, "rec": entry.rec, "detail": entry.detail, "salt": entry.salt}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"

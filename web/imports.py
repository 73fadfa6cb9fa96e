"""Nhập tệp: spreadsheets in. A template, an upload, a preview with the wrong cells marked; then all rows, the valid ones, or nothing."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response
from wtforms import FileField

from imports import uploads
from imports.blank_sheets import blank_sheet
from imports.faults import Fault, say_fault, say_reason
from imports.importing import KINDS, Checked, ImportedBefore, SheetRefused, check, import_table, imported_before, record_refusal
from imports.kinds import Kind, Row, Setting
from imports.sheets import FileUnreadable
from imports.table import Table, read_table
from imports.uploads import Upload
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.text import clean
from web.access import Open, actor, needs, now
from web.forms import Form, Pick, filled, options
from web.frame import campaign
from web.wording import objection_views
from web.work import granted
from workflow.policy import may

pages = Blueprint("imports", __name__, url_prefix="/imports")
Answer = str | Response | tuple[str, int]
PAGE = 100
"""Rows shown at a time."""
LARGE = 200 * 1024
"""Bytes from which reading takes so long that a page of its own shows how far it is."""
LISTED = 20
"""Faults that the summary at the top names one by one."""
TOLD = 3
"""Refused rows that the message after an import names; it travels in a cookie."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(Form):
    """The file, and the index year where the kind has one."""

    year = Pick(_l("Năm của Chỉ số"))
    file = FileField(_l("Tệp Excel (.xlsx) hoặc CSV, không quá 20 MB"), [filled])


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the preview, as the table macro takes it."""

    id: str
    cells: list[Any]


def offered(*codes: str) -> list[Kind]:
    """Those of some kinds that the person may import for at least one unit of the campaign."""
    return [KINDS[code] for code in codes if _may_import(KINDS[code])]


@pages.get("")
@needs(Open.SIGNED_IN)
def index() -> str:
    """The kinds of spreadsheet that the person may import."""
    kinds = offered(*KINDS)
    if not kinds and campaign() is None:
        return render_template("inbox/empty.html")
    if not kinds:
        raise Forbidden
    return render_template("imports/index.html", kinds=kinds)


@pages.get("/<kind_code>")
@needs(Open.SIGNED_IN)
def start(kind_code: str) -> str:
    """The template to download and the form to upload."""
    kind = find_kind(kind_code)
    return _start_page(kind, _form(kind))


@pages.get("/<kind_code>/template.xlsx")
@needs(Open.SIGNED_IN)
def template(kind_code: str) -> Response:
    """The empty spreadsheet of a kind."""
    kind = find_kind(kind_code)
    content = blank_sheet(kind, _setting())
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"mau-{kind.code}.xlsx")


@pages.post("/<kind_code>")
@needs(Open.SIGNED_IN)
def upload(kind_code: str) -> Answer:
    """Keep a file under its digest and go to its preview; nothing is saved yet."""
    kind = find_kind(kind_code)
    form = _form(kind)
    if not form.validate():
        return _start_page(kind, form), 422
    name = _name(form.file.data.filename)
    try:
        kept = uploads.keep(_folder(), form.file.data.read(uploads.MAX_BYTES + 1), name)
        large = kept.path.stat().st_size > LARGE
        if not large:
            _read(kind, kept)
    except FileUnreadable as unreadable:
        return _refused_file(kind, unreadable)
    given = {"name": name, "year": form.year.data if form.year else None, "campaign": getattr(campaign(), "id", None)}
    page = "imports.progress" if large else "imports.preview"
    return redirect(url_for(page, kind_code=kind.code, sha256=kept.sha256, **given))


@pages.get("/<kind_code>/<sha256>")
@needs(Open.SIGNED_IN)
def preview(kind_code: str, sha256: str) -> Answer:
    """The rows of an uploaded file, wrong cells marked and worded."""
    kind = find_kind(kind_code)
    kept = find_kept(sha256)
    try:
        table = _read(kind, kept)
    except FileUnreadable as unreadable:
        return _refused_file(kind, unreadable)
    setting = _setting(kept)
    return _preview_page(kind, kept, check(kind, table, setting), before=imported_before(kind, kept.sha256, setting))


@pages.post("/<kind_code>/<sha256>")
@needs(Open.SIGNED_IN)
def save(kind_code: str, sha256: str) -> Answer:
    """Save all rows, or only the valid ones, in one transaction. The file is read again: nothing comes from the browser."""
    kind = find_kind(kind_code)
    kept = find_kept(sha256)
    try:
        table = _read(kind, kept)
        with transaction():
            setting = _setting(kept)
            outcome = import_table(kind, table, kept, setting, only_valid=request.form.get("save") == "only_valid")
    except FileUnreadable as unreadable:
        return _refused_file(kind, unreadable)
    except ImportedBefore:
        return redirect(_here(kind, kept))
    except SheetRefused as refusal:
        with transaction():
            record_refusal(kind, kept, _setting(kept), refusal)
        page = _preview_page(kind, kept, check(kind, table, _setting(kept)), refused=refusal.refused)
        return page, 409 if refusal.refused else 422
    flash(_("Đã nhập %(count)s dòng từ tệp “%(name)s”.", count=outcome.saved, name=kept.file_name), "success")
    turned_away = [say_fault(fault, _) for fault in outcome.left_out if not fault.column]
    if turned_away:
        flash(_("Không nhập %(count)s dòng: %(faults)s", count=len(turned_away), faults=" ".join(turned_away[:TOLD])), "error")
    return redirect(_here(kind, kept))


def _read(kind: Kind, kept: Upload) -> Table:
    """The rows of an uploaded file; read once, they are kept beside it. Raises FileUnreadable."""
    return read_table(kept.path, kind.columns(_setting()), rows=uploads.rows_of(kept))


def find_kind(code: str) -> Kind:
    """A kind that the person may import. Raises NotFound, or Forbidden."""
    kind = KINDS.get(code)
    if kind is None or (kind.needs_campaign and campaign() is None):
        raise NotFound
    if not _may_import(kind):
        raise Forbidden(description=kind.permission.value)
    return kind


def _may_import(kind: Kind) -> bool:
    """Whether the person holds the kind's action, and, where it is held unit by unit, on any unit at all."""
    current = campaign()
    if not may(actor(), kind.permission) or (kind.needs_campaign and current is None):
        return False
    if not kind.needs_campaign or current is None:
        return True
    theirs = select(CampaignUnit.id).where(CampaignUnit.campaign_id == current.id, granted(actor(), kind.permission))
    return db.session.scalars(theirs.limit(1)).first() is not None


def _setting(kept: Upload | None = None) -> Setting:
    """What the file is read against: the campaign in the address, the person, this moment."""
    person, current = actor(), campaign()
    year = request.args.get("year", type=int)
    if current is not None and year not in {current.plan.award_basis_year, current.plan.criteria_index_year}:
        year = current.plan.award_basis_year
    return Setting(current, now(), lambda _unit: person, year or 0, kept.file_name if kept else "")


def _form(kind: Kind) -> UploadForm:
    form = UploadForm()
    current = campaign()
    if not kind.has_year or current is None:
        del form.year
        return form
    years = dict.fromkeys([current.plan.award_basis_year, current.plan.criteria_index_year])
    form.year.choices = options((year, str(year)) for year in years)
    form.year.data = form.year.data or str(current.plan.award_basis_year)
    return form


def find_kept(sha256: str) -> Upload:
    """A file that was uploaded before. Raises NotFound when there is none."""
    kept = uploads.find(_folder(), sha256, _name(request.args.get("name")))
    if kept is None:
        raise NotFound
    return kept


def _refused_file(kind: Kind, unreadable: FileUnreadable) -> Answer:
    """The form to upload once more, with what is wrong with the file."""
    form = _form(kind)
    form.file.errors = [say_fault(unreadable.fault, _)]
    return _start_page(kind, form), 422


def _here(kind: Kind, kept: Upload) -> str:
    return url_for("imports.preview", kind_code=kind.code, sha256=kept.sha256, **request.args.to_dict())


def _folder() -> Path:
    folder: Path = current_app.config["INSTANCE"] / "imports"
    return folder


def _name(given: str | None) -> str:
    """A file's own name, without folders and control characters."""
    return clean(given or "").replace("\\", "/").rsplit("/", 1)[-1].strip(". ")[-120:] or "bang-tinh"


def _start_page(kind: Kind, form: UploadForm) -> str:
    columns = kind.columns(_setting())
    return render_template("imports/start.html", kind=kind, form=form, columns=[column for column in columns if column.key != "number"])


def _preview_page(
    kind: Kind, kept: Upload, checked: Checked, *, refused: list[Fault] | None = None, before: AuditEntry | None = None
) -> str:
    refused = refused or []
    turned_away = {fault.line for fault in refused}
    faulty = [row for row in checked.rows if row.faults or row.line in turned_away]
    everything = not faulty or request.args.get("show") == "all"
    shown = checked.rows if everything else faulty
    number = min(max(request.args.get("page", 1, type=int), 1), max(1, -(-len(shown) // PAGE)))
    part = shown[(number - 1) * PAGE : number * PAGE]
    listed = (checked.faults + refused)[:LISTED]
    given = request.args.to_dict() | {"kind_code": kind.code, "sha256": kept.sha256}
    columns = [column for column in checked.columns if column.key != "number"]
    return render_template(
        "imports/preview.html",
        kind=kind,
        kept=kept,
        before=before,
        left_out=len(json.loads(before.detail or "{}").get("left_out", [])) if before else 0,
        headings=[_("Dòng"), *(column.heading for column in columns)],
        rows=[_row_view(row, [(c.key, c.heading) for c in columns], checked, refused) for row in part],
        count=len(checked.rows),
        good=sum(len(item.lines) for item in checked.items if item.lines[0] not in turned_away),
        faulty=len(faulty),
        wrong_cells=len(checked.faults),
        refused=bool(refused),
        everything=everything,
        errors=[(say_fault(fault, _), f"#line-{fault.line}" if fault.line in {row.line for row in part} else None) for fault in listed],
        more=len(checked.faults) + len(refused) - len(listed),
        reasons=objection_views([o for fault in refused if not fault.line for o in fault.objections]),
        notes=[say_fault(note, _) for note in checked.notes],
        span=((number - 1) * PAGE + 1, (number - 1) * PAGE + len(part), len(shown)),
        previous_url=url_for("imports.preview", **(given | {"page": number - 1})) if number > 1 else None,
        next_url=url_for("imports.preview", **(given | {"page": number + 1})) if number * PAGE < len(shown) else None,
        other_url=url_for("imports.preview", **(given | {"page": 1, "show": "faulty" if everything else "all"})),
    )


def _row_view(row: Row, columns: list[tuple[str, str]], checked: Checked, refused: list[Fault]) -> RowView:
    """A row's cells with what is wrong in each and which unit was understood; what concerns the whole row stands at its number."""
    faults = row.faults + [fault for fault in refused if fault.line == row.line]
    named = {heading for _key, heading in columns}
    about_row = [say_reason(fault, _) for fault in faults if fault.column not in named]
    if not faults and row.line not in checked.good_lines:
        about_row.append(_("Chờ sửa các dòng khác của cùng đơn vị."))
    cells: list[Any] = [{"text": row.line, "error": "; ".join(about_row)}]
    for key, heading in columns:
        wrong = [say_reason(fault, _) for fault in faults if fault.column == heading]
        text = row.cells[key].shown if key in row.cells else ""
        if key == "unit" and row.unit is not None and row.unit.long_name != text:
            text = Markup('{} <span class="app-muted">→ {}</span>').format(text, row.unit.long_name)
        cells.append({"text": text, "error": "; ".join(wrong)})
    return RowView(f"line-{row.line}", cells)

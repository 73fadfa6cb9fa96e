"""Tài liệu: the papers of a dossier, uploaded several at once, shared between dossiers of one submitting unit, and downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask import current_app as service
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field

from audit.actions import Action as Recorded
from audit.chain import hold_chain
from documents.bundle import Bundle
from documents.refusals import PaperRefused
from models.db import db, transaction
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.vocabulary import DocumentKind
from notifications.wording import moment_words
from web import uploads
from web.access import actor, allow_form, needs, now, see
from web.acting import acting
from web.forms import Form
from web.wording import objection_views
from workflow.acts import ActRefused, not_filing, record_on_dossier, refuse_if
from workflow.document_appraisal import evidence_of, reports_alike, slots_of
from workflow.paper_rooms import filed_already
from workflow.papers import file_paper, share_paper, shareable_papers
from workflow.policy import Action, may
from workflow.wording import say_objection

pages = Blueprint("documents", __name__, url_prefix="/dossiers/<int:dossier_id>/documents")
Answer = str | AnyResponse | tuple[str | AnyResponse, int]

ACCEPT = {"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file of a form: the field it stood in, its name, and what to say."""

    field: str
    name: str
    text: str
    taken: bool


@pages.get("")
@needs(Action.DOSSIER_VIEW)
def index(dossier_id: int) -> str:
    """The papers that the plan asks for, what is there and what the appraiser says of it, and the form to upload them."""
    dossier = seen(dossier_id)
    return _page(dossier, _form(dossier))


@pages.post("")
@needs(Action.DOCUMENT_UPLOAD)
def upload(dossier_id: int) -> Answer:
    """File the papers of one form, each for itself: the file first, then the row that refers to it. A script gets the same as JSON."""
    dossier = _open(dossier_id)
    form = _form(dossier)
    chosen = list(_chosen(dossier, form))
    results = [_receive(dossier, *paper) for paper in chosen]
    for result in results:
        if result.taken:
            flash(result.text, "success")
        else:
            form[result.field].errors = [*form[result.field].errors, result.text]
    if not results:
        form.form_errors.append(_("Hãy chọn ít nhất một tệp."))
    refused = not results or not all(result.taken for result in results)
    if request.accept_mimetypes.best == "application/json":
        said = [{"field": r.field, "name": r.name, "text": r.text, "taken": r.taken} for r in results]
        return jsonify(results=said), 422 if refused else 200
    if refused:
        return _page(seen(dossier_id), form), 422
    return redirect(url_for("documents.index", dossier_id=dossier_id))


@pages.post("/<int:document_id>/share")
@needs(Action.DOCUMENT_UPLOAD)
def share(dossier_id: int, document_id: int) -> Answer:
    """Let a tờ trình or biên bản of the submitting unit serve this dossier too."""
    dossier = _open(dossier_id)
    document = db.session.get(Document, document_id)
    if document is None:
        raise NotFound
    try:
        with acting(Recorded.DOCUMENT_UPLOAD, dossier):
            hold_chain()  # the same form sent twice at once: the second finds it shared
            share_paper(dossier, document, actor=actor(), at=now())
    except ActRefused as refused:
        return _page(dossier, _form(dossier), refused), 409
    flash(_("Đã dùng chung tài liệu."), "success")
    return redirect(url_for("documents.index", dossier_id=dossier_id))


@pages.get("/<int:document_id>/<int:number>")
@needs(Action.DOSSIER_VIEW)
def download(dossier_id: int, document_id: int, number: int) -> Response:
    """One version of a paper as an attachment under its own name; the download is recorded."""
    dossier = see(db.session.get(Dossier, dossier_id))
    version = next((v for d in dossier.documents if d.id == document_id for v in d.versions if v.number == number), None)
    if version is None:
        raise NotFound
    response = uploads.attachment(version)
    _record_download(dossier, {"file": version.file_name, "sha256": version.sha256, "version": version.number})
    return response


@pages.get("/all")
@needs(Action.DOSSIER_VIEW)
def bundle(dossier_id: int) -> Response:
    """All papers in force as one ZIP with a table of contents, written while it is sent; the download is recorded."""
    dossier = seen(dossier_id)
    made = Bundle.of(dossier, uploads.store())
    contents = render_template(
        "dossiers/contents.html", dossier=dossier, entries=made.entries, at=moment_words(now()), person=actor(), earlier=made.earlier
    )
    response = Response(made.stream(contents, now()), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{dossier.code}.zip")
    papers = [{"file": entry.path, "sha256": entry.sha256, "version": entry.number} for entry in made.entries]
    _record_download(dossier, {"file": f"{dossier.code}.zip", "papers": papers})
    return response


def _record_download(dossier: Dossier, detail: dict[str, Any]) -> None:
    with transaction():
        record_on_dossier(Recorded.DOCUMENT_DOWNLOAD, dossier, detail, clause="", actor=actor(), at=now())


def seen(dossier_id: int) -> Dossier:
    """A dossier with all that the page shows of its papers, in few statements."""
    papers = selectinload(Dossier.documents).selectinload(Document.versions).selectinload(DocumentVersion.verdicts)
    everything = [joinedload(Dossier.campaign_unit), joinedload(Dossier.submits), joinedload(Dossier.nominees), papers]
    return see(db.session.get(Dossier, dossier_id, options=everything, populate_existing=True))


def _open(dossier_id: int) -> Dossier:
    dossier = seen(dossier_id)
    allow_form(Action.DOCUMENT_UPLOAD, dossier)
    refuse_if(not_filing(dossier))
    return dossier


def _form(dossier: Dossier) -> Form:
    """A field for each paper that the plan asks for, and one for any number of pieces of evidence."""
    fields: dict[str, Any] = {
        slot.name: FileField(_label(_("Thay bằng tệp mới") if slot.document else _("Chọn tệp"), slot.title), render_kw=ACCEPT)
        for slot in slots_of(dossier)
    }
    fields[DocumentKind.EVIDENCE.value] = MultipleFileField(_l("Chọn tệp chứng minh (được chọn nhiều tệp)"), render_kw=ACCEPT)
    form: Form = type("UploadForm", (Form,), fields)()
    form.validate_on_submit()
    return form


def _label(verb: str, paper: str) -> Markup:
    """What is to be done; which paper it is for stands in the heading above, and is read out here."""
    return Markup('{}<span class="govuk-visually-hidden">: {}</span>').format(verb, paper)


def _chosen(dossier: Dossier, form: Form) -> Iterator[tuple[Field, DocumentKind, Nominee | None, FileStorage]]:
    for slot in slots_of(dossier):
        if form[slot.name].data:
            yield form[slot.name], slot.kind, slot.nominee, form[slot.name].data
    field = form[DocumentKind.EVIDENCE.value]
    yield from ((field, DocumentKind.EVIDENCE, None, file) for file in field.data or [] if isinstance(file, FileStorage) and file)


def _receive(dossier: Dossier, field: Field, kind: DocumentKind, nominee: Nominee | None, file: FileStorage) -> Received:
    """Take one file, or say why not; a refusal is put on record."""
    name = uploads.name_of(file)
    try:
        paper = uploads.receive(file, compared=kind is DocumentKind.ACHIEVEMENT_REPORT)
        with acting(Recorded.DOCUMENT_UPLOAD, dossier):
            hold_chain()  # nobody else files from here on: the same file sent twice at once is one version
            known = filed_already(dossier, kind, nominee, paper.sha256)
            if known is None:
                file_paper(dossier, kind, nominee, paper, actor=actor(), at=now(), room=service.config["DOSSIER_BYTES"])
    except PaperRefused as refused:
        uploads.record_refusal(f"dossier:{dossier.id}", name, refused, campaign_id=dossier.campaign_id, dossier_id=dossier.id)
        return Received(field.name, name, f"{name}: {uploads.say(refused)}", taken=False)
    except ActRefused as refused:
        said = " ".join(say_objection(objection, _) for objection in refused.objections)
        return Received(field.name, name, f"{name}: {said}", taken=False)
    if known is not None:
        return Received(field.name, name, _("Tệp “%(name)s” đã có trong hồ sơ, không nhận lần nữa.", name=name), taken=True)
    return Received(field.name, paper.file_name, _("Đã nhận tệp “%(name)s”.", name=paper.file_name), taken=True)


def _page(dossier: Dossier, form: Form, refused: ActRefused | None = None) -> str:
    uploading = may(actor(), Action.DOCUMENT_UPLOAD, dossier.campaign_unit, dossier.state)
    return render_template(
        "dossiers/documents.html",
        dossier=dossier,
        form=form,
        reasons=objection_views(refused.objections, dossier) if refused else [],
        slots=slots_of(dossier),
        evidence=evidence_of(dossier),
        alike=reports_alike(dossier),
        uploading=uploading,
        appraising=may(actor(), Action.DOCUMENT_APPRAISE, dossier.campaign_unit, dossier.state),
        shareable=shareable_papers(dossier) if uploading else [],
    )

"""Tài liệu: the papers of a dossier, uploaded, shared between dossiers of one submitting unit, and downloaded."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from audit.actions import Action as Recorded
from documents import store
from models.db import db, transaction
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.vocabulary import DocumentKind
from web import uploads
from web.access import actor, allow, needs, now, see
from web.forms import Form, Pick, filled, options
from web.wording import objection_views
from workflow.acts import ActRefused, record_on_dossier
from workflow.papers import file_paper, share_paper, shareable_papers
from workflow.policy import Action, may
from workflow.situation import Situation

pages = Blueprint("documents", __name__, url_prefix="/dossiers/<int:dossier_id>/documents")
Answer = str | AnyResponse | tuple[str, int]


class UploadForm(Form):
    """Which paper, and its file."""

    paper = Pick(_l("Tài liệu"))
    file = FileField(_l("Tệp (PDF, ảnh, Word hoặc Excel; không quá 20 MB)"), [filled])


@pages.get("")
@needs(Action.DOSSIER_VIEW)
def index(dossier_id: int) -> str:
    """The papers that the plan asks for, what is there, and the form to upload one."""
    dossier = see(db.session.get(Dossier, dossier_id))
    return _page(dossier, _form(dossier))


@pages.post("")
@needs(Action.DOCUMENT_UPLOAD)
def upload(dossier_id: int) -> Answer:
    """File one paper: the file first, then the row that refers to it."""
    dossier = _open(dossier_id)
    form = _form(dossier)
    if not form.validate():
        return _page(dossier, form), 422
    kind, nominee = _paper(dossier, form.paper.data)
    paper = uploads.take(form.file)
    if paper is None:
        return _page(dossier, form), 422
    try:
        with transaction():
            file_paper(dossier, kind, nominee, paper, actor=actor(), at=now())
    except ActRefused as refused:
        return _page(dossier, form, refused), 409
    flash(_("Đã nhận tệp “%(name)s”.", name=paper.file_name), "success")
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
        with transaction():
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
    path = store.path_of(uploads.folder(), version.sha256)
    if not path.is_file():
        raise NotFound
    response = send_file(path, mimetype=version.media_type, as_attachment=True, download_name=version.file_name)
    _record_download(dossier, version)
    return response


def _record_download(dossier: Dossier, version: DocumentVersion) -> None:
    with transaction():
        detail = {"file": version.file_name, "sha256": version.sha256, "version": version.number}
        record_on_dossier(Recorded.DOCUMENT_DOWNLOAD, dossier, detail, clause="", actor=actor(), at=now())


def _open(dossier_id: int) -> Dossier:
    dossier = see(db.session.get(Dossier, dossier_id))
    allow(Action.DOCUMENT_UPLOAD, dossier.campaign_unit, dossier.state)
    return dossier


def _form(dossier: Dossier) -> UploadForm:
    form = UploadForm()
    choices = []
    for paper in dossier.campaign.plan.documents:
        if paper.per == "nominee":
            choices += [(f"{paper.kind.value}:{n.id}", f"{paper.label} – {n.full_name}") for n in dossier.nominees]
        else:
            choices.append((paper.kind.value, paper.label))
    form.paper.choices = options([*choices, (DocumentKind.EVIDENCE.value, _(DocumentKind.EVIDENCE.label))])
    return form


def _paper(dossier: Dossier, word: str) -> tuple[DocumentKind, Nominee | None]:
    kind, _colon, nominee_id = word.partition(":")
    return DocumentKind(kind), next((nominee for nominee in dossier.nominees if str(nominee.id) == nominee_id), None)


def _page(dossier: Dossier, form: UploadForm, refused: ActRefused | None = None) -> str:
    uploads = may(actor(), Action.DOCUMENT_UPLOAD, dossier.campaign_unit, dossier.state)
    return render_template(
        "dossiers/documents.html",
        dossier=dossier,
        form=form,
        reasons=objection_views(refused.objections, dossier) if refused else [],
        missing=Situation(dossier, actor(), now()).missing_documents,
        uploads=uploads,
        shareable=shareable_papers(dossier) if uploads else [],
        names={nominee.id: nominee.full_name for nominee in dossier.nominees},
    )

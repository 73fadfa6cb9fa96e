"""Thẩm định tài liệu: home affairs' word on each paper of a submitted dossier, all in one form."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.documents import DocumentVersion
from models.dossiers import Dossier
from models.vocabulary import Verdict
from web.access import actor, allow_form, needs, now
from web.documents import pages, seen
from web.dossier_forms import MOVES, DossierForm, Sent, carry_out, open_form
from web.forms import Form, Pick, options, paragraph
from workflow.document_appraisal import appraise, evidence_of, reports_alike, slots_of
from workflow.policy import Action

WATCHED = MOVES | {Recorded.DOCUMENT_UPLOAD, Recorded.DOCUMENT_APPRAISE}
"""Acts of somebody else after which a word on a paper is to be thought over."""


@pages.route("/appraisal", methods=["GET", "POST"])
@needs(Action.DOCUMENT_APPRAISE)
def appraisal(dossier_id: int) -> str | Response | tuple[str, int]:
    """Every paper in force with its word and comment; what was not changed is not said again."""
    dossier = seen(dossier_id)
    allow_form(Action.DOCUMENT_APPRAISE, dossier)
    papers = _papers(dossier)
    form = _form(papers)
    if not form.is_submitted():
        open_form(form, dossier)
        return _page(dossier, papers, form)
    if not form.validate() or not _explained(papers, form):
        return _page(dossier, papers, form), 422
    said: list[object] = []
    sent = carry_out(dossier, form, WATCHED, Recorded.DOCUMENT_APPRAISE, lambda key: said.extend(_say(dossier, papers, form, key)))
    if not sent.done:
        return _page(dossier, papers, form, sent), 409
    flash(_("Đã ghi ý kiến về %(count)s tài liệu.", count=len(said)) if said else _("Không có ý kiến nào thay đổi."), "success")
    return redirect(url_for("documents.index", dossier_id=dossier_id))


def _papers(dossier: Dossier) -> list[tuple[str, DocumentVersion]]:
    required = [(slot.title, slot.document.latest) for slot in slots_of(dossier) if slot.document]
    return required + [(_("Chứng minh: %(title)s", title=piece.title), piece.latest) for piece in evidence_of(dossier)]


def _form(papers: list[tuple[str, DocumentVersion]]) -> DossierForm:
    fields: dict[str, Any] = {}
    given: dict[str, Any] = {}
    words = options([("", _("Chưa có ý kiến")), *((word.value, _(word.label)) for word in (Verdict.PASSED, Verdict.TO_MEND))])
    for _title, version in papers:
        fields[f"verdict-{version.id}"] = Pick(_l("Ý kiến"), optional=True, choices=words)
        fields[f"comment-{version.id}"] = paragraph(_l("Cần sửa chỗ nào, hoặc ghi chú"), optional=True)
        if version.verdict is not None:
            given |= {f"verdict-{version.id}": version.verdict.verdict.value, f"comment-{version.id}": version.verdict.comment}
    form: DossierForm = type("AppraisalForm", (DossierForm,), fields)(data=given)
    return form


def _explained(papers: list[tuple[str, DocumentVersion]], form: Form) -> bool:
    """Whether every "cần sửa" says what is to be mended; the fields say where it is missing."""
    silent = [v for _title, v in papers if form[f"verdict-{v.id}"].data == Verdict.TO_MEND and not form[f"comment-{v.id}"].data]
    for version in silent:
        form[f"comment-{version.id}"].errors = [_("Hãy ghi tệp “%(file)s” cần sửa chỗ nào.", file=version.file_name)]
    return not silent


def _say(dossier: Dossier, papers: list[tuple[str, DocumentVersion]], form: Form, key: str | None) -> list[AuditEntry]:
    """Each word that differs from the last one is an entry; the first carries the form's key."""
    said: list[AuditEntry] = []
    for _title, version in papers:
        word, comment = form[f"verdict-{version.id}"].data, form[f"comment-{version.id}"].data or ""
        entry = appraise(dossier, version, Verdict(word), comment, actor=actor(), at=now(), key=None if said else key) if word else None
        said += [entry] if entry is not None else []
    return said


def _page(dossier: Dossier, papers: list[tuple[str, DocumentVersion]], form: Form, sent: Sent | None = None) -> str:
    return render_template(
        "dossiers/document_appraisal.html", dossier=dossier, papers=papers, form=form, sent=sent, alike=reports_alike(dossier)
    )

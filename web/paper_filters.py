"""Conditions on a dossier's papers for the list: which the plan asks for and are not there, which the appraiser wants mended."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from models.documents import Document, DocumentVerdict, DocumentVersion, dossier_documents
from models.dossiers import Dossier, Nominee
from models.plan import Plan
from models.vocabulary import DossierState, Verdict

PAPERS = ("missing", "to_mend")
"""What the list may be narrowed to."""


def paper_words() -> dict[str, str]:
    """The filter on papers in words."""
    return {"missing": _("Còn thiếu tài liệu"), "to_mend": _("Có tài liệu cần sửa")}


def paper_conditions(wanted: str, plan: Plan) -> list[ColumnElement[bool]]:
    """What a word of the filter asks of a dossier; only one that is being prepared lacks papers."""
    if wanted == "missing":
        return [Dossier.state == DossierState.SELECTED, papers_missing(plan)]
    return [papers_to_mend()] if wanted == "to_mend" else []


def papers_missing(plan: Plan) -> ColumnElement[bool]:
    """III.4.c: a paper that the plan asks for is not there; a report that a nominee has not."""
    lacking: list[ColumnElement[bool]] = []
    for paper in plan.documents:
        filed = _filed(Document.kind == paper.kind)
        if paper.per == "nominee":
            person = select(Nominee.id).where(Nominee.dossier_id == Dossier.id, Nominee.left_at.is_(None))
            own = filed.where(Document.nominee_id == Nominee.id).correlate(Dossier, Nominee)
            lacking.append(exists(person.where(~exists(own)).correlate(Dossier)))
        else:
            lacking.append(~exists(filed.correlate(Dossier)))
    return or_(false(), *lacking)


def papers_to_mend() -> ColumnElement[bool]:
    """IV: the appraiser's last word on a version in force is "cần sửa"."""
    newer, later = aliased(DocumentVersion), aliased(DocumentVerdict)
    newest = select(func.max(newer.id)).where(newer.document_id == Document.id).correlate(Document).scalar_subquery()
    last = select(func.max(later.id)).where(later.version_id == DocumentVersion.id).correlate(DocumentVersion).scalar_subquery()
    judged = (
        _filed(DocumentVersion.id == newest, DocumentVerdict.id == last, DocumentVerdict.verdict == Verdict.TO_MEND)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(DocumentVerdict, DocumentVerdict.version_id == DocumentVersion.id)
    )
    return exists(judged.correlate(Dossier))


def _filed(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    """The papers of a dossier (in the query around it) that meet conditions."""
    linked = and_(dossier_documents.c.document_id == Document.id, dossier_documents.c.dossier_id == Dossier.id)
    return select(Document.id).join(dossier_documents, linked).where(*conditions)

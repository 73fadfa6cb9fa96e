"""Before a file becomes a version: whether it is there already, whether the dossier has room for it, whether the paper serves others."""

from __future__ import annotations

from sqlalchemy import func, select

from models.db import db
from models.documents import Document, DocumentVersion, dossier_documents
from models.dossiers import Dossier, Nominee
from models.vocabulary import DocumentKind, DossierState
from workflow.rules.objection import Objection

MEGABYTE = 1024 * 1024


def filed_already(dossier: Dossier, kind: DocumentKind, nominee: Nominee | None, sha256: str) -> DocumentVersion | None:
    """The version in force of the same paper that is the same file; for evidence any piece of it."""
    about = nominee.id if nominee else None
    same = (d.latest for d in dossier.documents if d.kind is kind and d.nominee_id == about and d.latest.sha256 == sha256)
    return next(same, None)


def no_room_left(dossier: Dossier, size: int, room: int) -> Objection | None:
    """A dossier's files, all versions together, take up no more than their room."""
    taken = sum(version.size for document in dossier.documents for version in document.versions)
    if taken + size <= room:
        return None
    return Objection("dossier_full", {"taken": taken // MEGABYTE, "room": room // MEGABYTE})


def served_elsewhere(dossier: Dossier, document: Document) -> bool:
    """Whether a paper belongs to another dossier that is no longer being prepared: what was sent does not change any more."""
    query = (
        select(func.count(Dossier.id))
        .join(dossier_documents, dossier_documents.c.dossier_id == Dossier.id)
        .where(dossier_documents.c.document_id == document.id, Dossier.id != dossier.id, Dossier.state != DossierState.SELECTED)
    )
    return bool(db.session.scalar(query))

"""Papers of a dossier (III.4.c): filing a version of a paper, sharing one among the dossiers of its submitting unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audit.actions import Action
from models.db import db
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.people import Actor
from models.vocabulary import DocumentKind, ScanResult
from workflow.acts import not_filing, record_on_dossier, refuse_if
from workflow.paper_rooms import filed_already, no_room_left, served_elsewhere
from workflow.rules.objection import Objection

ROOM = 200 * 1024 * 1024
"""How many bytes the files of one dossier may take up, unless the service's settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An uploaded file as the store keeps it, under the name that the clerk gave it; what the scanner said; a report's sketch."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    scan: ScanResult = ScanResult.UNSCANNED
    sketch: str = ""


def file_paper(
    dossier: Dossier, kind: DocumentKind, nominee: Nominee | None, paper: Paper, *, actor: Actor, at: datetime, room: int = ROOM
) -> DocumentVersion:
    """III.4.c: file a paper for a selected dossier; a paper that is there gets a new version, the old ones stay. The same file again
    is the version that is there. A paper that also serves a dossier no longer being prepared stays as it was sent: this one gets its own.

    Raises ActRefused when the dossier is not being prepared or holds `room` bytes, or when a report names no nominee of this dossier.
    """
    belongs = nominee is None or nominee in dossier.nominees
    refuse_if(
        not_filing(dossier),
        Objection("nominee_unknown", {}) if not belongs or (kind is DocumentKind.ACHIEVEMENT_REPORT and nominee is None) else None,
    )
    known = filed_already(dossier, kind, nominee, paper.sha256)
    if known is not None:
        return known
    refuse_if(no_room_left(dossier, paper.size, room))
    document = next((d for d in dossier.documents if d.kind is kind and d.nominee_id == (nominee.id if nominee else None)), None)
    if document is not None and served_elsewhere(dossier, document):
        dossier.documents.remove(document)
        document = None
    if document is None or kind is DocumentKind.EVIDENCE:
        document = Document(campaign_unit_id=dossier.submits_id, kind=kind, nominee_id=nominee.id if nominee else None)
        db.session.add(document)
        dossier.documents.append(document)
        db.session.flush()
    version, detail = add_version(document, paper, actor=actor, at=at)
    record_on_dossier(Action.DOCUMENT_UPLOAD, dossier, detail, clause="III.4.c", actor=actor, at=at)
    return version


def add_version(document: Document, paper: Paper, *, actor: Actor, at: datetime) -> tuple[DocumentVersion, dict[str, Any]]:
    """Put a file behind the earlier versions of a paper. Gives the version, and what the record keeps of it; the caller records it."""
    version = DocumentVersion(
        number=len(document.versions) + 1,
        file_name=paper.file_name,
        media_type=paper.media_type,
        size=paper.size,
        sha256=paper.sha256,
        uploaded_at=at,
        uploaded_by_id=actor.user_id,
        scan=paper.scan,
        sketch=paper.sketch,
    )
    document.versions.append(version)
    db.session.flush()
    about = {"kind": document.kind.value, "file": paper.file_name, "size": paper.size, "sha256": paper.sha256}
    return version, about | {"version": version.number, "scan": paper.scan.value}


def shareable_papers(dossier: Dossier) -> list[Document]:
    """Tờ trình and biên bản of the same submitting unit that stand in another dossier of the campaign, where this one has none."""
    have = {document.kind for document in dossier.documents}
    found = db.session.scalars(
        select(Document)
        .where(
            Document.campaign_unit_id == dossier.submits_id,
            Document.kind.in_((DocumentKind.PROPOSAL_LETTER, DocumentKind.MINUTES)),
        )
        .order_by(Document.id)
    )
    return [document for document in found if document.kind not in have]


def share_paper(dossier: Dossier, document: Document, *, actor: Actor, at: datetime) -> None:
    """III.4.c: let a tờ trình or biên bản of the submitting unit serve this dossier too; one that does already is left as it is.

    Raises ActRefused when it cannot.
    """
    if document in dossier.documents:
        return
    refuse_if(not_filing(dossier), None if document in shareable_papers(dossier) else Objection("paper_not_shareable", {}, "III.4.c"))
    dossier.documents.append(document)
    db.session.flush()
    detail = {"kind": document.kind.value, "document": document.id, "sha256": document.latest.sha256, "shared": True}
    record_on_dossier(Action.DOCUMENT_UPLOAD, dossier, detail, clause="III.4.c", actor=actor, at=at)

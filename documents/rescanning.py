"""Papers that were taken while no scanner answered: which they are, and what the scanner says of them now. It is marked and on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from documents.refusals import PaperRefused
from documents.scanning import scan
from documents.store import Store
from models.db import db
from models.documents import DocumentVersion, dossier_documents
from models.people import SYSTEM
from models.vocabulary import ScanResult


def unscanned() -> Sequence[tuple[int, str]]:
    """The versions that no scanner has looked at, the oldest first: number and SHA-256."""
    query = select(DocumentVersion.id, DocumentVersion.sha256).where(DocumentVersion.scan == ScanResult.UNSCANNED)
    return [(row.id, row.sha256) for row in db.session.execute(query.order_by(DocumentVersion.id))]


def look_at(store: Store, scanner: str, sha256: str) -> tuple[ScanResult, str]:
    """What the scanner says of a stored file, with the name of the find. Raises FileNotFoundError when the store has it no more."""
    with store.open(sha256) as file:
        content = file.read()
    try:
        return scan(scanner, content), ""
    except PaperRefused as infected:
        return ScanResult.INFECTED, str(infected.params["find"])


def mark(found: Mapping[int, tuple[ScanResult, str]], *, at: datetime) -> None:
    """Write down what the scanner said of versions. Each infected one is on record with its dossiers and is handed out no more."""
    if not found:
        return
    versions = db.session.scalars(select(DocumentVersion).where(DocumentVersion.id.in_(found))).all()
    for version in versions:
        version.scan, find = found[version.id]
        if version.scan is ScanResult.INFECTED:
            _record_infected(version, find, at)
    detail = {"files": len(versions), "infected": sum(version.scan is ScanResult.INFECTED for version in versions)}
    record(Act(Action.DOCUMENT_SCAN, "store:0", detail=detail), actor=SYSTEM, at=at)


def _record_infected(version: DocumentVersion, find: str, at: datetime) -> None:
    detail = {"file": version.file_name, "sha256": version.sha256, "version": version.number, "scan": version.scan.value, "find": find}
    links = select(dossier_documents.c.dossier_id).where(dossier_documents.c.document_id == version.document_id)
    dossiers: Sequence[int | None] = db.session.scalars(links).all() or [None]
    for number in dossiers:
        obj = f"dossier:{number}" if number else f"document:{version.document_id}"
        act = Act(Action.DOCUMENT_SCAN, obj, detail=detail, campaign_id=version.document.owner.campaign_id, dossier_id=number)
        record(act, actor=SYSTEM, at=at)

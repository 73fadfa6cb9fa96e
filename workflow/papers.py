"""Papers and people of a dossier (III.4.b, III.4.c): filing a version of a paper, naming the individuals put forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audit.actions import Action
from models.db import db
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.people import Actor
from models.vocabulary import DocumentKind, DossierState, NomineeKind, ScanResult
from workflow.acts import record_on_dossier, refuse_if
from workflow.paper_rooms import filed_already, no_room_left, served_elsewhere
from workflow.rules.objection import Objection, Place
from workflow.rules.quotas import too_many_individuals

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


@dataclass(frozen=True, slots=True)
class Individual:
    """A person put forward, with the answers that III.1.b asks for; `direct` is shown to the council and bars nobody."""

    full_name: str
    position: str
    workplace: str
    rating: str
    reform_excellent: bool
    direct: bool


def file_paper(
    dossier: Dossier, kind: DocumentKind, nominee: Nominee | None, paper: Paper, *, actor: Actor, at: datetime, room: int = ROOM
) -> DocumentVersion:
    """III.4.c: file a paper for a selected dossier; a paper that is there gets a new version, the old ones stay. The same file again
    is the version that is there. A paper that also serves a dossier no longer being prepared stays as it was sent: this one gets its own.

    Raises ActRefused when the dossier is not being prepared or holds `room` bytes, or when a report names no nominee of this dossier.
    """
    belongs = nominee is None or nominee in dossier.nominees
    refuse_if(
        _not_filing(dossier),
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
    """Tờ trình and biên bản of the same submitting unit that stand in another dossier of the campaign and not yet in this one."""
    have = {document.id for document in dossier.documents}
    found = db.session.scalars(
        select(Document)
        .where(
            Document.campaign_unit_id == dossier.submits_id,
            Document.kind.in_((DocumentKind.PROPOSAL_LETTER, DocumentKind.MINUTES)),
        )
        .order_by(Document.id)
    )
    return [document for document in found if document.id not in have]


def share_paper(dossier: Dossier, document: Document, *, actor: Actor, at: datetime) -> None:
    """III.4.c: let a tờ trình or biên bản of the submitting unit serve this dossier too. Raises ActRefused when it cannot."""
    refuse_if(_not_filing(dossier), None if document in shareable_papers(dossier) else Objection("paper_not_shareable", {}, "III.4.c"))
    dossier.documents.append(document)
    db.session.flush()
    detail = {"kind": document.kind.value, "document": document.id, "sha256": document.latest.sha256, "shared": True}
    record_on_dossier(Action.DOCUMENT_UPLOAD, dossier, detail, clause="III.4.c", actor=actor, at=at)


def name_individuals(dossier: Dossier, individuals: Sequence[Individual], *, actor: Actor, at: datetime) -> None:
    """III.4.b: name the people put forward, in the place of those named before. Raises ActRefused beyond the quota, for a person named
    twice, or for one already put forward by another dossier of the campaign (same name and workplace).

    A person who stays keeps their report; the report of one who leaves is detached from the dossier, its versions stay in the store.
    """
    taken = _named_elsewhere(dossier)
    keys = [(person.full_name.casefold(), person.workplace.casefold()) for person in individuals]
    refuse_if(
        _not_filing(dossier),
        too_many_individuals(len(individuals), dossier.campaign_unit.individual_quota),
        *(
            Objection("named_twice", {"name": p.full_name}, "III.4.b", Place.NOMINEES)
            for p, k in zip(individuals, keys, strict=True)
            if k in taken
        ),
        *(
            Objection("named_twice", {"name": p.full_name}, "III.4.b", Place.NOMINEES)
            for n, p in enumerate(individuals)
            if keys[n] in keys[:n]
        ),
    )
    staying = {(n.full_name.casefold(), n.workplace.casefold()): n for n in dossier.nominees if n.kind is NomineeKind.INDIVIDUAL}
    for key, nominee in staying.items():
        if key not in keys:
            _detach_reports(dossier, nominee)
            nominee.left_at = at
    for person, key in zip(individuals, keys, strict=True):
        if key not in staying:
            staying[key] = Nominee(dossier_id=dossier.id, kind=NomineeKind.INDIVIDUAL, full_name=person.full_name)
            db.session.add(staying[key])
        nominee = staying[key]
        nominee.position, nominee.workplace = person.position, person.workplace
        nominee.rating, nominee.reform_excellent, nominee.direct = person.rating, person.reform_excellent, person.direct
    db.session.flush()
    db.session.expire(dossier, ["nominees"])
    detail = {
        "individuals": [
            {"name": p.full_name, "position": p.position, "workplace": p.workplace, "rating": p.rating, "reform": p.reform_excellent}
            for p in individuals
        ]
    }
    record_on_dossier(Action.DOSSIER_NOMINEES, dossier, detail, clause="III.4.b", actor=actor, at=at)


def _not_filing(dossier: Dossier) -> Objection | None:
    if dossier.state is DossierState.SELECTED:
        return None
    return Objection("not_filing", {"state": dossier.state.value}, "III.4.c")


def _named_elsewhere(dossier: Dossier) -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(Nominee.full_name, Nominee.workplace)
        .join(Nominee.dossier)
        .where(
            Dossier.campaign_id == dossier.campaign_id,
            Dossier.id != dossier.id,
            Dossier.state.not_in((DossierState.WITHDRAWN, DossierState.NOT_SELECTED, DossierState.LAPSED)),
            Nominee.kind == NomineeKind.INDIVIDUAL,
            Nominee.left_at.is_(None),
        )
    )
    return {(name.casefold(), workplace.casefold()) for name, workplace in rows}


def _detach_reports(dossier: Dossier, nominee: Nominee) -> None:
    for document in [d for d in dossier.documents if d.nominee_id == nominee.id]:
        dossier.documents.remove(document)
        document.kind, document.nominee_id = DocumentKind.EVIDENCE, None
    db.session.flush()

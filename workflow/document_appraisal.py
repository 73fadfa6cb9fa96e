"""The papers as the appraiser and the unit see them (III.4.c, IV): a slot for each paper that the plan asks for, and the word on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from audit.actions import Action
from models.audit import AuditEntry
from models.db import db
from models.documents import Document, DocumentVerdict, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.people import Actor
from models.vocabulary import DocumentKind, DossierState, Verdict
from workflow.acts import record_on_dossier, refuse_if
from workflow.rules.likeness import nearly_the_same
from workflow.rules.objection import Objection


@dataclass(frozen=True, slots=True)
class Slot:
    """A paper that the plan asks for, of the submitting unit or of one nominee, and what is there for it."""

    kind: DocumentKind
    label: str
    nominee: Nominee | None
    document: Document | None

    @property
    def name(self) -> str:
        """The slot in a form: the kind, and for a report its nominee's number."""
        return f"{self.kind.value}-{self.nominee.id}" if self.nominee else self.kind.value

    @property
    def title(self) -> str:
        """The paper in words, with whose it is."""
        return f"{self.label} – {self.nominee.full_name}" if self.nominee else self.label

    @property
    def verdict(self) -> DocumentVerdict | None:
        """The appraiser's word on the version in force."""
        return self.document.latest.verdict if self.document else None


def slots_of(dossier: Dossier) -> list[Slot]:
    """III.4.c: tờ trình, biên bản and a report of each nominee, in the plan's order."""
    there = {(document.kind, document.nominee_id): document for document in dossier.documents}
    return [
        Slot(paper.kind, paper.label, nominee, there.get((paper.kind, nominee.id if nominee else None)))
        for paper in dossier.campaign.plan.documents
        for nominee in (dossier.nominees if paper.per == "nominee" else [None])
    ]


def evidence_of(dossier: Dossier) -> list[Document]:
    """What supports the answers, each piece of it."""
    return [document for document in dossier.documents if document.kind is DocumentKind.EVIDENCE]


def reports_alike(dossier: Dossier) -> list[tuple[str, str]]:
    """III.4.c: pairs of nominees whose reports are the same file or nearly the same text. A warning, never a bar."""
    reports = [(s.nominee.full_name, s.document.latest) for s in slots_of(dossier) if s.nominee and s.document]
    return [
        (one, other)
        for (one, first), (other, second) in combinations(reports, 2)
        if first.sha256 == second.sha256 or nearly_the_same(first.sketch, second.sketch)
    ]


def wanting(dossier: Dossier) -> list[tuple[str, str]]:
    """IV: the papers whose version in force is "cần sửa", each with what the appraiser said of it."""
    papers = [(slot.title, slot.document) for slot in slots_of(dossier) if slot.document]
    papers += [(f"{piece.kind.label} “{piece.latest.file_name}”", piece) for piece in evidence_of(dossier)]
    words = [(title, paper.latest.verdict) for title, paper in papers]
    return [(title, word.comment) for title, word in words if word and word.verdict is Verdict.TO_MEND]


def appraise(
    dossier: Dossier, version: DocumentVersion, verdict: Verdict, comment: str, *, actor: Actor, at: datetime, key: str | None = None
) -> AuditEntry | None:
    """IV: home affairs says of a paper "đạt" or "cần sửa". The word is on the version: a new version is looked at anew. It is advice.

    The same word again changes nothing. Raises ActRefused unless the dossier is submitted, for a version that is not in force, and
    for "cần sửa" without a comment.
    """
    refuse_if(
        None if dossier.state is DossierState.SUBMITTED else Objection("not_appraising", {"state": dossier.state.value}, "IV"),
        None if version in [d.latest for d in dossier.documents] else Objection("version_replaced", {"file": version.file_name}, "IV"),
        Objection("mending_unexplained", {"file": version.file_name}, "IV") if verdict is Verdict.TO_MEND and not comment else None,
    )
    before = version.verdict
    if before is not None and (before.verdict, before.comment) == (verdict, comment):
        return None
    version.verdicts.append(DocumentVerdict(verdict=verdict, comment=comment, given_at=at, given_by_id=actor.user_id))
    db.session.flush()
    detail = {"file": version.file_name, "version": version.number, "sha256": version.sha256, "verdict": verdict.value, "comment": comment}
    return record_on_dossier(Action.DOCUMENT_APPRAISE, dossier, detail, clause="IV", actor=actor, at=at, key=key)

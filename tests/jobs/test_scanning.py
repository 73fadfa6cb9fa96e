"""Papers taken while no scanner was there are scanned when there is one, by a clamd on a real socket."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from documents.store import Store
from jobs.scanning import scan_stored
from jobs.schedule import JOBS
from models.audit import AuditEntry
from models.db import db, transaction
from models.documents import DocumentVersion
from models.dossiers import Dossier
from models.vocabulary import DocumentKind, DossierState, ScanResult, Step
from tests.actors import DEPARTMENT, bring, usual_actor
from tests.builders import at
from tests.documents.hostile.files import EICAR, PDF
from tests.documents.test_scanning import clamd
from workflow.papers import Paper, file_paper
from workflow.steps import steps_from

WHEN = at("2022-01-18 09:00")


def filed(app: Flask) -> Dossier:
    """A department's dossier with a sound minutes and an infected tờ trình, both taken unscanned; the evidence is gone from the store."""
    dossier, store = bring(DEPARTMENT, DossierState.SELECTED), Store(app.config["STORE_URL"])
    for kind, content in ((DocumentKind.MINUTES, PDF), (DocumentKind.PROPOSAL_LETTER, EICAR), (DocumentKind.EVIDENCE, None)):
        sha256 = store.keep(content) if content else "0" * 64
        paper = Paper(f"{kind.value}.pdf", "application/pdf", 10, sha256)
        with transaction():
            file_paper(dossier, kind, None, paper, actor=usual_actor(dossier, Step.SUBMIT), at=WHEN)
    return dossier


def scans() -> dict[str, ScanResult]:
    """What each version says of its scan, by the kind of its paper."""
    return {version.document.kind.value: version.scan for version in db.session.scalars(select(DocumentVersion))}


def test_what_was_taken_unscanned_is_scanned_once_there_is_a_scanner(ranked_app: Flask, tmp_path: Path) -> None:
    ranked_app.config["STORE_URL"] = str(tmp_path / "papers")
    dossier = filed(ranked_app)
    without = scan_stored(WHEN)
    ranked_app.config["CLAMD_ADDRESS"] = "127.0.0.1:1"
    down = scan_stored(WHEN)
    with clamd() as address:
        ranked_app.config["CLAMD_ADDRESS"] = address
        said = scan_stored(WHEN)
        again = scan_stored(WHEN)

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "document.scan").order_by(AuditEntry.seq)).all()
    assert (without, down) == ("no scanner", "0 scanned, 0 infected, 3 left")
    assert (said, again) == ("2 scanned, 1 infected, 1 left", "0 scanned, 0 infected, 1 left")
    assert scans() == {"minutes": ScanResult.CLEAN, "proposal_letter": ScanResult.INFECTED, "evidence": ScanResult.UNSCANNED}
    assert [entry.dossier_id for entry in entries] == [dossier.id, None]
    assert json.loads(entries[0].detail or "")["find"] == "Win.Test.EICAR_HDB-1"
    assert json.loads(entries[1].detail or "") == {"files": 2, "infected": 1}
    assert "scan" in {job.name for job in JOBS}


def test_an_infected_paper_is_none_and_is_not_handed_out(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    ranked_sqlite_app.config["STORE_URL"] = str(tmp_path / "papers")
    dossier = filed(ranked_sqlite_app)
    with clamd() as address:
        ranked_sqlite_app.config["CLAMD_ADDRESS"] = address
        scan_stored(WHEN)

    officer = usual_actor(dossier, Step.SUBMIT)
    submit = next(option for option in steps_from(dossier, actor=officer, at=WHEN) if option.step is Step.SUBMIT)
    missing = [o.params["label"] for o in submit.objections if o.code == "document_missing"]

    assert missing == ["Tờ trình đề nghị khen thưởng", "Báo cáo thành tích"]

"""R10: an upload is killed at each of its points. No row without its file; the control, which writes the row first, must lose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from audit import verify
from config import ROOT
from documents.store import Store
from models.db import db
from models.documents import DocumentVersion
from models.vocabulary import DossierState
from tests import stages
from tests.actors import DEPARTMENT, bring
from tests.documents.crash import POINTS
from tests.stages import application


def selected() -> None:
    """A department prepares its papers."""
    bring(DEPARTMENT, DossierState.SELECTED)


stages.STAGES["filing"] = ("ranked", selected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("order", "kind"), [("right", "sqlite"), ("naive", "sqlite"), pytest.param("right", "postgresql", marks=pytest.mark.postgres)]
)
def test_an_upload_killed_anywhere_leaves_no_row_without_its_file(
    order: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = Store(str(tmp_path / "papers"))
    with stages.database_at("filing", kind, request, tmp_path) as url:
        command = [sys.executable, "-m", "tests.documents.crash", url, store.place, order]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

        with application(url, tmp_path / "instance"):
            kept = list(db.session.scalars(select(DocumentVersion.sha256)))
            chain = verify()
    lost = [sha256 for sha256 in kept if not store.has(sha256)]
    wrong = [sha256 for sha256 in set(kept) - set(lost) if store.digest(sha256) != sha256]

    assert done.returncode == 0, done.stderr
    assert (chain.intact, wrong) == (True, [])
    assert (len(kept), len(lost)) == ((2, 0) if order == "right" else (POINTS, 4))

"""R11, in small: the record, its exports and its proofs tampered with in every way. `python -m benchmarks.r11` makes 200 of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from benchmarks import r11, r11_exports
from benchmarks.r11_kinds import KINDS
from models.vocabulary import DossierState
from tests.actors import COMMUNE, bring


@pytest.mark.slow
def test_every_tampering_is_found_the_entry_named_and_nothing_else_is_accused(blank_app: Flask, tmp_path: Path) -> None:
    r11.build(24, 6, tmp_path / "mails")

    missed, wrong = r11.run(5, tmp_path / "mails", say=lambda _: None)

    assert wrong == []
    # The naive control, a chain without checkpoints, sees neither a cut end nor a rewriting.
    assert {kind.__name__: missed[kind.__name__] for kind in KINDS} == {
        "edit": 0,
        "delete": 0,
        "insert": 0,
        "swap": 0,
        "truncate": 5,
        "rewrite": 5,
    }


@pytest.mark.slow
def test_every_forged_export_and_every_forged_proof_is_found(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    bring(COMMUNE, DossierState.SELECTED)

    taken = r11_exports.take_away(tmp_path / "away")

    assert r11_exports.run(1, taken) == []

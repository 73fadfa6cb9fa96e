"""What is held on a person is handed to that person, and nothing of others with it."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

from audit import verify
from audit.actions import Action
from models.db import db
from models.people import User
from models.vocabulary import DossierState
from tests.actors import COMMUNE, bring, last_entry
from tests.builders import actor_of


def officer_login(number: int | None) -> str:
    return db.session.get_one(User, number).login


def test_a_persons_data_is_taken_away_with_what_they_did_and_that_is_on_record(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    bring(COMMUNE, DossierState.SELECTED)
    officer, out = actor_of("906"), tmp_path / "nguoi.json"
    login, before = officer_login(officer.user_id), last_entry().seq

    result = ranked_sqlite_app.test_cli_runner().invoke(args=["people", "export", login.upper(), "--out", str(out)])
    told = json.loads(out.read_text(encoding="utf-8"))

    assert result.exit_code == 0, result.output
    assert (told["tai_khoan"]["dang_nhap"], told["tai_khoan"]["ho_ten"]) == (login, officer.name)
    assert "Chọn tập thể" in {act["viec"] for act in told["viec_da_lam"]}
    assert all("chi_tiet" not in act for act in told["viec_da_lam"])
    assert (last_entry().action, last_entry().seq) == (Action.PEOPLE_EXPORT, before + 1)
    assert "password" not in out.read_text(encoding="utf-8")
    assert verify().intact


def test_nobodys_data_is_not_taken_away(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    before = last_entry().seq

    result = ranked_sqlite_app.test_cli_runner().invoke(args=["people", "export", "khong.ai@x.vn", "--out", str(tmp_path / "n.json")])

    assert (result.exit_code, last_entry().seq, (tmp_path / "n.json").exists()) == (1, before, False)

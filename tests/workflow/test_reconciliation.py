"""R17: rows, record and outbox agree, exactly; whatever is taken away from one of them shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from audit.actions import Action
from jobs.record import take
from models.db import db, transaction
from models.documents import DocumentVersion
from models.vocabulary import AuditResult, DossierState
from tests.actors import COMMUNE, bring, home, last_entry
from tests.builders import at
from workflow.extensions import extend
from workflow.reconciliation import reconcile

DISARM = ["DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_checkpoints_no_delete", "PRAGMA defer_foreign_keys = ON"]


def differences() -> list[str]:
    found = [str(difference) for difference in reconcile().differences]
    db.session.rollback()
    return found


def test_a_season_by_the_real_road_agrees(ranked_app: Flask) -> None:
    bring(COMMUNE, DossierState.SELECTED)

    found = reconcile()

    assert found.differences == ()
    assert (found.dossiers, found.entries, found.notices) == tuple(
        db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in ("dossiers", "audit_entries", "notices")
    )


def test_papers_that_came_by_another_road_have_no_upload_on_record(ranked_sqlite_app: Flask) -> None:
    bring(COMMUNE, DossierState.SUBMITTED)  # the builders put papers into the tables without recording them

    versions = db.session.scalars(select(DocumentVersion.sha256)).all()
    assert differences() == [f"tài liệu {versions[0][:16]}: thiếu {len(versions)} bản ghi tải lên"]


def test_a_late_dossier_that_was_admitted_agrees(ranked_sqlite_app: Flask) -> None:
    dossier, officer = bring(COMMUNE, DossierState.SELECTED), home()
    decided = {"number": "15/SNV", "decided_on": date(2022, 2, 9), "due_on": date(2022, 2, 28), "reason": "Bão lụt."}

    with transaction():
        extend(dossier, **decided, actor=officer, at=at("2022-02-10 09:00"))

    assert last_entry().action == Action.DOSSIER_ADMIT
    assert differences() == []


SPOILT: dict[str, tuple[str, str]] = {
    "a state set by hand": (
        "UPDATE dossiers SET state = 'awarded' WHERE id = 1",
        "hồ sơ 2021-",
    ),
    "a version turned back": ("UPDATE dossiers SET version = 0 WHERE id = 1", "phiên bản 0"),
    "a form's state set by hand": ("UPDATE registrations SET state = 'returned' WHERE id = 1", "bản đăng ký 1: returned"),
    "a notice gone": (
        "DELETE FROM outbox_mails WHERE notice_id IN (SELECT id FROM notices WHERE letter = 'selected');"
        "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE letter = 'selected')",
        "không có thông báo selected",
    ),
    "a notice on another entry": (
        "UPDATE notices SET audit_seq = 1 WHERE id = (SELECT max(id) FROM notices WHERE letter = 'campaign_opened')",
        "không khớp bản ghi 1",
    ),
    "a sent mail without its text": (
        "UPDATE outbox_mails SET state = 'accepted' WHERE id = 1",
        "thư 1: đã gửi mà không còn nội dung",
    ),
    "a reminder without its notice": (
        "UPDATE reminder_entries SET notice_id = NULL WHERE id = (SELECT min(id) FROM reminder_entries WHERE outcome = 'queued')",
        "không có thông báo",
    ),
    "a ruling nobody recorded": (
        "UPDATE audit_entries SET action = 'quota.explain' WHERE action = 'ruling.record'",
        "campaign:1: thiếu 1 bản ghi ruling.record",
    ),
    "a published ranking nobody recorded": (
        "UPDATE audit_entries SET action = 'quota.explain' WHERE action = 'ranking.publish'",
        "thiếu 1 bản ghi ranking.publish",
    ),
    "a recognition nobody recorded": (
        "UPDATE audit_entries SET action = 'quota.explain'"
        " WHERE seq = (SELECT min(seq) FROM audit_entries WHERE action = 'result.recognise')",
        "thiếu 1 bản ghi result.recognise",
    ),
    "an original that nobody took in": (
        "UPDATE audit_entries SET action = 'dossier.original' WHERE seq = (SELECT min(seq)"
        " FROM audit_entries WHERE action = 'dossier.select')",
        "nhật ký ghi dossier.original, dữ liệu thiếu",
    ),
    "an entry that no word finds": ("DELETE FROM audit_words WHERE rowid = 7", "bản ghi 7: thiếu trong chỉ mục"),
    "an entry that its day does not find": ("UPDATE audit_days SET first = 6 WHERE first = 5", "bản ghi 5: thiếu trong chỉ mục"),
    "a day gone": ("DELETE FROM audit_days", "bản ghi 1: thiếu trong chỉ mục"),
    "a checkpoint gone": ("DELETE FROM audit_checkpoints", "mốc kiểm tra"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_whatever_does_not_agree_is_told(ranked_sqlite_app: Flask, what: str) -> None:
    bring(COMMUNE, DossierState.SELECTED)
    take(at("2022-01-18 08:00"))
    db.session.rollback()
    statements, told = SPOILT[what]

    with db.engine.connect() as connection, connection.begin():
        for statement in [*DISARM, *statements.split(";")]:
            connection.execute(text(statement))

    found = differences()
    assert found
    assert any(told in line for line in found), found


def run(app: Flask) -> Any:
    return app.test_cli_runner().invoke(args=["audit", "reconcile"])


def test_the_command_says_that_all_agrees_and_puts_it_on_record(ranked_sqlite_app: Flask) -> None:
    result = run(ranked_sqlite_app)

    assert (result.exit_code, "không có điểm không khớp" in result.output) == (0, True)
    assert (last_entry().action, last_entry().result) == ("audit.reconcile", AuditResult.DONE)


def test_the_command_lists_what_does_not_agree_and_exits_with_one(ranked_sqlite_app: Flask) -> None:
    with db.engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE dossiers SET state = 'awarded' WHERE id = 1"))

    result = run(ranked_sqlite_app)

    assert (result.exit_code, "hồ sơ 2021-" in result.output) == (1, True)
    assert last_entry().result is AuditResult.REFUSED
    assert "hồ sơ 2021-" in (last_entry().detail or "")

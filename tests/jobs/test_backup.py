"""R12, in small: a backup taken while others write is whole, restores, and is refused once anything in it has changed."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from audit import Act, record, verify
from audit.actions import Action
from documents.store import Store
from models.audit import AuditEntry
from models.db import db, transaction
from models.people import SYSTEM
from models.vocabulary import AuditResult, DossierState
from tests.actors import COMMUNE, bring, campaign_2021, last_entry
from tests.builders import at, dossier_of
from tests.stages import application

PDF = b"%PDF-1.4\n%%EOF"


def flask(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["backup", *words])
    return result.exit_code, result.output


def with_papers(app: Flask) -> None:
    """A dossier with papers whose files lie in the store."""
    bring(COMMUNE, DossierState.SELECTED)
    bring_papers(Store(str(app.config["INSTANCE"] / "papers")).keep(PDF))


def bring_papers(sha256: str) -> None:
    from models.documents import Document, DocumentVersion
    from models.vocabulary import DocumentKind

    with transaction() as session:
        dossier = dossier_of(campaign_2021(), COMMUNE)
        version = DocumentVersion(
            number=1, file_name="a.pdf", media_type="application/pdf", size=len(PDF), sha256=sha256, uploaded_at=at("2022-01-20 09:00")
        )
        session.add(Document(campaign_unit_id=dossier.submits_id, kind=DocumentKind.MINUTES, versions=[version]))


def test_a_backup_under_load_is_whole_and_restores(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    with_papers(ranked_sqlite_app)
    done = threading.Event()

    def write() -> None:
        with ranked_sqlite_app.app_context():
            while not done.wait(0.02):
                with transaction():
                    record(Act(Action.MAIL_RETRY, "mail:1"), actor=SYSTEM, at=at("2022-01-20 08:00"))
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        created = flask(ranked_sqlite_app, "create", "--out", str(tmp_path / "sao.zip"))
    finally:
        done.set()
        writer.join()

    assert (created[0], "Đã sao lưu" in created[1]) == (0, True)
    recorded = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "backup.create")).one()
    assert recorded.result is AuditResult.DONE
    assert flask(ranked_sqlite_app, "verify", str(tmp_path / "sao.zip"))[0] == 0
    zipfile.ZipFile(tmp_path / "sao.zip").extractall(tmp_path / "back")
    with application(f"sqlite:///{tmp_path / 'back' / 'thidua.db'}", tmp_path / "back"):
        assert verify().intact
        assert db.session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "campaign.open")).one()
    assert [path.read_bytes() for path in (tmp_path / "back" / "papers").rglob("*") if path.is_file()] == [PDF]


def test_a_backup_does_not_carry_the_keys(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    flask(ranked_sqlite_app, "create", "--out", str(tmp_path / "sao.zip"))

    assert not [name for name in zipfile.ZipFile(tmp_path / "sao.zip").namelist() if name.endswith(".key")]


def test_a_backup_in_which_a_paper_is_missing_is_refused_and_that_is_on_record(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    with_papers(ranked_sqlite_app)
    shutil.rmtree(ranked_sqlite_app.config["INSTANCE"] / "papers")

    code, said = flask(ranked_sqlite_app, "create", "--out", str(tmp_path / "sao.zip"))

    assert (code, "thiếu 1 tài liệu" in said) == (1, True)
    assert last_entry().result is AuditResult.REFUSED
    assert list(tmp_path.glob("sao.zip*")) == []


@pytest.mark.parametrize("spoil", ["paper", "database", "listing", "truncated"])
def test_a_changed_backup_is_found_out(ranked_sqlite_app: Flask, tmp_path: Path, spoil: str) -> None:
    with_papers(ranked_sqlite_app)
    flask(ranked_sqlite_app, "create", "--out", str(tmp_path / "sao.zip"))
    source = zipfile.ZipFile(tmp_path / "sao.zip")
    contents = {name: source.read(name) for name in source.namelist()}
    paper = next(name for name in contents if name.startswith("papers/"))
    if spoil == "paper":
        contents[paper] = PDF + b"x"
    elif spoil == "database":
        contents["thidua.db"] = contents["thidua.db"].replace(b"campaign.open", b"campaign.opex")
    elif spoil == "listing":
        listing = json.loads(contents["danh-sach.json"])
        contents["danh-sach.json"] = json.dumps({name: told for name, told in listing.items() if name != paper}).encode()
    with zipfile.ZipFile(tmp_path / "khac.zip", "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    if spoil == "truncated":
        (tmp_path / "khac.zip").write_bytes((tmp_path / "khac.zip").read_bytes()[:-100])

    code, said = flask(ranked_sqlite_app, "verify", str(tmp_path / "khac.zip"))

    assert (code, "Bản sao không dùng được" in said) == (1, True)
    assert (last_entry().action, last_entry().result) == ("backup.verify", AuditResult.REFUSED)


@pytest.mark.postgres
def test_postgresql_is_referred_to_its_own_tool(ranked_postgres_app: Flask, tmp_path: Path) -> None:
    code, said = flask(ranked_postgres_app, "create", "--out", str(tmp_path / "sao.zip"))

    assert (code, "pg_dump" in said) == (1, True)

"""Checkpoints: signed after C2SP, one a day, in a table nobody changes, in files and in mails; what they tell that the chain cannot."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from audit import Act, checkpoints, record_all
from audit.actions import Action
from audit.notes import KeyUnreadable, PublicKey, kept_key, read_journal_codes, read_key, read_notes, readable
from config import Config, Misconfigured
from jobs.record import daily, origin, signing_key, take
from jobs.schedule import JOBS
from models.audit import AuditEntry, Checkpoint
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.people import SYSTEM
from models.vocabulary import AuditResult, LetterName
from notifications.outbox import letter_of
from tests.actors import last_entry
from tests.audit.test_verify import edit_record, tamper
from tests.builders import at

MORNING = at("2021-03-31 08:00")


def write(count: int = 6) -> None:
    with transaction():
        record_all([Act(Action.REMINDERS_SWEEP, f"sweep:{n}", detail={"queued": n}) for n in range(count)], actor=SYSTEM, at=MORNING)


def instance(app: Flask) -> Path:
    folder: Path = app.config["INSTANCE"]
    return folder


# Signed notes


def test_the_specifications_own_note_is_read_and_its_signature_holds() -> None:
    # C2SP signed-note, the example of its reference implementation.
    key = PublicKey.read("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    signature = base64.b64decode("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=")

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], b"This is an example message.\n")
    assert signature[:4] == key.key_id
    assert str(key) == "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


@pytest.mark.parametrize("changed", ["", "x", "a+b+c", "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"])
def test_a_key_that_is_none_is_refused(changed: str) -> None:
    with pytest.raises(KeyUnreadable):
        PublicKey.read(changed)


def test_processes_that_start_together_have_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: kept_key(tmp_path / "new", "thidua.example/nhat-ky"), range(16)))

    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "new" / "checkpoint.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["checkpoint.key"]


def test_a_damaged_key_file_is_not_taken_for_a_key(tmp_path: Path) -> None:
    kept_key(tmp_path, "thidua.example/nhat-ky")
    path = tmp_path / "checkpoint.key"
    path.write_text(path.read_text().replace("nhat-ky", "nhat-kx"))

    with pytest.raises(KeyUnreadable):
        read_key(path)


def test_the_name_of_the_record_is_the_services_address() -> None:
    assert origin("https://thidua.example.vn/cchc/") == "thidua.example.vn/cchc/nhat-ky"


def test_a_mail_program_may_quote_indent_and_break_a_note(tmp_path: Path) -> None:
    key = kept_key(tmp_path, "thidua.example/nhat-ky")
    note = key.sign(checkpoints.checkpoint_text(key.name, 12, "ab" * 32))
    lines = note.replace("— thidua.example/nhat-ky ", "— thidua.example/nhat-ky\r\n").splitlines()
    mail = "Kính gửi\r\n" + "".join(f"> >    {line}\r\n" for line in lines) + "Mã nhật ký: 13-00112233aabbccdd\r\n"

    (found,) = read_notes(mail)

    assert (found.size, found.root, found.note) == (12, "ab" * 32, note)
    assert found.signed_by(key.public)
    assert list(read_journal_codes(mail)) == [(13, "00112233aabbccdd")]


# Taking one


def test_a_checkpoint_stands_in_the_record_the_table_and_a_file(blank_app: Flask) -> None:
    write()

    take(MORNING)

    row, entry = db.session.scalars(select(Checkpoint)).one(), last_entry()
    (path,) = (instance(blank_app) / "checkpoints").iterdir()
    (note,) = read_notes(row.note)
    assert (row.size, row.seq, entry.seq, entry.action) == (6, 7, 7, "audit.checkpoint")
    assert path.read_text(encoding="utf-8") == row.note
    assert (note.size, note.root, note.signed_by(signing_key().public)) == (6, row.root, True)


def test_an_empty_record_has_no_checkpoint(sqlite_app: Flask) -> None:
    assert take(MORNING).count == 0
    assert db.session.scalar(select(Checkpoint.seq)) is None


CHANGES = [
    "UPDATE audit_checkpoints SET note = 'x'",
    "UPDATE audit_checkpoints SET size = 1",
    "DELETE FROM audit_checkpoints",
]


def test_the_database_refuses_every_change_of_a_checkpoint(blank_app: Flask) -> None:
    write()
    take(MORNING)
    db.session.rollback()  # a reader's lock would keep TRUNCATE waiting
    changes = [*CHANGES, "TRUNCATE audit_checkpoints"] if db.engine.dialect.name == "postgresql" else CHANGES

    for change in changes:
        with pytest.raises(DBAPIError, match="never"), db.engine.connect() as connection, connection.begin():
            connection.execute(text(change))

    assert checkpoints.check(instance(blank_app)).checkpoints == 1


def test_the_worker_takes_one_a_day_and_knows_it_from_the_database(sqlite_app: Flask) -> None:
    write()
    days: list[datetime] = [at("2021-03-31 23:50"), at("2021-03-31 23:59"), at("2021-04-01 00:01"), at("2021-04-01 18:00")]

    said = [daily(day, datetime.now) for day in days]

    assert said == ["6 entries signed", "none due", "7 entries signed", "none due"]
    assert "checkpoint" in {job.name for job in JOBS}


def test_a_broken_record_is_not_signed_and_the_finding_is_on_record_once_a_day(blank_app: Flask) -> None:
    write()
    edit_record()

    said = [daily(when, datetime.now) for when in (MORNING, at("2021-03-31 09:00"))]

    assert said == ["entry 3: hash", "none due"]
    assert db.session.scalar(select(Checkpoint.seq)) is None
    assert (last_entry().action, last_entry().result) == ("audit.verify", AuditResult.REFUSED)


def test_a_lost_file_is_written_again_from_the_table(sqlite_app: Flask) -> None:
    write()
    take(MORNING)
    (path,) = (instance(sqlite_app) / "checkpoints").iterdir()
    path.unlink()

    take(MORNING)

    assert path.exists()


# Mailing it


def test_a_checkpoint_is_mailed_to_the_mailboxes_that_keep_it(opened_app: Flask, tmp_path: Path) -> None:
    opened_app.config["AUDIT_MAILBOXES"] = ("luu@tinhuy.example", "luu@thanhtra.example")

    take(MORNING)

    notice = db.session.scalars(select(Notice).where(Notice.letter == LetterName.AUDIT_CHECKPOINT)).one()
    mails = db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.notice_id == notice.id).order_by(OutboxMail.id)).all()
    letter = letter_of(notice)
    assert mails == ["luu@tinhuy.example", "luu@thanhtra.example"]
    assert [note.size for note in read_notes(letter.text)] == [notice.audit_seq - 1]
    assert list(read_journal_codes(letter.text)) == [(notice.audit_seq, last_entry().hash[:16])]
    assert str(signing_key().public) in letter.text


def test_without_mailboxes_nobody_is_written_to(opened_sqlite_app: Flask) -> None:
    take(MORNING)

    assert db.session.scalar(select(Notice.id).where(Notice.letter == LetterName.AUDIT_CHECKPOINT)) is None


def test_what_is_no_address_is_no_mailbox(tmp_path: Path) -> None:
    given = {"THIDUA_INSTANCE": str(tmp_path), "AUDIT_MAILBOXES": "a@b.vn, c@d.vn"}

    assert Config.from_environment(given).audit_mailboxes == ("a@b.vn", "c@d.vn")
    with pytest.raises(Misconfigured, match="AUDIT_MAILBOXES"):
        Config.from_environment(given | {"AUDIT_MAILBOXES": "a@b.vn, nobody"})


# Checking against them


def test_a_cut_end_and_a_rewriting_are_told_by_the_checkpoints_alone(blank_app: Flask) -> None:
    write()
    take(MORNING)
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM audit_entries")).scalar_one()

    disarm = {
        "sqlite": "DROP TRIGGER audit_checkpoints_no_delete",
        "postgresql": "ALTER TABLE audit_checkpoints DISABLE TRIGGER USER",
    }
    tamper(disarm[db.engine.dialect.name], "DELETE FROM audit_checkpoints", "DELETE FROM audit_entries WHERE seq > 4")
    found = checkpoints.check(instance(blank_app))

    assert (found.bad_seq, found.until, found.fault) == (5, 6, "missing")
    assert rows == 7


def test_a_checkpoint_signed_by_a_stranger_is_a_fault_of_its_own(sqlite_app: Flask, tmp_path: Path) -> None:
    write()
    take(MORNING)
    stranger = kept_key(tmp_path / "stranger", signing_key().name)
    given = tmp_path / "given.txt"
    given.write_text(stranger.sign(checkpoints.checkpoint_text(stranger.name, 3, "ab" * 32)), encoding="utf-8")

    found = checkpoints.check(instance(sqlite_app), [given])

    assert (found.fault, found.bad_seq, found.source) == ("signature", 3, "given.txt")


def test_a_checkpoint_of_another_record_is_passed_over(sqlite_app: Flask, tmp_path: Path) -> None:
    write()
    take(MORNING)
    other = kept_key(tmp_path / "other", "khac.example/nhat-ky")
    (tmp_path / "other.txt").write_text(other.sign(checkpoints.checkpoint_text(other.name, 3, "ab" * 32)), encoding="utf-8")

    assert checkpoints.check(instance(sqlite_app), [tmp_path / "other.txt"]).intact


def test_without_its_key_file_the_keys_of_the_table_serve_or_the_one_given(sqlite_app: Flask) -> None:
    write()
    take(MORNING)
    key = signing_key().public
    (instance(sqlite_app) / "checkpoint.key").unlink()

    by_the_table = checkpoints.check(instance(sqlite_app))
    take(MORNING)  # makes a new key

    assert by_the_table.intact
    assert checkpoints.check(instance(sqlite_app)).fault == "signature"
    assert checkpoints.check(instance(sqlite_app), keys=[key]).checkpoints == 2
    (instance(sqlite_app) / "checkpoint.former").write_text(f"{key}\n", encoding="utf-8")
    assert checkpoints.check(instance(sqlite_app)).checkpoints == 2


def test_saved_mails_are_read_decoded(tmp_path: Path) -> None:
    body = base64.b64encode("Mã nhật ký: 3-00112233aabbccdd".encode()).decode()
    (tmp_path / "thu.eml").write_text(f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{body}\n")

    ((_, found),) = readable(tmp_path)

    assert list(read_journal_codes(found)) == [(3, "00112233aabbccdd")]


def test_the_code_in_a_letter_tells_that_its_entry_was_rewritten(sqlite_app: Flask, tmp_path: Path) -> None:
    write()
    entry = db.session.get_one(AuditEntry, 4)
    (tmp_path / "thu.txt").write_text(f"Mã nhật ký: 4-{entry.hash[:16]}\n", encoding="utf-8")
    (tmp_path / "gia.txt").write_text("Mã nhật ký: 5-0011223344556677\n", encoding="utf-8")

    right, wrong = (checkpoints.check(instance(sqlite_app), [tmp_path / name]) for name in ("thu.txt", "gia.txt"))

    assert (right.intact, right.letters) == (True, 1)
    assert (wrong.fault, wrong.bad_seq, wrong.until) == ("letter", 1, 5)

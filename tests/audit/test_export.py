"""What is taken away: the year's ZIP and the proof of a dossier, and the checker in it, run as its reader runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, text

from audit import Act, kiem_tra, record, verify
from audit.actions import Action
from cli.audit import FAULTS
from models.audit import AuditEntry, Checkpoint
from models.db import db, transaction
from models.people import SYSTEM
from models.vocabulary import AuditResult, DossierState
from tests.actors import COMMUNE, bring, campaign_2021, last_entry
from tests.audit.test_verify import edit_record, tamper, write
from tests.builders import at, dossier_of


def flask(app: Flask, *words: str) -> tuple[int, str]:
    """A command as it is typed: its exit code and what it printed."""
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output


def exported(app: Flask, folder: Path) -> Path:
    """The year's export, unpacked."""
    code, said = flask(app, "audit", "export", "--campaign", "2021", "--out", str(folder / "nam-2021.zip"))
    assert (code, said.splitlines()[-1].startswith("Đã xuất")) == (0, True)
    zipfile.ZipFile(folder / "nam-2021.zip").extractall(folder / "nam-2021")
    return folder / "nam-2021"


def checked(folder: Path, *words: str) -> tuple[int, str]:
    """The checker run without the project: another working folder, an isolated interpreter."""
    command = [sys.executable, "-I", "kiem_tra.py", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})
    return done.returncode, done.stdout


def test_an_export_is_found_intact_by_the_checker_that_lies_in_it(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    folder = exported(ranked_sqlite_app, tmp_path)

    code, said = checked(folder)

    count = len((folder / "nhat-ky.jsonl").read_text(encoding="utf-8").splitlines())
    assert code == 0
    assert said.startswith(f"Nguyên vẹn: {kiem_tra.dotted(count)} bản ghi, 1 mốc khớp.\n")
    assert "Hãy so với khoá" in said
    assert {path.name for path in folder.iterdir()} == {
        "HUONG-DAN.txt",
        "khoa.txt",
        "kiem_tra.py",
        "moc.txt",
        "nhat-ky.jsonl",
        "nhat-ky.xlsx",
    }


def test_an_export_holds_every_record_and_the_details_of_its_campaign_alone(ranked_app: Flask, tmp_path: Path) -> None:
    folder = exported(ranked_app, tmp_path)

    campaign = campaign_2021()
    lines = [json.loads(line) for line in (folder / "nhat-ky.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = {row.seq: row for row in db.session.scalars(select(AuditEntry))}
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all((line["rec"], line["hash"]) == (rows[line["seq"]].rec, rows[line["seq"]].hash) for line in lines)
    assert {line["seq"] for line in lines if "detail" in line} == {
        seq for seq, row in rows.items() if row.campaign_id == campaign.id and seq <= len(lines)
    }
    assert rows[len(lines)].action == "audit.export"
    assert checked(folder)[0] == 0


def test_the_readable_copy_says_who_did_what_and_every_cell_is_text(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    campaign_id = campaign_2021().id
    with transaction():
        act = Act(Action.COUNCIL_CALL, "council_session:1", detail={"place": "=1+1"}, campaign_id=campaign_id)
        record(act, actor=SYSTEM, at=at("2022-01-20 08:00"))

    folder = exported(ranked_sqlite_app, tmp_path)

    sheet = openpyxl.load_workbook(folder / "nhat-ky.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:7] == ("Số", "Lúc", "Người thực hiện", "Đơn vị", "Tư cách", "Nguồn", "Việc")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert any(row[2] == "Hệ thống" and row[6] == "Lập phiên họp Hội đồng" for row in rows)
    assert any(row[6] == "Ghi nhận xếp hạng" and (row[8], row[9]) == ("Đã đăng ký", "Đã xếp hạng") for row in rows)


def test_a_changed_export_is_told_with_its_first_bad_entry(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    folder = exported(ranked_sqlite_app, tmp_path)
    path = folder / "nhat-ky.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[41] = lines[41].replace("done", "gone")
    path.write_text("\n".join(lines), encoding="utf-8")

    assert checked(folder) == (1, "Không nguyên vẹn: bản ghi 42: nội dung không khớp mã băm.\n")


def test_a_folder_without_an_export_cannot_be_checked(tmp_path: Path) -> None:
    (tmp_path / "kiem_tra.py").write_bytes(Path(kiem_tra.__file__).read_bytes())

    code, said = checked(tmp_path)

    assert (code, said.startswith("Không kiểm tra được")) == (2, True)


def test_erased_details_leave_the_chain_and_its_exports_whole(ranked_app: Flask, tmp_path: Path) -> None:
    seq = db.session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "registration.save").limit(1)).one()

    code, said = flask(ranked_app, "audit", "erase", str(seq), "--reason", "Đơn của ông A ngày 02/03/2022")
    folder = exported(ranked_app, tmp_path)

    assert (code, said) == (0, f"Đã xoá chi tiết của bản ghi {seq}.\n")
    assert verify().intact
    assert checked(folder)[0] == 0
    line = json.loads((folder / "nhat-ky.jsonl").read_text(encoding="utf-8").splitlines()[seq - 1])
    assert "detail" not in line
    assert "Nguyễn Văn An" not in json.dumps(line)


@pytest.mark.parametrize(("words", "said"), [(("999999", "--reason", "x"), "Không có bản ghi"), (("1", "--reason", " "), "Cần ghi lý do")])
def test_an_erasure_without_an_entry_or_a_reason_erases_nothing(blank_sqlite_app: Flask, words: tuple[str, ...], said: str) -> None:
    code, output = flask(blank_sqlite_app, "audit", "erase", *words)

    assert (code, said in output) == (1, True)


def test_a_dossiers_proof_is_checked_without_the_project(ranked_app: Flask, tmp_path: Path) -> None:
    bring(COMMUNE, DossierState.SELECTED)
    dossier = dossier_of(campaign_2021(), COMMUNE)

    code, said = flask(ranked_app, "audit", "prove", "--dossier", dossier.code, "--out", str(tmp_path / "bang-chung.json"))
    (tmp_path / "kiem_tra.py").write_bytes(Path(kiem_tra.__file__).read_bytes())

    proof = json.loads((tmp_path / "bang-chung.json").read_text(encoding="utf-8"))
    entries = db.session.scalars(select(AuditEntry.seq).where(AuditEntry.dossier_id == dossier.id).order_by(AuditEntry.seq)).all()
    assert (code, [entry["seq"] for entry in proof["ban_ghi"]]) == (0, list(entries))
    assert f"{len(entries)} bản ghi" in said
    answer = checked(tmp_path, "bang-chung.json", "--khoa", proof["khoa"])
    assert answer[0] == 0
    assert answer[1].startswith(f"Đúng: {len(entries)} bản ghi của hồ sơ {dossier.code}")


def test_taking_away_is_on_record_and_signed(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    exported(ranked_sqlite_app, tmp_path)

    taken = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.export")).one()
    assert taken.campaign_id == campaign_2021().id
    assert db.session.scalars(select(Checkpoint)).one().size == taken.seq
    assert last_entry().action == "audit.checkpoint"


def test_a_broken_record_is_not_taken_away(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    edit_record()

    code, said = flask(opened_sqlite_app, "audit", "export", "--campaign", "2021", "--out", str(tmp_path / "x.zip"))

    assert code == 1
    assert "Không toàn vẹn: bản ghi 3" in said
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("words", [("export", "--campaign", "1999"), ("prove", "--dossier", "khong-co")])
def test_what_is_not_there_is_not_taken_away(blank_sqlite_app: Flask, tmp_path: Path, words: tuple[str, ...]) -> None:
    code, said = flask(blank_sqlite_app, "audit", *words, "--out", str(tmp_path / "x"))

    assert code == 1
    assert "Không có" in said
    assert not (tmp_path / "x").exists()


# flask audit verify, checkpoint


def test_the_command_checks_against_saved_mails_and_puts_its_result_on_record(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    code, said = flask(ranked_sqlite_app, "audit", "checkpoint")
    mails = tmp_path / "thu"
    mails.mkdir()
    (mails / "moc.txt").write_text(db.session.scalars(select(Checkpoint.note)).one(), encoding="utf-8")

    answer = flask(ranked_sqlite_app, "audit", "verify", "--checkpoints", str(mails))

    assert (code, "Khoá công khai: thidua.example/nhat-ky+" in said) == (0, True)
    assert (answer[0], ", 1 mốc khớp." in answer[1]) == (0, True)
    assert (last_entry().action, last_entry().result) == ("audit.verify", AuditResult.DONE)


def test_the_command_says_what_was_cut_off_and_that_is_on_record_too(blank_sqlite_app: Flask) -> None:
    write()
    flask(blank_sqlite_app, "audit", "checkpoint")
    tamper("DROP TRIGGER audit_checkpoints_no_delete", "DELETE FROM audit_checkpoints", "DELETE FROM audit_entries WHERE seq > 4")

    code, said = flask(blank_sqlite_app, "audit", "verify")

    assert code == 1
    cut = "Không toàn vẹn: bản ghi từ 5 đến 6: thiếu, đã bị cắt bớt (000000000006.txt). 4 bản ghi trước đó nguyên vẹn.\n"
    assert said == cut
    assert (last_entry().action, last_entry().result) == ("audit.verify", AuditResult.REFUSED)


def test_a_database_that_takes_no_writing_is_still_checked(ranked_sqlite_app: Flask) -> None:
    with db.engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'disk full'); END"))

    code, said = flask(ranked_sqlite_app, "audit", "verify")

    assert code == 0
    assert "Nguyên vẹn" in said
    assert "Không ghi được kết quả" in said


def test_a_key_that_is_none_is_said_to_be_none(blank_sqlite_app: Flask) -> None:
    code, said = flask(blank_sqlite_app, "audit", "verify", "--key", "abc")

    assert (code, "Khoá công khai không đọc được" in said) == (1, True)


def test_every_fault_has_its_words() -> None:
    assert set(FAULTS) == {"gap", "hash", "chain", "record", "copy", "detail", "checkpoint", "letter", "missing", "signature"}

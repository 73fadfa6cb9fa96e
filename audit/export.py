"""The record to take away: the year-end ZIP that anybody can check, and the proof of one dossier. Streams; the caller records the act."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from audit.actions import Action
from audit.merkle import Tree, inclusion_spans
from audit.notes import PublicKey
from models.audit import AuditEntry, Checkpoint
from models.campaigns import Campaign
from models.db import db
from models.dossiers import Dossier
from models.localtime import local
from models.people import User
from models.units import UnitVersion
from models.vocabulary import AuditResult, DossierState, RegistrationState, Role, Source

CHECKER = Path(__file__).with_name("kiem_tra.py")
README = Path(__file__).with_name("huong_dan.txt")
SHEET_ROWS = 1_000_000
HEADINGS = (
    *("Số", "Lúc", "Người thực hiện", "Đơn vị", "Tư cách", "Nguồn", "Việc", "Đối tượng", "Từ", "Đến"),
    *("Kết quả", "Căn cứ", "Chi tiết", "Mã băm"),
)
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
STATES: dict[str, str] = {state.value: state.label for vocabulary in (DossierState, RegistrationState) for state in vocabulary}
"""The states that entries name, in the officers' words."""

Progress = Callable[[int], None]


def write_export(
    target: IO[bytes], campaign: Campaign, checkpoint: Checkpoint, key: PublicKey, at: datetime, progress: Progress | None = None
) -> int:
    """Write the ZIP of a campaign's year: every record of the chain up to a checkpoint, with the details of that campaign only.

    Gives back the number of entries. The checkpoint covers all of them, so that an export cut short is found out.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:

        def member(name: str) -> zipfile.ZipInfo:
            info = zipfile.ZipInfo(name, local(at).timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            return info

        detailed = 0
        with archive.open(member("nhat-ky.jsonl"), "w", force_zip64=True) as lines:
            for row in _entries(checkpoint.size):
                shown = row.campaign_id == campaign.id and row.detail is not None
                detailed += shown
                lines.write(_line(row, shown))
                if progress is not None and row.seq % 1000 == 0:
                    progress(row.seq)
        notes = select(Checkpoint.note).where(Checkpoint.size <= checkpoint.size).order_by(Checkpoint.seq)
        archive.writestr(member("moc.txt"), "\n".join(db.session.scalars(notes)))
        archive.writestr(member("khoa.txt"), f"{key}\n")
        archive.writestr(member("kiem_tra.py"), CHECKER.read_bytes())
        archive.writestr(member("HUONG-DAN.txt"), _readme(campaign, checkpoint, key, at, detailed))
        with tempfile.TemporaryDirectory() as scratch:
            sheet = Path(scratch, "nhat-ky.xlsx")
            _write_sheet(sheet, campaign, checkpoint.size, scratch)
            archive.write(sheet, "nhat-ky.xlsx", zipfile.ZIP_STORED)
    return checkpoint.size


def proof_of(dossier: Dossier, checkpoint: Checkpoint, key: PublicKey) -> dict[str, Any]:
    """Everything that the record holds on a dossier, each entry with the path that leads from it to the checkpoint's root."""
    query = select(AuditEntry).where(AuditEntry.dossier_id == dossier.id, AuditEntry.seq <= checkpoint.size).order_by(AuditEntry.seq)
    entries = list(db.session.scalars(query))
    paths = {entry.seq: inclusion_spans(entry.seq - 1, checkpoint.size) for entry in entries}
    tree = Tree(span for path in paths.values() for span in path)
    hashes = select(AuditEntry.hash).where(AuditEntry.seq <= checkpoint.size).order_by(AuditEntry.seq)
    for part in db.session.execute(hashes, execution_options={"yield_per": 1000}).partitions():
        tree.extend([bytes.fromhex(row.hash) for row in part])
    return {
        "ho_so": dossier.code,
        "khoa": str(key),
        "moc": checkpoint.note,
        "ban_ghi": [
            {
                "seq": entry.seq,
                "hash": entry.hash,
                "rec": entry.rec,
                "detail": entry.detail,
                "salt": entry.salt,
                "duong_dan": [tree.hash_of(span).hex() for span in paths[entry.seq]],
            }
            for entry in entries
        ],
    }


def _entries(size: int, *, campaign_id: int | None = None) -> Iterator[Any]:
    """The rows up to a number, of one campaign if one is named, never more than a thousand in memory."""
    query = select(AuditEntry.__table__).where(AuditEntry.seq <= size).order_by(AuditEntry.seq)
    if campaign_id is not None:
        query = query.where(AuditEntry.campaign_id == campaign_id)
    yield from db.session.execute(query, execution_options={"yield_per": 1000})


def _line(row: Any, shown: bool) -> bytes:
    entry = {"seq": row.seq, "hash": row.hash, "rec": row.rec}
    if shown:
        entry |= {"detail": row.detail, "salt": row.salt}
    return (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _readme(campaign: Campaign, checkpoint: Checkpoint, key: PublicKey, at: datetime, detailed: int) -> str:
    return README.read_text(encoding="utf-8").format(
        year=campaign.year,
        title=campaign.title,
        at=f"{local(at):%H:%M:%S ngày %d/%m/%Y}",
        count=f"{checkpoint.size:,}".replace(",", "."),
        detailed=f"{detailed:,}".replace(",", "."),
        key=key,
    )


def _write_sheet(path: Path, campaign: Campaign, size: int, scratch: str) -> None:
    """The readable copy: the campaign's entries in words. Every cell is text, whatever it begins with."""
    import xlsxwriter

    people = {row.id: row.full_name for row in db.session.execute(select(User.id, User.full_name))}
    names = select(UnitVersion.unit_id, UnitVersion.name).order_by(UnitVersion.valid_from)
    units = {row.unit_id: row.name for row in db.session.execute(names)}
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": scratch,
    }
    with xlsxwriter.Workbook(path, options) as book:
        bold, sheet, filled = book.add_format({"bold": True}), None, 0
        for row in _entries(size, campaign_id=campaign.id):
            if sheet is None or filled == SHEET_ROWS:
                sheet, filled = book.add_worksheet(), 0
                for column, heading in enumerate(HEADINGS):
                    sheet.write_string(0, column, heading, bold)
                sheet.freeze_panes(1, 0)
            filled += 1
            for column, text in enumerate(_cells(row, people, units)):
                sheet.write_string(filled, column, text[:32_000])
        if sheet is None:
            book.add_worksheet().write_string(0, 0, "Không có bản ghi nào.")


def _cells(row: Any, people: dict[int, str], units: dict[int, str]) -> tuple[str, ...]:
    rec = json.loads(row.rec)
    source = Source(row.source)
    who = people.get(row.actor_id) or ("Hệ thống" if source is Source.SYSTEM else source.label)
    capacity, action = str(rec["capacity"]), str(rec["action"])
    return (
        str(row.seq),
        f"{local(row.at):%d/%m/%Y %H:%M:%S}",
        who,
        units.get(row.unit_id, ""),
        "" if source is Source.SYSTEM else Role(capacity).label if capacity in set(Role) else capacity,
        source.label,
        Action(action).label if action in set(Action) else action,
        str(rec["obj"]),
        STATES.get(rec["from"], rec["from"] or ""),
        STATES.get(rec["to"], rec["to"] or ""),
        AuditResult(row.result).label,
        str(rec["clause"]),
        row.detail or "(đã xoá theo yêu cầu)",
        row.hash,
    )

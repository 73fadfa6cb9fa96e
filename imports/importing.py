"""From a spreadsheet to saved rows: check every cell first, then, in the caller's transaction, save all, the valid ones, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from audit import Act, record
from audit.chain import hold_chain
from imports.columns import Column
from imports.faults import Fault, by_place
from imports.kinds import Item, Kind, Row, Setting, read_rows
from imports.ranking_sheet import RankingSheet
from imports.registration_sheet import RegistrationSheet
from imports.result_sheets import RatingSheet, RecognitionSheet
from imports.table import Table
from imports.unit_sheet import UnitSheet
from imports.uploads import Upload
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.vocabulary import AuditResult
from workflow.acts import ActRefused

KINDS: Mapping[str, Kind] = {
    kind.code: kind for kind in (RankingSheet(), RegistrationSheet(), RecognitionSheet(), RatingSheet(), UnitSheet())
}


LISTED = 500
"""How many lines that were left out the record lists."""


@dataclass(slots=True)
class Checked:
    """A table after its cells were read and compared: rows with their faults, what can be saved, what is worth a look."""

    columns: list[Column]
    rows: list[Row]
    items: list[Item]
    notes: list[Fault]

    @property
    def faults(self) -> list[Fault]:
        """Every faulty cell, in the order of the file."""
        return by_place([fault for row in self.rows for fault in row.faults])

    @property
    def good_lines(self) -> set[int]:
        """The lines that can be saved."""
        return {line for item in self.items for line in item.lines}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: the number of lines saved, what was left out (faulty cells, refused rows), what is worth a look, the entry."""

    saved: int
    left_out: list[Fault]
    notes: list[Fault]
    entry: AuditEntry


class SheetRefused(Exception):
    """Nothing was saved: cells are wrong, or rows (or the whole) cannot be saved as things stand. `refused` holds the latter."""

    def __init__(self, checked: Checked, refused: Sequence[Fault] = ()) -> None:
        """Keep what was found."""
        super().__init__(f"{len(checked.faults)} faulty cells, {len(refused)} refused rows")
        self.checked = checked
        self.refused = list(refused)


class ImportedBefore(Exception):
    """This very file was imported already; `entry` records when."""

    def __init__(self, entry: AuditEntry) -> None:
        """Keep the entry."""
        super().__init__(entry.seq)
        self.entry = entry


def check(kind: Kind, table: Table, setting: Setting) -> Checked:
    """Read every cell and compare the rows. No question is asked of what is published, sent or decided."""
    columns = [column for column in kind.columns(setting) if column.key in table.present]
    rows = read_rows(columns, table.rows, setting)
    items, notes = kind.judge(rows, setting)
    if table.others:
        names = ", ".join(f"“{name}”" for name in table.others)
        notes = [Fault(0, "", "other_sheets", {"names": names, "read": f"“{table.sheet}”"}), *notes]
    return Checked(columns, rows, items, by_place(notes))


def import_table(kind: Kind, table: Table, upload: Upload, setting: Setting, *, only_valid: bool) -> Outcome:
    """Save a table's rows in the caller's transaction: all of them, or with `only_valid` those that are right.

    Raises ImportedBefore for the same file, SheetRefused when nothing can be saved or something is wrong and not to be left out.
    """
    hold_chain()
    before = imported_before(kind, upload.sha256, setting)
    if before is not None:
        raise ImportedBefore(before)
    checked = check(kind, table, setting)
    if not checked.items or (checked.faults and not only_valid):
        raise SheetRefused(checked)
    try:
        refused = kind.save(checked.items, setting)
    except ActRefused as refusal:
        raise SheetRefused(checked, [Fault(0, "", "row_refused", {}, tuple(refusal.objections))]) from None
    turned_away = {fault.line for fault in refused}
    lines = [line for item in checked.items if item.lines[0] not in turned_away for line in item.lines]
    if not lines or (refused and (not only_valid or 0 in turned_away)):
        raise SheetRefused(checked, refused)
    left_out = sorted({row.line for row in checked.rows} - set(lines))[:LISTED]
    entry = record(_act(kind, upload, setting, {"rows": len(lines), "left_out": left_out}), actor=setting.actor_for(None), at=setting.at)
    return Outcome(len(lines), by_place([*checked.faults, *refused]), checked.notes, entry)


def record_refusal(kind: Kind, upload: Upload, setting: Setting, refusal: SheetRefused) -> AuditEntry:
    """Put on record that an import was refused. The edge calls it in a short transaction of its own."""
    objections = [{"code": o.code, "params": o.params, "basis": o.basis} for fault in refusal.refused[:1] for o in fault.objections]
    detail: dict[str, object] = {"faults": len(refusal.checked.faults) + len(refusal.refused)}
    act = _act(kind, upload, setting, detail | ({"objections": objections} if objections else {}), AuditResult.REFUSED)
    return record(act, actor=setting.actor_for(None), at=setting.at)


def imported_before(kind: Kind, sha256: str, setting: Setting) -> AuditEntry | None:
    """The entry of an earlier import of the same file, unless what it brought has been replaced since."""
    campaign_id = _campaign_id(kind, setting.campaign)
    same = AuditEntry.campaign_id == campaign_id if campaign_id else AuditEntry.campaign_id.is_(None)
    found = db.session.scalars(
        select(AuditEntry)
        .where(
            same,
            AuditEntry.action == kind.recorded.value,
            AuditEntry.result == AuditResult.DONE,
            AuditEntry.rec.contains(f'"{_object(kind, sha256, setting)}"'),
        )
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    ).first()
    if found is None or kind.superseded_by is None:
        return found
    later = select(AuditEntry.detail).where(same, AuditEntry.action == kind.superseded_by.value, AuditEntry.seq > found.seq)
    return None if any(_of_year(detail, kind, setting) for detail in db.session.scalars(later)) else found


def _of_year(detail: str | None, kind: Kind, setting: Setting) -> bool:
    """Whether a later act concerned the same index year; one whose detail was erased may have."""
    return not kind.has_year or json.loads(detail or "{}").get("year", setting.year) == setting.year


def _act(kind: Kind, upload: Upload, setting: Setting, detail: Mapping[str, object], result: AuditResult = AuditResult.DONE) -> Act:
    known: dict[str, object] = {"file": upload.file_name, "sha256": upload.sha256}
    year = {"year": setting.year} if kind.has_year else {}
    return Act(
        kind.recorded,
        _object(kind, upload.sha256, setting),
        detail=known | year | dict(detail),
        result=result,
        campaign_id=_campaign_id(kind, setting.campaign),
    )


def _object(kind: Kind, sha256: str, setting: Setting) -> str:
    """The record's name of a file: its digest, and the index year that it was imported for."""
    return f"file:{sha256}:{setting.year}" if kind.has_year else f"file:{sha256}"


def _campaign_id(kind: Kind, campaign: Campaign | None) -> int | None:
    return campaign.id if campaign is not None and kind.needs_campaign else None

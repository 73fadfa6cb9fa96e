"""Changes of units as a file tells them, laid over what is loaded: what contradicts itself, and the versions that come of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.units import Unit, UnitVersion

ABOLISH, RENAME = "abolish", "rename"
Refusal = tuple[int, str, str]
"""Line, column and the reason in Vietnamese."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of the file: what happens to a unit on a day."""

    line: int
    code: str
    effective: date
    change: str
    values: Mapping[str, str]


def contradictions(rows: Sequence[ChangeRow], known: Mapping[str, Unit]) -> Iterator[Refusal]:
    """Rows that do not go together with each other or with what is loaded: two for one day, two ends, a change after the end."""
    by_unit: dict[str, list[ChangeRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.code].append(row)
    for code, own in by_unit.items():
        yield from _told_otherwise(known[code], own)
        yield from _after_the_end(known[code], own)


def _told_otherwise(unit: Unit, rows: Sequence[ChangeRow]) -> Iterator[Refusal]:
    """The same day told twice, or told as something else than what is loaded."""
    seen: dict[date, int] = {}
    renamed = {version.valid_from for version in unit.versions[1:]}
    ended = unit.versions[-1].valid_to
    for row in rows:
        if row.effective in seen:
            yield row.line, "effective", f"đơn vị này đã có thay đổi cùng ngày ở dòng {seen[row.effective]}"
        seen.setdefault(row.effective, row.line)
        if row.change == RENAME and row.effective == ended:
            yield row.line, "change", f"danh mục đã ghi đơn vị chấm dứt từ ngày {ended:%d/%m/%Y}; không ghi thành đổi tên được"
        if row.change == ABOLISH and row.effective in renamed:
            yield row.line, "change", f"danh mục đã ghi đổi tên từ ngày {row.effective:%d/%m/%Y}; không ghi thành chấm dứt được"
        if row.change == ABOLISH and row.values["merged_into"] == row.code:
            yield row.line, "merged_into", "đơn vị không nhập vào chính nó được"


def _after_the_end(unit: Unit, rows: Sequence[ChangeRow]) -> Iterator[Refusal]:
    """What has ended is neither renamed nor ended again: that would revive it."""
    renamed, ended = [version.valid_from for version in unit.versions[1:]], unit.versions[-1].valid_to
    ends = sorted({row.effective for row in rows if row.change == ABOLISH} | ({ended} if ended else set()))
    if not ends:
        return
    end = ends[0]
    for row in rows:
        if row.effective > end:
            what = "chấm dứt lần nữa" if row.change == ABOLISH else "đổi tên sau ngày đó"
            yield row.line, "effective", f"đơn vị đã chấm dứt từ ngày {end:%d/%m/%Y}; không {what} được"
        if row.change == ABOLISH and row.effective == end:
            later = max((day for day in renamed if day > end), default=None)
            if later is not None:
                yield row.line, "effective", f"danh mục còn ghi đổi tên từ ngày {later:%d/%m/%Y}, sau ngày chấm dứt này"
            elif ended is not None and ended > end:
                yield row.line, "effective", f"danh mục đã ghi đơn vị chấm dứt từ ngày {ended:%d/%m/%Y}"


def apply_change(unit: Unit, row: ChangeRow, known: Mapping[str, Unit]) -> bool:
    """Lay one row over a unit's versions; a row for a day that is loaded already corrects it. Gives back whether anything differed."""
    versions = sorted(unit.versions, key=lambda version: version.valid_from)
    if row.change == ABOLISH:
        merged_into = known[row.values["merged_into"]].id if row.values["merged_into"] else None
        last, wanted = versions[-1], (row.effective, row.values["basis"], merged_into)
        differs = (last.valid_to, last.end_basis, unit.merged_into_id) != wanted
        last.valid_to, last.end_basis, unit.merged_into_id = wanted
        return differs
    before = next(version for version in reversed(versions) if version.valid_from < row.effective)
    version = next((version for version in versions if version.valid_from == row.effective), None)
    names = {name: row.values[name] or getattr(before, name) for name in ("name", "official_name", "kind")} | {"basis": row.values["basis"]}
    if version is None:
        unit.versions.append(
            UnitVersion(
                valid_from=row.effective, valid_to=before.valid_to, parent_id=before.parent_id, end_basis=before.end_basis or "", **names
            )
        )
        before.valid_to, before.end_basis = row.effective, ""
        return True
    differs = any(getattr(version, name) != value for name, value in names.items())
    for name, value in names.items():
        setattr(version, name, value)
    return differs


def in_order(rows: Sequence[ChangeRow]) -> list[ChangeRow]:
    """Rows as they came to pass."""
    return sorted(rows, key=lambda row: (row.effective, row.line))

"""RP1 and RP2 as papers to sign: a short report, its tables, and the lists as annexes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from documents.decree30 import (
    BLANK_DAY,
    BLANK_NUMBER,
    Signature,
    add_addressee,
    add_head,
    add_signatures,
    add_text,
    add_title,
    as_bytes,
    begin_annex,
    new_paper,
)
from documents.naming import cited, counted, full_name, issuing_body, lower_first, place_of, signing_lines, subject_of, symbol_of
from documents.tables import add_table
from models.campaigns import CampaignUnit
from models.localtime import local_day
from notifications.wording import day_words, long_day
from reports.figures import Counts, Line
from reports.registrations import DistrictRollup, ProvinceRollup
from reports.rollup_tables import Table, districts_table, kinds_table, missing_table, missing_words, registered_table, text_of

if TYPE_CHECKING:
    from docx.document import Document as Paper

REPORT = "BC"
RECIPIENTS = ("Như trên", "Lưu: VT")
NOBODY = "Không có."
ROMAN = ("I", "II", "III")

LATE, MISSING = "Danh sách đơn vị đăng ký trễ hạn", "Danh sách đơn vị chưa đăng ký"


def district_docx(rollup: DistrictRollup, at: datetime) -> bytes:
    """RP1: a district reports its communes' registrations to home affairs (IV, first dash), as they stand at an instant."""
    unit, plan, counts = rollup.unit, rollup.unit.campaign.plan, rollup.counts
    about = f"Kết quả đăng ký {subject_of(plan)} của cấp xã trên địa bàn {lower_first(unit.name)}"
    paper = _begin(unit, about, at)
    office = rollup.receiving_office.name
    add_addressee(paper, rollup.home_affairs.official_name, f"(qua {office})")
    add_text(
        paper,
        f"Thực hiện {cited(plan)}, {unit.official_name} tổng hợp kết quả đăng ký thi đua của cấp xã trên địa bàn "
        f"tính đến {long_day(local_day(at))} như sau:",
    )
    add_text(paper, "1. Kết quả chung", bold=True, together=True)
    _add_counts(paper, "đơn vị cấp xã", counts)
    annex = " (danh sách tại Phụ lục kèm theo)" if rollup.registered else ""
    add_text(paper, f"- Tập thể đăng ký: {counted(counts.collectives)}; cá nhân đăng ký: {counted(counts.individuals)}{annex}.")
    _add_list(paper, "2. Đơn vị đăng ký trễ hạn", [f"{line.unit.name}, {_late_words(line)}" for line in rollup.late])
    _add_list(paper, "3. Đơn vị chưa đăng ký", [f"{line.unit.name}: {lower_first(missing_words(line))}" for line in rollup.missing])
    add_text(paper, f"{unit.official_name} báo cáo {rollup.home_affairs.name} tổng hợp./.")
    _sign(paper, unit, rollup.own)
    if rollup.registered:
        title = f"Danh sách đăng ký thi đua của cấp xã trên địa bàn {lower_first(unit.name)}"
        _add_annex(paper, "Phụ lục", title, unit, at, registered_table(rollup.registered, with_parent=False))
    return as_bytes(paper)


def province_docx(rollup: ProvinceRollup, at: datetime) -> bytes:
    """RP2: home affairs reports all registrations to the province's committee (IV, first dash), as they stand at an instant."""
    unit, plan, counts = rollup.home_affairs, rollup.campaign.plan, rollup.counts
    paper = _begin(unit, f"Kết quả đăng ký {subject_of(plan)}", at)
    add_addressee(paper, plan.issuer)
    add_text(paper, f"Thực hiện {cited(plan)}, {unit.name} báo cáo kết quả đăng ký thi đua tính đến {long_day(local_day(at))} như sau:")
    add_text(paper, "1. Kết quả chung", bold=True, together=True)
    _add_counts(paper, "cơ quan, đơn vị, địa phương", counts)
    collectives = f"{counted(counts.collectives)}/{counted(rollup.collectives_expected)}"
    people = f"cá nhân đăng ký: {counted(counts.individuals)}"
    add_text(paper, f"- Tập thể đăng ký: {collectives}; {people}." + (" Trong số tập thể có:" if rollup.inner else ""))
    for inner in rollup.inner:
        share = f"{counted(inner.registered)}/{counted(inner.expected)}"
        add_text(paper, f"+ {inner.kind.label_plural or inner.kind.label}, đăng ký trong bản của cơ quan chủ quản: {share}.")
    add_text(paper, "2. Kết quả theo loại đơn vị", bold=True, together=True)
    _add(paper, kinds_table(rollup.kinds, counts))
    if rollup.districts:
        add_text(paper, "3. Kết quả của cấp xã theo huyện, thành phố", bold=True, together=True)
        _add(paper, districts_table(rollup.districts, Counts.of([line for line in rollup.lines if line.unit.compiled_by_id])))
    annexes = _annexes(rollup)
    add_text(paper, f"{4 if rollup.districts else 3}. Danh sách", bold=True, together=True)
    for number, (title, lines, _table) in enumerate(annexes):
        where = f" (Phụ lục {ROMAN[number]})" if len(annexes) > 1 else " (Phụ lục kèm theo)"
        add_text(paper, f"- {title}: {counted(len(lines))} đơn vị{where}.")
    add_text(paper, f"{unit.name} kính báo cáo {plan.issuer}./.")
    _sign(paper, unit, rollup.own)
    for number, (title, _lines, table) in enumerate(annexes):
        _add_annex(paper, f"Phụ lục {ROMAN[number]}" if len(annexes) > 1 else "Phụ lục", title, unit, at, table)
    return as_bytes(paper)


def _annexes(rollup: ProvinceRollup) -> list[tuple[str, list[Line], Table]]:
    """The lists that have somebody on them."""
    found = [
        ("Danh sách đơn vị đăng ký đúng hạn", rollup.on_time, registered_table(rollup.on_time, with_parent=True)),
        (LATE, rollup.late, registered_table(rollup.late, with_parent=True)),
        (MISSING, rollup.missing, missing_table(rollup.missing, with_parent=True)),
    ]
    return [annex for annex in found if annex[1]]


def _begin(unit: CampaignUnit, about: str, at: datetime) -> Paper:
    paper = new_paper(f"Báo cáo - {about}", full_name(unit))
    add_head(paper, issuing_body(unit), place=place_of(unit), year=local_day(at).year, symbol=symbol_of(REPORT, unit))
    add_title(paper, "Báo cáo", [about])
    return paper


def _add_counts(paper: Paper, units: str, counts: Counts) -> None:
    add_text(paper, f"- Số {units} phải đăng ký: {counted(counts.expected)}.")
    times = f", trong đó đúng hạn {counted(counts.on_time)}, trễ hạn {counted(counts.late)}" if counts.registered else ""
    add_text(paper, f"- Đã đăng ký: {counted(counts.registered)} ({counts.share or '0%'}){times}.")
    if counts.waiting:
        add_text(paper, f"- Trong số đã đăng ký: đã duyệt {counted(counts.accepted)}, chờ duyệt {counted(counts.waiting)}.")
    add_text(paper, f"- Chưa đăng ký: {counted(counts.missing)}.")


def _add_list(paper: Paper, heading: str, entries: Sequence[str]) -> None:
    add_text(paper, heading, bold=True, together=True)
    if not entries:
        add_text(paper, NOBODY)
    for number, entry in enumerate(entries, start=1):
        add_text(paper, f"- {entry}{';' if number < len(entries) else '.'}")


def _late_words(line: Line) -> str:
    sent = f"gửi ngày {day_words(local_day(line.sent_at))}" if line.sent_at else ""
    return f"{sent}, được phép theo văn bản số {line.admission}" if line.admission else sent


def _sign(paper: Paper, unit: CampaignUnit, own: Line | None) -> None:
    """The head's name is the one on the body's own form; a deputy who signs instead changes it."""
    add_signatures(paper, Signature(signing_lines(unit), own.head if own else ""), recipients=RECIPIENTS)


def _add_annex(paper: Paper, name: str, title: str, unit: CampaignUnit, at: datetime, table: Table) -> None:
    number = f"{BLANK_NUMBER}{symbol_of(REPORT, unit)} {BLANK_DAY} {local_day(at).year}"
    begin_annex(paper, name, title, f"Kèm theo Báo cáo số {number} của {unit.official_name}")
    _add(paper, table)


def _add(paper: Paper, table: Table) -> None:
    rows = [[text_of(value) for value in row] for row in table.rows]
    add_table(paper, table.columns, rows, total=[text_of(value) or "" for value in table.total])

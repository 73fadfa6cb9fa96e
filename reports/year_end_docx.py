"""The year-end report (RP5) and the closing report (RP6) as papers to sign: the figures in words and tables, the lists as annexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from documents.blocks import at_left, write
from documents.decree30 import (
    BLANK_DAY,
    BLANK_NUMBER,
    SMALLEST,
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
from documents.naming import cited, full_name, issuing_body, place_of, signing_lines, subject_of, symbol_of
from documents.sheets import LANDSCAPE_WIDTH, WIDTH
from documents.tables import Column, add_table
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.localtime import local_day
from models.registrations import Registration
from models.vocabulary import ReportKind
from notifications.recipients import home_affairs
from notifications.wording import long_day, moment_words
from reports.figures_lists import EVERYTHING, dotted, share
from reports.rollup_tables import text_of
from reports.year_end import COLLECTIVE, FIGURES, INDIVIDUAL, SECTIONS, SUBJECTS, Section, YearEnd, depth_of
from reports.year_end_tables import (
    Grid,
    dossier_districts_grid,
    dossier_rate,
    dossiers_grid,
    form_districts_grid,
    forms_grid,
    steps_grid,
    weeks_grid,
)

if TYPE_CHECKING:
    from docx.document import Document as Paper

REPORT = "BC"
RECIPIENTS = ("Như trên", "Lưu: VT")
EMPTY = "........................................................................................................................"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV")
LABEL, COUNT, NUMBER = 110, 27, 12
"""Millimetres: what a figure is called, at least; a number; the running number of a list."""

MARKS = ("", "- ", "+ ", "• ")
"""Before a figure that is a part of another one, by how deep it stands."""

ANNEXES = (
    "forms.late",
    "forms.silent",
    "returns.forms",
    "dossiers.late",
    "dossiers.silent",
    "extensions.granted",
    "returns.dossiers",
    "places.unused",
    "corrected.all",
)
"""The lists that belong to the paper; all of them are in the workbook. The last annex is whom the report is about in the end."""


def report_docx(report: YearEnd, campaign: Campaign) -> bytes:
    """Home affairs reports on the campaign to the province's committee (IV); figures live or as they were frozen."""
    unit, plan = home_affairs(campaign), campaign.plan
    closing = report.kind is ReportKind.CLOSING
    about = f"{'Tổng kết' if closing else 'Kết quả'} {subject_of(plan)}"
    paper = new_paper(f"Báo cáo - {about}", full_name(unit))
    add_head(paper, issuing_body(unit), place=place_of(unit), year=local_day(report.at).year, symbol=symbol_of(REPORT, unit))
    matter, _year, year = about.rpartition(" năm ")
    add_title(paper, "Báo cáo", [matter, f"năm {year}"] if matter else [about])
    add_addressee(paper, plan.issuer)
    until = (
        f"số liệu chốt lần {report.number} lúc {moment_words(report.at)}" if report.number else f"tính đến {long_day(local_day(report.at))}"
    )
    add_text(paper, f"Thực hiện {cited(plan)}, {unit.name} báo cáo kết quả, {until}, như sau:")
    for number, section in enumerate(SECTIONS):
        add_text(paper, f"{ROMAN[number]}. {section.title.upper()}", bold=True, together=True)
        for sentence in _said(report, section):
            add_text(paper, sentence, together=True)
        _add_figures(paper, report, section)
        for grid in _grids(report, section):
            _add_grid(paper, grid)
    number = len(SECTIONS)
    add_text(paper, f"{ROMAN[number]}. TIẾN TRÌNH VÀ THỜI GIAN THỰC HIỆN", bold=True, together=True)
    _add_grid(paper, steps_grid(report))
    _add_grid(paper, weeks_grid(report))
    for title, text in (("NHẬN XÉT, ĐÁNH GIÁ", report.assessment), ("KIẾN NGHỊ, ĐỀ XUẤT", report.proposals)):
        number += 1
        add_text(paper, f"{ROMAN[number]}. {title}", bold=True, together=True)
        for line in (text or EMPTY).split("\n"):
            add_text(paper, line)
    add_text(paper, f"{unit.name} kính báo cáo {plan.issuer}./.")
    add_signatures(paper, Signature(signing_lines(unit), _head_of(unit)), recipients=RECIPIENTS)
    at_left(write(paper, f"Mã nhật ký: {report.journal_code}", size=SMALLEST, italic=True))
    _add_annexes(paper, report, unit, [*ANNEXES, "nominees.awarded" if closing else "nominees.sent"])
    return as_bytes(paper)


def _said(report: YearEnd, section: Section) -> list[str]:
    """A section's figures in a sentence, where they make one."""
    count = report.count
    if section.code == "registration":
        come, expected = count("forms.registered"), count("forms.expected")
        return [
            f"Có {come}/{expected} bản đăng ký ({share(come, expected) or '0%'}), đúng hạn {count('forms.on_time')}, trễ hạn "
            f"{count('forms.late')}; chưa gửi {count('forms.silent')}. Tập thể đã đăng ký: {count('collectives.registered')}/"
            f"{count('collectives.expected')}."
        ]
    if section.code == "submission":
        on_time, ended = dossier_rate(report)
        waiting = f"; còn trong hạn {count('dossiers.open')}" if count("dossiers.open") else ""
        return [
            f"Có {on_time}/{ended} hồ sơ đến hạn được nộp đúng hạn ({share(on_time, ended) or '0%'}), trễ hạn {count('dossiers.late')}, "
            f"không nộp {count('dossiers.silent')}{waiting}."
        ]
    if section.code == "awards" and report.decided:
        return [
            f"Chủ tịch Ủy ban nhân dân tỉnh tặng bằng khen cho {count('nominees.awarded', COLLECTIVE)} tập thể và "
            f"{count('nominees.awarded', INDIVIDUAL)} cá nhân, trong số {count('nominees.sent', COLLECTIVE)} tập thể và "
            f"{count('nominees.sent', INDIVIDUAL)} cá nhân được trình."
        ]
    return []


def _grids(report: YearEnd, section: Section) -> list[Grid]:
    if section.code == "registration":
        return [forms_grid(report), form_districts_grid(report)]
    return [dossiers_grid(report), dossier_districts_grid(report)] if section.code == "submission" else []


def _add_figures(paper: Paper, report: YearEnd, section: Section) -> None:
    """A section's figures as a table, last year's beside them where there was a campaign."""
    scopes = (
        [("Tập thể", COLLECTIVE), ("Cá nhân", INDIVIDUAL), ("Tổng số", EVERYTHING)] if section.by_nominee else [("Số lượng", EVERYTHING)]
    )
    before = [f"Năm {report.previous_year}"] if report.previous_year else []
    headings = [name for name, _scope in scopes] + before
    columns = [Column("Số liệu", WIDTH - COUNT * len(headings)), *(Column(name, COUNT, centred=True) for name in headings)]
    shown = report.figures_of(section)
    rows = []
    for code in shown:
        numbers = [dotted(report.count(code, scope)) for _name, scope in scopes]
        last = [dotted(report.previous[code]) if code in report.previous else "–"] if before else []
        rows.append([f"{MARKS[depth_of(code, shown)]}{report.labels[code]}", *numbers, *last])
    add_table(paper, columns, rows)


def _add_grid(paper: Paper, grid: Grid) -> None:
    if not grid.lines:
        return
    add_text(paper, grid.title, italic=True, together=True)
    width = min(COUNT, (WIDTH - 42) / len(grid.headings))
    columns = [Column("", WIDTH - width * len(grid.headings)), *(Column(heading, width, centred=True) for heading in grid.headings)]
    rows = [[line.label, *(cell.text for cell in line.cells)] for line in grid.lines]
    total = [grid.total.label, *(cell.text for cell in grid.total.cells)] if grid.total else ()
    add_table(paper, columns, rows, total=total)


def _add_annexes(paper: Paper, report: YearEnd, unit: CampaignUnit, codes: Sequence[str]) -> None:
    """The lists that have anything on them."""
    found = [code for code in codes if report.count(code)]
    attached = (
        f"Kèm theo Báo cáo số {BLANK_NUMBER}{symbol_of(REPORT, unit)} {BLANK_DAY} {local_day(report.at).year} của {unit.official_name}"
    )
    for number, code in enumerate(found):
        name = f"Phụ lục {ROMAN[number]}" if len(found) > 1 else "Phụ lục"
        begin_annex(paper, name, f"Danh sách: {report.labels[code]}", attached)
        _add_list(paper, list_columns(report, code), list_rows(report, code))


def _add_list(paper: Paper, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """A list without the columns in which it says nothing."""
    told = [number for number in range(len(columns)) if any(row[number] for row in rows)]
    room = (LANDSCAPE_WIDTH - NUMBER) / sum(columns[number].width for number in told[1:])
    kept = [columns[0], *(Column(columns[number].heading, columns[number].width * room) for number in told[1:])]
    add_table(paper, kept, [[row[number] for number in told] for row in rows])


def list_columns(report: YearEnd, code: str) -> list[Column]:
    """The columns of a figure's list as they were when the report was made, over the width of an annex."""
    subject = FIGURES[code][0].code
    headings = report.headings[subject]
    known = SUBJECTS[subject].columns
    widths = [column.width for column in known] if len(known) == len(headings) else [1.0] * len(headings)
    room = (LANDSCAPE_WIDTH - NUMBER) / sum(widths)
    return [
        Column("STT", NUMBER, centred=True),
        *(Column(heading, width * room) for heading, width in zip(headings, widths, strict=True)),
    ]


def list_rows(report: YearEnd, code: str) -> list[list[str]]:
    """The rows of a figure's list, numbered, as paper prints them."""
    return [[str(number), *(text_of(cell) or "" for cell in row.cells)] for number, row in enumerate(report.list_of(code), start=1)]


def _head_of(unit: CampaignUnit) -> str:
    """Who signs: the head's name is the one on the body's own form; a deputy who signs instead changes it."""
    return db.session.scalar(select(Registration.head).where(Registration.campaign_unit_id == unit.id)) or ""

"""The reports as a paper, as a workbook and from the command line: the same figures as the page, texts that stay texts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import time_machine
from docx.document import Document as Paper
from flask import Flask
from sqlalchemy import select

from audit.actions import Action
from models.audit import AuditEntry
from models.db import db, transaction
from models.dossiers import Nominee
from models.vocabulary import AuditResult, NomineeKind, ReportKind
from reports import year_end_acts
from reports.year_end import FIGURES, YearEnd
from reports.year_end_docx import report_docx
from reports.year_end_xlsx import report_xlsx
from tests.actors import campaign_2021, home, last_entry
from tests.builders import at, dossier_of
from tests.documents.reading import cells_of, lines_of, opened
from tests.reports.year import EXPECTED, ODD, campaign_2022

NOW = at("2022-02-16 09:00")


def live(kind: ReportKind = ReportKind.YEAR_END) -> YearEnd:
    return year_end_acts.live(campaign_2021(), kind, NOW)


def paper(kind: ReportKind = ReportKind.YEAR_END) -> Paper:
    return opened(report_docx(live(kind), campaign_2021()))


def book(report: YearEnd) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(report_xlsx(report, campaign_2021())))


def put_an_odd_name() -> None:
    """A person whose name looks like a formula stands among those who are proposed."""
    with transaction() as session:
        dossier = dossier_of(campaign_2021(), "906")
        session.add(Nominee(dossier=dossier, kind=NomineeKind.INDIVIDUAL, full_name=ODD, workplace="Huyện", recommended=True))


def test_the_paper_is_laid_out_by_the_decree_and_left_blank_for_the_clerk(year_sqlite_app: Flask) -> None:
    lines = lines_of(paper())

    assert {"UBND TỈNH KIÊN GIANG", "SỞ NỘI VỤ", "Số: ....../BC-SNV", "Kiên Giang, ngày ..... tháng ..... năm 2022"} <= set(lines)
    assert "Kính gửi: Ủy ban nhân dân tỉnh Kiên Giang" in lines
    title = lines.index("BÁO CÁO")
    assert lines[title + 1 : title + 3] == ["Kết quả thi đua chuyên đề về thực hiện nhiệm vụ cải cách hành chính", "năm 2021"]
    assert lines[lines.index("GIÁM ĐỐC") + 1] == "Phạm Thị Trưởng"
    assert f"Mã nhật ký: {last_entry().seq}-{last_entry().hash[:16]}" in lines


def test_the_paper_says_the_figures_in_words_and_in_tables(year_sqlite_app: Flask) -> None:
    document = paper()
    lines, tables = lines_of(document), [cells_of(table) for table in document.tables]
    figures = {row[0].lstrip("-+• "): row[1] for table in tables for row in table if len(row) == 2}

    assert "Có 17/182 bản đăng ký (9,3%), đúng hạn 16, trễ hạn 1; chưa gửi 164. Tập thể đã đăng ký: 21/199." in lines
    assert "Có 4/6 hồ sơ đến hạn được nộp đúng hạn (66,7%), trễ hạn 0, không nộp 2; còn trong hạn 1." in lines
    once = {
        code: FIGURES[code][1].label for code in EXPECTED if not code.startswith(("acts.", "nominees.", "dossiers.s", "forms.registered"))
    }
    assert {code: figures[label] for code, label in once.items()} == {code: str(EXPECTED[code]) for code in once}


def test_the_closing_paper_names_the_awarded_in_an_annex_and_the_year_end_paper_whom_it_proposes(year_sqlite_app: Flask) -> None:
    closing, year_end = paper(ReportKind.CLOSING), paper()

    assert "DANH SÁCH: ĐƯỢC TẶNG BẰNG KHEN" in lines_of(closing)
    assert "DANH SÁCH: ĐÃ TRÌNH CHỦ TỊCH UBND TỈNH" in lines_of(year_end)
    assert cells_of(closing.tables[-1])[1][-1] == "Bằng khen, Quyết định số 500/QĐ-UBND ngày 28/02/2022"
    assert "Tổng kết thi đua chuyên đề về thực hiện nhiệm vụ cải cách hành chính" in lines_of(closing)


def test_the_texts_of_the_officer_are_in_the_paper_line_by_line(year_sqlite_app: Flask) -> None:
    officer = home()
    with transaction():
        texts = {"assessment": "Dòng một.\nDòng hai.", "proposals": "Kiến nghị."}
        year_end_acts.write_text(campaign_2021(), ReportKind.YEAR_END, texts, seen=0, actor=officer, at=NOW)

    assert {"Dòng một.", "Dòng hai.", "Kiến nghị."} <= set(lines_of(paper()))


def test_last_years_figures_stand_in_a_column_of_their_own(year_sqlite_app: Flask) -> None:
    report = year_end_acts.live(campaign_2022(), ReportKind.YEAR_END, NOW)

    table = cells_of(opened(report_docx(report, campaign_2022())).tables[1])

    assert table[0] == ["Số liệu", "Số lượng", "Năm 2021"]
    assert table[2] == ["- Đã đăng ký", "1", "17"]


def test_the_workbook_has_every_list_with_as_many_rows_as_its_figure(year_sqlite_app: Flask) -> None:
    report = live()
    workbook = book(report)
    first = {row[0]: row for row in workbook["Số liệu"].iter_rows(min_row=6, values_only=True)}
    links = {cell.row: cell.hyperlink.location for cell in workbook["Số liệu"]["D"] if cell.hyperlink}

    assert len(workbook["Số liệu"]["A"]) == 5 + len(FIGURES)
    assert [len(workbook[location.split("'")[1]]["A"]) - 5 for location in links.values()] == [
        workbook["Số liệu"].cell(row, 2).value for row in links
    ]
    assert len(links) == sum(report.count(code) > 0 for code in FIGURES)
    assert first["Bản đăng ký: Bản đăng ký phải có"][1] == 182
    assert workbook["Số liệu"]["A3"].value == f"Mã nhật ký: {report.journal_code}"


def test_a_name_that_looks_like_a_formula_stays_a_text(year_sqlite_app: Flask) -> None:
    put_an_odd_name()
    report = live()

    content = report_xlsx(report, campaign_2021())
    cells = [cell for sheet in book(report).worksheets for row in sheet.iter_rows() for cell in row if cell.value == ODD]

    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["report", "year-end", "--campaign", "2021", *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize("kind", [ReportKind.YEAR_END, ReportKind.CLOSING])
def test_the_command_writes_what_the_page_gives(year_sqlite_app: Flask, tmp_path: Path, kind: ReportKind) -> None:
    officer = home()
    with transaction():
        frozen = year_end_acts.freeze(campaign_2021(), kind, actor=officer, at=NOW)
    page = lines_of(opened(report_docx(year_end_acts.opened(frozen), campaign_2021())))
    closing, file = ["--closing"] if kind is ReportKind.CLOSING else [], tmp_path / "r.docx"

    code, output = run(year_sqlite_app, "--frozen", "1", "--format", "docx", "--out", str(file), *closing)

    assert (code, lines_of(opened(file.read_bytes()))) == (0, page), output
    assert any("số liệu chốt lần 1 lúc 09:00:00 ngày 16/02/2022" in line for line in page)
    assert db.session.get(AuditEntry, last_entry().seq).action == "report.export"  # type: ignore[union-attr]


def test_the_command_writes_the_live_workbook(year_sqlite_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "r.xlsx"

    with time_machine.travel(NOW, tick=False):
        code, output = run(year_sqlite_app, "--format", "xlsx", "--out", str(file))

    assert code == 0, output
    assert openpyxl.load_workbook(file).sheetnames == book(live()).sheetnames


def test_the_command_says_what_is_wrong_and_what_a_rule_refused_is_on_record(ranked_sqlite_app: Flask, tmp_path: Path) -> None:
    end, out = last_entry().seq, str(tmp_path / "r.docx")

    answers = [
        run(ranked_sqlite_app, "--format", "docx", "--out", out, "--closing"),
        run(ranked_sqlite_app, "--format", "docx", "--out", out, "--frozen", "3"),
        run(ranked_sqlite_app, "--format", "docx", "--out", str(tmp_path / "no" / "r.docx")),
        run(ranked_sqlite_app, "--campaign", "2031", "--format", "docx", "--out", out),
    ]

    assert [code for code, _output in answers] == [1, 1, 1, 1]
    assert "Chưa ghi quyết định khen thưởng nào của năm 2021" in answers[0][1]
    assert "chưa có lần chốt số 3" in answers[1][1]
    assert "Không ghi được" in answers[2][1]
    assert "Chưa mở đợt thi đua năm 2031" in answers[3][1]
    refused = list(db.session.scalars(select(AuditEntry).where(AuditEntry.seq > end).order_by(AuditEntry.seq)))
    assert [(entry.action, entry.result) for entry in refused] == [(Action.REPORT_EXPORT, AuditResult.REFUSED)] * 2
    assert '"code":"not_frozen"' in (refused[1].detail or "")
    assert not Path(out).exists()

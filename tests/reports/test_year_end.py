"""The figures of the year-end and the closing report: each is the length of its list, live and frozen, and a frozen one never changes."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from audit.canonical import canonical
from models.audit import AuditEntry
from models.db import db, transaction
from models.reports import FrozenReport, ReportText
from models.vocabulary import DossierState, ReportKind, Step
from reports import year_end_acts
from reports.figures_lists import Row, Scope, share, week_of
from reports.year_end import COLLECTIVE, FIGURES, INDIVIDUAL, SECTIONS, STEPS, SUBJECTS, YearEnd, read, read_beside
from reports.year_end_charts import CHARTS, draw, spoken
from reports.year_end_tables import GRIDS, dossier_rate, form_rate, weeks_grid
from tests.actors import campaign_2021, home, last_entry, usual_step
from tests.builders import at, dossier_of
from tests.reports.year import EXPECTED, campaign_2022
from workflow.acts import ActRefused

NOW = at("2022-02-16 09:00")
YEAR_END, CLOSING = ReportKind.YEAR_END, ReportKind.CLOSING


def live(kind: ReportKind = YEAR_END) -> YearEnd:
    return year_end_acts.live(campaign_2021(), kind, NOW)


def freeze(kind: ReportKind = YEAR_END, key: str | None = None) -> FrozenReport:
    officer = home()
    with transaction():
        return year_end_acts.freeze(campaign_2021(), kind, actor=officer, at=NOW, key=key)


def write(assessment: str, proposals: str = "", *, seen: int = 0, key: str | None = None) -> ReportText:
    officer, texts = home(), {"assessment": assessment, "proposals": proposals}
    with transaction():
        return year_end_acts.write_text(campaign_2021(), YEAR_END, texts, seen=seen, actor=officer, at=NOW, key=key)


def refused(kind: ReportKind = YEAR_END) -> list[str]:
    with pytest.raises(ActRefused) as refusal:
        freeze(kind)
    return [objection.code for objection in refusal.value.objections]


# The figures


def test_every_figure_is_what_happened(year_app: Flask) -> None:
    report = live()

    assert {code: report.count(code) for code in EXPECTED} == dict(EXPECTED)
    assert report.days("acts.select") == "3"
    assert report.days("returns.dossiers") == "2"
    assert report.days("acts.send") == ""
    assert (form_rate(report), dossier_rate(report)) == ((16, 182), (4, 6))


def test_every_figure_is_the_length_of_its_list_however_it_is_narrowed(year_app: Flask) -> None:
    report = live()

    for code in FIGURES:
        rows = report.list_of(code)
        assert report.count(code) == len(rows)
        for part in ("kind", "district", "week", "nominee"):
            values = {getattr(row, part) for row in rows} - {""}
            narrowed = [row for value in values for row in report.list_of(code, Scope(**{part: value}))]
            assert len(narrowed) == sum(report.count(code, Scope(**{part: value})) for value in values)
            assert len(narrowed) == len([row for row in rows if getattr(row, part)])
    assert {code for code, count in EXPECTED.items() if count} <= {code for code in FIGURES if report.count(code)}


def test_parts_never_exceed_what_they_are_parts_of(year_sqlite_app: Flask) -> None:
    report = live()

    for code, (_subject, figure) in FIGURES.items():
        if figure.part_of:
            part, whole = report.list_of(code), report.list_of(figure.part_of)
            assert [row for row in part if row not in whole] == [], code
    assert report.count("forms.on_time") + report.count("forms.late") == report.count("forms.registered")
    assert sum(report.count(f"dossiers.{state.value}") for state in DossierState) == report.count("dossiers.all")


def test_every_figure_stands_in_a_section_or_among_the_steps_and_every_list_has_a_cell_for_each_column(year_sqlite_app: Flask) -> None:
    report = live()

    assert {code for section in SECTIONS for code in section.figures} | set(STEPS) == set(FIGURES)
    assert {(code, len(row.cells)) for code, rows in report.rows.items() for row in rows} == {
        (code, len(subject.columns)) for code, subject in SUBJECTS.items()
    }


def test_tables_add_up_to_their_last_rows(year_sqlite_app: Flask) -> None:
    for make in GRIDS:
        grid = make(live())
        for number, cell in enumerate(grid.total.cells if grid.total else ()):
            if cell.figure:
                assert sum(int(line.cells[number].text) for line in grid.lines) == int(cell.text), (grid.code, number)


def test_collectives_and_individuals_are_told_apart(year_sqlite_app: Flask) -> None:
    report = live()

    assert report.count("nominees.awarded", COLLECTIVE) == 1
    assert report.count("nominees.filed", COLLECTIVE) + report.count("nominees.filed", INDIVIDUAL) == report.count("nominees.filed")


def test_lists_say_why(year_sqlite_app: Flask) -> None:
    report = live()

    assert [row.cells[4] for row in report.list_of("refused.steps")] == ["Chưa hết hạn nộp hồ sơ (24 giờ 00 ngày 07/02/2022)"]
    assert [row.cells[4] for row in report.list_of("extensions.granted")] == [
        "văn bản số 12/SNV ngày 01/02/2022; đến hết ngày 21/02/2022; Bão lụt kéo dài"
    ]
    assert [row.cells[1] for row in report.list_of("returns.forms")] == ["Xã Bàn Thạch, huyện Giồng Riềng"]
    assert [row.cells[5] for row in report.list_of("forms.late")] == ["Cho phép trễ hạn: văn bản số 21/SNV-CCHC ngày 01/04/2021"]
    assert {row.cells[4] for row in report.list_of("places.explained")} == {"Không có xã nào đủ tiêu chuẩn."}


def test_what_is_still_in_time_becomes_silent_when_the_day_has_passed(year_sqlite_app: Flask) -> None:
    on_the_day, after = (read(YEAR_END, [campaign_2021()], at(f"2022-02-{day} 12:00"))[0] for day in (21, 22))

    assert (on_the_day.count("dossiers.open"), on_the_day.count("dossiers.silent")) == (1, 2)
    assert (after.count("dossiers.open"), after.count("dossiers.silent")) == (0, 3)


def test_the_year_before_stands_beside_and_never_mixes_in(year_app: Flask) -> None:
    report = year_end_acts.live(campaign_2022(), YEAR_END, NOW)

    assert (report.previous_year, report.count("forms.registered")) == (2021, 1)
    assert {code: report.previous[code] for code in EXPECTED} == dict(EXPECTED)
    assert live().previous_year is None


def test_all_figures_of_two_campaigns_are_read_in_six_statements(year_sqlite_app: Flask) -> None:
    campaigns = campaign_2022(), campaign_2021()
    plans = [campaign.plan.year for campaign in campaigns]
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    read_beside(YEAR_END, *campaigns, NOW)

    assert plans == [2022, 2021]
    assert len(statements) == 7, "units, acts, nominees, sessions, giấy khen, mails, and the end of the log"


def test_a_figure_of_nothing_has_no_median_and_no_share() -> None:
    assert share(0, 0) == ""
    assert share(1, 3) == "33,3%"
    assert week_of(date(2021, 3, 31)) == "2021-03-29"


# Freezing


def test_a_frozen_report_is_the_live_one_and_stays_when_that_changes(year_app: Flask) -> None:
    before = live()
    frozen = freeze()

    usual_step(dossier_of(campaign_2021(), "30910"), Step.WITHDRAW)
    kept, now = year_end_acts.opened(frozen), live()

    assert {code: kept.count(code) for code in FIGURES} == {code: before.count(code) for code in FIGURES}
    assert {code: [row.cells for row in kept.list_of(code)] for code in FIGURES} == {
        code: [row.cells for row in before.list_of(code)] for code in FIGURES
    }
    assert (now.count("dossiers.withdrawn"), kept.count("dossiers.withdrawn")) == (1, 0)
    assert [draw(made(kept, str)) for _subjects, made in CHARTS.values()] == [draw(made(before, str)) for _s, made in CHARTS.values()]


def test_a_frozen_report_carries_day_officer_and_the_end_of_the_log_and_its_digest_is_on_record(year_app: Flask) -> None:
    end = last_entry()
    frozen = freeze()
    entry = last_entry()
    kept, detail = year_end_acts.opened(frozen), json.loads(entry.detail or "")

    assert (frozen.number, frozen.frozen_at, frozen.frozen_by_id) == (1, NOW, home().user_id)
    assert (frozen.log_count, frozen.log_hash, kept.officer) == (end.seq, end.hash, home().name)
    assert kept.journal_code == f"{end.seq}-{end.hash[:16]}"
    assert (entry.action, entry.seq) == ("report.freeze", end.seq + 1)
    assert detail["sha256"] == frozen.sha256 == year_end_acts.digest(frozen.content)
    assert canonical(json.loads(frozen.content)) == frozen.content
    assert year_end_acts.sealed_by(frozen) == entry.seq


@pytest.mark.parametrize("change", ["UPDATE frozen_reports SET content = '{}'", "DELETE FROM frozen_reports"])
def test_no_statement_changes_or_deletes_a_frozen_report(year_app: Flask, change: str) -> None:
    freeze()
    db.session.rollback()

    with pytest.raises(DBAPIError, match="never"), db.engine.connect() as connection, connection.begin():
        connection.execute(text(change))

    assert db.session.scalars(select(FrozenReport)).one().number == 1


def test_no_statement_puts_another_report_in_its_place(year_sqlite_app: Flask) -> None:
    freeze()
    db.session.rollback()
    columns = "id, campaign_id, kind, number, frozen_at, log_count, log_hash, sha256"
    again = f"INSERT OR REPLACE INTO frozen_reports ({columns}, content) SELECT {columns}, 'x' FROM frozen_reports"

    with pytest.raises(DBAPIError, match="never replaced"), db.engine.connect() as connection, connection.begin():
        connection.execute(text(again))


def test_a_report_altered_with_the_triggers_dropped_no_longer_matches_the_record(year_sqlite_app: Flask) -> None:
    frozen = freeze()
    content = frozen.content.replace("Bão lụt kéo dài", "Không có lý do")
    number = frozen.id
    db.session.rollback()

    with db.engine.connect() as connection, connection.begin():
        connection.execute(text("DROP TRIGGER frozen_reports_no_update"))
        connection.execute(
            text("UPDATE frozen_reports SET content = :content, sha256 = :sha256"),
            {"content": content, "sha256": year_end_acts.digest(content)},
        )

    assert year_end_acts.sealed_by(db.session.get_one(FrozenReport, number)) is None


def test_several_frozen_reports_are_numbered_and_one_without_a_change_is_refused(year_app: Flask) -> None:
    freeze()
    same = refused()
    write("Phong trào thi đua có chuyển biến rõ.")
    second = freeze()

    assert same == ["figures_unchanged"]
    assert (second.number, year_end_acts.opened(second).assessment) == (2, "Phong trào thi đua có chuyển biến rõ.")
    assert [row.number for row in year_end_acts.frozen_of(campaign_2021(), YEAR_END)] == [2, 1]


def test_a_form_sent_twice_freezes_once(year_sqlite_app: Flask) -> None:
    assert [freeze(key="k").number, freeze(key="k").number] == [1, 1]
    assert db.session.scalars(select(FrozenReport.number)).all() == [1]


def test_there_is_no_closing_report_before_a_decision(ranked_sqlite_app: Flask) -> None:
    assert refused(CLOSING) == ["nothing_decided"]
    assert freeze(YEAR_END).number == 1


def test_the_closing_report_is_numbered_on_its_own_after_the_decision(year_sqlite_app: Flask) -> None:
    freeze(YEAR_END)

    closing = freeze(CLOSING)

    assert (closing.number, year_end_acts.opened(closing).kind, year_end_acts.opened(closing).decided) == (1, CLOSING, True)


# What the officer writes


def test_texts_are_versions_on_record(year_app: Flask) -> None:
    write("Tốt.", "Không có.")
    second = write("Rất tốt.", "Không có.", seen=1)
    entry = last_entry()

    assert (second.version, live().assessment, live().proposals) == (2, "Rất tốt.", "Không có.")
    assert json.loads(entry.detail or "") == {
        "report": "year_end",
        "version": 2,
        "before": {"assessment": "Tốt."},
        "after": {"assessment": "Rất tốt."},
    }
    assert live(CLOSING).assessment == ""


def test_a_text_is_refused_when_it_is_the_same_or_when_somebody_was_quicker(year_sqlite_app: Flask) -> None:
    write("Tốt.", key="k")
    codes = []
    for words, seen in (("Tốt.", 1), ("Khác.", 0)):
        with pytest.raises(ActRefused) as refusal:
            write(words, seen=seen)
        codes.append([objection.code for objection in refusal.value.objections])

    assert codes == [["texts_unchanged"], ["texts_changed"]]
    assert write("Tốt.", key="k").version == 1
    assert len(db.session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "report.write")).all()) == 1


# Charts


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_prints_its_numbers_and_says_them_and_holds_no_style(year_sqlite_app: Flask, name: str) -> None:
    chart = CHARTS[name][1](live(), str)
    picture = draw(chart)

    assert chart.bars
    assert all(f">{bar.text}</text>" in picture for bar in chart.bars)
    assert all(f"{bar.label} {bar.text}" in spoken(chart) for bar in chart.bars)
    assert "<style" not in picture
    assert "style=" not in picture
    assert picture == draw(CHARTS[name][1](live(), str))


def test_the_weeks_of_the_chart_are_those_of_the_table(year_sqlite_app: Flask) -> None:
    report = live()
    chart, grid = CHARTS["weeks"][1](report, str), weeks_grid(report)

    assert [(bar.label, bar.parts) for bar in chart.bars] == [
        (line.label, tuple(int(cell.text) for cell in line.cells)) for line in grid.lines
    ]


def test_a_row_is_kept_and_read_back_as_it_was() -> None:
    row = Row(("Xã A", 3, date(2021, 3, 31), ""), frozenset({"a", "b"}), "dossier:1", "commune", "12", "2021-03-29", "", 4)

    assert Row.from_data(json.loads(canonical(row.as_data()))) == row

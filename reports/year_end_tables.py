"""How the figures of a report stand side by side: by kind of unit, by district, by week; the same on the page, on paper and in charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.text import N_
from reports.figures_acts import PIPELINE
from reports.figures_lists import EVERYTHING, Scope, dotted, share
from reports.year_end import STEPS, YearEnd


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in its place: how many, and the list that gives it; or only words (a rate, a median)."""

    text: str
    figure: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it is about, and its figures."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of figures. `total` is its last row, where the rows add up."""

    code: str
    title: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line | None = None


ON_FORMS = ("forms.expected", "forms.registered", "forms.on_time", "forms.late", "forms.returned", "forms.silent")
ON_DOSSIERS = ("dossiers.due", "dossiers.on_time", "dossiers.late", "dossiers.silent")
FORM_HEADINGS = (
    N_("Phải đăng ký"),
    N_("Đã đăng ký"),
    N_("Đúng hạn"),
    N_("Trễ hạn"),
    N_("Bị trả lại"),
    N_("Chưa gửi"),
    N_("Tỷ lệ đúng hạn"),
)
DOSSIER_HEADINGS = (N_("Phải nộp hồ sơ"), N_("Đúng hạn"), N_("Trễ hạn"), N_("Không nộp"), N_("Tỷ lệ đúng hạn"))
TOTAL = N_("Tổng cộng")


def form_rate(report: YearEnd, scope: Scope = EVERYTHING) -> tuple[int, int]:
    """II.3: the forms that came in time, of all that were expected."""
    return report.count("forms.on_time", scope), report.count("forms.expected", scope)


def dossier_rate(report: YearEnd, scope: Scope = EVERYTHING) -> tuple[int, int]:
    """II.3: the dossiers that came in time, of all whose time has come: those that may still be handed in do not count."""
    return report.count("dossiers.on_time", scope), sum(
        report.count(code, scope) for code in ("dossiers.on_time", "dossiers.late", "dossiers.silent")
    )


def forms_grid(report: YearEnd) -> Grid:
    """Forms registered and expected, by kind of unit."""
    scopes = [(label, Scope(kind=code)) for code, label in report.kinds if report.count("forms.expected", Scope(kind=code))]
    return _grid(report, "forms", N_("Đăng ký theo loại đơn vị"), FORM_HEADINGS, scopes, _form_cells)


def form_districts_grid(report: YearEnd) -> Grid:
    """Forms of a district and its communes."""
    scopes = [(name, Scope(district=number)) for number, name in report.districts]
    return _grid(report, "form_districts", N_("Đăng ký theo huyện, thành phố"), FORM_HEADINGS, scopes, _form_cells, total=False)


def dossiers_grid(report: YearEnd) -> Grid:
    """Dossiers handed in, by kind of unit."""
    scopes = [(label, Scope(kind=code)) for code, label in report.kinds if report.count("dossiers.due", Scope(kind=code))]
    return _grid(report, "dossiers", N_("Nộp hồ sơ theo loại đơn vị"), DOSSIER_HEADINGS, scopes, _dossier_cells)


def dossier_districts_grid(report: YearEnd) -> Grid:
    """Dossiers of a district, its units and its communes."""
    scopes = [(name, Scope(district=number)) for number, name in report.districts if report.count("dossiers.due", Scope(district=number))]
    return _grid(report, "dossier_districts", N_("Nộp hồ sơ theo huyện, thành phố"), DOSSIER_HEADINGS, scopes, _dossier_cells, total=False)


def steps_grid(report: YearEnd) -> Grid:
    """How often each step was taken, and its median of days since the step before."""
    lines = tuple(
        Line(report.labels[code], (_cell(report, code), Cell(report.days(code))))
        for code in STEPS
        if code in report.labels and report.count(code)
    )
    return Grid("steps", N_("Thời gian thực hiện từng bước"), (N_("Số lần"), N_("Số ngày (trung vị)")), lines)


def weeks_grid(report: YearEnd) -> Grid:
    """The year's course: what was done in each week in which anything was."""
    codes = [code for code in PIPELINE if code in report.labels]
    lines = tuple(Line(week_words(week), tuple(_cell(report, code, Scope(week=week)) for code in codes)) for week in report.active_weeks)
    total = Line(TOTAL, tuple(_cell(report, code) for code in codes))
    return Grid("weeks", N_("Tiến trình trong năm theo tuần"), tuple(report.labels[code] for code in codes), lines, total)


GRIDS: Sequence[Callable[[YearEnd], Grid]] = (
    forms_grid,
    form_districts_grid,
    dossiers_grid,
    dossier_districts_grid,
    steps_grid,
    weeks_grid,
)


def week_words(monday: str) -> str:
    """A week by its first and last day: "08/02 – 14/02/2021"."""
    first = date.fromisoformat(monday)
    return f"{first:%d/%m} – {first + timedelta(days=6):%d/%m/%Y}"


def _grid(
    report: YearEnd,
    code: str,
    title: str,
    headings: tuple[str, ...],
    scopes: Sequence[tuple[str, Scope]],
    cells: Callable[[YearEnd, Scope], tuple[Cell, ...]],
    *,
    total: bool = True,
) -> Grid:
    lines = tuple(Line(label, cells(report, scope)) for label, scope in scopes)
    return Grid(code, title, headings, lines, Line(TOTAL, cells(report, EVERYTHING)) if total else None)


def _form_cells(report: YearEnd, scope: Scope) -> tuple[Cell, ...]:
    return (*(_cell(report, code, scope) for code in ON_FORMS), Cell(share(*form_rate(report, scope))))


def _dossier_cells(report: YearEnd, scope: Scope) -> tuple[Cell, ...]:
    return (*(_cell(report, code, scope) for code in ON_DOSSIERS), Cell(share(*dossier_rate(report, scope))))


def _cell(report: YearEnd, code: str, scope: Scope = EVERYTHING) -> Cell:
    return Cell(dotted(report.count(code, scope)), code, scope)

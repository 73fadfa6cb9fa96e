"""The bar charts of a report as SVG: plain bars with their numbers printed. No style sheet in them, so that a strict policy lets them be.

The same figures always give the same bytes; nothing in a chart is random or dated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

from models.text import N_
from models.vocabulary import DossierState
from reports.figures_acts import PIPELINE
from reports.figures_lists import Scope, share
from reports.year_end import YearEnd
from reports.year_end_tables import dossier_rate, form_rate, week_words

WIDTH, LINE, BAR, TOP, EDGE = 640, 30, 18, 12, 8
LETTER, WIDEST, NUMBERS = 8.5, 280, 130
"""Pixels: the picture, a row, its bar, the margins; an average letter of 14 px, the most that labels may take, room for the numbers."""

FONT = 'font-family="system-ui, Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif" font-size="14"'
COLOURS = ("#1b3a5d", "#d9822b", "#b9b4aa", "#4f8a5b", "#8c5a9e", "#b23a48", "#3f8fa8")
INK = "#1c1c1c"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it is, its parts one after the other, and the number printed at its end."""

    label: str
    parts: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures: its title, what the parts of a bar mean (nothing when there is one), its bars, and how much fills the width."""

    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    full: int = 0


Say = Callable[[str], str]


def forms_chart(report: YearEnd, say: Say) -> Chart:
    """Forms by kind of unit: in time, late, missing."""
    bars = []
    for code, label in report.kinds:
        scope = Scope(kind=code)
        on_time, late = report.count("forms.on_time", scope), report.count("forms.late", scope)
        expected = report.count("forms.expected", scope)
        if expected:
            bars.append(Bar(label, (on_time, late, expected - on_time - late), f"{on_time + late}/{expected}"))
    return Chart(say(N_("Đăng ký theo loại đơn vị")), (say(N_("Đúng hạn")), say(N_("Trễ hạn")), say(N_("Chưa đăng ký"))), tuple(bars))


def states_chart(report: YearEnd, say: Say) -> Chart:
    """Dossiers by state."""
    counts = [(say(state.label), report.count(f"dossiers.{state.value}")) for state in DossierState]
    return Chart(say(N_("Hồ sơ theo trạng thái")), (), tuple(Bar(label, (count,), str(count)) for label, count in counts))


def kind_rates_chart(report: YearEnd, say: Say) -> Chart:
    """The share of forms in time, by kind of unit."""
    return _rates(report, say(N_("Tỷ lệ đăng ký đúng hạn theo loại đơn vị")), [(label, Scope(kind=code)) for code, label in report.kinds])


def district_rates_chart(report: YearEnd, say: Say) -> Chart:
    """The share of forms in time, by district with its communes."""
    title = say(N_("Tỷ lệ đăng ký đúng hạn theo huyện, thành phố"))
    return _rates(report, title, [(name, Scope(district=number)) for number, name in report.districts])


def dossier_rates_chart(report: YearEnd, say: Say) -> Chart:
    """The share of dossiers in time, by kind of unit."""
    scopes = [(label, Scope(kind=code)) for code, label in report.kinds]
    return _rates(report, say(N_("Tỷ lệ nộp hồ sơ đúng hạn theo loại đơn vị")), scopes, dossier_rate)


def weeks_chart(report: YearEnd, say: Say) -> Chart:
    """What was done week by week."""
    codes = [code for code in PIPELINE if code in report.labels]
    bars = []
    for week in report.active_weeks:
        parts = tuple(report.count(code, Scope(week=week)) for code in codes)
        bars.append(Bar(week_words(week), parts, str(sum(parts))))
    return Chart(say(N_("Tiến trình trong năm theo tuần")), tuple(say(report.labels[code]) for code in codes), tuple(bars))


CHARTS: Mapping[str, tuple[tuple[str, ...], Callable[[YearEnd, Say], Chart]]] = {
    "forms": (("forms",), forms_chart),
    "kind_rates": (("forms",), kind_rates_chart),
    "district_rates": (("forms",), district_rates_chart),
    "states": (("dossiers",), states_chart),
    "dossier_rates": (("dossiers",), dossier_rates_chart),
    "weeks": (("acts",), weeks_chart),
}
"""The charts by their names in addresses, with the lists that each needs."""


def draw(chart: Chart) -> str:
    """The picture."""
    labels = min(max((len(bar.label) for bar in chart.bars), default=0) * LETTER + 2 * EDGE, WIDEST)
    key, top = _key(chart.series, TOP + LINE)
    room = WIDTH - labels - NUMBERS
    full = chart.full or max((sum(bar.parts) for bar in chart.bars), default=0) or 1
    drawn = [_text(EDGE, TOP + 14, chart.title, "start", bold=True), *key]
    for number, bar in enumerate(chart.bars):
        y = top + number * LINE
        drawn += _label(labels - EDGE, y, bar.label)
        x = labels
        for colour, part in zip(COLOURS, bar.parts, strict=False):
            width = room * part / full
            if part:
                drawn.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>')
            x += width
        drawn.append(_text(x + 6, y + 14, bar.text, "start"))
    height = top + len(chart.bars) * LINE + TOP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
        f'<title>{escape(chart.title)}</title><rect width="{WIDTH}" height="{height}" fill="#fff"/>{"".join(drawn)}</svg>'
    )


def size_of(chart: Chart) -> tuple[int, int]:
    """Width and height of the picture, so that the page keeps the room for it."""
    return WIDTH, _key(chart.series, TOP + LINE)[1] + len(chart.bars) * LINE + TOP


def spoken(chart: Chart) -> str:
    """The picture in words, for whoever does not see it."""
    return f"{chart.title}: " + "; ".join(f"{bar.label} {bar.text}" for bar in chart.bars)


def _key(series: Sequence[str], y: float) -> tuple[list[str], int]:
    """What the colours mean, in as many lines as it takes; and where the bars begin below it."""
    drawn, x = [], float(EDGE)
    for colour, name in zip(COLOURS, series, strict=False):
        width = 18 + len(name) * LETTER + 2 * EDGE
        if x + width > WIDTH and x > EDGE:
            x, y = float(EDGE), y + 22
        drawn += [f'<rect x="{x:.1f}" y="{y}" width="12" height="12" fill="{colour}"/>', _text(x + 18, y + 11, name, "start")]
        x += width
    return drawn, int(y) + (26 if series else 0)


def _label(right: float, y: float, label: str) -> list[str]:
    """What a bar is, before it; a long label stands in two lines."""
    words = label.split(" ")
    lines = [label]
    if len(label) * LETTER > right:
        cut = min(range(1, len(words)), key=lambda at: max(len(" ".join(words[:at])), len(" ".join(words[at:]))), default=1)
        lines = [" ".join(words[:cut]), " ".join(words[cut:])]
    first = y + 14 - 8 * (len(lines) - 1)
    return [_text(right, first + 15 * number, line, "end") for number, line in enumerate(lines) if line]


def _text(x: float, y: float, text: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y}" {FONT}{weight} fill="{INK}" text-anchor="{anchor}">{escape(text)}</text>'


def _rates(
    report: YearEnd,
    title: str,
    scopes: Sequence[tuple[str, Scope]],
    rate: Callable[[YearEnd, Scope], tuple[int, int]] = form_rate,
) -> Chart:
    found = [(label, *rate(report, scope)) for label, scope in scopes]
    bars = (Bar(label, (100 * part // whole,), f"{share(part, whole)} ({part}/{whole})") for label, part, whole in found if whole)
    return Chart(title, (), tuple(bars), full=100)

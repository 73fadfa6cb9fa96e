"""What a run found: ratios against their bars, printed as a table and kept as JSON. Absolute times are context only."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("flask", "sqlalchemy", "python-statemachine", "jinja2", "psycopg", "pysqlite3", "gunicorn")
HEADINGS = ("", "ratio", "bar", "", "in absolute terms, on this machine")


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio and the bar that it has to keep; a figure without a bar is context."""

    name: str
    ratio: float
    bar: float | None = None
    at_least: bool = False
    context: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether the bar is kept; None without one."""
        if self.bar is None:
            return None
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


@dataclass(slots=True)
class Result:
    """What one benchmark found: its figures, and everything that was measured on the way."""

    figures: list[Figure] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


def machine(seconds_to_disk: float) -> dict[str, Any]:
    """The machine and the versions, as far as they matter for the figures."""
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load_before": [round(load, 2) for load in os.getloadavg()],
        "fsync_ms": round(seconds_to_disk * 1000, 3),
    }


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, the ratios in bold where the terminal can show it."""
    bold = ("\033[1m{}\033[0m" if sys.stdout.isatty() else "{}").format
    rows = [(f.name, f"{f.ratio:.2f}", _bar(f), {True: "ok", False: "MISSED", None: ""}[f.kept], f.context) for f in figures]
    widths = [max(len(row[column]) for row in (HEADINGS, *rows)) for column in range(4)]

    def line(row: Sequence[str], ratio: str) -> str:
        return f"{row[0]:<{widths[0]}}  {ratio}  {row[2]:<{widths[2]}}  {row[3]:<{widths[3]}}  {row[4]}".rstrip()

    return "\n".join([line(HEADINGS, f"{HEADINGS[1]:>{widths[1]}}"), *(line(row, bold(f"{row[1]:>{widths[1]}}")) for row in rows)])


def write(path: Path, begun: datetime, about: dict[str, Any], results: dict[str, Result]) -> None:
    """Keep everything as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "date": begun.isoformat(timespec="seconds"),
        **about,
        "benchmarks": {
            name: {"figures": [asdict(f) | {"kept": f.kept} for f in result.figures], "details": result.details}
            for name, result in results.items()
        },
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return f"{'≥' if figure.at_least else '≤'} {figure.bar:.2f}"

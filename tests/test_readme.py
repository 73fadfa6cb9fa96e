"""README shows the procedure as the class declares it."""

from __future__ import annotations

from cli.procedure import as_markdown, diagram
from config import ROOT


def test_readme_shows_the_procedure_table_of_the_class() -> None:
    assert as_markdown() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_shows_the_diagram_of_the_class() -> None:
    assert diagram() in (ROOT / "README.md").read_text(encoding="utf-8")

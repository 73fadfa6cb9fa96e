"""`flask procedure`: the declared procedure as a table and as a diagram."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from workflow.machine import transitions
from workflow.procedure import DossierProcedure

procedure = AppGroup("procedure", help="Quy trình của hồ sơ.")

HEADINGS = ("Từ", "Bước", "Đến", "Ai", "Điều khoản")


def table_rows() -> list[tuple[str, str, str, str, str]]:
    """States × steps × roles × clauses, identifiers and Vietnamese labels, in the order of the declaration."""
    rows = []
    for row in transitions(DossierProcedure).values():
        who = "; ".join(
            f"{role.value}/{relation.value} ({role.label}: {relation.label})" for role, relation in row.requirements.permission.pairs
        )
        clause = "quy trình" if row.requirements.clause == "procedure" else row.requirements.clause
        rows.append(
            (
                f"{row.source.value} ({row.source.label})",
                f"{row.step.value} ({row.step.label})",
                f"{row.target.value} ({row.target.label})",
                who,
                clause,
            )
        )
    return rows


def as_markdown() -> str:
    """The table as README shows it."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *table_rows()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def diagram() -> str:
    """The Mermaid diagram, generated from the class."""
    return f"{DossierProcedure:mermaid}".strip()


@procedure.command("table")
def table() -> None:
    """In bảng trạng thái × bước × vai trò × điều khoản."""
    click.echo(as_markdown())


@procedure.command("diagram")
def print_diagram() -> None:
    """In sơ đồ Mermaid."""
    click.echo(diagram())

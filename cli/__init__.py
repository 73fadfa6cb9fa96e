"""Commands, one group per noun. They parse, make one call and print; whatever the worker runs can be run here by hand."""

from __future__ import annotations

from flask import Flask

from cli import (
    audit,
    backup,
    campaign,
    deadline,
    dossiers,
    imports,
    outbox,
    papers,
    people,
    procedure,
    reminders,
    report,
    store,
    worker,
)


def init_app(app: Flask) -> None:
    """Register the command groups."""
    for group in (
        campaign.campaign,
        campaign.units,
        campaign.calendar,
        procedure.procedure,
        deadline.deadline,
        dossiers.dossiers,
        papers.papers,
        audit.audit,
        report.report,
        backup.backup,
        outbox.outbox,
        reminders.reminders,
        worker.worker,
        people.people,
        store.store,
        imports.sheets,
    ):
        app.cli.add_command(group)

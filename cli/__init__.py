"""Commands, one group per noun. They parse, make one call and print; whatever the worker runs can be run here by hand."""

from __future__ import annotations

from flask import Flask

from cli import audit, campaign, deadline, imports, outbox, people, procedure, reminders, worker


def init_app(app: Flask) -> None:
    """Register the command groups."""
    for group in (
        campaign.campaign,
        campaign.units,
        campaign.calendar,
        procedure.procedure,
        deadline.deadline,
        audit.audit,
        outbox.outbox,
        reminders.reminders,
        worker.worker,
        people.people,
        imports.sheets,
    ):
        app.cli.add_command(group)

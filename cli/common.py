"""What the commands share: the acting person of the command line, and how refusals are printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from audit import Act, record
from audit.actions import Action
from imports.data_files import FileRefused
from models.db import transaction
from models.people import Actor
from models.vocabulary import AuditResult, Role, Source
from workflow.acts import ActRefused, reasons_detail
from workflow.wording import say_objection

COMMAND_LINE = Actor(user_id=None, name="Dòng lệnh", role=Role.ADMINISTRATOR, unit_id=None, source=Source.COMMAND)

MOST_FAULTS = 20
"""So many faults of a refused file go on record; all of them are printed."""


@contextmanager
def acting(action: Action, obj: str, campaign_id: int | None = None) -> Iterator[None]:
    """Do an act in one transaction. What a rule or a faulty file refuses is put on record, printed, and ends the command with 1."""
    with refusals_printed():
        try:
            with transaction():
                yield
        except (ActRefused, FileRefused) as refused:
            faulty = isinstance(refused, FileRefused)
            detail = {"faults": [str(fault) for fault in refused.faults[:MOST_FAULTS]]} if faulty else reasons_detail(refused.objections)
            with transaction():
                act = Act(action, obj, detail=detail, result=AuditResult.REFUSED, campaign_id=campaign_id)
                record(act, actor=COMMAND_LINE, at=datetime.now(UTC))
            raise


@contextmanager
def refusals_printed() -> Iterator[None]:
    """Print every reason of a refusal on its own line and exit with 1."""
    try:
        yield
    except FileRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        click.echo(f"Không nạp: {len(refused.faults)} lỗi, chưa thay đổi gì.", err=True)
        raise SystemExit(1) from None
    except ActRefused as refused:
        for objection in refused.objections:
            click.echo(say_objection(objection), err=True)
        raise SystemExit(1) from None

"""What the commands share: the acting person of the command line, and how refusals are printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from imports.data_files import FileRefused
from models.people import Actor
from models.vocabulary import Role, Source
from workflow.acts import ActRefused
from workflow.wording import say_objection

COMMAND_LINE = Actor(user_id=None, name="Dòng lệnh", role=Role.ADMINISTRATOR, unit_id=None, source=Source.COMMAND)


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

"""The units' mailboxes in, from a CSV file of unit codes and addresses; letters go to nobody else."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from audit import Act, record
from audit.actions import Action
from imports.data_files import FileFault, csv_rows, refuse
from models.db import db
from models.people import Actor
from models.units import Unit, UnitAddress
from notifications.outbox import is_mailbox

COLUMNS = ("code", "email")


def load_mailboxes(path: Path, *, actor: Actor, at: datetime) -> int:
    """Give each unit that the file names the mailboxes that stand there, one a line, and no others; the other units keep theirs.

    Gives back how many units changed. Raises FileRefused.
    """
    faults: list[FileFault] = []
    known = {unit.code: unit for unit in db.session.scalars(select(Unit).options(selectinload(Unit.addresses)))}
    wanted: dict[str, list[str]] = defaultdict(list)
    for line, row in csv_rows(path, COLUMNS, faults):
        if row["code"] not in known:
            faults.append(FileFault(line, "code", f"không có đơn vị nào mang mã {row['code']!r}"))
        if not is_mailbox(row["email"]):
            faults.append(FileFault(line, "email", f"{row['email']!r} không phải địa chỉ thư; ví dụ vanthu.hondat@kiengiang.gov.vn"))
        elif row["email"] in wanted[row["code"]]:
            faults.append(FileFault(line, "email", f"{row['email']!r} đã có cho đơn vị này"))
        wanted[row["code"]].append(row["email"])
    refuse(faults)
    changed = sum(_set(known[code], emails) for code, emails in wanted.items())
    db.session.flush()
    if changed:
        record(Act(Action.MAIL_ADDRESS, f"file:{path.name}", detail={"file": path.name, "changed": changed}), actor=actor, at=at)
    return changed


def _set(unit: Unit, emails: list[str]) -> bool:
    kept = {known.email: known for known in unit.addresses}
    if set(kept) == set(emails):
        return False
    unit.addresses = [kept.get(email) or UnitAddress(email=email) for email in emails]
    return True

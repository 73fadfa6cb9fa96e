"""What the service writes in one step of one dossier, learned by comparing rows, and the same for another dossier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, select

from benchmarks.p1_campaign import Case
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import table_of
from models.deadlines import Deadline
from models.dossiers import Dossier, Nominee
from models.outbox import Notice, OutboxMail

DOSSIERS, NOMINEES, DEADLINES, UNITS = (table_of(model) for model in (Dossier, Nominee, Deadline, CampaignUnit))
ENTRIES, NOTICES, MAILS = (table_of(model) for model in (AuditEntry, Notice, OutboxMail))
Rows = dict[str, dict[Any, dict[str, Any]]]
MADE_AT_ONCE = {"id", "sort_key", "seq", "hash", "rec", "salt", "detail", "request_key", "audit_seq", "notice_id", "message_id"}
MADE_IN_REC = {"seq", "prev", "detail", "req"}
"""Columns whose values differ at every writing and are made while writing; the sort key is the name in other letters."""


def rows_of(connection: Connection, case: Case) -> Rows:
    """Every row that a step of this dossier may write, by table and key."""
    dossier = case.dossier_id
    wanted = {
        DOSSIERS: DOSSIERS.c.id == dossier,
        NOMINEES: NOMINEES.c.dossier_id == dossier,
        UNITS: UNITS.c.id.in_(case.ids["campaign_unit_id"]),
        DEADLINES: DEADLINES.c.dossier_id == dossier,
        ENTRIES: ENTRIES.c.dossier_id == dossier,
        NOTICES: NOTICES.c.dossier_id == dossier,
        MAILS: MAILS.c.notice_id.in_(select(NOTICES.c.id).where(NOTICES.c.dossier_id == dossier)),
    }
    found: Rows = {}
    for table, condition in wanted.items():
        key = table.primary_key.columns[0]
        written = [column for column in table.columns if column.computed is None]
        rows = connection.execute(select(*written).where(condition).order_by(key)).mappings()
        found[table.name] = {row[key.name]: dict(row) for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the service was seen to write in one step: table, key, former row and new values of each change; new rows, oldest first."""

    changed: list[tuple[str, Any, dict[str, Any], dict[str, Any]]]
    added: dict[str, list[dict[str, Any]]]

    @classmethod
    def between(cls, before: Rows, after: Rows) -> Recorded:
        """The difference between the rows before a step and those after it."""
        changed = []
        for table, rows in before.items():
            for key, row in rows.items():
                new = {name: value for name, value in after[table][key].items() if value != row[name]}
                if new:
                    changed.append((table, key, row, new))
        return cls(changed, {table: [row for key, row in rows.items() if key not in before[table]] for table, rows in after.items()})


@dataclass(frozen=True, slots=True)
class Moved:
    """Puts one dossier's ids and names in the place of another's."""

    words: tuple[tuple[str, str], ...]
    ids: Mapping[tuple[str, Any], Any]

    @classmethod
    def between(cls, source: Case, target: Case) -> Moved:
        """From the dossier that was observed to the one that is written."""
        ids = {(name, old): new for name, olds in source.ids.items() for old, new in zip(olds, target.ids[name], strict=True)}
        return cls(tuple(zip(source.words, target.words, strict=True)), ids)

    def value(self, value: Any, name: str) -> Any:
        """One value, or everything in a list or table, as it is for the other dossier."""
        if isinstance(value, dict):
            return {key: self.value(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, name) for inner in value]
        if isinstance(value, bool) or not isinstance(value, int | str):
            return value
        if (name, value) in self.ids:
            return self.ids[name, value]
        if type(value) is not str:
            return value
        for old, new in self.words:
            value = value.replace(old, new)
        return value

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row for the other dossier, without the values that are made while it is written."""
        return {name: self.value(value, name) for name, value in row.items() if name not in MADE_AT_ONCE}


def comparable(rows: Rows, moved: Moved) -> dict[str, list[dict[str, Any]]]:
    """The rows of one dossier as they would be for another, without what differs at every writing."""
    found = {table: [moved.row(row) for row in kept.values()] for table, kept in rows.items()}
    entries = [
        {
            "rec": {name: value for name, value in json.loads(row["rec"]).items() if name not in MADE_IN_REC},
            "detail": json.loads(row["detail"]),
        }
        for row in rows[ENTRIES.name].values()
    ]
    found["what the entries hold"] = [cast("dict[str, Any]", moved.value(entry, "entry")) for entry in entries]
    for notice in found[NOTICES.name]:
        del notice["facts"]["journal"]
    found[UNITS.name] = [{name: row[name] for name in ("places_changed_at", "version")} for row in found[UNITS.name]]
    return found

"""The audit log's rows, its checkpoints, and the triggers that refuse to change either. How they are made and checked is in audit/."""

from __future__ import annotations

import datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Model, choice, table_of
from models.vocabulary import AuditResult, Source


class AuditEntry(Model):
    """One act in the record. `rec` is what the chain covers; the columns beside it are copies to search by.

    `detail` and `salt` stand outside the chain (it holds only their digest) and may be erased on lawful request.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq"),
        Index("ix_audit_entries_dossier", "dossier_id", "seq"),
        Index("ix_audit_entries_campaign", "campaign_id", "seq"),
        Index("ix_audit_entries_actor", "actor_id", "seq"),
        Index("ix_audit_entries_unit", "unit_id", "seq"),
        Index("ix_audit_entries_action", "action", "seq"),
        Index("ix_audit_entries_result", "result", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    rec: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime.datetime]
    action: Mapped[str] = mapped_column(String(60))
    result: Mapped[AuditResult] = mapped_column(choice(AuditResult, "result"))
    source: Mapped[Source] = mapped_column(choice(Source, "source"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)


class Checkpoint(Model):
    """A signed statement that the record had `size` entries with this RFC 6962 root; `note` is what was signed and mailed."""

    __tablename__ = "audit_checkpoints"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    seq: Mapped[int] = mapped_column(ForeignKey("audit_entries.seq"), primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(index=True)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime.datetime]


SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
    WHEN NOT (NEW.detail IS NULL AND NEW.salt IS NULL
        AND NEW.seq IS OLD.seq AND NEW.hash IS OLD.hash AND NEW.rec IS OLD.rec AND NEW.at IS OLD.at AND NEW.action IS OLD.action
        AND NEW.result IS OLD.result AND NEW.source IS OLD.source AND NEW.actor_id IS OLD.actor_id AND NEW.unit_id IS OLD.unit_id
        AND NEW.campaign_id IS OLD.campaign_id AND NEW.dossier_id IS OLD.dossier_id AND NEW.request_key IS OLD.request_key)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
    """CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq OR hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END""",
)

SQLITE_CHECKPOINT_TRIGGERS = (
    """CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
    BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END""",
    """CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
    BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END""",
    """CREATE TRIGGER audit_checkpoints_no_replace BEFORE INSERT ON audit_checkpoints
    WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'checkpoints are never replaced'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND NEW.salt IS NULL THEN
            OLD.detail := NULL; OLD.salt := NULL;
            IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'audit entries are never changed or deleted';
    END $$""",
    "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()",
    "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()",
)

POSTGRESQL_CHECKPOINT_TRIGGERS = (
    """CREATE FUNCTION audit_checkpoints_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'checkpoints are never changed or deleted';
    END $$""",
    """CREATE TRIGGER audit_checkpoints_no_change BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_refuse()""",
    """CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoints_refuse()""",
)

for _model, _dialect, _statements in (
    (AuditEntry, "sqlite", SQLITE_TRIGGERS),
    (AuditEntry, "postgresql", POSTGRESQL_TRIGGERS),
    (Checkpoint, "sqlite", SQLITE_CHECKPOINT_TRIGGERS),
    (Checkpoint, "postgresql", POSTGRESQL_CHECKPOINT_TRIGGERS),
):
    for _statement in _statements:
        _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table_of(_model), "after_create", _trigger.execute_if(dialect=_dialect))

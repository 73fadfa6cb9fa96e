"""Reports on a whole campaign: what the officer writes in them, and the figures once frozen. How they are made is in reports/."""

from __future__ import annotations

import datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Model, choice, table_of
from models.people import User
from models.vocabulary import ReportKind


class ReportText(Model):
    """The officer's assessment and proposals in a report. A changed text is a new version; the highest one holds."""

    __tablename__ = "report_texts"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "version"), CheckConstraint("version > 0", name="version"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    kind: Mapped[ReportKind] = mapped_column(choice(ReportKind, "kind"))
    version: Mapped[int]
    assessment: Mapped[str] = mapped_column(Text)
    proposals: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime.datetime]

    written_by: Mapped[User | None] = relationship()


class FrozenReport(Model):
    """A report as it was frozen ("Chốt số liệu"): figures, lists and texts as canonical JSON, with its digest, and how far the log
    had come. Never changed and never deleted: triggers refuse it.
    """

    __tablename__ = "frozen_reports"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "number"), CheckConstraint("number > 0 AND log_count >= 0", name="numbers"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    kind: Mapped[ReportKind] = mapped_column(choice(ReportKind, "kind"))
    number: Mapped[int]
    frozen_at: Mapped[datetime.datetime]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    log_count: Mapped[int]
    log_hash: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text, deferred=True)

    frozen_by: Mapped[User | None] = relationship()


SQLITE_TRIGGERS = (
    """CREATE TRIGGER frozen_reports_no_update BEFORE UPDATE ON frozen_reports
    BEGIN SELECT RAISE(ABORT, 'frozen reports are never changed'); END""",
    """CREATE TRIGGER frozen_reports_no_delete BEFORE DELETE ON frozen_reports
    BEGIN SELECT RAISE(ABORT, 'frozen reports are never deleted'); END""",
    """CREATE TRIGGER frozen_reports_no_replace BEFORE INSERT ON frozen_reports
    WHEN EXISTS (SELECT 1 FROM frozen_reports WHERE id = NEW.id
        OR (campaign_id = NEW.campaign_id AND kind = NEW.kind AND number = NEW.number))
    BEGIN SELECT RAISE(ABORT, 'frozen reports are never replaced'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION frozen_reports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'frozen reports are never changed or deleted';
    END $$""",
    """CREATE TRIGGER frozen_reports_no_change BEFORE UPDATE OR DELETE ON frozen_reports
    FOR EACH ROW EXECUTE FUNCTION frozen_reports_refuse()""",
    """CREATE TRIGGER frozen_reports_no_truncate BEFORE TRUNCATE ON frozen_reports
    FOR EACH STATEMENT EXECUTE FUNCTION frozen_reports_refuse()""",
)

for _dialect, _statements in (("sqlite", SQLITE_TRIGGERS), ("postgresql", POSTGRESQL_TRIGGERS)):
    for _statement in _statements:
        _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table_of(FrozenReport), "after_create", _trigger.execute_if(dialect=_dialect))

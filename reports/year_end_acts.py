"""What the officer does with a report: writing assessment and proposals, freezing figures. In the caller's transaction, each on record."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from audit import Act, record
from audit.actions import Action
from audit.canonical import canonical, timestamp
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.people import Actor
from models.reports import FrozenReport, ReportText
from models.vocabulary import ReportKind
from reports.year_end import YearEnd, from_data, previous_of, read_beside, with_text
from workflow.acts import refuse_if
from workflow.rules.objection import Objection

TEXTS = ("assessment", "proposals")


def text_of(campaign: Campaign, kind: ReportKind) -> ReportText | None:
    """What the officer has written in a report; the latest version."""
    query = select(ReportText).where(ReportText.campaign_id == campaign.id, ReportText.kind == kind)
    return db.session.scalars(query.order_by(ReportText.version.desc()).limit(1).options(joinedload(ReportText.written_by))).first()


def frozen_of(campaign: Campaign, kind: ReportKind) -> list[FrozenReport]:
    """When a report was frozen, the latest first; without the contents."""
    query = select(FrozenReport).where(FrozenReport.campaign_id == campaign.id, FrozenReport.kind == kind)
    return list(db.session.scalars(query.order_by(FrozenReport.number.desc()).options(joinedload(FrozenReport.frozen_by))))


def live(campaign: Campaign, kind: ReportKind, at: datetime) -> YearEnd:
    """A report as it stands now, with the officer's text."""
    return with_text(read_beside(kind, campaign, previous_of(campaign), at), text_of(campaign, kind))


def opened(frozen: FrozenReport) -> YearEnd:
    """A frozen report with its figures and lists."""
    content = json.loads(frozen.content)
    return from_data(
        content["report"],
        frozen.frozen_at,
        log_count=frozen.log_count,
        log_hash=frozen.log_hash,
        number=frozen.number,
        officer=content["frozen"]["officer"],
    )


def write_text(
    campaign: Campaign, kind: ReportKind, texts: dict[str, str], *, seen: int, actor: Actor, at: datetime, key: str | None = None
) -> ReportText:
    """Store assessment and proposals as a new version, with the former ones in the record; `seen` is the version that the form showed.

    The same form sent twice is one version. Raises ActRefused when somebody else has written meanwhile, or when nothing is different.
    """
    hold_chain()
    last = text_of(campaign, kind)
    if last is not None and done_before(key):
        return last
    former = {name: getattr(last, name) if last else "" for name in TEXTS}
    refuse_if(
        Objection("texts_changed", {}) if seen != (last.version if last else 0) else None,
        Objection("texts_unchanged", {}) if texts == former else None,
    )
    text = ReportText(
        campaign_id=campaign.id,
        kind=kind,
        version=(last.version if last else 0) + 1,
        written_by_id=actor.user_id,
        written_at=at,
        **texts,
    )
    db.session.add(text)
    db.session.flush()
    changed = [name for name in TEXTS if texts[name] != former[name]]
    detail = {
        "report": kind.value,
        "version": text.version,
        "before": {name: former[name] for name in changed},
        "after": {name: texts[name] for name in changed},
    }
    record(_act(Action.REPORT_WRITE, campaign, detail, key, f"report_text:{text.id}"), actor=actor, at=at)
    return text


def freeze(campaign: Campaign, kind: ReportKind, *, actor: Actor, at: datetime, key: str | None = None) -> FrozenReport:
    """Freeze a report: figures, lists and texts as they stand, with officer, instant, length and last hash of the log.

    Its digest stands in the entry that is recorded, so that the frozen report is covered by the chain. Several may follow each other;
    the same form sent twice freezes once. Raises ActRefused when nothing has changed since the last one, and for a closing report
    before a decision of the Chairman (III.3) is on record.
    """
    hold_chain()
    last = next(iter(frozen_of(campaign, kind)), None)
    if last is not None and done_before(key):
        return last
    report = live(campaign, kind, at)
    data = report.as_data()
    same = last is not None and json.loads(last.content)["report"] == data
    refuse_if(
        not_to_close(report),
        Objection("figures_unchanged", {"number": last.number}) if last and same else None,
    )
    number = last.number + 1 if last else 1
    head = {"number": number, "at": timestamp(at), "officer": actor.name, "log_count": report.log_count, "log_hash": report.log_hash}
    content = canonical({"frozen": head, "report": data})
    frozen = FrozenReport(
        campaign_id=campaign.id,
        kind=kind,
        number=number,
        frozen_at=at,
        frozen_by_id=actor.user_id,
        log_count=report.log_count,
        log_hash=report.log_hash,
        sha256=digest(content),
        content=content,
    )
    db.session.add(frozen)
    db.session.flush()
    detail = {
        "report": kind.value,
        "frozen": str(number),
        "sha256": frozen.sha256,
        "log_count": report.log_count,
        "log_hash": report.log_hash,
    }
    record(_act(Action.REPORT_FREEZE, campaign, detail, key, f"frozen_report:{frozen.id}"), actor=actor, at=at)
    return frozen


def not_to_close(report: YearEnd) -> Objection | None:
    """III.3: the closing report (RP6) tells of the awards; before the Chairman has decided there is none."""
    if report.kind is ReportKind.CLOSING and not report.decided:
        return Objection("nothing_decided", {"year": report.year}, "III.3")
    return None


def digest(content: str) -> str:
    """The SHA-256 of a frozen report's canonical text."""
    return hashlib.sha256(content.encode()).hexdigest()


def find_frozen(campaign: Campaign, kind: ReportKind, number: int) -> FrozenReport | None:
    """One frozen report by its number, if there is such a one."""
    query = select(FrozenReport).where(FrozenReport.campaign_id == campaign.id, FrozenReport.kind == kind, FrozenReport.number == number)
    return db.session.scalars(query.options(undefer(FrozenReport.content))).first()


def done_before(key: str | None) -> bool:
    """Whether a form with this key has taken effect already."""
    return key is not None and bool(db.session.scalar(select(func.count(AuditEntry.seq)).where(AuditEntry.request_key == key)))


def record_export(report: YearEnd, campaign: Campaign, file: str, *, actor: Actor, at: datetime) -> None:
    """Put on record that a report was taken away, live or which frozen one."""
    number = {"frozen": str(report.number)} if report.number else {}
    record(_act(Action.REPORT_EXPORT, campaign, {"report": report.kind.value, "file": file, **number}), actor=actor, at=at)


def _act(action: Action, campaign: Campaign, detail: dict[str, Any], key: str | None = None, obj: str = "") -> Act:
    return Act(action, obj or f"campaign:{campaign.id}", detail=detail, campaign_id=campaign.id, request_key=key)


def sealed_by(frozen: FrozenReport) -> int | None:
    """The entry of the record that holds the digest of this very content, or None: then the content is not what was frozen."""
    query = select(AuditEntry.seq, AuditEntry.detail).where(
        AuditEntry.campaign_id == frozen.campaign_id, AuditEntry.action == Action.REPORT_FREEZE.value
    )
    found, named = digest(frozen.content), {"report": frozen.kind.value, "frozen": str(frozen.number)}
    for entry in db.session.execute(query):
        detail = json.loads(entry.detail or "{}")
        if named.items() <= detail.items() and detail["sha256"] == found == frozen.sha256:
            return int(entry.seq)
    return None

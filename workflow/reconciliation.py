"""Reconciliation: rows, record and outbox are compared, so that what was done was also written down and told. Reads only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from audit import Act, record, search
from audit.actions import Action
from models.audit import AuditEntry, Checkpoint
from models.campaigns import Campaign
from models.commendations import Commendation
from models.council import CouncilSession
from models.db import db
from models.decisions import Admission, Extension, ExtensionRequest, OriginalReceipt, Ruling, SignOff, UnusedPlaces
from models.documents import DocumentVersion
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail, ReminderEntry
from models.people import Actor
from models.registrations import LateRequest, Registration, RollupReport
from models.reports import FrozenReport, ReportText
from models.results import IndexPublication, Rating, Recognition
from models.vocabulary import AuditResult, LetterName, MailState, ReminderOutcome, Step
from notifications.notices import NOTICES

STEPS = [Action.DOSSIER_OPEN.value, *(Action.of_step(step).value for step in Step)]
FORMS = [action.value for action in Action if action.value.startswith("registration.")]

OWED: dict[Action, tuple[LetterName, ...]] = {
    action: tuple(rule.letter for rule in rules) for action, rules in NOTICES.items() if rules
} | {
    Action.CAMPAIGN_OPEN: (LetterName.CAMPAIGN_OPENED,),
    Action.REGISTRATION_SEND: (LetterName.REGISTRATION_RECEIVED,),
    Action.REGISTRATION_RETURN: (LetterName.REGISTRATION_RETURNED,),
    Action.REGISTRATION_ACCEPT: (LetterName.REGISTRATION_ACCEPTED,),
    Action.REGISTRATION_ADMIT: (LetterName.REGISTRATION_ADMITTED,),
    Action.REGISTRATION_ASK_LATE: (LetterName.REGISTRATION_LATE_ASKED,),
    Action.REGISTRATION_REPORT: (LetterName.REGISTRATION_REPORTED,),
    Action.REGISTRATION_REMIND: (LetterName.REGISTRATION_REMINDER,),
}
"""Which letters follow an act; each is owed at least once. A ranking before the announcement has no decision to speak of yet."""

_OF_UNIT = Dossier.campaign_unit_id
WRITTEN: tuple[tuple[Action, str, Select[Any]], ...] = (
    (Action.CAMPAIGN_OPEN, "campaign", select(Campaign.id).where(Campaign.opened_at.is_not(None))),
    (Action.RANKING_PUBLISH, "campaign", select(IndexPublication.campaign_id).where(IndexPublication.published_at.is_not(None))),
    (Action.RULING_RECORD, "campaign", select(Ruling.campaign_id)),
    (Action.REGISTRATION_ADMIT, "unit", select(Admission.campaign_unit_id)),
    (Action.REGISTRATION_ASK_LATE, "unit", select(LateRequest.campaign_unit_id)),
    (Action.REGISTRATION_REPORT, "unit", select(RollupReport.campaign_unit_id)),
    (Action.QUOTA_EXPLAIN, "campaign_unit", select(UnusedPlaces.campaign_unit_id)),
    (Action.RESULT_RECOGNISE, "dossier", select(Dossier.id).join(Recognition, Recognition.campaign_unit_id == _OF_UNIT)),
    (Action.RESULT_RATE, "dossier", select(Dossier.id).join(Rating, Rating.campaign_unit_id == _OF_UNIT)),
    (Action.COUNCIL_VOTE, "council_session", select(CouncilSession.id).where(CouncilSession.minutes_number != "")),
)
"""Rows that only an act makes: so many rows on a thing, at least so many entries on it."""

KEPT: tuple[tuple[Action, str, Select[Any]], ...] = (
    (Action.DOSSIER_EXTEND, "dossier", select(Extension.dossier_id).where(Extension.admission.is_(False))),
    (Action.DOSSIER_ADMIT, "dossier", select(Extension.dossier_id).where(Extension.admission)),
    (Action.EXTENSION_ASK, "dossier", select(ExtensionRequest.dossier_id)),
    (Action.DOSSIER_ORIGINAL, "dossier", select(OriginalReceipt.dossier_id)),
    (Action.DOSSIER_SIGN_OFF, "dossier", select(SignOff.dossier_id)),
    (Action.COUNCIL_CALL, "council_session", select(CouncilSession.id)),
    (Action.COMMENDATION_RECORD, "commendation", select(Commendation.id)),
    (Action.REPORT_WRITE, "report_text", select(ReportText.id)),
    (Action.REPORT_FREEZE, "frozen_report", select(FrozenReport.id)),
)
"""Rows that an act makes one by one and that nothing removes: so many rows on a thing, exactly so many entries on it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree: about what, and how."""

    about: str
    how: str

    def __str__(self) -> str:
        """One line for the officer."""
        return f"{self.about}: {self.how}"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was compared, and everything that does not agree."""

    dossiers: int
    entries: int
    notices: int
    differences: tuple[Difference, ...]

    @property
    def said(self) -> str:
        """What was compared, in words."""
        return f"{self.dossiers} hồ sơ, {self.entries} bản ghi, {self.notices} thông báo"


def reconcile() -> Reconciled:
    """Compare everything. Exact: what is in order gives no difference, in whatever state the work stands."""
    parts = (_dossiers, _registrations, _letters_owed, _notices, _mails, _rows_written, _documents, _checkpoints, _findable)
    found = tuple(difference for part in parts for difference in part())
    dossiers, entries, notices = (
        db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (Dossier, AuditEntry, Notice)
    )
    return Reconciled(dossiers, entries, notices, found)


def record_reconciliation(found: Reconciled, *, actor: Actor, at: datetime) -> None:
    """Put the result on record."""
    detail = {"dossiers": found.dossiers, "count": found.entries, "notices": found.notices}
    if found.differences:
        detail["faults"] = [str(difference) for difference in found.differences[:50]]  # type: ignore[assignment]
    result = AuditResult.REFUSED if found.differences else AuditResult.DONE
    record(Act(Action.AUDIT_RECONCILE, f"record:{found.entries}", detail=detail, result=result), actor=actor, at=at)


def _done(*actions: str) -> tuple[ColumnElement[bool], ...]:
    return AuditEntry.result == AuditResult.DONE, AuditEntry.action.in_(actions)


def _dossiers() -> Iterator[Difference]:
    """A dossier stands where its last step left it, in the version that its last entry names."""
    last_step = select(AuditEntry.dossier_id, func.max(AuditEntry.seq).label("seq")).where(*_done(*STEPS)).group_by(AuditEntry.dossier_id)
    last = last_step.subquery()
    query = (
        select(Dossier.code, Dossier.state, Dossier.version, AuditEntry.rec)
        .outerjoin(last, last.c.dossier_id == Dossier.id)
        .outerjoin(AuditEntry, AuditEntry.seq == last.c.seq)
        .order_by(Dossier.id)
    )
    for row in db.session.execute(query, execution_options={"yield_per": 1000}):
        told = json.loads(row.rec) if row.rec else None
        if told is None:
            yield Difference(f"hồ sơ {row.code}", "không có bản ghi nào")
        elif told["to"] != row.state.value:
            yield Difference(f"hồ sơ {row.code}", f"trạng thái {row.state.value}, bản ghi {told['seq']} ghi {told['to']}")
        elif told["ver"] > row.version:
            yield Difference(f"hồ sơ {row.code}", f"phiên bản {row.version}, bản ghi {told['seq']} ghi {told['ver']}")


def _registrations() -> Iterator[Difference]:
    """A form stands where the last act on it left it."""
    last = dict[str, dict[str, Any]]()
    for rec in _recs(*FORMS):
        if rec["obj"].startswith("registration:") and rec["to"]:
            last[rec["obj"]] = rec
    for row in db.session.execute(select(Registration.id, Registration.state, Registration.version)):
        told = last.get(f"registration:{row.id}")
        if told is None:
            yield Difference(f"bản đăng ký {row.id}", "không có bản ghi nào")
        elif (told["to"], told["ver"]) != (row.state.value, row.version):
            yield Difference(
                f"bản đăng ký {row.id}",
                f"{row.state.value}, phiên bản {row.version}; bản ghi {told['seq']} ghi {told['to']}, phiên bản {told['ver']}",
            )


def _letters_owed() -> Iterator[Difference]:
    """Every act that is to be told was told."""
    announced = select(func.min(IndexPublication.published_at)).scalar_subquery()
    for action, letters in OWED.items():
        for letter in letters:
            told = select(Notice.id).where(Notice.audit_seq == AuditEntry.seq, Notice.letter == letter).exists()
            query = select(AuditEntry.seq).where(*_done(action.value), ~told).order_by(AuditEntry.seq)
            if letter is LetterName.RANKING_PUBLISHED:
                query = query.where(AuditEntry.at >= announced)
            for seq in db.session.scalars(query):
                yield Difference(f"bản ghi {seq} ({action.value})", f"không có thông báo {letter.value}")


def _notices() -> Iterator[Difference]:
    """Every notice stands on an entry, and quotes its journal code."""
    query = select(Notice.id, Notice.facts, AuditEntry.seq, AuditEntry.hash).outerjoin(AuditEntry, AuditEntry.seq == Notice.audit_seq)
    for row in db.session.execute(query.order_by(Notice.id), execution_options={"yield_per": 1000}):
        if row.seq is None or row.facts.get("journal") != f"{row.seq}-{row.hash[:16]}":
            yield Difference(f"thông báo {row.id}", f"mã nhật ký {row.facts.get('journal')} không khớp bản ghi {row.seq}")


def _mails() -> Iterator[Difference]:
    """Every mail belongs to a notice; one that was sent has its text, or the letter that it went in has; every reminder told was queued."""
    lost = select(OutboxMail.id).outerjoin(Notice, Notice.id == OutboxMail.notice_id).where(Notice.id.is_(None))
    for number in db.session.scalars(lost):
        yield Difference(f"thư {number}", "không thuộc thông báo nào")
    accepted = select(OutboxMail.id).where(OutboxMail.state == MailState.ACCEPTED)
    lacking = (OutboxMail.text.is_(None) & OutboxMail.digest_id.is_(None)) | OutboxMail.accepted_at.is_(None)
    for number in db.session.scalars(accepted.where(lacking)):
        yield Difference(f"thư {number}", "đã gửi mà không còn nội dung hoặc thời điểm")
    queued = select(ReminderEntry.id).where(ReminderEntry.outcome == ReminderOutcome.QUEUED, ReminderEntry.notice_id.is_(None))
    for number in db.session.scalars(queued):
        yield Difference(f"nhắc việc {number}", "đã ghi là xếp thư nhưng không có thông báo")


def _rows_written() -> Iterator[Difference]:
    """Every row that an act made has its entry; and where rows are never removed, every entry its row."""
    for action, noun, query, kept in [(*row, False) for row in WRITTEN] + [(*row, True) for row in KEPT]:
        rows = Counter(f"{noun}:{number}" for number in db.session.scalars(query))
        entries = Counter(rec["obj"] for rec in _recs(action.value))
        for obj, missing in (rows - entries).items():
            yield Difference(obj, f"thiếu {missing} bản ghi {action.value}")
        for obj, missing in (entries - rows).items() if kept else ():
            yield Difference(obj, f"nhật ký ghi {action.value}, dữ liệu thiếu {missing} dòng")


def _documents() -> Iterator[Difference]:
    """Every version of a paper has its upload on record, with its hash; a detail that was erased may have been any of them."""
    versions = Counter(db.session.scalars(select(DocumentVersion.sha256)))
    erased = 0
    for detail in db.session.scalars(select(AuditEntry.detail).where(*_done(Action.DOCUMENT_UPLOAD.value))):
        told = json.loads(detail) if detail else None
        if told is None:
            erased += 1
        elif not told.get("shared"):
            versions -= Counter([told["sha256"]])
    if versions.total() > erased:
        for sha256, missing in versions.items():
            yield Difference(f"tài liệu {sha256[:16]}", f"thiếu {missing} bản ghi tải lên")


def _checkpoints() -> Iterator[Difference]:
    """Every checkpoint has its entry, and the other way round."""
    rows = set(db.session.scalars(select(Checkpoint.seq)))
    entries = {rec["seq"] for rec in _recs(Action.AUDIT_CHECKPOINT.value)}
    for seq in sorted(rows ^ entries):
        yield Difference(f"bản ghi {seq}", "mốc kiểm tra có trong nhật ký mà không có trong bảng, hoặc ngược lại")


def _findable() -> Iterator[Difference]:
    """Every entry is found by its words and by its day."""
    for seq in search.unfindable():
        yield Difference(f"bản ghi {seq}", "thiếu trong chỉ mục, nên tìm theo từ hoặc theo ngày không thấy")


def _recs(*actions: str) -> Iterator[dict[str, Any]]:
    """The records of acts that took effect, in order."""
    query = select(AuditEntry.rec).where(*_done(*actions)).order_by(AuditEntry.seq)
    for text in db.session.scalars(query, execution_options={"yield_per": 1000}):
        yield json.loads(text)

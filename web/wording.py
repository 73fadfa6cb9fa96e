"""Objections, clauses and audit entries as the pages say them: sentence, basis, quotation and the link that mends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from audit.actions import Action as Recorded
from models.audit import AuditEntry
from models.dossiers import Dossier
from models.text import N_
from models.vocabulary import (
    AuditResult,
    DocumentKind,
    DossierState,
    Labelled,
    LetterName,
    Milestone,
    NomineeKind,
    RegistrationState,
    Role,
    Source,
    Step,
    UnitChange,
)
from web.frame import campaign
from workflow.policy import Action as Permitted
from workflow.rules.objection import Objection, Place
from workflow.wording import FIELDS, say_basis, say_objection

MENDED_AT = {
    Place.DOSSIER: N_("Xem hồ sơ"),
    Place.REGISTRATION: N_("Mở bản đăng ký"),
    Place.RANKING: N_("Mở kết quả xếp hạng"),
    Place.RULING: N_("Ghi ý kiến về năm xét"),
    Place.RESULT: N_("Ghi kết quả"),
    Place.NOMINEES: N_("Cập nhật người được đề nghị"),
    Place.DOCUMENTS: N_("Tải lên tài liệu"),
    Place.EXTENSION: N_("Gia hạn"),
    Place.COUNCIL: N_("Mở phiên họp Hội đồng"),
    Place.SIGN_OFF: N_("Ghi ý kiến đồng ý của cán bộ thứ hai"),
}


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """One reason as the page shows it."""

    text: str
    clause: str
    quotation: str
    link: str
    link_text: str


def objection_views(objections: Iterable[Objection], dossier: Dossier | None = None, step: Step | None = None) -> list[ObjectionView]:
    """Reasons in words, each with its basis, the plan's own sentence (once for each clause) and the page that mends it."""
    current = dossier.campaign if dossier else campaign()
    plan = current.plan if current else None
    titles = {basis.code: basis.title for basis in plan.legal_bases} if plan else {}
    found = list(objections)
    first = {objection.basis: number for number, objection in reversed(list(enumerate(found)))}
    return [
        ObjectionView(
            text=say_objection(objection, _),
            clause=say_basis(objection.basis, titles, _),
            quotation=plan.clauses.get(objection.basis, "") if plan and first[objection.basis] == number else "",
            link=_link(objection.place, dossier, step),
            link_text=_(MENDED_AT[objection.place]) if objection.place else "",
        )
        for number, objection in enumerate(found)
    ]


def _link(place: Place | None, dossier: Dossier | None, step: Step | None) -> str:
    if place is None or (dossier is None and place not in {Place.RANKING, Place.RULING, Place.COUNCIL}):
        return ""
    if dossier is None:
        return url_for({Place.RANKING: "ranking.index", Place.RULING: "ranking.ruling", Place.COUNCIL: "council.index"}[place])
    at = {"campaign": dossier.campaign_id}
    form_unit = dossier.campaign_unit.form_unit_id or dossier.campaign_unit_id
    links = {
        Place.DOSSIER: url_for("dossiers.show", dossier_id=dossier.id),
        Place.REGISTRATION: url_for("registrations.show", unit_id=form_unit),
        Place.RANKING: url_for("ranking.index", **at),
        Place.RULING: url_for("ranking.ruling", **at),
        Place.RESULT: url_for("records.result", dossier_id=dossier.id),
        Place.NOMINEES: url_for("nominees.edit", dossier_id=dossier.id),
        Place.DOCUMENTS: url_for("documents.index", dossier_id=dossier.id),
        Place.EXTENSION: url_for("records.extension", dossier_id=dossier.id),
        Place.COUNCIL: url_for("council.index", **at),
        Place.SIGN_OFF: url_for("records.sign_off", dossier_id=dossier.id, step=step.value if step else None),
    }
    return links[place]


DETAILS = FIELDS | {
    "code": N_("Mã hồ sơ"),
    "unit": N_("Đơn vị"),
    "file": N_("Tệp"),
    "kind": N_("Loại"),
    "size": N_("Kích thước (byte)"),
    "sha256": N_("Mã SHA-256"),
    "version": N_("Phiên bản"),
    "papers": N_("Tài liệu"),
    "votes": N_("Phiếu"),
    "replaced": N_("Giá trị trước khi sửa"),
    "second_officer": N_("Cán bộ thứ hai"),
    "second_officer_same_unit": N_("Cán bộ thứ hai cùng đơn vị"),
    "minutes_number": N_("Số biên bản"),
    "former_due": N_("Hạn trước đó"),
    "individuals": N_("Cá nhân"),
    "collectives": N_("Tập thể"),
    "late": N_("Trễ hạn"),
    "from_paper": N_("Nhập từ bản giấy thay đơn vị"),
    "told": N_("Số lần đã nhắc"),
    "written": N_("Số thư nhắc đã lập"),
    "reminded": N_("Đơn vị được nhắc"),
    "skipped": N_("Không nhắc"),
    "milestone": N_("Việc"),
    "letter": N_("Thư"),
    "subject": N_("Tiêu đề"),
    "body": N_("Lời thư"),
    "made_at": N_("Tạo lúc"),
    "again": N_("Nhắc lại trong ngày"),
    "figures": N_("Số liệu"),
    "expected": N_("Phải đăng ký"),
    "registered": N_("Đã đăng ký"),
    "accepted": N_("Đã duyệt"),
    "on_time": N_("Đúng hạn"),
    "missing": N_("Chưa đăng ký"),
    "year": N_("Năm"),
    "years": N_("Năm được xét"),
    "entries": N_("Kết quả"),
    "trigger": N_("Ngày bắt đầu tính"),
    "due": N_("Hạn cuối"),
    "rating": N_("Xếp loại"),
    "better": N_("Tiến bộ hơn năm trước"),
    "step": N_("Bước"),
    "same_unit": N_("Cùng đơn vị"),
    "login": N_("Tên đăng nhập"),
    "name": N_("Họ và tên"),
    "role": N_("Vai trò"),
    "path": N_("Đường dẫn"),
    "action": N_("Việc"),
    "queued": N_("Đã xếp thư"),
    "superseded": N_("Bỏ qua mốc cũ"),
    "recipient": N_("Người nhận"),
    "changed": N_("Số thay đổi"),
    "units": N_("Số đơn vị"),
    "eligible": N_("Thuộc đối tượng"),
    "held_on": N_("Ngày họp"),
    "place": N_("Địa điểm"),
    "quorum": N_("Số thành viên tối thiểu"),
    "present": N_("Số thành viên dự"),
    "dossiers": N_("Hồ sơ"),
    "text": N_("Nội dung"),
    "document": N_("Tài liệu số"),
    "shared": N_("Dùng chung"),
    "rows": N_("Số dòng đã nhập"),
    "left_out": N_("Số dòng bỏ qua"),
    "faults": N_("Lỗi"),
    "before": N_("Trước"),
    "after": N_("Sau"),
    "effective": N_("Có hiệu lực từ"),
    "basis": N_("Văn bản làm căn cứ"),
    "change": N_("Thay đổi"),
    "official_name": N_("Tên đầy đủ"),
    "merged_into": N_("Nhập vào"),
    "ended_on": N_("Chấm dứt ngày"),
    "open_form": N_("Bản đăng ký chưa xử lý xong"),
    "passed_on": N_("Đơn vị chuyển sang đơn vị mới"),
    "used": N_("Đã chọn"),
    "quota": N_("Chỉ tiêu"),
    "decision_number": N_("Số quyết định công bố"),
    "portal_date": N_("Ngày đăng cổng thông tin"),
    "notice_date": N_("Ngày thông báo"),
    "trigger_date": N_("Ngày bắt đầu tính hạn"),
    "trigger_reason": N_("Lý do tính hạn từ ngày khác"),
    "nominee": N_("Người được đề nghị số"),
    "for": N_("Tán thành"),
    "against": N_("Không tán thành"),
    "absent": N_("Vắng"),
    "recommended": N_("Được đề nghị"),
}

WORDS: dict[str, tuple[type[Labelled], ...]] = {
    "": (LetterName, Milestone),
    "kind": (DocumentKind, NomineeKind),
    "role": (Role,),
    "step": (Step,),
    "action": (Permitted,),
    "change": (UnitChange,),
    "open_form": (RegistrationState,),
    "letter": (LetterName,),
    "milestone": (Milestone,),
}
"""The closed vocabularies of an entry's values by the value's name; under "" those whose words are names themselves."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One audit entry as the pages say it."""

    entry: AuditEntry
    sentence: str
    change: str
    refused: bool
    reasons: list[str]
    details: list[tuple[str, str, str]]
    capacity: str


def entry_view(entry: AuditEntry) -> EntryView:
    """An audit entry in words: the act, from where to where, the reasons of a refusal, the values it recorded."""
    rec: dict[str, Any] = json.loads(entry.rec)
    detail: dict[str, Any] = json.loads(entry.detail or "{}")
    objections = detail.pop("objections", [])
    change = ""
    if rec["from"] and rec["to"] and rec["from"] != rec["to"]:
        change = f"{_state(rec['from'])} → {_state(rec['to'])}"
    elif rec["to"] and not rec["from"]:
        change = _state(rec["to"])
    return EntryView(
        entry=entry,
        sentence=_(Recorded(entry.action).label),
        change=change,
        refused=entry.result is AuditResult.REFUSED,
        reasons=[say_objection(Objection(o["code"], o["params"], o["basis"]), _) for o in objections],
        details=[
            (name, _(DETAILS[name]) if name in DETAILS else name, _value(value, name))
            for name, value in detail.items()
            if value not in ("", [], {})
        ],
        capacity="" if entry.source is Source.SYSTEM else _capacity(str(rec["capacity"])),
    )


def _state(word: str) -> str:
    if word in set(DossierState):
        return _(DossierState(word).label)
    return _(RegistrationState(word).label) if word in set(RegistrationState) else word


def _capacity(word: str) -> str:
    """In which capacity: the role, or how the person signs (KT., TL., TUQ.)."""
    return "" if word == Role.SYSTEM else _(Role(word).label) if word in set(Role) else word


def _value(value: Any, name: str = "") -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, dict):
        return "; ".join(f"{_name(key)}: {_value(item, key)}" for key, item in value.items())
    if isinstance(value, list):
        return " · ".join(_value(item, name) for item in value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    word = next((word for vocabulary in WORDS.get(name, ()) for word in vocabulary if word.value == value), None)
    return _(word.label) if word else "" if value is None else str(value)


def _name(key: str) -> str:
    word = next((word for vocabulary in WORDS[""] for word in vocabulary if word.value == key), None)
    if word or key in DETAILS:
        return _(word.label if word else DETAILS[key])
    current = campaign()
    return current.plan.criteria[key].label if current and key in current.plan.criteria else key

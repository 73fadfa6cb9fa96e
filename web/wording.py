"""Objections, clauses and audit entries as the pages say them: sentence, basis, quotation and the link that mends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
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
    AnswerCheck,
    AuditResult,
    CouncilDuty,
    DocumentKind,
    DossierState,
    Labelled,
    LetterName,
    Milestone,
    NomineeKind,
    NomineeWarning,
    PaperKind,
    RegistrationState,
    ReportKind,
    Role,
    ScanResult,
    Source,
    Step,
    UnitChange,
    Verdict,
)
from web.access import actor
from web.entry_words import DETAILS
from web.frame import campaign
from workflow.policy import Action as Permitted
from workflow.policy import may
from workflow.rules.objection import Objection, Place
from workflow.wording import say_basis, say_objection

MENDED_AT = {
    Place.DOSSIER: N_("Xem hồ sơ"),
    Place.REGISTRATION: N_("Mở bản đăng ký"),
    Place.RANKING: N_("Mở kết quả xếp hạng"),
    Place.RULING: N_("Ghi ý kiến về năm xét"),
    Place.RESULT: N_("Ghi kết quả"),
    Place.NOMINEES: N_("Cập nhật người được đề nghị"),
    Place.APPRAISAL: N_("Thẩm định, xác nhận cảnh báo"),
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
        Place.APPRAISAL: _if_may(Permitted.APPRAISE, "appraisal.dossier", dossier),
        Place.EXTENSION: _if_may(Permitted.EXTENSION_GRANT, "records.extension", dossier)
        or _if_may(Permitted.EXTENSION_ASK, "extensions.ask", dossier),
        Place.COUNCIL: url_for("council.index", **at),
        Place.SIGN_OFF: url_for("records.sign_off", dossier_id=dossier.id, step=step.value if step else None),
    }
    return links[place]


def _if_may(action: Permitted, endpoint: str, dossier: Dossier) -> str:
    """Where the person does something to the dossier, or nothing when it is for others to do."""
    return url_for(endpoint, dossier_id=dossier.id) if may(actor(), action, dossier.campaign_unit, dossier.state) else ""


WORDS: dict[str, tuple[type[Labelled], ...]] = {
    "": (LetterName, Milestone),
    "kind": (DocumentKind, NomineeKind),
    "paper": (PaperKind,),
    "role": (Role,),
    "checked": (AnswerCheck,),
    "warning": (NomineeWarning,),
    "step": (Step,),
    "action": (Permitted,),
    "change": (UnitChange,),
    "open_form": (RegistrationState,),
    "letter": (LetterName,),
    "milestone": (Milestone,),
    "scan": (ScanResult,),
    "verdict": (Verdict,),
    "duty": (CouncilDuty,),
    "report": (ReportKind,),
}
"""The closed vocabularies of an entry's values by the value's name; under "" those whose words are names themselves."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One audit entry as the pages say it."""

    entry: AuditEntry
    sentence: str
    about: str
    change: str
    refused: bool
    reasons: list[str]
    details: list[tuple[str, str, str]]
    capacity: str


PERSONAL = frozenset({"individuals", "name", "login", "recipient", "recipients", "addresses", "members"})
"""Values of an entry that name people or their mailboxes."""
NAMING = frozenset({"name", "for"})
"""Values of a refusal's reasons that name people."""

ABOUT = ("unit", "file", "step", "letter", "milestone", "subject", "recipient", "login", "path", "changed", "report", "number", "year")
"""What an act was done to, in the order in which the first that an entry has follows its sentence."""


def entry_view(entry: AuditEntry, *, personal: bool = True) -> EntryView:
    """An audit entry in words: the act, from where to where, the reasons of a refusal, the values it recorded.

    Without `personal` the values that name people are left out.
    """
    rec: dict[str, Any] = json.loads(entry.rec)
    detail: dict[str, Any] = json.loads(entry.detail or "{}")
    objections = detail.pop("objections", [])

    def told(name: str, value: Any) -> str:
        return _value(value, name) if personal or name not in PERSONAL else _("(đã che)")

    def reason(given: Mapping[str, Any]) -> str:
        params = given["params"]
        if not personal:
            covered = _("(đã che)")
            params = {
                key: value if key not in NAMING else [covered] if isinstance(value, list) else covered for key, value in params.items()
            }
        return say_objection(Objection(given["code"], params, given["basis"]), _)

    change = ""
    if rec["from"] and rec["to"] and rec["from"] != rec["to"]:
        change = f"{_state(rec['from'])} → {_state(rec['to'])}"
    elif rec["to"] and not rec["from"]:
        change = _state(rec["to"])
    return EntryView(
        entry=entry,
        sentence=_(Recorded(entry.action).label),
        about=next((told(name, detail[name]) for name in ABOUT if detail.get(name)), ""),
        change=change,
        refused=entry.result is AuditResult.REFUSED,
        reasons=[reason(given) for given in objections],
        details=[(name, _(DETAILS.get(name, name)), told(name, value)) for name, value in detail.items() if value not in ("", [], {})],
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

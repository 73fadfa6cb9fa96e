"""Tìm kiếm: one box for units, people, dossiers, document numbers and letters; without marks, each answer only where it may be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, literal, or_, select, true, union_all
from sqlalchemy.orm import selectinload

from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.commendations import Commendation
from models.council import CouncilSession
from models.db import db
from models.decisions import Admission, Extension, ExtensionRequest, Ruling
from models.documents import Document, DocumentVersion
from models.dossiers import Dossier, Nominee
from models.localtime import local_day
from models.outbox import Notice, OutboxMail
from models.people import Appointment, User
from models.registrations import RegisteredIndividual, Registration
from models.results import IndexPublication, Rating, Recognition
from models.text import N_, folded
from models.units import Unit
from models.vocabulary import LetterName, NomineeKind, Role
from notifications.wording import day_words
from web.access import Open, actor, needs
from web.frame import campaign
from web.names import named
from web.work import granted
from workflow.policy import Action, may

pages = Blueprint("search", __name__, url_prefix="/search")

MOST = 20
"""Answers shown of each sort; more are in the lists."""
JOURNAL_CODE = re.compile(r"(\d{1,9})-([0-9a-f]{16})")
DOCUMENTS = {
    "forward": N_("Tờ trình Chủ tịch"),
    "decision": N_("Quyết định khen thưởng"),
    "extension": N_("Gia hạn nộp hồ sơ"),
    "recognition": N_("Công nhận cấp xã tiêu biểu"),
    "rating": N_("Xếp loại"),
    "admission": N_("Cho phép đăng ký trễ hạn"),
    "minutes": N_("Biên bản họp Hội đồng"),
    "publication": N_("Công bố kết quả xếp hạng"),
    "ruling": N_("Ý kiến về năm xét Chỉ số"),
    "answer": N_("Trả lời đề nghị gia hạn"),
    "commendation": N_("Giấy khen"),
}
PAGES = {"publication": "ranking.index", "ruling": "ranking.ruling", "commendation": "commendations.index"}
"""The pages of papers that the whole campaign has in common."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing found: what it is called, what it is, where it stands."""

    title: str
    about: str
    url: str


@pages.get("")
@needs(Open.SIGNED_IN)
def index() -> str:
    """Everything of the campaign that fits, sort by sort."""
    wanted, current = request.args.get("q", "")[:200].strip(), campaign()
    words = folded(wanted).split()
    groups: list[tuple[str, list[Answer]]] = []
    if current is not None and words:
        groups = [
            (_("Đơn vị"), _units(current, wanted)),
            (_("Hồ sơ"), _dossiers(current, wanted)),
            (_("Người"), _people(current, words)),
            (_("Số văn bản"), _documents(current, wanted)),
            (_("Thư"), _letters(current, wanted, words)),
            (_("Tệp trong hồ sơ"), _files(current, words)),
        ]
    found = [(name, answers[:MOST], len(answers) > MOST) for name, answers in groups if answers]
    return render_template("search/index.html", q=wanted, found=found)


def _units(current: Campaign, wanted: str) -> list[Answer]:
    query = select(CampaignUnit).where(CampaignUnit.campaign_id == current.id, CampaignUnit.eligible, *named(wanted))
    seen = Action.REGISTRATION_VIEW if may(actor(), Action.REGISTRATION_VIEW) else Action.DOSSIER_VIEW
    units = db.session.scalars(query.where(granted(actor(), seen)).order_by(CampaignUnit.sort_key).limit(MOST + 1))
    return [Answer(unit.long_name, current.plan.kinds[unit.kind].label, _unit_url(unit, seen)) for unit in units]


def _unit_url(unit: CampaignUnit, seen: Action) -> str:
    if seen is Action.REGISTRATION_VIEW:
        return url_for("registrations.show", unit_id=unit.form_unit_id or unit.id)
    return url_for("dossiers.index", q=unit.name)


def _dossiers(current: Campaign, wanted: str) -> list[Answer]:
    fits = or_(Dossier.code.icontains(wanted, autoescape=True), and_(true(), *named(wanted)))
    query = _visible(select(Dossier.id, Dossier.code, Dossier.state, CampaignUnit.name), current).where(fits)
    rows = db.session.execute(query.order_by(Dossier.sort_key, Dossier.id).limit(MOST + 1))
    return [Answer(f"{row.code} – {row.name}", _(row.state.label), url_for("dossiers.show", dossier_id=row.id)) for row in rows]


def _visible(query: Select[Any], current: Campaign) -> Select[Any]:
    """A query over dossiers narrowed to the campaign's that the person may see, their units joined."""
    query = query.join(CampaignUnit, Dossier.campaign_unit_id == CampaignUnit.id)
    return query.where(Dossier.campaign_id == current.id, granted(actor(), Action.DOSSIER_VIEW))


def _people(current: Campaign, words: Sequence[str]) -> list[Answer]:
    """People put forward, people on registration forms, and, for whoever sees all units, the officers."""
    nominees = _visible(
        select(Nominee.full_name, Nominee.position, Nominee.workplace, Dossier.id, Dossier.code).join(Nominee.dossier), current
    ).where(Nominee.kind == NomineeKind.INDIVIDUAL, Nominee.left_at.is_(None))
    found = [
        Answer(row.full_name, _("được đề nghị, hồ sơ %(code)s", code=row.code), url_for("dossiers.show", dossier_id=row.id))
        for row in db.session.execute(nominees)
        if _fits(words, row.full_name, row.workplace)
    ]
    registered = (
        select(RegisteredIndividual.full_name, RegisteredIndividual.workplace, CampaignUnit.id, CampaignUnit.name)
        .join(RegisteredIndividual.registration)
        .join(Registration.campaign_unit)
        .where(Registration.campaign_id == current.id, granted(actor(), Action.REGISTRATION_VIEW))
    )
    found += [
        Answer(row.full_name, _("trên bản đăng ký của %(unit)s", unit=row.name), url_for("registrations.show", unit_id=row.id))
        for row in db.session.execute(registered)
        if _fits(words, row.full_name, row.workplace)
    ]
    return found + _officers(words) if actor().role in {Role.HOME_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR} else found


def _officers(words: Sequence[str]) -> list[Answer]:
    """Those who sign in, with their position and where they are appointed; each leads to what they did."""
    names = db.session.execute(select(User.id, User.full_name, User.login).order_by(User.full_name))
    fitting = [row.id for row in names if _fits(words, row.full_name, row.login)][: MOST + 1]
    units = selectinload(User.appointments).joinedload(Appointment.unit).selectinload(Unit.versions)
    people = db.session.scalars(select(User).where(User.id.in_(fitting)).order_by(User.full_name).options(units)) if fitting else []
    return [
        Answer(
            user.full_name,
            ", ".join(dict.fromkeys([user.position, *(appointment.unit.versions[-1].name for appointment in user.appointments)])),
            url_for("journal.index", officer=user.login),
        )
        for user in people
    ]


def _fits(words: Sequence[str], *texts: str) -> bool:
    whole = folded(" ".join(texts))
    return all(word in whole for word in words)


def _documents(current: Campaign, wanted: str) -> list[Answer]:
    """Papers with a number: what was decided, published, recorded under it."""
    bare = re.sub(r"\s", "", folded(wanted))
    rows = db.session.execute(union_all(*_numbered(current)))
    fitting = [row for row in rows if bare in re.sub(r"\s", "", folded(row.number))]
    plan = current.plan
    asked = bare in re.sub(r"\s", "", folded(plan.number)) and may(actor(), Action.CALENDAR_VIEW)
    launched = [Answer(f"{plan.number}, {day_words(plan.issued_on)}", plan.title, url_for("calendar.index"))] if asked else []
    return launched + [
        Answer(
            f"{row.number}, {day_words(row.date)}" if row.date else row.number, f"{_(DOCUMENTS[row.sort])}: {row.about}", _document_url(row)
        )
        for row in fitting
    ]


def _document_url(row: Any) -> str:
    if row.sort == "minutes":
        return url_for("council.show", session_id=row.target)
    if row.sort == "admission":
        return url_for("registrations.show", unit_id=row.target)
    if row.sort in PAGES:
        return url_for(PAGES[row.sort])
    return url_for("dossiers.show", dossier_id=row.target)


def _numbered(current: Campaign) -> Iterable[Select[Any]]:
    """Every numbered paper of the campaign that the person may see: its sort, number, date, what it is about, the row it stands in."""

    def row(sort: str, number: Any, date: Any, about: Any, target: Any) -> Select[Any]:
        return select(literal(sort).label("sort"), number.label("number"), date.label("date"), about.label("about"), target.label("target"))

    code, name = Dossier.code, CampaignUnit.name
    yield _visible(row("forward", Dossier.forward_number, Dossier.forward_date, code, Dossier.id), current).where(
        Dossier.forward_number != ""
    )
    yield _visible(row("decision", Dossier.decision_number, Dossier.decision_date, code, Dossier.id), current).where(
        Dossier.decision_number != ""
    )
    yield _visible(row("extension", Extension.number, Extension.date, code, Dossier.id).join(Extension.dossier), current)
    answered = row("answer", ExtensionRequest.number, ExtensionRequest.date, code, Dossier.id).join(ExtensionRequest.dossier)
    yield _visible(answered, current).where(ExtensionRequest.granted.is_(False))
    for sort, model in (("recognition", Recognition), ("rating", Rating)):
        recorded = row(sort, model.number, model.date, name, Dossier.id).join(Dossier, Dossier.campaign_unit_id == model.campaign_unit_id)
        yield _visible(recorded, current)
    yield (
        row("admission", Admission.number, Admission.date, name, CampaignUnit.id)
        .join(Admission.campaign_unit)
        .where(CampaignUnit.campaign_id == current.id, granted(actor(), Action.REGISTRATION_VIEW))
    )
    yield (
        row("commendation", Commendation.number, Commendation.date, name, CampaignUnit.id)
        .join(Commendation.campaign_unit)
        .where(Commendation.campaign_id == current.id, Commendation.struck_at.is_(None), granted(actor(), Action.COMMENDATION_VIEW))
    )
    plan = literal(current.plan.number)
    if may(actor(), Action.COUNCIL_VIEW):
        held = row("minutes", CouncilSession.minutes_number, CouncilSession.minutes_date, CouncilSession.place, CouncilSession.id)
        yield held.where(CouncilSession.campaign_id == current.id, CouncilSession.minutes_number != "")
    if may(actor(), Action.RANKING_VIEW):
        published = IndexPublication.decision_number, IndexPublication.decision_date
        yield row("publication", *published, plan, IndexPublication.id).where(
            IndexPublication.campaign_id == current.id, IndexPublication.published_at.is_not(None)
        )
        yield row("ruling", Ruling.number, Ruling.date, plan, Ruling.id).where(Ruling.campaign_id == current.id)


def _files(current: Campaign, words: Sequence[str]) -> list[Answer]:
    """Papers in dossiers by the names of their files, which often hold a number."""
    query = select(DocumentVersion.file_name, Dossier.id, Dossier.code).select_from(Dossier)
    rows = db.session.execute(
        _visible(query.join(Dossier.documents).join(Document.versions), current).order_by(Dossier.id, DocumentVersion.id)
    )
    return [Answer(row.file_name, row.code, url_for("documents.index", dossier_id=row.id)) for row in rows if _fits(words, row.file_name)]


def _letters(current: Campaign, wanted: str, words: Sequence[str]) -> list[Answer]:
    """Letters by the code of their footer, by an address, or by their name with words of their unit's."""
    if not may(actor(), Action.LETTER_VIEW):
        return []
    query = (
        select(Notice.letter, Notice.created_at, CampaignUnit.name, OutboxMail.id, OutboxMail.recipient)
        .join(OutboxMail.notice)
        .join(Notice.campaign_unit)
        .where(Notice.campaign_id == current.id, granted(actor(), Action.LETTER_VIEW))
    )
    if code := JOURNAL_CODE.fullmatch(wanted.strip().lower()):
        query = query.join(AuditEntry, AuditEntry.seq == Notice.audit_seq)
        query = query.where(AuditEntry.seq == int(code[1]), AuditEntry.hash.startswith(code[2]))
    elif "@" in wanted:
        query = query.where(OutboxMail.recipient.icontains(wanted, autoescape=True))
    else:
        rest = {letter: [word for word in words if word not in folded(letter.label).split()] for letter in LetterName}
        fewest = min(map(len, rest.values()))
        if fewest == len(words):
            return []
        fitting = [letter for letter, left in rest.items() if len(left) == fewest]
        query = query.where(Notice.letter.in_(fitting), *named(" ".join(rest[fitting[0]])))
    rows = db.session.execute(query.order_by(Notice.id.desc(), OutboxMail.id).limit(MOST + 1))
    return [
        Answer(
            _(row.letter.label),
            f"{row.name}, {row.recipient}, {day_words(local_day(row.created_at))}",
            url_for("letters.show", mail_id=row.id),
        )
        for row in rows
    ]

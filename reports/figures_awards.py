"""The figures of council and awards: sessions, and whom they recommended, who was proposed to the Chairman and who was awarded (III.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from documents.tables import Column
from models.campaigns import Campaign
from models.council import AgendaItem, CouncilSession
from models.db import db
from models.dossiers import Dossier, Nominee
from models.text import N_
from models.vocabulary import DossierState
from notifications.wording import day_words
from reports.figures_lists import Figure, Row, Subject
from reports.figures_units import UnitFacts

SESSIONS = Subject(
    "sessions",
    N_("Phiên họp Hội đồng"),
    (
        Column(N_("Ngày họp"), 26),
        Column(N_("Địa điểm"), 70),
        Column(N_("Thành viên dự"), 30, centred=True),
        Column(N_("Biên bản"), 60),
        Column(N_("Số hồ sơ"), 24, centred=True),
    ),
    (Figure("sessions.held", N_("Phiên họp đã họp")), Figure("sessions.called", N_("Phiên họp đã mời, chưa ghi kết quả"))),
)
NOMINEES = Subject(
    "nominees",
    N_("Tập thể, cá nhân được đề nghị"),
    (
        Column(N_("Tập thể, cá nhân"), 52),
        Column(N_("Loại"), 22),
        Column(N_("Chức vụ"), 34),
        Column(N_("Đơn vị"), 50),
        Column(N_("Hội đồng"), 30),
        Column(N_("Khen thưởng"), 50),
    ),
    (
        Figure("nominees.filed", N_("Được đề nghị trong hồ sơ đã nộp")),
        Figure("nominees.recommended", N_("Hội đồng đề nghị"), "nominees.filed"),
        Figure("nominees.sent", N_("Đã trình Chủ tịch UBND tỉnh"), "nominees.recommended"),
        Figure("nominees.awarded", N_("Được tặng bằng khen"), "nominees.sent"),
        Figure("nominees.not_awarded", N_("Không được tặng bằng khen"), "nominees.sent"),
        Figure("nominees.not_recommended", N_("Hội đồng không đề nghị"), "nominees.filed"),
    ),
)
DECIDED = (DossierState.AWARDED, DossierState.NOT_AWARDED)


def read_nominees(campaigns: Sequence[Campaign]) -> dict[int, list[Any]]:
    """Whom the dossiers that were handed in put forward, by campaign; those who left are not among them."""
    query = (
        select(
            Nominee.id,
            Nominee.kind,
            Nominee.full_name,
            Nominee.position,
            Nominee.recommended,
            Nominee.awarded,
            Dossier.id.label("dossier_id"),
            Dossier.campaign_id,
            Dossier.campaign_unit_id,
            Dossier.state,
            Dossier.forward_number,
            Dossier.decision_number,
            Dossier.decision_date,
        )
        .join(Dossier, Nominee.dossier_id == Dossier.id)
        .where(
            Dossier.campaign_id.in_([campaign.id for campaign in campaigns]),
            Dossier.first_submitted_at.is_not(None),
            Dossier.state != DossierState.WITHDRAWN,
            Nominee.left_at.is_(None),
        )
        .order_by(Dossier.sort_key, Nominee.id)
    )
    found: dict[int, list[Any]] = {campaign.id: [] for campaign in campaigns}
    for row in db.session.execute(query):
        found[row.campaign_id].append(row)
    return found


def nominees(rows: Sequence[Any], units: Mapping[int, UnitFacts]) -> Iterator[Row]:
    """Who was put forward, and what council and Chairman decided."""
    for row in rows:
        unit = units[row.campaign_unit_id]
        found = {"nominees.filed"}
        council, award = "", ""
        if row.recommended is not None:
            found.add("nominees.recommended" if row.recommended else "nominees.not_recommended")
            council = "Đề nghị" if row.recommended else "Không đề nghị"
        if row.recommended and row.forward_number:
            found.add("nominees.sent")
            award = "Đã trình"
            if row.state in DECIDED:
                found.add("nominees.awarded" if row.awarded else "nominees.not_awarded")
                document = f"số {row.decision_number} ngày {day_words(row.decision_date)}"
                award = f"Bằng khen, Quyết định {document}" if row.awarded else f"Không tặng, văn bản {document}"
        cells = (row.full_name, row.kind.label, row.position, unit.name, council, award)
        yield Row(cells, frozenset(found), f"dossier:{row.dossier_id}", unit.kind, unit.district, nominee=row.kind.value)


def read_sessions(campaigns: Sequence[Campaign]) -> dict[int, list[Any]]:
    """The council's sessions with the number of dossiers on their agendas, by campaign."""
    on_agenda = select(func.count(AgendaItem.id)).where(AgendaItem.session_id == CouncilSession.id).scalar_subquery()
    query = (
        select(CouncilSession, on_agenda.label("dossiers"))
        .where(CouncilSession.campaign_id.in_([campaign.id for campaign in campaigns]))
        .order_by(CouncilSession.held_on, CouncilSession.id)
    )
    found: dict[int, list[Any]] = {campaign.id: [] for campaign in campaigns}
    for row in db.session.execute(query):
        found[row.CouncilSession.campaign_id].append(row)
    return found


def sessions(rows: Sequence[Any]) -> Iterator[Row]:
    """Sessions that were held are those whose minutes are on record."""
    for session, on_agenda in rows:
        held = bool(session.minutes_number)
        minutes = f"Số {session.minutes_number}" + (f" ngày {day_words(session.minutes_date)}" if session.minutes_date else "")
        present = f"{session.members_present}/{session.members_total}" if held else ""
        cells = (session.held_on, session.place, present, minutes if held else "", on_agenda)
        yield Row(cells, frozenset({"sessions.held" if held else "sessions.called"}), f"session:{session.id}")

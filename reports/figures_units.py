"""The figures that rest on the units of a campaign: forms and collectives registered, dossiers and their time limits, places of the
quotas. One statement reads them all, for one campaign or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from documents.naming import lower_first
from documents.tables import Column
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Admission, UnusedPlaces
from models.dossiers import Dossier
from models.localtime import local_day
from models.registrations import RegisteredCollective, Registration
from models.text import N_
from models.vocabulary import DossierState, RegistrationState
from notifications.wording import day_words
from reports.figures import REGISTERED
from reports.figures_lists import Figure, Row, Subject
from workflow.situation import PLACE_FREE

UNIT, KIND = Column(N_("Đơn vị"), 60), Column(N_("Loại đơn vị"), 42)

FORMS = Subject(
    "forms",
    N_("Bản đăng ký"),
    (UNIT, KIND, Column(N_("Trạng thái"), 28), Column(N_("Ngày gửi"), 24), Column(N_("Thời hạn"), 24), Column(N_("Ghi chú"), 60)),
    (
        Figure("forms.expected", N_("Bản đăng ký phải có")),
        Figure("forms.registered", N_("Đã đăng ký"), "forms.expected"),
        Figure("forms.on_time", N_("Đăng ký đúng hạn"), "forms.registered"),
        Figure("forms.late", N_("Đăng ký trễ hạn"), "forms.registered"),
        Figure("forms.accepted", N_("Đã duyệt"), "forms.registered"),
        Figure("forms.waiting", N_("Chờ duyệt"), "forms.registered"),
        Figure("forms.returned", N_("Bị trả lại, chưa gửi lại"), "forms.expected"),
        Figure("forms.silent", N_("Chưa gửi"), "forms.expected"),
    ),
)
COLLECTIVES = Subject(
    "collectives",
    N_("Tập thể đăng ký"),
    (UNIT, KIND, Column(N_("Đăng ký trong bản của"), 60), Column(N_("Kết quả"), 30)),
    (
        Figure("collectives.expected", N_("Tập thể thuộc đối tượng")),
        Figure("collectives.registered", N_("Tập thể đã đăng ký"), "collectives.expected"),
    ),
)
DOSSIERS = Subject(
    "dossiers",
    N_("Hồ sơ"),
    (
        UNIT,
        Column(N_("Mã hồ sơ"), 32),
        Column(N_("Trạng thái"), 38),
        Column(N_("Hạn nộp"), 24),
        Column(N_("Nộp lần đầu"), 24),
        Column(N_("Thời hạn"), 24),
        Column(N_("Ghi chú"), 36),
    ),
    (
        Figure("dossiers.all", N_("Hồ sơ đã mở")),
        *(Figure(f"dossiers.{state.value}", state.label, "dossiers.all") for state in DossierState),
        Figure("dossiers.due", N_("Hồ sơ phải nộp")),
        Figure("dossiers.on_time", N_("Nộp đúng hạn"), "dossiers.due"),
        Figure("dossiers.late", N_("Nộp trễ hạn"), "dossiers.due"),
        Figure("dossiers.silent", N_("Hết hạn mà không nộp"), "dossiers.due"),
        Figure("dossiers.open", N_("Còn trong hạn nộp"), "dossiers.due"),
        Figure("dossiers.recommended", N_("Hội đồng đề nghị khen thưởng")),
        Figure("dossiers.sent", N_("Đã trình Chủ tịch UBND tỉnh"), "dossiers.recommended"),
        Figure("dossiers.declined", N_("Hội đồng không đề nghị")),
        Figure("dossiers.unseen", N_("Đã nộp, Hội đồng chưa xét")),
    ),
)
PLACES = Subject(
    "places",
    N_("Chỉ tiêu chọn cấp xã"),
    (
        Column(N_("Huyện, thành phố"), 50),
        Column(N_("Chỗ"), 20, centred=True),
        Column(N_("Cấp xã được chọn"), 60),
        Column(N_("Trạng thái hồ sơ"), 42),
        Column(N_("Lý do không dùng"), 60),
    ),
    (
        Figure("places.all", N_("Chỉ tiêu được giao")),
        Figure("places.used", N_("Đã dùng"), "places.all"),
        Figure("places.unused", N_("Không dùng"), "places.all"),
        Figure("places.explained", N_("Có ghi lý do"), "places.unused"),
        Figure("places.unexplained", N_("Chưa ghi lý do"), "places.unused"),
    ),
)

RECOMMENDED = (DossierState.REVIEWED, DossierState.FORWARDED, DossierState.AWARDED, DossierState.NOT_AWARDED)
District = aliased(CampaignUnit)
Form = aliased(CampaignUnit)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of a campaign with its form and its dossier as they stand; `row` holds the columns that were read."""

    name: str
    kind: str
    kind_label: str
    district: str
    row: Any

    def line(self, cells: tuple[Any, ...], figures: set[str], place: str) -> Row:
        """A row about this unit."""
        return Row(cells, frozenset(figures), place, self.kind, self.district)


def read_units(campaigns: Sequence[Campaign]) -> dict[int, list[UnitFacts]]:
    """Every unit of some campaigns, by campaign, in the order of the plan's kinds; communes under their districts."""
    query = (
        select(
            CampaignUnit.id,
            CampaignUnit.campaign_id,
            CampaignUnit.name,
            CampaignUnit.kind,
            CampaignUnit.eligible,
            CampaignUnit.ended_on,
            CampaignUnit.form_unit_id,
            CampaignUnit.compiled_by_id,
            CampaignUnit.quota_owner_id,
            CampaignUnit.selection_quota,
            CampaignUnit.sort_key,
            District.name.label("district_name"),
            District.kind.label("district_kind"),
            District.sort_key.label("district_key"),
            Form.name.label("form_name"),
            Registration.id.label("form_id"),
            Registration.state.label("form_state"),
            Registration.sent_at,
            Registration.late,
            Registration.return_reason.label("form_reason"),
            RegisteredCollective.id.label("on_form"),
            Admission.number.label("admission"),
            Admission.date.label("admitted_on"),
            UnusedPlaces.reason.label("unused_reason"),
            Dossier.id.label("dossier_id"),
            Dossier.code,
            Dossier.state,
            Dossier.due_on,
            Dossier.first_submitted_at,
            Dossier.submitted_late,
            Dossier.end_reason,
            Dossier.forward_number,
        )
        .outerjoin(District, District.id == CampaignUnit.compiled_by_id)
        .outerjoin(Form, Form.id == CampaignUnit.form_unit_id)
        .outerjoin(Registration, Registration.campaign_unit_id == CampaignUnit.form_unit_id)
        .outerjoin(
            RegisteredCollective,
            and_(RegisteredCollective.registration_id == Registration.id, RegisteredCollective.campaign_unit_id == CampaignUnit.id),
        )
        .outerjoin(Admission, Admission.campaign_unit_id == CampaignUnit.form_unit_id)
        .outerjoin(UnusedPlaces, UnusedPlaces.campaign_unit_id == CampaignUnit.id)
        .outerjoin(Dossier, Dossier.campaign_unit_id == CampaignUnit.id)
        .where(CampaignUnit.campaign_id.in_([campaign.id for campaign in campaigns]))
    )
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        rows[row.campaign_id].append(row)
    return {campaign.id: _in_order(campaign, rows[campaign.id]) for campaign in campaigns}


def _in_order(campaign: Campaign, rows: list[Any]) -> list[UnitFacts]:
    order = {code: number for number, code in enumerate(campaign.plan.kinds)}
    compilers = {row.compiled_by_id for row in rows} - {None}

    def place(row: Any) -> tuple[Any, ...]:
        rank = (order.get(row.kind, len(order)), row.sort_key)
        return rank if row.compiled_by_id is None else (order.get(row.district_kind, len(order)), row.district_key, *rank)

    def facts(row: Any) -> UnitFacts:
        name = f"{row.name}, {lower_first(row.district_name)}" if row.district_name else row.name
        district = next((unit for unit in (row.compiled_by_id, row.id, row.form_unit_id) if unit in compilers), "")
        kind = campaign.plan.kinds.get(row.kind)
        return UnitFacts(name, row.kind, kind.label if kind else row.kind, str(district), row)

    return [facts(row) for row in sorted(rows, key=place)]


def forms(units: Sequence[UnitFacts], reminded: Mapping[int, int]) -> Iterator[Row]:
    """The forms that are expected (II.2.a, IV): a form is in once it is sent and not returned; late is what was decided when first sent."""
    for unit in units:
        row = unit.row
        if not row.eligible or row.form_unit_id != row.id or row.ended_on is not None:
            continue
        state = row.form_state or RegistrationState.DRAFT
        found = {"forms.expected"}
        if state in REGISTERED:
            found |= {"forms.registered", "forms.late" if row.late else "forms.on_time"}
            found.add("forms.accepted" if state is RegistrationState.ACCEPTED else "forms.waiting")
        else:
            found.add("forms.returned" if state is RegistrationState.RETURNED else "forms.silent")
        timely = "" if state not in REGISTERED else "Trễ hạn" if row.late else "Đúng hạn"
        remark = ""
        if state is RegistrationState.RETURNED:
            remark = row.form_reason
        elif state is RegistrationState.DRAFT:
            remark = f"Đã nhắc {reminded[row.id]} lần" if reminded.get(row.id) else ""
        if row.admission:
            remark = f"Cho phép trễ hạn: văn bản số {row.admission} ngày {day_words(row.admitted_on)}"
        sent = local_day(row.sent_at) if row.sent_at else ""
        yield unit.line((unit.name, unit.kind_label, state.label, sent, timely, remark), found, f"registration:{row.id}")


def collectives(units: Sequence[UnitFacts]) -> Iterator[Row]:
    """The collectives that may register (II.2.a); specialised units do it on the form of their parent."""
    for unit in units:
        row = unit.row
        if not row.eligible or row.ended_on is not None:
            continue
        is_in = row.on_form is not None and row.form_state in REGISTERED
        found = {"collectives.expected"} | ({"collectives.registered"} if is_in else set())
        result = "Đã đăng ký" if is_in else "Chưa đăng ký"
        yield unit.line((unit.name, unit.kind_label, row.form_name, result), found, f"registration:{row.form_unit_id}")


def dossiers(units: Sequence[UnitFacts], at: datetime) -> Iterator[Row]:
    """The dossiers by state; how they stand to the time limit of II.3: late or not is judged on the first submission."""
    today = local_day(at)
    for unit in units:
        row = unit.row
        if row.dossier_id is None:
            continue
        found, timely = {"dossiers.all", f"dossiers.{row.state.value}"}, ""
        overdue = row.state is DossierState.SELECTED and row.due_on < today
        if row.first_submitted_at is not None:
            found |= {"dossiers.due", "dossiers.late" if row.submitted_late else "dossiers.on_time"}
            timely = "Trễ hạn" if row.submitted_late else "Đúng hạn"
        elif row.state is DossierState.LAPSED or overdue:
            found |= {"dossiers.due", "dossiers.silent"}
            timely = "Không nộp"
        elif row.state is DossierState.SELECTED:
            found |= {"dossiers.due", "dossiers.open"}
            timely = "Còn hạn"
        if row.state in RECOMMENDED:
            found |= {"dossiers.recommended"} | ({"dossiers.sent"} if row.forward_number else set())
        elif row.state is DossierState.NOT_RECOMMENDED:
            found.add("dossiers.declined")
        elif row.state is DossierState.SUBMITTED:
            found.add("dossiers.unseen")
        first = local_day(row.first_submitted_at) if row.first_submitted_at else ""
        cells = (unit.name, row.code, row.state.label, row.due_on or "", first, timely, row.end_reason)
        yield unit.line(cells, found, f"dossier:{row.dossier_id}")


def places(units: Sequence[UnitFacts]) -> Iterator[Row]:
    """The places of the quotas (III.4.a), one by one: who holds each, or why it stays empty."""
    holders: dict[int, list[UnitFacts]] = defaultdict(list)
    for unit in units:
        if unit.row.quota_owner_id and unit.row.dossier_id is not None and unit.row.state not in PLACE_FREE:
            holders[unit.row.quota_owner_id].append(unit)
    for owner in units:
        quota, held = owner.row.selection_quota, holders[owner.row.id]
        for number in range(max(quota, len(held)) if quota else 0):
            holder, reason = held[number] if number < len(held) else None, owner.row.unused_reason or ""
            where = (owner.name, f"{number + 1}/{quota}")
            if holder is not None:
                cells = (*where, holder.row.name, holder.row.state.label, "")
                yield owner.line(cells, {"places.all", "places.used"}, f"dossier:{holder.row.dossier_id}")
            else:
                explained = "places.explained" if reason else "places.unexplained"
                yield owner.line((*where, "", "", reason), {"places.all", "places.unused", explained}, "")

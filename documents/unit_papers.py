"""The submitting unit's papers (III.4.c): its tờ trình and the minutes of its council, for one or several of its dossiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from documents.decree30 import (
    BLANK_DAY,
    Signature,
    add_addressees,
    add_head,
    add_legal_bases,
    add_signatures,
    add_text,
    add_title,
    as_bytes,
    new_paper,
)
from documents.naming import (
    IssuingBody,
    chairman,
    cited,
    counted,
    issuing_body,
    place_of,
    short_name,
    signing_lines,
    subject_of,
    symbol_of,
)
from documents.nominee_tables import collectives_table, individuals_table, votes_table
from documents.on_record import NOTHING, OnRecord, counts_in_words, head_of, in_order, put_forward
from models.dossiers import Dossier
from models.localtime import local_day
from models.plan import Plan
from models.vocabulary import Capacity, DocumentKind, NomineeKind, PaperKind

if TYPE_CHECKING:
    from docx.document import Document as Paper

LETTER, MINUTES = "TTr", "BB"
CHAIRED, RECORDED = "Chủ trì (chủ tọa)", "Thư ký (người ghi biên bản)"
"""Who led a meeting and who wrote its minutes, as the decree's form 1.9 calls them."""
READ_OUT = "Biên bản đã được đọc cho các thành viên dự họp cùng nghe, thống nhất./."
OWN_COUNCIL = "Hội đồng Thi đua, khen thưởng"
"""As III.4.c names the submitting unit's council; the plan's data may name it otherwise."""


def proposal_letter(dossiers: Sequence[Dossier], at: datetime, capacity: Capacity | None) -> bytes:
    """Tờ trình: the submitting unit asks the Chairman for the certificates of merit of its dossiers' nominees."""
    found = in_order(dossiers)
    unit, campaign, year = found[0].submits, found[0].campaign, local_day(at).year
    plan, record = campaign.plan, OnRecord(campaign)
    rule = plan.paper(PaperKind.PROPOSAL_LETTER)
    collectives, individuals = put_forward(found, NomineeKind.COLLECTIVE), put_forward(found, NomineeKind.INDIVIDUAL)
    paper = new_paper(f"Tờ trình - {award_words(plan)}", unit.official_name)
    add_head(paper, issuing_body(unit), place=place_of(unit), year=year, symbol=symbol_of(LETTER, unit))
    add_title(paper, "Tờ trình", [f"Về việc {award_words(plan)}"])
    home_affairs = record.home_affairs
    add_addressees(paper, [chairman(plan), *([home_affairs.official_name] if home_affairs.id != unit.id else [])])
    add_legal_bases(paper, record.bases(PaperKind.PROPOSAL_LETTER))
    council = rule.council or OWN_COUNCIL
    add_text(
        paper,
        f"Theo kết quả họp {council} của cơ quan (Biên bản số {NOTHING} {BLANK_DAY} {year}), {unit.official_name} kính trình "
        f"{chairman(plan)} xem xét, tặng bằng khen cho {counts_in_words(collectives, individuals)} có thành tích xuất sắc trong "
        f"{subject_of(plan)}, cụ thể như sau:",
    )
    add_text(paper, f"1. Tập thể: {counted(len(collectives))}", bold=True, together=True)
    collectives_table(paper, collectives, record)
    people = counted(len(individuals)) if individuals else "không đề nghị"
    add_text(paper, f"2. Cá nhân: {people}", bold=True, together=bool(individuals))
    if individuals:
        individuals_table(paper, individuals)
    for dossier in found:
        if dossier.fewer_reason:
            add_text(paper, f"Lý do {dossier.campaign_unit.long_name} đề nghị ít hơn số lượng: {dossier.fewer_reason.rstrip('.')}.")
    add_text(paper, "Hồ sơ kèm theo gồm:", together=True)
    enclosed = [document.label for document in plan.documents if document.kind is not DocumentKind.PROPOSAL_LETTER]
    for number, label in enumerate(enclosed, start=1):
        add_text(paper, f"- {label}{';' if number < len(enclosed) else '.'}")
    add_text(paper, f"{unit.official_name} kính trình {chairman(plan)} xem xét, quyết định./.")
    signature = Signature(signing_lines(unit, capacity), "" if capacity else head_of(unit))
    add_signatures(paper, signature, recipients=rule.recipients or ("Như trên", "Lưu: VT"))
    return as_bytes(paper)


def minutes(dossiers: Sequence[Dossier], at: datetime, capacity: Capacity | None) -> bytes:  # noqa: ARG001 (the chair signs minutes in person)
    """Biên bản: the meeting of the submitting unit's council, with room for what only the meeting knows."""
    found = in_order(dossiers)
    unit, plan, year = found[0].submits, found[0].campaign.plan, local_day(at).year
    rule = plan.paper(PaperKind.MINUTES)
    council = rule.council or OWN_COUNCIL
    paper = new_paper(f"Biên bản họp {council}", unit.official_name)
    head = IssuingBody(short_name(unit), (council,))
    add_head(paper, head, place=place_of(unit), year=year, symbol=f"/{MINUTES}-......", dated=False)
    add_title(paper, "Biên bản", [f"Họp {council} xét, {award_words(plan)}"])
    add_meeting(paper, [f"Thời gian bắt đầu: {NOTHING} giờ {NOTHING}, {BLANK_DAY} {year}", f"Địa điểm: {NOTHING}"])
    add_attendance(paper)
    add_text(paper, "I. NỘI DUNG", bold=True, together=True)
    add_text(paper, f"1. Chủ trì thông qua {cited(plan)}; tiêu chuẩn, số lượng bằng khen và hồ sơ theo quy định tại Mục III Kế hoạch.")
    add_text(paper, "2. Thư ký báo cáo thành tích của các tập thể, cá nhân:", together=True)
    nominees = [*put_forward(found, NomineeKind.COLLECTIVE), *put_forward(found, NomineeKind.INDIVIDUAL)]
    add_text(paper, f"- Tập thể, cá nhân được đưa ra xét: {counted(len(nominees))}, theo danh sách tại khoản 4;")
    add_text(paper, f"- Tóm tắt thành tích: {NOTHING}")
    add_text(paper, f"3. Ý kiến thảo luận: {NOTHING}")
    add_text(paper, f"4. Kết quả biểu quyết (số phiếu; tổng số thành viên dự họp: {NOTHING}):", together=True)
    votes_table(paper, nominees, lambda _nominee: ("", "", ""), ("Tán thành", "Không tán thành", "Tỷ lệ (%)"))
    add_text(paper, "II. KẾT LUẬN", bold=True, together=True)
    add_text(paper, f"Hội đồng thống nhất {award_words(plan)}, gồm: {NOTHING} tập thể và {NOTHING} cá nhân.")
    add_text(paper, f"Cuộc họp kết thúc vào {NOTHING} giờ {NOTHING}, {BLANK_DAY} {year}. {READ_OUT}")
    add_minutes_signatures(paper, rule.recipients or ("Thành viên Hội đồng", "Lưu: VT, hồ sơ"))
    return as_bytes(paper)


def award_words(plan: Plan) -> str:
    """What papers ask for, inside a sentence."""
    return f"đề nghị tặng bằng khen của {plan.chairman_title} trong {subject_of(plan)}"


def add_meeting(paper: Paper, lines: Sequence[str]) -> None:
    """When and where a meeting was, a line each."""
    for line in lines:
        add_text(paper, f"{line}.")


def add_attendance(paper: Paper) -> None:
    """Who was there, with room for names."""
    add_text(paper, "Thành phần tham dự:", together=True)
    add_text(paper, f"- Tổng số thành viên Hội đồng: {NOTHING}; có mặt: {NOTHING}; vắng mặt: {NOTHING} (lý do: {NOTHING});")
    add_text(paper, f"- {CHAIRED}: {NOTHING} (họ và tên, chức vụ);")
    add_text(paper, f"- {RECORDED}: {NOTHING} (họ và tên, chức vụ).")


def add_minutes_signatures(paper: Paper, recipients: Sequence[str], *, secretary: str = "", chair: str = "") -> None:
    """Secretary at the left, chair at the right, recipients below (Decree 30/2020, form 1.9)."""
    chaired = Signature(["CHỦ TỌA"], chair, "Chữ ký, dấu (nếu có)")
    add_signatures(paper, chaired, beside=Signature(["THƯ KÝ"], secretary, "Chữ ký"), recipients=recipients)

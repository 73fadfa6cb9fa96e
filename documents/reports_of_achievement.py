"""Báo cáo thành tích by the form that the plan names (III.4.c): what is on record filled in, the rest left for the author.

The parts and their lines are the campaign's data; data/README.md says what a person must check in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from documents.decree30 import Signature, add_head, add_signatures, add_text, add_title, as_bytes, new_paper
from documents.naming import chairman, full_name, issuing_body, place_of, signing_lines, subject_of
from documents.nominee_tables import lower_first_of_kind
from documents.on_record import NOTHING, OnRecord, head_of
from documents.sheets import begin_part
from models.dossiers import Nominee
from models.localtime import local_day
from models.plan_papers import PaperPart
from models.vocabulary import Capacity, NomineeKind, PaperKind

if TYPE_CHECKING:
    from docx.document import Document as Paper

KIND_OF = {NomineeKind.COLLECTIVE: PaperKind.ACHIEVEMENT_COLLECTIVE, NomineeKind.INDIVIDUAL: PaperKind.ACHIEVEMENT_INDIVIDUAL}

PARTS = (PaperPart("I. THÔNG TIN CHUNG", (NOTHING,)), PaperPart("II. THÀNH TÍCH ĐẠT ĐƯỢC", (NOTHING,)))
"""Where the plan gives no form: the two headings that III.4.c's form has, with room below."""

SIGN_HERE = "Ký, ghi rõ họ và tên"
CONFIRMS = "XÁC NHẬN, ĐỀ NGHỊ"
STAMP_HERE = "Ký, đóng dấu"


def achievement_reports(nominees: Sequence[Nominee], at: datetime, capacity: Capacity | None) -> bytes:
    """The report of each nominee, each beginning a new page with page numbers of its own."""
    record = OnRecord(nominees[0].dossier.campaign)
    paper = new_paper("Báo cáo thành tích", nominees[0].dossier.campaign_unit.official_name)
    for number, nominee in enumerate(nominees):
        if number:
            begin_part(paper)
        _add_report(paper, nominee, record, at, capacity)
    return as_bytes(paper)


def _add_report(paper: Paper, nominee: Nominee, record: OnRecord, at: datetime, capacity: Capacity | None) -> None:
    unit, plan = nominee.dossier.campaign_unit, record.plan
    add_head(paper, issuing_body(unit), place=place_of(unit), year=local_day(at).year)
    add_title(
        paper,
        "Báo cáo thành tích",
        [f"Đề nghị tặng bằng khen của {chairman(plan)}", f"(Về thành tích xuất sắc trong {subject_of(plan)})"],
    )
    collective = nominee.kind is NomineeKind.COLLECTIVE
    if collective:
        add_text(paper, f"Tên đơn vị đề nghị khen thưởng: {full_name(unit)}.")
    else:
        add_text(paper, f"Họ và tên: {nominee.full_name}.")
        add_text(paper, f"Chức vụ: {nominee.position or NOTHING}.")
        add_text(paper, f"Đơn vị công tác: {lower_first_of_kind(nominee.workplace) or NOTHING}.")
    facts = _collective_facts(nominee, record) if collective else _individual_facts(nominee, record)
    for number, part in enumerate(plan.paper(KIND_OF[nominee.kind]).parts or PARTS):
        add_text(paper, part.heading, bold=True, together=True)
        for line in (facts if number == 1 else []) + list(part.lines):
            add_text(paper, line)
    _sign(paper, nominee, capacity)


def _collective_facts(nominee: Nominee, record: OnRecord) -> list[str]:
    return [
        f"- Nội dung đã đăng ký thi đua: {record.plan.commitment};",
        f"- Kết quả làm căn cứ xét: {record.result_of(nominee.dossier)}.",
    ]


def _individual_facts(nominee: Nominee, record: OnRecord) -> list[str]:
    rating = record.plan.label_of_rating(nominee.rating) or NOTHING
    direct = " (trực tiếp thực hiện)" if nominee.direct else ""
    reform = [f"- Thực hiện xuất sắc nhiệm vụ CCHC được giao{direct};"] if nominee.reform_excellent else []
    return [*reform, f"- Xếp loại trong năm: {rating};", f"- Thuộc tập thể: {full_name(nominee.dossier.campaign_unit)}."]


def _sign(paper: Paper, nominee: Nominee, capacity: Capacity | None) -> None:
    """A collective's head signs, and the head of the unit that submits for it confirms; a person signs, the collective's head confirms."""
    unit, submits = nominee.dossier.campaign_unit, nominee.dossier.submits
    if nominee.kind is NomineeKind.INDIVIDUAL:
        confirming = Signature(["THỦ TRƯỞNG ĐƠN VỊ", CONFIRMS], remark=STAMP_HERE)
        add_signatures(paper, Signature(["NGƯỜI BÁO CÁO THÀNH TÍCH"], nominee.full_name, SIGN_HERE), beside=confirming)
        return
    signature = Signature(signing_lines(unit, capacity), "" if capacity else head_of(unit), STAMP_HERE)
    confirming = Signature(["THỦ TRƯỞNG", "CẤP TRÊN TRỰC TIẾP", CONFIRMS], remark=STAMP_HERE)
    add_signatures(paper, signature, beside=None if submits.id == unit.id else confirming)

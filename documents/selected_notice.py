"""The notice to a selected collective (III.4.a): what it may put forward, which papers, until when and how that was counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from documents.decree30 import (
    Signature,
    add_head,
    add_legal_bases,
    add_signatures,
    add_text,
    add_title,
    as_bytes,
    new_paper,
)
from documents.naming import counted, full_name, issuing_body, lower_first, place_of, signing_lines, symbol_of
from documents.on_record import OnRecord
from documents.unit_papers import award_words
from models.dossiers import Dossier
from models.localtime import local_day
from models.vocabulary import Capacity, PaperKind
from notifications.wording import day_words, long_day, working_lines
from workflow import deadlines

NOTICE = "TB"
SKIPPED_AT_MOST = 3
NUMBERED = re.compile(r" \(\d+/\d+\)$")
"""Skipped days that are told one by one; the count that the calendar puts behind a day of a long holiday ("(2/5)")."""


def selected_notice(dossier: Dossier, at: datetime, capacity: Capacity | None) -> bytes:
    """Thông báo: by home affairs; to a commune by the district that selected it. Whom it is for stands below (annex I: no "Kính gửi")."""
    unit, campaign = dossier.campaign_unit, dossier.campaign
    plan, record, rule = campaign.plan, OnRecord(campaign), campaign.plan.paper(PaperKind.SELECTED_NOTICE)
    home_affairs = record.home_affairs
    issuer = unit.compiled_by or home_affairs
    paper = new_paper(f"Thông báo - {full_name(unit)}", issuer.official_name)
    add_head(paper, issuing_body(issuer), place=place_of(issuer), year=local_day(at).year, symbol=symbol_of(NOTICE, issuer))
    add_title(paper, "Thông báo", [f"Về việc lập hồ sơ {award_words(plan)}"])
    add_legal_bases(paper, record.bases(PaperKind.SELECTED_NOTICE))
    add_text(paper, f"{issuer.official_name} thông báo {full_name(unit)} được chọn để lập hồ sơ {award_words(plan)}, như sau:")
    criterion = plan.criteria[unit.criterion or ""]
    add_text(paper, "1. Căn cứ chọn", bold=True, together=True)
    add_text(paper, f"- Tiêu chuẩn: {lower_first(criterion.label)} (mục {criterion.clause} Kế hoạch);")
    add_text(paper, f"- Kết quả: {record.result_of(dossier)}.")
    add_text(paper, "2. Số lượng đề nghị", bold=True, together=True)
    quota = counted(unit.individual_quota)
    add_text(paper, f"Tập thể và không quá {quota} cá nhân tiêu biểu xuất sắc (mục III.4.b Kế hoạch); đề nghị ít hơn thì ghi lý do.")
    add_text(paper, "3. Hồ sơ gồm 01 bộ bản chính", bold=True, together=True)
    for number, document in enumerate(plan.documents, start=1):
        each = " (mỗi tập thể, cá nhân một báo cáo)" if document.per == "nominee" else ""
        add_text(paper, f"- {document.label}{each}{';' if number < len(plan.documents) else '.'}")
    submits = "" if dossier.submits_id == unit.id else f", do {dossier.submits.official_name} trình"
    add_text(paper, "4. Nơi nhận và hạn nộp", bold=True, together=True)
    add_text(paper, f"- Hồ sơ gửi về {home_affairs.name} ({record.receiving_office.name}){submits};")
    dates = deadlines.of_dossier(dossier)
    if dates:
        add_text(paper, f"- Hạn nộp: chậm nhất 24 giờ 00 {long_day(dates[-1].due_on)}.", bold=True)
        add_text(paper, "Cách tính hạn nộp:", together=True)
        for line in _working(dates[-1].working):
            add_text(paper, f"+ {line}.")
    else:
        add_text(paper, "- Hạn nộp: ......")
    add_text(paper, f"{issuer.official_name} thông báo để {full_name(unit)} biết, thực hiện./.")
    submitter = [dossier.submits.official_name] if dossier.submits_id not in {unit.id, issuer.id} else []
    recipients = [full_name(unit), *submitter, *(rule.recipients or ("Lưu: VT",))]
    add_signatures(paper, Signature(signing_lines(issuer, capacity)), recipients=recipients)
    return as_bytes(paper)


def _working(working: Mapping[str, Any]) -> list[str]:
    """How the due date was counted; the days that are skipped in one line, from the first to the last."""
    lines, skipped = working_lines(working), working.get("skipped", [])
    if len(skipped) < SKIPPED_AT_MOST:
        return lines
    names = dict.fromkeys({"saturday": "thứ Bảy", "sunday": "Chủ nhật"}.get(why, NUMBERED.sub("", why)) for _day, why in skipped)
    first, last = (day_words(date.fromisoformat(skipped[index][0])) for index in (0, -1))
    start = 3 if working.get("first_counted") else 1
    return [*lines[:start], f"Từ {first} đến {last} không phải ngày làm việc: {', '.join(names)}", *lines[start + len(skipped) :]]

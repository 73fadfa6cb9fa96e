"""To the Chairman (III.3, IV third dash): home affairs' tờ trình with its two lists, and the draft of his decision with the same lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from documents.blocks import BODY, spaced, write
from documents.decree30 import (
    BLANK_DAY,
    BLANK_NUMBER,
    Signature,
    add_addressee,
    add_head,
    add_legal_bases,
    add_signatures,
    add_text,
    add_title,
    as_bytes,
    begin_annex,
    new_paper,
)
from documents.naming import chairman, counted, governed_place, head_title, issuing_body, place_of, signing_lines, subject_of, symbol_of
from documents.nominee_tables import collectives_list, individuals_list
from documents.on_record import OnRecord, counts_in_words, head_of, in_order, put_forward, recommended, to_be_awarded
from documents.unit_papers import LETTER, award_words
from models.dossiers import Dossier, Nominee
from models.localtime import local_day
from models.vocabulary import Capacity, NomineeKind, PaperKind
from notifications.wording import long_day

if TYPE_CHECKING:
    from docx.document import Document as Paper

DECISION = "QĐ"
DECIDES = ("CHỦ TỊCH",)
DEPUTY_DECIDES = ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
"""The Chairman decides in his own competence, not on behalf of the committee: no TM. (Decree 30/2020)."""


def chairman_letter(dossiers: Sequence[Dossier], at: datetime, capacity: Capacity | None) -> bytes:
    """Tờ trình: home affairs proposes those whom the council recommends; collectives and individuals in an annex each."""
    found, record = in_order(dossiers), OnRecord(dossiers[0].campaign)
    plan, unit, year = record.plan, record.home_affairs, local_day(at).year
    collectives, individuals = _listed(found, recommended)
    symbol = symbol_of(LETTER, unit)
    paper = new_paper(f"Tờ trình - {award_words(plan)}", unit.official_name)
    add_head(paper, issuing_body(unit), place=place_of(unit), year=year, symbol=symbol)
    add_title(paper, "Tờ trình", [f"Về việc {award_words(plan)}"])
    add_addressee(paper, chairman(plan))
    add_legal_bases(paper, record.bases(PaperKind.CHAIRMAN_LETTER))
    sessions = _minutes_cited(found)
    considered = f"Trên cơ sở hồ sơ của các cơ quan, đơn vị, địa phương và {sessions}" if sessions else "Trên cơ sở kết quả thẩm định"
    add_text(
        paper,
        f"{considered}, {unit.name} kính trình {chairman(plan)} xem xét, tặng bằng khen cho "
        f"{counts_in_words(collectives, individuals)} có thành tích xuất sắc trong {subject_of(plan)}, cụ thể:",
    )
    annexes = [annex for annex in (("tập thể", collectives), ("cá nhân", individuals)) if annex[1]]
    for number, (word, nominees) in enumerate(annexes, start=1):
        end = ";" if number < len(annexes) else "."
        add_text(paper, f"- {word.capitalize()}: {counted(len(nominees))} (danh sách tại {_annex_name(number, len(annexes))}){end}")
    add_text(paper, "Hồ sơ kèm theo: dự thảo Quyết định; biên bản họp Hội đồng; hồ sơ của các tập thể, cá nhân.")
    add_text(paper, f"{unit.name} kính trình {chairman(plan)} xem xét, quyết định./.")
    recipients = plan.paper(PaperKind.CHAIRMAN_LETTER).recipients or ("Như trên", "Lưu: VT")
    add_signatures(paper, Signature(signing_lines(unit, capacity), "" if capacity else head_of(unit)), recipients=recipients)
    attached = f"Kèm theo Tờ trình số {BLANK_NUMBER}{symbol} {BLANK_DAY} {year} của {unit.official_name}"
    _add_lists(paper, annexes, record, "đề nghị tặng bằng khen", attached)
    return as_bytes(paper)


def award_decision(dossiers: Sequence[Dossier], at: datetime, capacity: Capacity | None) -> bytes:
    """Quyết định: the Chairman grants the certificates of merit; collectives and individuals in an annex each."""
    found, record = in_order(dossiers), OnRecord(dossiers[0].campaign)
    plan, unit, home_affairs, year = record.plan, record.issuer, record.home_affairs, local_day(at).year
    collectives, individuals = _listed(found, to_be_awarded)
    symbol, proposer = symbol_of(DECISION, unit), f"{head_title(home_affairs).capitalize()} {home_affairs.name}"
    paper = new_paper(f"Quyết định - tặng bằng khen {plan.year}", unit.official_name)
    add_head(paper, issuing_body(unit), place=place_of(unit), year=year, symbol=symbol)
    add_title(paper, "Quyết định", [f"Về việc tặng bằng khen của {plan.chairman_title}"])
    spaced(write(paper, chairman(plan).upper(), bold=True), before=12, after=12)
    add_legal_bases(
        paper,
        [
            *record.bases(PaperKind.AWARD_DECISION),
            f"Theo đề nghị của {proposer} tại Tờ trình số {BLANK_NUMBER}{symbol_of(LETTER, home_affairs)} {BLANK_DAY} {year}",
        ],
    )
    spaced(write(paper, "QUYẾT ĐỊNH:", bold=True), before=6, after=6)
    annexes = [annex for annex in (("tập thể", collectives), ("cá nhân", individuals)) if annex[1]]
    names = " và ".join(_annex_name(number, len(annexes)) for number in range(1, len(annexes) + 1))
    _add_article(
        paper,
        1,
        f"Tặng bằng khen của {chairman(plan)} cho {counts_in_words(collectives, individuals)} đã có thành tích xuất sắc trong "
        f"{subject_of(plan)} trên địa bàn {governed_place(plan)} (danh sách tại {names}).",
    )
    _add_article(paper, 2, "Quyết định này có hiệu lực kể từ ngày ký.")
    _add_article(
        paper,
        3,
        f"Chánh Văn phòng {plan.issuer}; {proposer} và Thủ trưởng các cơ quan, đơn vị, địa phương có liên quan; "
        "các tập thể, cá nhân có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này./.",
    )
    lines = DECIDES if capacity is None else DEPUTY_DECIDES if capacity is Capacity.KT else (f"{capacity.value} CHỦ TỊCH", "......")
    recipients = plan.paper(PaperKind.AWARD_DECISION).recipients or ("Như Điều 3", "Lưu: VT")
    add_signatures(paper, Signature(lines), recipients=recipients)
    attached = f"Kèm theo Quyết định số {BLANK_NUMBER}{symbol} {BLANK_DAY} {year} của {chairman(plan)}"
    _add_lists(paper, annexes, None, "được tặng bằng khen", attached)
    return as_bytes(paper)


def _add_article(paper: Paper, number: int, text: str) -> None:
    """An article of a decision, its number in bold."""
    from docx.shared import Pt

    paragraph = add_text(paper, f"Điều {number}. ", bold=True)
    paragraph.runs[0].text = f"Điều {number}. "
    paragraph.add_run(text).font.size = Pt(BODY)


def _listed(dossiers: Sequence[Dossier], named: Callable[[Nominee], bool]) -> tuple[list[Nominee], list[Nominee]]:
    return put_forward(dossiers, NomineeKind.COLLECTIVE, named), put_forward(dossiers, NomineeKind.INDIVIDUAL, named)


def _minutes_cited(dossiers: Sequence[Dossier]) -> str:
    """The minutes of the sessions that the dossiers were reviewed in, the latest of each."""
    sessions = {item.session_id: item.session for d in dossiers for item in d.agenda_items[-1:] if item.session.minutes_number}
    cites = [
        f"Biên bản số {s.minutes_number} {long_day(s.minutes_date)}"
        for s in sorted(sessions.values(), key=lambda s: (s.held_on, s.id))
        if s.minutes_date is not None
    ]
    return f"kết quả họp Hội đồng ({'; '.join(cites)})" if cites else ""


def _annex_name(number: int, of: int) -> str:
    return f"Phụ lục {'I' * number}" if of > 1 else "Phụ lục kèm theo"


def _add_lists(paper: Paper, annexes: Sequence[tuple[str, Sequence[Nominee]]], record: OnRecord | None, what: str, attached: str) -> None:
    """The annexes; with `record`, why each is put forward: a decision names only those who are awarded."""
    for number, (word, nominees) in enumerate(annexes, start=1):
        name = _annex_name(number, len(annexes)).removesuffix(" kèm theo")
        begin_annex(paper, name, f"Danh sách {word} {what}", attached)
        if nominees[0].kind is NomineeKind.COLLECTIVE:
            collectives_list(paper, nominees, record)
        else:
            individuals_list(paper, nominees, rated=record is not None)

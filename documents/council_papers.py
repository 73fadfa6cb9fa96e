"""The papers of a session of the council: its agenda, and its minutes with the votes; what is not on record is left to write in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from documents.decree30 import BLANK_DAY, Signature, add_head, add_signatures, add_text, add_title, as_bytes, new_paper
from documents.naming import COMMITTEE, IssuingBody, cited, counted, full_name, lower_first
from documents.nominee_tables import ORDINAL, VOTE_WIDTH, described, name_of, post_of
from documents.on_record import NOTHING
from documents.sheets import WIDTH
from documents.tables import Column, Row, add_table
from documents.unit_papers import CHAIRED, READ_OUT, RECORDED, add_minutes_signatures, award_words
from models.council import CouncilSession, Seat, Vote
from models.dossiers import Nominee
from models.localtime import local_day
from models.plan import Plan
from models.vocabulary import Capacity, CouncilDuty, NomineeKind, PaperKind
from notifications.wording import hour_words, long_day
from workflow.council import abstaining

if TYPE_CHECKING:
    from docx.document import Document as Paper

AGENDA, MINUTES, ABBREVIATION = "CTr", "BB", "HĐTĐKT"
COUNCIL = "Hội đồng xét khen thưởng"
"""Where the plan's data names no council: the plan itself knows none above the submitting unit's (III.4.c)."""

UNKNOWN = f"{NOTHING} (họ và tên, chức vụ)"
CHAIR = ("TM. HỘI ĐỒNG", "CHỦ TỊCH")
DEPUTY = ("TM. HỘI ĐỒNG", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def agenda(session: CouncilSession, at: datetime, capacity: Capacity | None) -> bytes:
    """Chương trình: when and where, who takes part, and the dossiers in the order in which they are taken."""
    plan = plan_of(session)
    council = plan.paper(PaperKind.COUNCIL_AGENDA).council or COUNCIL
    paper = _begin(council, plan, "Chương trình", AGENDA, at)
    hour = hour_words(session.starts_at) if session.starts_at else f"{NOTHING} giờ {NOTHING}"
    add_text(paper, f"1. Thời gian: {hour}, {long_day(session.held_on)}.")
    add_text(paper, f"2. Địa điểm: {session.place}.")
    members = f"{counted(session.members_total)} thành viên Hội đồng (họp khi có ít nhất {counted(session.quorum)} thành viên dự)"
    add_text(paper, f"3. Thành phần: {members}; thư ký Hội đồng.")
    _add_members(paper, session)
    add_text(paper, "4. Nội dung:", together=True)
    add_text(paper, "- Chủ trì khai mạc, thông qua chương trình;")
    add_text(paper, f"- Cơ quan thường trực báo cáo kết quả thẩm định theo {cited(plan)};")
    add_text(paper, f"- Thảo luận và biểu quyết từng tập thể, cá nhân của {counted(len(session.agenda))} hồ sơ dưới đây;", together=True)
    _add_dossiers(paper, session)
    _add_abstaining(paper, session)
    add_text(paper, "- Thông qua biên bản, kết luận, bế mạc./.")
    lines = DEPUTY if capacity is Capacity.KT else CHAIR
    recipients = plan.paper(PaperKind.COUNCIL_AGENDA).recipients or ("Thành viên Hội đồng", "Lưu: VT, hồ sơ")
    add_signatures(paper, Signature(lines), recipients=recipients)
    return as_bytes(paper)


def minutes(session: CouncilSession, at: datetime, capacity: Capacity | None) -> bytes:  # noqa: ARG001 (the chair signs minutes in person)
    """Biên bản: who was present, the votes on every nominee, whom the council recommends; before the votes, with room for them."""
    plan = plan_of(session)
    council = plan.paper(PaperKind.COUNCIL_MINUTES).council or COUNCIL
    paper = _begin(council, plan, "Biên bản", MINUTES, at, number=session.minutes_number, dated=False)
    add_text(paper, f"Thời gian bắt đầu: {NOTHING} giờ {NOTHING}, {long_day(session.held_on)}.")
    add_text(paper, f"Địa điểm: {session.place}.")
    add_text(paper, "Thành phần tham dự:", together=True)
    present = counted(session.members_present) if session.members_present else NOTHING
    absent = counted(session.members_total - session.members_present) if session.members_present else NOTHING
    add_text(paper, f"- Tổng số thành viên Hội đồng: {counted(session.members_total)}; có mặt: {present}; vắng mặt: {absent};")
    add_text(paper, f"- Số thành viên tối thiểu phải dự: {counted(session.quorum)};")
    away = [_member(seat) for seat in session.seats if not seat.present and seat.member.votes] if session.members_present else []
    if away:
        add_text(paper, f"- Thành viên vắng mặt: {'; '.join(away)};")
    chair, secretary = _held_by(session, CouncilDuty.CHAIR, CouncilDuty.DEPUTY), _held_by(session, CouncilDuty.SECRETARY)
    add_text(paper, f"- {CHAIRED}: {_member(chair) if chair else UNKNOWN};")
    add_text(paper, f"- {RECORDED}: {_member(secretary) if secretary else UNKNOWN}.")
    add_text(paper, "I. NỘI DUNG", bold=True, together=True)
    add_text(paper, f"1. Cơ quan thường trực báo cáo kết quả thẩm định {counted(len(session.agenda))} hồ sơ theo {cited(plan)}.")
    add_text(paper, f"2. Ý kiến thảo luận: {NOTHING}")
    add_text(paper, "3. Kết quả biểu quyết (số phiếu):", together=True)
    _add_votes(paper, session)
    _add_abstaining(paper, session)
    for item in session.agenda:
        if item.postponed:
            add_text(paper, f"Hồ sơ {item.dossier.code} hoãn xét: {item.postponed}")
    add_text(paper, "II. KẾT LUẬN", bold=True, together=True)
    _add_conclusion(paper, session, plan)
    end = f"Phiên họp kết thúc vào {NOTHING} giờ {NOTHING}, {BLANK_DAY} {session.held_on.year}."
    add_text(paper, f"{end} {READ_OUT}")
    add_minutes_signatures(
        paper,
        plan.paper(PaperKind.COUNCIL_MINUTES).recipients or ("Thành viên Hội đồng", "Lưu: VT, hồ sơ"),
        secretary=secretary.member.full_name if secretary else "",
        chair=chair.member.full_name if chair else "",
    )
    return as_bytes(paper)


def _member(seat: Seat) -> str:
    return f"{seat.member.full_name}, {seat.member.position}, {seat.member.workplace}"


def _held_by(session: CouncilSession, *duties: CouncilDuty) -> Seat | None:
    """Who did something in the session: the first of the duties that somebody present holds; None where nobody is known."""
    there = {seat.member.duty: seat for seat in reversed(session.seats) if seat.present}
    return next((there[duty] for duty in duties if duty in there), None)


def _add_members(paper: Paper, session: CouncilSession) -> None:
    for seat in session.seats:
        add_text(paper, f"- {_member(seat)} ({lower_first(seat.member.duty.label)});")


def _add_abstaining(paper: Paper, session: CouncilSession) -> None:
    """Who does not vote on a dossier because it is their own body's, its parent's or its child's."""
    apart = [
        (item.dossier.code, ", ".join(seat.member.full_name for seat in kept)) for item in session.agenda if (kept := abstaining(item))
    ]
    if apart:
        add_text(paper, "Không tham gia biểu quyết hồ sơ của chính đơn vị mình hoặc đơn vị liên quan:", together=True)
    for number, (code, names) in enumerate(apart, start=1):
        add_text(paper, f"- Hồ sơ {code}: {names}{';' if number < len(apart) else '.'}")


def plan_of(session: CouncilSession) -> Plan:
    """The plan of the session's campaign."""
    return session.agenda[0].dossier.campaign.plan


def _begin(council: str, plan: Plan, kind: str, letters: str, at: datetime, *, number: str = "", dated: bool = True) -> Paper:
    paper = new_paper(f"{kind} - {council}", council)
    body = IssuingBody(plan.issuer.replace(COMMITTEE, "UBND", 1), (council,))
    symbol = f"/{letters}-{ABBREVIATION}"
    add_head(paper, body, place=plan.place, year=local_day(at).year, symbol=symbol, number=number, dated=dated)
    add_title(paper, kind, [f"Họp {council} xét, {award_words(plan)}"])
    return paper


def _add_dossiers(paper: Paper, session: CouncilSession) -> None:
    """Every nominee under its dossier; a person with position and workplace."""
    columns = (ORDINAL, Column("Tập thể, cá nhân", 68), Column("Chức vụ, đơn vị công tác", WIDTH - ORDINAL.width - 68))
    _add_by_dossier(paper, session, columns, lambda nominee, _votes: (name_of(nominee), post_of(nominee)))


def _add_votes(paper: Paper, session: CouncilSession) -> None:
    """Every nominee under its dossier with the votes and the result; blank before the votes."""
    headings = ("Tán thành", "Không tán thành", "Vắng mặt", "Kết quả")
    width = WIDTH - ORDINAL.width - VOTE_WIDTH * len(headings)
    columns = (ORDINAL, Column("Tập thể, cá nhân", width), *(Column(heading, VOTE_WIDTH, centred=True) for heading in headings))
    _add_by_dossier(paper, session, columns, lambda nominee, votes: (described(nominee), *_cast(votes.get(nominee.id))))


def _cast(vote: Vote | None) -> tuple[str, ...]:
    if vote is None:
        return ("", "", "", "")
    return (str(vote.votes_for), str(vote.votes_against), str(vote.votes_absent), "Đề nghị" if vote.recommended else "Không đề nghị")


def _add_by_dossier(
    paper: Paper, session: CouncilSession, columns: Sequence[Column], cells: Callable[[Nominee, Mapping[int, Vote]], Sequence[str]]
) -> None:
    """The dossiers of the agenda, numbered, each with its nominees, numbered from 1 in each."""
    rows: list[Row | str] = []
    for number, item in enumerate(session.agenda, start=1):
        votes = {vote.nominee_id: vote for vote in item.votes}
        rows.append(f"Hồ sơ {number} ({item.dossier.code}): {full_name(item.dossier.campaign_unit)}")
        rows += [(str(place), *cells(nominee, votes)) for place, nominee in enumerate(item.dossier.nominees, start=1)]
    add_table(paper, columns, rows)


def _add_conclusion(paper: Paper, session: CouncilSession, plan: Plan) -> None:
    votes = [vote for item in session.agenda for vote in item.votes]
    carried = [vote.nominee for vote in votes if vote.recommended]
    collectives = sum(nominee.kind is NomineeKind.COLLECTIVE for nominee in carried)
    if not votes:
        add_text(paper, f"Hội đồng {award_words(plan)} cho {NOTHING} tập thể và {NOTHING} cá nhân.")
        return
    people = len(carried) - collectives
    add_text(paper, f"- Hội đồng {award_words(plan)} cho {counted(collectives)} tập thể và {counted(people)} cá nhân;")
    against = [name_of(vote.nominee) for vote in votes if not vote.recommended]
    add_text(paper, f"- Không đề nghị: {'; '.join(against) if against else 'không có'}.")

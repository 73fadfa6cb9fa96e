"""The letter that invites the council's members to a session, or takes the invitation back; it goes to the members themselves."""

from __future__ import annotations

from collections.abc import Sequence

from models.audit import AuditEntry
from models.campaigns import Campaign
from models.council import CouncilSession
from models.vocabulary import LetterName
from notifications import facts
from notifications.calendar_entry import session_fact
from notifications.notices import queue_letters
from notifications.recipients import home_affairs
from notifications.wording import day_words, hour_words

ADDRESSED = "Các thành viên Hội đồng Thi đua, khen thưởng"

CHANGED = "Chương trình phiên họp đã thay đổi. Thư này thay cho thư mời đã gửi trước."
CALLED_OFF = "Phiên họp không tổ chức. Lý do: {reason}"
LEFT_OUT = "Danh sách thành viên dự phiên họp đã thay đổi."


def invite(session: CouncilSession, campaign: Campaign, entry: AuditEntry, *, changed: bool = False) -> None:
    """Queue the invitation to the members of a session; those without a mailbox, and a session without named members, have none."""
    agenda = [f"{item.dossier.campaign_unit.long_name} (đề nghị {len(item.dossier.nominees)})" for item in session.agenda]
    _queue(session, campaign, entry, mailboxes_of(session), agenda, CHANGED if changed else "")


def take_back(session: CouncilSession, campaign: Campaign, entry: AuditEntry) -> None:
    """Queue the letter that takes the invitation back from everybody: the session does not take place."""
    _queue(session, campaign, entry, mailboxes_of(session), [], CALLED_OFF.format(reason=session.called_off))


def leave_out(session: CouncilSession, campaign: Campaign, entry: AuditEntry, mailboxes: Sequence[str]) -> None:
    """Queue the letter that takes the invitation back from those who do not sit in the session any more."""
    _queue(session, campaign, entry, mailboxes, [], LEFT_OUT)


def mailboxes_of(session: CouncilSession) -> list[str]:
    """The mailboxes of a session's members, each once."""
    return list(dict.fromkeys(seat.member.email for seat in session.seats if seat.member.email))


def _queue(
    session: CouncilSession, campaign: Campaign, entry: AuditEntry, mailboxes: Sequence[str], agenda: Sequence[str], changed: str
) -> None:
    """Queue a letter under home affairs' name; one without an agenda takes the invitation and its calendar entry back."""
    if not mailboxes:
        return
    home = home_affairs(campaign)
    stated = facts.common_facts(campaign, entry, clause="", link=f"/council/{session.id}")
    stated |= {
        "unit": ADDRESSED,
        "held_on": f"{hour_words(session.starts_at)} ngày {day_words(session.held_on)}"
        if session.starts_at
        else day_words(session.held_on),
        "place": session.place,
        "changed": changed,
        "dossiers": list(agenda),
        "calendar": session_fact(session, cancelled=not agenda),
    }
    queue_letters(LetterName.COUNCIL_AGENDA, [(home, stated)], entry, mailboxes=mailboxes)

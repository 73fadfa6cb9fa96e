"""The letter that invites the council's members to a session, with its agenda; it goes to the members themselves."""

from __future__ import annotations

from models.audit import AuditEntry
from models.campaigns import Campaign
from models.council import CouncilSession
from models.vocabulary import LetterName
from notifications import facts
from notifications.notices import queue_letters
from notifications.recipients import home_affairs
from notifications.wording import day_words

ADDRESSED = "Các thành viên Hội đồng Thi đua, khen thưởng"

CHANGED = "Chương trình phiên họp đã thay đổi. Thư này thay cho thư mời đã gửi trước."


def invite(session: CouncilSession, campaign: Campaign, entry: AuditEntry, *, changed: bool = False) -> None:
    """Queue the invitation under home affairs' name to the members' own mailboxes; a session without named members has none."""
    if not session.seats:
        return
    home = home_affairs(campaign)
    stated = facts.common_facts(campaign, entry, clause="", link=f"/council/{session.id}")
    stated |= {
        "unit": ADDRESSED,
        "held_on": day_words(session.held_on),
        "place": session.place,
        "changed": CHANGED if changed else "",
        "dossiers": [f"{item.dossier.campaign_unit.long_name} (đề nghị {len(item.dossier.nominees)})" for item in session.agenda],
    }
    mailboxes = list(dict.fromkeys(seat.member.email for seat in session.seats if seat.member.email))
    queue_letters(LetterName.COUNCIL_AGENDA, [(home, stated)], entry, mailboxes=mailboxes)

"""The season with a council by name: members of several bodies, a session called on two dossiers, to be recorded by its secretary."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

from sqlalchemy import select

from models.council import CouncilMember, CouncilSession
from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import CouncilDuty
from tests.actors import campaign_2021, secretary
from tests.builders import at, dossier_of, unit_of
from tests.web.fixtures import Site, Visitor, day, hidden
from workflow import council
from workflow.council_members import MemberContent, members_of, save_member

PEOPLE = (
    ("Nguyễn Văn Chủ", "Phó Chủ tịch", "KG", CouncilDuty.CHAIR),
    ("Trần Thị Phó", "Giám đốc", "SNV", CouncilDuty.DEPUTY),
    ("Lê Văn Tài", "Phó Giám đốc", "STC", CouncilDuty.MEMBER),
    ("Phạm Thị Pháp", "Phó Giám đốc", "STP", CouncilDuty.MEMBER),
    ("Danh Văn Đoàn", "Phó Chủ tịch", "", CouncilDuty.MEMBER),
    ("Hồ Thị Ghi", "Chuyên viên", "STC", CouncilDuty.SECRETARY),
)
"""Five who vote and a secretary; Sở Tài chính has a dossier before the council."""


def seat_council() -> list[CouncilMember]:
    """The members, each with a mailbox but the last who votes."""
    campaign = campaign_2021()
    for number, (name, position, code, duty) in enumerate(PEOPLE):
        unit = unit_of(campaign, code) if code else None
        email = "" if name.endswith("Đoàn") else f"thanh.vien{number}@kiengiang.example"
        content = MemberContent(name, position, unit, "" if unit else "Liên đoàn Lao động tỉnh", duty, email)
        with transaction():
            save_member(campaign_2021(), None, content, actor=secretary(), at=at("2022-02-10 09:00"))
    return members_of(campaign_2021())


def call_session(codes: tuple[str, ...] = ("STC", "30907"), *, held_on: date = date(2022, 2, 15), quorum: int = 3) -> int:
    """A session called with the members on some dossiers."""
    members = members_of(campaign_2021()) or seat_council()
    with transaction():
        session = council.call(
            campaign_2021(),
            held_on=held_on,
            place="Phòng họp 2",
            quorum=quorum,
            dossiers=[dossier_of(campaign_2021(), code) for code in codes],
            members=members,
            actor=secretary(),
            at=at("2022-02-14 10:00"),
        )
    return session.id


def session_with(site: Site, codes: tuple[str, ...] = ("STC", "30907")) -> int:
    """The same on a site."""
    with site.rows():
        return call_session(codes)


def boxes(site: Site, code: str) -> list[int]:
    """The numbers of a dossier's nominees."""
    with site.rows():
        return [nominee.id for nominee in dossier_of(campaign_2021(), code).nominees]


def attending(site: Site, *absent: str) -> list[str]:
    """The numbers of the members who attend."""
    with site.rows():
        return [str(member.id) for member in members_of(campaign_2021()) if member.full_name not in absent]


def votes(site: Site, **counts: tuple[int, int, int]) -> dict[str, str]:
    """The boxes of some dossiers' nominees: for, against, absent alike for all of a dossier."""
    filled = {}
    for code, row in counts.items():
        for number in boxes(site, code.removeprefix("c")):
            filled |= {f"{name}_{number}": str(count) for name, count in zip(("for", "against", "absent"), row, strict=True)}
    return filled


MINUTES = {"minutes_number": "14/BB-HĐ", **day("minutes_date", 15, 2, 2022), "save": "final"}


def record_session(site: Site, session_id: int, form: dict[str, Any]) -> Visitor:
    """The secretary records the session through its page; gives the secretary's browser."""
    clerk = site.visitor("secretary")
    page = clerk.get(f"/council/{session_id}")
    answer = clerk.post(f"/council/{session_id}", hidden(page) | MINUTES | form)
    assert answer.status_code == 302, answer.text[:3000]
    return clerk


def text_of(page: str) -> str:
    """What a reader of a page sees, spaces made one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def session_row(session_id: int) -> CouncilSession:
    """A session as it stands."""
    return db.session.scalars(select(CouncilSession).where(CouncilSession.id == session_id)).one()


def dossier_row(code: str) -> Dossier:
    """A dossier as it stands."""
    return dossier_of(campaign_2021(), code)

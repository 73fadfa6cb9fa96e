"""The 2021 campaign's council session, the letter to the Chairman and his decision. Votes and outcomes are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from demo import council_members, names
from demo.history import History, at
from demo.scene import Scene
from models.council import AgendaItem, CouncilSession
from models.db import db, transaction
from models.dossiers import Nominee
from models.vocabulary import DossierState, NomineeKind, Step
from workflow import commendations, council
from workflow.commendations import Grant
from workflow.council_members import members_of
from workflow.rules.ballots import Ballot

DECLINED = "SKHDT"
"""No nominee of it is recommended."""
ONE_PERSON_LESS = "PNV-899"
"""Its first individual is not recommended; the collective is."""
REFUSED = "910"
"""Vĩnh Thuận: the Chairman's decision does not take its commune."""
COMMENDING = ("STP", "STTTT", "903", "906")
"""Bodies that granted giấy khen of their own (III.2)."""
NOT_AWARDED_PERSON = "SGDDT"
"""Its second individual was recommended and is not awarded."""

QUORUM = 6
HELD_ON = date(2022, 2, 24)


def play(history: History, scene: Scene) -> None:
    """Let the council meet, its results be recorded, the list go to the Chairman and his decision come back."""
    history.add(at("2022-02-17 15:10"), partial(council_members.sit, scene))
    history.add(at("2022-02-18 09:20"), partial(_call, scene))
    history.add(at("2022-02-24 16:40"), partial(_hold, scene))
    history.add(at("2022-02-25 08:00"), partial(_review, history, scene))
    history.add(at("2022-03-03 08:30"), partial(_forward, history, scene))
    history.add(at("2022-03-28 08:15"), partial(_decide, history, scene))
    for number, code in enumerate(COMMENDING):
        history.add(at("2022-03-29 14:20") + timedelta(minutes=17 * number), partial(_commend, scene, code))


def _call(scene: Scene, instant: datetime) -> None:
    with transaction():
        council.call(
            scene.campaign,
            held_on=HELD_ON,
            starts_at=time(8),
            place="Phòng họp số 2, Văn phòng Ủy ban nhân dân tỉnh",
            members=members_of(scene.campaign),
            quorum=QUORUM,
            dossiers=[scene.dossier(code) for code in scene.codes(DossierState.SUBMITTED)],
            actor=scene.secretary,
            at=instant,
        )


def _hold(scene: Scene, instant: datetime) -> None:
    with transaction() as session:
        sitting = session.scalars(select(CouncilSession).where(CouncilSession.campaign_id == scene.campaign.id)).one()
        attending = [seat.member_id for seat in sitting.seats if seat.member.body != council_members.ABSENT]
        ballots = {nominee.id: _ballot(item, nominee, attending) for item in sitting.agenda for nominee in item.dossier.nominees}
        council.hold(
            sitting,
            attending=attending,
            minutes_number="12/BB-HĐTĐKT",
            minutes_date=HELD_ON,
            ballots=ballots,
            actor=scene.secretary,
            at=instant,
        )


def _ballot(item: AgendaItem, nominee: Nominee, attending: Sequence[int]) -> Ballot:
    """Who is absent is absent for all; members of the dossier's own body do not vote."""
    code = item.dossier.campaign_unit.unit.code
    voters = council.voters_of(item, len(council_members.MEMBERS) - 1, attending)
    absent = voters.entitled - voters.present
    people = [n.id for n in item.dossier.nominees if n.kind is NomineeKind.INDIVIDUAL]
    if code == DECLINED or (code == ONE_PERSON_LESS and nominee.id in people[:1]):
        return Ballot(3, voters.present - 3, absent)
    against = 1 if nominee.id % 5 == 0 else 0
    return Ballot(voters.present - against, against, absent)


def _review(history: History, scene: Scene, instant: datetime) -> None:
    """Every dossier of the session is reviewed or declined; the secretary's own office only with a second officer's consent."""
    for code in scene.codes(DossierState.SUBMITTED):
        instant += timedelta(seconds=40)
        if code == DECLINED:
            why = "Tỷ lệ hồ sơ trễ hạn trong năm còn cao; Hội đồng chưa nhất trí đề nghị khen thưởng."
            history.add(instant, partial(scene.refused, code, Step.REVIEW, scene.secretary))
            history.add(instant + timedelta(seconds=20), partial(scene.step, code, Step.DECLINE, scene.secretary, reason=why))
            continue
        if code.startswith("VPUB"):
            history.add(instant, partial(scene.consent, code, Step.REVIEW, "Đúng với biên bản số 12/BB-HĐTĐKT.", by=scene.home))
        history.add(instant + timedelta(seconds=20), partial(scene.step, code, Step.REVIEW, scene.secretary))


def _forward(history: History, scene: Scene, instant: datetime) -> None:
    """IV: one letter to the Chairman for all."""
    for code in scene.codes(DossierState.REVIEWED):
        instant += timedelta(seconds=40)
        history.add(instant, partial(scene.step, code, Step.FORWARD, scene.home, number="61/TTr-SNV", date=date(2022, 3, 2)))


def _decide(history: History, scene: Scene, instant: datetime) -> None:
    """III.3: the Chairman's decision is recorded, dossier by dossier."""
    decision = {"number": "748/QĐ-UBND", "date": date(2022, 3, 25)}
    for code in scene.codes(DossierState.FORWARDED):
        instant += timedelta(seconds=45)
        unit = scene.unit(code)
        if unit.compiled_by is not None and unit.compiled_by.unit.code == REFUSED:
            why = "Chủ tịch Ủy ban nhân dân tỉnh chưa xét tặng: trong năm có khiếu nại đang giải quyết."
            history.add(instant, partial(scene.step, code, Step.REFUSE, scene.home, reason=why, **decision))
        else:
            history.add(instant, partial(scene.step, code, Step.AWARD, scene.home, awarded=_awarded(scene, code), **decision))


def _awarded(scene: Scene, code: str) -> frozenset[int]:
    nominees = list(db.session.scalars(select(Nominee).where(Nominee.dossier_id == scene.dossier(code).id, Nominee.recommended)))
    if code == NOT_AWARDED_PERSON:
        nominees = nominees[:-1]
    return frozenset(nominee.id for nominee in nominees)


def _commend(scene: Scene, code: str, instant: datetime) -> None:
    """III.2: a body records the giấy khen that it granted itself."""
    unit = scene.unit(code)
    people = [names.person(code, number, unit.kind, unit.name) for number in (3, 4)]
    individuals = tuple(f"{person.full_name}, {person.position}" for person in people)
    given = Grant(f"{30 + len(code)}/QĐ-KT", date(2022, 3, 21), (f"Bộ phận Một cửa {unit.name}",), individuals)
    with transaction():
        commendations.grant(unit, given, actor=scene.actors[code], at=instant)

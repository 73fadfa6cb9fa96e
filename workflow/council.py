"""Council sessions: called with an agenda of submitted dossiers, then recorded with minutes and votes. Review and decline are steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from audit import Act, record
from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.council import AgendaItem, CouncilMember, CouncilSession, Seat, Vote
from models.db import db
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor
from models.vocabulary import DossierState
from notifications.invitations import invite, leave_out, mailboxes_of, take_back
from workflow.acts import refuse_if
from workflow.rules.ballots import Ballot, Voters, miscounted, quorum_impossible
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection, Place
from workflow.rules.separation import same_house


@dataclass(frozen=True, slots=True)
class Calling:
    """What calls a session: when and where, who sits in it (or only how many, without a list of members), and its agenda."""

    held_on: date
    place: str
    quorum: int
    dossiers: Sequence[Dossier]
    members: Sequence[CouncilMember] = ()
    members_total: int = 0
    starts_at: time | None = None

    @property
    def voters(self) -> int:
        """How many members vote."""
        return sum(member.votes for member in self.members) if self.members else self.members_total


def call(
    campaign: Campaign,
    *,
    held_on: date,
    place: str,
    quorum: int,
    dossiers: Sequence[Dossier],
    members: Sequence[CouncilMember] = (),
    members_total: int = 0,
    starts_at: time | None = None,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> CouncilSession:
    """Procedure: call a session with the submitted dossiers on its agenda and invite its members by letter.

    Raises ActRefused for a dossier that is not submitted, an empty agenda or an impossible quorum.
    """
    calling = Calling(held_on, place, quorum, dossiers, members, members_total, starts_at)
    _refuse_impossible(calling)
    session = CouncilSession(campaign_id=campaign.id)
    _write(session, calling)
    db.session.add(session)
    db.session.flush()
    entry = _record(Action.COUNCIL_CALL, session, _said(calling), actor, at, key)
    invite(session, campaign, entry)
    return session


def change(session: CouncilSession, campaign: Campaign, calling: Calling, *, actor: Actor, at: datetime) -> CouncilSession:
    """Procedure: change a session that is not held yet: when, where, members, agenda. Its members, and those it loses, are told by letter.

    Raises ActRefused as `call` does, and when the session's result is on record already or it was called off.
    """
    refuse_if(_closed(session))
    _refuse_impossible(calling)
    invited = mailboxes_of(session)
    session.agenda, session.seats = [], []
    db.session.flush()
    _write(session, calling)
    flag_modified(session, "place")  # another agenda alone makes another version too
    db.session.flush()
    entry = _record(Action.COUNCIL_CHANGE, session, _said(calling), actor, at)
    invite(session, campaign, entry, changed=True)
    sitting = mailboxes_of(session)
    leave_out(session, campaign, entry, [mailbox for mailbox in invited if mailbox not in sitting])
    return session


def call_off(session: CouncilSession, campaign: Campaign, reason: str, *, actor: Actor, at: datetime) -> None:
    """Procedure: a session does not take place; its dossiers wait for another one, its members' invitations are taken back by letter.

    Raises ActRefused when the session's result is on record already or it was called off before.
    """
    refuse_if(_closed(session))
    detail = {"held_on": session.held_on.isoformat(), "reason": reason, "dossiers": [item.dossier.code for item in session.agenda]}
    session.agenda, session.called_off, session.draft = [], reason, None
    flag_modified(session, "draft")
    db.session.flush()
    entry = _record(Action.COUNCIL_CALL_OFF, session, detail, actor, at)
    take_back(session, campaign, entry)


def save_draft(session: CouncilSession, typed: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Procedure: keep what the clerk has typed while the session runs, word for word; nothing is decided by it.

    Raises ActRefused when the session was called off.
    """
    refuse_if(called_off(session))
    session.draft = dict(typed)
    flag_modified(session, "draft")
    db.session.flush()
    _record(Action.COUNCIL_DRAFT, session, {"filled": sum(bool(value) for value in typed.values())}, actor, at)


def hold(
    session: CouncilSession,
    *,
    minutes_number: str,
    minutes_date: date,
    ballots: Mapping[int, Ballot],
    members_present: int = 0,
    attending: Collection[int] = (),
    postponed: Mapping[int, str] | None = None,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> CouncilSession:
    """Procedure: record a session that was held: who attended, its minutes, the votes by nominee id, the postponed by dossier id.

    Where the members are known by name, `attending` holds their ids and gives the number present. Dossiers that have gone on since keep
    their votes. Raises ActRefused when votes do not add up, or when the session lies in the future or was called off.
    """
    refuse_if(called_off(session))
    today, delayed = local_day(at), postponed or {}
    if session.seats:
        members_present = sum(seat.member.votes and seat.member_id in attending for seat in session.seats)
    items = open_items(session)
    voted = {nominee.id: (item, nominee) for item in items if item.dossier_id not in delayed for nominee in item.dossier.nominees}
    refuse_if(
        Objection("too_many_present", {"present": members_present, "members": session.members_total})
        if members_present > session.members_total
        else None,
        *(
            miscounted(ballot, voters_of(voted[number][0], members_present, attending), voted[number][1].full_name)
            for number, ballot in ballots.items()
            if number in voted
        ),
        Objection("nominee_unknown", {}) if set(ballots) - set(voted) else None,
        Objection("session_in_future", {"held_on": session.held_on.isoformat()}) if session.held_on > today else None,
        date_in_future("minutes_date") if minutes_date > today else None,
    )
    session.members_present, session.minutes_number, session.minutes_date = members_present, minutes_number, minutes_date
    session.draft = None
    flag_modified(session, "draft")
    for seat in session.seats:
        seat.present = seat.member_id in attending
    for item in items:
        item.votes, item.postponed = [], delayed.get(item.dossier_id, "")
    db.session.flush()
    for number, ballot in ballots.items():
        item, nominee = voted[number]
        voters = voters_of(item, members_present, attending)
        vote = Vote(nominee=nominee, votes_for=ballot.votes_for, votes_against=ballot.votes_against, votes_absent=ballot.votes_absent)
        vote.votes_abstaining, vote.recommended = voters.abstaining, ballot.carried(voters.present)
        item.votes.append(vote)
    db.session.flush()
    detail: dict[str, Any] = {
        "present": members_present,
        "minutes_number": minutes_number,
        "minutes_date": minutes_date.isoformat(),
        "votes": [[number, b.votes_for, b.votes_against, b.votes_absent] for number, b in sorted(ballots.items())],
    }
    if session.seats:
        detail["absent_members"] = [seat.member.full_name for seat in session.seats if not seat.present]
        detail["abstaining"] = {
            item.dossier.code: [seat.member.full_name for seat in kept_apart] for item in items if (kept_apart := abstaining(item))
        }
    if delayed:
        detail["postponed"] = {item.dossier.code: item.postponed for item in items if item.postponed}
    _record(Action.COUNCIL_VOTE, session, detail, actor, at, key)
    return session


def open_items(session: CouncilSession) -> list[AgendaItem]:
    """The dossiers of the agenda on which the session can still record a result: they are submitted and have not gone on."""
    return [item for item in session.agenda if item.dossier.state is DossierState.SUBMITTED]


def abstaining(item: AgendaItem) -> list[Seat]:
    """Domain section 5: members and secretaries who abstain on a dossier because it is their own body's, its parent's or its child's."""
    unit = item.dossier.campaign_unit
    above = unit.parent.id if unit.parent is not None and unit.parent.parent_id is not None else None
    return [
        seat
        for seat in item.session.seats
        if (body := seat.member.campaign_unit) is not None and same_house(unit.id, above, body.id, body.parent_id)
    ]


def voters_of(item: AgendaItem, members_present: int, attending: Collection[int] = ()) -> Voters:
    """Who may vote on a dossier of the agenda, given how many members and which ones attend."""
    apart = [seat.member for seat in abstaining(item) if seat.member.votes]
    return Voters(
        entitled=item.session.members_total - len(apart),
        present=members_present - sum(member.id in attending for member in apart),
        abstaining=len(apart),
    )


def _refuse_impossible(calling: Calling) -> None:
    wrong = [dossier.code for dossier in calling.dossiers if dossier.state is not DossierState.SUBMITTED]
    refuse_if(
        Objection("not_on_agenda", {"dossiers": wrong}, place=Place.COUNCIL) if wrong else None,
        None if calling.dossiers else Objection("agenda_empty", {}, place=Place.COUNCIL),
        quorum_impossible(calling.quorum, calling.voters),
    )


def called_off(session: CouncilSession) -> Objection | None:
    """Procedure: nothing is done any more with a session that does not take place."""
    if not session.called_off:
        return None
    return Objection("session_called_off", {"held_on": session.held_on.isoformat(), "reason": session.called_off}, place=Place.COUNCIL)


def _closed(session: CouncilSession) -> Objection | None:
    return called_off(session) or (Objection("session_recorded", {"number": session.minutes_number}) if session.recorded else None)


def _write(session: CouncilSession, calling: Calling) -> None:
    session.held_on, session.starts_at, session.place = calling.held_on, calling.starts_at, calling.place
    session.members_total, session.quorum = calling.voters, calling.quorum
    session.agenda = [AgendaItem(dossier=dossier) for dossier in calling.dossiers]
    session.seats = [Seat(member=member, present=False) for member in calling.members]


def _said(calling: Calling) -> dict[str, Any]:
    detail: dict[str, Any] = {"held_on": calling.held_on.isoformat(), "place": calling.place, "quorum": calling.quorum}
    if calling.starts_at:
        detail["starts_at"] = calling.starts_at.isoformat("minutes")
    if calling.members:
        detail["members"] = [member.full_name for member in calling.members]
    return detail | {"dossiers": [dossier.code for dossier in calling.dossiers]}


def _record(
    action: Action, session: CouncilSession, detail: Mapping[str, Any], actor: Actor, at: datetime, key: str | None = None
) -> AuditEntry:
    act = Act(
        action,
        f"council_session:{session.id}",
        clause="procedure",
        detail=detail,
        campaign_id=session.campaign_id,
        version=session.version,
        request_key=key,
    )
    return record(act, actor=actor, at=at)

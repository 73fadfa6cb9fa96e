"""Council sessions: called with an agenda of submitted dossiers, then recorded with minutes and votes. Review and decline are steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audit import Act, record
from audit.actions import Action
from models.campaigns import Campaign
from models.council import AgendaItem, CouncilSession, Vote
from models.db import db
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor
from models.vocabulary import DossierState
from workflow.acts import refuse_if
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection, Place


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes on one nominee; the council recommends when those for outnumber half of the members present."""

    votes_for: int
    votes_against: int
    votes_absent: int

    def carried(self, present: int) -> bool:
        """Whether more than half of the members present voted for."""
        return self.votes_for * 2 > present


def call(
    campaign: Campaign,
    *,
    held_on: date,
    place: str,
    members_total: int,
    quorum: int,
    dossiers: Sequence[Dossier],
    actor: Actor,
    at: datetime,
) -> CouncilSession:
    """Procedure: call a session with the submitted dossiers on its agenda. Raises ActRefused for a dossier that is not submitted."""
    wrong = [dossier.code for dossier in dossiers if dossier.state is not DossierState.SUBMITTED]
    refuse_if(
        Objection("not_on_agenda", {"dossiers": wrong}, place=Place.COUNCIL) if wrong else None,
        None if dossiers else Objection("agenda_empty", {}, place=Place.COUNCIL),
        None if 0 < quorum <= members_total else Objection("quorum_impossible", {"quorum": quorum, "members": members_total}),
    )
    session = CouncilSession(
        campaign_id=campaign.id,
        held_on=held_on,
        place=place,
        members_total=members_total,
        quorum=quorum,
        agenda=[AgendaItem(dossier=dossier) for dossier in dossiers],
    )
    db.session.add(session)
    db.session.flush()
    detail = {"held_on": held_on.isoformat(), "place": place, "quorum": quorum, "dossiers": [dossier.code for dossier in dossiers]}
    _record(Action.COUNCIL_CALL, session, detail, actor, at)
    return session


def hold(
    session: CouncilSession,
    *,
    members_present: int,
    minutes_number: str,
    minutes_date: date,
    ballots: Mapping[int, Ballot],
    actor: Actor,
    at: datetime,
) -> CouncilSession:
    """Procedure: record a session that was held: who was present, its minutes, and the votes by nominee id.

    Raises ActRefused when more vote than are present, or when the session lies in the future.
    """
    today = local_day(at)
    nominees = {nominee.id: nominee for item in session.agenda for nominee in item.dossier.nominees}
    crowded = sorted(
        nominees[key].full_name for key, b in ballots.items() if key in nominees and b.votes_for + b.votes_against > members_present
    )
    refuse_if(
        Objection("too_many_present", {"present": members_present, "members": session.members_total})
        if members_present > session.members_total
        else None,
        Objection("too_many_votes", {"for": crowded, "present": members_present}) if crowded else None,
        Objection("nominee_unknown", {}) if set(ballots) - set(nominees) else None,
        Objection("session_in_future", {"held_on": session.held_on.isoformat()}) if session.held_on > today else None,
        date_in_future("minutes_date") if minutes_date > today else None,
    )
    session.members_present, session.minutes_number, session.minutes_date = members_present, minutes_number, minutes_date
    for item in session.agenda:
        item.votes = []
    db.session.flush()
    for item in session.agenda:
        for nominee in item.dossier.nominees:
            ballot = ballots.get(nominee.id)
            if ballot is not None:
                item.votes.append(
                    Vote(
                        nominee=nominee,
                        votes_for=ballot.votes_for,
                        votes_against=ballot.votes_against,
                        votes_absent=ballot.votes_absent,
                        recommended=ballot.carried(members_present),
                    )
                )
    db.session.flush()
    detail = {
        "present": members_present,
        "minutes_number": minutes_number,
        "minutes_date": minutes_date.isoformat(),
        "votes": [[key, b.votes_for, b.votes_against, b.votes_absent] for key, b in sorted(ballots.items())],
    }
    _record(Action.COUNCIL_VOTE, session, detail, actor, at)
    return session


def _record(action: Action, session: CouncilSession, detail: Mapping[str, object], actor: Actor, at: datetime) -> None:
    act = Act(action, f"council_session:{session.id}", clause="procedure", detail=detail, campaign_id=session.campaign_id)
    record(act, actor=actor, at=at)

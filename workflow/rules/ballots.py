"""How the council's votes are counted, who may vote on a dossier, and when a count cannot be right (procedure). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.rules.objection import Objection, Place


@dataclass(frozen=True, slots=True)
class Voters:
    """Who may vote on one dossier: all members but those of its own body, who abstain; how many of them are present."""

    entitled: int
    present: int
    abstaining: int = 0


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes on one nominee; the council recommends when those for outnumber half of the voters present."""

    votes_for: int
    votes_against: int
    votes_absent: int

    @property
    def total(self) -> int:
        """For, against and absent: everybody who may vote is in one of them."""
        return self.votes_for + self.votes_against + self.votes_absent

    def carried(self, present: int) -> bool:
        """Whether more than half of the voters present voted for."""
        return self.votes_for * 2 > present


def miscounted(ballot: Ballot, voters: Voters, name: str) -> Objection | None:
    """Procedure: for + against + absent + abstaining are all members, and no more vote than are present."""
    if ballot.votes_for + ballot.votes_against > voters.present:
        return Objection("too_many_votes", {"for": [name], "present": voters.present})
    if ballot.total != voters.entitled:
        return Objection("votes_not_summed", {"for": [name], "sum": ballot.total, "voters": voters.entitled})
    return None


def quorum_impossible(quorum: int, members: int) -> Objection | None:
    """Procedure: at least one member must come, and no more than there are."""
    return None if 0 < quorum <= members else Objection("quorum_impossible", {"quorum": quorum, "members": members}, place=Place.COUNCIL)


def chair_twice(chair: str | None) -> Objection | None:
    """Procedure: a council has one chair; `chair` names the one it has."""
    return Objection("chair_twice", {"name": chair}) if chair else None


def member_twice(listed: bool, name: str) -> Objection | None:
    """Procedure: a person has one seat in the council."""
    return Objection("member_twice", {"name": name}) if listed else None

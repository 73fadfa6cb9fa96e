"""The list of the council's members and its secretary: who they are, of which body, and their mailboxes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit import Act, record
from audit.actions import Action
from models.campaigns import Campaign, CampaignUnit
from models.council import CouncilMember
from models.db import db
from models.people import Actor
from models.text import folded
from models.vocabulary import CouncilDuty
from workflow.acts import refuse_if
from workflow.rules.ballots import chair_twice, member_twice

ORDER = list(CouncilDuty)


@dataclass(frozen=True, slots=True)
class MemberContent:
    """What is kept of a member: a body of the campaign, or another one by its name."""

    full_name: str
    position: str
    unit: CampaignUnit | None
    body: str
    duty: CouncilDuty
    email: str = ""


def members_of(campaign: Campaign) -> list[CouncilMember]:
    """The members of a campaign's council now: the chair first, the secretaries last."""
    query = select(CouncilMember).where(CouncilMember.campaign_id == campaign.id, CouncilMember.left_at.is_(None))
    query = query.options(joinedload(CouncilMember.campaign_unit))
    return sorted(db.session.scalars(query), key=lambda member: (ORDER.index(member.duty), member.id))


def save_member(campaign: Campaign, member: CouncilMember | None, content: MemberContent, *, actor: Actor, at: datetime) -> CouncilMember:
    """Procedure: add a member or mend an entry. Raises ActRefused for a second chair and for a person who is listed already."""
    others = [other for other in members_of(campaign) if member is None or other.id != member.id]
    named = folded(content.full_name)
    chair = next((other.full_name for other in others if other.duty is CouncilDuty.CHAIR), None)
    listed = any(
        folded(other.full_name) == named and other.campaign_unit_id == (content.unit.id if content.unit else None) for other in others
    )
    refuse_if(
        chair_twice(chair) if content.duty is CouncilDuty.CHAIR else None,
        member_twice(listed, content.full_name),
    )
    before = _said(member) if member is not None else {}
    member = member or CouncilMember(campaign_id=campaign.id)
    member.full_name, member.position, member.duty, member.email = content.full_name, content.position, content.duty, content.email
    member.campaign_unit, member.body = content.unit, "" if content.unit else content.body
    db.session.add(member)
    db.session.flush()
    _record(member, {"before": before, "after": _said(member)}, actor, at)
    return member


def let_go(member: CouncilMember, *, actor: Actor, at: datetime) -> None:
    """Procedure: a member leaves the council; the sessions attended and the record keep the name."""
    if member.left_at is not None:
        return
    member.left_at = at
    db.session.flush()
    _record(member, {"before": _said(member), "left": True}, actor, at)


def _said(member: CouncilMember) -> dict[str, Any]:
    return {
        "name": member.full_name,
        "position": member.position,
        "unit": member.workplace,
        "duty": member.duty.value,
        "email": member.email,
    }


def _record(member: CouncilMember, detail: dict[str, Any], actor: Actor, at: datetime) -> None:
    act = Act(Action.COUNCIL_MEMBER, f"council_member:{member.id}", clause="procedure", detail=detail, campaign_id=member.campaign_id)
    record(act, actor=actor, at=at)

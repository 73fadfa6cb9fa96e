"""The units that are expected to register, and those of them that have not (II.2.a, II.3)."""

from __future__ import annotations

from sqlalchemy import Select, select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.registrations import Registration
from models.vocabulary import RegistrationState

ANSWERED = (RegistrationState.SENT, RegistrationState.ACCEPTED)
"""States of a form in which its unit has acted."""


def expected_units(campaign: Campaign) -> Select[CampaignUnit]:
    """The units that are expected to send a registration form of their own."""
    return (
        select(CampaignUnit)
        .where(
            CampaignUnit.campaign_id == campaign.id,
            CampaignUnit.eligible,
            CampaignUnit.form_unit_id == CampaignUnit.id,
            CampaignUnit.ended_on.is_(None),
        )
        .order_by(CampaignUnit.sort_key)
    )


def silent_units(campaign: Campaign) -> list[CampaignUnit]:
    """The units that owe a registration form and have nothing sent or accepted."""
    answered = select(Registration.id).where(Registration.campaign_unit_id == CampaignUnit.id, Registration.state.in_(ANSWERED))
    return list(db.session.scalars(expected_units(campaign).where(~answered.exists())))

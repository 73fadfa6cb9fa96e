"""Finding units by what a person types: without marks, and, when nothing fits, the nearest name instead of an empty page."""

from __future__ import annotations

import difflib

from sqlalchemy import ColumnElement, select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.text import folded

NEAR = 0.8
"""How alike two names must be, from 0 to 1: one wrong letter in "hon dat" is near, another name is not."""


def named(text: str) -> list[ColumnElement[bool]]:
    """Units of a campaign (joined as CampaignUnit) whose name, official name, code, alias or district holds every word typed."""
    return [CampaignUnit.search.contains(word, autoescape=True) for word in folded(text).split()]


def nearest(text: str, campaign: Campaign) -> str | None:
    """The name (without its kind: "Hòn Đất", not "Huyện Hòn Đất") that is nearest to what was typed, or None."""
    spelled: dict[str, str] = {}
    for name in db.session.scalars(select(CampaignUnit.name).where(CampaignUnit.campaign_id == campaign.id)):
        short = name.split(" ", 1)[-1]
        spelled |= {folded(name): name, folded(short): short}
    found = difflib.get_close_matches(folded(text), spelled, n=1, cutoff=NEAR)
    return spelled[found[0]] if found else None

"""Who sits in the demo's council: nine who vote and the secretary. Bodies are real, people invented."""

from __future__ import annotations

from datetime import datetime

from demo import names, people
from demo.scene import Scene
from models.campaigns import CampaignUnit
from models.db import transaction
from models.vocabulary import CouncilDuty
from workflow.council_members import MemberContent, save_member

MEMBERS = (
    ("KG", "Phó Chủ tịch", CouncilDuty.CHAIR),
    ("SNV", "Giám đốc", CouncilDuty.DEPUTY),
    ("VPUB", "Phó Chánh Văn phòng", CouncilDuty.MEMBER),
    ("STC", "Phó Giám đốc", CouncilDuty.MEMBER),
    ("STP", "Phó Giám đốc", CouncilDuty.MEMBER),
    ("STTTT", "Phó Giám đốc", CouncilDuty.MEMBER),
    ("SYT", "Phó Giám đốc", CouncilDuty.MEMBER),
    ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", "Phó Chủ tịch", CouncilDuty.MEMBER),
    ("Liên đoàn Lao động tỉnh", "Phó Chủ tịch", CouncilDuty.MEMBER),
)
ABSENT = "Liên đoàn Lao động tỉnh"
"""Whose member does not come to the session."""


def sit(scene: Scene, instant: datetime) -> None:
    """The secretary enters the members; whose body is not in the campaign is entered with its name."""
    for code, position, duty in MEMBERS:
        name = names.full_name(f"council {code}")
        unit = scene.unit(code) if code in scene.ids else None
        _enter(scene, MemberContent(name, position, unit, "" if unit else code, duty, f"{people.slug(name)}@{people.DOMAIN}"), instant)
    account = people.SECRETARY
    unit_of_secretary: CampaignUnit = scene.unit(account.unit)
    _enter(scene, MemberContent(account.name, account.position, unit_of_secretary, "", CouncilDuty.SECRETARY, account.login), instant)


def _enter(scene: Scene, content: MemberContent, instant: datetime) -> None:
    with transaction():
        save_member(scene.campaign, None, content, actor=scene.secretary, at=instant)

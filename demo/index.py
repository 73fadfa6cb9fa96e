"""Invented results: the published CCHC index, the year ruling, recognitions of communes and ratings of specialised units (III.1.a)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime

from demo.scene import Scene
from models.db import transaction
from workflow import ranking
from workflow.ranking import Announcement, PublishedEntry

GROUPS = (("excellent", 9000, 9630), ("good", 8010, 8960), ("fair", 7050, 7980), ("average", 6210, 6890))
"""The groups of the index with the scores that they are drawn from, in hundredths."""

RULING = "Xét chọn theo kết quả xếp hạng Chỉ số cải cách hành chính năm {year} đối với mọi tiêu chuẩn (mục III.3 Kế hoạch)."


def entries(scene: Scene, groups: Sequence[Sequence[str]], seed: str) -> list[PublishedEntry]:
    """The index as published: the bodies of each group in their order, with falling scores, "91,25"."""
    draw = random.Random(seed)
    found: list[PublishedEntry] = []
    for codes, (group, low, high) in zip(groups, GROUPS, strict=True):
        scores = sorted(draw.sample(range(low, high), k=len(codes)), reverse=True)
        for code, score in zip(codes, scores, strict=True):
            found.append(PublishedEntry(scene.unit(code), f"{score // 100},{score % 100:02d}", len(found) + 1, group))
    return found


def record(scene: Scene, groups: Sequence[Sequence[str]], at: datetime) -> None:
    """Home affairs enters the index of the award's year as a draft."""
    year = scene.campaign.plan.award_basis_year
    with transaction():
        ranking.record_index(scene.campaign, year, entries(scene, groups, f"index {year}"), actor=scene.home, at=at)


def publish(scene: Scene, number: str, at: datetime) -> None:
    """III.4.a: the index is published by a decision of the day; the 15 days begin."""
    with transaction():
        announcement = Announcement(number, at.date(), portal_date=at.date(), notice_date=at.date())
        ranking.publish(scene.campaign, scene.campaign.plan.award_basis_year, announcement, actor=scene.home, at=at)


def rule(scene: Scene, number: str, at: datetime) -> None:
    """Home affairs rules that the index of the award's year counts for every criterion."""
    plan = scene.campaign.plan
    with transaction():
        ranking.rule_year(
            scene.campaign,
            number=number,
            decided_on=at.date(),
            text=RULING.format(year=plan.award_basis_year),
            years=dict.fromkeys(plan.criteria, plan.award_basis_year),
            actor=scene.home,
            at=at,
        )


def rate(scene: Scene, code: str, rating: str, number: str, decided_on: date, at: datetime, *, better: bool = True) -> None:
    """III.1.a-3: home affairs records a specialised unit's rating and its progress."""
    with transaction():
        ranking.rate(
            scene.dossier(code), rating=rating, better_than_before=better, number=number, decided_on=decided_on, actor=scene.home, at=at
        )


def recognise(scene: Scene, code: str, number: str, at: datetime) -> None:
    """III.1.a-2: a district recognises its commune by a decision of the day."""
    with transaction():
        ranking.recognise(scene.dossier(code), number=number, decided_on=at.date(), actor=scene.compiler(code), at=at)

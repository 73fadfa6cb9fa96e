"""The 2021 campaign from its opening to the last accepted form: Plan 37/KH-UBND on the province's real bodies, with invented conduct."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from config import ROOT
from demo import season
from demo.history import History, at
from demo.people import LOADER, WITHOUT_MAILBOX, settle_people
from demo.scene import Scene
from imports import data_files
from models.campaigns import Campaign
from models.db import transaction
from models.vocabulary import Step
from workflow import campaigns, deadlines, receiving, registrations, unit_changes
from workflow.campaigns import of_year

DATA = ROOT / "data"
OPENED = at("2021-02-04 08:00")
UNITS_CHANGED = at("2021-03-01 07:30")
COMMUNE_KINDS = ("ward", "township", "commune")

RECOGNISED = {"903": ["30823", "30829"], "906": ["30913", "30943"]}
"""The communes that Hòn Đất and Giồng Riềng recognise; every other district recognises the second of its communes."""

LATE = "31115"
"""Xã Nam Du: its form comes after the due date, by a recorded admission."""

SILENT = {"31099", *WITHOUT_MAILBOX}
"""Bodies that never answer: Xã Hòn Thơm, which was abolished on 1 March 2021, and those that no letter reaches."""
SILENT_IN_ALL = 16
RETURNED = 8
IN_THE_LAST_HOUR = "30847"
"""Xã Mỹ Phước sends its form at 23:40 on the last day: in time."""


def lay_down_data() -> Campaign:
    """Units of 4 February 2021, calendar, people and the plan, loaded as an administrator loads them."""
    with transaction():
        data_files.load_units(DATA / "units.csv", actor=LOADER, at=OPENED)
    with transaction():
        data_files.load_calendar(DATA / "calendar.csv", actor=LOADER, at=OPENED)
    settle_people(OPENED)
    with transaction():
        campaign, _ = data_files.load_campaign(DATA / "campaigns" / "2021.toml", actor=LOADER, at=OPENED)
    return campaign


def open_campaign(year: int, instant: datetime) -> Scene:
    """Home affairs opens a loaded campaign; gives the scene in which it plays."""
    campaign = of_year(year)
    if campaign is None:
        raise LookupError(f"no plan of {year} is loaded")
    scene = Scene(campaign, instant)
    with transaction():
        campaigns.open_campaign(campaign, actor=scene.home, at=instant)
    return Scene(campaign, instant)


def recognised_by(scene: Scene) -> dict[str, list[str]]:
    """The communes that each district recognises, by the district's code."""
    return {district: RECOGNISED.get(district) or communes[1:2] for district, communes in communes_of(scene).items()}


def communes_of(scene: Scene) -> dict[str, list[str]]:
    """The communes of each district by their codes."""
    found: dict[str, list[str]] = {}
    for code in scene.ids:
        compiler = scene.unit(code).compiled_by
        if compiler is not None:
            found.setdefault(compiler.unit.code, []).append(code)
    return dict(sorted(found.items()))


def register_all(history: History, scene: Scene) -> None:
    """II.3: 165 of 182 forms come in by 31 March, some are returned and come again, one is late, the rest stay silent."""
    calendar = deadlines.campaign_calendar(scene.campaign)
    expected = [code for code in scene.ids if scene.unit(code).eligible and scene.unit(code).form_unit_id == scene.ids[code]]
    kept = {code for codes in recognised_by(scene).values() for code in codes} | {LATE, IN_THE_LAST_HOUR}
    draw = random.Random("silent in 2021")
    others = [code for code in expected if scene.unit(code).kind in COMMUNE_KINDS and code not in kept | SILENT]
    silent = SILENT | set(draw.sample(others, k=SILENT_IN_ALL - len(SILENT)))
    answering = [code for code in expected if code not in silent | {LATE}]
    plans = season.timetable(answering, date(2021, 2, 8), date(2021, 3, 31), calendar, seed="forms of 2021")
    sent_back = {plan.code for plan in draw.sample([p for p in plans if p.sent_at.date() < date(2021, 3, 30)], k=RETURNED)}
    plans = [season.returned(p, n, calendar) if p.code in sent_back else p for n, p in enumerate(plans)]
    plans = [_last_minute(p) if p.code == IN_THE_LAST_HOUR else p for p in plans]
    season.play(history, scene, plans)
    season.reminders(history, scene)
    for code in sorted(silent - SILENT)[:2]:
        history.add(at("2021-03-26 15:20"), partial(scene.save, code))
    _admit_the_late_one(history, scene)
    history.add(UNITS_CHANGED, _change_units)
    withdrawing = next(code for code in communes_of(scene)["899"][2:] if code not in silent)
    history.add(
        at("2021-08-12 09:30"),
        partial(
            scene.step,
            withdrawing,
            Step.WITHDRAW,
            scene.actors[withdrawing],
            reason="Đơn vị đang sắp xếp lại cán bộ phụ trách, xin rút đăng ký năm nay.",
        ),
    )


def _last_minute(plan: season.FormPlan) -> season.FormPlan:
    return replace(
        plan, sent_at=at("2021-03-31 23:40"), returned_at=None, reason="", sent_again_at=None, accepted_at=at("2021-04-01 09:12")
    )


def _admit_the_late_one(history: History, scene: Scene) -> None:
    history.add(at("2021-04-05 08:10"), partial(_ask_late, scene, LATE, "Xã đảo mất liên lạc, chiều ngày 02/4 mới gửi được."))
    history.add(
        at("2021-04-05 10:05"),
        partial(
            _admit,
            scene,
            LATE,
            "312/SNV-CCHC",
            "Xã đảo mất liên lạc từ ngày 29/3 đến ngày 02/4/2021 do sự cố đường truyền; có xác nhận của huyện Kiên Hải.",
        ),
    )
    history.add(at("2021-04-05 14:40"), partial(scene.save, LATE))
    history.add(at("2021-04-05 15:02"), partial(scene.send, LATE))
    history.add(at("2021-04-07 08:35"), partial(scene.accept, LATE))


def _ask_late(scene: Scene, code: str, reason: str, instant: datetime) -> None:
    with transaction():
        receiving.ask_late(scene.unit(code), reason, actor=scene.actors[code], at=instant)


def _admit(scene: Scene, code: str, number: str, reason: str, instant: datetime) -> None:
    with transaction():
        registrations.admit(scene.unit(code), number=number, decided_on=instant.date(), reason=reason, actor=scene.home, at=instant)


def _change_units(instant: datetime) -> None:
    """1 March 2021: Phú Quốc becomes a city, in the list of units and, by a recorded act for each unit, in the open campaign."""
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=instant)
        campaign = of_year(2021)
        if campaign is None:
            raise LookupError("no plan of 2021 is loaded")
        unit_changes.apply(campaign, unit_changes.pending(campaign, instant.date()), actor=LOADER, at=instant)

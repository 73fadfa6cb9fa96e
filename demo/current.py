"""The running campaign: last year's, copied from 2021, its index published six days ago, with something left to do for everyone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from demo import appraisal, index, season
from demo.history import History, when
from demo.people import LOADER
from demo.scene import SHARED, Scene
from demo.year_2021 import COMMUNE_KINDS, communes_of, open_campaign
from models.campaigns import Campaign
from models.db import transaction
from models.localtime import local
from models.vocabulary import DocumentKind, Step
from workflow import campaigns, deadlines
from workflow.rules.deadlines import WorkingCalendar

PUBLISHED_DAYS_AGO = 6
NUMBER, ISSUED = "28/KH-UBND", (2, 4)

FEWER_REMINDERS = [14, 3, 0]
"""Days before the due date: the plan of 2021 had six, and offsets are a campaign's data."""

YEARS_STAY = "II.1"
"""The clause that cites another plan by its date and year."""

WITHOUT_FORM = ("SNGV", "BQLKKTPQ", "SDL", "909", "912", "914")
COMMUNES_OF_HON_DAT = ("30823", "30826", "30828", "30829", "30832", "30817", "30820")
LEFT_RETURNED = "30820"
"""Thị trấn Sóc Sơn: returned and not sent again."""
LEFT_WAITING = ("30832", "BDT")
"""Xã Mỹ Hiệp Sơn waits for Hòn Đất's answer, Ban Dân tộc for home affairs'."""

EXCELLENT = (
    "STC", "903", "SGDDT", "STP", "STTTT", "906", "SYT", "SNV", "900",
    "SKHDT", "899", "SXD", "904", "VPUB", "SKHCN", "902", "TTR",
)  # fmt: skip
GOOD = (
    "SCT", "905", "SLDTBXH", "907", "SNNPTNT", "STNMT", "908", "SVHTT", "910", "SDL", "SGTVT", "911", "BDT", "913",
)  # fmt: skip
FAIR = ("909", "SNGV", "BQLKKT", "912")
AVERAGE = ("BQLKKTPQ", "914")

RATED = ("PNV-903", "PNV-906", "SNV-CCHC")
RANKED_COMMUNE, CHOSEN_COMMUNES = "30823", ("30826", "30913")
"""Xã Bình Sơn is recognised and waits for its district's choice; Bình Giang and Thạnh Lộc are chosen."""
CHOSEN = ("STP", "STC", "SYT", "STTTT", "903", "PNV-903", "906")
SUBMITTED = ("STC", "SYT")
"""Home affairs has looked at Sở Tài chính's; in Sở Y tế's one individual comes with a warning, and nobody has looked at it yet."""
ASKING = "906"
"""Giồng Riềng asks for a later due date, and home affairs has not answered."""
PARTLY = {"STP": SHARED[:1], "STTTT": SHARED, "903": SHARED}
"""Dossiers that lack papers, with those they have."""


def open_last_year(now: datetime) -> Scene:
    """Load last year's plan as a copy of 2021's and open it on the first working day from 4 February of its year."""
    year = local(now).year - 1
    calendar = deadlines.current_calendar()
    day = date(year, *ISSUED)
    while not calendar.works(day):
        day += timedelta(days=1)
    source = campaigns.of_year(2021)
    if source is None:
        raise LookupError("the 2021 campaign comes first")
    with transaction():
        campaigns.load(_plan_of(source, year, day), actor=LOADER, at=when(day, 7, 50))
    return open_campaign(year, when(day, 8, 0))


def play(history: History, scene: Scene, now: datetime) -> None:
    """Let the campaign happen up to now."""
    _register(history, scene)
    season.reminders(history, scene)
    published = local(now).date() - timedelta(days=PUBLISHED_DAYS_AGO)
    _rank(history, scene, published)
    _select(history, scene, published + timedelta(days=2))
    _prepare(history, scene, published + timedelta(days=4))
    _just_now(history, scene, local(now))


def _plan_of(source: Campaign, year: int, issued_on: date) -> dict[str, Any]:
    """The copy as home affairs edits it: years in quoted clauses move along (dates of documents stay), and fewer registration reminders."""
    data = campaigns.next_year_data(source, year, number=NUMBER, issued_on=issued_on)
    shift = year - source.year

    def moved(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + shift}"

    plain = re.compile(r"((?<!tháng 12 )(?<!tháng \d )năm |tháng 3/)(20\d\d)")
    data["reminders"]["registration"] = FEWER_REMINDERS
    data["clauses"] = {name: text if name == YEARS_STAY else plain.sub(moved, text) for name, text in data["clauses"].items()}
    return data


def _register(history: History, scene: Scene) -> None:
    """II.3: about 60 forms come in; one is left returned, two still wait for an answer."""
    calendar = deadlines.campaign_calendar(scene.campaign)
    due = deadlines.registration_working(scene.campaign, calendar).due
    bodies = [c for c in scene.ids if scene.unit(c).eligible and scene.unit(c).form_unit_id == scene.ids[c] and c not in WITHOUT_FORM]
    communes = [*COMMUNES_OF_HON_DAT, "30913", "30943", "30916", "30922", "30928"]
    communes += [c for d, found in communes_of(scene).items() if d not in {"903", "906", *WITHOUT_FORM} for c in found[1:3]][:18]
    codes = [c for c in bodies if scene.unit(c).kind not in COMMUNE_KINDS] + communes
    opened = scene.campaign.opened_at
    first = local(opened).date() + timedelta(days=4) if opened else due
    plans = season.timetable(codes, first, due, calendar, seed=f"forms of {scene.campaign.year}")
    season.play(history, scene, [_left(plan, number, calendar) for number, plan in enumerate(plans)])


def _left(plan: season.FormPlan, number: int, calendar: WorkingCalendar) -> season.FormPlan:
    if plan.code == LEFT_RETURNED:
        return season.returned(plan, 2, calendar, sent_again=False)
    if plan.code in LEFT_WAITING:
        return replace(plan, accepted_at=None)
    return season.returned(plan, number, calendar) if number % 17 == 5 else plan


def _rank(history: History, scene: Scene, day: date) -> None:
    """III.4.a: the index is published; the ruling, ratings and recognitions follow on the next day."""
    history.add(when(day, 13, 40), partial(index.record, scene, (EXCELLENT, GOOD, FAIR, AVERAGE)))
    history.add(when(day, 14), partial(index.publish, scene, f"{day.timetuple().tm_yday + 300}/QĐ-UBND"))
    ruled = day + timedelta(days=1)
    history.add(when(ruled, 9), partial(index.rule, scene, f"{ruled:%d}/SNV-CCHC"))
    for number, code in enumerate(RATED):
        history.add(when(ruled, 10, 10 * number), partial(index.rate, scene, code, "good", "15/TB-ĐG", ruled))
    for number, code in enumerate((RANKED_COMMUNE, *CHOSEN_COMMUNES, "30943")):
        history.add(when(ruled, 14, 11 * number), partial(index.recognise, scene, code, f"{80 + number}/QĐ-UBND"))


def _select(history: History, scene: Scene, day: date) -> None:
    """III.4.a: seven bodies, Sở Nội vụ with a second officer's consent, and two communes are selected."""
    for number, code in enumerate(CHOSEN):
        history.add(when(day, 8, 15 + 5 * number), partial(scene.step, code, Step.SELECT, scene.home))
    history.add(when(day, 9, 30), partial(scene.consent, "SNV", Step.SELECT, "Đã đối chiếu kết quả công bố; đồng ý chọn."))
    history.add(when(day, 10, 5), partial(scene.step, "SNV", Step.SELECT, scene.home))
    for number, code in enumerate(CHOSEN_COMMUNES):
        history.add(when(day, 15, 20 * number), partial(scene.step, code, Step.SELECT, scene.compiler(code)))


def _prepare(history: History, scene: Scene, day: date) -> None:
    """III.4.b, III.4.c: two dossiers are submitted, three have some of their papers; two attempts are refused and on record."""
    for number, (code, kinds) in enumerate(PARTLY.items()):
        history.add(when(day, 9, 10 * number), partial(scene.put_forward, code, 1 + number % 2))
        history.add(when(day, 9, 10 * number + 4), partial(scene.file, code, kinds))
    yesterday = day + timedelta(days=1)
    for number, code in enumerate(SUBMITTED):
        history.add(when(day, 14, 10 * number), partial(scene.put_forward, code, 2, assigned=code != SUBMITTED[1]))
        history.add(when(day, 14, 30 + 10 * number), partial(scene.file, code, (*SHARED, DocumentKind.ACHIEVEMENT_REPORT)))
        history.add(when(yesterday, 9, 20 + 25 * number), partial(scene.step, code, Step.SUBMIT, scene.actors[code]))
    history.add(when(day, 16, 5), partial(appraisal.answer, scene, SUBMITTED[0]))
    history.add(when(yesterday, 14, 5), partial(appraisal.check, scene, SUBMITTED[0]))
    history.add(when(yesterday, 14, 40), partial(scene.note_original, SUBMITTED[0], "Một bộ hồ sơ gốc, nhận qua bưu điện."))
    history.add(when(yesterday, 15, 30), partial(_ask, scene))
    history.add(when(yesterday, 10, 30), partial(scene.refused, "903", Step.SUBMIT, scene.actors["903"]))
    history.add(when(yesterday, 15, 10), partial(scene.refused, "SNV-CCHC", Step.SELECT, scene.home))


def _just_now(history: History, scene: Scene, now: datetime) -> None:
    """Within the last hour: one more selection and an extension, whose letters the worker is seen to send."""
    history.add(now - timedelta(minutes=40), partial(scene.step, "900", Step.SELECT, scene.home))
    history.add(now - timedelta(minutes=25), partial(_extend, scene))


def _ask(scene: Scene, instant: datetime) -> None:
    due = scene.dossier(ASKING).due_on or instant.date()
    scene.ask_extension(ASKING, due + timedelta(days=5), "Huyện chờ kết quả họp Hội đồng thi đua cấp huyện.", instant)


def _extend(scene: Scene, instant: datetime) -> None:
    due = scene.dossier("STTTT").due_on or instant.date()
    reason = "Đơn vị đang sáp nhập bộ phận phụ trách cải cách hành chính, có văn bản đề nghị."
    scene.extend("STTTT", "44/SNV-CCHC", due + timedelta(days=7), reason, instant)

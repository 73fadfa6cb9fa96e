"""The first half of a year as the offices do it: 181 forms, the ranking, ratings and recognitions come in as files, the rest by pages."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit import verify
from imports import data_files
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.registrations import Registration
from models.vocabulary import DossierState, RegistrationState, Role
from notifications.reminders import expected_units
from tests.actors import assert_all_agrees
from tests.builders import DATA, LOADER, at, open_2021
from tests.imports.corpus import workbooks as wb
from tests.web.conftest import Browser, at_time, sign_in
from tests.web.fixtures import day
from workflow import unit_changes

__all__ = ["at_time", "sign_in"]

SignIn = Callable[..., Browser]
AtTime = Callable[[str], Any]
EXCELLENT = {"SNV", "STP", "STC", "VPUB", "SGTVT", "903", "906", "899"}
"""Published in the excellent group; the rest in the good one."""


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """SQLite is enough for a season; what files save is tested on both databases in tests/imports."""
    return sqlite_app


def campaign() -> Campaign:
    """The campaign of 2021."""
    return db.session.scalars(select(Campaign)).one()


def expected() -> list[CampaignUnit]:
    """The units whose form is expected, communes by their districts."""
    return list(db.session.scalars(expected_units(campaign()).options(joinedload(CampaignUnit.compiled_by), joinedload(CampaignUnit.unit))))


def forms_of(units: list[CampaignUnit]) -> bytes:
    """The filled-in template of some units: everybody registers a person, every second unit two, and its specialised units."""
    inner = {
        unit.form_unit_id: unit.name
        for unit in db.session.scalars(select(CampaignUnit).where(CampaignUnit.form_unit_id != CampaignUnit.id, CampaignUnit.eligible))
    }
    rows: list[tuple[Any, ...]] = []
    for number, unit in enumerate(units):
        district = unit.compiled_by.name if unit.compiled_by else None
        signed = ("Lê Thị Lập", "Trần Văn Trưởng", "có", "có")
        rows.append((number + 1, unit.name, district, inner.get(unit.id), f"Nguyễn Văn {number}", "Chuyên viên", unit.name, *signed))
        if number % 2:
            rows.append((None, None, None, None, f"Trần Thị {number}", "Phó trưởng phòng", unit.name, None, None, None, None))
    return wb.xlsx([wb.REGISTRATION, *rows])


def bring_in(browser: Browser, kind: str, content: bytes, **more: str) -> str:
    """Upload a filled-in template, see its preview without a fault, import it. Gives the page that says so."""
    uploaded = browser.post(f"/imports/{kind}", {"file": (io.BytesIO(content), f"{kind}.xlsx"), **more})
    assert uploaded.status_code == 302, uploaded.text[:2000]
    preview = browser.get(uploaded.location)
    assert " 0 dòng có lỗi." in words(preview), words(preview)[:2000]
    done = browser.post(uploaded.location, {"save": "all"})
    assert done.status_code == 302, words(done.text)[:2000]
    return words(browser.get(done.location))


def confirm_all(browser: Browser, url: str, **more: str) -> str:
    """Confirm a page that lists several rows, as it stands. Gives the page with the result."""
    page = browser.get(url).partition("<main")[2]
    target = re.search(r'<form method="post" action="([^"]+)"', page)
    assert target, words(page)[:2000]
    fields = [(name, unescape(value)) for name, value in re.findall(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', page)]
    sent: dict[str, Any] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    with browser.client.application.app_context():
        answer = browser.client.post(unescape(target[1]), data=sent | more)
    assert answer.status_code == 200, words(answer.text)[:3000]
    return words(answer.text)


def words(page: str) -> str:
    """What a page says."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def states() -> Counter[DossierState]:
    """How many dossiers stand where."""
    db.session.rollback()
    return Counter(db.session.scalars(select(Dossier.state)))


def test_a_whole_registration_season_comes_in_as_files(sqlite_app: Flask, sign_in: SignIn, at_time: AtTime) -> None:
    open_2021()
    with transaction():
        changed = at("2021-03-01 07:30")
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=changed)
        unit_changes.apply(campaign(), unit_changes.pending(campaign(), changed.date()), actor=LOADER, at=changed)
    units = expected()
    bodies = [unit for unit in units if unit.compiled_by is None]
    communes: dict[str, list[CampaignUnit]] = {}
    for unit in units:
        if unit.compiled_by is not None:
            communes.setdefault(unit.compiled_by.unit.code, []).append(unit)
    assert (len(units), len(bodies), len(communes)) == (181, 37, 15)
    ranked = [unit.unit.code for unit in bodies]
    files = {code: forms_of(members) for code, members in communes.items()} | {"": forms_of(bodies)}
    names = {unit.unit.code: unit.name for unit in [*units, *_specialised()]}
    chosen = {code: [member.name for member in members][: 2 if code in {"903", "906"} else 1] for code, members in communes.items()}

    with at_time("2021-03-29 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        bring_in(home, "registrations", files[""])
        assert "37" in confirm_all(home, "/registrations/bulk/accept?all=1")
        for code in communes:
            district = sign_in(code)
            bring_in(district, "registrations", files[code])
            confirm_all(district, "/registrations/bulk/accept?all=1")

    assert Counter(db.session.scalars(select(Registration.state))) == {RegistrationState.ACCEPTED: 181}
    assert not any(db.session.scalars(select(Registration.late)))
    assert states() == {DossierState.REGISTERED: 198}

    with at_time("2022-01-14 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        order = sorted(ranked, key=lambda code: (code not in EXCELLENT, code))
        index = [(n, names[code], f"{96 - n},5", n, "xuất sắc" if code in EXCELLENT else "tốt") for n, code in enumerate(order, start=1)]
        bring_in(home, "ranking", wb.xlsx([wb.RANKING, *index]), year="2021")
        announcement = {"number": "100/QĐ-UBND", **day("date", 14, 1, 2022)}
        effect = words(home.post("/ranking/publish", announcement).text)
        assert "24 giờ 00 ngày 07/02/2022" in effect
        assert home.post("/ranking/publish", announcement | {"confirm": "1"}).status_code == 302
        years = re.findall(r'name="(year_\w+)"', home.get("/ranking/ruling"))
        ruling = {"number": "05/SNV-CCHC", "text": "Xét theo năm 2021.", **day("date", 14, 1, 2022), **dict.fromkeys(years, "2021")}
        assert home.post("/ranking/ruling", ruling).status_code == 302
        rated = [
            (n, name, 2021, "Hoàn thành tốt nhiệm vụ", "có", "12/TB", "10/01/2022")
            for n, name in enumerate(_names_of(_specialised()), start=1)
        ]
        bring_in(home, "ratings", wb.xlsx([wb.RATING, *rated]))
        for code, members in chosen.items():
            rows = [(n, name, None, "45/QĐ-UBND", "12/01/2022") for n, name in enumerate(members, start=1)]
            bring_in(sign_in(code), "recognitions", wb.xlsx([wb.RECOGNITION, *rows]))

    assert states() == {DossierState.RANKED: 37 + 17 + 17, DossierState.REGISTERED: 144 - 17}

    with at_time("2022-01-17 09:00"):
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        others = _ids(DossierState.RANKED, communes=False, apart_from={"SNV", "SNV-CCHC"})
        page = confirm_all(home, "/selection/confirm?" + urlencode({"step": "select", "dossier": others}, doseq=True))
        assert "Đã làm: 11 hồ sơ. Chưa làm: 41 hồ sơ." in page
        assert "Tập thể không thuộc nhóm xuất sắc của Chỉ số CCHC năm 2021 đã công bố." in page
        for code in communes:
            mine = _ids(DossierState.RANKED, communes=True, of=code)
            confirm_all(sign_in(code), "/selection/confirm?" + urlencode({"step": "select", "dossier": mine}, doseq=True))

    selected = db.session.scalars(select(Dossier).where(Dossier.state == DossierState.SELECTED)).all()
    by_commune = [dossier for dossier in selected if dossier.campaign_unit.compiled_by_id is not None]
    assert len(by_commune) == 17
    assert {dossier.due_on.isoformat() for dossier in selected if dossier.due_on} == {"2022-02-07"}
    assert {dossier.campaign_unit.unit.code for dossier in selected if dossier.campaign_unit.unit.code in ranked} == EXCELLENT - {"SNV"}
    assert verify().intact
    assert_all_agrees()


def _specialised() -> list[CampaignUnit]:
    query = select(CampaignUnit).where(CampaignUnit.form_unit_id != CampaignUnit.id, CampaignUnit.eligible, CampaignUnit.ended_on.is_(None))
    return list(db.session.scalars(query))


def _names_of(units: list[CampaignUnit]) -> list[str]:
    return [unit.name for unit in units]


def _ids(state: DossierState, *, communes: bool, of: str = "", apart_from: frozenset[str] | set[str] = frozenset()) -> list[int]:
    """The dossiers in a state, of communes (of one district) or of other bodies."""
    db.session.rollback()
    found = []
    for dossier in db.session.scalars(select(Dossier).where(Dossier.state == state)):
        unit = dossier.campaign_unit
        compiler = unit.compiled_by.unit.code if unit.compiled_by else ""
        if bool(compiler) is communes and of in {"", compiler} and unit.unit.code not in apart_from:
            found.append(dossier.id)
    return found

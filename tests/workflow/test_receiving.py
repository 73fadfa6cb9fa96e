"""Beside the single forms: paper entered for a unit, units that have ended, silent units reminded, late requests, roll-ups sent."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.people import Actor
from models.registrations import LateRequest, Registration, RollupReport
from models.vocabulary import LetterName, RegistrationState, Role
from tests.actors import campaign_2021, home, last_entry, letters_since
from tests.builders import actor_of, at, unit_of
from workflow import receiving, registrations, unit_changes
from workflow.acts import ActRefused
from workflow.receiving import Rollup
from workflow.registrations import FormContent, Person

L = LetterName
COMMUNE, DISTRICT = "30904", "906"
MARCH, APRIL = "2021-03-20 09:00", "2021-04-02 09:00"


def unit(code: str) -> CampaignUnit:
    return unit_of(campaign_2021(), code)


def enter(code: str, by: Actor, when: str = MARCH) -> Registration:
    """Somebody fills in a unit's form and sends it."""
    with transaction():
        content = FormContent([unit(code)], [Person("Lý Văn Bốn", "Công chức", "Xã")], True, True, "A", "B")
        form = registrations.save(unit(code), content, actor=by, at=at(when))
        registrations.send(form, actor=by, at=at(when))
    return form


def details(*actions: str) -> list[dict[str, Any]]:
    """What the entries of some acts recorded."""
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.seq))
    return [json.loads(entry.detail or "{}") for entry in entries]


# Paper


@pytest.mark.parametrize(("who", "role"), [(DISTRICT, Role.OFFICER), ("SNV", Role.HOME_AFFAIRS)], ids=["district", "home affairs"])
def test_a_form_entered_for_a_unit_is_on_record_as_entered_from_paper(opened_app: Flask, who: str, role: Role) -> None:
    by = actor_of(who, role)
    seq = last_entry().seq

    form = enter(COMMUNE, by)

    assert form.state is RegistrationState.SENT
    assert [detail["from_paper"] for detail in details("registration.save", "registration.send")] == [True, True]
    assert {detail["unit"] for detail in details("registration.save")} == {"Thị trấn Giồng Riềng, Huyện Giồng Riềng"}
    assert letters_since(seq) == [(L.REGISTRATION_RECEIVED, COMMUNE), (L.REGISTRATION_RECEIVED, DISTRICT)]


def test_a_unit_that_sends_its_own_form_enters_no_paper(opened_sqlite_app: Flask) -> None:
    enter(COMMUNE, actor_of(COMMUNE))

    assert not any("from_paper" in detail for detail in details("registration.save", "registration.send"))


# Units that have ended


def test_the_form_of_a_unit_that_has_ended_is_neither_saved_nor_sent(opened_app: Flask) -> None:
    campaign, when, officer = campaign_2021(), at("2021-03-10 09:00"), home()
    with transaction():
        content = FormContent([unit("BDT")], [], True, True, "A", "B")
        form = registrations.save(unit("BDT"), content, actor=officer, at=when)
    with transaction():
        unit_changes.merge(campaign, unit("BDT"), unit("SNV"), effective=when.date(), basis="NQ", actor=officer, at=when)

    with pytest.raises(ActRefused) as sending, transaction():
        registrations.send(db.session.get_one(Registration, form.id), actor=officer, at=at(MARCH))
    with pytest.raises(ActRefused) as saving, transaction():
        registrations.save(unit("BDT"), FormContent([unit("BDT")], [], True, True, "A", "B"), actor=officer, at=at(MARCH))

    for refused in (sending, saving):
        assert [objection.code for objection in refused.value.objections] == ["unit_ended"]
        assert refused.value.objections[0].params == {"unit": "Ban Dân tộc", "day": "10/03/2021"}


# Reminders by hand


def remind(*wanted: str, again: bool = False, when: str = MARCH, key: str | None = None) -> receiving.Reminded:
    officer = home()
    with transaction():
        return receiving.remind(campaign_2021(), [unit(code) for code in wanted], again=again, actor=officer, at=at(when), key=key)


def test_one_act_reminds_several_units_with_a_letter_each(opened_app: Flask) -> None:
    seq = last_entry().seq

    remind("STP", COMMUNE)

    assert letters_since(seq) == [(L.REGISTRATION_REMINDER, "STP"), (L.REGISTRATION_REMINDER, COMMUNE)]
    assert details("registration.remind") == [{"reminded": ["Sở Tư pháp", "Thị trấn Giồng Riềng, Huyện Giồng Riềng"], "again": False}]


def test_who_has_answered_ended_or_owes_nothing_is_left_out(opened_sqlite_app: Flask) -> None:
    campaign, officer = campaign_2021(), home()
    enter(COMMUNE, actor_of(COMMUNE))
    with transaction():
        unit_changes.merge(campaign, unit("BDT"), None, effective=date(2021, 3, 10), basis="NQ", actor=officer, at=at(MARCH))

    outcome = remind("STP", COMMUNE, "BDT", "CTHUE")

    assert [told.unit.code for told in outcome.units] == ["STP"]
    assert [objection.code for _unit, objection in outcome.left_out] == ["not_silent", "unit_ended", "unit_not_eligible"]


def test_a_unit_is_reminded_once_a_day_the_workers_reminders_counted(opened_app: Flask) -> None:
    remind("STP")

    with pytest.raises(ActRefused) as refused:
        remind("STP")
    with pytest.raises(ActRefused):
        remind("STP", when="2021-03-20 23:59:59")
    assert [objection.code for objection in refused.value.objections] == ["nobody_to_remind", "reminded_today"]
    assert [told.unit.code for told in remind("STP", again=True).units] == ["STP"]
    assert [told.unit.code for told in remind("STP", when="2021-03-21 00:00:00").units] == ["STP"]


@pytest.mark.parametrize(("when", "goes"), [("2021-03-31 23:59:59", True), ("2021-04-01 00:00:00", False)])
def test_nobody_is_reminded_after_the_last_day(opened_sqlite_app: Flask, when: str, goes: bool) -> None:
    if goes:
        assert len(remind("STP", when=when).units) == 1
        return
    with pytest.raises(ActRefused, match="registration_over"):
        remind("STP", when=when)


def test_nobody_named_is_nobody_reminded(opened_sqlite_app: Flask) -> None:
    with pytest.raises(ActRefused, match="nobody_to_remind"):
        remind()


# Late


def ask(code: str = COMMUNE, when: str = APRIL) -> LateRequest:
    officer = actor_of(code)
    with transaction():
        return receiving.ask_late(unit(code), "Mất điện.", actor=officer, at=at(when))


def test_a_late_request_is_kept_recorded_and_told_to_home_affairs(opened_app: Flask) -> None:
    seq = last_entry().seq

    asked = ask()

    assert (asked.reason, asked.asked_at) == ("Mất điện.", at(APRIL))
    assert letters_since(seq) == [(L.REGISTRATION_LATE_ASKED, "SNV")]
    assert details("registration.ask_late") == [{"unit": "Thị trấn Giồng Riềng, Huyện Giồng Riềng", "reason": "Mất điện."}]


def test_there_is_nothing_to_ask_in_time_twice_when_sent_or_admitted(opened_sqlite_app: Flask) -> None:
    officer = home()
    with pytest.raises(ActRefused, match="registration_still_open"):
        ask(when="2021-03-31 23:59:59")
    ask()
    with pytest.raises(ActRefused, match="asked_already"):
        ask()
    enter("STP", actor_of("STP"))
    with pytest.raises(ActRefused, match="registration_settled"):
        ask("STP")
    with transaction():
        registrations.admit(unit("STC"), number="9", decided_on=date(2021, 4, 1), reason="Có.", actor=officer, at=at(APRIL))
    with pytest.raises(ActRefused, match="admitted_already"):
        ask("STC")


def test_the_admission_is_told_to_the_unit_and_its_district(opened_app: Flask) -> None:
    officer = home()
    ask()
    seq = last_entry().seq

    with transaction():
        registrations.admit(unit(COMMUNE), number="9", decided_on=date(2021, 4, 2), reason="Có.", actor=officer, at=at(APRIL))
    form = enter(COMMUNE, actor_of(COMMUNE), "2021-04-03 09:00")

    assert letters_since(seq)[:2] == [(L.REGISTRATION_ADMITTED, COMMUNE), (L.REGISTRATION_ADMITTED, DISTRICT)]
    assert form.late


# Roll-ups


def report(forms: dict[str, Any], changes: tuple[str, ...] = ()) -> RollupReport:
    officer = actor_of(DISTRICT)
    told = Rollup({"expected": 19}, forms, [{"label": "Phải đăng ký", "value": "19"}], ["Xã A"], changes)
    with transaction():
        return receiving.report(unit(DISTRICT), told, actor=officer, at=at(MARCH))


def test_a_roll_up_is_kept_with_its_figures_recorded_and_told(opened_app: Flask) -> None:
    seq = last_entry().seq

    sent = report({"1": {"state": "sent"}})

    last = receiving.last_report(unit(DISTRICT))
    assert last is not None
    assert (last.id, last.figures, last.forms) == (sent.id, {"expected": 19}, {"1": {"state": "sent"}})
    assert letters_since(seq) == [(L.REGISTRATION_REPORTED, "SNV")]
    assert details("registration.report") == [{"unit": "Huyện Giồng Riềng", "figures": {"expected": 19}, "changed": []}]


def test_it_is_sent_again_only_when_a_form_has_changed(opened_sqlite_app: Flask) -> None:
    report({"1": {"state": "sent"}})

    with pytest.raises(ActRefused, match="report_unchanged"):
        report({"1": {"state": "sent"}})
    report({"1": {"state": "accepted"}}, ("Xã A: Chờ duyệt → Đã duyệt",))

    assert details("registration.report")[-1]["changed"] == ["Xã A: Chờ duyệt → Đã duyệt"]

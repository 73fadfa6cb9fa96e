"""Silent units: how often they were really told, and the record of it on the day after the due date. Letters after a unit's end."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from audit import verify
from imports import data_files
from jobs.bodies import sweep_reminders
from models.audit import AuditEntry
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.vocabulary import LetterName, MailState
from notifications.recipients import reached_at
from notifications.silence import NEVER, Told, times_told
from tests.actors import campaign_2021, home
from tests.builders import DATA, LOADER, actor_of, at, register, unit_of
from workflow import registrations, unit_changes

CLOSED = "2021-04-01 08:00"
SILENT, DRAFTING, RETURNED, SENT = "STP", "STC", "SXD", "SCT"


def sweep(when: str, state: MailState | None = MailState.ACCEPTED) -> int:
    """A round of the worker's sweep; what it wrote is taken by the mail server, or meets another fate."""
    db.session.rollback()
    queued = sweep_reminders(at(when))
    with transaction() as session:
        if state is not None:
            session.execute(update(OutboxMail).where(OutboxMail.state == MailState.QUEUED).values(state=state))
    return queued


def begin(code: str, *, send: bool) -> None:
    """A form that is begun, or sent."""
    officer, when = actor_of(code), at("2021-03-10 10:00")
    with transaction():
        unit = unit_of(campaign_2021(), code)
        content = registrations.FormContent([unit], [], follows_law=True, is_united=True, preparer="A", head="B")
        form = registrations.save(unit, content, actor=officer, at=when)
        if send:
            registrations.send(form, actor=officer, at=when)


def silence() -> dict[str, dict[str, Any]]:
    """The record of silence by the unit's name."""
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.silent").order_by(AuditEntry.seq))
    details = [json.loads(entry.detail or "{}") for entry in entries]
    assert max(Counter(detail["unit"] for detail in details).values(), default=1) == 1
    return {detail["unit"]: detail for detail in details}


def told(code: str) -> Told:
    """How often a unit was told."""
    unit = unit_of(campaign_2021(), code)
    return times_told(campaign_2021(), [unit.id]).get(unit.id, NEVER)


def test_only_letters_that_a_mail_server_took_count_as_told(opened_app: Flask) -> None:
    for day, state in (("01", MailState.ACCEPTED), ("17", MailState.FAILED), ("24", None), ("28", MailState.ACCEPTED)):
        sweep(f"2021-03-{day} 08:00", state)

    assert told(SILENT) == Told(written=4, taken=3, last_at=at("2021-03-28 08:00")), "what waited on the 24th went with the next"
    assert told("CTHUE") == NEVER


def test_at_the_cutoff_each_silent_unit_has_one_entry_that_says_how_often_it_was_told(opened_app: Flask) -> None:
    register(campaign_2021(), "SNV")
    begin(DRAFTING, send=False)
    for code in (RETURNED, SENT):
        begin(code, send=True)
    officer = home()
    with transaction():
        form = registrations.registration_of(unit_of(campaign_2021(), RETURNED))
        assert form is not None
        registrations.give_back(form, "Thiếu.", actor=officer, at=at("2021-03-12 09:00"))
    for day in ("01", "17", "24", "28", "30", "31"):
        sweep(f"2021-03-{day} 08:00")
    assert silence() == {}

    assert [sweep("2021-04-01 07:59"), sweep(CLOSED), sweep("2021-04-01 08:01"), sweep("2021-04-09 08:00")] == [0, 1, 0, 0]

    found = silence()
    assert len(found) == 182 - 2
    assert not {"Sở Nội vụ", "Sở Công Thương"} & set(found)
    assert found["Sở Tư pháp"] == {"unit": "Sở Tư pháp", "due": "2021-03-31", "told": 6, "written": 6, "open_form": ""}
    assert (found["Sở Tài chính"]["open_form"], found["Sở Xây dựng"]["open_form"]) == ("draft", "returned")
    assert "Xã Bình An, Huyện Kiên Lương" in found
    assert verify().intact


def test_a_worker_that_was_down_records_silence_once_when_it_is_back(opened_sqlite_app: Flask) -> None:
    sweep("2021-04-06 15:00")
    sweep("2021-04-06 15:01")

    found = silence()
    assert len(found) == 182
    assert {detail["told"] for detail in found.values()} == {0}


def test_what_is_written_by_the_system_names_no_person(opened_sqlite_app: Flask) -> None:
    sweep(CLOSED)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.silent")).first()
    assert entry is not None
    assert (entry.actor_id, entry.source.value, json.loads(entry.rec)["clause"]) == (None, "system", "II.3")


# After a unit's end


def end_island() -> None:
    """1 March 2021: xã Hòn Thơm is merged into phường An Thới."""
    campaign, when = campaign_2021(), at("2021-03-01 07:30")
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=when)
        unit_changes.apply(campaign, unit_changes.pending(campaign, when.date()), actor=LOADER, at=when)


def recipients(code: str, letter: LetterName) -> list[str]:
    """The mailboxes that a letter about a unit went to."""
    query = select(OutboxMail.recipient).join(OutboxMail.notice)
    unit = unit_of(campaign_2021(), code)
    return list(db.session.scalars(query.where(Notice.letter == letter, Notice.campaign_unit_id == unit.id)))


def test_letters_to_a_unit_that_has_ended_go_to_its_successors_mailbox(opened_app: Flask) -> None:
    begin("31099", send=True)
    end_island()
    officer = actor_of("911")
    with transaction():
        form = registrations.registration_of(unit_of(campaign_2021(), "31099"))
        assert form is not None
        registrations.accept(form, actor=officer, at=at("2021-03-02 09:00"))

    assert recipients("31099", LetterName.REGISTRATION_RECEIVED) == ["vanthu.31099@kiengiang.example"]
    assert recipients("31099", LetterName.REGISTRATION_ACCEPTED) == ["vanthu.31081@kiengiang.example"]


def test_a_chain_of_mergers_is_followed_to_its_living_end(opened_sqlite_app: Flask) -> None:
    end_island()
    campaign, when, officer = campaign_2021(), at("2021-03-20 09:00"), home()
    with transaction():
        port, capital = unit_of(campaign, "31081"), unit_of(campaign, "31078")
        unit_changes.merge(campaign, port, capital, effective=when.date(), basis="Nghị quyết", actor=officer, at=when)

    units = [unit_of(campaign, code) for code in ("31099", "31081", "31078", "STP")]
    end = units[2].unit_id
    assert list(reached_at(units).values()) == [end, end, end, units[3].unit_id]


@pytest.mark.parametrize("code", ["BDT"])
def test_without_a_successor_the_mailbox_stays_the_units_own(opened_sqlite_app: Flask, code: str) -> None:
    campaign, when, officer = campaign_2021(), at("2021-03-20 09:00"), home()
    with transaction():
        unit_changes.merge(campaign, unit_of(campaign, code), None, effective=when.date(), basis="NQ", actor=officer, at=when)

    unit = unit_of(campaign, code)
    assert reached_at([unit]) == {unit.id: unit.unit_id}

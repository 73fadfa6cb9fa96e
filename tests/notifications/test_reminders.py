"""Reminders: each owed once, at its hour and not before, to those who have not acted; nothing lost and no burst after downtime."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from audit import verify
from jobs.bodies import sweep_reminders
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Notice, OutboxMail, ReminderEntry
from models.units import Unit
from models.vocabulary import DossierState, LetterName, MailState, ReminderOutcome, Step
from notifications import reminders
from tests.actors import COMMUNE, DEPARTMENT, DISTRICT, bring, campaign_2021, home, usual_step
from tests.builders import LOADER, actor_of, at, dossier_of, load_data, register, step, unit_of
from workflow import campaigns, registrations
from workflow.extensions import extend
from workflow.registrations import registration_of

L, R = LetterName, ReminderOutcome
FORMS, COMMUNES, DISTRICTS = 182, 145, 15
"""Forms expected of the 2021 campaign, the communes among them, and the districts that compile for them."""


def sweep(when: str | datetime) -> int:
    """A round of the worker's sweep."""
    moment = at(when) if isinstance(when, str) else when
    db.session.rollback()
    return sweep_reminders(moment)


def ledger(*letters: LetterName) -> list[tuple[LetterName, int, ReminderOutcome, int]]:
    """The ledger as letter, offset, outcome and how many rows."""
    query = select(ReminderEntry.letter, ReminderEntry.offset_days, ReminderEntry.outcome, func.count()).group_by(
        ReminderEntry.letter, ReminderEntry.offset_days, ReminderEntry.outcome
    )
    rows = [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query) if not letters or row[0] in letters]
    return sorted(rows, key=lambda row: (row[0].value, -row[1]))


def told(letter: LetterName, since: int = 0) -> list[str]:
    """The codes of the units that a letter was queued to, after a notice."""
    query = (
        select(Unit.code)
        .select_from(Notice)
        .join(Notice.campaign_unit)
        .join(CampaignUnit.unit)
        .where(Notice.letter == letter, Notice.id > since)
        .order_by(Notice.id)
    )
    return list(db.session.scalars(query))


def last_notice() -> int:
    return db.session.scalar(select(func.max(Notice.id))) or 0


# Registration


OFFSETS = {"2021-03-01": 30, "2021-03-17": 14, "2021-03-24": 7, "2021-03-28": 3, "2021-03-30": 1, "2021-03-31": 0}


def test_a_registration_reminder_goes_out_at_eight_of_its_day_and_not_before(opened_sqlite_app: Flask) -> None:
    queued = {day: [sweep(f"{day} {hour}") for hour in ("07:59:59", "08:00:00", "08:01:00")] for day in OFFSETS}

    assert queued == {day: [0, FORMS + DISTRICTS, 0] for day in OFFSETS}
    assert ledger(L.REGISTRATION_REMINDER) == [(L.REGISTRATION_REMINDER, offset, R.QUEUED, FORMS) for offset in OFFSETS.values()]


def test_the_first_of_march_is_the_first_reminder(opened_sqlite_app: Flask) -> None:
    assert sweep("2021-02-28 23:59") == 0


def test_a_unit_that_has_sent_or_been_accepted_is_not_reminded(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), "STP")
    sent = registrations.collectives_for(unit_of(campaign_2021(), "STC"))
    save_and_send("STC", sent)
    since = last_notice()

    sweep("2021-03-24 08:00")

    reminded = told(L.REGISTRATION_REMINDER, since)
    assert len(reminded) == FORMS - 2
    assert not {"STP", "STC"} & set(reminded)


def save_and_send(code: str, members: Iterable[CampaignUnit], when: str = "2021-03-10 10:00", *, send: bool = True) -> None:
    """A form with its collectives, sent unless it stays a draft."""
    officer = actor_of(code)
    content = registrations.FormContent(list(members), [], follows_law=True, is_united=True, preparer="A", head="B")
    with transaction():
        form = registrations.save(unit_of(campaign_2021(), code), content, actor=officer, at=at(when))
        if send:
            registrations.send(form, actor=officer, at=at(when))


def test_a_unit_with_a_draft_or_a_returned_form_is_reminded(opened_sqlite_app: Flask) -> None:
    officer = home()
    save_and_send("STC", [unit_of(campaign_2021(), "STC")], send=False)
    save_and_send("SXD", [unit_of(campaign_2021(), "SXD")])
    with transaction():
        form = registration_of(unit_of(campaign_2021(), "SXD"))
        assert form is not None
        registrations.give_back(form, "Thiếu chữ ký.", actor=officer, at=at("2021-03-12 09:00"))
    since = last_notice()

    sweep("2021-03-24 08:00")

    assert {"STC", "SXD"} <= set(told(L.REGISTRATION_REMINDER, since))


def test_a_district_gets_one_letter_about_its_communes_that_are_missing(opened_sqlite_app: Flask) -> None:
    for code in ("30904", "30907"):
        register(campaign_2021(), code)
    since = last_notice()

    sweep("2021-03-24 08:00")

    rolled_up = db.session.scalars(
        select(Notice).where(Notice.letter == L.REGISTRATION_REMINDER_COMPILED, Notice.id > since).order_by(Notice.id)
    ).all()
    by_district = {notice.campaign_unit.unit.code: notice.facts["units"] for notice in rolled_up}
    assert len(rolled_up) == len(by_district) == DISTRICTS
    assert len(by_district["906"]) == 19 - 2
    assert "Xã Thạnh Hưng" not in by_district["906"]
    assert sum(len(names) for names in by_district.values()) == COMMUNES - 2


def test_a_district_whose_communes_have_all_sent_gets_no_roll_up(opened_sqlite_app: Flask) -> None:
    communes = [u.unit.code for u in campaign_2021().units if u.compiled_by is not None and u.compiled_by.unit.code == "912"]
    for code in communes:
        register(campaign_2021(), code)

    sweep("2021-03-24 08:00")

    compiled = told(L.REGISTRATION_REMINDER_COMPILED)
    assert communes
    assert len(compiled) == DISTRICTS - 1
    assert "912" not in compiled


def test_after_days_of_downtime_only_the_latest_reminder_goes_out(opened_sqlite_app: Flask) -> None:
    sweep("2021-03-01 08:00")

    queued = sweep("2021-03-29 09:30")

    assert queued == FORMS + DISTRICTS
    assert ledger(L.REGISTRATION_REMINDER) == [
        (L.REGISTRATION_REMINDER, 30, R.QUEUED, FORMS),
        (L.REGISTRATION_REMINDER, 14, R.SUPERSEDED, FORMS),
        (L.REGISTRATION_REMINDER, 7, R.SUPERSEDED, FORMS),
        (L.REGISTRATION_REMINDER, 3, R.QUEUED, FORMS),
    ]


def test_a_worker_that_was_down_on_the_last_morning_reminds_when_it_is_back(opened_sqlite_app: Flask) -> None:
    sweep("2021-03-30 08:00")

    back, again = sweep("2021-03-31 09:30"), sweep("2021-03-31 09:31")

    assert (back, again) == (FORMS + DISTRICTS, 0)
    assert (L.REGISTRATION_REMINDER, 0, R.QUEUED, FORMS) in ledger()


def test_run_twice_nothing_goes_out_twice(opened_app: Flask) -> None:
    first, notices = sweep("2021-03-24 08:00"), last_notice()
    entries = db.session.scalar(select(func.count(AuditEntry.seq)))

    second = sweep("2021-03-24 08:00")
    with transaction():
        third = reminders.sweep(at("2021-03-24 08:05"))

    assert (first, second, third) == (FORMS + DISTRICTS, 0, 0)
    assert last_notice() == notices
    assert db.session.scalar(select(func.count(AuditEntry.seq))) == entries


def test_two_workers_at_once_write_each_row_of_the_ledger_once(opened_app: Flask) -> None:
    when, before = at("2021-03-24 08:00"), last_notice()
    meet = Barrier(2, timeout=20)

    def worker(_number: int) -> int:
        with opened_app.app_context():
            try:
                meet.wait()
                with transaction():
                    return reminders.sweep(when)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        queued = sorted(pool.map(worker, range(2)))
    db.session.rollback()

    notices = db.session.scalars(select(Notice.id).where(Notice.id > before)).all()
    assert queued == [0, FORMS + DISTRICTS]
    assert len(notices) == FORMS + DISTRICTS
    assert ledger(L.REGISTRATION_REMINDER)[-1] == (L.REGISTRATION_REMINDER, 7, R.QUEUED, FORMS)
    assert verify().intact


def test_a_sweep_is_one_entry_of_the_record_by_the_system(opened_sqlite_app: Flask) -> None:
    before = verify().count

    sweep("2021-03-24 08:00")

    entry = db.session.get_one(AuditEntry, before + 1)
    assert verify().count == before + 1
    assert (entry.action, entry.actor_id, entry.source.value) == ("reminders.sweep", None, "system")
    assert json.loads(entry.detail or "") == {
        "queued": {"registration_reminder": 182, "registration_reminder_compiled": 15},
        "superseded": 394,
        "skipped": 0,
        "late": 0,
    }


def test_the_day_after_home_affairs_gets_a_summary_once_and_nobody_is_reminded(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), "STP")
    since = last_notice()

    rounds = [sweep(when) for when in ("2021-04-01 07:59", "2021-04-01 08:00", "2021-04-01 08:01", "2021-04-09 08:00")]

    assert rounds == [0, 1, 0, 0]
    assert told(L.REGISTRATION_CLOSED, since) == ["SNV"]
    notice = db.session.scalars(select(Notice).where(Notice.letter == L.REGISTRATION_CLOSED)).one()
    assert len(notice.facts["units"]) == FORMS - 1
    assert {row["label"]: row["value"] for row in notice.facts["counts"]}["Đã gửi hoặc đã duyệt"] == "1"


def test_nothing_is_owed_of_the_days_before_the_campaign_was_opened(sqlite_app: Flask) -> None:
    campaign = load_data()
    assert sweep("2021-03-24 08:00") == 0
    with transaction():
        campaigns.open_campaign(campaign, actor=LOADER, at=at("2021-03-20 10:00"))

    rounds = [sweep(when) for when in ("2021-03-20 10:01", "2021-03-23 23:59", "2021-03-24 08:00")]

    assert rounds == [0, 0, FORMS + DISTRICTS]
    assert {offset for _, offset, _, _ in ledger()} == {7}


def test_a_unit_without_a_mailbox_has_its_reminder_on_the_pages(opened_sqlite_app: Flask) -> None:
    with transaction() as session:
        session.scalars(select(Unit).where(Unit.code == "STP")).one().addresses = []

    sweep("2021-03-24 08:00")

    notice = db.session.scalars(
        select(Notice).where(Notice.letter == L.REGISTRATION_REMINDER, Notice.campaign_unit_id == unit_of(campaign_2021(), "STP").id)
    ).one()
    assert notice.mails == []


# Dossiers: due on 7 February 2022


def sweep_days(first: date, last: date) -> dict[str, list[str]]:
    """A sweep at 08:00 of every day, with who was told on which."""
    found: dict[str, list[str]] = {}
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day, since = date.fromordinal(ordinal), last_notice()
        if sweep(f"{day} 08:00"):
            letters = (L.DOSSIER_REMINDER, L.DOSSIER_OVERDUE)
            found[f"{day:%d/%m}"] = [
                f"{letter.value.removeprefix('dossier_')} {code}" for letter in letters for code in told(letter, since)
            ]
    return found


def test_a_selected_dossier_is_reminded_of_until_its_last_day_then_weekly(ranked_sqlite_app: Flask) -> None:
    bring(DEPARTMENT, DossierState.SELECTED)

    found = sweep_days(date(2022, 1, 18), date(2022, 2, 23))

    reminder, overdue = [f"reminder {DEPARTMENT}"], [f"overdue {DEPARTMENT}", "overdue SNV"]
    assert found == {
        "28/01": reminder,
        "02/02": reminder,
        "04/02": reminder,
        "06/02": reminder,
        "07/02": reminder,
        "08/02": overdue,
        "15/02": overdue,
        "22/02": overdue,
    }


def test_a_dossier_reminder_waits_for_eight_oclock(ranked_sqlite_app: Flask) -> None:
    bring(DEPARTMENT, DossierState.SELECTED)

    assert [sweep(f"2022-01-28 {hour}") for hour in ("07:59:59", "08:00", "08:01")] == [0, 1, 0]


def test_the_reminder_of_a_communes_dossier_goes_to_its_district_and_to_it(ranked_sqlite_app: Flask) -> None:
    bring(COMMUNE, DossierState.SELECTED)

    sweep("2022-01-28 08:00")

    assert told(L.DOSSIER_REMINDER) == [DISTRICT, COMMUNE]


@pytest.mark.parametrize("ended", [Step.SUBMIT, Step.WITHDRAW, Step.LAPSE, Step.CORRECT])
def test_a_unit_that_has_acted_is_not_reminded(ranked_sqlite_app: Flask, ended: Step) -> None:
    dossier = bring(DEPARTMENT, DossierState.SELECTED)
    usual_step(dossier, ended)

    assert sweep_days(date(2022, 2, 1), date(2022, 2, 10)) == {}


def test_a_dossier_sent_back_is_reminded_of_its_supplement_date(ranked_sqlite_app: Flask) -> None:
    bring(DEPARTMENT, DossierState.SUBMITTED)
    usual_step(dossier_of(campaign_2021(), DEPARTMENT), Step.SEND_BACK)

    found = sweep_days(date(2022, 1, 27), date(2022, 2, 11))

    assert list(found) == ["31/01", "05/02", "07/02", "09/02", "10/02", "11/02"]


def test_after_downtime_only_the_latest_dossier_reminder_goes_out(ranked_sqlite_app: Flask) -> None:
    bring(DEPARTMENT, DossierState.SELECTED)
    sweep("2022-01-28 08:00")

    assert sweep("2022-02-06 10:00") == 1

    rows = [(offset, outcome) for _, offset, outcome, _ in ledger(L.DOSSIER_REMINDER)]
    assert rows == [(10, R.QUEUED), (5, R.SUPERSEDED), (3, R.SUPERSEDED), (1, R.QUEUED)]


def test_a_reminder_says_what_is_left_that_day(ranked_sqlite_app: Flask) -> None:
    bring(DEPARTMENT, DossierState.SELECTED)

    sweep("2022-02-06 08:00")

    notice = db.session.scalars(select(Notice).where(Notice.letter == L.DOSSIER_REMINDER)).one()
    assert (notice.facts["left"], notice.facts["due"]) == ("còn 1 ngày", "24 giờ 00 ngày 07/02/2022")
    assert notice.facts["checklist"]


# Extensions


def move(dossier: Dossier, due: date, when: str) -> None:
    officer = home()
    with transaction():
        extend(dossier, number="9/SNV", decided_on=at(when).date(), due_on=due, reason="Mưa lũ.", actor=officer, at=at(when))


def test_an_extension_makes_new_rows_for_the_new_date(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, DossierState.SELECTED)
    for day in (28, 31):
        sweep(f"2022-01-{day} 08:00")

    move(dossier, date(2022, 2, 21), "2022-02-03 09:00")
    found = sweep_days(date(2022, 2, 4), date(2022, 2, 22))

    assert list(found) == ["11/02", "16/02", "18/02", "20/02", "21/02", "22/02"]
    versions = Counter(db.session.scalars(select(ReminderEntry.deadline_version).where(ReminderEntry.letter == L.DOSSIER_REMINDER)))
    assert versions == {1: 1, 2: 5}


def test_an_extension_cancels_the_reminders_of_the_old_date_that_have_not_left(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, DossierState.SELECTED)
    sweep("2022-02-04 08:00")

    move(dossier, date(2022, 2, 21), "2022-02-04 09:00")

    mail = db.session.scalars(select(OutboxMail).join(OutboxMail.notice).where(Notice.letter == L.DOSSIER_REMINDER)).one()
    assert mail.state is MailState.CANCELLED


def test_an_extension_after_the_due_date_ends_the_overdue_notices(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, DossierState.SELECTED)
    sweep("2022-02-08 08:00")

    move(dossier, date(2022, 2, 28), "2022-02-09 09:00")

    assert list(sweep_days(date(2022, 2, 10), date(2022, 3, 8))) == ["18/02", "23/02", "25/02", "27/02", "28/02", "01/03", "08/03"]


# Several dossiers of one unit, and of everybody for home affairs: each is owed for itself


def test_two_dossiers_of_one_district_due_on_the_same_day_are_both_reminded_of(ranked_sqlite_app: Flask) -> None:
    for code in ("906", COMMUNE):
        bring(code, DossierState.SELECTED)

    sweep("2022-01-28 08:00")

    dossiers = db.session.scalars(select(Notice.dossier_id).where(Notice.letter == L.DOSSIER_REMINDER)).all()
    assert told(L.DOSSIER_REMINDER) == ["906", "906", COMMUNE]
    assert len(set(dossiers)) == 2


def test_two_dossiers_of_one_district_extended_to_different_days_are_both_reminded_of(ranked_sqlite_app: Flask) -> None:
    first, second = (bring(code, DossierState.SELECTED) for code in ("906", COMMUNE))
    move(first, date(2022, 2, 14), "2022-01-20 09:00")
    move(second, date(2022, 2, 21), "2022-01-20 10:00")

    days: dict[str, list[str]] = {}
    for day in (date.fromordinal(n) for n in range(date(2022, 1, 21).toordinal(), date(2022, 2, 22).toordinal())):
        sweep(f"{day} 08:00")
    for code, dossier in (("906", first), (COMMUNE, second)):
        query = select(Notice.created_at).where(Notice.letter == L.DOSSIER_REMINDER, Notice.dossier_id == dossier.id).order_by(Notice.id)
        district = query.where(Notice.campaign_unit_id == unit_of(campaign_2021(), "906").id)
        days[code] = [f"{local_day(moment):%d/%m}" for moment in db.session.scalars(district)]

    assert days == {
        "906": ["04/02", "09/02", "11/02", "13/02", "14/02"],
        COMMUNE: ["11/02", "16/02", "18/02", "20/02", "21/02"],
    }


def test_home_affairs_is_told_of_every_overdue_dossier(ranked_sqlite_app: Flask) -> None:
    first, second = bring(DEPARTMENT, DossierState.SELECTED), bring("STC", DossierState.SELECTED)
    move(first, date(2022, 2, 14), "2022-01-20 09:00")
    move(second, date(2022, 2, 21), "2022-01-20 10:00")

    found = sweep_days(date(2022, 2, 15), date(2022, 2, 22))

    assert "overdue SNV" in found["15/02"]
    assert found["22/02"].count("overdue SNV") == 2
    assert "overdue STC" in found["22/02"]


def test_two_dossiers_of_one_district_sent_back_to_different_days_are_both_reminded_of(ranked_sqlite_app: Flask) -> None:
    first, second = (bring(code, DossierState.SUBMITTED) for code in ("906", COMMUNE))
    officer = home()
    step(first, Step.SEND_BACK, officer, at("2022-01-27 09:00"), reason="Thiếu.", due_on=date(2022, 2, 10))
    step(second, Step.SEND_BACK, officer, at("2022-01-27 09:30"), reason="Thiếu.", due_on=date(2022, 2, 17))

    found = sweep_days(date(2022, 1, 28), date(2022, 2, 10))
    later = sweep_days(date(2022, 2, 11), date(2022, 2, 17))

    assert "reminder 906" in found["10/02"]
    assert all("reminder 906" in later[day] for day in ("12/02", "14/02", "16/02", "17/02"))

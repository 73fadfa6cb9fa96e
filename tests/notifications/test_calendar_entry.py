"""The calendar entry that goes with a letter: one for each date to meet, moved by an extension, taken back when nothing is owed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from demo.catcher import catching, caught_path
from jobs.bodies import deliver
from models.db import db, transaction
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.vocabulary import DossierState, LetterName, MailState, Step
from notifications.calendar_entry import CARRIERS, attachment_of, entry_of
from notifications.outbox import files_of
from tests import actors
from tests.builders import at, open_2021
from workflow.extensions import extend

DEPARTMENT = "STP"


def event_in(notice: Notice) -> Any:
    """The one event of the calendar file that goes with a letter, and the file's method."""
    (file,) = files_of(notice)
    calendar = Calendar.from_ical(file.content)
    (event,) = calendar.walk("VEVENT")
    return event, str(calendar["METHOD"])


def latest(letter: LetterName) -> Notice:
    db.session.rollback()
    return db.session.scalars(select(Notice).where(Notice.letter == letter).order_by(Notice.id.desc())).first()  # type: ignore[return-value]


def prolong(dossier: Dossier, due_on: date) -> None:
    with transaction():
        extend(
            dossier,
            number="12/SNV",
            decided_on=date(2022, 2, 1),
            due_on=due_on,
            reason="Bão lụt kéo dài.",
            actor=actors.home(),
            at=at("2022-02-01 09:00"),
        )


def test_the_letter_of_selection_carries_its_due_date_to_the_last_instant(ranked_sqlite_app: Flask) -> None:
    dossier = actors.bring(DEPARTMENT, DossierState.SELECTED)

    event, method = event_in(latest(LetterName.SELECTED))

    assert method == "PUBLISH"
    assert event.start.date() == dossier.due_on
    assert event.end == datetime(2022, 2, 7, 17, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\n" in files_of(latest(LetterName.SELECTED))[0].content
    assert f"Hạn nộp hồ sơ {dossier.code}" in event["SUMMARY"]
    assert event["URL"] == f"http://thidua.example/dossiers/{dossier.id}"
    assert "24 giờ 00 ngày 07/02/2022" in event["DESCRIPTION"]
    (alarm,) = event.walk("VALARM")
    assert event.start + alarm.TRIGGER == at("2022-02-06 08:00")


def test_an_extension_moves_the_same_entry(ranked_sqlite_app: Flask) -> None:
    dossier = actors.bring(DEPARTMENT, DossierState.SELECTED)
    first, _ = event_in(latest(LetterName.SELECTED))

    prolong(dossier, date(2022, 2, 21))
    moved, method = event_in(latest(LetterName.EXTENDED))

    assert (moved["UID"], method) == (first["UID"], "PUBLISH")
    assert moved["SEQUENCE"] > first["SEQUENCE"]
    assert moved.start.date() == date(2022, 2, 21)


def test_withdrawing_takes_the_entry_out_of_the_calendar(ranked_sqlite_app: Flask) -> None:
    dossier = actors.bring(DEPARTMENT, DossierState.SELECTED)
    first, _ = event_in(latest(LetterName.SELECTED))

    actors.usual_step(dossier, Step.WITHDRAW)
    gone, method = event_in(latest(LetterName.WITHDRAWN))

    assert (gone["UID"], gone["STATUS"], method) == (first["UID"], "CANCELLED", "CANCEL")
    assert gone["SEQUENCE"] > first["SEQUENCE"]
    assert gone.walk("VALARM") == []


def test_a_selection_corrected_back_takes_the_entry_out_and_a_new_one_puts_it_back(ranked_sqlite_app: Flask) -> None:
    dossier = actors.bring(DEPARTMENT, DossierState.SELECTED)

    actors.usual_step(dossier, Step.CORRECT)
    gone, method = event_in(latest(LetterName.CORRECTED))
    actors.usual_step(dossier, Step.SELECT)
    back, method_again = event_in(latest(LetterName.SELECTED))

    assert (method, method_again) == ("CANCEL", "PUBLISH")
    assert back["UID"] == gone["UID"]
    assert back["SEQUENCE"] > gone["SEQUENCE"]


def test_a_withdrawal_before_any_date_has_no_entry(ranked_sqlite_app: Flask) -> None:
    dossier = actors.bring(DEPARTMENT, DossierState.RANKED)

    actors.usual_step(dossier, Step.WITHDRAW)

    assert files_of(latest(LetterName.WITHDRAWN)) == ()


def test_every_unit_has_the_due_date_of_registration_from_the_opening_on(sqlite_app: Flask) -> None:
    open_2021()

    notices = db.session.scalars(select(Notice).where(Notice.letter == LetterName.CAMPAIGN_OPENED)).all()
    event, _method = event_in(notices[0])

    assert len(notices) > 180
    assert {notice.facts["calendar"]["due_on"] for notice in notices} == {"2021-03-31"}
    assert event["SUMMARY"] == "Hạn đăng ký thi đua năm 2021"
    assert event["SEQUENCE"] == 1


def test_letters_that_bring_no_date_carry_nothing(ranked_sqlite_app: Flask) -> None:
    actors.bring(DEPARTMENT, DossierState.REVIEWED)
    db.session.rollback()

    carrying = {notice.letter for notice in db.session.scalars(select(Notice)) if files_of(notice)}

    assert carrying <= CARRIERS
    assert {LetterName.SUBMITTED, LetterName.REVIEWED, LetterName.RANKING_PUBLISHED} & carrying == set()


def test_a_letter_written_before_there_were_entries_has_none() -> None:
    assert (
        entry_of({"link": "/dossiers/1", "dossier": "2021-1"}, at=datetime.now(UTC), base_url="http://x", organizer="a@x.example") is None
    )


def test_a_name_cannot_add_a_line_to_the_entry() -> None:
    facts = {
        "calendar": {"about": "dossier-1.submission", "due_on": "2022-02-07", "version": 1, "cancelled": False},
        "link": "/dossiers/1",
        "dossier": "2021-1",
        "collective": "Xã A\r\nATTENDEE:mailto:x@evil.example\nEND:VEVENT",
        "campaign": "Đợt",
    }

    entry = entry_of(facts, at=datetime.now(UTC), base_url="http://x", organizer="a@x.example")
    assert entry is not None
    calendar = Calendar.from_ical(attachment_of(entry).content)

    (event,) = calendar.walk("VEVENT")
    assert "ATTENDEE" not in event


def test_the_entry_arrives_as_a_file_that_mail_programs_know(ranked_sqlite_app: Flask, tmp_path: Any) -> None:
    actors.bring(DEPARTMENT, DossierState.SELECTED)
    row = db.session.scalars(select(OutboxMail).join(OutboxMail.notice).where(Notice.letter == LetterName.SELECTED)).one()
    actors.all_mail_left(at("2021-02-04 09:00"), OutboxMail.id == row.id)
    settings = ranked_sqlite_app.extensions["mail"]

    with catching(tmp_path / "mail") as port:
        settings.server, settings.port = "127.0.0.1", port
        deliver(at("2022-01-20 09:00") + timedelta(days=1), limit=1000)

    db.session.refresh(row)
    letter = message_from_bytes(caught_path(tmp_path / "mail", row.message_id).read_bytes(), policy=policy.default)
    (file,) = [part for part in letter.walk() if part.get_filename()]
    assert row.state is MailState.ACCEPTED
    assert (file.get_filename(), file.get_content_type(), file.get_param("method")) == ("han.ics", "text/calendar", "PUBLISH")
    assert Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")[0].start.date() == date(2022, 2, 7)

"""What happens to waiting mail before it leaves: cancelled when it no longer stands, kept for the morning, put into one letter."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from jobs.bodies import Delivery, deliver, sweep_reminders
from models.calendar import CampaignDay
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.units import Unit, UnitAddress
from models.vocabulary import DayKind, DossierState, LetterName, MailReason, MailState, Step
from notifications import claiming, gate, outbox
from notifications.gate import Shut
from notifications.letter_words import Words
from tests import actors
from tests.builders import at, register
from tests.reliability.servers import no_server, sink
from workflow.extensions import extend
from workflow.letter_wording import reword
from workflow.reconciliation import reconcile

DEPARTMENT, COMMUNE = "STP", "30904"
REMINDED = at("2022-01-28 08:00")
"""Ten days before the due date of 07/02/2022: a Friday, the last working day before Tết."""


def mails(*letters: LetterName) -> list[OutboxMail]:
    db.session.rollback()
    query = select(OutboxMail).join(OutboxMail.notice).order_by(OutboxMail.id)
    return list(db.session.scalars(query.where(Notice.letter.in_(letters)) if letters else query))


def states(*letters: LetterName) -> Counter[Any]:
    return Counter((mail.state, mail.reason) for mail in mails(*letters))


def one_mailbox(*codes: str) -> str:
    """Let some units share one mailbox."""
    with transaction() as session:
        for address in session.scalars(select(UnitAddress).join(UnitAddress.unit).where(Unit.code.in_(codes))):
            address.email = "chung@kiengiang.example"
    return "chung@kiengiang.example"


def reminded(*codes: str) -> list[Dossier]:
    """Selected dossiers whose first reminder waits to be sent, and no other letter."""
    dossiers = [actors.bring(code, DossierState.SELECTED) for code in codes]
    actors.all_mail_left(at("2022-01-14 15:00"))
    sweep_reminders(REMINDED)
    return dossiers


# Still so at the moment of sending


def test_a_dossier_submitted_a_minute_ago_is_not_reminded(ranked_sqlite_app: Flask) -> None:
    (dossier,) = reminded(DEPARTMENT)
    actors.usual_step(dossier, Step.SUBMIT)

    with sink(ranked_sqlite_app) as post:
        deliver(REMINDED + timedelta(minutes=1))

    assert states(LetterName.DOSSIER_REMINDER) == {(MailState.CANCELLED, MailReason.ACTED): 1}
    assert {letter["Message-ID"] for letter in post.letters} == {mail.message_id for mail in mails(LetterName.SUBMITTED)}


def test_a_form_accepted_a_minute_ago_is_not_reminded_and_its_district_hears_of_the_others_only(opened_sqlite_app: Flask) -> None:
    campaign = actors.campaign_2021()
    settle_all()
    sweep_reminders(at("2021-03-24 08:00"))
    both = select(CampaignUnit.id).join(CampaignUnit.unit).where(Unit.code.in_((COMMUNE, "906")))
    actors.all_mail_left(at("2021-03-24 08:00"), OutboxMail.state == MailState.QUEUED, Notice.campaign_unit_id.in_(both))
    register(campaign, COMMUNE, when=at("2021-03-24 08:01"))

    with sink(opened_sqlite_app) as post:
        deliver(at("2021-03-24 10:00"))

    told = [mail for mail in mails(LetterName.REGISTRATION_REMINDER) if mail.notice.campaign_unit.unit.code == COMMUNE]
    (district,) = [letter for letter in post.letters if letter["X-Rcpt"] == "vanthu.906@kiengiang.example" and "nhắc" in letter["Subject"]]
    assert [(mail.state, mail.reason) for mail in told] == [(MailState.CANCELLED, MailReason.ACTED)]
    assert "nhắc 02 việc" in district["Subject"]


def settle_all() -> None:
    actors.all_mail_left(at("2021-02-04 09:00"))


def test_a_moved_due_date_takes_the_unsent_reminder_back(ranked_sqlite_app: Flask) -> None:
    (dossier,) = reminded(DEPARTMENT)
    when = REMINDED + timedelta(minutes=1)
    with transaction():
        extend(dossier, number="1", decided_on=when.date(), due_on=date(2022, 2, 21), reason="Bão.", actor=actors.home(), at=when)

    with sink(ranked_sqlite_app):
        deliver(when)

    assert states(LetterName.DOSSIER_REMINDER) == {(MailState.CANCELLED, MailReason.DUE_CHANGED): 1}
    assert states(LetterName.EXTENDED) == {(MailState.ACCEPTED, None): 1}


def test_a_reminder_is_given_up_two_days_after_the_due_date_and_says_why(ranked_sqlite_app: Flask) -> None:
    reminded(DEPARTMENT)

    with sink(ranked_sqlite_app) as post:
        deliver(at("2022-02-10 08:00"))

    assert states(LetterName.DOSSIER_REMINDER) == {(MailState.CANCELLED, MailReason.EXPIRED): 1}
    assert post.letters == []


def test_a_newer_reminder_takes_the_place_of_an_unsent_older_one(ranked_sqlite_app: Flask) -> None:
    reminded(DEPARTMENT)
    sweep_reminders(at("2022-02-04 08:00"))

    with sink(ranked_sqlite_app) as post:
        deliver(at("2022-02-07 07:00"))

    assert states(LetterName.DOSSIER_REMINDER) == {(MailState.CANCELLED, MailReason.SUPERSEDED): 1, (MailState.ACCEPTED, None): 1}
    assert len(post.letters) == 1


def test_a_reminder_says_how_long_is_left_when_it_leaves(ranked_sqlite_app: Flask) -> None:
    reminded(DEPARTMENT)

    with sink(ranked_sqlite_app) as post:
        deliver(at("2022-02-07 07:00"))

    assert "hôm nay là ngày cuối" in post.letters[0]["Subject"]


def test_the_officers_own_words_are_what_leaves_alone_and_inside_one_letter_with_others(ranked_sqlite_app: Flask) -> None:
    one_mailbox("STC", "906")
    own = Words("Sở nhắc {mã hồ sơ}", "Lời của Sở: hạn {hạn}, {còn lại}, theo {căn cứ}.")
    with transaction():
        reword(actors.campaign_2021(), LetterName.DOSSIER_REMINDER, own, version=0, actor=actors.home(), at=at("2022-01-20 08:00"))
    first, *_others = reminded(DEPARTMENT, "STC", "906")

    with sink(ranked_sqlite_app) as post:
        deliver(REMINDED)

    alone, together = sorted(post.letters, key=lambda letter: "nhắc 02 việc" in letter["Subject"])
    texts = [part.get_content() for letter in (alone, together) if (part := letter.get_body(("plain",))) is not None]
    assert alone["Subject"] == f"Sở nhắc {first.code}"
    assert "Lời của Sở: hạn 24 giờ 00 ngày 07/02/2022, còn 10 ngày" in " ".join(texts[0].split())
    assert texts[1].count(". Sở nhắc ") == 2


# One letter to one person


def test_reminders_to_one_mailbox_are_one_letter_that_names_them_all(ranked_app: Flask) -> None:
    mailbox = one_mailbox(DEPARTMENT, "STC")
    dossiers = reminded(DEPARTMENT, "STC")

    with sink(ranked_app) as post:
        deliver(REMINDED)

    (letter,) = post.letters
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert letter["To"] == mailbox
    assert letter["Subject"].endswith(": nhắc 02 việc, hạn sớm nhất 24 giờ 00 ngày 07/02/2022")
    assert all(part in text for dossier in dossiers for part in (dossier.code, f"/dossiers/{dossier.id}", dossier.campaign_unit.name))
    assert text.count("Cách tính hạn:") == 1
    assert states(LetterName.DIGEST) == {(MailState.ACCEPTED, None): 1}
    assert states(LetterName.DOSSIER_REMINDER) == {(MailState.ACCEPTED, MailReason.DIGESTED): 2}
    assert {mail.digest_id for mail in mails(LetterName.DOSSIER_REMINDER)} == {mails(LetterName.DIGEST)[0].id}
    told = {f"thư {mail.id}" for mail in mails(LetterName.DOSSIER_REMINDER, LetterName.DIGEST)}
    assert told & {difference.about for difference in reconcile().differences} == set()


def test_what_is_settled_before_the_one_letter_leaves_is_not_in_it(ranked_sqlite_app: Flask) -> None:
    one_mailbox(DEPARTMENT, "STC", "906")
    first, *_rest = reminded(DEPARTMENT, "STC", "906")
    no_server(ranked_sqlite_app)
    deliver(REMINDED)
    actors.usual_step(first, Step.WITHDRAW)

    with sink(ranked_sqlite_app) as post:
        deliver(REMINDED + timedelta(minutes=5))

    (digest,) = [letter for letter in post.letters if ": nhắc " in letter["Subject"]]
    assert ": nhắc 02 việc" in digest["Subject"]
    assert states(LetterName.DOSSIER_REMINDER)[MailState.CANCELLED, MailReason.ACTED] == 1


def test_a_refused_mailbox_fails_every_reminder_that_went_in_the_letter_and_is_marked(ranked_sqlite_app: Flask) -> None:
    one_mailbox(DEPARTMENT, "STC")
    with transaction() as session:
        for address in session.scalars(select(UnitAddress).where(UnitAddress.email == "chung@kiengiang.example")):
            address.email = "gone@kiengiang.example"
    reminded(DEPARTMENT, "STC")

    with sink(ranked_sqlite_app):
        deliver(REMINDED)

    assert states(LetterName.DIGEST, LetterName.DOSSIER_REMINDER) == {(MailState.FAILED, MailReason.NO_MAILBOX): 3}
    marked = db.session.scalars(select(UnitAddress).where(UnitAddress.bounced_at.is_not(None))).all()
    assert {(row.email, row.bounce_reason) for row in marked} == {("gone@kiengiang.example", "550 5.1.1 no such user")}


def test_a_letter_of_several_that_cannot_be_written_leaves_none_of_its_reminders_waiting(
    ranked_sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_mailbox(DEPARTMENT, "STC")
    reminded(DEPARTMENT, "STC")

    with sink(ranked_sqlite_app), monkeypatch.context() as patched:
        patched.setattr(claiming, "letter_of", lambda notice, stated: {}[notice.letter])
        deliver(REMINDED)
    failed = states(LetterName.DIGEST, LetterName.DOSSIER_REMINDER)
    with transaction():
        outbox.retry(mails(LetterName.DIGEST)[0], REMINDED)
    with sink(ranked_sqlite_app) as post:
        deliver(REMINDED)

    assert failed == {(MailState.FAILED, MailReason.UNWRITABLE): 3}
    assert states(LetterName.DOSSIER_REMINDER) == {(MailState.ACCEPTED, MailReason.DIGESTED): 2}
    assert len(post.letters) == 1


def test_a_mailbox_gets_two_mails_with_reminders_an_hour_at_most(ranked_sqlite_app: Flask) -> None:
    mailbox = one_mailbox(DEPARTMENT, "STC", "906")
    times: list[datetime] = []
    dossiers = [actors.bring(code, DossierState.SELECTED) for code in (DEPARTMENT, "STC", "906")]
    settle_all()

    with sink(ranked_sqlite_app) as post:
        for minute in range(0, 180, 10):
            when = REMINDED + timedelta(minutes=minute)
            remind_by_hand(dossiers[minute // 10 % 3], when)
            before = len(post.letters)
            deliver(when)
            times += [when] * (len(post.letters) - before)

    assert set(post.recipients) == {mailbox}
    assert 3 <= len(times) <= 6
    assert all(sum(moment <= other < moment + timedelta(hours=1) for other in times) <= 2 for moment in times)


def remind_by_hand(dossier: Dossier, when: datetime) -> None:
    """One more reminder of a dossier, as a sweep would queue it."""
    with transaction() as session:
        former = session.scalars(select(Notice).where(Notice.dossier_id == dossier.id).order_by(Notice.id.desc())).first()
        assert former is not None
        facts = former.facts | {"left": "x", "checklist": [], "working": []}
        notice = Notice(
            letter=LetterName.DOSSIER_REMINDER,
            campaign_id=former.campaign_id,
            campaign_unit_id=former.campaign_unit_id,
            dossier_id=dossier.id,
            audit_seq=former.audit_seq,
            facts=facts,
            created_at=when,
        )
        recipient = former.campaign_unit.unit.addresses[0].email
        number = session.scalar(select(func.count(OutboxMail.id)))
        session.add(
            OutboxMail(notice=notice, recipient=recipient, message_id=f"<hand.{number}@test>", state=MailState.QUEUED, next_attempt_at=when)
        )


# Quiet hours


def first_letter(when: str) -> None:
    """A letter of an act, waiting at an hour, and nothing else."""
    settle_all()
    with transaction() as session:
        mail = session.scalars(select(OutboxMail).join(OutboxMail.notice).where(Notice.letter == LetterName.CAMPAIGN_OPENED)).first()
        assert mail is not None
        mail.state, mail.accepted_at, mail.next_attempt_at = MailState.QUEUED, None, at(when)


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        ("2021-03-10 19:59", "2021-03-10 19:59"),
        ("2021-03-10 20:00", "2021-03-11 06:30"),
        ("2021-03-10 06:29", "2021-03-10 06:30"),
        ("2021-03-12 22:00", "2021-03-15 06:30"),
        ("2021-03-13 10:00", "2021-03-15 06:30"),
        ("2021-02-10 10:00", "2021-02-17 06:30"),
    ],
    ids=["the last quiet minute", "evening", "early morning", "Friday night", "Saturday", "Tết"],
)
def test_a_letter_leaves_at_once_or_on_the_morning_of_the_next_working_day(opened_sqlite_app: Flask, written: str, leaves: str) -> None:
    first_letter(written)

    with sink(opened_sqlite_app) as post:
        deliver(at(written))
        at_once = len(post.letters)
        deliver(at(leaves) - timedelta(minutes=1))
        too_early = len(post.letters) - at_once
        deliver(at(leaves))

    assert (at_once, too_early, len(post.letters)) == (int(written == leaves), 0, 1)


def test_a_swapped_saturday_is_a_working_day(opened_sqlite_app: Flask) -> None:
    first_letter("2021-03-13 10:00")
    with transaction() as session:
        campaign = session.scalars(select(Campaign)).one()
        session.add(CampaignDay(campaign_id=campaign.id, day=date(2021, 3, 13), kind=DayKind.SWAP_WORK, name="làm bù", basis="x"))

    with sink(opened_sqlite_app) as post:
        deliver(at("2021-03-13 10:00"))

    assert len(post.letters) == 1


def test_a_receipt_leaves_at_any_hour(opened_sqlite_app: Flask) -> None:
    settle_all()
    register(actors.campaign_2021(), DEPARTMENT, when=at("2021-03-31 22:30"))

    with sink(opened_sqlite_app):
        deliver(at("2021-03-31 22:31"))

    assert states(LetterName.REGISTRATION_RECEIVED) == {(MailState.ACCEPTED, None): 1}


def test_the_last_days_reminder_does_not_wait_for_a_morning_that_is_too_late(opened_sqlite_app: Flask) -> None:
    settle_all()
    sweep_reminders(at("2021-03-31 20:30"))

    with sink(opened_sqlite_app) as post:
        deliver(at("2021-03-31 20:31"), limit=5)

    assert len(post.letters) == 5


# The gate


def test_nothing_leaves_while_mail_is_stopped_and_all_of_it_afterwards(opened_sqlite_app: Flask) -> None:
    first_letter("2021-03-10 09:00")
    with transaction():
        gate.stop("Lê Thị Nội Vụ", "Kiểm tra", at("2021-03-10 08:59"))

    with sink(opened_sqlite_app) as post:
        stopped = deliver(at("2021-03-10 09:00"))
        with transaction():
            gate.resume()
        resumed = deliver(at("2021-03-10 09:00"))

    assert (stopped, resumed) == (Delivery(shut=Shut.STOPPED), Delivery(accepted=1))
    assert len(post.letters) == 1


def test_no_more_letters_leave_in_a_minute_than_the_rate_says(opened_sqlite_app: Flask) -> None:
    opened_sqlite_app.config["MAIL_RATE"] = 6
    with transaction() as session:
        for mail in session.scalars(select(OutboxMail)):
            mail.next_attempt_at = at("2021-03-10 09:00")

    with sink(opened_sqlite_app) as post:
        counts = []
        for second in (0, 30, 60, 120):
            deliver(at("2021-03-10 09:00") + timedelta(seconds=second))
            counts.append(len(post.letters))

    assert counts == [6, 9, 12, 18]


def test_a_server_that_is_away_is_asked_every_five_minutes_only(opened_sqlite_app: Flask) -> None:
    first_letter("2021-03-10 09:00")
    no_server(opened_sqlite_app)

    tried = [deliver(at("2021-03-10 09:00") + timedelta(minutes=minute)) for minute in range(6)]

    assert [bool(delivery.unreachable) for delivery in tried] == [True, False, False, False, False, True]
    assert {delivery.shut for delivery in tried[1:5]} == {Shut.SERVER_AWAY}


def test_receipts_leave_before_letters_and_letters_before_reminders(opened_sqlite_app: Flask) -> None:
    first_letter("2021-03-24 08:00")
    sweep_reminders(at("2021-03-24 08:00"))
    register(actors.campaign_2021(), DEPARTMENT, when=at("2021-03-24 08:01"))

    with sink(opened_sqlite_app) as post:
        deliver(at("2021-03-24 09:30"), limit=4)

    subjects = [letter["Subject"] for letter in post.letters]
    assert [word for word in ("Đã nhận", "Nhắc") if word in subjects[0]] == ["Đã nhận"]
    assert not any("Nhắc" in subject for subject in subjects[:3])


# A mailbox written anew


def test_a_mended_address_takes_this_letter_and_the_others_that_wait(ranked_sqlite_app: Flask) -> None:
    actors.bring(DEPARTMENT, DossierState.SELECTED)
    its_own = select(CampaignUnit.id).join(CampaignUnit.unit).where(Unit.code == DEPARTMENT)
    both = Notice.letter.in_((LetterName.SELECTED, LetterName.CAMPAIGN_OPENED))
    actors.all_mail_left(at("2022-01-14 15:00"), Notice.campaign_unit_id.in_(its_own), both)
    with transaction() as session:
        refused = update(OutboxMail).where(OutboxMail.state == MailState.QUEUED)
        session.execute(refused.values(state=MailState.FAILED, reason=MailReason.NO_MAILBOX))
        row = session.scalars(select(OutboxMail).join(OutboxMail.notice).where(Notice.letter == LetterName.SELECTED)).one()
        before = row.message_id
        moved = outbox.correct_address(row, "moi@stp.example", at("2022-01-17 08:00"))

    with sink(ranked_sqlite_app) as post:
        deliver(at("2022-01-17 08:00"))

    assert moved == 2
    assert post.recipients == ["moi@stp.example"] * 2
    assert before in {letter["Message-ID"] for letter in post.letters}
    assert db.session.scalars(select(UnitAddress.email).join(UnitAddress.unit).where(Unit.code == DEPARTMENT)).all() == ["moi@stp.example"]


@pytest.mark.parametrize("address", ["", "khong-co-a-cong", "a@b", "văn.thư@x.example", "a@x.example\r\nBcc: b@x.example", "a b@x.example"])
def test_an_address_that_is_none_is_not_taken(ranked_sqlite_app: Flask, address: str) -> None:
    number = mails()[0].id
    with transaction() as session:
        row = session.get_one(OutboxMail, number)
        row.state, row.accepted_at = MailState.FAILED, None

    with pytest.raises(outbox.AddressRefused, match="malformed"), transaction() as session:
        outbox.correct_address(session.get_one(OutboxMail, number), address, at("2022-01-17 08:00"))

    assert mails()[0].recipient.startswith("vanthu.")

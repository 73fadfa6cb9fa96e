"""II.2, II.3, IV: forms saved, sent, returned and accepted; who may be on one, until when, and how often."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier
from models.outbox import Notice
from models.registrations import Registration
from models.vocabulary import DossierState, LetterName, NomineeKind, RegistrationState
from tests.actors import campaign_2021, home, last_entry, letters_since
from tests.builders import actor_of, at, register, unit_of
from workflow import registration_forms, registrations
from workflow.acts import ActRefused
from workflow.registrations import FormContent, Person

L = LetterName
LAST_DAY = "2021-03-31"


def content(*members: CampaignUnit, attested: bool = True, head: str = "Phạm Thị Trưởng") -> FormContent:
    people = [Person("Nguyễn Văn An", "Chuyên viên", "Sở Tư pháp")]
    return FormContent(members, people, follows_law=attested, is_united=attested, preparer="Lê Văn Lập", head=head)


def save(code: str, form: FormContent | None = None, when: str = "2021-03-10 09:00") -> Registration:
    unit, officer = unit_of(campaign_2021(), code), actor_of(code)
    with transaction():
        return registrations.save(unit, form or content(*registrations.collectives_for(unit)), actor=officer, at=at(when))


def send(form: Registration, when: str = "2021-03-10 10:00") -> Registration:
    officer = actor_of(form.campaign_unit.unit.code)
    with transaction():
        registrations.send(form, actor=officer, at=at(when))
    return form


def give_back(form: Registration, when: str = "2021-03-20 09:00") -> Registration:
    officer = home()
    with transaction():
        registrations.give_back(form, "Chưa ghi chức vụ.", actor=officer, at=at(when))
    return form


def accept(form: Registration, when: str = "2021-03-21 09:00") -> list[Dossier]:
    officer = home()
    with transaction():
        return registrations.accept(form, actor=officer, at=at(when))


def test_an_accepted_form_opens_a_dossier_for_each_collective_on_it(opened_app: Flask) -> None:
    seq = last_entry().seq

    dossiers = accept(send(save("SNV")))

    assert [(d.code, d.state, d.version) for d in dossiers] == [
        ("2021-SNV", DossierState.REGISTERED, 1),
        ("2021-SNV-CCHC", DossierState.REGISTERED, 1),
    ]
    assert [d.submits.unit.code for d in dossiers] == ["SNV", "SNV"]
    assert [[n.kind for n in d.nominees] for d in dossiers] == [[NomineeKind.COLLECTIVE]] * 2
    assert letters_since(seq) == [(L.REGISTRATION_RECEIVED, "SNV"), (L.REGISTRATION_ACCEPTED, "SNV")]


def test_a_communes_letters_go_to_its_district_as_well(opened_app: Flask) -> None:
    seq = last_entry().seq

    register(campaign_2021(), "30904")

    both = [(letter, unit) for letter in (L.REGISTRATION_RECEIVED, L.REGISTRATION_ACCEPTED) for unit in ("30904", "906")]
    assert letters_since(seq) == both


def test_a_returned_form_is_told_with_its_reason_and_can_be_sent_again(opened_sqlite_app: Flask) -> None:
    form = send(save("STP"))
    seq = last_entry().seq

    give_back(form)
    assert (form.state, form.return_reason) == (RegistrationState.RETURNED, "Chưa ghi chức vụ.")
    send(save("STP"), "2021-03-22 09:00")

    assert (form.state, form.return_reason, form.sent_at) == (RegistrationState.SENT, "", at("2021-03-10 10:00"))
    assert letters_since(seq) == [(L.REGISTRATION_RETURNED, "STP"), (L.REGISTRATION_RECEIVED, "STP")]


@pytest.mark.parametrize(("when", "taken"), [(f"{LAST_DAY} 23:59:59.999999", True), ("2021-04-01 00:00:00", False)])
def test_a_form_is_taken_until_midnight_of_the_last_day_of_march(opened_sqlite_app: Flask, when: str, taken: bool) -> None:
    form = save("STP")

    if taken:
        assert send(form, when).late is False
    else:
        with pytest.raises(ActRefused, match="registration_late"):
            send(form, when)


def enter(code: str, received_on: date | None, when: str) -> Registration:
    """A district enters the paper form of one of its communes."""
    form, district = save(code, when=when), actor_of("906")
    with transaction():
        registrations.send(form, actor=district, at=at(when), received_on=received_on)
    return form


def test_a_paper_form_counts_from_the_day_on_which_it_came_in(opened_app: Flask) -> None:
    form = enter("30904", date(2021, 3, 31), "2021-04-02 09:00")

    assert (form.late, form.received_on, form.sent_at) == (False, date(2021, 3, 31), at("2021-04-02 09:00"))
    assert '"received_on":"2021-03-31"' in (last_entry().detail or "")
    assert "nhập từ bản giấy nhận ngày 31/03/2021" in db.session.scalars(select(Notice).order_by(Notice.id.desc())).first().facts["at"]


@pytest.mark.parametrize(
    ("received_on", "objection"),
    [
        (date(2021, 4, 1), "registration_late"),
        (None, "registration_late"),
        (date(2021, 4, 3), "received_out_of_range"),
        (date(2021, 1, 4), "received_out_of_range"),
    ],
)
def test_a_paper_form_is_refused_for_the_day_on_which_it_came_in(
    opened_sqlite_app: Flask, received_on: date | None, objection: str
) -> None:
    with pytest.raises(ActRefused, match=objection):
        enter("30904", received_on, "2021-04-02 09:00")


def test_a_unit_that_sends_itself_cannot_name_an_earlier_day(opened_sqlite_app: Flask) -> None:
    form, commune = save("30904"), actor_of("30904")

    with pytest.raises(ActRefused, match="registration_late"), transaction():
        registrations.send(form, actor=commune, at=at("2021-04-02 09:00"), received_on=date(2021, 3, 20))


def test_a_paper_form_taken_back_forgets_the_day(opened_sqlite_app: Flask) -> None:
    form, commune = enter("30904", date(2021, 3, 20), "2021-03-25 09:00"), actor_of("30904")

    with transaction():
        registration_forms.take_back(form, "Sửa chức vụ.", actor=commune, at=at("2021-03-26 09:00"))

    assert (form.received_on, form.counted_on) == (None, None)


def test_a_late_form_needs_an_admission_and_stays_marked_late(opened_app: Flask) -> None:
    form, officer = save("STP"), home()
    with transaction():
        registrations.admit(
            form.campaign_unit, number="9/SNV", decided_on=date(2021, 4, 2), reason="Mưa lũ.", actor=officer, at=at("2021-04-02 09:00")
        )

    send(form, "2021-04-03 09:00")

    assert (form.state, form.late) == (RegistrationState.SENT, True)
    assert accept(form, "2021-04-04 09:00")[0].registration.late


def test_a_form_returned_after_the_last_day_can_be_sent_again_and_is_not_late(opened_sqlite_app: Flask) -> None:
    form = give_back(send(save("STP"), f"{LAST_DAY} 23:00"), "2021-04-02 09:00")

    send(form, "2021-04-05 09:00")

    assert (form.state, form.late) == (RegistrationState.SENT, False)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (lambda unit: content(), "form_has_no_collective"),
        (lambda unit: content(unit, attested=False), "not_attested"),
        (lambda unit: content(unit, head=""), "form_not_signed"),
    ],
    ids=["no collective", "not attested", "not signed"],
)
def test_an_incomplete_form_is_kept_but_not_sent(opened_sqlite_app: Flask, form: object, code: str) -> None:
    saved = save("STP", form(unit_of(campaign_2021(), "STP")))  # type: ignore[operator]

    with pytest.raises(ActRefused, match=code):
        send(saved)

    assert saved.state is RegistrationState.DRAFT


def test_a_sent_form_is_neither_changed_nor_sent_again(opened_sqlite_app: Flask) -> None:
    form = send(save("STP"))

    for again in (lambda: save("STP"), lambda: send(form)):
        with pytest.raises(ActRefused, match="registration_settled"):
            again()

    assert form.state is RegistrationState.SENT


def test_only_a_sent_form_is_accepted_or_returned(opened_sqlite_app: Flask) -> None:
    draft = save("STP")

    for verb in (accept, give_back):
        with pytest.raises(ActRefused, match="registration_settled"):
            verb(draft)

    assert db.session.scalars(select(Dossier)).all() == []


@pytest.mark.parametrize("code", ["CTHUE", "SNV-CCHC"], ids=["a central agency", "a specialised unit"])
def test_a_body_without_a_form_of_its_own_cannot_save_one(opened_sqlite_app: Flask, code: str) -> None:
    unit, officer = unit_of(campaign_2021(), code), home()

    with pytest.raises(ActRefused, match="unit_not_eligible"), transaction():
        registrations.save(unit, content(unit), actor=officer, at=at("2021-03-10 09:00"))


@pytest.mark.parametrize("stranger", ["STC", "CTHUE", "30904"])
def test_a_form_registers_its_own_collectives_only(opened_sqlite_app: Flask, stranger: str) -> None:
    own, other, officer = unit_of(campaign_2021(), "STP"), unit_of(campaign_2021(), stranger), actor_of("STP")

    with pytest.raises(ActRefused), transaction():
        registrations.save(own, content(own, other), actor=officer, at=at("2021-03-10 09:00"))

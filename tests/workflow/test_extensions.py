"""II.3, III.4.c: extensions asked for, given and refused; late dossiers admitted; the original set noted beside."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from flask import Flask

from models.db import transaction
from models.dossiers import Dossier
from models.vocabulary import DossierState, LetterName, Step
from tests.actors import COMMUNE, DEPARTMENT, bring, home, last_entry, letters_since, usual_actor
from tests.builders import at, file_papers, step
from workflow.acts import ActRefused
from workflow.extensions import ask_extension, extend, note_original, open_request, refuse_extension

S, L = DossierState, LetterName
IN_TIME, TOO_LATE = at("2022-02-04 09:00"), at("2022-02-09 09:00")
"""Before and after 7 February 2022, when the window of the season closes."""


def ask(dossier: Dossier, due: date = date(2022, 2, 14), when: datetime = IN_TIME) -> None:
    actor = usual_actor(dossier, Step.SUBMIT)
    with transaction():
        ask_extension(dossier, due_on=due, reason="Hội đồng họp sau Tết.", actor=actor, at=when)


def grant(dossier: Dossier, due: date = date(2022, 2, 14), when: datetime = IN_TIME) -> None:
    actor = home()
    with transaction():
        extend(dossier, number="98/SNV", decided_on=when.date(), due_on=due, reason="Chấp thuận.", actor=actor, at=when)


def refuse(dossier: Dossier, when: datetime = IN_TIME) -> None:
    actor = home()
    with transaction():
        refuse_extension(dossier, number="99/SNV", decided_on=when.date(), reason="Đã tính cả Tết.", actor=actor, at=when)


def test_a_request_goes_to_home_affairs_and_moves_nothing(ranked_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SELECTED)
    due, seq = dossier.due_on, last_entry().seq

    ask(dossier)

    assert dossier.due_on == due
    assert letters_since(seq) == [(L.EXTENSION_ASKED, "SNV")]
    assert json.loads(last_entry().detail or "")["asked_due"] == "2022-02-14"


def test_one_request_waits_at_a_time(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    ask(dossier)

    with pytest.raises(ActRefused, match="extension_asked_already"):
        ask(dossier, date(2022, 2, 20))


@pytest.mark.parametrize(
    ("due", "code"), [(date(2022, 2, 1), "due_in_past, extension_not_later"), (date(2022, 2, 7), "extension_not_later")]
)
def test_what_is_asked_for_lies_ahead_and_after_the_due_date(ranked_sqlite_app: Flask, due: date, code: str) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    with pytest.raises(ActRefused, match=code):
        ask(dossier, due)


def test_a_grant_answers_the_request_that_waits(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    ask(dossier)
    seq = last_entry().seq

    grant(dossier, date(2022, 2, 12))

    (asked,) = dossier.extension_requests
    assert (asked.granted, asked.number, open_request(dossier), dossier.due_on) == (True, "98/SNV", None, date(2022, 2, 12))
    assert (last_entry().action, letters_since(seq)) == ("dossier.extend", [(L.EXTENDED, "STP")])


def test_a_refusal_tells_both_units_and_leaves_the_date(ranked_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SELECTED)
    ask(dossier)
    due, seq = dossier.due_on, last_entry().seq

    refuse(dossier)

    (asked,) = dossier.extension_requests
    assert (asked.granted, asked.answer, dossier.due_on) == (False, "Đã tính cả Tết.", due)
    assert letters_since(seq) == [(L.EXTENSION_REFUSED, "906"), (L.EXTENSION_REFUSED, COMMUNE)]


def test_nothing_is_refused_that_was_not_asked(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    with pytest.raises(ActRefused, match="extension_not_asked"):
        refuse(dossier)


def test_after_a_refusal_the_unit_may_ask_again(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    ask(dossier)
    refuse(dossier)

    ask(dossier, date(2022, 2, 9))

    assert [request.granted for request in dossier.extension_requests] == [False, None]


def test_a_late_unit_asks_and_is_admitted_and_stays_marked_late(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    ask(dossier, when=TOO_LATE)
    seq = last_entry().seq

    grant(dossier, when=TOO_LATE)
    told = letters_since(seq)
    admitted = last_entry().action
    file_papers(dossier, TOO_LATE)
    step(dossier, Step.SUBMIT, usual_actor(dossier, Step.SUBMIT), at("2022-02-10 09:00"), fewer_reason="Chỉ tập thể.")

    assert (admitted, told, dossier.extensions[-1].admission) == ("dossier.admit", [(L.DOSSIER_ADMITTED, "STP")], True)
    assert dossier.submitted_late


def test_an_extension_given_in_time_is_no_admission(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    grant(dossier)

    assert [extension.admission for extension in dossier.extensions] == [False]


@pytest.mark.parametrize("state", [S.RANKED, S.SUBMITTED, S.LAPSED])
def test_only_a_dossier_that_is_being_prepared_asks(ranked_sqlite_app: Flask, state: DossierState) -> None:
    dossier = bring(DEPARTMENT, state)

    with pytest.raises(ActRefused, match="nothing_to_extend"):
        ask(dossier)


def test_the_original_set_is_noted_beside_the_submission(ranked_app: Flask) -> None:
    dossier, actor = bring(DEPARTMENT, S.SUBMITTED), home()
    before = (dossier.version, dossier.submitted_at, dossier.submitted_late)

    with transaction():
        note_original(dossier, received_on=date(2022, 1, 28), received_by="Văn thư Sở", note="Thiếu 1 chữ ký.", actor=actor, at=IN_TIME)

    (receipt,) = dossier.original_receipts
    assert (receipt.received_on, receipt.received_by, receipt.note) == (date(2022, 1, 28), "Văn thư Sở", "Thiếu 1 chữ ký.")
    assert (dossier.version, dossier.submitted_at, dossier.submitted_late) == before
    assert last_entry().action == "dossier.original"


def test_an_original_is_not_received_tomorrow_nor_before_the_selection(ranked_sqlite_app: Flask) -> None:
    dossier, early, actor = bring(DEPARTMENT, S.SUBMITTED), bring("STC", S.RANKED), home()

    for which, day, code in ((dossier, date(2022, 2, 5), "receipt_in_future"), (early, date(2022, 2, 1), "receipt_too_early")):
        with pytest.raises(ActRefused, match=code), transaction():
            note_original(which, received_on=day, received_by="Văn thư", note="", actor=actor, at=IN_TIME)

"""Every step once by the right officer from a real situation, with real commits: state, record, letters and what else it writes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from audit import verify
from models.db import db, transaction
from models.deadlines import Deadline
from models.decisions import SignOff
from models.dossiers import Dossier
from models.outbox import Notice, OutboxMail
from models.vocabulary import AuditResult, DossierState, LetterName, MailState, Milestone, Step
from tests.actors import (
    COMMUNE,
    DEPARTMENT,
    DISTRICT,
    USUAL,
    bring,
    campaign_2021,
    consent,
    home,
    last_entry,
    letters_since,
    usual_actor,
    usual_answers,
    usual_step,
)
from tests.builders import actor_of, at, dossier_of, file_papers, step
from workflow.machine import StepRefused, transitions
from workflow.nominees import Individual, name_individuals
from workflow.procedure import DossierProcedure

S, T, L = DossierState, Step, LetterName
BOTH_UNITS = (DISTRICT, COMMUNE)


@dataclass(frozen=True)
class Row:
    """A step as it is taken: from, to, clause, the letter with the units that get it, and what else the dossier then holds."""

    source: DossierState
    step: Step
    target: DossierState
    clause: str
    letter: LetterName
    units: tuple[str, ...]
    holds: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.source.value}-{self.step.value}"


LAPSED_REASON = USUAL[T.LAPSE].answers["reason"]
CORRECTED = {"due_on": date(2022, 2, 7), "end_reason": ""}

# The dossier of a commune: its district selects and submits, and gets the letters with it.
ROWS = [
    Row(S.REGISTERED, T.RANK, S.RANKED, "III.4.a", L.RANKING_PUBLISHED, (COMMUNE,)),
    Row(S.REGISTERED, T.PASS_OVER, S.NOT_SELECTED, "III.4.a", L.PASSED_OVER, (COMMUNE,), {"end_reason": "Đã chọn đủ chỉ tiêu."}),
    Row(S.REGISTERED, T.WITHDRAW, S.WITHDRAWN, "I.2", L.WITHDRAWN, (*BOTH_UNITS, "SNV")),
    Row(S.RANKED, T.SELECT, S.SELECTED, "III.4.a", L.SELECTED, (COMMUNE, DISTRICT), {"due_on": date(2022, 2, 7)}),
    Row(S.RANKED, T.PASS_OVER, S.NOT_SELECTED, "III.4.a", L.PASSED_OVER, (COMMUNE,), {"end_reason": "Đã chọn đủ chỉ tiêu."}),
    Row(S.RANKED, T.WITHDRAW, S.WITHDRAWN, "I.2", L.WITHDRAWN, (*BOTH_UNITS, "SNV")),
    Row(S.RANKED, T.CORRECT, S.REGISTERED, "procedure", L.CORRECTED, BOTH_UNITS),
    Row(
        S.SELECTED,
        T.SUBMIT,
        S.SUBMITTED,
        "III.4.c",
        L.SUBMITTED,
        BOTH_UNITS,
        {
            "first_submitted_at": at("2022-01-25 09:00"),
            "submitted_at": at("2022-01-25 09:00"),
            "submitted_late": False,
            "fewer_reason": "Chỉ đề nghị tập thể.",
        },
    ),
    Row(
        S.SELECTED, T.WITHDRAW, S.WITHDRAWN, "I.2", L.WITHDRAWN, (*BOTH_UNITS, "SNV"), {"end_reason": "Đơn vị không còn nhu cầu tham gia."}
    ),
    Row(S.SELECTED, T.LAPSE, S.LAPSED, "II.3", L.LAPSED, BOTH_UNITS, {"end_reason": LAPSED_REASON, "due_on": date(2022, 2, 7)}),
    Row(S.SELECTED, T.CORRECT, S.RANKED, "procedure", L.CORRECTED, BOTH_UNITS, {"due_on": None}),
    Row(
        S.SUBMITTED,
        T.SEND_BACK,
        S.SELECTED,
        "IV",
        L.SENT_BACK,
        BOTH_UNITS,
        {"return_reason": "Biên bản chưa ghi số phiếu.", "due_on": date(2022, 2, 10), "first_submitted_at": at("2022-01-25 09:00")},
    ),
    Row(S.SUBMITTED, T.REVIEW, S.REVIEWED, "procedure", L.REVIEWED, BOTH_UNITS),
    Row(S.SUBMITTED, T.DECLINE, S.NOT_RECOMMENDED, "procedure", L.DECLINED, BOTH_UNITS, {"end_reason": "Thành tích chưa nổi bật."}),
    Row(S.SUBMITTED, T.WITHDRAW, S.WITHDRAWN, "I.2", L.WITHDRAWN, (*BOTH_UNITS, "SNV")),
    Row(
        S.REVIEWED,
        T.FORWARD,
        S.FORWARDED,
        "IV",
        L.FORWARDED,
        BOTH_UNITS,
        {"forward_number": "30/TTr-SNV", "forward_date": date(2022, 2, 18)},
    ),
    Row(S.REVIEWED, T.CORRECT, S.SUBMITTED, "procedure", L.CORRECTED, BOTH_UNITS, {"submitted_at": at("2022-01-25 09:00")}),
    Row(
        S.FORWARDED,
        T.AWARD,
        S.AWARDED,
        "III.3",
        L.AWARDED,
        BOTH_UNITS,
        {"decision_number": "500/QĐ-UBND", "decision_date": date(2022, 2, 28)},
    ),
    Row(S.FORWARDED, T.REFUSE, S.NOT_AWARDED, "III.3", L.REFUSED, BOTH_UNITS, {"decision_number": "501/UBND-TH"}),
    Row(S.FORWARDED, T.CORRECT, S.REVIEWED, "procedure", L.CORRECTED, BOTH_UNITS, {"forward_number": "", "forward_date": None}),
    Row(S.NOT_SELECTED, T.CORRECT, S.RANKED, "procedure", L.CORRECTED, BOTH_UNITS, {"end_reason": "", "due_on": None}),
    Row(S.NOT_RECOMMENDED, T.CORRECT, S.SUBMITTED, "procedure", L.CORRECTED, BOTH_UNITS, CORRECTED),
    Row(S.LAPSED, T.CORRECT, S.SELECTED, "procedure", L.CORRECTED, BOTH_UNITS, CORRECTED),
]


def test_the_rows_below_are_the_whole_procedure() -> None:
    declared = {key: (row.target, row.requirements.clause) for key, row in transitions(DossierProcedure).items()}

    assert {(row.source, row.step): (row.target, row.clause) for row in ROWS} == declared


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_step_writes_state_record_letters_and_consequences_together(ranked_app: Flask, row: Row) -> None:
    dossier = bring(COMMUNE, row.source)
    USUAL[row.step].prepare(dossier)
    actor, when = usual_actor(dossier, row.step), at(USUAL[row.step].when)
    version, seq = dossier.version, last_entry().seq

    step(dossier, row.step, actor, when, **usual_answers(dossier, row.step))

    db.session.expire_all()
    assert (dossier.state, dossier.state_since) == (row.target, when)
    assert dossier.version > version
    assert {name: getattr(dossier, name) for name in row.holds} == row.holds
    entry = last_entry()
    rec = json.loads(entry.rec)
    assert (entry.seq, entry.action, entry.result) == (seq + 1, f"dossier.{row.step.value}", AuditResult.DONE)
    assert (rec["from"], rec["to"], rec["clause"]) == (row.source.value, row.target.value, row.clause)
    assert (rec["obj"], rec["ver"], rec["actor"], rec["unit"]) == (f"dossier:{dossier.id}", dossier.version, actor.user_id, actor.unit_id)
    assert letters_since(seq) == [(row.letter, unit) for unit in row.units]
    assert mails_of(seq) == [f"vanthu.{unit.casefold()}@kiengiang.example" for unit in row.units]
    assert verify().intact


def test_a_step_raises_the_version_by_one_so_that_versions_and_entries_agree(ranked_sqlite_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), COMMUNE)
    raised: dict[Step, int] = {}

    for verb in (T.SELECT, T.CORRECT, T.SELECT, T.SUBMIT, T.SEND_BACK, T.SUBMIT, T.REVIEW, T.CORRECT, T.REVIEW, T.FORWARD, T.AWARD):
        before = dossier.version
        usual_step(dossier, verb)
        raised[verb] = dossier.version - before

    assert raised == dict.fromkeys(raised, 1)


def mails_of(seq: int) -> list[str]:
    """The addresses that mail waits for, of the letters after an entry."""
    query = select(OutboxMail.recipient, OutboxMail.state).join(OutboxMail.notice).where(Notice.audit_seq > seq).order_by(OutboxMail.id)
    rows = db.session.execute(query).all()
    assert all(row.state is MailState.QUEUED for row in rows)
    return [row.recipient for row in rows]


def test_home_affairs_selects_a_department_and_one_letter_goes_to_it(ranked_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), DEPARTMENT)
    seq = last_entry().seq

    usual_step(dossier, T.SELECT)

    assert dossier.state is S.SELECTED
    assert letters_since(seq) == [(L.SELECTED, DEPARTMENT)]
    assert dossier.due_on == date(2022, 2, 7)


def test_a_specialised_unit_is_selected_by_home_affairs_and_submitted_by_its_parent(ranked_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), "PNV-906")
    seq = last_entry().seq

    usual_step(dossier, T.SELECT)
    usual_step(dossier, T.SUBMIT)

    assert dossier.state is S.SUBMITTED
    assert letters_since(seq) == [(L.SELECTED, "PNV-906"), (L.SELECTED, "906"), (L.SUBMITTED, "906"), (L.SUBMITTED, "PNV-906")]


# What else a step writes


def test_a_selection_keeps_the_window_with_its_working_as_the_dossiers_own(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SELECTED)

    (deadline,) = db.session.scalars(select(Deadline).where(Deadline.dossier_id == dossier.id))

    assert (deadline.milestone, deadline.version, deadline.due_on) == (Milestone.SUBMISSION, 1, date(2022, 2, 7))
    assert (deadline.working["event"], deadline.working["trigger"]) == ("announced", "2022-01-14")
    assert "14/QĐ-UBND" in deadline.working["document"]
    assert deadline.set_at == at("2022-01-17 09:00")


def test_a_selection_bumps_the_version_of_the_quotas_owner(ranked_sqlite_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), COMMUNE)
    owner = dossier.campaign_unit.quota_owner
    assert owner is not None
    version = owner.version

    usual_step(dossier, T.SELECT)

    assert owner.version == version + 1
    assert owner.unit.code == DISTRICT


def test_a_review_writes_the_councils_result_for_each_nominee(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.REVIEWED)

    detail = json.loads(last_entry().detail or "")

    assert [nominee.recommended for nominee in dossier.nominees] == [True]
    assert (detail["minutes_number"], detail["minutes_date"]) == ("12/BB-HĐ", "2022-02-15")
    assert detail["votes"] == [{"nominee": dossier.nominees[0].id, "for": 8, "against": 1, "absent": 0, "recommended": True}]


def test_a_decline_recommends_nobody(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.NOT_RECOMMENDED)

    assert [nominee.recommended for nominee in dossier.nominees] == [False]
    assert dossier.end_reason == "Thành tích chưa nổi bật."


def test_an_award_is_written_for_each_nominee(ranked_sqlite_app: Flask) -> None:
    dossier = with_two_people(DEPARTMENT)
    for verb in (T.SUBMIT, T.REVIEW, T.FORWARD):
        usual_step(dossier, verb)
    first, second, _ = dossier.nominees

    step(
        dossier,
        T.AWARD,
        home(),
        at("2022-03-01 09:00"),
        number="500/QĐ-UBND",
        date=date(2022, 2, 28),
        awarded=frozenset({first.id, second.id}),
    )

    assert [nominee.awarded for nominee in dossier.nominees] == [True, True, False]
    assert json.loads(last_entry().detail or "")["awarded"] == sorted([first.id, second.id])


def test_a_refusal_of_the_chairman_awards_nobody(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.NOT_AWARDED)

    assert [nominee.awarded for nominee in dossier.nominees] == [False]
    assert (dossier.decision_number, dossier.decision_date) == ("501/UBND-TH", date(2022, 2, 28))


def test_a_submission_records_the_papers_with_their_digests(ranked_sqlite_app: Flask) -> None:
    bring(COMMUNE, S.SUBMITTED)

    papers = json.loads(last_entry().detail or "")["papers"]

    assert [paper["kind"] for paper in papers] == ["proposal_letter", "minutes", "achievement_report"]
    assert all((paper["version"], paper["sha256"]) == (1, "0" * 64) for paper in papers)


ASSIGNED = "Quyết định số 12/QĐ-STP ngày 05/01/2021"


def with_two_people(code: str) -> Dossier:
    """A selected department that puts forward two people."""
    dossier = bring(code, S.SELECTED)
    people = [
        Individual("Nguyễn Văn An", "Chuyên viên", "Sở Tư pháp", "good", reform_excellent=True, direct=True),
        Individual(
            "Trần Thị Bình", "Phó Trưởng phòng", "Sở Tư pháp", "excellent", reform_excellent=True, direct=False, assignment=ASSIGNED
        ),
    ]
    with transaction():
        name_individuals(dossier, people, actor=actor_of(code), at=at("2022-01-18 09:00"))
    return dossier


# Late or not, sent back, extended


def submit(dossier: Dossier, when: str) -> Dossier:
    file_papers(dossier, at("2022-01-20 09:00"))
    return step(dossier, T.SUBMIT, actor_of(dossier.submits.unit.code), at(when), fewer_reason="Chỉ đề nghị tập thể.")


@pytest.mark.parametrize(("when", "refused"), [("2022-02-07 23:59:59.999999", False), ("2022-02-08 00:00:00", True)])
def test_a_dossier_is_taken_until_midnight_of_its_due_date(ranked_sqlite_app: Flask, when: str, refused: bool) -> None:
    dossier = bring(COMMUNE, S.SELECTED)

    if refused:
        with pytest.raises(StepRefused) as caught:
            submit(dossier, when)
        assert [o.code for o in caught.value.objections] == ["window_closed"]
    else:
        assert submit(dossier, when).submitted_late is False


def test_a_dossier_sent_back_keeps_its_first_submission_and_the_later_due_date(ranked_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SUBMITTED)

    step(dossier, T.SEND_BACK, home(), at("2022-01-27 09:00"), reason="Thiếu chữ ký.", due_on=date(2022, 1, 31))

    assert dossier.due_on == date(2022, 2, 7)
    assert dossier.first_submitted_at == dossier.submitted_at == at("2022-01-25 09:00")
    supplement = db.session.scalars(select(Deadline).where(Deadline.milestone == Milestone.SUPPLEMENT)).one()
    assert (supplement.due_on, supplement.working["asked"]) == (date(2022, 2, 7), "2022-01-31")


def test_a_supplement_after_the_window_is_taken_and_is_not_late(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SUBMITTED)
    step(dossier, T.SEND_BACK, home(), at("2022-02-07 16:00"), reason="Thiếu chữ ký.", due_on=date(2022, 2, 14))

    step(dossier, T.SUBMIT, actor_of(DISTRICT), at("2022-02-14 23:59:59"))

    assert (dossier.state, dossier.submitted_late, dossier.return_reason) == (S.SUBMITTED, False, "")
    assert dossier.first_submitted_at == at("2022-01-25 09:00")
    assert dossier.submitted_at == at("2022-02-14 23:59:59")


def test_a_supplement_is_refused_after_the_supplement_date(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SUBMITTED)
    step(dossier, T.SEND_BACK, home(), at("2022-02-07 16:00"), reason="Thiếu chữ ký.", due_on=date(2022, 2, 14))

    with pytest.raises(StepRefused) as caught:
        step(dossier, T.SUBMIT, actor_of(DISTRICT), at("2022-02-15 00:00"))

    assert [o.code for o in caught.value.objections] == ["window_closed"]


# Corrections: what the corrected step had written no longer holds, and the record keeps it

UNDONE: list[tuple[DossierState, dict[str, Any]]] = [
    (S.RANKED, {}),
    (S.SELECTED, {"due_on": "2022-02-07", "return_reason": ""}),
    (S.REVIEWED, {"end_reason": ""}),
    (S.FORWARDED, {"forward_number": "30/TTr-SNV", "forward_date": "2022-02-18"}),
    (S.NOT_SELECTED, {"end_reason": "Đã chọn đủ chỉ tiêu."}),
    (S.LAPSED, {"end_reason": LAPSED_REASON}),
    (S.NOT_RECOMMENDED, {"end_reason": "Thành tích chưa nổi bật."}),
]


@pytest.mark.parametrize(("state", "replaced"), UNDONE, ids=[state.value for state, _ in UNDONE])
def test_a_correction_keeps_the_values_that_it_replaced(ranked_sqlite_app: Flask, state: DossierState, replaced: dict[str, Any]) -> None:
    dossier = bring(COMMUNE, state)

    usual_step(dossier, T.CORRECT)

    detail = json.loads(last_entry().detail or "")
    assert detail.get("replaced", {}) == replaced
    assert (detail["reason"], detail["second_officer"], detail["second_officer_same_unit"]) == ("Ghi nhầm hồ sơ.", "Hoàng Thị Hai", False)


@pytest.mark.parametrize("state", [S.REVIEWED, S.NOT_RECOMMENDED])
def test_a_correction_of_the_councils_step_takes_its_results_back(ranked_sqlite_app: Flask, state: DossierState) -> None:
    dossier = bring(COMMUNE, state)

    usual_step(dossier, T.CORRECT)

    assert dossier.state is S.SUBMITTED
    assert [nominee.recommended for nominee in dossier.nominees] == [None]


def test_a_corrected_selection_can_be_made_again_with_a_due_date_of_its_own(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SELECTED)
    usual_step(dossier, T.CORRECT)

    usual_step(dossier, T.SELECT)

    versions = db.session.scalars(select(Deadline.version).where(Deadline.dossier_id == dossier.id).order_by(Deadline.id))
    assert dossier.due_on == date(2022, 2, 7)
    assert list(versions) == [1, 2]


def test_a_consent_is_used_up_by_the_step(ranked_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SELECTED)
    consent(dossier, T.CORRECT)
    step(dossier, T.CORRECT, home(), at("2022-01-18 09:00"), reason="Ghi nhầm.")
    usual_step(dossier, T.SELECT)

    with pytest.raises(StepRefused) as caught:
        step(dossier, T.CORRECT, home(), at("2022-01-19 09:00"), reason="Ghi nhầm lần nữa.")

    used = db.session.scalars(select(SignOff)).one()
    assert used.used_at == at("2022-01-18 09:00")
    assert [o.code for o in caught.value.objections] == ["second_officer_missing"]


def test_a_consent_is_void_once_the_dossier_has_changed(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.RANKED)
    consent(dossier, T.CORRECT)
    usual_step(dossier, T.SELECT)

    with pytest.raises(StepRefused) as caught:
        step(dossier, T.CORRECT, home(), at("2022-01-19 09:00"), reason="Ghi nhầm.")

    assert [o.code for o in caught.value.objections] == ["second_officer_missing"]


def test_nobody_is_their_own_second_officer(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, S.SELECTED)
    consent(dossier, T.CORRECT, by=home())

    with pytest.raises(StepRefused) as caught:
        step(dossier, T.CORRECT, home(), at("2022-01-19 09:00"), reason="Ghi nhầm.")

    assert [o.code for o in caught.value.objections] == ["second_officer_missing"]


# Conflict of interest: Sở Nội vụ is judge and candidate


@pytest.mark.parametrize("code", ["SNV", "SNV-CCHC"])
def test_home_affairs_does_not_select_its_own_unit_or_its_child_alone(ranked_sqlite_app: Flask, code: str) -> None:
    dossier = dossier_of(campaign_2021(), code)

    with pytest.raises(StepRefused) as caught:
        usual_step(dossier, T.SELECT)

    assert [o.code for o in caught.value.objections] == ["conflict_of_interest"]


def test_home_affairs_selects_its_own_unit_with_a_second_officers_consent_which_is_marked(ranked_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), "SNV")
    consent(dossier, T.SELECT)

    usual_step(dossier, T.SELECT)

    detail = json.loads(last_entry().detail or "")
    assert dossier.state is S.SELECTED
    assert (detail["second_officer"], detail["second_officer_same_unit"]) == ("Hoàng Thị Hai", True)
    assert db.session.scalars(select(SignOff.used_at)).one() == at("2022-01-17 09:00")


def test_a_consent_to_one_step_is_none_to_another(ranked_sqlite_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), "SNV")
    consent(dossier, T.SELECT)

    with pytest.raises(StepRefused) as caught:
        usual_step(dossier, T.PASS_OVER)

    assert [o.code for o in caught.value.objections] == ["conflict_of_interest"]


def test_a_district_deciding_on_its_communes_is_no_conflict(ranked_sqlite_app: Flask) -> None:
    assert bring(COMMUNE, S.SELECTED).state is S.SELECTED


# Quotas of the districts


def select_communes(*codes: str) -> list[Dossier]:
    return [usual_step(dossier_of(campaign_2021(), code), T.SELECT) for code in codes]


@pytest.mark.parametrize(
    ("taken", "next_code", "owner"),
    [(("30904", "30907"), "30910", "Huyện Giồng Riềng"), (("30985",), "30988", "Huyện An Biên")],
    ids=["Giồng Riềng has two", "An Biên has one"],
)
def test_a_district_selects_up_to_its_quota_and_not_one_more(ranked_app: Flask, taken: tuple[str, ...], next_code: str, owner: str) -> None:
    selected = select_communes(*taken)

    with pytest.raises(StepRefused) as caught:
        select_communes(next_code)

    (objection,) = caught.value.objections
    assert all(dossier.state is S.SELECTED for dossier in selected)
    assert (objection.code, objection.basis) == ("quota_used", "III.4.a")
    assert objection.params == {"selected": len(taken), "quota": len(taken), "owner": owner}


@pytest.mark.parametrize(
    ("freeing", "frees"),
    [((T.WITHDRAW,), True), ((T.CORRECT,), True), ((T.LAPSE,), False), ((T.SUBMIT, T.DECLINE), False), ((T.SUBMIT, T.WITHDRAW), True)],
    ids=["withdrawn", "corrected", "lapsed", "not recommended", "withdrawn after submission"],
)
def test_withdrawn_and_corrected_dossiers_free_their_place_and_ended_ones_keep_it(
    ranked_sqlite_app: Flask, freeing: tuple[Step, ...], frees: bool
) -> None:
    (dossier,) = select_communes("30985")
    for verb in freeing:
        usual_step(dossier, verb)

    if frees:
        assert select_communes("30988")[0].state is S.SELECTED
    else:
        with pytest.raises(StepRefused, match="quota_used"):
            select_communes("30988")

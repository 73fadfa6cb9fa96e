"""Correcting a published index: what changes, what follows, who is told, and what is never moved silently."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from audit import verify
from jobs.bodies import sweep_reminders
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.results import IndexPublication
from models.vocabulary import DossierState, LetterName, MailState, Milestone
from tests.actors import bring, campaign_2021, home, last_entry, letters_since
from tests.builders import at, dossier_of, unit_of
from workflow import deadlines, ranking
from workflow.acts import ActRefused
from workflow.corrected import Reason
from workflow.corrections import Correction, Effect, announcement_of, correct, digest_of
from workflow.extensions import extend
from workflow.machine import StepRefused
from workflow.ranking import PublishedEntry
from workflow.steps import steps_from

WHEN = at("2022-01-18 09:00")


def published() -> IndexPublication:
    """The index of the award's year as it stands."""
    found = ranking.publication_of(campaign_2021(), 2021)
    assert found is not None
    return found


def correction(groups: dict[str, str | None] | None = None, **announced: Any) -> Correction:
    """The published index with some groups changed (None: no entry), or with another announcement."""
    campaign, publication, changed = campaign_2021(), published(), dict(groups or {})
    entries = []
    for row in publication.entries:
        code = row.campaign_unit.unit.code
        group = changed.pop(code, row.rank_group)
        if group is not None:
            entries.append(PublishedEntry(row.campaign_unit, row.score, row.rank, group))
    entries += [PublishedEntry(unit_of(campaign, code), "80", 30, group) for code, group in changed.items() if group]
    return Correction(
        number="20/SNV",
        decided_on=date(2022, 1, 18),
        reason="Ghi nhầm khi nhập.",
        announcement=replace(announcement_of(publication), **announced),
        entries=entries,
        seen=digest_of(publication),
        key="correction.1",
    )


def made(given: Correction) -> Effect:
    """The correction taken by home affairs."""
    with transaction():
        effect = correct(campaign_2021(), 2021, given, actor=home(), at=WHEN)
    assert effect is not None
    return effect


def refused(given: Correction, year: int = 2021) -> list[str]:
    """The codes of everything against a correction."""
    with pytest.raises(ActRefused) as caught, transaction():
        correct(campaign_2021(), year, given, actor=home(), at=WHEN)
    return [objection.code for objection in caught.value.objections]


def test_a_changed_group_is_recorded_with_old_and_new_and_its_unit_is_told(ranked_app: Flask) -> None:
    campaign, seq = campaign_2021(), last_entry().seq

    effect = made(correction({"SXD": "excellent"}))

    entry, detail = last_entry(), json.loads(last_entry().detail or "{}")
    assert [(c.unit, c.before, c.after) for c in effect.entries] == [("Sở Xây dựng", ("89,5", 6, "good"), ("89,5", 6, "excellent"))]
    assert (entry.action, detail["number"], detail["reason"]) == ("ranking.correct", "20/SNV", "Ghi nhầm khi nhập.")
    assert detail["before"]["entries"] == [["Sở Xây dựng", "89,5", 6, "good"]]
    assert detail["after"]["entries"] == [["Sở Xây dựng", "89,5", 6, "excellent"]]
    assert letters_since(seq) == [(LetterName.RANKING_CORRECTED, "SXD")]
    facts = db.session.scalars(select(Notice).where(Notice.letter == LetterName.RANKING_CORRECTED)).one().facts
    assert (facts["former"], facts["result"]) == ("Nhóm tốt, hạng 6, 89,5 điểm", "Nhóm xuất sắc, hạng 6, 89,5 điểm")
    assert (facts["due"], facts["working"]) == ("không thay đổi", ["Hạn nộp hồ sơ không thay đổi"])
    assert (effect.working, effect.dues, effect.undecided, effect.told) == (None, [], [], ["Sở Xây dựng"])
    option = next(o for o in steps_from(dossier_of(campaign, "SXD"), actor=home(), at=WHEN) if o.step == "select")
    assert option.possible
    assert verify().intact


def test_a_selected_dossier_whose_group_is_no_longer_excellent_waits_for_a_decision(ranked_app: Flask) -> None:
    selected, reviewed = bring("STP", DossierState.SELECTED), bring("STC", DossierState.REVIEWED)
    versions = selected.version, reviewed.version

    effect = made(correction({"STP": "good", "STC": "good"}))

    assert {(case.code, case.reason) for case in effect.undecided} == {("2021-STP", Reason.UNMET), ("2021-STC", Reason.UNMET)}
    assert (selected.state, reviewed.state) == (DossierState.SELECTED, DossierState.REVIEWED)
    assert (selected.version, reviewed.version) == versions
    forward = next(o for o in steps_from(reviewed, actor=home(), at=WHEN) if o.step == "forward")
    assert "index_not_excellent" in [objection.code for objection in forward.objections]


def test_a_districts_group_concerns_its_specialised_office_too(ranked_app: Flask) -> None:
    office, seq = bring("PNV-906", DossierState.SELECTED), last_entry().seq

    effect = made(correction({"906": "fair"}))

    assert [(case.code, case.reason) for case in effect.undecided] == [("2021-PNV-906", Reason.UNMET)]
    assert office.state is DossierState.SELECTED
    assert sorted(letters_since(seq)) == [(LetterName.RANKING_CORRECTED, "906"), (LetterName.RANKING_CORRECTED, "PNV-906")]


def test_a_body_that_was_left_out_is_ranked_and_one_that_drops_out_waits(ranked_app: Flask) -> None:
    campaign, seq = campaign_2021(), last_entry().seq

    effect = made(correction({"STNMT": "good", "SXD": None}))

    assert effect.ranked == ["Sở Tài nguyên và Môi trường"]
    assert dossier_of(campaign, "STNMT").state is DossierState.RANKED
    assert dossier_of(campaign, "SXD").state is DossierState.RANKED
    assert [(case.code, case.reason) for case in effect.undecided] == [("2021-SXD", Reason.UNRANKED)]
    assert sorted(letters_since(seq)) == [(LetterName.RANKING_CORRECTED, "SXD"), (LetterName.RANKING_PUBLISHED, "STNMT")]
    assert [unit.unit.code for unit in ranking.without_entry(campaign, published())] == ["SXD", "VPUB"]


def test_a_body_without_a_registration_is_told_as_well(ranked_app: Flask) -> None:
    seq = last_entry().seq

    effect = made(correction({"SYT": "good"}))

    assert letters_since(seq) == [(LetterName.RANKING_CORRECTED, "SYT")]
    assert effect.told == ["Sở Y tế"]


def test_a_passed_over_dossier_that_qualifies_now_waits_for_a_decision(ranked_app: Flask) -> None:
    passed = bring("SXD", DossierState.NOT_SELECTED)

    effect = made(correction({"SXD": "excellent"}))

    assert [(case.code, case.reason) for case in effect.undecided] == [("2021-SXD", Reason.MET)]
    assert passed.state is DossierState.NOT_SELECTED


def test_a_corrected_date_makes_new_versions_and_cancels_the_old_reminders(ranked_app: Flask) -> None:
    campaign, dossier = campaign_2021(), bring("STP", DossierState.SELECTED)
    sweep_reminders(at("2022-01-28 08:00"))
    old = db.session.scalars(
        select(OutboxMail).join(OutboxMail.notice).where(Notice.dossier_id == dossier.id, Notice.letter == LetterName.DOSSIER_REMINDER)
    ).one()
    assert old.state is MailState.QUEUED
    seq = last_entry().seq

    effect = made(correction(decision_date=date(2022, 1, 17), decision_number="15/QĐ-UBND"))

    assert (effect.former_due, effect.working.due if effect.working else None) == (date(2022, 2, 7), date(2022, 2, 7))
    assert effect.dues == []  # a different trigger, the same day after Tết
    assert dossier.due_on == date(2022, 2, 7)
    assert db.session.get_one(OutboxMail, old.id).state is MailState.QUEUED
    assert {code for letter, code in letters_since(seq) if letter is LetterName.RANKING_CORRECTED} >= {"STP", "SNV", "906", "PNV-906"}

    seq, given = last_entry().seq, correction(trigger_date=date(2022, 1, 31), trigger_reason="Đăng cổng trễ.")
    effect = made(replace(given, key="correction.2"))

    assert [(due.code, due.before, due.after) for due in effect.dues] == [("2021-STP", date(2022, 2, 7), date(2022, 2, 15))]
    db.session.expire_all()
    assert dossier.due_on == date(2022, 2, 15)
    assert db.session.get_one(OutboxMail, old.id).state is MailState.CANCELLED
    latest = deadlines.of_dossier(dossier)[-1]
    assert (latest.version, latest.due_on, latest.working["corrected"]) == (3, date(2022, 2, 15), "văn bản số 20/SNV ngày 18/01/2022")
    current = deadlines.current(campaign, Milestone.SUBMISSION)
    assert current is not None
    assert (current.version, current.due_on) == (3, date(2022, 2, 15))
    assert letters_since(seq) == [(LetterName.RANKING_CORRECTED, "STP")]
    facts = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first().facts  # type: ignore[union-attr]
    assert (facts["former_due"], facts["due"]) == ("24 giờ 00 ngày 07/02/2022", "24 giờ 00 ngày 15/02/2022")
    assert any("Tính lại khi sửa kết quả" in line for line in facts["working"])
    assert last_entry().action == "dossier.due"


def test_an_extension_that_lies_later_still_holds(ranked_app: Flask) -> None:
    dossier = bring("STP", DossierState.SELECTED)
    with transaction():
        extend(dossier, number="1/SNV", decided_on=WHEN.date(), due_on=date(2022, 2, 28), reason="Bão.", actor=home(), at=WHEN)

    effect = made(correction(trigger_date=date(2022, 1, 31), trigger_reason="Đăng cổng trễ."))

    assert effect.dues == []
    assert dossier.due_on == date(2022, 2, 28)

    effect = made(replace(correction(trigger_date=date(2022, 2, 18), trigger_reason="Đăng lại."), key="correction.2"))

    assert [(due.before, due.after) for due in effect.dues] == [(date(2022, 2, 28), date(2022, 3, 7))]


def test_a_lapsed_dossier_that_would_not_be_late_any_more_is_named_and_not_moved(ranked_app: Flask) -> None:
    dossier = bring("STP", DossierState.LAPSED)

    effect = made(correction(trigger_date=date(2022, 1, 31), trigger_reason="Đăng cổng trễ."))

    assert [(case.code, case.reason) for case in effect.undecided] == [("2021-STP", Reason.REOPENED)]
    assert (dossier.state, dossier.due_on, effect.dues) == (DossierState.LAPSED, date(2022, 2, 7), [])


def test_what_stands_against_a_correction(ranked_app: Flask) -> None:
    with_change = correction({"SXD": "excellent"})

    assert refused(correction()) == ["nothing_corrected"]
    assert refused(with_change, 2020) == ["not_published"]
    assert refused(replace(with_change, entries=[])) == ["no_entries"]
    assert refused(replace(with_change, decided_on=date(2022, 1, 19))) == ["date_in_future"]
    assert refused(correction(decision_date=date(2022, 1, 19))) == ["date_in_future"]
    assert refused(correction(trigger_date=date(2022, 1, 17))) == ["trigger_unexplained"]
    assert refused(replace(with_change, seen="0" * 20)) == ["ranking_changed"]


def test_the_same_form_twice_is_corrected_once_and_a_stale_one_is_refused(ranked_app: Flask) -> None:
    given = correction({"SXD": "excellent"})
    made(given)
    seq = last_entry().seq

    with transaction():
        again = correct(campaign_2021(), 2021, given, actor=home(), at=WHEN)

    assert again is None
    assert last_entry().seq == seq
    assert refused(replace(given, key="correction.2")) == ["ranking_changed", "nothing_corrected"]


def test_the_index_of_the_other_year_counts_where_the_ruling_says_so(ranked_app: Flask) -> None:
    """The ruling names 2021 for every criterion: correcting 2020 tells the bodies and moves nothing."""
    campaign, dossier = campaign_2021(), bring("STP", DossierState.SELECTED)
    with transaction():
        entries = [PublishedEntry(unit_of(campaign, code), "90", 1, "excellent") for code in ("STP", "SXD")]
        ranking.record_index(campaign, 2020, entries, actor=home(), at=WHEN)
        ranking.publish(campaign, 2020, ranking.Announcement("3/QĐ-UBND", date(2021, 5, 4)), actor=home(), at=WHEN)
    publication = ranking.publication_of(campaign, 2020)
    assert publication is not None
    given = replace(
        correction(),
        announcement=announcement_of(publication),
        entries=[replace(entries[0], group="good"), entries[1]],
        seen=digest_of(publication),
    )

    with transaction():
        effect = correct(campaign, 2020, given, actor=home(), at=WHEN)

    assert effect is not None
    assert (effect.working, effect.dues, effect.undecided, effect.told) == (None, [], [], ["Sở Tư pháp"])
    assert dossier.due_on == date(2022, 2, 7)


def test_a_refusal_of_a_step_stays_what_it_was(ranked_app: Flask) -> None:
    """Forwarding after a correction is refused by the criterion, not by the correction."""
    from models.vocabulary import Step
    from tests.actors import usual_step

    dossier = bring("STC", DossierState.REVIEWED)
    made(correction({"STC": "fair"}))

    with pytest.raises(StepRefused) as caught:
        usual_step(dossier, Step.FORWARD)

    assert [objection.code for objection in caught.value.objections] == ["index_not_excellent"]

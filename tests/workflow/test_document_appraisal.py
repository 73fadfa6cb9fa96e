"""III.4.c, IV: how each paper of a dossier stands, the appraiser's word on a version, reports that are nearly the same."""

from __future__ import annotations

import hashlib
import json

import pytest
from flask import Flask, current_app

from models.db import transaction
from models.documents import DocumentVersion
from models.dossiers import Dossier, Nominee
from models.vocabulary import DocumentKind, DossierState, Step, Verdict
from tests.actors import DEPARTMENT, bring, home, last_entry, usual_actor, usual_step
from tests.builders import at, step
from web.filters import paper_status
from workflow.acts import ActRefused
from workflow.document_appraisal import Slot, appraise, reports_alike, slots_of
from workflow.nominees import Individual, name_individuals
from workflow.papers import Paper, file_paper
from workflow.rules.likeness import sketch_of

WHEN = at("2022-01-18 09:00")
LATER = at("2022-01-26 09:00")
S, K = DossierState, DocumentKind


def file(dossier: Dossier, slot: Slot, name: str, sketch: str = "") -> None:
    paper = Paper(name, "application/pdf", 10, hashlib.sha256(name.encode()).hexdigest(), sketch=sketch)
    with transaction():
        file_paper(dossier, slot.kind, slot.nominee, paper, actor=usual_actor(dossier, Step.SUBMIT), at=WHEN)


def submitted() -> Dossier:
    """A department's dossier with its three papers, submitted."""
    dossier = bring(DEPARTMENT, S.SELECTED)
    for slot in slots_of(dossier):
        file(dossier, slot, f"{slot.name}.pdf")
    usual_step(dossier, Step.SUBMIT)
    return dossier


def say(dossier: Dossier, version: DocumentVersion, verdict: Verdict, comment: str = "") -> object:
    with transaction():
        return appraise(dossier, version, verdict, comment, actor=home(), at=LATER)


def words_of(dossier: Dossier) -> list[str]:
    """How the papers stand, on a page in Vietnamese."""
    with current_app.test_request_context():
        return [paper_status(slot)[0] for slot in slots_of(dossier)]


def test_each_paper_is_missing_then_filed_then_appraised_then_filed_anew(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    stages = [words_of(dossier)]
    for slot in slots_of(dossier):
        file(dossier, slot, f"{slot.name}.pdf")
    stages.append(words_of(dossier))
    usual_step(dossier, Step.SUBMIT)
    letter, minutes, report = (slot.document for slot in slots_of(dossier))
    assert letter
    assert minutes
    assert report
    say(dossier, letter.latest, Verdict.TO_MEND, "Thiếu số và ngày.")
    say(dossier, minutes.latest, Verdict.PASSED)
    stages.append(words_of(dossier))
    usual_step(dossier, Step.SEND_BACK)
    file(dossier, slots_of(dossier)[0], "to-trinh-2.pdf")
    stages.append(words_of(dossier))

    assert stages == [
        ["Chưa có", "Chưa có", "Chưa có"],
        ["Đã nộp", "Đã nộp", "Đã nộp"],
        ["Cần sửa", "Đạt", "Đã nộp"],
        ["Đã nộp", "Đạt", "Đã nộp"],
    ]
    assert [version.verdict.comment if version.verdict else None for version in letter.versions] == ["Thiếu số và ngày.", None]


def test_a_word_is_recorded_once_and_the_last_one_counts(ranked_app: Flask) -> None:
    dossier = submitted()
    version = dossier.documents[0].latest

    first, again = say(dossier, version, Verdict.TO_MEND, "Thiếu dấu."), say(dossier, version, Verdict.TO_MEND, "Thiếu dấu.")
    last = say(dossier, version, Verdict.PASSED, "Đã xem bản gốc.")

    entry = last_entry()
    assert (first is None, again, last is None) == (False, None, False)
    assert [word.verdict for word in version.verdicts] == [Verdict.TO_MEND, Verdict.PASSED]
    assert version.verdict is version.verdicts[-1]
    assert (entry.action, entry.dossier_id) == ("document.appraise", dossier.id)
    assert json.loads(entry.detail or "")["verdict"] == "passed"


def test_what_must_be_mended_is_said_only_with_a_comment(ranked_sqlite_app: Flask) -> None:
    dossier = submitted()

    with pytest.raises(ActRefused, match="mending_unexplained"):
        say(dossier, dossier.documents[0].latest, Verdict.TO_MEND)

    assert dossier.documents[0].latest.verdict is None


def test_only_a_submitted_dossiers_papers_in_force_are_appraised(ranked_sqlite_app: Flask) -> None:
    dossier = submitted()
    usual_step(dossier, Step.SEND_BACK)
    old = dossier.documents[0].latest
    with pytest.raises(ActRefused, match="not_appraising"):
        say(dossier, old, Verdict.PASSED)
    file(dossier, slots_of(dossier)[0], "to-trinh-2.pdf")
    step(dossier, Step.SUBMIT, usual_actor(dossier, Step.SUBMIT), at("2022-02-08 09:00"), fewer_reason="Chỉ đề nghị tập thể.")

    with pytest.raises(ActRefused, match="version_replaced"):
        say(dossier, old, Verdict.PASSED)


def with_two_people(first: str, second: str, *, same_file: bool = False) -> Dossier:
    """A dossier with the reports of two people, told by their texts."""
    dossier = bring(DEPARTMENT, S.SELECTED)
    people = [Individual(name, "Chuyên viên", "Sở Tư pháp", "good", reform_excellent=True, direct=True) for name in ("An", "Bích")]
    with transaction():
        name_individuals(dossier, people, actor=usual_actor(dossier, Step.SUBMIT), at=WHEN)
    reports = [slot for slot in slots_of(dossier) if slot.nominee and slot.nominee.full_name in {"An", "Bích"}]
    for slot, text in zip(reports, (first, second), strict=True):
        file(dossier, slot, "chung.pdf" if same_file else f"{slot.name}.pdf", sketch_of(text))
    return dossier


LONG = " ".join(f"đã giải quyết hồ sơ thủ tục hành chính số {n} đúng hạn" for n in range(30))
OTHER = " ".join(f"mở lớp tập huấn thứ {n} cho cán bộ xã vùng sâu vùng xa" for n in range(30))


def test_reports_that_are_nearly_the_same_are_named_in_pairs(ranked_sqlite_app: Flask) -> None:
    dossier = with_two_people(f"Họ và tên: An. {LONG}", f"Họ và tên: Bích. {LONG}")

    assert reports_alike(dossier) == [("An", "Bích")]


def test_reports_of_different_work_and_scanned_ones_are_not_alike_unless_they_are_the_same_file(ranked_sqlite_app: Flask) -> None:
    assert reports_alike(with_two_people(LONG, OTHER)) == []


def test_the_same_scanned_file_for_two_people_is_found(ranked_sqlite_app: Flask) -> None:
    assert reports_alike(with_two_people("", "", same_file=True)) == [("An", "Bích")]


def test_reports_filed_for_people_who_left_are_compared_no_more(ranked_sqlite_app: Flask) -> None:
    dossier = with_two_people(LONG, LONG)

    with transaction():
        name_individuals(dossier, [], actor=usual_actor(dossier, Step.SUBMIT), at=WHEN)

    assert reports_alike(dossier) == []
    assert all(isinstance(nominee, Nominee) for nominee in dossier.nominees)

"""III.4.b, III.4.c: filing and sharing papers, naming the people put forward, while a dossier is being prepared."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from models.db import transaction
from models.dossiers import Dossier, Nominee
from models.vocabulary import DocumentKind, DossierState, Step
from tests.actors import COMMUNE, DEPARTMENT, USUAL, bring, campaign_2021, last_entry, usual_actor, usual_step
from tests.builders import at, dossier_of, hold_council, individuals_of, step
from workflow.acts import ActRefused
from workflow.nominees import Individual, name_individuals
from workflow.papers import Paper, file_paper, share_paper, shareable_papers

WHEN = at("2022-01-18 09:00")
S, K = DossierState, DocumentKind


def file(dossier: Dossier, kind: DocumentKind, name: str, nominee: Nominee | None = None) -> None:
    paper = Paper(name, "application/pdf", 10, hashlib.sha256(name.encode()).hexdigest())
    actor = usual_actor(dossier, Step.SUBMIT)
    with transaction():
        file_paper(dossier, kind, nominee, paper, actor=actor, at=WHEN)


def name(dossier: Dossier, *people: str) -> None:
    individuals = [Individual(p, "Chuyên viên", "Sở Tư pháp", "good", reform_excellent=True, direct=True) for p in people]
    actor = usual_actor(dossier, Step.SUBMIT)
    with transaction():
        name_individuals(dossier, individuals, actor=actor, at=WHEN)


def test_a_paper_filed_again_is_a_new_version_and_the_old_one_stays(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    file(dossier, K.MINUTES, "bien-ban.pdf")
    file(dossier, K.MINUTES, "bien-ban-2.pdf")

    (document,) = dossier.documents
    assert [(version.number, version.file_name) for version in document.versions] == [(1, "bien-ban.pdf"), (2, "bien-ban-2.pdf")]
    assert last_entry().action == "document.upload"


def test_a_nominee_may_have_several_papers_of_evidence(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    collective = dossier.nominees[0]

    file(dossier, K.EVIDENCE, "bang-diem.pdf", collective)
    file(dossier, K.EVIDENCE, "sang-kien.pdf", collective)

    assert [document.latest.file_name for document in dossier.documents] == ["bang-diem.pdf", "sang-kien.pdf"]


def test_a_report_is_of_a_nominee_of_this_dossier(ranked_sqlite_app: Flask) -> None:
    dossier, stranger = bring(DEPARTMENT, S.SELECTED), dossier_of(campaign_2021(), "STC").nominees[0]

    for nominee in (None, stranger):
        with pytest.raises(ActRefused, match="nominee_unknown"):
            file(dossier, K.ACHIEVEMENT_REPORT, "bao-cao.pdf", nominee)

    assert dossier.documents == []


@pytest.mark.parametrize("state", [S.RANKED, S.SUBMITTED, S.WITHDRAWN])
def test_papers_and_people_are_fixed_unless_the_dossier_is_being_prepared(ranked_sqlite_app: Flask, state: DossierState) -> None:
    dossier = bring(DEPARTMENT, state)

    with pytest.raises(ActRefused, match="not_filing"):
        file(dossier, K.MINUTES, "bien-ban.pdf")
    with pytest.raises(ActRefused, match="not_filing"):
        name(dossier, "Nguyễn Văn An")


def test_the_same_file_again_is_no_new_version_and_not_recorded(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    file(dossier, K.MINUTES, "bien-ban.pdf")
    file(dossier, K.EVIDENCE, "bang-diem.pdf")
    before = last_entry().seq

    file(dossier, K.MINUTES, "bien-ban.pdf")
    file(dossier, K.EVIDENCE, "bang-diem.pdf")

    assert [len(document.versions) for document in dossier.documents] == [1, 1]
    assert last_entry().seq == before


def test_the_files_of_a_dossier_take_up_no_more_than_its_room(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    actor = usual_actor(dossier, Step.SUBMIT)
    small, large = (Paper("a.pdf", "application/pdf", size, "a" * 63 + str(size % 10)) for size in (3, 8))

    with transaction():
        file_paper(dossier, K.MINUTES, None, small, actor=actor, at=WHEN, room=10)
    with pytest.raises(ActRefused, match="dossier_full"), transaction():
        file_paper(dossier, K.MINUTES, None, large, actor=actor, at=WHEN, room=10)

    assert [version.size for version in dossier.documents[0].versions] == [3]


def test_a_shared_paper_that_another_dossier_has_sent_does_not_change_there(ranked_app: Flask) -> None:
    district, commune = bring("906", S.SELECTED), bring(COMMUNE, S.SELECTED)
    file(district, K.MINUTES, "bien-ban.pdf")
    (minutes,) = district.documents
    with transaction():
        share_paper(commune, minutes, actor=usual_actor(commune, Step.SUBMIT), at=WHEN)
    for nominee in district.nominees:
        file(district, K.ACHIEVEMENT_REPORT, "bao-cao.pdf", nominee)
    file(district, K.PROPOSAL_LETTER, "to-trinh.pdf")
    usual_step(district, Step.SUBMIT)

    file(commune, K.MINUTES, "bien-ban-2.pdf")

    kept, own = ([d.latest.file_name for d in dossier.documents if d.kind is K.MINUTES] for dossier in (district, commune))
    assert (kept, own) == (["bien-ban.pdf"], ["bien-ban-2.pdf"])


def test_evidence_is_listed_by_the_name_of_its_file_and_other_papers_by_their_kind(ranked_sqlite_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)

    file(dossier, K.EVIDENCE, "Bảng điểm năm 2021.pdf")
    file(dossier, K.MINUTES, "bien-ban.pdf")

    assert [document.title for document in dossier.documents] == ["Bảng điểm năm 2021", "Biên bản họp Hội đồng"]


def test_a_districts_minutes_serve_its_commune_too(ranked_app: Flask) -> None:
    district, commune = bring("906", S.SELECTED), bring(COMMUNE, S.SELECTED)
    file(district, K.MINUTES, "bien-ban.pdf")
    (minutes,) = shareable_papers(commune)

    actor = usual_actor(commune, Step.SUBMIT)
    for _twice in range(2):
        with transaction():
            share_paper(commune, minutes, actor=actor, at=WHEN)

    assert commune.documents == district.documents == [minutes]
    assert shareable_papers(commune) == []


def test_a_paper_is_not_shared_with_a_dossier_that_has_its_own(ranked_sqlite_app: Flask) -> None:
    district, commune = bring("906", S.SELECTED), bring(COMMUNE, S.SELECTED)
    file(district, K.MINUTES, "bien-ban.pdf")
    file(commune, K.MINUTES, "bien-ban-xa.pdf")

    assert shareable_papers(commune) == []


@pytest.mark.parametrize(("code", "people"), [(DEPARTMENT, ("An", "Bình", "Châu")), (COMMUNE, ("An", "Bình"))])
def test_no_more_people_are_named_than_the_quota(ranked_sqlite_app: Flask, code: str, people: tuple[str, ...]) -> None:
    dossier = bring(code, S.SELECTED)

    with pytest.raises(ActRefused, match="too_many_individuals"):
        name(dossier, *people)

    assert individuals_of(dossier) == []


def test_a_person_is_named_once_in_the_campaign(ranked_sqlite_app: Flask) -> None:
    first, second = bring(DEPARTMENT, S.SELECTED), bring("STC", S.SELECTED)
    name(first, "Nguyễn Văn An")

    with pytest.raises(ActRefused, match="named_twice"):
        name(second, "NGUYỄN VĂN AN")
    with pytest.raises(ActRefused, match="named_twice"):
        name(second, "Trần Thị Bình", "Trần Thị Bình")

    assert individuals_of(second) == []


def test_a_person_who_stays_keeps_their_report(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    name(dossier, "Nguyễn Văn An", "Trần Thị Bình")
    file(dossier, K.ACHIEVEMENT_REPORT, "bao-cao-an.pdf", dossier.nominees[1])

    name(dossier, "Nguyễn Văn An", "Lê Thị Châu")

    assert individuals_of(dossier) == ["Nguyễn Văn An", "Lê Thị Châu"]
    assert [document.nominee_id for document in dossier.documents] == [dossier.nominees[1].id]


def test_the_report_of_a_person_who_leaves_is_taken_out_of_the_dossier(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    name(dossier, "Nguyễn Văn An")
    file(dossier, K.ACHIEVEMENT_REPORT, "bao-cao-an.pdf", dossier.nominees[1])

    name(dossier, "Lê Thị Châu")

    assert individuals_of(dossier) == ["Lê Thị Châu"]
    assert dossier.documents == []


def test_a_person_on_whom_the_council_has_voted_can_be_replaced_after_a_return(ranked_app: Flask) -> None:
    dossier = bring(DEPARTMENT, S.SELECTED)
    name(dossier, "Nguyễn Văn An")
    usual_step(dossier, Step.SUBMIT)
    hold_council(campaign_2021(), [dossier], at("2022-01-26 09:00"))
    answers = USUAL[Step.SEND_BACK].answers
    step(dossier, Step.SEND_BACK, usual_actor(dossier, Step.SEND_BACK), at("2022-01-27 09:00"), **answers)

    name(dossier, "Lê Thị Châu")

    assert individuals_of(dossier) == ["Lê Thị Châu"]

"""One dossier from registration to the Chairman's decision, by the road that pages and commands take."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from audit import verify
from models.db import db
from models.outbox import Notice
from models.vocabulary import DossierState, LetterName, Role, Step
from tests.actors import assert_all_agrees
from tests.builders import actor_of, at, dossier_of, file_papers, hold_council, open_2021, publish, register, rule, step


def test_a_department_goes_from_registration_to_the_certificate(app: Flask) -> None:
    campaign = open_2021()
    register(campaign, "STP")
    publish(campaign, {"STP": "excellent", "STC": "good"})
    rule(campaign)
    officer, home = actor_of("STP"), actor_of("SNV", Role.HOME_AFFAIRS)
    secretary = actor_of("SNV", Role.COUNCIL_SECRETARY)
    dossier = dossier_of(campaign, "STP")
    assert dossier.state is DossierState.RANKED

    step(dossier, Step.SELECT, home, at("2022-01-17 09:00"))
    file_papers(dossier, at("2022-01-20 09:00"))
    step(dossier, Step.SUBMIT, officer, at("2022-01-25 09:00"), fewer_reason="Chỉ đề nghị tập thể.")
    hold_council(campaign, [dossier], at("2022-02-15 09:00"))
    step(dossier, Step.REVIEW, secretary, at("2022-02-15 15:00"))
    step(dossier, Step.FORWARD, home, at("2022-02-18 09:00"), number="30/TTr-SNV", date=at("2022-02-18 09:00").date())
    awarded = frozenset(nominee.id for nominee in dossier.nominees)
    step(dossier, Step.AWARD, home, at("2022-03-01 09:00"), number="500/QĐ-UBND", date=at("2022-02-28 09:00").date(), awarded=awarded)

    assert dossier.state is DossierState.AWARDED
    letters = list(db.session.scalars(select(Notice.letter).where(Notice.dossier_id == dossier.id).order_by(Notice.id)))
    assert letters == [
        LetterName.RANKING_PUBLISHED,
        LetterName.SELECTED,
        LetterName.SUBMITTED,
        LetterName.REVIEWED,
        LetterName.FORWARDED,
        LetterName.AWARDED,
    ]
    assert verify().intact
    assert_all_agrees()

"""What is read for many dossiers at once says the same as what each step reads for itself; a reason for unused places is kept once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models.db import db, transaction
from models.dossiers import Dossier
from models.vocabulary import DossierState, Role, Step
from tests.actors import bring, campaign_2021, home, last_entry
from tests.builders import actor_of, at, unit_of
from workflow.acts import ActRefused
from workflow.conditions import result_recorded
from workflow.machine import transitions
from workflow.procedure import DossierProcedure
from workflow.proposals import EAGER, Question, answers_of, places_of, proposals_for
from workflow.selection import explain_unused
from workflow.situation import Situation

WHEN = at("2022-01-17 09:00")


def test_many_at_once_are_judged_as_each_alone(ranked_app: Flask) -> None:
    bring("30904", DossierState.SELECTED)
    bring("STC", DossierState.SUBMITTED)
    campaign, requirements = campaign_2021(), transitions(DossierProcedure)[DossierState.RANKED, Step.SELECT].requirements
    for actor in (home(), actor_of("906"), actor_of("TTR", Role.AUDITOR)):
        dossiers = db.session.scalars(select(Dossier).join(Dossier.campaign_unit).options(*EAGER)).unique().all()

        together = {p.dossier.code: p for p in proposals_for(campaign, dossiers, actor=actor, at=WHEN)}

        for dossier in dossiers:
            alone, proposal = Situation(dossier, actor, WHEN, Step.SELECT), together[dossier.code]
            assert list(proposal.objections) == requirements.objections(alone)
            assert proposal.answers == answers_of(alone)
            assert (proposal.situation.places, result_recorded(proposal.situation)) == (alone.places, result_recorded(alone))
    assert len(together) > 15


def test_each_kind_is_asked_what_its_criterion_asks(ranked_app: Flask) -> None:
    campaign = campaign_2021()
    dossiers = db.session.scalars(select(Dossier).join(Dossier.campaign_unit).options(*EAGER)).unique().all()

    found = {p.dossier.code: {a.question: a.met for a in p.answers} for p in proposals_for(campaign, dossiers, actor=home(), at=WHEN)}

    common = {Question.REGISTERED: True, Question.FOLLOWS_LAW: True, Question.IS_UNITED: True}
    assert found["2021-STP"] == common | {Question.INDEX: True}
    assert found["2021-SXD"] == common | {Question.INDEX: False}
    assert found["2021-30904"] == common | {Question.RECOGNISED: True}
    assert found["2021-30913"] == common | {Question.RECOGNISED: None}
    assert found["2021-SNV-CCHC"] == common | {Question.RATED: True, Question.PROGRESS: True}
    assert found["2021-PNV-906"] == common | {Question.RATED: True, Question.PARENT_INDEX: True}
    assert found["2021-PNV-908"] == common | {Question.RATED: None, Question.PARENT_INDEX: False}


def test_places_count_who_holds_one(ranked_app: Flask) -> None:
    campaign = campaign_2021()
    bring("30904", DossierState.LAPSED)
    bring("30907", DossierState.WITHDRAWN)
    bring("30985", DossierState.NOT_RECOMMENDED)

    owned = {p.owner.unit.code: (p.used, p.quota, p.left) for p in places_of(campaign).values()}

    assert (owned["906"], owned["908"], owned["903"]) == ((1, 2, 1), (1, 1, 0), (0, 2, 2))
    assert sum(quota for _used, quota, _left in owned.values()) == 17


def test_a_reason_for_unused_places_is_recorded_once_by_the_district(ranked_app: Flask) -> None:
    campaign, district = campaign_2021(), actor_of("906")
    with transaction():
        explain_unused(unit_of(campaign, "906"), "Không có xã đạt.", actor=district, at=WHEN)

    assert (last_entry().action, last_entry().campaign_id) == ("quota.explain", campaign.id)
    assert places_of(campaign)[unit_of(campaign, "906").id].reason == "Không có xã đạt."
    for code, actor, objection in (
        ("906", district, "unused_explained"),
        ("STP", home(), "no_places"),
        ("908", home(), "places_of_another"),
    ):
        with pytest.raises(ActRefused) as caught, transaction():
            explain_unused(unit_of(campaign, code), "Lý do.", actor=actor, at=WHEN)
        assert [o.code for o in caught.value.objections] == [objection]
    bring("30985", DossierState.SELECTED)
    with pytest.raises(ActRefused) as caught, transaction():
        explain_unused(unit_of(campaign, "908"), "Lý do.", actor=actor_of("908"), at=WHEN)
    assert [o.code for o in caught.value.objections] == ["places_all_used"]

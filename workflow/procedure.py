"""Plan 37/KH-UBND, sections II to IV, as states and steps. Read it beside the plan; there is nothing else in this module."""

from __future__ import annotations

from statemachine import State

from models.dossiers import Dossier
from models.vocabulary import DossierState, Relation, Role
from workflow.conditions import (
    awarded_are_nominees,
    awards_somebody,
    criteria_answered,
    criterion_met,
    dated_by_now,
    documents_complete,
    due_date_ahead,
    due_date_past,
    every_vote_recorded,
    head_attests,
    individuals_eligible,
    individuals_within_quota,
    no_conflict,
    quota_holds,
    quota_left,
    ranking_announced,
    recommends_nobody,
    recommends_somebody,
    result_recorded,
    second_officer_consents,
    session_held,
    unused_places_explained,
    warnings_confirmed,
    within_window,
    year_ruled,
)
from workflow.machine import Procedure, asks, by, requires

RECEIVING_OFFICE = by((Role.HOME_AFFAIRS, Relation.ANY))
CHOOSERS = by((Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE), (Role.OFFICER, Relation.COMPILES))
SUBMITTING_UNIT = by((Role.OFFICER, Relation.SUBMITS))
COLLECTIVE_OR_SUBMITTING_UNIT = by((Role.OFFICER, Relation.OWN), (Role.OFFICER, Relation.SUBMITS))
COUNCIL = by((Role.COUNCIL_SECRETARY, Relation.ANY))
CORRECTION = requires("procedure", RECEIVING_OFFICE, asks("reason"), second_officer_consents)


class DossierProcedure(Procedure[Dossier]):
    """One dossier's way from the registration of a collective to the Chairman of the provincial People's Committee."""

    registered = State("Đã đăng ký", value=DossierState.REGISTERED, initial=True)
    ranked = State("Đã xếp hạng", value=DossierState.RANKED)
    selected = State("Được chọn", value=DossierState.SELECTED)
    submitted = State("Đã nộp hồ sơ", value=DossierState.SUBMITTED)
    reviewed = State("Hội đồng đã xét", value=DossierState.REVIEWED)
    forwarded = State("Đã trình Chủ tịch UBND tỉnh", value=DossierState.FORWARDED)
    not_selected = State("Không được chọn", value=DossierState.NOT_SELECTED)
    not_recommended = State("Hội đồng không đề nghị", value=DossierState.NOT_RECOMMENDED)
    lapsed = State("Quá hạn, không nộp", value=DossierState.LAPSED)
    awarded = State("Được tặng bằng khen", value=DossierState.AWARDED, final=True)
    not_awarded = State("Không được tặng bằng khen", value=DossierState.NOT_AWARDED, final=True)
    withdrawn = State("Đã rút", value=DossierState.WITHDRAWN, final=True)

    # III.1.a, III.4.a - the result that the collective's criterion needs is there
    rank = registered.to(ranked, validators=requires("III.4.a", CHOOSERS, (), result_recorded))

    # III.4.a - selection after the announcement; communes by their district, within its quota
    select = ranked.to(
        selected,
        validators=requires("III.4.a", CHOOSERS, (), ranking_announced, year_ruled, head_attests, criterion_met, quota_left, no_conflict),
    )
    pass_over = not_selected.from_(registered, ranked, validators=requires("III.4.a", CHOOSERS, asks("reason"), no_conflict))

    # II.3, III.4.b, III.4.c - the set of papers, within the window
    submit = selected.to(
        submitted,
        validators=requires(
            "III.4.c",
            SUBMITTING_UNIT,
            asks(optional=["fewer_reason"]),
            documents_complete,
            year_ruled,
            criterion_met,
            criteria_answered,
            individuals_within_quota,
            individuals_eligible,
            unused_places_explained,
            within_window,
        ),
    )
    # IV - appraisal by home affairs
    send_back = submitted.to(selected, validators=requires("IV", RECEIVING_OFFICE, asks("reason", "due_on"), due_date_ahead))

    # Procedure - the council's session
    review = submitted.to(
        reviewed,
        validators=requires(
            "procedure", COUNCIL, (), session_held, every_vote_recorded, recommends_somebody, warnings_confirmed, no_conflict
        ),
    )
    decline = submitted.to(
        not_recommended,
        validators=requires("procedure", COUNCIL, asks("reason"), session_held, every_vote_recorded, recommends_nobody, no_conflict),
    )

    # III.4.c, IV - to the Chairman, and what he decides (III.3)
    forward = reviewed.to(
        forwarded, validators=requires("IV", RECEIVING_OFFICE, asks("number", "date"), dated_by_now, year_ruled, criterion_met, quota_holds)
    )
    award = forwarded.to(
        awarded,
        validators=requires(
            "III.3", RECEIVING_OFFICE, asks("number", "date", "awarded"), dated_by_now, awarded_are_nominees, awards_somebody
        ),
    )
    refuse = forwarded.to(not_awarded, validators=requires("III.3", RECEIVING_OFFICE, asks("number", "date"), dated_by_now))

    # I.2 - taking part is voluntary
    withdraw = withdrawn.from_(
        registered, ranked, selected, submitted, validators=requires("I.2", COLLECTIVE_OR_SUBMITTING_UNIT, asks("reason"))
    )
    # II.3 - never automatic
    lapse = selected.to(lapsed, validators=requires("II.3", RECEIVING_OFFICE, asks("reason"), due_date_past, no_conflict))

    # Procedure - one step back, by two officers; nothing is deleted
    correct = (
        ranked.to(registered, validators=CORRECTION)
        | selected.to(ranked, validators=CORRECTION)
        | reviewed.to(submitted, validators=CORRECTION)
        | forwarded.to(reviewed, validators=CORRECTION)
        | not_selected.to(ranked, validators=CORRECTION)
        | lapsed.to(selected, validators=CORRECTION)
        | not_recommended.to(submitted, validators=CORRECTION)
    )

"""Conditions of the procedure: each picks values from the situation and asks one rule. No query, no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.localtime import local_day
from workflow.rules import criteria, deadlines, eligibility, quotas, separation
from workflow.rules.objection import Objection

if TYPE_CHECKING:
    from workflow.situation import Situation


def result_recorded(situation: Situation) -> Objection | None:
    """The result that the collective's criterion needs is recorded, and published where it is an index entry."""
    criterion = situation.criterion
    return criteria.lacks_result(
        criterion.needs, situation.announced_results, clause=criterion.clause, year=situation.plan.award_basis_year
    )


def ranking_announced(situation: Situation) -> Objection | None:
    """The province has announced the ranking that the award rests on."""
    return criteria.ranking_not_announced(situation.announcement is not None, situation.plan.award_basis_year)


def year_ruled(situation: Situation) -> Objection | None:
    """Home affairs has ruled which year counts."""
    return criteria.year_not_ruled(situation.ruling is not None)


def head_attests(situation: Situation) -> Objection | None:
    """The head of the body attested what III.1.a asks for on the registration form."""
    form = situation.dossier.registration
    return criteria.not_attested(criteria.Attestation(form.follows_law, form.is_united))


def criterion_met(situation: Situation) -> list[Objection]:
    """The collective meets its criterion for the year that was ruled; nothing is said of it before (year_ruled says why)."""
    if situation.ruling is None:
        return []
    criterion = situation.criterion
    return criteria.criterion_failures(criterion.needs, situation.results, clause=criterion.clause, year=situation.criterion_year)


def quota_left(situation: Situation) -> Objection | None:
    """The quota's owner has a place left for this collective."""
    owner = situation.quota_owner
    return quotas.exceeds_quota(situation.places_taken_by_others + 1, owner.selection_quota, owner.name) if owner else None


def quota_holds(situation: Situation) -> list[Objection]:
    """The quotas still hold: places of the owner, and individuals of the collective."""
    found = [quota_left(situation), individuals_within_quota(situation)]
    return [objection for objection in found if objection]


def no_conflict(situation: Situation) -> Objection | None:
    """The officer does not decide on their own unit, its parent or child, unless a second officer has signed off."""
    return separation.conflict_of_interest(own=situation.own_affair, signed_off=situation.sign_off is not None, unit=situation.unit.name)


def second_officer_consents(situation: Situation) -> Objection | None:
    """A second officer has consented to the correction of the dossier as it stands."""
    return separation.needs_second_officer(situation.sign_off is not None)


def documents_complete(situation: Situation) -> list[Objection]:
    """Every paper that the plan asks for is there, a report for each nominee."""
    found = [
        eligibility.document_missing(paper.kind.value, paper.label, missing) for paper, missing in situation.missing_documents if missing
    ]
    return [objection for objection in found if objection]


def individuals_within_quota(situation: Situation) -> Objection | None:
    """No more individuals than the collective may put forward."""
    return quotas.too_many_individuals(len(situation.individuals), situation.unit.individual_quota)


def individuals_eligible(situation: Situation) -> list[Objection]:
    """Each individual has the rating and the attested reform work that III.1.b asks for."""
    found = [
        criteria.individual_ineligible(
            nominee.full_name,
            rating_sufficient=situation.plan.rating_at_least(nominee.rating, situation.plan.minimum_rating),
            reform_excellent=nominee.reform_excellent,
        )
        for nominee in situation.individuals
    ]
    return [objection for objection in found if objection]


def criteria_answered(situation: Situation) -> list[Objection]:
    """Each nominee has a yes to every criterion of the plan that the record does not answer by itself."""
    found = [eligibility.answer_not_given(asked.label, asked.clause, missing) for asked, missing in situation.unanswered]
    return [objection for objection in found if objection]


def warnings_confirmed(situation: Situation) -> list[Objection]:
    """The appraiser has confirmed every warning about the individuals, with a reason."""
    found = [eligibility.warnings_unconfirmed(nominee.full_name, warnings) for nominee, warnings in situation.unconfirmed_warnings]
    return [objection for objection in found if objection]


def unused_places_explained(situation: Situation) -> Objection | None:
    """Fewer individuals than the quota come with a reason, given now or kept from an earlier submission."""
    reason = situation.request.fewer_reason if situation.request else ""
    if situation.request is None:
        return None
    return quotas.fewer_unexplained(len(situation.individuals), situation.unit.individual_quota, reason or situation.dossier.fewer_reason)


def within_window(situation: Situation) -> Objection | None:
    """The latest of due date, extension and supplement date has not passed."""
    return deadlines.window_closed(situation.at, situation.dossier.due_on)


def due_date_past(situation: Situation) -> Objection | None:
    """The latest due date has passed."""
    return deadlines.window_still_open(situation.at, situation.dossier.due_on)


def due_date_ahead(situation: Situation) -> Objection | None:
    """The due date that the officer sets has not passed yet."""
    request = situation.request
    return deadlines.due_in_past(request.due_on, local_day(situation.at)) if request and request.due_on else None


def dated_by_now(situation: Situation) -> Objection | None:
    """The document that the officer names is dated today or earlier."""
    request = situation.request
    return eligibility.date_in_future("date") if request and request.date and request.date > local_day(situation.at) else None


def session_held(situation: Situation) -> list[Objection]:
    """The dossier was on the agenda of a session with quorum and minutes."""
    item = situation.agenda_item
    session = item.session if item else None
    return eligibility.session_not_held(
        held=session is not None,
        present=session.members_present if session else 0,
        quorum=session.quorum if session else 1,
        has_minutes=bool(session and session.minutes_number and session.minutes_date),
    )


def every_vote_recorded(situation: Situation) -> Objection | None:
    """The session's result names every nominee."""
    voted = {vote.nominee_id for vote in situation.votes}
    return eligibility.votes_missing([nominee.full_name for nominee in situation.dossier.nominees if nominee.id not in voted])


def recommends_somebody(situation: Situation) -> Objection | None:
    """The council recommends at least one nominee."""
    return eligibility.nobody_recommended(sum(vote.recommended for vote in situation.votes))


def recommends_nobody(situation: Situation) -> Objection | None:
    """The council recommends none of the nominees."""
    return eligibility.somebody_recommended(sum(vote.recommended for vote in situation.votes))


def awarded_are_nominees(situation: Situation) -> Objection | None:
    """Only nominees whom the council recommended are awarded."""
    if situation.request is None or situation.request.awarded is None:
        return None
    recommended = {nominee.id for nominee in situation.dossier.nominees if nominee.recommended}
    return eligibility.awarded_unknown(len(situation.request.awarded - recommended))


def awards_somebody(situation: Situation) -> Objection | None:
    """The decision awards at least one nominee."""
    if situation.request is None:
        return None
    return eligibility.nobody_awarded(len(situation.request.awarded or ()))

"""Who is put forward beside the collective (III.4.b). What is asked of each of them is in workflow/criteria_answers.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from audit.actions import Action
from models.db import db
from models.dossiers import Dossier, Nominee
from models.people import Actor
from models.vocabulary import DocumentKind, DossierState, NomineeKind
from workflow.acts import not_filing, record_on_dossier, refuse_if
from workflow.rules.eligibility import person_key
from workflow.rules.objection import Objection, Place
from workflow.rules.quotas import too_many_individuals


@dataclass(frozen=True, slots=True)
class Individual:
    """A person put forward, with the answers that III.1.b asks for; `direct` is shown to the council and bars nobody.

    `assignment` names the document that gives them reform work (II.2.b); it, or direct work, is what is recorded of that.
    """

    full_name: str
    position: str
    workplace: str
    rating: str
    reform_excellent: bool
    direct: bool
    civil_servant: bool = True
    assignment: str = ""


def name_individuals(dossier: Dossier, individuals: Sequence[Individual], *, actor: Actor, at: datetime, key: str | None = None) -> None:
    """III.4.b: name the people put forward, in the place of those named before. Raises ActRefused beyond the quota, for a person named
    twice, or for one already put forward by another dossier of the campaign (same name and workplace).

    A person who stays keeps their report; the report of one who leaves is detached from the dossier, its versions stay in the store.
    """
    taken = _named_elsewhere(dossier)
    keys = [person_key(person.full_name, person.workplace) for person in individuals]
    refuse_if(
        not_filing(dossier),
        too_many_individuals(len(individuals), dossier.campaign_unit.individual_quota),
        *(
            Objection("named_twice", {"name": p.full_name}, "III.4.b", Place.NOMINEES)
            for p, k in zip(individuals, keys, strict=True)
            if k in taken
        ),
        *(
            Objection("named_twice", {"name": p.full_name}, "III.4.b", Place.NOMINEES)
            for n, p in enumerate(individuals)
            if keys[n] in keys[:n]
        ),
    )
    staying = {person_key(n.full_name, n.workplace): n for n in dossier.nominees if n.kind is NomineeKind.INDIVIDUAL}
    for known, nominee in staying.items():
        if known not in keys:
            _detach_reports(dossier, nominee)
            nominee.left_at = at
    for person, known in zip(individuals, keys, strict=True):
        if known not in staying:
            staying[known] = Nominee(dossier_id=dossier.id, kind=NomineeKind.INDIVIDUAL, full_name=person.full_name)
            db.session.add(staying[known])
        nominee = staying[known]
        nominee.position, nominee.workplace = person.position, person.workplace
        nominee.rating, nominee.reform_excellent, nominee.direct = person.rating, person.reform_excellent, person.direct
        nominee.civil_servant, nominee.assignment = person.civil_servant, person.assignment
    dossier.people_changed_at = at
    db.session.flush()
    db.session.expire(dossier, ["nominees"])
    detail = {
        "individuals": [
            {
                "name": p.full_name,
                "position": p.position,
                "workplace": p.workplace,
                "rating": p.rating,
                "reform": p.reform_excellent,
                "direct": p.direct,
                "civil_servant": p.civil_servant,
                "assignment": p.assignment,
            }
            for p in individuals
        ]
    }
    record_on_dossier(Action.DOSSIER_NOMINEES, dossier, detail, clause="III.4.b", actor=actor, at=at, key=key)


def _named_elsewhere(dossier: Dossier) -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(Nominee.full_name, Nominee.workplace)
        .join(Nominee.dossier)
        .where(
            Dossier.campaign_id == dossier.campaign_id,
            Dossier.id != dossier.id,
            Dossier.state.not_in((DossierState.WITHDRAWN, DossierState.NOT_SELECTED, DossierState.LAPSED)),
            Nominee.kind == NomineeKind.INDIVIDUAL,
            Nominee.left_at.is_(None),
        )
    )
    return {person_key(name, workplace) for name, workplace in rows}


def _detach_reports(dossier: Dossier, nominee: Nominee) -> None:
    for document in [d for d in dossier.documents if d.nominee_id == nominee.id]:
        dossier.documents.remove(document)
        document.kind, document.nominee_id = DocumentKind.EVIDENCE, None
    db.session.flush()

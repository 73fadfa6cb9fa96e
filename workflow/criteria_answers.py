"""Answers to the criteria of the plan for each nominee (III.1): what the unit states and shows, what the appraiser finds (IV)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.actions import Action
from models.db import db
from models.dossiers import Dossier, Nominee, NomineeAnswer, WarningConfirmation
from models.people import Actor
from models.plan import NomineeCriterion
from models.vocabulary import AnswerCheck, DocumentKind, DossierState, NomineeWarning
from workflow.acts import not_filing, record_on_dossier, refuse_if
from workflow.rules.objection import Objection, Place
from workflow.situation import Situation


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """One cell of the appraisal: a nominee, a criterion, what the record answers (None: nothing) and what people said of it."""

    nominee: Nominee
    criterion: NomineeCriterion
    recorded: bool | None
    given: NomineeAnswer | None

    @property
    def stated(self) -> bool | None:
        """The answer: the record's where it has one, else the unit's; None while nobody has answered."""
        return self.recorded if self.recorded is not None else self.given.stated if self.given else None

    @property
    def checked(self) -> AnswerCheck | None:
        """What the appraiser found."""
        return self.given.checked if self.given else None

    @property
    def stale(self) -> bool:
        """Whether the unit has changed its answer since the appraiser looked at it."""
        given = self.given
        return bool(given and given.checked_at and given.stated_at and given.stated_at > given.checked_at)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the unit says to one criterion: yes or no where the record is silent, its words, the documents that show it."""

    stated: bool | None
    text: str
    evidence: frozenset[int]


NOTHING = Statement(None, "", frozenset())


@dataclass(frozen=True, slots=True)
class Finding:
    """What the appraiser finds on one answer; a doubt comes with its reason."""

    nominee_id: int
    criterion: str
    checked: AnswerCheck
    reason: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A warning about a person that the appraiser lets stand, and why."""

    nominee_id: int
    warning: NomineeWarning
    reason: str


def cells_of(situation: Situation, nominee: Nominee) -> list[CriterionAnswer]:
    """The answers of a nominee in the plan's order."""
    given = {answer.criterion: answer for answer in nominee.answers}
    return [
        CriterionAnswer(nominee, asked, situation.on_record(nominee, asked.fact) if asked.fact else None, given.get(asked.code))
        for asked in situation.plan.asked_of(nominee.kind)
    ]


def state_answers(nominee: Nominee, statements: Mapping[str, Statement], *, actor: Actor, at: datetime, key: str | None = None) -> None:
    """III.1: the unit answers the criteria for a nominee and links the evidence; an answer that it changes is to be checked anew.

    Raises ActRefused when the dossier is not being prepared, or when a document is not one of its evidence.
    """
    dossier = nominee.dossier
    papers = {document.id: document for document in dossier.documents if document.kind is DocumentKind.EVIDENCE}
    unknown = any(statement.evidence - papers.keys() for statement in statements.values())
    refuse_if(
        not_filing(dossier),
        None if nominee in dossier.nominees else Objection("nominee_unknown", {}),
        Objection("evidence_unknown", {}, "III.4.c", Place.DOCUMENTS) if unknown else None,
    )
    changed = []
    for asked in dossier.campaign.plan.asked_of(nominee.kind):
        statement = statements.get(asked.code)
        if statement is None or (statement == NOTHING and not any(answer.criterion == asked.code for answer in nominee.answers)):
            continue
        row = _row(nominee, asked.code)
        if (row.stated, row.text, frozenset(document.id for document in row.evidence)) == (
            statement.stated,
            statement.text,
            statement.evidence,
        ):
            continue
        row.stated, row.text, row.evidence = statement.stated, statement.text, [papers[number] for number in sorted(statement.evidence)]
        row.stated_by_id, row.stated_at = actor.user_id, at
        changed.append(_said(asked, statement, row))
    if changed:
        dossier.people_changed_at = at
    db.session.flush()
    detail = {"name": nominee.full_name, "answers": changed}
    record_on_dossier(Action.DOSSIER_ANSWERS, dossier, detail, clause="III.1", actor=actor, at=at, key=key)


def appraise(
    dossier: Dossier,
    findings: Sequence[Finding],
    confirmed: Sequence[Confirmed],
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> None:
    """IV, third dash; II.2.b: home affairs checks the answers of a submitted dossier and confirms warnings, each with its reason.

    What was found before is replaced; the record keeps it. Raises ActRefused when the dossier does not wait for the council.
    """
    open_one = dossier.state is DossierState.SUBMITTED
    people = {nominee.id: nominee for nominee in dossier.nominees}
    strangers = ({row.nominee_id for row in findings} | {row.nominee_id for row in confirmed}) - people.keys()
    refuse_if(
        None if open_one else Objection("not_appraising", {"state": dossier.state.value}, "IV"),
        Objection("nominee_unknown", {}) if strangers else None,
    )
    labels = {asked.code: asked.label for asked in dossier.campaign.plan.nominee_criteria}
    detail: dict[str, Any] = {"checks": [], "warnings": []}
    for finding in findings:
        row = _row(people[finding.nominee_id], finding.criterion)
        stale = bool(row.checked_at and row.stated_at and row.stated_at > row.checked_at)
        if (row.checked, row.check_reason) == (finding.checked, finding.reason) and not stale:
            continue
        row.checked, row.check_reason, row.checked_by_id, row.checked_at = finding.checked, finding.reason, actor.user_id, at
        name, label = people[finding.nominee_id].full_name, labels[finding.criterion]
        detail["checks"].append({"name": name, "criterion": label, "checked": finding.checked.value, "reason": finding.reason})
    for confirmation in confirmed:
        nominee = people[confirmation.nominee_id]
        earlier = next((row for row in nominee.confirmations if row.warning is confirmation.warning), None)
        if earlier is not None and earlier.reason == confirmation.reason:
            continue
        if earlier is None:
            earlier = WarningConfirmation(warning=confirmation.warning)
            nominee.confirmations.append(earlier)
        earlier.reason, earlier.confirmed_by_id, earlier.confirmed_at = confirmation.reason, actor.user_id, at
        detail["warnings"].append({"name": nominee.full_name, "warning": confirmation.warning.value, "reason": confirmation.reason})
    db.session.flush()
    record_on_dossier(Action.DOSSIER_APPRAISE, dossier, detail, clause="IV", actor=actor, at=at, key=key)


def doubts_of(situation: Situation) -> list[CriterionAnswer]:
    """The answers on which the appraiser has a doubt: what a return for supplement is about."""
    doubts = {AnswerCheck.NOT_MET, AnswerCheck.UNCLEAR}
    return [answer for nominee in situation.dossier.nominees for answer in cells_of(situation, nominee) if answer.checked in doubts]


def _row(nominee: Nominee, criterion: str) -> NomineeAnswer:
    found = next((answer for answer in nominee.answers if answer.criterion == criterion), None)
    if found is None:
        found = NomineeAnswer(nominee_id=nominee.id, criterion=criterion, stated=None, text="", check_reason="")
        nominee.answers.append(found)
    return found


def _said(asked: NomineeCriterion, statement: Statement, row: NomineeAnswer) -> dict[str, Any]:
    said: dict[str, Any] = {"criterion": asked.label}
    if statement.stated is not None:
        said["stated"] = statement.stated
    return said | {"text": statement.text, "papers": [document.latest.file_name for document in row.evidence]}

"""A campaign's plan as typed values, read from its data file. Years, quotas, kinds, papers and quoted clauses live in data, not here."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.plan_papers import PaperRule, read_papers
from models.plan_reader import PlanFaulty, Reader
from models.vocabulary import DocumentKind, NomineeFact, NomineeKind, PaperKind, ResultNeed

YEAR_END_OFFSETS = (30, 14, 7, 1)
"""When the year-end report is reminded of by a plan that does not say; its due date is then the last day of the plan's year."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """What the plan gives one kind of unit to do: who compiles its form, selects and submits it, by which criterion and quota."""

    code: str
    label: str
    label_plural: str
    eligible: bool
    registers: str
    compiled_by: str
    quota_owner: str
    submits: str
    individuals: int
    criterion: str
    selection_quota: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the ways a collective qualifies (III.1.a), with the result it rests on and the year the plan names for it."""

    code: str
    clause: str
    label: str
    year: int
    needs: ResultNeed


@dataclass(frozen=True, slots=True)
class NomineeCriterion:
    """What is asked of each nominee of a kind (III.1.a, III.1.b). Where `fact` is named the record answers; else the unit states it."""

    code: str
    of: NomineeKind
    clause: str
    label: str
    fact: NomineeFact | None


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """A paper of the set (III.4.c); `per` says whether each nominee or each submitting unit has one."""

    kind: DocumentKind
    label: str
    per: str
    clause: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A law or decision that the plan rests on, with its validity."""

    code: str
    title: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    """The first day on which it no longer holds."""
    replaced_by: str  # what holds instead, where that is known


@dataclass(frozen=True, slots=True)
class Word:
    """A code of the plan's own vocabulary (rank group, rating) with its label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class QuotaException:
    """A unit whose selection quota differs from its kind's (III.4.a: Giồng Riềng and Hòn Đất)."""

    unit: str
    quota: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan of one campaign."""

    year: int
    number: str
    issued_on: datetime.date
    place: str
    issuer: str
    issuer_unit: str
    home_affairs_unit: str
    receiving_office_unit: str
    title: str
    theme: str
    form_theme: str
    commitment: str
    chairman_title: str
    criteria_index_year: int
    award_basis_year: int
    minimum_rating: str
    registration_due_on: datetime.date
    registration_rolls: bool
    registration_clause: str
    window_days: int
    window_clause: str
    year_end_due_on: datetime.date
    year_end_clause: str
    minimum_notice_days: int
    reminder_time: datetime.time
    quiet_from: datetime.time
    quiet_to: datetime.time
    registration_offsets: tuple[int, ...]
    submission_offsets: tuple[int, ...]
    year_end_offsets: tuple[int, ...]
    overdue_every_days: int
    kinds: Mapping[str, KindRule]
    quota_exceptions: tuple[QuotaException, ...]
    criteria: Mapping[str, Criterion]
    nominee_criteria: tuple[NomineeCriterion, ...]
    rank_groups: tuple[Word, ...]
    ratings: tuple[Word, ...]
    documents: tuple[RequiredDocument, ...]
    legal_bases: tuple[LegalBasis, ...]
    papers: Mapping[PaperKind, PaperRule]
    clauses: Mapping[str, str]
    recipients: tuple[str, ...]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Plan:
        """Read a plan from parsed TOML or from its stored copy. Raises PlanFaulty with everything that is wrong."""
        source = Reader(data)
        registration, submission, reminders = source.table("registration"), source.table("submission"), source.table("reminders")
        report = source.table("year_end") if "year_end" in data else Reader(_year_end(data))
        criteria = [_criterion(row) for row in source.rows("criteria")]
        asked = [_nominee_criterion(row) for row in source.rows("nominee_criteria")] if "nominee_criteria" in data else []
        kinds = [_kind(row, {c.code for c in criteria}) for row in source.rows("kinds")]
        ratings = [_word(row) for row in source.rows("ratings")]
        bases = tuple(_legal_basis(row) for row in source.rows("legal_bases"))
        plan = cls(
            year=source.number("year", 2000, 2200),
            number=source.text("number"),
            issued_on=source.date("issued_on"),
            place=source.text("place"),
            issuer=source.text("issuer"),
            issuer_unit=source.text("issuer_unit"),
            home_affairs_unit=source.text("home_affairs_unit"),
            receiving_office_unit=source.text("receiving_office_unit"),
            title=source.text("title"),
            theme=source.text("theme"),
            form_theme=source.text("form_theme"),
            commitment=source.text("commitment"),
            chairman_title=source.text("chairman_title"),
            criteria_index_year=source.number("criteria_index_year", 2000, 2200),
            award_basis_year=source.number("award_basis_year", 2000, 2200),
            minimum_rating=source.choice("minimum_rating", [word.code for word in ratings]),
            registration_due_on=registration.date("due_on"),
            registration_rolls=registration.flag("roll_to_working_day"),
            registration_clause=registration.text("clause"),
            window_days=submission.number("window_days", 1, 366),
            window_clause=submission.text("clause"),
            year_end_due_on=report.date("due_on"),
            year_end_clause=report.text("clause"),
            minimum_notice_days=submission.number("minimum_notice_days", 0, 366),
            reminder_time=reminders.time("time"),
            quiet_from=reminders.time("quiet_from", datetime.time(20)),
            quiet_to=reminders.time("quiet_to", datetime.time(6, 30)),
            registration_offsets=reminders.offsets("registration"),
            submission_offsets=reminders.offsets("submission"),
            year_end_offsets=reminders.offsets("year_end") if "year_end" in reminders.data else YEAR_END_OFFSETS,
            overdue_every_days=reminders.number("overdue_every_days", 1, 366),
            kinds={kind.code: kind for kind in kinds},
            quota_exceptions=tuple(
                QuotaException(row.text("unit"), row.number("quota", 0, 999)) for row in source.rows("quota_exceptions")
            ),
            criteria={criterion.code: criterion for criterion in criteria},
            nominee_criteria=tuple(asked),
            rank_groups=tuple(_word(row) for row in source.rows("rank_groups")),
            ratings=tuple(ratings),
            documents=tuple(_document(row) for row in source.rows("documents")),
            legal_bases=bases,
            papers=read_papers(source, [basis.code for basis in bases]),
            clauses=source.texts("clauses"),
            recipients=source.lines("recipients"),
        )
        source.twice("kinds", [kind.code for kind in kinds])
        source.twice("criteria", [criterion.code for criterion in criteria])
        source.twice("nominee_criteria", [criterion.code for criterion in asked])
        if source.faults:
            raise PlanFaulty(source.faults)
        return plan

    def asked_of(self, kind: NomineeKind) -> list[NomineeCriterion]:
        """What is asked of a collective, or of an individual, in the plan's order."""
        return [criterion for criterion in self.nominee_criteria if criterion.of is kind]

    @property
    def index_years(self) -> tuple[int, ...]:
        """The years whose index the plan speaks of (III.1.a against III.3), the award's first."""
        resting = {ResultNeed.INDEX, ResultNeed.RATING_PARENT_INDEX}
        named = (criterion.year for criterion in self.criteria.values() if criterion.needs in resting)
        return tuple(dict.fromkeys([self.award_basis_year, self.criteria_index_year, *named]))

    def rating_at_least(self, rating: str, minimum: str) -> bool:
        """Whether a rating is as good as the minimum; the plan lists ratings from best to worst."""
        order = [word.code for word in self.ratings]
        return rating in order and order.index(rating) <= order.index(minimum)

    def paper(self, kind: PaperKind) -> PaperRule:
        """How the campaign words a kind of paper; an empty rule when its plan says nothing."""
        return self.papers.get(kind, PaperRule(kind))

    def bases_of(self, kind: PaperKind) -> list[LegalBasis]:
        """The legal bases that a kind of paper rests on, in the order in which it cites them."""
        known = {basis.code: basis for basis in self.legal_bases}
        return [known[code] for code in self.paper(kind).bases]

    def label_of_group(self, code: str) -> str:
        """The rank group in words; an unknown code is given back as it is."""
        return next((word.label for word in self.rank_groups if word.code == code), code)

    def label_of_rating(self, code: str) -> str:
        """The rating in words; an unknown code is given back as it is."""
        return next((word.label for word in self.ratings if word.code == code), code)


def _criterion(row: Reader) -> Criterion:
    return Criterion(
        row.text("code"),
        row.text("clause"),
        row.text("label"),
        row.number("year", 2000, 2200),
        ResultNeed(row.choice("needs", [need.value for need in ResultNeed]) or ResultNeed.INDEX),
    )


def _nominee_criterion(row: Reader) -> NomineeCriterion:
    fact = row.choice("fact", [fact.value for fact in NomineeFact], "")
    return NomineeCriterion(
        row.text("code"),
        NomineeKind(row.choice("of", [kind.value for kind in NomineeKind]) or NomineeKind.COLLECTIVE),
        row.text("clause"),
        row.text("label"),
        NomineeFact(fact) if fact else None,
    )


def _kind(row: Reader, criteria: set[str]) -> KindRule:
    eligible = row.flag("eligible")
    return KindRule(
        code=row.text("code"),
        label=row.text("label"),
        label_plural=row.text("label_plural", ""),
        eligible=eligible,
        registers=row.choice("registers", ["self", "parent"], "self"),
        compiled_by=row.choice("compiled_by", ["parent", "home_affairs"], "home_affairs"),
        quota_owner=row.text("quota_owner", "") if row.data.get("quota_owner") else "",
        submits=row.choice("submits", ["self", "parent"], "self"),
        individuals=row.number("individuals", 0, 99) if eligible else 0,
        criterion=row.choice("criterion", sorted(criteria)) if eligible else "",
        selection_quota=row.number("selection_quota", 0, 999) if "selection_quota" in row.data else 0,
    )


def _year_end(data: Mapping[str, Any]) -> dict[str, Any]:
    """IV: the report is due with the year; for plans that were stored before they said so."""
    year = data.get("year")
    return {"due_on": f"{year if isinstance(year, int) else 2000}-12-31", "clause": "IV"}


def _word(row: Reader) -> Word:
    return Word(row.text("code"), row.text("label"))


def _document(row: Reader) -> RequiredDocument:
    return RequiredDocument(
        DocumentKind(row.choice("code", [kind.value for kind in DocumentKind]) or DocumentKind.EVIDENCE),
        row.text("label"),
        row.choice("per", ["submitting_unit", "nominee"]),
        row.text("clause"),
    )


def _legal_basis(row: Reader) -> LegalBasis:
    validity = row.optional_date("valid_from"), row.optional_date("valid_to")
    return LegalBasis(row.text("code"), row.text("title"), *validity, row.optional_text("replaced_by"))

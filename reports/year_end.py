"""The year-end report (RP5) and the closing report (RP6) of a campaign: all figures with their lists, live or as they were frozen.

Reads seven statements for one campaign or two; everything is counted from the rows that the lists show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.reports import ReportText
from models.text import N_
from models.vocabulary import DossierState, NomineeKind, ReportKind, Step
from reports import figures_acts, figures_awards, figures_commendations, figures_mails, figures_units
from reports.figures_lists import Figure, Figures, Row, Scope, Subject
from reports.figures_units import UnitFacts

SUBJECTS: Mapping[str, Subject] = {
    subject.code: subject
    for subject in (
        figures_units.FORMS,
        figures_units.COLLECTIVES,
        figures_units.DOSSIERS,
        figures_units.PLACES,
        figures_acts.ACTS,
        figures_awards.SESSIONS,
        figures_awards.NOMINEES,
        figures_commendations.COMMENDATIONS,
        figures_mails.MAILS,
    )
}
"""The lists of a report. One more is a module beside these, a line here and one in `_Reading`."""

FIGURES: Mapping[str, tuple[Subject, Figure]] = {
    figure.code: (subject, figure) for subject in SUBJECTS.values() for figure in subject.figures
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: its title and the figures in it. `by_nominee` splits them into collectives and individuals."""

    code: str
    title: str
    figures: tuple[str, ...]
    by_nominee: bool = False


def _all_of(subject: Subject, *others: str) -> tuple[str, ...]:
    return (*(figure.code for figure in subject.figures), *others)


SECTIONS = (
    Section(
        "registration",
        N_("Đăng ký thi đua"),
        (*_all_of(figures_units.FORMS), *_all_of(figures_units.COLLECTIVES), "returns.forms", "extensions.admitted"),
    ),
    Section("dossiers", N_("Hồ sơ theo trạng thái"), ("dossiers.all", *(f"dossiers.{state.value}" for state in DossierState))),
    Section(
        "submission",
        N_("Nộp hồ sơ"),
        (
            "dossiers.due",
            "dossiers.on_time",
            "dossiers.late",
            "dossiers.silent",
            "dossiers.open",
            "extensions.granted",
            "returns.dossiers",
        ),
    ),
    Section("places", figures_units.PLACES.title, _all_of(figures_units.PLACES)),
    Section(
        "council",
        N_("Hội đồng xét"),
        (*_all_of(figures_awards.SESSIONS), "dossiers.recommended", "dossiers.sent", "dossiers.declined", "dossiers.unseen"),
    ),
    Section("awards", N_("Đề nghị, khen thưởng"), _all_of(figures_awards.NOMINEES), by_nominee=True),
    Section("commendations", figures_commendations.COMMENDATIONS.title, _all_of(figures_commendations.COMMENDATIONS)),
    Section("mails", figures_mails.MAILS.title, _all_of(figures_mails.MAILS)),
    Section("record", N_("Việc bị từ chối, việc sửa lại"), ("refused.steps", "corrected.all", "corrected.dossiers", "corrected.ranking")),
)

STEPS = (
    "acts.send",
    "acts.accept",
    *(f"acts.{step.value}" for step in Step if step is not Step.CORRECT),
)
"""The acts whose number and median days are reported."""

COLLECTIVE, INDIVIDUAL = Scope(nominee=NomineeKind.COLLECTIVE.value), Scope(nominee=NomineeKind.INDIVIDUAL.value)


@dataclass(frozen=True)
class YearEnd(Figures):
    """A report with its figures: live, or frozen with its number and officer. `log_count` and `log_hash` say how far the log had come."""

    kind: ReportKind
    year: int
    at: datetime
    kinds: tuple[tuple[str, str], ...]
    districts: tuple[tuple[str, str], ...]
    labels: Mapping[str, str]
    headings: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, tuple[Row, ...]]
    previous_year: int | None = None
    previous: Mapping[str, int] = field(default_factory=dict)
    assessment: str = ""
    proposals: str = ""
    log_count: int = 0
    log_hash: str = ""
    number: int | None = None
    officer: str = ""

    @property
    def decided(self) -> bool:
        """Whether a decision of the Chairman is on record (III.3): before it there is no closing report."""
        return self.count("dossiers.awarded") + self.count("dossiers.not_awarded") > 0

    @property
    def journal_code(self) -> str:
        """What a printed report carries to be checked against the log: number and beginning of the hash of its last entry."""
        return f"{self.log_count}-{self.log_hash[:16]}"

    @property
    def active_weeks(self) -> list[str]:
        """The weeks of the year's course in which anything was done."""
        return self.weeks(figures_acts.PIPELINE)

    def figures_of(self, section: Section) -> list[str]:
        """The figures of a section that this report has: one frozen earlier may lack newer ones."""
        return [code for code in section.figures if code in self.labels]

    def as_data(self) -> dict[str, Any]:
        """The report as it is frozen: figures, the lists behind them, texts."""
        return {
            "kind": self.kind.value,
            "year": self.year,
            "kinds": [list(pair) for pair in self.kinds],
            "districts": [list(pair) for pair in self.districts],
            "labels": dict(self.labels),
            "headings": {code: list(words) for code, words in self.headings.items()},
            "figures": {code: self.count(code) for code in self.labels},
            "previous": {"year": self.previous_year, "figures": dict(self.previous)},
            "lists": {code: [row.as_data() for row in rows] for code, rows in self.rows.items()},
            "assessment": self.assessment,
            "proposals": self.proposals,
        }


class _Reading:
    """What is read for some campaigns, each statement once and only when a list needs it."""

    def __init__(self, campaigns: Sequence[Campaign], at: datetime) -> None:
        """Nothing is read yet."""
        self.campaigns, self.at = campaigns, at

    @cached_property
    def units(self) -> dict[int, list[UnitFacts]]:
        """Every unit with its form and its dossier."""
        return figures_units.read_units(self.campaigns)

    @cached_property
    def acts(self) -> dict[int, list[Any]]:
        """The entries of the record that figures count."""
        return figures_acts.read_acts(self.campaigns)

    @cached_property
    def nominees(self) -> dict[int, list[Any]]:
        """Whom submitted dossiers put forward."""
        return figures_awards.read_nominees(self.campaigns)

    @cached_property
    def sessions(self) -> dict[int, list[Any]]:
        """The council's sessions."""
        return figures_awards.read_sessions(self.campaigns)

    @cached_property
    def mails(self) -> dict[int, list[Any]]:
        """The letters and what became of them."""
        return figures_mails.read_mails(self.campaigns)

    @cached_property
    def commendations(self) -> dict[int, list[Any]]:
        """The giấy khen that units recorded."""
        return figures_commendations.read_commendations(self.campaigns)

    def rows(self, subject: str, number: int) -> tuple[Row, ...]:
        """The rows of one list for one campaign."""
        units = self.units[number]
        known = {unit.row.id: unit for unit in units}
        make: Mapping[str, Callable[[], Iterable[Row]]] = {
            "forms": lambda: figures_units.forms(units, figures_mails.reminded(self.mails[number])),
            "collectives": lambda: figures_units.collectives(units),
            "dossiers": lambda: figures_units.dossiers(units, self.at),
            "places": lambda: figures_units.places(units),
            "acts": lambda: figures_acts.acts(self.acts[number], units),
            "nominees": lambda: figures_awards.nominees(self.nominees[number], known),
            "sessions": lambda: figures_awards.sessions(self.sessions[number]),
            "commendations": lambda: figures_commendations.commendations(self.commendations[number], known),
            "mails": lambda: figures_mails.mails(self.mails[number], known),
        }
        return tuple(make[subject]())


def read(kind: ReportKind, campaigns: Sequence[Campaign], at: datetime, subjects: Iterable[str] = SUBJECTS) -> list[YearEnd]:
    """The reports of some campaigns as their figures stand now, with some of the lists or all of them; texts and log are not read."""
    reading, found = _Reading(campaigns, at), list(subjects)
    return [
        YearEnd(
            kind=kind,
            year=campaign.year,
            at=at,
            kinds=tuple((rule.code, rule.label) for rule in campaign.plan.kinds.values() if rule.eligible),
            districts=_districts(reading.units[campaign.id]),
            labels={code: figure.label for code, (subject, figure) in FIGURES.items() if subject.code in found},
            headings={code: tuple(column.heading for column in SUBJECTS[code].columns) for code in found},
            rows={code: reading.rows(code, campaign.id) for code in found},
        )
        for campaign in campaigns
    ]


def read_beside(kind: ReportKind, campaign: Campaign, previous: Campaign | None, at: datetime) -> YearEnd:
    """The report of a campaign as it stands now, with the figures of the one before beside its own, and the end of the log."""
    report, *before = read(kind, [campaign, previous] if previous else [campaign], at)
    count, last_hash = log_end()
    figures = {code: other.count(code) for other in before for code in other.labels}
    year = previous.year if previous else None
    return replace(report, previous_year=year, previous=figures, log_count=count, log_hash=last_hash)


def with_text(report: YearEnd, text: ReportText | None) -> YearEnd:
    """A report with what the officer has written in it."""
    return replace(report, assessment=text.assessment, proposals=text.proposals) if text else report


def from_data(data: Mapping[str, Any], at: datetime, **frozen: Any) -> YearEnd:
    """A report as it was frozen."""
    return YearEnd(
        kind=ReportKind(data["kind"]),
        year=data["year"],
        at=at,
        kinds=tuple((code, label) for code, label in data["kinds"]),
        districts=tuple((number, name) for number, name in data["districts"]),
        labels=data["labels"],
        headings={code: tuple(words) for code, words in data["headings"].items()},
        rows={code: tuple(Row.from_data(row) for row in rows) for code, rows in data["lists"].items()},
        previous_year=data["previous"]["year"],
        previous=data["previous"]["figures"],
        assessment=data["assessment"],
        proposals=data["proposals"],
        **frozen,
    )


def previous_of(campaign: Campaign) -> Campaign | None:
    """The opened campaign before this one, if there was one."""
    query = select(Campaign).where(Campaign.year < campaign.year, Campaign.opened_at.is_not(None))
    return db.session.scalars(query.order_by(Campaign.year.desc()).limit(1)).first()


def log_end() -> tuple[int, str]:
    """How many entries the log has, and the hash of the last one."""
    last = db.session.execute(select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, "")


def _districts(units: Sequence[UnitFacts]) -> tuple[tuple[str, str], ...]:
    return tuple((unit.district, unit.row.name) for unit in units if unit.district == str(unit.row.id))


def depth_of(code: str, shown: Sequence[str]) -> int:
    """How deep a figure stands under those that it is a part of, among the figures that are shown."""
    above = FIGURES[code][1].part_of if code in FIGURES else ""
    return 1 + depth_of(above, shown) if above in shown else 0


def file_name(report: YearEnd, kind: str) -> str:
    """How a downloaded report is called."""
    stem = "bao-cao-tong-ket" if report.kind is ReportKind.CLOSING else "bao-cao-cuoi-nam"
    return f"{stem}-{report.year}{f'-chot-{report.number}' if report.number else ''}.{kind}"

"""What follows from a corrected index: dossiers to decide on, due dates counted anew, letters. The act itself: workflow/corrections.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.deadlines import Deadline
from models.dossiers import Dossier
from models.people import Actor
from models.text import N_
from models.vocabulary import DossierState, Labelled, LetterName, Milestone, ResultNeed
from notifications.calendar_entry import calendar_fact
from notifications.facts import NO_DOSSIER, NOT_RANKED, UNCHANGED, common_facts, entry_words
from notifications.notices import queue_letters
from notifications.outbox import cancel_reminders
from notifications.wording import day_words, due_words, working_lines
from workflow import deadlines
from workflow.proposals import EAGER, situations_of
from workflow.ranking import Announcement
from workflow.rules import criteria

Entry = tuple[str, int, str]
"""Score, rank and group of one body."""

CHOSEN = frozenset(
    {
        DossierState.SELECTED,
        DossierState.SUBMITTED,
        DossierState.REVIEWED,
        DossierState.FORWARDED,
        DossierState.AWARDED,
    }
)
"""States that rest on the criterion: no correction moves such a dossier, somebody has to decide."""


class Reason(Labelled):
    """Why a dossier needs a decision after a correction."""

    UNMET = "unmet", N_("Không còn đủ tiêu chuẩn")
    UNRANKED = "unranked", N_("Không còn kết quả xếp hạng")
    MET = "met", N_("Nay đủ tiêu chuẩn, trước đó không được chọn")
    REOPENED = "reopened", N_("Hạn nộp mới muộn hơn, trước đó đã ghi quá hạn")


@dataclass(frozen=True, slots=True)
class Judged:
    """A dossier and how it stands on what is published: whether it has its result, and whether its criterion is met."""

    dossier: Dossier
    state: DossierState
    has_result: bool
    meets: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A dossier whose due date moves; the row is for the act itself, the plain values are for whoever shows it afterwards."""

    code: str
    unit: str
    before: date | None
    after: date
    dossier: Dossier = field(compare=False)
    working: dict[str, Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Undecided:
    """A dossier that somebody has to decide on."""

    dossier_id: int
    code: str
    unit: str
    state: DossierState
    reason: Reason


@dataclass(frozen=True, slots=True)
class Letters:
    """What all the letters of a correction state."""

    entry: AuditEntry
    number: str
    date: date
    reason: str
    announcement: Announcement


def judged(campaign: Campaign, actor: Actor, at: datetime) -> Iterator[Judged]:
    """How every dossier of the campaign stands now."""
    query = select(Dossier).join(Dossier.campaign_unit).options(*EAGER).where(Dossier.campaign_id == campaign.id)
    for situation in situations_of(campaign, db.session.scalars(query.order_by(Dossier.sort_key, Dossier.id)).all(), actor=actor, at=at):
        criterion, year = situation.criterion, situation.plan.award_basis_year
        lacking = criteria.lacks_result(criterion.needs, situation.announced_results, clause=criterion.clause, year=year)
        failing = criteria.criterion_failures(criterion.needs, situation.results, clause=criterion.clause, year=situation.criterion_year)
        yield Judged(situation.dossier, situation.dossier.state, lacking is None, not failing)


def undecided(before: Sequence[Judged], after: Sequence[Judged], reopened: Iterable[Dossier]) -> list[Undecided]:
    """The dossiers whose state no longer agrees with what is published, and did before."""
    found = [
        Undecided(new.dossier.id, new.dossier.code, new.dossier.campaign_unit.long_name, new.state, reason)
        for old, new in zip(before, after, strict=True)
        for reason in (_reason(old, new),)
        if reason is not None
    ]
    return found + [
        Undecided(dossier.id, dossier.code, dossier.campaign_unit.long_name, dossier.state, Reason.REOPENED) for dossier in reopened
    ]


def _reason(old: Judged, new: Judged) -> Reason | None:
    if new.state is DossierState.RANKED and old.has_result and not new.has_result:
        return Reason.UNRANKED
    if new.state in CHOSEN and old.meets and not new.meets:
        return Reason.UNMET
    if new.state is DossierState.NOT_SELECTED and new.meets and not old.meets:
        return Reason.MET
    return None


def dues_after(campaign: Campaign, due: date, working: dict[str, Any], at: datetime) -> tuple[list[Due], list[Dossier]]:
    """II.3: set the new due date of every dossier that is being prepared, as a new version, and cancel the old one's unsent reminders.

    An extension or a supplement date that lies later still holds. Gives back what moved, and the lapsed dossiers that the new date would
    have spared: those are not touched.
    """
    moved, reopened = [], []
    states = (DossierState.SELECTED, DossierState.LAPSED)
    query = select(Dossier).where(Dossier.campaign_id == campaign.id, Dossier.state.in_(states)).order_by(Dossier.sort_key)
    for dossier in db.session.scalars(query):
        former, kept = dossier.due_on, _granted_since(deadlines.of_dossier(dossier))
        new, new_working = (kept.due_on, kept.working) if kept is not None and kept.due_on > due else (due, working)
        if dossier.state is DossierState.LAPSED:
            reopened += [dossier] if former is not None and new > former else []
            continue
        if new != former or new_working is working:
            deadlines.set_for_dossier(dossier, Milestone.SUBMISSION, new, new_working, at)
        if new != former:
            cancel_reminders(dossier.id)
            moved.append(Due(dossier.code, dossier.campaign_unit.long_name, former, new, dossier, new_working))
    return moved, reopened


def _granted_since(rows: Sequence[Deadline]) -> Deadline | None:
    """The latest date that an extension or a sending back has given since the dossier was last selected."""
    begins = max((n for n, row in enumerate(rows) if row.working["event"] == "announced" and "corrected" not in row.working), default=0)
    granted = [row for row in rows[begins:] if row.working["event"] != "announced"]
    return max(granted, key=lambda row: row.due_on, default=None)


def tell(
    campaign: Campaign,
    letters: Letters,
    changes: Mapping[int, tuple[Entry | None, Entry | None]],
    dues: Sequence[Due],
    *,
    everybody: bool,
    apart: set[int],
) -> list[str]:
    """Write to each unit whose entry, whose parent's entry or whose due date changed; to all that stand in the index when the decision
    itself was corrected. Those in `apart` have their letter already. Gives back the names of the units written to."""
    moved = {due.dossier.id: due for due in dues}
    common = common_facts(campaign, letters.entry, clause="III.4.a", link=f"/ranking?campaign={campaign.id}")
    common |= {
        "number": letters.number,
        "date": day_words(letters.date),
        "reason": letters.reason,
        "announcement": f"Quyết định số {letters.announcement.decision_number} ngày {day_words(letters.announcement.decision_date)}",
    }
    told: dict[int, str] = {}
    open_dossiers = select(Dossier).where(Dossier.campaign_id == campaign.id, Dossier.state != DossierState.WITHDRAWN)
    with_dossier = set()
    for dossier in db.session.scalars(open_dossiers.order_by(Dossier.sort_key)):
        unit, due = dossier.campaign_unit, moved.get(dossier.id)
        with_dossier.add(unit.id)
        change = changes.get(_rests_on(campaign, unit) or 0)
        if unit.id in apart or not (change or due or (everybody and _rests_on(campaign, unit) is not None)):
            continue
        stated = common | _change_facts(campaign, change) | _due_facts(due)
        stated |= {"dossier": dossier.code, "collective": unit.long_name, "link": f"/dossiers/{dossier.id}"}
        units = [unit, dossier.submits] if due and dossier.submits is not unit else [unit]
        queue_letters(LetterName.RANKING_CORRECTED, [(u, stated) for u in units], letters.entry, dossier_id=dossier.id)
        told |= {u.id: u.long_name for u in units}
    others = db.session.scalars(
        select(CampaignUnit).where(CampaignUnit.id.in_(sorted(changes.keys() - with_dossier))).order_by(CampaignUnit.sort_key)
    )
    for unit in others:
        stated = common | _change_facts(campaign, changes[unit.id]) | _due_facts(None)
        stated |= {"dossier": NO_DOSSIER, "collective": unit.long_name}
        queue_letters(LetterName.RANKING_CORRECTED, [(unit, stated)], letters.entry)
        told[unit.id] = unit.long_name
    return list(told.values())


def _rests_on(campaign: Campaign, unit: CampaignUnit) -> int | None:
    """The unit whose index entry a collective's criterion rests on: itself, its district, or none."""
    needs = campaign.plan.criteria[unit.criterion].needs if unit.criterion else None
    return unit.id if needs is ResultNeed.INDEX else unit.parent_id if needs is ResultNeed.RATING_PARENT_INDEX else None


def _change_facts(campaign: Campaign, change: tuple[Entry | None, Entry | None] | None) -> dict[str, str]:
    if change is None:
        return {"former": UNCHANGED, "result": UNCHANGED}
    former, result = (entry_words(campaign.plan, *entry) if entry else NOT_RANKED for entry in change)
    return {"former": former, "result": result}


def _due_facts(due: Due | None) -> dict[str, Any]:
    if due is None:
        return {"due": UNCHANGED, "former_due": UNCHANGED, "working": [f"Hạn nộp hồ sơ {UNCHANGED}"]}
    former = due_words(due.before) if due.before else "chưa có"
    stated = {"due": due_words(due.after), "former_due": former, "working": working_lines(due.working)}
    latest = deadlines.of_dossier(due.dossier)[-1]
    return stated | {"calendar": calendar_fact(latest, due.dossier.version)}

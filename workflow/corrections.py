"""Correcting a published index (III.4.a): entries and announcement are changed by a document, due dates are counted anew, units told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from audit.canonical import canonical
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db
from models.dossiers import Dossier
from models.localtime import local_day
from models.people import Actor
from models.results import IndexEntry, IndexPublication
from models.vocabulary import Milestone
from notifications.wording import day_words
from workflow import deadlines, ranking
from workflow.acts import ActRefused, record_on_dossier, refuse_if
from workflow.corrected import Due, Entry, Letters, Undecided, dues_after, judged, tell, undecided
from workflow.ranking import Announcement, PublishedEntry
from workflow.rules.deadlines import Working
from workflow.rules.eligibility import date_in_future
from workflow.rules.objection import Objection, Place


@dataclass(frozen=True, slots=True)
class Correction:
    """What home affairs puts in the place of a published index: the whole announcement and all entries, by which document and why.

    `seen` is the digest of what the form was filled in against; `key` makes a repeated form harmless.
    """

    number: str
    decided_on: date
    reason: str
    announcement: Announcement
    entries: Sequence[PublishedEntry]
    seen: str
    key: str | None = None

    @property
    def document(self) -> str:
        """The document in words."""
        return f"văn bản số {self.number} ngày {day_words(self.decided_on)}"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A body's entry before and after (score, rank, group); None where it has none."""

    unit_id: int
    unit: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a correction did, or would do, as plain values that outlive a rehearsal."""

    entries: list[EntryChange]
    announced: list[tuple[str, str, str]]
    working: Working | None
    former_due: date | None
    dues: list[Due]
    undecided: list[Undecided]
    ranked: list[str]
    told: list[str]


def announcement_of(publication: IndexPublication) -> Announcement:
    """How a published index was announced. Raises LookupError for a draft."""
    if publication.decision_date is None:
        raise LookupError("a draft has not been announced")
    own_trigger = publication.trigger_date if publication.trigger_date != publication.decision_date else None
    return Announcement(
        publication.decision_number,
        publication.decision_date,
        publication.portal_date,
        publication.notice_date,
        own_trigger,
        publication.trigger_reason,
    )


def digest_of(publication: IndexPublication) -> str:
    """What a published index says, in short: two officers who correct it at once notice each other by it."""
    said = {"announcement": _said(announcement_of(publication)), "entries": _listed(_entries(publication))}
    return hashlib.sha256(canonical(said).encode()).hexdigest()[:20]


def correct(campaign: Campaign, year: int, correction: Correction, *, actor: Actor, at: datetime) -> Effect | None:
    """III.4.a: correct a published index in one act, with everything that follows; None when the same form was sent before.

    Due dates of dossiers that are being prepared become new versions, and the unsent reminders of the old ones are cancelled. Registered
    dossiers that have their result now are ranked. No other dossier moves: where the correction changes what its state rests on, it is
    named as needing a decision. Raises ActRefused for a draft, when nothing changes, when somebody else has corrected it meanwhile, for a
    date in the future, and for a trigger of its own without a reason.
    """
    hold_chain()
    if correction.key and db.session.scalar(select(AuditEntry.seq).where(AuditEntry.request_key == correction.key)):
        return None
    publication = ranking.publication_of(campaign, year)
    if publication is None or publication.published_at is None:
        raise ActRefused([Objection("not_published", {"year": year}, "III.4.a", Place.RANKING)])
    _refuse(publication, year, correction, at)
    award = year == campaign.plan.award_basis_year
    before, former = list(judged(campaign, actor, at)), deadlines.current(campaign, Milestone.SUBMISSION) if award else None
    entries = _put_entries(publication, correction.entries)
    announced = _put_announcement(publication, correction.announcement)
    db.session.flush()
    working, dues, reopened = _count_anew(campaign, correction, at) if award else (None, [], [])
    open_cases = undecided(before, list(judged(campaign, actor, at)), reopened)
    detail = {
        "year": year,
        "number": correction.number,
        "date": correction.decided_on.isoformat(),
        "reason": correction.reason,
        "before": _changed(announced, 1) | {"entries": [[c.unit, *(c.before or ())] for c in entries]},
        "after": _changed(announced, 2) | {"entries": [[c.unit, *(c.after or ())] for c in entries]},
        "due": working.due.isoformat() if working else None,
        "former_due": former.due_on.isoformat() if former else None,
        "dossiers": [case.code for case in open_cases],
    }
    act = Act(
        Action.RANKING_CORRECT,
        f"campaign:{campaign.id}",
        clause="III.4.a",
        detail=detail,
        campaign_id=campaign.id,
        request_key=correction.key,
    )
    entry = record(act, actor=actor, at=at)
    _record_dues(dues, correction, actor, at)
    ranked = ranking.rank_all(campaign, actor=actor, at=at) if award else set()
    letters = Letters(entry, correction.number, correction.decided_on, correction.reason, correction.announcement)
    changes = {change.unit_id: (change.before, change.after) for change in entries}
    readdressed = any(name in {"decision_number", "decision_date"} for name, _old, _new in announced)
    told = tell(campaign, letters, changes, dues, everybody=readdressed, apart=ranked)
    names = {case.dossier.campaign_unit_id: case.dossier.campaign_unit.long_name for case in before}
    return Effect(entries, announced, working, former.due_on if former else None, dues, open_cases, [names[i] for i in ranked], told)


def _refuse(publication: IndexPublication, year: int, correction: Correction, at: datetime) -> None:
    today, new = local_day(at), correction.announcement
    same = _said(new) == _said(announcement_of(publication)) and _given(correction.entries) == _entries(publication)
    refuse_if(
        Objection("ranking_changed", {"year": year}, "III.4.a", Place.RANKING) if correction.seen != digest_of(publication) else None,
        Objection("nothing_corrected", {"year": year}, "III.4.a") if same else None,
        Objection("no_entries", {"year": year}, "III.4.a", Place.RANKING) if not correction.entries else None,
        date_in_future("date") if correction.decided_on > today else None,
        date_in_future("decision_date") if new.decision_date > today else None,
        Objection("trigger_unexplained", {}, "II.3", Place.RANKING)
        if new.counts_from != new.decision_date and not new.trigger_reason
        else None,
    )


def _entries(publication: IndexPublication) -> dict[int, Entry]:
    return {entry.campaign_unit_id: (entry.score, entry.rank, entry.rank_group) for entry in publication.entries}


def _given(entries: Sequence[PublishedEntry]) -> dict[int, Entry]:
    return {entry.unit.id: (entry.score, entry.rank, entry.group) for entry in entries}


def _listed(entries: dict[int, Entry]) -> list[list[Any]]:
    return [[unit_id, *entry] for unit_id, entry in sorted(entries.items())]


def _said(announcement: Announcement) -> dict[str, str]:
    """The announcement by column, dates as ISO texts: what is compared, recorded and shown."""
    dates = {
        "decision_date": announcement.decision_date,
        "portal_date": announcement.portal_date,
        "notice_date": announcement.notice_date,
        "trigger_date": announcement.counts_from,
    }
    words = {"decision_number": announcement.decision_number, "trigger_reason": announcement.trigger_reason}
    return words | {name: day.isoformat() if day else "" for name, day in dates.items()}


def _changed(announced: list[tuple[str, str, str]], which: int) -> dict[str, str]:
    return {change[0]: change[which] for change in announced}


def _put_entries(publication: IndexPublication, given: Sequence[PublishedEntry]) -> list[EntryChange]:
    """Put the given entries in the place of the published ones; rows that stay are kept. Gives back what changed."""
    rows = {row.campaign_unit_id: row for row in publication.entries}
    before, after = _entries(publication), _given(given)
    units = {row.campaign_unit_id: row.campaign_unit for row in publication.entries} | {e.unit.id: e.unit for e in given}
    for unit_id, (score, rank, group) in after.items():
        row = rows.get(unit_id)
        if row is None:
            publication.entries.append(IndexEntry(campaign_unit=units[unit_id], score=score, rank=rank, rank_group=group))
        else:
            row.score, row.rank, row.rank_group = score, rank, group
    for unit_id in before.keys() - after.keys():
        publication.entries.remove(rows[unit_id])
    return [
        EntryChange(unit.id, unit.long_name, before.get(unit.id), after.get(unit.id))
        for unit in sorted(units.values(), key=lambda unit: unit.sort_key)
        if before.get(unit.id) != after.get(unit.id)
    ]


def _put_announcement(publication: IndexPublication, new: Announcement) -> list[tuple[str, str, str]]:
    """Put the given announcement in the place of the old one. Gives back what changed: column, old, new."""
    before, after = _said(announcement_of(publication)), _said(new)
    publication.decision_number, publication.decision_date = new.decision_number, new.decision_date
    publication.portal_date, publication.notice_date = new.portal_date, new.notice_date
    publication.trigger_date, publication.trigger_reason = new.counts_from, new.trigger_reason
    return [(name, before[name], after[name]) for name in before if before[name] != after[name]]


def _count_anew(campaign: Campaign, correction: Correction, at: datetime) -> tuple[Working | None, list[Due], list[Dossier]]:
    """II.3: the window of the corrected announcement, every dossier whose due date moves with it, and the lapsed ones it would reopen."""
    working = ranking.window_for(campaign, correction.announcement)
    former = deadlines.current(campaign, Milestone.SUBMISSION)
    data = working.as_data("announced", f"Quyết định số {correction.announcement.decision_number}")
    if former is not None and all(former.working.get(name) == data[name] for name in ("document", "trigger", "due")):
        return None, [], []
    data["corrected"] = correction.document
    deadlines.set_for_campaign(campaign, Milestone.SUBMISSION, working.due, data, at)
    return working, *dues_after(campaign, working.due, data, at)


def _record_dues(dues: Sequence[Due], correction: Correction, actor: Actor, at: datetime) -> None:
    """Each dossier whose due date moved says so in its own history."""
    for due in dues:
        detail = {
            "number": correction.number,
            "date": correction.decided_on.isoformat(),
            "reason": correction.reason,
            "due": due.after.isoformat(),
            "former_due": due.before.isoformat() if due.before else None,
        }
        record_on_dossier(Action.DOSSIER_DUE, due.dossier, detail, clause="II.3", actor=actor, at=at)


def corrections_of(campaign: Campaign, year: int) -> list[AuditEntry]:
    """The recorded corrections of a year's published index, the latest first; one whose detail was erased may be of any year."""
    query = select(AuditEntry).where(AuditEntry.campaign_id == campaign.id, AuditEntry.action == Action.RANKING_CORRECT.value)
    found = db.session.scalars(query.order_by(AuditEntry.seq.desc()))
    return [entry for entry in found if json.loads(entry.detail or "{}").get("year", year) == year]

"""Reminders as the pages show them, by occasion: past ones from the ledger, coming ones forecast; those that the person may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.localtime import VIETNAM, local_day
from models.people import Actor
from models.vocabulary import LetterName, Milestone, Relation, ReminderOutcome, SkipReason
from notifications.forecast import Line, forecast, history
from notifications.timetable import Timetable, timetable
from web.work import granted
from workflow.policy import GRANTS, Action

WRITTEN, LEFT_OUT, PAUSED, COMING = "written", "left_out", "paused", "coming"
"""What becomes of a reminder, as the pages count it."""


@dataclass(frozen=True, slots=True)
class Group:
    """The reminders of one occasion by one letter: those that are written, and those left out, with how many for which reason."""

    moment: datetime
    letter: LetterName
    milestone: Milestone
    offset: int
    lines: Sequence[Line]
    coming: bool

    @property
    def written(self) -> list[Line]:
        """Those that a letter goes to."""
        return [line for line in self.lines if line.writes]

    @property
    def recipients(self) -> list[str]:
        """The units that the letters go to, each once: whom they are about first, then who is told with them."""
        found: dict[int, str] = {}
        for line in self.written:
            found |= {line.unit_id: line.recipients[line.unit_id]} if line.unit_id in line.recipients else {}
        for line in self.written:
            found |= line.recipients
        return list(found.values())

    @property
    def left_out(self) -> dict[str, int]:
        """Why the others get none, in words, and how many."""
        return dict(Counter(why(line) for line in self.lines if not line.writes))

    @property
    def late(self) -> bool:
        """Whether it was written after its time."""
        return any(line.late for line in self.lines)


def lines_between(
    campaign: Campaign, actor: Actor, first: date, last: date, at: datetime, *, past: bool = True, table: Timetable | None = None
) -> list[Line]:
    """The reminders of some days, both included: up to now as the ledger has them, if `past`, and from now on as they are forecast."""
    found: list[Line] = []
    table = table or timetable(campaign)
    if past and first <= local_day(at):
        found += history(campaign, first, last, table=table)
    begins = max(at, datetime.combine(first, time(), VIETNAM))
    ends = datetime.combine(last + timedelta(days=1), time(), VIETNAM)
    if begins < ends:
        found += [line for line in forecast(campaign, at, ends, waiting=False, table=table) if line.moment >= begins]
    allowed = _allowed(campaign, actor)
    return found if allowed is None else [line for line in found if allowed & {line.unit_id, *line.recipients}]


def _allowed(campaign: Campaign, actor: Actor) -> set[int] | None:
    """The units whose letters the person may see; None for all."""
    if any(g.action is Action.LETTER_VIEW and g.role is actor.role and g.relation is Relation.ANY for g in GRANTS):
        return None
    query = select(CampaignUnit.id).where(CampaignUnit.campaign_id == campaign.id, granted(actor, Action.LETTER_VIEW))
    return set(db.session.scalars(query))


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Reminders by occasion and letter, in time."""
    found: dict[tuple[datetime, LetterName, int, bool], list[Line]] = {}
    for line in lines:
        found.setdefault((line.moment, line.letter, line.offset, line.outcome is None), []).append(line)
    return [
        Group(moment, letter, group[0].milestone, offset, group, coming)
        for (moment, letter, offset, coming), group in sorted(found.items(), key=lambda item: (item[0][0], item[0][1].value, item[0][2]))
    ]


def kind_of(line: Line) -> str:
    """As what a reminder is counted."""
    if line.skip is SkipReason.PAUSED:
        return PAUSED
    if not line.writes:
        return LEFT_OUT
    return WRITTEN if line.outcome is ReminderOutcome.QUEUED else COMING


def why(line: Line) -> str:
    """Why no letter is written, in words."""
    if line.skip is not None:
        return _(line.skip.label)
    return _(ReminderOutcome.SUPERSEDED.label) if line.outcome is ReminderOutcome.SUPERSEDED else ""


def became(line: Line) -> str:
    """What will become of a reminder, or what became of it, in words."""
    if not line.writes:
        return why(line)
    if line.outcome is None:
        return _("sẽ gửi")
    states = {_(state.label): count for state, count in line.mails.items()}
    words = "; ".join(f"{label}: {count}" for label, count in states.items()) or _("chỉ có trên trang, đơn vị chưa có địa chỉ thư")
    return f"{words} – {_('gửi muộn')}" if line.late else words


def offset_words(offset: int) -> str:
    """How an occasion stands to the due date."""
    if offset > 0:
        return _("trước hạn %(days)s ngày", days=offset)
    return _("ngày cuối") if offset == 0 else _("sau hạn %(days)s ngày", days=-offset)

"""RP1 as it is sent (IV): its figures and forms as plain values, and what has changed since it was sent before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.text import N_
from models.vocabulary import RegistrationState
from reports.figures import Counts, Line
from reports.registrations import DistrictRollup
from workflow.receiving import Rollup

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class FormChange:
    """What became of one unit's form since the roll-up was sent: its state, or only what stands on it. None: not expected then, or now."""

    unit: str
    before: RegistrationState | None
    after: RegistrationState | None


def to_send(rollup: DistrictRollup, before: Mapping[str, Any] | None) -> Rollup:
    """A district's roll-up as its sending is recorded and told; `before` are the forms of the last one."""
    counts = rollup.counts
    forms = {str(line.unit.id): _form(line) for line in rollup.lines}
    return Rollup(
        figures=figures(counts),
        forms=forms,
        counts=[{"label": label, "value": str(value)} for label, value in labelled(counts)],
        missing=[line.unit.name for line in rollup.missing],
        changes=[say_change(change) for change in changes_since(before, forms)] if before is not None else [],
    )


def figures(counts: Counts) -> dict[str, int]:
    """The figures of a roll-up by name, for the record."""
    return {
        "expected": counts.expected,
        "registered": counts.registered,
        "on_time": counts.on_time,
        "late": counts.late,
        "accepted": counts.accepted,
        "missing": counts.missing,
        "collectives": counts.collectives,
        "individuals": counts.individuals,
    }


def labelled(counts: Counts) -> list[tuple[str, int]]:
    """The figures of a roll-up in words."""
    return [
        (N_("Phải đăng ký"), counts.expected),
        (N_("Đã đăng ký"), counts.registered),
        (N_("Trong đó trễ hạn"), counts.late),
        (N_("Đã duyệt"), counts.accepted),
        (N_("Chờ duyệt"), counts.waiting),
        (N_("Chưa đăng ký"), counts.missing),
        (N_("Tập thể đăng ký"), counts.collectives),
        (N_("Cá nhân đăng ký"), counts.individuals),
    ]


def changes_since(before: Mapping[str, Any], forms: Mapping[str, Any]) -> list[FormChange]:
    """Which forms differ from those of an earlier roll-up, in the order of this one; those no longer expected last."""
    found = []
    for number in [*forms, *(number for number in before if number not in forms)]:
        old, new = before.get(number), forms.get(number)
        if old != new:
            name = str((new or old or {})["unit"])
            found.append(FormChange(name, _state(old), _state(new)))
    return found


def say_change(change: FormChange, say: Say = lambda text, **values: text % values) -> str:
    """A change as one line."""
    if change.after is None:
        return say(N_("%(unit)s: không còn phải đăng ký"), unit=change.unit)
    if change.before is None:
        return say(N_("%(unit)s: mới thuộc diện phải đăng ký"), unit=change.unit)
    if change.before is change.after:
        return say(N_("%(unit)s: sửa nội dung bản đăng ký"), unit=change.unit)
    return f"{change.unit}: {_word(change.before, say)} → {_word(change.after, say)}"


def _word(state: RegistrationState, say: Say) -> str:
    return say(state.label)


def _state(form: Mapping[str, Any] | None) -> RegistrationState | None:
    return RegistrationState(form["state"]) if form else None


def _form(line: Line) -> dict[str, Any]:
    """A form as it stands; what is on it as a digest: that it changed is told, not the people."""
    on_it = [[unit.id for unit in line.collectives], [[p.full_name, p.position, p.workplace] for p in line.individuals]]
    content = hashlib.sha256(repr(on_it).encode()).hexdigest()[:16]
    return {"unit": line.unit.name, "state": line.state.value, "late": line.late, "content": content if line.registered else ""}

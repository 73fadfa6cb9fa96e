"""What a roll-up counts: an expected unit with its form as it stands, and how many there are of which sort. No queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.campaigns import CampaignUnit
from models.vocabulary import RegistrationState

REGISTERED = (RegistrationState.SENT, RegistrationState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Person:
    """An individual on a form."""

    full_name: str
    position: str
    workplace: str


@dataclass(frozen=True, slots=True)
class Line:
    """An expected unit and its form as it stands; `reminders` counts the letters that asked for it and reached a mail server."""

    unit: CampaignUnit
    state: RegistrationState
    sent_on: date | None = None
    from_paper: bool = False
    late: bool = False
    admission: str = ""
    return_reason: str = ""
    head: str = ""
    collectives: tuple[CampaignUnit, ...] = ()
    individuals: tuple[Person, ...] = ()
    reminders: int = 0

    @property
    def registered(self) -> bool:
        """Whether the form is in: sent, and not returned."""
        return self.state in REGISTERED


@dataclass(frozen=True, slots=True)
class Counts:
    """How many forms are expected and in, and how many collectives and people are on those that are in."""

    expected: int
    registered: int
    accepted: int
    late: int
    collectives: int
    individuals: int

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Counts:
        """Count lines."""
        registered = [line for line in lines if line.registered]
        return cls(
            expected=len(lines),
            registered=len(registered),
            accepted=sum(line.state is RegistrationState.ACCEPTED for line in registered),
            late=sum(line.late for line in registered),
            collectives=sum(len(line.collectives) for line in registered),
            individuals=sum(len(line.individuals) for line in registered),
        )

    @property
    def on_time(self) -> int:
        """Forms that are in and were first sent in time."""
        return self.registered - self.late

    @property
    def missing(self) -> int:
        """Forms that are expected and not in."""
        return self.expected - self.registered

    @property
    def waiting(self) -> int:
        """Forms that are in and not decided on."""
        return self.registered - self.accepted

    @property
    def share(self) -> str:
        """Registered of expected, in per cent: "97,5%"; empty when nothing is expected."""
        return f"{100 * self.registered / self.expected:.1f}".replace(".", ",").removesuffix(",0") + "%" if self.expected else ""


class Lists:
    """What the lines of a roll-up say, sorted out."""

    lines: tuple[Line, ...]

    @property
    def counts(self) -> Counts:
        """All lines together."""
        return Counts.of(self.lines)

    @property
    def registered(self) -> list[Line]:
        """The units whose forms are in."""
        return [line for line in self.lines if line.registered]

    @property
    def on_time(self) -> list[Line]:
        """Those who sent in time."""
        return [line for line in self.registered if not line.late]

    @property
    def late(self) -> list[Line]:
        """Those who sent late, by a recorded admission."""
        return [line for line in self.registered if line.late]

    @property
    def missing(self) -> list[Line]:
        """Those who sent nothing, or did not send a returned form again."""
        return [line for line in self.lines if not line.registered]

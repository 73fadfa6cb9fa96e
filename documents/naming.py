"""How a body, its place and a plan are written on administrative papers (Decree 30/2020). Layout is in documents/decree30.py."""

from __future__ import annotations

from dataclasses import dataclass

from models.campaigns import CampaignUnit
from models.plan import Plan
from models.vocabulary import Capacity
from notifications.wording import long_day

COMMITTEE = "Ủy ban nhân dân"
"""A people's committee decides as a body: its papers carry no parent body and are signed on behalf of it (TM.)."""

LEVELS = ("thành phố", "thị xã", "thị trấn", "đặc khu", "huyện", "quận", "phường", "tỉnh", "xã")
"""Words before the name of a place; they are left out where a paper says where it was written, unless the name is a number."""

HEADS = {
    "Sở": "GIÁM ĐỐC",
    "Trung tâm": "GIÁM ĐỐC",
    "Văn phòng": "CHÁNH VĂN PHÒNG",
    "Thanh tra": "CHÁNH THANH TRA",
    "Phòng": "TRƯỞNG PHÒNG",
    "Ban": "TRƯỞNG BAN",
}
NO_TITLE, UNKNOWN_TITLE = "THỦ TRƯỞNG CƠ QUAN", "......"
"""The title of a body's head by the first word of its name; where it is not certain, and where only the signer knows it."""

NAME_AT_MOST = 3
"""Words of a body's name whose initials the symbol takes as they stand; longer names follow the office's own list, which we have not."""


@dataclass(frozen=True, slots=True)
class IssuingBody:
    """The top left of a paper: the parent body's line (may be empty) and the lines of the body's own name."""

    parent: str
    lines: tuple[str, ...]


def lower_first(text: str) -> str:
    """A name inside a sentence: "Huyện Giồng Riềng" becomes "huyện Giồng Riềng"."""
    return text[:1].lower() + text[1:]


def is_committee(unit: CampaignUnit) -> bool:
    """Whether a unit is a people's committee."""
    return unit.official_name.startswith(COMMITTEE + " ")


def issuing_body(unit: CampaignUnit) -> IssuingBody:
    """A unit as the top left of its papers names it."""
    if is_committee(unit):
        return IssuingBody("", (COMMITTEE, unit.official_name.removeprefix(COMMITTEE + " ")))
    if unit.parent is None:
        return IssuingBody("", (unit.official_name,))
    if not is_committee(unit.parent):
        return IssuingBody(unit.parent.name, (unit.name,))
    return IssuingBody(unit.parent.official_name.replace(COMMITTEE, "UBND", 1), (_without_parent(unit),))


def _without_parent(unit: CampaignUnit) -> str:
    """The name without what the parent's line says already: "Văn phòng", not "Văn phòng Ủy ban nhân dân tỉnh"; "Phòng Nội vụ" alone."""
    head, found, tail = unit.name.partition(" " + COMMITTEE)
    parent = unit.parent.official_name if unit.parent else ""
    place = parent.removeprefix(COMMITTEE + " ")
    if place != parent and unit.name.endswith(" " + place):
        return unit.name.removesuffix(" " + place)
    return head if found and parent.startswith(COMMITTEE + tail) else unit.name


def place_of(unit: CampaignUnit) -> str:
    """Where a unit's papers are written: the place its committee governs, and for another body its parent's."""
    if not is_committee(unit):
        return place_of(unit.parent) if unit.parent else unit.name
    name = unit.official_name.removeprefix(COMMITTEE + " ")
    for level in LEVELS:
        bare = name.removeprefix(level + " ")
        if bare != name:
            return name[:1].upper() + name[1:] if bare[:1].isdigit() else bare
    return name


def symbol_of(paper: str, unit: CampaignUnit) -> str:
    """What follows the number: the paper's kind and the body's abbreviation ("/BC-UBND"); open where the abbreviation is not certain."""
    words = unit.name.split()
    if is_committee(unit):
        return f"/{paper}-UBND"
    return f"/{paper}-" + ("".join(word[0] for word in words).upper() if len(words) <= NAME_AT_MOST else "......")


def head_title(unit: CampaignUnit) -> str:
    """The title of a unit's head, in capitals as above a signature."""
    if is_committee(unit):
        return "CHỦ TỊCH"
    return next((title for word, title in HEADS.items() if unit.name.startswith(word + " ")), NO_TITLE)


def signing_lines(unit: CampaignUnit, capacity: Capacity | None = None) -> tuple[str, ...]:
    """Above a signature: on behalf of a committee (TM.), the head's own title, or how another signs (KT., TL., TUQ.)."""
    title = head_title(unit)
    jointly = (f"TM. {COMMITTEE.upper()}",) if is_committee(unit) else ()
    if capacity is None:
        return (*jointly, title)
    if capacity is Capacity.KT:
        return (*jointly, f"KT. {title}", f"PHÓ {title}" if title != NO_TITLE else UNKNOWN_TITLE)
    return (f"{capacity.value} {title}", UNKNOWN_TITLE)


def full_name(unit: CampaignUnit) -> str:
    """The official name; a commune's with its district, because names repeat: "Ủy ban nhân dân xã Bình An, huyện Kiên Lương"."""
    return f"{unit.official_name}, {lower_first(unit.compiled_by.name)}" if unit.compiled_by else unit.official_name


def short_name(unit: CampaignUnit) -> str:
    """A unit on a line above another body's: "UBND huyện Giồng Riềng"."""
    return unit.official_name.replace(COMMITTEE, "UBND", 1) if is_committee(unit) else unit.name


def chairman(plan: Plan) -> str:
    """Who grants the certificate of merit, as an addressee: "Chủ tịch Ủy ban nhân dân tỉnh Kiên Giang"."""
    return f"{plan.chairman_title} {plan.place}"


def counted(number: int) -> str:
    """A count as papers write it: below ten with a leading zero."""
    return f"{number:02d}" if number else "0"


def governed_place(plan: Plan) -> str:
    """The place in which a plan holds: "tỉnh Kiên Giang"."""
    return plan.issuer.removeprefix(COMMITTEE + " ")


def subject_of(plan: Plan) -> str:
    """What a plan is about, for use inside a sentence: "thi đua chuyên đề về … năm 2021"."""
    return lower_first(plan.title.removeprefix("Kế hoạch "))


def numbered(plan: Plan) -> str:
    """A plan's kind, number and date."""
    return f"Kế hoạch số {plan.number} {long_day(plan.issued_on)}"


def cited(plan: Plan) -> str:
    """A plan as the text of other papers cites it: kind, number, date, issuer and what it is about."""
    return f"{numbered(plan)} của {plan.issuer} {subject_of(plan)}"

"""Units by the names that offices write: without marks or case, with or without "UBND", "huyện", "TP."; never one of several by guess."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from imports.faults import Wrong
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.text import folded
from models.units import Unit

LEVELS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "district": (("thanh", "pho"), ("thi", "xa"), ("huyen",), ("quan",)),
    "commune": (("thi", "tran"), ("dac", "khu"), ("phuong",), ("xa",)),
}
"""Words that say what kind of place a name is of. At district level one stands for another: a huyện becomes a thành phố."""
SHORT_FORMS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "tp": (("thanh", "pho"),),
    "tx": (("thi", "xa"),),
    "h": (("huyen",),),
    "x": (("xa",),),
    "p": (("phuong",), ("phong",)),
    "tt": (("thi", "tran"), ("trung", "tam")),
    "pnv": (("phong", "noi", "vu"),),
}
"""How offices shorten the first word; some forms stand for two things, and both are tried."""
COMMITTEE = ((("uy", "ban", "nhan", "dan")), ("ubnd",))
INITIALS = re.compile(r"^\s*([a-z])\s*\.\s*([a-z])(?=[.\s])", re.IGNORECASE)
"""T.P, T.X., T.T.: the letters of a short form with points between them."""
SCOPE = re.compile(r"^(.+?)\s*(?:,|\(|;|\s[-–—]\s|\bthuoc\b)\s*(.+?)\)?$")
NEAR = 0.5
NEAR_AT_MOST = 200
"""How many unknown names of one file are compared with all others; a file of wrong names costs no more."""
NAMED_AT_MOST = 5

Words = tuple[str, ...]


class UnitNames:
    """The units of one campaign by every name they go by: as frozen, official, former, aliases, codes."""

    def __init__(self, units: Iterable[CampaignUnit]) -> None:
        """Index the units."""
        self.units = {unit.id: unit for unit in units}
        self.exact: defaultdict[str, set[int]] = defaultdict(set)
        self.bare: defaultdict[str, set[int]] = defaultdict(set)
        self.at_level: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self.compilers = {unit.compiled_by_id for unit in self.units.values() if unit.compiled_by_id}
        named = [folded(unit.name) for unit in self.units.values() if unit.parent_id is None]
        self.provinces = [*named, *(name.removeprefix("tinh ") for name in named)]
        self.found: dict[tuple[str, str], CampaignUnit | Wrong] = {}
        self.compared = 0
        self._grams: defaultdict[str, set[str]] | None = None
        for unit in self.units.values():
            for name in {unit.name, unit.official_name, unit.long_name, unit.unit.code, *unit.unit.aliases, *_former(unit.unit)}:
                self._add(name, unit.id)

    @classmethod
    def of(cls, campaign: Campaign) -> UnitNames:
        """The names of all units of a campaign."""
        return cls(
            db.session.scalars(
                select(CampaignUnit)
                .where(CampaignUnit.campaign_id == campaign.id)
                .options(joinedload(CampaignUnit.compiled_by), joinedload(CampaignUnit.unit).selectinload(Unit.versions))
                .order_by(CampaignUnit.id)
            )
        )

    def find(self, text: str, district: str = "") -> CampaignUnit:
        """The one unit of a name, in a district where one is given. Raises Wrong: unknown, several, elsewhere, or ended."""
        asked = (text, district)
        if asked not in self.found:
            try:
                self.found[asked] = self._find(text, district)
            except Wrong as wrong:
                self.found[asked] = wrong
        answer = self.found[asked]
        if isinstance(answer, Wrong):
            raise Wrong(answer.code, **answer.params)
        return answer

    def _find(self, text: str, district: str) -> CampaignUnit:
        candidates = self._named(text)
        if district:
            inside = self._district(district)
            within = [unit for unit in self._named(f"{text} {inside.name}") if unit.parent_id == inside.id] if not candidates else []
            kept = within or [unit for unit in candidates if inside.id in {unit.parent_id, unit.id}]
            if candidates and not kept:
                raise Wrong("unit_not_in_district", value=text, district=inside.name, candidates=_listed(candidates))
            candidates = kept
        elif not candidates and (scoped := SCOPE.match(self._without_province(text))):
            outer = {unit.id for unit in self._named(scoped[2], "district") if unit.id in self.compilers}
            candidates = [unit for unit in self._named(scoped[1]) if unit.parent_id in outer] if len(outer) == 1 else []
        elif not candidates:
            candidates = self._named(self._without_province(text))
        living = [unit for unit in candidates if unit.ended_on is None]
        if len(living) > 1:
            living = [unit for unit in living if _marked_alike(text, unit)] or living
        if len(living) > 1:
            raise Wrong("unit_ambiguous", value=text, candidates=_listed(living))
        if living:
            return living[0]
        if candidates and (ended := candidates[0].ended_on):
            raise Wrong("unit_ended", unit=candidates[0].long_name, day=f"{ended:%d/%m/%Y}")
        begun = self._begun(text)
        if len(begun) > 1:
            raise Wrong("unit_ambiguous", value=text, candidates=_listed(begun))
        near = self._nearest(text)
        raise Wrong("unit_unknown_near", value=text, near=near) if near else Wrong("unit_unknown", value=text)

    def _without_province(self, text: str) -> str:
        """A name without the province after it: "Huyện Hòn Đất, tỉnh Kiên Giang"."""
        bare = folded(text).rstrip(" ).")
        province = next((name for name in self.provinces if bare.endswith(name)), "")
        return bare.removesuffix(province).rstrip(" ,(-–—") if province else folded(text)

    def _district(self, text: str) -> CampaignUnit:
        found = [unit for unit in self._named(text, "district") if unit.id in self.compilers]
        if len(found) != 1:
            raise Wrong("district_unknown", value=text)
        return found[0]

    def _named(self, text: str, level: str = "") -> list[CampaignUnit]:
        """Every unit that a name may mean: by the whole name; by the name without its kind; at district level by another kind."""
        found: set[int] = set()
        for words in _spellings(text):
            key = "".join(words)
            kind, rest = _kind(words)
            if key in self.exact:
                found |= self.exact[key]
            elif not kind:
                found |= self.at_level.get((level, key), set()) if level else self.bare.get(key, set())
            elif kind == "district":
                found |= self.at_level.get((kind, "".join(rest)), set())
        return [self.units[number] for number in sorted(found)]

    def _add(self, name: str, number: int) -> None:
        for words in _spellings(name):
            self.exact["".join(words)].add(number)
            kind, rest = _kind(words)
            if kind:
                self.bare["".join(rest)].add(number)
                self.at_level[kind, "".join(rest)].add(number)

    def _begun(self, text: str) -> list[CampaignUnit]:
        """The living units whose names begin with a text of several words: "Phòng Nội vụ" is one of fifteen."""
        self.compared += 1
        keys = tuple("".join(words) for words in _spellings(text) if len(words) > 1)
        if not keys or self.compared > NEAR_AT_MOST:
            return []
        found = {number for key, numbers in self.exact.items() if key.startswith(keys) for number in numbers}
        return [self.units[number] for number in sorted(found) if self.units[number].ended_on is None]

    def _nearest(self, text: str) -> str:
        """The name most like a text, by the pairs of letters that they share; empty when none is like it."""
        if self.compared > NEAR_AT_MOST:
            return ""
        if self._grams is None:
            self._grams = defaultdict(set)
            for key in self.exact:
                for gram in _grams(key):
                    self._grams[gram].add(key)
        best, name = 0.0, ""
        for words in _spellings(text):
            wanted = _grams("".join(words))
            shared = Counter(key for gram in wanted for key in self._grams.get(gram, ()))
            for key, count in shared.items():
                likeness = 2 * count / (len(wanted) + len(key) + 1)
                if likeness > best or (likeness == best and key < name):
                    best, name = likeness, key
        if best < NEAR:
            return ""
        return _listed([self.units[number] for number in sorted(self.exact[name])][:2])


def among(text: str, members: Sequence[CampaignUnit]) -> CampaignUnit | None:
    """The one of a few units that a text names, or begins to name ("Phòng Nội vụ"); None for none or several."""
    keys = {"".join(words) for words in _spellings(text)}
    names = {
        unit.id: {"".join(words) for name in (unit.name, unit.unit.code, *unit.unit.aliases) for words in _spellings(name)}
        for unit in members
    }
    exact = [unit for unit in members if names[unit.id] & keys]
    begun = [unit for unit in members if any(name.startswith(tuple(keys)) for name in names[unit.id])]
    found = exact if len(exact) == 1 else begun
    return found[0] if keys and len(found) == 1 else None


def _marked_alike(text: str, unit: CampaignUnit) -> bool:
    """Whether a text holds a unit's name with its very marks: Tân Thành is not Tân Thạnh, though both fold alike."""
    name = _marked(unit.name)[len(_words(unit.name)) - len(_kind(_words(unit.name))[1]) :]
    words = _marked(text)
    return any(words[at : at + len(name)] == name for at in range(len(words) - len(name) + 1))


def _marked(text: str) -> list[tuple[str, str]]:
    """Each word as its letters and its marks, wherever in the word they stand: Hòa and Hoà are one."""
    decomposed = (unicodedata.normalize("NFD", word) for word in re.findall(r"\w+", unicodedata.normalize("NFC", text.casefold())))
    return [
        ("".join(c for c in word if not unicodedata.combining(c)), "".join(sorted(c for c in word if unicodedata.combining(c))))
        for word in decomposed
    ]


def _words(text: str) -> Words:
    return tuple(re.sub(r"[^a-z0-9]+", " ", folded(text)).split())


def _former(unit: Unit) -> set[str]:
    return {name for version in unit.versions for name in (version.name, version.official_name)}


def _spellings(text: str) -> list[Words]:
    """The words of a name without marks, case and "Ủy ban nhân dân"; a shortened first word is written out in each of its meanings."""
    if "&" in text:
        return [spelling for sign in (" ", " và ") for spelling in _spellings(text.replace("&", sign))]
    words = _words(INITIALS.sub(r"\1\2", text))
    for committee in COMMITTEE:
        at = next((n for n in range(len(words)) if words[n : n + len(committee)] == committee), None)
        if at is not None and len(words) > len(committee):
            words = words[:at] + words[at + len(committee) :]
    if len(words) > 1 and words[0] in SHORT_FORMS:
        return [(*full, *words[1:]) for full in SHORT_FORMS[words[0]]]
    return [words] if words else []


def _kind(words: Words) -> tuple[str, Words]:
    """Which kind of place a name says it is of, and the name without it."""
    for level, kinds in LEVELS.items():
        for kind in kinds:
            if words[: len(kind)] == kind and len(words) > len(kind):
                return level, words[len(kind) :]
    return "", words


def _grams(key: str) -> set[str]:
    padded = f" {key} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def _listed(units: Sequence[CampaignUnit]) -> str:
    names = [unit.long_name for unit in units[:NAMED_AT_MOST]]
    return "; ".join(names) + ("; …" if len(units) > NAMED_AT_MOST else "")

"""A campaign's plan as typed values, read from its data file. Years, quotas, kinds, papers and quoted clauses live in data, not here."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from models.vocabulary import DocumentKind, ResultNeed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a data file: the path of the field ("kinds[2].quota") and, in Vietnamese, what is wrong and what is wanted."""

    field: str
    reason: str


class PlanFaulty(Exception):
    """The plan's data cannot be read; `faults` holds everything that is wrong, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep all the faults."""
        super().__init__("; ".join(f"{fault.field}: {fault.reason}" for fault in faults))
        self.faults = list(faults)


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
    minimum_notice_days: int
    reminder_time: datetime.time
    registration_offsets: tuple[int, ...]
    submission_offsets: tuple[int, ...]
    overdue_every_days: int
    kinds: Mapping[str, KindRule]
    quota_exceptions: tuple[QuotaException, ...]
    criteria: Mapping[str, Criterion]
    rank_groups: tuple[Word, ...]
    ratings: tuple[Word, ...]
    documents: tuple[RequiredDocument, ...]
    legal_bases: tuple[LegalBasis, ...]
    clauses: Mapping[str, str]
    recipients: tuple[str, ...]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Plan:
        """Read a plan from parsed TOML or from its stored copy. Raises PlanFaulty with everything that is wrong."""
        source = Reader(data)
        registration, submission, reminders = source.table("registration"), source.table("submission"), source.table("reminders")
        criteria = [_criterion(row) for row in source.rows("criteria")]
        kinds = [_kind(row, {c.code for c in criteria}) for row in source.rows("kinds")]
        ratings = [_word(row) for row in source.rows("ratings")]
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
            minimum_notice_days=submission.number("minimum_notice_days", 0, 366),
            reminder_time=reminders.time("time"),
            registration_offsets=reminders.offsets("registration"),
            submission_offsets=reminders.offsets("submission"),
            overdue_every_days=reminders.number("overdue_every_days", 1, 366),
            kinds={kind.code: kind for kind in kinds},
            quota_exceptions=tuple(
                QuotaException(row.text("unit"), row.number("quota", 0, 999)) for row in source.rows("quota_exceptions")
            ),
            criteria={criterion.code: criterion for criterion in criteria},
            rank_groups=tuple(_word(row) for row in source.rows("rank_groups")),
            ratings=tuple(ratings),
            documents=tuple(_document(row) for row in source.rows("documents")),
            legal_bases=tuple(_legal_basis(row) for row in source.rows("legal_bases")),
            clauses=source.texts("clauses"),
            recipients=source.lines("recipients"),
        )
        source.twice("kinds", [kind.code for kind in kinds])
        source.twice("criteria", [criterion.code for criterion in criteria])
        if source.faults:
            raise PlanFaulty(source.faults)
        return plan

    def rating_at_least(self, rating: str, minimum: str) -> bool:
        """Whether a rating is as good as the minimum; the plan lists ratings from best to worst."""
        order = [word.code for word in self.ratings]
        return rating in order and order.index(rating) <= order.index(minimum)

    def label_of_group(self, code: str) -> str:
        """The rank group in words; an unknown code is given back as it is."""
        return next((word.label for word in self.rank_groups if word.code == code), code)

    def label_of_rating(self, code: str) -> str:
        """The rating in words; an unknown code is given back as it is."""
        return next((word.label for word in self.ratings if word.code == code), code)


class Reader:
    """Takes typed values out of parsed data and collects, in Vietnamese, everything that is wrong instead of stopping at the first."""

    def __init__(self, data: Mapping[str, Any], path: str = "", faults: list[Fault] | None = None) -> None:
        """Read `data`, which lies at `path`; faults of inner tables gather in the outer list."""
        self.data = data
        self.path = path
        self.faults: list[Fault] = [] if faults is None else faults

    def _fault(self, key: str, reason: str) -> None:
        self.faults.append(Fault(f"{self.path}.{key}" if self.path else key, reason))

    def _take(self, key: str, wanted: str, accept: Callable[[Any], T | None], otherwise: T) -> T:
        if key not in self.data:
            self._fault(key, f"thiếu; cần {wanted}")
            return otherwise
        try:
            value = accept(self.data[key])
        except ValueError:
            value = None
        if value is None:
            self._fault(key, f"{self.data[key]!r} không hợp lệ; cần {wanted}")
            return otherwise
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty, or the default when the key is absent."""
        if default is not None and key not in self.data:
            return default
        return self._take(key, "một chuỗi không rỗng", lambda v: v.strip() if isinstance(v, str) and v.strip() else None, "")

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        wanted = f"một số nguyên từ {least} đến {most}"
        return self._take(key, wanted, lambda v: v if type(v) is int and least <= v <= most else None, least)

    def flag(self, key: str) -> bool:
        """True or false."""
        return self._take(key, "true hoặc false", lambda v: v if isinstance(v, bool) else None, False)

    def date(self, key: str) -> datetime.date:
        """A date, as TOML has it or as an ISO text."""
        return self._take(key, "một ngày dạng 2021-03-31", _as_date, datetime.date.min)

    def optional_date(self, key: str) -> datetime.date | None:
        """A date, or None when the key is absent."""
        return self.date(key) if self.data.get(key) else None

    def time(self, key: str) -> datetime.time:
        """A time of day, "08:00"."""
        return self._take(key, "giờ dạng 08:00", lambda v: datetime.time.fromisoformat(v) if isinstance(v, str) else None, datetime.time())

    def offsets(self, key: str) -> tuple[int, ...]:
        """Days before a due date, from the earliest reminder to the last."""
        wanted = "danh sách số ngày trước hạn, mỗi số từ 0 đến 366"
        values = self._take(
            key, wanted, lambda v: v if isinstance(v, list) and all(type(n) is int and 0 <= n <= 366 for n in v) else None, list[int]()
        )
        return tuple(sorted(set(values), reverse=True))

    def choice(self, key: str, among: Sequence[str], default: str | None = None) -> str:
        """One of the given words."""
        if default is not None and key not in self.data:
            return default
        return self._take(key, "một trong: " + ", ".join(among), lambda v: v if v in among else None, "")

    def texts(self, key: str) -> dict[str, str]:
        """A table of texts."""
        return self._take(
            key, "một bảng khoá = chuỗi", lambda v: v if isinstance(v, dict) and all(isinstance(t, str) for t in v.values()) else None, {}
        )

    def lines(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self._take(
            key, "một danh sách chuỗi", lambda v: v if isinstance(v, list) and all(isinstance(t, str) for t in v) else None, list[str]()
        )
        return tuple(found)

    def table(self, key: str) -> Reader:
        """An inner table."""
        inner = self._take(key, f"một bảng [{key}]", lambda v: v if isinstance(v, dict) else None, None)
        missing: Mapping[str, Any] = {}
        if inner is None:
            return Reader(missing, key, [])
        return Reader(inner, key, self.faults)

    def rows(self, key: str) -> list[Reader]:
        """The rows of a list of tables."""
        nothing: list[Mapping[str, Any]] = []
        found = self._take(
            key, f"các bảng [[{key}]]", lambda v: v if isinstance(v, list) and all(isinstance(r, dict) for r in v) else None, nothing
        )
        return [Reader(row, f"{key}[{number}]", self.faults) for number, row in enumerate(found, start=1)]

    def twice(self, key: str, codes: Sequence[str]) -> None:
        """Report codes that stand more than once in a list of tables."""
        for number, code in enumerate(codes, start=1):
            if code in codes[: number - 1]:
                self.faults.append(Fault(f"{key}[{number}].code", f"mã {code!r} bị lặp lại"))


def _as_date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return None
    if isinstance(value, datetime.date):
        return value
    return datetime.date.fromisoformat(value) if isinstance(value, str) else None


def _criterion(row: Reader) -> Criterion:
    return Criterion(
        row.text("code"),
        row.text("clause"),
        row.text("label"),
        row.number("year", 2000, 2200),
        ResultNeed(row.choice("needs", [need.value for need in ResultNeed]) or ResultNeed.INDEX),
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
    return LegalBasis(row.text("code"), row.text("title"), row.optional_date("valid_from"), row.optional_date("valid_to"))

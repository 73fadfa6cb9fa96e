"""Taking typed values out of a plan's parsed data, with every fault in Vietnamese. What a plan holds is in models/plan.py."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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

    def optional_text(self, key: str) -> str:
        """A text, or nothing when the key is absent."""
        return self.text(key) if key in self.data else ""

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

    def time(self, key: str, default: datetime.time | None = None) -> datetime.time:
        """A time of day, "08:00", or the default when the key is absent."""
        if default is not None and key not in self.data:
            return default
        return self._take(key, "giờ dạng 08:00", _as_time, datetime.time())

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

    def lines(self, key: str, among: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts, or of some of the given words."""
        wanted = "một danh sách chuỗi" if among is None else "một danh sách gồm: " + ", ".join(among)
        found = self._take(
            key,
            wanted,
            lambda v: v if isinstance(v, list) and all(isinstance(t, str) and (among is None or t in among) for t in v) else None,
            list[str](),
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


def _as_time(value: object) -> datetime.time | None:
    time = datetime.time.fromisoformat(value) if isinstance(value, str) else None
    return time if time is not None and time.tzinfo is None else None


def _as_date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return None
    if isinstance(value, datetime.date):
        return value
    return datetime.date.fromisoformat(value) if isinstance(value, str) else None

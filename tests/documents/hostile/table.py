"""docs/hostile-uploads.md from the corpus: `python -m tests.documents.hostile.table` writes it, a test keeps it true."""

from __future__ import annotations

import unicodedata

from config import ROOT
from tests.documents.hostile.corpus import CASES, TAKEN
from web.uploads import REFUSALS

PLACE = ROOT / "docs" / "hostile-uploads.md"
HEAD = """# Hostile uploads and what each gets

Made from `tests/documents/hostile/corpus.py` by `python -m tests.documents.hostile.table`; every row is a test. {count} files:
{refused} are refused with the words in the last column, {taken} are taken, because nothing in them runs and nobody is served by a refusal.
Whatever is taken is stored under its SHA-256, never under its name, and only ever leaves as an attachment with `nosniff`.

| # | Tệp | Tên | Được gì |
|---|---|---|---|
"""


def table() -> str:
    """The whole page."""
    taken = sum(case.gets == TAKEN for case in CASES)
    rows = [
        f"| {number} | {case.what} | `{shown(case.file_name)}` | {'**nhận**' if case.gets == TAKEN else REFUSALS[case.gets]} |"
        for number, case in enumerate(CASES, start=1)
    ]
    return HEAD.format(count=len(CASES), refused=len(CASES) - taken, taken=taken) + "\n".join(rows) + "\n"


def shown(name: str) -> str:
    """A name with its invisible characters written out."""
    return "".join(f"<U+{ord(c):04X}>" if unicodedata.category(c) in {"Cc", "Cf"} else c for c in name)


if __name__ == "__main__":
    PLACE.write_text(table(), encoding="utf-8")

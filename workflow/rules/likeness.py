"""III.4.c: how much alike two reports are: a sketch of a text, small enough to stand in a row, and what two sketches share. Pure."""

from __future__ import annotations

import hashlib
import unicodedata

HASHES, DIGITS, WORDS = 64, 8, 4
"""A sketch keeps the 64 smallest of the hashes of all runs of four words, as eight hexadecimal digits each."""

TELLING = 24
"""A text with fewer runs says too little to be compared."""

NEARLY_THE_SAME = 0.7
"""From this share on two reports are nearly the same: a name and a few figures differ."""


def sketch_of(text: str) -> str:
    """The sketch of a text; empty when it says too little. Marks and words count, layout and capitals do not."""
    words = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", text).casefold()).split()
    runs = {" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1)}
    if len(runs) < TELLING:
        return ""
    return "".join(sorted(hashlib.sha256(run.encode()).hexdigest()[:DIGITS] for run in runs)[:HASHES])


def nearly_the_same(one: str, other: str) -> bool:
    """Whether two sketches are of nearly the same text: of the smallest hashes of both together, how many each of them has."""
    if not one or not other:
        return False
    first, second = _parts(one), _parts(other)
    smallest = sorted(first | second)[: min(HASHES, max(len(first), len(second)))]
    return len(first & second & set(smallest)) >= NEARLY_THE_SAME * len(smallest)


def _parts(sketch: str) -> set[str]:
    return {sketch[at : at + DIGITS] for at in range(0, len(sketch), DIGITS)}

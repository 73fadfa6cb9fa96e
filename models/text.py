"""Vietnamese text for comparing and sorting. No wording."""

from __future__ import annotations

import unicodedata

_ORDER = {letter: index for index, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def N_(text: str) -> str:  # noqa: N802 (the name by which the catalogue's extractor knows it)
    """Mark a Vietnamese text for the English catalogue; it is translated where it is shown."""
    return text


def clean(text: str) -> str:
    """NFC, with runs of white space as one space and no control or invisible formatting characters."""
    if text.isprintable():
        return " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())


def folded(text: str) -> str:
    """Without marks and case, so that "hoa dat" finds "Hòn Đất"; NFC and NFD input fold alike."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").split())


def sort_key(text: str, *then: str) -> str:
    """A key that sorts as Vietnamese dictionaries do: Đ after D, Ê after E; tones decide only between equal letters. ASCII text.

    Where texts are equal, the next ones decide: a commune's name, then its district's.
    """
    return "  ".join(_key(part) for part in (text, *then))


def _key(text: str) -> str:
    letters: list[str] = []
    tones: list[str] = []
    for word in unicodedata.normalize("NFC", text).casefold().split():
        for character in word:
            bare = "".join(c for c in unicodedata.normalize("NFD", character) if c not in _TONES)
            letter = unicodedata.normalize("NFC", bare)
            tone = next((_TONES[c] for c in unicodedata.normalize("NFD", character) if c in _TONES), 0)
            letters.append(f"a{_ORDER[letter]:02d}" if letter in _ORDER else f"0{ord(letter):06x}" if len(letter) == 1 else "0")
            tones.append(str(tone))
        letters.append("!")
        tones.append("!")
    return "".join(letters).rstrip("!") + " " + "".join(tones).rstrip("!")

"""An identifier with its label: what every closed vocabulary is made of."""

from __future__ import annotations

from enum import StrEnum


class Labelled(StrEnum):
    """An identifier for the database and the code, with its Vietnamese label for people."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        """Keep the label beside the identifier; the identifier alone is what is stored and compared."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

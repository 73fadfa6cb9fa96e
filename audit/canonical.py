"""One spelling for one value: canonical JSON and the digests over it. Format 1 of the record is defined here and nowhere else."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

FORMAT = 1
ZERO = "0" * 64
MAX_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """A value outside RFC 8785 as restricted here: NFC strings, integers, booleans, null, lists, objects with ASCII keys."""


def canonical(value: object) -> str:
    """RFC 8785 text of a value. Raises NotCanonical for floats, integers beyond 2^53-1, text that is not NFC, keys that are not ASCII."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _check(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("integer beyond 2^53-1")
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise NotCanonical("object key is not ASCII text")
            _check(item)
    else:
        raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text) or any("\ud800" <= c <= "\udfff" for c in text):
        raise NotCanonical("text is not NFC")


def timestamp(at: datetime) -> str:
    """An instant in UTC to the microsecond, always the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_hash(rec: str) -> str:
    """SHA-256(0x00 ‖ rec): the chain hash, and at the same time the RFC 6962 leaf hash."""
    return hashlib.sha256(b"\x00" + rec.encode()).hexdigest()


def detail_digest(salt: str, detail: str) -> str:
    """SHA-256(salt ‖ canonical detail); the salt is given in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + detail.encode()).hexdigest()

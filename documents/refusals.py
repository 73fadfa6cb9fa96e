"""What a paper may be, and why an upload is not taken. Codes only: their wording is in web/uploads.py; the confined child uses it too."""

from __future__ import annotations

from pathlib import PurePath

MAX_BYTES = 20 * 1024 * 1024
"""Largest paper that is taken, in bytes."""

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ENDINGS = {PDF: (".pdf",), PNG: (".png",), JPEG: (".jpg", ".jpeg"), DOCX: (".docx",), XLSX: (".xlsx",)}
"""What is taken, and how the name of each may end."""

SIGNATURES = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes. A Word or Excel file is a zip; the old formats, and the new ones under a password, are OLD_OFFICE."""

LONGEST_ENDING = 6


class PaperRefused(Exception):
    """An upload cannot be taken; `code` says why, with the values to say it with."""

    def __init__(self, code: str, **params: str | int) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code
        self.params = params


def ending_of(file_name: str) -> str:
    """The ending of a file's name with its dot, in small letters; what is longer than any ending is none."""
    ending = PurePath(file_name).suffix.casefold()
    return ending if len(ending) <= LONGEST_ENDING else ""


def named(file_name: str, media_type: str) -> str:
    """A file's own name; one without an ending gets that of what it is."""
    return file_name if ending_of(file_name) else file_name + ENDINGS[media_type][0]


def first_look(content: bytes, file_name: str) -> None:
    """Refuse what need not be opened: empty, over 20 MB, or by its first bytes not what is taken or not what its name says.

    Raises PaperRefused.
    """
    if not content:
        raise PaperRefused("empty")
    if len(content) > MAX_BYTES:
        raise PaperRefused("too_large")
    if content.startswith(OLD_OFFICE):
        raise PaperRefused("old_or_locked")
    ending = ending_of(file_name)
    if ending and ending not in {known for endings in ENDINGS.values() for known in endings}:
        raise PaperRefused("wrong_type")
    if content.startswith(ZIP):
        if ending not in {"", *ENDINGS[DOCX], *ENDINGS[XLSX]}:
            raise PaperRefused("wrong_ending")
        return
    media_type = next((known for start, known in SIGNATURES.items() if content.startswith(start)), None)
    if media_type is None:
        raise PaperRefused("wrong_type")
    check_ending(media_type, file_name)


def check_ending(media_type: str, file_name: str) -> None:
    """Raise PaperRefused when a file's name says something else than what it is; a name without an ending says nothing."""
    if ending_of(file_name) not in {"", *ENDINGS[media_type]}:
        raise PaperRefused("wrong_ending")

"""What a workbook may look like before it is opened: members, sizes and kind of a zip, decided from its directory. Nothing is unpacked."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of .xls files and of workbooks with a password."""
BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
"""First bytes of files that are neither a workbook nor text."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 30
    wall_seconds: float = 60
    rows: int = 20_000
    columns: int = 100
    unpacked_bytes: int = 100 * 1024 * 1024
    output_bytes: int = 32 * 1024 * 1024
    members: int = 1_000
    ratio: int = 200
    """How much larger than its packed form a member over 1 MB may be; sheets that offices fill in stay under 40."""


LIMITS = Limits()
MEGABYTE = 1024 * 1024


class Unreadable(Exception):
    """A file is not read; `code` says why, in words of imports/faults.py, with the values to say it with."""

    def __init__(self, code: str, **params: str | int) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code
        self.params = params


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a file is a zip (a workbook) rather than text. Raises Unreadable for what is plainly neither."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(OLD_OFFICE):
        raise Unreadable("old_or_locked")
    if start.startswith(BINARY):
        raise Unreadable("not_a_sheet")
    return start.startswith(b"PK")


def check_archive(file: IO[bytes], limits: Limits = LIMITS) -> None:
    """Refuse a workbook that would unpack to too much, holds macros, or is no workbook. Raises Unreadable."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("damaged") from None
    finally:
        file.seek(0)
    if len(members) > limits.members:
        raise Unreadable("too_many_members", limit=limits.members)
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise Unreadable("unpacks_too_large", limit=limits.unpacked_bytes // MEGABYTE)
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("old_or_locked")
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names) or len(set(names)) < len(names):
        raise Unreadable("damaged")
    if any(member.file_size > MEGABYTE and member.file_size > limits.ratio * max(member.compress_size, 1) for member in members):
        raise Unreadable("packed_too_tight")
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise Unreadable("has_macros")
    if "mimetype" in names and "content.xml" in names:
        raise Unreadable("open_document")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable("not_a_sheet")

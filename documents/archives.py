"""Word and Excel files opened as the zip that they are: how much they unpack to, what they hold, which of the two they are."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree  # nosec B405 (a DTD is refused before parsing, and only the confined child parses)

from documents.refusals import DOCX, XLSX, PaperRefused

MEGABYTE = 1024 * 1024
MEMBERS, UNPACKED, RATIO, DIRECTORY = 2_000, 200 * MEGABYTE, 200, 1 * MEGABYTE
"""How many members, how many bytes in all, how much larger than packed (members over 1 MB), and the bytes of the zip's own directory."""

END_OF_DIRECTORY = 22
NESTED = 1
"""A chart carries its workbook; that workbook carries no further one."""

MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
TYPES = "[Content_Types].xml"
OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"

MACROS = re.compile(r"(^|/)(vbaproject|vbadata|vbaprojectsignature)[^/]*\.(bin|xml)$|(^|/)(macrosheets|activex|customui)/", re.IGNORECASE)
"""Members that carry macros or controls; Excel's old macro sheets too."""
FOREIGN = re.compile(
    r"\.(exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|hta|jar|lnk|msi|zip|rar|7z|iso|docm|xlsm|xlsb|dotm|xltm|doc|xls|ppt)$", re.IGNORECASE
)
OBJECTS = re.compile(r"(^|/)(oleobject[^/]*|embeddings/[^/]*\.bin)$", re.IGNORECASE)
WORKBOOKS = re.compile(r"/embeddings/[^/]+\.(xlsx|docx)$", re.IGNORECASE)

REMOTE = re.compile(r"^(https?:|ftp:|mhtml:|\\\\|//|file:/*[^/]*\\\\|file:////|file://[^/]+/)", re.IGNORECASE)
CODE_FROM_ELSEWHERE = {"attachedTemplate", "oleObject", "frame", "subDocument", "control", "vbaProject"}
"""Relationships that bring in what another place decides; links and pictures stay what they are."""
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
COMMANDS = re.compile(rb"<(?:\w+:)?ddeLink\b|<(?:\w+:)?instrText[^>]*>\s*DDE(?:AUTO)?\b|\binstr=[\"']\s*DDE(?:AUTO)?\b", re.IGNORECASE)


def kind_of(content: bytes, depth: int = 0) -> str:
    """Whether a zip is a Word or an Excel file; every member is unpacked once, within the limits. Raises PaperRefused."""
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members)
            names = [member.filename for member in members]
            if TYPES not in names:
                raise PaperRefused("wrong_type")
            _check_names(names)
            for member in members:
                _check_content(member.filename, _unpacked(archive, member), depth)
            return _declared(archive.read(TYPES))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, ElementTree.ParseError):
        raise PaperRefused("damaged") from None


def _check_directory(content: bytes) -> None:
    """The directory at the end must be as small as an office file's: reading it costs far more than it weighs."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - END_OF_DIRECTORY - 65_535))
    if at < 0 or at + END_OF_DIRECTORY > len(content):
        raise PaperRefused("damaged")
    if int.from_bytes(content[at + 12 : at + 16], "little") > DIRECTORY:
        raise PaperRefused("bomb")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise PaperRefused("bomb")
    if any(member.file_size > MEGABYTE and member.file_size > RATIO * max(member.compress_size, 1) for member in members):
        raise PaperRefused("bomb")
    if any(member.flag_bits & 1 for member in members):
        raise PaperRefused("old_or_locked")


def _check_names(names: list[str]) -> None:
    plain = [name.replace("\\", "/") for name in names]
    leaves = any(name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in name for name in plain)
    if leaves or len({name.casefold() for name in plain}) < len(plain):
        raise PaperRefused("damaged")
    if any(MACROS.search(name) for name in plain):
        raise PaperRefused("macros")
    if any(FOREIGN.search(name) or OBJECTS.search(name) for name in plain):
        raise PaperRefused("attachments")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes; zipfile itself never gives more than the directory declared, and checks them."""
    with archive.open(member) as file:
        return file.read()


def _check_content(name: str, content: bytes, depth: int) -> None:
    if name.casefold().endswith((".xml", ".rels", ".vml")):
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise PaperRefused("damaged")
        if COMMANDS.search(content):
            raise PaperRefused("macros")
    if name.casefold().endswith(".rels"):
        for relation in _parsed(content).iter(RELATION):
            kind = relation.get("Type", "").rsplit("/", 1)[-1]
            outside = relation.get("TargetMode", "").casefold() == "external"
            if kind == "vbaProject" or (outside and kind in CODE_FROM_ELSEWHERE and REMOTE.match(relation.get("Target", "").strip())):
                raise PaperRefused("macros")
    if WORKBOOKS.search(name):
        if depth >= NESTED:
            raise PaperRefused("attachments")
        kind_of(content, depth + 1)


def _parsed(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 # nosec B314 (a DTD was refused before)


def _declared(content: bytes) -> str:
    """What the list of content types says that the main part is."""
    types = [part.get("ContentType", "") for part in _parsed(content).iter(OVERRIDE)]
    if any("macroenabled" in kind.casefold() or "vbaproject" in kind.casefold() for kind in types):
        raise PaperRefused("macros")
    found = {MAIN[kind] for kind in types if kind in MAIN}
    if len(found) != 1:
        raise PaperRefused("wrong_type")
    return found.pop()

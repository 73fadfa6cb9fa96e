"""`python -m documents.opening NAME`: opens one upload in a process of its own, under limits, and says what it is.

The file comes on standard input. The answer is a line of JSON, {"is": media type} or {"refused": code}, and for a report a second one,
{"sketch": text}: what its text is like (workflow/rules/likeness.py). Imports only the libraries that open files, never the service.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from documents.archives import kind_of
from documents.refusals import DOCX, PDF, SIGNATURES, ZIP, PaperRefused, check_ending
from workflow.rules.likeness import sketch_of

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY, CPU_SECONDS = 1024 * 1024 * 1024, 20
PIXELS = 80_000_000
"""An A3 sheet scanned at 600 dots an inch has 70 million."""
PAGES = 5_000
REPORT_PAGES = 40
"""So many pages of a report are read to compare it with the others."""

ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/RichMediaExecute"}
"""What a PDF may ask a reader to run, start or send."""
NOT_WALKED = {"/Parent", "/P", "/Contents", "/Resources", "/StructTreeRoot", "/Metadata", "/ParentTree", "/Dest", "/D", "/Prev", "/IRT"}
OBJECTS = 200_000


def examine(content: bytes, file_name: str) -> str:
    """What a file is, decided by opening it. Raises PaperRefused when it is damaged, locked, active or not what its name says."""
    if content.startswith(ZIP):
        media_type = kind_of(content)
    else:
        media_type = next(known for start, known in SIGNATURES.items() if content.startswith(start))
        if zipfile.is_zipfile(io.BytesIO(content)):
            raise PaperRefused("two_in_one")
        (_open_pdf if media_type == PDF else _open_picture)(content)
    check_ending(media_type, file_name)
    return media_type


def _open_picture(content: bytes) -> None:
    """Every line of a picture is decoded: a file that is cut off, or larger than any scan, is refused."""
    from PIL import Image, UnidentifiedImageError

    wanted = "PNG" if content.startswith(b"\x89PNG") else "JPEG"
    try:
        with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
            _check_size(picture)
            picture.draft("RGB", (picture.width // 8 or 1, picture.height // 8 or 1))
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PaperRefused("huge_picture") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, EOFError):
        raise PaperRefused("damaged") from None


def _check_size(picture: Image) -> None:
    if picture.width * picture.height > PIXELS:
        raise PaperRefused("huge_picture")


def _open_pdf(content: bytes) -> None:
    """A PDF has pages, no password, nothing that runs by itself, and no other file inside."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise PaperRefused("old_or_locked")
        if not 0 < len(reader.pages) <= PAGES:
            raise PaperRefused("damaged")
        for found in _walk(reader.trailer.get("/Root")):
            if str(found.get("/S")) in ACTIONS or "/JS" in found or "/XFA" in found:
                raise PaperRefused("active")
            if "/EmbeddedFiles" in found or "/EF" in found:
                raise PaperRefused("attachments")
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError, AssertionError):
        raise PaperRefused("damaged") from None


def _walk(start: Any) -> Iterator[dict[str, Any]]:
    """The dictionaries that a reader acts on, each once: catalogue, pages, notes, fields, outlines. What is only drawn is left out."""
    from pypdf.generic import IndirectObject

    seen, waiting = set(), [start]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            if len(seen) > OBJECTS:
                raise PaperRefused("too_slow")
            item = item.get_object()
        if isinstance(item, dict):
            yield item
            waiting += [dict.__getitem__(item, key) for key in item if key not in NOT_WALKED]
        elif isinstance(item, list):
            waiting += list.__iter__(item)


def text_of(content: bytes, media_type: str) -> str:
    """The text of a report; none in a scanned one, in a picture or in a sheet."""
    if media_type == PDF:
        from pypdf import PdfReader

        pages = PdfReader(io.BytesIO(content), strict=False).pages
        return "\n".join(page.extract_text() for _number, page in zip(range(REPORT_PAGES), pages, strict=False))
    if media_type == DOCX:
        import re

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return re.sub(r"<[^>]*>", " ", archive.read("word/document.xml").decode("utf-8", "replace").replace("</w:p>", "\n"))
    return ""


def confine() -> None:
    """Put this process under its limits; there is no way back."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(arguments: Sequence[str]) -> int:
    """Open the file under the limits; whatever goes wrong is one line that says so."""
    warnings.simplefilter("ignore")
    too_much = b'{"refused":"too_slow"}\n'  # made beforehand: later there may be no memory to make it
    confine()
    file_name, compared = arguments[0], "--sketch" in arguments[1:]
    content = sys.stdin.buffer.read()
    try:
        media_type = examine(content, file_name)
    except MemoryError:
        os.write(1, too_much)
        return 3
    except PaperRefused as refused:
        return _say({"refused": refused.code})
    except Exception:  # noqa: BLE001 (a library's trouble with a hostile file takes any shape; the file is then damaged)
        return _say({"refused": "damaged"})
    _say({"is": media_type})
    if compared:
        _say({"sketch": sketch_of(text_of(content, media_type))})
    return 0


def _say(line: dict[str, str]) -> int:
    os.write(1, json.dumps(line).encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

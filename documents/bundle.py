"""All papers of a dossier as one ZIP, written piece by piece: no more than one piece is held. Its table of contents is the page's."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from documents.store import Store
from models.documents import Document
from models.dossiers import Dossier
from models.localtime import local
from models.vocabulary import ScanResult
from workflow.document_appraisal import evidence_of, slots_of

PIECE = 256 * 1024
CONTENTS = "00 Mục lục.html"
LONGEST_PATH = 120
UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
"""Characters that a file's name may not have on the machines of offices."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the bundle: its path in it, what it is, which version, received when, its size and SHA-256.

    `there` unless its file is gone, `infected` when the scanner found something in it: neither lies in the bundle.
    """

    path: str
    title: str
    file_name: str
    number: int
    received: datetime
    size: int
    sha256: str
    there: bool
    infected: bool = False


class Sink:
    """A file that only goes forward; what was written is taken away in pieces."""

    def __init__(self) -> None:
        """Empty."""
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take what the archive writes."""
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        """What was written since the last time."""
        data, self.parts = b"".join(self.parts), []
        return data


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a dossier in force, and how many earlier versions stay behind."""

    entries: list[Entry]
    earlier: int
    store: Store

    @classmethod
    def of(cls, dossier: Dossier, store: Store) -> Bundle:
        """Gather what the bundle holds; afterwards the database is not asked."""
        papers = [(slot.title, slot.document) for slot in slots_of(dossier) if slot.document]
        papers += [(piece.kind.label, piece) for piece in evidence_of(dossier)]
        entries = [_entry(number, title, document, store) for number, (title, document) in enumerate(papers, start=1)]
        return cls(entries, sum(len(document.versions) - 1 for _title, document in papers), store)

    def stream(self, contents: str, at: datetime) -> Iterator[bytes]:
        """The ZIP in pieces: the table of contents first, then the files in its order."""
        sink, stamp = Sink(), local(at).timetuple()[:6]
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]  # it asks for no more than Sink has
            archive.writestr(_info(CONTENTS, stamp), contents.encode())
            for entry in (entry for entry in self.entries if entry.there):
                info = _info(entry.path, local(entry.received).timetuple()[:6])
                with self.store.open(entry.sha256) as file, archive.open(info, "w") as member:
                    while piece := file.read(PIECE):
                        member.write(piece)
                        yield sink.take()
        yield sink.take()


def _info(path: str, stamp: tuple[int, ...]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, (stamp[0], stamp[1], stamp[2], stamp[3], stamp[4], stamp[5]))
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return info


def _entry(number: int, title: str, document: Document, store: Store) -> Entry:
    version = document.latest
    stem, _dot, ending = version.file_name.rpartition(".")
    path = f"{UNFIT.sub('-', f'{number:02} {title} - {stem}')[:LONGEST_PATH].strip(' .')}.{UNFIT.sub('', ending)}"
    infected = version.scan is ScanResult.INFECTED
    there = not infected and store.has(version.sha256)
    return Entry(
        path, title, version.file_name, version.number, version.uploaded_at, version.size, version.sha256, there=there, infected=infected
    )

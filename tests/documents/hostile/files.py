"""Building blocks of the hostile-upload corpus: PDF, pictures and Word and Excel files, right ones and with something wrong in them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from demo.paper import pdf

PDF = pdf("Báo cáo", ["Nội dung hư cấu."])

CONTENT_TYPES = "application/vnd.openxmlformats-officedocument."
WORD_MAIN, SHEET_MAIN = f"{CONTENT_TYPES}wordprocessingml.document.main+xml", f"{CONTENT_TYPES}spreadsheetml.sheet.main+xml"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


def types(main: str, *, extra: str = "", before: str = "") -> str:
    """The list of content types of an office file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/main.xml" ContentType="{main}"/>{extra}</Types>'
    )


def relations(kind: str, target: str, *, mode: str = "External") -> str:
    """A part's relations: one of a kind to a target."""
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE_RELATIONS}/{kind}" Target="{target}" '
        f'TargetMode="{mode}"/></Relationships>'
    )


def packed(members: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of members in their order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def word(more: Mapping[str, str | bytes] | None = None, *, text: str = "Báo cáo thành tích", listed: str = "") -> bytes:
    """A Word file with some text, and whatever else is put into it."""
    body = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:t>{text}</w:t></w:document>'
    return packed({"[Content_Types].xml": listed or types(WORD_MAIN), "word/document.xml": body, **(more or {})})


def sheet(more: Mapping[str, str | bytes] | None = None, *, listed: str = "") -> bytes:
    """An Excel file."""
    return packed({"[Content_Types].xml": listed or types(SHEET_MAIN), "xl/workbook.xml": "<workbook/>", **(more or {})})


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    """A right picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, in one small piece of data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


def _written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _writer() -> PdfWriter:
    return PdfWriter(clone_from=PdfReader(io.BytesIO(PDF)))


def action(kind: str, **values: str) -> DictionaryObject:
    """An action of a PDF."""
    entries = {NameObject(f"/{name}"): TextStringObject(value) for name, value in values.items()}
    return DictionaryObject({NameObject("/S"): NameObject(f"/{kind}")} | entries)


def pdf_that_opens(done: DictionaryObject) -> bytes:
    """A PDF that does something when it is opened."""
    writer = _writer()
    writer.root_object[NameObject("/OpenAction")] = done
    return _written(writer)


def pdf_with_script() -> bytes:
    """A PDF whose script is named in the catalogue."""
    writer = _writer()
    named = ArrayObject([TextStringObject("a"), action("JavaScript", JS="app.alert(1)")])
    scripts = DictionaryObject({NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): named})})
    writer.root_object[NameObject("/Names")] = scripts
    return _written(writer)


def pdf_with_note(done: DictionaryObject) -> bytes:
    """A PDF with a note on its page that does something when it is clicked."""
    writer = _writer()
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): done})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([note])
    return _written(writer)


def pdf_with_attachment(name: str = "chay.exe", content: bytes = b"MZ") -> bytes:
    """A PDF with a file inside."""
    writer = _writer()
    writer.add_attachment(name, content)
    return _written(writer)


def pdf_locked(user: str, owner: str = "chu") -> bytes:
    """A PDF under a password; an empty one lets it be read, not changed."""
    writer = _writer()
    writer.encrypt(user, owner, algorithm="RC4-128")
    return _written(writer)


def pdf_with_form() -> bytes:
    """A PDF with a dynamic form."""
    writer = _writer()
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>"), NameObject("/Fields"): ArrayObject()})
    writer.root_object[NameObject("/AcroForm")] = form
    return _written(writer)


def pdf_in_circles() -> bytes:
    """A PDF whose pages contain themselves."""
    return PDF.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")


def pdf_inflating() -> bytes:
    """A PDF whose list of objects unpacks to 150 MB."""
    data = zlib.compress(zlib.compress(b"\x00" * 150_000_000, 1), 9)
    head = b"/Type /XRef /Size 9 /W [1 2 1] /Filter [/FlateDecode /FlateDecode] /Root 1 0 R"
    stream = b"1 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (head, len(data), data)
    return b"%PDF-1.5\n" + stream + b"startxref\n9\n%%EOF\n"


def renamed(content: bytes, name: str, to: str) -> bytes:
    """A zip with a member's name changed in both places, for names that zipfile does not write."""
    assert len(name) == len(to)
    return content.replace(name.encode(), to.encode())


def lying_about_size(content: bytes, size: int) -> bytes:
    """A zip whose directory gives another size for each of its members."""
    found = bytearray(content)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        found[at + 24 : at + 28] = struct.pack("<I", size)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(found)


def huge_directory() -> bytes:
    """A zip of nothing but its directory's 40,000 names."""
    entry = b"PK\x01\x02" + b"\x14\x00\x14\x00" + b"\x00" * 34 + b"\x00" * 4
    directory = entry * 40_000
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 40_000, 40_000, len(directory), 4, 0)
    return b"PK\x03\x04" + directory + end


def word_calling(kind: str, target: str, *, mode: str = "External") -> Callable[[], bytes]:
    """A Word file that brings in something of a kind from a target."""
    return lambda: word({"word/_rels/document.xml.rels": relations(kind, target, mode=mode)})


def word_with_a_wrong_byte() -> bytes:
    """A Word file whose second member no longer has the check sum that it is listed with."""
    content = bytearray(word())
    at = content.index(b"PK\x03\x04", 4)
    content[at + 30 + len("word/document.xml") + 5] ^= 0xFF
    return bytes(content)


def word_with_locked_member() -> bytes:
    """A Word file whose first member is marked as encrypted."""
    content = word()
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + b"\x01\x00" + content[at + 10 :]


def packed_strangely() -> bytes:
    """A zip whose member is packed in a way that nobody knows."""
    return packed({"[Content_Types].xml": types(WORD_MAIN)}, method=zipfile.ZIP_LZMA).replace(b"\x0e\x00", b"\x63\x00")

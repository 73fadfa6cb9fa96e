"""Small PDF papers for the demo's dossiers: one page, real enough to be opened, without marks because the standard fonts have none."""

from __future__ import annotations

import unicodedata


def pdf(title: str, lines: list[str]) -> bytes:
    """A one-page PDF with a title and some lines. The same words give the same bytes."""
    words = [b"BT", b"/F1 16 Tf", b"72 770 Td", b"(" + _text(title) + b") Tj", b"/F1 11 Tf", b"0 -14 Td"]
    for line in lines:
        words += [b"0 -18 Td", b"(" + _text(line) + b") Tj"]
    page = b"\n".join([*words, b"ET"])
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(page)).encode() + b" >>\nstream\n" + page + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))


def _text(words: str) -> bytes:
    bare = "".join(c for c in unicodedata.normalize("NFD", words.replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(c))
    return bare.encode("ascii", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")

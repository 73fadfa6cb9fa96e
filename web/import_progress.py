"""Nhập tệp: how far the reading of a large spreadsheet is. The page grows while the file is read; it needs no JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from imports.sheets import FileUnreadable, reading_once
from imports.uploads import Upload, rows_of
from web.access import Open, needs
from web.imports import find_kept, find_kind, pages

__all__ = ["pages"]

EVERY = 1_000
"""Rows after which the page says how far the reading is."""
GAP = "<!-- rows -->"
"""Where the template leaves room for what is told while the file is read."""


@pages.get("/<kind_code>/<sha256>/progress")
@needs(Open.SIGNED_IN)
def progress(kind_code: str, sha256: str) -> Response:
    """Read a large file once, say every thousand rows, and go on to its preview, which says too what cannot be read."""
    kind, kept = find_kind(kind_code), find_kept(sha256)
    preview = url_for("imports.preview", kind_code=kind.code, sha256=kept.sha256, **request.args.to_dict())
    page = render_template("imports/progress.html", kind=kind, kept=kept, preview=preview, gap=Markup(GAP))  # noqa: S704 (a constant)
    return Response(stream_with_context(_growing(page, kept)))


def _growing(page: str, kept: Upload) -> Iterator[str]:
    before, after = page.split(GAP)
    yield before
    try:
        with reading_once(kept.path, rows_of(kept)) as lines:
            for count, _line in enumerate(lines):
                if count and count % EVERY == 0:
                    yield Markup("<li>{}</li>\n").format(_("Đã đọc %(count)s dòng", count=count))
    except FileUnreadable:
        yield Markup("<li>{}</li>\n").format(_("Không đọc được hết tệp; trang sau nói rõ lý do."))
    yield after

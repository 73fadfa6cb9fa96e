"""Files that people send: a name that can be kept, and the reasons why one is not taken."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from flask_wtf.file import FileField

from documents import store
from documents.store import PaperRefused
from models.text import clean
from workflow.papers import Paper

LONGEST_NAME = 250


def folder() -> Path:
    """Where uploaded files are kept."""
    found: Path = current_app.config["INSTANCE"] / "papers"
    return found


def take(field: FileField) -> Paper | None:
    """Put the file of a form's field into the store. None when it is not taken: the field then says why."""
    file_name = _name(field.data.filename)
    try:
        stored = store.keep(folder(), field.data.read(store.MAX_BYTES + 1), file_name)
    except PaperRefused as refused:
        field.errors = [_refusal(refused)]
        return None
    return Paper(store.named(file_name, stored.media_type), stored.media_type, stored.size, stored.sha256)


def _name(given: str | None) -> str:
    """The file's own name, without folders and control characters, at most 250 characters."""
    name = clean(unicodedata.normalize("NFC", given or "")).replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
    ending = store.ending_of(name)
    return name.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending or _("khong-ten")


def _refusal(refused: PaperRefused) -> str:
    return {
        "empty": _("Tệp rỗng. Hãy chọn lại tệp."),
        "too_large": _("Tệp lớn hơn 20 MB. Hãy nén hoặc tách tệp."),
        "wrong_type": _("Không nhận loại tệp này. Hãy dùng PDF, ảnh PNG hoặc JPG, Word (.docx) hoặc Excel (.xlsx) không có macro."),
    }[refused.code]

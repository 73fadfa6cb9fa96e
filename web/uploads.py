"""Files that people send and take away: a name that can be kept, the reasons why one is not taken, the store, a download."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from flask import Response, current_app, send_file
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from audit import Act, record
from audit.actions import Action as Recorded
from documents import intake
from documents.refusals import MAX_BYTES, PaperRefused, ending_of
from documents.store import Store
from models.db import transaction
from models.documents import DocumentVersion
from models.text import N_, clean
from models.vocabulary import AuditResult, ScanResult
from web.access import actor, now
from workflow.acts import refuse_if
from workflow.papers import Paper
from workflow.rules.objection import Objection

LONGEST_NAME = 250

REFUSALS: Mapping[str, str] = {
    "empty": N_("Tệp rỗng. Hãy chọn lại tệp."),
    "too_large": N_("Tệp lớn hơn 20 MB. Hãy nén hoặc tách tệp."),
    "wrong_type": N_("Không nhận loại tệp này. Hãy dùng PDF, ảnh PNG hoặc JPG, Word (.docx) hoặc Excel (.xlsx) không có macro."),
    "wrong_ending": N_("Đuôi của tên tệp không đúng với nội dung bên trong. Hãy lưu lại tệp đúng loại, không chỉ đổi tên."),
    "damaged": N_("Tệp bị hỏng hoặc thiếu, không mở được. Hãy mở trên máy để kiểm tra, lưu lại rồi tải lên."),
    "old_or_locked": N_("Tệp có mật khẩu, hoặc là loại Office cũ (.doc, .xls). Hãy bỏ mật khẩu hoặc lưu lại dạng .docx, .xlsx, PDF."),
    "macros": N_("Tệp có macro hoặc gọi nội dung từ nơi khác. Hãy lưu lại dạng không có macro (.docx, .xlsx) hoặc xuất ra PDF."),
    "active": N_("Tệp PDF có mã tự chạy hoặc biểu mẫu động. Hãy in ra PDF mới (Print to PDF) rồi tải lên."),
    "attachments": N_("Trong tệp có tệp khác đính kèm. Hãy tách ra và tải lên từng tệp."),
    "two_in_one": N_("Tệp chứa hai loại nội dung ghép vào nhau. Hãy xuất lại tệp từ bản gốc."),
    "bomb": N_("Tệp bung ra quá lớn so với một văn bản. Hãy lưu lại tệp, bỏ bớt nội dung nhúng."),
    "huge_picture": N_("Ảnh quá lớn (hơn 80 triệu điểm ảnh). Hãy quét lại ở độ phân giải thấp hơn, ví dụ 300 dpi."),
    "too_slow": N_("Tệp quá phức tạp, không kiểm tra được. Hãy in ra PDF mới rồi tải lên."),
    "infected": N_("Tệp có mã độc (%(find)s), không nhận. Hãy quét máy của bạn và báo người quản trị."),
    "not_kept": N_("Kho lưu trữ đang đầy hoặc gặp lỗi, chưa nhận được tệp. Hãy thử lại sau và báo người quản trị."),
}
"""Why a file is not taken, and what to do about it."""


def store() -> Store:
    """Where uploaded papers are kept."""
    return Store(current_app.config["STORE_URL"], current_app.config["STORE_ENDPOINT"])


def receive(file: FileStorage, *, compared: bool = False) -> Paper:
    """Put a file that was sent into the store; `compared` for a report. Raises PaperRefused."""
    name, content = name_of(file), file.stream.read(MAX_BYTES + 1)
    return intake.receive(store(), content, name, scanner=current_app.config["CLAMD_ADDRESS"], compared=compared)


def say(refused: PaperRefused) -> str:
    """Why a file is not taken, in the reader's language."""
    return _(REFUSALS[refused.code], **refused.params)


def name_of(file: FileStorage) -> str:
    """The file's own name, without folders and control characters, at most 250 characters."""
    name = clean(unicodedata.normalize("NFC", file.filename or "")).replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
    ending = ending_of(name)
    stem = name[: len(name) - len(ending)]
    return stem[: LONGEST_NAME - len(ending)] + ending or _("khong-ten")


def record_refusal(obj: str, name: str, refused: PaperRefused, *, campaign_id: int, dossier_id: int | None = None) -> None:
    """Put a file that was not taken on record; for an infected one with the name of the find."""
    said = REFUSALS[refused.code] % refused.params if refused.params else REFUSALS[refused.code]
    detail = {"file": name, "refused": refused.code, **refused.params, "reason": said}
    act = Act(Recorded.DOCUMENT_UPLOAD, obj, detail=detail, result=AuditResult.REFUSED, campaign_id=campaign_id, dossier_id=dossier_id)
    with transaction():
        record(act, actor=actor(), at=now())


def attachment(version: DocumentVersion) -> Response:
    """A version as an attachment under its own name, read from the store piece by piece.

    Raises NotFound when its file is gone, ActRefused when the scanner found something in it.
    """
    refuse_if(Objection("version_infected", {"file": version.file_name}) if version.scan is ScanResult.INFECTED else None)
    try:
        file = store().open(version.sha256)
    except FileNotFoundError:
        raise NotFound from None
    response = send_file(file, mimetype=version.media_type, as_attachment=True, download_name=version.file_name, max_age=None)
    response.content_length = version.size
    return response

"""Error pages: each says in plain words what happened and what to do next."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Forbidden, HTTPException, InternalServerError, RequestEntityTooLarge

from models.db import db
from models.vocabulary import Role
from web.access import Hidden, page_of_form, record_denial
from web.wording import objection_views
from workflow.acts import ActRefused
from workflow.policy import Action, roles_for

log = logging.getLogger(__name__)
Answer = tuple[str, int]


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Hidden, _hidden)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(ActRefused, _refused)
    app.register_error_handler(InternalServerError, _broken)
    app.register_error_handler(HTTPException, _other)


def _page(status: int, title: str, *texts: str, reasons: object = (), again: str | None = None) -> Answer:
    return render_template("errors/page.html", title=title, texts=texts, reasons=reasons, status=status, again=again), status


def _forbidden(error: Forbidden) -> Answer:
    action = next((item for item in Action if item.value == error.description), None)
    if g.get("actor") is not None:
        db.session.rollback()
        record_denial(request.path, error.description or "")
    if action is None:
        return _page(403, _("Bạn không có quyền thực hiện việc này"), _("Hãy hỏi người quản trị nếu bạn cần quyền này."))
    roles = ", ".join(_(role.label) for role in roles_for(action) if role is not Role.SYSTEM)
    return _page(
        403,
        _("Bạn không có quyền thực hiện việc này"),
        _("Việc “%(action)s” dành cho: %(roles)s, và chỉ với đơn vị mà họ phụ trách.", action=_(action.label), roles=roles),
        _("Nếu bạn cần làm việc này, hãy liên hệ người có vai trò đó hoặc người quản trị."),
    )


def _hidden(_error: Hidden) -> Answer:
    db.session.rollback()
    record_denial(request.path, Action.DOSSIER_VIEW.value)
    return _nothing_here()


def _nothing_here() -> Answer:
    return _page(
        404,
        _("Không tìm thấy trang này"),
        _("Địa chỉ có thể đã gõ sai, hoặc nội dung không thuộc đơn vị của bạn. Hãy tìm trong danh sách hồ sơ."),
    )


def _csrf(_error: CSRFError) -> Answer:
    return _page(
        400,
        _("Trang này đã cũ, chưa lưu gì"),
        _("Phiên làm việc đã đổi hoặc hết hạn từ khi bạn mở trang. Hãy quay lại, tải lại trang rồi gửi lại."),
        _("Nội dung bạn đã gõ vẫn còn khi bạn bấm nút Quay lại của trình duyệt."),
        again=page_of_form(),
    )


def _too_large(_error: RequestEntityTooLarge) -> Answer:
    return _page(
        413,
        _("Nội dung gửi lên quá lớn"),
        _("Mỗi tệp không quá 20 MB, cả lần gửi không quá 60 MB. Hãy nén hoặc tách tệp, hoặc gửi thành nhiều lần."),
    )


def _stale(_error: StaleDataError) -> Answer:
    db.session.rollback()
    return _page(
        409,
        _("Người khác vừa thay đổi nội dung này, chưa lưu gì"),
        _("Hãy quay lại trang trước, tải lại để xem thay đổi rồi thực hiện lại."),
    )


def _refused(error: ActRefused) -> Answer:
    db.session.rollback()
    return _page(409, _("Chưa thực hiện được"), reasons=objection_views(error.objections))


def _broken(error: InternalServerError) -> Answer:
    number = secrets.token_hex(4)
    log.error("error %s", number, exc_info=error.original_exception)
    db.session.rollback()
    return _page(
        500,
        _("Hệ thống gặp lỗi, chưa lưu gì"),
        _("Hãy thử lại sau ít phút. Nếu vẫn lỗi, hãy báo người quản trị kèm mã số: %(number)s.", number=number),
    )


def _other(error: HTTPException) -> Answer:
    status = error.code or 500
    if status == 404:
        return _nothing_here()
    if status == 405:
        return _page(405, _("Không mở trang này theo cách đó được"), _("Hãy quay lại trang trước và dùng nút trên trang."))
    if status in {301, 302, 303, 307, 308}:
        return error.get_body(), status
    current_app.logger.info("%s: %s", status, error.description)
    return _page(status, _("Yêu cầu không hợp lệ"), _("Hãy quay lại trang trước, kiểm tra nội dung rồi gửi lại."))

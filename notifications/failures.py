"""What a mail server's answer means, in words for officers. The answer itself stays beside it."""

from __future__ import annotations

import re

from models.text import N_

CODE = re.compile(r"^(\d{3})[ -]?(?:(\d\.\d{1,3}\.\d{1,3}))?")

BY_STATUS = (
    (re.compile(r"[45]\.1\.[0136]|5\.1\.10"), N_("Hộp thư này không có ở máy chủ nhận: địa chỉ sai hoặc đã bị xoá.")),
    (re.compile(r"[45]\.1\.[248]"), N_("Tên miền của địa chỉ không nhận thư.")),
    (re.compile(r"[45]\.2\.1"), N_("Hộp thư đang bị khoá hoặc không nhận thư.")),
    (re.compile(r"[45]\.2\.2"), N_("Hộp thư của người nhận đã đầy.")),
    (re.compile(r"[45]\.3\.4|[45]\.2\.3"), N_("Thư quá lớn so với mức máy chủ nhận cho phép.")),
    (re.compile(r"[45]\.4\.\d+"), N_("Máy chủ nhận không liên lạc được với nơi giữ hộp thư.")),
    (re.compile(r"[45]\.7\.\d+"), N_("Máy chủ nhận từ chối theo chính sách chống thư rác hoặc bảo mật.")),
)
BY_CODE = {
    421: N_("Máy chủ nhận tạm ngừng phục vụ."),
    450: N_("Hộp thư tạm thời không nhận thư; hệ thống sẽ thử lại."),
    451: N_("Máy chủ nhận gặp lỗi tạm thời; hệ thống sẽ thử lại."),
    452: N_("Máy chủ nhận hết chỗ chứa; hệ thống sẽ thử lại."),
    535: N_("Tên hoặc mật khẩu của hệ thống ở máy chủ thư không đúng: báo người quản trị."),
    550: N_("Hộp thư này không có hoặc không nhận thư của hệ thống."),
    551: N_("Hộp thư không thuộc máy chủ này."),
    552: N_("Hộp thư của người nhận đã đầy, hoặc thư quá lớn."),
    553: N_("Địa chỉ viết sai."),
    554: N_("Máy chủ nhận từ chối thư."),
}
BY_WORD = (
    ("SSLCertVerificationError", N_("Chứng thư của máy chủ thư không đáng tin: không gửi gì qua đó. Báo người quản trị.")),
    ("SMTPAuthenticationError", BY_CODE[535]),
    ("SMTPSenderRefused", N_("Máy chủ thư không nhận địa chỉ gửi của hệ thống: báo người quản trị.")),
    ("ConnectionRefusedError", N_("Không nối được máy chủ thư; hệ thống sẽ thử lại.")),
    ("TimeoutError", N_("Máy chủ thư không trả lời; hệ thống sẽ thử lại.")),
    ("gaierror", N_("Không tìm thấy máy chủ thư theo tên; hệ thống sẽ thử lại.")),
    ("SMTPServerDisconnected", N_("Máy chủ thư ngắt kết nối giữa chừng; hệ thống sẽ thử lại.")),
    ("OSError", N_("Không nối được máy chủ thư; hệ thống sẽ thử lại.")),
    ("not an e-mail address", N_("Địa chỉ viết sai, không gửi được.")),
    ("MissingFact", N_("Thư thiếu dữ liệu nên không soạn được: báo người quản trị.")),
    ("UndefinedError", N_("Thư thiếu dữ liệu nên không soạn được: báo người quản trị.")),
)
OTHER_TEMPORARY = N_("Máy chủ nhận chưa nhận thư; hệ thống sẽ thử lại.")
OTHER = N_("Máy chủ nhận từ chối thư.")
UNKNOWN = N_("Lỗi khi gửi thư.")


def failure_words(error: str) -> str:
    """A server's answer, or the failure of the connection, in plain Vietnamese (to be translated at the edge); "" when there is none."""
    if not error:
        return ""
    answer = CODE.match(error)
    if answer is None:
        return next((words for word, words in BY_WORD if word in error), UNKNOWN)
    status = answer[2] or ""
    by_status = next((words for pattern, words in BY_STATUS if status and pattern.fullmatch(status)), None)
    return by_status or BY_CODE.get(int(answer[1])) or (OTHER if error.startswith("5") else OTHER_TEMPORARY)


def address_refused(error: str) -> bool:
    """Whether a permanent refusal is about the mailbox itself, not about the letter or the sender: then the address is to be mended."""
    answer = CODE.match(error)
    status = (answer[2] or "") if answer else ""
    return answer is not None and answer[1] in {"550", "551", "553"} and not status.startswith(("5.7", "5.3"))

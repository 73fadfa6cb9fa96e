"""Names of what the record keeps about nominees, extensions asked for and originals received. The others are in web/wording.py."""

from __future__ import annotations

from models.text import N_

NOMINEE_DETAILS = {
    "new_due": N_("Hạn nộp mới"),
    "asked_due": N_("Hạn được đề nghị"),
    "received_on": N_("Ngày nhận bản chính"),
    "received_by": N_("Người nhận bản chính"),
    "note": N_("Ghi chú"),
    "answers": N_("Trả lời"),
    "stated": N_("Đạt"),
    "checks": N_("Thẩm định"),
    "checked": N_("Kết quả thẩm định"),
    "criterion": N_("Tiêu chuẩn"),
    "warnings": N_("Cảnh báo đã xác nhận"),
    "warning": N_("Cảnh báo"),
    "position": N_("Chức vụ"),
    "workplace": N_("Đơn vị công tác"),
    "reform": N_("Thực hiện xuất sắc nhiệm vụ CCHC"),
    "direct": N_("Trực tiếp thực hiện"),
    "civil_servant": N_("Cán bộ, công chức"),
    "assignment": N_("Văn bản giao nhiệm vụ CCHC"),
}

"""The closed vocabularies of letters, mail and reminders, with the words officers read."""

from __future__ import annotations

from models.labelled import Labelled
from models.text import N_


class MailState(Labelled):
    """The life of one letter to one address; a server's acceptance is the last thing known."""

    QUEUED = "queued", N_("Chờ gửi")
    SENDING = "sending", N_("Đang gửi")
    ACCEPTED = "accepted", N_("Máy chủ đã nhận")
    RETRY = "retry", N_("Lỗi tạm")
    FAILED = "failed", N_("Lỗi hẳn")
    CANCELLED = "cancelled", N_("Đã huỷ")


class MailReason(Labelled):
    """Why a mail did not go out, or was taken as gone."""

    BY_HAND = "by_hand", N_("cán bộ huỷ")
    ACTED = "acted", N_("đơn vị đã thực hiện")
    DUE_CHANGED = "due_changed", N_("hạn đã thay đổi")
    EXPIRED = "expired", N_("thư nhắc quá hạn gửi (2 ngày sau hạn cuối)")
    SUPERSEDED = "superseded", N_("đã có thư nhắc mới hơn")
    DIGESTED = "digested", N_("đã gửi gộp trong một thư")
    SENT_BEFORE = "sent_before", N_("sổ thư đã gửi cho thấy thư này đã gửi trước khi khôi phục dữ liệu")
    NO_MAILBOX = "no_mailbox", N_("máy chủ nhận báo không có hộp thư này")
    REFUSED = "refused", N_("máy chủ nhận từ chối thư")
    BAD_ADDRESS = "bad_address", N_("địa chỉ viết sai")
    UNWRITABLE = "unwritable", N_("không soạn được thư")
    GIVEN_UP = "given_up", N_("đã thử nhiều lần, máy chủ nhận vẫn chưa nhận")


class ReminderOutcome(Labelled):
    """What became of a reminder that was owed."""

    QUEUED = "queued", N_("Đã xếp thư")
    SKIPPED = "skipped", N_("Không nhắc")
    SUPERSEDED = "superseded", N_("Bỏ qua: đã có mốc nhắc muộn hơn")


class SkipReason(Labelled):
    """Why a reminder that was owed is not written."""

    FORM_SENT = "form_sent", N_("đã gửi bản đăng ký")
    FORM_ACCEPTED = "form_accepted", N_("bản đăng ký đã được duyệt")
    NOBODY_MISSING = "nobody_missing", N_("mọi đơn vị cấp xã đã đăng ký")
    SUBMITTED = "submitted", N_("đã nộp hồ sơ")
    WITHDRAWN = "withdrawn", N_("đã rút hồ sơ")
    ENDED = "ended", N_("hồ sơ đã kết thúc")
    REPORT_FROZEN = "report_frozen", N_("đã chốt báo cáo cuối năm")
    OVER = "over", N_("hạn đã qua khi hệ thống hoạt động lại")
    PAUSED = "paused", N_("đang tạm dừng nhắc")


class LetterName(Labelled):
    """Every letter the service writes; one template folder entry each (`templates/mail/`)."""

    CAMPAIGN_OPENED = "campaign_opened", N_("Phát động đợt thi đua")
    CAMPAIGN_OPENED_MEMBER = "campaign_opened_member", N_("Phát động: cơ quan chuyên trách")
    CAMPAIGN_OPENED_COMPILED = "campaign_opened_compiled", N_("Phát động: huyện đôn đốc cấp xã")
    REGISTRATION_REMINDER = "registration_reminder", N_("Nhắc đăng ký thi đua")
    REGISTRATION_REMINDER_COMPILED = "registration_reminder_compiled", N_("Nhắc huyện: cấp xã chưa đăng ký")
    REGISTRATION_CLOSED = "registration_closed", N_("Tổng hợp hết hạn đăng ký")
    REGISTRATION_RECEIVED = "registration_received", N_("Đã nhận bản đăng ký")
    REGISTRATION_RETURNED = "registration_returned", N_("Trả lại bản đăng ký")
    REGISTRATION_ACCEPTED = "registration_accepted", N_("Chấp nhận bản đăng ký")
    REGISTRATION_REPORTED = "registration_reported", N_("Huyện tổng hợp đăng ký của cấp xã")
    REGISTRATION_LATE_ASKED = "registration_late_asked", N_("Xin đăng ký trễ hạn")
    REGISTRATION_ADMITTED = "registration_admitted", N_("Cho phép đăng ký trễ hạn")
    RANKING_PUBLISHED = "ranking_published", N_("Công bố kết quả xếp hạng")
    RANKING_CORRECTED = "ranking_corrected", N_("Sửa kết quả xếp hạng đã công bố")
    SELECTED = "selected", N_("Được chọn lập hồ sơ khen thưởng")
    PASSED_OVER = "passed_over", N_("Không được chọn")
    DOSSIER_REMINDER = "dossier_reminder", N_("Nhắc nộp hồ sơ")
    DOSSIER_OVERDUE = "dossier_overdue", N_("Hồ sơ quá hạn")
    DIGEST = "digest", N_("Nhắc nhiều việc trong một thư")
    SUBMITTED = "submitted", N_("Biên nhận hồ sơ")
    SENT_BACK = "sent_back", N_("Trả lại bổ sung hồ sơ")
    EXTENSION_ASKED = "extension_asked", N_("Đề nghị gia hạn nộp hồ sơ")
    EXTENDED = "extended", N_("Gia hạn nộp hồ sơ")
    EXTENSION_REFUSED = "extension_refused", N_("Không gia hạn nộp hồ sơ")
    DOSSIER_ADMITTED = "dossier_admitted", N_("Cho phép nộp hồ sơ trễ hạn")
    COUNCIL_AGENDA = "council_agenda", N_("Mời họp Hội đồng")
    REVIEWED = "reviewed", N_("Hội đồng đã xét")
    DECLINED = "declined", N_("Hội đồng không đề nghị")
    FORWARDED = "forwarded", N_("Đã trình Chủ tịch")
    AWARDED = "awarded", N_("Quyết định tặng bằng khen")
    REFUSED = "refused", N_("Quyết định không tặng")
    WITHDRAWN = "withdrawn", N_("Đã rút hồ sơ")
    LAPSED = "lapsed", N_("Quá hạn, kết thúc hồ sơ")
    AUDIT_CHECKPOINT = "audit_checkpoint", N_("Mốc kiểm tra nhật ký")
    YEAR_END_REMINDER = "year_end_reminder", N_("Nhắc báo cáo cuối năm")
    CORRECTED = "corrected", N_("Sửa lại bước đã ghi")

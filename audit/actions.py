"""The closed vocabulary of recorded acts."""

from __future__ import annotations

from models.text import N_
from models.vocabulary import Labelled, Step


class Action(Labelled):
    """Grammar: `noun.verb`. The noun is the thing acted on, the verb the act; `dossier.<step>` carries the step's own identifier.

    The label is the start of the sentence that the log page shows: it names the act, the object follows.
    """

    DOSSIER_OPEN = "dossier.open", N_("Mở hồ sơ")
    DOSSIER_RANK = "dossier.rank", Step.RANK.label
    DOSSIER_SELECT = "dossier.select", Step.SELECT.label
    DOSSIER_PASS_OVER = "dossier.pass_over", Step.PASS_OVER.label
    DOSSIER_SUBMIT = "dossier.submit", Step.SUBMIT.label
    DOSSIER_SEND_BACK = "dossier.send_back", Step.SEND_BACK.label
    DOSSIER_REVIEW = "dossier.review", Step.REVIEW.label
    DOSSIER_DECLINE = "dossier.decline", Step.DECLINE.label
    DOSSIER_FORWARD = "dossier.forward", Step.FORWARD.label
    DOSSIER_AWARD = "dossier.award", Step.AWARD.label
    DOSSIER_REFUSE = "dossier.refuse", Step.REFUSE.label
    DOSSIER_WITHDRAW = "dossier.withdraw", Step.WITHDRAW.label
    DOSSIER_LAPSE = "dossier.lapse", Step.LAPSE.label
    DOSSIER_CORRECT = "dossier.correct", Step.CORRECT.label
    DOSSIER_EXTEND = "dossier.extend", N_("Gia hạn nộp hồ sơ")
    DOSSIER_ADMIT = "dossier.admit", N_("Cho phép nộp hồ sơ trễ hạn")
    EXTENSION_ASK = "extension.ask", N_("Đề nghị gia hạn nộp hồ sơ")
    EXTENSION_REFUSE = "extension.refuse", N_("Không gia hạn nộp hồ sơ")
    DOSSIER_ORIGINAL = "dossier.original", N_("Ghi nhận bản chính hồ sơ")
    DOSSIER_SIGN_OFF = "dossier.sign_off", N_("Đồng ý (cán bộ thứ hai)")
    DOSSIER_NOMINEES = "dossier.nominees", N_("Cập nhật người được đề nghị")
    DOSSIER_ANSWERS = "dossier.answers", N_("Trả lời tiêu chuẩn")
    DOSSIER_APPRAISE = "dossier.appraise", N_("Thẩm định tiêu chuẩn")
    APPRAISAL_EXPORT = "appraisal.export", N_("Tải xuống bảng thẩm định")
    DOSSIER_EXPORT = "dossier.export", N_("Tải xuống danh sách hồ sơ")
    VIEW_SAVE = "view.save", N_("Lưu bộ lọc hồ sơ")
    VIEW_DROP = "view.drop", N_("Xoá bộ lọc hồ sơ đã lưu")
    DOCUMENT_UPLOAD = "document.upload", N_("Tải lên tài liệu")
    DOCUMENT_SCAN = "document.scan", N_("Quét mã độc tài liệu")
    DOCUMENT_DOWNLOAD = "document.download", N_("Tải xuống tài liệu")
    PAPER_DRAFT = "paper.draft", N_("Lập dự thảo văn bản")
    DOCUMENT_APPRAISE = "document.appraise", N_("Thẩm định tài liệu")
    REGISTRATION_SAVE = "registration.save", N_("Lưu bản đăng ký")
    REGISTRATION_SEND = "registration.send", N_("Gửi bản đăng ký")
    REGISTRATION_WITHDRAW = "registration.withdraw", N_("Rút bản đăng ký để sửa")
    REGISTRATION_RETURN = "registration.return", N_("Trả lại bản đăng ký")
    REGISTRATION_ACCEPT = "registration.accept", N_("Chấp nhận bản đăng ký")
    REGISTRATION_ADMIT = "registration.admit", N_("Cho phép đăng ký trễ hạn")
    REGISTRATION_ASK_LATE = "registration.ask_late", N_("Xin đăng ký trễ hạn")
    REGISTRATION_REMIND = "registration.remind", N_("Nhắc đơn vị chưa gửi bản đăng ký")
    REGISTRATION_SILENT = "registration.silent", N_("Hết hạn đăng ký, đơn vị không gửi")
    REGISTRATION_REPORT = "registration.report", N_("Gửi tổng hợp đăng ký của cấp xã")
    REGISTRATION_EXPORT = "registration.export", N_("Tải xuống tổng hợp đăng ký")
    RANKING_RECORD = "ranking.record", N_("Nhập kết quả xếp hạng")
    RANKING_PUBLISH = "ranking.publish", N_("Công bố kết quả xếp hạng")
    RANKING_CORRECT = "ranking.correct", N_("Sửa kết quả xếp hạng đã công bố")
    DOSSIER_DUE = "dossier.due", N_("Tính lại hạn nộp hồ sơ")
    QUOTA_EXPLAIN = "quota.explain", N_("Ghi lý do chọn ít hơn chỉ tiêu")
    RESULT_RECOGNISE = "result.recognise", N_("Ghi nhận công nhận cấp xã tiêu biểu")
    RESULT_RATE = "result.rate", N_("Ghi nhận xếp loại")
    RULING_RECORD = "ruling.record", N_("Ghi ý kiến về năm xét Chỉ số")
    COUNCIL_CALL = "council.call", N_("Lập phiên họp Hội đồng")
    COUNCIL_CHANGE = "council.change", N_("Sửa phiên họp Hội đồng")
    COUNCIL_CALL_OFF = "council.call_off", N_("Huỷ phiên họp Hội đồng")
    COUNCIL_DRAFT = "council.draft", N_("Lưu tạm kết quả phiên họp")
    COUNCIL_VOTE = "council.vote", N_("Ghi kết quả phiên họp")
    COUNCIL_MEMBER = "council.member", N_("Cập nhật thành viên Hội đồng")
    FORWARDING_EXPORT = "forwarding.export", N_("Tải xuống bộ tài liệu trình Chủ tịch")
    AWARD_EXPORT = "award.export", N_("Tải xuống danh sách in bằng khen")
    COMMENDATION_RECORD = "commendation.record", N_("Ghi giấy khen đã tặng")
    COMMENDATION_CORRECT = "commendation.correct", N_("Sửa giấy khen đã ghi")
    COMMENDATION_STRIKE = "commendation.strike", N_("Gạch bỏ giấy khen ghi nhầm")
    COMMENDATION_EXPORT = "commendation.export", N_("Tải xuống danh sách giấy khen")
    CAMPAIGN_LOAD = "campaign.load", N_("Nạp kế hoạch")
    CAMPAIGN_OPEN = "campaign.open", N_("Mở đợt thi đua")
    UNITS_LOAD = "units.load", N_("Nạp danh mục đơn vị")
    UNIT_CHANGE = "unit.change", N_("Thay đổi đơn vị trong đợt thi đua")
    IMPORT_RANKING = "import.ranking", N_("Nhập tệp kết quả xếp hạng")
    IMPORT_REGISTRATIONS = "import.registrations", N_("Nhập tệp bản đăng ký")
    IMPORT_RECOGNITIONS = "import.recognitions", N_("Nhập tệp công nhận cấp xã tiêu biểu")
    IMPORT_RATINGS = "import.ratings", N_("Nhập tệp xếp loại")
    IMPORT_UNITS = "import.units", N_("Nhập tệp danh mục đơn vị")
    CALENDAR_LOAD = "calendar.load", N_("Nạp lịch làm việc")
    PEOPLE_APPOINT = "people.appoint", N_("Phân công")
    PEOPLE_EXPORT = "people.export", N_("Xuất dữ liệu của một người")
    REPORT_WRITE = "report.write", N_("Ghi nhận xét, đánh giá của báo cáo")
    REPORT_FREEZE = "report.freeze", N_("Chốt số liệu báo cáo")
    REPORT_EXPORT = "report.export", N_("Tải xuống báo cáo")
    REMINDERS_SWEEP = "reminders.sweep", N_("Quét nhắc việc")
    REMINDERS_SET = "reminders.set", N_("Đặt các mốc nhắc")
    REMINDERS_PAUSE = "reminders.pause", N_("Tạm dừng nhắc")
    REMINDERS_RESUME = "reminders.resume", N_("Nhắc trở lại")
    DOSSIER_REMIND = "dossier.remind", N_("Nhắc đơn vị chưa nộp hồ sơ")
    LETTER_WORD = "letter.word", N_("Sửa lời thư")
    LETTER_UNWORD = "letter.unword", N_("Trả lời thư về mẫu")
    FEED_MAKE = "feed.make", N_("Tạo địa chỉ lịch")
    FEED_REVOKE = "feed.revoke", N_("Thu hồi địa chỉ lịch")
    MAIL_RETRY = "mail.retry", N_("Gửi lại thư")
    MAIL_CANCEL = "mail.cancel", N_("Huỷ thư chờ gửi")
    MAIL_ADDRESS = "mail.address", N_("Sửa địa chỉ nhận thư của đơn vị")
    MAIL_STOP = "mail.stop", N_("Dừng gửi mọi thư")
    MAIL_RESUME = "mail.resume", N_("Cho gửi thư trở lại")
    MAIL_RELEASE = "mail.release", N_("Cho gửi thư sau khi khôi phục dữ liệu")
    MAIL_LIVE = "mail.live", N_("Bắt đầu gửi thư tới đơn vị")
    MAIL_TRIAL = "mail.trial", N_("Chuyển mọi thư về hộp thư chạy thử")
    SESSION_SIGN_IN = "session.sign_in", N_("Đăng nhập")
    SESSION_SIGN_OUT = "session.sign_out", N_("Đăng xuất")
    SESSION_FAIL = "session.fail", N_("Đăng nhập không thành công")
    ACCESS_DENY = "access.deny", N_("Bị từ chối truy cập")
    AUDIT_VERIFY = "audit.verify", N_("Kiểm tra toàn vẹn nhật ký")
    AUDIT_EXPORT = "audit.export", N_("Xuất nhật ký")
    AUDIT_CHECKPOINT = "audit.checkpoint", N_("Lập mốc kiểm tra nhật ký")
    AUDIT_RECONCILE = "audit.reconcile", N_("Đối chiếu hồ sơ, nhật ký và thư")
    AUDIT_PROVE = "audit.prove", N_("Xuất bằng chứng của một hồ sơ")
    CONFIG_CHANGE = "config.change", N_("Thay đổi cấu hình")
    BACKUP_CREATE = "backup.create", N_("Sao lưu dữ liệu")
    BACKUP_VERIFY = "backup.verify", N_("Kiểm tra bản sao lưu")
    DETAIL_ERASE = "detail.erase", N_("Xoá chi tiết theo yêu cầu hợp pháp")

    @classmethod
    def of_step(cls, step: Step) -> Action:
        """The act that a step of a dossier is recorded as."""
        return cls(f"dossier.{step.value}")

"""The closed vocabularies of the procedure, with the words officers read. No logic, no wording of letters or refusals."""

from __future__ import annotations

from enum import StrEnum

from models.text import N_


class Labelled(StrEnum):
    """An identifier for the database and the code, with its Vietnamese label for people."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        """Keep the label beside the identifier; the identifier alone is what is stored and compared."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class DossierState(Labelled):
    """The six states of the spine and the ways a dossier ends (domain section 2)."""

    REGISTERED = "registered", N_("Đã đăng ký")
    RANKED = "ranked", N_("Đã xếp hạng")
    SELECTED = "selected", N_("Được chọn")
    SUBMITTED = "submitted", N_("Đã nộp hồ sơ")
    REVIEWED = "reviewed", N_("Hội đồng đã xét")
    FORWARDED = "forwarded", N_("Đã trình Chủ tịch UBND tỉnh")
    AWARDED = "awarded", N_("Được tặng bằng khen")
    NOT_AWARDED = "not_awarded", N_("Không được tặng bằng khen")
    NOT_SELECTED = "not_selected", N_("Không được chọn")
    NOT_RECOMMENDED = "not_recommended", N_("Hội đồng không đề nghị")
    WITHDRAWN = "withdrawn", N_("Đã rút")
    LAPSED = "lapsed", N_("Quá hạn, không nộp")


SPINE = (
    DossierState.REGISTERED,
    DossierState.RANKED,
    DossierState.SELECTED,
    DossierState.SUBMITTED,
    DossierState.REVIEWED,
    DossierState.FORWARDED,
)


class Step(Labelled):
    """The steps of a dossier (domain section 2); `open` is the acceptance of the registration, outside the machine."""

    RANK = "rank", N_("Ghi nhận xếp hạng")
    SELECT = "select", N_("Chọn tập thể")
    PASS_OVER = "pass_over", N_("Không chọn tập thể")
    SUBMIT = "submit", N_("Nộp hồ sơ")
    SEND_BACK = "send_back", N_("Trả lại bổ sung")
    REVIEW = "review", N_("Hội đồng xét, đề nghị")
    DECLINE = "decline", N_("Hội đồng không đề nghị")
    FORWARD = "forward", N_("Trình Chủ tịch UBND tỉnh")
    AWARD = "award", N_("Ghi quyết định tặng bằng khen")
    REFUSE = "refuse", N_("Ghi quyết định không tặng")
    WITHDRAW = "withdraw", N_("Rút hồ sơ")
    LAPSE = "lapse", N_("Ghi nhận quá hạn")
    CORRECT = "correct", N_("Sửa bước vừa làm")


class RegistrationState(Labelled):
    """The life of a registration form (IV, first dash)."""

    DRAFT = "draft", N_("Chưa gửi")
    SENT = "sent", N_("Chờ duyệt")
    RETURNED = "returned", N_("Trả lại")
    ACCEPTED = "accepted", N_("Đã duyệt")


class Role(Labelled):
    """What a person is appointed to do (domain section 5)."""

    OFFICER = "officer", N_("Cán bộ đơn vị")
    HOME_AFFAIRS = "home_affairs", N_("Sở Nội vụ")
    COUNCIL_SECRETARY = "council_secretary", N_("Thư ký Hội đồng")
    AUDITOR = "auditor", N_("Lãnh đạo, kiểm tra")
    ADMINISTRATOR = "administrator", N_("Quản trị")
    SYSTEM = "system", N_("Hệ thống")


class Relation(Labelled):
    """How the acting officer's unit stands to the unit acted on; one pair may hold several."""

    ANY = "any", N_("mọi đơn vị")
    ANY_BUT_COMMUNE = "any_but_commune", N_("đơn vị do Sở Nội vụ chọn")
    OWN = "own", N_("chính đơn vị mình")
    SUBMITS = "submits", N_("đơn vị mình trình hồ sơ")
    COMPILES = "compiles", N_("cấp xã do đơn vị mình tổng hợp")


class Capacity(Labelled):
    """In which capacity an officer signs or acts (Decree 30/2020)."""

    KT = "KT.", N_("ký thay")
    TL = "TL.", N_("thừa lệnh")
    TUQ = "TUQ.", N_("thừa ủy quyền")


class NomineeKind(Labelled):
    """A nominee is the collective itself or one of its people (III.4.b)."""

    COLLECTIVE = "collective", N_("Tập thể")
    INDIVIDUAL = "individual", N_("Cá nhân")


class NomineeFact(StrEnum):
    """What the record itself answers about a nominee (III.1); a criterion of the plan's data may rest on one of them.

    The accepted form and what the head attests on it; the collective's own result; the person's rating and reform work.
    """

    REGISTERED = "registered"
    FOLLOWS_LAW = "follows_law"
    IS_UNITED = "is_united"
    CRITERION = "criterion"
    RATING = "rating"
    REFORM = "reform"


class AnswerCheck(Labelled):
    """What the appraiser found on one answer (IV, third dash)."""

    MET = "met", N_("Đạt")
    NOT_MET = "not_met", N_("Không đạt")
    UNCLEAR = "unclear", N_("Cần làm rõ")


class NomineeWarning(Labelled):
    """What makes a person put forward unusual (II.2.b): no bar, but the appraiser confirms it with a reason."""

    NOT_REGISTERED = "not_registered", N_("không có trong bản đăng ký thi đua")
    NOT_CIVIL_SERVANT = "not_civil_servant", N_("không phải là cán bộ, công chức")
    NOT_ASSIGNED = "not_assigned", N_("không trực tiếp thực hiện, chưa ghi văn bản giao nhiệm vụ CCHC")


class CouncilDuty(Labelled):
    """What a person does in the council; everybody but the secretary votes."""

    CHAIR = "chair", N_("Chủ tịch Hội đồng")
    DEPUTY = "deputy", N_("Phó Chủ tịch Hội đồng")
    MEMBER = "member", N_("Ủy viên")
    SECRETARY = "secretary", N_("Thư ký (không biểu quyết)")


class DocumentKind(Labelled):
    """The papers of a dossier (III.4.c) and what supports an answer."""

    PROPOSAL_LETTER = "proposal_letter", N_("Tờ trình đề nghị khen thưởng")
    MINUTES = "minutes", N_("Biên bản họp Hội đồng")
    ACHIEVEMENT_REPORT = "achievement_report", N_("Báo cáo thành tích")
    EVIDENCE = "evidence", N_("Tài liệu chứng minh")
    SIGNED_FORM = "signed_form", N_("Bản đăng ký đã ký")


class PaperKind(Labelled):
    """The papers that are drafted from what is on record, ready to be checked and signed (Decree 30/2020)."""

    PROPOSAL_LETTER = "proposal_letter", N_("Tờ trình đề nghị khen thưởng")
    MINUTES = "minutes", N_("Biên bản họp Hội đồng của cơ quan trình")
    ACHIEVEMENT_COLLECTIVE = "achievement_collective", N_("Báo cáo thành tích của tập thể")
    ACHIEVEMENT_INDIVIDUAL = "achievement_individual", N_("Báo cáo thành tích của cá nhân")
    SELECTED_NOTICE = "selected_notice", N_("Thông báo được chọn lập hồ sơ")
    COUNCIL_AGENDA = "council_agenda", N_("Chương trình phiên họp Hội đồng")
    COUNCIL_MINUTES = "council_minutes", N_("Biên bản phiên họp Hội đồng")
    CHAIRMAN_LETTER = "chairman_letter", N_("Tờ trình Chủ tịch kèm danh sách")
    AWARD_DECISION = "award_decision", N_("Dự thảo quyết định tặng bằng khen")


class ScanResult(Labelled):
    """What the scanner for viruses said about a file; an infected one is never kept."""

    UNSCANNED = "unscanned", N_("chưa quét")
    CLEAN = "clean", N_("sạch")


class Verdict(Labelled):
    """The appraiser's word on a version of a paper (IV); advice for sending back, not a bar."""

    PASSED = "passed", N_("Đạt")
    TO_MEND = "to_mend", N_("Cần sửa")


class ResultNeed(Labelled):
    """What a criterion rests on (III.1.a)."""

    INDEX = "index", N_("xếp hạng Chỉ số CCHC")
    RECOGNITION = "recognition", N_("công nhận của cấp huyện")
    RATING_PROGRESS = "rating_progress", N_("xếp loại và tiến bộ hơn năm trước")
    RATING_PARENT_INDEX = "rating_parent_index", N_("xếp loại và nhóm của huyện, thành phố")


class Milestone(Labelled):
    """What a deadline is for (II.3; IV for the report)."""

    REGISTRATION = "registration", N_("Đăng ký thi đua")
    SUBMISSION = "submission", N_("Nộp hồ sơ khen thưởng")
    SUPPLEMENT = "supplement", N_("Nộp bổ sung hồ sơ")
    YEAR_END = "year_end", N_("Báo cáo cuối năm")


class DayKind(Labelled):
    """Why a calendar day differs from plain Monday to Friday."""

    HOLIDAY = "holiday", N_("nghỉ lễ")
    IN_LIEU = "in_lieu", N_("nghỉ bù")
    SWAP_OFF = "swap_off", N_("nghỉ hoán đổi")
    SWAP_WORK = "swap_work", N_("làm bù")


class UnitChange(Labelled):
    """What became of a unit inside an open campaign."""

    RENAME = "rename", N_("đổi tên hoặc loại")
    MERGE = "merge", N_("sáp nhập")
    END = "end", N_("chấm dứt")
    SUBMITS = "submits", N_("chuyển đơn vị trình hồ sơ")


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


class ReportKind(Labelled):
    """The reports on a whole campaign: RP5 before the awards, RP6 after the Chairman's decision (domain section 7)."""

    YEAR_END = "year_end", N_("Báo cáo cuối năm")
    CLOSING = "closing", N_("Báo cáo tổng kết")


class AuditResult(Labelled):
    """Whether the act took effect."""

    DONE = "done", N_("thành công")
    REFUSED = "refused", N_("bị từ chối")


class Source(Labelled):
    """Through which edge an act came."""

    WEB = "web", N_("web")
    SYSTEM = "system", N_("hệ thống")
    COMMAND = "command", N_("dòng lệnh")

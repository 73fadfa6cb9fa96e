"""The closed vocabularies of the procedure, with the words officers read. No logic, no wording of letters or refusals."""

from __future__ import annotations

from enum import StrEnum

from models.labelled import Labelled as Labelled
from models.mail_words import LetterName as LetterName
from models.mail_words import MailReason as MailReason
from models.mail_words import MailState as MailState
from models.mail_words import ReminderOutcome as ReminderOutcome
from models.mail_words import SkipReason as SkipReason
from models.text import N_


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
    """What the scanner for viruses said about a file. An infected one is not taken; one that was taken unscanned may turn out to be."""

    UNSCANNED = "unscanned", N_("chưa quét")
    CLEAN = "clean", N_("sạch")
    INFECTED = "infected", N_("có mã độc")


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

"""Who may do what: role × relation to the unit × state × action. Reads as a table; the step rows come from the procedure itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from models.campaigns import CampaignUnit
from models.people import Actor
from models.text import N_
from models.vocabulary import DossierState, Labelled, Relation, Role, Step


class Action(Labelled):
    """What a page or command lets a person do, steps of a dossier aside."""

    DOSSIER_VIEW = "dossier.view", N_("xem hồ sơ")
    DOCUMENT_UPLOAD = "document.upload", N_("tải lên tài liệu")
    DOCUMENT_APPRAISE = "document.appraise", N_("thẩm định tài liệu")
    DOSSIER_REMIND = "dossier.remind", N_("nhắc đơn vị chưa nộp hồ sơ")
    NOMINEE_EDIT = "nominee.edit", N_("cập nhật người được đề nghị")
    PAPER_DRAFT = "paper.draft", N_("lập dự thảo văn bản của hồ sơ")
    NOTICE_DRAFT = "notice.draft", N_("lập dự thảo thông báo được chọn")
    PROPOSAL_DRAFT = "proposal.draft", N_("lập dự thảo tờ trình Chủ tịch, quyết định")
    APPRAISE = "nominee.appraise", N_("thẩm định tiêu chuẩn, xác nhận cảnh báo")
    APPRAISAL_VIEW = "appraisal.view", N_("xem bảng thẩm định")
    ORIGINAL_NOTE = "original.note", N_("ghi nhận bản chính hồ sơ")
    EXTENSION_ASK = "extension.ask", N_("đề nghị gia hạn")
    EXTENSION_GRANT = "extension.grant", N_("gia hạn")
    SIGN_OFF_GIVE = "sign_off.give", N_("đồng ý với tư cách cán bộ thứ hai")
    RECOGNITION_RECORD = "recognition.record", N_("ghi công nhận cấp xã tiêu biểu")
    RATING_RECORD = "rating.record", N_("ghi xếp loại")
    REGISTRATION_VIEW = "registration.view", N_("xem bản đăng ký")
    REGISTRATION_FILL = "registration.fill", N_("lập và gửi bản đăng ký")
    REGISTRATION_ENTER = "registration.enter", N_("nhập bản đăng ký giấy thay đơn vị")
    REGISTRATION_DECIDE = "registration.decide", N_("duyệt hoặc trả lại bản đăng ký")
    REGISTRATION_ADMIT = "registration.admit", N_("cho phép đăng ký trễ hạn")
    REGISTRATION_REMIND = "registration.remind", N_("nhắc đơn vị chưa gửi bản đăng ký")
    REGISTRATION_REPORT = "registration.report", N_("gửi tổng hợp đăng ký của cấp xã")
    REGISTRATION_EXPORT = "registration.export", N_("tải xuống tổng hợp đăng ký toàn tỉnh")
    RANKING_VIEW = "ranking.view", N_("xem kết quả xếp hạng")
    RANKING_RECORD = "ranking.record", N_("nhập và công bố kết quả xếp hạng")
    RULING_RECORD = "ruling.record", N_("ghi ý kiến về năm xét Chỉ số")
    RANKING_CORRECT = "ranking.correct", N_("sửa kết quả xếp hạng đã công bố")
    SELECTION_VIEW = "selection.view", N_("xem danh sách đề xuất chọn")
    SELECTION_DECIDE = "selection.decide", N_("chọn, không chọn tập thể")
    QUOTA_EXPLAIN = "quota.explain", N_("ghi lý do chọn ít hơn chỉ tiêu")
    UNITS_LOAD = "units.load", N_("nhập danh mục đơn vị")
    COUNCIL_VIEW = "council.view", N_("xem phiên họp")
    COUNCIL_MANAGE = "council.manage", N_("lập phiên họp, ghi kết quả")
    FORWARDING_VIEW = "forwarding.view", N_("xem danh sách trình Chủ tịch UBND tỉnh")
    FORWARDING_DECIDE = "forwarding.decide", N_("trình Chủ tịch UBND tỉnh, ghi quyết định")
    COMMENDATION_VIEW = "commendation.view", N_("xem giấy khen các đơn vị đã tặng")
    COMMENDATION_RECORD = "commendation.record", N_("ghi giấy khen đơn vị đã tặng")
    LETTER_VIEW = "letter.view", N_("xem thư")
    LETTER_MANAGE = "letter.manage", N_("gửi lại, huỷ thư, dừng gửi thư")
    LETTER_ADDRESS = "letter.address", N_("sửa địa chỉ nhận thư")
    LETTER_RELEASE = "letter.release", N_("cho gửi thư sau khi khôi phục dữ liệu")
    AUDIT_VIEW = "audit.view", N_("xem nhật ký")
    AUDIT_EXPORT = "audit.export", N_("xuất nhật ký thành tệp")
    AUDIT_CHECK = "audit.check", N_("kiểm tra toàn vẹn nhật ký")
    REPORT_VIEW = "report.view", N_("xem, tải xuống báo cáo")
    REPORT_MAKE = "report.make", N_("viết nhận xét, chốt số liệu báo cáo")
    CALENDAR_VIEW = "calendar.view", N_("xem lịch và nhắc việc")
    REMINDERS_SET = "reminders.set", N_("đặt mốc nhắc, tạm dừng nhắc")
    LETTER_WORD = "letter.word", N_("sửa lời thư")
    FEED_MANAGE = "feed.manage", N_("tạo, thu hồi địa chỉ lịch của đơn vị mình")


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the policy. `states` limits it to a dossier's states; empty means all."""

    action: Action
    role: Role
    relation: Relation
    states: frozenset[DossierState] = frozenset()


FILING = frozenset({DossierState.SELECTED})
UNDER_APPRAISAL = frozenset({DossierState.SUBMITTED})
OPEN_TO_EXTENSION = frozenset({DossierState.SELECTED})
APPRAISED = frozenset({DossierState.SUBMITTED})
RECEIVED = frozenset({DossierState.SELECTED, DossierState.SUBMITTED, DossierState.REVIEWED, DossierState.FORWARDED})

GRANTS = (
    Grant(Action.DOSSIER_VIEW, Role.OFFICER, Relation.OWN),
    Grant(Action.DOSSIER_VIEW, Role.OFFICER, Relation.SUBMITS),
    Grant(Action.DOSSIER_VIEW, Role.OFFICER, Relation.COMPILES),
    Grant(Action.DOSSIER_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.DOSSIER_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.DOSSIER_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.DOCUMENT_UPLOAD, Role.OFFICER, Relation.SUBMITS, FILING),
    Grant(Action.DOCUMENT_UPLOAD, Role.OFFICER, Relation.OWN, FILING),
    Grant(Action.DOCUMENT_APPRAISE, Role.HOME_AFFAIRS, Relation.ANY, UNDER_APPRAISAL),
    Grant(Action.NOMINEE_EDIT, Role.OFFICER, Relation.SUBMITS, FILING),
    Grant(Action.NOMINEE_EDIT, Role.OFFICER, Relation.OWN, FILING),
    Grant(Action.PAPER_DRAFT, Role.OFFICER, Relation.SUBMITS),
    Grant(Action.PAPER_DRAFT, Role.OFFICER, Relation.OWN),
    Grant(Action.PAPER_DRAFT, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.NOTICE_DRAFT, Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE),
    Grant(Action.NOTICE_DRAFT, Role.OFFICER, Relation.COMPILES),
    Grant(Action.PROPOSAL_DRAFT, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.APPRAISE, Role.HOME_AFFAIRS, Relation.ANY, APPRAISED),
    Grant(Action.APPRAISAL_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.APPRAISAL_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.APPRAISAL_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.ORIGINAL_NOTE, Role.HOME_AFFAIRS, Relation.ANY, RECEIVED),
    Grant(Action.EXTENSION_ASK, Role.OFFICER, Relation.SUBMITS, OPEN_TO_EXTENSION),
    Grant(Action.EXTENSION_ASK, Role.OFFICER, Relation.OWN, OPEN_TO_EXTENSION),
    Grant(Action.DOSSIER_REMIND, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.EXTENSION_GRANT, Role.HOME_AFFAIRS, Relation.ANY, OPEN_TO_EXTENSION),
    Grant(Action.SIGN_OFF_GIVE, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.SIGN_OFF_GIVE, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.RECOGNITION_RECORD, Role.OFFICER, Relation.COMPILES),
    Grant(Action.RATING_RECORD, Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE),
    Grant(Action.REGISTRATION_VIEW, Role.OFFICER, Relation.OWN),
    Grant(Action.REGISTRATION_VIEW, Role.OFFICER, Relation.COMPILES),
    Grant(Action.REGISTRATION_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.REGISTRATION_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.REGISTRATION_FILL, Role.OFFICER, Relation.OWN),
    Grant(Action.REGISTRATION_ENTER, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.REGISTRATION_ENTER, Role.OFFICER, Relation.COMPILES),
    Grant(Action.REGISTRATION_DECIDE, Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE),
    Grant(Action.REGISTRATION_DECIDE, Role.OFFICER, Relation.COMPILES),
    Grant(Action.REGISTRATION_ADMIT, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.REGISTRATION_REMIND, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.REGISTRATION_REPORT, Role.OFFICER, Relation.OWN),
    Grant(Action.REGISTRATION_EXPORT, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.REGISTRATION_EXPORT, Role.AUDITOR, Relation.ANY),
    Grant(Action.RANKING_VIEW, Role.OFFICER, Relation.ANY),
    Grant(Action.RANKING_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.RANKING_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.RANKING_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.RANKING_RECORD, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.RULING_RECORD, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.RANKING_CORRECT, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.SELECTION_VIEW, Role.OFFICER, Relation.COMPILES),
    Grant(Action.SELECTION_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.SELECTION_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.SELECTION_DECIDE, Role.OFFICER, Relation.COMPILES),
    Grant(Action.SELECTION_DECIDE, Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE),
    Grant(Action.QUOTA_EXPLAIN, Role.OFFICER, Relation.OWN),
    Grant(Action.QUOTA_EXPLAIN, Role.HOME_AFFAIRS, Relation.ANY_BUT_COMMUNE),
    Grant(Action.UNITS_LOAD, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.COUNCIL_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.COUNCIL_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.COUNCIL_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.COUNCIL_MANAGE, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.FORWARDING_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.FORWARDING_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.FORWARDING_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.FORWARDING_DECIDE, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.COMMENDATION_VIEW, Role.OFFICER, Relation.OWN),
    Grant(Action.COMMENDATION_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.COMMENDATION_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.COMMENDATION_RECORD, Role.OFFICER, Relation.OWN),
    Grant(Action.LETTER_VIEW, Role.OFFICER, Relation.OWN),
    Grant(Action.LETTER_VIEW, Role.OFFICER, Relation.COMPILES),
    Grant(Action.LETTER_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.LETTER_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.LETTER_VIEW, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.LETTER_ADDRESS, Role.OFFICER, Relation.OWN),
    Grant(Action.LETTER_ADDRESS, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.LETTER_ADDRESS, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.LETTER_RELEASE, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.LETTER_MANAGE, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.LETTER_MANAGE, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.AUDIT_VIEW, Role.OFFICER, Relation.OWN),
    Grant(Action.AUDIT_VIEW, Role.OFFICER, Relation.SUBMITS),
    Grant(Action.AUDIT_VIEW, Role.OFFICER, Relation.COMPILES),
    Grant(Action.AUDIT_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.AUDIT_VIEW, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.AUDIT_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.AUDIT_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.AUDIT_EXPORT, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.AUDIT_EXPORT, Role.AUDITOR, Relation.ANY),
    Grant(Action.AUDIT_CHECK, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.AUDIT_CHECK, Role.AUDITOR, Relation.ANY),
    Grant(Action.AUDIT_CHECK, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.REPORT_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.REPORT_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.REPORT_MAKE, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.CALENDAR_VIEW, Role.OFFICER, Relation.ANY),
    Grant(Action.CALENDAR_VIEW, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.CALENDAR_VIEW, Role.COUNCIL_SECRETARY, Relation.ANY),
    Grant(Action.CALENDAR_VIEW, Role.AUDITOR, Relation.ANY),
    Grant(Action.CALENDAR_VIEW, Role.ADMINISTRATOR, Relation.ANY),
    Grant(Action.REMINDERS_SET, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.LETTER_WORD, Role.HOME_AFFAIRS, Relation.ANY),
    Grant(Action.FEED_MANAGE, Role.OFFICER, Relation.OWN),
    Grant(Action.FEED_MANAGE, Role.HOME_AFFAIRS, Relation.OWN),
)


@cache
def _grants() -> dict[tuple[Action, Role], tuple[Grant, ...]]:
    return {(a, r): tuple(g for g in GRANTS if g.action is a and g.role is r) for a in Action for r in Role}


def relations_to(actor: Actor, unit: CampaignUnit) -> frozenset[Relation]:
    """How an officer's unit stands to a unit of the campaign."""
    relations = {Relation.ANY}
    if unit.compiled_by_id is None:
        relations.add(Relation.ANY_BUT_COMMUNE)
    if actor.unit_id is not None:
        if actor.unit_id == unit.unit_id:
            relations.add(Relation.OWN)
        if unit.submits is not None and actor.unit_id == unit.submits.unit_id:
            relations.add(Relation.SUBMITS)
        if unit.compiled_by is not None and actor.unit_id == unit.compiled_by.unit_id:
            relations.add(Relation.COMPILES)
    return frozenset(relations)


def may(actor: Actor, action: Action, unit: CampaignUnit | None = None, state: DossierState | None = None) -> bool:
    """Whether an officer may do something, to a unit and in a dossier's state where those matter.

    Without a unit the question is "to any unit at all?": it decides whether a page is offered; what stands on it is asked unit by unit.
    """
    relations = relations_to(actor, unit) if unit is not None else None
    return any(
        (relations is None or grant.relation in relations) and (not grant.states or state is None or state in grant.states)
        for grant in _grants()[action, actor.role]
    )


def roles_for(action: Action) -> list[Role]:
    """The roles that hold an action, for telling a person whom to ask."""
    return [role for role in Role if _grants()[action, role]]


def step_grants() -> list[tuple[Step, DossierState, Role, Relation]]:
    """The policy's step rows, derived from the procedure's `by()`."""
    from workflow.machine import transitions
    from workflow.procedure import DossierProcedure

    return [
        (row.step, row.source, role, relation)
        for row in transitions(DossierProcedure).values()
        for role, relation in row.requirements.permission.pairs
    ]

"""Objections in words: one Vietnamese sentence for each code. Quotation of the clause and link are added by the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from models.text import N_
from models.vocabulary import DossierState, NomineeWarning, PaperKind, RegistrationState, ResultNeed, Step
from workflow.rules.objection import PROCEDURE, Objection

Say = Callable[..., str]

WORDING: Mapping[str, str] = {
    # who and when
    "not_permitted": N_("Vai trò của bạn không được thực hiện bước “%(step)s” với đơn vị này."),
    "stale": N_("Hồ sơ đã thay đổi sau khi bạn mở trang này. Hãy xem lại thay đổi rồi thực hiện lại."),
    "not_in_state": N_("Hồ sơ đang ở trạng thái “%(state)s”, không thực hiện được bước “%(step)s”."),
    "answer_missing": N_("Chưa điền “%(field)s”."),
    "date_in_future": N_("“%(field)s” là ngày trong tương lai; hãy ghi ngày đã có thật."),
    "conflict_of_interest": N_("Bạn công tác tại đơn vị liên quan đến %(unit)s; cần một cán bộ khác đồng ý trước."),
    "second_officer_missing": N_("Sửa bước cần một cán bộ thứ hai đồng ý trước."),
    "signed_off_already": N_("Bạn đã đồng ý với bước “%(step)s” của hồ sơ này."),
    # registration (II.2, II.3, IV)
    "unit_not_eligible": N_("%(unit)s không thuộc đối tượng lập bản đăng ký."),
    "registration_late": N_("Đã hết hạn đăng ký (24 giờ 00 ngày %(due)s). Cần có văn bản cho phép đăng ký trễ hạn."),
    "received_out_of_range": N_("Ngày nhận bản giấy (%(day)s) phải từ ngày mở đợt thi đua (%(opened)s) đến hôm nay; hãy ghi lại."),
    "registration_settled": N_("Bản đăng ký đang ở trạng thái “%(state)s” nên không thực hiện được."),
    "collective_not_own": N_("Bản đăng ký chỉ ghi chính cơ quan và cơ quan chuyên trách thuộc cơ quan; không ghi được: %(units)s."),
    "form_has_no_collective": N_("Bản đăng ký chưa có tập thể nào."),
    "form_changed": N_("Người khác vừa sửa bản đăng ký này, chưa lưu gì. Hãy đối chiếu rồi lưu lại; nội dung bạn gõ vẫn còn dưới đây."),
    "form_not_signed": N_("Bản đăng ký chưa ghi người lập biểu hoặc thủ trưởng cơ quan."),
    "not_attested": N_("Thủ trưởng chưa cam kết tập thể gương mẫu chấp hành chủ trương, pháp luật và nội bộ đoàn kết."),
    "admitted_already": N_("%(unit)s đã được cho phép đăng ký trễ hạn."),
    "asked_already": N_("%(unit)s đã gửi đề nghị đăng ký trễ hạn, đang chờ Sở Nội vụ trả lời."),
    "registration_still_open": N_("Chưa hết hạn đăng ký (24 giờ 00 ngày %(due)s); đơn vị vẫn gửi được bản đăng ký."),
    "registration_over": N_("Đã hết hạn đăng ký (24 giờ 00 ngày %(due)s); không nhắc đăng ký nữa."),
    "registration_changed": N_("Bản đăng ký của %(unit)s đã thay đổi sau khi bạn mở trang này. Hãy xem lại rồi thực hiện lại."),
    "not_silent": N_("%(unit)s đã gửi bản đăng ký, không cần nhắc."),
    "reminded_today": N_("%(unit)s đã được nhắc hôm nay; muốn nhắc lại hãy đánh dấu “nhắc lại” ở trang xem trước."),
    "nobody_to_remind": N_("Không còn đơn vị nào để nhắc."),
    "report_unchanged": N_("Các bản đăng ký không thay đổi từ lần gửi tổng hợp gần nhất (%(at)s)."),
    # results and ranking (III.1, III.3, III.4.a)
    "result_missing": N_("Chưa có kết quả cần thiết: %(need)s, năm %(year)s."),
    "ranking_not_published": N_("Kết quả xếp hạng Chỉ số CCHC năm %(year)s chưa được công bố."),
    "ranking_not_announced": N_("Ủy ban nhân dân tỉnh chưa công bố kết quả xếp hạng CCHC năm %(year)s."),
    "year_not_ruled": N_("Kế hoạch nêu hai năm khác nhau cho Chỉ số CCHC; cần ghi ý kiến của Sở Nội vụ về năm được xét."),
    "index_not_excellent": N_("Tập thể không thuộc nhóm xuất sắc của Chỉ số CCHC năm %(year)s đã công bố."),
    "commune_not_recognised": N_("Chưa có văn bản của cấp huyện công nhận tiêu biểu xuất sắc năm %(year)s."),
    "rating_too_low": N_("Chưa được xếp loại “Hoàn thành tốt nhiệm vụ” trở lên năm %(year)s."),
    "no_progress": N_("Chưa được cấp trên đánh giá thực hiện nhiệm vụ CCHC tiến bộ hơn năm trước (năm %(year)s)."),
    "district_not_excellent": N_("Huyện, thành phố không thuộc nhóm xuất sắc của Chỉ số CCHC năm %(year)s đã công bố."),
    "result_not_needed": N_("Tiêu chuẩn của tập thể này không cần kết quả đó."),
    "recognised_already": N_("Đã ghi công nhận của cấp huyện cho tập thể này."),
    "rated_already": N_("Đã ghi xếp loại cho tập thể này."),
    "ruled_already": N_("Đã ghi ý kiến về năm xét Chỉ số cho đợt thi đua này."),
    "year_missing": N_("Chưa ghi năm được xét cho: %(criteria)s."),
    "no_entries": N_("Chưa nhập kết quả xếp hạng năm %(year)s."),
    "already_published": N_("Kết quả xếp hạng năm %(year)s đã công bố."),
    "not_published": N_("Kết quả xếp hạng năm %(year)s chưa công bố; hãy sửa ở trang nhập kết quả."),
    "nothing_corrected": N_("Chưa sửa giá trị nào của kết quả năm %(year)s."),
    "ranking_changed": N_("Người khác vừa sửa kết quả năm %(year)s sau khi bạn mở trang này. Hãy xem lại rồi thực hiện lại."),
    "trigger_unexplained": N_("Ngày bắt đầu tính hạn khác ngày quyết định; cần ghi lý do."),
    # quotas, nominees, papers (III.1.b, III.4)
    "quota_used": N_("%(owner)s đã chọn %(selected)s trên %(quota)s đơn vị được chọn."),
    "too_many_individuals": N_("Đề nghị %(individuals)s cá nhân, vượt số lượng %(quota)s."),
    "possible_again": N_("Nay thực hiện được; hãy đánh dấu lại hồ sơ này."),
    "no_places": N_("%(owner)s không có chỉ tiêu chọn cấp xã."),
    "places_all_used": N_("%(owner)s đã chọn đủ %(quota)s trên %(quota)s; không cần ghi lý do."),
    "unused_explained": N_("Đã ghi lý do chọn ít hơn chỉ tiêu của %(owner)s."),
    "places_of_another": N_("%(owner)s tự chọn cấp xã của mình; lý do do cán bộ của %(owner)s ghi."),
    "fewer_unexplained": N_("Đề nghị %(individuals)s trên %(quota)s cá nhân; cần ghi lý do ngắn."),
    "individual_ineligible": N_("%(name)s chưa đủ tiêu chuẩn: hoàn thành tốt nhiệm vụ trở lên và thực hiện xuất sắc nhiệm vụ CCHC."),
    "warnings_unconfirmed": N_("%(name)s: %(warnings)s. Sở Nội vụ cần xác nhận cảnh báo này và ghi lý do trước khi Hội đồng xét."),
    "answer_not_given": N_("Chưa trả lời “đạt” cho tiêu chuẩn “%(label)s” của: %(for)s."),
    "evidence_unknown": N_("Tài liệu chứng minh đã chọn không còn trong hồ sơ này; hãy chọn lại."),
    "not_appraising": N_("Chỉ thẩm định hồ sơ đã nộp, chưa qua Hội đồng; hồ sơ này ở trạng thái “%(state)s”."),
    "document_missing": N_("Thiếu %(label)s của: %(for)s."),
    "named_twice": N_("%(name)s đã được đề nghị trong đợt thi đua này; mỗi người chỉ được đề nghị một lần."),
    "too_many_views": N_("Đã có %(most)s bộ lọc đã lưu. Hãy xoá bộ lọc không dùng nữa rồi lưu lại."),
    "not_filing": N_("Chỉ cập nhật tài liệu và người được đề nghị khi hồ sơ đang lập; hồ sơ này ở trạng thái “%(state)s”."),
    "dossier_full": N_("Các tệp của hồ sơ đã chiếm %(taken)s MB trên %(room)s MB. Hãy nén tệp, hoặc báo người quản trị nới dung lượng."),
    "version_infected": N_("Tệp “%(file)s” có mã độc nên không cho tải xuống. Hãy quét máy đã lập tệp, rồi tải lên tệp sạch."),
    "version_replaced": N_("Tệp “%(file)s” không còn là phiên bản đang dùng. Hãy tải lại trang rồi thẩm định phiên bản mới."),
    "mending_unexplained": N_("Hãy ghi ý kiến: tệp “%(file)s” cần sửa chỗ nào."),
    "paper_not_shareable": N_("Tài liệu này không dùng chung được cho hồ sơ."),
    # papers drafted (III.4.c, Decree 30/2020)
    "paper_unfit": N_("“%(paper)s” lập cho %(wanted)s; hãy chọn lại."),
    "paper_too_early": N_("Chưa lập được “%(paper)s”; hồ sơ chưa đến bước đó hoặc đã kết thúc: %(dossiers)s."),
    "paper_of_several": N_("“%(paper)s” lập cho hồ sơ của một cơ quan trình trong một đợt thi đua; các hồ sơ đã chọn thuộc: %(units)s."),
    "paper_for_nobody": N_("Chưa lập được “%(paper)s”; chưa có tập thể, cá nhân nào để ghi vào."),
    "basis_expired": N_("Căn cứ của “%(paper)s” đã hết hiệu lực từ ngày %(day)s: %(title)s. Hãy đối chiếu văn bản thay thế trước khi ký."),
    "basis_replaced": N_(
        "Căn cứ của “%(paper)s” đã hết hiệu lực từ ngày %(day)s: %(title)s. Văn bản thay thế: %(by)s. Hãy đối chiếu trước khi ký."
    ),
    "basis_not_yet": N_("Căn cứ của “%(paper)s” chưa có hiệu lực trước ngày %(day)s: %(title)s."),
    "paper_without_basis": N_("Kế hoạch năm %(year)s không ghi mẫu, căn cứ của “%(paper)s”; hãy đối chiếu quy định hiện hành."),
    # deadlines (II.3)
    "window_closed": N_("Đã hết hạn nộp hồ sơ (24 giờ 00 ngày %(due)s). Cần có văn bản gia hạn."),
    "window_still_open": N_("Chưa hết hạn nộp hồ sơ (24 giờ 00 ngày %(due)s)."),
    "record_broken": N_("Nhật ký không nguyên vẹn từ bản ghi số %(seq)s nên không xuất; hãy sao lưu nguyên trạng và báo người quản trị."),
    "too_many_for_xlsx": N_("Có hơn %(most)s bản ghi, quá số dòng của một bảng tính; hãy thu hẹp bộ lọc hoặc xuất .csv."),
    "due_in_past": N_("Ngày %(due)s đã qua; hãy ghi một ngày từ hôm nay trở đi."),
    "offsets_unchanged": N_("Các mốc nhắc không thay đổi."),
    "reminders_changed": N_("Người khác vừa đặt lại việc nhắc này sau khi bạn mở trang. Hãy xem lại rồi thực hiện lại."),
    "paused_already": N_("Việc nhắc này đang tạm dừng."),
    "not_paused": N_("Việc nhắc này không tạm dừng."),
    "not_to_remind": N_("Hồ sơ %(code)s đang ở trạng thái “%(state)s”, không nhắc nộp."),
    "dossier_reminded_today": N_("Hồ sơ %(code)s đã được nhắc hôm nay; muốn nhắc lại hãy đánh dấu “nhắc lại” ở trang xem trước."),
    "feed_revoked": N_("Địa chỉ lịch này đã thu hồi."),
    "word_unknown": N_("Thư này không có trường {%(word)s}. Các trường dùng được: %(words)s."),
    "word_braces": N_("Dấu ngoặc nhọn phải đi từng cặp quanh tên trường, ví dụ {hạn}."),
    "word_missing": N_("Lời thư phải có trường {%(word)s}."),
    "word_alone": N_("Trường {%(word)s} là một danh sách: hãy để riêng một dòng, viết “- {%(word)s}”."),
    "word_unchanged": N_("Lời thư không khác lời đang dùng."),
    "word_changed": N_("Người khác vừa sửa lời thư này sau khi bạn mở trang. Hãy đối chiếu rồi lưu lại; nội dung bạn gõ vẫn còn dưới đây."),
    "word_own": N_("Thư này đang dùng mẫu, không có gì để trả về."),
    "extension_not_later": N_("Ngày gia hạn phải sau hạn hiện nay (%(due)s)."),
    "extension_asked_already": N_("Đã gửi đề nghị gia hạn đến ngày %(asked)s, đang chờ Sở Nội vụ trả lời."),
    "extension_not_asked": N_("Không có đề nghị gia hạn nào của hồ sơ này đang chờ trả lời."),
    "receipt_in_future": N_("Ngày nhận bản chính là ngày trong tương lai; hãy ghi ngày đã nhận."),
    "receipt_too_early": N_("Hồ sơ ở trạng thái “%(state)s”; chỉ ghi nhận bản chính từ khi tập thể được chọn lập hồ sơ."),
    "nothing_to_extend": N_("Chỉ gia hạn cho hồ sơ đang lập; hồ sơ này ở trạng thái “%(state)s”."),
    # council
    "no_session": N_("Hồ sơ chưa được đưa ra phiên họp nào của Hội đồng kể từ lần nộp gần nhất."),
    "no_quorum": N_("Phiên họp có %(present)s thành viên dự, chưa đủ số tối thiểu %(quorum)s."),
    "no_minutes": N_("Phiên họp chưa ghi số và ngày biên bản."),
    "votes_missing": N_("Phiên họp chưa có kết quả của: %(for)s."),
    "nobody_recommended": N_("Hội đồng không đề nghị tập thể hay cá nhân nào trong hồ sơ; hãy ghi bước “Hội đồng không đề nghị”."),
    "somebody_recommended": N_("Hội đồng đề nghị %(recommended)s tập thể, cá nhân trong hồ sơ; hãy ghi bước “Hội đồng xét, đề nghị”."),
    "not_on_agenda": N_("Hồ sơ chưa nộp hoặc đã xét, không đưa vào phiên họp được: %(dossiers)s."),
    "agenda_empty": N_("Phiên họp chưa có hồ sơ nào."),
    "quorum_impossible": N_("Số thành viên tối thiểu (%(quorum)s) phải từ 1 đến tổng số thành viên (%(members)s)."),
    "too_many_present": N_("Số thành viên dự họp (%(present)s) vượt tổng số thành viên (%(members)s)."),
    "too_many_votes": N_("Số phiếu vượt số thành viên có mặt được biểu quyết hồ sơ này (%(present)s): %(for)s."),
    "votes_not_summed": N_(
        "%(for)s: tán thành, không tán thành và vắng mặt cộng lại là %(sum)s, phải bằng %(voters)s thành viên được biểu quyết."
    ),
    "session_recorded": N_("Phiên họp đã ghi kết quả (biên bản số %(number)s); không sửa chương trình được nữa."),
    "session_called_off": N_("Phiên họp ngày %(held_on)s đã huỷ: %(reason)s. Hãy lập phiên họp khác."),
    "chair_twice": N_("Hội đồng đã có Chủ tịch: %(name)s. Hãy sửa nhiệm vụ của người đó trước."),
    "member_twice": N_("%(name)s đã có trong danh sách thành viên Hội đồng."),
    "nominee_unknown": N_("Có phiếu cho người không thuộc hồ sơ của phiên họp này."),
    "session_in_future": N_("Phiên họp ngày %(held_on)s chưa diễn ra; chưa ghi kết quả được."),
    # the Chairman's decision (III.3)
    "nobody_awarded": N_("Chưa chọn ai được tặng bằng khen; nếu không ai được tặng, hãy ghi bước “Ghi quyết định không tặng”."),
    "awarded_unknown": N_("Chỉ ghi tặng bằng khen cho tập thể, cá nhân được Hội đồng đề nghị trong hồ sơ này."),
    # giấy khen of the bodies themselves (III.2)
    "nobody_commended": N_("Chưa ghi tập thể hay cá nhân nào được tặng giấy khen; mỗi dòng ghi một tập thể hoặc cá nhân."),
    "struck_already": N_("Giấy khen theo Quyết định số %(number)s đã được gạch bỏ."),
    # reports on the campaign (procedure; III.3)
    "nothing_decided": N_("Chưa ghi quyết định khen thưởng nào của năm %(year)s; báo cáo tổng kết chỉ lập sau khi có quyết định."),
    "figures_unchanged": N_("Số liệu và nhận xét không thay đổi từ lần chốt số %(number)s; không cần chốt lại."),
    "texts_unchanged": N_("Nội dung không khác bản đã lưu; chưa lưu gì."),
    "texts_changed": N_("Người khác vừa lưu nhận xét của báo cáo này. Hãy đối chiếu rồi lưu lại; nội dung bạn gõ vẫn còn dưới đây."),
    "not_frozen": N_("Báo cáo này chưa có lần chốt số %(number)s."),
    # campaigns
    "campaign_open": N_("Đợt thi đua năm %(year)s đã mở; kế hoạch đã mở không thay thế được."),
    "unit_missing": N_("Kế hoạch nêu mã đơn vị %(code)s nhưng danh mục không có đơn vị này."),
    "campaign_not_open": N_("Đợt thi đua năm %(year)s chưa mở; chưa có đơn vị nào để thay đổi."),
    "change_in_future": N_("Thay đổi của %(unit)s có hiệu lực từ ngày %(day)s; chỉ ghi vào đợt thi đua từ ngày đó trở đi."),
    "change_without_basis": N_("Chưa ghi văn bản làm căn cứ cho thay đổi của %(unit)s."),
    "new_name_missing": N_("Chưa ghi tên mới của %(unit)s."),
    "kind_differs": N_("Loại “%(kind)s” đăng ký hoặc được chọn theo cách khác loại hiện nay của %(unit)s; không đổi được giữa đợt."),
    "unit_ended": N_("%(unit)s đã chấm dứt từ ngày %(day)s."),
    "merged_elsewhere": N_("Danh mục đơn vị đã ghi %(unit)s nhập vào một đơn vị khác."),
    "merged_into_own": N_("%(unit)s không nhập được vào chính mình hoặc vào đơn vị do mình tổng hợp, trình hồ sơ."),
    "others_depend_on_unit": N_("%(count)s đơn vị còn do %(unit)s tổng hợp hoặc trình hồ sơ; hãy ghi đơn vị mà %(unit)s nhập vào."),
    "successor_not_in_campaign": N_("Đơn vị mà %(unit)s nhập vào không có trong đợt thi đua."),
}

FIELDS: Mapping[str, str] = {
    "reason": N_("Lý do"),
    "number": N_("Số văn bản"),
    "date": N_("Ngày văn bản"),
    "due_on": N_("Hạn bổ sung"),
    "awarded": N_("Được tặng bằng khen"),
    "fewer_reason": N_("Lý do đề nghị ít hơn số lượng"),
    "decision_date": N_("Ngày quyết định"),
    "minutes_date": N_("Ngày biên bản"),
}


def _plain(text: str, **values: object) -> str:
    return text % values if values else text


def say_objection(objection: Objection, say: Say = _plain) -> str:
    """An objection as one sentence: what is wrong and, where it is not plain, how it is mended."""
    return say(WORDING[objection.code], **{name: _word(name, value, say) for name, value in objection.params.items()})


def say_basis(basis: str, legal_titles: Mapping[str, str], say: Say = _plain) -> str:
    """What an objection rests on: a clause of the plan, another legal basis of its data, or procedure; never one passed off as another."""
    if basis == PROCEDURE:
        return say(N_("quy trình"))
    if basis in legal_titles:
        return legal_titles[basis]
    return say(N_("mục %(clause)s Kế hoạch"), clause=basis)


def _word(name: str, value: Any, say: Say) -> str:
    words: dict[str, Callable[[str], str]] = {
        "step": lambda v: say(Step(v).label),
        "state": lambda v: say((DossierState(v) if v in set(DossierState) else RegistrationState(v)).label),
        "need": lambda v: say(ResultNeed(v).label),
        "field": lambda v: say(FIELDS[v]),
        "paper": lambda v: say(PaperKind(v).label),
        "wanted": say,
        "due": lambda v: f"{date.fromisoformat(v):%d/%m/%Y}",
        "held_on": lambda v: f"{date.fromisoformat(v):%d/%m/%Y}",
        "asked": lambda v: f"{date.fromisoformat(v):%d/%m/%Y}",
        "warnings": lambda v: say(NomineeWarning(v).label),
    }
    if isinstance(value, list):
        return "; ".join(words[name](item) if name in words else str(item) for item in value)
    if value is None:
        return "…"
    return words[name](value) if name in words else str(value)

"""What is wrong in a spreadsheet: each fault with its line, its column and a code, and one Vietnamese sentence for each code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.text import N_
from workflow.rules.objection import Objection
from workflow.wording import say_objection

Say = Callable[..., str]

WORDING: Mapping[str, str] = {
    # the file as a whole
    "empty": N_("tệp rỗng; hãy chọn lại tệp"),
    "too_large": N_("tệp lớn hơn %(limit)s MB; hãy tách tệp"),
    "not_a_sheet": N_("không phải bảng tính; hãy dùng tệp Excel (.xlsx) hoặc CSV"),
    "open_document": N_("tệp .ods; hãy mở bằng LibreOffice hoặc Excel rồi lưu lại dạng .xlsx"),
    "web_page": N_("tệp là trang web đặt đuôi bảng tính; hãy mở bằng Excel rồi lưu lại dạng .xlsx"),
    "old_or_locked": N_("tệp .xls đời cũ hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu lại dạng .xlsx"),
    "has_macros": N_("tệp có macro; hãy lưu lại dạng .xlsx không có macro"),
    "damaged": N_("tệp hỏng, không đọc được; hãy mở bằng Excel rồi lưu lại dạng .xlsx"),
    "too_many_members": N_("tệp chứa quá %(limit)s phần bên trong nên không mở; hãy chép bảng sang tệp mới"),
    "unpacks_too_large": N_("tệp khi giải nén lớn hơn %(limit)s MB nên không mở; hãy chép bảng sang tệp mới"),
    "packed_too_tight": N_("tệp nén bất thường nên không mở; hãy chép bảng sang tệp mới"),
    "too_much_text": N_("tệp có quá nhiều chữ nên không đọc hết; hãy tách tệp"),
    "out_of_memory": N_("tệp quá lớn để đọc (vượt giới hạn bộ nhớ); hãy tách tệp"),
    "too_slow": N_("đọc tệp quá lâu nên đã dừng; hãy tách tệp hoặc chép bảng sang tệp mới"),
    "crashed": N_("không đọc được tệp; hãy mở bằng Excel rồi lưu lại dạng .xlsx"),
    "encoding": N_("dòng %(line)s không phải bảng mã UTF-8; hãy lưu lại dạng CSV UTF-8 hoặc .xlsx"),
    "too_many_rows": N_("bảng có quá %(limit)s dòng; hãy tách tệp"),
    "too_many_columns": N_("dòng %(line)s có ô nằm ngoài %(limit)s cột đầu; hãy xoá ô thừa"),
    "no_rows": N_("tệp không có dòng nào"),
    "no_headings": N_("không thấy dòng tiêu đề trong 15 dòng đầu; cần các cột: %(columns)s"),
    "columns_missing": N_("dòng tiêu đề (dòng %(line)s) thiếu cột: %(columns)s"),
    "heading_twice": N_("dòng tiêu đề (dòng %(line)s) có hai cột %(column)s: cột %(first)s và cột %(second)s"),
    "no_data": N_("không có dòng nào dưới dòng tiêu đề (dòng %(line)s)"),
    # a cell
    "blank": N_("để trống; cần điền"),
    "sheet_error": N_("ô báo lỗi %(value)s; hãy sửa công thức trong tệp"),
    "not_calculated": N_("công thức chưa được tính; hãy mở tệp bằng Excel rồi lưu lại, hoặc gõ thẳng giá trị"),
    "too_long": N_("dài %(length)s ký tự; không quá %(limit)s ký tự"),
    "date_not_text": N_("'%(value)s' là ngày, cần chữ; hãy định dạng ô là Text rồi gõ lại"),
    "not_a_number": N_("'%(value)s' không phải là số"),
    "score_range": N_("'%(value)s' không nằm trong khoảng từ 0 đến 100"),
    "score_digits": N_("'%(value)s' có quá nhiều chữ số; hãy ghi điểm như đã công bố"),
    "not_whole": N_("'%(value)s' không phải là số nguyên"),
    "not_a_rank": N_("'%(value)s' không phải là thứ hạng; thứ hạng bắt đầu từ 1"),
    "not_a_year": N_("'%(value)s' không phải là năm; ghi bốn chữ số, ví dụ 2021"),
    "not_a_date": N_("'%(value)s' không phải là ngày; ghi dạng 31/03/2021"),
    "no_such_day": N_("ngày '%(value)s' không có thật"),
    "date_ahead": N_("ngày '%(value)s' ở tương lai"),
    "not_a_choice": N_("'%(value)s' không có trong danh sách; ghi một trong: %(choices)s"),
    "not_yes_or_no": N_("'%(value)s' không phải là có hoặc không"),
    "not_a_code": N_("'%(value)s' không phải là mã; mã gồm chữ không dấu, chữ số và dấu gạch"),
    # a unit
    "unit_unknown": N_("không có đơn vị nào tên '%(value)s'"),
    "unit_unknown_near": N_("không có đơn vị nào tên '%(value)s'; tên gần nhất: %(near)s"),
    "unit_ambiguous": N_("'%(value)s' có thể là: %(candidates)s; hãy ghi rõ"),
    "district_unknown": N_("không có huyện, thành phố nào tên '%(value)s'"),
    "unit_not_in_district": N_("'%(value)s' không thuộc %(district)s; đơn vị tên này: %(candidates)s"),
    "unit_ended": N_("%(unit)s không còn là đơn vị riêng từ ngày %(day)s"),
    "unit_not_yours": N_("bạn không được nhập cho %(unit)s"),
    "unit_not_ranked": N_("%(unit)s không thuộc diện xếp hạng Chỉ số CCHC"),
    "unit_no_form": N_("%(unit)s không lập bản đăng ký riêng"),
    "unit_not_recognised": N_("%(unit)s không phải đơn vị cấp xã được xét công nhận"),
    "unit_not_rated": N_("%(unit)s không phải cơ quan chuyên trách được xét xếp loại"),
    "collective_unknown": N_("'%(value)s' không phải tập thể trên bản đăng ký của %(unit)s; ghi một trong: %(choices)s"),
    "no_collectives": N_("%(unit)s không có tập thể kèm theo, nhưng ô ghi '%(value)s'"),
    # a row against the others
    "unit_twice": N_("%(unit)s đã có ở dòng %(line)s"),
    "rank_twice": N_("hạng %(value)s đã có ở dòng %(line)s với điểm khác"),
    "differs": N_("'%(value)s' khác với dòng %(line)s của cùng đơn vị"),
    "person_twice": N_("'%(value)s' đã có ở dòng %(line)s"),
    "person_incomplete": N_("để trống; ghi đủ họ và tên, chức vụ, đơn vị công tác"),
    "code_twice": N_("mã '%(value)s' đã có ở dòng %(line)s"),
    "parent_self": N_("đơn vị không thể là cấp trên của chính nó"),
    "parent_unknown": N_("không có đơn vị nào mang mã '%(value)s'"),
    "parent_faulty": N_("đơn vị cấp trên (dòng %(line)s) còn lỗi"),
    "ends_before_start": N_("ngày '%(value)s' không sau ngày bắt đầu"),
    "year_outside": N_("năm '%(value)s' không được xét trong đợt thi đua này; ghi một trong: %(choices)s"),
    # a row against what the service holds; what the workflow refuses says itself
    "row_refused": N_("không lưu được"),
    "no_dossier": N_("%(unit)s chưa có hồ sơ trong đợt thi đua này; bản đăng ký chưa được duyệt"),
    "year_not_judged": N_("năm được xét của %(unit)s là %(judged)s, tệp ghi năm %(year)s"),
    "not_loaded": "%(reason)s",
    # worth a look, not wrong
    "other_sheets": N_("trang tính %(names)s cũng có bảng này; chỉ đọc trang %(read)s. Nếu cần cả hai, hãy chép các dòng vào một trang"),
    "rank_gap": N_("không có hạng %(missing)s (nhảy từ hạng %(before)s sang hạng %(after)s)"),
    "person_elsewhere": N_("'%(value)s' cũng có ở dòng %(line)s với cùng đơn vị công tác"),
    "draft_replaced": N_("%(unit)s đang có bản nháp; nhập tệp sẽ thay bản nháp đó"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: line 0 when it concerns the whole file, column empty when it concerns the whole row."""

    line: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()


class Wrong(Exception):
    """A cell cannot be taken; `code` says why. Where it stands is known to whoever reads the row."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code
        self.params = params


class RowRefused(Exception):
    """A row that reads well cannot be saved as things stand; `code` says why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code
        self.params = params


def plain(text: str, **values: object) -> str:
    """A text with its values, in Vietnamese as it stands."""
    return text % values if values else text


def say_reason(fault: Fault, say: Say = plain) -> str:
    """What is wrong, without where: "'9O,5' không phải là số"."""
    if fault.objections:
        return " ".join(say_objection(objection, say) for objection in fault.objections)
    return say(WORDING[fault.code], **fault.params) if fault.params else say(WORDING[fault.code])


def say_fault(fault: Fault, say: Say = plain) -> str:
    """One fault as one line: "Dòng 14, cột Điểm: '9O,5' không phải là số"."""
    reason = say_reason(fault, say)
    if not fault.line:
        return say(N_("Tệp: %(reason)s"), reason=reason)
    if not fault.column:
        return say(N_("Dòng %(line)s: %(reason)s"), line=fault.line, reason=reason)
    return say(N_("Dòng %(line)s, cột %(column)s: %(reason)s"), line=fault.line, column=fault.column, reason=reason)


def by_place(faults: Sequence[Fault]) -> list[Fault]:
    """Faults in the order of the file."""
    return sorted(faults, key=lambda fault: fault.line)

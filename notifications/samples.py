"""Made-up facts of every letter, so that officers can read a letter before anything has happened. Nothing here is of a real unit."""

from __future__ import annotations

from collections.abc import Mapping

from models.plan import Plan
from models.vocabulary import LetterName
from notifications.letter_words import NAMES
from notifications.letters import FACTS
from notifications.wording import long_day

VALUES: Mapping[str, object] = {
    "unit": "Ủy ban nhân dân huyện Mẫu",
    "sender": "Sở Nội vụ",
    "receiving_office": "Phòng Cải cách hành chính",
    "clause": "II.3",
    "link": "/",
    "journal": "123-0a1b2c3d4e5f6071",
    "day": "28/01/2022",
    "dossier": "2021-MAU",
    "collective": "Xã Mẫu, Huyện Mẫu",
    "due": "24 giờ 00 ngày 07/02/2022",
    "due_date": "07/02/2022",
    "former_due": "24 giờ 00 ngày 28/01/2022",
    "left": "còn 3 ngày",
    "overdue": "quá hạn 1 ngày",
    "working": ["Sự kiện: công bố kết quả xếp hạng Thứ Sáu 14/01/2022", "Hạn cuối: 24 giờ 00 ngày 07/02/2022"],
    "checklist": ["Tờ trình đề nghị khen thưởng", "Biên bản họp Hội đồng", "Báo cáo thành tích của tập thể, cá nhân"],
    "individuals": 2,
    "at": "08:15:03 ngày 28/01/2022",
    "timeliness": "đúng hạn",
    "number": "115/QĐ-UBND",
    "date": "14/01/2022",
    "announcement": "Quyết định số 115/QĐ-UBND ngày 14/01/2022",
    "result": "Nhóm xuất sắc, hạng 3, 91,25 điểm",
    "former": "Nhóm tốt, hạng 5, 88,5 điểm",
    "nominees": [{"name": "Tập thể Xã Mẫu", "outcome": "đề nghị tặng bằng khen"}],
    "reason": "Báo cáo thành tích chưa có xác nhận của thủ trưởng.",
    "units": ["Xã Mẫu Một", "Xã Mẫu Hai", "Thị trấn Mẫu"],
    "counts": [{"label": "Phải đăng ký", "value": "14"}, {"label": "Đã đăng ký", "value": "11"}],
    "changes": ["Xã Mẫu Một: Chưa gửi → Chờ duyệt"],
    "collectives": ["Ủy ban nhân dân huyện Mẫu", "Phòng Nội vụ huyện Mẫu"],
    "district": "Ủy ban nhân dân huyện Mẫu",
    "asking": "Xã Mẫu, Huyện Mẫu",
    "told": 6,
    "registers_with": "Ủy ban nhân dân huyện Mẫu",
    "from_state": "Được chọn",
    "to_state": "Đã xếp hạng",
}


def sample_facts(letter: LetterName, plan: Plan) -> dict[str, object]:
    """Facts enough to write a letter of a campaign; what has no sample is said by its name in square brackets."""
    own = {
        "campaign": plan.title.removeprefix("Kế hoạch ").capitalize(),
        "year": plan.year,
        "plan": f"Kế hoạch số {plan.number} {long_day(plan.issued_on)} của {plan.issuer}",
    }
    return {fact: own.get(fact, VALUES.get(fact, f"[{NAMES.get(fact, fact)}]")) for fact in FACTS[letter]}

"""Invented Vietnamese names, positions and workplaces. The same key always gives the same person; nobody here exists."""

from __future__ import annotations

import random

from workflow.registrations import Person

SURNAMES = (
    "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Huỳnh", "Huỳnh", "Võ", "Phan", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương", "Lý", "Trương", "Lâm", "Mai", "Danh", "Thái", "Châu", "Quách", "Tô", "La",
)  # fmt: skip
MEN = (
    ("Văn", "Hữu", "Minh", "Quốc", "Thanh", "Hoàng", "Đức", "Công", "Trung", "Chí"),
    ("An", "Bình", "Cường", "Dũng", "Đạt", "Hải", "Hùng", "Khánh", "Lâm", "Long", "Nam", "Nghĩa", "Phong", "Phúc", "Quân", "Sơn", "Tài",
     "Tâm", "Thắng", "Thịnh", "Tiến", "Toàn", "Trí", "Tuấn", "Vinh"),
)  # fmt: skip
WOMEN = (
    ("Thị", "Thị", "Thị Kim", "Thị Ngọc", "Thị Mỹ", "Thị Thu", "Ngọc", "Thanh", "Bích", "Thị Hồng"),
    ("Anh", "Chi", "Dung", "Duyên", "Giang", "Hạnh", "Hiền", "Hoa", "Huệ", "Hương", "Lan", "Liên", "Linh", "Loan", "Mai", "Nga", "Nhung",
     "Oanh", "Phượng", "Quyên", "Thảo", "Thúy", "Trang", "Tuyết", "Vân", "Yến"),
)  # fmt: skip
POSITIONS = {
    "provincial_agency": ("Chánh Văn phòng", "Phó Chánh Văn phòng", "Chuyên viên Văn phòng", "Trưởng phòng", "Phó Trưởng phòng"),
    "specialised_province": ("Trưởng phòng", "Phó Trưởng phòng", "Chuyên viên"),
    "specialised_district": ("Trưởng phòng", "Phó Trưởng phòng", "Chuyên viên"),
    "city": ("Chánh Văn phòng HĐND và UBND", "Chuyên viên Văn phòng HĐND và UBND", "Phó Chủ tịch"),
    "district": ("Chánh Văn phòng HĐND và UBND", "Chuyên viên Văn phòng HĐND và UBND", "Phó Chủ tịch"),
}
COMMUNE_POSITIONS = ("Công chức Văn phòng - Thống kê", "Công chức Tư pháp - Hộ tịch", "Phó Chủ tịch")


def full_name(key: str) -> str:
    """An invented full name, the same for the same key."""
    draw = random.Random(f"name {key}")
    middles, givens = draw.choice((MEN, WOMEN))
    return f"{draw.choice(SURNAMES)} {draw.choice(middles)} {draw.choice(givens)}"


def person(code: str, number: int, kind: str, workplace: str) -> Person:
    """The `number`-th individual that a body registers and may put forward, with a position that fits the body's kind."""
    positions = POSITIONS.get(kind, COMMUNE_POSITIONS)
    chosen = random.Random(f"position {code}").sample(positions, k=min(2, len(positions)))
    return Person(full_name(f"{code}/{number}"), chosen[number % len(chosen)], workplace)

"""The data for the certificates' print run (III.3): one row for each awarded nominee, headings in the first row, every cell a text."""

from __future__ import annotations

import io
from collections.abc import Sequence

from documents.naming import full_name, subject_of
from models.campaigns import Campaign
from models.dossiers import Dossier, Nominee
from models.text import clean
from models.vocabulary import NomineeKind
from notifications.wording import day_words, long_day

HEADINGS = (
    ("STT", 6),
    ("Loại", 12),
    ("Tên in trên bằng khen", 50),
    ("Chức vụ", 30),
    ("Nơi công tác", 45),
    ("Tập thể", 45),
    ("Cơ quan trình", 45),
    ("Số quyết định", 18),
    ("Ngày quyết định", 16),
    ("Ngày quyết định bằng chữ", 32),
    ("Nội dung thành tích", 70),
)


def certificates_xlsx(campaign: Campaign, dossiers: Sequence[Dossier]) -> tuple[bytes, int]:
    """The workbook that a mail merge takes, and how many certificates it holds."""
    import xlsxwriter

    achieved = f"Đã có thành tích xuất sắc trong phong trào {subject_of(campaign.plan)}"
    rows = [(dossier, nominee) for dossier in dossiers for nominee in dossier.nominees if nominee.awarded]
    file = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, safe) as book:
        page = book.add_worksheet("Bằng khen")
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        for column, (heading, width) in enumerate(HEADINGS):
            page.set_column(column, column, width)
            page.write_string(0, column, heading, bold)
        for number, (dossier, nominee) in enumerate(rows, start=1):
            for column, value in enumerate((str(number), *_cells(dossier, nominee), achieved)):
                page.write_string(number, column, clean(value), text)
        page.freeze_panes(1, 0)
    return file.getvalue(), len(rows)


def _cells(dossier: Dossier, nominee: Nominee) -> tuple[str, ...]:
    unit, day = dossier.campaign_unit, dossier.decision_date
    whole = nominee.kind is NomineeKind.COLLECTIVE
    return (
        nominee.kind.label,
        full_name(unit) if whole else nominee.full_name,
        nominee.position,
        nominee.workplace,
        full_name(unit),
        (unit.submits or unit).official_name,
        dossier.decision_number,
        day_words(day) if day else "",
        long_day(day) if day else "",
    )

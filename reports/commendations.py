"""The giấy khen that the bodies granted themselves (III.2) as a workbook: one row for each decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from documents.naming import subject_of
from documents.tables import Column
from models.campaigns import Campaign
from models.commendations import Commendation
from notifications.recipients import home_affairs
from reports.rollup_tables import NUMBER, Table
from reports.rollup_xlsx import Sheet, workbook

COLUMNS = (
    NUMBER,
    Column("Đơn vị", 55),
    Column("Số quyết định", 32),
    Column("Ngày", 25, centred=True),
    Column("Tập thể", 65),
    Column("Cá nhân", 65),
    Column("Số giấy khen", 20, centred=True),
)


def commendations_xlsx(campaign: Campaign, rows: Sequence[Commendation], at: datetime) -> bytes:
    """III.2: who granted giấy khen to whom, with the sum of them."""
    cells = tuple(
        (
            number,
            row.campaign_unit.long_name,
            row.number,
            row.date,
            "\n".join(row.collectives),
            "\n".join(row.individuals),
            row.recipients,
        )
        for number, row in enumerate(rows, start=1)
    )
    total = ("", "Cộng", "", "", "", "", sum(row.recipients for row in rows))
    title = f"Giấy khen các đơn vị đã tặng trong {subject_of(campaign.plan)}"
    return workbook(home_affairs(campaign), [Sheet("Giấy khen", title, Table(COLUMNS, cells, total))], at)

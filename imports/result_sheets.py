"""Results beside the index: recognitions of communes (III.1.a-2) and ratings of specialised units (III.1.a-3), each with its document."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from audit.actions import Action as Recorded
from imports import columns as read
from imports.columns import Column, number_column
from imports.faults import Fault, RowRefused
from imports.kinds import Item, Row, RowByRow, Setting, district_column
from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.text import N_
from models.vocabulary import ResultNeed
from workflow import ranking
from workflow.policy import Action
from workflow.situation import Situation

COMMUNE, UNIT, YEAR = "Đơn vị cấp xã", "Đơn vị", "Năm"
NUMBER, DATE, RATING, BETTER = "Số văn bản", "Ngày", "Xếp loại", "Tiến bộ hơn năm trước"


class ResultSheet(RowByRow):
    """A sheet with one document-backed result on each row."""

    heading = UNIT
    needs: frozenset[ResultNeed] = frozenset()

    def accepts(self, unit: CampaignUnit, setting: Setting) -> bool:
        """Units whose criterion rests on this result."""
        criterion = setting.opened.plan.criteria.get(unit.criterion or "")
        return unit.eligible and criterion is not None and criterion.needs in self.needs

    def judge(self, rows: Sequence[Row], setting: Setting) -> tuple[list[Item], list[Fault]]:
        """A unit stands once."""
        taken: dict[int, int] = {}
        items = []
        for row in rows:
            unit = self.find_unit(row, setting, self.heading)
            if unit is not None and taken.setdefault(unit.id, row.line) != row.line:
                row.wrong(self.heading, "unit_twice", unit=unit.long_name, line=taken[unit.id])
            if unit is not None and not row.faults:
                items.append(Item((row.line,), (unit, row.values)))
        return items, []

    def document_columns(self, setting: Setting, earliest: str) -> list[Column]:
        """Number and date of the document that a result rests on."""
        return [
            Column("document", NUMBER, read.text(60), ("Số", "Số quyết định", "Số QĐ", "Số hiệu văn bản"), width=22, example="45/QĐ-UBND"),
            Column(
                "date",
                DATE,
                read.day(latest=setting.today),
                ("Ngày văn bản", "Ngày quyết định", "Ngày ký", "Ngày ban hành"),
                width=16,
                example=earliest,
                hint="Dạng 31/03/2021",
            ),
        ]


class RecognitionSheet(ResultSheet):
    """Công nhận cấp xã tiêu biểu."""

    code = "recognitions"
    label = N_("Công nhận cấp xã tiêu biểu xuất sắc")
    hint = N_("Các xã, phường, thị trấn được cấp huyện công nhận, kèm số và ngày văn bản. Tên trùng thì ghi thêm huyện.")
    permission = Action.RECOGNITION_RECORD
    recorded = Recorded.IMPORT_RECOGNITIONS
    unit_fault = "unit_not_recognised"
    heading = COMMUNE
    needs = frozenset({ResultNeed.RECOGNITION})

    def columns(self, setting: Setting) -> list[Column]:
        """Commune, district where names repeat, document."""
        also = ("Đơn vị", "Tên đơn vị", "Xã, phường, thị trấn", "Cấp xã", "Tên xã, phường, thị trấn", "Xã")
        return [
            number_column(),
            Column("unit", COMMUNE, read.text(), also, width=40, example="Xã Bình An, Huyện Châu Thành"),
            district_column(),
            *self.document_columns(setting, "12/01/2022"),
        ]

    def save_item(self, item: Item, setting: Setting) -> None:
        """Record the recognition; a registered dossier is ranked by it."""
        unit, values = item.value
        dossier = _dossier_of(unit)
        ranking.recognise(dossier, number=values["document"], decided_on=values["date"], actor=setting.actor_for(unit), at=setting.at)


class RatingSheet(ResultSheet):
    """Xếp loại cơ quan chuyên trách."""

    code = "ratings"
    label = N_("Xếp loại cơ quan chuyên trách")
    hint = N_("Xếp loại năm của cơ quan chuyên trách tham mưu công tác CCHC và việc có tiến bộ hơn năm trước, kèm số và ngày văn bản.")
    permission = Action.RATING_RECORD
    recorded = Recorded.IMPORT_RATINGS
    unit_fault = "unit_not_rated"
    needs = frozenset({ResultNeed.RATING_PROGRESS, ResultNeed.RATING_PARENT_INDEX})

    def columns(self, setting: Setting) -> list[Column]:
        """Unit, year, rating, progress, document."""
        ratings = {word.code: word.label for word in setting.opened.plan.ratings}
        also = ("Tên đơn vị", "Cơ quan", "Cơ quan, đơn vị", "Cơ quan chuyên trách")
        return [
            number_column(),
            Column("unit", UNIT, read.text(), also, width=44, example="Phòng Nội vụ huyện Hòn Đất"),
            district_column(),
            Column("year", YEAR, read.year, ("Năm xếp loại", "Năm đánh giá"), width=8, example=str(setting.opened.plan.award_basis_year)),
            Column(
                "rating",
                RATING,
                read.choice(ratings),
                ("Mức xếp loại", "Kết quả xếp loại", "Đánh giá, xếp loại"),
                width=32,
                example=next(iter(ratings.values()), ""),
                choices=tuple(ratings.values()),
            ),
            Column(
                "better",
                BETTER,
                read.yes_or_no,
                ("Tiến bộ", "Tiến bộ so với năm trước", "Có tiến bộ hơn năm trước"),
                width=18,
                example="có",
                choices=("có", "không"),
            ),
            *self.document_columns(setting, "12/01/2022"),
        ]

    def judge(self, rows: Sequence[Row], setting: Setting) -> tuple[list[Item], list[Fault]]:
        """As others; the year is one by which the campaign may judge."""
        plan = setting.opened.plan
        years = {plan.criteria_index_year, plan.award_basis_year} | {criterion.year for criterion in plan.criteria.values()}
        for row in rows:
            if row.values.get("year") and row.values["year"] not in years:
                choices = ", ".join(str(year) for year in sorted(years))
                row.wrong(YEAR, "year_outside", value=row.values["year"], choices=choices)
        return super().judge(rows, setting)

    def save_item(self, item: Item, setting: Setting) -> None:
        """Record the rating for the year that counts; a dossier that has its result is ranked by it."""
        unit, values = item.value
        dossier, actor = _dossier_of(unit), setting.actor_for(unit)
        judged = Situation(dossier, actor, setting.at).criterion_year
        if judged != values["year"]:
            raise RowRefused("year_not_judged", unit=unit.long_name, judged=judged, year=values["year"])
        ranking.rate(
            dossier,
            rating=values["rating"],
            better_than_before=values["better"],
            number=values["document"],
            decided_on=values["date"],
            actor=actor,
            at=setting.at,
        )


def _dossier_of(unit: CampaignUnit) -> Dossier:
    dossier = db.session.scalars(select(Dossier).where(Dossier.campaign_unit_id == unit.id)).first()
    if dossier is None:
        raise RowRefused("no_dossier", unit=unit.long_name)
    return dossier

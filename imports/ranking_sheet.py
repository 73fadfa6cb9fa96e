"""The index as published (III.1.a-1): score, rank and group of each ranked body, taken over and never recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from audit.actions import Action as Recorded
from imports import columns as read
from imports.columns import Column, number_column
from imports.faults import Fault
from imports.kinds import Item, Kind, Row, Setting
from models.campaigns import CampaignUnit
from models.text import N_
from models.vocabulary import ResultNeed
from workflow import ranking
from workflow.policy import Action
from workflow.ranking import PublishedEntry

UNIT, SCORE, RANK, GROUP = "Đơn vị", "Điểm", "Hạng", "Nhóm"
OTHER_SCORES = (
    "Điểm số",
    "Tổng điểm",
    "Điểm đạt được",
    "Tổng điểm đạt được",
    "Chỉ số",
    "Chỉ số CCHC",
    "Kết quả chỉ số",
    "Điểm chỉ số CCHC",
)


class RankingSheet(Kind):
    """Kết quả xếp hạng."""

    code = "ranking"
    label = N_("Kết quả xếp hạng Chỉ số CCHC")
    hint = N_("Điểm, hạng, nhóm đúng như đã công bố. Tệp mới thay toàn bộ kết quả đã nhập của năm đó, khi chưa công bố.")
    permission = Action.RANKING_RECORD
    recorded = Recorded.IMPORT_RANKING
    superseded_by = Recorded.RANKING_RECORD
    has_year = True
    unit_fault = "unit_not_ranked"

    def columns(self, setting: Setting) -> list[Column]:
        """STT, Đơn vị, Điểm, Hạng, Nhóm."""
        groups = {word.code: word.label for word in setting.opened.plan.rank_groups}
        units = ("Tên đơn vị", "Cơ quan", "Cơ quan, đơn vị", "Cơ quan, đơn vị, địa phương", "Đơn vị, địa phương", "Địa phương")
        return [
            number_column(),
            Column("unit", UNIT, read.text(), units, width=48, example="Sở Nội vụ"),
            Column("score", SCORE, read.score, OTHER_SCORES, width=12, example="91,25", hint="Số từ 0 đến 100, ví dụ 91,25"),
            Column("rank", RANK, read.rank, ("Xếp hạng", "Thứ hạng", "Xếp thứ"), width=10, example="1", hint="Số nguyên từ 1"),
            Column(
                "group",
                GROUP,
                read.choice(groups, "nhóm"),
                ("Xếp nhóm", "Nhóm xếp hạng", "Xếp loại", "Mức độ"),
                width=16,
                example=next(iter(groups.values()), ""),
                choices=tuple(groups.values()),
            ),
        ]

    def accepts(self, unit: CampaignUnit, setting: Setting) -> bool:
        """Bodies whose criterion rests on the index."""
        criterion = setting.opened.plan.criteria.get(unit.criterion or "")
        return unit.eligible and criterion is not None and criterion.needs is ResultNeed.INDEX

    def judge(self, rows: Sequence[Row], setting: Setting) -> tuple[list[Item], list[Fault]]:
        """A unit stands once; a rank stands once in its list, unless two scored the same."""
        taken: dict[int, int] = {}
        ranks: dict[tuple[object, int], tuple[int, str]] = {}
        lists: dict[object, dict[int, list[int]]] = {}
        items = []
        for row in rows:
            unit = self.find_unit(row, setting, UNIT)
            if unit is not None and taken.setdefault(unit.id, row.line) != row.line:
                row.wrong(UNIT, "unit_twice", unit=unit.long_name, line=taken[unit.id])
            rank, score = row.values.get("rank"), row.values.get("score")
            if unit is not None and rank and not any(fault.column == UNIT for fault in row.faults):
                own_list = self._list_of(unit, setting)
                lists.setdefault(own_list, {}).setdefault(rank, []).append(row.line)
                line, other = ranks.setdefault((own_list, rank), (row.line, score or ""))
                if line != row.line and score and other and score != other:
                    row.wrong(RANK, "rank_twice", value=rank, line=line)
            if unit is not None and not row.faults:
                items.append(Item((row.line,), PublishedEntry(unit, row.values["score"], row.values["rank"], row.values["group"])))
        complete = not any(fault.column in {UNIT, RANK} for row in rows for fault in row.faults)
        return items, self._gaps(lists) if complete else []

    def save(self, items: Sequence[Item], setting: Setting) -> list[Fault]:
        """All entries in one act. Raises ActRefused when the year is published."""
        entries = [item.value for item in items]
        ranking.record_index(setting.opened, setting.year, entries, actor=setting.actor_for(None), at=setting.at)
        return []

    def _list_of(self, unit: CampaignUnit, setting: Setting) -> object:
        """Which list a unit is ranked in: departments and districts have one each. Kinds that the plan treats alike share a list."""
        kind = setting.opened.plan.kinds.get(unit.kind)
        if kind is None:
            return unit.kind
        return kind.criterion, kind.registers, kind.compiled_by, kind.submits, kind.individuals, kind.selection_quota > 0

    def _gaps(self, lists: dict[object, dict[int, list[int]]]) -> list[Fault]:
        """Ranks that nobody holds: a row may have been left out."""
        notes = []
        for ranks in lists.values():
            for before, after in pairwise(sorted(ranks)):
                if after - before > len(ranks[before]):
                    params = {"missing": before + len(ranks[before]), "before": before, "after": after}
                    notes.append(Fault(ranks[after][0], RANK, "rank_gap", params))
        return notes

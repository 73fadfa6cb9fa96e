"""[[papers]] of a plan: what each kind of paper rests on, and what is wrong in it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from models.plan import Plan
from models.plan_reader import PlanFaulty
from models.vocabulary import PaperKind

FILES = [*sorted((ROOT / "data" / "campaigns").glob("*.toml")), ROOT / "tests" / "data" / "an_giang_2025.toml"]


def data_2021() -> dict[str, Any]:
    """The plan's file, parsed."""
    return tomllib.loads((ROOT / "data" / "campaigns" / "2021.toml").read_text(encoding="utf-8"))


def test_the_plan_of_2021_words_every_kind_of_paper() -> None:
    plan = Plan.read(data_2021())

    assert set(plan.papers) == set(PaperKind)
    assert [basis.code for basis in plan.bases_of(PaperKind.AWARD_DECISION)] == ["cqdp2015", "tdkt2003", "nd91"]
    assert [part.heading for part in plan.paper(PaperKind.ACHIEVEMENT_INDIVIDUAL).parts] == [
        "I. THÔNG TIN CHUNG",
        "II. THÀNH TÍCH ĐẠT ĐƯỢC",
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_every_plan_names_only_its_own_legal_bases(file: Path) -> None:
    plan = Plan.read(tomllib.loads(file.read_text(encoding="utf-8")))

    assert all(plan.bases_of(kind) for kind in plan.papers)


def test_a_plan_from_before_there_were_papers_is_still_read() -> None:
    data = data_2021()
    del data["papers"]

    plan = Plan.read(data)

    assert plan.papers == {}
    assert plan.bases_of(PaperKind.MINUTES) == []


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"code": "minutes", "bases": ["nd99"]}, "papers[1].bases", "danh sách gồm: kh189"),
        ({"code": "minutes"}, "papers[1].bases", "thiếu"),
        ({"code": "tho", "bases": ["nd91"]}, "papers[1].code", "một trong: proposal_letter"),
        ({"code": "minutes", "bases": ["nd91"], "council": ""}, "papers[1].council", "chuỗi không rỗng"),
        ({"code": "minutes", "bases": ["nd91"], "recipients": [1]}, "papers[1].recipients", "danh sách chuỗi"),
        ({"code": "minutes", "bases": ["nd91"], "parts": [{"lines": ["x"]}]}, "parts[1].heading", "thiếu"),
        ({"code": "award_decision", "bases": ["nd91"]}, "papers[2].code", "lặp lại"),
    ],
)
def test_what_is_wrong_in_a_paper_is_named_with_its_place(row: dict[str, Any], field: str, reason: str) -> None:
    data = data_2021()
    data["papers"] = [row, {"code": "award_decision", "bases": ["nd91"]}]

    with pytest.raises(PlanFaulty) as refused:
        Plan.read(data)

    assert [fault.field for fault in refused.value.faults] == [field]
    assert reason in refused.value.faults[0].reason

"""What is kept of the 2021 campaign: its two reports with their figures frozen, and a signed checkpoint of the record."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from demo.history import History, at
from demo.scene import Scene
from jobs import record
from models.db import transaction
from models.vocabulary import ReportKind
from reports import year_end_acts

WORDS = {
    ReportKind.YEAR_END: {
        "assessment": "Các cơ quan, địa phương hưởng ứng Kế hoạch; đa số gửi bản đăng ký đúng thời gian.",
        "proposals": "Đề nghị các huyện đôn đốc những xã chưa gửi bản đăng ký năm 2021 trong đợt thi đua tiếp theo.",
    },
    ReportKind.CLOSING: {
        "assessment": "Đợt thi đua chuyên đề năm 2021 đã hoàn thành; hồ sơ được xét đúng quy trình, đúng thời gian.",
        "proposals": "Đề nghị nêu gương các tập thể, cá nhân được tặng Bằng khen trên Cổng thông tin điện tử tỉnh.",
    },
}


def play(history: History, scene: Scene) -> None:
    """IV, last dash: the report at the end of the year, the closing report after the decision, and then the record is signed."""
    history.add(at("2021-12-24 09:40"), partial(_report, scene, ReportKind.YEAR_END))
    history.add(at("2022-03-30 15:20"), partial(_report, scene, ReportKind.CLOSING))
    history.add(at("2022-03-30 17:30"), record.take)


def _report(scene: Scene, kind: ReportKind, instant: datetime) -> None:
    with transaction():
        year_end_acts.write_text(scene.campaign, kind, WORDS[kind], seen=0, actor=scene.home, at=instant)
        year_end_acts.freeze(scene.campaign, kind, actor=scene.home, at=instant)

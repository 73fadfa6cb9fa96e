"""What units say to the criteria and show for it, and what home affairs finds: answers, evidence, words on papers (III.1, IV)."""

from __future__ import annotations

from datetime import datetime

from demo.scene import Scene
from models.db import db, transaction
from models.dossiers import Nominee
from models.vocabulary import AnswerCheck, DocumentKind, NomineeKind, Verdict
from workflow import criteria_answers, document_appraisal
from workflow.criteria_answers import Confirmed, Finding, Statement
from workflow.situation import Situation

SAID = {
    NomineeKind.COLLECTIVE: ("achievement", "Kết quả đã công bố kèm theo; hồ sơ giải quyết đúng hạn trong năm đạt trên 98%."),
    NomineeKind.INDIVIDUAL: ("reform", "Chủ trì tham mưu và theo dõi kế hoạch cải cách hành chính của đơn vị; có xác nhận kèm theo."),
}
"""What a unit writes, by the criterion that it writes it to."""

CONFIRMED = "Đã kiểm tra với đơn vị: được giao nhiệm vụ trong cuộc họp giao ban, có biên bản."
LACKING = {
    DocumentKind.MINUTES: "Chưa ghi kết quả bỏ phiếu.",
    DocumentKind.ACHIEVEMENT_REPORT: "Thiếu xác nhận của Thủ trưởng.",
}


def answer(scene: Scene, code: str, at: datetime) -> None:
    """III.1: a unit files evidence and says how its collective and its people meet what the plan asks for."""
    scene.file(code, (DocumentKind.EVIDENCE,), at)
    for number in [nominee.id for nominee in scene.dossier(code).nominees]:
        with transaction():
            nominee = db.session.get_one(Nominee, number)
            criterion, words = SAID[nominee.kind]
            shown = frozenset(d.id for d in nominee.dossier.documents if d.kind is DocumentKind.EVIDENCE)
            criteria_answers.state_answers(nominee, {criterion: Statement(None, words, shown)}, actor=scene.submitter(code), at=at)


def check(scene: Scene, code: str, at: datetime, *, doubt: str = "") -> None:
    """IV: home affairs goes through answers and papers; all is well, or the people's reform work and papers come with a doubt."""
    with transaction():
        dossier = scene.dossier(code)
        situation = Situation(dossier, scene.home, at)
        cells = [cell for nominee in dossier.nominees for cell in criteria_answers.cells_of(situation, nominee)]
        findings = [
            Finding(cell.nominee.id, cell.criterion.code, AnswerCheck.UNCLEAR, doubt)
            if doubt and cell.criterion.code == SAID[NomineeKind.INDIVIDUAL][0]
            else Finding(cell.nominee.id, cell.criterion.code, AnswerCheck.MET, "")
            for cell in cells
        ]
        confirmed = [Confirmed(nominee.id, one, CONFIRMED) for nominee, found in situation.unconfirmed_warnings for one in found]
        criteria_answers.appraise(dossier, findings, confirmed, actor=scene.home, at=at)
        for slot in document_appraisal.slots_of(dossier):
            if slot.document is not None:
                comment = LACKING.get(slot.kind, "") if doubt else ""
                verdict = Verdict.TO_MEND if comment else Verdict.PASSED
                document_appraisal.appraise(dossier, slot.document.latest, verdict, comment, actor=scene.home, at=at)

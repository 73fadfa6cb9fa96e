"""Who is put forward, as the pages show it: each criterion with what is on record, what the unit says, what the appraiser found."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from models.documents import Document
from models.dossiers import Dossier, Nominee
from models.vocabulary import AnswerCheck, NomineeFact, NomineeWarning
from notifications.wording import moment_words
from web.access import actor, now
from web.evidence import answer_views
from workflow import proposals
from workflow.criteria_answers import CriterionAnswer, cells_of
from workflow.met import met
from workflow.situation import Situation

TONES = {AnswerCheck.MET: "green", AnswerCheck.NOT_MET: "red", AnswerCheck.UNCLEAR: "yellow"}


@dataclass(frozen=True, slots=True)
class CellView:
    """One criterion for one nominee."""

    answer: CriterionAnswer
    recorded: str
    evidence: list[tuple[str, str]]

    @property
    def tone(self) -> str:
        """The colour of the appraiser's finding."""
        return TONES[self.answer.checked] if self.answer.checked else "grey"


@dataclass(frozen=True, slots=True)
class WarningView:
    """One warning about a person, and why the appraiser lets it stand (empty: not confirmed yet)."""

    warning: NomineeWarning
    reason: str


@dataclass(frozen=True, slots=True)
class NomineeView:
    """One nominee with all that is asked of it."""

    nominee: Nominee
    cells: list[CellView]
    warnings: list[WarningView]


def situation_of(dossier: Dossier) -> Situation:
    """The dossier as the person meets it now."""
    return met(dossier, actor(), now())


def nominee_views(situation: Situation) -> list[NomineeView]:
    """Everybody put forward, the collective first."""
    collective = collective_words(situation)
    return [nominee_view(situation, nominee, collective) for nominee in situation.dossier.nominees]


def nominee_view(situation: Situation, nominee: Nominee, collective: str) -> NomineeView:
    """One nominee; `collective` is what is on record about the collective's own criterion, in words."""
    confirmed = {row.warning: row.reason for row in nominee.confirmations}
    return NomineeView(
        nominee,
        [
            CellView(cell, _recorded(situation, cell, collective), [_paper(situation.dossier, d) for d in _evidence(cell)])
            for cell in cells_of(situation, nominee)
        ],
        [WarningView(warning, confirmed.get(warning, "")) for warning in situation.warnings_of(nominee)],
    )


def collective_words(situation: Situation) -> str:
    """What is on record about the collective's own criterion (III.1.a), with document number and date."""
    if situation.ruling is None:
        return _("chờ ý kiến của Sở Nội vụ về năm được xét")
    views = answer_views(proposals.answers_of(situation), situation.dossier.campaign)
    return "; ".join(f"{view.question}: {view.evidence}" for view in views if not view.general)


def _recorded(situation: Situation, cell: CriterionAnswer, collective: str) -> str:
    fact, form = cell.criterion.fact, situation.dossier.registration
    if fact is None:
        return ""
    if fact is NomineeFact.CRITERION:
        return collective
    if fact is NomineeFact.REGISTERED:
        return _("bản đăng ký được duyệt lúc %(at)s", at=moment_words(form.decided_at, _)) if form.decided_at else _("bản đăng ký đã duyệt")
    if fact is NomineeFact.RATING:
        return situation.plan.label_of_rating(cell.nominee.rating) or _("chưa ghi xếp loại")
    if fact is NomineeFact.REFORM:
        return _("cơ quan trình xác nhận") if cell.recorded else _("cơ quan trình chưa xác nhận")
    return _("thủ trưởng cam kết trong bản đăng ký") if cell.recorded else _("thủ trưởng chưa cam kết trong bản đăng ký")


def _evidence(cell: CriterionAnswer) -> list[Document]:
    return cell.given.evidence if cell.given else []


def _paper(dossier: Dossier, document: Document) -> tuple[str, str]:
    latest = document.latest
    return latest.file_name, url_for("documents.download", dossier_id=dossier.id, document_id=document.id, number=latest.number)

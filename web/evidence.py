"""Answers to the questions of III.1.a in words: what is on record, with document number and date, score, rank and group."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from models.campaigns import Campaign
from models.plan import Plan
from models.results import IndexEntry, Rating, Recognition
from notifications.wording import day_words
from workflow.proposals import Answer, Question


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer as a page shows it."""

    question: str
    met: bool | None
    """None while that is open."""
    evidence: str
    clause: str
    general: bool
    """Asked of every collective and answered by its registration form."""


def answer_views(answers: tuple[Answer, ...], campaign: Campaign) -> list[AnswerView]:
    """Each question with its answer and its evidence."""
    return [
        AnswerView(_(answer.question.label), answer.met, _evidence(answer, campaign.plan), answer.clause, answer.year is None)
        for answer in answers
    ]


def _evidence(answer: Answer, plan: Plan) -> str:
    row = answer.evidence
    if answer.year is None:
        return _("theo bản đăng ký đã duyệt, có cam kết của thủ trưởng")
    if isinstance(row, IndexEntry):
        return entry_words(row, plan)
    if isinstance(row, Recognition):
        return _("năm %(year)s, văn bản %(number)s ngày %(date)s", year=row.year, number=row.number, date=day_words(row.date))
    if isinstance(row, Rating):
        rating = plan.label_of_rating(row.rating)
        if answer.question is Question.PROGRESS:
            rating = _("được đánh giá tiến bộ hơn") if row.better_than_before else _("không được đánh giá tiến bộ hơn")
        return _(
            "%(rating)s, năm %(year)s, văn bản %(number)s ngày %(date)s",
            rating=rating,
            year=row.year,
            number=row.number,
            date=day_words(row.date),
        )
    return _("chưa có kết quả năm %(year)s", year=answer.year)


def entry_words(row: IndexEntry, plan: Plan) -> str:
    """An index entry as published, with the decision that announced it."""
    publication = row.publication
    said = _(
        "nhóm %(group)s, hạng %(rank)s, %(score)s điểm, Chỉ số năm %(year)s",
        group=plan.label_of_group(row.rank_group),
        rank=row.rank,
        score=row.score,
        year=publication.index_year,
    )
    if publication.published_at is None or publication.decision_date is None:
        return _("%(said)s (chưa công bố)", said=said)
    number, day = publication.decision_number, day_words(publication.decision_date)
    return _("%(said)s (Quyết định %(number)s ngày %(date)s)", said=said, number=number, date=day)

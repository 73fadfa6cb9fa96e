"""Hội đồng: what a recorded session means for each dossier, reviewed and declined in one act, and what came of each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models.council import AgendaItem
from models.dossiers import Dossier
from models.vocabulary import Step
from web import bulk
from web.access import needs
from web.addresses import row_number
from web.bulk import Rehearsed
from web.council import Answer, find_session, pages
from web.forms import LONG, clean_lines
from web.wording import ObjectionView, objection_views
from workflow.council import open_items
from workflow.policy import Action

__all__ = ["pages"]


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier of the session: the step that its votes lead to (none: it stays submitted) and why."""

    item: AgendaItem
    step: Step | None
    votes: str
    reason: str = ""
    error: str = ""
    ticked: bool = True
    objections: tuple[ObjectionView, ...] = ()

    @property
    def dossier(self) -> Dossier:
        """The dossier."""
        return self.item.dossier


@pages.get("/<int:session_id>/decide")
@needs(Action.COUNCIL_MANAGE)
def decide(session_id: int) -> Answer:
    """Each dossier with the outcome that its votes give, the reason where it is declined, and the letters that would go out."""
    session = find_session(session_id)
    if not session.recorded:
        flash(_("Phiên họp chưa ghi kết quả."), "info")
        return redirect(url_for("council.show", session_id=session_id))
    return _page(session_id, {}, secrets.token_urlsafe(12))


@pages.post("/<int:session_id>/decide")
@needs(Action.COUNCIL_MANAGE)
def take_decisions(session_id: int) -> Answer:
    """One transaction for each ticked dossier; then what was done, and what was not with every reason. Sent twice, it is done once."""
    session = find_session(session_id)
    key = request.form.get("key", "")
    ids = {number for text in request.form.getlist("dossier") if (number := row_number(text))}
    chosen = [item for item in session.agenda if item.dossier_id in ids]
    if not chosen:
        flash(_("Chưa đánh dấu hồ sơ nào. Hãy đánh dấu ít nhất một hồ sơ."), "info")
        return redirect(url_for("council.decide", session_id=session_id))
    if request.form.get("session") != str(session.version):
        changed = _("Kết quả phiên họp vừa được sửa. Hãy xem lại rồi thực hiện lại.")
        return _page(session_id, {}, key, warning=changed, status=409)
    errors = {
        item.dossier_id: _("Hãy ghi lý do không đề nghị.")
        for item in chosen
        if step_of(item) is Step.DECLINE and not _reason(item.dossier_id)
    }
    if errors:
        return _page(session_id, errors, key, status=422)
    # a page that is sent again finds its dossiers gone on: the step is the one that the page named
    steps = {item.dossier_id: _named(item) for item in chosen}
    outcomes = [
        bulk.take_one(number, step, key, **({"reason": _reason(number)} if step is Step.DECLINE else {}))
        for number, step in steps.items()
        if step is not None
    ]
    done, left = [one for one in outcomes if not one.reasons], [one for one in outcomes if one.reasons]
    page = render_template(
        "steps/result.html",
        title=_("Ghi bước xét: kết quả"),
        done=done,
        left=left,
        back=url_for("council.show", session_id=session_id),
        back_text=_("Phiên họp"),
    )
    return page, 200 if done or not left else 409


def step_of(item: AgendaItem) -> Step | None:
    """The step that a dossier's votes lead to: review with at least one recommended, decline with none; none where it is postponed."""
    voted = {vote.nominee_id for vote in item.votes}
    if item.postponed or any(nominee.id not in voted for nominee in item.dossier.nominees):
        return None
    return Step.REVIEW if any(vote.recommended for vote in item.votes) else Step.DECLINE


def _named(item: AgendaItem) -> Step | None:
    word = request.form.get(f"step-{item.dossier_id}", "")
    return Step(word) if word in {Step.REVIEW, Step.DECLINE} else None


def _reason(number: int) -> str:
    return clean_lines(request.form.get(f"reason-{number}", ""))[:LONG]


def _page(session_id: int, errors: dict[int, str], key: str, *, warning: str = "", status: int = 200) -> tuple[str, int]:
    steps = {item.dossier_id: step_of(item) for item in open_items(find_session(session_id))}
    rehearsed = Rehearsed()
    for step in (Step.REVIEW, Step.DECLINE):
        ids = [number for number, found in steps.items() if found is step]
        one = bulk.rehearse(ids, step)
        rehearsed.letters |= one.letters
        rehearsed.refused |= one.refused
        rehearsed.sample = rehearsed.sample or one.sample
    session = find_session(session_id)
    lines = [_line(item, rehearsed, errors) for item in open_items(session)]
    page = render_template(
        "council/decide.html",
        session=session,
        lines=[line for line in lines if line.step and not line.objections],
        refused=[line for line in lines if line.objections],
        staying=[line for line in lines if line.step is None],
        rehearsed=rehearsed,
        errors=[(text, f"#reason-{number}") for number, text in errors.items()],
        key=key,
        warning=warning,
        versions={line.dossier.id: request.form.get(f"version-{line.dossier.id}") or line.dossier.version for line in lines},
    )
    return page, status


def _line(item: AgendaItem, rehearsed: Rehearsed, errors: dict[int, str]) -> Line:
    dossier, step = item.dossier, step_of(item)
    votes = {vote.nominee_id: vote for vote in item.votes}
    words = "; ".join(
        f"{nominee.full_name}: {votes[nominee.id].votes_for}/{votes[nominee.id].votes_for + votes[nominee.id].votes_against}"
        for nominee in dossier.nominees
        if nominee.id in votes
    )
    objections = objection_views(rehearsed.refused.get(dossier.id, []), dossier, step)
    sent = request.method == "POST"
    return Line(
        item,
        step,
        words,
        reason=request.form.get(f"reason-{dossier.id}", "") if step else item.postponed,
        error=errors.get(dossier.id, ""),
        ticked=not sent or str(dossier.id) in request.form.getlist("dossier"),
        objections=tuple(objections),
    )

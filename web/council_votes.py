"""Hội đồng: a session with its result; one form for attendance, all votes and the minutes, saved as a draft while the session runs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from audit.actions import Action as Recorded
from documents.drafts import SESSION_PAPERS
from models.campaigns import Campaign
from models.council import AgendaItem, CouncilSession, Vote
from models.db import db
from models.text import clean
from models.vocabulary import NomineeKind, Step
from notifications.wording import moment_words
from web.access import actor, needs, now
from web.acting import acting
from web.council import Answer, done_with, find_session, page_key, pages
from web.forms import DateBoxes, Form, Ticks, WholeNumber, line, options
from web.papers import before_signing
from web.wording import ObjectionView, objection_views
from workflow import council
from workflow.acts import ActRefused
from workflow.council import abstaining, open_items, voters_of
from workflow.policy import Action, may
from workflow.rules.ballots import Ballot, Voters, miscounted
from workflow.steps import steps_from
from workflow.wording import say_objection

__all__ = ["pages"]

COUNTS = ("for", "against", "absent")
TYPED = 500
"""Characters of one box that a draft keeps."""


class Count(WholeNumber):
    """A count of votes; nothing needs to be counted for a dossier that is postponed."""

    needed = True

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """The number lies within its bounds, where one is needed."""
        if not self.needed:
            self.errors = []
            return True
        return bool(super().validate(form, extra_validators))


class ResultForm(Form):
    """The minutes; who attended, the votes and the postponed dossiers are added from the session."""

    version = HiddenField()
    key = HiddenField()
    minutes_number = line(_l("Số biên bản"), limit=60)
    minutes_date = DateBoxes(_l("Ngày biên bản"))


@pages.get("/<int:session_id>")
@needs(Action.COUNCIL_VIEW)
def show(session_id: int) -> str:
    """A session: its agenda with who abstains, its votes, and the step that each dossier waits for."""
    session = find_session(session_id)
    return _page(session, _form(session, _values(session)))


@pages.post("/<int:session_id>")
@needs(Action.COUNCIL_MANAGE)
def hold(session_id: int) -> Answer:
    """Keep what was typed so far, or record the session that was held: attendance, minutes and all votes."""
    session = find_session(session_id)
    form = _form(session, request.form)
    key, draft = page_key(form), request.form.get("save") == "draft"
    if done_with(key):
        return redirect(url_for("council.show", session_id=session_id))
    if not draft and not _valid(session, form):
        return _page(session, form), 422
    if form["version"].data != str(session.version):
        return _stale(session, form)
    try:
        if draft:
            with acting(Recorded.COUNCIL_DRAFT, session):
                council.save_draft(session, _typed(session, form), actor=actor(), at=now())
            flash(_("Đã lưu tạm lúc %(time)s. Chưa ghi kết quả phiên họp.", time=moment_words(now())), "success")
        else:
            with acting(Recorded.COUNCIL_VOTE, session, key):
                _record(session, form, key)
            flash(_("Đã ghi kết quả phiên họp. Hãy ghi bước xét cho từng hồ sơ."), "success")
    except (StaleDataError, IntegrityError):
        return redirect(url_for("council.show", session_id=session_id)) if done_with(key) else _stale(find_session(session_id), form)
    except ActRefused as refused:
        return _page(session, form, refused), 409
    return redirect(url_for("council.show", session_id=session_id))


def _record(session: CouncilSession, form: Form, key: str | None) -> None:
    items = open_items(session)
    council.hold(
        session,
        members_present=0 if session.seats else form["members_present"].data,
        attending=_attending(session, form),
        minutes_number=form["minutes_number"].data,
        minutes_date=form["minutes_date"].data,
        ballots={nominee.id: _ballot(form, nominee.id) for item in items if not _why(form, item) for nominee in item.dossier.nominees},
        postponed={item.dossier_id: why for item in items if (why := _why(form, item))},
        actor=actor(),
        at=now(),
        key=key,
    )


def _stale(session: CouncilSession, form: Form) -> tuple[str, int]:
    form["version"].data = str(session.version)
    changed = _("Người khác vừa ghi kết quả phiên họp này. Hãy đối chiếu số phiếu dưới đây rồi lưu lại.")
    return _page(session, form, warning=changed), 409


def _valid(session: CouncilSession, form: Form) -> bool:
    """Whether the form is complete and every count adds up; what does not is marked in its very cell."""
    for item in open_items(session):
        for nominee in item.dossier.nominees:
            for name in COUNTS:
                form[f"{name}_{nominee.id}"].needed = not _why(form, item)
    if not form.validate():
        return False
    right = True
    for item in open_items(session):
        if _why(form, item):
            continue
        voters = voters_of(item, _present(session, form), _attending(session, form))
        for nominee in item.dossier.nominees:
            wrong = miscounted(_ballot(form, nominee.id), voters, nominee.full_name)
            if wrong is not None:
                cell = form[f"{'for' if wrong.code == 'too_many_votes' else 'absent'}_{nominee.id}"]
                cell.errors, right = [say_objection(wrong, _)], False
    return right


def _attending(session: CouncilSession, form: Form) -> list[int]:
    return list(form["attending"].data or []) if session.seats else []


def _present(session: CouncilSession, form: Form) -> int:
    """How many voting members attend, as the form stands; nothing is asked of a number that cannot be."""
    if not session.seats:
        return min(form["members_present"].data or 0, session.members_total)
    attending = _attending(session, form)
    return sum(seat.member.votes and seat.member_id in attending for seat in session.seats)


def _ballot(form: Form, nominee_id: int) -> Ballot:
    return Ballot(*(form[f"{name}_{nominee_id}"].data for name in COUNTS))


def _why(form: Form, item: AgendaItem) -> str:
    """Why a dossier is postponed; empty where it is not."""
    return str(form[f"postponed_{item.dossier_id}"].data or "")


def _typed(session: CouncilSession, form: Form) -> dict[str, Any]:
    """What is worth keeping of what was typed: a row in which nobody has counted yet takes its defaults anew."""
    kept: dict[str, Any] = {
        name: clean(request.form.get(name, ""))[:TYPED]
        for name in ("members_present", "minutes_number", *(f"minutes_date-{part}" for part in ("day", "month", "year")))
    }
    if session.seats:
        kept["attending"] = [str(number) for number in _attending(session, form) if number > 0]
    for item in open_items(session):
        kept[f"postponed_{item.dossier_id}"] = _why(form, item)[:TYPED]
        for nominee in item.dossier.nominees:
            typed = [clean(request.form.get(f"{name}_{nominee.id}", ""))[:10] for name in COUNTS]
            if typed[0] or typed[1] not in {"", "0"}:
                kept |= {f"{name}_{nominee.id}": text for name, text in zip(COUNTS, typed, strict=True)}
    return {name: value for name, value in kept.items() if value}


def _values(session: CouncilSession) -> MultiDict[str, str]:
    """What the boxes show: the draft, else what is recorded, else what can be taken for granted."""
    draft: Mapping[str, Any] = session.draft or {}
    values: dict[str, Any] = {"version": str(session.version), "key": secrets.token_urlsafe(16), "minutes_number": session.minutes_number}
    if session.minutes_date:
        values |= {f"minutes_date-{part}": str(getattr(session.minutes_date, part)) for part in ("day", "month", "year")}
    if session.seats:
        seats = [seat for seat in session.seats if seat.present or not session.recorded]
        values["attending"] = draft.get("attending", []) if draft else [str(seat.member_id) for seat in seats]
    else:
        values["members_present"] = str(session.members_present or "")
    values |= {name: value for name, value in draft.items() if name != "attending"}
    attending = {int(number) for number in values.get("attending", [])}
    present = sum(seat.member.votes and seat.member_id in attending for seat in session.seats)
    for item in open_items(session):
        votes = {vote.nominee_id: vote for vote in item.votes}
        values.setdefault(f"postponed_{item.dossier_id}", item.postponed)
        voters = voters_of(item, present, attending)
        for nominee in item.dossier.nominees:
            if f"for_{nominee.id}" in draft or f"against_{nominee.id}" in draft:
                continue
            vote = votes.get(nominee.id)
            away = str(voters.entitled - voters.present) if session.seats else "0"
            counts = (vote.votes_for, vote.votes_against, vote.votes_absent) if vote else ("", "0", away)
            values |= {f"{name}_{nominee.id}": str(count) for name, count in zip(COUNTS, counts, strict=True)}
    return MultiDict(values)


def _form(session: CouncilSession, values: MultiDict[str, str]) -> Form:
    fields: dict[str, Any] = {}
    if session.seats:
        seats = [(seat.member_id, f"{seat.member.full_name} – {seat.member.position}, {seat.member.workplace}") for seat in session.seats]
        fields["attending"] = Ticks(_l("Thành viên dự họp"), choices=options(seats))
    else:
        fields["members_present"] = WholeNumber(_l("Số thành viên dự họp"), least=1, most=99)
    for item in open_items(session):
        label = _("Hoãn xét %(code)s, vì", code=item.dossier.code)
        fields[f"postponed_{item.dossier_id}"] = line(label, optional=True, limit=TYPED)
        for nominee in item.dossier.nominees:
            for name, word in zip(COUNTS, (_("Tán thành"), _("Không tán thành"), _("Vắng mặt")), strict=True):
                fields[f"{name}_{nominee.id}"] = Count(f"{word}: {nominee.full_name}", least=0, most=99)
    form: Form = type("VotesForm", (ResultForm,), fields)(formdata=values)
    return form


def _page(session: CouncilSession, form: Form, refused: ActRefused | None = None, warning: str = "") -> str:
    items = open_items(session)
    voters: dict[int, Voters] = {}
    for item in items:
        voters[item.dossier_id] = voters_of(item, _present(session, form), _attending(session, form))
    reasons: list[ObjectionView] = objection_views(refused.objections) if refused else []
    return render_template(
        "council/show.html",
        session=session,
        form=form,
        warning=warning,
        reasons=reasons,
        manages=may(actor(), Action.COUNCIL_MANAGE),
        items=items,
        voters=voters,
        apart={item.dossier_id: [seat.member for seat in abstaining(item)] for item in session.agenda},
        verbs=_verbs(session),
        votes=(votes := {vote.nominee_id: vote for item in session.agenda for vote in item.votes}),
        outcome=_outcome(session, list(votes.values())),
        warned=before_signing(SESSION_PAPERS, db.session.get_one(Campaign, session.campaign_id)),
    )


def _outcome(session: CouncilSession, votes: list[Vote]) -> str:
    """What came of the session as a whole, in one sentence."""
    carried = [vote.nominee for vote in votes if vote.recommended]
    people = sum(nominee.kind is NomineeKind.INDIVIDUAL for nominee in carried)
    return _(
        "Đề nghị %(collectives)s tập thể, %(individuals)s cá nhân; không đề nghị %(others)s; hoãn %(postponed)s hồ sơ.",
        collectives=len(carried) - people,
        individuals=people,
        others=len(votes) - len(carried),
        postponed=sum(bool(item.postponed) for item in session.agenda),
    )


def _verbs(session: CouncilSession) -> dict[int, Step]:
    """The council's step that each dossier of the agenda can take now."""
    verbs: dict[int, Step] = {}
    for item in session.agenda:
        for option in steps_from(item.dossier, actor=actor(), at=now()):
            if option.step in {Step.REVIEW, Step.DECLINE} and option.possible:
                verbs[item.dossier_id] = option.step
    return verbs

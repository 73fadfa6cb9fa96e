"""Chuyển bước: the confirm page of one step, with its letters, and the taking of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import request as sent
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from models.audit import AuditEntry
from models.db import db, rehearsal, transaction
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Notice
from models.people import User
from models.vocabulary import AuditResult, NomineeKind, Step
from notifications.letters import Letter
from notifications.outbox import letter_of
from notifications.wording import moment_words
from web.access import actor, needs, now, see
from web.dossier_forms import Change
from web.forms import Form, request_from, step_form
from web.wording import entry_view, objection_views
from workflow.criteria_answers import doubts_of
from workflow.document_appraisal import wanting
from workflow.machine import StepForbidden, StepRefused, StepRequest, StepStale
from workflow.policy import Action
from workflow.rules.objection import Objection
from workflow.situation import Situation
from workflow.steps import StepOption, done_before, record_refusal, steps_from, take_step
from workflow.wording import FIELDS

pages = Blueprint("steps", __name__, url_prefix="/dossiers/<int:dossier_id>/steps/<step>")
Answer = str | Response | tuple[str, int]

CHOOSING = frozenset({Step.SELECT, Step.PASS_OVER, Step.FORWARD})
"""Steps before which the quota used is shown."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter that the step would send: to which unit, to which addresses, in which words."""

    unit: str
    addresses: list[str]
    letter: Letter


@pages.get("")
@needs(Action.DOSSIER_VIEW)
def confirm(dossier_id: int, step: str) -> Answer:
    """From where to where, what must be entered, and the letters that will go out; or every reason why not."""
    dossier, option = _find(dossier_id, step)
    if option.target is not None and not option.permitted:
        return _page(dossier, option, None, (Objection("not_permitted", {"step": step}, option.clause),), status=403)
    if option.objections:
        return _page(dossier, option, None, option.objections, status=409)
    form = _form(dossier, option)
    form["version"].data, form["key"].data = str(dossier.version), secrets.token_urlsafe(16)
    if option.step is Step.SEND_BACK:
        form["reason"].data = _found_wanting(dossier)
    if "fewer_reason" in form:
        form["fewer_reason"].data = dossier.fewer_reason
    return _page(dossier, option, form)


@pages.post("")
@needs(Action.DOSSIER_VIEW)
def take(dossier_id: int, step: str) -> Answer:
    """Take the step. A stale form, a refusal and a missing answer each come back with everything that was typed."""
    dossier, option = _find(dossier_id, step)
    if option.target is not None and not option.permitted:
        refusal = StepForbidden(option.step, [Objection("not_permitted", {"step": step}, option.clause)])
        with transaction():
            record_refusal(dossier, refusal, actor=actor(), at=now())
        return _page(dossier, option, None, refusal.objections, status=403)
    form = _form(dossier, option)
    if not form.validate():
        return _page(dossier, option, form, status=422)
    request = request_from(form)
    request = replace(request, key=f"{dossier_id}.{request.key}"[:64] if request.key else None)
    try:
        _take(dossier, option.step, request)
    except (StepStale, StaleDataError):
        return _stale(dossier_id, step, form, request.version)
    except StepRefused as refusal:
        status = 403 if isinstance(refusal, StepForbidden) else 409
        with transaction():
            record_refusal(dossier, refusal, actor=actor(), at=now())
        return _page(dossier, option, form, refusal.objections, status=status)
    receipt = _("Đã nộp hồ sơ lúc %(at)s. Biên nhận được gửi bằng thư.", at=moment_words(now(), _)) if option.step is Step.SUBMIT else ""
    flash(receipt or _("Đã ghi: %(step)s.", step=_(option.step.label)), "success")
    return redirect(url_for("dossiers.show", dossier_id=dossier_id))


def _take(dossier: Dossier, step: Step, request: StepRequest) -> AuditEntry:
    """Take the step in one transaction. When the same form was sent twice at once, the second finds what the first has done."""
    try:
        with transaction():
            return take_step(dossier, step, request, actor=actor(), at=now())
    except (IntegrityError, StaleDataError, StepRefused):
        done = done_before(request.key, dossier.id) if request.key else None
        if done is None:
            raise
        return done


def _find(dossier_id: int, word: str) -> tuple[Dossier, StepOption]:
    dossier = see(db.session.get(Dossier, dossier_id))
    if word not in set(Step):
        raise NotFound
    option = next(option for option in steps_from(dossier, actor=actor(), at=now()) if option.step == word)
    return dossier, option


def _form(dossier: Dossier, option: StepOption) -> Form:
    awardable = [(nominee.id, nominee.full_name) for nominee in dossier.nominees if nominee.recommended]
    named, places = _individuals(dossier)
    return step_form([ask for ask in option.asked if ask.field != "fewer_reason" or named < places], awardable)


def _individuals(dossier: Dossier) -> tuple[int, int]:
    """III.4.b: how many people are put forward, and how many may be; a reason is asked for only where it is fewer."""
    named = sum(nominee.kind is NomineeKind.INDIVIDUAL for nominee in dossier.nominees)
    return named, dossier.campaign_unit.individual_quota


def _found_wanting(dossier: Dossier) -> str:
    """IV: the papers and answers that the appraiser found wanting, as the reason of a return begins; the officer goes on from there."""
    doubts = doubts_of(Situation(dossier, actor(), now()))
    said = [(f"{cell.nominee.full_name} – {cell.criterion.label}", cell.given.check_reason) for cell in doubts if cell.given is not None]
    return "\n".join(f"{what}: {why}" for what, why in [*wanting(dossier), *said])


def _stale(dossier_id: int, step: str, form: Form, seen_version: int) -> Answer:
    """409 with what changed, by whom and when; what was typed is kept and can be sent again against the new version."""
    db.session.rollback()
    dossier, option = _find(dossier_id, step)
    latest = (
        select(AuditEntry, User.full_name)
        .outerjoin(User, AuditEntry.actor_id == User.id)
        .where(AuditEntry.dossier_id == dossier.id, AuditEntry.result == AuditResult.DONE)
        .order_by(AuditEntry.seq.desc())
        .limit(20)
    )
    changes = [Change(entry_view(entry), name or "") for entry, name in db.session.execute(latest) if _version(entry) > seen_version]
    form["version"].data = str(dossier.version)
    return _page(dossier, option, form, option.objections, status=409, changes=changes)


def _version(entry: AuditEntry) -> int:
    return int(json.loads(entry.rec)["ver"] or 0)


def _page(
    dossier: Dossier,
    option: StepOption,
    form: Form | None,
    objections: Sequence[Objection] = (),
    *,
    status: int = 200,
    changes: Sequence[Change] = (),
) -> tuple[str, int]:
    previews = _previews(dossier, option) if form is not None and not objections else []
    page = render_template(
        "steps/confirm.html",
        dossier=dossier,
        option=option,
        places=Situation(dossier, actor(), now()).places if option.step in CHOOSING else None,
        form=form,
        individuals=_individuals(dossier),
        reasons=objection_views(objections, dossier, option.step),
        changes=changes,
        notices=_told(dossier) if option.step is Step.LAPSE else None,
        previews=previews,
        recipients=sum(len(preview.addresses) for preview in previews),
        typed=[(_(FIELDS[name]), text) for name, text in sent.form.items() if name in FIELDS and text],
    )
    return page, status


def _told(dossier: Dossier) -> list[Notice]:
    """II.3: every letter that was sent about the dossier, the latest first: a unit that was never reached does not simply lapse."""
    query = (
        select(Notice)
        .where(Notice.dossier_id == dossier.id)
        .options(joinedload(Notice.mails), joinedload(Notice.campaign_unit))
        .order_by(Notice.id.desc())
    )
    return list(db.session.scalars(query).unique())


def _previews(dossier: Dossier, option: StepOption) -> list[Preview]:
    """The letters of a step, from a rehearsal of it that is rolled back; answers not yet given stand as placeholders."""
    today = local_day(now())
    answers = StepRequest(
        version=dossier.version,
        reason=_("[lý do bạn ghi]"),
        number=_("[số văn bản]"),
        date=today,
        due_on=max(today, dossier.due_on or today) + timedelta(days=1),
        fewer_reason=_("[lý do bạn ghi]"),
        awarded=frozenset(nominee.id for nominee in dossier.nominees if nominee.recommended),
    )
    try:
        with rehearsal():
            entry = take_step(dossier, option.step, answers, actor=actor(), at=now())
            notices = db.session.scalars(select(Notice).where(Notice.audit_seq == entry.seq))
            return [
                Preview(notice.campaign_unit.official_name, [mail.recipient for mail in notice.mails], letter_of(notice))
                for notice in notices
            ]
    except StepRefused:
        return []

"""Chọn tập thể: whom the criteria propose, with evidence; selecting and passing over singly and in bulk; the places of each quota."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, true
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from audit.actions import Action as Recorded
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.vocabulary import DossierState, Role, Step
from web import bulk
from web.access import actor, allow, needs, now, see
from web.acting import acting
from web.addresses import row_number
from web.evidence import AnswerView, answer_views
from web.forms import Form, paragraph
from web.frame import campaign
from web.wording import ObjectionView, objection_views
from web.work import stands_to
from workflow.acts import ActRefused
from workflow.machine import transitions
from workflow.policy import Action, may
from workflow.procedure import DossierProcedure
from workflow.proposals import EAGER, Places, Proposal, places_of, proposals_for
from workflow.selection import explain_unused

pages = Blueprint("selection", __name__, url_prefix="/selection")
Answer = str | Response | tuple[str, int]

SHOWN = 400
"""So many dossiers stand on the page; a campaign of the plan's size has about 200."""
VERBS = (Step.SELECT, Step.PASS_OVER)
OPEN = (DossierState.REGISTERED, DossierState.RANKED)
CHOSEN = (DossierState.SELECTED, DossierState.SUBMITTED, DossierState.REVIEWED, DossierState.FORWARDED)
FOR_ALL = {"ranking_announced", "ranking_not_announced", "year_not_ruled"}
"""Reasons that stand against every row alike: they are said once, above the list."""


class ReasonForm(Form):
    """Why a quota is not used up."""

    reason = paragraph(_l("Lý do chọn ít hơn chỉ tiêu"), limit=500)


@dataclass(frozen=True, slots=True)
class RowView:
    """One dossier of the list: the answers, and what stands against its selection beside them."""

    proposal: Proposal
    answers: list[AnswerView]
    reasons: list[ObjectionView]
    tickable: bool


@pages.get("")
@needs(Action.SELECTION_VIEW)
def index() -> str:
    """The proposed list: who meets the criteria, who does not, who has no result yet, and whose criterion no longer holds."""
    current = campaign()
    if current is None:
        return render_template("inbox/empty.html")
    decides = may(actor(), Action.SELECTION_DECIDE)
    owned = places_of(current)
    proposals = proposals_for(current, _dossiers(current), actor=actor(), at=now(), places=owned)
    rows = [_row(proposal, current, decides) for proposal in proposals]
    waiting = [row for row in rows if row.proposal.dossier.state is DossierState.RANKED]
    common = {o.code: o for proposal in proposals for o in proposal.objections if o.code in FOR_ALL}
    return render_template(
        "selection/index.html",
        groups=[
            (_("Đề xuất chọn"), [row for row in waiting if row.proposal.meets], _("Không có tập thể nào đủ tiêu chuẩn đang chờ chọn.")),
            (_("Chưa đủ tiêu chuẩn"), [row for row in waiting if not row.proposal.meets], ""),
            (_("Chưa có kết quả"), [row for row in rows if row.proposal.dossier.state is DossierState.REGISTERED], ""),
        ],
        undecided=[row for row in rows if row.proposal.dossier.state in CHOSEN and not row.proposal.meets],
        counts={state: sum(row.proposal.dossier.state is state for row in rows) for state in (*CHOSEN, DossierState.NOT_SELECTED)},
        reasons=objection_views(common.values()),
        places=_mine(owned),
        decides=decides,
        may_explain=_may_explain,
        verbs=VERBS,
    )


@pages.get("/confirm")
@needs(Action.SELECTION_DECIDE)
def confirm() -> Answer:
    """The ticked rows once more: which can be taken, how many letters will go out, and what must be entered."""
    step, ids = _step(request.args.get("step")), request.args.getlist("dossier")
    if not ids:
        flash(_("Chưa đánh dấu hồ sơ nào. Hãy đánh dấu ít nhất một hồ sơ."), "info")
        return redirect(url_for("selection.index"))
    form = bulk.form_for(step)
    return _confirm_page(step, _chosen(ids), form, secrets.token_urlsafe(12))


@pages.post("/confirm")
@needs(Action.SELECTION_DECIDE)
def take() -> Answer:
    """One transaction for each dossier; then what was done, and what was not with every reason. Sent twice, it is done once."""
    step, ids, key = _step(request.form.get("step")), request.form.getlist("dossier"), request.form.get("key", "")
    dossiers, left_out, form = _chosen(ids), _chosen(request.form.getlist("left")), bulk.form_for(step)
    if not dossiers:
        return redirect(url_for("selection.index"))
    if not form.validate():
        return _confirm_page(step, [*dossiers, *left_out], form, key, status=422)
    outcomes = bulk.take_each([dossier.id for dossier in dossiers], step, form, key)
    done = [outcome for outcome in outcomes if not outcome.reasons]
    left = [outcome for outcome in outcomes if outcome.reasons] + bulk.left_out([dossier.id for dossier in left_out], step)
    current = campaign()
    page = render_template(
        "selection/result.html",
        title=_("%(step)s: kết quả", step=_(step.label)),
        done=done,
        left=left,
        back=url_for("selection.index"),
        back_text=_("Chọn tập thể"),
        places=_mine(places_of(current)) if current else [],
    )
    return page, 200 if done else 409


@pages.route("/places/<int:unit_id>", methods=["GET", "POST"])
@needs(Action.QUOTA_EXPLAIN)
def places(unit_id: int) -> Answer:
    """Why a district selects fewer communes than its quota: recorded once."""
    owner = db.session.get(CampaignUnit, unit_id)
    if owner is None or not owner.selection_quota:
        raise NotFound
    allow(Action.QUOTA_EXPLAIN, owner)
    form, reasons, status = ReasonForm(), [], 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with acting(Recorded.QUOTA_EXPLAIN, owner):
                    explain_unused(owner, form.reason.data or "", actor=actor(), at=now())
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã ghi lý do chọn ít hơn chỉ tiêu."), "success")
                return redirect(url_for("selection.index"))
    used = places_of(owner.campaign, owner)[owner.id]
    return render_template("selection/places.html", owner=owner, places=used, form=form, reasons=reasons), status


def _dossiers(current: Campaign) -> Sequence[Dossier]:
    """The dossiers on whose selection the person decides; all of them for those who only read."""
    query = (
        select(Dossier)
        .join(Dossier.campaign_unit)
        .options(*EAGER)
        .where(Dossier.campaign_id == current.id, Dossier.state.in_((*OPEN, *CHOSEN, DossierState.NOT_SELECTED)), _decided_by_me())
    )
    return db.session.scalars(query.order_by(Dossier.sort_key, Dossier.id).limit(SHOWN)).all()


def _decided_by_me() -> ColumnElement[bool]:
    pairs = transitions(DossierProcedure)[DossierState.RANKED, Step.SELECT].requirements.permission.pairs
    mine = [stands_to(actor(), relation) for role, relation in pairs if role is actor().role]
    return or_(*mine) if mine else true()


def _row(proposal: Proposal, current: Campaign, decides: bool) -> RowView:
    unmet = {"index_not_excellent", "commune_not_recognised", "rating_too_low", "no_progress", "district_not_excellent", "not_attested"}
    others = [o for o in proposal.objections if o.code not in unmet | FOR_ALL]
    open_one = proposal.dossier.state in OPEN
    reasons = objection_views(others, proposal.dossier, Step.SELECT) if proposal.dossier.state is DossierState.RANKED else []
    return RowView(proposal, answer_views(proposal.answers, current), reasons, decides and open_one)


def _mine(owned: Mapping[int, Places]) -> list[Places]:
    """The quotas that concern the person: their own, or every one for the province's roles."""
    return [p for p in owned.values() if actor().role is not Role.OFFICER or p.owner.unit_id == actor().unit_id]


def _may_explain(place: Places) -> bool:
    """Whether the link to the reason is offered: to the owner's own officers, or to home affairs where the owner has none."""
    own = place.owner.unit_id == actor().unit_id and actor().role is Role.OFFICER
    for_it = actor().role is Role.HOME_AFFAIRS and not place.owner.eligible
    return bool(place.left and not place.reason and (own or for_it))


def _step(word: str | None) -> Step:
    found = next((step for step in VERBS if step.value == word), None)
    if found is None:
        raise NotFound
    return found


def _chosen(ids: Sequence[str]) -> list[Dossier]:
    """The ticked dossiers, in the list's order. Raises NotFound for one that is not theirs to see, Forbidden for one not to decide."""
    numbers = {row_number(text) for text in ids[:SHOWN]}
    query = select(Dossier).join(Dossier.campaign_unit).options(*EAGER).where(Dossier.id.in_([n for n in numbers if n is not None]))
    found = [see(dossier) for dossier in db.session.scalars(query.order_by(Dossier.sort_key, Dossier.id))]
    if len(found) != len(numbers):
        raise NotFound
    for dossier in found:
        allow(Action.SELECTION_DECIDE, dossier.campaign_unit)
    return found


def _confirm_page(step: Step, dossiers: Sequence[Dossier], form: Form, key: str, *, status: int = 200) -> tuple[str, int]:
    ids = [str(dossier.id) for dossier in dossiers]
    versions = {dossier.id: request.form.get(f"version-{dossier.id}") or dossier.version for dossier in dossiers}
    rehearsed = bulk.rehearse([dossier.id for dossier in dossiers], step)
    rows = _chosen(ids)
    current = rows[0].campaign
    page = render_template(
        "selection/confirm.html",
        step=step,
        form=form,
        key=key,
        versions=versions,
        possible=[dossier for dossier in rows if dossier.id in rehearsed.letters],
        refused=[(d, objection_views(rehearsed.refused[d.id], d, step)) for d in rows if d.id in rehearsed.refused],
        rehearsed=rehearsed,
        places=[place for place in places_of(current).values() if place.owner.id in {d.campaign_unit.quota_owner_id for d in rows}],
    )
    return page, status

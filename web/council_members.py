"""Hội đồng: the list of its members and secretaries, kept by the council's secretary."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import ValidationError

from audit.actions import Action as Recorded
from models.campaigns import Campaign, CampaignUnit
from models.council import CouncilMember, CouncilSession, Seat
from models.db import db, transaction
from models.vocabulary import CouncilDuty
from web.access import actor, needs, now
from web.acting import acting
from web.council import Answer, current_campaign, pages
from web.forms import Form, Pick, line, options
from web.wording import objection_views
from workflow import council_members
from workflow.acts import ActRefused
from workflow.council_members import MemberContent
from workflow.policy import Action, may

__all__ = ["pages"]


def _is_address(_form: Any, field: Any) -> None:
    if field.data and not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+", field.data):
        raise ValidationError(_("Địa chỉ thư không đúng, ví dụ đúng: ten@kiengiang.gov.vn."))


class MemberForm(Form):
    """A member: name, position, body, duty, work e-mail. Nothing else is asked."""

    full_name = line(_l("Họ và tên"))
    position = line(_l("Chức vụ"))
    unit = Pick(_l("Cơ quan, đơn vị"), optional=True)
    body = line(_l("Cơ quan khác, không có trong danh mục"), optional=True, limit=300)
    duty = Pick(_l("Nhiệm vụ trong Hội đồng"))
    email = line(_l("Địa chỉ thư công vụ"), optional=True, limit=254)

    def validate_email(self, field: Any) -> None:
        """An address is one, and only one."""
        _is_address(self, field)


@pages.get("/members")
@needs(Action.COUNCIL_VIEW)
def members() -> str:
    """Who sits in the council, of which body, and where letters reach them."""
    found = council_members.members_of(current_campaign())
    return render_template("council/members.html", members=found, manages=may(actor(), Action.COUNCIL_MANAGE))


@pages.route("/members/new", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def add_member() -> Answer:
    """Add a member to the council."""
    return _edit(current_campaign(), None)


@pages.route("/members/<int:member_id>", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def edit_member(member_id: int) -> Answer:
    """Mend a member's entry."""
    member = _find(member_id)
    return _edit(db.session.get_one(Campaign, member.campaign_id), member)


@pages.route("/members/<int:member_id>/leave", methods=["GET", "POST"])
@needs(Action.COUNCIL_MANAGE)
def let_member_go(member_id: int) -> Answer:
    """A member leaves the council, once confirmed; sessions keep the name, those that are still to come are named beside."""
    member = _find(member_id)
    if request.method == "GET":
        return render_template("council/leave.html", member=member, sessions=_to_come(member))
    with transaction():
        council_members.let_go(member, actor=actor(), at=now())
    flash(_("%(name)s thôi tham gia Hội đồng.", name=member.full_name), "success")
    return redirect(url_for("council.members"))


def _edit(current: Campaign, member: CouncilMember | None) -> Answer:
    units = {unit.id: unit for unit in _bodies(current)}
    data = {name: getattr(member, name) for name in ("full_name", "position", "body", "email")} if member else {}
    if member:
        data |= {"unit": str(member.campaign_unit_id or ""), "duty": member.duty.value}
    form = MemberForm(data=data or {"duty": CouncilDuty.MEMBER.value})
    form.unit.choices = options([("", _("(không có trong danh mục)")), *((unit.id, unit.name) for unit in units.values())])
    form.duty.choices = options((duty.value, _(duty.label)) for duty in CouncilDuty)
    reasons, status = [], 200
    if form.is_submitted():
        status = 422
        if form.validate() and _has_body(form):
            unit = units.get(int(form.unit.data)) if form.unit.data else None
            content = MemberContent(
                form.full_name.data or "",
                form.position.data or "",
                unit,
                form.body.data or "",
                CouncilDuty(form.duty.data),
                (form.email.data or "").casefold(),
            )
            try:
                with acting(Recorded.COUNCIL_MEMBER, current):
                    council_members.save_member(current, member, content, actor=actor(), at=now())
            except ActRefused as refused:
                reasons, status = objection_views(refused.objections), 409
            else:
                flash(_("Đã lưu thành viên %(name)s.", name=content.full_name), "success")
                return redirect(url_for("council.members"))
    return render_template("council/member.html", form=form, member=member, reasons=reasons), status


def _has_body(form: MemberForm) -> bool:
    if form.unit.data or form.body.data:
        return True
    form.body.errors = [_("Hãy chọn cơ quan trong danh mục hoặc ghi tên cơ quan khác.")]
    return False


def _bodies(current: Campaign) -> list[CampaignUnit]:
    """The bodies that members come from: all but the communes."""
    query = select(CampaignUnit).where(CampaignUnit.campaign_id == current.id, CampaignUnit.compiled_by_id.is_(None))
    return list(db.session.scalars(query.order_by(CampaignUnit.sort_key)))


def _to_come(member: CouncilMember) -> list[CouncilSession]:
    """The sessions without a result in which the member has a seat."""
    query = select(CouncilSession).join(CouncilSession.seats).where(Seat.member_id == member.id)
    query = query.where(CouncilSession.minutes_number == "", CouncilSession.called_off == "")
    return list(db.session.scalars(query.order_by(CouncilSession.held_on, CouncilSession.id)))


def _find(member_id: int) -> CouncilMember:
    member = db.session.get(CouncilMember, member_id)
    if member is None or member.left_at is not None:
        raise NotFound
    return member

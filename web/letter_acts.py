"""What people do to one mail: send it again, cancel it, write its address anew."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.db import transaction
from models.outbox import OutboxMail
from models.text import N_, clean
from models.vocabulary import AuditResult
from notifications import outbox
from notifications.outbox import AddressRefused
from web.access import actor, allow, needs, now
from web.forms import Form, line
from web.letters import find, page_of, pages
from workflow.policy import Action

Answer = Response | tuple[str, int]

REFUSED = {
    "malformed": N_("Địa chỉ thư điện tử không đúng. Ví dụ đúng: vanthu.hondat@kiengiang.gov.vn (không dấu, không khoảng trắng)."),
    "same": N_("Đây là địa chỉ hiện có. Hãy nhập địa chỉ mới."),
    "taken": N_("Địa chỉ này đã có trong danh sách của đơn vị. Hãy huỷ thư này, thư kia vẫn tới địa chỉ đó."),
    "sent": N_("Thư đã được gửi hoặc đang gửi nên không đổi địa chỉ được nữa."),
}
NOT_IN_STATE = N_("Thư đã được gửi, đang gửi hoặc đã huỷ nên không làm được việc này.")


class AddressForm(Form):
    """The mailbox as it should be."""

    email = line(_l("Địa chỉ đúng"), limit=254, render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"})


@pages.post("/<int:mail_id>/retry")
@needs(Action.LETTER_MANAGE)
def retry(mail_id: int) -> Answer:
    """Send a failed or cancelled mail again, as the same message."""
    return _change(mail_id, "retry")


@pages.post("/<int:mail_id>/cancel")
@needs(Action.LETTER_MANAGE)
def cancel(mail_id: int) -> Answer:
    """Keep an unsent mail from going out."""
    return _change(mail_id, "cancel")


def _change(mail_id: int, verb: str) -> Answer:
    mail, action = find(mail_id), Recorded.MAIL_RETRY if verb == "retry" else Recorded.MAIL_CANCEL
    try:
        with transaction():
            if verb == "retry":
                outbox.retry(mail, now())
            else:
                outbox.cancel(mail)
            _record(action, mail, recipient=mail.recipient)
    except ValueError:
        _refuse(action, mail_id, reason=NOT_IN_STATE)
        return page_of(find(mail_id), refused=verb), 409
    flash(_("Thư sẽ được gửi lại.") if verb == "retry" else _("Đã huỷ thư."), "success")
    return redirect(url_for("letters.show", mail_id=mail_id))


@pages.route("/<int:mail_id>/address", methods=["GET", "POST"])
@needs(Action.LETTER_ADDRESS)
def address(mail_id: int) -> Answer:
    """Write the unit's mailbox anew; this mail and the others that wait for it go to the new address."""
    mail = find(mail_id)
    allow(Action.LETTER_ADDRESS, mail.notice.campaign_unit)
    form = AddressForm(email=mail.recipient)
    if request.method == "POST" and form.validate():
        former = mail.recipient
        try:
            with transaction():
                moved = outbox.correct_address(mail, form.email.data or "", now())
                _record(Recorded.MAIL_ADDRESS, mail, former=former, recipient=mail.recipient, mails=moved)
        except AddressRefused as refused:
            _refuse(Recorded.MAIL_ADDRESS, mail_id, recipient=clean(form.email.data or ""), reason=REFUSED[str(refused)])
            form.email.errors = [_(REFUSED[str(refused)])]
            mail = find(mail_id)
        else:
            flash(_("Đã sửa địa chỉ; số thư sẽ gửi tới địa chỉ mới: %(count)s.", count=moved), "success")
            return redirect(url_for("letters.show", mail_id=mail_id))
    return render_template("letters/address.html", form=form, mail=mail), 422 if request.method == "POST" else 200


def _record(action: Recorded, mail: OutboxMail, result: AuditResult = AuditResult.DONE, **detail: Any) -> None:
    act = Act(action, f"mail:{mail.id}", detail=detail, result=result, campaign_id=mail.notice.campaign_id)
    record(act, actor=actor(), at=now())


def _refuse(action: Recorded, mail_id: int, **detail: str) -> None:
    """Put on record that a mail was not changed, and why."""
    with transaction():
        _record(action, find(mail_id), AuditResult.REFUSED, **detail)

"""The gate of all mail, from the letters page: stopping it, letting it run again, and deciding what to send after a restore."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from audit import Act, record
from audit.actions import Action as Recorded
from models.db import transaction
from notifications import gate
from web.access import actor, needs, now
from web.forms import Form, line
from web.letters import pages
from workflow.policy import Action

Answer = Response | tuple[str, int]


class StopForm(Form):
    """Why no mail shall leave."""

    reason = line(_l("Lý do dừng gửi thư"), limit=300)


@pages.route("/stop", methods=["GET", "POST"])
@needs(Action.LETTER_MANAGE)
def stop() -> Answer:
    """Let no mail leave until somebody lets it run again; every page says so and by whom."""
    form = StopForm()
    if request.method == "POST" and form.validate():
        reason = form.reason.data or ""
        _done(Recorded.MAIL_STOP, lambda: gate.stop(actor().name, reason, now()), reason=reason)
        flash(_("Đã dừng gửi mọi thư. Thư mới vẫn được xếp vào hộp chờ."), "success")
        return redirect(url_for("letters.index"))
    return render_template("letters/stop.html", form=form), 422 if request.method == "POST" else 200


@pages.post("/resume")
@needs(Action.LETTER_MANAGE)
def resume() -> Answer:
    """Let mail leave again."""
    _done(Recorded.MAIL_RESUME, gate.resume)
    flash(_("Thư được gửi trở lại."), "success")
    return redirect(url_for("letters.index"))


@pages.post("/release")
@needs(Action.LETTER_RELEASE)
def release() -> Answer:
    """After a restore: let mail leave, without what the sent-journal says was sent, or with it."""
    skip = request.form.get("how") != "send-all"
    with transaction():
        skipped = gate.release(skip_sent=skip)
        detail = {"skip_sent": skip, "skipped": skipped}
        record(Act(Recorded.MAIL_RELEASE, "mail:0", detail=detail), actor=actor(), at=now())
    flash(_("Thư được gửi trở lại; %(count)s thư đã gửi trước đây không gửi lần nữa.", count=skipped), "success")
    return redirect(url_for("letters.index"))


def _done(action: Recorded, act: Callable[[], None], **detail: str) -> None:
    with transaction():
        act()
        record(Act(action, "mail:0", detail=detail), actor=actor(), at=now())

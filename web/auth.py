"""Pages for signing in and out, and the choice of language."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField

from models.db import transaction
from models.text import clean
from web import accounts
from web.access import Open, needs, now, safe_next
from web.accounts import SignInRefused
from web.forms import Form, line, required

pages = Blueprint("auth", __name__)


class SignInForm(Form):
    """Name and password."""

    login = line(_l("Tên đăng nhập (thư công vụ)"), render_kw={"autocomplete": "username", "inputmode": "email", "spellcheck": "false"})
    password = PasswordField(_l("Mật khẩu"), [required()], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


@pages.get("/sign-in", endpoint="sign_in")
@needs(Open.PUBLIC)
def show_sign_in() -> str:
    """The sign-in page; in the demo it lists the accounts to try."""
    form = SignInForm(next=safe_next(request.args.get("next")))
    return _sign_in_page(form)


@pages.post("/sign-in", endpoint="sign_in_post")
@needs(Open.PUBLIC)
def sign_in() -> str | Response | tuple[str, int]:
    """Check name and password; open a new session, whatever the browser held before."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    login = clean((form.login.data or "").casefold())
    try:
        user = accounts.check_password(login, form.password.data or "", now())
    except SignInRefused:
        with transaction():
            accounts.note_locked(login, now())
        form.password.errors = [_("Đã sai quá nhiều lần. Hãy thử lại sau 15 phút hoặc báo người quản trị.")]
        return _sign_in_page(form), 429
    if user is None:
        with transaction():
            accounts.note_failure(login, now())
        form.password.errors = [_("Tên đăng nhập hoặc mật khẩu không đúng, hoặc bạn chưa được phân công.")]
        return _sign_in_page(form), 422
    with transaction():
        credentials = accounts.begin(user, now())
    locale = session.get("locale")
    session.clear()
    session["token"] = credentials.token
    if locale:
        session["locale"] = locale
    return redirect(safe_next(form.next.data) or url_for("inbox.index"))


@pages.post("/sign-out")
@needs(Open.SIGNED_IN)
def sign_out() -> Response:
    """End the session here and in the database."""
    with transaction():
        accounts.end(session["token"], now())
    session.clear()
    flash(_("Bạn đã đăng xuất."), "success")
    return redirect(url_for("auth.sign_in"))


@pages.get("/language/<code>")
@needs(Open.PUBLIC)
def language(code: str) -> Response:
    """Show the pages in Vietnamese or English from now on; nothing but the browser's own setting changes."""
    if code in {"vi", "en"}:
        session["locale"] = code
    return redirect(safe_next(request.args.get("next")) or url_for("inbox.index"))


def _sign_in_page(form: SignInForm) -> str:
    accounts_to_try, password = [], ""
    if current_app.config["MODE"] == "demo":
        from demo.people import ACCOUNTS, DEMO_PASSWORD

        accounts_to_try, password = list(ACCOUNTS), DEMO_PASSWORD
    return render_template("auth/sign_in.html", form=form, accounts=accounts_to_try, demo_password=password)

"""Signing in and out: who gets in, how long a session lives, where one goes on to, what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from audit import verify
from demo.people import ACCOUNTS, DEMO_PASSWORD
from models.audit import AuditEntry
from models.db import db, transaction
from models.outbox import Heartbeat
from models.people import SignIn, SignInFailure, User
from models.vocabulary import AuditResult
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, PASSWORD, Site, Visitor, clock, either_site, open_site, site
from web import accounts
from web.accounts import hash_password, token_hash

__all__ = ["either_site", "site"]

LOGIN = "nguyễn thị tư pháp.stp@thidua.example"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng, hoặc bạn chưa được phân công."
LOCKED = "Đã sai quá nhiều lần. Hãy thử lại sau 15 phút"


def sign_in(visitor: Visitor, login: str = LOGIN, password: str = PASSWORD, **more: str) -> TestResponse:
    """Send the sign-in form."""
    return visitor.post("/sign-in", {"login": login, "password": password, **more})


def token_in(client: FlaskClient) -> str | None:
    """The session's token in a browser."""
    with client.session_transaction() as cookie:
        token: str | None = cookie.get("token")
        return token


def failures(site: Site, login: str = LOGIN) -> int:
    """How many failures are counted for a name."""
    with site.rows() as session:
        return session.scalar(select(func.count(SignInFailure.id)).where(SignInFailure.login == login)) or 0


def change_user(site: Site, **values: Any) -> None:
    """Change the person of LOGIN, or their appointment."""
    with site.rows(), transaction() as session:
        user = session.scalars(select(User).where(User.login == LOGIN)).one()
        for name, value in values.items():
            setattr(user if hasattr(user, name) else user.appointments[0], name, value)


# Who gets in


def test_the_right_password_opens_a_session_and_is_put_on_record(either_site: Site) -> None:
    visitor = either_site.visitor()

    answer = sign_in(visitor)
    entry = either_site.last_entry()

    assert (answer.status_code, answer.location) == (302, "/")
    assert "Nguyễn Thị Tư Pháp" in visitor.get("/")
    assert (entry.action, entry.result) == ("session.sign_in", AuditResult.DONE)


def test_a_name_counts_whatever_its_letters_and_blanks(site: Site) -> None:
    for typed in (LOGIN.upper(), f"  {LOGIN} ", "Nguye\u0302\u0303n thi\u0323 tu\u031b pha\u0301p.stp@thidua.example", f"\u200b{LOGIN}"):
        assert sign_in(site.visitor(), typed).status_code == 302


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(site: Site) -> None:
    wrong = sign_in(site.visitor(), password="sai-mat-khau-roi")
    unknown = sign_in(site.visitor(), login="khong.ai@thidua.example")

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert WRONG in wrong.text
    assert wrong.text.replace(LOGIN, "N") == unknown.text.replace("khong.ai@thidua.example", "N")
    assert (failures(site), failures(site, "khong.ai@thidua.example")) == (1, 1)


def test_an_unknown_name_costs_a_hash_as_well(site: Site) -> None:
    with mock.patch.object(accounts, "_hasher", wraps=accounts._hasher) as hasher:
        sign_in(site.visitor(), login="khong.ai@thidua.example")

    assert hasher.verify.call_count == 1


def test_passwords_are_kept_as_argon2id(site: Site) -> None:
    kept = hash_password("mat-khau-that-dai")

    assert kept.startswith("$argon2id$")
    assert kept != hash_password("mat-khau-that-dai")


def test_a_failure_is_recorded_with_the_name_and_never_the_password(site: Site) -> None:
    sign_in(site.visitor(), password="sai-mat-khau-roi")
    entry = site.last_entry()

    assert (entry.action, entry.result, entry.actor_id) == ("session.fail", AuditResult.REFUSED, None)
    assert LOGIN in (entry.detail or "")
    assert "sai-mat-khau-roi" not in (entry.detail or "") + entry.rec


def test_ten_failures_lock_the_name_for_a_while_even_for_the_right_password(either_site: Site) -> None:
    for _number in range(10):
        assert sign_in(either_site.visitor(), password="sai-mat-khau-roi").status_code == 422

    locked = sign_in(either_site.visitor())
    with clock("2022-02-16 09:14:59"):
        still = sign_in(either_site.visitor())
    with clock("2022-02-16 09:15:01"):
        opened = sign_in(either_site.visitor())

    assert (locked.status_code, still.status_code, opened.status_code) == (429, 429, 302)
    assert LOCKED in locked.text
    assert failures(either_site) == 0


def test_an_unknown_name_is_locked_as_well_and_nobody_else_is(site: Site) -> None:
    for _number in range(10):
        sign_in(site.visitor(), login="khong.ai@thidua.example")

    assert sign_in(site.visitor(), login="khong.ai@thidua.example").status_code == 429
    assert sign_in(site.visitor()).status_code == 302


def test_a_success_forgets_the_failures_before_it(site: Site) -> None:
    for _number in range(9):
        sign_in(site.visitor(), password="sai-mat-khau-roi")
    sign_in(site.visitor())

    assert sign_in(site.visitor(), password="sai-mat-khau-roi").status_code == 422


@pytest.mark.parametrize(
    "change",
    [{"disabled_at": NOW}, {"valid_to": date(2022, 2, 16)}, {"valid_from": date(2022, 2, 17)}],
    ids=["disabled", "appointment over", "appointment to come"],
)
def test_a_person_without_a_right_to_act_is_neither_let_in_nor_left_in(site: Site, change: dict[str, Any]) -> None:
    inside = site.visitor()
    sign_in(inside)

    change_user(site, **change)
    answer, outside = inside.fetch("/dossiers"), sign_in(site.visitor())

    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/dossiers")
    assert outside.status_code == 422
    assert WRONG in outside.text


def test_an_appointment_holds_to_the_end_of_its_last_day_in_vietnam(site: Site) -> None:
    change_user(site, valid_to=date(2022, 2, 17))

    with clock("2022-02-16 23:59:59"):
        last = sign_in(site.visitor()).status_code
    with clock("2022-02-17 00:00:00"):
        first = sign_in(site.visitor()).status_code

    assert (last, first) == (302, 422)


# Sessions


def test_signing_in_gives_a_new_token_and_drops_what_the_browser_held(site: Site) -> None:
    visitor = site.visitor()
    with visitor.client.session_transaction() as cookie:
        cookie["token"], cookie["campaign"], cookie["locale"] = "planted-by-somebody", 1, "en"

    sign_in(visitor)
    first = token_in(visitor.client)
    sign_in_again = site.visitor()
    sign_in(sign_in_again)

    assert first not in {None, "planted-by-somebody", token_in(sign_in_again.client)}
    assert len(first or "") >= 32
    with visitor.client.session_transaction() as cookie:
        assert "campaign" not in cookie


def test_the_database_keeps_only_the_digest_of_a_token(site: Site) -> None:
    visitor = site.visitor()
    sign_in(visitor)
    token = token_in(visitor.client) or ""

    with site.rows() as session:
        assert session.get(SignIn, token_hash(token)) is not None
        assert session.get(SignIn, token) is None


def test_signing_out_kills_a_copied_cookie(either_site: Site) -> None:
    visitor, thief = either_site.visitor(), either_site.visitor()
    sign_in(visitor)
    with thief.client.session_transaction() as cookie:
        cookie["token"] = token_in(visitor.client)
    before = thief.fetch("/dossiers").status_code

    answer = visitor.client.post("/sign-out", data={"csrf_token": _token_of(visitor)})
    after = thief.fetch("/dossiers")

    assert (before, answer.status_code, after.status_code, after.location) == (200, 302, 302, "/sign-in?next=/dossiers")
    assert either_site.last_entry().action == "session.sign_out"
    assert "Bạn đã đăng xuất." in visitor.get("/sign-in")


def _token_of(visitor: Visitor) -> str:
    """The form token of a page that this browser sees."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/"))
    return found[1] if found else ""


@pytest.mark.parametrize(("at", "status"), [("2022-02-16 09:30:00", 200), ("2022-02-16 09:30:01", 302)])
def test_a_session_ends_after_thirty_idle_minutes(site: Site, at: str, status: int) -> None:
    visitor = site.visitor()
    sign_in(visitor)

    with clock(at):
        answer = visitor.fetch("/dossiers")

    assert answer.status_code == status


def test_a_session_that_ended_says_so_and_leads_back(site: Site) -> None:
    visitor = site.visitor()
    sign_in(visitor)

    with clock("2022-02-16 10:00:00"):
        answer = visitor.fetch("/dossiers?state=selected&q=x")
        page = visitor.get(answer.location)

    assert answer.location == "/sign-in?next=/dossiers?state%3Dselected%26q%3Dx"
    assert "Phiên làm việc đã hết. Hãy đăng nhập lại." in page
    assert token_in(visitor.client) is None


def test_a_session_in_use_lives_twelve_hours_and_no_longer(site: Site) -> None:
    visitor, statuses = site.visitor(), {}
    sign_in(visitor)

    for minutes in [*range(29, 12 * 60, 29), 12 * 60, 12 * 60 + 1]:
        with clock(f"{NOW + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"):
            statuses[minutes] = visitor.fetch("/calendar").status_code

    assert statuses.pop(12 * 60 + 1) == 302
    assert set(statuses.values()) == {200}


def test_forms_of_an_ended_session_change_nothing(site: Site) -> None:
    visitor = site.visitor("home")

    with clock("2022-02-16 09:31:00"), site.unchanged():
        answer = visitor.post(f"/dossiers/{site.dossier(COMMUNE)}/extension", {"reason": "Lý do"})

    assert (answer.status_code, answer.location) == (302, "/sign-in")


def test_a_cookie_is_hidden_from_scripts_and_other_sites(site: Site) -> None:
    visitor = site.visitor()

    cookie = sign_in(visitor).headers["Set-Cookie"]

    assert cookie.startswith("thidua=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Domain" not in cookie


@pytest.fixture
def secure_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The service behind TLS."""
    with open_site("season", "sqlite", request, tmp_path, BASE_URL="https://thidua.example") as found:
        yield found


def test_behind_tls_the_cookie_is_bound_to_the_host_and_browsers_are_told_to_stay(secure_site: Site) -> None:
    client = secure_site.app.test_client()
    page = client.get("/sign-in", base_url="https://thidua.example")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token

    form = {"login": LOGIN, "password": PASSWORD, "csrf_token": token[1]}
    headers = {"Referer": "https://thidua.example/sign-in"}
    answer = client.post("/sign-in", data=form, base_url="https://thidua.example", headers=headers)

    assert answer.status_code == 302
    assert answer.headers["Set-Cookie"].startswith("__Host-thidua=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


# Where one goes on to


@pytest.mark.parametrize("target", ["/dossiers?state=selected", "/letters", "/dossiers/1?only=steps#history"])
def test_signing_in_goes_on_to_a_page_of_ours(site: Site, target: str) -> None:
    assert sign_in(site.visitor(), next=target).location == target


EVIL = (
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "http:evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x0b/evil.example",
    "@evil.example",
    "/.\\/evil.example",
)


def where_a_browser_goes(location: str) -> str:
    """What a browser makes of an address: blanks within are dropped, a backslash is a slash."""
    return re.sub(r"[\t\n\r]", "", location).strip("\x00 ").replace("\\", "/")


def test_nobody_is_led_to_another_site(site: Site) -> None:
    home, led = site.visitor("home"), {}

    for target in EVIL:
        nobody = site.visitor()
        page = nobody.fetch("/sign-in", query_string={"next": target}).text
        kept = re.search(r'name="next" value="([^"]*)"', page)
        answers = [sign_in(nobody, next=target), home.fetch("/language/en", query_string={"next": target})]
        places = [kept[1] if kept and kept[1] else "/", *(answer.location or str(answer.status_code) for answer in answers)]
        if not all(re.match(r"/(?![/\\])", where_a_browser_goes(place)) for place in places):
            led[target] = places

    assert led == {}


def test_a_page_behind_the_sign_in_is_come_back_to(site: Site) -> None:
    nobody = site.visitor()

    answer = nobody.fetch(f"/dossiers/{site.dossier(DEPARTMENT)}?only=steps")
    form = nobody.get(answer.location)
    target = re.search(r'name="next" value="([^"]*)"', form)
    assert target

    assert sign_in(nobody, next=target[1]).location == f"/dossiers/{site.dossier(DEPARTMENT)}?only=steps"


# What every answer carries


def answers(site: Site) -> dict[str, TestResponse]:
    """Every kind of answer."""
    home, nobody = site.visitor("home"), site.visitor()
    with mock.patch("web.calendar.campaign", side_effect=RuntimeError):
        broken = home.fetch("/calendar")
    site.app.config["MAX_CONTENT_LENGTH"] = 2000
    return {
        "page": home.fetch("/dossiers"),
        "sign-in page": nobody.fetch("/sign-in"),
        "redirect": nobody.fetch("/dossiers"),
        "style": nobody.fetch("/static/app.css"),
        "picture": nobody.fetch("/static/favicon.svg"),
        "no such file": nobody.fetch("/static/none.css"),
        "download": site.visitor("commune").fetch(f"/dossiers/{site.dossier(COMMUNE)}/documents/{site.paper()}/1"),
        "health": nobody.fetch("/healthz"),
        "400": home.client.post("/sign-out"),
        "403": home.fetch("/council/new"),
        "404": home.fetch("/dossiers/999999"),
        "405": home.client.put("/dossiers", data={"csrf_token": site.token}),
        "409": home.fetch(f"/dossiers/{site.dossier(DEPARTMENT)}/steps/forward"),
        "413": home.post("/council/new", {"place": "a" * 3000}),
        "422": nobody.post("/sign-in"),
        "500": broken,
        "options": nobody.client.options("/dossiers"),
    }


def test_every_kind_of_answer_carries_the_security_headers(site: Site) -> None:
    lacking = {}

    for kind, answer in answers(site).items():
        policy = answer.headers.get("Content-Security-Policy", "")
        directives = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
        good = (
            directives.get("default-src") == ["'none'"]
            and directives.get("style-src") == ["'self'"]
            and directives.get("form-action") == ["'self'"]
            and directives.get("base-uri") == ["'none'"]
            and directives.get("frame-ancestors") == ["'none'"]
            and "unsafe" not in policy
            and "*" not in policy
            and directives.get("script-src") == ["'self'"]
            and directives.get("connect-src") == ["'self'"]
            and answer.headers.get("X-Content-Type-Options") == "nosniff"
            and answer.headers.get("X-Frame-Options", "").upper() == "DENY"
            and answer.headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}
        )
        if not good:
            lacking[kind] = dict(answer.headers)

    assert lacking == {}


def test_nothing_but_style_is_kept_by_the_browser(site: Site) -> None:
    found = {kind: answer.headers.get("Cache-Control") for kind, answer in answers(site).items()}

    assert {kind: value for kind, value in found.items() if value != "no-store" and kind not in {"style", "picture"}} == {}


def test_style_is_kept_for_long_under_a_name_that_changes_with_it(site: Site) -> None:
    page = site.visitor().get("/sign-in")

    assert re.search(r'href="/static/app\.css\?v=[0-9a-f]{10}"', page)
    assert "immutable" in site.visitor().fetch("/static/app.css").headers["Cache-Control"]


def test_no_answer_names_its_software(site: Site) -> None:
    assert {name for answer in answers(site).values() for name, _value in answer.headers if name in {"X-Powered-By", "Server"}} == set()


# Language


def test_the_language_changes_and_changes_back(site: Site) -> None:
    home = site.visitor("home")
    vietnamese = home.get("/dossiers")

    there = home.fetch("/language/en?next=/dossiers")
    english = home.get("/dossiers")
    home.fetch("/language/vi?next=/dossiers")

    assert (there.status_code, there.location) == (302, "/dossiers")
    assert '<html lang="vi"' in vietnamese
    assert '<html lang="en"' in english
    assert "Dossiers" in english
    assert "Lọc danh sách" not in english
    assert home.get("/dossiers") == vietnamese


@pytest.mark.parametrize("code", ["fr", "..", "e%CC%81", "vi-VN", "%00", "a" * 300])
def test_a_language_that_is_not_there_leaves_the_pages_as_they_are(site: Site, code: str) -> None:
    home = site.visitor("home")

    answer = home.fetch(f"/language/{code}")

    assert answer.status_code in {302, 404, 308}
    assert '<html lang="vi"' in home.get("/dossiers")


def test_the_language_outlives_signing_in(site: Site) -> None:
    visitor = site.visitor()
    visitor.fetch("/language/en")

    sign_in(visitor)

    assert '<html lang="en"' in visitor.get("/")


# The demo


@pytest.fixture
def demo_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The service in demo mode."""
    with open_site("season", "sqlite", request, tmp_path, THIDUA_MODE="demo") as found:
        yield found


def test_demo_accounts_are_shown_in_the_demo_with_what_can_be_tried(demo_site: Site) -> None:
    page = demo_site.visitor().get("/sign-in")

    assert DEMO_PASSWORD in page
    assert "Đây là hệ thống thử." in page
    for account in ACCOUNTS:
        assert account.login in page
        assert account.name in page
        assert account.description in page


def test_demo_accounts_are_not_shown_outside_the_demo(site: Site) -> None:
    page = site.visitor().get("/sign-in")

    assert DEMO_PASSWORD not in page
    assert "hệ thống thử" not in page
    assert [account.login for account in ACCOUNTS if account.login in page] == []


# Health


def test_healthz_answers_while_the_worker_lives(either_site: Site) -> None:
    answer = either_site.visitor().fetch("/healthz")

    assert (answer.status_code, answer.json) == (200, {"database": "ok", "worker": "ok", "worker_age_seconds": 0, "mail": "ok"})


def test_healthz_and_a_banner_say_that_the_worker_is_silent(site: Site) -> None:
    banner = "Tiến trình nền không hoạt động"
    with clock("2022-02-16 09:05:00"):
        alive, page = site.visitor().fetch("/healthz"), site.visitor("home").get("/dossiers")
    with clock("2022-02-16 09:05:01"):
        silent, warned = site.visitor().fetch("/healthz"), site.visitor("home").get("/dossiers")

    assert (alive.status_code, silent.status_code) == (200, 503)
    assert banner not in page
    assert banner in warned
    assert (silent.json or {})["worker"] == "silent"


def test_healthz_says_503_before_the_first_sign_of_life(site: Site) -> None:
    with site.rows(), transaction() as session:
        session.delete(session.get_one(Heartbeat, "worker"))

    assert site.visitor().fetch("/healthz").status_code == 503


def test_healthz_says_503_when_the_database_does_not_answer(site: Site) -> None:
    with site.rows(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE heartbeats")

    answer = site.visitor().fetch("/healthz")

    assert answer.status_code == 503


# Denials


def test_a_denial_says_who_may_and_is_put_on_record(either_site: Site) -> None:
    page = either_site.visitor("department").get("/ranking/publish", 403)
    entry = either_site.last_entry()

    assert "Việc “nhập và công bố kết quả xếp hạng” dành cho: Sở Nội vụ" in page
    assert (entry.action, entry.result) == ("access.deny", AuditResult.REFUSED)
    assert '"path":"/ranking/publish"' in (entry.detail or "")
    assert '"action":"ranking.record"' in (entry.detail or "")


def test_nobody_signed_in_leaves_no_denial(site: Site) -> None:
    count = site.entries()

    site.visitor().fetch("/ranking/publish")

    assert site.entries() == count


def test_the_record_holds_after_all_of_this(site: Site) -> None:
    sign_in(site.visitor())
    sign_in(site.visitor(), password="sai-mat-khau-roi")
    site.visitor("department").fetch("/ranking/entries")

    with site.rows() as session:
        actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.at == NOW)))
        assert verify().intact
    assert {"session.sign_in", "session.fail", "access.deny"} <= actions

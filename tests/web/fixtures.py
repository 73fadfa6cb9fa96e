"""A season prepared once per run and copied for each test: dossiers in many states, a person of every role signed in, mails of every fate.

The clock stands at NOW. Nothing was put there behind the workflow's back except what became of some mails.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import create_app
from config import Config
from demo.paper import pdf
from documents.store import Store
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.commendations import Commendation
from models.council import CouncilMember, CouncilSession
from models.db import Base, db, transaction
from models.outbox import Heartbeat, Notice, OutboxMail
from models.people import Actor, SignIn, User
from models.vocabulary import AuditResult, CouncilDuty, DocumentKind, DossierState, LetterName, MailState, Role
from tests import actors, stages
from tests.builders import actor_of, at, dossier_of, unit_of
from web import accounts
from web.accounts import token_hash
from workflow import commendations, council, registrations
from workflow.commendations import Grant
from workflow.council_members import MemberContent, let_go, save_member
from workflow.extensions import extend
from workflow.papers import Paper, file_paper
from workflow.registrations import FormContent, Person

NOW = at("2022-02-16 09:00")
PDF = pdf("Tờ trình", ["Nội dung hư cấu."])
PASSWORD = "mat-khau-thu-nghiem"
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""A hash that is quick to check; how slow the real one is, is not asked here."""
CSRF = "0" * 40

PEOPLE: Mapping[str, tuple[str, Role, str]] = {
    "commune": ("30904", Role.OFFICER, "Danh Thị Xã"),
    "district": ("906", Role.OFFICER, "Trần Văn Huyện"),
    "other_district": ("908", Role.OFFICER, "Lê Văn Biên"),
    "department": ("STP", Role.OFFICER, "Nguyễn Thị Tư Pháp"),
    "office": ("PNV-906", Role.OFFICER, "Phan Văn Phòng"),
    "sent_clerk": ("30916", Role.OFFICER, "Lý Thị Gửi"),
    "draft_clerk": ("30917", Role.OFFICER, "Lý Thị Nháp"),
    "sct_clerk": ("SCT", Role.OFFICER, "Cao Văn Thương"),
    "stranger": ("STC", Role.OFFICER, "Vũ Thị Tài Chính"),
    "home": ("SNV", Role.HOME_AFFAIRS, "Lê Thị Nội Vụ"),
    "second": ("SNV", Role.HOME_AFFAIRS, "Hoàng Thị Hai"),
    "secretary": ("VPUB", Role.COUNCIL_SECRETARY, "Phạm Thị Thư Ký"),
    "auditor": ("TTR", Role.AUDITOR, "Võ Đức Kiểm"),
    "admin": ("STTTT", Role.ADMINISTRATOR, "Đặng Văn Quản"),
}
"""Who is signed in: the unit's code, the role, the name."""

COMMUNE, DEPARTMENT, OFFICE = "30904", "STP", "PNV-906"
"""A commune of Giồng Riềng, a department and a Phòng Nội vụ; all three are selected and prepare their papers."""

SENT_COMMUNE, DRAFT_COMMUNE, RETURNED_COMMUNE, SENT_DEPARTMENT = "30916", "30917", "30919", "SCT"
"""Forms that wait for an answer, were begun, were returned."""


def person(who: str) -> Actor:
    """The actor behind a name of PEOPLE."""
    return actor_of(*PEOPLE[who])


def build_season() -> None:
    """From the published ranking on: selections, submissions, a council, an extension, forms that wait, mails that failed."""
    campaign = actors.campaign_2021()
    everybody = {who: person(who) for who in PEOPLE}
    for code in (DEPARTMENT, COMMUNE, OFFICE):
        actors.bring(code, DossierState.SELECTED)
    with transaction():
        extend(
            dossier_of(campaign, DEPARTMENT),
            number="12/SNV",
            decided_on=date(2022, 2, 1),
            due_on=date(2022, 2, 21),
            reason="Bão lụt kéo dài.",
            actor=everybody["home"],
            at=at("2022-02-01 09:00"),
        )
    for code in ("STC", "30907"):
        actors.bring(code, DossierState.SUBMITTED)
    actors.bring("906", DossierState.REVIEWED)
    actors.bring("SXD", DossierState.NOT_SELECTED)
    actors.bring("30985", DossierState.AWARDED)
    _forms(campaign)
    _session(campaign, everybody["secretary"])
    _paper(campaign, everybody["district"])
    _records(campaign, everybody)
    _settle(everybody)


def _forms(campaign: Campaign) -> None:
    """Four registration forms in the states that a form can wait in; the communes were silent before, so they are late."""
    when = at("2021-03-15 09:00")
    for code in (SENT_COMMUNE, DRAFT_COMMUNE, RETURNED_COMMUNE, SENT_DEPARTMENT):
        officer, unit = actor_of(code), unit_of(campaign, code)
        content = FormContent([unit], [Person("Lý Văn Bốn", "Chuyên viên", unit.name)], True, True, "Lê Văn Lập", "Phạm Thị Trưởng")
        with transaction():
            form = registrations.save(unit_of(campaign, code), content, actor=officer, at=when)
            if code != DRAFT_COMMUNE:
                registrations.send(form, actor=officer, at=when)
            if code == RETURNED_COMMUNE:
                registrations.give_back(form, "Thiếu chức vụ.", actor=actor_of("906"), at=when)


def _session(campaign: Campaign, secretary: Actor) -> None:
    """A session on the two submitted dossiers, called and not held."""
    with transaction():
        waiting = [dossier_of(campaign, code) for code in ("STC", "30907")]
        day = date(2022, 2, 15)
        council.call(
            campaign,
            held_on=day,
            place="Phòng họp 2",
            members_total=9,
            quorum=6,
            dossiers=waiting,
            actor=secretary,
            at=at("2022-02-14 09:00"),
        )


def _records(campaign: Campaign, everybody: Mapping[str, Actor]) -> None:
    """The giấy khen that the commune granted, and a member who has left the council."""
    when = at("2022-02-14 10:00")
    with transaction():
        given = Grant("3/QĐ-UBND", date(2022, 1, 10), ("Ấp Vĩnh Hòa",), ("Lý Thị Ba, công chức",))
        commendations.grant(unit_of(campaign, COMMUNE), given, actor=everybody["commune"], at=when)
        content = MemberContent("Võ Thị Cũ", "Phó Chủ tịch", None, "Mặt trận Tổ quốc tỉnh", CouncilDuty.MEMBER)
        let_go(save_member(campaign, None, content, actor=everybody["secretary"], at=when), actor=everybody["secretary"], at=when)


def _paper(campaign: Campaign, officer: Actor) -> None:
    """One paper of the commune; its bytes are put into each test's store."""
    with transaction():
        kept = Paper("Tờ trình số 1.pdf", "application/pdf", len(PDF), sha_of(PDF))
        file_paper(dossier_of(campaign, COMMUNE), DocumentKind.PROPOSAL_LETTER, None, kept, actor=officer, at=at("2022-01-20 09:00"))


def _settle(everybody: Mapping[str, Actor]) -> None:
    """What became of the mails: the server refused the letter of selection, took the earlier ones; and everybody has signed in."""
    with transaction() as session:
        for mail in session.scalars(select(OutboxMail).join(OutboxMail.notice)):
            mail.state, mail.attempts, mail.accepted_at = MailState.ACCEPTED, 1, NOW
            if mail.notice.letter is LetterName.SELECTED:
                mail.state, mail.accepted_at, mail.last_error = MailState.FAILED, None, "550 5.1.1 Mailbox does not exist"
            elif mail.notice.letter is LetterName.SUBMITTED:
                mail.state, mail.attempts, mail.accepted_at = MailState.QUEUED, 0, None
        for user in session.scalars(select(User)):
            user.password_hash = QUICK_HASH
        session.add(Heartbeat(name="worker", at=NOW, summary="sweep: 0"))
        for who, actor in everybody.items():
            user = session.get_one(User, actor.user_id)
            hashed = token_hash(token_of(who))
            session.add(SignIn(token_hash=hashed, user=user, appointment=user.appointments[0], started_at=NOW, seen_at=NOW))


stages.STAGES["season"] = ("ranked", build_season)


def token_of(who: str) -> str:
    """The session token of a person of the season."""
    return f"token-of-{who}"


def sha_of(content: bytes) -> str:
    """The name under which the store keeps some bytes."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class Site:
    """The service on a copy of the season, with the clock at NOW."""

    app: Flask
    restore: Callable[[], None]
    token: str = ""
    _ids: dict[str, int] = field(default_factory=dict)

    def visitor(self, who: str = "") -> Visitor:
        """The browser of somebody of the season, or of nobody."""
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = CSRF
            if who:
                cookie["token"] = token_of(who)
        return Visitor(self, client)

    @contextmanager
    def rows(self) -> Iterator[Any]:
        """The database as it is committed now."""
        with self.app.app_context():
            yield db.session

    def dossier(self, code: str) -> int:
        """The number of a collective's dossier."""
        return self._number(f"dossier {code}", lambda: dossier_of(actors.campaign_2021(), code).id)

    def unit(self, code: str) -> int:
        """The number of a campaign's unit."""
        return self._number(f"unit {code}", lambda: unit_of(actors.campaign_2021(), code).id)

    def state(self, code: str) -> DossierState:
        """The state of a collective's dossier."""
        with self.rows():
            return dossier_of(actors.campaign_2021(), code).state

    def version(self, code: str) -> int:
        """The version of a collective's dossier."""
        with self.rows():
            return dossier_of(actors.campaign_2021(), code).version

    def session(self) -> int:
        """The number of the council session that is called and not held."""
        query = select(CouncilSession.id).where(CouncilSession.minutes_number == "")
        return self._number("session", lambda: db.session.scalars(query).one())

    def member(self) -> int:
        """The number of the member who has left the council."""
        return self._number("member", lambda: db.session.scalars(select(CouncilMember.id)).one())

    def commendation(self) -> int:
        """The number of the giấy khen that the commune recorded."""
        return self._number("commendation", lambda: db.session.scalars(select(Commendation.id)).one())

    def mail(self, code: str, letter: LetterName) -> int:
        """The number of a unit's mail that carries a letter."""
        query = select(OutboxMail.id).join(OutboxMail.notice).where(Notice.letter == letter).order_by(OutboxMail.id)
        return self._number(
            f"mail {code} {letter.value}",
            lambda: db.session.scalars(query.where(Notice.campaign_unit_id == unit_of(actors.campaign_2021(), code).id)).first() or 0,
        )

    def notice(self, code: str, letter: LetterName) -> int:
        """The number of the letter that a unit's mail carries."""
        return self._number(f"notice {code} {letter.value}", lambda: db.session.get_one(OutboxMail, self.mail(code, letter)).notice_id)

    def paper(self) -> int:
        """The number of the commune's paper."""
        return self._number("paper", lambda: dossier_of(actors.campaign_2021(), COMMUNE).documents[0].id)

    def _number(self, key: str, find: Callable[[], int]) -> int:
        if key not in self._ids:
            with self.rows():
                self._ids[key] = find()
        return self._ids[key]

    def everything(self) -> dict[str, list[Any]]:
        """Every row but the record's and its days, the sessions' and the counted failures': what a refused request must leave alone."""
        apart = {"audit_entries", "audit_days", "sign_ins", "sign_in_failures"}
        names = [table.name for table in Base.metadata.sorted_tables if table.name not in apart]
        with self.rows(), db.engine.connect() as connection:
            cursor = connection.connection.cursor()
            return {name: list(cursor.execute(f"SELECT * FROM {name}").fetchall()) for name in names}

    def entries(self, result: AuditResult | None = None) -> int:
        """How many entries the record has, or has with a result."""
        query = select(func.count(AuditEntry.seq))
        with self.rows() as session:
            return session.scalar(query.where(AuditEntry.result == result) if result else query)

    def last_entry(self) -> AuditEntry:
        """The newest entry of the record."""
        with self.rows():
            return actors.last_entry()

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nothing may change while the block runs; refusals may be put on record."""
        before = self.everything(), self.entries(AuditResult.DONE)
        yield
        assert (self.everything(), self.entries(AuditResult.DONE)) == before


@dataclass
class Visitor:
    """A browser: each request has an application context of its own. Forms are sent with the session's token."""

    site: Site
    client: FlaskClient

    def fetch(self, url: str, **kwargs: Any) -> TestResponse:
        """The answer to a GET, whatever its status."""
        return self.client.get(url, buffered=True, **kwargs)

    def get(self, url: str, status: int = 200) -> str:
        """A page's HTML; its status is checked."""
        answer = self.fetch(url)
        assert answer.status_code == status, (url, answer.status_code, answer.text[:3000])
        return answer.text

    def post(self, url: str, data: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with a valid token. What was sent is let go: a large form lies in a temporary file."""
        answer = self.client.post(url, data={"csrf_token": self.site.token, **(data or {})}, buffered=True, **kwargs)
        answer.request.environ["wsgi.input"].close()
        return answer

    def refused(self, url: str, data: Mapping[str, Any] | None = None, *, status: int) -> str:
        """Send a form that must not be taken: its status is checked, and that nothing changed. Gives the page."""
        with self.site.unchanged():
            answer = self.post(url, data)
        assert answer.status_code == status, (url, answer.status_code, answer.text[:3000])
        return answer.text


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return dict(re.findall(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', page))


def day(name: str, day_: object, month: object, year: object) -> dict[str, str]:
    """A date in three boxes."""
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


def service(url: str, folder: Path, **environ: str) -> Flask:
    """The application on a database; errors become pages, as in production."""
    instance = folder / "instance"
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "live").touch()
    given = {
        "THIDUA_INSTANCE": str(instance),
        "DATABASE_URL": url,
        "SECRET_KEY": "tests-" * 8,
        "BASE_URL": "http://thidua.example",
        "MAIL_SENDER": "Sở Nội vụ <thidua@so-noi-vu.example>",
    }
    app = create_app(Config.from_environment(given | environ))
    app.config |= {"TESTING": True, "PROPAGATE_EXCEPTIONS": False}
    Store(str(instance / "papers")).keep(PDF)
    return app


@contextmanager
def open_site(stage: str, kind: str, request: pytest.FixtureRequest, folder: Path, **environ: str) -> Iterator[Site]:
    """The service on a database as it stands after a stage; the clock stands at NOW."""
    nobody = mock.patch.object(accounts, "_hash_of_nobody", return_value=QUICK_HASH)
    with stages.database_at(stage, kind, request, folder) as url, time_machine.travel(NOW, tick=False), nobody:
        app = service(url, folder, **environ)

        def restore() -> None:
            with app.app_context():
                db.engine.dispose()
            if kind == "postgresql":
                stages.restore(url)
                return
            for suffix in ("-wal", "-shm"):
                (folder / f"stage.db{suffix}").unlink(missing_ok=True)
            shutil.copy(stages.sqlite_at(stage, request.getfixturevalue("sqlite_template")), folder / "stage.db")

        site = Site(app, restore)
        with app.test_request_context():
            session["csrf_token"] = CSRF
            site.token = generate_csrf()
        yield site
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The season on SQLite."""
    with open_site("season", "sqlite", request, tmp_path) as found:
        yield found


@pytest.fixture(params=stages.BOTH)
def either_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The season on SQLite, then on PostgreSQL: for what databases treat differently."""
    with open_site("season", request.param, request, tmp_path) as found:
        yield found


@contextmanager
def clock(text: str) -> Iterator[datetime]:
    """Let the clock stand at another moment in Vietnam while a block runs."""
    when = at(text)
    with time_machine.travel(when, tick=False):
        yield when

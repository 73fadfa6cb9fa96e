"""The last week of March 2021: forms in every state, three reminders sent, everybody signed in. For the tests of the receiving pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from models.db import transaction
from models.outbox import Heartbeat, OutboxMail
from models.people import SignIn, User
from models.vocabulary import MailState
from notifications import reminders
from tests import actors, stages
from tests.builders import actor_of, at, register, unit_of
from tests.web.fixtures import CSRF, PEOPLE, Site, clock, open_site, person, token_of
from web.accounts import token_hash
from workflow import registrations
from workflow.registrations import FormContent, Person

MARCH = "2021-03-25 09:00"
APRIL = "2021-04-02 09:00"
ACCEPTED, WAITING, ALSO_WAITING, DRAFT, RETURNED, SILENT = "30904", "30907", "30916", "30917", "30919", "30922"
"""Communes of Giồng Riềng (906); ELSEWHERE is one of An Biên (908), whose form waits too."""
ELSEWHERE = "30985"
REMINDED = 3


def sent(code: str, when: str = "2021-03-12 10:00", *, send: bool = True) -> None:
    """A unit fills in its form and, unless it stays a draft, sends it."""
    officer, unit, moment = actor_of(code), unit_of(actors.campaign_2021(), code), at(when)
    content = FormContent([unit], [Person("Lý Văn Bốn", "Chuyên viên", unit.name)], True, True, "Lê Văn Lập", "Phạm Thị Trưởng")
    with transaction():
        form = registrations.save(unit_of(actors.campaign_2021(), code), content, actor=officer, at=moment)
        if send:
            registrations.send(form, actor=officer, at=moment)


def build_march() -> None:
    """What has come in until 25 March, and what was written; Sở Tư pháp's mailbox takes nothing."""
    campaign, district = actors.campaign_2021(), actor_of("906")
    for code in ("STC", ACCEPTED):
        register(campaign, code)
    for code in (WAITING, ALSO_WAITING, RETURNED, ELSEWHERE, "SCT"):
        sent(code)
    sent(DRAFT, send=False)
    with transaction():
        form = registrations.registration_of(unit_of(campaign, RETURNED))
        assert form is not None
        registrations.give_back(form, "Thiếu chức vụ.", actor=district, at=at("2021-03-13 09:00"))
    for day in ("01", "17", "24"):
        with transaction():
            reminders.sweep(at(f"2021-03-{day} 08:00"))
    everybody = {who: person(who) for who in PEOPLE}
    with transaction() as database:
        for mail in database.scalars(select(OutboxMail)):
            refused = "stp@" in mail.recipient
            mail.state, mail.attempts = MailState.FAILED if refused else MailState.ACCEPTED, 1
            mail.accepted_at = None if refused else at(MARCH)
        database.add(Heartbeat(name="worker", at=at(MARCH), summary="sweep: 0"))
        for who, actor in everybody.items():
            user = database.get_one(User, actor.user_id)
            row = SignIn(token_hash=token_hash(token_of(who)), user=user, appointment=user.appointments[0])
            row.started_at = row.seen_at = at(MARCH)
            database.add(row)


stages.STAGES["march"] = ("opened", build_march)


@contextmanager
def in_march(kind: str, request: pytest.FixtureRequest, folder: Path, when: str = MARCH) -> Iterator[Site]:
    """The service in the last week of March, or at another moment."""
    with open_site("march", kind, request, folder) as site, clock(when):
        with site.app.test_request_context():
            session["csrf_token"] = CSRF
            site.token = generate_csrf()
        with site.app.app_context(), transaction() as database:
            for row in database.scalars(select(SignIn)):
                row.started_at = row.seen_at = at(when)
        yield site

"""R16: a dead worker is seen within five minutes, on every page and at /healthz."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import text

from jobs.bodies import tick
from models.db import db
from tests.web.fixtures import NOW, Site, site

__all__ = ["site"]

PAGES = ("/", "/dossiers", "/registrations", "/ranking", "/letters", "/calendar")
ALARM = "Tiến trình nền không hoạt động"
NOT_YET, DEAD = timedelta(minutes=5), timedelta(minutes=5, seconds=1)


def test_a_worker_that_stops_shows_on_every_page_and_at_healthz_within_five_minutes(site: Site) -> None:
    home = site.visitor("home")
    with site.app.app_context():
        tick(NOW)

    with time_machine.travel(NOW + NOT_YET, tick=False):
        alive = home.fetch("/healthz").status_code, [url for url in PAGES if ALARM in home.get(url)]
    with time_machine.travel(NOW + DEAD, tick=False):
        dead = home.fetch("/healthz"), [url for url in PAGES if ALARM in home.get(url)]
        with site.app.app_context():
            tick(NOW + DEAD)
        again = home.fetch("/healthz").status_code

    assert alive == (200, [])
    assert (dead[0].status_code, dead[0].json["worker"], dead[1]) == (503, "silent", list(PAGES))  # type: ignore[index]
    assert again == 200


def test_control_a_check_that_asks_only_the_database_sees_nothing(site: Site) -> None:
    with time_machine.travel(NOW + DEAD, tick=False), site.app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1

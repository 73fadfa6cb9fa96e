"""The figures of RP1 and RP2: registered, on time, late, missing; by kind and by district."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import event, select

from models.db import db, transaction
from models.outbox import OutboxMail
from models.vocabulary import MailState, RegistrationState
from notifications.reminders import sweep
from reports.figures import Counts
from reports.registrations import rollup_of_district, rollup_of_province
from tests.actors import campaign_2021
from tests.builders import at
from tests.reports.season import ACCEPTED, ALONE, DISTRICT, DRAFT, LATE, RETURNED, SILENT, WAITING, unit


def test_a_district_sees_exactly_its_own_communes(season_app: Flask) -> None:
    rollup = rollup_of_district(unit(DISTRICT))

    assert len(rollup.lines) == 19
    assert {line.unit.compiled_by_id for line in rollup.lines} == {unit(DISTRICT).id}
    assert rollup.lines[0].unit.kind == "township"
    assert [rollup.home_affairs.unit.code, rollup.receiving_office.unit.code] == ["SNV", "SNV-CCHC"]
    assert rollup.own is not None
    assert rollup.own.head == "Phạm Thị Trưởng"


def test_every_line_falls_where_its_form_stands(season_app: Flask) -> None:
    rollup = rollup_of_district(unit(DISTRICT))

    assert rollup.counts == Counts(expected=19, registered=4, accepted=2, late=1, collectives=4, individuals=4)
    assert (rollup.counts.on_time, rollup.counts.waiting, rollup.counts.missing, rollup.counts.share) == (3, 2, 15, "21,1%")
    assert {line.unit.unit.code for line in rollup.on_time} == {ACCEPTED, ALONE, WAITING}
    assert [(line.unit.unit.code, line.admission) for line in rollup.late] == [(LATE, "21/SNV-CCHC ngày 01/04/2021")]
    states = {line.unit.unit.code: line.state for line in rollup.missing}
    assert states[RETURNED] is RegistrationState.RETURNED
    assert states[DRAFT] is states[SILENT] is RegistrationState.DRAFT


def test_the_province_counts_forms_by_kind_and_communes_by_district(season_app: Flask) -> None:
    rollup = rollup_of_province(campaign_2021())

    assert rollup.counts == Counts(expected=182, registered=6, accepted=4, late=1, collectives=8, individuals=8)
    assert rollup.collectives_expected == 199
    assert {row.kind.code: (row.counts.expected, row.counts.registered) for row in rollup.kinds} == {
        "provincial_agency": (22, 1),
        "city": (2, 0),
        "district": (13, 1),
        "ward": (16, 0),
        "township": (12, 1),
        "commune": (117, 3),
    }
    assert sum(row.counts.expected for row in rollup.kinds) == 182
    assert [(row.kind.code, row.registered, row.expected) for row in rollup.inner] == [
        ("specialised_province", 1, 2),
        ("specialised_district", 1, 15),
    ]
    assert len(rollup.districts) == 15
    assert [row.unit.kind for row in rollup.districts[:3]] == ["city", "city", "district"]
    assert {row.unit.unit.code: row.counts.registered for row in rollup.districts if row.counts.registered} == {DISTRICT: 4}


def test_a_missing_unit_shows_how_often_it_was_written_to(season_sqlite_app: Flask) -> None:
    for day in ("2021-03-17 08:00", "2021-03-24 08:00"):
        with transaction():
            sweep(at(day))
        with transaction() as session:
            for mail in session.scalars(select(OutboxMail)):
                mail.state = MailState.ACCEPTED
    with transaction():
        sweep(at("2021-03-28 08:00"))

    missing = {line.unit.unit.code: line.reminders for line in rollup_of_district(unit(DISTRICT)).missing}

    assert missing[SILENT] == missing[DRAFT] == missing[RETURNED] == 2


def test_the_whole_province_is_read_in_a_handful_of_queries(season_sqlite_app: Flask) -> None:
    db.session.expire_all()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    rollup_of_province(campaign_2021())

    assert len(statements) <= 12


def test_nothing_expected_has_no_share() -> None:
    assert Counts.of([]).share == ""

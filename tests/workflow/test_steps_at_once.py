"""Two officers at once: on the same dossier, on a district's last place, with the same form. One wins, nothing is doubled, nobody hangs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from audit import verify
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.db import db, transaction
from models.dossiers import Dossier
from models.people import Actor
from models.vocabulary import DossierState, Step
from tests.actors import COMMUNE, DISTRICT, campaign_2021
from tests.builders import actor_of, at, dossier_of
from workflow.machine import StepRefused, StepRequest, StepStale
from workflow.steps import take_step

WHEN = at("2022-01-17 09:00")
LOST = (StepStale, StaleDataError)
"""How an officer learns that somebody was faster: SQLite lets the second in only after the first, PostgreSQL finds out at the write."""


def at_once(app: Flask, *acts: Callable[[Callable[[], None]], Any]) -> list[Any]:
    """Run acts in threads, each with its own session; `meet` holds each until all have read what they decide on. Gives results or refusals.

    On SQLite only one writes at a time, so there they meet before they begin.
    """
    barrier = Barrier(len(acts), timeout=20)
    inside = db.engine.dialect.name == "postgresql"

    def run(act: Callable[[Callable[[], None]], Any]) -> Any:
        with app.app_context():
            if not inside:
                barrier.wait()
            try:
                return act(barrier.wait if inside else lambda: None)
            except (StepRefused, StaleDataError, IntegrityError) as lost:
                return lost
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def stepping(dossier_id: int, version: int, verb: Step, actor: Actor, **answers: Any) -> Callable[[Callable[[], None]], str]:
    """An officer's step as the web takes it: everything is read again inside the transaction."""

    def act(meet: Callable[[], None]) -> str:
        with transaction() as session:
            dossier = session.get_one(Dossier, dossier_id)
            assert dossier.campaign_unit.compiled_by is not None
            meet()
            return take_step(dossier, verb, StepRequest(version, **answers), actor=actor, at=WHEN).action

    return act


def test_two_steps_of_one_dossier_at_once_have_one_winner(ranked_app: Flask) -> None:
    dossier, actor = dossier_of(campaign_2021(), COMMUNE), actor_of(DISTRICT)
    entries = db.session.scalar(select(func.count(AuditEntry.seq))) or 0
    shown = (dossier.id, dossier.version)

    outcomes = at_once(
        ranked_app,
        stepping(*shown, Step.SELECT, actor),
        stepping(*shown, Step.PASS_OVER, actor, reason="Đã chọn đủ chỉ tiêu."),
    )

    db.session.rollback()
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(won) == 1
    assert sum(isinstance(outcome, LOST) for outcome in outcomes) == 1
    assert dossier.state is {"dossier.select": DossierState.SELECTED, "dossier.pass_over": DossierState.NOT_SELECTED}[won[0]]
    assert db.session.scalar(select(func.count(AuditEntry.seq))) == entries + 1


def test_the_last_place_of_a_district_is_filled_once(ranked_app: Flask) -> None:
    first, second, actor = dossier_of(campaign_2021(), "30985"), dossier_of(campaign_2021(), "30988"), actor_of("908")
    forms = [(d.id, d.version, Step.SELECT, actor) for d in (first, second)]

    outcomes = at_once(ranked_app, *(stepping(*form) for form in forms))

    db.session.rollback()
    assert sorted(d.state.value for d in (first, second)) == ["ranked", "selected"]
    (lost,) = [outcome for outcome in outcomes if not isinstance(outcome, str)]
    assert isinstance(lost, StaleDataError) or [o.code for o in lost.objections] == ["quota_used"]


def test_the_same_form_eight_times_at_once_has_one_effect(ranked_app: Flask) -> None:
    dossier, actor = dossier_of(campaign_2021(), COMMUNE), actor_of(DISTRICT)
    form = (dossier.id, dossier.version, Step.SELECT, actor)

    outcomes = at_once(ranked_app, *(stepping(*form, key="form-1") for _ in range(8)))

    db.session.rollback()
    done = db.session.scalars(select(AuditEntry).where(AuditEntry.request_key == "form-1")).all()
    assert dossier.state is DossierState.SELECTED
    assert len(done) == 1
    assert all(outcome == "dossier.select" or isinstance(outcome, (*LOST, IntegrityError)) for outcome in outcomes)
    assert verify().intact


@pytest.mark.postgres
def test_a_bulk_act_and_a_single_step_do_not_lock_each_other_out(ranked_postgres_app: Flask) -> None:
    """Publishing a ranking ranks many dossiers in one transaction, while a unit withdraws one of them.

    The publication holds the chain since its first entry and comes to the dossier later; the withdrawal must not hold the dossier's row
    while it waits for the chain, or PostgreSQL breaks the deadlock by failing one of them with an error that no officer understands.
    """
    dossier, actor = dossier_of(campaign_2021(), COMMUNE), actor_of(DISTRICT)
    form = (dossier.id, dossier.version)
    chain_held, waiting = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def bulk(meet: Callable[[], None]) -> str:
        with transaction() as session:
            hold_chain()
            chain_held.wait()
            waiting.wait()
            # Give the other officer's statement the time to reach the lock it waits for.
            session.connection().exec_driver_sql("SELECT pg_sleep(0.3)")
            found = session.get_one(Dossier, form[0])
            return take_step(found, Step.SELECT, StepRequest(found.version), actor=actor, at=WHEN).action

    def single(meet: Callable[[], None]) -> str:
        with transaction() as session:
            found = session.get_one(Dossier, form[0])
            chain_held.wait()
            waiting.wait()
            return take_step(found, Step.WITHDRAW, StepRequest(form[1], reason="Rút."), actor=actor, at=WHEN).action

    outcomes = at_once(ranked_postgres_app, bulk, single)

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, LOST) for outcome in outcomes) == 1

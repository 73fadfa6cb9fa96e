"""The role without UPDATE and DELETE, on a real PostgreSQL: the service works under it, and the record is out of its reach."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from audit import verify
from config import ROOT
from jobs.record import take
from models.db import db
from models.vocabulary import DossierState
from tests.actors import COMMUNE, bring
from tests.builders import at
from tests.stages import application, postgres_sql

SCRIPT = (ROOT / "audit" / "postgresql_role.sql").read_text(encoding="utf-8")
DENIED = [
    "UPDATE audit_entries SET detail = NULL, salt = NULL",
    "UPDATE audit_entries SET action = 'x'",
    "DELETE FROM audit_entries",
    "TRUNCATE audit_entries CASCADE",
    "ALTER TABLE audit_entries DISABLE TRIGGER USER",
    "DROP TRIGGER audit_entries_no_change ON audit_entries",
    "SET session_replication_role = replica",
    "UPDATE audit_checkpoints SET size = 1",
    "DELETE FROM audit_checkpoints",
    "DROP TABLE audit_checkpoints",
    "UPDATE audit_days SET first = 2",
    "DELETE FROM audit_days",
]


@pytest.mark.postgres
def test_the_service_works_under_the_role_and_the_role_cannot_touch_the_record(ranked_postgres_app: Flask) -> None:
    owners = ranked_postgres_app.config["SQLALCHEMY_DATABASE_URI"]
    name = "thidua_app"
    db.session.remove()
    postgres_sql(owners, f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN")
    postgres_sql(owners, SCRIPT.replace(':"role"', name))
    try:
        with application(owners.replace("//tests@", f"//{name}@"), ranked_postgres_app.config["INSTANCE"] / "role"):
            bring(COMMUNE, DossierState.SUBMITTED)
            taken = take(at("2022-01-26 08:00"))
            before = verify()

            for statement in DENIED:
                with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), db.engine.connect() as connection:
                    connection.execute(text(statement))

            assert (taken.intact, before.intact) == (True, True)
            assert verify() == before
    finally:
        postgres_sql(owners, f"DROP OWNED BY {name}", f"DROP ROLE {name}")

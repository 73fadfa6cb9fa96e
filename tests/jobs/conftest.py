"""The prepared databases, for the tests of this folder."""

from tests.actors import blank_app, blank_sqlite_app, opened_app, opened_sqlite_app, ranked_app, ranked_postgres_app, ranked_sqlite_app

__all__ = ["blank_app", "blank_sqlite_app", "opened_app", "opened_sqlite_app", "ranked_app", "ranked_postgres_app", "ranked_sqlite_app"]

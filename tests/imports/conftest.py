"""The prepared databases, for the tests of this folder."""

from tests.actors import opened_app, opened_sqlite_app, ranked_app, ranked_sqlite_app

__all__ = ["opened_app", "opened_sqlite_app", "ranked_app", "ranked_sqlite_app"]

"""The prepared databases, for the tests of this folder."""

from tests.actors import opened_sqlite_app

__all__ = ["opened_sqlite_app"]

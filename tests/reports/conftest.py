"""The prepared databases of this folder: after a few registrations, and after a whole year with something under every figure."""

from tests.reports import year
from tests.reports.season import run_season
from tests.stages import SQLITE, STAGES, at_stage

__all__ = ["year"]

STAGES["registrations"] = ("opened", run_season)

season_app, season_sqlite_app = at_stage("registrations"), at_stage("registrations", SQLITE)
year_app, year_sqlite_app = at_stage("year"), at_stage("year", SQLITE)

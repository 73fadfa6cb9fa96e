"""The wrong-file corpus: every faulty spreadsheet gives its messages, exactly, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from imports import uploads
from imports.faults import say_fault
from imports.importing import KINDS, check
from imports.kinds import Setting
from imports.sheets import FileUnreadable
from imports.table import read_table
from models.vocabulary import Role
from tests.actors import campaign_2021
from tests.builders import actor_of, at
from tests.imports.corpus.faulty import CASES, Case
from tests.stages import application, database_at


@pytest.fixture(scope="module")
def reading_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The opened campaign, for tests that only read."""
    folder = tmp_path_factory.mktemp("corpus")
    with database_at("opened", "sqlite", request, folder) as url, application(url, folder / "instance") as app:
        yield app


def messages_of(kind_code: str, content: bytes, folder: Path) -> tuple[str, ...]:
    """What is said about a file: why it cannot be read, or every faulty cell."""
    kind = KINDS[kind_code]
    role = Role.ADMINISTRATOR if kind_code == "units" else Role.HOME_AFFAIRS
    home, district = actor_of("SNV", role), actor_of("902")
    setting = Setting(campaign_2021(), at("2022-01-20 09:00"), lambda unit: district if kind_code == "recognitions" else home, 2021)
    try:
        upload = uploads.keep(folder, content, "tep.xlsx")
        table = read_table(upload.path, kind.columns(setting))
        return tuple(say_fault(fault) for fault in check(kind, table, setting).faults)
    except FileUnreadable as unreadable:
        return (say_fault(unreadable.fault),)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_faulty_file_gives_its_messages(case: Case, reading_app: Flask, tmp_path: Path) -> None:
    assert messages_of(case.kind, case.make(), tmp_path) == case.messages


def test_the_corpus_is_large_and_every_file_in_it_another() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)

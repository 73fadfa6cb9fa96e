"""Every recorded act has its sentence in Vietnamese, the system is called by its name, and the acting capacity is shown."""

from __future__ import annotations

import json
import unicodedata

import pytest
from flask import Flask

from audit.actions import Action
from models.audit import AuditEntry
from models.vocabulary import AuditResult, Source
from web.wording import entry_view


def entry(action: Action, capacity: str = "home_affairs", source: Source = Source.WEB) -> AuditEntry:
    rec = json.dumps({"from": None, "to": None, "capacity": capacity})
    return AuditEntry(seq=1, hash="0" * 64, rec=rec, detail="{}", action=action.value, result=AuditResult.DONE, source=source)


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_every_act_has_a_sentence_and_a_name_by_the_grammar(sqlite_app: Flask, action: Action) -> None:
    with sqlite_app.test_request_context():
        sentence = entry_view(entry(action)).sentence

    assert sentence == action.label
    assert sentence[0].isupper()
    assert unicodedata.is_normalized("NFC", sentence)
    assert [part.replace("_", "").isalpha() for part in action.value.split(".")] == [True, True]


def test_no_two_acts_are_said_alike() -> None:
    assert len({action.label for action in Action}) == len(Action)


@pytest.mark.parametrize(
    ("capacity", "source", "said"), [("KT.", Source.WEB, "KT."), ("home_affairs", Source.WEB, "Sở Nội vụ"), ("system", Source.SYSTEM, "")]
)
def test_the_acting_capacity_is_shown(sqlite_app: Flask, capacity: str, source: Source, said: str) -> None:
    with sqlite_app.test_request_context():
        assert entry_view(entry(Action.AUDIT_CHECKPOINT, capacity, source)).capacity == said

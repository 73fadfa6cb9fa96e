"""Whatever a rule refuses to a person is on record with its reasons, and nothing else of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from audit import verify
from audit.actions import Action
from models.audit import AuditEntry
from models.outbox import OutboxMail
from models.vocabulary import AuditResult, MailState
from tests import actors
from tests.web.fixtures import DEPARTMENT, PASSWORD, Site, day, person, site

__all__ = ["site"]

PERSON = {"full_name": "Lý Văn Năm", "position": "Chuyên viên", "workplace": "Văn phòng", "rating": "good"}
TWICE = {f"people-{row}-{name}": text for row in range(2) for name, text in PERSON.items()}
SESSION = {"place": "Phòng họp A", "members_total": "9", "quorum": "6", "dossiers": [], **day("held_on", 16, 2, 2022)}
LATER = {"number": "9/SNV", "reason": "Bão.", **day("date", 1, 2, 2022)}
GRANT = {"number": "9/QĐ-UBND", "collectives": "", "individuals": "", **day("date", 10, 1, 2022)}
RULING = {"number": "5/SNV", "text": "Xét lại.", **day("date", 14, 1, 2022)}

Given = Mapping[str, Any]
ACTS: Mapping[Action, tuple[str, Callable[[Site], str], Given]] = {
    Action.DOSSIER_NOMINEES: ("department", lambda s: f"/dossiers/{s.dossier(DEPARTMENT)}/nominees", TWICE),
    Action.EXTENSION_ASK: (
        "department",
        lambda s: f"/dossiers/{s.dossier(DEPARTMENT)}/extension/request",
        {"reason": "Bão.", **day("due_on", 20, 2, 2022)},
    ),
    Action.DOSSIER_EXTEND: ("home", lambda s: f"/dossiers/{s.dossier(DEPARTMENT)}/extension", LATER | day("due_on", 20, 2, 2022)),
    Action.COUNCIL_CALL: ("secretary", lambda _: "/council/new", SESSION),
    Action.COMMENDATION_RECORD: ("district", lambda _: "/commendations/new", GRANT),
    Action.RULING_RECORD: ("home", lambda _: "/ranking/ruling", RULING),
    Action.REMINDERS_SET: ("home", lambda _: "/reminders/submission", {"offsets": "10, 5, 3, 1, 0", "do": "save", "version": "0"}),
    Action.LETTER_UNWORD: ("home", lambda _: "/wordings/selected/reset", {"version": "0"}),
}
"""Acts that the season's rules refuse: who tries it, where, with what."""


def refusals(site: Site, since: int) -> list[AuditEntry]:
    with site.rows() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.seq > since).order_by(AuditEntry.seq))
        return [entry for entry in entries if entry.result is AuditResult.REFUSED]


def test_an_act_that_a_rule_refuses_is_on_record_with_who_tried_it_and_why(site: Site) -> None:
    since = site.last_entry().seq
    with site.rows():
        years = {f"year_{code}": "2021" for code in actors.campaign_2021().plan.criteria}

    for who, address, given in ACTS.values():
        site.visitor(who).refused(address(site), {**given, **years}, status=409)

    entries = refusals(site, since)
    assert [entry.action for entry in entries] == [action.value for action in ACTS]
    with site.rows():
        assert [entry.actor_id for entry in entries] == [person(who).user_id for who, _address, _given in ACTS.values()]
    assert all(json.loads(entry.detail or "{}")["objections"] for entry in entries)
    assert all(entry.campaign_id for entry in entries)
    with site.rows():
        assert verify().intact


def test_who_does_not_read_in_full_does_not_learn_from_a_refusal_whom_it_was_about(site: Site) -> None:
    who, address, given = ACTS[Action.DOSSIER_NOMINEES]
    site.visitor(who).refused(address(site), given, status=409)
    url = f"/journal/{site.last_entry().seq}"

    told = {reader: "Lý Văn Năm" in site.visitor(reader).get(url) for reader in ("home", "auditor", who, "secretary", "admin")}

    assert told == {"home": True, "auditor": True, who: True, "secretary": False, "admin": False}


def test_a_mail_that_is_not_changed_is_on_record_with_the_reason(site: Site) -> None:
    with site.rows() as session:
        mail = session.scalars(select(OutboxMail.id).where(OutboxMail.state == MailState.ACCEPTED)).first()

    site.visitor("home").refused(f"/letters/{mail}/cancel", status=409)

    entry = site.last_entry()
    assert (entry.action, entry.result) == (Action.MAIL_CANCEL, AuditResult.REFUSED)
    assert "Thư đã được gửi" in json.loads(entry.detail or "{}")["reason"]


def test_looking_for_a_dossier_of_others_is_on_record_though_the_page_says_that_there_is_none(site: Site) -> None:
    stranger, number = site.visitor("stranger"), site.dossier(DEPARTMENT)
    before = site.entries()

    hidden_one, none = stranger.get(f"/dossiers/{number}", status=404), stranger.get("/dossiers/999999", status=404)

    entry = site.last_entry()
    assert hidden_one.replace(f"/dossiers/{number}", "") == none.replace("/dossiers/999999", "")
    assert (site.entries(), entry.action, entry.result) == (before + 1, Action.ACCESS_DENY, AuditResult.REFUSED)
    assert json.loads(entry.detail or "{}")["path"] == f"/dossiers/{number}"


def test_a_sign_in_under_a_locked_name_is_on_record_as_locked(site: Site) -> None:
    typed = {"login": "khong.ai@thidua.example", "password": PASSWORD}

    statuses = [site.visitor().post("/sign-in", typed).status_code for _try in range(11)]

    assert statuses == [422] * 10 + [429]
    assert json.loads(site.last_entry().detail or "{}") == {"login": "khong.ai@thidua.example", "locked": True}

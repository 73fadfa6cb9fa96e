"""What the built demo holds: every way a dossier can go, letters that were really sent, and work for every account."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from audit.actions import Action
from audit.checkpoints import check
from demo.build import NotEmpty, build, built_at
from demo.catcher import NO_SUCH_MAILBOX, caught_path
from demo.people import ACCOUNTS, DEMO_PASSWORD
from demo.staging import ensure
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Admission, Extension, ExtensionRequest
from models.documents import DocumentVersion
from models.dossiers import Dossier
from models.localtime import local_day
from models.outbox import Notice, OutboxMail
from models.people import SYSTEM, User
from models.registrations import Registration
from models.results import IndexEntry
from models.units import Unit, UnitAddress
from models.vocabulary import AuditResult, DossierState, MailState, Milestone, NomineeWarning, RegistrationState, Role
from notifications.reminders import owed
from tests.demo.conftest import NOW, demo_config
from web.accounts import check_password
from workflow import campaigns, deadlines
from workflow.reconciliation import reconcile
from workflow.situation import Situation
from workflow.steps import steps_from

pytestmark = pytest.mark.slow

ENDS = {
    DossierState.AWARDED,
    DossierState.NOT_AWARDED,
    DossierState.NOT_SELECTED,
    DossierState.NOT_RECOMMENDED,
    DossierState.WITHDRAWN,
    DossierState.LAPSED,
}


def campaign_of(year: int) -> Campaign:
    found = campaigns.of_year(year)
    assert found is not None
    return found


def states(year: int) -> dict[DossierState, int]:
    query = select(Dossier.state, func.count()).where(Dossier.campaign_id == campaign_of(year).id).group_by(Dossier.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def acts(action: Action) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action.value, AuditEntry.result == AuditResult.DONE)) or 0


def dossier(year: int, code: str) -> Dossier:
    return db.session.scalars(
        select(Dossier)
        .join(Dossier.campaign_unit)
        .join(CampaignUnit.unit)
        .where(Unit.code == code, Dossier.campaign_id == campaign_of(year).id)
    ).one()


def test_the_campaign_of_2021_is_finished_in_every_way_there_is(demo: Flask) -> None:
    assert set(states(2021)) == ENDS
    assert states(2021)[DossierState.AWARDED] > 30


@pytest.mark.parametrize(
    "action",
    [
        Action.DOSSIER_WITHDRAW,
        Action.DOSSIER_LAPSE,
        Action.DOSSIER_DECLINE,
        Action.DOSSIER_REFUSE,
        Action.DOSSIER_CORRECT,
        Action.DOSSIER_SEND_BACK,
        Action.DOSSIER_EXTEND,
        Action.DOSSIER_SIGN_OFF,
        Action.REGISTRATION_RETURN,
        Action.REGISTRATION_ADMIT,
        Action.REGISTRATION_ASK_LATE,
        Action.REMINDERS_SWEEP,
        Action.EXTENSION_ASK,
        Action.DOSSIER_ANSWERS,
        Action.DOSSIER_APPRAISE,
        Action.DOCUMENT_APPRAISE,
        Action.DOSSIER_ORIGINAL,
        Action.COMMENDATION_RECORD,
        Action.REPORT_FREEZE,
    ],
)
def test_everything_out_of_the_ordinary_has_happened_once_at_least(demo: Flask, action: Action) -> None:
    assert acts(action) >= 1


def test_registration_of_2021_went_as_the_plan_expects(demo: Flask) -> None:
    forms = list(db.session.scalars(select(Registration).where(Registration.campaign_id == campaign_of(2021).id)))
    accepted = [form for form in forms if form.state is RegistrationState.ACCEPTED]

    assert len([form for form in accepted if not form.late]) == 165
    assert [form.campaign_unit.name for form in accepted if form.late] == ["Xã Nam Du"]
    assert db.session.scalars(select(Admission)).one().campaign_unit.name == "Xã Nam Du"


def test_the_extended_dossier_came_in_time(demo: Flask) -> None:
    extended = db.session.scalars(
        select(Dossier).join(Extension, Extension.dossier_id == Dossier.id).where(Dossier.campaign_id == campaign_of(2021).id)
    ).one()
    assert extended.due_on is not None
    assert extended.first_submitted_at is not None
    assert local_day(extended.first_submitted_at) <= extended.due_on
    assert not extended.submitted_late
    assert db.session.scalars(select(ExtensionRequest).where(ExtensionRequest.dossier_id == extended.id)).one().granted


def test_the_index_names_22_agencies_and_15_districts_with_decimal_commas(demo: Flask) -> None:
    for campaign in db.session.scalars(select(Campaign)):
        entries = list(
            db.session.scalars(
                select(IndexEntry).join(IndexEntry.campaign_unit).where(CampaignUnit.campaign_id == campaign.id).order_by(IndexEntry.rank)
            )
        )
        assert len(entries) == 37
        assert [entry.rank for entry in entries] == list(range(1, 38))
        assert all(len(entry.score) == 5 and entry.score[2] == "," for entry in entries)


def test_the_record_is_intact_signed_and_in_the_order_of_time(demo: Flask, built: Path) -> None:
    found = check(built)
    assert (found.intact, found.checkpoints) == (True, 1)
    instants = list(db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.seq)))
    assert instants == sorted(instants)
    assert instants[-1] <= NOW


def test_rows_record_and_letters_agree(demo: Flask) -> None:
    assert reconcile().differences == ()


def test_no_state_was_inserted(demo: Flask) -> None:
    last: dict[int, str] = {}
    for dossier_id, rec in db.session.execute(
        select(AuditEntry.dossier_id, AuditEntry.rec).where(AuditEntry.dossier_id.is_not(None)).order_by(AuditEntry.seq)
    ):
        if (state := json.loads(rec)["to"]) is not None:
            last[dossier_id] = state
    assert last == {row.id: row.state.value for row in db.session.scalars(select(Dossier))}


def test_refused_attempts_are_on_record(demo: Flask) -> None:
    refused = list(db.session.scalars(select(AuditEntry).where(AuditEntry.result == AuditResult.REFUSED)))
    codes = {objection["code"] for entry in refused for objection in json.loads(entry.detail or "{}")["objections"]}
    assert {"quota_used", "conflict_of_interest", "document_missing", "window_closed", "window_still_open", "not_permitted"} <= codes


def test_every_accepted_mail_lies_in_the_catchers_folder(demo: Flask, built: Path) -> None:
    by_itself = OutboxMail.digest_id.is_(None)
    accepted = list(db.session.scalars(select(OutboxMail.message_id).where(OutboxMail.state == MailState.ACCEPTED, by_itself)))
    caught = set((built / "mail").iterdir())

    assert accepted
    assert {caught_path(built / "mail", message_id) for message_id in accepted} == caught


def test_letters_fail_only_where_there_is_no_mailbox(demo: Flask) -> None:
    failed = list(db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.FAILED)))
    assert failed
    assert all(mail.recipient.startswith(NO_SUCH_MAILBOX) and mail.last_error.startswith("550") for mail in failed)


def test_only_letters_of_the_last_hour_wait_for_the_worker(demo: Flask) -> None:
    waiting = list(
        db.session.scalars(
            select(Notice.created_at).join(Notice.mails).where(OutboxMail.state.not_in((MailState.ACCEPTED, MailState.FAILED)))
        )
    )
    assert waiting
    assert all(NOW - timedelta(hours=1) < created <= NOW for created in waiting)


def test_nobody_in_it_has_an_address_in_the_real_world(demo: Flask) -> None:
    addresses = [*db.session.scalars(select(UnitAddress.email)), *db.session.scalars(select(User.login))]
    assert len(addresses) > 300
    assert all(address.endswith(".example") for address in addresses)
    assert len(set(addresses)) == len(addresses)


def test_every_unit_has_one_address(demo: Flask) -> None:
    counts = db.session.scalars(select(func.count(UnitAddress.id)).select_from(Unit).outerjoin(Unit.addresses).group_by(Unit.id))
    assert set(counts) == {1}


def test_uploaded_papers_are_in_the_store_and_are_pdf(demo: Flask, built: Path) -> None:
    hashes = set(db.session.scalars(select(DocumentVersion.sha256)))
    assert hashes
    assert all((built / "papers" / name[:2] / name).read_bytes().startswith(b"%PDF-") for name in hashes)


def test_the_running_campaign_has_an_open_window_and_owes_reminders(demo: Flask) -> None:
    running = campaign_of(NOW.year - 1)
    registration, window = (deadlines.current(running, m) for m in (Milestone.REGISTRATION, Milestone.SUBMISSION))
    assert registration is not None
    assert window is not None
    assert registration.due_on < local_day(NOW) <= window.due_on
    assert len(running.units) == len([u for u in running.units if not u.eligible]) + 198
    assert [item for one in owed(running, NOW) for item in one.reminders if item.skip is None]


def test_the_running_campaign_stands_in_the_middle(demo: Flask) -> None:
    assert set(states(NOW.year - 1)) == {DossierState.REGISTERED, DossierState.RANKED, DossierState.SELECTED, DossierState.SUBMITTED}
    assert states(NOW.year - 1)[DossierState.SUBMITTED] == 2
    assert not owed(campaign_of(2021), NOW)


def test_home_affairs_has_a_request_to_answer_and_a_dossier_to_look_at(demo: Flask) -> None:
    asked = db.session.scalars(select(ExtensionRequest).where(ExtensionRequest.granted.is_(None))).all()
    unseen = Situation(dossier(NOW.year - 1, "SYT"), SYSTEM, NOW)

    assert [request.dossier_id for request in asked] == [dossier(NOW.year - 1, "906").id]
    assert [warnings for _nominee, warnings in unseen.unconfirmed_warnings if warnings] == [[NomineeWarning.NOT_ASSIGNED]]


def test_every_demo_account_can_sign_in(demo: Flask) -> None:
    users = [check_password(account.login, DEMO_PASSWORD, NOW) for account in ACCOUNTS]
    assert [user.full_name if user else "" for user in users] == [account.name for account in ACCOUNTS]
    assert {account.role for account in ACCOUNTS} == set(Role) - {Role.SYSTEM}
    assert all(account.description for account in ACCOUNTS)


def test_the_accounts_units_have_dossiers_that_wait_for_them(demo: Flask) -> None:
    year = NOW.year - 1
    assert dossier(year, "STP").state is DossierState.SELECTED
    assert dossier(year, "903").state is DossierState.SELECTED
    assert dossier(year, "30823").state is DossierState.RANKED
    from demo.scene import Scene

    scene = Scene(campaign_of(year), NOW)
    for code in ("STP", "903"):
        situation = Situation(dossier(year, code), scene.actors[code], NOW)
        assert any(missing for _, missing in situation.missing_documents)
    commune = {option.step.value: option for option in steps_from(dossier(year, "30823"), actor=scene.actors["903"], at=NOW)}
    assert commune["select"].possible


def test_the_demo_is_built_once(demo: Flask, built: Path) -> None:
    assert built_at() == NOW
    assert ensure(demo_config(built), NOW + timedelta(days=1), lambda _: None) == NOW
    assert not (built / "building").exists()


def test_the_demo_is_never_built_on_top_of_something(demo: Flask) -> None:
    with pytest.raises(NotEmpty):
        build(NOW)

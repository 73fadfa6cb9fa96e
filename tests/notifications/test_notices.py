"""Who is told what after an act: every step has its letters decided, every letter a use, every fact a source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from audit.actions import Action
from imports import data_files
from models.db import db, transaction
from models.outbox import Notice, OutboxMail
from models.units import Unit, UnitAddress
from models.vocabulary import DossierState, LetterName, MailState, Step
from notifications.letters import FACTS
from notifications.notices import NOTICES
from notifications.outbox import letter_of
from notifications.recipients import Audience
from tests.actors import COMMUNE, DEPARTMENT, bring, campaign_2021, last_entry, letters_since, recognise, usual_step
from tests.builders import DATA, ISSUED, LOADER, at, dossier_of, load_data, register
from workflow import campaigns

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("verb", list(Step), ids=str)
def test_every_step_has_its_notices_decided(verb: Step) -> None:
    rules = NOTICES[Action.of_step(verb)]

    assert rules
    assert all(Audience.UNIT in rule.audiences for rule in rules)


def test_every_letter_is_written_after_some_act_or_by_the_clock() -> None:
    written = {rule.letter for rules in NOTICES.values() for rule in rules}
    for path in [*ROOT.glob("workflow/*.py"), *(ROOT / "notifications" / name for name in ("reminders.py", "checkpoints.py"))]:
        names = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute))
        written |= {LetterName[n.attr] for n in names if isinstance(n.value, ast.Name) and n.value.id == "LetterName" and n.attr.isupper()}

    assert written == set(LetterName)


@pytest.mark.parametrize("name", [name for name, rules in NOTICES.items() if rules], ids=str)
def test_a_letter_names_the_clause_of_the_act_or_none_where_the_plan_is_silent(name: Action) -> None:
    silent = {Action.DOSSIER_REVIEW, Action.DOSSIER_DECLINE, Action.DOSSIER_CORRECT}

    assert all(bool(rule.clause) is (name not in silent) for rule in NOTICES[name])


@pytest.mark.parametrize("code", [COMMUNE, DEPARTMENT])
@pytest.mark.parametrize(
    "state", [DossierState.AWARDED, DossierState.NOT_AWARDED, DossierState.NOT_RECOMMENDED, DossierState.LAPSED, DossierState.WITHDRAWN]
)
def test_every_notice_of_a_road_can_be_written_as_a_letter(ranked_sqlite_app: Flask, code: str, state: DossierState) -> None:
    dossier = bring(code, state)

    notices = db.session.scalars(select(Notice).where(Notice.dossier_id == dossier.id)).all()

    assert len(notices) >= 3
    for notice in notices:
        letter = letter_of(notice)
        assert set(notice.facts) == FACTS[notice.letter]
        assert dossier.code in letter.text
        assert "None" not in letter.text


def test_a_notice_states_the_act_that_it_follows(ranked_sqlite_app: Flask) -> None:
    dossier = bring(COMMUNE, DossierState.SELECTED)
    entry = last_entry()

    notice = db.session.scalars(select(Notice).where(Notice.audit_seq == entry.seq).order_by(Notice.id)).first()

    assert notice is not None
    facts = notice.facts
    assert (facts["dossier"], facts["collective"]) == (dossier.code, "Thị trấn Giồng Riềng, Huyện Giồng Riềng")
    assert (facts["journal"], facts["link"]) == (f"{entry.seq}-{entry.hash[:16]}", f"/dossiers/{dossier.id}")
    assert (facts["due"], facts["individuals"]) == ("24 giờ 00 ngày 07/02/2022", 1)
    assert facts["checklist"][0] == "Tờ trình đề nghị khen thưởng"
    assert facts["plan"] == "Kế hoạch số 37/KH-UBND ngày 04 tháng 02 năm 2021 của Ủy ban nhân dân tỉnh Kiên Giang"
    assert notice.created_at == entry.at


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("STP", "Nhóm xuất sắc, hạng 1, 94,5 điểm"),
        ("SXD", "Nhóm tốt, hạng 6, 89,5 điểm"),
        ("30904", "công nhận"),
        ("PNV-906", "Hoàn thành tốt nhiệm vụ"),
    ],
)
def test_a_unit_is_told_its_own_result_in_the_terms_of_its_criterion(ranked_sqlite_app: Flask, code: str, words: str) -> None:
    dossier = dossier_of(campaign_2021(), code)

    told = db.session.scalars(select(Notice).where(Notice.dossier_id == dossier.id, Notice.letter == LetterName.RANKING_PUBLISHED)).one()

    assert words in told.facts["result"]
    assert told.facts["number"]


def test_a_unit_outside_the_ranking_is_told_that_it_is_published_too(ranked_sqlite_app: Flask) -> None:
    told = db.session.scalars(
        select(Notice).join(Notice.campaign_unit).where(Notice.letter == LetterName.RANKING_PUBLISHED, Notice.dossier_id.is_(None))
    ).all()

    codes = {notice.campaign_unit.unit.code for notice in told}
    assert "STNMT" in codes
    assert not codes & {"STP", "SXD", "906"}


def test_a_commune_recognised_before_the_announcement_is_not_told_of_a_decision_without_a_number(opened_sqlite_app: Flask) -> None:
    register(campaign_2021(), COMMUNE)
    seq = last_entry().seq

    recognise(COMMUNE)

    told = db.session.scalars(select(Notice).where(Notice.audit_seq > seq)).all()
    assert all("Quyết định số  ngày" not in " ".join(letter_of(notice).text.splitlines()) for notice in told)


def test_every_mailbox_of_a_unit_gets_the_letter_and_a_unit_without_one_has_it_on_the_pages(ranked_app: Flask) -> None:
    dossier = dossier_of(campaign_2021(), COMMUNE)
    with transaction() as session:
        district = session.scalars(select(Unit).where(Unit.code == "906")).one()
        district.addresses.append(UnitAddress(email="chutich.906@kiengiang.example"))
        session.scalars(select(Unit).where(Unit.code == COMMUNE)).one().addresses = []
    seq = last_entry().seq

    usual_step(dossier, Step.SELECT)

    mails = db.session.scalars(select(OutboxMail).join(OutboxMail.notice).where(Notice.audit_seq > seq).order_by(OutboxMail.id)).all()
    assert letters_since(seq) == [(LetterName.SELECTED, COMMUNE), (LetterName.SELECTED, "906")]
    assert [mail.recipient for mail in mails] == ["vanthu.906@kiengiang.example", "chutich.906@kiengiang.example"]
    assert {(mail.state, mail.attempts, mail.next_attempt_at) for mail in mails} == {(MailState.QUEUED, 0, at("2022-01-17 09:00"))}


def test_every_mail_has_a_message_id_of_its_own_under_the_domain_of_the_sender(ranked_sqlite_app: Flask) -> None:
    bring(COMMUNE, DossierState.SUBMITTED)

    ids = db.session.scalars(select(OutboxMail.message_id)).all()

    assert len(set(ids)) == len(ids) > 100
    assert all(re.fullmatch(r"<[a-z_]+\.\d+\.[0-9a-f]{24}@so-noi-vu\.example>", one) for one in ids)


def test_the_campaign_is_named_as_its_plan_writes_it(sqlite_app: Flask, tmp_path: Path) -> None:
    plan = (DATA / "campaigns" / "2021.toml").read_text(encoding="utf-8")
    edited = tmp_path / "2021.toml"
    edited.write_text(
        re.sub(r'^title = "Kế hoạch thi đua.*"$', 'title = "Kế hoạch thi đua CCHC tỉnh Kiên Giang"', plan, flags=re.M), "utf-8"
    )
    load_data()
    with transaction():
        campaign, _ = data_files.load_campaign(edited, actor=LOADER, at=ISSUED)
        campaigns.open_campaign(campaign, actor=LOADER, at=ISSUED)

    notice = db.session.scalars(select(Notice)).first()

    assert notice is not None
    assert notice.facts["campaign"] == "Thi đua CCHC tỉnh Kiên Giang"

"""Units over time inside an open campaign: Phú Quốc on 1 March 2021, mergers of other bodies, what is refused, the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from audit import verify
from audit.actions import Action
from imports import data_files
from jobs.bodies import sweep_reminders
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.documents import DocumentVersion
from models.dossiers import Dossier
from models.outbox import Notice
from models.registrations import Registration
from models.text import sort_key
from models.units import Unit, UnitVersion
from models.vocabulary import AuditResult, DossierState, LetterName, NomineeKind, RegistrationState, Role, Step
from notifications.reminders import expected_units
from tests.actors import campaign_2021, clear_outbox, home, last_entry, letters_since, recognise
from tests.builders import DATA, LOADER, actor_of, at, dossier_of, file_papers, publish, register, rule, step, unit_of
from web.names import named
from workflow import registrations, unit_changes
from workflow.acts import ActRefused
from workflow.machine import StepForbidden
from workflow.registrations import FormContent, Person
from workflow.unit_changes import Change
from workflow.wording import say_objection

DISTRICT, OFFICE, CAPITAL, PORT, ISLAND = "911", "PNV-911", "31078", "31081", "31099"
"""Phú Quốc, its Phòng Nội vụ, Dương Đông, An Thới, and Hòn Thơm, which was merged into An Thới."""

DAY = date(2021, 3, 1)
MORNING = "2021-03-01 07:30"
BASIS = "Nghị quyết số 1109/NQ-UBTVQH14 ngày 09/12/2020"
A_DECREE = "Quyết định số 9/QĐ-UBND ngày 20/02/2021"


def change_phu_quoc(when: str = MORNING, until: date = DAY) -> list[AuditEntry]:
    """Load the file of 1 March and apply it to the campaign."""
    campaign = campaign_2021()
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at(when))
        return unit_changes.apply(campaign, unit_changes.pending(campaign, until), actor=LOADER, at=at(when))


def rename(code: str, when: str = MORNING, **values: Any) -> AuditEntry | None:
    unit, actor = unit_of(campaign_2021(), code), home()
    names: dict[str, Any] = {"name": unit.name, "official_name": unit.official_name, "kind": unit.kind, "effective": DAY, "basis": A_DECREE}
    with transaction():
        return unit_changes.rename(campaign_2021(), unit_of(campaign_2021(), code), **names | values, actor=actor, at=at(when))


def merge(code: str, into: str | None, when: str = MORNING, effective: date = DAY, basis: str = A_DECREE) -> AuditEntry | None:
    actor, campaign = home(), campaign_2021()
    with transaction():
        unit, target = unit_of(campaign, code), unit_of(campaign, into) if into else None
        return unit_changes.merge(campaign, unit, target, effective=effective, basis=basis, actor=actor, at=at(when))


def save(code: str, when: str = "2021-02-19 10:00") -> Registration:
    unit, officer = unit_of(campaign_2021(), code), actor_of(code)
    people = [Person("Danh Thị Biển", "Công chức Văn phòng", unit.name)]
    members = registrations.collectives_for(unit)
    content = FormContent(members, people, follows_law=True, is_united=True, preparer="Lê Văn Lập", head="Phạm Thị Trưởng")
    with transaction():
        return registrations.save(unit, content, actor=officer, at=at(when))


def send(code: str, when: str = "2021-02-20 10:00") -> Registration:
    form, officer = save(code), actor_of(code)
    with transaction():
        registrations.send(form, actor=officer, at=at(when))
    return form


def decide(form: Registration, by: str, *, returned: str = "", when: str = "2021-03-05 09:00") -> list[Dossier]:
    officer = actor_of(by, Role.HOME_AFFAIRS if by == "SNV" else Role.OFFICER)
    with transaction():
        if returned:
            registrations.give_back(form, returned, actor=officer, at=at(when))
            return []
        return registrations.accept(form, actor=officer, at=at(when))


def counts() -> tuple[int, int]:
    """Eligible collectives and expected forms."""
    campaign = campaign_2021()
    eligible = select(func.count(CampaignUnit.id)).where(CampaignUnit.campaign_id == campaign.id, CampaignUnit.eligible)
    return db.session.scalar(eligible) or 0, len(list(db.session.scalars(expected_units(campaign))))


def found(words: str) -> list[str]:
    """Codes of the units that a search finds, in the order of the list."""
    query = select(CampaignUnit).where(CampaignUnit.campaign_id == campaign_2021().id, *named(words)).order_by(CampaignUnit.sort_key)
    return [unit.unit.code for unit in db.session.scalars(query)]


def detail(entry: AuditEntry | None) -> dict[str, Any]:
    assert entry is not None
    read: dict[str, Any] = json.loads(entry.detail or "{}")
    return read


def changes_on_record() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.UNIT_CHANGE).order_by(AuditEntry.seq)))


def facts_since(seq: int, letter: LetterName) -> list[dict[str, Any]]:
    return list(db.session.scalars(select(Notice.facts).where(Notice.audit_seq > seq, Notice.letter == letter).order_by(Notice.id)))


# Phú Quốc becomes a city, inside the registration window


def test_phu_quoc_becomes_a_city_and_one_commune_less_is_expected(opened_app: Flask) -> None:
    before = counts()

    change_phu_quoc()

    units = {code: unit_of(campaign_2021(), code) for code in (DISTRICT, OFFICE, CAPITAL, PORT, ISLAND)}
    assert (before, counts()) == ((199, 182), (198, 181))
    assert {code: (unit.name, unit.kind, unit.ended_on) for code, unit in units.items()} == {
        DISTRICT: ("Thành phố Phú Quốc", "city", None),
        OFFICE: ("Phòng Nội vụ thành phố Phú Quốc", "specialised_district", None),
        CAPITAL: ("Phường Dương Đông", "ward", None),
        PORT: ("Phường An Thới", "ward", None),
        ISLAND: ("Xã Hòn Thơm", "commune", DAY),
    }
    assert units[DISTRICT].official_name == "Ủy ban nhân dân thành phố Phú Quốc"
    assert all(unit.sort_key == sort_key(unit.name) for unit in units.values())
    assert (units[DISTRICT].selection_quota, units[CAPITAL].individual_quota, units[CAPITAL].quota_owner) == (1, 1, units[DISTRICT])
    assert units[ISLAND].unit.merged_into_id == units[PORT].unit_id


def test_a_form_sent_under_the_old_name_stays_attached_and_is_accepted_under_the_new(opened_app: Flask) -> None:
    form = send(DISTRICT)
    sent = (form.id, form.version, form.sent_at)
    received = facts_since(0, LetterName.REGISTRATION_RECEIVED)

    change_phu_quoc()
    seq, form = last_entry().seq, db.session.get_one(Registration, sent[0])
    unchanged = (form.id, form.version, form.sent_at)
    dossiers = decide(form, "SNV")

    assert unchanged == sent
    assert form.campaign_unit.name == "Thành phố Phú Quốc"
    assert [facts["unit"] for facts in received] == ["Ủy ban nhân dân huyện Phú Quốc"]
    assert [dossier.code for dossier in dossiers] == ["2021-911", "2021-PNV-911"]
    (accepted,) = facts_since(seq, LetterName.REGISTRATION_ACCEPTED)
    assert accepted["unit"] == "Ủy ban nhân dân thành phố Phú Quốc"
    assert accepted["collectives"] == ["Ủy ban nhân dân thành phố Phú Quốc", "Phòng Nội vụ thành phố Phú Quốc"]
    assert verify().intact


def test_a_dossier_keeps_code_state_version_and_papers_and_names_the_collective_anew(opened_app: Flask) -> None:
    register(campaign_2021(), DISTRICT, when=at("2021-02-20 10:00"))
    (commune,) = register(campaign_2021(), CAPITAL, when=at("2021-02-21 10:00"))
    dossier = dossier_of(campaign_2021(), DISTRICT)
    file_papers(dossier, at("2021-02-22 09:00"))
    kept = [(d.id, d.code, d.state, d.version, d.registration_id) for d in (dossier, commune)]
    papers = [(v.id, v.file_name, v.sha256) for v in db.session.scalars(select(DocumentVersion).order_by(DocumentVersion.id))]

    change_phu_quoc()

    dossier, commune = dossier_of(campaign_2021(), DISTRICT), dossier_of(campaign_2021(), CAPITAL)
    assert [(d.id, d.code, d.state, d.version, d.registration_id) for d in (dossier, commune)] == kept
    assert [(v.id, v.file_name, v.sha256) for v in db.session.scalars(select(DocumentVersion).order_by(DocumentVersion.id))] == papers
    assert [n.full_name for n in dossier.nominees if n.kind is NomineeKind.COLLECTIVE] == ["Ủy ban nhân dân thành phố Phú Quốc"]
    assert dossier.sort_key == sort_key("Thành phố Phú Quốc")
    assert commune.sort_key == sort_key("Phường Dương Đông", "Thành phố Phú Quốc")


def test_letters_about_a_dossier_opened_before_speak_of_the_new_names(opened_app: Flask) -> None:
    register(campaign_2021(), CAPITAL, when=at("2021-02-21 10:00"))
    change_phu_quoc()
    seq = last_entry().seq

    step(dossier_of(campaign_2021(), CAPITAL), Step.WITHDRAW, actor_of(DISTRICT), at("2021-03-02 09:00"), reason="Không tham gia nữa.")

    letters = facts_since(seq, LetterName.WITHDRAWN)
    assert {facts["collective"] for facts in letters} == {"Phường Dương Đông, Thành phố Phú Quốc"}
    assert [facts["unit"] for facts in letters][:2] == ["Ủy ban nhân dân thành phố Phú Quốc", "Ủy ban nhân dân phường Dương Đông"]


def test_a_communes_dossier_is_sorted_by_its_districts_new_name(opened_app: Flask) -> None:
    """Only the district is renamed: the lists of its communes follow."""
    register(campaign_2021(), "31105", when=at("2021-02-21 10:00"))

    rename(DISTRICT, name="Đặc khu Phú Quốc")

    assert dossier_of(campaign_2021(), "31105").sort_key == sort_key("Xã Thổ Châu", "Đặc khu Phú Quốc")
    assert db.session.scalar(select(Dossier.sort_key)) == sort_key("Xã Thổ Châu", "Đặc khu Phú Quốc")
    assert "31105" in found("tho chau dac khu")


def test_units_are_found_by_the_old_and_the_new_name(opened_app: Flask) -> None:
    change_phu_quoc()

    searches = {
        "huyen phu quoc": {DISTRICT, OFFICE, CAPITAL},
        "thành phố Phú Quốc": {DISTRICT, OFFICE, CAPITAL},
        "thị trấn an thới": {PORT},
        "phuong an thoi": {PORT},
        "xã hòn thơm": {ISLAND},
    }
    assert {words: codes - set(found(words)) for words, codes in searches.items()} == {words: set() for words in searches}


def test_a_name_that_no_alias_knew_is_found_too(opened_sqlite_app: Flask) -> None:
    rename("STP", name="Sở Pháp luật", official_name="Sở Pháp luật tỉnh Kiên Giang")

    assert found("so phap luat") == found("sở tư pháp") == ["STP"]


def test_a_unit_with_many_names_is_still_found_by_the_newest(opened_app: Flask) -> None:
    """The column holds 600 characters; PostgreSQL refuses more."""
    for number in range(6):
        rename("STP", name=f"Sở Pháp luật thứ {number}", official_name=f"Sở {'Pháp luật và Thi hành án ' * 5}thứ {number}")

    assert found("so phap luat thu 5") == ["STP"]
    assert len(unit_of(campaign_2021(), "STP").search) <= 600


# Each change is one entry, and is recorded once


def test_each_change_is_one_entry_with_values_before_and_after_document_and_day(opened_app: Flask) -> None:
    entries = change_phu_quoc()

    said = {(detail(entry).get("before", {}).get("unit") or detail(entry)["unit"]): detail(entry) for entry in entries}
    assert [entry.seq for entry in entries] == [entry.seq for entry in changes_on_record()]
    assert len(entries) == 5
    assert said["Huyện Phú Quốc"] == {
        "change": "rename",
        "before": {"unit": "Huyện Phú Quốc", "official_name": "Ủy ban nhân dân huyện Phú Quốc", "kind": "district"},
        "after": {"unit": "Thành phố Phú Quốc", "official_name": "Ủy ban nhân dân thành phố Phú Quốc", "kind": "city"},
        "effective": "2021-03-01",
        "basis": BASIS,
    }
    assert said["Xã Hòn Thơm, Thành phố Phú Quốc"] == {
        "change": "merge",
        "unit": "Xã Hòn Thơm, Thành phố Phú Quốc",
        "merged_into": "Phường An Thới, Thành phố Phú Quốc",
        "before": {"eligible": True, "ended_on": ""},
        "after": {"eligible": False, "ended_on": "2021-03-01"},
        "effective": "2021-03-01",
        "basis": BASIS,
        "open_form": "",
        "dossiers": [],
        "passed_on": [],
    }
    assert {entry.campaign_id for entry in entries} == {campaign_2021().id}
    assert verify().intact


def test_applied_twice_changes_nothing(opened_app: Flask) -> None:
    first = change_phu_quoc()
    seq, versions = last_entry().seq, {unit.id: unit.version for unit in campaign_2021().units}

    again = change_phu_quoc("2021-03-02 08:00", date(2021, 3, 2))
    merged = merge(ISLAND, PORT, basis=BASIS)

    assert (len(first), again, merged) == (5, [], None)
    assert last_entry().seq == seq
    assert {unit.id: unit.version for unit in campaign_2021().units} == versions


def test_a_list_of_changes_applied_again_changes_nothing(opened_sqlite_app: Flask) -> None:
    campaign = campaign_2021()
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at(MORNING))
        changes = unit_changes.pending(campaign, DAY)
        done = unit_changes.apply(campaign, changes, actor=LOADER, at=at(MORNING))
        again = unit_changes.apply(campaign, changes, actor=LOADER, at=at(MORNING))

    assert (len(done), again) == (5, [])


def test_a_change_waits_for_its_day(opened_sqlite_app: Flask) -> None:
    """The file is loaded when the resolution is out; the campaign changes on the day that it names."""
    assert change_phu_quoc("2021-02-28 17:00", date(2021, 2, 28)) == []
    assert counts() == (199, 182)
    assert len(change_phu_quoc()) == 5


def test_two_renames_are_two_entries_in_the_order_of_their_days(opened_sqlite_app: Flask) -> None:
    names = ["Sở Tư pháp", "Sở Pháp luật", "Sở Pháp chế"]
    days = [date(1900, 1, 1), date(2021, 3, 1), date(2021, 3, 15)]
    with transaction() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "STP")).one()
        official, unit.versions = unit.versions[0].official_name, []
        session.flush()
        for name, start, end in zip(names, days, [*days[1:], None], strict=True):
            version = {"name": name, "official_name": official, "kind": "provincial_agency", "basis": A_DECREE}
            unit.versions.append(UnitVersion(valid_from=start, valid_to=end, **version))

    def apply(day: str) -> list[str]:
        campaign = campaign_2021()
        with transaction():
            changes = unit_changes.pending(campaign, date.fromisoformat(day))
            done = unit_changes.apply(campaign, changes, actor=LOADER, at=at(f"{day} 09:00"))
        return [detail(entry)["after"]["unit"] for entry in done]

    assert [apply(day) for day in ("2021-03-10", "2021-03-20", "2021-03-21")] == [["Sở Pháp luật"], ["Sở Pháp chế"], []]


def test_a_name_set_by_hand_is_not_undone_by_the_versions(opened_sqlite_app: Flask) -> None:
    rename("STP", name="Sở Pháp luật")
    campaign = campaign_2021()

    assert unit_changes.pending(campaign, date(2021, 12, 31)) == []


# The unit that ended


def test_nobody_reminds_a_unit_that_ended_nor_its_district_of_it(opened_app: Flask) -> None:
    change_phu_quoc()
    clear_outbox()
    seq = last_entry().seq

    sweep_reminders(at("2021-03-01 08:00"))

    reminded = {code for letter, code in letters_since(seq) if letter is LetterName.REGISTRATION_REMINDER}
    (rolled_up,) = [f for f in facts_since(seq, LetterName.REGISTRATION_REMINDER_COMPILED) if "Phường An Thới" in f["units"]]
    assert len(reminded) == 181
    assert ISLAND not in reminded
    assert "Xã Hòn Thơm" not in rolled_up["units"]


@pytest.mark.parametrize(
    ("prepare", "flag"),
    [(lambda: None, ""), (lambda: save(ISLAND), "draft"), (lambda: send(ISLAND), "sent")],
    ids=["none", "draft", "sent"],
)
def test_an_undecided_form_does_not_hold_a_merger_up_and_is_named_in_the_record(
    opened_sqlite_app: Flask, prepare: Callable[[], object], flag: str
) -> None:
    prepare()

    change_phu_quoc()

    form = db.session.scalars(select(Registration)).first()
    assert detail(last_entry())["open_form"] == flag
    assert (form.state.value if form else "") == flag


def test_the_sent_form_of_a_unit_that_ended_can_still_be_accepted_by_its_district(opened_app: Flask) -> None:
    form = send(ISLAND)
    change_phu_quoc()

    (dossier,) = decide(db.session.get_one(Registration, form.id), DISTRICT)

    assert (dossier.code, dossier.state, dossier.submits.name) == ("2021-31099", DossierState.REGISTERED, "Thành phố Phú Quốc")
    assert counts() == (198, 181)


def test_or_returned_and_then_it_has_ended_as_nobody_can_fill_it_in_again(opened_app: Flask) -> None:
    form = send(ISLAND)
    change_phu_quoc()

    decide(db.session.get_one(Registration, form.id), DISTRICT, returned="Xã đã nhập vào phường An Thới.")

    with pytest.raises(ActRefused, match="unit_ended"):
        save(ISLAND, "2021-03-06 09:00")
    assert db.session.get_one(Registration, form.id).state is RegistrationState.RETURNED


def test_the_unit_merged_into_keeps_its_own_form(opened_sqlite_app: Flask) -> None:
    mine, theirs = send(PORT), send(ISLAND)
    change_phu_quoc()

    forms = {form.id: form.campaign_unit.name for form in db.session.scalars(select(Registration))}
    assert forms == {mine.id: "Phường An Thới", theirs.id: "Xã Hòn Thơm"}
    assert [p.full_name for p in db.session.get_one(Registration, mine.id).individuals] == ["Danh Thị Biển"]


def test_an_accepted_dossier_of_a_unit_that_ended_goes_on_submitted_by_its_district(opened_app: Flask) -> None:
    campaign = campaign_2021()
    register(campaign, ISLAND, when=at("2021-02-20 10:00"))
    entries = change_phu_quoc()
    publish(campaign, {DISTRICT: "excellent"})
    rule(campaign)
    recognise(ISLAND)
    dossier, officer = dossier_of(campaign, ISLAND), actor_of(DISTRICT)

    step(dossier, Step.SELECT, officer, at("2022-01-17 09:00"))
    file_papers(dossier, at("2022-01-20 09:00"))
    step(dossier, Step.SUBMIT, officer, at("2022-01-25 09:00"), fewer_reason="Chỉ đề nghị tập thể.")

    assert detail(entries[-1])["dossiers"] == ["2021-31099: registered"]
    assert (dossier.code, dossier.campaign_unit.name, dossier.state) == ("2021-31099", "Xã Hòn Thơm", DossierState.SUBMITTED)
    assert verify().intact


# Bodies that others depend on


def test_a_department_that_is_merged_hands_its_dossiers_to_its_successor(opened_app: Flask) -> None:
    campaign = campaign_2021()
    register(campaign, "SKHDT", when=at("2021-02-20 10:00"))
    version, officer = dossier_of(campaign, "SKHDT").version, actor_of("STC")

    entry = merge("SKHDT", "STC")

    assert entry is not None
    dossier, last = dossier_of(campaign, "SKHDT"), last_entry()
    assert (dossier.campaign_unit.name, dossier.submits.name) == ("Sở Kế hoạch và Đầu tư", "Sở Tài chính")
    assert (dossier.version, last.dossier_id, last.seq) == (version + 1, dossier.id, entry.seq + 1)
    assert detail(last)["before"], detail(last)["after"] == ({"unit": "Sở Kế hoạch và Đầu tư"}, {"unit": "Sở Tài chính"})
    step(dossier, Step.WITHDRAW, officer, at("2021-03-02 09:00"), reason="Đã sáp nhập.")
    assert dossier.state is DossierState.WITHDRAWN
    assert verify().intact


def test_a_dossier_that_has_ended_stays_with_who_submitted_it(opened_sqlite_app: Flask) -> None:
    (dossier,) = register(campaign_2021(), "SKHDT", when=at("2021-02-20 10:00"))
    step(dossier, Step.WITHDRAW, actor_of("SKHDT"), at("2021-02-25 09:00"), reason="Không tham gia.")

    merge("SKHDT", "STC")

    assert dossier_of(campaign_2021(), "SKHDT").submits.name == "Sở Kế hoạch và Đầu tư"


def test_a_district_that_is_merged_hands_over_its_communes_and_they_keep_their_places(opened_app: Flask) -> None:
    """Huyện An Biên is merged into Huyện Giồng Riềng: the plan had given its communes one place of their own."""
    campaign = campaign_2021()
    register(campaign, "30985", when=at("2021-02-20 10:00"))
    old, seq = actor_of("908"), last_entry().seq

    merge("908", "906")

    commune, office, successor = (unit_of(campaign, code) for code in ("30985", "PNV-908", "906"))
    dossier = dossier_of(campaign, "30985")
    assert (commune.parent, commune.compiled_by, commune.submits, dossier.submits) == (successor,) * 4
    assert commune.quota_owner == unit_of(campaign, "908")
    assert (office.parent, office.form_unit, office.submits) == (successor,) * 3
    assert office in registrations.collectives_for(successor)
    assert dossier.sort_key == sort_key(commune.name, "Huyện Giồng Riềng")
    assert "30985" in found("thu ba giong rieng")
    assert [entry.dossier_id for entry in changes_on_record()] == [None, dossier.id]
    assert letters_since(seq) == []
    with pytest.raises(StepForbidden):
        step(dossier, Step.PASS_OVER, old, at("2021-03-02 09:00"), reason="Không còn thẩm quyền.")
    step(dossier, Step.PASS_OVER, actor_of("906"), at("2021-03-02 09:00"), reason="Đã chọn đơn vị khác.")
    assert dossier.state is DossierState.NOT_SELECTED


def test_a_form_that_was_sent_keeps_the_units_on_it(opened_sqlite_app: Flask) -> None:
    """The Phòng Nội vụ stands on its district's form; the successor's form does not register it a second time."""
    form = send("908")

    entry = merge("908", "906")

    assert detail(entry)["open_form"] == "sent"
    assert unit_of(campaign_2021(), "PNV-908").form_unit == unit_of(campaign_2021(), "908")
    assert [member.unit.code for member in registrations.collectives_for(unit_of(campaign_2021(), "906"))] == ["906", "PNV-906"]
    assert [d.code for d in decide(db.session.get_one(Registration, form.id), "SNV")] == ["2021-908", "2021-PNV-908"]


def test_a_specialised_unit_that_ends_is_named_with_the_form_that_it_stands_on(opened_sqlite_app: Flask) -> None:
    send("908")

    assert detail(merge("PNV-908", "PNV-906"))["open_form"] == "sent"


def test_a_body_without_dependants_may_end_without_a_successor(opened_app: Flask) -> None:
    entry = merge("BDT", None)

    assert (detail(entry)["change"], detail(entry)["merged_into"]) == ("end", "")
    assert unit_of(campaign_2021(), "BDT").ended_on == DAY
    assert counts() == (198, 181)
    assert merge("BDT", None) is None


# What is refused


REFUSED: dict[str, tuple[Callable[[], object], list[str]]] = {
    "before its day": (lambda: rename("STP", "2021-02-28 23:59", name="Sở Pháp luật"), ["change_in_future"]),
    "no document": (lambda: rename("STP", name="Sở Pháp luật", basis=" "), ["change_without_basis"]),
    "no name": (lambda: rename("STP", name=" "), ["new_name_missing"]),
    "no official name": (lambda: rename("STP", official_name=""), ["new_name_missing"]),
    "a kind that the plan does not know": (lambda: rename("STP", kind="special_zone"), ["kind_differs"]),
    "a kind that registers in another way": (lambda: rename(ISLAND, kind="district"), ["kind_differs"]),
    "a kind that takes no part": (lambda: rename("STP", kind="central_agency"), ["kind_differs"]),
    "everything at once": (
        lambda: rename("STP", "2021-02-28 09:00", name="", kind="commune", basis=""),
        ["change_in_future", "change_without_basis", "new_name_missing", "kind_differs"],
    ),
    "a merger before its day": (lambda: merge(ISLAND, PORT, "2021-02-28 23:59"), ["change_in_future"]),
    "a merger without a document": (lambda: merge(ISLAND, PORT, basis=""), ["change_without_basis"]),
    "into itself": (lambda: merge(ISLAND, ISLAND), ["merged_into_own"]),
    "into a unit of its own": (lambda: merge(DISTRICT, PORT), ["merged_into_own"]),
    "a district without a successor": (lambda: merge(DISTRICT, None), ["others_depend_on_unit"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_that_is_not_possible_is_refused_with_every_reason(opened_sqlite_app: Flask, case: str) -> None:
    act, codes = REFUSED[case]

    with pytest.raises(ActRefused) as caught:
        act()

    assert [objection.code for objection in caught.value.objections] == codes
    assert all(say_objection(objection) for objection in caught.value.objections)
    assert changes_on_record() == []
    assert counts() == (199, 182)


def test_a_unit_that_ended_neither_changes_nor_takes_others_in(opened_sqlite_app: Flask) -> None:
    change_phu_quoc()

    acts: list[Callable[[], object]] = [
        lambda: rename(ISLAND, name="Xã Hòn Thơm mới"),
        lambda: merge(CAPITAL, ISLAND),
        lambda: merge(ISLAND, PORT, effective=date(2021, 2, 26)),
    ]
    for act in acts:
        with pytest.raises(ActRefused) as caught:
            act()
        (objection,) = caught.value.objections
        assert (objection.code, objection.params) == ("unit_ended", {"unit": "Xã Hòn Thơm", "day": "01/03/2021"})


def test_a_campaign_does_not_contradict_the_register_of_units(opened_sqlite_app: Flask) -> None:
    campaign = campaign_2021()
    with transaction():
        data_files.load_unit_changes(DATA / "unit_changes.csv", actor=LOADER, at=at(MORNING))

    with pytest.raises(ActRefused, match="merged_elsewhere"):
        merge(ISLAND, CAPITAL)
    assert unit_of(campaign, ISLAND).ended_on is None


def test_nothing_changes_before_the_campaign_is_open(blank_sqlite_app: Flask) -> None:
    from tests.builders import load_data

    campaign = load_data()

    with pytest.raises(ActRefused, match="campaign_not_open"):
        unit_changes.pending(campaign, DAY)


def test_one_reason_refuses_the_whole_list(opened_app: Flask) -> None:
    campaign, actor = campaign_2021(), home()
    units = [unit_of(campaign, code) for code in ("STP", "STC", ISLAND)]
    changes = [
        Change(units[0], DAY, A_DECREE, ("Sở Pháp luật", "Sở Pháp luật tỉnh Kiên Giang", "provincial_agency")),
        Change(units[1], DAY, "", ("Sở Ngân khố", "Sở Ngân khố tỉnh Kiên Giang", "provincial_agency")),
        Change(units[2], date(2021, 4, 1), A_DECREE, into=None),
    ]

    with pytest.raises(ActRefused) as caught, transaction():
        unit_changes.apply(campaign, changes, actor=actor, at=at(MORNING))

    assert [objection.code for objection in caught.value.objections] == ["change_without_basis", "change_in_future"]
    assert unit_of(campaign_2021(), "STP").name == "Sở Tư pháp"
    assert changes_on_record() == []


def test_a_successor_that_is_not_in_the_campaign_is_told_before_anything_changes(opened_sqlite_app: Flask) -> None:
    with transaction() as session:
        names = {"name": "Phường mới", "official_name": "Ủy ban nhân dân phường mới", "kind": "ward", "basis": A_DECREE}
        new = Unit(code="31999", aliases=[], source="", versions=[UnitVersion(valid_from=DAY, **names)])
        session.add(new)
        session.flush()
        island = session.scalars(select(Unit).where(Unit.code == ISLAND)).one()
        island.versions[-1].valid_to, island.merged_into_id = DAY, new.id

    with pytest.raises(ActRefused, match="successor_not_in_campaign"):
        unit_changes.pending(campaign_2021(), DAY)


# The command


def flask(app: Flask, *words: str) -> tuple[int, list[str], list[str]]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["units", "change", *words])
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def test_the_command_loads_the_file_and_changes_the_open_campaign(opened_app: Flask) -> None:
    send(ISLAND)
    file = str(DATA / "unit_changes.csv")

    early = flask(opened_app, "2021", file, "--on", "2021-02-28")
    done = flask(opened_app, "2021", file, "--on", "2021-03-01")
    again = flask(opened_app, "2021", file)

    assert early == again == (0, ["Không có gì thay đổi."], [])
    assert done == (
        0,
        [
            "01/03/2021: Huyện Phú Quốc → Thành phố Phú Quốc",
            "01/03/2021: Phòng Nội vụ huyện Phú Quốc → Phòng Nội vụ thành phố Phú Quốc",
            "01/03/2021: Thị trấn An Thới → Phường An Thới",
            "01/03/2021: Thị trấn Dương Đông → Phường Dương Đông",
            "01/03/2021: Xã Hòn Thơm, Thành phố Phú Quốc nhập vào Phường An Thới, Thành phố Phú Quốc; bản đăng ký: Chờ duyệt",
            "Đã ghi: 5 thay đổi đơn vị trong đợt thi đua năm 2021.",
        ],
        [],
    )
    assert counts() == (198, 181)


def test_the_command_takes_the_document_of_an_abolition_from_the_file(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    header = "code,effective,change,name,official_name,kind,merged_into,basis"
    file.write_text(f"{header}\nBDT,2021-03-01,abolish,,,,,Quyết định số 7/QĐ-UBND\n", encoding="utf-8")

    assert flask(opened_sqlite_app, "2021", str(file))[1][0] == "01/03/2021: Ban Dân tộc chấm dứt"
    assert detail(last_entry())["basis"] == "Quyết định số 7/QĐ-UBND"


def test_the_command_says_what_is_wrong_and_changes_nothing(opened_sqlite_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    header = "code,effective,change,name,official_name,kind,merged_into,basis"
    file.write_text(f"{header}\nSTP,2021-03-01,rename,Sở Pháp luật,,commune,,\n911,2021-03-01,abolish,,,,,QĐ 7\n", encoding="utf-8")
    seq = last_entry().seq

    code, said, reasons = flask(opened_sqlite_app, "2021", str(file))

    assert (code, said) == (1, [])
    assert reasons == [
        "Chưa ghi văn bản làm căn cứ cho thay đổi của Sở Tư pháp.",
        "Loại “Xã” đăng ký hoặc được chọn theo cách khác loại hiện nay của Sở Tư pháp; không đổi được giữa đợt.",
        "11 đơn vị còn do Huyện Phú Quốc tổng hợp hoặc trình hồ sơ; hãy ghi đơn vị mà Huyện Phú Quốc nhập vào.",
    ]
    assert (last_entry().seq, last_entry().result) == (seq + 1, AuditResult.REFUSED)
    assert flask(opened_sqlite_app, "2030", str(file))[2] == ["Error: Chưa nạp kế hoạch năm 2030."]

"""The record as its readers see it: found, opened, taken away, checked."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy import text as sql

from audit import Act, erase_detail, record, search, verify
from audit.actions import Action as Recorded
from audit.canonical import leaf_hash
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db, transaction
from models.localtime import VIETNAM, local_day
from models.people import SYSTEM, User
from models.vocabulary import AuditResult, Capacity, DocumentKind, LetterName, Milestone, NomineeKind, Role, Source, Step
from notifications import reminders
from tests import actors
from tests.builders import at, dossier_of
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, OFFICE, PEOPLE, Site, Visitor, clock, day, either_site, person, site
from workflow.acts import record_on_dossier

__all__ = ["either_site", "site"]

ADMISSION = {"number": "9/SNV", "reason": "Bão lụt.", **day("date", 10, 2, 2022)}


def words(page: str) -> str:
    """A page as one line of words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def admit(site: Site) -> None:
    """Home affairs admits a late registration, with a number and a reason."""
    site.visitor("home").post(f"/registrations/{site.unit('30917')}/admission", ADMISSION)


def entries_of(visitor: Visitor, query: str = "") -> list[int]:
    """The entries that the record shows, over all its pages, in their order."""
    found: list[int] = []
    url: str | None = f"/journal?{query}"
    while url:
        page = visitor.get(url)
        found += map(int, re.findall(r'href="/journal/(\d+)"', page))
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = unescape(following[1]) if following else None
    return found


def entries_where(site: Site, *conditions: Any) -> list[int]:
    """The entries for which some conditions hold, the latest first."""
    with site.rows() as session:
        return list(session.scalars(select(AuditEntry.seq).where(*conditions).order_by(AuditEntry.seq.desc())))


def test_the_record_shows_every_entry_once_the_latest_first(either_site: Site) -> None:
    assert entries_of(either_site.visitor("auditor")) == entries_where(either_site)


def test_entries_are_found_by_what_was_done(site: Site) -> None:
    auditor = site.visitor("auditor")

    for action in ("dossier.select", "registration.send", "ranking.publish", "mail.cancel"):
        assert entries_of(auditor, f"action={action}") == entries_where(site, AuditEntry.action == action)
    assert len(entries_of(auditor, "action=registration.send")) > 10


def test_entries_are_found_by_day_in_vietnam(either_site: Site) -> None:
    auditor = either_site.visitor("auditor")
    with either_site.rows() as session:
        days = {entry.seq: local_day(entry.at) for entry in session.scalars(select(AuditEntry))}
    first, last = at("2022-01-14 00:00").date(), at("2022-01-17 00:00").date()

    between = {seq for seq, found in days.items() if first <= found <= last}
    assert set(entries_of(auditor, "from=14/01/2022&to=17/01/2022")) == between
    assert set(entries_of(auditor, "from=2022-01-14&to=2022-01-17")) == between
    assert set(entries_of(auditor, "to=13/01/2022")) == {seq for seq, found in days.items() if found < first}
    assert set(entries_of(auditor, "from=31/02/2022")) == set(days)


def test_a_day_that_cannot_be_read_is_said_and_narrows_nothing(site: Site) -> None:
    page = site.visitor("auditor").get("/journal?from=99/99/2021&to=31/03/2099")

    assert "Không đọc được ngày “99/99/2021”" in page
    assert "31/03/2099” nên" not in page


def test_a_day_ends_at_midnight_in_vietnam(site: Site) -> None:
    auditor, seqs = site.visitor("auditor"), {}

    for moment in ("2022-02-20 00:00:00", "2022-02-20 23:59:59", "2022-02-21 00:00:00"):
        with clock(moment):
            site.visitor().post("/sign-in", {"login": "khong.ai@thidua.example", "password": "sai"})
            seqs[moment] = site.last_entry().seq

    found = entries_of(auditor, "from=20/02/2022&to=20/02/2022")
    assert found == [seqs["2022-02-20 23:59:59"], seqs["2022-02-20 00:00:00"]]


def test_entries_are_found_by_the_officer_with_and_without_marks(site: Site) -> None:
    auditor = site.visitor("auditor")
    with site.rows():
        home = person("home").user_id

    own = entries_where(site, AuditEntry.actor_id == home)
    assert own
    for typed in ("Lê Thị Nội Vụ", "le thi noi vu", "lê thị nội vụ.snv@thidua.example"):
        assert [seq for seq in entries_of(auditor, f"officer={typed}") if seq in own] == own
    assert entries_of(auditor, "officer=Lê Thị Nội Vụ.SNV") == own
    assert entries_of(auditor, "officer=khong co ai") == []


def test_entries_are_found_by_the_unit_or_the_code_of_a_dossier(site: Site) -> None:
    auditor = site.visitor("auditor")
    own = entries_where(site, AuditEntry.dossier_id == site.dossier("906"))

    assert entries_of(auditor, "dossier=2021-906") == own
    assert set(own) < set(entries_of(auditor, "dossier=giong+rieng"))
    assert entries_of(auditor, "dossier=2021-906&action=dossier.review") == [
        seq for seq in own if seq in entries_where(site, AuditEntry.action == "dossier.review")
    ]


def test_entries_are_found_by_result_and_source(site: Site) -> None:
    site.visitor("department").fetch("/journal")
    with site.rows(), transaction():
        reminders.sweep(NOW)
    auditor = site.visitor("auditor")

    for result in AuditResult:
        assert entries_of(auditor, f"result={result.value}") == entries_where(site, AuditEntry.result == result)
    for source in Source:
        assert entries_of(auditor, f"source={source.value}") == entries_where(site, AuditEntry.source == source)
        assert entries_where(site, AuditEntry.source == source)


def test_a_refused_attempt_stands_in_the_record_with_its_reasons(site: Site) -> None:
    url = f"/dossiers/{site.dossier(OFFICE)}/steps/submit"
    site.visitor("district").post(url, {"version": str(site.version(OFFICE))})
    seq = site.last_entry().seq

    auditor = site.visitor("auditor")
    listed, entry = words(auditor.get("/journal?result=refused")), words(auditor.get(f"/journal/{seq}"))

    for page in (listed, entry):
        assert "Nộp hồ sơ" in page
        assert "bị từ chối" in page
        assert "Đã hết hạn nộp hồ sơ (24 giờ 00 ngày 07/02/2022)" in page
        assert "Đề nghị 0 trên 2 cá nhân; cần ghi lý do ngắn." in page
        assert "Trần Văn Huyện" in page


def test_a_refused_attempt_stands_in_the_history_of_its_dossier(site: Site) -> None:
    site.visitor("district").post(f"/dossiers/{site.dossier(OFFICE)}/steps/submit", {"version": str(site.version(OFFICE))})

    office = site.visitor("office")

    assert "Đã hết hạn nộp hồ sơ" in words(office.get(f"/dossiers/{site.dossier(OFFICE)}?only=refused").partition('id="history"')[2])
    assert "Đã hết hạn nộp hồ sơ" not in words(office.get(f"/dossiers/{site.dossier(OFFICE)}?only=steps").partition('id="history"')[2])


def test_an_entry_shows_its_values_and_what_its_hash_covers(site: Site) -> None:
    with site.rows() as session:
        query = select(AuditEntry).where(AuditEntry.action == "dossier.extend")
        entry = session.scalars(query).one()

    page = site.visitor("auditor").get(f"/journal/{entry.seq}")

    shown = words(page)
    for text in (
        "Gia hạn nộp hồ sơ",
        "Lê Thị Nội Vụ",
        "Sở Nội vụ",
        "2021-STP",
        "12/SNV",
        "Bão lụt kéo dài.",
        "09:00:00 ngày 01/02/2022",
        "web",
    ):
        assert text in shown
    assert entry.hash in shown
    assert f"{entry.seq}-{entry.hash[:16]}" in shown
    covered = unescape(re.findall(r'<pre class="app-letter">(.*?)</pre>', page, re.DOTALL)[-1])
    assert (covered, leaf_hash(covered)) == (entry.rec, entry.hash)


def test_an_entry_whose_detail_was_erased_is_still_shown(site: Site) -> None:
    with site.rows() as session:
        seq = session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "dossier.extend")).one()
    with site.rows(), transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE audit_entries SET detail = NULL, salt = NULL WHERE seq = {seq}")

    page = words(site.visitor("auditor").get(f"/journal/{seq}"))

    assert "Gia hạn nộp hồ sơ" in page
    assert "Bão lụt kéo dài." not in page
    with site.rows():
        assert verify().intact


def test_every_entry_can_be_opened_and_listed(site: Site) -> None:
    home = site.visitor("home")
    home.fetch("/council/new")
    home.post(f"/letters/{site.mail(COMMUNE, LetterName.SELECTED)}/retry")
    site.visitor("commune").fetch(f"/dossiers/{site.dossier(COMMUNE)}/documents/{site.paper()}/1")
    with site.rows() as session:
        latest_of_each = {entry.action: entry.seq for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))}

    auditor = site.visitor("auditor")

    assert {auditor.fetch(f"/journal/{seq}").status_code for seq in latest_of_each.values()} == {200}
    assert len(latest_of_each) > 20


def test_an_entry_is_told_in_the_readers_words_and_not_in_ours(site: Site) -> None:
    """No identifier stands where a word should be: neither as the name of a value nor as the value."""
    with site.rows() as session:
        latest_of_each = {entry.action: entry.seq for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))}
    auditor, found = site.visitor("auditor"), {}
    codes = {word.value for vocabulary in (DocumentKind, Step, Role, Milestone, LetterName, NomineeKind) for word in vocabulary}

    for action, seq in latest_of_each.items():
        pairs = rows_of(auditor.get(f"/journal/{seq}"))
        names = [name for name, _value in pairs] + [part for _name, value in pairs for part in re.findall(r"(?:^|[;·] ?)(\w+):", value)]
        values = [part for _name, value in pairs for part in re.split(r"; | · |: ", value)]
        found[action] = sorted({n for n in names if re.fullmatch(r"[a-z][a-z_0-9]*", n)} | ({*values} & codes))
        assert pairs

    assert {action: words for action, words in found.items() if words} == {}


def test_days_in_an_entry_are_written_as_officers_write_them(site: Site) -> None:
    with site.rows() as session:
        seq = session.scalars(select(AuditEntry.seq).where(AuditEntry.action == "dossier.extend")).one()

    values = dict(rows_of(site.visitor("auditor").get(f"/journal/{seq}")))

    assert [value for value in values.values() if re.search(r"\b\d{4}-\d{2}-\d{2}\b", value)] == []
    assert "21/02/2022" in values.values()


def rows_of(page: str) -> list[tuple[str, str]]:
    """Names and values of a page's summary lists."""
    pattern = r'<dt class="govuk-summary-list__key">(.*?)</dt>\s*<dd class="govuk-summary-list__value">(.*?)</dd>'
    return [(words(name), words(value)) for name, value in re.findall(pattern, page, re.DOTALL)]


def test_a_unit_reads_the_history_of_its_own_dossiers_and_nothing_else(site: Site) -> None:
    own = entries_where(site, AuditEntry.dossier_id == site.dossier(DEPARTMENT))

    assert entries_of(site.visitor("department")) == own
    assert set(entries_of(site.visitor("stranger"))) & set(own) == set()
    site.visitor("department").get("/journal/1", 404)
    site.visitor("department").get(f"/journal/{own[0]}")


def test_people_of_other_units_are_covered_for_who_does_not_read_in_full(site: Site) -> None:
    with site.rows(), transaction():
        dossier, detail = dossier_of(actors.campaign_2021(), COMMUNE), {"individuals": ["Lý Văn Kín"]}
        record_on_dossier(Recorded.DOSSIER_NOMINEES, dossier, detail, clause="III.4.b", actor=SYSTEM, at=NOW)
    url, everybody = f"/journal/{site.last_entry().seq}", ("commune", "district", "home", "auditor", "secretary", "admin")

    shown = {who for who in everybody if "Lý Văn Kín" in words(site.visitor(who).get(url))}

    assert shown == {"commune", "district", "home", "auditor"}
    assert "(đã che)" in words(site.visitor("secretary").get(url))


def test_the_timeline_leads_to_the_record(site: Site) -> None:
    url = f"/dossiers/{site.dossier(COMMUNE)}"

    assert 'href="/journal/' in site.visitor("auditor").get(url)
    assert 'href="/journal/' in site.visitor("district").get(url)


@pytest.mark.parametrize("wanted", ["bao lut 9/snv", "BÃO lụt 9/SNV", "bão lụt 9/s"])
def test_entries_are_found_by_the_words_in_them_without_marks(either_site: Site, wanted: str) -> None:
    admit(either_site)
    latest = either_site.last_entry().seq

    found = entries_of(either_site.visitor("auditor"), f"q={quote(wanted)}")

    assert found == [latest]


def test_an_erased_detail_is_found_no_more(either_site: Site) -> None:
    admit(either_site)
    seq = either_site.last_entry().seq

    with either_site.rows(), transaction():
        erase_detail(seq, "Theo yêu cầu.", actor=SYSTEM, at=NOW)

    auditor = either_site.visitor("auditor")
    assert seq not in entries_of(auditor, "q=bao+lut")
    assert seq in entries_of(auditor, "q=cho+dang+ky+tre+han&action=registration.admit")


def test_filters_are_combined_with_words_and_days(either_site: Site) -> None:
    auditor, action = either_site.visitor("auditor"), AuditEntry.action == "registration.send"
    until = AuditEntry.at < datetime(2021, 3, 20, tzinfo=VIETNAM)

    by_words = entries_of(auditor, "q=gui+ban+dang+ky&action=registration.send&to=19/03/2021")
    by_days = entries_of(auditor, "action=registration.send&from=01/01/2021&to=19/03/2021&unit=giong+rieng")

    assert by_words == entries_where(either_site, action, until)
    with either_site.rows():
        communes = [unit.unit_id for unit in db.session.scalars(select(CampaignUnit).where(CampaignUnit.search.contains("giong rieng")))]
    assert by_days == entries_where(either_site, action, until, AuditEntry.unit_id.in_(communes))
    assert by_days


@pytest.mark.parametrize("many", [False, True], ids=["few", "more than the index of words is asked for"])
@pytest.mark.parametrize(
    ("wanted", "narrower"),
    [
        ("dang+ky", "unit=giong+rieng"),
        ("tap+the", "dossier=2021-309"),
        ("tap+the", "officer=can+bo"),
        ("tap+the", "source=web"),
        ("truy+cap", "result=refused"),
        ("tap+the", "action=dossier.select"),
        ("tap+the", "year=1"),
    ],
)
def test_words_are_found_within_what_every_other_filter_leaves(
    either_site: Site, monkeypatch: pytest.MonkeyPatch, wanted: str, narrower: str, many: bool
) -> None:
    if many:
        monkeypatch.setattr(search, "MOST_MARKS", 1)
    either_site.visitor("admin").get("/dossiers", 403)
    auditor = either_site.visitor("auditor")
    by_words, by_filter = set(entries_of(auditor, f"q={wanted}")), set(entries_of(auditor, narrower))

    assert set(entries_of(auditor, f"q={wanted}&{narrower}")) == by_words & by_filter != set()
    assert entries_of(auditor, f"q={wanted}&{narrower}&from=01/01/1999&to=31/12/1999") == []


def test_words_are_found_within_the_history_that_a_person_may_read(either_site: Site) -> None:
    commune, auditor = either_site.visitor("commune"), either_site.visitor("auditor")
    history = set(entries_of(commune))

    assert set(entries_of(commune, "q=tap+the")) == set(entries_of(auditor, "q=tap+the")) & history != set()


def test_an_index_that_lies_shows_nobody_what_is_not_theirs(site: Site) -> None:
    commune, word = site.visitor("commune"), "q=tap+the"
    shown, hidden_ = set(entries_of(commune, word)), set(entries_of(site.visitor("auditor"), word)) - set(entries_of(commune))

    with site.rows(), transaction() as session:
        mark = f"dossierid{site.dossier(COMMUNE)}"
        session.execute(sql(f"UPDATE audit_words SET words = 'tap the', marks = '{mark}' WHERE rowid IN ({','.join(map(str, hidden_))})"))

    assert hidden_
    assert set(entries_of(commune, word)) == shown


def test_words_that_stand_everywhere_find_with_rare_ones_and_alone(either_site: Site) -> None:
    with either_site.rows(), transaction():
        record(Act(Recorded.DETAIL_ERASE, "entry:1", detail={"reason": "Lúa chín số 17"}), actor=SYSTEM, at=NOW)
        for number in range(300):
            record(Act(Recorded.DETAIL_ERASE, "entry:1", detail={"reason": f"Tre xanh thường ngày số {number}"}), actor=SYSTEM, at=NOW)
    with either_site.rows() as session:
        session.execute(sql("ANALYZE"))  # from now on PostgreSQL knows which words are common
        session.commit()
    latest, auditor = either_site.last_entry().seq, either_site.visitor("auditor")

    assert entries_of(auditor, "q=tre+xanh+ngay+so+17") == [latest - 282]
    assert entries_of(auditor, "q=tre+17+xan") == [latest - 282]
    assert entries_of(auditor, "q=tre+xanh") == list(range(latest, latest - 300, -1))


def test_the_last_word_may_be_unfinished_unless_it_is_one(either_site: Site) -> None:
    with either_site.rows(), transaction():
        for reason in ("Mưa lũ", "Mưa lũy tre", "Mưa lưng chừng"):
            record(Act(Recorded.DETAIL_ERASE, "entry:1", detail={"reason": reason}), actor=SYSTEM, at=NOW)
    latest, auditor = either_site.last_entry().seq, either_site.visitor("auditor")

    assert entries_of(auditor, "q=mua+lun") == [latest]
    assert entries_of(auditor, "q=mua+lu") == [latest - 2]
    assert entries_of(auditor, "q=mua") == [latest, latest - 1, latest - 2]


def test_an_entry_is_found_by_its_day_though_the_clock_was_set_back(either_site: Site) -> None:
    with either_site.rows(), transaction():
        for moment in ("2021-06-15 08:00", "2020-12-31 23:59:59", "2021-06-16 08:00"):
            record(Act(Recorded.DETAIL_ERASE, "entry:1", detail={"reason": "Giờ máy"}), actor=SYSTEM, at=at(moment))
    latest, auditor = either_site.last_entry().seq, either_site.visitor("auditor")

    assert entries_of(auditor, "q=gio+may&from=31/12/2020&to=31/12/2020") == [latest - 1]
    assert entries_of(auditor, "from=01/01/2019&to=31/12/2020") == [latest - 1]
    assert entries_of(auditor, "q=gio+may&from=01/06/2021&to=30/06/2021") == [latest, latest - 2]
    assert entries_of(auditor, "from=01/01/1999&to=31/12/1999") == []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_what_the_filters_show_is_taken_away_as_a_file_and_that_is_recorded(either_site: Site, kind: str) -> None:
    wanted = entries_where(either_site, AuditEntry.action == "dossier.open")

    answer = either_site.visitor("auditor").fetch(f"/journal/export.{kind}?action=dossier.open")

    assert exported(kind, answer.data) == wanted
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert either_site.last_entry().action == "audit.export"
    assert '"action":"dossier.open"' in (either_site.last_entry().detail or "")


def exported(kind: str, content: bytes) -> list[int]:
    """The numbers of the entries in a file."""
    if kind == "jsonl":
        lines = [json.loads(line) for line in content.splitlines()]
        assert all(leaf_hash(line["rec"]) == line["hash"] for line in lines)
        return [line["seq"] for line in lines]
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return [int(row[0]) for row in list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]]
    rows = load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True)
    return [int(str(row[0])) for row in rows if row[0]]


def test_a_cell_of_an_exported_record_is_never_a_formula(site: Site) -> None:
    with site.rows(), transaction():
        record(Act(Recorded.CAMPAIGN_LOAD, "campaign:0", request_key="=cmd|' /C calc'!A0"), actor=SYSTEM, at=NOW)

    text_ = site.visitor("auditor").fetch("/journal/export.csv").data.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(site.visitor("auditor").fetch("/journal/export.xlsx").data))

    cells = [cell for row in csv.reader(io.StringIO(text_)) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")] == []
    assert "'=cmd|' /C calc'!A0" in cells
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "n"}


def test_the_archive_of_the_year_is_taken_away_with_its_checker_and_that_is_recorded(site: Site) -> None:
    answer = site.visitor("auditor").fetch("/journal/archive.zip")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
    actions = entries_where(site, AuditEntry.action == "audit.export")

    assert any(name.endswith("kiem_tra.py") for name in names)
    assert any(name.endswith(".jsonl") for name in names)
    assert len(actions) == 1
    assert site.last_entry().action == "audit.checkpoint"


def test_checking_the_record_is_recorded_and_names_the_first_bad_entry(site: Site) -> None:
    auditor = site.visitor("auditor")
    whole = words(auditor.get(auditor.post("/journal/check").location))
    with site.rows() as session:
        session.connection(execution_options={"writes": True})
        session.execute(sql("DROP TRIGGER audit_entries_no_update"))
        session.execute(sql("UPDATE audit_entries SET rec = replace(rec, 'dossier.', 'dossiers.') WHERE seq = 60"))
        session.commit()

    broken = words(auditor.get(auditor.post("/journal/check").location))

    assert "Nguyên vẹn:" in whole
    assert "bản ghi số 60 không đúng như đã ghi" in broken
    assert "KHÔNG nguyên vẹn" in broken
    assert (site.last_entry().action, site.last_entry().result) == ("audit.verify", AuditResult.REFUSED)


def test_the_record_names_the_capacity_in_which_somebody_acted(site: Site) -> None:
    with site.rows(), transaction() as session:
        user = session.scalars(select(User).where(User.full_name == PEOPLE["home"][2])).one()
        user.appointments[0].capacity, user.appointments[0].on_behalf_of = Capacity.TL, "Giám đốc"
    decision = {"number": "16/SNV", "reason": "Gia hạn.", **day("date", 1, 2, 2022), **day("due_on", 28, 2, 2022)}

    site.visitor("home").post(f"/dossiers/{site.dossier(COMMUNE)}/extension", decision)

    assert "TL. Giám đốc" in words(site.visitor("auditor").get(f"/journal/{site.last_entry().seq}"))
    assert json.loads(site.last_entry().rec)["capacity"] == "TL. Giám đốc"


def test_a_long_record_is_read_page_by_page_with_its_filters(site: Site) -> None:
    page = site.visitor("auditor").get("/journal?source=web&from=01/03/2021")

    following = re.search(r'href="([^"]*)" rel="next"', page)

    assert following
    assert {"source=web", "from=01/03/2021"} <= set(re.split(r"[?&]", unescape(following[1]).replace("%2F", "/")))
    assert len(re.findall(r'href="/journal/\d+"', page)) == 50


def test_times_are_told_as_in_vietnam(site: Site) -> None:
    with clock("2022-02-16 23:30:00"):
        site.visitor().post("/sign-in", {"login": "khong.ai@thidua.example", "password": "sai"})
    entry = site.last_entry()

    page = words(site.visitor("auditor").get(f"/journal/{entry.seq}"))

    assert entry.at == datetime(2022, 2, 16, 16, 30, tzinfo=UTC)
    assert "23:30:00 ngày 16/02/2022" in page
    assert entry.at - NOW == timedelta(hours=14, minutes=30)

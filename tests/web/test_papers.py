"""Drafts on the dossier's page and by command: the same paper, offered to those whose it is, put on record, warned of when old."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import Result
from sqlalchemy import update

from audit.actions import Action as Recorded
from models.db import transaction
from models.people import SignIn
from models.vocabulary import PaperKind
from tests.documents.reading import lines_of, opened
from tests.web.fixtures import COMMUNE, DEPARTMENT, OFFICE, Site, clock, either_site, site

__all__ = ["either_site", "site"]

DISTRICT = "906"


def address(site: Site, code: str, kind: PaperKind, more: str = "") -> str:
    """Where a dossier's draft is taken."""
    return f"/dossiers/{site.dossier(code)}/papers/{kind.value}.docx{more}"


def command(site: Site, *words: str) -> Result:
    """`flask …` on the same data."""
    return site.app.test_cli_runner().invoke(args=list(words))


def offered(page: str) -> list[str]:
    """The drafts that a page offers."""
    return re.findall(r'href="/dossiers/\d+/papers/([a-z_]+)\.docx', page)


def test_a_draft_is_an_attachment_under_its_vietnamese_name_and_puts_itself_on_record(either_site: Site) -> None:
    site = either_site
    before = site.everything()

    answer = site.visitor("department").fetch(address(site, DEPARTMENT, PaperKind.PROPOSAL_LETTER, "?capacity=KT."))

    assert answer.status_code == 200
    assert answer.mimetype.endswith("wordprocessingml.document")
    assert "Tờ trình đề nghị khen thưởng - Sở Tư pháp.docx" in unquote(answer.headers["Content-Disposition"])
    assert "KT. GIÁM ĐỐC" in lines_of(opened(answer.data))
    entry = site.last_entry()
    assert (entry.action, json.loads(entry.detail or "")["paper"]) == (Recorded.PAPER_DRAFT, "proposal_letter")
    assert site.everything() == before


def test_the_command_makes_the_same_paper_as_the_page(site: Site, tmp_path: Path) -> None:
    file, home = tmp_path / "thong-bao.docx", site.visitor("home")
    page = home.fetch(address(site, DEPARTMENT, PaperKind.SELECTED_NOTICE, "?capacity=TL."))

    words = ("papers", "draft", "selected_notice", "--dossier", f"2021-{DEPARTMENT}", "--capacity", "TL.", "--out", str(file))
    result = command(site, *words)

    assert (result.exit_code, result.stderr) == (0, "")
    assert file.read_bytes() == page.data
    assert (site.last_entry().action, site.last_entry().source) == (Recorded.PAPER_DRAFT, "command")


def test_every_kind_is_made_by_command_as_on_the_page(site: Site, tmp_path: Path) -> None:
    home, secretary = site.visitor("home"), site.visitor("secretary")
    reviewed = f"dossier={site.dossier(DISTRICT)}"
    made = {
        PaperKind.MINUTES: (address(site, DISTRICT, PaperKind.MINUTES), ["--dossier", "2021-906"]),
        PaperKind.ACHIEVEMENT_COLLECTIVE: (address(site, COMMUNE, PaperKind.ACHIEVEMENT_COLLECTIVE), ["--dossier", f"2021-{COMMUNE}"]),
        PaperKind.COUNCIL_AGENDA: (f"/council/{site.session()}/papers/council_agenda.docx", ["--session", str(site.session())]),
        PaperKind.COUNCIL_MINUTES: (f"/council/{site.session()}/papers/council_minutes.docx", ["--session", str(site.session())]),
        PaperKind.CHAIRMAN_LETTER: ("/papers/chairman_letter.docx", ["--campaign", "2021"]),
        PaperKind.AWARD_DECISION: (f"/papers/award_decision.docx?{reviewed}", ["--dossier", "2021-906"]),
    }
    for kind, (url, options) in made.items():
        page = (secretary if kind.value.startswith("council") else home).fetch(url)
        result = command(site, "papers", "draft", kind.value, *options, "--out", str(tmp_path / f"{kind.value}.docx"))
        assert (page.status_code, result.exit_code) == (200, 0), (kind, page.text[:500], result.stderr)
        assert (tmp_path / f"{kind.value}.docx").read_bytes() == page.data, kind


def test_a_dossiers_page_offers_the_drafts_that_are_this_persons(site: Site) -> None:
    found = {
        who: offered(site.visitor(who).get(f"/dossiers/{site.dossier(COMMUNE)}")) for who in ("commune", "district", "home", "auditor")
    }

    own = ["proposal_letter", "minutes", "achievement_collective"]
    assert found == {"commune": own, "district": [*own, "selected_notice"], "home": own, "auditor": []}


def test_one_letter_may_serve_several_dossiers_of_the_submitting_unit(site: Site) -> None:
    district, dossier_id = site.visitor("district"), site.dossier(COMMUNE)
    page = district.get(f"/dossiers/{dossier_id}/papers")
    assert f"2021-{OFFICE}" in page

    answer = district.fetch(f"/dossiers/{dossier_id}/papers?paper=proposal_letter:&capacity=&with={site.dossier(OFFICE)}")
    taken = district.fetch(answer.location)

    assert answer.status_code == 302
    assert any("02 tập thể" in text for text in lines_of(opened(taken.data)))
    assert json.loads(site.last_entry().detail or "")["dossiers"] == [f"2021-{COMMUNE}", f"2021-{OFFICE}"]


@pytest.mark.parametrize(
    ("who", "code", "kind", "more", "status"),
    [
        ("commune", COMMUNE, "selected_notice", "", 403),
        ("home", COMMUNE, "selected_notice", "", 403),
        ("district", COMMUNE, "proposal_letter", "?with=DEPARTMENT", 404),
        ("home", COMMUNE, "proposal_letter", "?with=DEPARTMENT", 409),
        ("home", COMMUNE, "chairman_letter", "", 404),
        ("home", COMMUNE, "council_agenda", "", 404),
        ("home", COMMUNE, "no_such_paper", "", 404),
        ("home", COMMUNE, "achievement_individual", "?nominee=999999", 404),
        ("home", COMMUNE, "achievement_individual", "", 409),
        ("home", "STNMT", "proposal_letter", "", 409),
        ("home", COMMUNE, "proposal_letter", "?with=x&capacity=KT", 404),
    ],
)
def test_what_is_not_theirs_or_does_not_fit_gets_a_plain_answer_and_no_entry(
    site: Site, who: str, code: str, kind: str, more: str, status: int
) -> None:
    url = f"/dossiers/{site.dossier(code)}/papers/{kind}.docx{more.replace('DEPARTMENT', str(site.dossier(DEPARTMENT)))}"

    with site.unchanged():
        page = site.visitor(who).get(url, status)

    assert ("Chưa lập được" in page or "lập cho" in page) is (status == 409)


def test_the_command_finds_the_session_of_a_dossier(site: Site, tmp_path: Path) -> None:
    out = tmp_path / "chuong-trinh.docx"

    made = command(site, "papers", "draft", "council_agenda", "--dossier", "2021-STC", "--out", str(out))
    none = command(site, "papers", "draft", "council_agenda", "--dossier", f"2021-{DEPARTMENT}", "--out", str(tmp_path / "khac.docx"))

    assert made.exit_code == 0
    assert any("2021-STC" in text for text in lines_of(opened(out.read_bytes())))
    assert (none.exit_code, "chưa có trong chương trình phiên họp nào" in none.output) == (1, True)


def test_a_list_that_nobody_waits_on_says_so(site: Site) -> None:
    page = site.visitor("home").get("/papers/award_decision.docx", 409)

    assert "chưa có tập thể, cá nhân nào để ghi vào" in page


def test_an_expired_basis_is_told_once_on_the_page_and_in_the_commands_stderr(site: Site, tmp_path: Path) -> None:
    before = site.visitor("secretary").get(f"/council/{site.session()}")
    with clock("2024-02-01 09:00") as when:
        with site.rows(), transaction() as session:
            session.execute(update(SignIn).values(started_at=when, seen_at=when))
        page = site.visitor("department").get(f"/dossiers/{site.dossier(DEPARTMENT)}/papers")
        of_session = site.visitor("secretary").get(f"/council/{site.session()}")
        out = str(tmp_path / "a.docx")
        result = command(site, "papers", "draft", "minutes", "--dossier", f"2021-{DEPARTMENT}", "--out", out)

    assert page.count("Nghị định số 91/2017/NĐ-CP") == 1
    assert "đã hết hiệu lực từ ngày 01/01/2024" in page
    assert "Văn bản thay thế: Nghị định số 98/2023/NĐ-CP" in page
    assert ("hết hiệu lực" in before, "hết hiệu lực" in of_session) == (False, True)
    assert result.exit_code == 0
    assert result.stderr.startswith("Lưu ý: Căn cứ của “Biên bản họp Hội đồng của cơ quan trình” đã hết hiệu lực từ ngày 01/01/2024")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["draft", "proposal_letter", "--dossier", "2021-XX"], 1, "Không có hồ sơ mã 2021-XX"),
        (["draft", "proposal_letter", "--dossier", "2021-STNMT"], 1, "Chưa lập được “Tờ trình đề nghị khen thưởng”"),
        (
            ["draft", "proposal_letter", "--dossier", "2021-906", "--dossier", "2021-STP"],
            1,
            "các hồ sơ đã chọn thuộc: Huyện Giồng Riềng; Sở Tư pháp",
        ),
        (["draft", "council_agenda", "--session", "999"], 1, "Không có phiên họp số 999"),
        (["draft", "chairman_letter", "--campaign", "1999"], 1, "Chưa nạp kế hoạch năm 1999"),
        (["draft", "achievement_individual", "--dossier", "2021-STP", "--nominee", "Ai Đó"], 1, "không có “Ai Đó”"),
        (["draft", "tho_tinh", "--dossier", "2021-906"], 2, "tho_tinh"),
        (["draft", "council_agenda", "--campaign", "2021"], 2, "hãy ghi --session"),
        (["draft", "proposal_letter", "--campaign", "2021"], 2, "hãy ghi --dossier"),
        (["draft", "proposal_letter", "--dossier", "2021-906", "--nominee", "An"], 2, "hãy ghi --dossier"),
        (["draft", "selected_notice", "--dossier", "2021-906", "--dossier", "2021-STP"], 2, "một hồ sơ"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_and_writes_nothing(
    site: Site, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    file = tmp_path / "ra.docx"

    with site.unchanged():
        result = command(site, "papers", *words, "--out", str(file))

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert not file.exists()


def test_a_file_that_cannot_be_written_leaves_no_entry(site: Site, tmp_path: Path) -> None:
    with site.unchanged():
        result = command(site, "papers", "draft", "minutes", "--dossier", "2021-906", "--out", str(tmp_path / "no" / "a.docx"))

    assert result.exit_code == 1
    assert "Không ghi được tệp" in result.stderr


def test_kinds_and_dossiers_are_listed_one_a_line_with_the_code_first(site: Site) -> None:
    kinds = command(site, "papers", "kinds").stdout.splitlines()
    dossiers = [row.split("\t") for row in command(site, "dossiers", "list", "--campaign", "2021").stdout.splitlines()]
    selected = command(site, "dossiers", "list", "--campaign", "2021", "--state", "selected").stdout.splitlines()

    assert [row.split("\t")[0] for row in kinds] == [kind.value for kind in PaperKind]
    assert ["2021-30904", "Được chọn", "Thị trấn Giồng Riềng, Huyện Giồng Riềng"] in dossiers
    assert len(dossiers) > len(selected) == 3
    assert command(site, "dossiers", "list", "--campaign", "1999").exit_code == 1

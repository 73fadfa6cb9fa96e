"""Người được đề nghị: picking people from the form, answering the criteria, appraising, RP3; two officers on one dossier."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest

from audit.actions import Action as Recorded
from models.db import transaction
from models.dossiers import Dossier, Nominee
from models.vocabulary import AnswerCheck, DocumentKind, DossierState, NomineeKind, NomineeWarning, Step
from tests import actors
from tests.actors import bring, usual_step
from tests.builders import dossier_of
from tests.web.fixtures import DEPARTMENT, NOW, Site, Visitor, hidden, person, site
from workflow.criteria_answers import Confirmed, Finding, Statement, appraise, state_answers
from workflow.nominees import Individual, name_individuals
from workflow.papers import Paper, file_paper

__all__ = ["site"]

SUBMITTED = "STC"


def dossier(code: str) -> Dossier:
    return dossier_of(actors.campaign_2021(), code)


def individuals(site: Site, code: str = DEPARTMENT) -> list[Nominee]:
    with site.rows():
        return [nominee for nominee in dossier(code).nominees if nominee.kind is NomineeKind.INDIVIDUAL]


def registered(site: Site, name: str) -> str:
    """The number of a person on the department's registration form."""
    with site.rows():
        return next(str(row.id) for row in dossier(DEPARTMENT).registration.individuals if row.full_name == name)


def put_forward(code: str, *people: Individual) -> None:
    """The department's dossier names some people."""
    officer = person("department")
    with transaction():
        name_individuals(dossier(code), people, actor=officer, at=NOW)


def send(visitor: Visitor, url: str, answers: Mapping[str, Any], status: int = 302) -> str:
    """Open a form as it stands, fill it in, send it."""
    answer = visitor.post(url, hidden(visitor.get(url)) | answers)
    assert answer.status_code == status, answer.text[:3000]
    return answer.text


# Whom


def test_a_person_on_the_form_is_picked_with_their_data(site: Site) -> None:
    department, url = site.visitor("department"), f"/dossiers/{site.dossier(DEPARTMENT)}/nominees"

    send(department, url, {"people-0-who": registered(site, "Trần Thị Bình"), "people-0-rating": "good", "people-0-reform_excellent": "y"})

    (named,) = individuals(site)
    assert (named.full_name, named.position, named.workplace) == ("Trần Thị Bình", "Phó Trưởng phòng", "Sở Tư pháp")
    assert 'value="' + registered(site, "Trần Thị Bình") + '" checked' in department.get(url)


def test_a_row_that_says_nobody_names_nobody_whatever_else_it_holds(site: Site) -> None:
    url = f"/dossiers/{site.dossier(DEPARTMENT)}/nominees"

    send(site.visitor("department"), url, {"people-0-who": "nobody", "people-0-full_name": "Lê Thị Lạ", "people-0-rating": "good"})

    assert individuals(site) == []


def test_another_person_is_typed_and_warned_of_on_the_dossier(site: Site) -> None:
    department, number = site.visitor("department"), site.dossier(DEPARTMENT)
    person_typed = {"people-0-full_name": "Lê Thị Lạ", "people-0-workplace": "Sở Tư pháp", "people-0-not_civil_servant": "y"}

    send(department, f"/dossiers/{number}/nominees", {"people-0-who": "other"} | person_typed)

    page = department.get(f"/dossiers/{number}")
    assert "không có trong bản đăng ký thi đua – chưa được xác nhận" in page
    assert "không phải là cán bộ, công chức – chưa được xác nhận" in page


def test_who_picks_another_person_says_who(site: Site) -> None:
    url = f"/dossiers/{site.dossier(DEPARTMENT)}/nominees"

    page = site.visitor("department").refused(url, {"people-0-who": "other"}, status=422)

    assert "Hãy ghi họ và tên, hoặc xoá cả dòng này." in page


# Two officers on one dossier, one form twice


def test_the_second_officer_learns_what_changed_and_keeps_what_was_typed(site: Site) -> None:
    url, first, second = f"/dossiers/{site.dossier(DEPARTMENT)}/nominees", site.visitor("department"), site.visitor("department")
    opened = hidden(second.get(url))
    typed = {"people-0-full_name": "Lê Thị Hai", "people-0-workplace": "Sở Tư pháp"}
    send(first, url, {"people-0-full_name": "Ngô Văn Nhất", "people-0-workplace": "Sở Tư pháp"})

    page = second.refused(url, opened | typed, status=409)
    again = second.post(url, hidden(page) | typed)

    assert "Cập nhật người được đề nghị – Nguyễn Thị Tư Pháp, 09:00:00 ngày 16/02/2022" in " ".join(page.split())
    assert 'value="Lê Thị Hai"' in page
    assert (again.status_code, [nominee.full_name for nominee in individuals(site)]) == (302, ["Lê Thị Hai"])


FORMS: Mapping[str, tuple[str, str, dict[str, str], Recorded]] = {
    "nominees": (
        "department",
        "nominees",
        {"people-0-full_name": "Lê Thị Hai", "people-0-workplace": "Sở Tư pháp"},
        Recorded.DOSSIER_NOMINEES,
    ),
    "request": (
        "department",
        "extension/request",
        {"due_on-day": "28", "due_on-month": "2", "due_on-year": "2022", "reason": "Chưa họp."},
        Recorded.EXTENSION_ASK,
    ),
    "original": (
        "home",
        "original",
        {"received_on-day": "15", "received_on-month": "2", "received_on-year": "2022", "received_by": "Văn thư"},
        Recorded.DOSSIER_ORIGINAL,
    ),
    "consent": ("second", "sign-off", {"step": "lapse", "reason": "Đã xem."}, Recorded.DOSSIER_SIGN_OFF),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_twice_is_one_act(site: Site, name: str) -> None:
    who, path, answers, action = FORMS[name]
    visitor, url = site.visitor(who), f"/dossiers/{site.dossier(DEPARTMENT)}/{path}"
    opened = hidden(visitor.get(url))
    before = site.entries()

    statuses = [visitor.post(url, opened | answers).status_code for _time in range(2)]

    assert statuses == [302, 302]
    assert (site.entries(), site.last_entry().action) == (before + 1, action)


def test_a_step_learns_that_the_people_have_changed(site: Site) -> None:
    clerk, number = site.visitor("department"), site.dossier(DEPARTMENT)
    opened = hidden(clerk.get(f"/dossiers/{number}/steps/withdraw"))
    with site.rows():
        put_forward(DEPARTMENT, Individual("Nguyễn Văn An", "Chuyên viên", "Sở Tư pháp", "good", True, True))

    page = clerk.refused(f"/dossiers/{number}/steps/withdraw", opened | {"reason": "Thôi."}, status=409)

    assert "Cập nhật người được đề nghị" in page
    assert "Thôi." in page


# Answers and findings


def test_an_answer_with_its_evidence_is_shown_on_the_dossier(site: Site) -> None:
    number = site.dossier(DEPARTMENT)
    with site.rows():
        officer = person("department")
        with transaction():
            kept = Paper("Bảng điểm.pdf", "application/pdf", 10, "a" * 64)
            document = file_paper(dossier(DEPARTMENT), DocumentKind.EVIDENCE, None, kept, actor=officer, at=NOW).document_id
        nominee = dossier(DEPARTMENT).nominees[0].id
    department = site.visitor("department")

    answers = {"text-united": "Không có <b>đơn thư</b>.", "evidence-united": str(document)}
    send(department, f"/dossiers/{number}/nominees/{nominee}/answers", answers)

    page = department.get(f"/dossiers/{number}")
    assert "Không có &lt;b&gt;đơn thư&lt;/b&gt;." in page
    assert f'/dossiers/{number}/documents/{document}/1">Bảng điểm.pdf' in page


def test_a_nominee_of_another_dossier_is_not_found_here(site: Site) -> None:
    with site.rows():
        stranger = dossier(SUBMITTED).nominees[0].id

    site.visitor("department").get(f"/dossiers/{site.dossier(DEPARTMENT)}/nominees/{stranger}/answers", status=404)


def test_a_doubt_needs_its_reason_and_becomes_the_reason_of_the_return(site: Site) -> None:
    home, number = site.visitor("home"), site.dossier(SUBMITTED)
    with site.rows():
        nominee = dossier(SUBMITTED).nominees[0].id
    url, why = f"/dossiers/{number}/appraisal", "Chưa nêu kết quả xử lý đơn thư."

    page = home.refused(url, {f"check-{nominee}-united": "unclear", f"check-{nominee}-registered": "met"}, status=422)
    send(home, url, {f"check-{nominee}-united": "unclear", f"why-{nominee}-united": why})

    assert "Hãy ghi lý do của “Không đạt” hoặc “Cần làm rõ”." in page
    assert f'id="check-{nominee}-registered-0" name="check-{nominee}-registered" type="radio" value="met" checked' in page
    assert f"Nội bộ đoàn kết: {why}" in home.get(f"/dossiers/{number}/steps/send_back")
    assert "Cần làm rõ" in home.get(f"/dossiers/{number}")


def test_a_warning_is_confirmed_with_a_reason_on_the_appraisal_page(site: Site) -> None:
    with site.rows():
        put_forward(DEPARTMENT, Individual("Lê Thị Lạ", "Chuyên viên", "Sở Tư pháp", "good", True, True))
        usual_step(dossier(DEPARTMENT), Step.SUBMIT)
    home, number = site.visitor("home"), site.dossier(DEPARTMENT)
    (stranger,) = individuals(site)

    send(home, f"/dossiers/{number}/appraisal", {f"warning-{stranger.id}-not_registered": "Mới về nhận công tác."})

    assert "Sở Nội vụ đã xác nhận: Mới về nhận công tác." in site.visitor("department").get(f"/dossiers/{number}")
    assert site.last_entry().action == Recorded.DOSSIER_APPRAISE


# RP3


def _appraised(site: Site) -> None:
    """One collective with a doubt, one person with a warning that was let stand, words that look like a formula."""
    with site.rows():
        put_forward(DEPARTMENT, Individual("Lê Thị Lạ", "=1+1", "Sở Tư pháp", "good", True, direct=False))
        officer = person("department")
        with transaction():
            found = dossier(DEPARTMENT)
            state_answers(found.nominees[0], {"united": Statement(None, '=HYPERLINK("x")', frozenset())}, actor=officer, at=NOW)
        bring_on = dossier(DEPARTMENT)
        usual_step(bring_on, Step.SUBMIT)
        home = person("home")
        with transaction():
            found = dossier(DEPARTMENT)
            doubt = Finding(found.nominees[0].id, "united", AnswerCheck.NOT_MET, "Có đơn thư.")
            stands = Confirmed(found.nominees[1].id, NomineeWarning.NOT_REGISTERED, "Mới về.")
            appraise(found, [doubt], [stands], actor=home, at=NOW)


def test_the_appraisal_table_shows_answers_and_reasons_and_leads_to_the_dossiers(site: Site) -> None:
    _appraised(site)

    page = site.visitor("secretary").get("/appraisal")

    for text in ("Có đơn thư.", "Mới về.", "=HYPERLINK(&#34;x&#34;)", f'href="/dossiers/{site.dossier(DEPARTMENT)}#nominees"'):
        assert text in page


@pytest.mark.parametrize(
    ("query", "codes"), [("state=submitted", {"2021-STC", "2021-30907"}), ("kind=district", {"2021-906"}), ("state=nonsense&kind=x", None)]
)
def test_the_table_is_narrowed_by_state_and_kind(site: Site, query: str, codes: set[str] | None) -> None:
    page = site.visitor("auditor").get(f"/appraisal?{query}")

    shown = {code for code in ("2021-STC", "2021-30907", "2021-906", "2021-STP", "2021-30985") if code in page}
    assert shown == (codes or {"2021-STC", "2021-30907", "2021-906", "2021-STP", "2021-30985"})


def test_the_workbook_holds_the_same_as_texts_and_its_download_is_recorded(site: Site) -> None:
    _appraised(site)

    answer = site.visitor("home").fetch("/appraisal.xlsx?kind=provincial_agency")

    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = {str(cell.value): cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None}
    assert book.sheetnames == ["Tập thể", "Cá nhân"]
    assert 'Đạt\n=HYPERLINK("x")\nThẩm định: Không đạt – Có đơn thư.' in cells
    assert "=1+1, Sở Tư pháp" in cells
    assert {cell.data_type for cell in cells.values()} == {"s"}
    assert (site.last_entry().action, "2021-906" in cells) == (Recorded.APPRAISAL_EXPORT, False)


def test_the_table_asks_nothing_row_by_row(site: Site) -> None:
    from tests.web.test_lists import counted

    with site.rows():
        put_forward(DEPARTMENT, Individual("Nguyễn Văn An", "Chuyên viên", "Sở Tư pháp", "good", True, True))
    home = site.visitor("home")
    home.get("/appraisal")

    with counted(site) as few:
        home.get("/appraisal?kind=district")
    with counted(site) as many:
        home.get("/appraisal")

    assert len(many) - len(few) <= 2


def test_the_states_of_the_table_are_those_in_which_somebody_is_put_forward(site: Site) -> None:
    with site.rows():
        bring("STNMT", DossierState.NOT_SELECTED)

    assert "2021-STNMT" not in site.visitor("home").get("/appraisal")

"""Each drafted paper read back: what stands where, what is left for the records clerk, what is refused and what is warned of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import time_machine
from docx.oxml.ns import qn
from flask import Flask
from sqlalchemy import select

from documents.drafts import REPORTS, draft, kinds_for, waiting
from models.council import CouncilSession
from models.db import db, transaction
from models.dossiers import Dossier, Nominee
from models.vocabulary import Capacity, DossierState, NomineeKind, PaperKind, Step
from tests import actors, stages
from tests.builders import actor_of, at, dossier_of, hold_council, let_stand, step
from tests.documents.reading import Paper, cells_of, line, lines_of, opened
from workflow import council
from workflow.acts import ActRefused
from workflow.nominees import Individual, name_individuals

WHEN = at("2022-02-20 09:00")
DISTRICT, OFFICE, COMMUNE, DEPARTMENT, REVIEWED, RECOGNISED = "906", "PNV-906", "30904", "STP", "STC", "30907"
PAPERS_OF_A_DOSSIER = [
    PaperKind.PROPOSAL_LETTER,
    PaperKind.MINUTES,
    PaperKind.ACHIEVEMENT_COLLECTIVE,
    PaperKind.ACHIEVEMENT_INDIVIDUAL,
    PaperKind.SELECTED_NOTICE,
]


def build_drafts() -> None:
    """A district, its Phòng Nội vụ, its commune and a department prepare; a session of 5 February reviews a department and a commune."""
    campaign = actors.campaign_2021()
    for code in (DISTRICT, OFFICE, COMMUNE, DEPARTMENT):
        actors.bring(code, DossierState.SELECTED)
    named(DISTRICT, "Danh Út", "Thị Bé")
    for code in (REVIEWED, RECOGNISED):
        actors.bring(code, DossierState.SELECTED)
    named(REVIEWED, "Lê Văn Tài", "Lý Thị Chính")
    for code in (REVIEWED, RECOGNISED):
        let_stand(actors.usual_step(dossier_of(campaign, code), Step.SUBMIT), at("2022-02-01 09:00"))
    found = [dossier_of(campaign, code) for code in (REVIEWED, RECOGNISED)]
    hold_council(campaign, found, at("2022-02-05 09:00"))
    with transaction():
        refused = next(n for n in found[0].nominees if n.full_name == "Lý Thị Chính")
        vote = next(v for item in found[0].agenda_items for v in item.votes if v.nominee_id == refused.id)
        vote.votes_for, vote.votes_against, vote.recommended = 2, 7, False
    for dossier in found:
        step(dossier, Step.REVIEW, actors.secretary(), at("2022-02-15 15:00"))


def named(code: str, *people: str) -> None:
    """A unit names people of its own."""
    dossier = dossier_of(actors.campaign_2021(), code)
    individuals = [Individual(name, "Chuyên viên", dossier.campaign_unit.name, "good", True, True) for name in people]
    with transaction():
        name_individuals(dossier, individuals, actor=actor_of(dossier.submits.unit.code), at=at("2022-01-20 09:00"))


stages.STAGES["drafts"] = ("ranked", build_drafts)


@pytest.fixture
def drafts_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Dossiers that are prepared and reviewed, on SQLite."""
    with stages.database_at("drafts", "sqlite", request, tmp_path) as url, stages.application(url, tmp_path / "instance") as app:
        yield app


def dossier(code: str) -> Dossier:
    """The dossier of a collective."""
    return dossier_of(actors.campaign_2021(), code)


def session() -> CouncilSession:
    """The session that was held."""
    return db.session.scalars(select(CouncilSession)).one()


def drafted(kind: PaperKind, *codes: str, capacity: Capacity | None = None) -> Paper:
    """A draft of dossiers, or of the session where none is named, read back."""
    found = [dossier(code) for code in codes]
    subject = session() if not found else found[0] if len(found) == 1 else found
    return opened(draft(kind, subject, at=WHEN, capacity=capacity).content)


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    """The block is refused for exactly these reasons."""
    with pytest.raises(ActRefused) as caught:
        yield
    assert [objection.code for objection in caught.value.objections] == list(codes)


# The submitting unit's papers (III.4.c)


def test_one_letter_of_a_district_serves_itself_its_office_and_its_commune(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.PROPOSAL_LETTER, COMMUNE, OFFICE, DISTRICT)

    lines = lines_of(paper)
    assert lines[:7] == [
        "ỦY BAN NHÂN DÂN",
        "HUYỆN GIỒNG RIỀNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: ....../TTr-UBND",
        "Giồng Riềng, ngày ..... tháng ..... năm 2022",
        "TỜ TRÌNH",
    ]
    start = lines.index("Kính gửi:")
    assert lines[start + 1 : start + 3] == ["- Chủ tịch Ủy ban nhân dân tỉnh Kiên Giang;", "- Sở Nội vụ tỉnh Kiên Giang."]
    assert any("03 tập thể và 02 cá nhân" in text for text in lines)
    assert [row[1] for row in cells_of(paper.tables[1])] == [
        "Tên tập thể",
        "Ủy ban nhân dân huyện Giồng Riềng",
        "Phòng Nội vụ huyện Giồng Riềng",
        "Ủy ban nhân dân thị trấn Giồng Riềng, huyện Giồng Riềng",
    ]
    assert cells_of(paper.tables[2])[1:] == [
        ["1", "Danh Út", "Chuyên viên", "Huyện Giồng Riềng", "Hoàn thành tốt nhiệm vụ"],
        ["2", "Thị Bé", "Chuyên viên", "Huyện Giồng Riềng", "Hoàn thành tốt nhiệm vụ"],
    ]


def test_the_letter_cites_its_legal_bases_the_announcement_and_the_plan_with_leading_zeros(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.PROPOSAL_LETTER, DEPARTMENT)

    cited = [text for text in lines_of(paper) if text.startswith(("Căn cứ", "Thực hiện"))]
    assert [text[:45] for text in cited] == [
        "Căn cứ Luật Thi đua, Khen thưởng ngày 26 thán",
        "Căn cứ Nghị định số 91/2017/NĐ-CP ngày 31 thá",
        "Căn cứ Quyết định số 14/QĐ-UBND ngày 14 tháng",
        "Thực hiện Kế hoạch số 37/KH-UBND ngày 04 thán",
    ]
    assert "ngày 14 tháng 01 năm 2022" in cited[2]
    assert all(line(paper, text).runs[0].italic for text in cited)


def test_what_stands_behind_a_result_is_the_document_on_record(drafts_app: Flask) -> None:
    results = [row[2] for row in cells_of(drafted(PaperKind.PROPOSAL_LETTER, DISTRICT, OFFICE, COMMUNE).tables[1])[1:]]

    assert results == [
        "Xếp hạng 3, nhóm xuất sắc, Chỉ số CCHC năm 2021",
        "Hoàn thành tốt nhiệm vụ năm 2021 (văn bản số 7/QĐ-SNV ngày 14/01/2022); cơ quan chủ quản: "
        "xếp hạng 3, nhóm xuất sắc, Chỉ số CCHC năm 2021",
        "Được công nhận xuất sắc trong công tác CCHC năm 2021 (văn bản số 45/QĐ-UBND ngày 14/01/2022)",
    ]


@pytest.mark.parametrize(
    ("code", "capacity", "signed"),
    [
        (DISTRICT, None, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Phạm Thị Trưởng"]),
        (DISTRICT, Capacity.KT, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", ""]),
        (DISTRICT, Capacity.TL, ["TL. CHỦ TỊCH", "......", ""]),
        (DEPARTMENT, Capacity.KT, ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", ""]),
        (DEPARTMENT, Capacity.TUQ, ["TUQ. GIÁM ĐỐC", "......", ""]),
    ],
)
def test_who_signs_is_written_as_the_decree_says_and_a_deputys_name_is_not_invented(
    drafts_app: Flask, code: str, capacity: Capacity | None, signed: list[str]
) -> None:
    paper = drafted(PaperKind.PROPOSAL_LETTER, code, capacity=capacity)

    assert [p.text for p in paper.tables[-1].cell(0, 1).paragraphs] == signed


def test_the_minutes_leave_room_for_what_only_the_meeting_knows_and_two_sign(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.MINUTES, DISTRICT, OFFICE)

    lines = lines_of(paper)
    assert lines[:3] == ["UBND HUYỆN GIỒNG RIỀNG", "HỘI ĐỒNG THI ĐUA,", "KHEN THƯỞNG"]
    assert "Số: ....../BB-......" in lines
    assert not any(text.startswith("Giồng Riềng, ngày") for text in lines)
    assert "Thời gian bắt đầu: ...... giờ ......, ngày ..... tháng ..... năm 2022." in lines
    votes = cells_of(paper.tables[1])
    assert votes[0] == ["STT", "Tập thể, cá nhân", "Tán thành", "Không tán thành", "Tỷ lệ (%)"]
    assert [row[1] for row in votes[3:]] == ["Danh Út, Chuyên viên, huyện Giồng Riềng", "Thị Bé, Chuyên viên, huyện Giồng Riềng"]
    assert {cell for row in votes[1:] for cell in row[2:]} == {""}
    left, right = paper.tables[-1].rows[0].cells
    assert [left.paragraphs[0].text, right.paragraphs[0].text] == ["THƯ KÝ", "CHỦ TỌA"]
    assert paper.tables[-1].cell(1, 0).paragraphs[0].text == "Nơi nhận:"


# Reports of achievement (form no. 7)


def test_a_collectives_report_has_the_parts_of_the_plans_form_and_what_is_on_record(drafts_app: Flask) -> None:
    lines = lines_of(drafted(PaperKind.ACHIEVEMENT_COLLECTIVE, OFFICE))

    first, second = lines.index("I. THÔNG TIN CHUNG"), lines.index("II. THÀNH TÍCH ĐẠT ĐƯỢC")
    assert lines[first - 1] == "Tên đơn vị đề nghị khen thưởng: Phòng Nội vụ huyện Giồng Riềng."
    assert second - first == 4
    assert lines[second + 1] == "- Nội dung đã đăng ký thi đua: Hoàn thành xuất sắc nhiệm vụ cải cách hành chính năm 2021;"
    assert lines[second + 2].startswith("- Kết quả làm căn cứ xét: Hoàn thành tốt nhiệm vụ năm 2021")
    assert not any(text.startswith("Số:") for text in lines)
    assert lines[-6:] == ["THỦ TRƯỞNG", "CẤP TRÊN TRỰC TIẾP", "XÁC NHẬN, ĐỀ NGHỊ", "(Ký, đóng dấu)", "TRƯỞNG PHÒNG", "(Ký, đóng dấu)"]


def test_each_individual_has_a_report_on_a_page_of_its_own(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.ACHIEVEMENT_INDIVIDUAL, DISTRICT)

    assert len(paper.sections) == 2
    assert paper.sections[1]._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    assert [text for text in lines_of(paper) if text.startswith("Họ và tên")] == ["Họ và tên: Danh Út.", "Họ và tên: Thị Bé."]
    assert lines_of(paper).count("NGƯỜI BÁO CÁO THÀNH TÍCH") == 2


def test_a_report_can_be_drafted_for_one_person_alone(drafts_app: Flask) -> None:
    person = next(n for n in dossier(DISTRICT).nominees if n.full_name == "Thị Bé")

    made = draft(PaperKind.ACHIEVEMENT_INDIVIDUAL, person, at=WHEN)

    assert made.file_name == "Báo cáo thành tích của cá nhân - Thị Bé.docx"
    assert [text for text in lines_of(opened(made.content)) if text.startswith("Họ và tên")] == ["Họ và tên: Thị Bé."]


def test_a_report_asks_for_no_personal_data_of_its_own_and_leaves_them_to_their_author(drafts_app: Flask) -> None:
    lines = lines_of(drafted(PaperKind.ACHIEVEMENT_INDIVIDUAL, DISTRICT))

    assert "- Ngày, tháng, năm sinh; quê quán; nơi thường trú: ......" in lines


# The notice to the selected (III.4.a)


def test_the_notice_tells_the_due_date_with_its_working_the_quota_and_the_checklist(drafts_app: Flask) -> None:
    lines = lines_of(drafted(PaperKind.SELECTED_NOTICE, DEPARTMENT))

    assert "Số: ....../TB-SNV" in lines
    assert not any(text.startswith("Kính gửi") for text in lines)
    assert lines[lines.index("Nơi nhận:") :][1:3] == ["- Sở Tư pháp tỉnh Kiên Giang;", "- Lưu: VT."]
    assert "Tập thể và không quá 02 cá nhân tiêu biểu xuất sắc (mục III.4.b Kế hoạch); đề nghị ít hơn thì ghi lý do." in lines
    assert "- Hạn nộp: chậm nhất 24 giờ 00 ngày 07 tháng 02 năm 2022." in lines
    assert "+ Ngày thứ 15: Thứ Bảy 29/01/2022." in lines
    skipped = [text for text in lines if "không phải ngày làm việc" in text]
    assert skipped == ["+ Từ 29/01/2022 đến 06/02/2022 không phải ngày làm việc: thứ Bảy, Chủ nhật, Nghỉ Tết Nguyên đán."]
    papers = ["- Tờ trình đề nghị khen thưởng;", "- Báo cáo thành tích (mỗi tập thể, cá nhân một báo cáo)."]
    assert [text for text in papers if text not in lines] == []


def test_a_commune_is_told_by_the_district_that_chose_it(drafts_app: Flask) -> None:
    lines = lines_of(drafted(PaperKind.SELECTED_NOTICE, COMMUNE))

    assert lines[:2] == ["ỦY BAN NHÂN DÂN", "HUYỆN GIỒNG RIỀNG"]
    assert "- Ủy ban nhân dân thị trấn Giồng Riềng, huyện Giồng Riềng;" in lines
    assert any(text.endswith("do Ủy ban nhân dân huyện Giồng Riềng trình;") for text in lines)
    assert any("không quá 01 cá nhân" in text for text in lines)


def test_an_office_is_told_together_with_the_body_that_submits_for_it(drafts_app: Flask) -> None:
    lines = lines_of(drafted(PaperKind.SELECTED_NOTICE, OFFICE))

    start = lines.index("Nơi nhận:")
    assert lines[start + 1 : start + 3] == ["- Phòng Nội vụ huyện Giồng Riềng;", "- Ủy ban nhân dân huyện Giồng Riềng;"]


# The council's papers


def test_the_agenda_names_every_nominee_under_its_dossier(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.COUNCIL_AGENDA)

    assert "1. Thời gian: ...... giờ ......, ngày 05 tháng 02 năm 2022." in lines_of(paper)
    assert [row[:2] for row in cells_of(paper.tables[1])[1:]] == [
        ["Hồ sơ 1 (2021-STC): Sở Tài chính tỉnh Kiên Giang"] * 2,
        ["1", "Sở Tài chính tỉnh Kiên Giang"],
        ["2", "Lê Văn Tài"],
        ["3", "Lý Thị Chính"],
        [f"Hồ sơ 2 (2021-30907): {official(RECOGNISED)}"] * 2,
        ["1", official(RECOGNISED)],
    ]
    assert [p.text for p in paper.tables[-1].cell(0, 1).paragraphs][:2] == ["TM. HỘI ĐỒNG", "CHỦ TỊCH"]


def official(code: str) -> str:
    """A commune as papers name it."""
    unit = dossier(code).campaign_unit
    assert unit.compiled_by is not None
    return f"{unit.official_name}, huyện {unit.compiled_by.name.removeprefix('Huyện ')}"


def test_the_councils_minutes_carry_the_votes_and_the_number_that_is_on_record(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.COUNCIL_MINUTES)

    lines = lines_of(paper)
    assert "Số: 12/BB-HĐ" in lines
    assert "- Tổng số thành viên Hội đồng: 09; có mặt: 09; vắng mặt: 0;" in lines
    assert cells_of(paper.tables[1])[2:5] == [
        ["1", "Sở Tài chính tỉnh Kiên Giang", "8", "1", "0", "Đề nghị"],
        ["2", "Lê Văn Tài, Chuyên viên, Sở Tài chính", "8", "1", "0", "Đề nghị"],
        ["3", "Lý Thị Chính, Chuyên viên, Sở Tài chính", "2", "7", "0", "Không đề nghị"],
    ]
    assert any(text.endswith("cho 02 tập thể và 01 cá nhân;") for text in lines)
    assert "- Không đề nghị: Lý Thị Chính." in lines


def test_minutes_drafted_before_the_session_have_room_for_number_and_votes(drafts_app: Flask) -> None:
    found = actors.usual_step(dossier(DEPARTMENT), Step.SUBMIT)
    with transaction():
        waits = council.call(
            actors.campaign_2021(),
            held_on=date(2022, 2, 22),
            place="Phòng họp 2",
            members_total=9,
            quorum=6,
            dossiers=[found],
            actor=actors.secretary(),
            at=WHEN,
        )

    paper = opened(draft(PaperKind.COUNCIL_MINUTES, waits, at=WHEN).content)

    assert "Số: ....../BB-HĐTĐKT" in lines_of(paper)
    assert cells_of(paper.tables[1])[2][2:] == ["", "", "", ""]
    assert any("có mặt: ......" in text for text in lines_of(paper))


# To the Chairman (III.3, IV)


def test_the_letter_to_the_chairman_lists_whom_the_council_recommends_by_kind_each_numbered_from_one(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.CHAIRMAN_LETTER, RECOGNISED, REVIEWED)

    lines = lines_of(paper)
    assert "Kính gửi: Chủ tịch Ủy ban nhân dân tỉnh Kiên Giang" in lines
    assert any("Biên bản số 12/BB-HĐ ngày 05 tháng 02 năm 2022" in text and "02 tập thể và 01 cá nhân" in text for text in lines)
    collectives, individuals = cells_of(paper.tables[2]), cells_of(paper.tables[3])
    assert [row[:2] for row in collectives] == [
        ["STT", "Tên tập thể"],
        ["Các sở, ban, ngành tỉnh (01)"] * 2,
        ["1", "Sở Tài chính tỉnh Kiên Giang"],
        ["Các xã (01)"] * 2,
        ["1", official(RECOGNISED)],
    ]
    assert individuals[1:] == [
        ["Các sở, ban, ngành tỉnh (01)"] * 5,
        ["1", "Lê Văn Tài", "Chuyên viên", "Sở Tài chính", "Hoàn thành tốt nhiệm vụ"],
    ]
    attached = "(Kèm theo Tờ trình số ....../TTr-SNV ngày ..... tháng ..... năm 2022 của Sở Nội vụ tỉnh Kiên Giang)"
    assert lines.count(attached) == 2


def test_the_decision_is_the_chairmans_own_and_names_the_awarded_without_their_ratings(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.AWARD_DECISION, REVIEWED, RECOGNISED)

    lines = lines_of(paper)
    assert [text for text in lines if text.startswith(("Số:", "CHỦ TỊCH"))] == [
        "Số: ....../QĐ-UBND",
        "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH KIÊN GIANG",
        "CHỦ TỊCH",
    ]
    assert "TM. ỦY BAN NHÂN DÂN" not in lines
    proposed = "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số ....../TTr-SNV ngày ..... tháng ..... năm 2022."
    assert proposed in lines
    assert [line(paper, f"Điều {number}.").runs[0].bold for number in (1, 2, 3)] == [True] * 3
    assert cells_of(paper.tables[3])[0] == ["STT", "Họ và tên", "Chức vụ", "Đơn vị công tác"]
    assert "Nơi nhận:" in lines
    assert "- Như Điều 3;" in lines


def test_a_deputy_signs_the_decision_for_the_chairman(drafts_app: Flask) -> None:
    paper = drafted(PaperKind.AWARD_DECISION, REVIEWED, capacity=Capacity.KT)

    assert [p.text for p in paper.tables[1].cell(0, 1).paragraphs][:2] == ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]


def test_a_list_with_nobody_but_collectives_has_one_annex(drafts_app: Flask) -> None:
    lines = lines_of(drafted(PaperKind.CHAIRMAN_LETTER, RECOGNISED))

    assert lines.count("Phụ lục") == 1
    assert "- Tập thể: 01 (danh sách tại Phụ lục kèm theo)." in lines


def test_what_waits_for_the_chairman_is_what_the_council_has_reviewed(drafts_app: Flask) -> None:
    campaign = actors.campaign_2021()

    assert {found.code for found in waiting(PaperKind.CHAIRMAN_LETTER, campaign)} == {"2021-STC", "2021-30907"}
    assert waiting(PaperKind.AWARD_DECISION, campaign) == []


# What holds for all of them


def every_draft() -> Iterator[tuple[PaperKind, Paper]]:
    """One paper of each kind."""
    for kind in PAPERS_OF_A_DOSSIER:
        yield kind, drafted(kind, DISTRICT)
    for kind in (PaperKind.COUNCIL_AGENDA, PaperKind.COUNCIL_MINUTES):
        yield kind, drafted(kind)
    for kind in (PaperKind.CHAIRMAN_LETTER, PaperKind.AWARD_DECISION):
        yield kind, drafted(kind, REVIEWED)


def test_every_paper_keeps_the_decrees_page_and_numbers_it_and_signs_on_no_page_alone(drafts_app: Flask) -> None:
    kinds = []
    for kind, paper in every_draft():
        kinds.append(kind)
        for section in paper.sections:
            assert [round(margin.mm) for margin in (section.left_margin, section.right_margin)] == [30, 16], kind
            assert [field.get(qn("w:instr")) for field in section.header._element.iter(qn("w:fldSimple"))] == ["PAGE"], kind
            assert section.different_first_page_header_footer, kind
        assert not any("None" in text or "  " in text for text in lines_of(paper)), kind
        signing = next(table for table in reversed(paper.tables) if table._tbl.tblPr.find(qn("w:tblBorders")) is None)
        before = signing._tbl.getprevious()
        assert before.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None, kind
        for table in paper.tables:
            if table._tbl.tblPr.find(qn("w:tblBorders")) is not None:
                assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None, kind

    assert kinds == [
        *PAPERS_OF_A_DOSSIER,
        PaperKind.COUNCIL_AGENDA,
        PaperKind.COUNCIL_MINUTES,
        PaperKind.CHAIRMAN_LETTER,
        PaperKind.AWARD_DECISION,
    ]
    assert set(kinds) == set(PaperKind)


def test_the_same_record_at_the_same_instant_gives_the_same_bytes_whenever_it_is_written(drafts_app: Flask) -> None:
    made = []
    for clock in ("2022-02-20 09:00", "2024-05-01 10:11"):
        with time_machine.travel(at(clock), tick=False):
            made.append(draft(PaperKind.PROPOSAL_LETTER, dossier(DISTRICT), at=WHEN).content)

    assert made[0] == made[1]


def test_a_long_name_and_forty_people_fit(drafts_app: Flask) -> None:
    name = "Ban Chỉ đạo " + "phát triển kinh tế biển và hải đảo " * 3 + "tỉnh"
    with transaction() as database:
        found = dossier(REVIEWED)
        found.campaign_unit.name = found.campaign_unit.official_name = found.submits.name = name
        for number in range(40):
            person = Nominee(kind=NomineeKind.INDIVIDUAL, full_name=f"Người thứ {number}", position="Phó Chánh Văn phòng", workplace=name)
            person.dossier_id, person.recommended = found.id, True
            database.add(person)
    db.session.expire_all()

    made = draft(PaperKind.PROPOSAL_LETTER, dossier(REVIEWED), at=WHEN)
    listed = cells_of(drafted(PaperKind.CHAIRMAN_LETTER, REVIEWED).tables[3])

    assert len(name) > 115
    assert len(made.file_name) <= 130
    table = opened(made.content).tables[2]
    assert len(table.rows) == 43
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [row[0] for row in listed[2:]] == [str(number) for number in range(1, 42)]


@pytest.mark.parametrize(
    ("kind", "codes", "reasons"),
    [
        (PaperKind.COUNCIL_AGENDA, [DISTRICT], ["paper_unfit"]),
        (PaperKind.SELECTED_NOTICE, [DISTRICT, DEPARTMENT], ["paper_unfit"]),
        (PaperKind.ACHIEVEMENT_COLLECTIVE, [DISTRICT, OFFICE], ["paper_unfit"]),
        (PaperKind.PROPOSAL_LETTER, [DISTRICT, DEPARTMENT], ["paper_of_several"]),
        (PaperKind.PROPOSAL_LETTER, ["STNMT"], ["paper_too_early"]),
        (PaperKind.ACHIEVEMENT_INDIVIDUAL, [DEPARTMENT], ["paper_for_nobody"]),
        (PaperKind.CHAIRMAN_LETTER, [DEPARTMENT, REVIEWED], ["paper_too_early"]),
        (PaperKind.CHAIRMAN_LETTER, [DEPARTMENT], ["paper_too_early", "paper_for_nobody"]),
        (PaperKind.AWARD_DECISION, [], ["paper_for_nobody"]),
    ],
)
def test_a_paper_that_does_not_fit_is_refused_with_every_reason(
    drafts_app: Flask, kind: PaperKind, codes: list[str], reasons: list[str]
) -> None:
    with refused(*reasons):
        draft(kind, [dossier(code) for code in codes], at=WHEN)


def test_a_session_and_a_nominee_have_papers_of_their_own_only(drafts_app: Flask) -> None:
    collective = dossier(DISTRICT).nominees[0]

    for kind in set(PaperKind) - {PaperKind.COUNCIL_AGENDA, PaperKind.COUNCIL_MINUTES}:
        with refused("paper_unfit"):
            draft(kind, session(), at=WHEN)
    for kind in set(PaperKind) - {kind for kind, wanted in REPORTS.items() if wanted is collective.kind}:
        with refused("paper_unfit"):
            draft(kind, collective, at=WHEN)


def test_the_papers_of_a_dossier_are_those_that_fit_it_as_it_stands(drafts_app: Flask) -> None:
    assert kinds_for(dossier(DISTRICT)) == PAPERS_OF_A_DOSSIER
    assert PaperKind.ACHIEVEMENT_INDIVIDUAL not in kinds_for(dossier(DEPARTMENT))
    assert kinds_for(dossier("STNMT")) == []


# Validity of the templates


@pytest.mark.parametrize(
    ("kind", "when", "codes"),
    [
        (PaperKind.ACHIEVEMENT_COLLECTIVE, "2023-12-31 23:59", []),
        (PaperKind.ACHIEVEMENT_COLLECTIVE, "2024-01-01 00:00", ["nd91"]),
        (PaperKind.PROPOSAL_LETTER, "2024-01-01 00:00", ["tdkt2003", "nd91"]),
        (PaperKind.MINUTES, "2025-07-01 08:00", ["nd91"]),
    ],
)
def test_a_paper_whose_basis_has_expired_is_made_with_a_warning_and_carries_none(
    drafts_app: Flask, kind: PaperKind, when: str, codes: list[str]
) -> None:
    made = draft(kind, dossier(DISTRICT), at=at(when))

    assert [(warning.code, warning.basis) for warning in made.warnings] == [("basis_replaced", code) for code in codes]
    assert not any("hết hiệu lực" in text for text in lines_of(opened(made.content)))


def test_a_basis_that_is_not_in_force_yet_and_a_plan_that_names_none_are_warned_of(drafts_app: Flask) -> None:
    campaign = actors.campaign_2021()
    with transaction():
        data = campaign.plan_data
        bases = [{**row, "valid_from": "2022-03-01"} if row["code"] == "nd91" else row for row in data["legal_bases"]]
        papers = [row for row in data["papers"] if row["code"] != "minutes"]
        campaign.plan_data, campaign.plan_digest = {**data, "legal_bases": bases, "papers": papers}, "changed"

    early = draft(PaperKind.ACHIEVEMENT_COLLECTIVE, dossier(DISTRICT), at=WHEN)
    unnamed = draft(PaperKind.MINUTES, dossier(DISTRICT), at=WHEN)

    assert [(w.code, w.params["day"]) for w in early.warnings] == [("basis_not_yet", "01/03/2022")]
    assert [w.code for w in unnamed.warnings] == ["paper_without_basis"]

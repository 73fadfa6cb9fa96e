"""The road on the pages: a district's dossier and its commune's, from registration to the Chairman's decision."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from demo.paper import pdf
from models.campaigns import Campaign
from models.db import db
from models.vocabulary import DossierState, Role
from tests.builders import dossier_of, open_2021, unit_of
from tests.web.conftest import Browser

PDF = pdf("Tờ trình", ["Nội dung hư cấu."])


def day(name: str, day_: int, month: int, year: int) -> dict[str, str]:
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


def state_of(campaign: Campaign, code: str) -> DossierState:
    db.session.rollback()
    return dossier_of(campaign, code).state


def test_a_commune_and_a_department_go_the_whole_road_on_pages(
    app: Flask, sign_in: Callable[..., Browser], at_time: Callable[[str], Any]
) -> None:
    campaign = open_2021()
    commune = unit_of(campaign, "30817")  # any commune of Hòn Đất
    district_code = commune.compiled_by.unit.code
    department = unit_of(campaign, "STP")
    ids = {"commune": commune.id, "department": department.id, "campaign": campaign.id}

    with at_time("2021-03-10 09:00"):
        for key, code in (("commune", "30817"), ("department", "STP")):
            clerk = sign_in(code)
            form = {
                "collectives": str(ids[key]),
                "people-0-full_name": "Nguyễn Văn An",
                "people-0-position": "Chuyên viên",
                "people-0-workplace": code,
                "follows_law": "y",
                "is_united": "y",
                "preparer": "Lê Thị Lập",
                "head": "Trần Văn Trưởng",
            }
            for part in ("collectives", "people", "signing", "send"):
                answer = clerk.post(
                    f"/registrations/{ids[key]}/{part}", form, page=f"/registrations/{ids[key]}/{part if part != 'send' else 'check'}"
                )
                assert answer.status_code == 302, answer.text[:3000]
            assert "Chờ duyệt" in clerk.get(f"/registrations/{ids[key]}")
        district, home = sign_in(district_code), sign_in("SNV", Role.HOME_AFFAIRS)
        assert home.post(f"/registrations/{ids['commune']}/accept", page="/registrations").status_code == 403
        assert district.post(f"/registrations/{ids['commune']}/accept", page="/registrations").status_code == 302
        assert home.post(f"/registrations/{ids['department']}/accept", page="/registrations").status_code == 302
    commune_dossier, department_dossier = dossier_of(campaign, "30817").id, dossier_of(campaign, "STP").id

    with at_time("2022-01-14 10:00"):
        home, district = sign_in("SNV", Role.HOME_AFFAIRS), sign_in(district_code)
        entries = {f"score-{ids['department']}": "91,25", f"rank-{ids['department']}": "1", f"group-{ids['department']}": "excellent"}
        assert home.post("/ranking/entries", entries).status_code == 302
        announcement = {"number": "100/QĐ-UBND", **day("date", 14, 1, 2022)}
        preview = home.post("/ranking/publish", announcement).text
        assert "24 giờ 00 ngày 07/02/2022" in preview
        assert home.post("/ranking/publish", announcement | {"confirm": "1"}).status_code == 302
        shut = home.get(f"/dossiers/{department_dossier}")
        assert "Kế hoạch nêu hai năm khác nhau" in shut
        years = {f"year_{code}": "2021" for code in campaign.plan.criteria}
        ruling = {"number": "5/SNV", **day("date", 14, 1, 2022), "text": "Xét theo năm 2021.", **years}
        assert home.post("/ranking/ruling", ruling).status_code == 302
        recognition = {"number": "9/QĐ-UBND", **day("date", 12, 1, 2022)}
        assert district.post(f"/dossiers/{commune_dossier}/result", recognition).status_code == 302
        page = home.get(f"/dossiers/{department_dossier}/steps/select")
        assert "Thư sẽ gửi: 1 người nhận" in page
        assert home.post(f"/dossiers/{department_dossier}/steps/select").status_code == 302
        assert home.post(f"/dossiers/{commune_dossier}/steps/select").status_code == 403
        assert district.post(f"/dossiers/{commune_dossier}/steps/select").status_code == 302

    with at_time("2022-01-20 10:00"):
        for dossier_id, code in ((commune_dossier, district_code), (department_dossier, "STP")):
            officer = sign_in(code)
            papers = re.findall(
                r'name="((?:proposal|minutes|achievement)[^"]*)" type="file"', officer.get(f"/dossiers/{dossier_id}/documents")
            )
            assert len(papers) == 3
            chosen = {paper: (io.BytesIO(PDF), "Tờ trình số 1.pdf") for paper in papers}
            assert officer.post(f"/dossiers/{dossier_id}/documents", chosen).status_code == 302
            answer = officer.post(f"/dossiers/{dossier_id}/steps/submit")
            assert answer.status_code == 409
            assert "cần ghi lý do ngắn" in answer.text
            assert officer.post(f"/dossiers/{dossier_id}/steps/submit", {"fewer_reason": "Chỉ tập thể"}).status_code == 302
            assert "Lý do đề nghị ít hơn" in officer.get(f"/dossiers/{dossier_id}")

    with at_time("2022-02-10 10:00"):
        secretary = sign_in("VPUB", Role.COUNCIL_SECRETARY)
        session = {**day("held_on", 10, 2, 2022), "place": "Phòng họp A", "members_total": "9", "quorum": "6"}
        answer = secretary.post("/council/new", session | {"dossiers": [str(commune_dossier), str(department_dossier)]})
        assert answer.status_code == 302, answer.text[:2000]
        sheet = answer.location
        boxes = re.findall(r'name="((?:for|against|absent)_\d+)"', secretary.get(sheet))
        votes = {box: "9" if box.startswith("for") else "0" for box in boxes}
        minutes = {"members_present": "9", "minutes_number": "1/BB", **day("minutes_date", 10, 2, 2022)}
        assert secretary.post(sheet, votes | minutes).status_code == 302
        for dossier_id in (commune_dossier, department_dossier):
            assert secretary.post(f"/dossiers/{dossier_id}/steps/review").status_code == 302
        home = sign_in("SNV", Role.HOME_AFFAIRS)
        for dossier_id in (commune_dossier, department_dossier):
            letter = {"number": "30/TTr-SNV", **day("date", 10, 2, 2022)}
            assert home.post(f"/dossiers/{dossier_id}/steps/forward", letter).status_code == 302
    assert state_of(campaign, "30817") is DossierState.FORWARDED
    assert state_of(campaign, "STP") is DossierState.FORWARDED

    with at_time("2022-02-20 10:00"):
        home, auditor = sign_in("SNV", Role.HOME_AFFAIRS), sign_in("VPUB", Role.AUDITOR)
        page = home.get(f"/dossiers/{department_dossier}/steps/award")
        nominee = re.search(r'name="awarded" type="checkbox" value="(\d+)"', page)
        assert nominee
        decision = {"number": "500/QĐ-UBND", **day("date", 19, 2, 2022), "awarded": nominee[1]}
        assert home.post(f"/dossiers/{department_dossier}/steps/award", decision).status_code == 302
        assert state_of(campaign, "STP") is DossierState.AWARDED
        for url in (
            "/",
            "/dossiers",
            "/registrations",
            "/ranking",
            "/council",
            "/calendar",
            "/letters",
            "/journal",
            "/journal/1",
            "/ranking/ruling",
        ):
            auditor.get(url)
        way = re.findall(r'app-steps__label">([^<]*)<', auditor.get(f"/dossiers/{department_dossier}"))
        assert way[-2:] == ["Đã trình Chủ tịch UBND tỉnh", "Được tặng bằng khen"]
        auditor.get("/dossiers/999999", status=404)

"""The council by name: members, invitations, agenda, typing the votes live, abstentions, postponements, deciding the whole session."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from audit.actions import Action
from models.council import CouncilMember, Vote
from models.db import db
from models.outbox import Notice, OutboxMail
from models.vocabulary import DossierState, LetterName
from notifications.outbox import files_of, letter_of
from tests.builders import at
from tests.web.council_season import (
    MINUTES,
    attending,
    boxes,
    call_session,
    dossier_row,
    record_session,
    seat_council,
    session_row,
    session_with,
    text_of,
    votes,
)
from tests.web.fixtures import Site, day, either_site, hidden, site

__all__ = ["either_site", "site"]

MEMBER = {
    "full_name": "Võ Thị Mới",
    "position": "Phó Giám đốc",
    "body": "Mặt trận Tổ quốc tỉnh",
    "duty": "member",
    "email": "moi@kg.example",
}


def test_the_secretary_keeps_the_list_of_members_and_each_change_is_on_record(site: Site) -> None:
    clerk = site.visitor("secretary")

    added = clerk.post("/council/members/new", MEMBER)
    with site.rows():
        number = db.session.scalars(select(CouncilMember.id).order_by(CouncilMember.id.desc())).first()
    mended = clerk.post(f"/council/members/{number}", MEMBER | {"position": "Chủ tịch"})
    listed = clerk.get("/council/members")
    asked = clerk.get(f"/council/members/{number}/leave")
    kept = clerk.get("/council/members")
    left = clerk.post(f"/council/members/{number}/leave")

    assert (added.status_code, mended.status_code, left.status_code) == (302, 302, 302)
    assert "Chủ tịch, Mặt trận Tổ quốc tỉnh" in listed
    assert "Võ Thị Mới thôi tham gia Hội đồng" in asked
    assert "Võ Thị Mới" in kept
    assert "Võ Thị Mới" not in clerk.get("/council/members").replace("Võ Thị Mới thôi tham gia", "")
    assert (site.last_entry().action, '"left": true' in (site.last_entry().detail or "").replace('":', '": ')) == (
        Action.COUNCIL_MEMBER,
        True,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"body": ""}, "Hãy chọn cơ quan trong danh mục hoặc ghi tên cơ quan khác"),
        ({"email": "không phải thư"}, "Địa chỉ thư không đúng"),
        ({"email": "a@b.vn, c@d.vn"}, "Địa chỉ thư không đúng"),
        ({"duty": "boss"}, "Hãy chọn một mục trong danh sách"),
        ({"full_name": " "}, "Hãy điền mục này"),
    ],
)
def test_a_member_without_name_body_duty_or_with_no_address_is_named_and_kept(site: Site, change: dict[str, str], words: str) -> None:
    page = site.visitor("secretary").refused("/council/members/new", MEMBER | change, status=422)

    assert words in page
    assert "Phó Giám đốc" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duty": "chair"}, "Hội đồng đã có Chủ tịch: Nguyễn Văn Chủ"),
        ({"full_name": "danh văn đoàn"}, "đã có trong danh sách"),
    ],
)
def test_a_second_chair_and_a_member_twice_are_refused(site: Site, change: dict[str, str], words: str) -> None:
    with site.rows():
        seat_council()

    page = site.visitor("secretary").refused("/council/members/new", MEMBER | change, status=409)

    assert words in page


def test_calling_a_session_invites_its_members_by_letter_and_twice_is_once(site: Site) -> None:
    with site.rows():
        seat_council()
    clerk = site.visitor("secretary")
    page = clerk.get("/council/new")
    form = hidden(page) | {
        **day("held_on", 20, 2, 2022),
        "starts_at": "8h30",
        "place": "Phòng họp 3",
        "quorum": "3",
        "dossiers": str(site.dossier("STC")),
    }

    first, second = clerk.post("/council/new", form), clerk.post("/council/new", form)

    with site.rows():
        notices = list(db.session.scalars(select(Notice).where(Notice.letter == LetterName.COUNCIL_AGENDA)))
        addresses = {mail.recipient for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.notice_id == notices[0].id))}
    assert first.location == second.location
    assert len(notices) == 1
    assert addresses == {f"thanh.vien{number}@kiengiang.example" for number in (0, 1, 2, 3, 5)}
    assert notices[0].facts["dossiers"] == ["Sở Tài chính (đề nghị 1)"]
    assert notices[0].facts["held_on"] == "08 giờ 30 ngày 20/02/2022"


def test_all_or_none_are_ticked_without_a_script_and_what_was_typed_stays(site: Site) -> None:
    clerk = site.visitor("secretary")
    form = {**day("held_on", 20, 2, 2022), "place": "Phòng họp 3", "quorum": "3"}

    with site.unchanged():
        everything = clerk.post("/council/new", form | {"tick": "all"}).text
        nothing = clerk.post("/council/new", form | {"tick": "none", "dossiers": str(site.dossier("STC"))}).text

    ticked = [len(re.findall(r'name="dossiers" type="checkbox" value="\d+" checked', page)) for page in (everything, nothing)]
    assert ticked == [2, 0]
    assert "Phòng họp 3" in everything
    assert "Phòng họp 3" in nothing


def test_the_agenda_changes_before_the_session_and_the_members_are_told(either_site: Site) -> None:
    site = either_site
    session_id = session_with(site)
    clerk = site.visitor("secretary")
    opened = hidden(clerk.get(f"/council/{session_id}/edit"))
    form = {**day("held_on", 15, 2, 2022), "place": "Phòng họp 2", "quorum": "3", "dossiers": str(site.dossier("30907"))}

    done = clerk.post(f"/council/{session_id}/edit", opened | form)
    stale = clerk.refused(f"/council/{session_id}/edit", opened | form | {"place": "Phòng khác"}, status=409)

    with site.rows():
        codes = [item.dossier.campaign_unit.unit.code for item in session_row(session_id).agenda]
        told = db.session.scalars(select(Notice).where(Notice.letter == LetterName.COUNCIL_AGENDA).order_by(Notice.id.desc())).first()
    assert done.status_code == 302
    assert codes == ["30907"]
    assert told is not None
    assert "thay cho thư mời" in told.facts["changed"]
    assert "Người khác vừa sửa phiên họp này" in stale
    assert "Phòng khác" in stale


def event_of(notice: Notice) -> tuple[Any, str]:
    """The event that goes with a letter, and the method of its calendar."""
    (file,) = files_of(notice)
    calendar = Calendar.from_ical(file.content)
    (event,) = calendar.walk("VEVENT")
    return event, str(calendar["METHOD"])


def test_the_invitations_calendar_entry_is_moved_with_the_session_and_taken_back_when_it_is_called_off(either_site: Site) -> None:
    site = either_site
    session_id = session_with(site)
    clerk = site.visitor("secretary")
    form = hidden(clerk.get(f"/council/{session_id}/edit"))
    form |= {
        **day("held_on", 16, 2, 2022),
        "starts_at": "08:00",
        "place": "Phòng họp 9",
        "quorum": "3",
        "dossiers": str(site.dossier("STC")),
    }
    clerk.post(f"/council/{session_id}/edit", form)
    unexplained = clerk.refused(f"/council/{session_id}/call-off", {"version": "2", "reason": " "}, status=422)
    done = clerk.post(f"/council/{session_id}/call-off", {"version": "2", "reason": "Chủ tịch Hội đồng đi công tác."})
    again = clerk.refused(f"/council/{session_id}/call-off", {"version": "3", "reason": "Nữa."}, status=409)

    with site.rows():
        query = select(Notice).where(Notice.letter == LetterName.COUNCIL_AGENDA).order_by(Notice.id)
        (called, _), (moved, method), (gone, taken_back) = (event_of(notice) for notice in db.session.scalars(query))
        words = letter_of(list(db.session.scalars(query))[-1])
    assert (called.start.date(), moved.start, method) == (date(2022, 2, 15), at("2022-02-16 08:00"), "PUBLISH")
    assert (moved["LOCATION"], moved["UID"]) == ("Phòng họp 9", called["UID"])
    assert called["SEQUENCE"] < moved["SEQUENCE"] < gone["SEQUENCE"]
    assert (gone["STATUS"], taken_back, gone["UID"]) == ("CANCELLED", "CANCEL", called["UID"])
    assert words.subject == "Thôi mời họp Hội đồng Thi đua, khen thưởng ngày 16/02/2022"
    assert "Lý do: Chủ tịch Hội đồng đi công tác." in words.text
    assert "Hãy điền mục này" in unexplained
    assert "Phiên họp ngày 16/02/2022 đã huỷ" in again
    assert done.status_code == 302
    assert "2021-STC" in clerk.get("/council/new")


def test_who_left_the_council_is_told_when_the_session_is_saved_anew(site: Site) -> None:
    session_id = session_with(site)
    clerk = site.visitor("secretary")
    with site.rows():
        gone = db.session.scalars(select(CouncilMember).where(CouncilMember.full_name == "Phạm Thị Pháp")).one()
        number, mailbox = gone.id, gone.email
    asked = clerk.get(f"/council/members/{number}/leave")
    clerk.post(f"/council/members/{number}/leave")
    form = hidden(clerk.get(f"/council/{session_id}/edit"))
    clerk.post(
        f"/council/{session_id}/edit",
        form | {**day("held_on", 15, 2, 2022), "place": "Phòng họp 2", "quorum": "3", "dossiers": str(site.dossier("STC"))},
    )

    with site.rows():
        latest = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert latest is not None
        told = list(db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.notice_id == latest.id)))
        assert (told, event_of(latest)[1]) == ([mailbox], "CANCEL")
    assert "Phiên họp 15/02/2022" in asked


@pytest.mark.parametrize("typed", ["25:00", "sáng", "8:75"])
def test_an_hour_that_is_none_is_named_and_kept(site: Site, typed: str) -> None:
    form = {**day("held_on", 20, 2, 2022), "starts_at": typed, "place": "P", "quorum": "3", "dossiers": str(site.dossier("STC"))}

    page = site.visitor("secretary").refused("/council/new", form, status=422)

    assert "không phải giờ trong ngày" in page
    assert f'value="{typed}"' in page


def test_a_recorded_session_keeps_its_agenda(site: Site) -> None:
    session_id = session_with(site)
    clerk = record_session(site, session_id, {"attending": attending(site)} | votes(site, STC=(4, 0, 0), c30907=(5, 0, 0)))
    version = hidden(clerk.get(f"/council/{session_id}"))["version"]
    form = {
        **day("held_on", 15, 2, 2022),
        "place": "Phòng họp 2",
        "quorum": "3",
        "dossiers": str(site.dossier("30907")),
        "version": version,
    }

    page = clerk.refused(f"/council/{session_id}/edit", form, status=409)

    assert "Phiên họp đã ghi kết quả (biên bản số 14/BB-HĐ)" in page


def test_members_of_the_dossiers_own_body_are_shown_as_abstaining_everywhere(site: Site) -> None:
    session_id = session_with(site)
    clerk = site.visitor("secretary")

    form, pack = text_of(clerk.get(f"/council/{session_id}")), text_of(clerk.get(f"/council/{session_id}/pack"))

    said = "Không tham gia biểu quyết (đơn vị mình hoặc liên quan): Lê Văn Tài, Hồ Thị Ghi."
    assert said in " ".join(form.split())
    assert said in " ".join(pack.split())
    assert "Được biểu quyết: 4 người" in form
    assert "Được biểu quyết: 5 người" in form


def test_votes_must_add_up_to_who_may_vote_and_the_wrong_cell_is_marked(site: Site) -> None:
    session_id = session_with(site)
    clerk = site.visitor("secretary")
    opened = hidden(clerk.get(f"/council/{session_id}"))
    wrong = votes(site, STC=(5, 0, 0), c30907=(3, 1, 0)) | {"attending": attending(site)}

    page = clerk.refused(f"/council/{session_id}", opened | MINUTES | wrong, status=422)

    crowded, short = boxes(site, "STC")[0], boxes(site, "30907")[0]
    assert f'id="for_{crowded}-error"' in page
    assert f'id="absent_{short}-error"' in page
    assert "Số phiếu vượt số thành viên có mặt được biểu quyết hồ sơ này (4)" in page
    assert "cộng lại là 4, phải bằng 5 thành viên được biểu quyết" in page
    assert f'name="for_{crowded}" inputmode="numeric" autocomplete="off" value="5"' in page


def test_the_council_recommends_by_more_than_half_of_the_voters_present(site: Site) -> None:
    session_id = session_with(site)
    gone = "Phạm Thị Pháp"

    record_session(site, session_id, {"attending": attending(site, gone)} | votes(site, STC=(2, 1, 1), c30907=(2, 2, 1)))

    with site.rows():
        found = {
            vote.item.dossier.campaign_unit.unit.code: vote
            for vote in db.session.scalars(select(Vote).where(Vote.item.has(session_id=session_id)))
        }
        assert (found["STC"].recommended, found["STC"].votes_abstaining) == (True, 1)
        assert (found["30907"].recommended, found["30907"].votes_abstaining) == (False, 0)
        assert session_row(session_id).members_present == 4


def test_what_is_typed_live_is_kept_as_a_draft_and_decides_nothing(either_site: Site) -> None:
    site = either_site
    session_id = session_with(site)
    clerk = site.visitor("secretary")
    opened = hidden(clerk.get(f"/council/{session_id}"))
    number = boxes(site, "STC")[0]
    typed = {f"for_{number}": "3", f"against_{number}": "x", f"absent_{number}": "", "minutes_number": "14/B", "save": "draft"}

    answer = clerk.post(f"/council/{session_id}", opened | typed | {"attending": attending(site, "Phạm Thị Pháp")})
    page = clerk.get(f"/council/{session_id}")

    other = boxes(site, "30907")[0]
    assert answer.status_code == 302
    assert "Đang hiển thị số liệu lưu tạm" in page
    for name, value in ((f"for_{number}", "3"), (f"against_{number}", "x"), ("minutes_number", "14/B"), (f"absent_{other}", "1")):
        assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', page), name
    with site.rows():
        assert not session_row(session_id).recorded
        assert dossier_row("STC").state is DossierState.SUBMITTED
    assert site.last_entry().action == Action.COUNCIL_DRAFT


def test_the_same_result_sent_twice_is_recorded_once(site: Site) -> None:
    session_id = session_with(site)
    clerk = site.visitor("secretary")
    form = (
        hidden(clerk.get(f"/council/{session_id}"))
        | MINUTES
        | {"attending": attending(site)}
        | votes(site, STC=(4, 0, 0), c30907=(5, 0, 0))
    )

    first, count = clerk.post(f"/council/{session_id}", form), site.entries()
    second = clerk.post(f"/council/{session_id}", form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert site.entries() == count


def test_a_whole_session_is_decided_at_once_reviewed_declined_and_postponed(either_site: Site) -> None:
    site = either_site
    session_id = session_with(site)
    postponed = {f"postponed_{site.dossier('30907')}": "Chờ xác minh đơn thư"}
    clerk = record_session(site, session_id, {"attending": attending(site)} | votes(site, STC=(1, 3, 0)) | postponed)
    page = clerk.get(f"/council/{session_id}/decide")
    stc = site.dossier("STC")
    form = hidden(page) | {"dossier": str(stc)}

    missing = clerk.refused(f"/council/{session_id}/decide", form, status=422)
    done = clerk.post(f"/council/{session_id}/decide", form | {f"reason-{stc}": "Chưa đủ thành tích."})
    again = clerk.post(f"/council/{session_id}/decide", form | {f"reason-{stc}": "Chưa đủ thành tích."})

    assert "Hoãn: Chờ xác minh đơn thư" in page
    assert "Hãy ghi lý do không đề nghị" in missing
    assert "Đã làm: 1 hồ sơ. Chưa làm: 0 hồ sơ." in text_of(done.text)
    assert "Đã làm: 1 hồ sơ. Chưa làm: 0 hồ sơ." in text_of(again.text)
    assert (site.state("STC"), site.state("30907")) == (DossierState.NOT_RECOMMENDED, DossierState.SUBMITTED)


def test_a_postponed_dossier_is_reviewed_by_the_next_session(site: Site) -> None:
    first = session_with(site, ("STC",))
    record_session(site, first, {"attending": attending(site), f"postponed_{site.dossier('STC')}": "Chờ xác minh"})
    with site.rows():
        second = call_session(("STC",), held_on=session_row(first).held_on.replace(day=16))
    clerk = record_session(site, second, {"attending": attending(site)} | votes(site, STC=(4, 0, 0)))
    form = hidden(clerk.get(f"/council/{second}/decide")) | {"dossier": str(site.dossier("STC"))}

    answer = clerk.post(f"/council/{second}/decide", form)

    assert answer.status_code == 200
    assert site.state("STC") is DossierState.REVIEWED
    assert "Hoãn: Chờ xác minh" in clerk.get(f"/council/{first}")


def test_a_dossier_that_changed_meanwhile_is_left_out_with_the_reason_and_the_others_go_on(site: Site) -> None:
    session_id = session_with(site)
    clerk = record_session(site, session_id, {"attending": attending(site)} | votes(site, STC=(4, 0, 0), c30907=(5, 0, 0)))
    form = hidden(clerk.get(f"/council/{session_id}/decide")) | {"dossier": [str(site.dossier("STC")), str(site.dossier("30907"))]}
    form[f"version-{site.dossier('STC')}"] = "1"

    answer = clerk.post(f"/council/{session_id}/decide", form)

    assert "Đã làm: 1 hồ sơ. Chưa làm: 1 hồ sơ." in text_of(answer.text)
    assert "Hồ sơ đã thay đổi sau khi bạn mở trang này" in answer.text
    assert (site.state("STC"), site.state("30907")) == (DossierState.SUBMITTED, DossierState.REVIEWED)


def test_votes_recorded_anew_after_the_confirm_page_was_opened_are_looked_at_again(site: Site) -> None:
    session_id = session_with(site, ("STC",))
    clerk = record_session(site, session_id, {"attending": attending(site)} | votes(site, STC=(4, 0, 0)))
    form = hidden(clerk.get(f"/council/{session_id}/decide")) | {"dossier": str(site.dossier("STC"))}
    record_session(site, session_id, {"attending": attending(site)} | votes(site, STC=(1, 3, 0)))

    page = clerk.refused(f"/council/{session_id}/decide", form, status=409)

    assert "Kết quả phiên họp vừa được sửa" in page


def test_the_pack_has_one_sheet_for_each_dossier_with_answers_people_papers_and_warnings(site: Site) -> None:
    session_id = session_with(site)

    page = site.visitor("auditor").get(f"/council/{session_id}/pack")

    words = " ".join(text_of(page).split())
    assert page.count('class="app-sheet"') == 2
    for said in (
        "Chương trình phiên họp Hội đồng ngày 15/02/2022",
        "Thuộc nhóm xuất sắc của Chỉ số CCHC",
        "Tờ trình đề nghị khen thưởng: có",
        "Đề nghị ít hơn số lượng",
    ):
        assert said in words

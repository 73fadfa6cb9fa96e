"""RP1 and RP2 as papers: to whom, by whom, the figures in words, the lists in annexes."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from reports.registrations import rollup_of_district, rollup_of_province
from reports.rollup_docx import district_docx, province_docx
from tests.actors import campaign_2021
from tests.documents.reading import Paper, cells_of, lines_of, opened
from tests.reports.season import CLOSED, DISTRICT, ODD, unit


def rp1() -> Paper:
    return opened(district_docx(rollup_of_district(unit(DISTRICT)), CLOSED))


def rp2() -> Paper:
    return opened(province_docx(rollup_of_province(campaign_2021()), CLOSED))


def test_rp1_goes_from_the_district_to_home_affairs_and_leaves_number_and_day_blank(season_sqlite_app: Flask) -> None:
    lines = lines_of(rp1())

    assert lines[:2] == ["ỦY BAN NHÂN DÂN", "HUYỆN GIỒNG RIỀNG"]
    assert lines[4:10] == [
        "Số: ....../BC-UBND",
        "Giồng Riềng, ngày ..... tháng ..... năm 2021",
        "BÁO CÁO",
        "Kết quả đăng ký thi đua chuyên đề về thực hiện nhiệm vụ cải cách hành chính năm 2021 của cấp xã trên địa bàn huyện Giồng Riềng",
        "Kính gửi: Sở Nội vụ tỉnh Kiên Giang",
        "(qua Phòng Cải cách hành chính và Tổ chức phi chính phủ)",
    ]
    assert "tính đến ngày 05 tháng 4 năm 2021 như sau:" in lines[10]
    assert lines[lines.index("TM. ỦY BAN NHÂN DÂN") : lines.index("Phụ lục")] == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Phạm Thị Trưởng"]


def test_rp1_says_in_words_who_is_in_who_is_late_and_who_is_missing(season_sqlite_app: Flask) -> None:
    lines = lines_of(rp1())

    start = lines.index("1. Kết quả chung")
    assert lines[start + 1 : start + 6] == [
        "- Số đơn vị cấp xã phải đăng ký: 19.",
        "- Đã đăng ký: 04 (21,1%), trong đó đúng hạn 03, trễ hạn 01.",
        "- Trong số đã đăng ký: đã duyệt 02, chờ duyệt 02.",
        "- Chưa đăng ký: 15.",
        "- Tập thể đăng ký: 04; cá nhân đăng ký: 04 (danh sách tại Phụ lục kèm theo).",
    ]
    assert "- Xã Thạnh Lộc, gửi ngày 02/04/2021, được phép theo văn bản số 21/SNV-CCHC ngày 01/04/2021." in lines
    assert "- Xã Thạnh Hòa: gửi ngày 12/03/2021, bị trả lại, chưa gửi lại (lý do: chưa ghi chức vụ);" in lines
    assert sum(text.endswith(("chưa gửi bản đăng ký;", "chưa gửi bản đăng ký.")) for text in lines) == 14


def test_rp1s_annex_lists_every_individual_with_position_and_workplace(season_sqlite_app: Flask) -> None:
    table = cells_of(rp1().tables[-1])

    assert table[0][3:6] == ["Cá nhân đăng ký (họ và tên)", "Chức vụ", "Đơn vị công tác"]
    assert table[1] == [
        "1",
        "Thị trấn Giồng Riềng",
        "Ủy ban nhân dân thị trấn Giồng Riềng",
        "Nguyễn Văn An",
        "Chuyên viên",
        "Thị trấn Giồng Riềng",
        "10/03/2021",
        "Đúng hạn",
        "Đã duyệt",
    ]
    assert table[2][:5] == ["1", "Thị trấn Giồng Riềng", "Ủy ban nhân dân thị trấn Giồng Riềng", "Trần Thị Bình", "Phó Trưởng phòng"]
    assert [ODD.full_name, ODD.position, ODD.workplace] in [row[3:6] for row in table]
    assert "Không đăng ký" in [row[3] for row in table]
    assert table[-1][1:4] == ["Tổng cộng", "4 tập thể", "4 cá nhân"]


def test_rp1_of_a_district_where_nobody_registered_has_no_annex(opened_sqlite_app: Flask) -> None:
    lines = lines_of(rp1())

    assert "- Đã đăng ký: 0 (0%)." in lines
    assert "- Chưa đăng ký: 19." in lines
    assert "Không có." in lines
    assert "Phụ lục" not in lines
    assert lines[-1] == "CHỦ TỊCH"


def test_rp2_goes_from_home_affairs_to_the_provinces_committee(season_sqlite_app: Flask) -> None:
    lines = lines_of(rp2())

    assert lines[:2] == ["UBND TỈNH KIÊN GIANG", "SỞ NỘI VỤ"]
    assert {"Số: ....../BC-SNV", "Kiên Giang, ngày ..... tháng ..... năm 2021", "Kính gửi: Ủy ban nhân dân tỉnh Kiên Giang"} <= set(lines)
    assert "- Đã đăng ký: 06 (3,3%), trong đó đúng hạn 05, trễ hạn 01." in lines
    assert "- Tập thể đăng ký: 08/199; cá nhân đăng ký: 08. Trong số tập thể có:" in lines
    assert "+ Các Phòng Nội vụ cấp huyện, đăng ký trong bản của cơ quan chủ quản: 01/15." in lines
    assert "- Danh sách đơn vị chưa đăng ký: 176 đơn vị (Phụ lục III)." in lines
    assert lines[lines.index("GIÁM ĐỐC") + 1] == "Phạm Thị Trưởng"
    assert "(Kèm theo Báo cáo số ....../BC-SNV ngày ..... tháng ..... năm 2021 của Sở Nội vụ tỉnh Kiên Giang)" in lines


def test_rp2_has_a_table_by_kind_one_by_district_and_three_lists(season_sqlite_app: Flask) -> None:
    kinds, districts, _signature, on_time, late, missing = (cells_of(table) for table in rp2().tables[1:])

    assert kinds[1] == ["1", "Sở, ban, ngành tỉnh", "22", "1", "4,5%", "1", "0", "21", "2", "2"]
    assert kinds[-1] == ["", "Tổng cộng", "182", "6", "3,3%", "5", "1", "176", "8", "8"]
    assert ["7", "Huyện Giồng Riềng", "Đúng hạn", "19", "4", "21,1%", "3", "1", "15", "4"] in districts
    assert districts[-1][:4] == ["", "Tổng cộng", "1/15", "145"]
    assert len({row[0] for row in on_time[1:-1]}) == 5
    assert [row[1] for row in late[1:-1]] == ["Xã Thạnh Lộc, huyện Giồng Riềng"]
    assert late[1][8] == "Chờ duyệt; được phép theo văn bản số 21/SNV-CCHC ngày 01/04/2021"
    assert len(missing) == 1 + 176


def test_rp2_of_a_campaign_without_districts_leaves_their_table_out(opened_sqlite_app: Flask) -> None:
    rollup = replace(rollup_of_province(campaign_2021()), districts=(), inner=())

    lines = lines_of(opened(province_docx(rollup, CLOSED)))

    assert "3. Danh sách" in lines
    assert not any("theo huyện" in text for text in lines)
    assert "- Danh sách đơn vị chưa đăng ký: 182 đơn vị (Phụ lục kèm theo)." in lines

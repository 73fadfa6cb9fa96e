"""Uploads are opened to decide what they are: the hostile corpus file by file, the confined process, and its limits."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile

import pytest

from config import ROOT
from documents import inspection
from documents.inspection import inspect
from documents.opening import examine
from documents.refusals import DOCX, JPEG, PDF, PNG, XLSX, PaperRefused, first_look, named
from tests.documents.hostile import files as f
from tests.documents.hostile.corpus import CASES, TAKEN, Case
from tests.documents.hostile.table import PLACE, table
from web.uploads import REFUSALS
from workflow.rules.likeness import nearly_the_same


def what_it_gets(case: Case) -> str:
    content = case.make()
    try:
        first_look(content, case.file_name)
        examine(content, case.file_name)
    except PaperRefused as refused:
        return refused.code
    return TAKEN


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_hostile_file_gets_what_the_table_says(case: Case) -> None:
    assert what_it_gets(case) == case.gets


def test_the_table_of_hostile_uploads_is_the_corpus() -> None:
    assert len({case.what for case in CASES}) == len(CASES) >= 60
    assert PLACE.read_text(encoding="utf-8") == table()


def test_every_refusal_of_an_upload_has_its_words_and_is_met_by_a_test() -> None:
    elsewhere = {"infected", "not_kept", "too_slow"}

    assert {case.gets for case in CASES} - {TAKEN} == set(REFUSALS) - elsewhere


@pytest.mark.parametrize(
    ("content", "name", "kept", "media_type"),
    [
        (f.PDF, "Biên bản", "Biên bản.pdf", PDF),
        (f.picture("PNG"), "Ảnh", "Ảnh.png", PNG),
        (f.picture("JPEG"), "Ảnh.JPEG", "Ảnh.JPEG", JPEG),
        (f.word(), "Báo cáo", "Báo cáo.docx", DOCX),
        (f.sheet(), "Bảng.xlsx", "Bảng.xlsx", XLSX),
    ],
)
def test_a_file_is_what_it_is_whatever_it_is_called(content: bytes, name: str, kept: str, media_type: str) -> None:
    found = inspect(content, name)

    assert (found.media_type, named(name, found.media_type)) == (media_type, kept)


@pytest.mark.parametrize("what", ["PDF bung ra 150 MB", "PNG khai 4 tỷ điểm ảnh", "bom nén: 60 MB số 0", "mục lục zip 40.000 dòng"])
def test_what_would_fill_the_memory_is_refused_by_the_confined_process_too(what: str) -> None:
    case = next(case for case in CASES if case.what == what)

    with pytest.raises(PaperRefused) as refused:
        inspect(case.make(), case.file_name)

    assert refused.value.code == case.gets


def test_a_file_that_outlasts_its_time_is_refused_and_its_process_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "WALL_SECONDS", 0.01)

    with pytest.raises(PaperRefused, match="too_slow"):
        inspect(f.PDF, "a.pdf")


def test_the_confined_process_has_no_settings_no_secrets_and_no_room_to_write() -> None:
    code = (
        "from documents.opening import confine, MEMORY; import os, sys, resource; confine();"
        "print(sorted(os.environ), resource.getrlimit(resource.RLIMIT_FSIZE)[0], resource.getrlimit(resource.RLIMIT_AS)[0] == MEMORY,"
        "'models' in sys.modules, 'flask' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], env=inspection._environment(), cwd=ROOT, capture_output=True, text=True, check=True)

    allowed = {"LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    names, rest = done.stdout.rsplit("]", 1)
    assert set(names.strip("[").replace("'", "").split(", ")) <= allowed < set(os.environ) | allowed
    assert rest.split() == ["0", "True", "False", "False"]


def report(name: str, *achievements: str) -> bytes:
    """A report as a Word file, long enough to be compared."""
    head = "Báo cáo thành tích đề nghị tặng bằng khen của Chủ tịch Ủy ban nhân dân tỉnh. Họ và tên: "
    body = " ".join(f"Trong năm qua đã {work} cho nhân dân trên địa bàn, được cấp trên ghi nhận." for work in achievements)
    return f.word(text=f"{head}{name}. {body}")


WORKS = tuple(f"rút ngắn thời gian giải quyết thủ tục số {n} xuống còn {n * 3} giờ" for n in range(20))
OTHER_WORKS = tuple(f"mở lớp tập huấn {n} và kiểm tra {n + 1} xã vùng sâu" for n in range(20))


def test_two_reports_that_differ_in_a_name_are_nearly_the_same_and_two_of_different_work_are_not() -> None:
    first = inspect(report("Nguyễn Văn An", *WORKS), "a.docx", compared=True).sketch
    copied = inspect(report("Trần Thị Bích", *WORKS), "b.docx", compared=True).sketch
    own = inspect(
        report("Lê Văn Cảnh", *(f"mở lớp tập huấn {n} và kiểm tra {n + 1} xã vùng sâu" for n in range(20))), "c.docx", compared=True
    )

    assert nearly_the_same(first, copied)
    assert not nearly_the_same(first, own.sketch)


def test_a_scanned_report_has_no_text_to_compare() -> None:
    scanned = inspect(f.picture("PNG", (100, 100)), "a.png", compared=True).sketch
    short = inspect(f.PDF, "a.pdf", compared=True).sketch

    assert (scanned, short) == ("", "")
    assert not nearly_the_same(scanned, short)


def test_a_report_whose_text_cannot_be_read_is_still_taken() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", f.types(f.WORD_MAIN))

    found = inspect(file.getvalue(), "a.docx", compared=True)

    assert (found.media_type, found.sketch) == (DOCX, "")

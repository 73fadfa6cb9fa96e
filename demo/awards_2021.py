"""The 2021 campaign from the published index to the Chairman's decision, between 13 January and 30 March 2022. Outcomes are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from demo import appraisal, council_2021, index
from demo.history import History, at
from demo.scene import SHARED, Scene
from demo.year_2021 import LATE, communes_of, recognised_by
from models.vocabulary import DocumentKind, DossierState, Step

EXCELLENT = (
    "STP", "STC", "SGDDT", "STTTT", "SNV", "903", "SKHDT", "899", "VPUB",
    "SYT", "906", "900", "SXD", "SKHCN", "TTR", "904", "905", "902",
)  # fmt: skip
GOOD = (
    "SCT", "SNNPTNT", "SDL", "SVHTT", "910", "SLDTBXH", "STNMT", "907", "908", "BDT", "911", "SGTVT",
)  # fmt: skip
FAIR = ("909", "913", "SNGV", "BQLKKT", "912", "BQLKKTPQ")
AVERAGE = ("914",)

INCOMPLETE = "905"
"""Châu Thành: its Phòng Nội vụ is rated below what III.1.a-3 asks for."""
MISTAKEN = "SKHCN"
"""Passed over by mistake, corrected by two officers, then selected."""
WITHDRAWING, LAPSING, EXTENDED, SENT_BACK = "SXD", "TTR", "SYT", "STTTT"
LOOKED_AT = ("STP", "STC", "903", "906")
"""Their answers come with evidence; home affairs goes through them one by one."""
UNASSIGNED = "906"
"""Giồng Riềng: no document assigns reform work to its second individual; home affairs lets the person stand, with a reason."""
OVER_QUOTA = "904"
"""Tân Hiệp recognises two communes and may select one."""

REPORT = (DocumentKind.ACHIEVEMENT_REPORT,)
DUE = date(2022, 2, 7)
OWED = [date(2022, 1, 28), *(date(2022, 2, day) for day in (2, 4, 6, 7, 8, 9, 11, 15, 22))]
"""Days that owe reminders: before the due date, before the extended one, and when a dossier is overdue."""
NOT_EXCELLENT = "Không thuộc nhóm xuất sắc Chỉ số cải cách hành chính năm 2021."
NOT_MOST_OUTSTANDING = (
    "Huyện, thành phố đã chọn đơn vị khác đạt thành tích xuất sắc nhất.",
    "Kết quả chấm điểm cải cách hành chính năm 2021 thấp hơn đơn vị được chọn.",
    "Còn hồ sơ giải quyết trễ hạn trong năm 2021.",
)


def play(history: History, scene: Scene) -> None:
    """Let the second half of the campaign happen."""
    groups = (EXCELLENT, GOOD, FAIR, AVERAGE)
    history.add(at("2022-01-13 15:10"), partial(index.record, scene, groups))
    history.add(at("2022-01-14 14:00"), partial(index.publish, scene, "115/QĐ-UBND"))
    history.add(at("2022-01-17 09:00"), partial(index.rule, scene, "05/SNV-CCHC"))
    _rate(history, scene)
    _recognise_and_select_communes(history, scene)
    _select_bodies(history, scene)
    history.add(at("2022-01-21 14:00"), partial(_pass_over_the_rest, history, scene))
    history.sweep_on(OWED)
    history.add(at("2022-01-21 17:00"), partial(_prepare_dossiers, history, scene))
    _special_courses(history, scene)
    council_2021.play(history, scene)


def _each(first: str, seconds: int, codes: list[str], add: Callable[[datetime, str], None]) -> None:
    instant = at(first)
    for code in codes:
        add(instant, code)
        instant += timedelta(seconds=seconds)


def _rate(history: History, scene: Scene) -> None:
    """III.1.a-3: every specialised unit has its rating of 2021."""
    units = [code for code in scene.ids if scene.unit(code).kind.startswith("specialised")]

    def add(instant: datetime, code: str) -> None:
        rating = "completed" if code == f"PNV-{INCOMPLETE}" else "excellent" if code in {"PNV-903", "VPUB-TTPVHCC"} else "good"
        history.add(instant, partial(index.rate, scene, code, rating, f"{20 + len(code)}/TB-ĐG", date(2022, 1, 10)))

    _each("2022-01-17 13:40", 50, units, add)


def _recognise_and_select_communes(history: History, scene: Scene) -> None:
    """III.1.a-2, III.4.a second dash: districts recognise their communes and select them within their quota."""
    chosen = recognised_by(scene)
    second = communes_of(scene)[OVER_QUOTA][3]
    _each(
        "2022-01-18 08:10",
        17 * 60,
        [code for codes in chosen.values() for code in codes] + [second],
        lambda instant, code: history.add(instant, partial(index.recognise, scene, code, f"{100 + scene.ids[code] % 97}/QĐ-UBND")),
    )
    for codes in chosen.values():
        _each(
            "2022-01-19 08:20",
            41 * 60,
            codes,
            lambda instant, code: history.add(
                instant + timedelta(minutes=scene.ids[code] % 37, seconds=11),
                partial(scene.step, code, Step.SELECT, scene.compiler(code)),
            ),
        )
    history.add(at("2022-01-19 15:45"), partial(scene.refused, second, Step.SELECT, scene.compiler(second)))


def _select_bodies(history: History, scene: Scene) -> None:
    """III.4.a: home affairs selects in the excellent group; its own bodies only with a second officer's consent."""
    bodies = [c for c in EXCELLENT if c not in {"SNV", MISTAKEN}] + ["VPUB-TTPVHCC", "PNV-903", "PNV-906", "PNV-899", "PNV-900", "PNV-904"]
    _each("2022-01-20 08:15", 50, bodies, lambda instant, code: history.add(instant, partial(scene.step, code, Step.SELECT, scene.home)))
    for minute, code in enumerate(("SNV", "SNV-CCHC")):
        own = at(f"2022-01-20 14:0{minute}")
        history.add(own, partial(scene.refused, code, Step.SELECT, scene.home))
        reason = "Đã kiểm tra kết quả công bố và bản đăng ký; đồng ý chọn."
        history.add(own + timedelta(minutes=20), partial(scene.consent, code, Step.SELECT, reason))
        history.add(own + timedelta(minutes=40), partial(scene.step, code, Step.SELECT, scene.home))
    history.add(at("2022-01-20 15:10"), partial(scene.refused, f"PNV-{INCOMPLETE}", Step.SELECT, scene.home))
    history.add(at("2022-01-20 15:30"), partial(scene.step, MISTAKEN, Step.PASS_OVER, scene.home, reason=NOT_EXCELLENT))
    history.add(at("2022-01-21 08:20"), partial(scene.consent, MISTAKEN, Step.CORRECT, "Đúng là đơn vị có tên trong nhóm xuất sắc."))
    mistake = "Ghi nhầm: đơn vị xếp trong nhóm xuất sắc theo Quyết định số 115/QĐ-UBND."
    history.add(at("2022-01-21 08:45"), partial(scene.step, MISTAKEN, Step.CORRECT, scene.home, reason=mistake))
    history.add(at("2022-01-21 08:50"), partial(scene.step, MISTAKEN, Step.SELECT, scene.home))


def _pass_over_the_rest(history: History, scene: Scene, _now: datetime) -> None:
    """III.4.a: whoever is not selected is told, with the reason."""
    bodies = [c for c in _waiting(scene) if scene.unit(c).compiled_by_id is None]
    reason = {f"PNV-{INCOMPLETE}": "Chưa được xếp loại Hoàn thành tốt nhiệm vụ năm 2021."}
    _each(
        "2022-01-21 14:10",
        45,
        bodies,
        lambda instant, code: history.add(
            instant, partial(scene.step, code, Step.PASS_OVER, scene.home, reason=reason.get(code, NOT_EXCELLENT))
        ),
    )
    communes = [c for c in _waiting(scene) if scene.unit(c).compiled_by_id is not None]
    for number, code in enumerate(communes):
        instant = at("2022-01-24 07:50") + timedelta(seconds=number * 25, minutes=number // 9 * 4)
        why = "Đăng ký trễ, chưa đủ thời gian theo dõi." if code == LATE else NOT_MOST_OUTSTANDING[number % len(NOT_MOST_OUTSTANDING)]
        history.add(instant, partial(scene.step, code, Step.PASS_OVER, scene.compiler(code), reason=why))


def _waiting(scene: Scene) -> list[str]:
    return sorted(scene.codes(DossierState.REGISTERED) + scene.codes(DossierState.RANKED))


def _prepare_dossiers(history: History, scene: Scene, _now: datetime) -> None:
    """III.4.b, III.4.c: the selected ones name their people, file the papers and submit."""
    selected = sorted(scene.codes(DossierState.SELECTED), key=lambda code: (scene.unit(code).submits_id != scene.ids[code], code))
    for number, code in enumerate(selected):
        if code in {WITHDRAWING, LAPSING}:
            continue
        early = number % 3 != 0
        day = (date(2022, 1, 25), date(2022, 1, 26), date(2022, 1, 27))[number % 3]
        filing = at(f"{day} 07:50") + timedelta(minutes=6 * number)
        quota = scene.unit(code).individual_quota
        fewer = code in {"902", "PNV-900"}
        people = quota - 1 if fewer else quota
        history.add(filing, partial(scene.put_forward, code, people, assigned=code != UNASSIGNED))
        history.add(filing + timedelta(minutes=30), partial(scene.file, code, SHARED if code == "STC" else (*SHARED, *REPORT)))
        if code == "STC":
            history.add(filing + timedelta(minutes=40), partial(scene.refused, code, Step.SUBMIT, scene.actors[code]))
            history.add(filing + timedelta(minutes=55), partial(scene.file, code, REPORT))
        if code in LOOKED_AT:
            history.add(filing + timedelta(minutes=65), partial(appraisal.answer, scene, code))
        if code in {EXTENDED, SENT_BACK, "899"}:
            continue
        on = filing + timedelta(hours=5) if early else at(f"{DUE} 08:05") + timedelta(minutes=9 * number)
        reason = "Chỉ có một cá nhân đủ điều kiện theo mục III.1.b." if fewer else ""
        history.add(on, partial(scene.step, code, Step.SUBMIT, scene.submitter(code), fewer_reason=reason))


def _special_courses(history: History, scene: Scene) -> None:
    """What does not run smoothly: a withdrawal, an extension, a return, a submission in the last minutes, a lapse."""
    officer = scene.actors
    commune = recognised_by(scene)["903"][0]
    history.add(at("2022-01-24 15:20"), partial(scene.refused, commune, Step.SUBMIT, officer[commune]))
    why = "Sở đang rà soát, xử lý các vụ việc có đơn phản ánh; xin rút để giữ tính khách quan."
    history.add(at("2022-01-26 09:40"), partial(scene.step, WITHDRAWING, Step.WITHDRAW, officer[WITHDRAWING], reason=why))
    busy = "Đơn vị tập trung phòng, chống dịch COVID-19 trước và sau Tết, có văn bản đề nghị."
    history.add(at("2022-01-27 16:05"), partial(scene.ask_extension, EXTENDED, date(2022, 2, 14), busy))
    history.add(at("2022-01-28 10:10"), partial(scene.extend, EXTENDED, "31/SNV-CCHC", date(2022, 2, 14), busy))
    history.add(at("2022-02-11 16:15"), partial(scene.step, EXTENDED, Step.SUBMIT, officer[EXTENDED]))
    history.add(at("2022-01-27 15:45"), partial(scene.step, SENT_BACK, Step.SUBMIT, officer[SENT_BACK]))
    lacking = "Biên bản họp Hội đồng chưa ghi kết quả bỏ phiếu; báo cáo của cá nhân thiếu xác nhận của Thủ trưởng."
    doubt = "Chưa có xác nhận của Thủ trưởng đơn vị."
    history.add(at("2022-02-08 09:10"), partial(appraisal.check, scene, SENT_BACK, doubt=doubt))
    history.add(
        at("2022-02-08 09:30"), partial(scene.step, SENT_BACK, Step.SEND_BACK, scene.home, reason=lacking, due_on=date(2022, 2, 15))
    )
    history.add(at("2022-02-10 10:00"), partial(scene.file, SENT_BACK, (DocumentKind.MINUTES, *REPORT)))
    history.add(at("2022-02-10 14:20"), partial(scene.step, SENT_BACK, Step.SUBMIT, officer[SENT_BACK]))
    for number, code in enumerate((*LOOKED_AT, SENT_BACK)):
        history.add(at("2022-02-14 08:30") + timedelta(minutes=14 * number), partial(appraisal.check, scene, code))
        received = f"Một bộ hồ sơ gốc, nhận tại bộ phận văn thư, số đến {210 + number}."
        history.add(at("2022-02-14 15:00") + timedelta(minutes=6 * number), partial(scene.note_original, code, received))
    history.add(at("2022-02-07 22:47"), partial(scene.step, "899", Step.SUBMIT, officer["899"]))
    history.add(at("2022-02-07 16:30"), partial(scene.refused, LAPSING, Step.LAPSE, scene.home, reason="Chưa nộp hồ sơ."))
    history.add(at("2022-02-08 08:40"), partial(scene.refused, LAPSING, Step.SUBMIT, officer[LAPSING]))
    silent = "Quá hạn, đã nhắc nhiều lần và báo quá hạn ba lần nhưng đơn vị không nộp hồ sơ."
    history.add(at("2022-02-22 10:00"), partial(scene.step, LAPSING, Step.LAPSE, scene.home, reason=silent))

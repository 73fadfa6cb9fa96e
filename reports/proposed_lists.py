"""The lists that go with the letter to the Chairman, as a workbook: collectives and individuals whom the council recommends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from documents.naming import full_name, subject_of
from documents.tables import Column
from models.dossiers import Dossier, Nominee
from models.vocabulary import NomineeKind
from notifications.recipients import home_affairs
from reports.rollup_tables import NUMBER, Table, Value
from reports.rollup_xlsx import Sheet, workbook

Columns = Callable[[Dossier, Nominee], tuple[Value, ...]]

COLLECTIVES = (
    NUMBER,
    Column("Tập thể", 85),
    Column("Cơ quan trình", 70),
    Column("Mã hồ sơ", 35, centred=True),
    Column("Phiếu tán thành", 30, centred=True),
)
INDIVIDUALS = (
    NUMBER,
    Column("Họ và tên", 50),
    Column("Chức vụ", 45),
    Column("Nơi công tác", 55),
    Column("Tập thể", 55),
    Column("Phiếu tán thành", 30, centred=True),
)


def proposed_lists_xlsx(dossiers: Sequence[Dossier], votes: dict[int, str], at: datetime) -> bytes:
    """IV: the two lists, collectives first; `votes` says each nominee's count as the minutes have it."""
    plan = dossiers[0].campaign.plan
    put_forward = [(dossier, nominee) for dossier in dossiers for nominee in dossier.nominees if nominee.recommended]
    collectives = [pair for pair in put_forward if pair[1].kind is NomineeKind.COLLECTIVE]
    individuals = [pair for pair in put_forward if pair[1].kind is NomineeKind.INDIVIDUAL]
    title = f"đề nghị tặng Bằng khen của {plan.chairman_title} {subject_of(plan)}"
    sheets = [
        Sheet("Tập thể", f"Danh sách tập thể {title}", Table(COLLECTIVES, tuple(_rows(collectives, votes, _collective)))),
        Sheet("Cá nhân", f"Danh sách cá nhân {title}", Table(INDIVIDUALS, tuple(_rows(individuals, votes, _individual)))),
    ]
    return workbook(home_affairs(dossiers[0].campaign), sheets, at)


def _rows(pairs: Iterable[tuple[Dossier, Nominee]], votes: dict[int, str], columns: Columns) -> Iterator[tuple[Value, ...]]:
    for number, (dossier, nominee) in enumerate(pairs, start=1):
        yield (number, *columns(dossier, nominee), votes.get(nominee.id, ""))


def _collective(dossier: Dossier, _nominee: Nominee) -> tuple[Value, ...]:
    unit = dossier.campaign_unit
    return (full_name(unit), (unit.submits or unit).official_name, dossier.code)


def _individual(dossier: Dossier, nominee: Nominee) -> tuple[Value, ...]:
    return (nominee.full_name, nominee.position, nominee.workplace, full_name(dossier.campaign_unit))

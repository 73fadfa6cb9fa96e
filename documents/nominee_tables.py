"""The lists of collectives and individuals that papers carry, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from documents.naming import counted, full_name, lower_first
from documents.on_record import OnRecord
from documents.sheets import LANDSCAPE_WIDTH, WIDTH
from documents.tables import Column, Row, add_table
from models.dossiers import Nominee
from models.vocabulary import NomineeKind

if TYPE_CHECKING:
    from docx.document import Document as Paper

ORDINAL = Column("STT", 12, centred=True)
VOTES = ("Tán thành", "Không tán thành", "Vắng mặt")
VOTE_WIDTH = 18


def name_of(nominee: Nominee) -> str:
    """A nominee as a list names it: a collective by its official name, with its district where names repeat."""
    return full_name(nominee.dossier.campaign_unit) if nominee.kind is NomineeKind.COLLECTIVE else nominee.full_name


def post_of(nominee: Nominee) -> str:
    """A person's position and workplace."""
    return ", ".join(part for part in (nominee.position, lower_first_of_kind(nominee.workplace)) if part)


def lower_first_of_kind(workplace: str) -> str:
    """A workplace inside a sentence: the word for its kind begins small only where it is a place ("xã", "huyện")."""
    return lower_first(workplace) if workplace.startswith(("Xã ", "Phường ", "Thị trấn ", "Huyện ", "Thành phố ")) else workplace


def collectives_table(paper: Paper, nominees: Sequence[Nominee], record: OnRecord) -> None:
    """Collectives with what their criterion rests on."""
    columns = _columns(WIDTH, {"Tên tập thể": 0.5, "Kết quả làm căn cứ xét": 0.5})
    add_table(paper, columns, _rows(nominees, lambda n: (name_of(n), record.result_of(n.dossier))))


def individuals_table(paper: Paper, nominees: Sequence[Nominee]) -> None:
    """People with position, workplace and the rating of the year."""
    plan = nominees[0].dossier.campaign.plan
    columns = _columns(WIDTH, {"Họ và tên": 0.27, "Chức vụ": 0.25, "Đơn vị công tác": 0.28, "Xếp loại": 0.2})
    add_table(paper, columns, _rows(nominees, lambda n: (n.full_name, n.position, n.workplace, plan.label_of_rating(n.rating))))


def collectives_list(paper: Paper, nominees: Sequence[Nominee], record: OnRecord | None) -> None:
    """Collectives of a whole campaign under their kinds, on a sheet on its side; with `record`, what their criterion rests on."""
    columns = _columns(LANDSCAPE_WIDTH, {"Tên tập thể": 0.5, "Kết quả làm căn cứ xét": 0.5} if record else {"Tên tập thể": 1.0})
    add_table(paper, columns, _grouped(nominees, lambda n: (name_of(n), record.result_of(n.dossier)) if record else (name_of(n),)))


def individuals_list(paper: Paper, nominees: Sequence[Nominee], *, rated: bool) -> None:
    """People of a whole campaign under the kinds of their collectives, on a sheet on its side; `rated` with the rating of the year."""
    plan = nominees[0].dossier.campaign.plan
    shares = {"Họ và tên": 0.25, "Chức vụ": 0.25, "Đơn vị công tác": 0.32} | ({"Xếp loại": 0.18} if rated else {})
    columns = _columns(LANDSCAPE_WIDTH, shares)
    add_table(
        paper, columns, _grouped(nominees, lambda n: (n.full_name, n.position, n.workplace, plan.label_of_rating(n.rating))[: len(shares)])
    )


def votes_table(paper: Paper, nominees: Sequence[Nominee], votes: Callable[[Nominee], Sequence[str]], headings: Sequence[str]) -> None:
    """Every nominee with the votes; what `votes` gives stands in the columns of the headings."""
    width = WIDTH - ORDINAL.width - VOTE_WIDTH * len(headings)
    columns = (ORDINAL, Column("Tập thể, cá nhân", width), *(Column(heading, VOTE_WIDTH, centred=True) for heading in headings))
    rows = [(str(n), described(nominee), *votes(nominee)) for n, nominee in enumerate(nominees, start=1)]
    add_table(paper, columns, rows)


def described(nominee: Nominee) -> str:
    """A nominee in one cell: a collective's name, or a person with position and workplace."""
    if nominee.kind is NomineeKind.COLLECTIVE:
        return name_of(nominee)
    return f"{nominee.full_name}, {post_of(nominee)}" if post_of(nominee) else nominee.full_name


def _columns(width: float, shares: Mapping[str, float]) -> tuple[Column, ...]:
    """STT, and the headings with their shares of the width that is left."""
    unit = (width - ORDINAL.width) / sum(shares.values())
    return (ORDINAL, *(Column(heading, unit * share) for heading, share in shares.items()))


def _rows(nominees: Sequence[Nominee], cells: Callable[[Nominee], Sequence[str]]) -> list[Row | str]:
    return [(str(number), *cells(nominee)) for number, nominee in enumerate(nominees, start=1)]


def _grouped(nominees: Sequence[Nominee], cells: Callable[[Nominee], Sequence[str]]) -> list[Row | str]:
    """The rows under the kinds of their collectives, each kind numbered from 1."""
    kinds, rows = nominees[0].dossier.campaign.plan.kinds, list[Row | str]()
    for kind, members in groupby(nominees, key=lambda nominee: nominee.dossier.campaign_unit.kind):
        group = list(members)
        rows.append(f"{kinds[kind].label_plural or kinds[kind].label} ({counted(len(group))})")
        rows += _rows(group, cells)
    return rows

"""`flask papers`: which papers can be drafted, and a draft as a file: the same as the page gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from audit.actions import Action
from cli.common import COMMAND_LINE, acting
from documents import drafts
from documents.drafts import LISTS, REPORTS, SESSION_PAPERS, UNIT_PAPERS, WANTED, Subject
from models.council import CouncilSession
from models.db import db
from models.dossiers import Dossier, Nominee
from models.vocabulary import Capacity, PaperKind
from workflow import campaigns
from workflow.wording import say_objection

papers = AppGroup("papers", help="Dự thảo văn bản.")


@papers.command("kinds")
def kinds() -> None:
    """Liệt kê các loại văn bản lập được: mã, tên, lập cho gì."""
    for kind in PaperKind:
        click.echo(f"{kind.value}\t{kind.label}\t{WANTED[kind]}")


@papers.command("draft")
@click.argument("kind", type=click.Choice([kind.value for kind in PaperKind]))
@click.option(
    "--dossier",
    "codes",
    multiple=True,
    help="Mã hồ sơ; ghi nhiều lần để lập chung cho nhiều hồ sơ. Văn bản của phiên họp: phiên gần nhất xét hồ sơ đó.",
)
@click.option("--nominee", "name", help="Họ và tên người được đề nghị (báo cáo thành tích); không có: mọi người trong hồ sơ.")
@click.option("--session", "session_id", type=int, help="Số của phiên họp Hội đồng, thay cho --dossier.")
@click.option("--campaign", "year", type=int, help="Năm của đợt thi đua (tờ trình Chủ tịch, quyết định).")
@click.option("--capacity", type=click.Choice([capacity.value for capacity in Capacity]), help="Cách ký; không có: người đứng đầu.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Tệp .docx sẽ ghi.")
def draft(
    kind: str, codes: tuple[str, ...], name: str | None, session_id: int | None, year: int | None, capacity: str | None, out: Path
) -> None:
    """Lập dự thảo văn bản KIND (xem `flask papers kinds`) và ghi vào tệp; mỗi lần lập được ghi vào nhật ký."""
    at, paper = datetime.now(UTC), PaperKind(kind)
    with acting(Action.PAPER_DRAFT, "paper:0"):
        subject = _subject(paper, codes, name, session_id, year)
        drafted = drafts.draft(paper, subject, at=at, capacity=Capacity(capacity) if capacity else None)
        drafts.record_draft(paper, subject, drafted, actor=COMMAND_LINE, at=at)
        try:
            out.write_bytes(drafted.content)
        except OSError as error:
            raise click.ClickException(f"Không ghi được tệp {out}: {error.strerror}.") from None
    for warning in drafted.warnings:
        click.echo(f"Lưu ý: {say_objection(warning)}", err=True)
    click.echo(f"Đã lập “{drafted.file_name}”, ghi vào {out}.")


def _subject(kind: PaperKind, codes: tuple[str, ...], name: str | None, session_id: int | None, year: int | None) -> Subject:
    """What the options name; a usage error (exit 2) when they do not go with the kind."""
    if kind in SESSION_PAPERS:
        one = len(codes) + (session_id is not None) == 1
        _only(kind, "--session hoặc --dossier (một lần)", one, name is not None or year is not None)
        if codes:
            return _session_on(_dossier(codes[0]))
        found = db.session.get(CouncilSession, session_id)
        if found is None:
            raise click.ClickException(f"Không có phiên họp số {session_id}.")
        return found
    if kind in LISTS and not codes:
        _only(kind, "--campaign hoặc --dossier", year is not None, bool(name or session_id is not None))
        campaign = campaigns.of_year(year or 0)
        if campaign is None:
            raise click.ClickException(f"Chưa nạp kế hoạch năm {year}.")
        return drafts.waiting(kind, campaign)
    _only(kind, "--dossier", bool(codes), session_id is not None or year is not None or (name is not None and kind not in REPORTS))
    if len(codes) > 1 and kind not in {**UNIT_PAPERS, **LISTS}:
        raise click.UsageError(f"{kind.value} lập cho một hồ sơ; hãy ghi --dossier một lần.")
    dossiers = [_dossier(code) for code in dict.fromkeys(codes)]
    if name is not None:
        return _nominee(kind, dossiers[0], name)
    return dossiers[0] if len(dossiers) == 1 else dossiers


def _only(kind: PaperKind, wanted: str, given: bool, others: bool) -> None:
    if not given or others:
        raise click.UsageError(f"{kind.value} lập cho {WANTED[kind]}: hãy ghi {wanted}, không ghi mục khác.")


def _dossier(code: str) -> Dossier:
    found = db.session.scalars(select(Dossier).where(Dossier.code == code)).first()
    if found is None:
        raise click.ClickException(f"Không có hồ sơ mã {code}. Xem: flask dossiers list --campaign NĂM.")
    return found


def _session_on(dossier: Dossier) -> CouncilSession:
    """The latest session that has a dossier on its agenda."""
    item = max(dossier.agenda_items, key=lambda item: (item.session.held_on, item.session_id), default=None)
    if item is None:
        raise click.ClickException(f"Hồ sơ {dossier.code} chưa có trong chương trình phiên họp nào của Hội đồng.")
    return item.session


def _nominee(kind: PaperKind, dossier: Dossier, name: str) -> Nominee:
    found = [nominee for nominee in dossier.nominees if nominee.kind is REPORTS[kind] and nominee.full_name.casefold() == name.casefold()]
    if len(found) != 1:
        names = "; ".join(nominee.full_name for nominee in dossier.nominees if nominee.kind is REPORTS[kind]) or "chưa có ai"
        raise click.ClickException(f"Hồ sơ {dossier.code} không có “{name}”. Được đề nghị: {names}.")
    return found[0]

"""`flask audit`: checking the record, signing it, taking it away, erasing a detail on lawful request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from audit import checkpoints, erase_detail
from audit.notes import KeyUnreadable, PublicKey
from audit.verify import Verification
from cli.common import COMMAND_LINE
from jobs import record as jobs_record
from models.audit import AuditEntry
from models.campaigns import Campaign
from models.db import db, transaction
from models.dossiers import Dossier
from workflow import reconciliation

audit = AppGroup("audit", help="Nhật ký.")

FAULTS = {
    "gap": "số thứ tự không liên tục",
    "hash": "nội dung không khớp mã băm",
    "chain": "không nối tiếp bản ghi trước",
    "record": "không đúng dạng chuẩn",
    "copy": "cột tra cứu khác nội dung đã băm",
    "detail": "chi tiết không khớp mã băm",
    "checkpoint": "đã bị viết lại, khác mốc kiểm tra",
    "letter": "đã bị viết lại, khác mã nhật ký trong thư",
    "missing": "thiếu, đã bị cắt bớt",
    "signature": "mốc kiểm tra không do khoá của hệ thống ký",
}
PATH = click.Path(exists=True, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@audit.command("verify")
@click.option("--checkpoints", "others", type=PATH, multiple=True, help="Tệp hoặc thư mục chứa mốc, thư đã lưu ở nơi khác (.eml, .txt).")
@click.option("--key", "keys", multiple=True, help="Khoá công khai đã biết, khi khoá của máy này không còn.")
def verify_log(others: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Kiểm tra toàn vẹn nhật ký và mọi mốc kiểm tra; báo bản ghi sai đầu tiên và thoát với mã 1."""
    try:
        trusted = [PublicKey.read(text) for text in keys]
    except KeyUnreadable as error:
        raise click.ClickException(f"Khoá công khai không đọc được: {error}") from None
    with _progress("Kiểm tra") as tell:
        found = checkpoints.check(current_app.config["INSTANCE"], others, trusted, tell)
    db.session.rollback()
    click.echo(say(found))
    try:
        with transaction():
            checkpoints.record_verification(found, actor=COMMAND_LINE, at=datetime.now(UTC))
    except SQLAlchemyError as error:
        click.echo(f"Không ghi được kết quả vào nhật ký: {type(error).__name__}", err=True)
    if not found.intact:
        raise SystemExit(1)


@audit.command("checkpoint")
def take_checkpoint() -> None:
    """Kiểm tra nhật ký rồi ký một mốc: ghi vào bảng, vào thư mục checkpoints và gửi đến các hộp thư AUDIT_MAILBOXES."""
    with _progress("Kiểm tra") as tell:
        found = jobs_record.take(datetime.now(UTC), COMMAND_LINE, progress=tell)
    click.echo(say(found))
    if not found.intact:
        raise SystemExit(1)
    if found.count:
        folder = current_app.config["INSTANCE"] / checkpoints.FOLDER
        click.echo(f"Đã ký mốc {found.count} bản ghi: {folder / checkpoints.file_name(found.count)}")
        click.echo(f"Khoá công khai: {jobs_record.signing_key().public}")


@audit.command("export")
@click.option("--campaign", "year", type=int, required=True, help="Năm của đợt thi đua.")
@click.option("--out", type=OUT, required=True, help="Tệp .zip sẽ ghi.")
def export(year: int, out: Path) -> None:
    """Xuất nhật ký của một năm: mọi bản ghi, mốc, khoá, bản .xlsx để đọc và trình kiểm tra chạy độc lập."""
    campaign = db.session.scalars(select(Campaign).where(Campaign.year == year)).first()
    if campaign is None:
        raise click.ClickException(f"Không có đợt thi đua năm {year}.")
    draft = out.with_name(f"{out.name}.part")
    try:
        with _broken_said(), _progress("Xuất") as tell, draft.open("wb") as target:
            count = jobs_record.export(campaign, target, actor=COMMAND_LINE, at=datetime.now(UTC), progress=tell)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"Đã xuất {count} bản ghi vào {out}")


@audit.command("prove")
@click.option("--dossier", "code", required=True, help="Mã hồ sơ.")
@click.option("--out", type=OUT, required=True, help="Tệp .json sẽ ghi.")
def prove(code: str, out: Path) -> None:
    """Xuất bằng chứng của một hồ sơ: các bản ghi và đường dẫn đến mốc mới nhất; kiểm tra bằng kiem_tra.py."""
    dossier = db.session.scalars(select(Dossier).where(Dossier.code == code)).first()
    if dossier is None:
        raise click.ClickException(f"Không có hồ sơ mang mã {code!r}.")
    with _broken_said():
        proof = jobs_record.prove(dossier, actor=COMMAND_LINE, at=datetime.now(UTC))
    out.write_text(json.dumps(proof, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"Đã xuất bằng chứng: {len(proof['ban_ghi'])} bản ghi của hồ sơ {code} vào {out}")


@audit.command("erase")
@click.argument("seq", type=int)
@click.option("--reason", required=True, help="Yêu cầu hợp pháp: của ai, văn bản nào.")
def erase(seq: int, reason: str) -> None:
    """Xoá chi tiết của bản ghi SEQ theo yêu cầu hợp pháp. Bản ghi và chuỗi băm còn nguyên."""
    if not reason.strip():
        raise click.ClickException("Cần ghi lý do.")
    try:
        with transaction():
            erase_detail(seq, reason.strip(), actor=COMMAND_LINE, at=datetime.now(UTC))
    except LookupError:
        raise click.ClickException(f"Không có bản ghi số {seq}.") from None
    click.echo(f"Đã xoá chi tiết của bản ghi {seq}.")


@audit.command("reconcile")
def reconcile() -> None:
    """Đối chiếu hồ sơ, nhật ký và thư; liệt kê những gì không khớp và thoát với mã 1."""
    found = reconciliation.reconcile()
    db.session.rollback()
    with transaction():
        reconciliation.record_reconciliation(found, actor=COMMAND_LINE, at=datetime.now(UTC))
    for difference in found.differences:
        click.echo(str(difference))
    click.echo(f"Đã đối chiếu {found.said}: {len(found.differences) or 'không có'} điểm không khớp.")
    if found.differences:
        raise SystemExit(1)


def say(found: Verification) -> str:
    """The result of a check in words."""
    if found.intact:
        letters = f", {dotted(found.letters)} mã nhật ký trong thư khớp" if found.letters else ""
        count, matched = dotted(found.count), dotted(found.checkpoints)
        return f"Nguyên vẹn: {count} bản ghi, {matched} mốc khớp{letters}.\nMã băm cuối: {found.last_hash}"
    where = f"bản ghi {found.bad_seq}" if found.until in {None, found.bad_seq} else f"bản ghi từ {found.bad_seq} đến {found.until}"
    if found.fault == "signature":
        where = f"mốc {found.bad_seq} bản ghi"
    source = f" ({found.source})" if found.source else ""
    before = f" {found.bad_seq - 1} bản ghi trước đó nguyên vẹn." if found.fault != "signature" and found.bad_seq else ""
    return f"Không toàn vẹn: {where}: {FAULTS[found.fault]}{source}.{before}"


def dotted(number: int) -> str:
    """A number as Vietnamese writes it: 100.000."""
    return f"{number:,}".replace(",", ".")


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int], None]]:
    total = db.session.scalar(select(func.max(AuditEntry.seq))) or 0
    with click.progressbar(length=total, label=label, hidden=total < 10_000) as bar:
        yield lambda count: bar.update(count - bar.pos)


@contextmanager
def _broken_said() -> Iterator[None]:
    try:
        yield
    except jobs_record.RecordBroken as broken:
        click.echo(say(broken.found), err=True)
        click.echo("Nhật ký không toàn vẹn nên không xuất; hãy giữ bản sao cơ sở dữ liệu và báo cơ quan kiểm tra.", err=True)
        raise SystemExit(1) from None

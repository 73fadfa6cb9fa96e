"""`flask report`: the reports on a campaign as files, live or frozen; the same as the page gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from audit.actions import Action
from cli.common import COMMAND_LINE, acting
from models.vocabulary import ReportKind
from reports import year_end, year_end_acts
from workflow import campaigns
from workflow.acts import refuse_if
from workflow.rules.objection import Objection

report = AppGroup("report", help="Báo cáo cuối năm, báo cáo tổng kết.")


@report.command("year-end")
@click.option("--campaign", "year", type=int, required=True, help="Năm của đợt thi đua.")
@click.option("--format", "kind", type=click.Choice(["docx", "xlsx"]), required=True, help="Báo cáo (.docx) hoặc các danh sách (.xlsx).")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, help="Tệp sẽ ghi.")
@click.option("--closing", is_flag=True, help="Báo cáo tổng kết, sau quyết định khen thưởng.")
@click.option("--frozen", type=click.IntRange(1), help="Lần chốt số liệu; không có: số liệu hiện tại.")
def year_end_report(year: int, kind: str, out: Path, frozen: int | None, *, closing: bool) -> None:
    """Ghi báo cáo cuối năm hoặc báo cáo tổng kết của một đợt thi đua ra tệp; việc này được ghi nhật ký."""
    from reports import year_end_docx, year_end_xlsx

    at, which = datetime.now(UTC), ReportKind.CLOSING if closing else ReportKind.YEAR_END
    campaign = campaigns.of_year(year)
    if campaign is None or campaign.opened_at is None:
        raise click.ClickException(f"Chưa mở đợt thi đua năm {year}.")
    with acting(Action.REPORT_EXPORT, f"campaign:{campaign.id}", campaign.id):
        stored = year_end_acts.find_frozen(campaign, which, frozen) if frozen else None
        refuse_if(Objection("not_frozen", {"number": frozen}) if frozen and stored is None else None)
        found = year_end_acts.opened(stored) if stored else year_end_acts.live(campaign, which, at)
        refuse_if(year_end_acts.not_to_close(found))
        write = year_end_docx.report_docx if kind == "docx" else year_end_xlsx.report_xlsx
        content = write(found, campaign)
        year_end_acts.record_export(found, campaign, year_end.file_name(found, kind), actor=COMMAND_LINE, at=at)
        try:
            out.write_bytes(content)
        except OSError as error:
            raise click.ClickException(f"Không ghi được {out}: {error.strerror}.") from None
    click.echo(f"Đã ghi {out}, mã nhật ký {found.journal_code}.")

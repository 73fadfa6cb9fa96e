"""`flask dossiers`: the dossiers of a campaign, one a line."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.vocabulary import DossierState
from workflow import campaigns

dossiers = AppGroup("dossiers", help="Hồ sơ.")


@dossiers.command("list")
@click.option("--campaign", "year", type=int, required=True, help="Năm của đợt thi đua.")
@click.option("--state", type=click.Choice([state.value for state in DossierState]), help="Chỉ các hồ sơ ở trạng thái này.")
def list_dossiers(year: int, state: str | None) -> None:
    """Liệt kê hồ sơ theo tên đơn vị: mã, trạng thái, đơn vị."""
    campaign = campaigns.of_year(year)
    if campaign is None:
        raise click.ClickException(f"Chưa nạp kế hoạch năm {year}.")
    query = (
        select(Dossier)
        .where(Dossier.campaign_id == campaign.id)
        .options(joinedload(Dossier.campaign_unit).joinedload(CampaignUnit.compiled_by))
        .order_by(Dossier.sort_key, Dossier.id)
    )
    if state:
        query = query.where(Dossier.state == DossierState(state))
    for row in db.session.scalars(query):
        click.echo(f"{row.code}\t{row.state.label}\t{row.campaign_unit.long_name}")

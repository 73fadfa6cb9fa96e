"""`flask people`: the first person of an installation, and appointments."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from audit import Act, record
from audit.actions import Action
from cli.common import COMMAND_LINE
from models.db import transaction
from models.people import Appointment, User
from models.units import Unit
from models.vocabulary import Capacity, Role
from web.accounts import MIN_PASSWORD, hash_password

people = AppGroup("people", help="Người dùng và phân công.")


@people.command("appoint")
@click.argument("login")
@click.option("--name", required=True, help="Họ và tên.")
@click.option("--position", default="", help="Chức vụ.")
@click.option("--unit", "unit_code", required=True, help="Mã đơn vị.")
@click.option("--role", type=click.Choice([r.value for r in Role if r is not Role.SYSTEM]), required=True)
@click.option("--capacity", type=click.Choice([c.value for c in Capacity]), help="Tư cách ký: KT., TL., TUQ.")
@click.password_option(help="Mật khẩu, ít nhất 12 ký tự; hỏi khi không ghi.")
def appoint(login: str, name: str, position: str, unit_code: str, role: str, capacity: str | None, password: str) -> None:
    """Thêm một người (LOGIN là thư công vụ) và phân công vào một đơn vị."""
    if len(password) < MIN_PASSWORD:
        raise click.ClickException(f"Mật khẩu cần ít nhất {MIN_PASSWORD} ký tự.")
    with transaction() as session:
        unit = session.scalars(select(Unit).where(Unit.code == unit_code)).first()
        if unit is None:
            raise click.ClickException(f"Không có đơn vị mang mã {unit_code!r}.")
        user = session.scalars(select(User).where(User.login == login.casefold())).first()
        if user is None:
            user = User(login=login.casefold(), full_name=name, position=position, password_hash=hash_password(password))
            session.add(user)
        today = datetime.now(UTC).date()
        user.appointments.append(
            Appointment(unit=unit, role=Role(role), capacity=Capacity(capacity) if capacity else None, valid_from=date(today.year, 1, 1))
        )
        session.flush()
        detail = {"login": user.login, "name": user.full_name, "unit": unit.code, "role": role}
        record(Act(Action.PEOPLE_APPOINT, f"user:{user.id}", detail=detail), actor=COMMAND_LINE, at=datetime.now(UTC))
    click.echo(f"Đã phân công {name}.")


@people.command("export")
@click.argument("login")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Tệp .json sẽ ghi.")
def export(login: str, out: Path) -> None:
    """Xuất mọi dữ liệu hệ thống giữ về một người (LOGIN) ra tệp .json, để trao cho chính người đó; việc này được ghi nhật ký."""
    from reports.personal_data import data_of

    with transaction() as session:
        user = session.scalars(select(User).where(User.login == login.casefold())).first()
        if user is None:
            raise click.ClickException(f"Không có người dùng {login!r}.")
        told = data_of(user)
        try:
            out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"Không ghi được {out}: {error.strerror}.") from None
        act = Act(Action.PEOPLE_EXPORT, f"user:{user.id}", detail={"login": user.login, "count": len(told["viec_da_lam"])})
        record(act, actor=COMMAND_LINE, at=datetime.now(UTC))
    done, named = len(told["viec_da_lam"]), len(told["ban_ghi_co_ho_ten"])
    click.echo(f"Đã xuất dữ liệu của {login} vào {out}: {done} việc đã làm, {named} bản ghi có họ tên.")

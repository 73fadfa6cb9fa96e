"""What the service holds on one person, to hand to that person: the account, where the name stands, and the entries of the record."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, select

from audit import search
from audit.actions import Action
from models.audit import AuditEntry
from models.db import db
from models.dossiers import Dossier, Nominee
from models.localtime import local
from models.people import SignIn, User
from models.registrations import RegisteredIndividual, Registration
from models.vocabulary import NomineeKind


def data_of(user: User) -> dict[str, Any]:
    """Everything on a person, in the officers' words. Entries that name the person can be erased: `flask audit erase SỐ`."""
    acted = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == user.id).order_by(AuditEntry.seq))
    naming, number = search.searched(cast("Select[Any]", select(AuditEntry.seq, AuditEntry.detail)), user.full_name)
    named = [row.seq for row in db.session.execute(naming.order_by(number)) if user.full_name in (row.detail or "")]
    return {
        "tai_khoan": {"dang_nhap": user.login, "ho_ten": user.full_name, "chuc_vu": user.position, "khoa_luc": _moment(user.disabled_at)},
        "phan_cong": [
            {
                "don_vi": appointment.unit.versions[-1].name,
                "vai_tro": appointment.role.label,
                "tu_cach": appointment.capacity.value if appointment.capacity else "",
                "thay_mat": appointment.on_behalf_of or "",
                "tu_ngay": _day(appointment.valid_from),
                "den_ngay": _day(appointment.valid_to),
            }
            for appointment in user.appointments
        ],
        "dang_dang_nhap": [_moment(at) for at in db.session.scalars(select(SignIn.started_at).where(SignIn.user_id == user.id))],
        "trung_ho_ten_tren_ban_dang_ky": _registered(user.full_name),
        "trung_ho_ten_trong_ho_so": _nominated(user.full_name),
        "viec_da_lam": [_entry(entry) for entry in acted],
        "ban_ghi_co_ho_ten": named,
    }


def _entry(entry: AuditEntry) -> dict[str, Any]:
    """One act of the person; its details are left out, for they speak of others."""
    act = Action(entry.action).label
    return {
        "so": entry.seq,
        "luc": _moment(entry.at),
        "viec": act,
        "doi_tuong": json.loads(entry.rec)["obj"],
        "ket_qua": entry.result.label,
    }


def _registered(name: str) -> list[dict[str, str]]:
    query = select(RegisteredIndividual).where(RegisteredIndividual.full_name == name)
    people = db.session.scalars(query.join(RegisteredIndividual.registration).order_by(Registration.id))
    return [{"don_vi": one.registration.campaign_unit.long_name, "chuc_vu": one.position, "noi_cong_tac": one.workplace} for one in people]


def _nominated(name: str) -> list[dict[str, str]]:
    query = select(Nominee).join(Nominee.dossier).where(Nominee.full_name == name, Nominee.kind == NomineeKind.INDIVIDUAL)
    return [
        {"ho_so": one.dossier.code, "chuc_vu": one.position, "noi_cong_tac": one.workplace, "xep_loai": one.rating}
        for one in db.session.scalars(query.order_by(Dossier.id))
    ]


def _moment(at: datetime | None) -> str:
    return f"{local(at):%d/%m/%Y %H:%M:%S}" if at else ""


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""

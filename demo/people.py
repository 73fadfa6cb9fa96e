"""Who acts in the demo: accounts that a visitor signs in with, officers of every other body, and everybody's mailboxes. All invented."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from audit import Act, record_all
from audit.actions import Action
from demo import names
from demo.catcher import NO_SUCH_MAILBOX
from models.db import db, transaction
from models.people import Actor, Appointment, User
from models.text import N_, folded
from models.units import Unit, UnitAddress, UnitVersion
from models.vocabulary import Capacity, Role, Source
from web.accounts import actor_of, hash_password

DEMO_PASSWORD = "thidua-mau-2021"
"""The password of every demo account: no letter pairs that a Vietnamese keyboard would join into a marked letter."""

LOADER = Actor(user_id=None, name="Dòng lệnh", role=Role.ADMINISTRATOR, unit_id=None, source=Source.COMMAND)
DOMAIN = "kiengiang.example"
WITHOUT_MAILBOX = ("31105", "31114", "BQLKKTPQ")
"""Bodies whose address on file does not exist: their letters are refused."""

SINCE = date(2021, 1, 4)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account: who it is, for which unit it acts in which role and capacity, and what a visitor can try with it."""

    login: str
    name: str
    position: str
    unit: str
    role: Role
    description: str
    capacity: Capacity | None = None
    on_behalf_of: str | None = None


ACCOUNTS = (
    Account(
        f"so-tu-phap@{DOMAIN}",
        "Nguyễn Thị Ngọc Hạnh",
        "Chánh Văn phòng",
        "STP",
        Role.OFFICER,
        N_("Sở Tư pháp đã được chọn: tải lên các văn bản còn thiếu, nêu cá nhân, nộp hồ sơ."),
    ),
    Account(
        f"huyen-hon-dat@{DOMAIN}",
        "Trần Minh Khánh",
        "Phó Trưởng phòng Nội vụ",
        "903",
        Role.OFFICER,
        N_("UBND huyện Hòn Đất: duyệt bản đăng ký của xã, công nhận và chọn xã, hoàn thiện hồ sơ của huyện."),
    ),
    Account(
        f"xa-binh-son@hon-dat.{DOMAIN}",
        "Danh Hoàng Phúc",
        "Công chức Văn phòng - Thống kê",
        "30823",
        Role.OFFICER,
        N_("UBND xã Bình Sơn: theo dõi hồ sơ đã được huyện công nhận, xem thư đã nhận, rút hồ sơ nếu muốn."),
    ),
    Account(
        f"so-noi-vu@{DOMAIN}",
        "Lê Thị Bích Vân",
        "Trưởng phòng Cải cách hành chính và Tổ chức phi chính phủ",
        "SNV",
        Role.HOME_AFFAIRS,
        N_("Sở Nội vụ: chọn, không chọn, trả lại bổ sung, gia hạn, xếp loại; duyệt bản đăng ký còn chờ."),
        Capacity.TL,
        "Giám đốc",
    ),
    Account(
        f"lanh-dao-so-noi-vu@{DOMAIN}",
        "Huỳnh Quốc Trí",
        "Phó Giám đốc",
        "SNV",
        Role.HOME_AFFAIRS,
        N_("Cán bộ thứ hai của Sở Nội vụ: đồng ý để chọn Phòng CCHC của chính Sở, hoặc để sửa bước đã ghi."),
        Capacity.KT,
        "Giám đốc",
    ),
    Account(
        f"thu-ky-hoi-dong@{DOMAIN}",
        "Phạm Thanh Duyên",
        "Chuyên viên Phòng Nội chính",
        "VPUB",
        Role.COUNCIL_SECRETARY,
        N_("Thư ký Hội đồng: lập phiên họp từ các hồ sơ đã nộp, ghi phiếu và biên bản, ghi kết quả xét."),
    ),
    Account(
        f"thanh-tra@{DOMAIN}",
        "Võ Đức Long",
        "Phó Trưởng phòng Thanh tra",
        "TTR",
        Role.AUDITOR,
        N_("Kiểm tra: xem mọi hồ sơ, thư và nhật ký, kể cả các bước bị từ chối; không thay đổi gì."),
    ),
    Account(
        f"quan-tri@{DOMAIN}",
        "Đặng Hữu Thịnh",
        "Chuyên viên Trung tâm Công nghệ thông tin và Truyền thông",
        "STTTT",
        Role.ADMINISTRATOR,
        N_("Quản trị: xem thư gửi lỗi, gửi lại hoặc huỷ; không có bước nào trên hồ sơ."),
    ),
)
HOME, SECOND, SECRETARY = (next(a for a in ACCOUNTS if a.login.startswith(name)) for name in ("so-noi-vu", "lanh-dao", "thu-ky"))


def slug(text: str) -> str:
    """A name as a part of an address: without marks, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", folded(text)).strip("-")


def place_of(unit: Unit) -> str:
    """A unit's name and domain as its addresses have them; a commune's domain names its district, because communes' names repeat."""
    version = unit.versions[0]
    return f"{slug(version.name)}@{_domain(version)}"


def mailbox(unit: Unit) -> str:
    """The address of a unit's clerical office."""
    if unit.code in WITHOUT_MAILBOX:
        return f"{NO_SUCH_MAILBOX}.{place_of(unit)}"
    return f"vanthu.{place_of(unit)}"


def settle_people(at: datetime) -> None:
    """Give every unit its mailbox, appoint the demo accounts and an officer in every body that fills in forms, and record it."""
    known, nobody = hash_password(DEMO_PASSWORD), hash_password(secrets.token_urlsafe(32))
    with transaction() as session:
        units = list(session.scalars(select(Unit).order_by(Unit.id)))
        for unit in units:
            unit.addresses = [UnitAddress(email=mailbox(unit))]
        by_code = {unit.code: unit for unit in units}
        users = [_user(account, by_code[account.unit], known) for account in ACCOUNTS]
        users += [_user(account, by_code[account.unit], nobody) for account in _officers(units)]
        session.add_all(users)
        session.flush()
        acts = [
            Act(
                Action.PEOPLE_APPOINT,
                f"user:{user.id}",
                detail={"login": user.login, "name": user.full_name, "unit": a.unit.code, "role": a.role.value},
            )
            for user in users
            for a in user.appointments
        ]
        record_all(acts, actor=LOADER, at=at)


def actors(at: datetime) -> dict[str, Actor]:
    """Everybody who can act, by login, and the officer of each body also by its code."""
    found: dict[str, Actor] = {}
    for appointment in db.session.scalars(select(Appointment).join(Appointment.user).order_by(User.id)):
        actor = actor_of(appointment, at)
        found[appointment.user.login] = actor
        if appointment.role is Role.OFFICER:
            found.setdefault(appointment.unit.code, actor)
    return found


def _officers(units: Iterable[Unit]) -> list[Account]:
    """An officer for each body with a form of its own that has no account."""
    have = {account.unit for account in ACCOUNTS if account.role is Role.OFFICER}
    bodies = [u for u in units if u.code not in have and u.versions[0].kind in {*names.POSITIONS, "ward", "township", "commune"}]
    return [
        Account(f"can-bo.{place_of(u)}", names.full_name(f"officer {u.code}"), _position(u.versions[0].kind), u.code, Role.OFFICER, "")
        for u in bodies
        if not u.versions[0].kind.startswith("specialised")
    ]


def _position(kind: str) -> str:
    return "Chuyên viên" if kind in names.POSITIONS else names.COMMUNE_POSITIONS[0]


def _user(account: Account, unit: Unit, password_hash: str) -> User:
    appointment = Appointment(unit=unit, role=account.role, capacity=account.capacity, on_behalf_of=account.on_behalf_of, valid_from=SINCE)
    return User(
        login=account.login, full_name=account.name, position=account.position, password_hash=password_hash, appointments=[appointment]
    )


def _domain(version: UnitVersion) -> str:
    if version.kind not in {"ward", "township", "commune"} or version.parent_id is None:
        return DOMAIN
    district = db.session.get_one(Unit, version.parent_id).versions[0].name
    return f"{slug(district.removeprefix('Thành phố ').removeprefix('Huyện '))}.{DOMAIN}"

"""Registration forms that came on paper (II.3, IV): one unit on one or several rows, a person on each; saved and sent for the unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from audit.actions import Action as Recorded
from imports import columns as read
from imports.columns import Column, number_column
from imports.faults import Fault
from imports.kinds import Item, Row, RowByRow, Setting, district_column
from imports.units_by_name import among
from models.campaigns import CampaignUnit
from models.db import db
from models.registrations import Registration
from models.text import N_, folded
from models.vocabulary import RegistrationState
from workflow import registrations
from workflow.policy import Action
from workflow.registrations import FormContent, Person

UNIT, COLLECTIVES = "Đơn vị", "Tập thể kèm theo"
NAME, POSITION, WORKPLACE = "Họ và tên cá nhân", "Chức vụ", "Đơn vị công tác"
PREPARER, HEAD = "Người lập biểu", "Thủ trưởng"
RECEIVED = "Ngày nhận bản giấy"
LAW, UNITED = "Cam kết chấp hành chủ trương, pháp luật", "Cam kết nội bộ đoàn kết"
ONCE = (("preparer", PREPARER), ("head", HEAD), ("follows_law", LAW), ("is_united", UNITED))
"""Columns of the form as a whole that must be filled in on the unit's first row."""
ALIKE = (*ONCE, ("received_on", RECEIVED))
"""Columns of the form as a whole: below the unit's first row they are empty or the same."""
PERSON = (("full_name", NAME), ("position", POSITION), ("workplace", WORKPLACE))


@dataclass(slots=True)
class Form:
    """The rows of one unit."""

    unit: CampaignUnit | None
    rows: list[Row] = field(default_factory=list)
    members: list[CampaignUnit] = field(default_factory=list)


class RegistrationSheet(RowByRow):
    """Bản đăng ký."""

    code = "registrations"
    label = N_("Bản đăng ký thi đua")
    hint = N_("Nhập và gửi thay đơn vị làm bằng giấy. Đơn vị có nhiều cá nhân thì ghi nhiều dòng liền nhau; dòng sau để trống cột Đơn vị.")
    permission = Action.REGISTRATION_ENTER
    recorded = Recorded.IMPORT_REGISTRATIONS
    unit_fault = "unit_no_form"

    def columns(self, setting: Setting) -> list[Column]:
        """The annex of the plan, one person on a row."""
        yes_no = ("có", "không")

        def optional(
            key: str, heading: str, also: Sequence[str] = (), *, needed: bool = True, width: int = 24, example: str = ""
        ) -> Column:
            return Column(key, heading, read.text(), also, needed=needed, required=False, width=width, example=example)

        return [
            number_column(),
            optional("unit", UNIT, ("Tên đơn vị", "Cơ quan", "Cơ quan, đơn vị", "Đơn vị đăng ký"), width=40, example="Sở Tư pháp"),
            district_column(),
            Column(
                "collectives",
                COLLECTIVES,
                lambda cell: cell.raw,
                ("Tập thể", "Tập thể đăng ký"),
                needed=False,
                required=False,
                width=36,
                hint="Cơ quan chuyên trách thuộc đơn vị; nhiều tập thể cách nhau bằng dấu chấm phẩy",
            ),
            optional("full_name", NAME, ("Họ và tên", "Họ tên", "Cá nhân"), width=28, example="Nguyễn Văn An"),
            optional("position", POSITION, ("Chức danh",), example="Chuyên viên"),
            optional("workplace", WORKPLACE, ("Nơi công tác",), width=30, example="Văn phòng Sở"),
            optional("preparer", PREPARER, ("Người lập",), example="Lê Thị Lập"),
            optional("head", HEAD, ("Thủ trưởng cơ quan", "Thủ trưởng đơn vị", "Người ký"), example="Trần Văn Trưởng"),
            Column(
                "follows_law",
                LAW,
                read.yes_or_no,
                ("Cam kết chấp hành", "Cam kết chấp hành pháp luật"),
                required=False,
                example="có",
                choices=yes_no,
            ),
            Column("is_united", UNITED, read.yes_or_no, ("Cam kết đoàn kết",), required=False, example="có", choices=yes_no),
            Column(
                "received_on",
                RECEIVED,
                read.day(latest=setting.today),
                ("Ngày nhận", "Ngày nộp bản giấy"),
                needed=False,
                required=False,
                width=16,
                example="30/03/2021",
                hint="Đúng hạn hay trễ hạn tính theo ngày này; để trống thì tính ngày nhập tệp",
            ),
        ]

    def accepts(self, unit: CampaignUnit, setting: Setting) -> bool:
        """Units with a form of their own; specialised units stand on their parent's."""
        return unit.eligible and unit.form_unit_id == unit.id

    def judge(self, rows: Sequence[Row], setting: Setting) -> tuple[list[Item], list[Fault]]:
        """Rows are put together by unit; a unit with anything wrong waits as a whole."""
        forms = self._forms(rows, setting)
        members = self._members(setting)
        for form in forms:
            if form.unit is not None:
                _check_form(form)
                _check_collectives(form, form.unit, members.get(form.unit.id, []))
            for row in form.rows:
                _check_person(row)
        notes = _people_twice(forms) + self._drafts(forms, setting)
        whole = [form for form in forms if not any(row.faults for row in form.rows)]
        return [
            Item(tuple(row.line for row in f.rows), (f.unit, _content(f, f.unit), _received(f))) for f in whole if f.unit is not None
        ], notes

    def save_item(self, item: Item, setting: Setting) -> None:
        """Keep the form and send it, as the officer who enters it."""
        unit, content, received_on = item.value
        actor = setting.actor_for(unit)
        registration = registrations.save(unit, content, actor=actor, at=setting.at)
        registrations.send(registration, actor=actor, at=setting.at, received_on=received_on)

    def _forms(self, rows: Sequence[Row], setting: Setting) -> list[Form]:
        forms: list[Form] = []
        lines: dict[int, int] = {}
        for row in rows:
            named = bool(row.values.get("unit")) or any(fault.column == UNIT for fault in row.faults)
            if not named and forms:
                forms[-1].rows.append(row)
                continue
            if not named:
                row.wrong(UNIT, "blank")
            unit = self.find_unit(row, setting, UNIT)
            if unit is not None and forms and forms[-1].unit is unit:
                forms[-1].rows.append(row)
                continue
            if unit is not None and lines.setdefault(unit.id, row.line) != row.line:
                row.wrong(UNIT, "unit_twice", unit=unit.long_name, line=lines[unit.id])
                unit = None
            forms.append(Form(unit, [row]))
        return forms

    def _members(self, setting: Setting) -> dict[int, list[CampaignUnit]]:
        found: dict[int, list[CampaignUnit]] = {}
        for unit in setting.names.units.values():
            if unit.form_unit_id and unit.form_unit_id != unit.id and unit.eligible and unit.ended_on is None:
                found.setdefault(unit.form_unit_id, []).append(unit)
        return found

    def _drafts(self, forms: Sequence[Form], setting: Setting) -> list[Fault]:
        begun = set(
            db.session.scalars(
                select(Registration.campaign_unit_id).where(
                    Registration.campaign_id == setting.opened.id, Registration.state == RegistrationState.DRAFT
                )
            )
        )
        return [
            Fault(form.rows[0].line, UNIT, "draft_replaced", {"unit": form.unit.long_name})
            for form in forms
            if form.unit is not None and form.unit.id in begun
        ]


def _check_form(form: Form) -> None:
    first = form.rows[0]
    for key, heading in ONCE:
        told = first.values.get(key)
        if told is None and not any(fault.column == heading for fault in first.faults):
            first.wrong(heading, "blank")
    for key, heading in ALIKE:
        told = first.values.get(key)
        for row in form.rows[1:]:
            again = row.values.get(key)
            if told is not None and again is not None and again != told:
                row.wrong(heading, "differs", value=row.cells[key].shown, line=first.line)


def _check_collectives(form: Form, unit: CampaignUnit, members: Sequence[CampaignUnit]) -> None:
    for row in form.rows:
        for name in re.split(r"[;\n]", row.values.get("collectives") or ""):
            text = " ".join(name.split())
            if not text or among(text, [unit]):
                continue
            member = among(text, members)
            if member is not None and member not in form.members:
                form.members.append(member)
            elif member is None and members:
                choices = "; ".join(other.name for other in members)
                row.wrong(COLLECTIVES, "collective_unknown", value=text[:60], unit=unit.long_name, choices=choices)
            elif member is None:
                row.wrong(COLLECTIVES, "no_collectives", value=text[:60], unit=unit.long_name)


def _check_person(row: Row) -> None:
    told = [bool(row.values.get(key)) for key, _ in PERSON]
    if any(told) and not all(told):
        for (key, heading), there in zip(PERSON, told, strict=True):
            if not there and key in row.cells and not any(fault.column == heading for fault in row.faults):
                row.wrong(heading, "person_incomplete")


def _people_twice(forms: Sequence[Form]) -> list[Fault]:
    """The same person twice on one form is wrong; on two forms it is worth a look: names repeat."""
    seen: dict[tuple[str, str], tuple[int, Form]] = {}
    notes = []
    for form in forms:
        for row in form.rows:
            name, workplace = row.values.get("full_name"), row.values.get("workplace")
            if not name or not workplace:
                continue
            line, other = seen.setdefault((folded(name), folded(workplace)), (row.line, form))
            if line == row.line:
                continue
            if other is form:
                row.wrong(NAME, "person_twice", value=name, line=line)
            else:
                notes.append(Fault(row.line, NAME, "person_elsewhere", {"value": name, "line": line}))
    return notes


def _received(form: Form) -> date | None:
    return form.rows[0].values.get("received_on")


def _content(form: Form, unit: CampaignUnit) -> FormContent:
    first = form.rows[0].values
    return FormContent(
        collectives=[unit, *form.members],
        individuals=[Person(*(row.values[key] for key, _ in PERSON)) for row in form.rows if row.values.get("full_name")],
        follows_law=bool(first["follows_law"]),
        is_united=bool(first["is_united"]),
        preparer=first["preparer"],
        head=first["head"],
    )

"""The registration form of the plan's annex, ready to sign: every field as the form prints it, filled in from the registration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from documents.decree30 import Signature, add_attached_to, add_head, add_signatures, add_text, add_title, as_bytes, new_paper
from documents.naming import full_name, governed_place, issuing_body, numbered, place_of
from models.registrations import RegisteredIndividual, Registration
from models.text import clean

if TYPE_CHECKING:
    from docx.document import Document as Paper

TITLE = "Bản đăng ký thi đua chuyên đề"
SIGN_HERE = "Ký, ghi rõ họ và tên, đóng dấu"
NOBODY_YET = "......"


def registration_form(registration: Registration) -> bytes:
    """The form as a .docx file. A name that is not filled in yet leaves its room empty."""
    unit, plan = registration.campaign_unit, registration.campaign.plan
    paper = new_paper(f"{TITLE} - {full_name(unit)}", unit.official_name)
    add_head(paper, issuing_body(unit), place=place_of(unit), year=plan.year)
    add_title(paper, TITLE, [f"“{plan.form_theme}”", f"trên địa bàn {governed_place(plan)} năm {plan.year}"], ruled=False)
    add_attached_to(paper, [f"(Kèm theo {numbered(plan)}", f"của {plan.issuer})"])
    collectives = [full_name(member.campaign_unit) for member in registration.collectives]
    _listed(paper, "1. Tập thể:", collectives, NOBODY_YET, at_least=2)
    add_text(paper, f"Đăng ký thi đua: {plan.commitment}.")
    _listed(paper, "2. Cá nhân:", [_described(person) for person in registration.individuals], "không đăng ký", at_least=1)
    if registration.individuals:
        add_text(paper, f"Nội dung đăng ký: {plan.commitment}.")
    head = Signature(["THỦ TRƯỞNG CƠ QUAN"], registration.head, SIGN_HERE)
    add_signatures(paper, head, beside=Signature(["NGƯỜI LẬP BIỂU"], registration.preparer))
    return as_bytes(paper)


def _listed(paper: Paper, label: str, entries: Sequence[str], nothing: str, *, at_least: int) -> None:
    """Entries below their label with a dash each; fewer than `at_least`, beside it."""
    if len(entries) < at_least:
        add_text(paper, f"{label} {entries[0] if entries else nothing}.")
        return
    add_text(paper, label, together=True)
    for number, entry in enumerate(entries, start=1):
        add_text(paper, f"- {entry}{';' if number < len(entries) else '.'}")


def _described(person: RegisteredIndividual) -> str:
    return f"{clean(person.full_name)}, ({clean(person.position)}, {clean(person.workplace)})"

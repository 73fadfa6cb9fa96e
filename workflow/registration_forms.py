"""The registration form while it is the unit's (II.3): its parts, a signed scan, taking it back before it is decided, namesakes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from audit.actions import Action
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.documents import Document, DocumentVersion
from models.people import Actor
from models.registrations import RegisteredIndividual, Registration
from models.text import folded
from models.vocabulary import DocumentKind, RegistrationState
from workflow.acts import record_on_registration, refuse_if
from workflow.papers import Paper, add_version
from workflow.registrations import EDITABLE, FormContent, Person, settled


@dataclass(frozen=True, slots=True)
class Namesake:
    """A person of a form who stands on another form of the campaign too, with the same workplace."""

    full_name: str
    workplace: str
    elsewhere: str


def content_of(registration: Registration | None, unit: CampaignUnit) -> FormContent:
    """What is on a form now; a form not begun registers the unit itself."""
    if registration is None:
        return FormContent([unit], [], follows_law=False, is_united=False, preparer="", head="")
    return FormContent(
        collectives=[member.campaign_unit for member in registration.collectives],
        individuals=[Person(p.full_name, p.position, p.workplace) for p in registration.individuals],
        follows_law=registration.follows_law,
        is_united=registration.is_united,
        preparer=registration.preparer,
        head=registration.head,
    )


def take_back(registration: Registration, reason: str, *, actor: Actor, at: datetime) -> AuditEntry:
    """I.2: a unit takes its form back before it is accepted, to correct it or not to take part.

    The form is a draft again, and on time is decided anew when it is sent again. Raises ActRefused unless it is sent or returned.
    """
    before = registration.state
    refuse_if(None if before in {RegistrationState.SENT, RegistrationState.RETURNED} else settled(registration))
    registration.state, registration.sent_at, registration.received_on, registration.late = RegistrationState.DRAFT, None, None, False
    registration.return_reason, registration.decided_at = "", None
    db.session.flush()
    return record_on_registration(Action.REGISTRATION_WITHDRAW, registration, before.value, {"reason": reason}, actor=actor, at=at)


def scan_of(unit: CampaignUnit) -> Document | None:
    """The signed form of a unit as it was scanned, with all its versions."""
    query = select(Document).where(Document.campaign_unit_id == unit.id, Document.kind == DocumentKind.SIGNED_FORM)
    return db.session.scalars(query).first()


def file_scan(registration: Registration, paper: Paper, *, actor: Actor, at: datetime) -> DocumentVersion:
    """IV: attach the form as it was signed; an earlier scan stays as an earlier version. Raises ActRefused once the form is accepted."""
    open_states = {*EDITABLE, RegistrationState.SENT}
    refuse_if(None if registration.state in open_states else settled(registration))
    document = scan_of(registration.campaign_unit)
    if document is None:
        document = Document(campaign_unit_id=registration.campaign_unit_id, kind=DocumentKind.SIGNED_FORM)
        db.session.add(document)
        db.session.flush()
    version, detail = add_version(document, paper, actor=actor, at=at)
    record_on_registration(Action.DOCUMENT_UPLOAD, registration, registration.state.value, detail, actor=actor, at=at)
    return version


def namesakes(registration: Registration) -> list[Namesake]:
    """II.2.b: the people of a form who stand on another form of the campaign with the same workplace. A warning, never a refusal."""
    own = {(folded(p.full_name), folded(p.workplace)): p for p in registration.individuals}
    return [
        Namesake(own[key].full_name, own[key].workplace, unit)
        for key, unit in _registered(registration.campaign, registration)
        if key in own
    ]


def _registered(campaign: Campaign, apart_from: Registration) -> list[tuple[tuple[str, str], str]]:
    query = (
        select(RegisteredIndividual.full_name, RegisteredIndividual.workplace, CampaignUnit.name)
        .join(RegisteredIndividual.registration)
        .join(Registration.campaign_unit)
        .where(Registration.campaign_id == campaign.id, Registration.id != apart_from.id)
        .order_by(RegisteredIndividual.id)
    )
    return [((folded(name), folded(workplace)), unit) for name, workplace, unit in db.session.execute(query)]

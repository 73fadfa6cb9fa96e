"""Registration forms (II.3, IV): filled in and sent by a unit, returned or accepted by home affairs or the compiling district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from audit import Act, record
from audit.actions import Action
from audit.chain import hold_chain
from models.audit import AuditEntry
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Admission
from models.dossiers import Dossier
from models.localtime import day_begins, local_day
from models.people import Actor
from models.registrations import RegisteredCollective, RegisteredIndividual, Registration
from models.vocabulary import LetterName, Milestone, RegistrationState
from notifications.facts import common_facts, deadline_facts
from notifications.notices import queue_letters
from notifications.recipients import Audience, units_of
from notifications.wording import day_words, moment_words
from workflow import deadlines
from workflow.acts import record_on_registration, refuse_if
from workflow.policy import Action as Permitted
from workflow.policy import may
from workflow.rules.deadlines import on_time, registration_late
from workflow.rules.eligibility import date_in_future, received_out_of_range, unit_ended, unit_not_eligible
from workflow.rules.objection import Objection, Place
from workflow.steps import open_dossier

EDITABLE = (RegistrationState.DRAFT, RegistrationState.RETURNED)


@dataclass(frozen=True, slots=True)
class Person:
    """An individual on the form: nothing but name, position and workplace is asked (annex, item 2)."""

    full_name: str
    position: str
    workplace: str


@dataclass(frozen=True, slots=True)
class FormContent:
    """What a unit fills in: its collectives, its people, what the head attests, who prepared it and who signs."""

    collectives: Sequence[CampaignUnit]
    individuals: Sequence[Person]
    follows_law: bool
    is_united: bool
    preparer: str
    head: str


def registration_of(unit: CampaignUnit) -> Registration | None:
    """The unit's own form, if it has begun one."""
    return db.session.scalars(select(Registration).where(Registration.campaign_unit_id == unit.id)).first()


def collectives_for(unit: CampaignUnit) -> list[CampaignUnit]:
    """The collectives that a unit's form may register: itself and its specialised units (II.2.a)."""
    found = db.session.scalars(
        select(CampaignUnit)
        .where(CampaignUnit.form_unit_id == unit.id, CampaignUnit.eligible, CampaignUnit.ended_on.is_(None))
        .order_by(CampaignUnit.sort_key)
    )
    return sorted(found, key=lambda member: member.id != unit.id)


def save(unit: CampaignUnit, content: FormContent, *, actor: Actor, at: datetime) -> Registration:
    """Keep a unit's form as a draft; a returned one stays returned until sent again. Raises ActRefused once it is sent or accepted.

    Who may enter a form for a unit (policy: REGISTRATION_ENTER) does so from its paper, and the record says so.
    """
    hold_chain()  # first: of two who begin the form at once, the second finds what the first has begun
    refuse_if(unit_ended(unit.ended_on, unit.name))
    own = {member.id for member in collectives_for(unit)}
    strangers = [member.name for member in content.collectives if member.id not in own]
    registration = registration_of(unit)
    if registration is None:
        registration = Registration(campaign_id=unit.campaign_id, campaign_unit=unit, state=RegistrationState.DRAFT)
        db.session.add(registration)
    refuse_if(
        unit_not_eligible(unit.eligible and unit.form_unit_id == unit.id, unit.name),
        None if registration.state in EDITABLE or registration.state is None else settled(registration),
        Objection("collective_not_own", {"units": strangers}, "II.2.a", Place.REGISTRATION) if strangers else None,
    )
    registration.follows_law, registration.is_united = content.follows_law, content.is_united
    registration.preparer, registration.head = content.preparer, content.head
    flag_modified(registration, "head")  # the form is another one even when only its people changed: a new version
    registration.collectives = []
    registration.individuals = []
    db.session.flush()
    registration.collectives = [RegisteredCollective(campaign_unit=member) for member in content.collectives]
    registration.individuals = [
        RegisteredIndividual(full_name=p.full_name, position=p.position, workplace=p.workplace) for p in content.individuals
    ]
    db.session.flush()
    detail = {
        "collectives": [member.name for member in content.collectives],
        "individuals": [[p.full_name, p.position, p.workplace] for p in content.individuals],
        **_from_paper(unit, actor),
    }
    record_on_registration(Action.REGISTRATION_SAVE, registration, registration.state.value, detail, actor=actor, at=at)
    return registration


def send(registration: Registration, *, actor: Actor, at: datetime, received_on: date | None = None) -> AuditEntry:
    """II.3: send the form. On time is decided now, by when the unit itself sends; a late one needs a recorded admission.

    Whoever enters a form from paper says on which day the paper came in (`received_on`, today when nothing is said): that day counts.
    """
    unit = registration.campaign_unit
    from_paper = _from_paper(unit, actor)
    received_on = (received_on or local_day(at)) if from_paper else None
    counts_at = day_begins(received_on) if received_on else at
    refuse_if(unit_ended(unit.ended_on, unit.name))
    due = due_date(registration.campaign)
    admitted = admission_of(unit) is not None
    refuse_if(
        None if registration.state in EDITABLE else settled(registration),
        None if registration.collectives else Objection("form_has_no_collective", {}, "II.2.a", Place.REGISTRATION),
        None if registration.follows_law and registration.is_united else Objection("not_attested", {}, "III.1.a", Place.REGISTRATION),
        None if registration.preparer and registration.head else Objection("form_not_signed", {}, "IV", Place.REGISTRATION),
        received_out_of_range(received_on, _opened_on(registration.campaign), local_day(at)),
        registration_late(counts_at, due, admitted=admitted or registration.state is RegistrationState.RETURNED),
    )
    before = registration.state.value
    if registration.sent_at is None:
        registration.sent_at, registration.received_on = at, received_on
        registration.late = not on_time(counts_at, due)
    registration.state = RegistrationState.SENT
    registration.return_reason = ""
    db.session.flush()
    detail = {"late": registration.late, **from_paper} | ({"received_on": received_on.isoformat()} if received_on else {})
    entry = record_on_registration(Action.REGISTRATION_SEND, registration, before, detail, actor=actor, at=at)
    _tell(LetterName.REGISTRATION_RECEIVED, registration, entry, at=_received_words(entry, received_on))
    return entry


def give_back(
    registration: Registration, reason: str, *, actor: Actor, at: datetime, version: int | None = None, key: str | None = None
) -> AuditEntry:
    """IV: return a form with the reason; the unit may correct and send it again, even after the due date: it was first sent in time.

    `version` is the one that the page showed, where it showed one; `key` is the page's own, so that sent twice it is one act.
    """
    refuse_if(*_undecidable(registration, version))
    registration.state = RegistrationState.RETURNED
    registration.return_reason = reason
    registration.decided_at = at
    db.session.flush()
    entry = record_on_registration(
        Action.REGISTRATION_RETURN, registration, RegistrationState.SENT.value, {"reason": reason}, actor=actor, at=at, key=key
    )
    _tell(LetterName.REGISTRATION_RETURNED, registration, entry, reason=reason)
    return entry


def accept(registration: Registration, *, actor: Actor, at: datetime, version: int | None = None, key: str | None = None) -> list[Dossier]:
    """II.2, IV: accept a form; each collective on it gets its dossier, as registered. `version` and `key` as in give_back()."""
    refuse_if(*_undecidable(registration, version))
    registration.state = RegistrationState.ACCEPTED
    registration.decided_at = at
    db.session.flush()
    entry = record_on_registration(
        Action.REGISTRATION_ACCEPT, registration, RegistrationState.SENT.value, {"late": registration.late}, actor=actor, at=at, key=key
    )
    names = [member.campaign_unit.official_name for member in registration.collectives]
    _tell(LetterName.REGISTRATION_ACCEPTED, registration, entry, collectives=names)
    return [open_dossier(registration, member.campaign_unit, actor=actor, at=at) for member in registration.collectives]


def admit(unit: CampaignUnit, *, number: str, decided_on: date, reason: str, actor: Actor, at: datetime) -> Admission:
    """II.3: record the decision to take a late registration, and tell the unit.

    Raises ActRefused when there is one already, or for a date in the future.
    """
    refuse_if(
        None if admission_of(unit) is None else Objection("admitted_already", {"unit": unit.name}),
        date_in_future("date") if decided_on > local_day(at) else None,
    )
    admission = Admission(campaign_unit=unit, number=number, date=decided_on, reason=reason, recorded_by_id=actor.user_id, recorded_at=at)
    db.session.add(admission)
    db.session.flush()
    entry = record(
        Act(
            Action.REGISTRATION_ADMIT,
            f"unit:{unit.id}",
            clause="II.3",
            detail={"unit": unit.long_name, "number": number, "date": decided_on.isoformat(), "reason": reason},
            campaign_id=unit.campaign_id,
        ),
        actor=actor,
        at=at,
    )
    _tell_unit(LetterName.REGISTRATION_ADMITTED, unit, entry, clause="II.3", number=number, date=day_words(decided_on), reason=reason)
    return admission


def admission_of(unit: CampaignUnit) -> Admission | None:
    """The recorded admission of a unit's late registration."""
    return db.session.scalars(select(Admission).where(Admission.campaign_unit_id == unit.id)).first()


def due_date(campaign: Campaign) -> date:
    """The last day of registration."""
    deadline = deadlines.current(campaign, Milestone.REGISTRATION)
    if deadline is None:
        raise LookupError("an open campaign has a registration due date")
    return deadline.due_on


def _undecidable(registration: Registration, version: int | None) -> list[Objection | None]:
    """IV: only a form that was sent is decided, and as the page showed it."""
    changed = version is not None and version != registration.version
    return [
        None if registration.state is RegistrationState.SENT else settled(registration),
        Objection("registration_changed", {"unit": registration.campaign_unit.long_name}, place=Place.REGISTRATION) if changed else None,
    ]


def _opened_on(campaign: Campaign) -> date:
    return local_day(campaign.opened_at) if campaign.opened_at else date.min


def _received_words(entry: AuditEntry, received_on: date | None) -> str:
    """When a form came in, as its receipt says it."""
    moment = moment_words(entry.at)
    return f"{moment}, nhập từ bản giấy nhận ngày {day_words(received_on)}" if received_on else moment


def _from_paper(unit: CampaignUnit, actor: Actor) -> dict[str, bool]:
    """Whether somebody else than the unit enters its form: then it is entered from paper, for the unit."""
    entered = may(actor, Permitted.REGISTRATION_ENTER, unit) and not may(actor, Permitted.REGISTRATION_FILL, unit)
    return {"from_paper": True} if entered else {}


def settled(registration: Registration) -> Objection:
    """IV: the form is not in a state in which this can be done."""
    return Objection("registration_settled", {"state": registration.state.value}, "IV", Place.REGISTRATION)


def _tell(letter: LetterName, registration: Registration, entry: AuditEntry, **stated: object) -> None:
    _tell_unit(letter, registration.campaign_unit, entry, clause="IV", **stated)


def _tell_unit(letter: LetterName, unit: CampaignUnit, entry: AuditEntry, *, clause: str, **stated: object) -> None:
    """Write to the unit; a commune's letter goes to its district as well, about the commune."""
    link = f"/registrations/{unit.id}"
    deadline = deadlines.current(unit.campaign, Milestone.REGISTRATION)
    facts = common_facts(unit.campaign, entry, clause=clause, link=link) | {"at": moment_words(entry.at), **stated}
    if deadline is not None:
        facts |= deadline_facts(deadline, local_day(entry.at))
    facts["unit"] = unit.official_name
    addressees = units_of((Audience.UNIT, Audience.COMPILER), unit)
    queue_letters(letter, [(addressee, facts) for addressee in addressees], entry)

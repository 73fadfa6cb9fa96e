"""The verbs of the demo: what people do in a campaign, each a call of the workflow in its own transaction. No dates and no choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask import current_app
from sqlalchemy import select

from demo import names, people
from demo.paper import pdf
from documents.store import Store
from models.campaigns import Campaign, CampaignUnit
from models.db import db, transaction
from models.dossiers import Dossier, Nominee
from models.people import Actor
from models.registrations import Registration
from models.units import Unit
from models.vocabulary import DocumentKind, DossierState, NomineeKind, Step
from workflow import extensions, papers, registrations
from workflow.machine import StepRefused, StepRequest
from workflow.nominees import Individual, name_individuals
from workflow.papers import Paper
from workflow.registrations import FormContent
from workflow.steps import record_refusal, take_step

SHARED = (DocumentKind.PROPOSAL_LETTER, DocumentKind.MINUTES)


class Scene:
    """A campaign with the people who act in it, its units and dossiers by their codes."""

    def __init__(self, campaign: Campaign, instant: datetime) -> None:
        """Look up who can act at an instant."""
        self.campaign = campaign
        self.actors = people.actors(instant)
        self.home, self.second, self.secretary = (self.actors[a.login] for a in (people.HOME, people.SECOND, people.SECRETARY))
        rows = db.session.execute(
            select(Unit.code, CampaignUnit.id).join(CampaignUnit.unit).where(CampaignUnit.campaign_id == campaign.id).order_by(Unit.code)
        )
        self.ids = {code: number for code, number in rows}  # noqa: C416 (a row unpacks, dict() would not take it)
        self.store = Store(current_app.config["STORE_URL"])

    def unit(self, code: str) -> CampaignUnit:
        """A unit of the campaign."""
        return db.session.get_one(CampaignUnit, self.ids[code])

    def dossier(self, code: str) -> Dossier:
        """The dossier of a collective."""
        return db.session.scalars(select(Dossier).where(Dossier.campaign_unit_id == self.ids[code])).one()

    def form(self, code: str) -> Registration:
        """The registration form of a body."""
        form = registrations.registration_of(self.unit(code))
        if form is None:
            raise LookupError(f"{code} has no form")
        return form

    def codes(self, state: DossierState, *kinds: str) -> list[str]:
        """The collectives whose dossiers stand in a state, of some kinds or of all."""
        query = (
            select(Unit.code)
            .join(CampaignUnit, CampaignUnit.unit_id == Unit.id)
            .join(Dossier, Dossier.campaign_unit_id == CampaignUnit.id)
            .where(Dossier.campaign_id == self.campaign.id, Dossier.state == state)
            .order_by(Dossier.sort_key)
        )
        return list(db.session.scalars(query.where(CampaignUnit.kind.in_(kinds)) if kinds else query))

    def compiler(self, code: str) -> Actor:
        """Who decides on a body's form: the officer of its district, or home affairs."""
        district = self.unit(code).compiled_by
        return self.actors[district.unit.code] if district else self.home

    def submitter(self, code: str) -> Actor:
        """The officer of the unit that submits a collective's dossier."""
        submits = self.unit(code).submits
        return self.actors[submits.unit.code if submits else code]

    def save(self, code: str, at: datetime) -> None:
        """A body fills in its form: itself, its specialised units, one or two individuals of each."""
        with transaction():
            unit = self.unit(code)
            collectives = registrations.collectives_for(unit)
            people_of = [names.person(u.unit.code, n, u.kind, u.name) for u in collectives for n in range(u.individual_quota)]
            content = FormContent(
                collectives=collectives,
                individuals=people_of,
                follows_law=True,
                is_united=True,
                preparer=self.actors[code].name,
                head=names.full_name(f"head {code}"),
            )
            registrations.save(unit, content, actor=self.actors[code], at=at)

    def send(self, code: str, at: datetime) -> None:
        """A body sends its form."""
        with transaction():
            registrations.send(self.form(code), actor=self.actors[code], at=at)

    def give_back(self, code: str, reason: str, at: datetime) -> None:
        """The form is returned with a reason."""
        with transaction():
            registrations.give_back(self.form(code), reason, actor=self.compiler(code), at=at)

    def accept(self, code: str, at: datetime) -> None:
        """The form is accepted: its collectives get their dossiers."""
        with transaction():
            registrations.accept(self.form(code), actor=self.compiler(code), at=at)

    def step(self, code: str, verb: Step, actor: Actor, at: datetime, **answers: object) -> None:
        """Take one step of a dossier."""
        with transaction():
            dossier = self.dossier(code)
            take_step(dossier, verb, StepRequest(version=dossier.version, **answers), actor=actor, at=at)  # type: ignore[arg-type]

    def refused(self, code: str, verb: Step, actor: Actor, at: datetime, **answers: object) -> None:
        """Try a step that is not possible; the refusal is put on record. Raises AssertionError when the step went through after all."""
        try:
            self.step(code, verb, actor, at, **answers)
        except StepRefused as refusal:
            with transaction():
                record_refusal(self.dossier(code), refusal, actor=actor, at=at)
        else:
            raise AssertionError(f"{verb.value} of {code} was to be refused")

    def consent(self, code: str, verb: Step, reason: str, at: datetime, *, by: Actor | None = None) -> None:
        """The second officer consents to a step."""
        with transaction():
            extensions.sign_off(self.dossier(code), verb, reason, actor=by or self.second, at=at)

    def extend(self, code: str, number: str, due_on: date, reason: str, at: datetime) -> None:
        """Home affairs moves a dossier's due date by a numbered decision of the day."""
        with transaction():
            extensions.extend(self.dossier(code), number=number, decided_on=at.date(), due_on=due_on, reason=reason, actor=self.home, at=at)

    def ask_extension(self, code: str, due_on: date, reason: str, at: datetime) -> None:
        """A unit asks home affairs for a later due date."""
        with transaction():
            extensions.ask_extension(self.dossier(code), due_on=due_on, reason=reason, actor=self.submitter(code), at=at)

    def note_original(self, code: str, note: str, at: datetime) -> None:
        """The original set on paper has come in to home affairs."""
        with transaction():
            extensions.note_original(
                self.dossier(code), received_on=at.date(), received_by=self.home.name, note=note, actor=self.home, at=at
            )

    def put_forward(self, code: str, individuals: int, at: datetime, *, assigned: bool = True) -> None:
        """The submitting unit names the first of the people that the form registered, each with rating, attested and, as a rule,
        assigned work."""
        with transaction():
            dossier = self.dossier(code)
            unit = dossier.campaign_unit
            found = [names.person(code, n, unit.kind, unit.name) for n in range(individuals)]
            chosen = [
                Individual(
                    p.full_name,
                    p.position,
                    p.workplace,
                    ("excellent", "good")[n % 2],
                    reform_excellent=True,
                    direct=n == 0,
                    assignment=f"Thông báo phân công nhiệm vụ năm {self.campaign.year}" if n and assigned else "",
                )
                for n, p in enumerate(found)
            ]
            name_individuals(dossier, chosen, actor=self.submitter(code), at=at)

    def file(self, code: str, kinds: Sequence[DocumentKind], at: datetime) -> None:
        """File papers of some kinds: tờ trình and biên bản are shared where the submitting unit has them, a report is each nominee's."""
        for kind in kinds:
            if kind is DocumentKind.ACHIEVEMENT_REPORT:
                for nominee_id in [n.id for n in self.dossier(code).nominees]:
                    self._upload(code, kind, nominee_id, at)
                continue
            ready = [d.id for d in papers.shareable_papers(self.dossier(code)) if d.kind is kind]
            if ready:
                with transaction():
                    dossier = self.dossier(code)
                    document = next(d for d in papers.shareable_papers(dossier) if d.id == ready[0])
                    papers.share_paper(dossier, document, actor=self.submitter(code), at=at)
            else:
                self._upload(code, kind, None, at)

    def _upload(self, code: str, kind: DocumentKind, nominee_id: int | None, at: datetime) -> None:
        dossier = self.dossier(code)
        nominee = db.session.get_one(Nominee, nominee_id) if nominee_id else None
        owner = nominee.full_name if nominee and nominee.kind is NomineeKind.INDIVIDUAL else None
        owner = owner or (dossier.campaign_unit.official_name if nominee else dossier.submits.official_name)
        name = f"{kind.label} - {owner}.pdf".replace("/", "-")
        made_up = "Văn bản mẫu của bản dùng thử, nội dung hư cấu."
        lines = [owner, self.campaign.title, f"Hồ sơ {dossier.code}", f"Ngày {at:%d/%m/%Y}", made_up]
        content = pdf(kind.label, lines)
        paper = Paper(name, "application/pdf", len(content), self.store.keep(content))
        with transaction():
            nominee = db.session.get_one(Nominee, nominee_id) if nominee_id else None
            papers.file_paper(self.dossier(code), kind, nominee, paper, actor=self.submitter(code), at=at)

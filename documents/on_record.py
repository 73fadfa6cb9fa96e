"""What a campaign has on record, as papers cite it: the announcement, each collective's result, who is put forward, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from sqlalchemy import select

from documents.naming import cited, counted
from models.campaigns import Campaign, CampaignUnit
from models.db import db
from models.decisions import Ruling
from models.dossiers import Dossier, Nominee
from models.plan import Plan
from models.registrations import Registration
from models.results import IndexEntry
from models.units import Unit
from models.vocabulary import NomineeKind, PaperKind, ResultNeed
from notifications.wording import day_words, long_day
from workflow.evidence import Evidence, Known

NOTHING = "......"
"""Room for what is not on record."""


class OnRecord:
    """The results of one campaign, read once for a paper however many dossiers it lists."""

    def __init__(self, campaign: Campaign) -> None:
        """Read it as it stands now."""
        self.plan = campaign.plan
        self._known = Known(campaign)
        self._campaign_id = campaign.id

    @cached_property
    def _years(self) -> dict[str, int]:
        ruling = db.session.scalars(select(Ruling).where(Ruling.campaign_id == self._campaign_id)).first()
        return ruling.years if ruling else {}

    @cached_property
    def _bodies(self) -> dict[str, CampaignUnit]:
        plan = self.plan
        wanted = (plan.issuer_unit, plan.home_affairs_unit, plan.receiving_office_unit)
        found = db.session.execute(
            select(Unit.code, CampaignUnit)
            .join(CampaignUnit.unit)
            .where(CampaignUnit.campaign_id == self._campaign_id, Unit.code.in_(wanted))
        )
        return {code: unit for code, unit in found}  # noqa: C416 (rows, not pairs)

    @property
    def issuer(self) -> CampaignUnit:
        """The body that issued the plan, whose Chairman decides."""
        return self._bodies[self.plan.issuer_unit]

    @property
    def home_affairs(self) -> CampaignUnit:
        """The body that appraises and proposes (IV)."""
        return self._bodies[self.plan.home_affairs_unit]

    @property
    def receiving_office(self) -> CampaignUnit:
        """Its office that receives the dossiers (III.4.c)."""
        return self._bodies[self.plan.receiving_office_unit]

    @property
    def announcement(self) -> str:
        """The decision that announced the ranking (III.4.a), as a paper cites it; empty while there is none."""
        found = self._known.announced(self.plan.award_basis_year)
        if found is None or found.decision_date is None:
            return ""
        ranking = f"kết quả xếp hạng cải cách hành chính năm {self.plan.award_basis_year}"
        return f"Quyết định số {found.decision_number} {long_day(found.decision_date)} của {self.plan.issuer} công bố {ranking}"

    def bases(self, kind: PaperKind) -> list[str]:
        """What a paper of a kind rests on, line by line: its legal bases, the announcement, the plan."""
        announced = [f"Căn cứ {self.announcement}"] if self.announcement else []
        return [*(f"Căn cứ {basis.title}" for basis in self.plan.bases_of(kind)), *announced, f"Thực hiện {cited(self.plan)}"]

    def result_of(self, dossier: Dossier) -> str:
        """What the collective's criterion rests on (III.1.a), with number and date; room for it where nothing is on record."""
        criterion = self.plan.criteria[dossier.campaign_unit.criterion or ""]
        year = int(self._years.get(criterion.code, criterion.year))
        found = self._known.of(dossier.campaign_unit, year)
        if criterion.needs is ResultNeed.INDEX:
            return _entry(found.entry, self.plan) or NOTHING
        if criterion.needs is ResultNeed.RECOGNITION and found.recognition is not None:
            row = found.recognition
            return f"Được công nhận xuất sắc trong công tác CCHC năm {row.year} (văn bản số {row.number} ngày {day_words(row.date)})"
        return _rating(found, criterion.needs, self.plan) or NOTHING


def _entry(row: IndexEntry | None, plan: Plan) -> str:
    if row is None:
        return ""
    return f"Xếp hạng {row.rank}, nhóm {plan.label_of_group(row.rank_group)}, Chỉ số CCHC năm {row.publication.index_year}"


def _rating(found: Evidence, need: ResultNeed, plan: Plan) -> str:
    if found.rating is None:
        return ""
    row = found.rating
    said = f"{plan.label_of_rating(row.rating)} năm {row.year} (văn bản số {row.number} ngày {day_words(row.date)})"
    if need is ResultNeed.RATING_PROGRESS:
        return said + ("; thực hiện nhiệm vụ CCHC tiến bộ hơn năm trước" if row.better_than_before else "")
    parent = _entry(found.parent_entry, plan)
    return f"{said}; cơ quan chủ quản: {parent[:1].lower()}{parent[1:]}" if parent else said


def head_of(unit: CampaignUnit) -> str:
    """Who heads a unit, as its own registration form names them; empty where it has none."""
    return db.session.scalar(select(Registration.head).where(Registration.campaign_unit_id == unit.id)) or ""


def in_order(dossiers: Iterable[Dossier]) -> list[Dossier]:
    """Dossiers as lists name them: kinds in the order of the plan, then by name."""
    found = list(dossiers)
    order = list(found[0].campaign.plan.kinds) if found else []
    return sorted(found, key=lambda d: (order.index(d.campaign_unit.kind), d.sort_key, d.id))


def everybody(_nominee: Nominee) -> bool:
    """Whoever is put forward, whatever became of it."""
    return True


def recommended(nominee: Nominee) -> bool:
    """Whom the council put forward, whatever the Chairman decided after (IV)."""
    return bool(nominee.recommended)


def to_be_awarded(nominee: Nominee) -> bool:
    """Whom the council put forward; once the Chairman has decided, whom he awards (III.3)."""
    return bool(nominee.recommended if nominee.awarded is None else nominee.awarded)


def put_forward(dossiers: Iterable[Dossier], kind: NomineeKind, named: Callable[[Nominee], bool] = everybody) -> list[Nominee]:
    """The nominees of a kind in the order of their dossiers."""
    return [nominee for dossier in dossiers for nominee in dossier.nominees if nominee.kind is kind and named(nominee)]


def counts_in_words(collectives: Sequence[Nominee], individuals: Sequence[Nominee]) -> str:
    """How many are put forward: "02 tập thể và 03 cá nhân"."""
    parts = [f"{counted(len(found))} {word}" for found, word in ((collectives, "tập thể"), (individuals, "cá nhân")) if found]
    return " và ".join(parts)

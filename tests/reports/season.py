"""The registrations that the reports are read from: a few communes of Giồng Riềng and two departments, in every state."""

from __future__ import annotations

from datetime import date, datetime

from models.campaigns import CampaignUnit
from models.db import transaction
from models.registrations import Registration
from tests.actors import campaign_2021, home
from tests.builders import actor_of, at, register, unit_of
from workflow import registrations
from workflow.registrations import FormContent, Person

DISTRICT = "906"
ACCEPTED, ALONE, WAITING, LATE, RETURNED, DRAFT, SILENT = "30904", "30907", "30910", "30913", "30916", "30919", "30922"
"""Communes of Giồng Riềng; `ALONE` registers no individual, the rest of its nineteen began nothing either."""

CLOSED = at("2021-04-05 09:00")
ODD = Person("=HYPERLINK(1) <b>&", "@Chuyên viên", "x" * 200)


def unit(code: str) -> CampaignUnit:
    """A unit of the campaign."""
    return unit_of(campaign_2021(), code)


def sent(code: str, *people: Person, when: datetime) -> Registration:
    """A form that its unit has sent."""
    officer, content = (
        actor_of(code),
        FormContent(registrations.collectives_for(unit(code)), people, True, True, "Lê Văn Lập", "Huỳnh Việt"),
    )
    with transaction():
        form = registrations.save(unit(code), content, actor=officer, at=when)
        registrations.send(form, actor=officer, at=when)
    return form


def run_season() -> None:
    """The district and Sở Nội vụ register two people each; of the communes one is late by admission, one returned, one only drafted."""
    register(campaign_2021(), DISTRICT)
    register(campaign_2021(), "SNV")
    register(campaign_2021(), ACCEPTED)
    when, district, officer = at("2021-03-12 10:00"), actor_of(DISTRICT), actor_of(DRAFT)
    alone = sent(ALONE, when=when)
    with transaction():
        registrations.accept(alone, actor=district, at=when)
    sent(WAITING, ODD, when=when)
    returned = sent(RETURNED, ODD, when=when)
    with transaction():
        registrations.give_back(returned, "Chưa ghi chức vụ.", actor=district, at=when)
    late, receiver = at("2021-04-02 10:00"), home()
    with transaction():
        registrations.admit(unit(LATE), number="21/SNV-CCHC", decided_on=date(2021, 4, 1), reason="Mất điện.", actor=receiver, at=late)
    sent(LATE, ODD, when=late)
    with transaction():
        content = FormContent([unit(DRAFT)], [ODD], True, True, "", "")
        registrations.save(unit(DRAFT), content, actor=officer, at=when)

"""Who may do what: every route against every role, and every step and action against the tables of domain.md, sections 2 and 5."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from demo.catcher import caught_path
from imports import uploads
from models.audit import AuditEntry
from models.campaigns import CampaignUnit
from models.db import db
from models.dossiers import Dossier
from models.outbox import OutboxMail
from models.people import Actor
from models.vocabulary import AuditResult, DossierState, LetterName, Role, Step
from tests import actors
from tests.builders import dossier_of, unit_of
from tests.imports.corpus import workbooks as wb
from tests.web.fixtures import COMMUNE, DEPARTMENT, NOW, OFFICE, PDF, PEOPLE, Site, Visitor, day, person, site
from web import work
from workflow.machine import StepForbidden, StepRefused, StepRequest, StepStale, transitions
from workflow.policy import Action, may, step_grants
from workflow.procedure import DossierProcedure
from workflow.registrations import registration_of
from workflow.steps import steps_from, take_step

__all__ = ["site"]

COLUMNS = ("nobody", "own", "district", "stranger", "home", "secretary", "auditor", "admin")
"""Nobody signed in; the officer of the unit itself; of huyện Giồng Riềng, which compiles for the commune and submits for the office; of
a body that has nothing to do with it; and the roles of the province."""

MATRIX = """
endpoint             method target     | nobody own district stranger home secretary auditor admin
static               GET    -          |    200 200      200      200  200       200     200   200
health.healthz       GET    -          |    200 200      200      200  200       200     200   200
auth.sign_in         GET    -          |    200 200      200      200  200       200     200   200
auth.sign_in_post    POST   -          |    302 302      302      302  302       302     302   302
auth.sign_out        POST   -          |     in  in       in       in   in        in      in    in
auth.language        GET    -          |    302 302      302      302  302       302     302   302
inbox.index          GET    -          |     in 200      200      200  200       200     200   200
dossiers.index       GET    -          |     in 200      200      200  200       200     200   403
dossiers.export      GET    -          |     in 200      200      200  200       200     200   403
dossiers.views       GET    -          |     in 200      200      200  200       200     200   403
dossiers.views       POST   -          |     in 302      302      302  302       302     302   403
dossiers.forget_view POST   -          |     in 302      302      302  302       302     302   403
dossiers.remind      GET    commune    |     in 403      403      403  200       403     403   403
dossiers.remind      POST   commune    |     in 403      403      403  302       403     403   403
dossiers.show        GET    commune    |     in 200      200      404  200       200     200   403
dossiers.show        GET    department |     in 200      404      404  200       200     200   403
dossiers.show        GET    office     |     in 200      200      404  200       200     200   403
dossiers.sheet       GET    commune    |     in 200      200      404  200       200     200   403
dossiers.sheet       GET    department |     in 200      404      404  200       200     200   403
steps.confirm        GET    commune    |     in 200      200      404  403       403     403   403
steps.confirm        GET    department |     in 200      404      404  403       403     403   403
steps.confirm        GET    office     |     in 200      200      404  403       403     403   403
steps.take           POST   commune    |     in 302      302      404  403       403     403   403
steps.take           POST   department |     in 302      404      404  403       403     403   403
steps.take           POST   office     |     in 302      302      404  403       403     403   403
nominees.edit        GET    commune    |     in 200      200      404  403       403     403   403
nominees.edit        GET    office     |     in 200      200      404  403       403     403   403
nominees.save        POST   commune    |     in 302      302      404  403       403     403   403
nominees.save        POST   department |     in 302      404      404  403       403     403   403
nominees.answers     GET    commune    |     in 200      200      404  403       403     403   403
nominees.answers     GET    department |     in 200      404      404  403       403     403   403
nominees.answers     POST   commune    |     in 302      302      404  403       403     403   403
appraisal.dossier    GET    submitted  |     in 403      403      403  200       403     403   403
appraisal.dossier    POST   submitted  |     in 403      403      403  302       403     403   403
appraisal.dossier    GET    commune    |     in 403      403      403  403       403     403   403
appraisal.index      GET    -          |     in 403      403      403  200       200     200   403
appraisal.sheet      GET    -          |     in 403      403      403  200       200     200   403
documents.index      GET    commune    |     in 200      200      404  200       200     200   403
documents.index      GET    department |     in 200      404      404  200       200     200   403
documents.upload     POST   commune    |     in 302      302      404  403       403     403   403
documents.upload     POST   office     |     in 302      302      404  403       403     403   403
documents.share      POST   office     |     in 302      302      404  403       403     403   403
documents.download   GET    commune    |     in 200      200      404  200       200     200   403
papers.index         GET    commune    |     in 200      200      404  200       403     403   403
papers.index         GET    department |     in 200      404      404  200       403     403   403
papers.dossier       GET    commune    |     in 200      200      404  200       403     403   403
papers.dossier       GET    department |     in 200      404      404  200       403     403   403
papers.dossier       GET    office     |     in 200      200      404  200       403     403   403
papers.session       GET    -          |     in 403      403      403  200       200     200   403
papers.campaign      GET    -          |     in 403      403      403  200       403     403   403
documents.bundle     GET    commune    |     in 200      200      404  200       200     200   403
documents.bundle     GET    department |     in 200      404      404  200       200     200   403
documents.appraisal  GET    commune    |     in 403      403      403  403       403     403   403
documents.appraisal  GET    submitted  |     in 403      403      403  200       403     403   403
documents.appraisal  POST   submitted  |     in 403      403      403  302       403     403   403
records.result       GET    commune    |     in 403      200      404  403       403     403   404
records.result       GET    office     |     in 403      403      404  200       403     403   404
records.result       GET    department |     in 302      404      404  302       302     302   404
records.result       POST   commune    |     in 403      409      404  403       403     403   404
records.result       POST   office     |     in 403      403      404  409       403     403   404
records.extension    GET    commune    |     in 403      403      403  200       403     403   403
records.extension    POST   commune    |     in 403      403      403  302       403     403   403
records.original     GET    commune    |     in 403      403      403  200       403     403   403
records.original     POST   commune    |     in 403      403      403  302       403     403   403
extensions.ask       GET    commune    |     in 200      200      404  403       403     403   403
extensions.ask       POST   commune    |     in 302      302      404  403       403     403   403
extensions.ask       POST   department |     in 302      404      404  403       403     403   403
extensions.order     GET    -          |     in 403      403      403  200       403     403   403
extensions.order     POST   -          |     in 403      403      403  200       403     403   403
records.sign_off     GET    commune    |     in 403      403      403  200       200     403   403
records.sign_off     POST   commune    |     in 403      403      403  302       302     403   403
registrations.index  GET    -          |     in 200      200      200  200       403     200   403
registrations.show   GET    commune    |     in 200      200      404  200       403     200   403
registrations.show   GET    department |     in 200      404      404  200       403     200   403
registrations.fill   GET    draft      |     in 200      200      404  200       403     403   403
registrations.fill   POST   draft      |     in 302      302      404  302       403     403   403
registrations.check  GET    draft      |     in 200      200      404  200       403     403   403
registrations.send   POST   draft      |     in 409      409      404  409       403     403   403
registrations.take_back GET sent       |     in 200      403      404  403       403     403   403
registrations.take_back POST sent      |     in 302      403      404  403       403     403   403
registrations.attach_scan POST draft   |     in 302      302      404  302       403     403   403
registrations.attach_scan POST sct     |     in 302      404      404  302       403     403   403
registrations.scan   GET    draft      |     in 404      404      404  404       403     404   403
registrations.paper  GET    draft      |     in 200      200      404  200       403     200   403
registrations.paper  GET    sct        |     in 200      404      404  200       403     200   403
registrations.printed GET   draft      |     in 200      200      404  200       403     200   403
registrations.accept POST   sent       |     in 403      302      404  403       403     403   403
registrations.accept POST   sct        |     in 403      404      404  302       403     403   403
registrations.give_back GET sent       |     in 403      200      404  403       403     403   403
registrations.give_back POST sent      |     in 403      302      404  403       403     403   403
registrations.give_back POST sct       |     in 403      404      404  302       403     403   403
registrations.admission GET draft      |     in 403      403      403  200       403     403   403
registrations.admission POST draft     |     in 403      403      403  302       403     403   403
registrations.ask_late GET  draft      |     in 200      403      404  403       403     403   403
registrations.ask_late POST draft      |     in 302      403      404  403       403     403   403
registrations.bulk   GET    sent       |     in 422      200      422  200       403     403   403
registrations.bulk   POST   sent       |     in 403      200      422  403       403     403   403
registrations.bulk   POST   sct        |     in 403      422      422  200       403     403   403
registrations.remind GET    draft      |     in 403      403      403  409       403     403   403
registrations.remind POST   draft      |     in 403      403      403  409       403     403   403
registrations.rollup GET    rollup     |     in 200      200      404  200       403     200   403
registrations.rollup_file GET rollup   |     in 200      200      404  200       403     200   403
registrations.send_rollup GET rollup   |     in 200      200      404  403       403     403   403
registrations.send_rollup POST rollup  |     in 302      302      404  403       403     403   403
registrations.province GET  -          |     in 403      403      403  200       403     200   403
ranking.index        GET    -          |     in 200      200      200  200       200     200   403
ranking.entries      GET    -          |     in 403      403      403  200       403     403   403
ranking.entries      POST   -          |     in 403      403      403  409       403     403   403
ranking.publish      GET    -          |     in 403      403      403  200       403     403   403
ranking.publish      POST   -          |     in 403      403      403  409       403     403   403
ranking.ruling       GET    -          |     in 200      200      200  200       200     200   403
ranking.ruling       POST   -          |     in 403      403      403  409       403     403   403
corrections.edit     GET    -          |     in 403      403      403  200       403     403   403
corrections.edit     POST   -          |     in 403      403      403  409       403     403   403
comparison.index     GET    -          |     in 200      200      200  200       200     200   403
selection.index      GET    -          |     in 200      200      200  200       403     200   403
selection.confirm    GET    commune    |     in 403      200      404  403       403     403   403
selection.confirm    GET    an_bien    |     in 403      404      404  200       403     403   403
selection.take       POST   commune    |     in 403      409      404  403       403     403   403
selection.take       POST   an_bien    |     in 403      404      404  200       403     403   403
selection.places     GET    an_bien    |     in 200      403      403  200       403     403   403
selection.places     POST   an_bien    |     in 409      403      403  409       403     403   403
council.index        GET    -          |     in 403      403      403  200       200     200   403
council.call         GET    -          |     in 403      403      403  403       200     403   403
council.call         POST   -          |     in 403      403      403  403       302     403   403
council.show         GET    -          |     in 403      403      403  200       200     200   403
council.hold         POST   -          |     in 403      403      403  403       302     403   403
council.change       GET    -          |     in 403      403      403  403       200     403   403
council.change       POST   -          |     in 403      403      403  403       302     403   403
council.pack         GET    -          |     in 403      403      403  200       200     200   403
council.decide       GET    -          |     in 403      403      403  403       302     403   403
council.take_decisions POST -          |     in 403      403      403  403       302     403   403
council.members      GET    -          |     in 403      403      403  200       200     200   403
council.add_member   GET    -          |     in 403      403      403  403       200     403   403
council.add_member   POST   -          |     in 403      403      403  403       302     403   403
council.edit_member  GET    -          |     in 403      403      403  403       404     403   403
council.edit_member  POST   -          |     in 403      403      403  403       404     403   403
council.let_member_go GET   -          |     in 403      403      403  403       404     403   403
council.let_member_go POST  -          |     in 403      403      403  403       404     403   403
council.call_off     GET    -          |     in 403      403      403  403       200     403   403
council.call_off     POST   -          |     in 403      403      403  403       302     403   403
forwarding.index     GET    -          |     in 403      403      403  200       200     200   403
forwarding.confirm   GET    rollup     |     in 403      403      403  200       403     403   403
forwarding.take      POST   rollup     |     in 403      403      403  200       403     403   403
forwarding.package   GET    -          |     in 403      403      403  200       200     200   403
awards.show          GET    -          |     in 403      403      403  200       200     200   403
awards.take          POST   -          |     in 403      403      403  302       403     403   403
awards.certificates  GET    -          |     in 403      403      403  200       200     200   403
commendations.index  GET    -          |     in 200      200      200  200       403     200   403
commendations.add    GET    -          |     in 200      200      200  403       403     403   403
commendations.add    POST   -          |     in 302      302      302  403       403     403   403
commendations.correct GET   commune    |     in 200      404      404  403       403     403   403
commendations.correct POST  commune    |     in 302      404      404  403       403     403   403
commendations.export GET    -          |     in 200      200      200  200       403     200   403
calendar.index       GET    -          |     in 200      200      200  200       200     200   200
search.index         GET    -          |     in 200      200      200  200       200     200   200
calendar.forecast    GET    -          |     in 200      200      200  200       200     200   200
calendar.reminders   GET    -          |     in 200      200      200  200       200     200   200
calendar.month       GET    -          |     in 200      200      200  200       200     200   200
reminders.edit       GET    -          |     in 403      403      403  200       403     403   403
reminders.save       POST   -          |     in 403      403      403  302       403     403   403
reminders.pause      POST   -          |     in 403      403      403  302       403     403   403
reminders.resume     POST   -          |     in 403      403      403  409       403     403   403
wordings.index       GET    -          |     in 403      403      403  200       403     403   403
wordings.edit        GET    -          |     in 403      403      403  200       403     403   403
wordings.sample      GET    -          |     in 200      200      200  200       200     200   200
wordings.save        POST   -          |     in 403      403      403  302       403     403   403
wordings.reset       POST   -          |     in 403      403      403  409       403     403   403
feeds.index          GET    -          |     in 200      200      200  200       403     403   403
feeds.make           POST   -          |     in 302      302      302  302       403     403   403
feeds.revoke         POST   -          |     in 404      404      404  404       403     403   403
feeds.read           GET    -          |    404 404      404      404  404       404     404   404
letters.index        GET    -          |     in 200      200      200  200       403     200   200
letters.show         GET    commune    |     in 200      200      404  200       403     200   200
letters.show         GET    department |     in 200      404      404  200       403     200   200
letters.calendar_entry GET  commune    |     in 200      200      404  200       403     200   200
letters.caught       GET    commune    |     in 200      200      404  200       403     200   200
letters.address      GET    commune    |     in 200      403      404  200       403     403   200
letters.address      POST   commune    |     in 302      403      404  302       403     403   302
letters.notice       GET    commune    |     in 302      302      404  302       403     302   302
letters.give_address POST   commune    |     in 422      403      404  422       403     403   422
letters.stop         GET    -          |     in 403      403      403  200       403     403   200
letters.stop         POST   -          |     in 403      403      403  302       403     403   302
letters.resume       POST   -          |     in 403      403      403  302       403     403   302
letters.release      POST   -          |     in 403      403      403  403       403     403   302
letters.retry        POST   commune    |     in 403      403      403  302       403     403   302
letters.cancel       POST   commune    |     in 403      403      403  302       403     403   302
journal.index        GET    -          |     in 200      200      200  200       200     200   200
journal.show         GET    -          |     in 404      404      404  200       404     200   200
journal.show         GET    department |     in 200      404      404  200       200     200   200
journal.export       GET    -          |     in 403      403      403  200       403     200   403
journal.archive      GET    -          |     in 403      403      403  200       403     200   403
journal.check        POST   -          |     in 403      403      403  302       403     302   302
reports.index        GET    -          |     in 403      403      403  200       403     200   403
reports.listing      GET    -          |     in 403      403      403  200       403     200   403
reports.picture      GET    -          |     in 403      403      403  200       403     200   403
reports.file         GET    -          |     in 403      403      403  200       403     200   403
reports.text         GET    -          |     in 403      403      403  200       403     403   403
reports.text         POST   -          |     in 403      403      403  302       403     403   403
reports.freeze       GET    -          |     in 403      403      403  200       403     403   403
reports.freeze       POST   -          |     in 403      403      403  302       403     403   403
reports.compare      GET    -          |     in 403      403      403  404       403     404   403
imports.index        GET    -          |     in 403      200      403  200       403     403   200
imports.start        GET    ranking    |     in 403      403      403  200       403     403   403
imports.start        GET    registrations | in 403       200      403  200       403     403   403
imports.start        GET    recognitions |  in 403       200      403  403       403     403   403
imports.start        GET    ratings    |     in 403      403      403  200       403     403   403
imports.start        GET    units      |     in 403      403      403  403       403     403   200
imports.template     GET    ranking    |     in 403      403      403  200       403     403   403
imports.template     GET    recognitions |  in 403       200      403  403       403     403   403
imports.template     GET    units      |     in 403      403      403  403       403     403   200
imports.upload       POST   ranking    |     in 403      403      403  302       403     403   403
imports.upload       POST   recognitions |  in 403       302      403  403       403     403   403
imports.upload       POST   units      |     in 403      403      403  403       403     403   302
imports.preview      GET    ranking    |     in 403      403      403  200       403     403   403
imports.preview      GET    recognitions |  in 403       200      403  403       403     403   403
imports.preview      GET    units      |     in 403      403      403  403       403     403   200
imports.progress     GET    ranking    |     in 403      403      403  200       403     403   403
imports.progress     GET    recognitions |  in 403       200      403  403       403     403   403
imports.progress     GET    units      |     in 403      403      403  403       403     403   200
imports.save         POST   ranking    |     in 403      403      403  409       403     403   403
imports.save         POST   recognitions |  in 403       302      403  403       403     403   403
imports.save         POST   units      |     in 403      403      403  403       403     403   302
"""
"""What each route answers: `in` sends to the sign-in page; 409 is reached, and refused for what the season has done already."""

TARGETS: Mapping[str, tuple[str, str]] = {
    "-": (COMMUNE, "commune"),
    "commune": (COMMUNE, "commune"),
    "department": (DEPARTMENT, "department"),
    "office": (OFFICE, "office"),
    "submitted": ("30907", "district"),
    "draft": ("30917", "draft_clerk"),
    "sent": ("30916", "sent_clerk"),
    "sct": ("SCT", "sct_clerk"),
    "rollup": ("906", "district"),
    "an_bien": ("908", "other_district"),
} | {kind: (kind, "commune") for kind in ("ranking", "registrations", "recognitions", "ratings", "units")}
"""The unit that a row is about, and who its own officer is; for the spreadsheets their kind."""

MEMBER = {"full_name": "Võ Thị Mới", "position": "Phó Chủ tịch", "body": "Mặt trận Tổ quốc tỉnh", "duty": "member"}

SHEETS: Mapping[str, bytes] = {
    "ranking": wb.csv([wb.RANKING, (1, "Sở Nội vụ", "91,25", 1, "xuất sắc")]),
    "recognitions": wb.csv([wb.RECOGNITION, (1, "30913", "", "45/QĐ-UBND", "12/01/2022")]),
    "units": wb.csv([wb.UNITS, (1, "X1", "Xã Mới", "UBND xã Mới", "Xã", "905", "", "", "", "")]),
}
"""A right file of each kind."""

Row = tuple[str, str, str, dict[str, str]]


def rows() -> Iterator[Row]:
    """The matrix, row by row: endpoint, method, target, and what each column is to be answered."""
    for line in MATRIX.strip().splitlines()[1:]:
        route, _bar, cells = line.partition("|")
        endpoint, method, target = route.split()
        yield endpoint, method, target, dict(zip(COLUMNS, cells.split(), strict=True))


def matrix_routes() -> set[tuple[str, str]]:
    """The routes and methods that have a row."""
    return {(endpoint, method) for endpoint, method, _target, _cells in rows()}


def arguments(site: Site, endpoint: str, code: str) -> dict[str, Any]:
    """What stands in the address of a route."""
    noun = endpoint.split(".")[0]
    given: dict[str, Any] = {}
    of_a_dossier = {"dossiers.show", "dossiers.sheet", "appraisal.dossier", "extensions.ask", "papers.index", "papers.dossier"}
    if noun in {"steps", "nominees", "documents", "records"} or endpoint in of_a_dossier:
        given["dossier_id"] = site.dossier(code)
    more: dict[str, Callable[[], dict[str, Any]]] = {
        "static": lambda: {"filename": "app.css"},
        "auth.language": lambda: {"code": "en"},
        "dossiers.remind": lambda: {"all": "1"},
        "wordings.edit": lambda: {"letter_code": "dossier_reminder"},
        "wordings.sample": lambda: {"letter_code": "dossier_reminder"},
        "wordings.save": lambda: {"letter_code": "dossier_reminder"},
        "wordings.reset": lambda: {"letter_code": "dossier_reminder"},
        "feeds.revoke": lambda: {"token_id": 1},
        "feeds.read": lambda: {"token": "x"},
        "steps.confirm": lambda: {"step": "withdraw"},
        "steps.take": lambda: {"step": "withdraw"},
        "nominees.answers": lambda: {"nominee_id": _collective(site, code)},
        "documents.share": lambda: {"document_id": site.paper()},
        "documents.download": lambda: {"document_id": site.paper(), "number": 1},
        "papers.dossier": lambda: {"kind": "proposal_letter"},
        "papers.session": lambda: {"kind": "council_agenda", "session_id": site.session()},
        "papers.campaign": lambda: {"kind": "chairman_letter"},
        "council.show": lambda: {"session_id": site.session()},
        "council.hold": lambda: {"session_id": site.session()},
        "journal.show": lambda: {"seq": 1 if code == COMMUNE else _opening(site, code)},
        "journal.export": lambda: {"kind": "csv"},
        "council.change": lambda: {"session_id": site.session()},
        "council.call_off": lambda: {"session_id": site.session()},
        "council.pack": lambda: {"session_id": site.session()},
        "council.decide": lambda: {"session_id": site.session()},
        "council.take_decisions": lambda: {"session_id": site.session()},
        "council.edit_member": lambda: {"member_id": site.member()},
        "council.let_member_go": lambda: {"member_id": site.member()},
        "awards.show": lambda: {"dossier_id": site.dossier("30985")},
        "awards.take": lambda: {"dossier_id": site.dossier("30985")},
        "dossiers.export": lambda: {"suffix": "csv"},
        "dossiers.views": lambda: {"state": "selected"},
        "dossiers.forget_view": lambda: {"view_id": 1},
        "forwarding.confirm": lambda: {"dossier": site.dossier(code)},
        "commendations.correct": lambda: {"commendation_id": site.commendation()},
        "registrations.fill": lambda: {"group": "collectives"},
        "registrations.bulk": lambda: {"verb": "accept", "all": "1"},
        "registrations.remind": lambda: {"all": "1"},
        "registrations.rollup_file": lambda: {"kind": "docx"},
        "registrations.province": lambda: {"kind": "xlsx"},
        "registrations.scan": lambda: {"number": 1},
        "reports.listing": lambda: {"figure": "forms.silent"},
        "reports.picture": lambda: {"chart": "forms"},
        "reports.file": lambda: {"kind": "xlsx"},
        "reports.compare": lambda: {"number": 1},
    }
    if noun == "reminders":
        given["milestone_code"] = "submission"
    if noun == "registrations" and endpoint.split(".")[1] not in {"index", "bulk", "remind", "province"}:
        given["unit_id"] = site.unit(code)
    if noun == "imports" and endpoint != "imports.index":
        given["kind_code"] = code
    if endpoint in {"imports.preview", "imports.progress", "imports.save"}:
        given["sha256"] = uploads.keep(site.app.config["INSTANCE"] / "imports", SHEETS[code], "tep.csv").sha256
    if endpoint == "selection.places":
        given["unit_id"] = site.unit(code)
    if endpoint == "selection.confirm":
        given |= {"step": "pass_over", "dossier": site.dossier(code)}
    if endpoint in {"letters.notice", "letters.give_address"}:  # a letter that was mailed: its page is its mail's, and it takes no mailbox
        given["notice_id"] = site.notice(code, LetterName.SELECTED)
    elif noun == "letters" and endpoint.split(".")[1] not in {"index", "stop", "resume", "release"}:
        given["mail_id"] = site.mail(code, LetterName.SELECTED)
    return given | more.get(endpoint, dict)()


def _opening(site: Site, code: str) -> int:
    """The entry that opened a unit's dossier."""
    with site.rows() as session:
        number = site.dossier(code)
        return session.scalars(select(AuditEntry.seq).where(AuditEntry.dossier_id == number).order_by(AuditEntry.seq)).first() or 0


def _collective(site: Site, code: str) -> int:
    with site.rows():
        return dossier_of(actors.campaign_2021(), code).nominees[0].id


def form(site: Site, endpoint: str, code: str) -> dict[str, Any]:
    """A form that is filled in as it should be, so that whoever may send it is answered by what it does."""
    decision = {"number": "9/SNV", **day("date", 10, 2, 2022), "reason": "Có lý do chính đáng."}
    forms: dict[str, Callable[[], dict[str, Any]]] = {
        "auth.sign_in_post": lambda: {"login": "danh thị xã.30904@thidua.example", "password": "mat-khau-thu-nghiem"},
        "dossiers.remind": lambda: {"dossier": str(site.dossier(code)), "key": "k"},
        "dossiers.views": lambda: {"name": "Đang lập hồ sơ"},
        "reminders.save": lambda: {"offsets": "9, 2", "version": "0", "do": "save"},
        "reminders.pause": lambda: {"version": "0"},
        "reminders.resume": lambda: {"version": "0"},
        "wordings.save": lambda: {"subject": "Nhắc nộp {mã hồ sơ}", "body": "Theo {căn cứ}, hạn {hạn}.", "version": "0", "do": "save"},
        "wordings.reset": lambda: {"version": "0"},
        "steps.take": lambda: {"version": str(site.version(code)), "reason": "Không tham gia nữa."},
        "nominees.save": dict,
        "documents.upload": lambda: {"minutes": (io.BytesIO(PDF), "Biên bản.pdf")},
        "records.result": lambda: decision | {"rating": "good", "better": "y"},
        "records.extension": lambda: decision | day("due_on", 25, 2, 2022),
        "records.original": lambda: {**day("received_on", 10, 2, 2022), "received_by": "Văn thư"},
        "extensions.ask": lambda: decision | day("due_on", 25, 2, 2022),
        "extensions.order": lambda: decision | day("due_on", 25, 2, 2022),
        "records.sign_off": lambda: {"step": "lapse", "reason": "Đã xem."},
        "letters.address": lambda: {"email": "vanthu.moi@kiengiang.example"},
        "letters.give_address": lambda: {"email": "vanthu.moi@kiengiang.example"},
        "letters.stop": lambda: {"reason": "Kiểm tra máy chủ thư."},
        "registrations.fill": lambda: {"collectives": str(site.unit(code)), "version": _form_version(site, code)},
        "registrations.take_back": lambda: decision,
        "registrations.send": lambda: day("received_on", 1, 4, 2021),
        "registrations.ask_late": lambda: decision,
        "registrations.bulk": lambda: {"form": f"{site.unit(code)}.2", "key": "k"},
        "registrations.remind": lambda: {"unit": str(site.unit(code)), "key": "k"},
        "registrations.send_rollup": lambda: {"key": "k"},
        "registrations.attach_scan": lambda: {"file": (io.BytesIO(PDF), "Bản đăng ký.pdf")},
        "registrations.give_back": lambda: decision,
        "registrations.admission": lambda: decision,
        "ranking.publish": lambda: decision | {"confirm": "1"},
        "ranking.ruling": lambda: decision | {"text": "Xét theo năm 2021."} | _years(site),
        "corrections.edit": lambda: decision | {"decision_number": "14/QĐ-UBND", **day("decision_date", 14, 1, 2022)},
        "selection.take": lambda: {
            "step": "pass_over",
            "dossier": str(site.dossier(code)),
            f"version-{site.dossier(code)}": str(site.version(code)),
            "reason": "Đã chọn đủ chỉ tiêu.",
        },
        "selection.places": lambda: {"reason": "Không có xã nào đủ tiêu chuẩn."},
        "council.call": lambda: {
            **day("held_on", 16, 2, 2022),
            "place": "Phòng họp 3",
            "members_total": "9",
            "quorum": "6",
            "dossiers": str(site.dossier("STC")),
        },
        "council.hold": lambda: _votes(site),
        "council.change": lambda: {
            **day("held_on", 16, 2, 2022),
            "place": "Phòng họp 3",
            "members_total": "9",
            "quorum": "6",
            "dossiers": str(site.dossier("STC")),
            "version": "1",
        },
        "council.call_off": lambda: {"reason": "Hoãn sang tuần sau.", "version": "1"},
        "council.add_member": lambda: MEMBER,
        "council.edit_member": lambda: MEMBER,
        "forwarding.take": lambda: (
            decision | {"dossier": str(site.dossier(code)), f"version-{site.dossier(code)}": str(site.version(code))}
        ),
        "commendations.add": lambda: decision | {"collectives": "Phòng Tư pháp"},
        "commendations.correct": lambda: decision | {"collectives": "Phòng Tư pháp", "version": "1"},
        "reports.text": lambda: {"assessment": "Tốt.", "seen": "0", "key": "k"},
        "reports.freeze": lambda: {"key": "k"},
        "imports.upload": lambda: {"year": "2021", "file": (io.BytesIO(SHEETS[code]), "tep.csv")},
        "imports.save": lambda: {"save": "all"},
    }
    return forms.get(endpoint, dict)()


def _form_version(site: Site, code: str) -> str:
    with site.rows():
        form = registration_of(unit_of(actors.campaign_2021(), code))
        return str(form.version if form else 0)


def _years(site: Site) -> dict[str, str]:
    with site.rows():
        return {f"year_{code}": "2021" for code in actors.campaign_2021().plan.criteria}


def _votes(site: Site) -> dict[str, str]:
    with site.rows():
        nominees = [n.id for code in ("STC", "30907") for n in dossier_of(actors.campaign_2021(), code).nominees]
    votes = {f"{word}_{n}": count for n in nominees for word, count in (("for", "8"), ("against", "1"), ("absent", "0"))}
    return votes | {"version": "1", "members_present": "9", "minutes_number": "14/BB", **day("minutes_date", 15, 2, 2022)}


def answered(site: Site, visitor: Visitor, method: str, endpoint: str, code: str) -> str:
    """What a visitor is answered, as the matrix says it."""
    with site.app.test_request_context():
        url = site.app.url_for(endpoint, **arguments(site, endpoint, code))
    answer = visitor.fetch(url) if method == "GET" else visitor.post(url, form(site, endpoint, code))
    to_sign_in = answer.status_code == 302 and answer.location.split("?")[0] == "/sign-in"
    return "in" if to_sign_in else str(answer.status_code)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row[1]}-{row[0]}-{row[2]}")
def test_a_route_answers_each_person_as_the_matrix_says(site: Site, row: Row) -> None:
    endpoint, method, target, expected = row
    code, own = TARGETS[target]
    if not endpoint.startswith("imports."):
        keep_caught_mail(site, code)

    found, changed = {}, []
    for column in COLUMNS:
        if method == "POST":
            site.restore()
        before = site.everything() if method == "POST" else {}
        visitor = site.visitor({"nobody": "", "own": own}.get(column, column))
        found[column] = answered(site, visitor, method, endpoint, code)
        if method == "POST" and expected[column] not in {"200", "302"} and site.everything() != before:
            changed.append(column)

    assert found == expected
    assert changed == []


def keep_caught_mail(site: Site, code: str) -> None:
    """Let the mail catcher have the letter of selection."""
    folder = site.app.config["INSTANCE"] / "mail"
    folder.mkdir()
    site.app.config["CAUGHT_MAIL"] = folder
    number = site.mail(code, LetterName.SELECTED)
    with site.rows() as session:
        mail = session.get(OutboxMail, number)
        if mail is not None:
            caught_path(folder, mail.message_id).write_bytes(b"Subject: Thu\r\n\r\n")


def test_a_method_that_no_route_names_is_refused(site: Site) -> None:
    home = site.visitor("home")
    urls = ("/", "/dossiers", f"/dossiers/{site.dossier(COMMUNE)}", "/ranking/entries", "/letters", "/journal/1", "/sign-in")

    with site.unchanged():
        statuses = {home.client.open(url, method=method).status_code for url in urls for method in ("PUT", "DELETE", "PATCH")}

    assert statuses <= {400, 405}


# Steps: domain.md, section 2

STEPS = """
step      commune      department office       from>to
rank      district     home       home         registered>ranked
select    district     home       home         ranked>selected
pass_over district     home       home         registered>not_selected ranked>not_selected
submit    district     own        district     selected>submitted
send_back home         home       home         submitted>selected
review    secretary    secretary  secretary    submitted>reviewed
decline   secretary    secretary  secretary    submitted>not_recommended
forward   home         home       home         reviewed>forwarded
award     home         home       home         forwarded>awarded
refuse    home         home       home         forwarded>not_awarded
withdraw  own,district own        own,district registered>withdrawn ranked>withdrawn selected>withdrawn submitted>withdrawn
lapse     home         home       home         selected>lapsed
correct   home         home       home         ranked>registered selected>ranked reviewed>submitted forwarded>reviewed
correct   home         home       home         not_selected>ranked lapsed>selected not_recommended>submitted
"""
"""Who takes each step of a commune's, a department's and a Phòng Nội vụ's dossier, from which state to which."""

PLACES = ("commune", "department", "office")


def moves() -> dict[Step, dict[DossierState, DossierState]]:
    """From which state each step leads where."""
    found: dict[Step, dict[DossierState, DossierState]] = {verb: {} for verb in Step}
    for line in STEPS.strip().splitlines()[1:]:
        word, *_who, pairs = line.split(maxsplit=4)
        for pair in pairs.split():
            source, target = pair.split(">")
            found[Step(word)][DossierState(source)] = DossierState(target)
    return found


def takers() -> dict[tuple[Step, str], set[str]]:
    """Who takes each step, by the kind of the dossier's unit."""
    lines = [line.split() for line in STEPS.strip().splitlines()[1:]]
    return {(Step(word), place): set(cell.split(",")) for word, *cells in lines for place, cell in zip(PLACES, cells, strict=False)}


def someone(column: str, place: str) -> Actor:
    """The person of a column for one of the three places."""
    return person(place if column == "own" else column)


def test_the_procedure_has_exactly_the_transitions_of_the_plan() -> None:
    declared = {(row.step, row.source): row.target for row in transitions(DossierProcedure).values()}

    assert declared == {(verb, source): target for verb, pairs in moves().items() for source, target in pairs.items()}


@pytest.mark.parametrize("place", PLACES)
def test_buttons_and_the_road_agree_with_the_table_for_every_step_state_and_person(site: Site, place: str) -> None:
    wrong = []
    with site.rows() as session, session.no_autoflush:
        dossier = dossier_of(actors.campaign_2021(), TARGETS[place][0])
        for state in DossierState:
            dossier.state = state
            for column in COLUMNS[1:]:
                wrong += _disagreements(dossier, state, column, place)
        session.rollback()

    assert wrong == []


def _disagreements(dossier: Dossier, state: DossierState, column: str, place: str) -> list[str]:
    """Where the page's buttons, or the one road, differ from the table."""
    actor, wrong = someone(column, place), []
    for option in steps_from(dossier, actor=actor, at=NOW):
        leads = moves()[option.step].get(state)
        listed = leads is not None and column in takers()[option.step, place]
        if (option.target, option.permitted) != (leads, listed):
            wrong.append(f"{column} {option.step.value} from {state.value}: button {option.permitted}, table {listed}")
        answer = _tried(dossier, option.step, actor)
        if answer is not (StepStale if listed or leads is None else StepForbidden):
            wrong.append(f"{column} {option.step.value} from {state.value}: {answer.__name__}, table {listed}")
        if dossier.state is not state:
            wrong.append(f"{column} {option.step.value} moved the dossier from {state.value}")
    return wrong


def _tried(dossier: Dossier, verb: Step, actor: Actor) -> type[StepRefused]:
    """How a step is refused when the form is stale: who may not take it is told that first."""
    try:
        take_step(dossier, verb, StepRequest(version=dossier.version - 1), actor=actor, at=NOW)
    except StepRefused as refused:
        return type(refused)
    raise AssertionError(f"{verb.value} went through with a stale form")


def test_a_step_that_the_state_has_not_is_refused_without_moving(site: Site) -> None:
    with site.rows() as session, session.no_autoflush:
        dossier, home = dossier_of(actors.campaign_2021(), DEPARTMENT), person("home")
        codes = {}
        for state in DossierState:
            dossier.state = state
            for verb in set(Step) - {row.step for row in transitions(DossierProcedure).values() if row.source is state}:
                with pytest.raises(StepRefused) as refused:
                    take_step(dossier, verb, StepRequest(version=dossier.version), actor=home, at=NOW)
                codes[state, verb] = [objection.code for objection in refused.value.objections]
                assert dossier.state is state
        session.rollback()

    assert set(map(tuple, codes.values())) == {("not_in_state",)}


def test_the_system_takes_no_step_and_holds_no_action() -> None:
    nobody = Actor(user_id=None, name="Hệ thống", role=Role.SYSTEM, unit_id=None)

    assert [grant for grant in step_grants() if grant[2] in {Role.SYSTEM, Role.ADMINISTRATOR, Role.AUDITOR}] == []
    assert [action for action in Action if may(nobody, action)] == []


@pytest.mark.parametrize(("code", "place"), [("30910", "commune"), (DEPARTMENT, "department"), ("STC", "department")])
def test_every_step_on_the_pages_is_forbidden_to_exactly_those_whom_the_table_leaves_out(site: Site, code: str, place: str) -> None:
    state, wrong = site.state(code), []
    answers = {"reason": "Lý do", "number": "1/SNV", **day("date", 1, 2, 2022), **day("due_on", 28, 2, 2022), "version": "1"}
    for column in COLUMNS[2:]:
        visitor, stands_as = site.visitor(column), "own" if PEOPLE[column][0] == code else column
        sees = visitor.fetch(f"/dossiers/{site.dossier(code)}").status_code
        for verb in Step:
            url = f"/dossiers/{site.dossier(code)}/steps/{verb.value}"
            forbidden = state in moves()[verb] and stands_as not in takers()[verb, place]
            sent = visitor.post(url, answers).status_code
            if sent not in ({sees} if sees != 200 else {403} if forbidden else {409, 422}):
                wrong.append((column, verb.value, sent))

    assert wrong == []
    assert site.state(code) is state


def test_who_may_not_take_a_step_is_told_so_before_their_form_is_checked(site: Site) -> None:
    stranger = site.visitor("stranger")

    for verb in ("send_back", "review", "decline"):
        answer = stranger.post(f"/dossiers/{site.dossier('STC')}/steps/{verb}", {"version": str(site.version("STC"))})
        entry = site.last_entry()

        assert answer.status_code == 403
        assert (entry.action, entry.result) == (f"dossier.{verb}", AuditResult.REFUSED)


# Actions: domain.md, section 5

ACTIONS = """
action              states   commune              department     office
dossier.view        all      own,district,readers own,readers    own,district,readers
document.upload     selected own,district         own            own,district
document.appraise   submitted home                home           home
nominee.edit        selected own,district         own            own,district
paper.draft         all      own,district,home    own,home       own,district,home
notice.draft        all      district             home           home
proposal.draft      all      home                 home           home
extension.grant     selected home                 home           home
sign_off.give       all      home,secretary       home,secretary home,secretary
recognition.record  all      district             -              -
rating.record       all      -                    home           home
registration.view   all      own,district,log     own,log        own,log
registration.fill   all      own                  own            own
registration.enter  all      district,home          home           home
registration.decide all      district             home           home
registration.admit  all      home                 home           home
registration.remind all      home                 home           home
registration.report all      own                  own            own
registration.export all      log                  log            log
units.load          all      admin                  admin          admin
ranking.view        all      officers,readers     officers,readers officers,readers
ranking.record      all      home                 home           home
ruling.record       all      home                 home           home
ranking.correct     all      home                 home           home
selection.view      all      district,log         log            log
selection.decide    all      district             home           home
quota.explain       all      own                  own,home       own,home
council.view        all      readers              readers        readers
council.manage      all      secretary            secretary      secretary
forwarding.view     all      readers              readers        readers
forwarding.decide   all      home                 home           home
commendation.view   all      own,log              own,log        own,log
commendation.record all      own                  own            own
letter.view         all      own,district,log,admin own,log,admin own,log,admin
letter.manage       all      home,admin           home,admin     home,admin
nominee.appraise    submitted home                home           home
appraisal.view      all      readers              readers        readers
original.note       selected,submitted,reviewed,forwarded home home home
extension.ask       selected own,district         own            own,district
dossier.remind      all      home                 home           home
letter.address      all      own,home,admin       own,home,admin own,home,admin
letter.release      all      admin                admin          admin
letter.word         all      home                 home           home
reminders.set       all      home                 home           home
feed.manage         all      own                  own            own
audit.view          all      own,district,readers,admin own,readers,admin own,district,readers,admin
audit.export        all      log                  log            log
audit.check         all      log,admin            log,admin      log,admin
report.view         all      log                  log            log
report.make         all      home                 home           home
calendar.view       all      officers,readers,admin officers,readers,admin officers,readers,admin
"""
GROUPS = {"readers": "home,secretary,auditor", "log": "home,auditor", "officers": "own,district,stranger"}


def test_every_action_is_held_by_exactly_those_whom_the_table_names(site: Site) -> None:
    wrong, named = [], set()
    with site.rows():
        units = {place: unit_of(actors.campaign_2021(), TARGETS[place][0]) for place in PLACES}
        people = {(column, place): someone(column, place) for column in COLUMNS[1:] for place in PLACES}
        for line in ACTIONS.strip().splitlines()[1:]:
            word, states, *cells = line.split()
            named.add(Action(word))
            for place, cell in zip(PLACES, cells, strict=True):
                held = {column for name in cell.split(",") for column in GROUPS.get(name, name).split(",")}
                for column in COLUMNS[1:]:
                    for state in DossierState:
                        listed = column in held and (states == "all" or state.value in states.split(","))
                        if may(people[column, place], Action(word), units[place], state) is not listed:
                            wrong.append((word, place, column, state.value))

    assert wrong == []
    assert named == set(Action)


def test_what_a_list_shows_is_what_the_policy_grants(site: Site) -> None:
    wrong = []
    with site.rows() as session:
        units = list(session.scalars(select(CampaignUnit)))
        for column in (*COLUMNS[2:], "commune", "department", "office"):
            actor = person(column)
            for action in Action:
                listed = set(session.scalars(select(CampaignUnit.id).where(work.granted(actor, action))))
                if listed != {unit.id for unit in units if may(actor, action, unit)}:
                    wrong.append((column, action.value))

    assert wrong == []


def test_the_inbox_shows_a_dossier_to_those_whose_step_is_next(site: Site) -> None:
    shown, next_is_theirs = {}, {}
    with site.rows():
        campaign = actors.campaign_2021()
        for column in (*COLUMNS[2:], "commune", "department", "office"):
            actor = person(column)
            shown[column] = {row.dossier.code for row in work.waiting_for_me(actor, campaign).rows}
            next_is_theirs[column] = {
                dossier.code
                for dossier in db.session.scalars(select(Dossier).where(Dossier.state.in_(work.MAIN_STEP)))
                for option in steps_from(dossier, actor=actor, at=NOW)
                if option.step is work.MAIN_STEP[dossier.state] and option.permitted
            }

    assert shown == next_is_theirs


def test_a_dossier_that_is_not_theirs_looks_like_one_that_does_not_exist(site: Site) -> None:
    stranger = site.visitor("stranger")

    hidden = stranger.get(f"/dossiers/{site.dossier(COMMUNE)}", 404)
    missing = stranger.get("/dossiers/999999", 404)

    assert hidden.replace(str(site.dossier(COMMUNE)), "N") == missing.replace("999999", "N")


def test_every_route_says_what_it_needs(site: Site) -> None:
    app: Flask = site.app

    assert [endpoint for endpoint, view in app.view_functions.items() if getattr(view, "requirement", None) is None] == []

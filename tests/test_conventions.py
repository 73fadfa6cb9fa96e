"""What architecture.md promises about the code and the pages, kept by looking at all of them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit.actions import Action as Recorded
from config import ROOT
from models.vocabulary import AuditResult, LetterName, Step
from notifications.letters import FACTS
from notifications.notices import NOTICES
from tests.web.fixtures import COMMUNE, Site, site
from tests.web.test_roles import TARGETS, arguments, keep_caught_mail, matrix_routes, rows
from workflow.machine import transitions
from workflow.procedure import DossierProcedure
from workflow.wording import FIELDS, WORDING

__all__ = ["site"]

LAYERS = {
    "models": set(),
    "audit": {"models"},
    "notifications": {"models", "audit"},
    "workflow": {"models", "audit", "notifications"},
    "documents": {"models", "audit", "notifications", "workflow"},
    "reports": {"models", "audit", "notifications", "workflow", "documents"},
    "imports": {"models", "audit", "notifications", "workflow", "documents"},
    "web": {"models", "audit", "notifications", "workflow", "documents", "reports", "imports"},
    "cli": {"models", "audit", "notifications", "workflow", "documents", "reports", "imports"},
    "jobs": {"models", "audit", "notifications", "workflow", "documents", "reports", "imports"},
}
"""What each package may import of the others."""

EXCEPTIONS = {
    ("cli/audit.py", "jobs.record"): "whatever the worker runs can be run by hand",
    ("cli/backup.py", "jobs.backup"): "the same",
    ("cli/outbox.py", "jobs.bodies"): "the same",
    ("cli/reminders.py", "jobs.bodies"): "the same",
    ("cli/worker.py", "jobs.schedule.build_scheduler"): "the command that is the worker",
    ("cli/worker.py", "jobs.configuration.note"): "the settings it starts with are put on record",
    ("cli/people.py", "web.accounts.hash_password"): "the first person gets a password before there are pages",
    ("cli/people.py", "web.accounts.MIN_PASSWORD"): "and by the same rule",
    ("web/auth.py", "demo.people.ACCOUNTS"): "the sign-in page of the demo, imported there only",
    ("web/auth.py", "demo.people.DEMO_PASSWORD"): "the same",
    ("web/journal_export.py", "jobs.record.export"): "the archive that the command makes",
    ("web/journal_export.py", "jobs.record.RecordBroken"): "the same",
    ("web/reports_frozen.py", "jobs.record.take"): "a freeze is vouched for by a checkpoint",
    ("web/letters.py", "demo.catcher.caught_path"): "the demo's mail catcher, imported there only",
}
"""Imports across the layers, each with its reason."""

PRODUCT = (*LAYERS, "app.py", "config.py", "demo")
CLOCK_READERS = ("web/access.py", "jobs/schedule.py", "cli/", "demo/")
MAX_LINES = 300


@dataclass(frozen=True)
class Source:
    """One module of the product."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the root, as the tables above write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """The package it belongs to."""
        return self.name.split("/")[0]

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    def imported(self) -> Iterator[tuple[str, ast.stmt]]:
        """The full name of everything it imports."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def sources(*packages: str) -> list[Source]:
    """The modules of some packages, of the whole product when none is named."""
    found: list[Path] = []
    for name in packages or PRODUCT:
        place = ROOT / name
        found += [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [Source(path) for path in found]


# The layers


def test_imports_run_in_one_direction() -> None:
    wrong = []
    for source in sources(*LAYERS):
        for name, _node in source.imported():
            other = name.split(".")[0]
            foreign = other in {*LAYERS, "app", "demo", "tests", "benchmarks"} and other != source.package
            if foreign and other not in LAYERS[source.package] and (source.name, name) not in EXCEPTIONS:
                wrong.append(f"{source.name} imports {name}")

    assert wrong == []


def test_every_exception_from_the_layers_is_still_needed() -> None:
    used = {(source.name, name) for source in sources(*LAYERS) for name, _node in source.imported()}

    assert set(EXCEPTIONS) - used == set()


def test_the_demo_is_imported_only_where_it_is_used() -> None:
    at_the_top = {name for source in sources("web") for node in source.tree.body for name in _names_of(node)}

    assert [name for name in at_the_top if name.startswith("demo")] == []


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_rules_import_only_words_the_zone_and_the_standard_library() -> None:
    allowed = {"models.vocabulary", "models.localtime", "workflow.rules"}
    wrong = [
        f"{source.name} imports {name}"
        for source in sources("workflow/rules")
        for name, _node in source.imported()
        if name.split(".")[0] not in sys.stdlib_module_names and not any(name.startswith(f"{module}.") for module in allowed)
    ]

    assert wrong == []


def test_only_notifications_knows_the_mail_library() -> None:
    assert {source.package for source in sources() for name, _node in source.imported() if name.startswith("flask_mail")} == {
        "notifications"
    }


def test_flask_is_unknown_to_models_audit_and_rules() -> None:
    inner = sources("models", "audit", "workflow")

    assert [s.name for s in inner for name, _ in s.imported() if name.split(".")[0] in {"flask", "flask_babel", "werkzeug", "jinja2"}] == []


# One commit, one clock, one road


def _calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def test_the_product_commits_in_one_place() -> None:
    commits = [s.name for s in sources() for call in _calls(s) if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"]

    assert commits == ["models/db.py"]


def test_only_edges_open_transactions() -> None:
    openers = {source.package for source in sources() for call in _calls(source) if _called(call) in {"transaction", "rehearsal"}}

    assert openers <= {"web", "cli", "jobs", "demo"}


def test_only_edges_read_the_clock() -> None:
    readings = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
    readings |= {("time", name) for name in ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime")} | {("func", "now")}
    found = [
        f"{source.name}:{call.lineno}"
        for source in sources()
        for call in _calls(source)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in readings
        and not source.name.startswith(CLOCK_READERS)
    ]

    assert found == []


def test_nobody_assigns_a_dossiers_state() -> None:
    """The machine sets it; registrations and mails have states of their own, in these modules."""
    assigning = {s.name for s in sources() for node in ast.walk(s.tree) if "state" in _assigned_attributes(node)}

    mail = {f"notifications/{name}.py" for name in ("claiming", "gate", "gathering", "outbox")}
    assert assigning == mail | {"workflow/registrations.py", "workflow/registration_forms.py"}


def _assigned_attributes(node: ast.AST) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
    if isinstance(node, ast.Call) and _called(node) == "setattr" and isinstance(node.args[1], ast.Constant):
        return {str(node.args[1].value)}
    return {part.attr for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)}


def test_a_dossier_begins_in_one_place_and_is_never_changed_in_bulk() -> None:
    made = {source.name for source in sources() for call in _calls(source) if _called(call) == "Dossier"}
    in_bulk = [
        f"{source.name}:{call.lineno}"
        for source in sources()
        for call in _calls(source)
        if _called(call) in {"update", "delete", "insert"} and any(isinstance(a, ast.Name) and a.id == "Dossier" for a in call.args)
    ]

    assert made == {"workflow/steps.py"}
    assert in_bulk == []


def test_values_set_by_name_are_never_the_state() -> None:
    names = {
        keyword.arg for source in sources("workflow") for call in _calls(source) if _called(call) == "_clear" for keyword in call.keywords
    }

    assert names
    assert "state" not in names


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _handled(node: ast.Try) -> set[str]:
    return {part.id for handler in node.handlers if handler.type for part in ast.walk(handler.type) if isinstance(part, ast.Name)}


def test_what_a_rule_refuses_a_person_is_put_on_record() -> None:
    """A page that shows the reasons of a refusal did the act through web/acting.py, which records them."""
    silent = [
        f"{source.name}:{call.lineno}"
        for source in sources("web")
        for node in ast.walk(source.tree)
        if source.name != "web/acting.py" and isinstance(node, ast.Try) and "ActRefused" in _handled(node)
        for statement in node.body
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and _called(call) == "transaction"
    ]

    assert silent == []


# Steps, letters, objections


def test_every_step_has_its_notices_decided() -> None:
    assert {Recorded.of_step(step) for step in Step} <= set(NOTICES)


def test_every_letter_of_a_notice_is_one_that_exists() -> None:
    assert {rule.letter for rules in NOTICES.values() for rule in rules} <= set(LetterName)


@pytest.mark.parametrize("letter", list(LetterName))
def test_every_letter_has_its_templates_and_its_approved_text(letter: LetterName) -> None:
    templates, approved = ROOT / "templates" / "mail", ROOT / "tests" / "notifications" / "approved"

    missing = [f"{folder}/{letter.value}{kind}" for folder in (templates, approved) for kind in (".txt", ".html")]

    assert [path for path in missing if not Path(path).read_text(encoding="utf-8").strip()] == []
    assert FACTS[letter]


def test_no_letter_lies_about_that_nobody_sends() -> None:
    names = {letter.value for letter in LetterName}

    for folder in (ROOT / "templates" / "mail", ROOT / "tests" / "notifications" / "approved"):
        assert {path.stem for path in folder.iterdir() if not path.name.startswith("_")} == names


def _objections() -> list[tuple[str, str, set[str]]]:
    """Where an objection is made, its code and the values it gives; a variable is followed to where it was set."""
    found = []
    for source in sources("workflow", "web", "imports", "notifications", "cli", "documents", "reports"):
        for function in [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)]:
            known = {t.id: n.value for n in ast.walk(function) if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
            for call in [node for node in ast.walk(function) if isinstance(node, ast.Call) and _called(node) == "Objection"]:
                code, *rest = call.args
                values = rest[0] if rest else ast.Dict([], [])
                values = known[values.id] if isinstance(values, ast.Name) else values
                if isinstance(code, ast.Constant) and isinstance(values, ast.Dict):
                    found.append((f"{source.name}:{call.lineno}", code.value, {key.value for key in values.keys if key is not None}))
    return found


def test_every_objection_has_its_wording_and_every_wording_its_objection() -> None:
    used = {code for _where, code, _values in _objections()}

    assert used - set(WORDING) == set()
    assert set(WORDING) - used == set()


def test_every_wording_speaks_only_of_values_that_its_objection_gives() -> None:
    wrong = [
        f"{where} {code} lacks {sorted(asked - values)}"
        for where, code, values in _objections()
        if (asked := set(re.findall(r"%\((\w+)\)", WORDING.get(code, "")))) - values
    ]

    assert wrong == []


def test_every_answer_that_a_step_asks_for_has_a_name() -> None:
    asked = {asked.field for row in transitions(DossierProcedure).values() for asked in row.requirements.asked}

    assert asked <= set(FIELDS)


# Pages


def test_no_page_has_a_script_or_a_style_in_it() -> None:
    inline = re.compile(r"<script(?! src=\"\{\{ url_for\('static')|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts]

    found = [f"{path.name}: {match[0]}" for path in pages for match in inline.finditer(path.read_text(encoding="utf-8"))]

    assert found == []


def test_no_page_switches_escaping_off() -> None:
    wrong = [path.name for path in (ROOT / "templates").rglob("*.html") if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())]

    assert wrong == []


def test_every_route_has_its_row_in_the_role_matrix(site: Site) -> None:
    routes = {(rule.endpoint, method) for rule in site.app.url_map.iter_rules() for method in rule.methods or ()}

    assert {(endpoint, method) for endpoint, method in routes if method not in {"HEAD", "OPTIONS"}} == matrix_routes()


RECORDED = {
    "appraisal.sheet",
    "awards.certificates",
    "commendations.export",
    "documents.bundle",
    "documents.download",
    "dossiers.export",
    "forwarding.package",
    "journal.archive",
    "journal.export",
    "papers.campaign",
    "papers.dossier",
    "papers.session",
    "registrations.paper",
    "registrations.province",
    "registrations.rollup_file",
    "reports.file",
}
"""What is taken away is put on record."""

POSTS = [(endpoint, target) for endpoint, method, target, _cells in rows() if method == "POST"]


def _url(site: Site, endpoint: str, target: str) -> str:
    with site.app.test_request_context():
        return site.app.url_for(endpoint, **arguments(site, endpoint, TARGETS[target][0]))


def test_every_form_wants_somebody_signed_in(site: Site) -> None:
    nobody, answers = site.visitor(), {}

    with site.unchanged():
        for endpoint, target in POSTS:
            answer = nobody.post(_url(site, endpoint, target))
            answers[endpoint] = (answer.status_code, answer.location)

    assert answers.pop("auth.sign_in_post")[0] == 422
    assert set(answers.values()) == {(302, "/sign-in")}


@pytest.mark.parametrize("token", [None, "", "x", "of another session"])
def test_every_form_wants_the_token_of_its_session(site: Site, token: str | None) -> None:
    home = site.visitor("home")
    with home.client.session_transaction() as cookie:
        cookie["csrf_token"] = cookie["csrf_token"] if token != "of another session" else "1" * 40

    with site.unchanged():
        sent = {} if token is None else {"csrf_token": site.token if token == "of another session" else token}
        statuses = {endpoint: home.client.post(_url(site, endpoint, target), data=sent).status_code for endpoint, target in POSTS}

    assert set(statuses.values()) == {400}


def test_no_route_is_spared_the_token(site: Site) -> None:
    csrf = site.app.extensions["csrf"]

    assert (csrf._exempt_views, csrf._exempt_blueprints) == (set(), set())
    assert site.app.config.get("WTF_CSRF_ENABLED", True)
    assert site.app.config.get("WTF_CSRF_CHECK_DEFAULT", True)


def test_looking_changes_nothing(site: Site) -> None:
    keep_caught_mail(site, COMMUNE)
    seen = set()

    with site.unchanged():
        for endpoint, method, target, cells in rows():
            who = next((column for column, answer in cells.items() if answer == "200" and column != "nobody"), None)
            if method == "GET" and who and endpoint not in RECORDED:
                visitor = site.visitor(TARGETS[target][1] if who == "own" else who)
                seen.add((endpoint, visitor.fetch(_url(site, endpoint, target)).status_code))
        everybody = site.entries()

    assert {status for _endpoint, status in seen} == {200}
    assert everybody == site.entries(AuditResult.DONE) + site.entries(AuditResult.REFUSED)


def test_a_download_puts_itself_on_record_and_changes_nothing_else(site: Site) -> None:
    auditor, before, count = site.visitor("auditor"), site.everything(), site.entries()

    auditor.fetch(_url(site, "documents.download", "commune"))

    assert (site.last_entry().action, site.entries()) == (Recorded.DOCUMENT_DOWNLOAD, count + 1)
    assert site.everything() == before


# How modules are written


def test_every_module_says_what_lives_in_it() -> None:
    assert [source.name for source in sources() if not ast.get_docstring(source.tree)] == []


def test_modules_are_short() -> None:
    lengths = {source.name: len(source.path.read_text(encoding="utf-8").splitlines()) for source in sources()}

    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_everything_public_says_what_it_is_for() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    bare = []
    for source in sources(*LAYERS):
        tops = [node for node in source.tree.body if isinstance(node, kinds)]
        inner = [node for top in tops if isinstance(top, ast.ClassDef) for node in top.body if isinstance(node, kinds)]
        bare += [f"{source.name}:{n.lineno} {n.name}" for n in tops + inner if not n.name.startswith("_") and not ast.get_docstring(n)]

    assert bare == []

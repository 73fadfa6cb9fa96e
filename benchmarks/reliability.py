"""`python -m benchmarks.reliability [--quick]`: R4 and R6 in full: 400 letters and 150 kills of the sender; four senders at once."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from benchmarks.databases import Place, application, places
from models.db import transaction
from models.outbox import OutboxMail
from models.vocabulary import MailState
from tests.builders import at, open_2021
from tests.reliability.killing import Outcome, killed_while_sending, several_at_once

BEGIN = at("2021-03-01 08:30")
Case = Callable[[str, Path], Outcome]


def main() -> int:
    """Run both on each database with their controls, and print what came of them; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description="Kill senders while they send, in full numbers.")
    parser.add_argument("--quick", action="store_true", help="40 letters, 15 kills")
    letters, kills = (40, 15) if parser.parse_args().quick else (400, 150)
    missed = 0
    with places(("sqlite", "postgresql")) as (folder, found):
        for place in found:
            for name, count, held, case in _cases(letters, kills):
                outcome, lost, seconds = _measured(place, folder, name, count, case)
                kept = (lost == 0 and outcome.repeats <= outcome.kills) is held
                missed += not kept
                words = f"{count} letters, {outcome.kills} kills: {lost} lost, {outcome.repeats} repeated"
                verdict = "as it should be" if kept else "MISSED"
                print(f"{place.kind:11} {name:11} {words}; {verdict} ({seconds:.0f} s)", flush=True)
    return int(missed > 0)


def _cases(letters: int, kills: int) -> list[tuple[str, int, bool, Case]]:
    """Name, letters, whether the bar is to be kept (a control must miss it), and how it is run."""
    few = max(10, letters // 10)

    def killed(kind: str, number: int) -> Case:
        return lambda url, home: killed_while_sending(url, home, kind, kills=number, begin=BEGIN)

    def at_once(kind: str, senders: int, number: int, rounds: int) -> Case:
        return lambda url, home: several_at_once(url, home, kind, senders=senders, kills=number, begin=BEGIN, rounds=rounds)

    return [
        ("R4", letters, True, killed("deliver", kills)),
        ("R4 control", few, False, killed("naive_mark_first", kills // 5)),
        ("R6", few, True, at_once("tick", 4, kills // 5, kills // 5 + 4)),
        ("R6 control", few, False, at_once("naive_look_then_send", 2, 0, 1)),
    ]


def _measured(place: Place, folder: Path, name: str, letters: int, case: Case) -> tuple[Outcome, int, float]:
    """What came of a case, how many letters never came, and how long it took."""
    slug = name.lower().replace(" ", "_")
    url, home = place.create(slug), folder / f"{place.kind}-{slug}"
    with application(url, home):
        open_2021()
        expected = _keep_waiting(letters)
    begun = time.perf_counter()
    outcome = case(url, home)
    return outcome, len(expected - outcome.ids), time.perf_counter() - begun


def _keep_waiting(letters: int) -> set[str]:
    """Let so many letters wait, of the campaign's opening and copies of them, and settle the others. Gives their Message-IDs."""
    with transaction() as session:
        rows = list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
        for number in range(letters - len(rows)):
            copy = OutboxMail(recipient=f"b{number}@x.example", message_id=f"<more.{number}@x>", state=MailState.QUEUED)
            copy.notice_id = rows[number % len(rows)].notice_id
            session.add(copy)
            rows.append(copy)
        for mail in rows[:letters]:
            mail.next_attempt_at = BEGIN
        for mail in rows[letters:]:
            mail.state, mail.accepted_at = MailState.ACCEPTED, BEGIN
    return {mail.message_id for mail in rows[:letters]}


if __name__ == "__main__":
    sys.exit(main())

"""Trial or live: until a flag lies in the instance folder, all mail goes to one mailbox. It is a file: no restored database sets it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

FLAG = "live"


def redirected_to() -> str | None:
    """The mailbox that all mail goes to in a trial; None when mail goes to the units.

    The demo delivers to its own catcher on this machine and to nobody else: there each unit's letters may be looked at under its address.
    """
    if current_app.config["MODE"] == "demo" or flag().is_file():
        return None
    mailbox: str = current_app.config["MAIL_TRIAL"]
    return mailbox


def flag() -> Path:
    """The file whose being there says that mail goes to the units."""
    folder: Path = current_app.config["INSTANCE"]
    return folder / FLAG


def go_live(name: str, at: datetime) -> None:
    """Let mail go to the units from now on."""
    flag().write_text(f"{at.isoformat()} {name}\n", encoding="utf-8")


def back_to_trial() -> None:
    """Let all mail go to the trial mailbox again."""
    flag().unlink(missing_ok=True)


def marked(subject: str, unit: str) -> str:
    """The subject of a redirected mail, with the unit that it would have gone to."""
    return f"[THỬ → {unit}] {subject}"

"""R11, what is taken away: exports and proofs forged in every way, judged by the checker that travels with them."""

from __future__ import annotations

import argparse
import base64
import io
import json
import random
import re
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from audit import kiem_tra
from audit.merkle import Tree
from audit.notes import SigningKey, checkpoint_text, read_notes
from benchmarks.r11_kinds import CARRIED, KINDS, Attempt, Row, edit, spelt
from jobs import record as jobs_record
from models.campaigns import Campaign
from models.db import db
from models.dossiers import Dossier
from models.people import SYSTEM

WHEN = datetime(2022, 6, 30, 8, tzinfo=UTC)
STRANGER = bytes(range(32))
"""The seed of a key that is not the installation's."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken away: the unpacked export, the proofs of two dossiers, the key as known from elsewhere."""

    folder: Path
    proof: dict[str, Any]
    other: dict[str, Any]
    key: str


def take_away(folder: Path) -> Taken:
    """Export the year and prove two dossiers."""
    content = io.BytesIO()
    campaign = db.session.scalars(select(Campaign)).one()
    jobs_record.export(campaign, content, actor=SYSTEM, at=WHEN)
    zipfile.ZipFile(content).extractall(folder / "year")
    first, second = (
        jobs_record.prove(db.session.get_one(Dossier, number), actor=SYSTEM, at=WHEN)
        for number in db.session.scalars(select(Dossier.id).order_by(Dossier.id).limit(2)).all()
    )
    return Taken(folder / "year", first, second, str(jobs_record.signing_key().public))


def judge(place: Path, key: str | None = None, more: Sequence[Path] = ()) -> str:
    """What the checker objects to; empty when it finds everything in order."""
    try:
        kiem_tra.run(argparse.Namespace(noi_kiem_tra=place, khoa=[key] if key else None, moc=list(more)))
    except (kiem_tra.Broken, OSError, ValueError, TypeError, KeyError) as error:
        return str(error) or type(error).__name__
    return ""


def run(times: int, taken: Taken) -> list[str]:
    """Forge so many times in every way. Gives everything that the checker got wrong."""
    draw, wrong, scratch = random.Random(11), list[str](), taken.folder.parent / "forged"
    lines = [json.loads(line) | {"salt": None, "detail": None} | json.loads(line) for line in _read(taken, "nhat-ky.jsonl").splitlines()]
    kinds = [partial(edit, ways=CARRIED), *KINDS[1:]]
    for _ in range(times):
        if said := judge(taken.folder) or judge(_written(scratch / "bc.json", taken.proof), taken.key):
            wrong.append(f"false alarm: {said}")
        for kind in kinds:
            attempt = kind(lines, draw)
            said = judge(_export(taken, scratch, attempt.rows))
            if not _names(said, attempt):
                wrong.append(f"export, {attempt.kind}, entry {attempt.named}: {said!r}")
        for name, notes in _notes(taken, draw).items():
            if not judge(_export(taken, scratch, lines, notes)):
                wrong.append(f"export, {name}: not found")
        wrong += _resigned(taken, scratch, kinds[-1](lines, draw).rows)
        for name, forged in _proofs(taken, draw).items():
            if not judge(_written(scratch / "bc.json", forged), taken.key):
                wrong.append(f"proof, {name}: not found")
    return wrong


def _resigned(taken: Taken, scratch: Path, rows: list[Row]) -> list[str]:
    """A record written anew from end to end and signed with another key holds by itself: the key or a mail from elsewhere tells."""
    true = next(read_notes(_read(taken, "moc.txt")))
    key, tree = SigningKey(true.name, STRANGER), Tree()
    tree.extend([bytes.fromhex(row["hash"]) for row in rows])
    place = _export(taken, scratch, rows, key.sign(checkpoint_text(key.name, len(rows), tree.root().hex())), str(key.public))
    mail = _written(scratch / "mail.txt", None, _read(taken, "moc.txt"))
    found = {"alone": not judge(place), "with the key": bool(judge(place, taken.key)), "with a mail": bool(judge(place, None, [mail]))}
    return [f"export signed anew, {name}: wrong" for name, right in found.items() if not right]


def _notes(taken: Taken, draw: random.Random) -> dict[str, str]:
    """Checkpoints changed: their size, root or signature, the last one or all of them missing."""
    text = _read(taken, "moc.txt")
    notes = list(read_notes(text))
    one = draw.choice(notes)
    root = base64.b64encode(bytes.fromhex(one.root)).decode()
    return {
        "another size": text.replace(f"\n{one.size}\n", f"\n{one.size - 1}\n"),
        "another root": text.replace(root, _changed(root, draw)),
        "another signature": text.replace(one.note.split()[-1], _changed(one.note.split()[-1], draw)),
        "the last one missing": text.replace(notes[-1].note, ""),
        "none": "",
    }


def _proofs(taken: Taken, draw: random.Random) -> dict[str, dict[str, Any]]:
    """A proof changed in each of its parts."""
    proof = taken.proof
    at = draw.randrange(len(proof["ban_ghi"]))
    entry = proof["ban_ghi"][at]
    step = draw.randrange(len(entry["duong_dan"]))
    turned = list(entry["duong_dan"])
    turned[step] = draw.randbytes(32).hex()
    note = next(read_notes(proof["moc"]))
    stranger = SigningKey(note.name, STRANGER)

    def with_entry(**changes: Any) -> dict[str, Any]:
        return proof | {"ban_ghi": [*proof["ban_ghi"][:at], entry | changes, *proof["ban_ghi"][at + 1 :]]}

    return {
        "entry edited": with_entry(rec=entry["rec"].replace('"done"', '"gone"')),
        "entry edited and hashed": with_entry(**spelt(entry, to="awarded")),
        "detail edited": with_entry(detail='{"reason":"khác"}'),
        "path edited": with_entry(duong_dan=turned),
        "path cut": with_entry(duong_dan=entry["duong_dan"][:-1]),
        "path prolonged": with_entry(duong_dan=[*entry["duong_dan"], entry["duong_dan"][0]]),
        "number edited": with_entry(seq=entry["seq"] + 1),
        "entry twice": proof | {"ban_ghi": [entry, entry]},
        "no entry": proof | {"ban_ghi": []},
        "an entry of another dossier": proof | {"moc": taken.other["moc"], "ban_ghi": [*taken.other["ban_ghi"], entry]},
        "under another dossier's code": proof | {"ho_so": taken.other["ho_so"]},
        "size edited": proof | {"moc": proof["moc"].replace(f"\n{note.size}\n", f"\n{note.size + 1}\n")},
        "signature edited": proof | {"moc": proof["moc"].replace(note.note.split()[-1], _changed(note.note.split()[-1], draw))},
        "signed with another key": proof | {"moc": stranger.sign(note.text), "khoa": str(stranger.public)},
    }


def _names(said: str, attempt: Attempt) -> bool:
    """As attempt.named_by(), of what the checker says."""
    found = re.search(r"bản ghi (?:từ )?(\d+)(?: đến (\d+))?:", said)
    begin, end = (int(found[1]), int(found[2]) if found[2] else None) if found else (None, None)
    return attempt.named_by(begin, end)


def _changed(encoded: str, draw: random.Random) -> str:
    content = bytearray(base64.b64decode(encoded))
    content[draw.randrange(8, len(content))] ^= 1 << draw.randrange(8)
    return base64.b64encode(content).decode()


def _export(taken: Taken, scratch: Path, rows: list[Row], notes: str | None = None, key: str | None = None) -> Path:
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(taken.folder, scratch)
    _written(scratch / "nhat-ky.jsonl", None, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    if notes is not None:
        _written(scratch / "moc.txt", None, notes)
    if key is not None:
        _written(scratch / "khoa.txt", None, key)
    return scratch


def _written(path: Path, content: dict[str, Any] | None, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if content is None else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def _read(taken: Taken, name: str) -> str:
    return (taken.folder / name).read_text(encoding="utf-8")

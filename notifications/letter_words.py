"""Officers' own wording of a letter: plain text with named fields, no template language. Pure: words and facts in, words out.

Paragraphs are parted by an empty line. A line that begins with "- " is an item of a list, one that begins with four spaces is set apart as
a quotation. A field whose value is a list stands alone in its item: `- {danh mục giấy tờ}`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FIELD = re.compile(r"\{([^{}\n]*)\}")
NAMES: Mapping[str, str] = {
    "unit": "đơn vị",
    "campaign": "đợt thi đua",
    "year": "năm",
    "plan": "kế hoạch",
    "basis": "căn cứ",
    "sender": "cơ quan gửi",
    "receiving_office": "phòng tiếp nhận",
    "day": "ngày gửi",
    "dossier": "mã hồ sơ",
    "collective": "tập thể",
    "due": "hạn",
    "due_date": "ngày hết hạn",
    "left": "còn lại",
    "overdue": "quá hạn",
    "former_due": "hạn đã thông báo",
    "number": "số văn bản",
    "date": "ngày văn bản",
    "reason": "lý do",
    "at": "thời điểm",
    "timeliness": "đúng hạn hay trễ",
    "checklist": "danh mục giấy tờ",
    "individuals": "số cá nhân",
    "units": "danh sách đơn vị",
    "count": "số đơn vị",
    "counts": "số liệu",
    "changes": "thay đổi",
    "collectives": "danh sách tập thể",
    "district": "huyện",
    "asking": "đơn vị xin",
    "told": "số lần đã nhắc",
    "registers_with": "cơ quan lập bản đăng ký",
    "announcement": "quyết định công bố",
    "former": "kết quả trước khi sửa",
    "result": "kết quả",
    "nominees": "kết quả từng người",
    "from_state": "trạng thái đã ghi",
    "to_state": "trạng thái sau khi sửa",
}
"""How officers write each fact of a letter in braces."""

UNWORDED = frozenset({"link", "clause", "journal", "working"})
"""Facts that the letter's frame states, whoever words it: the button, the legal basis, the log's code, the due date's working."""


@dataclass(frozen=True, slots=True)
class Words:
    """A subject and a body with their fields in braces."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the body: "p" a paragraph, "due" one that states the due date, "ul" a list, "quote" what is set apart."""

    kind: str
    lines: tuple[str, ...]


def fields_of(facts: Iterable[str]) -> dict[str, str]:
    """The fields of a letter that has these facts: its name for officers, and the fact."""
    known = set(facts)
    offered = [fact for fact in [*NAMES, *sorted(known - NAMES.keys())] if fact in known | {"basis"} and fact not in UNWORDED]
    offered += ["count"] if "units" in known else []
    return {NAMES.get(fact, fact): fact for fact in offered}


def required(facts: Iterable[str]) -> list[str]:
    """What the body of every wording states: on what it rests and, where there is one, the due date (as fields for officers)."""
    return [NAMES["basis"], *([NAMES["due"]] if "due_date" in set(facts) else [])]


def used(text: str) -> list[str]:
    """The fields that a text names, each once."""
    return list(dict.fromkeys(_name(found) for found in FIELD.findall(text)))


def stray_braces(text: str) -> bool:
    """Whether a brace stands alone: a field was begun or ended and not the other."""
    rest = FIELD.sub("", text)
    return "{" in rest or "}" in rest


def blocks(body: str) -> list[Block]:
    """The parts of a body, still unfilled."""
    found: list[Block] = []
    for part in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n").strip("\n")):
        lines: list[tuple[str, str]] = []
        for line in part.split("\n"):
            kind = "ul" if line.startswith("- ") else "quote" if line.startswith("    ") else "p"
            words = line.removeprefix("- ") if kind == "ul" else line.strip()
            if kind == "p" and lines and lines[-1][0] in {"p", "ul"}:
                lines[-1] = (lines[-1][0], f"{lines[-1][1]} {words}".strip())
            elif words:
                lines.append((kind, words))
        for kind, words in lines:
            if kind != "p" and found and found[-1].kind == kind and (kind, words) is not lines[0]:
                found[-1] = Block(kind, (*found[-1].lines, words))
            else:
                found.append(Block("due" if kind == "p" and NAMES["due"] in used(words) else kind, (words,)))
    return found


def filled(body: str, told: Mapping[str, object]) -> list[Block]:
    """The parts of a body with the letter's facts in them. What a fact says is never read as a field."""
    return [Block(block.kind, tuple(part for line in block.lines for part in _parts(line, block.kind, told))) for block in blocks(body)]


def as_text(parts: Iterable[Block]) -> str:
    """Filled parts as the plain-text letter writes them."""
    marks = {"ul": "- ", "quote": "    "}
    return "\n\n".join("\n".join(marks.get(block.kind, "") + line for line in block.lines) for block in parts)


def in_line(text: str, told: Mapping[str, object]) -> str:
    """One line with its fields filled in; a list is said as a row of its items."""
    facts = {NAMES.get(fact, fact): value for fact, value in told.items()}
    return FIELD.sub(lambda found: "; ".join(_said(facts.get(_name(found[1]), found[0]))), text)


def _parts(line: str, kind: str, told: Mapping[str, object]) -> list[str]:
    facts = {NAMES.get(fact, fact): value for fact, value in told.items()}
    alone = FIELD.fullmatch(line.strip())
    if alone and kind in {"ul", "quote"}:
        return _said(facts.get(_name(alone[1]), line)) or ["Không có"]
    return [" ".join(in_line(line, told).split())]


def _said(value: object) -> list[str]:
    """A fact as lines: a text of several lines, the items of a list, the pairs of a table."""
    if isinstance(value, list):
        return [": ".join(map(str, item.values())) if isinstance(item, dict) else str(item) for item in value]
    return str(value).splitlines()


def _name(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())

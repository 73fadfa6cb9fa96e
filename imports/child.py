"""`python -m imports.child FILE …`: reads one spreadsheet in a process of its own, under limits, and writes its rows as JSON lines.

A line is {"sheet": name} before a sheet's rows, [number, cells] for each row that is not blank, {"fault": code, …} where a sheet goes
beyond the limits, {"refused": code, …} when the file is not read, and {"end": true} last: without it the file was not read to its end.
A cell is null, a text, or [kind, text]: n a number, d a day (ISO), b yes or no, e an error that the sheet shows, f a formula that was
never calculated.
Imports only the standard library and openpyxl, so that it starts fast and holds nothing that a file could reach.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from imports.guard import Limits, Unreadable, check_archive, is_workbook

LONGEST = 2_000
"""Texts are cut here: no column takes as much, and one long text may stand in every cell."""
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
DECIMALS = re.compile(r"^#?,?#*0(?:\.(0+))?(%?)$")
"""Plain number formats: what such a cell shows is what was published, not the digits behind it."""
MARKUP = re.compile(r"\s*<(!doctype|!--|\?xml|html|head|meta|body|table|office:)", re.IGNORECASE)
"""How a page or an XML document begins; programs save such tables under the name of a spreadsheet."""
CHUNK = 1024 * 1024

Cell = Any


class Output:
    """The lines written so far; more than the limit is refused."""

    def __init__(self, limit: int) -> None:
        """At most `limit` bytes."""
        self.left = limit
        self.stream = sys.stdout.buffer

    def write(self, line: object) -> None:
        """Write one line of JSON. Raises Unreadable beyond the limit."""
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        self.left -= len(data)
        if self.left < 0:
            raise Unreadable("too_much_text")
        self.stream.write(data)


def confine(limits: Limits) -> None:
    """Put this process under its limits; there is no way back."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def read(path: Path, limits: Limits, output: Output) -> None:
    """Write the rows of a workbook's sheets, or of a text file. Raises Unreadable."""
    with path.open("rb") as file:
        if is_workbook(file):
            check_archive(file, limits)
            _read_workbook(file, limits, output)
        else:
            _emit("", _text_rows(file.read(), limits), limits, output)


def _read_workbook(file: IO[bytes], limits: Limits, output: Output) -> None:
    from openpyxl import load_workbook

    values = load_workbook(file, read_only=True, data_only=True)
    written = load_workbook(file, read_only=True, data_only=False) if _has_formulas(file) else None
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        rows: Iterator[Any] = sheet.iter_rows()
        if written is not None:
            formulas = written[sheet.title]
            formulas.reset_dimensions()
            pairs = itertools.zip_longest(rows, formulas.iter_rows(), fillvalue=())
            shown = ([_cell(value, formula) for value, formula in itertools.zip_longest(*pair)] for pair in pairs)
        else:
            shown = ([_cell(value) for value in row] for row in rows)
        _emit(sheet.title, enumerate(shown, start=1), limits, output)


def _has_formulas(file: IO[bytes]) -> bool:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with archive.open(name) as member:
                tail = b""
                while block := member.read(CHUNK):
                    if FORMULA.search(tail + block):
                        return True
                    tail = block[-64:]
    return False


def _cell(cell: Any, formula: Any = None) -> Cell:
    """A cell as it is written to the output."""
    value = None if cell is None else cell.value
    if value is None:
        return ["f", ""] if formula is not None and formula.data_type == "f" else None
    if cell.data_type == "e":
        return ["e", str(value)[:40]]
    if isinstance(value, bool):
        return ["b", "1" if value else "0"]
    if isinstance(value, int | float):
        return ["n", _number(value, cell.number_format)]
    if isinstance(value, datetime.datetime | datetime.date):
        return ["d", value.isoformat()[:10]]
    text = str(value)[:LONGEST]
    return text if text.strip() else None


def _number(value: float, number_format: str | None) -> str:
    """A number as the sheet shows it: its format's decimals, at most the 15 digits that a sheet itself keeps."""
    shape = DECIMALS.match(number_format or "")
    if shape is None:
        text = format(value, ".15g")
        return text if "e" not in text else format(value, ".15f").rstrip("0").rstrip(".")
    return f"{value * 100 if shape[2] else value:.{len(shape[1] or '')}f}{shape[2]}"


def _text_rows(content: bytes, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a text file: UTF-8 or, with its mark, UTF-16; separated by semicolon, tab or comma, whichever makes more columns."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", line=content.count(b"\n", 0, error.start) + 1) from None
    if "\x00" in text:
        raise Unreadable("not_a_sheet")
    if MARKUP.match(text):
        raise Unreadable("web_page")
    csv.field_size_limit(limits.output_bytes)
    first = text.splitlines()[:15]
    if first and (named := re.fullmatch(r'"?sep=(.)"?', first[0].strip())):
        separator = named[1]
    else:
        separator = max(";\t,", key=lambda mark: max((len(row) for row in csv.reader(first, delimiter=mark)), default=0))
        named = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = itertools.islice(reader, 1 if named else 0, None)
        for number, row in enumerate(rows, start=1):
            yield number, [value[:LONGEST] if value.strip() else None for value in row]
    except csv.Error:
        raise Unreadable("damaged") from None


def _emit(name: str, rows: Iterator[tuple[int, Sequence[Cell]]], limits: Limits, output: Output) -> None:
    """Write one sheet's rows that are not blank; a sheet beyond the limits ends with its fault, and the next one begins."""
    output.write({"sheet": name})
    count = 0
    for number, cells in rows:
        if all(cell is None for cell in cells):
            continue
        count += 1
        if count > limits.rows:
            output.write({"fault": "too_many_rows", "limit": limits.rows})
            return
        if any(cell is not None for cell in cells[limits.columns :]):
            output.write({"fault": "too_many_columns", "limit": limits.columns, "line": number})
            return
        kept = list(cells[: limits.columns])
        while kept[-1] is None:
            kept.pop()
        output.write([number, kept])


def main(arguments: Sequence[str]) -> int:
    """Read the file under the limits given as JSON; whatever goes wrong becomes one line that says so."""
    limits = Limits(**json.loads(arguments[1])) if len(arguments) > 1 else Limits()
    out_of_memory = b'\n{"refused":"out_of_memory"}\n'  # made beforehand: later there may be no memory to make it
    confine(limits)
    output = Output(limits.output_bytes)
    try:
        read(Path(arguments[0]), limits, output)
        output.write({"end": True})
        output.stream.flush()
    except MemoryError:
        os.write(1, out_of_memory)
        return 3
    except Unreadable as refused:
        return _refuse(output, {"refused": refused.code, **refused.params})
    except Exception:  # noqa: BLE001 (a library's trouble with a hostile file takes any shape; the file is then damaged)
        return _refuse(output, {"refused": "damaged"})
    return 0


def _refuse(output: Output, line: object) -> int:
    output.left = CHUNK
    output.write(line)
    output.stream.flush()
    return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

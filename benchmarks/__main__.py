"""`python -m benchmarks [p1] [p3] [p4] [p6] [p6-pages] [--quick] [--out FILE]`: measures, prints a table, writes JSON."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import p1, p3, p4, p6, p6_pages, report
from benchmarks.databases import IN_MEMORY, places, seconds_to_disk
from config import ROOT

BENCHMARKS = {"p1": p1.run, "p3": p3.run, "p4": p4.run, "p6": p6.run, "p6-pages": p6_pages.run}
KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Run what was asked for."""
    options = _options()
    begun, started = datetime.now(UTC).astimezone(), time.perf_counter()
    with places(tuple(options.on or KINDS)) as (folder, found):
        if {place.kind for place in found} != set(options.on or KINDS):
            _say("PostgreSQL is not installed and is left out: apt-get install postgresql")
        disk = seconds_to_disk(folder)
        if disk < IN_MEMORY:
            _say("The temporary folder lies in memory: set TMPDIR to a folder on a disk, or a commit costs nothing.")
        about = {"sizes": "quick" if options.quick else "full", "machine": report.machine(disk)}
        results = {name: BENCHMARKS[name](found, folder, quick=options.quick, say=_say) for name in options.names or BENCHMARKS}
    figures = [figure for result in results.values() for figure in result.figures]
    out = options.out or ROOT / "instance" / "benchmarks" / f"{begun:%Y-%m-%d}.json"
    report.write(out, begun, about | {"seconds": round(time.perf_counter() - started)}, results)
    print(report.table(figures))
    print(
        f"\n{sum(f.kept is False for f in figures)} of {sum(f.kept is not None for f in figures)} bars missed. Everything measured: {out}"
    )
    return int(options.strict and any(figure.kept is False for figure in figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the speed against hand-written floors.")
    parser.add_argument(
        "names", nargs="*", metavar="benchmark", choices=[[], *BENCHMARKS], help=f"{', '.join(BENCHMARKS)}; all when left out"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, under a minute: to see that it runs, not to quote")
    parser.add_argument("--out", type=Path, help="where the JSON goes (instance/benchmarks/<date>.json)")
    parser.add_argument("--on", action="append", choices=KINDS, help="one database only")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

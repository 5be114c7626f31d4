"""``python -m benchmarks [names] [--tiny] [--out FILE]``: runs the benches, prints the table, writes the JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path
from typing import Any

from benchmarks.kernel import OUT
from benchmarks.machine import facts, load
from benchmarks.row import Row

#: The benches, in the order of the table.
NAMES = (
    "load_extension", "import_time", "warm_bell", "first_cell", "queued", "many_shots", "full_store", "interrupt",
    "wide_clifford", "noisy_bell", "layers", "panel", "cockpit", "gradient", "loop_overhead", "whole_vqe",
    "collected",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Runs the benches. A missed target is shown and is no error: it may be the machine's noise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which to run (default: all): {', '.join(NAMES)}")
    parser.add_argument("--tiny", action="store_true", help="counts that only show that everything works")
    parser.add_argument("--out", type=Path, help="the JSON file (default: benchmarks/out/TIME.json)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no bench {unknown[0]!r}; there are {', '.join(NAMES)}")
    OUT.mkdir(exist_ok=True)
    machine = facts(OUT)
    found: list[dict[str, Any]] = []
    print(f"{'':70} {'value':>9} {'target':>9}  {'':6}  ours (p90)   peer (p90)", flush=True)
    for name in options.names or NAMES:
        bench = importlib.import_module(f"benchmarks.{name}")
        start = time.monotonic()
        for row in bench.measure(**(bench.TINY if options.tiny else {})):
            print(_line(row), flush=True)
            found.append({"bench": name, **row.to_json()})
        found[-1]["bench_seconds"] = round(time.monotonic() - start, 1)
    machine["load_after"] = load()
    path = options.out or OUT / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps({"machine": machine, "tiny": options.tiny, "rows": found}, indent=1) + "\n")
    missed, targets = (sum(row["met"] in which for row in found) for which in ([False], [True, False]))
    noise = f"load {machine['load']} before, {machine['load_after']} after; fdatasync {machine['fdatasync_ms']} ms"
    print(f"\n{missed} of {targets} targets missed; {noise}; {path}")


def _line(row: Row) -> str:
    limit = "" if row.target is None else f"{'≤' if row.at_most else '≥'} {_amount(row.target, row.unit)}"
    met = {None: "", True: "met", False: "MISSED"}[row.met]
    times = "   ".join(f"{_amount(median, 's')} ({_amount(p90, 's')})" for median, _, p90 in row.times.values())
    note = f"  {row.note}" if row.note else ""
    return f"{row.what:70} {_amount(row.value, row.unit):>9} {limit:>9}  {met:6}  {times}{note}"


def _amount(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f}x" if value < 10 else f"{value:.0f}x"
    if unit == "B":
        return f"{value / 1e6:.1f} MB" if value >= 1e6 else f"{value / 1e3:.0f} kB"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.3g} ms"


if __name__ == "__main__":
    main()

"""``python -m benchmarks.reliability [clouds] [--write]``: the fault matrix, by bare official clients and by qmagic.

Each cloud is a process of its own, with a home and a stub of its own, so that they go side by side; within a cloud one
case follows the other. A client has a minute for a case; one that does not come back is killed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.fault_matrix import CASES, DEVICES, SHOTS, Case, circuit, is_right
from benchmarks.kernel import OUT, ROOT
from benchmarks.served import Served

__all__ = ["Found", "main", "report"]

_PATIENCE = 60.0
_PAGE = ROOT / "docs" / "reliability.md"
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->\n"
_TITLES = {"ibm": "IBM", "braket": "Braket", "azure": "Azure", "ionq": "IonQ"}


@dataclasses.dataclass(frozen=True)
class Found:
    """What became of one case: jobs at the cloud that are not cancelled, whether the counts came, seconds, an error."""

    jobs: int
    result: bool
    seconds: float
    error: str = ""

    def __str__(self) -> str:
        return f"{self.jobs} {'✓' if self.result else '✗'} {self.seconds:.1f} s"

    @property
    def right(self) -> bool:
        """One job, and its result."""
        return self.jobs == 1 and self.result


Side = Callable[[str], tuple[dict[str, int], str]]


def main(arguments: list[str] | None = None) -> None:
    """Measures, prints the table, writes JSON, and with ``--write`` the page of the documentation."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("clouds", nargs="*", help=f"default: {', '.join(DEVICES)}")
    parser.add_argument("--few", type=int, default=len(CASES), help="only so many cases, spread over the matrix")
    parser.add_argument("--side", choices=["bare", "qmagic"], help="only one side")
    parser.add_argument("--write", action="store_true", help=f"write the figures into {_PAGE.relative_to(ROOT)}")
    parser.add_argument("--out", type=Path, default=OUT / "reliability.json", help="JSON; keeps what was not measured")
    parser.add_argument("--lane", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    step = max(1, len(CASES) // options.few)
    if options.lane:
        print(json.dumps(_lane(options.lane, options.side, CASES[::step])))
        return
    sides = [options.side] if options.side else ["bare", "qmagic"]
    OUT.mkdir(exist_ok=True)
    kept = json.loads(options.out.read_text()) if options.out.exists() else {}
    for side in sides:
        lanes = {cloud: _started(cloud, side, options.few) for cloud in options.clouds or DEVICES}
        for cloud, lane in lanes.items():
            told, _ = lane.communicate()
            if lane.returncode:
                raise RuntimeError(f"the lane of {cloud} failed")
            kept.setdefault(cloud, {})[side] = json.loads(told)
    options.out.write_text(json.dumps(kept, indent=1) + "\n")
    report(kept, write=options.write)


def report(kept: dict[str, Any], *, write: bool) -> None:
    """Prints what was found, by cloud and side, and puts it on the page."""
    measured = {
        cloud: {side: {case: Found(**one) for case, one in cases.items()} for side, cases in kept[cloud].items()}
        for cloud in DEVICES
        if cloud in kept
    }
    text = _summary(measured) + "\n" + _table(measured)
    print(text)
    if write:
        before, rest = _PAGE.read_text("utf-8").split(_BEGIN)
        _PAGE.write_text(before + _BEGIN + text + _END + rest.split(_END)[1], "utf-8")


def _started(cloud: str, side: str, few: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.reliability", "--lane", cloud, "--side", side, "--few", str(few)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _lane(cloud: str, side: str, cases: tuple[Case, ...]) -> dict[str, Any]:
    """Goes through the cases with one cloud; returns what was found for each."""
    from qmagic import client
    from qmagic.client import stub

    with tempfile.TemporaryDirectory(prefix="qm-") as folder:
        os.environ["QMAGIC_HOME"] = f"{folder}/home"
        os.environ["PYTHONPATH"] = str(ROOT)
        stub.start_stub()
        for pointer in stub.stub_pointers():
            os.environ.update(pointer["environment"])
        bare = Served("benchmarks.bare_clients", worker=False)
        run = _ours if side == "qmagic" else lambda cloud: _bare(bare, cloud)
        try:
            run(cloud)  # warm
            found = {str(case): dataclasses.asdict(_one(run, cloud, case)) for case in cases}
        finally:
            bare.end()
            client.stop_service()
            stub.stop_stub()
    return found


def _one(run: Side, cloud: str, case: Case) -> Found:
    from qmagic.client import stub

    stub.forget_stub_jobs()
    stub.plan_faults([case.fault(cloud)])
    start = time.perf_counter()
    counts, error = run(cloud)
    seconds = time.perf_counter() - start
    alive = sum(count for status, count in stub.stub_status()["jobs"][cloud].items() if status != "cancelled")
    found = Found(alive, is_right(counts), round(seconds, 2), error)
    print(f"{cloud:7} {case!s:34} {found} {error}", file=sys.stderr, flush=True)
    return found


def _bare(served: Served, cloud: str) -> tuple[dict[str, int], str]:
    try:
        told = served.ask(cloud, _PATIENCE)
    except (TimeoutError, EOFError) as error:
        return {}, str(error)
    return told["counts"], told["error"]


def _ours(cloud: str) -> tuple[dict[str, int], str]:
    import qmagic

    try:
        job = qmagic.run(circuit(), backend=f"{cloud}-stub:{DEVICES[cloud]}", shots=SHOTS)
        return job.result(timeout=_PATIENCE).counts(), ""
    except qmagic.errors.QmagicError as error:
        return {}, f"{type(error).__name__}: {error}"


Measured = dict[str, dict[str, dict[str, Found]]]


def _summary(measured: Measured) -> str:
    rows = [
        "| cloud | by | cases | one job, one result | job there, no result | two jobs | neither | slowest |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for cloud, sides in measured.items():
        for side, cases in sides.items():
            every = list(cases.values())
            numbers = [
                len(every),
                sum(one.right for one in every),
                sum(one.jobs > 0 and not one.result for one in every),
                sum(one.jobs > 1 for one in every),
                sum(one.jobs == 0 and not one.result for one in every),
            ]
            slowest = max(one.seconds for one in every)
            rows.append(f"| {_TITLES[cloud]} | {_by(side)} | {' | '.join(map(str, numbers))} | {slowest:.0f} s |")
    return "\n".join(rows) + "\n"


def _table(measured: Measured) -> str:
    columns = [(cloud, side) for cloud, sides in measured.items() for side in sides]
    rows = [
        f"| fault | {' | '.join(f'{_TITLES[cloud]}, {_by(side)}' for cloud, side in columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for case in CASES:
        cells = [measured[cloud][side].get(str(case)) for cloud, side in columns]
        if any(cells):
            shown = ["" if one is None else str(one) if one.right else f"**{one}**" for one in cells]
            rows.append(f"| {case} | {' | '.join(shown)} |")
    return "\n".join(rows) + "\n"


def _by(side: str) -> str:
    return "its client" if side == "bare" else side


if __name__ == "__main__":
    main()

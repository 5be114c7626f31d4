"""``python -m benchmarks.qasm [files]``: QASMBench by ``auto``, by every simulator alone, and by Aer as users call it.

Every run is from OpenQASM text to counts, 8,192 shots, 60 s and 16 GB, in a warm process that is killed when it passes
them: one for ours, with the threads of a worker, and one for the peer, with those that Aer takes by itself. The
*virtual best* of a file is the fastest single simulator of qmagic, or Aer as users call it (``transpile``, then
``run``). The files lie beside the project, in ``shared/data/qasmbench``. Each file's row is written as it comes;
``--resume`` goes on from there.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from benchmarks.kernel import OUT, ROOT
from benchmarks.machine import facts
from benchmarks.served import Served, serve

__all__ = ["Runner", "files", "main"]

FOLDER = ROOT.parent / "shared" / "data" / "qasmbench"
REPORT = OUT / "qasm.json"
SHOTS = 8192
SECONDS = 60.0
MEMORY = 16 << 30
#: Runs quicker than this are repeated, and the fastest counts.
_QUICK = 1.0

#: The peer: not one of ours.
AER = "Aer as users call it"
SINGLE = (
    "statevector", "qsim", "stim", "sparse", "branches", "aer", "aer.statevector", "aer.matrix_product_state",
    "aer.stabilizer", AER,
)  # fmt: skip


def files(names: list[str] | None = None) -> list[Path]:
    """Returns the files of the suite, or those whose names hold one of `names`."""
    found = sorted(FOLDER.glob("*.qasm"))
    return [path for path in found if not names or any(name in path.stem for name in names)]


def main(arguments: list[str] | None = None) -> int:
    """Runs the suite, prints a line for each file and the totals, writes JSON; returns 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.qasm", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of file names (default: all)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="time for each run")
    parser.add_argument("--resume", action="store_true", help="keep the rows that an earlier run wrote")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        _serve()
        return 0
    OUT.mkdir(exist_ok=True)
    machine, rows = facts(OUT), _kept() if options.resume else []
    known = {row["file"] for row in rows}
    with Runner(options.seconds) as runner:
        for path in files(options.names):
            if path.stem in known:
                continue
            rows.append(measured(runner, path))
            print(_line(rows[-1]), flush=True)
            _write({"machine": machine, "rows": rows})
    summary = totals(rows)
    _write({"machine": machine, "rows": rows, "totals": summary})
    print("\n" + "\n".join(f"{name:60} {value}" for name, value in summary.items()))
    return 1 if summary["missed"] else 0


def _kept() -> list[dict[str, Any]]:
    return json.loads(REPORT.read_text())["rows"] if REPORT.exists() else []


def _write(report: dict[str, Any]) -> None:
    REPORT.write_text(json.dumps(report, indent=1) + "\n")


def measured(runner: Runner, path: Path, names: Sequence[str] = SINGLE) -> dict[str, Any]:
    """Returns what became of one file: seconds or a reason, by ``auto`` and by each single simulator."""
    auto = runner.run(path, "auto")
    single = {name: runner.run(path, name) for name in names} if auto.get("parsed", True) else {}
    times = {name: found["seconds"] for name, found in single.items() if "seconds" in found}
    best = min(times, key=lambda name: times[name], default=None)
    return {
        "file": path.stem,
        "auto": auto,
        "single": single,
        "best": best,
        "best_seconds": times[best] if best else None,
    }


def totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the figures that have targets. A file that nobody solves counts for nobody."""
    parsed = [row for row in rows if row["auto"].get("parsed", True)]
    solved = [row for row in parsed if "seconds" in row["auto"]]
    by_aer = [row for row in parsed if "seconds" in row["single"].get(AER, {})]
    both = [row for row in solved if row["best"]]
    ours, best = sum(row["auto"]["seconds"] for row in both), sum(row["best_seconds"] for row in both)
    lost = [row["file"] for row in parsed if row["best"] and "seconds" not in row["auto"]]
    ratio = ours / best if best else 0.0
    missed = ([f"solved by a single simulator only: {', '.join(lost)}"] if lost else []) + (
        ["total over 1.3 times the virtual best"] if ratio > 1.3 else []
    )
    return {
        "files that parse": len(parsed),
        "solved by auto": len(solved),
        f"solved by {AER}": len(by_aer),
        "seconds of auto": round(ours, 3),
        "seconds of the virtual best": round(best, 3),
        "auto / virtual best (at most 1.3)": round(ratio, 3),
        "seconds of planning": round(sum(row["auto"].get("planning", 0.0) for row in solved), 3),
        "refused by auto": {
            row["file"]: f"{row['auto']['after']:.2f} s, {row['auto']['grown_mb']:.0f} MB"
            for row in parsed
            if "refused" in row["auto"]
        },
        "missed": missed,
    }


def _line(row: dict[str, Any]) -> str:
    auto = row["auto"]
    ours = f"{auto['seconds']:8.3f} s {auto['backend']}" if "seconds" in auto else f"   -       {_why(auto)[:80]}"
    best = f"{row['best_seconds']:8.3f} s {row['best']}" if row["best"] else "   -"
    return f"{row['file']:38} {ours:45} best {best}"


def _why(found: dict[str, Any]) -> str:
    return str(found.get("refused") or found.get("failed") or found.get("stopped"))


class Runner:
    """Two warm processes, ours and the peer's, which run one file after the other.

    Args:
        seconds: Time for a run.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self.ours, self.peer = (Served("benchmarks.qasm", worker=worker) for worker in (True, False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.ours.end()
        self.peer.end()

    def run(self, path: Path, backend: str) -> dict[str, Any]:
        """Returns ``seconds``, ``backend``, ``method``, or ``refused``, ``failed`` or ``stopped`` with the reason."""
        found = self._once(path, backend)
        for _ in range(2 if found.get("seconds", _QUICK) < _QUICK else 0):
            again = self._once(path, backend)
            found = min(found, again, key=lambda one: one.get("seconds", float("inf")))
        return found

    def _once(self, path: Path, backend: str) -> dict[str, Any]:
        served = self.peer if backend == AER else self.ours
        try:
            found: dict[str, Any] = served.ask([str(path), backend], self._seconds + 1.0)
        except TimeoutError:
            return {"stopped": f"over {self._seconds:g} s"}
        except EOFError:
            return {"stopped": "ended the process (memory)"}
        return {"stopped": f"over {self._seconds:g} s"} if found.get("seconds", 0.0) > self._seconds else found


def _serve() -> None:
    """Runs what comes on the standard input; imports and translators are warm first."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from qmagic import execute

    execute.warm()
    bell = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; cx q[0],q[1]; measure q -> c;'
    for name in ("auto", *SINGLE):
        _outcome(bell.encode(), name)
    serve(lambda question: _outcome(Path(question[0]).read_bytes(), question[1]))


def _outcome(text: bytes, backend: str) -> dict[str, Any]:
    from qmagic import execute
    from qmagic.backends.threads import available
    from qmagic.errors import InputError, JobFailedError, SourceError
    from qmagic.jobs import Environment, JobSpec, PubSpec, Source

    start, memory = time.perf_counter(), _peak_mb()
    try:
        if backend == AER:
            return _by_aer(text.decode(), start)
        spec = JobSpec(
            id="", source=Source("openqasm2", text), pubs=(PubSpec(shots=SHOTS),), seed=1, backend=backend,
            environment=Environment(""),
        )  # fmt: skip
        prepared = execute.prepare(spec)
        outcome = execute.run(prepared, reserve=lambda memory, threads: min(threads, available()))
    except SourceError as error:
        return {"parsed": False, "refused": str(error).splitlines()[0], "after": time.perf_counter() - start}
    except InputError as error:
        return {"refused": str(error), "after": time.perf_counter() - start, "grown_mb": _peak_mb() - memory}
    except (JobFailedError, MemoryError) as error:
        return {"failed": str(error), "after": time.perf_counter() - start}
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds, "planning": prepared.seconds["plan"], "backend": outcome.backend,
        "method": outcome.method,
    }  # fmt: skip


def _peak_mb() -> float:
    """Returns the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _by_aer(text: str, start: float) -> dict[str, Any]:
    from qiskit import qasm2, transpile
    from qiskit_aer import AerSimulator

    try:
        circuit = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
        simulator = AerSimulator(max_memory_mb=MEMORY >> 20)
        result = simulator.run(transpile(circuit, simulator), shots=SHOTS).result()
        result.get_counts()
    except Exception as error:  # noqa: BLE001 - Qiskit raises many classes
        return {"refused": str(error).splitlines()[0], "after": time.perf_counter() - start}
    return {"seconds": time.perf_counter() - start, "backend": AER, "method": "automatic"}


if __name__ == "__main__":
    sys.exit(main())

"""A fixed, complete example of every message between server and browser, made by the code that makes the real ones.

``python -m tests.serverextension.wire_examples`` writes tests/fixtures/wire.json, which the
tests of both sides read.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import msgspec
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

from qmagic.cells.drawing import drawing
from qmagic.display.loop import loop_card
from qmagic.display.loop_data import LOOP_TYPE
from qmagic.events import Event
from qmagic.jobs import Environment, JobInfo, JobSpec, JobStatus, PubSpec, Source, Transpile
from qmagic.orders import Changes, Order
from qmagic.outcomes import CountsTable, Outcome, PartialCounts, Register, SampledPub
from qmagic.protocol import Diagnosis, Listing, Live, Problem, ServiceStatus, WorkerStatus
from qmagic.results import Result
from qmagic.results.loop import LoopResult
from qmagic.serverextension import wire
from qmagic.tapes import Function, LoopOutcome, LoopSpec, LoopState, LoopView, Noted, Ordered, Pulse, Stood, rows_of

FILE = Path(__file__).parents[1] / "fixtures" / "wire.json"

ROOT = "/srv/ada/notebooks"
NOTEBOOK = f"{ROOT}/bell.ipynb"
BELL = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
"""

SPEC = JobSpec(
    id="1hq3v8k2n4bell0",
    source=Source("openqasm3", BELL.encode(), 2),
    pubs=(PubSpec(shots=4096),),
    seed=7,
    transpile=Transpile("fake_manila", optimization_level=3),
    environment=Environment("/srv/ada/env/bin/python", python="3.12.4"),
    name="bell",
    tags=("tutorial", "first"),
    notebook=NOTEBOOK,
    cell=BELL,
    cell_id="0f6c1a52-7d1e-4f0a-9d55-0e1f5ad7a111",
    notebook_path=NOTEBOOK,
    width=2,
)

_OF_ALL = {
    "name": SPEC.name, "shots": 4096, "tags": SPEC.tags, "notebook": NOTEBOOK, "seed": 7, "created": 1_766_000_000.0,
    "cell_id": SPEC.cell_id, "notebook_path": NOTEBOOK, "expected": 1.25,
}  # fmt: skip
WAITS = JobInfo(id=SPEC.id, status=JobStatus.READY, **_OF_ALL)
RUNS = JobInfo(
    id=SPEC.id, status=JobStatus.RUNNING, started=1_766_000_000.5, attempt=1,
    **_OF_ALL | {"backend": "aer", "why": "runs under noise (fake_manila)"},
)  # fmt: skip
DONE = JobInfo(
    id=SPEC.id, status=JobStatus.DONE, started=1_766_000_000.5, ended=1_766_000_001.75, attempt=1,
    headline="11 2061, 00 2035",
    **_OF_ALL | {"backend": "aer", "why": "runs under noise (fake_manila)"},
)  # fmt: skip
FAILED = JobInfo(
    id="1hq3v8k9d5fai1d", status=JobStatus.FAILED, kind="estimate", backend="statevector", created=1_766_000_010.0,
    started=1_766_000_010.1, ended=1_766_000_010.2, attempt=3, notebook="kernel-5f0c", seed=11,
    error="its worker died 3 times, the last time killed by SIGSEGV", error_kind="JobFailedError",
)  # fmt: skip
CANCELLED = JobInfo(
    id="1hq3v8m1c6cance", status=JobStatus.CANCELLED, backend="aer.statevector", shots=1_000_000, name="wide",
    created=1_766_000_020.0, started=1_766_000_020.5, ended=1_766_000_025.0, attempt=1, seed=3,
)  # fmt: skip
QUEUED = JobInfo(id="1hq3v8p7q8queue", status=JobStatus.READY, shots=1024, created=1_766_000_030.0, position=2, seed=5)

EVENTS = [
    Event(101, SPEC.id, "job.created", 1_766_000_000.0, "READY", {}, WAITS),
    Event(102, SPEC.id, "job.started", 1_766_000_000.5, "RUNNING", {"attempt": 1}, RUNS),
    Event(103, SPEC.id, "job.done", 1_766_000_001.75, "DONE", {"headline": DONE.headline}, DONE),
    Event(104, "1hq3v8j0x0de1et", "job.deleted", 1_766_000_002.0, "", {}, None),
]

OUTCOME = Outcome(
    pubs=(
        SampledPub(
            num_bits=2,
            registers=(Register("c", (0, 1)),),
            shots=4096,
            tables=(CountsTable(bytes([0, 3]), b"".join(n.to_bytes(8, "little") for n in (2035, 2061)), 1),),
            metadata={"backend": "aer", "method": "density_matrix", "why": "runs under noise (fake_manila)"},
        ),
    ),
    backend="aer",
    method="density_matrix",
    seconds={"parse": 0.001, "transpile": 0.25, "run": 0.875},
    versions={"qmagic": "0.1.0", "qiskit": "2.1.0"},
    transpiled=(
        {"device": "fake_manila", "depth_before": 3, "depth_after": 6, "two_qubit_before": 1, "two_qubit_after": 1,
         "seed": 7, "layout": [0, 1], "untouched": False},
    ),
    notes=("brought onto fake_manila, since its noise is defined for its own gates",),
)  # fmt: skip

STATUS = ServiceStatus(
    pid=4242, version="0.1.0", protocol=1, home="/srv/ada/.local/share/qmagic", started=1_765_999_000.0, slots=2,
    memory_limit=6 << 30, memory_reserved=0, jobs={"RUNNING": 1, "READY": 3},
    workers=[WorkerStatus(4300, "busy", "/srv/ada/env/bin/python", [SPEC.id], 300 << 20)],
    clients=2, store_bytes=4_194_304, notices=[], disk_full=False,
)  # fmt: skip


#: A loop over a function of two numbers, seen through noise, which was paused and given more shots.
LOOP_SPEC = JobSpec(
    id="1hq3v9a7b2lxxp0", kind="loop", seed=7, environment=SPEC.environment, name="valley", pubs=(),
    source=Source("loop", msgspec.msgpack.encode(LoopSpec(
        objective=Function(b"", "3.12", "cost"), x0=bytes(16), labels=("x[0]", "x[1]"), optimizer="spsa",
        why="values come from shots", maxiter=300, shots=500, exact=0.0,
    ))),
)  # fmt: skip
_STOOD = [
    Stood(1, 23, 11_500, 0.05, struct.pack("<2d", 0.25, -0.5), 0.5, 0.02, None, None),
    Stood(2, 26, 13_000, 0.0625, struct.pack("<2d", 0.125, -0.25), 0.25, 0.02, None, 0.28125),
    Stood(3, 29, 17_000, 0.078125, struct.pack("<2d", 0.0625, -0.125), -0.03125, 0.015625, None, 0.140625),
]
_NOTE = Noted(
    3, "plateau", "For 25 iterations nothing has improved beyond the error of ±0.03: more shots would show more."
)
_ORDERED = [
    Ordered(26, Order("pause", 1, "4f1d")),
    Ordered(26, Order("set", 2, "9a2c", changes=Changes(shots=2000))),
    Ordered(26, Order("resume", 3, "0b7e")),
]
STATE = LoopState(
    phase="running", iteration=3, evaluations=29, spent_shots=17_000, seconds=0.078125, value=-0.03125, std=0.015625,
    best=-0.03125, best_std=0.015625, best_iteration=3, biased=True, optimizer="spsa", maxiter=300, shots=2000,
    obeyed=3, note=_NOTE.text, cost=0.32, budget=2.0,
    waits="evaluation 30: job 1hq3v9c4d5wait0 is QUEUED at ibm-stub:manila",
)  # fmt: skip
LOOP_RUNS = JobInfo(
    id=LOOP_SPEC.id, status=JobStatus.RUNNING, kind="loop", name="valley", seed=7, created=1_766_000_040.0,
    started=1_766_000_040.5, attempt=1,
)  # fmt: skip
LOOP_DONE = msgspec.structs.replace(
    LOOP_RUNS,
    status=JobStatus.DONE,
    ended=1_766_000_041.0,
    backend="cost",
    headline="0.01 ± 0.016 · 3 iterations of spsa",
)
VIEW = LoopView(
    job=LOOP_SPEC.id, state=STATE, rows=rows_of(_STOOD, points=True), labels=("x[0]", "x[1]"), exact=0.0,
    orders=_ORDERED, notes=[_NOTE],
)  # fmt: skip
LOOP_OUTCOME = Outcome(
    pubs=(), backend="cost", method="spsa",
    loop=LoopOutcome(
        x=_STOOD[2].x, value=0.0078125, std=0.015625, measured=2000, lowest=-0.03125, iterations=3, evaluations=30,
        shots=19_000, seconds=0.09375, reason="stopped by the user", optimizer="spsa", gradient="", labels=VIEW.labels,
        history=VIEW.rows, orders=_ORDERED, notes=[_NOTE], exact=0.0,
    ),
)  # fmt: skip


def loop_bundle(ended: bool) -> dict[str, Any]:
    """Returns the stored loop as `qmagic.display` makes it: while it runs, and when it has ended."""
    done = LoopResult(LOOP_OUTCOME, LOOP_DONE, LOOP_SPEC)
    views = done._repr_mimebundle_() if ended else loop_card(LOOP_RUNS, VIEW)
    bundle: dict[str, Any] = views[LOOP_TYPE]
    return bundle


def result_bundle() -> dict[str, Any]:
    """Returns the stored result as `qmagic.display` makes it."""
    bundle: dict[str, Any] = Result(OUTCOME, DONE, SPEC)._repr_mimebundle_()["application/vnd.qmagic.result.v1+json"]
    return bundle


def drawn() -> dict[str, Any]:
    """Returns the drawing of a circuit with everything that a view has to know."""
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "c"))
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.rz(math.pi / 2, 1)
    circuit.ccx(0, 1, 2, ctrl_state=1)
    circuit.swap(1, 2)
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.cregs[0], 1)):
        circuit.x(2)
    return drawing([circuit])


def examples() -> dict[str, Any]:
    """Returns the whole fixture."""
    result, picture = result_bundle(), drawn()
    jobs = [QUEUED, CANCELLED, FAILED, DONE]
    wrong = Problem(6, 1, 4, "the gate 'cy0' is not defined")
    so_far = PartialCounts(512, 4096, 2, (("c", 2),), (("00", 250), ("11", 262)))
    running = Live(SPEC.id, None, 0.75, 1.25, 0.125, "aer", RUNS.why, so_far)

    def rest(method: str, path: str, body: Any, *, request: Any = None, status: int = 200) -> dict[str, Any]:
        return {"method": method, "path": path, "request": request, "status": status, "body": body}

    return {
        "rest": {
            "jobs": rest("GET", "jobs?limit=4", wire.listing(Listing(104, jobs, 1, 4), ROOT)),
            "job done": rest("GET", f"jobs/{SPEC.id}", wire.detail(DONE, EVENTS[:3], SPEC, OUTCOME, result, root=ROOT)),
            "job running": rest("GET", f"jobs/{SPEC.id}", wire.detail(RUNS, EVENTS[:2], SPEC, root=ROOT)),
            "cancel": rest("POST", f"jobs/{SPEC.id}/cancel", {"job": wire.job_view(CANCELLED, ROOT)}),
            "rerun": rest("POST", f"jobs/{SPEC.id}/rerun", {"job": wire.job_view(WAITS, ROOT)}, status=201),
            "cancel many": rest(
                "POST", "jobs/cancel", {"jobs": [wire.job_view(CANCELLED, ROOT)]}, request={"ids": [CANCELLED.id]}
            ),
            "delete many": rest("POST", "jobs/delete", {"deleted": 1}, request={"ids": [DONE.id]}),
            "status": rest("GET", "status", wire.status(STATUS, STATUS.home)),
            "status without a service": rest("GET", "status", wire.status(None, STATUS.home)),
            "diagnose": rest(
                "POST", "diagnose", wire.plain(Diagnosis("openqasm3", [wrong])),
                request={"text": BELL.replace("cx", "cy0"), "language": "auto"},
            ),
            "diagnose unchecked": rest(
                "POST", "diagnose", wire.plain(Diagnosis("openqasm3", [], checked=False)),
                request={"text": 'include "mine.inc";', "language": "openqasm3"},
            ),
            "draw": rest("POST", "draw", picture, request={"job": SPEC.id, "circuit": 0}),
            "draw text": rest("POST", "draw", picture, request={"text": BELL, "language": "auto"}),
            "loop": rest("GET", f"loops/{LOOP_SPEC.id}?since=0&points=1", wire.loop(VIEW)),
            "loop job": rest(
                "GET", f"jobs/{LOOP_SPEC.id}", wire.detail(LOOP_DONE, [], LOOP_SPEC, LOOP_OUTCOME, root=ROOT)
            ),
            "order": rest(
                "POST", f"loops/{LOOP_SPEC.id}/order", {"number": 2},
                request={"kind": "set", "settings": {"shots": 2000}},
            ),
            "fork": rest(
                "POST", f"loops/{LOOP_SPEC.id}/fork", {"job": wire.job_view(LOOP_RUNS, ROOT)},
                request={"iteration": 2, "settings": {"learning_rate": 0.05}}, status=201,
            ),
            "landscape": rest(
                "POST", f"loops/{LOOP_SPEC.id}/landscape", {"job": wire.job_view(LOOP_RUNS, ROOT)},
                request={"iteration": 3}, status=201,
            ),
            "error": rest("GET", "jobs/none", wire.error("there is no job 'none'"), status=404),
        },
        "socket": {
            "snapshot": wire.snapshot(Listing(104, jobs, 1, 4), ROOT),
            "events": wire.events(EVENTS, ROOT),
            "live": wire.live([running, Live(QUEUED.id, 2)]),
            "loops": wire.loops([Pulse(LOOP_SPEC.id, STATE, rows_of(_STOOD[1:]))]),
            "offline": wire.offline("the job service has gone; its 2 jobs go on when it is back"),
            "online": wire.online(),
        },
        "mime": {
            "application/vnd.qmagic.job.v1+json": {
                name: wire.job_view(DONE)[name]
                for name in ("id", "status", "name", "backend", "headline", "created", "started", "ended", "shots")
            },
            "application/vnd.qmagic.result.v1+json": result,
            "application/vnd.qmagic.loop.v1+json": loop_bundle(ended=False),
            "application/vnd.qmagic.loop.v1+json, ended": loop_bundle(ended=True),
        },
        "statuses": [status.value for status in JobStatus],
    }  # fmt: skip


def text() -> str:
    """Returns the fixture as it lies on disk."""
    return json.dumps(examples(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), "utf-8")
